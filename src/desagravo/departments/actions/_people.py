"""What the verbs about people share: who may, which roles there are, and that somebody can still administer."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from desagravo.common.actor import Actor
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours, Refusal
from desagravo.common.text import tidy_line, whole_number
from desagravo.departments import authority
from desagravo.departments.models import ROLES, Department, Person, RoleGrant, Team
from desagravo.departments.people_events import RolesRefused
from desagravo.history.actions import record

Roles = Sequence[tuple[str, str]]
"""(role, code of the department or empty) for each role."""

WITH_DEPARTMENT = frozenset({"contact", "senior_manager"})


def may_manage(actor: Actor, person_id: str = "", *, verb: str = "") -> None:
    """Go on if the actor looks after people; nobody does so for themselves, and who tries is on record.

    With ``person_id`` it is called before the transaction of the verb, which would take that record back.

    Raises:
        NotAllowed: another role, or the own entry.
    """
    authority.require(actor, "manage_people")
    if person_id and actor.kind == "staff" and person_id == actor.id:
        refuse_own(actor, verb)


def refuse_own(actor: Actor, verb: str) -> None:
    """Record that somebody tried to change the own rights, outside the verb that is refused, and refuse it."""
    with transaction.atomic():
        record(RolesRefused(actor.id, verb), actor=actor, subject=("person", actor.id))
    raise NotAllowed("own_rights")


def locked(person_id: str) -> Person:
    """The person's row, locked. Raises NotYours."""
    key = whole_number(person_id)
    found = Person.objects.select_for_update(of=("self",)).filter(pk=key).first() if key is not None else None
    if found is None:
        raise NotYours("not_found")
    return found


def somebody(person_id: str) -> Person:
    """The person's row. Raises NotYours."""
    key = whole_number(person_id)
    found = Person.objects.filter(pk=key).first() if key is not None else None
    if found is None:
        raise NotYours("not_found")
    return found


def problems_of_entry(
    email: str, name: str, team: str, language: str, *, of: Person | None = None
) -> dict[str, list[Refusal]]:
    """What is wrong with a person's entry, field by field."""
    problems: dict[str, list[Refusal]] = {}
    if not tidy_line(name):
        problems["name"] = [Refusal("needs_name")]
    elif len(tidy_line(name)) > 120:
        problems["name"] = [Refusal("name_too_long")]
    try:
        validate_email(email.strip())
    except ValidationError:
        problems["email"] = [Refusal("needs_email")]
    else:
        others = Person.objects.filter(email__iexact=email.strip())
        if (others.exclude(pk=of.pk) if of else others).exists():
            problems["email"] = [Refusal("known_email")]
    if team and not Team.objects.filter(code=team).exists():
        problems["team"] = [Refusal("unknown_code", value=team[:60])]
    if language not in LANGUAGES:
        problems["language"] = [Refusal("unknown_code", value=language[:60])]
    return problems


def problems_of_roles(roles: Roles) -> dict[str, list[Refusal]]:
    """What is wrong with the roles: none at all, one that does not exist, a contact of no department."""
    if not roles:
        return {"roles": [Refusal("needs_role")]}
    known = set(Department.objects.values_list("code", flat=True))
    found = [_problem_of_role(role, department, known) for role, department in roles]
    problems = [each for each in found if each is not None]
    return {"roles": problems} if problems else {}


def _problem_of_role(role: str, department: str, known: set[str]) -> Refusal | None:
    if role not in ROLES:
        return Refusal("unknown_code", value=role[:60])
    if role == "contact" and not department:
        return Refusal("contact_needs_department")
    if department and (department not in known or role not in WITH_DEPARTMENT):
        return Refusal("unknown_code", value=department[:60])
    return None


def grants_for(person: Person, roles: Roles) -> list[RoleGrant]:
    """The rows for these roles, not saved yet."""
    by_code = {each.code: each for each in Department.objects.all()}
    return [
        RoleGrant(person=person, role=role, department=by_code.get(department))
        for role, department in dict.fromkeys(roles)
    ]


def said(roles: Roles) -> list[str]:
    """Roles as events name them: role or role:department, in alphabetical order."""
    return sorted(f"{role}:{department}" if department else role for role, department in set(roles))


def held(person: Person) -> set[tuple[str, str]]:
    """The roles that a person holds."""
    told = RoleGrant.objects.filter(person=person).values_list("role", "department__code")
    return {(role, department or "") for role, department in told}


def lock_administrators() -> None:
    """Two administrators who take each other out at the same moment wait for each other here."""
    list(RoleGrant.objects.select_for_update(of=("self",)).filter(role="administrator").order_by("pk"))


def keep_an_administrator() -> None:
    """Raise NotNow if nobody who can sign in would be left to administer. Asked after the change, before its end."""
    # who was invited and has not come yet is not active, and so does not count
    if not Person.objects.filter(is_active=True, grants__role="administrator").exists():
        raise NotNow("last_administrator")


def only(problems: dict[str, list[Refusal]]) -> None:
    """Raise Missing if there is any problem."""
    if problems:
        raise Missing(problems)
