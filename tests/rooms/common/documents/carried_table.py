"""Makes ``carried.py`` from the fonts inside the installed typst wheel; run it when the wheel brings other fonts.

    .venv/bin/python tests/rooms/common/documents/carried_table.py

It reads the character maps (OpenType ``cmap``, formats 4 and 12) of the fonts embedded in typst's library. A code
point counts as carried when the regular *and* the bold face have it, and it is neither a control or format character
nor in private use.
"""

import struct
import unicodedata
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from desagravo.common.documents import carried

FAMILIES = {
    "BODY_FONT": ("Libertinus Serif", {"Regular", "Bold"}),
    "FALLBACK_FONT": ("DejaVu Sans Mono", {"Book", "Bold"}),
}


def table() -> str:
    """The text of ``carried.py`` as the installed wheel makes it."""
    fonts = {(family, style): points for family, style, points in _fonts(_library().read_bytes())}
    lines = [
        '"""The code points of typst\'s embedded fonts: made by tests/rooms/common/documents/carried_table.py."""',
        "",
    ]
    for name, (family, styles) in FAMILIES.items():
        points = set.intersection(*(fonts[family, style] for style in styles))
        lines += [
            f'{name} = """',
            *_wrapped(_ranges(sorted(filter(_printable, points)))),
            '"""',
            f'"""{family}."""',
            "",
        ]
    return "\n".join(lines)


def _library() -> Path:
    spec = find_spec("typst")
    assert spec is not None and spec.origin is not None
    return next(p for p in Path(spec.origin).parent.iterdir() if p.name.startswith("_typst."))


def _printable(point: int) -> bool:
    return unicodedata.category(chr(point)) not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")


def _ranges(points: list[int]) -> Iterator[str]:
    start = points[0]
    for point, following in pairwise([*points, -1]):
        if following != point + 1:
            yield f"{start:X}" if start == point else f"{start:X}-{point:X}"
            start = following


def _wrapped(words: Iterator[str]) -> Iterator[str]:
    line = ""
    for word in words:
        if len(line) + len(word) > 110:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


def _fonts(library: bytes) -> Iterator[tuple[str, str, set[int]]]:
    wanted = {(family, style) for family, styles in FAMILIES.values() for style in styles}
    for magic in (b"OTTO", b"\x00\x01\x00\x00"):
        at = library.find(magic)
        while at >= 0:
            try:
                tables = _tables(library, at)
                names = _names(library, tables[b"name"])
                if names in wanted:  # the library holds each font twice
                    wanted.remove(names)
                    yield *names, _cmap(library, tables[b"cmap"])
            except (KeyError, ValueError, struct.error, UnicodeDecodeError):
                pass  # four bytes that only look like the beginning of a font
            at = library.find(magic, at + 4)


def _tables(data: bytes, at: int) -> dict[bytes, int]:
    count = struct.unpack_from(">H", data, at + 4)[0]
    if not 8 <= count <= 40:
        raise ValueError("not a font")
    records = (struct.unpack_from(">4sLLL", data, at + 12 + 16 * i) for i in range(count))
    return {tag: at + offset for tag, _, offset, _ in records}


def _names(data: bytes, at: int) -> tuple[str, str]:
    _, count, strings = struct.unpack_from(">HHH", data, at)
    found: dict[int, str] = {}
    for i in range(count):
        platform, _, _, name, length, offset = struct.unpack_from(">6H", data, at + 6 + 12 * i)
        if platform == 3:
            start = at + strings + offset
            found[name] = data[start : start + length].decode("utf-16-be")
    return found.get(16, found[1]), found.get(17, found[2])


def _cmap(data: bytes, at: int) -> set[int]:
    points: set[int] = set()
    for i in range(struct.unpack_from(">H", data, at + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHL", data, at + 4 + 8 * i)
        kind = struct.unpack_from(">H", data, at + offset)[0]
        if platform in (0, 3) and kind == 12:
            points |= _format_12(data, at + offset)
        elif platform in (0, 3) and kind == 4:
            points |= _format_4(data, at + offset)
    return points


def _format_12(data: bytes, at: int) -> set[int]:
    groups = struct.unpack_from(">L", data, at + 12)[0]
    spans = (struct.unpack_from(">LLL", data, at + 16 + 12 * i) for i in range(groups))
    return {point for first, last, glyph in spans for point in range(first, last + 1) if glyph + point - first}


def _format_4(data: bytes, at: int) -> set[int]:
    n = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{n}H", data, at + 14 + shift) for shift in (0, 2 * n + 2, 4 * n + 2, 6 * n + 2)
    )
    points = set()
    for i, (end, start, delta, offset) in enumerate(zip(ends, starts, deltas, offsets, strict=True)):
        for point in range(start, min(end, 0xFFFE) + 1):
            place = at + 14 + 6 * n + 2 + 2 * i + offset + 2 * (point - start)
            glyph = struct.unpack_from(">H", data, place)[0] if offset else point
            if (glyph or not offset) and (glyph + delta) & 0xFFFF:
                points.add(point)
    return points


if __name__ == "__main__":
    Path(carried.__file__).write_text(table(), encoding="utf-8")
