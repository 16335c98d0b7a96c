"""The conditions that rules may state, as fields: chosen from lists, each left out where it does not matter."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from desagravo.administration.rulebook import options as from_list
from desagravo.administration.rulebook.fields import (
    Answers,
    Choice,
    Choices,
    Field,
    Lines,
    LinesInLanguages,
    Money,
    Whole,
)
from desagravo.administration.rulebook.world import Option, World


def _answers(world: World, _code: str) -> Sequence[Option]:
    return from_list.of(from_list.ANSWER)(world)  # type: ignore[no-any-return]


_CATEGORIES = Choices(
    key="categories",
    label=_("The complaint is about"),
    options=from_list.categories,
    optional=True,
    quiet=True,
    none=_("anything"),
)
_AMOUNT = Money(
    key="amount_at_least",
    label=_("The amount is at least"),
    optional=True,
    quiet=True,
    hint=_("In the currency of the house."),
)
_ATTRIBUTES = Answers(
    key="attributes",
    label=_("What is known for rulebooks"),
    questions=from_list.attributes,
    answers=from_list.answers_of,
    optional=True,
    quiet=True,
)

DECIDED: tuple[Field, ...] = (
    Answers(
        key="triage",
        label=_("Answers of the triage"),
        questions=from_list.triage_questions,
        answers=_answers,
        optional=True,
        quiet=True,
    ),
    Choice(
        key="outcome",
        label=_("The complaint is"),
        options=from_list.of(from_list.OUTCOME),
        optional=True,
        quiet=True,
        empty=_("minor or major"),
    ),
    _CATEGORIES,
    Choices(
        key="remedies",
        label=_("The customer asks for"),
        options=from_list.of_book("remedies", "remedy"),
        optional=True,
        quiet=True,
        none=_("anything"),
    ),
    Choices(
        key="flags",
        label=_("Marked as"),
        options=from_list.of_book("routing", "flag"),
        optional=True,
        quiet=True,
        none=_("anything"),
    ),
    _AMOUNT,
    Choices(
        key="channels",
        label=_("It came in by"),
        options=from_list.of(from_list.CHANNEL),
        optional=True,
        quiet=True,
        none=_("any channel"),
    ),
    Choices(
        key="decisions",
        label=_("What was decided on a point"),
        options=from_list.of(from_list.DECISION),
        optional=True,
        quiet=True,
        none=_("anything"),
    ),
    Whole(
        key="earlier_at_least",
        label=_("So many earlier complaints, or more, of the same customer"),
        optional=True,
        quiet=True,
    ),
    Choices(
        key="stages",
        label=_("It is looked at for"),
        options=from_list.of(from_list.STAGE),
        optional=True,
        quiet=True,
        numeric=True,
        none=_("any time"),
    ),
    Lines(
        key="products",
        label=_("The product is called"),
        optional=True,
        quiet=True,
        hint=_("One word or name on each line."),
    ),
    _ATTRIBUTES,
    LinesInLanguages(
        key="keywords",
        label=_("Words in the customer's text"),
        optional=True,
        quiet=True,
        hint=_("One on each line. Words alone only ever propose, and a person looks twice."),
    ),
)
"""What routing, approvals and assignment may ask."""

AGREED: tuple[Field, ...] = (
    Choices(
        key="country",
        label=_("The establishment lies in"),
        options=from_list.countries,
        optional=True,
        quiet=True,
        none=_("any country"),
    ),
    Choices(
        key="channel",
        label=_("It came in by"),
        options=from_list.of(from_list.CHANNEL),
        optional=True,
        quiet=True,
        none=_("any channel"),
    ),
    _CATEGORIES,
    _ATTRIBUTES,
    _AMOUNT,
)
"""What decides which rulebooks bind a case."""
