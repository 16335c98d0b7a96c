"""Which lists stand at the side, for whom, and how much lies in each."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import format_decimal
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from desagravo.cases import queries as cases
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.language import active, babel_locale
from desagravo.departments import authority
from desagravo.history import queries as history

TITLES = {
    "mine": gettext_lazy("Mine"),
    "came_back": gettext_lazy("Came back"),
    "delegated": gettext_lazy("Waiting for departments"),
    "standing_in": gettext_lazy("For those who are away"),
    "team": gettext_lazy("My team"),
    "new": gettext_lazy("To assess"),
    "to_assign": gettext_lazy("Without an owner"),
    "incomplete": gettext_lazy("Incomplete"),
    "overdue": gettext_lazy("Overdue"),
    "approvals": gettext_lazy("To approve"),
    "to_sign": gettext_lazy("To sign"),
    "all": gettext_lazy("All open"),
    "closed": pgettext_lazy("cases", "Closed"),
}

_OWN = ("mine", "came_back", "delegated", "standing_in")
_ONLY_WITH_CASES = {"standing_in"}
_DECIDE = ("new", "to_assign", "approvals", "to_sign")
_LISTS = ("team", "overdue", "incomplete", "all", "closed")
_GROUPS = ((gettext_lazy("My work"), _OWN), (gettext_lazy("To decide"), _DECIDE), (gettext_lazy("Lists"), _LISTS))

_OF_ROLE = {
    "intake": ("incomplete", "new", "all"),
    "handler": (*_OWN, "team", "overdue", "incomplete", "all", "closed"),
    "supervisor": (*_OWN, *_DECIDE, *_LISTS),
    "manager": (*_OWN, *_DECIDE, *_LISTS),
    "senior_manager": ("approvals", "to_sign", "overdue", "all", "closed"),
    "auditor": ("approvals", "to_sign", "overdue", "incomplete", "all", "closed"),
}
_NOT_COUNTED = {"all", "closed"}
_ASKED = "asked"
"""Not a list of cases: the answers that wait for an approval which this person may give."""
_MAY_BE_ASKED = ("supervisor", "manager", "senior_manager", "contact")
_TONES = {"overdue": "late", "came_back": "soon"}
_START = (
    ("manager", ("approvals", "new", "mine")),
    ("supervisor", ("new", "to_assign", "mine")),
    ("handler", ("mine",)),
    ("intake", ("incomplete", "new")),
    ("senior_manager", ("approvals", "all")),
    ("auditor", ("all",)),
)

_ADMINISTRATION = (
    ("administration:start", gettext_lazy("What to do next")),
    ("administration:people", gettext_lazy("People")),
    ("administration:departments", gettext_lazy("Departments")),
    ("administration:organisation", gettext_lazy("Organisation")),
    ("administration:letterhead", gettext_lazy("Letterhead")),
    ("administration:rulebook", gettext_lazy("Rulebook")),
    ("administration:calendar", gettext_lazy("Calendar")),
    ("administration:checklist", gettext_lazy("Checklist")),
    ("operations:health_page", gettext_lazy("Health of the product")),
)

_RULEBOOK = frozenset({"administration:rulebook", "administration:calendar", "administration:checklist"})

_FRESH_FOR = timedelta(seconds=30)
_MOST_KEPT = 500
_kept: dict[tuple[Any, ...], tuple[datetime, dict[str, int]]] = {}


def views_of(actor: Actor) -> tuple[str, ...]:
    """The lists that fit this person's roles, in the order of the navigation."""
    fitting = {view for role in actor.roles for view in _OF_ROLE.get(role, ())}
    if not actor.team:
        fitting.discard("team")
    return tuple(view for _title, views in _GROUPS for view in views if view in fitting)


def start_view(actor: Actor) -> str:
    """The list with which the day begins: the first of the role's lists that has something in it. "" for no list."""
    for role, views in _START:
        if role in actor.roles:
            counted = counts(actor)
            return next((view for view in views if counted.get(view)), views[-1])
    return ""


def asks_departments(actor: Actor) -> bool:
    """Does this person answer questions for a department?"""
    return actor.has("contact", "senior_manager") and bool(actor.departments)


def counts(actor: Actor) -> dict[str, int]:
    """How many cases the person's lists hold. Counted anew when anything happened, and every half minute.

    The key is the last event of the chain: a count is never older than the last step that anybody took.
    """
    views = [view for view in views_of(actor) if view not in _NOT_COUNTED]
    asked = actor.has(*_MAY_BE_ASKED)
    if not views and not asked:
        return {}
    key = (actor.id, actor.roles, actor.team, history.head())
    now = clock.now()
    known = _kept.get(key)
    if known and abs(now - known[0]) < _FRESH_FOR:
        return known[1]
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    counted = cases.counts(actor, views) if views else {}
    counted[_ASKED] = cases.how_many_wait_for_me(actor) if asked else 0
    _kept[key] = (now, counted)
    return counted


