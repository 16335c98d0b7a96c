"""The files of the sample company, made in code: pictures, pages, texts and drawn signatures.

Nothing here is a photograph of anything; each file only has the form of what a customer would send.
"""

import math
import struct
import textwrap
import zlib
from collections.abc import Callable, Sequence
from datetime import date

_Pixel = tuple[int, int, int]
_NOTICE = {
    "en": "Sample file of Casa Atlântica, an invented company.",
    "pt-pt": "Ficheiro de exemplo da Casa Atlântica, uma empresa inventada.",
}
_DATE = {"en": "Date", "pt-pt": "Data"}
_NAME = {"en": "Name", "pt-pt": "Nome"}
_REFERENCE = {"en": "Reference", "pt-pt": "Referência"}


def make(name: str, *, language: str, customer: str, reference: str, day: date) -> bytes:
    """A file of the kind that its name says."""
    if name.endswith(".png"):
        return picture(name)
    lines = _lines(name, language=language, customer=customer, reference=reference, day=day)
    return page(lines) if name.endswith(".pdf") else ("\n".join(lines) + "\n").encode()


def _lines(name: str, *, language: str, customer: str, reference: str, day: date) -> list[str]:
    title = name.rpartition(".")[0].replace("_", " ").replace("-", " ").capitalize()
    told = [
        (_DATE[language], day.isoformat()),
        (_NAME[language], customer),
        (_REFERENCE[language], reference),
    ]
    return [title, "", *(f"{label}: {text}" for label, text in told if text), "", _NOTICE[language]]


def picture(name: str, width: int = 160, height: int = 120) -> bytes:
    """A small picture with light, a wall, a floor and a thing in the middle; another name, other colours."""
    seed = zlib.crc32(name.encode())
    wall = tuple(150 + (seed >> shift) % 80 for shift in (0, 5, 10))
    thing = tuple(60 + (seed >> shift) % 150 for shift in (15, 19, 23))
    left, top = 0.30 + seed % 7 / 50, 0.18 + seed % 5 / 40

    def pixel(x: int, y: int) -> _Pixel:
        across, down = x / width, y / height
        light = 1.12 - 0.7 * math.hypot(across - 0.35, down - 0.25)
        colour = wall if down < 0.78 else tuple(c * 0.62 for c in wall)
        if left < across < left + 0.36 and top < down < 0.88:
            colour = tuple(c * (1.15 - (across - left)) for c in thing)
            if abs(down - top - 0.24) < 0.012:
                light *= 0.5
        red, green, blue = (max(0, min(255, round(c * light))) for c in colour)
        return red, green, blue

    return _png(width, height, pixel)


def signature(name: str, width: int = 360, height: int = 120) -> bytes:
    """A signature as it is drawn with a finger: loops from left to right and a stroke below, dark on white."""
    seed = zlib.crc32(name.encode())
    ink: set[tuple[int, int]] = set()
    loops = 4 + seed % 3
    for step in range(3000):
        t = step / 3000
        turn = 2 * math.pi * loops * t
        x = 30 + (width - 110) * t + (16 + seed % 9) * math.sin(turn)
        y = 58 - 22 * t + (24 - 12 * t) * math.cos(turn + (seed >> 4) % 6 / 3) + 5 * math.sin(5 * t)
        _dot(ink, x, y)
    for step in range(900):
        t = step / 900
        _dot(ink, 44 + (width - 100) * t, 96 - 9 * math.sin(math.pi * t) - 6 * t)
    return _png(width, height, lambda x, y: (28, 40, 78) if (x, y) in ink else (255, 255, 255))


def _dot(ink: set[tuple[int, int]], x: float, y: float) -> None:
    ink.update((round(x) + dx, round(y) + dy) for dx in (0, 1) for dy in (0, 1))


def _png(width: int, height: int, pixel: Callable[[int, int], _Pixel]) -> bytes:
    rows = b"".join(b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one page with these lines, in a font that every reader has."""
    shown = [part for line in lines for part in (textwrap.wrap(line, 80) or [""])]
    words = b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in shown)
    content = b"BT /F1 12 Tf 16 TL 72 760 Td\n" + words + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def _escaped(line: str) -> bytes:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252", "replace")
