"""Words that must not be left anywhere, in all the shapes in which bytes may hold them."""

from __future__ import annotations

import base64
import gzip
import os
import quopri
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from desagravo.common.text import fold


def shapes(word: str) -> set[bytes]:
    """A word in plain, folded, upper case, escaped for JSON, base64 at each offset, quoted-printable, URL, UTF-16."""
    told: set[bytes] = set()
    for each in {word, word.lower(), word.upper(), fold(word), word.replace(" ", "\u00a0")}:
        raw = each.encode()
        told |= {raw, each.encode("utf-16-le"), each.encode("utf-16-be"), quote(each).encode()}
        told |= {quopri.encodestring(raw).replace(b"=\n", b"").strip(), each.encode("unicode_escape")}
        told |= {re.sub(r"[^\x00-\x7f]", lambda c: f"\\u{ord(c[0]):04x}", each).encode()}
        for offset in range(3):
            coded = base64.b64encode(b"\0" * offset + raw)
            told.add(coded[(0, 2, 3)[offset] : len(coded) // 4 * 4 - 4])
    return {each for each in told if len(each) >= 5}


def opened(data: bytes) -> Iterator[bytes]:
    """The bytes, and what lies packed in them: streams of PDFs, gzip."""
    yield data
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            yield zlib.decompressobj().decompress(found[1])
        except zlib.error:
            continue
    for start in re.finditer(rb"\x1f\x8b\x08", data):
        try:
            yield gzip.decompress(data[start.start() :])
        except (OSError, EOFError, zlib.error):
            continue


def left_in(data: bytes, canaries: Iterable[str]) -> set[str]:
    parts = list(opened(data))
    return {word for word in canaries for shape in shapes(word) for part in parts if shape in part}


def left_in_folder(folder: Path, canaries: Iterable[str]) -> dict[str, set[str]]:
    """File → the words that are left in it or in its name."""
    words = list(canaries)
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file() and (left := left_in(path.read_bytes() + b"\n" + os.fsencode(path.name), words)):
            found[str(path)] = left
    return found


def left_in_database(canaries: Iterable[str]) -> dict[str, set[str]]:
    """Table → the words that are left in what a dump of it would hold; of tables that Django does not know, too."""
    words = list(canaries)
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if connection.vendor == "postgresql":
                cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" AS t')
            else:
                cursor.execute(f'SELECT * FROM "{table}"')
            rows = cursor.fetchall()
            data = b"\n".join(_bytes(cell) for row in rows for cell in row)
            if left := left_in(data, words):
                found[table] = left
    return found


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
