"""Which characters the printed page can carry, and what stands for the others.

A PDF/A file may not contain a character that its fonts do not draw: the typesetter refuses the whole document. Emoji,
Chinese, private-use characters, control characters and lone surrogates are therefore printed by their number,
``[U+1F621]``. Only the print is changed; the stored text stays as it was sent.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from .carried import BODY_FONT, FALLBACK_FONT

_WITHOUT_INK = frozenset([0x00AD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)])
"""Soft hyphen, zero-width and direction marks, variation selectors: nothing would be seen, so nothing is printed.
Direction *overrides* are not among them: they turn words around, and are printed by their number."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_LONG_WORD = 24
_PIECE = 12
BREAK_HERE = "\u200b"
"""Zero-width space: the line may end here. The templates turn it into a place without a character."""


def _covered(ranges: str) -> frozenset[int]:
    numbers: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        numbers.extend(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(numbers)


_FONTS = (_covered(BODY_FONT), _covered(FALLBACK_FONT))
_PLAIN = frozenset([0x0A, *range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x180)])
"""Western European letters: precomposed, without marks, in the body font."""
_SURE = (_PLAIN,)


class Printer:
    """Makes text printable and remembers whether anything had to be replaced.

    Args:
        sure_only: print Western European letters only; the second attempt after the typesetter has refused a text
            that these tables allow.
    """

    def __init__(self, *, sure_only: bool = False) -> None:
        self._fonts = _SURE if sure_only else _FONTS
        self.replaced = False

    def text(self, text: str) -> str:
        """``text`` with everything that the fonts cannot carry as ``[U+…]``, and with long words made breakable."""
        text = line_ends(text).replace("\t", "    ")
        if _PLAIN.issuperset(map(ord, set(text))):
            return _breakable(text)
        # A cluster (a letter and the marks upon it) must come from one font, else the typesetter finds no glyph.
        return _breakable("".join(map(self._cluster, _clusters(unicodedata.normalize("NFC", _whole(text))))))

    def tree(self, value: object) -> object:
        """The same for every string in nested dictionaries and lists."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.tree(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(item) for item in value]
        return value

    def _cluster(self, cluster: str) -> str:
        base, marks = cluster[0], cluster[1:]
        numbers = {ord(c) for c in cluster}
        # A mark upon nothing is not printed: fonts differ in what they draw for it, and some draw nothing.
        lone = _is_mark(base)
        if base == "\n" or (not lone and any(numbers <= font for font in self._fonts)):
            return cluster
        kept = not lone and any(ord(base) in font for font in self._fonts)
        self.replaced = True
        return (base if kept else number(base)) + "".join(map(number, marks))


def line_ends(text: str) -> str:
    """Every way of ending a line as one line feed."""
    return _LINE_ENDS.sub("\n", text)


def number(character: str) -> str:
    """``[U+00E9]`` for é."""
    return f"[U+{ord(character):04X}]"


def _whole(text: str) -> str:
    """Without the characters that leave no ink."""
    return "".join(c for c in text if ord(c) not in _WITHOUT_INK)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _clusters(text: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _is_mark(text[at]) or text[start].isspace():
            yield text[start:at]
            start = at


def _breakable(text: str) -> str:
    """Give words above 24 characters places where a line may end: links, fingerprints, keys held down."""
    is_space: Callable[[str], bool] = str.isspace
    pieces = ("".join(run) for _, run in groupby(text, is_space))
    return "".join(_cut(piece) if len(piece) > _LONG_WORD and not piece[0].isspace() else piece for piece in pieces)


def _cut(word: str) -> str:
    done: list[str] = []
    since = 0
    for cluster in _clusters(word):
        if since >= _PIECE:
            done.append(BREAK_HERE)
            since = 0
        done.append(cluster)
        since += len(cluster)
    return "".join(done)
