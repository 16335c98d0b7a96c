"""Documents that leave the house: receipt, letter, sign-off sheet, history of a case, complaint procedure.

A document is made from facts (:mod:`.kinds`), in the language asked for, as one file that is both PDF/A-2a (to be
kept) and PDF/UA-1 (to be read aloud). It takes about a quarter of a second and is made by the worker, never in a
request. :mod:`.sealing` puts the organisation's seal on a sign-off sheet. No independent validator (veraPDF) has been
run on the files; the typesetter checks both standards itself and refuses to write a file that breaks them.

Nothing heavy is imported before the first document: web workers stay small.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .kinds import Document

__all__ = ["DocumentFailed", "render"]


class DocumentFailed(Exception):
    """The typesetter did not deliver: out of time or memory, or not installed. Trying again later may help."""


def render(kind: str, data: "Document", language: str) -> bytes:
    """The document as PDF.

    Args:
        kind: ``receipt``, ``letter``, ``sign_off``, ``case_history`` or ``procedure``.
        data: an instance of that kind's class in :mod:`.kinds`.
        language: ``pt-pt``, ``pt-br``, ``en`` or ``es``; other tags go to the nearest of them.

    Raises:
        TypeError: ``data`` is not of the class that belongs to ``kind``.
        KeyError: there is no such kind.
        DocumentFailed: the typesetter was stopped by its limits or could not start. No text makes it fail.
    """
    from .kinds import KINDS
    from .typesetting import typeset

    if not isinstance(data, KINDS[kind]):
        raise TypeError(f"a {kind} is made from {KINDS[kind].__name__}, not from {type(data).__name__}")
    return typeset(kind, data, language)
