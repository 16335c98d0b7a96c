from django.http import HttpResponse

from desagravo.desk.doors import StaffRequest, page, staff


@staff
def assessment(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")


@staff
def overruling(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")


@staff
def owner(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")
