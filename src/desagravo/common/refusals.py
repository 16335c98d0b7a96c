"""Polite refusals: what is wrong, where, and what to do, said in the reader's language by the door.

An action that cannot be done raises one of these with a *code* and *facts*. The sentence is made when
it is read: rooms register their words with :func:`words`, doors call :meth:`Refusal.sentence`.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_WORDS: dict[str, Promise | str] = {}


def words(sentences: Mapping[str, Promise | str]) -> None:
    """Register the sentence for each code; ``%(fact)s`` places are filled from the refusal's facts.

    Raises:
        ValueError: two rooms use the same code for different sentences.
    """
    for code, sentence in sentences.items():
        if code in _WORDS and str(_WORDS[code]) != str(sentence):
            raise ValueError(f"two sentences for the refusal {code!r}")
        _WORDS[code] = sentence


class Refusal(Exception):
    """Something was not done. ``code`` says why to machines, ``facts`` fill the sentence for people."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def sentence(self) -> str:
        """The refusal in the active language."""
        sentence = _WORDS.get(self.code)
        if sentence is None:
            return _("This cannot be done (%(code)s).") % {"code": self.code}
        return str(sentence) % {name: str(fact) for name, fact in self.facts.items()}

    def __str__(self) -> str:
        return self.sentence()


class NotNow(Refusal):
    """The path of the case does not have this verb now, or something open stands in its way (HTTP 409)."""


class NotYours(Refusal):
    """The actor may not; shown as "not found", so that nobody learns what exists (HTTP 404)."""


class NotAllowed(Refusal):
    """The actor may see the case but not do this (HTTP 403): four eyes, limits, roles."""


class Missing(Refusal):
    """Something is missing or malformed; ``fields`` maps each field to its problems (HTTP 422)."""

    def __init__(self, fields: Mapping[str, list[Refusal]]) -> None:
        super().__init__("fields")
        self.fields = dict(fields)

    def sentence(self) -> str:
        """All problems, one after another."""
        return " ".join(problem.sentence() for problems in self.fields.values() for problem in problems)


class Conflict(Refusal):
    """Somebody else changed it meanwhile; ``theirs`` and ``yours`` are both kept (HTTP 409)."""

    def __init__(self, code: str, *, theirs: str, yours: str, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.theirs = theirs
        self.yours = yours
