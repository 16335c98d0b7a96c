"""The controls of the customer's form, made by hand because seventy of them stand on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desagravo.common.icons import ICONS
from desagravo.common.language import active, babel_locale

_INPUT = {"email": "email", "phone": "tel", "date": "date"}


def control(
    code: str,
    kind: str,
    value: str,
    *,
    label: str,
    hint: str = "",
    problems: Sequence[str] = (),
    optional: bool = False,
    count: int = 0,
    **attributes: Any,
) -> SafeString:
    """Label, hint, error and control of one field. ``kind`` is the rulebook's type; ``count`` shows the limit."""
    ident = f"f_{code}"
    described = [f"{ident}_{part}" for part, there in (("hint", hint), ("error", problems), ("count", count)) if there]
    attrs = "".join(f' {name.replace("_", "-")}="{escape(text)}"' for name, text in attributes.items())
    attrs += f' aria-describedby="{" ".join(described)}"' if described else ""
    attrs += ' aria-invalid="true"' if problems else ""
    if kind in {"text", "list"}:
        # a browser drops the first line break after the tag
        typed = f'<textarea id="{ident}" name="{code}"{attrs}>\n{escape(value)}</textarea>'
    else:
        typed = f'<input id="{ident}" name="{code}" type="{_type(kind, value)}" value="{escape(value)}"{attrs}>'
    return SafeString(
        f'<div class="field{_wrong(problems)}"><label for="{ident}">{_label(label, optional)}</label>'
        f"{_hint(ident, hint)}{error(ident, problems)}{typed}{_count(ident, count)}</div>"
    )


def select(code: str, value: str, options: Iterable[tuple[str, str]], *, label: str, hint: str = "") -> SafeString:
    """A choice of one."""
    rows = "".join(
        f'<option value="{escape(key)}"{" selected" if key == value else ""}>{escape(name)}</option>'
        for key, name in options
    )
    return SafeString(
        f'<div class="field"><label for="f_{code}">{escape(label)}</label>{_hint(f"f_{code}", hint)}'
        f'<select id="f_{code}" name="{code}" class="input-medium">{rows}</select></div>'
    )


def ticks(code: str, chosen: Sequence[str], options: Iterable[tuple[str, str]], *, first: bool = False) -> SafeString:
    """Boxes to tick, as rows; ``first``: the first of them is where a link to the field leads."""
    rows = []
    for number, (key, name) in enumerate(options):
        ident = f' id="f_{code}"' if first and not number else ""
        ticked = " checked" if key in chosen else ""
        rows.append(
            f'<label class="choice"><input type="checkbox" name="{code}" value="{escape(key)}"{ident}{ticked}>'
            f"<span>{escape(name)}</span></label>"
        )
    return SafeString(f'<div class="choices">{"".join(rows)}</div>')


def tick(code: str, ticked: bool, *, label: str, hint: str = "", problems: Sequence[str] = ()) -> SafeString:
    """One box to tick."""
    ident = f"f_{code}"
    described = [f"{ident}_{part}" for part, there in (("hint", hint), ("error", problems)) if there]
    attrs = f' aria-describedby="{" ".join(described)}"' if described else ""
    attrs += ' aria-invalid="true"' if problems else ""
    return SafeString(
        f'<div class="field{_wrong(problems)}">{error(ident, problems)}<div class="choices"><label class="choice">'
        f'<input id="{ident}" type="checkbox" name="{code}" value="yes"{" checked" if ticked else ""}{attrs}>'
        f"<span>{escape(label)}{_hint(ident, hint)}</span></label></div></div>"
    )


def error(ident: str, problems: Sequence[str]) -> str:
    """What is wrong with a field, beside it."""
    if not problems:
        return ""
    words = "<br>".join(escape(text) for text in problems)
    return f'<span class="field-error" id="{ident}_error">{ICONS["alert"]}<span>{words}</span></span>'


def _type(kind: str, value: str) -> str:
    """A word that is no date stays visible: a date field would drop it."""
    if kind == "date" and value:
        try:
            date.fromisoformat(value)
        except ValueError:
            return "text"
    return _INPUT.get(kind, "text")


def _label(label: str, optional: bool) -> str:
    return escape(label) + (f' <span class="optional">{escape(_("(optional)"))}</span>' if optional else "")


def _hint(ident: str, hint: str) -> str:
    return f'<span class="hint" id="{ident}_hint">{escape(hint)}</span>' if hint else ""


def _wrong(problems: Sequence[str]) -> str:
    return " field-wrong" if problems else ""


def _count(ident: str, limit: int) -> str:
    if not limit:
        return ""
    calm = _("Up to %(limit)s characters.") % {"limit": format_decimal(limit, locale=babel_locale(active()))}
    left, over = escape(_("{n} characters left")), escape(_("{n} characters too many"))
    return (
        f'<span class="count" id="{ident}_count" data-count-for="{ident}" data-limit="{limit}" data-left="{left}" '
        f'data-over="{over}">{escape(calm)}</span>'
    )
