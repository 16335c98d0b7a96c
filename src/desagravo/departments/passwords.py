"""Passwords that a stranger would try first here: the names of the house, the product and the person."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from desagravo.departments.queries.organisation import organisation

LEAST_LEFT = 8
_WORD = re.compile(r"[^\W_]{4,}")


class NotOfThisHouse:
    """Refuses a password of which little is left without the names that anybody here could guess.

    A long one may contain such a name beside words that nobody guesses (ASVS 6.2.11). Besides, Django's list of the
    20,000 most frequent passwords is refused, and whatever is like the person's name and address.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if the password is little else than names of the house."""
        left = _plain(password)
        for word in sorted(_names(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != _plain(password) and len(re.sub(r"[\W\d_]", "", left)) < LEAST_LEFT:
            raise ValidationError(
                _("This password is little else than names that others know: of the house, or yours. Add other words."),
                code="password_of_this_house",
            )

    def get_help_text(self) -> str:
        """What a person is told beforehand."""
        return _("Do not build it from the name of the organisation or your own.")


def _names(user: Any) -> set[str]:
    told = ["desagravo", "complaint", "complaints", "reclamacao", "reclamacoes", "password", organisation().name]
    if user is not None:
        told += [getattr(user, "name", ""), getattr(user, "email", "")]
    return {found.group() for text in told for found in _WORD.finditer(_plain(text))}


def _plain(text: str) -> str:
    """Lower case without accents: what people vary first."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(each for each in parts if not unicodedata.combining(each))
