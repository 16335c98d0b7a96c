"""Facts become the words of a page: one module for each kind of document.

The result is a *view*: nested dictionaries and lists of finished sentences in the language of the document. The
templates only place them; no template holds a word.
"""

from typing import Any

from django.utils.translation import gettext as _

from desagravo.common.documents.kinds import CaseHistory, Document, Letter, Procedure, Receipt, SignOff

from . import case_history, letter, pictures, procedure, receipt, sign_off
from .words import Words


def compose(data: Document, language: str) -> dict[str, Any]:
    """The view of one document; to be called with ``language`` active."""
    words = Words(language)
    match data:
        case Receipt():
            view = receipt.compose(data, words)
        case Letter():
            view = letter.compose(data, words)
        case SignOff():
            view = sign_off.compose(data, words)
        case CaseHistory():
            view = case_history.compose(data, words)
        case Procedure():
            view = procedure.compose(data, words)
    return {**words.page(data.organisation), **view}


def without_picture(view: dict[str, Any]) -> dict[str, Any]:
    """The same view without any picture, and with a sentence where the customer's drawn signature would stand."""
    view = {**view, "organisation": {**view["organisation"], "mark": pictures.NONE}}
    if "signature" in view:
        view["signature"] = pictures.NONE
    if "closings" in view:
        view["closings"] = [
            {**each, "signature": {**each["signature"], "picture": pictures.NONE}} for each in view["closings"]
        ]
    form = view.get("form")
    if not form or not form["signature"]["picture"]:
        return view
    note = _("The drawn signature cannot be printed here. It is kept with the case.")
    signature = {**form["signature"], "picture": [], "lines": [*form["signature"]["lines"], note]}
    return {**view, "form": {**form, "signature": signature}}


def replaced_note() -> str:
    """What a reader is told below a text in which characters were replaced."""
    return _(
        "Characters that this document cannot show are printed as their Unicode number, such as [U+1F621]. "
        "The text we keep is unchanged."
    )
