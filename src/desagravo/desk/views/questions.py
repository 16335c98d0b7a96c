from django.http import HttpResponse

from desagravo.desk.doors import StaffRequest, page, staff


@staff
def questions(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")


@staff
def question(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")


@staff
def done(request: StaffRequest, **words: object) -> HttpResponse:
    return page(request, "desk/base.html")
