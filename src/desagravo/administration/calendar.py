"""The calendar of each place: which days are closed and why, own days, customary days, confirmed years, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desagravo.administration.rulebook.doors import acts, reads, writes
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.common.text import whole_number
from desagravo.departments import actions, queries
from desagravo.departments import places as countries
from desagravo.departments.authority import may
from desagravo.departments.queries import OwnDay, Place
from desagravo.entrance import StaffRequest, page, problems, see, wrong
from desagravo.rulebook import places
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.words import say

SOURCES = {
    "national": gettext_lazy("public holiday"),
    "regional": gettext_lazy("holiday of the region"),
    "municipal": gettext_lazy("holiday of the town"),
    "optional": gettext_lazy("customary day"),
    "own": gettext_lazy("own day"),
    "open": gettext_lazy("own day, open"),
}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Line:
    """One day of the list: what it is called, where that comes from, and whether it takes a working day away."""

    day: date
    name: str
    source: str
    source_words: str
    is_weekend: bool
    own: OwnDay | None = None


@reads
def calendar(request: StaffRequest) -> HttpResponse:
    """The days of a year at one place."""
    return _page(request, _place(request.GET.get("place", "")), _year(request.GET.get("year", "")))


@acts
def days(request: StaffRequest) -> HttpResponse:
    """Close a place on own days, or open it."""
    sent = request.POST
    place, year = _place(sent.get("place", "")), _year(sent.get("year", ""))
    wanted, unreadable = _days_sent(sent)
    try:
        if unreadable:
            raise Missing(unreadable)
        new = actions.set_days(
            **wanted,
            is_open=sent.get("kind") == "open",
            reason=sent.get("reason", ""),
            place="" if sent.get("for") == "all" else place.code,
            actor=request.actor,
        )
    except Missing as missing:
        return _page(request, place, year, missing=missing, form="days")
    if not new:
        messages.info(request, _("That was said already. Nothing was changed."))
        return _back(place, year)
    words = ngettext("%(count)s day is kept.", "%(count)s days are kept.", len(new)) % {"count": len(new)}
    messages.success(request, f"{words} {_what_runs()}")
    return _back(place, new[0].year)


@acts
def removal(request: StaffRequest, *, key: int) -> HttpResponse:
    """Take an own day back."""
    place, year = _place(request.POST.get("place", "")), _year(request.POST.get("year", ""))
    actions.remove_day(key, actor=request.actor)
    messages.success(request, f"{_('The day is taken back.')} {_what_runs()}")
    return _back(place, year)


@acts
def customary(request: StaffRequest) -> HttpResponse:
    """On which customary days this place is closed every year."""
    place, year = _place(request.POST.get("place", "")), _year(request.POST.get("year", ""))
    known = {each.name["en"] for each in places.customary_days(place, year)}
    wanted = [name for name in request.POST.getlist("customary") if name in known]
    kept = [name for name in place.customary if name not in known]  # of another year's list
    changed = actions.change_establishment(place.code, customary=[*kept, *wanted], actor=request.actor)
    messages.success(
        request, f"{_('The customary days are saved.')} {_what_runs()}" if changed else _("Nothing changed.")
    )
    return _back(place, year)


@acts
def confirmation(request: StaffRequest) -> HttpResponse:
    """The official calendar of a year was compared with this one."""
    place, year = _place(request.POST.get("place", "")), _year(request.POST.get("year", ""))
    try:
        actions.confirm_year(
            place.country, place.subdivision, year, source=request.POST.get("source", ""), actor=request.actor
        )
    except Missing as missing:
        return _page(request, place, year, missing=missing, form="confirmation")
    messages.success(request, _("The calendar of %(year)s is confirmed.") % {"year": year})
    return _back(place, year)


@writes
def new_place(request: StaffRequest) -> HttpResponse:
    """Another place with a calendar of its own."""
    if request.method != "POST":
        usual = queries.place()
        return _place_form(request, None, {**_facts(usual), "name": ""})
    facts = _facts_sent(request)
    if "parts" in request.POST:
        return _place_form(request, None, facts)
    try:
        code = actions.add_establishment(**_read(facts), actor=request.actor)
    except Missing as missing:
        return _place_form(request, None, facts, missing)
    messages.success(request, _("The establishment is added. See its days here."))
    return _back(queries.place(code), _today().year)


@writes
def change_place(request: StaffRequest, *, code: str) -> HttpResponse:
    """Where a place is, and until which hour it works."""
    place = _place(code)
    if request.method != "POST":
        return _place_form(request, place, _facts(place))
    facts = _facts_sent(request)
    if "parts" in request.POST:
        return _place_form(request, place, facts)
    try:
        changed = actions.change_establishment(place.code, **_read(facts), actor=request.actor)
    except Missing as missing:
        return _place_form(request, place, facts, missing)
    messages.success(
        request, f"{_('The establishment is saved.')} {_what_runs()}" if changed else _("Nothing changed.")
    )
    return _back(queries.place(place.code), _today().year)


@acts
def retirement(request: StaffRequest, *, code: str) -> HttpResponse:
    """No new case belongs to this place; or it becomes the usual one."""
    if request.POST.get("do") == "usual":
        actions.make_default(code, actor=request.actor)
        messages.success(request, _("This is the usual establishment now."))
        return _back(queries.place(code), _today().year)
    actions.retire_establishment(code, actor=request.actor)
    messages.success(request, _("The establishment is retired. Cases that belong to it keep its calendar."))
    return see("administration:calendar")


def _what_runs() -> str:
    return _("Clocks that run keep the calendar with which they started.")


def _back(place: Place, year: int) -> HttpResponseRedirect:
    asked = urlencode({"place": place.code, "year": str(year)})
    return HttpResponseRedirect(f"{reverse('administration:calendar')}?{asked}")


def _place(code: str) -> Place:
    """The place of this code; the usual one for none. One that there is not is nobody's."""
    found = next((each for each in queries.establishments(retired=True) if code in {"", each.code}), None)
    if found is None:
        raise NotYours("not_found")
    return found


