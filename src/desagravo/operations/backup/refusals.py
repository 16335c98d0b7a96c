"""Why a backup could not be made, read or restored."""

from __future__ import annotations


class BackupProblem(Exception):
    """What is wrong, where, and what to do; for the person at the command line."""


class Damaged(BackupProblem):
    """The file is not what was written: bits are flipped, or a part is missing, added or in another's place."""


class WrongKey(BackupProblem):
    """The file is whole as far as can be told, but this key or passphrase does not open it."""
