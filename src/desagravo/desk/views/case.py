"""The case page: what it is about, how it stands, what to do next, and everything that was said."""

from typing import Any

from django.http import HttpResponse

from desagravo.cases import queries
from desagravo.cases.queries import erasing
from desagravo.cases.terms import HELD_BACK, term
from desagravo.common import clock
from desagravo.common.refusals import Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk import standing, timeline
from desagravo.desk.brief import brief_of
from desagravo.desk.doors import StaffRequest, staff_reads
from desagravo.desk.views._work import around, show
from desagravo.desk.why import named
from desagravo.rulebook import queries as rulebook


@staff_reads
def case(request: StaffRequest, number: str) -> HttpResponse:
    """The page itself."""
    return case_page(request, queries.case_for(request.actor, number))


def case_page(
    request: StaffRequest, found: Any, *, refusal: Refusal | None = None, box: str = "", **more: Any
) -> HttpResponse:
    """The case page; after a refusal with the words in the box (``note`` or ``reply``) in which they were typed."""
    file = queries.case_file(request.actor, found)
    first, often, rarely = standing.ways(file)
    context = around(
        file.case,
        file=file,
        steps=file.steps,
        standing=standing.standing(file),
        why=standing.why(file),
        rule=named(f"{found.edition or rulebook.STARTER}#{found.rule}") if found.rule else "",
        next=standing.next_words(file),
        due_tone=standing.due_tone(file),
        first=first,
        often=often,
        rarely=rarely,
        rows=timeline.rows(file),
        quiet=timeline.QUIET,
        brief=brief_of(file),
        templates=letters_for_messages(found),
        box=box,
        may_hold_back=not file.steps.isdisjoint({"hold_back", "hold_back_approved"}),
        leaving_messages=[(each, _may_hold_back(request, file, each)) for each in file.messages_leaving],
        held_back_because=term(HELD_BACK, file.held_back_because),
        held_back_by=departments.names([file.held_back_by]).get(file.held_back_by, "") if _undone(file) else "",
        may_redact=may(request.actor, "redact"),
        erased=erasing.erasure_of(found),
        may_export=may(request.actor, "export_case"),
        may_read_looks=may(request.actor, "read_looks"),
        broke_glass=[each for each in queries.who_knows(found) if each.broke_glass],
        now=clock.now(),
        **more,
    )
    anchors = {"body": f"{box}-text", "files": f"{box}-files"}
    return show(request, "desk/case/case.html", context, refusal=refusal, anchors=anchors)


def _may_hold_back(request: StaffRequest, file: queries.CaseFile, message: queries.TimelineEntry) -> bool:
    held_by = (message.released_by, str(file.case.owner_id))
    return may(request.actor, "hold_back", {"held_by": held_by})


def letters_for_messages(case: Any) -> list[Any]:
    """Letters in the customer's language that are no answer: more time, what is missing, a friendly end."""
    return [
        each
        for each in rulebook.letters_to_choose(case.language, edition=queries.edition_of(case))
        if not each.code.startswith("answer_")
    ]


def _undone(file: queries.CaseFile) -> bool:
    return file.held_back_because == "undone" and bool(file.held_back_by)
