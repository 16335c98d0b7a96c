"""Who works here: the list, one person, invitations and roles."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from desagravo.administration import people_words as words
from desagravo.administration.doors import administrators, administrators_act, administrators_read
from desagravo.cases import queries as cases
from desagravo.cases.terms import ROLE
from desagravo.common import post
from desagravo.common.devices import device
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, NotYours
from desagravo.departments import actions, queries
from desagravo.departments.queries import PersonRow
from desagravo.entrance import Problem, StaffRequest, page, problems, see, wrong
from desagravo.entrance.door import View
from desagravo.history import queries as history
from desagravo.history.registry import Who

again_who: Callable[[View], View] = reauthentication_required(app="desagravo", allow_get=True)
"""Ask for the own password once more before others' rights change, unless it was given in the last five minutes."""
_SHOWN_EVENTS = 30


@administrators_read
def people(request: StaffRequest) -> HttpResponse:
    """Everybody, with a search and two narrower looks."""
    asked, state, role = (request.GET.get(name, "").strip() for name in ("q", "state", "role"))
    rows = queries.everybody(
        words=asked, state=state if state in words.STATES else "", role=role if role in ROLE else ""
    )
    names = queries.department_names()
    context = {
        "rows": [_shown(each, names) for each in rows],
        "asked": asked,
        "state": state,
        "role": role,
        "states": words.STATES,
        "roles": ROLE,
        "teams": queries.teams(),
    }
    return page(request, "administration/people/list.html", context)


def _shown(row: PersonRow, names: dict[str, str]) -> dict[str, Any]:
    return {
        "row": row,
        "roles": words.roles_in_words(row.roles, names),
        "state": words.STATES[row.state],
        "tone": words.TONES.get(row.state, ""),
    }


@administrators
@again_who
def new(request: StaffRequest) -> HttpResponse:
    """Invite somebody."""
    if request.method != "POST":
        return _new_page(request, {"language": request.LANGUAGE_CODE}, set())
    told = request.POST
    chosen = chosen_roles(told)
    try:
        invited = actions.invite(
            email=told.get("email", ""),
            name=told.get("name", ""),
            roles=sorted(chosen),
            team=told.get("team", ""),
            language=told.get("language", ""),
            actor=request.actor,
        )
    except Missing as missing:
        return _new_page(request, told.dict(), chosen, problems(missing, anchors={"roles": "f_roles"}))
    return _invited(request, invited, by_mail=told.get("by", "mail") == "mail")


def _new_page(
    request: StaffRequest, said: dict[str, Any], chosen: set[tuple[str, str]], found: list[Problem] | None = None
) -> HttpResponse:
    context = {
        "said": said,
        "problems": found,
        "wrong": wrong(found or []),
        "role_choices": role_choices(chosen),
        "teams": queries.teams(),
        "languages": LANGUAGES,
        "mail": post.ready(),
    }
    return page(request, "administration/people/new.html", context, status=422 if found else 200)


def _invited(request: StaffRequest, invited: actions.Invited, *, by_mail: bool) -> HttpResponse:
    """Where the link went, or the link itself: it is shown this once, because only its hash is kept."""
    link, person = f"{settings.DESAGRAVO_URL}{reverse('invitation', args=[invited.token])}", invited.person
    by_mail = by_mail and post.ready()
    if by_mail:
        values = {"name": person.name}
        post.mail("invitation", to=person.email, language=person.language, values=values, link=link)
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": person.email})
        return see("administration:person", key=person.pk)
    return page(request, "administration/people/link.html", {"person": person, "link": link})


@administrators
@again_who
def person(request: StaffRequest, key: int) -> HttpResponse:
    """One person: the entry, roles, absence, sign-ins, and what happened. The entry is put right here."""
    row = _row(key)
    found: list[Problem] = []
    said: dict[str, Any] = {"name": row.name, "email": row.email, "team": row.team, "language": row.language}
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in said}
        try:
            own = row.id == request.actor.id
            but = actions.session_hash(request.session.session_key) if own else ""
            actions.change_person(row.id, **said, actor=request.actor, but=but)
            messages.success(request, _("Saved."))
            return see("administration:person", key=key)
        except Missing as missing:
            found = problems(missing)
    return page(
        request, "administration/people/person.html", around(row, request, said, found), status=422 if found else 200
    )


