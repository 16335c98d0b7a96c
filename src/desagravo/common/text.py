"""What people type, made safe to keep: the words stay, what could break a screen or a database goes.

The raw bytes of a submission are kept elsewhere; here is the text that is shown and searched.
"""

import re
import unicodedata
from datetime import date

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile("\r\n|\r|\u2028|\u2029|\x85")
_SENTENCE_END = re.compile(r"[.!?…](?=\s)")
_SPACES = re.compile(r"\s+")
_MARKS = "".join(chr(point) for point in range(0x300, 0x1E94B) if unicodedata.combining(chr(point)))
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{30}})(?=[{_MARKS}])")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")


def tidy_text(text: str) -> str:
    """Text of several lines in NFC; control characters and lone surrogates become U+FFFD.

    Direction marks stay: honest Arabic and Hebrew need them, and screens isolate each paragraph.
    """
    text = _LINE_BREAKS.sub("\n", text)
    if not text.isascii():
        # Normalising sorts each run of marks, in a time that grows with its square: 100,000 of them took 8 s. No
        # language puts more than 30 on one letter, so longer runs are parted as UAX #15 (stream-safe text) says.
        text = _TOO_MANY_MARKS.sub("\\1\u034f", text)
    return unicodedata.normalize("NFC", _CONTROLS.sub("\ufffd", text))


def tidy_line(text: str) -> str:
    """One line: as :func:`tidy_text`, and white space folded, invisible and direction characters removed.

    A name or a subject stands beside other words; an override left in it would turn those around.
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", tidy_text(text))).strip()


def fold(text: str) -> str:
    """Text as search compares it: accents off, case folded, so that "Reclamação" is found by "reclamacao"."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def whole_number(text: str) -> int | None:
    """The number that 1 to 18 plain digits write; None for anything else that came in an address or a form.

    ``str.isdigit`` is true of "²", which ``int`` does not read, and a number of thousands of digits is no key of a row.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def day_typed(text: str) -> date | None:
    """A day as a date field sends it; None for nothing and for what is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def headline(text: str, length: int = 90) -> str:
    """The beginning of a text as a title: whole sentences if some fit, otherwise the first words with an ellipsis."""
    line = tidy_line(text[: length * 20])
    if len(line) <= length:
        return line
    ends = [found.end() for found in _SENTENCE_END.finditer(line, 24, length + 1)]
    return line[: ends[-1]] if ends else shorten(line, length)


def shorten(text: str, length: int) -> str:
    """The first words up to ``length`` characters, with an ellipsis if something was left out."""
    line = tidy_line(text)
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip(" ,.;:") + "…"


_ADDRESS = re.compile(r"""[^\s<>()\[\],;:"'@]+@[^\s<>()\[\],;:"'@]+""")


def masked(address: str) -> str:
    """Enough of an address to find a fault with a mail server, too little to know the customer."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def with_masked_addresses(text: str) -> str:
    """The text with every e-mail address in it masked."""
    return _ADDRESS.sub(lambda found: masked(found.group()), text)