def how_many(count: int) -> str:
    """A count as the navigation says it: nothing for none, "1,000+" where counting stopped."""
    if not count:
        return ""
    locale = babel_locale(active())
    if count > cases.MOST_COUNTED:
        return f"{format_decimal(cases.MOST_COUNTED, locale=locale)}+"
    return str(format_decimal(count, locale=locale))


def groups(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The navigation for this person: groups of links with counts, the present one marked."""
    here = path.partition("?")[0]
    counted = counts(actor)
    shown = views_of(actor)
    made = [
        _group(
            title,
            [_list_link(view, counted, here) for view in views if view in shown and _is_worth_showing(view, counted)],
        )
        for title, views in _GROUPS
    ]
    if asks_departments(actor):
        made.insert(0, _group(_("Questions to you"), _question_links(here, path)))
    made.insert(0, _group(_("Asked of you"), _approval_links(here, counted.get(_ASKED, 0))))
    made.append(_group(_("Personal data"), _privacy_links(actor, here)))
    made.append(_group(_("Administration"), _administration_links(actor, here)))
    made.append(_group(pgettext("navigation", "You"), _own_links(actor, here)))
    return [each for each in made if each["links"]]


def _is_worth_showing(view: str, counted: dict[str, int]) -> bool:
    """A list that most people never need stands there only while it holds something."""
    return view not in _ONLY_WITH_CASES or bool(counted.get(view))


def _group(title: Any, links: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "links": list(links)}


def _list_link(view: str, counted: dict[str, int], here: str) -> dict[str, Any]:
    url = reverse("desk:inbox_view", args=[view])
    count = counted.get(view, 0)
    return {
        "url": url,
        "label": TITLES[view],
        "view": view,
        "count": how_many(count),
        "tone": _TONES.get(view, "") if count else "",
        "current": here == url,
    }


def _question_links(here: str, path: str) -> list[dict[str, Any]]:
    url = reverse("desk:questions")
    answered = f"{url}?status=answered"
    return [
        {"url": url, "label": _("To answer"), "current": here == url and path != answered},
        {"url": answered, "label": _("Answered"), "current": path == answered},
    ]


def _approval_links(here: str, count: int) -> list[dict[str, Any]]:
    """Answers that a rule has this person approve, as long as there are some."""
    url = reverse("desk:approvals")
    if not count and here != url:
        return []
    return [{"url": url, "label": _("Answers to approve"), "count": how_many(count), "current": here == url}]


def _own_links(actor: Actor, here: str) -> list[dict[str, Any]]:
    url = reverse("desk:preferences")
    book = reverse("desk:handbook")
    links = [
        {"url": url, "label": _("Preferences"), "current": here == url},
        {"url": book, "label": _("Handbook"), "current": here == book},
    ]
    if actor.has("administrator", "manager"):
        links.append({"url": reverse("operations:work"), "label": _("Work that was given up")})
    if settings.DESAGRAVO_DEMO or authority.may(actor, "read_mail"):
        links.append({"url": reverse("mail:list"), "label": _("Outgoing mail")})
    return links


def _privacy_links(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of those who look after personal data."""
    links = []
    if actor.has("manager", "data_keeper"):
        links += [("desk:personal_data", _("Requests about personal data")), ("desk:privacy", _("Erase a person"))]
        links.append(("desk:retention", _("What may go")))
    if authority.may(actor, "report_codes"):
        links.append(("desk:closing_codes", _("Closing codes as a file")))
    if actor.has("manager", "auditor", "data_keeper"):
        links.append(("desk:looks_of", _("Who looked at what")))
    return [{"url": reverse(name), "label": label, "current": here == reverse(name)} for name, label in links]


def _administration_links(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The pages of those who look after people and machines."""
    start = reverse("administration:start")
    return [
        {"url": url, "label": label, "current": here == url or (url != start and here.startswith(url))}
        for url, label in [(reverse(name), label) for name, label in _ADMINISTRATION if _opens(actor, name)]
    ]


def _opens(actor: Actor, name: str) -> bool:
    """Managers and auditors find the rulebook here, and nothing else of the administration."""
    return actor.has("administrator") or (name in _RULEBOOK and actor.has("manager", "auditor"))
