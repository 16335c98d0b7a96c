"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes, the first choice of OWASP's password storage cheat sheet.

    Django's own default takes 100 MB and eight threads for each sign-in: ten people who arrive at nine o'clock would
    take a gigabyte.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
