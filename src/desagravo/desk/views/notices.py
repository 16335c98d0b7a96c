"""What I was told: every line a sentence and a way to what it is about. Reading is an act, so it is a POST."""

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.common.text import whole_number
from desagravo.desk.doors import StaffRequest, page, see, staff_acts, staff_reads


@staff_reads
def notices(request: StaffRequest) -> HttpResponse:
    """Newest first."""
    found = queries.notices(request.actor, before=whole_number(request.GET.get("before", "")))
    return page(request, "desk/notices.html", {"page": found, "any_unread": any(row.unread for row in found.rows)})


@staff_acts
def read(request: StaffRequest, key: int) -> HttpResponse:
    """I have seen this line: go where it leads."""
    row = actions.read_notice(key, actor=request.actor)
    return see(queries.notice_row(request.actor, row).path or "desk:notices")


@staff_acts
def read_all(request: StaffRequest) -> HttpResponse:
    """I have seen all that stood on the page; what came since stays unread."""
    actions.read_all_notices(actor=request.actor, up_to=whole_number(request.POST.get("up_to", "")) or 0)
    return see("desk:notices")
