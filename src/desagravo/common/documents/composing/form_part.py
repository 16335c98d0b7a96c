"""The complaint form as sent: the same pages in the customer's receipt and in the sign-off sheet."""

from typing import Any

from django.utils.translation import gettext as _

from desagravo.common.documents.characters import line_ends
from desagravo.common.documents.kinds import Field, Form, Signature

from .words import Words, paragraphs

_PNG = b"\x89PNG\r\n\x1a\n"
_LARGEST_PICTURE = 1_000_000
_MOST_PIXELS = 4_000_000
"""A small file can unfold to gigabytes of pixels."""
_LINE = 160


def compose(form: Form, words: Words) -> dict[str, Any]:
    """View of the form: fields, files, signature."""
    return {
        "heading": _("The complaint form as sent"),
        "fields": [_field(field) for field in form.fields if field.text.strip()],
        "files": _files(form, words),
        "signature": _signature(form.signature, words),
    }


def _field(field: Field) -> dict[str, Any]:
    long = field.long or len(field.text) > _LINE or "\n" in line_ends(field.text.strip())
    return {"label": field.label, "long": long, "text": paragraphs(field.text)}


def _files(form: Form, words: Words) -> dict[str, Any]:
    return {
        "heading": _("Files sent with the form"),
        "none": _("No files were sent."),
        "columns": [_("File"), _("Size"), _("Fingerprint (SHA-256, beginning)")],
        "rows": [[file.name, words.size(file.size), file.sha256[:16]] for file in form.files],
    }


def _signature(signature: Signature, words: Words) -> dict[str, Any]:
    drawn = signature.method == "drawn" and signature.picture
    readable = drawn and _readable(signature.picture)
    lines = [_how(signature)]
    if drawn and not readable:
        lines.append(_("The drawn signature cannot be printed here. It is kept with the case."))
    if signature.signed_at and signature.method != "none":
        lines.append(_("Signed on %(moment)s") % {"moment": words.moment(signature.signed_at)})
    return {
        "heading": _("Signature of the complainant"),
        # Typst takes the bytes of a picture from a list of numbers: no file is written, no path is read.
        "picture": list(signature.picture) if readable else [],
        "alt": _("Drawn signature of %(name)s") % {"name": signature.name or _("the complainant")},
        "name": signature.name if signature.method != "none" else "",
        "lines": lines,
    }


def _readable(picture: bytes) -> bool:
    """Whether it begins as a PNG of a sensible size; whether it is whole, the typesetter finds out."""
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    return picture.startswith(_PNG) and len(picture) <= _LARGEST_PICTURE and 0 < width * height <= _MOST_PIXELS


def _how(signature: Signature) -> str:
    match signature.method:
        case "drawn":
            return _("Signature drawn on the screen")
        case "typed":
            return _("Name typed as signature, with confirmation")
        case "paper":
            return _("Signed on paper; the organisation keeps the paper")
        case _:
            return _("Not signed. The complaint is registered all the same.")
