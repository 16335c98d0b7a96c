from django.http import HttpResponse

from desagravo.desk.doors import StaffRequest, page, staff


@staff
def search(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")
