"""The standard form: one page, sent once, and nothing of it is ever lost."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desagravo.cases import actions
from desagravo.common import outage
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotNow
from desagravo.common.throttle import TooOften, allow
from desagravo.departments import queries as departments
from desagravo.portal import sheet as form
from desagravo.portal.door import door, from_our_page, page, posted, see_other
from desagravo.portal.parcel import Parcel, keep_files, new_token, parcel_of, token_of
from desagravo.portal.sheet import Sheet
from desagravo.rulebook import queries as rulebook

SENDER = Actor("customer", "portal")
"""Whoever fills in the public form; the case's own customer acts once there is a case."""


@door("GET", "POST")
def complaint(request: HttpRequest) -> HttpResponse:
    """The form; posted, it becomes a case, or comes back with every word and file."""
    if request.method != "POST":
        return _form(request, form.blank(Parcel()))
    post = posted(request)
    try:
        return _sent(request, post)
    except outage.OUTAGES as problem:
        if not outage.is_outage(problem):
            raise
        return outage.marked(_not_accepted(request, post), problem)


def _sent(request: HttpRequest, post: QueryDict) -> HttpResponse:
    values = form.typed(post)
    if not from_our_page(request):
        # whoever was led here from elsewhere sees what would be sent, and sends it on purpose
        return _form(request, Sheet(values, filled=True), notice=_once_more(), status=403)
    try:
        allow(request, "complaint")
    except TooOften as refusal:
        return _too_often(request, Sheet(values, filled=True), refusal)
    parcel = parcel_of(request, post)
    if "remove_signature" in post:
        values["signature_drawn"] = ""
    elif not values["signature_drawn"]:
        values["signature_drawn"] = parcel.draft.fields.get("signature_drawn", "")
    sheet = Sheet(values, parcel, filled=True)
    if "remove_file" in post or "remove_signature" in post:
        return _form(request, _kept(sheet))
    return _read(request, sheet)


def _read(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """A readable form is filed at once, complete or not: what is missing is asked for on the case's own page.

    To ask before filing would be kinder only to those who stay; a complaint must not wait for a second press.
    """
    problems = {"attachments": list(sheet.parcel.problems)} if sheet.parcel.problems else {}
    try:
        complaint = actions.read_complaint(form.as_told(sheet.values), today=form.today())
    except Missing as refusal:
        problems |= form.in_words(refusal)
    if problems:
        if "signature" in problems:  # unreadable: kept, it would be refused again and again
            sheet = replace(sheet, values={**sheet.values, "signature_drawn": ""})
        return _form(request, replace(_kept(sheet), problems=problems), status=422)
    return _file(request, sheet, complaint)


def _file(request: HttpRequest, sheet: Sheet, complaint: actions.Complaint) -> HttpResponse:
    try:
        accepted = actions.receive(
            complaint,
            key=f"web:{sheet.parcel.token}",
            actor=SENDER,
            channel="web",
            language=complaint.language or active(),
            kept=sheet.parcel.files,
        )
    except NotNow as refusal:
        return _another(request, sheet, refusal)
    # the path only: the address under which this browser reached us is the one that works for it
    return see_other(f"{urlsplit(accepted.tracking_url).path}?sent=complaint")


def _another(request: HttpRequest, sheet: Sheet, refusal: NotNow) -> HttpResponse:
    """The form was sent before with other words: these words are shown under a new token, and sent only on purpose."""
    again = Parcel(token=new_token())
    if request.FILES:
        taken, _problems = keep_files(request)
        again = replace(again, files=tuple(taken))
    shown = _kept(replace(sheet, parcel=again))
    return _form(request, shown, notice=refusal.sentence(), another=True, status=409)


def _kept(sheet: Sheet) -> Sheet:
    return replace(sheet, parcel=sheet.parcel.keep(dict(sheet.values)))


def _too_often(request: HttpRequest, sheet: Sheet, refusal: TooOften) -> HttpResponse:
    words = _(
        "Many complaints have come from your network in a short time. Please press “Send” again in "
        "%(minutes)s minutes. Your words are still here; files must be chosen once more."
    )
    response = _form(request, sheet, notice=words % {"minutes": refusal.minutes}, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _not_accepted(request: HttpRequest, post: QueryDict) -> HttpResponse:
    """The form from what was sent alone, under its token: sent again, it is the same complaint."""
    notice = _(
        "Something at our end does not work just now, and your complaint was not accepted. Your words are still here. "
        "Please press “Send” again in a minute; it is registered only once."
    )
    if request.FILES:
        notice += " " + _("Files must be chosen once more.")
    sheet = Sheet(form.typed(post), Parcel(token_of(post), kept=bool(post.get("kept"))), filled=True)
    return _form(request, sheet, notice=notice, from_memory=True, status=503)


def _once_more() -> str:
    return _("Please check what stands here and press “Send” once more. Nothing has been sent yet.")


def _form(
    request: HttpRequest,
    sheet: Sheet,
    *,
    notice: str = "",
    another: bool = False,
    from_memory: bool = False,
    status: int = 200,
) -> HttpResponse:
    csrf = get_token(request)
    if sheet.filled:
        made = _body({"sheet": sheet, "notice": notice, "another": another, "csrf_token": csrf})
    else:
        made = _empty(sheet, csrf)
    return page(request, "complaint", {"sheet": sheet, "form": made}, status=status, from_memory=from_memory)


def _body(told: dict[str, Any]) -> SafeString:
    house = {"limits": rulebook.form_limits(), "today": form.today()}
    return render_to_string("portal/parts/form.html", {**told, **house})


_TOKEN, _CSRF = secrets.token_hex(16), secrets.token_hex(16)


def _empty(sheet: Sheet, csrf: str) -> SafeString:
    """The empty form is the same for everybody on a day, but for two tokens; it is made once and those are put in."""
    made = _empty_for(active(), departments.organisation().languages, form.today(), rulebook.edition())
    return SafeString(made.replace(_TOKEN, sheet.parcel.token).replace(_CSRF, escape(csrf)))


@lru_cache(maxsize=16)
def _empty_for(language: str, languages: tuple[str, ...], today: date, edition: str) -> str:
    return _body({"sheet": form.blank(Parcel(token=_TOKEN)), "csrf_token": _CSRF})
