"""What is to do next: each step with its state, to be found again at any time."""

from django.http import HttpResponse

from desagravo.administration.doors import administrators_read
from desagravo.entrance import StaffRequest, page


@administrators_read
def start(request: StaffRequest) -> HttpResponse:
    """The steps of setting up."""
    return page(request, "administration/start.html")
