"""A department is merged into another or retired: what lies with it goes over, or stands in the way."""

from django.db import transaction

from desagravo.cases.contents import content
from desagravo.cases.events import ConsultationMoved
from desagravo.cases.models import Case, Consultation
from desagravo.cases.queries.visible import confidential_to
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow
from desagravo.departments import actions as departments
from desagravo.departments import authority
from desagravo.history.actions import Entry, record_many

_NAMED = 5
"""How many case numbers a refusal names; others, and those that the reader may not know of, it counts."""


@transaction.atomic
def merge_department(code: str, *, into: str, actor: Actor) -> int:
    """The other department answers from now on: open questions and contacts go over, answered ones stay where they
    were answered, and rules that name the old code ask the other. Gives the number of questions that went over.

    Raises:
        NotAllowed: the actor is no administrator.
        NotNow: one of the two is retired, or both are the same.
    """
    authority.require(actor, "manage_departments")
    waiting = Consultation.objects.filter(department=code, status="open")
    # the cases first, and in the order of their keys: as every verb on a case does, so that nobody waits in a circle
    list(Case.objects.select_for_update().filter(pk__in=waiting.values("case_id")).order_by("pk").values_list("pk"))
    departments.held({code, into})  # what was just being asked is on record now, and nothing more is asked
    moved = list(waiting.select_for_update(of=("self",)).select_related("case").order_by("pk"))
    departments.merged(code, into=into, questions=len(moved), actor=actor)
    entries = []
    for each in moved:
        each.department = into
        each.save(update_fields=["department"])
        entries.append(
            Entry(
                ConsultationMoved(each.pk, code, into),
                actor=actor,
                case=each.case.number,
                subject=("consultation", str(each.pk)),
                department=into,
                private={"consultation": content(each)},
            )
        )
    record_many(entries)
    return len(moved)


@transaction.atomic
def retire_department(code: str, *, actor: Actor) -> None:
    """The department is asked nothing new; what it answered stays.

    Raises:
        NotAllowed: the actor is no administrator.
        NotNow: questions to it are open, it is retired already, or it is the last one.
    """
    authority.require(actor, "manage_departments")
    departments.retired(code, actor=actor)  # its row is locked now; nobody merges another into it meanwhile
    numbers = _open_cases(code)
    if numbers:
        hidden = set(confidential_to(actor).filter(number__in=numbers).values_list("number", flat=True))
        told = [number for number in numbers if number not in hidden][:_NAMED]
        more = len(numbers) - len(told)
        named = " + ".join(filter(None, [", ".join(told), str(more) if more else ""]))
        raise NotNow("department_has_questions", numbers=named)


def _open_cases(code: str) -> list[str]:
    waiting = Consultation.objects.filter(department=code, status="open")
    return sorted(set(waiting.values_list("case__number", flat=True)))
