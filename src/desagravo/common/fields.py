"""One field of a form as the house shows it: label, hint, error, control; and the summary of what is to be mended."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from babel.numbers import format_decimal
from django import forms
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.common.icons import ICONS
from desagravo.common.language import active, babel_locale

_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def rendered(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    optional: bool = True,
    count: int = 0,
    legend: bool = False,
    **attributes: Any,
) -> SafeString:
    """The field's HTML; see the tag ``field`` for the words."""
    if bound.is_hidden:
        return bound.as_widget()
    # A copy, so that Django too points readers of the screen to the hint that is shown, and to none where none is.
    bound = copy(bound)
    bound.help_text = (hint or str(bound.help_text)).strip()
    say_optional = optional and not bound.field.required
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    parts = {
        "label": _label(label or str(bound.label or ""), say_optional),
        "hint": _hint(bound),
        "error": _error(bound),
    }
    if isinstance(bound.field.widget, _CHOICES):
        return _group(bound, parts, large=legend)
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return _tick(bound, parts, attrs)
    return _control(bound, parts, attrs, count)


def summary(shown: Iterable[Any]) -> SafeString:
    """The box at the top that names each problem once and leads to its field."""
    problems = [problem for form in shown if form is not None for problem in _problems(form)]
    if not problems:
        return SafeString("")
    title = ngettext("Please look at this again", "Please look at these points again", len(problems))
    return format_html(
        '<div class="error-summary" role="alert" tabindex="-1" data-error-summary'
        ' aria-labelledby="error-summary-title"><h2 id="error-summary-title">{}</h2><ul>{}</ul></div>',
        title,
        format_html_join("", "<li>{}</li>", ((problem,) for problem in problems)),
    )


def _problems(form: Any) -> Iterable[SafeString]:
    for text in form.non_field_errors():
        yield format_html("{}", text)
    for name, errors in form.errors.items():
        if name in form.fields:
            yield format_html('<a href="#{}">{}</a>', _anchor(form[name]), errors[0])


def _anchor(bound: BoundField) -> str:
    """The control to go to; of a group of choices the first one."""
    base = bound.auto_id or bound.html_name
    return f"{base}_0" if isinstance(bound.field.widget, _CHOICES) else base


def _label(words: str, optional: bool) -> SafeString:
    if not optional:
        return format_html("{}", words)
    return format_html('{} <span class="optional">{}</span>', words, _("(optional)"))


def _hint(bound: BoundField) -> SafeString:
    if not bound.help_text:
        return SafeString("")
    return format_html('<span class="hint" id="{}_hint">{}</span>', bound.auto_id, bound.help_text)


def _error(bound: BoundField) -> SafeString:
    if not bound.errors:
        return SafeString("")
    words = format_html_join(SafeString("<br>"), "{}", ((text,) for text in bound.errors))
    return format_html(
        '<span class="field-error" id="{}_error">{}<span>{}</span></span>',
        bound.auto_id,
        SafeString(ICONS["alert"]),
        words,
    )


def _described(bound: BoundField, parts: dict[str, SafeString], *more: str) -> str:
    ids = [f"{bound.auto_id}_{part}" for part in ("hint", "error") if parts[part]]
    return " ".join([*ids, *more])


def _wrong(bound: BoundField) -> str:
    return " field-wrong" if bound.errors else ""


def _control(bound: BoundField, parts: dict[str, SafeString], attrs: dict[str, Any], count: int) -> SafeString:
    counter = _counter(bound, count) if count else SafeString("")
    if described := _described(bound, parts, *([f"{bound.auto_id}_count"] if count else [])):
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return format_html(
        '<div class="field{}"><label for="{}">{}</label>{}{}{}{}</div>',
        _wrong(bound),
        bound.id_for_label,
        parts["label"],
        parts["hint"],
        parts["error"],
        bound.as_widget(attrs=attrs),
        counter,
    )


def _counter(bound: BoundField, limit: int) -> SafeString:
    """The limit, said before it is reached; scripts make it count."""
    return format_html(
        '<span class="count" id="{}_count" data-count-for="{}" data-limit="{}" data-left="{}" data-over="{}">{}</span>',
        bound.auto_id,
        bound.auto_id,
        limit,
        _("{n} characters left"),
        _("{n} characters too many"),
        _("Up to %(limit)s characters.") % {"limit": format_decimal(limit, locale=babel_locale(active()))},
    )


def _tick(bound: BoundField, parts: dict[str, SafeString], attrs: dict[str, Any]) -> SafeString:
    if described := _described(bound, parts):
        attrs["aria-describedby"] = described
    return format_html(
        '<div class="field{}">{}<label class="choice" for="{}">{}<span>{}{}</span></label></div>',
        _wrong(bound),
        parts["error"],
        bound.id_for_label,
        bound.as_widget(attrs=attrs),
        parts["label"],
        parts["hint"],
    )


def _group(bound: BoundField, parts: dict[str, SafeString], *, large: bool) -> SafeString:
    rows = format_html_join(
        "",
        '<label class="choice" for="{}">{}<span>{}</span></label>',
        ((one.id_for_label, one.tag(), one.choice_label) for one in bound.subwidgets),
    )
    described = _described(bound, parts)
    return format_html(
        '<fieldset class="field{}{}"{}><legend>{}</legend>{}{}<div class="choices">{}</div></fieldset>',
        " group" if large else "",
        _wrong(bound),
        format_html(' aria-describedby="{}"', described) if described else "",
        parts["label"],
        parts["hint"],
        parts["error"],
        rows,
    )
