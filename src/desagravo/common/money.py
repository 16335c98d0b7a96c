"""An amount of money as people of several countries write it. Every door reads amounts here and nowhere else."""

import re
from decimal import Decimal

from babel.numbers import get_currency_symbol

from desagravo.common.language import active, babel_locale

MOST = Decimal(10) ** 12
"""Amounts stay below this; what is kept has two decimals."""

_CURRENCY = r"(?:€|\$|£|R\$|EUR|BRL|USD|GBP|euros?)"
_AROUND = re.compile(rf"^\s*{_CURRENCY}?\s*(.*?)\s*{_CURRENCY}?\s*$", re.IGNORECASE | re.DOTALL)
# A group in front that begins with zero makes no thousands: 0.500 is no amount that anybody writes.
_PLAIN = re.compile(r"-?(\d+)(?:[.,](\d{1,2}))?")
_GROUPED = tuple(
    re.compile(rf"(?!0)(\d{{1,3}}(?:{group}\d{{3}})+)(?:{decimal}(\d{{1,2}}))?")
    for group, decimal in ((r"\.", ","), (",", r"\."), (r"\s", "[.,]"))
)


def read(text: str) -> Decimal:
    """The amount that stands in ``text``, a currency around it or not.

    One or two digits after the last comma or point are decimals; groups of exactly three digits are thousands, so
    "1.250" and "1,250" are one thousand two hundred and fifty, as "1.250,00" and "1,250.00" are.

    Raises:
        ValueError: no amount, one that can be read in two ways ("1.2345", "0.500", "1,2,3.4"), or out of bounds.
    """
    found = _AROUND.match("".join(str(int(each)) if each.isdecimal() else each for each in text[:100]))
    written = found[1] if found else ""
    parts = _PLAIN.fullmatch(written) or next(filter(None, (way.fullmatch(written) for way in _GROUPED)), None)
    if parts is None or len(text) > 100:
        raise ValueError("no amount of money")
    amount = Decimal(re.sub(r"\D", "", parts[1]) + (f".{parts[2]}" if parts[2] else ""))
    if amount >= MOST or (written.startswith("-") and amount):
        raise ValueError("an amount of money out of bounds")
    return amount


def labelled(label: str, currency: str) -> str:
    """The label of a field for an amount, with the sign of its currency: "Amount (R$)"."""
    return f"{label} ({get_currency_symbol(currency, locale=babel_locale(active()))})"
