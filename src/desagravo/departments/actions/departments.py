"""Departments come, are called something else, are merged, and go. Their codes stay for ever: the past speaks of them.

What other rooms keep for a department (open questions) is moved or asked about by them: doors call
``cases.actions.merge_department`` and ``retire_department``, which end in the functions of this file.
"""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.common.text import fold, tidy_line
from desagravo.departments import authority
from desagravo.departments.events import (
    DepartmentChanged,
    DepartmentEstablished,
    DepartmentMerged,
    DepartmentMoved,
    DepartmentRetired,
)
from desagravo.departments.models import Department, RoleGrant
from desagravo.history.actions import record

LONGEST_NAME = 60
LONGEST_PURPOSE = 200

Words = Mapping[str, str]
"""Language → words."""


@transaction.atomic
def add_department(*, names: Words, purposes: Words, actor: Actor) -> str:
    """A new department can be asked from now on, as the last of the list; gives its code, made from its name.

    Raises:
        NotAllowed: the actor is no administrator.
        Missing: no name in any language, words that are too long, a name that another department has.
    """
    authority.require(actor, "manage_departments")
    kept, told = _looked_at(names, purposes)
    code = _new_code(next(iter(kept.values())))
    last = Department.objects.aggregate(last=Max("position"))["last"]
    Department.objects.create(code=code, names=kept, purposes=told, position=0 if last is None else last + 1)
    record(DepartmentEstablished(code), actor=actor, subject=("department", code))
    return code


@transaction.atomic
def change_department(code: str, *, names: Words, purposes: Words, actor: Actor) -> None:
    """Call a department something else, or say better what it is asked. Raises as ``add_department``."""
    authority.require(actor, "manage_departments")
    department = locked(code)
    kept, told = _looked_at(names, purposes, of=department)
    wanted = {"names": kept, "purposes": told}
    changed = [name for name, value in wanted.items() if getattr(department, name) != value]
    if changed:
        department.names, department.purposes = kept, told
        department.save(update_fields=changed)
        record(DepartmentChanged(code, changed), actor=actor, subject=("department", code))


@transaction.atomic
def move_department(code: str, *, up: bool, actor: Actor) -> None:
    """One place up or down in the list; nothing happens at its ends.

    Raises:
        NotAllowed: the actor is no administrator.
        NotNow: the department is retired and stands in no list.
    """
    authority.require(actor, "manage_departments")
    wanted = in_use(code)
    rows = list(Department.objects.select_for_update().filter(retired_at=None))
    at = next(place for place, each in enumerate(rows) if each.pk == wanted.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows.insert(to, rows.pop(at))
    for place, each in enumerate(rows):
        each.position = place
    Department.objects.bulk_update(rows, ["position"])
    record(DepartmentMoved(code, to), actor=actor, subject=("department", code))


def merged(code: str, *, into: str, questions: int, actor: Actor) -> None:
    """The end of a merger, inside its transaction: the contacts answer for the other department, this one is retired.

    Raises:
        NotAllowed: the actor is no administrator.
        NotNow: one of the two is retired, or both are the same.
    """
    authority.require(actor, "manage_departments")
    # both rows are taken in the order of their codes, so that two mergers cannot wait for each other
    rows = {each: in_use(each) for each in sorted({code, into})}
    if code == into:
        raise NotNow("merged_into_itself")
    department, target = rows[code], rows[into]
    there = set(RoleGrant.objects.filter(department=target).values_list("person_id", "role"))
    for grant in RoleGrant.objects.select_for_update().filter(department=department):
        if (grant.person_id, grant.role) in there:
            grant.delete()
        else:
            grant.department = target
            grant.save(update_fields=["department"])
    Department.objects.filter(merged_into=department).update(merged_into=target)
    department.merged_into, department.retired_at = target, clock.now()
    department.save(update_fields=["merged_into", "retired_at"])
    record(DepartmentMerged(code, into, questions), actor=actor, subject=("department", code))


def retired(code: str, *, actor: Actor) -> None:
    """The end of a retirement, inside its transaction: the department is asked nothing new.

    Raises:
        NotAllowed: the actor is no administrator.
        NotNow: it is retired already, or the last one.
    """
    authority.require(actor, "manage_departments")
    department = in_use(code)
    if not Department.objects.filter(retired_at=None).exclude(pk=department.pk).exists():
        raise NotNow("last_department")
    department.retired_at = clock.now()
    department.save(update_fields=["retired_at"])
    record(DepartmentRetired(code), actor=actor, subject=("department", code))


def held(codes: Iterable[str]) -> set[str]:
    """Those of these departments that can be asked. Until the transaction ends nobody merges or retires them."""
    rows = Department.objects.select_for_update(of=("self",), no_key=True).filter(code__in=codes).order_by("code")
    return {each.code for each in rows if each.retired_at is None}


def locked(code: str) -> Department:
    """The department's row, locked. Raises NotYours."""
    found = Department.objects.select_for_update(of=("self",)).filter(code=code).first()
    if found is None:
        raise NotYours("not_found")
    return found


def in_use(code: str) -> Department:
    """The row of a department that can be asked, locked. Raises NotYours or NotNow."""
    department = locked(code)
    if department.retired_at is not None:
        raise NotNow("department_retired")
    return department


def _looked_at(names: Words, purposes: Words, *, of: Department | None = None) -> tuple[dict[str, str], dict[str, str]]:
    kept = {code: words for code in LANGUAGES if (words := tidy_line(names.get(code, "")))}
    told = {code: words for code in LANGUAGES if (words := tidy_line(purposes.get(code, "")))}
    problems: dict[str, list[Refusal]] = {}
    if not kept:
        problems["name"] = [Refusal("needs_department_name")]
    for code, words in kept.items():
        if len(words) > LONGEST_NAME:
            problems[f"name_{code}"] = [Refusal("longer_than", most=LONGEST_NAME)]
        elif _taken(code, words, of):
            problems[f"name_{code}"] = [Refusal("department_name_taken", name=words)]
    for code, words in told.items():
        if len(words) > LONGEST_PURPOSE:
            problems[f"purpose_{code}"] = [Refusal("longer_than", most=LONGEST_PURPOSE)]
    if problems:
        raise Missing(problems)
    return kept, told


def _taken(language: str, words: str, of: Department | None) -> bool:
    others = Department.objects.filter(retired_at=None)
    if of is not None:
        others = others.exclude(pk=of.pk)
    return fold(words) in {fold(names.get(language, "")) for names in others.values_list("names", flat=True)}


def _new_code(name: str) -> str:
    # an id of the code would be shorter, but codes stand in addresses and in the events, where people read them
    plain = slugify(fold(name))[:20].strip("-_") or "department"
    known = set(Department.objects.values_list("code", flat=True))
    tried = [plain, *(f"{plain}-{number}" for number in range(2, 1000))]
    return next(code for code in tried if code not in known)
