"""Fields of the complaint form in templates: ``{% told sheet "email" autocomplete="email" %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from desagravo.common import money
from desagravo.common.language import LANGUAGES, active
from desagravo.departments import queries as departments
from desagravo.portal import controls
from desagravo.portal.sheet import Sheet, fields_of
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.shapes import FormField

register = template.Library()

USUAL = (
    "repair_or_rework",
    "replace",
    "refund_full",
    "refund_part",
    "correct_invoice_or_data",
    "compensation",
    "information_or_explanation",
    "apology",
)
"""What most people ask for; the others stand behind one more click."""


@register.simple_tag
def told(sheet: Sheet, code: str, **words: Any) -> SafeString:
    """One field with its label and hint from the rulebook, its problems, and what was typed."""
    field = fields_of(active())[code]
    return controls.control(
        code,
        field.type,
        str(sheet.values.get(code) or ""),
        **{"label": _with_currency(field), "hint": field.hint, "problems": sheet.problems.get(code, ()), **words},
    )


def _with_currency(field: FormField) -> str:
    """The label; of an amount, with the sign of the currency in which the house counts."""
    if field.type != "amount":
        return field.label
    return money.labelled(field.label, departments.organisation().currency)


@register.simple_tag
def consent(sheet: Sheet, code: str) -> SafeString:
    """A single tick of the form."""
    field = fields_of(active())[code]
    return controls.tick(code, bool(sheet.values.get(code)), label=field.label, hint=field.hint)


@register.simple_tag
def confirmation(sheet: Sheet, label: str) -> SafeString:
    """The tick that makes a typed name a signature."""
    code = "signature_confirmed"
    problems = sheet.problems.get(code, ())
    return controls.tick(code, bool(sheet.values.get(code)), label=label, problems=problems)


@register.simple_tag
def typed_name(sheet: Sheet, label: str, hint: str) -> SafeString:
    """The name typed as a signature."""
    return controls.control(
        "signature_name",
        "line",
        str(sheet.values.get("signature_name") or ""),
        label=label,
        hint=hint,
        problems=sheet.problems.get("signature", ()),
        maxlength=rulebook.form_limits().signature_name,
        autocomplete="off",
    )


@register.simple_tag
def languages(sheet: Sheet) -> SafeString:
    """The language of our answer, of those that the organisation writes."""
    field = fields_of(active())["language"]
    options = [(code, LANGUAGES[code]) for code in departments.organisation().languages if code in LANGUAGES]
    return controls.select("language", str(sheet.values.get("language") or ""), options, label=field.label)


@register.simple_tag
def remedies(sheet: Sheet, usual: bool) -> SafeString:
    """What the customer would like: the usual wishes, or the others."""
    shown = [each for each in _remedies(active()) if (each[0] in USUAL) is usual]
    return controls.ticks("remedy_requested", sheet.values.get("remedy_requested") or (), shown, first=usual)


def _remedies(language: str) -> tuple[tuple[str, str], ...]:
    return tuple((each.code, each.name) for each in rulebook.remedies(language))


@register.simple_tag
def categories(sheet: Sheet) -> SafeString:
    """The kinds of problem in their groups."""
    chosen = sheet.values.get("problem_category") or ()
    groups = [
        f'<fieldset class="field"><legend>{escape(name)}</legend>'
        f"{controls.ticks('problem_category', chosen, options, first=not number)}</fieldset>"
        for number, (name, options) in enumerate(_categories(active()))
    ]
    return SafeString("".join(groups))


def _categories(language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple(
        (group.name, tuple((each.code, each.name) for each in group.categories))
        for group in rulebook.problem_categories(language)
    )


@register.simple_tag
def label_of(code: str) -> str:
    """The rulebook's label of a field."""
    return fields_of(active())[code].label


@register.simple_tag
def hint_of(code: str) -> str:
    """The rulebook's hint to a field."""
    return fields_of(active())[code].hint


@register.simple_tag
def unfolded(sheet: Sheet, *codes: str) -> SafeString:
    """`` open`` for a fold in which something was typed or is to be mended."""
    there = any(sheet.values.get(code) or sheet.problems.get(code) for code in codes)
    return SafeString(" open" if there else "")


@register.simple_tag
def unusual(sheet: Sheet) -> SafeString:
    """`` open`` where one of the rarer wishes is ticked."""
    return SafeString(" open" if set(sheet.values.get("remedy_requested") or ()) - set(USUAL) else "")
