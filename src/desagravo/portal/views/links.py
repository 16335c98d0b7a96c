"""The private link by mail, for whoever lost it. The page never tells whether there is such a case."""

from __future__ import annotations

from time import monotonic, sleep

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from desagravo.cases import actions
from desagravo.common.text import tidy_line
from desagravo.common.throttle import allow
from desagravo.portal.door import door, from_our_page, page, posted, see_other

_ALWAYS_TAKES = 0.25
"""Seconds: longer than finding a case and putting its mail on the way, so that the time tells nothing either."""


@door("GET", "POST")
def new_link(request: HttpRequest) -> HttpResponse:
    """Case number and e-mail; the reply is always the same."""
    if request.method != "POST":
        return page(request, "new_link", {"sent": "sent" in request.GET, "values": {}, "problems": {}})
    post = posted(request)
    values = {code: tidy_line(post.get(code, ""))[:254] for code in ("number", "email")}
    problems = {code: [_("Please fill this in.")] for code, value in values.items() if not value}
    if problems or not from_our_page(request):
        context = {"values": values, "problems": problems}
        return page(request, "new_link", context, status=422 if problems else 403)
    allow(request, "new_link")
    allow(request, "new_link", who=f"case {values['number']}")
    began = monotonic()
    actions.ask_for_link(email=values["email"], number=values["number"])
    sleep(max(0.0, _ALWAYS_TAKES - (monotonic() - began)))
    return see_other(f"{reverse('portal:new_link')}?sent")
