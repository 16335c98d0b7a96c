"""Files that somebody sends with rules in them: TOML files, or a zip of them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from desagravo.common.refusals import Missing, Refusal

MOST_BYTES = 10 * 1024 * 1024
"""Of all files together, unpacked. The largest shipped edition has 300 KB."""
MOST_FILES = 200


def unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The TOML files among these, those inside of zips too. Names keep their folder inside the zip.

    Raises:
        Missing: ``files``: no TOML, no readable zip, or more than a rulebook can have.
    """
    found: dict[str, bytes] = {}
    for name, content in files.items():
        if content[:4] == b"PK\x03\x04":
            found |= _inside(content, MOST_BYTES - sum(map(len, found.values())))
        elif name.lower().endswith(".toml"):
            found[name] = content
        else:
            raise _refused("file_not_zip")
    if not found:
        raise _refused("no_toml")
    if sum(map(len, found.values())) > MOST_BYTES or len(found) > MOST_FILES:
        raise _refused("zip_too_large", limit=MOST_BYTES // (1024 * 1024))
    return found


def _inside(content: bytes, room: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = [each for each in archive.infolist() if each.filename.lower().endswith(".toml")]
            if len(wanted) > MOST_FILES:
                raise _refused("zip_too_large", limit=MOST_BYTES // (1024 * 1024))
            for each in wanted:
                with archive.open(each) as packed:
                    # no more is unpacked than fits, whatever the archive says about itself
                    text = packed.read(room + 1)
                room -= len(text)
                if room < 0:
                    raise _refused("zip_too_large", limit=MOST_BYTES // (1024 * 1024))
                found[each.filename] = text
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise _refused("file_not_zip") from None
    return found


def _refused(code: str, **facts: int) -> Missing:
    return Missing({"files": [Refusal(code, **facts)]})
