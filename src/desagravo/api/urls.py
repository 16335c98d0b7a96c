"""Addresses of the API. Whatever is not one of them is answered in JSON as well."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from desagravo.api import filing, following  # noqa: F401  (they add their operations to the house)
from desagravo.api.house import api, refusal_answer
from desagravo.api.refusals import Refused, asked_language, speak

app_name = "api"


@csrf_exempt
def _nothing_here(request: HttpRequest) -> HttpResponse:
    speak(request, asked_language(request))
    return refusal_answer(request, Refused(404, "unknown_address"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("", _nothing_here),
    path("", api.urls),
    re_path(r"", _nothing_here),
]