def _today() -> date:
    return timezone.localtime(clock.now()).date()


def _year(told: str) -> int:
    year = whole_number(told.strip())
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else _today().year


def _days_sent(sent: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, list[Refusal]]]:
    """The two days of the form, and what is no day."""
    found: dict[str, Any] = {}
    bad: dict[str, list[Refusal]] = {}
    for name in ("first", "last"):
        typed = sent.get(name, "").strip()
        try:
            found[name] = date.fromisoformat(typed) if typed else None
        except ValueError:
            bad[name] = [Refusal("needs_day")]
            found[name] = None
    return found, bad


def _page(
    request: StaffRequest, place: Place, year: int, *, missing: Missing | None = None, form: str = ""
) -> HttpResponse:
    made = places.calendar_of(place.code, year=year)
    found = problems(missing) if missing else []
    context: dict[str, Any] = {
        "place": place,
        "where": _where(place),
        "all_places": queries.establishments(),
        "year": year,
        "years": [each for each in (year - 1, year, year + 1) if FIRST_YEAR <= each <= LAST_YEAR],
        "lines": _lines(made, place, year),
        "customary": [
            (each.name["en"], say(each.name, active()), each.day, each.name["en"] in place.customary)
            for each in places.customary_days(place, year)
        ],
        "is_known": bool(made.country),
        "official": not made.unconfirmed(date(year, 1, 1), date(year, 12, 31)),
        "unconfirmed": places.reaches_into(places.calendar_of(place.code), _today()) if made.country else (),
        "confirmations": queries.confirmations(place.country, place.subdivision),
        "working_days": _working_days(made, year),
        "may": may(request.actor, "manage_calendar"),
        "problems": found,
        "wrong": wrong(found),
        "form": form,
        "typed": request.POST if missing else {},
        "source": made.source,
    }
    return page(request, "administration/calendar.html", context, status=422 if missing else 200)


def _where(place: Place) -> str:
    country = countries.countries().get(place.country, "")
    part = countries.parts(place.country).get(place.subdivision, place.subdivision)
    return ", ".join(dict.fromkeys(each for each in (part, country) if each))


def _lines(made: Calendar, place: Place, year: int) -> list[Line]:
    own = {each.day: each for each in queries.own_days(place.code, year)}
    found = [
        _line(made, each.day, each.kind, own.get(each.day)) for each in made.closed.values() if each.day.year == year
    ]
    found += [
        Line(
            day,
            own[day].reason if day in own else why,
            "open",
            str(SOURCES["open"]),
            _is_weekend(made, day),
            own.get(day),
        )
        for day, why in made.opened.items()
        if day.year == year and day not in made.closed
    ]
    return sorted(found, key=lambda each: each.day)


def _line(made: Calendar, day: date, kind: str, own: OwnDay | None) -> Line:
    name = made.name_of(day, active())
    if day in made.opened:
        why = own.reason if own else made.opened[day]
        return Line(day, f"{name} – {why}", "open", str(SOURCES["open"]), _is_weekend(made, day), own)
    return Line(
        day, own.reason if own and kind == "own" else name, kind, str(SOURCES[kind]), _is_weekend(made, day), own
    )


def _is_weekend(made: Calendar, day: date) -> bool:
    return day.weekday() in made.weekend


def _working_days(made: Calendar, year: int) -> int:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return sum(not made.why_closed(date.fromordinal(number)) for number in range(first, last + 1))


# the form of a place

_TYPED = ("name", "country", "subdivision", "time_zone", "closes_at")


def _facts(place: Place) -> dict[str, str]:
    facts = {name: str(getattr(place, name)) for name in _TYPED}
    return {**facts, "closes_at": place.closes_at.isoformat("minutes")}


def _facts_sent(request: StaffRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").strip() for name in _TYPED}


def _read(facts: Mapping[str, str]) -> dict[str, Any]:
    """As the action takes them; an hour that is none stays what was typed, and the action says so."""
    try:
        hour: Any = time.fromisoformat(facts["closes_at"])
    except ValueError:
        hour = facts["closes_at"]
    return {**facts, "closes_at": hour}


def _place_form(
    request: StaffRequest, place: Place | None, facts: Mapping[str, str], missing: Missing | None = None
) -> HttpResponse:
    found = problems(missing) if missing else []
    context: dict[str, Any] = {
        "place": place,
        "facts": facts,
        "countries": countries.countries().items(),
        "parts": countries.parts(facts["country"]).items(),
        "needs_part": countries.needs_part(facts["country"]),
        "zones": countries.zones_in_words(facts["time_zone"]),
        "problems": found,
        "wrong": wrong(found),
    }
    return page(request, "administration/place.html", context, status=422 if missing else 200)
