from django.http import HttpResponse

from desagravo.desk.doors import StaffRequest, page, staff


@staff
def new(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")


@staff
def filed(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")


@staff
def completion(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")