def around(
    row: PersonRow, request: StaffRequest, said: dict[str, Any] | None = None, found: list[Problem] | None = None
) -> dict[str, Any]:
    """What the page of one person shows."""
    told = history.newest_about("person", row.id, limit=_SHOWN_EVENTS)
    who = Who(people=queries.names(history.people_in(told)), departments=queries.department_names())
    sessions = queries.open_sessions(row.id)
    return {
        **_shown(row, queries.department_names()),
        "said": said or {"name": row.name, "email": row.email, "team": row.team, "language": row.language},
        "problems": found,
        "wrong": wrong(found or []),
        "teams": queries.teams(),
        "languages": LANGUAGES,
        "own": row.id == request.actor.id,
        "absences": queries.absences_of(row.id),
        "colleagues": [each for each in queries.people() if each.id != row.id],
        "sessions": [{"row": each, "device": device(each.agent)} for each in sessions],
        "sign_ins": [sign_in(each) for each in queries.sign_ins(person=row.id, limit=10)],
        "told": [{"at": each.at, "sentence": each.sentence(who)} for each in told],
        "left_cases": cases.holdings(row.id).cases if row.state == "left" else 0,
        "second_factor_asked": queries.roles_need_second_factor(role for role, _code in row.roles),
    }


def sign_in(row: queries.SignInRow) -> dict[str, Any]:
    """A sign-in with its words."""
    return {"row": row, "device": device(row.agent), "outcome": words.OUTCOMES.get(row.outcome, row.outcome)}


@administrators
@again_who
def roles(request: StaffRequest, key: int) -> HttpResponse:
    """Change what somebody may do."""
    row = _row(key)
    chosen, found = set(row.roles), []
    if request.method == "POST":
        chosen = chosen_roles(request.POST)
        try:
            actions.change_roles(row.id, roles=sorted(chosen), actor=request.actor)
            messages.success(request, _("The roles hold from the next click on."))
            return see("administration:person", key=key)
        except Missing as missing:
            found = problems(missing, anchors={"roles": "f_roles"})
    context = {
        "row": row,
        "role_choices": role_choices(chosen),
        "problems": found,
        "wrong": wrong(found),
        "own": row.id == request.actor.id,
    }
    return page(request, "administration/people/roles.html", context, status=422 if found else 200)


@administrators_act
@again_who
def invitation(request: StaffRequest, key: int) -> HttpResponse:
    """A new link; the older one no longer works."""
    invited = actions.invite_again(_row(key).id, actor=request.actor)
    return _invited(request, invited, by_mail=request.POST.get("by", "mail") == "mail")


@administrators_act
def withdrawal(request: StaffRequest, key: int) -> HttpResponse:
    """The link no longer works."""
    actions.withdraw_invitation(_row(key).id, actor=request.actor)
    messages.success(request, _("The invitation was withdrawn; its link no longer works."))
    return see("administration:person", key=key)


def _row(key: int) -> PersonRow:
    row = queries.somebody(str(key))
    if row is None:
        raise NotYours("not_found")
    return row


def role_choices(chosen: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Each role with its words, and for contacts and senior managers the departments to tick."""
    departments = queries.departments()
    return [
        {
            "code": code,
            "name": name,
            "hint": words.ROLE_HINTS.get(code, ""),
            "ticked": any(role == code for role, _code in chosen),
            "departments": [
                {"code": each.code, "name": each.name, "ticked": (code, each.code) in chosen} for each in departments
            ]
            if code in actions.WITH_DEPARTMENT
            else [],
        }
        for code, name in ROLE.items()
    ]


def chosen_roles(told: QueryDict) -> set[tuple[str, str]]:
    """What was ticked: a role, or for those with departments one for each department."""
    chosen: set[tuple[str, str]] = set()
    for role in told.getlist("roles"):
        of = told.getlist(f"departments_{role}") if role in actions.WITH_DEPARTMENT else []
        chosen |= {(role, code) for code in of} or {(role, "")}
    return chosen
