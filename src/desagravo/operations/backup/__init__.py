"""Backups: made while people work, checked before anything is touched, restored for trial and in earnest."""

from desagravo.operations.backup.known import State, state

__all__ = ["State", "state"]
