"""How this door answers: pages with the organisation's name, refusals in words, and never a bare error.

A customer has no account, and perhaps no cookies. What opens a page is the private link; what protects a form from
other sites is said by the browser itself (Sec-Fetch-Site) or, where a browser says nothing, Django's token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt

from desagravo.common import outage
from desagravo.common.language import active, in_language
from desagravo.common.refusals import NotAllowed, NotYours, Refusal
from desagravo.common.throttle import TooOften, allow
from desagravo.common.typed import without_nul, words_of
from desagravo.departments import queries as departments
from desagravo.portal.uploads import WithinLimits
from desagravo.rulebook import queries as rulebook

View = Callable[..., HttpResponseBase]
_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class TooMuch(Exception):
    """More came at once than is read: nothing of it was taken."""


class NotReadable(Exception):
    """What came was cut off or is no form."""


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
    *,
    from_memory: bool = False,
) -> HttpResponse:
    """A page of the portal, under the organisation's name. The answer to a POST is kept by nobody.

    ``from_memory``: made without the database, for when it does not answer.
    """
    house = departments.organisation()
    told = {"organisation": house.name, "our_languages": house.languages, **(context or {})}
    if from_memory:
        response = HttpResponse(render_to_string(f"portal/{template}.html", {**told, "request": request}))
        response.status_code = status
    else:
        response = render(request, f"portal/{template}.html", told, status=status)
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response


def see_other(address: str) -> HttpResponse:
    """Go on to another page with GET, so that reloading it sends nothing again."""
    return HttpResponse(status=303, headers={"Location": address})


def gone(request: HttpRequest) -> HttpResponse:
    """The one page for links that are missing, altered, expired, or lead to what is not the customer's."""
    return page(request, "gone", status=404)


def door(*methods: str, counted: str = "") -> Callable[[View], View]:
    """A view of this door: answers these methods, counts visits under the throttle ``counted``, refuses in words."""

    def decorate(view: View) -> View:
        @csrf_exempt  # asked by `from_our_page`, which loses nothing of what was typed
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with in_language(_language(active())) as language:
                request.LANGUAGE_CODE = language
                response = speak(request, *args, **kwargs)
                response.headers["Content-Language"] = language
                return response

        def speak(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {*methods, "HEAD"}:
                return _only(request, methods)
            try:
                if counted:
                    allow(request, counted)
                return view(request, *args, **kwargs)
            except (Refusal, TooOften, TooMuch, NotReadable) as problem:
                return _refused(request, problem)
            except outage.OUTAGES as problem:
                if not outage.is_outage(problem):
                    raise
                return outage.answer(request, problem)

        return answer

    return decorate


def _language(wished: str) -> str:
    """The wished language if the organisation writes it, else its other kind of it (Portuguese), else its first."""
    ours = departments.organisation().languages
    alike = (each for each in ours if each.split("-")[0] == wished.split("-", maxsplit=1)[0])
    return wished if wished in ours else next(alike, ours[0])


def _refused(request: HttpRequest, problem: Exception) -> HttpResponse:
    """What stands in the way, in words, and a way on."""
    if isinstance(problem, NotYours):
        return gone(request)
    if isinstance(problem, TooOften):
        return too_often(request, problem)
    if isinstance(problem, TooMuch):
        return page(request, "too_much", {"limits": rulebook.form_limits()}, status=413)
    if isinstance(problem, Refusal):
        status = 403 if isinstance(problem, NotAllowed) else 409
        words = "\n\n".join(words_of(request.POST)) if request.method == "POST" else ""
        return page(request, "refused", {"sentence": problem.sentence(), "words": words}, status=status)
    return page(request, "not_readable", status=400)


def too_often(request: HttpRequest, refusal: TooOften) -> HttpResponse:
    """Please wait: how long, in words and for machines."""
    response = page(request, "too_often", {"minutes": refusal.minutes}, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _only(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    response = page(request, "not_readable", status=405)
    response.headers["Allow"] = ", ".join(methods)
    return response


def posted(request: HttpRequest) -> QueryDict:
    """What the form sent, files within the limits, a NUL marked.

    Raises:
        TooMuch: more fields, files or text than is read at all.
        NotReadable: broken off on the way.
    """
    try:
        request.upload_handlers = [WithinLimits(request), *request.upload_handlers]
        post = request.POST
    except _TOO_MUCH as problem:
        raise TooMuch from problem
    except (MultiPartParserError, UnreadablePostError) as problem:
        raise NotReadable from problem
    return without_nul(post)


class _Token(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


_token = _Token(lambda request: HttpResponse())


def from_our_page(request: HttpRequest) -> bool:
    """Was this form sent from a page of ours? Asked after ``posted``.

    A browser that tells where a request comes from is believed (scripts cannot forge it), so that a form works without
    cookies; any other client brings Django's token.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    return _token.process_view(request, _no_view, (), {}) is None


def _no_view(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError
