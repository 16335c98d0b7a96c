"""The first pages of a new product: one-time code, organisation, place, first administrator.

What was typed lies in the session until the last step makes it true, all at once. As soon as there is an
administrator, none of these pages exists any more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.defaults import page_not_found

from desagravo.administration.forms import ROLES, CodeForm, FirstPersonForm, HouseForm, PlaceForm, take
from desagravo.common import one_time_code, outage, throttle
from desagravo.common.language import supported
from desagravo.common.refusals import Missing, NotNow, NotYours
from desagravo.common.typed import without_nul
from desagravo.departments import actions, places, queries

_CODE, _TYPED, SETTING_UP = "setup_code", "setup_typed", "setting_up"
_OF_HOUSE = ("name", "country")
_OF_PLACE = ("time_zone", "languages", "postal_address", "phone", "email")
_View = Callable[[HttpRequest], HttpResponse]


def _folder() -> Path:
    return Path(settings.DESAGRAVO_DATA)


def _door(view: _View) -> _View:
    """While nobody is an administrator; afterwards there is nothing at these addresses, for nobody."""

    @wraps(view)
    def entered(request: HttpRequest) -> HttpResponse:
        try:
            if not queries.may_be_set_up():
                return page_not_found(request, NotYours("not_found"))
            if request.method not in {"GET", "HEAD", "POST"}:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if request.method == "POST":
                request.POST = without_nul(request.POST)  # type: ignore[assignment]
            return view(request)
        except outage.OUTAGES as problem:
            if not outage.is_outage(problem):
                raise
            return outage.answer(request, problem)

    return entered


def _with_code(view: _View) -> _View:
    """Only after the code. One that was renewed meanwhile is asked for again; what was typed is kept."""

    @wraps(view)
    def entered(request: HttpRequest) -> HttpResponse:
        present = one_time_code.kept(_folder())
        if present and request.session.get(_CODE) == present:
            return view(request)
        if request.method == "POST":
            _keep(request, {name: request.POST.getlist(name) for name in (*_OF_HOUSE, *_OF_PLACE)})
        if request.session.get(_CODE):
            del request.session[_CODE]
            messages.warning(
                request, _("A new code was made when the product was started again. Type that one; the rest is kept.")
            )
        return _go("setup:code")

    return entered


@_door
def code(request: HttpRequest) -> HttpResponse:
    """Who started the product shows it with the code that was printed."""
    form = CodeForm(request.POST or None)
    if request.method != "POST":
        return _page(request, "setup/code.html", form, step=1)
    try:
        throttle.allow(request, "setup_code")
    except throttle.TooOften as problem:
        words = ngettext(
            "Too many codes were tried from here. Try again in %(minutes)s minute.",
            "Too many codes were tried from here. Try again in %(minutes)s minutes.",
            problem.minutes,
        )
        form.add_error("code", words % {"minutes": problem.minutes})
        return _page(request, "setup/code.html", form, step=1, status=429)
    if one_time_code.is_right(_folder(), request.POST.get("code", "")):
        request.session[_CODE] = one_time_code.kept(_folder())
        return _go("setup:organisation")
    form.add_error(
        "code",
        _("This is not the code. It stands where the product was started; the newest one counts, and each only once.")
        if request.POST.get("code", "").strip()
        else _("Type the code that was printed when the product was started."),
    )
    return _page(request, "setup/code.html", form, step=1, status=422)


@_door
@_with_code
def organisation(request: HttpRequest) -> HttpResponse:
    """Whose product this is, and in which country."""
    known = queries.organisation()
    before = {"name": known.name if known.country or known.name != "Desagravo" else "", "country": known.country}
    return _step(request, HouseForm, "setup/organisation.html", 2, _OF_HOUSE, before, "setup:place")


@_door
@_with_code
def place(request: HttpRequest) -> HttpResponse:
    """Time zone and languages as the country proposes them; how customers reach the house."""
    country = (_typed(request).get("country") or [""])[0]
    if not country:
        return _go("setup:organisation")
    proposed = {"time_zone": places.proposed_zone(country), "languages": list(places.proposed_languages(country))}
    return _step(request, PlaceForm, "setup/place.html", 3, _OF_PLACE, proposed, "setup:administrator")


def _step(  # noqa: PLR0913  one step of the same kind after another
    request: HttpRequest,
    kind: type[Form],
    template: str,
    number: int,
    fields: tuple[str, ...],
    before: dict[str, Any],
    then: str,
) -> HttpResponse:
    if request.method != "POST":
        typed = {name: value for name, value in _said(_typed(request)).items() if name in fields}
        return _page(request, template, kind(initial={**before, **typed}), step=number)
    _keep(request, {name: request.POST.getlist(name) for name in fields})
    form = kind(request.POST)
    found = actions.problems_of_organisation({name: _said(_typed(request)).get(name, "") for name in fields})
    if found:
        form.errors.clear()
        take(form, Missing(found))
        return _page(request, template, form, step=number, status=422)
    return _go(then)


@_door
@_with_code
def administrator(request: HttpRequest) -> HttpResponse:
    """The first person. With this step the house is open."""
    facts = {name: value for name, value in _said(_typed(request)).items() if name in (*_OF_HOUSE, *_OF_PLACE)}
    if "name" not in facts or "time_zone" not in facts:
        return _go("setup:organisation")
    if request.method != "POST":
        return _page(request, "setup/administrator.html", FirstPersonForm(initial={"roles": ["manager"]}), step=4)
    form = FirstPersonForm(request.POST)
    sent = request.POST
    problems = _problems_of_password(sent.get("person_name", ""), sent.get("person_email", ""), request)
    try:
        if problems:  # nothing is made yet, and every other problem is named with it
            named = {"name": sent.get("person_name", ""), "email": sent.get("person_email", "")}
            raise Missing(actions.problems_of_person(**named, language=request.LANGUAGE_CODE))
        person = actions.open_house(
            facts,
            name=sent.get("person_name", ""),
            email=sent.get("person_email", ""),
            password=sent.get("password", ""),
            language=supported(sent.get("person_language") or request.LANGUAGE_CODE),
            roles=[role for role, _words in ROLES if role in sent.getlist("roles")],
        )
    except NotNow:  # somebody else with the code was quicker
        return page_not_found(request, NotYours("not_found"))
    except Missing as missing:
        form.errors.clear()
        _show(form, missing, problems)
        return _page(request, "setup/administrator.html", form, step=4, status=422)
    one_time_code.forget(_folder())
    language = person.language
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, person, method="password", email=person.email)
    request.session[SETTING_UP] = True  # the second factor follows, as the last step
    response = _go("administration:start")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.DESAGRAVO_HTTPS,
    )
    return response


def _problems_of_password(name: str, email: str, request: HttpRequest) -> dict[str, str]:
    password, again = request.POST.get("password", ""), request.POST.get("again", "")
    try:
        validate_password(password, get_user_model()(name=name, email=email))
    except ValidationError as problem:
        return {"password": " ".join(problem.messages)}
    if password != again:
        return {"again": _("The two passwords are not the same.")}
    return {}


def _show(form: Form, missing: Missing, problems: dict[str, str]) -> None:
    for field, found in missing.fields.items():
        named = {"name": "person_name", "email": "person_email", "language": "person_language"}.get(field, field)
        for problem in found:
            form.add_error(named if named in form.fields else None, problem.sentence())
    for field, sentence in problems.items():
        form.add_error(field, sentence)


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    typed: dict[str, list[str]] = request.session.get(_TYPED, {})
    return typed


def _keep(request: HttpRequest, typed: dict[str, list[str]]) -> None:
    """Keep what a step asked for; a field that the form did not bring at all is left as it was."""
    brought = {name: [each[:2000] for each in texts[:20]] for name, texts in typed.items() if texts}
    empty: dict[str, list[str]] = {"languages": []} if "time_zone" in brought and "languages" not in brought else {}
    request.session[_TYPED] = {**_typed(request), **empty, **brought}


def _said(typed: dict[str, list[str]]) -> dict[str, Any]:
    return {name: texts if name == "languages" else (texts or [""])[-1] for name, texts in typed.items()}


def _go(to: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse(to))
    response.status_code = 303
    return response


def _page(request: HttpRequest, template: str, form: Form, *, step: int, status: int = 200) -> HttpResponse:
    context = {"form": form, "step": step, "steps": 5, "before": _BEFORE.get(step, "")}
    return render(request, template, context, status=status)


_BEFORE = {3: "setup:organisation", 4: "setup:place"}
"""Step → the page with which it can be put right."""
