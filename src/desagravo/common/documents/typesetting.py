"""From facts to PDF: compose the words, make them printable, have a child process set them.

The typesetter keeps what it has used: a long form leaves a process 60 to 320 MB large, more than a worker may have.
So each document is set in a short-lived child with limits of its own (docs/decisions/0006): starting it costs about
a tenth of a second, and nothing that happens in it can stop the worker.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from desagravo.common import clock
from desagravo.common.language import in_language, supported

from . import DocumentFailed, composing
from .characters import Printer
from .kinds import Document

_HERE = Path(__file__).parent
_SECONDS = 120


def typeset(kind: str, data: Document, language: str) -> bytes:
    """See :func:`desagravo.common.documents.render`."""
    language = supported(language)
    with in_language(language):
        view = composing.compose(data, language)
        refused = ""
        for attempt in (_as_given, _without_picture, _sure_letters):
            pdf, refused = _set(kind, attempt(view))
            if pdf:
                return pdf
    raise DocumentFailed(f"{kind}: {refused}")


def _as_given(view: dict[str, Any]) -> dict[str, Any]:
    return _printable(view, Printer())


def _without_picture(view: dict[str, Any]) -> dict[str, Any]:
    """A drawn signature that the typesetter cannot read must not cost the customer the receipt."""
    return _printable(composing.without_picture(view), Printer())


def _sure_letters(view: dict[str, Any]) -> dict[str, Any]:
    """The last net below the tables of characters: everything outside Western European letters by its number."""
    return _printable(composing.without_picture(view), Printer(sure_only=True))


def _printable(view: dict[str, Any], printer: Printer) -> dict[str, Any]:
    page = printer.tree(view)
    assert isinstance(page, dict)
    page["replaced_note"] = composing.replaced_note() if printer.replaced else ""
    return page


def _set(kind: str, page: dict[str, Any]) -> tuple[bytes, str]:
    """The PDF, or nothing and what the typesetter said."""
    order = {"template": f"{kind}.typ", "folder": str(_HERE / "templates"), "made_at": int(clock.now().timestamp())}
    try:
        child = subprocess.run(  # our own script; the text goes in on standard input
            [sys.executable, "-I", str(_HERE / "typesetter_process.py")],
            input=json.dumps({**order, "page": json.dumps(page, ensure_ascii=False)}).encode(),
            capture_output=True,
            timeout=_SECONDS,
            env={key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "LANG") if key in os.environ},
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise DocumentFailed(f"{kind}: not ready after {_SECONDS} seconds") from slow
    if child.returncode == 0:
        return child.stdout, ""
    # Refused (3), or ended by its limits or by accident: a picture may have done that, so the next attempt is made.
    return b"", f"the typesetter ended with {child.returncode}: {child.stderr.decode(errors='replace').strip()[-2000:]}"
