"""What a customer does on the own page: write, say whether the answer settles the matter, withdraw."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.queries import TrackedCase
from desagravo.common.refusals import Missing, NotNow
from desagravo.portal.door import door, from_our_page, page, posted, see_other
from desagravo.portal.parcel import parcel_of
from desagravo.portal.sheet import in_words
from desagravo.portal.views.tracking import tracked_page


@door("POST", counted="tracking")
def message(request: HttpRequest, token: str) -> HttpResponse:
    """Add words or files to the complaint."""
    case, customer = cases.case_behind(token)
    post = posted(request)
    parcel = parcel_of(request, post)
    problems = {"files": list(parcel.problems)} if parcel.problems else {}
    body = post.get("body", "")
    ready = from_our_page(request) and not problems and "remove_file" not in post
    if ready:
        try:
            actions.add_message(case, body=body, kept=parcel.files, actor=customer)
            return see_other(_page(token, "message"))
        except Missing as refusal:
            problems = in_words(refusal)
    if parcel.files or parcel.kept:
        parcel = parcel.keep({})
    typed = {"message_body": body}
    return _again(request, token, cases.tracked(case), typed, problems, parcel=parcel)


@door("POST", counted="tracking")
def reaction(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's word on the answer."""
    case, customer = cases.case_behind(token)
    post = posted(request)
    settled, body = post.get("settled", ""), post.get("body", "")
    typed = {"settled": settled, "reaction_body": body}
    if settled not in {"yes", "no"} or not from_our_page(request):
        return _again(request, token, cases.tracked(case), typed, {"settled": []})
    try:
        actions.react(case, settled=settled == "yes", body=body, actor=customer)
    except Missing as refusal:
        return _again(request, token, cases.tracked(case), typed, {"reaction": in_words(refusal).get("body", [])})
    except NotNow as refusal:
        return _not_now(request, token, refusal, body)
    return see_other(_page(token, "settled" if settled == "yes" else "contested"))


@door("GET", "POST", counted="tracking")
def withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    """Asked once more before a complaint is withdrawn."""
    case, customer = cases.case_behind(token)
    problems: list[str] = []
    post = posted(request) if request.method == "POST" else QueryDict()
    reason = post.get("reason", "")
    if not case.open:
        return see_other(_page(token, ""))
    if request.method == "POST" and from_our_page(request):
        try:
            actions.withdraw(case, reason=reason, actor=customer)
            return see_other(_page(token, "withdrawn"))
        except Missing as refusal:
            problems = in_words(refusal).get("reason", [])
        except NotNow as refusal:
            return _not_now(request, token, refusal, reason)
    status = 422 if problems else 200
    context = {"token": token, "case": case, "reason": reason, "problems": problems}
    return page(request, "withdrawal", context, status=status)


def _page(token: str, sent: str) -> str:
    address = reverse("portal:tracking", args=[token])
    return f"{address}?sent={sent}" if sent else address


def _not_now(request: HttpRequest, token: str, refusal: NotNow, words: str) -> HttpResponse:
    context = {"sentence": refusal.sentence(), "back": _page(token, ""), "words": words}
    return page(request, "refused", context, status=409)


def _again(
    request: HttpRequest,
    token: str,
    tracked: TrackedCase,
    values: dict[str, str],
    problems: dict[str, list[str]],
    **more: object,
) -> HttpResponse:
    """The page again with what was typed; 422 where something is to be mended."""
    status = 422 if problems else 200
    return tracked_page(request, token, tracked, status=status, values=values, problems=problems, **more)
