"""The model form's fields as a page of the desk shows them: words of the rulebook, what was typed, what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desagravo.common import money
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Refusal, words
from desagravo.departments import queries as departments
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.shapes import FormField

words(
    {
        "confirm_signature": _(
            "Tick that the customer confirmed this name as signature, or choose another way of signing."
        ),
        "name_of_signature": _("Write the name of the person who signed."),
        "future_receipt": _("This is still to come. Give the day and hour at which the complaint reached us."),
        "bad_time": _("This is not a day and an hour. Write them as 2026-01-31 and 14:30."),
    }
)


NEEDS = {
    "complainant_name": _("the name"),
    "contact": _("a way to reach the customer"),
    "description": _("what happened"),
    "occurred_on": _("the date on which it happened"),
    "form_completed_on": _("the date of the form"),
    "signature": _("the signature"),
}
"""What a form may lack, as colleagues say it; the rulebook has the words in which the customer is asked."""


HINTS = {
    "phone": _("With the area code; with the country code if the customer lives abroad."),
    "email": _("The number, the private link and every answer go to this address."),
    "tax_number": _("Only if an invoice must be corrected."),
    "on_behalf_of": _("Name of the person, and how the two are related. Ask for the authorisation as a file."),
    "order_number": _("Leave it empty if the customer does not have it at hand."),
    "product": _("With model and batch if they are known."),
    "occurred_on": _("If it happened several times: the first date."),
    "description": _("In the customer's own words. Read it back before you file it."),
    "points_to_answer": _("One per line. Each one gets an answer."),
    "earlier_contacts": _("Dates, names or case numbers."),
    "amount_requested": _("As 250 or 249.90."),
    "harm": _("Ask whether somebody was or could be hurt. If there is danger now, call a supervisor at once."),
    "support_needed": _("For instance large print, an interpreter, or a time to call. Do not ask for a reason."),
}
"""What colleagues who write for a customer should know; the rulebook's hints speak to the customer."""


@dataclass(frozen=True)
class Choice:
    """Something to tick."""

    code: str
    name: str
    ticked: bool


@dataclass(frozen=True)
class Field:
    """One field, ready for ``desk/parts/form_field.html``."""

    code: str
    label: str
    hint: str
    type: str
    longest: int
    value: str
    choices: tuple[tuple[str, tuple[Choice, ...]], ...]
    wrong: str


def fields(codes: Iterable[str], typed: Mapping[str, Any], wrong: Mapping[str, str], language: str) -> list[Field]:
    """These fields of the model form with what was typed so far."""
    known = {each.code: each for group in rulebook.form(language) for each in group.fields}
    return [_field(known[code], typed, wrong.get(code, ""), language) for code in codes]


def _field(told: FormField, typed: Mapping[str, Any], problem: str, language: str) -> Field:
    value = typed.get(told.code, "")
    ticked = value if isinstance(value, list) else [value]
    return Field(
        code=told.code,
        label=money.labelled(told.label, departments.organisation().currency) if told.type == "amount" else told.label,
        hint=str(HINTS.get(told.code, "")),
        type=told.type,
        longest=told.max,
        value="\n".join(value) if isinstance(value, list) else str(value),
        choices=_choices(told.code, ticked, language),
        wrong=problem,
    )


def _choices(code: str, ticked: list[str], language: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """The choices in their groups; one group without a name where there are none."""
    if code == "language":
        ours = (*departments.organisation().languages, *ticked)
        told = [("", [(key, name) for key, name in LANGUAGES.items() if key in ours])]
    elif code == "remedy_requested":
        told = [("", [(each.code, each.name) for each in rulebook.remedies(language)])]
    elif code == "problem_category":
        told = [
            (group.name, [(each.code, each.name) for each in group.categories])
            for group in rulebook.problem_categories(language)
        ]
    else:
        return ()
    return tuple((name, tuple(Choice(key, word, key in ticked) for key, word in pairs)) for name, pairs in told)


def typed_fields(sent: QueryDict, codes: Iterable[str]) -> dict[str, Any]:
    """What was typed into these fields, in the shape that ``read_complaint`` takes; what is empty is left out."""
    types = {each.code: each.type for group in rulebook.form("en") for each in group.fields}
    typed: dict[str, Any] = {}
    for code in codes:
        value: Any = sent.getlist(code) if types[code] == "choices" else sent.get(code, "")
        if value not in ("", []):
            typed[code] = value
    return typed


def moment_of(day: str, hour: str) -> datetime | None:
    """A local day and hour as a moment; None where neither is given, midnight where only the day is.

    Raises:
        Refusal: ``bad_time``.
    """
    if not day.strip() and not hour.strip():
        return None
    try:
        told = datetime.fromisoformat(f"{day.strip()}T{hour.strip() or '00:00'}")
        return timezone.make_aware(told.replace(tzinfo=None))
    except (ValueError, OverflowError):
        raise Refusal("bad_time") from None
