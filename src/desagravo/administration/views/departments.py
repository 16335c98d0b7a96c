"""Departments: list, add, describe, move in the list, merge, retire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.doors import administrators, administrators_act, administrators_read
from desagravo.cases import actions as cases
from desagravo.cases import queries as questions
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.departments import actions, queries
from desagravo.departments.queries import DepartmentRow
from desagravo.entrance import StaffRequest, page, problems, see, wrong


@dataclass(frozen=True)
class Spoken:
    """The words of one language, as the form asks for them."""

    code: str
    language: str
    name: str
    purpose: str
    name_wrong: str
    purpose_wrong: str


@administrators_read
def departments(request: StaffRequest) -> HttpResponse:
    """All departments: who answers, how many questions wait."""
    rows, waiting = queries.department_rows(), questions.open_of_departments()
    listed = [{"row": row, "waiting": waiting.get(row.code, 0)} for row in rows]
    context = {
        "in_use": [each for each in listed if each["row"].retired_at is None],  # type: ignore[attr-defined]
        "gone": [each for each in listed if each["row"].retired_at is not None],  # type: ignore[attr-defined]
    }
    return page(request, "administration/departments.html", context)


@administrators
def new(request: StaffRequest) -> HttpResponse:
    """Another department."""
    if request.method != "POST":
        return _form(request, None, {}, {})
    names, purposes = _sent(request, {}, {})
    try:
        actions.add_department(names=names, purposes=purposes, actor=request.actor)
    except Missing as missing:
        return _form(request, None, names, purposes, missing)
    messages.success(request, _("The department can be asked now. Choose its contacts on the page of the people."))
    return see("administration:departments")


@administrators
def department(request: StaffRequest, *, code: str) -> HttpResponse:
    """One department: its words, and the ways to merge or retire it."""
    row = _row(code)
    if request.method != "POST":
        return _form(request, row, row.names, row.purposes)
    names, purposes = _sent(request, row.names, row.purposes)
    try:
        actions.change_department(code, names=names, purposes=purposes, actor=request.actor)
    except Missing as missing:
        return _form(request, row, names, purposes, missing)
    messages.success(request, _("The department is saved."))
    return see("administration:departments")


@administrators_act
def place(request: StaffRequest, *, code: str) -> HttpResponse:
    """One place up or down."""
    actions.move_department(code, up=request.POST.get("to") == "up", actor=request.actor)
    return see("administration:departments")


@administrators_act
def merger(request: StaffRequest, *, code: str) -> HttpResponse:
    """Another department answers in its place: first what that means, and only then it is done."""
    into = request.POST.get("into", "")
    row = _row(code)
    if not into:
        nothing = Missing({"into": [Refusal("choose_department")]})
        return _form(request, row, row.names, row.purposes, nothing)
    if into != code and row.retired_at is None and "sure" not in request.POST:
        waiting = questions.open_of_departments().get(code, 0)
        context = {"row": row, "into": _row(into), "waiting": waiting}
        return page(request, "administration/merger.html", context)
    try:
        moved = cases.merge_department(code, into=_row(into).code, actor=request.actor)
    except NotNow as refusal:
        return _form(request, row, row.names, row.purposes, refusal=refusal)
    words = ngettext(
        "%(name)s is merged into %(into)s. %(count)s open question went over.",
        "%(name)s is merged into %(into)s. %(count)s open questions went over.",
        moved,
    )
    messages.success(request, words % {"name": row.name, "into": _row(into).name, "count": moved})
    return see("administration:departments")


@administrators_act
def retirement(request: StaffRequest, *, code: str) -> HttpResponse:
    """It is asked nothing new."""
    row = _row(code)
    try:
        cases.retire_department(code, actor=request.actor)
    except NotNow as refusal:
        return _form(request, row, row.names, row.purposes, refusal=refusal)
    messages.success(request, _("%(name)s is retired. What it answered stays readable.") % {"name": row.name})
    return see("administration:departments")


def _row(code: str) -> DepartmentRow:
    found = next((row for row in queries.department_rows() if row.code == code), None)
    if found is None:
        raise NotYours("not_found")
    return found


def _sent(
    request: StaffRequest, names: Mapping[str, str], purposes: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed; a language that the form did not ask for keeps what it has."""
    typed = request.POST
    return (
        {code: typed.get(f"name_{code}", names.get(code, "")) for code in LANGUAGES},
        {code: typed.get(f"purpose_{code}", purposes.get(code, "")) for code in LANGUAGES},
    )


def _form(  # noqa: PLR0913  what was typed, and what is wrong with it
    request: StaffRequest,
    row: DepartmentRow | None,
    names: Mapping[str, str],
    purposes: Mapping[str, str],
    missing: Missing | None = None,
    *,
    refusal: NotNow | None = None,
) -> HttpResponse:
    languages = _languages()
    found = problems(missing, anchors={"name": f"f_name_{languages[0]}"}) if missing else []
    mistakes = wrong(found)
    if "name" in mistakes:
        mistakes[f"name_{languages[0]}"] = mistakes.pop("name")
    context: dict[str, Any] = {
        "row": row,
        "spoken": [_spoken(code, names, purposes, mistakes) for code in languages],
        "others": [each for each in queries.departments() if row is None or each.code != row.code],
        "waiting": questions.open_of_departments().get(row.code, 0) if row else 0,
        "problems": found,
        "wrong": mistakes,
        "refusal": refusal,
    }
    status = 409 if refusal else 422 if missing else 200
    return page(request, "administration/department.html", context, status=status)


def _languages() -> list[str]:
    """The organisation's languages. Names in others, which it once spoke, stay as they are."""
    return [code for code in queries.organisation().languages if code in LANGUAGES] or list(LANGUAGES)


def _spoken(code: str, names: Mapping[str, str], purposes: Mapping[str, str], mistakes: Mapping[str, str]) -> Spoken:
    return Spoken(
        code=code,
        language=LANGUAGES[code],
        name=names.get(code, ""),
        purpose=purposes.get(code, ""),
        name_wrong=mistakes.get(f"name_{code}", ""),
        purpose_wrong=mistakes.get(f"purpose_{code}", ""),
    )
