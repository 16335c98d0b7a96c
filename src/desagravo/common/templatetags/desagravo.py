"""What templates of every door need: dates in words, money, symbols, people's text, fields of forms.

``{% load desagravo %}``. Everything is escaped here; a template never needs ``|safe``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import format_currency, format_decimal, get_currency_name
from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField, Form
from django.http import HttpRequest
from django.template.base import NodeList, Parser, Token
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from desagravo.common import dates, fields, files
from desagravo.common.icons import ICONS
from desagravo.common.language import active, babel_locale
from desagravo.common.text import shorten as _shorten

register = template.Library()

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINK = re.compile(r"(https?://[^\s<>\"'`\u200b-\u200f\u202a-\u202e\u2066-\u2069]+)", re.IGNORECASE)
_NOT_PART_OF_LINK = ".,;:!?)]}»”’"
_SIZES = ((1 << 20, "MB"), (1 << 10, "kB"))
_LANGUAGE_TAGS = {"pt-pt": "pt-PT", "pt-br": "pt-BR"}


# Dates, money, sizes -------------------------------------------------------------------------------------------------


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that breaks before its @ and after its dots, and not in the middle of a word."""
    return SafeString(escape(address).replace("@", "<wbr>@").replace(".", ".<wbr>"))


@register.filter
def when(value: date | datetime | None) -> str:
    """ "Thu 23 April, in 3 working days"; "today 17:00". Nothing for no date."""
    return dates.when(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """ "Thu 23 April, 17:00"."""
    return dates.moment(value) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """ "Thu 23 April", with the year where it is not this one."""
    return dates.day(value) if value else ""


@register.simple_tag
def time(value: date | datetime | None, shown: str = "when") -> SafeString:
    """``<time>``: words for people, the day count for whoever hovers. ``shown``: when, day, moment or hour."""
    return SafeString(dates.element(value, shown) if value else "")


@register.filter
def money(amount: Decimal | int | str | None, currency: str) -> str:
    """An amount in whole units of its currency, as the reader's language writes it: "€1,250.00", "1250,00 €"."""
    if amount is None or amount == "":
        return ""
    try:
        return format_currency(Decimal(amount), currency, locale=babel_locale(active()))
    except InvalidOperation:
        return str(amount)


@register.filter
def currency_name(code: str) -> str:
    """A currency in words, as amounts are counted in it: "euros", "Brazilian reals"."""
    return get_currency_name(code, count=2, locale=babel_locale(active()))


@register.filter
def filesize(size: int | None) -> str:
    """Bytes as "3.2 MB" or "14 kB"; a file is never shown as smaller than 1 kB."""
    value, unit = next(((size / factor, unit) for factor, unit in _SIZES if size and size >= factor), (1, "kB"))
    return f"{format_decimal(round(value, 1 if unit == 'MB' else 0), locale=babel_locale(active()))} {unit}"


# People's text -------------------------------------------------------------------------------------------------------


@register.filter
def picture(content: bytes) -> str:
    """An image of ours as an address in the page; what is no PNG or JPEG gives none."""
    kind = files.sniff(content)
    return f"data:{kind};base64,{b64encode(content).decode()}" if kind in {"image/png", "image/jpeg"} else ""


@register.filter
def paragraphs(text: str | None) -> SafeString:
    """Text as somebody wrote it, in paragraphs. Each finds its own direction; only http and https become links."""
    parts = (part for part in _BLANK_LINES.split((text or "").strip("\n")) if part.strip())
    return SafeString("".join(f'<p dir="auto">{_lines(part)}</p>' for part in parts))


def _lines(part: str) -> str:
    pieces = _LINK.split(part.strip("\n"))
    made = [_link(piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces)]
    return "".join(made).replace("\n", "<br>")


def _link(address: str) -> str:
    bare = address.rstrip(_NOT_PART_OF_LINK)
    if len(bare) <= len("https://"):
        return escape(address)
    # Written out in full, so that nobody is led elsewhere than the text says.
    shown = escape(bare)
    return f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>{escape(address[len(bare) :])}'


@register.filter
def shorten(text: str | None, length: int = 80) -> str:
    """The first words, for a row of a list. The whole text must be one step away."""
    return _shorten(text or "", length)


# Small parts ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of the house. With ``label`` it speaks for itself to readers of the screen."""
    drawn = ICONS[name]
    if label:
        drawn = drawn.replace('aria-hidden="true"', f'role="img" aria-label="{escape(label)}"')
    return SafeString(drawn)


@register.simple_tag
def pill(sentence: str, tone: str = "") -> SafeString:
    """A status in a sentence with its mark. Tones: (none) under way, waiting, soon, late, kept, done."""
    return format_html('<span class="pill" data-tone="{}">{}</span>', tone, sentence)


@register.simple_tag
def department(code: str, name: str) -> SafeString:
    """A department's name behind its colour."""
    return format_html('<span class="department" data-department="{}">{}</span>', code, name)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built style sheet or script; error pages must stand even if the list of them is missing."""
    path = f"desagravo/{name}"
    try:
        return staticfiles_storage.url(path)
    except (ValueError, OSError):
        return f"/static/{path}"


@register.simple_tag
def language_tag() -> str:
    """The page's language for ``<html lang>``: "pt-PT"."""
    return _LANGUAGE_TAGS.get(active(), active())


@register.simple_tag(takes_context=True)
def page_theme(context: dict[str, Any]) -> str:
    """ "light" or "dark" where somebody chose it; "" leaves it to the system. The cookie is the newest choice."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in {"light", "dark"} else ""


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], **changes: Any) -> str:
    """This page's query with some values changed (None takes one out): ``<a href="{% here lang='en' %}">``."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?" + "&".join(f"{name}={value}" for name, value in changes.items() if value is not None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


# Forms ---------------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, **words: Any) -> SafeString:
    """Label, hint, error and control of one field, joined for readers of the screen.

    ``label``, ``hint``: other words than the form's. ``optional=False``: do not say "(optional)".
    ``count=100000``: count characters. ``legend=True``: a group of choices gets a large legend. Further words
    become attributes of the control (``rows=8``, ``autocomplete="name"``; underscores become hyphens).
    """
    return fields.rendered(bound, **words)


@register.simple_tag
def error_summary(*forms: Form) -> SafeString:
    """What is to be mended, at the top of the page, each a link to its field. Nothing while all is well."""
    return fields.summary(forms)


@register.simple_tag
def joined(items: Iterable[Any], separator: str = ", ") -> SafeString:
    """Items in one line, each kept to its own direction."""
    return format_html_join(separator, "<bdi>{}</bdi>", ((item,) for item in items))


# Written once, shown at two places: the navigation at the side, and in the menu of a narrow screen


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """``{% capture navigation %}…{% endcapture %}`` keeps what it encloses under that name."""
    _tag, name = token.split_contents()
    nodes = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodes, name)


class CaptureNode(template.Node):
    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        # At the bottom of the context, so that a block other than the one that captured sees it too.
        context.dicts[0][self.name] = self.nodelist.render(context)
        return SafeString("")
