"""Where the day begins: the list that fits the role, the questions to a department, or what an administrator can do."""

from django.http import HttpResponse

from desagravo.desk.doors import StaffRequest, page, see, staff_reads
from desagravo.desk.views.inbox import list_page
from desagravo.entrance.navigation import asks_departments, start_view


@staff_reads
def start(request: StaffRequest) -> HttpResponse:
    """The first page after signing in."""
    view = start_view(request.actor)
    if view:
        return list_page(request, view)
    if asks_departments(request.actor):
        return see("desk:questions")
    return page(request, "desk/start.html", {"keeps_data": request.actor.has("data_keeper")})
