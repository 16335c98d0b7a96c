"""The image at the head of the organisation's papers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.administration.doors import administrators, administrators_read
from desagravo.common import files
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.departments import actions, queries
from desagravo.entrance import StaffRequest, page, problems, see, wrong


@administrators
def letterhead(request: StaffRequest) -> HttpResponse:
    """Look at it, bring another one, take it away."""
    if request.method != "POST":
        return _show(request)
    try:
        actions.set_letterhead(_brought(request), actor=request.actor)
    except Missing as missing:
        return _show(request, missing)
    messages.success(
        request,
        _("The letterhead is taken away.")
        if request.POST.get("way") == "remove"
        else _("The letterhead is saved. Papers that are made from now on bear it."),
    )
    return see("administration:letterhead")


def _brought(request: StaffRequest) -> bytes | None:
    if request.POST.get("way") == "remove":
        return None
    file = request.FILES.get("letterhead")
    if file is None or not file.size:
        raise Missing({"letterhead": [Refusal("no_image")]})
    content: bytes = file.read(actions.LARGEST_LETTERHEAD + 1)
    return content


def _show(request: StaffRequest, missing: Missing | None = None) -> HttpResponse:
    queries.forget_organisation()
    found = problems(missing) if missing else []
    told = queries.organisation()
    context = {"told": told, "limit": actions.LARGEST_LETTERHEAD, "problems": found, "wrong": wrong(found)}
    return page(request, "administration/letterhead.html", context, status=422 if missing else 200)


@administrators_read
def image(_request: StaffRequest) -> HttpResponse:
    """The image itself, for the page that shows it."""
    stored = queries.organisation().letterhead
    try:
        content = files.read(stored) if stored else b""
    except (FileNotFoundError, ValueError):
        content = b""
    if not content:
        raise NotYours("not_found")
    headers = {"Content-Security-Policy": files.FENCE, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=files.sniff(content), headers=headers)
