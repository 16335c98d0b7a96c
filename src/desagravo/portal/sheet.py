"""The complaint form as it stands on the page: fields of the rulebook, what was typed, and what is to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from desagravo.cases import queries as cases
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.common.refusals import Missing
from desagravo.portal.parcel import Parcel
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.shapes import FormField, Need

SIGNATURE = ("signature_drawn", "signature_name", "signature_confirmed")


def fields_of(language: str) -> dict[str, FormField]:
    """The fields that a customer fills in."""
    return {each.code: each for group in rulebook.form(language) for each in group.fields if each.by == "customer"}


def today() -> date:
    """The day at the organisation's place."""
    return cases.local(clock.now()).date()


@dataclass(frozen=True)
class Sheet:
    """One form on its way: ``values`` as typed, ``problems`` in words by field, ``missing`` what could be added."""

    values: Mapping[str, Any]
    parcel: Parcel = field(default_factory=Parcel)
    problems: Mapping[str, list[str]] = field(default_factory=dict)
    missing: tuple[Need, ...] = ()
    filled: bool = False

    @property
    def drawn(self) -> str:
        """The drawn signature that is kept, as an address of a picture."""
        return str(self.values.get("signature_drawn") or "")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Each problem with the place it leads to."""
        return [(anchor(code), text) for code, texts in self.problems.items() for text in texts]


def anchor(code: str) -> str:
    """The id of the control for a field; of the signature, the typed name, which is there without scripts too."""
    return {"signature": "f_signature_name", "attachments": "f_files"}.get(code, f"f_{code}")


def blank(parcel: Parcel) -> Sheet:
    """The form as it is first shown."""
    return Sheet({"form_completed_on": today().isoformat(), "language": active()}, parcel)


def typed(post: QueryDict) -> dict[str, Any]:
    """What was typed, field by field, as it was typed."""
    values: dict[str, Any] = {}
    for code, each in fields_of("en").items():
        if each.type == "choices":
            values[code] = post.getlist(code)
        elif each.type not in {"files", "signature"}:
            values[code] = post.get(code, "")
    return values | {code: post.get(code, "") for code in SIGNATURE}


def as_told(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as ``read_complaint`` takes them: only what was given, and the signature that holds."""
    told = {code: value for code, value in values.items() if value and code not in SIGNATURE}
    if values.get("signature_drawn"):
        told["signature"] = {
            "method": "drawn",
            "name": values.get("complainant_name", ""),
            "image": values["signature_drawn"],
        }
    elif values.get("signature_name") and values.get("signature_confirmed"):
        told["signature"] = {"method": "typed", "name": values["signature_name"]}
    return told


def in_words(refusal: Missing) -> dict[str, list[str]]:
    """The problems of each field as sentences."""
    return {code: [each.sentence() for each in problems] for code, problems in refusal.fields.items()}


def half_signed(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """A name without the tick, or the tick without a name: said where it happened, so that nobody wonders."""
    if values.get("signature_drawn"):
        return {}
    name, tick = bool(values.get("signature_name")), bool(values.get("signature_confirmed"))
    if name and not tick:
        return {"signature_confirmed": [_("Tick this box, so that your typed name counts as your signature.")]}
    if tick and not name:
        return {"signature": [_("Type your name here, so that it counts as your signature.")]}
    return {}
