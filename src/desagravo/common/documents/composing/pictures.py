"""Pictures on paper: the letterhead, signatures. Only what looks like a PNG or JPEG of a sensible size is tried."""

from typing import Any

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_LARGEST, _MOST_PIXELS = 2 * 1024 * 1024, 25_000_000

NONE: dict[str, Any] = {"bytes": [], "format": "png", "alt": ""}


def picture(content: bytes, alt: str) -> dict[str, Any]:
    """The picture as a template shows it; without bytes where there is none, or none that can be shown.

    Typst takes the bytes from a list of numbers: no file is written, no path is read. Whether a picture is whole, the
    typesetter finds out; then the paper is set without it.
    """
    form = _format(content)
    return {"bytes": list(content), "format": form, "alt": alt} if form and len(content) <= _LARGEST else NONE


def _format(content: bytes) -> str:
    if content.startswith(_PNG):
        width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        return "png" if 0 < width * height <= _MOST_PIXELS else ""
    return "jpg" if content.startswith(_JPEG) else ""
