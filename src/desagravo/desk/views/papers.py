"""Files and documents of a case: offered for download, shown in the browser only where nothing can run in it."""

from django.http import FileResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from desagravo.cases import queries
from desagravo.common import files
from desagravo.common.refusals import NotYours
from desagravo.desk.doors import StaffRequest, staff_reads


@staff_reads
def file(request: StaffRequest, number: str, key: int) -> HttpResponseBase:
    """A file that somebody put on the case. Its name is the sender's, everything else is ours."""
    row = queries.attachment_for(request.actor, key)
    if row.case.number != number:
        raise NotYours("not_found")
    # a browser's viewer of PDFs does not run in the sandbox of the answer, so those are downloads too
    inline = files.safe_preview(row.media_type) and row.media_type != "application/pdf"
    return offered(row.stored, files.display_name(row.name), row.media_type, inline=inline)


@staff_reads
def document(request: StaffRequest, number: str, key: int) -> HttpResponseBase:
    """A PDF that the worker made."""
    row = queries.document_for(request.actor, key)
    if row.case.number != number or not row.stored:
        raise NotYours("not_found")
    named = {"receipt": _("receipt"), "letter": _("letter"), "sign_off": _("closing")}
    name = f"{number}-{named.get(row.kind, row.kind)}.pdf"
    return offered(row.stored, name, "application/pdf", inline=False)


@staff_reads
def sheet(request: StaffRequest, number: str, section: int) -> HttpResponseBase:
    """The sealed sheet of a closing section; 404 until it is made, which is what the waiting page asks."""
    case = queries.case_for(request.actor, number)
    row = queries.sheet_of(case, section)
    return offered(row.stored, f"{number}-{_('closing')}-{section}.pdf", "application/pdf", inline=False)


def offered(stored: str, name: str, media_type: str, *, inline: bool) -> HttpResponseBase:
    """A stored file as the browser gets it: under its name, and where nothing can run in it."""
    try:
        content = files.path(stored).open("rb")
    except (OSError, ValueError) as gone:
        raise NotYours("not_found") from gone
    response = FileResponse(content, content_type=_with_charset(media_type if inline else _as_download(media_type)))
    response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = files.FENCE
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _with_charset(media_type: str) -> str:
    """No browser guesses in what characters a text was written: only what reads as UTF-8 is called one."""
    return "text/plain; charset=utf-8" if media_type == "text/plain" else media_type


def _as_download(media_type: str) -> str:
    """A type that no browser runs, should it ignore that the file is to be downloaded."""
    return media_type if files.safe_preview(media_type) else "application/octet-stream"
