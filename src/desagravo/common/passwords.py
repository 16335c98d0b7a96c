"""How passwords are kept, and how long they must be."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's own check with a sentence that is translated into every language of the screens."""

    def get_error_message(self) -> str:
        """What a too short password is answered with."""
        return _("This password is too short. Use at least %(least)s characters.") % {"least": self.min_length}


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes, the first choice of OWASP's password storage cheat sheet.

    Django's own default takes 100 MB and eight threads for each sign-in: ten people who arrive at nine o'clock would
    take a gigabyte.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
