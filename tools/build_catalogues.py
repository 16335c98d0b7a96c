"""Compiles the catalogues of translations (.po) to what Python reads (.mo), with Babel.

Run by ./desagravo and by the wheel's build.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the .mo beside each .po that is newer; returns what was written."""
    written = []
    for source in sorted((root / "src" / "desagravo" / "locale").rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file)
        with target.open("wb") as file:
            write_mo(file, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_catalogues():
        print(f"Compiled {path.relative_to(ROOT)}", file=sys.stderr)
