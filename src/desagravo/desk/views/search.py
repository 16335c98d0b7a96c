"""Search over cases and messages, within what the person may see."""

import re

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from desagravo.cases import queries as cases
from desagravo.common import throttle
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.common.text import tidy_line
from desagravo.desk.doors import StaffRequest, page, staff_reads
from desagravo.desk.rows import shown

_NUMBER = re.compile(r"([0-9]{4})-([0-9]{1,18})")
_LONGEST = 200


@staff_reads
def search(request: StaffRequest) -> HttpResponse:
    """What was found, newest first. The number of a visible case leads straight to it."""
    words = tidy_line(request.GET.get("q", ""))[:_LONGEST]
    number = _visible_number(request.actor, words)
    if number:
        return HttpResponseRedirect(reverse("desk:start") + f"cases/{number}/")
    if words:
        throttle.allow(request, "search", who=f"person {request.actor.id}")
    after = request.GET.get("after", "")
    try:
        found = cases.search(request.actor, words, after=after)
    except ValueError as strange:
        raise Http404 from strange
    context = {"search_words": words, "rows": shown(found.rows, request.actor), "next": found.next, "after": after}
    return page(request, "desk/search.html", context)


def _visible_number(actor: Actor, words: str) -> str:
    """The case that these words name by its number, with or without its leading zeros."""
    named = _NUMBER.fullmatch(words)
    if not named:
        return ""
    try:
        return cases.case_for(actor, f"{named[1]}-{int(named[2]):05d}").number
    except NotYours:
        return ""
