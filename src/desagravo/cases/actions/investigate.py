"""Findings, and the points of the complaint with their decisions."""

from django.db import transaction
from django.db.models import Max

from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import SENT_TWICE_WITHIN, needed, say_why
from desagravo.cases.contents import content
from desagravo.cases.editions import edition_of
from desagravo.cases.events import FindingRecorded, PointAdded, PointDecided, PointDropped
from desagravo.cases.models import Case, Finding, Point
from desagravo.cases.models.work import DECISIONS
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.common.text import tidy_line, tidy_text
from desagravo.rulebook import queries as rulebook


@transaction.atomic
def find(case: Case, *, text: str, source: str, actor: Actor) -> Finding:
    """Record a fact that was established, and where it comes from. Sent twice within ten minutes, it is one."""
    case = begin("find", case, actor=actor)
    text, source = needed("text", text), tidy_line(source)[:200]
    just_now = Finding.objects.filter(case=case, by_id=_person(actor), at__gte=clock.now() - SENT_TWICE_WITHIN)
    if (known := just_now.filter(text=text, source=source).first()) is not None:
        return known
    row = Finding.objects.create(
        case=case,
        text=text,
        source=source,
        by_id=_person(actor),
        at=clock.now(),
    )
    finish(
        case,
        "find",
        FindingRecorded(row.pk),
        actor=actor,
        subject=("finding", str(row.pk)),
        private={"finding": content(row)},
        words=row.text,
    )
    return row


@transaction.atomic
def add_point(case: Case, *, text: str, actor: Actor) -> Point:
    """Name a point of the complaint that needs an answer of its own. The newest one named again is the same point."""
    case = begin("point", case, actor=actor)
    text = needed("text", text)
    newest = Point.objects.filter(case=case).order_by("-position").first()
    if newest and newest.text == text and not newest.decision:
        return newest
    last = Point.every.filter(case=case).aggregate(last=Max("position"))["last"] or 0
    row = Point.objects.create(case=case, position=last + 1, text=text)
    facts = PointAdded(row.pk, row.position)
    finish(case, "point", facts, actor=actor, subject=("point", str(row.pk)), private={"point": content(row)})
    return row


@transaction.atomic
def decide_point(
    point: Point, *, decision: str, reasons: str, actor: Actor, remedy: str = "", text: str | None = None
) -> Point:
    """Decide one point, with reasons and perhaps a remedy. It may be decided anew until the answer goes out.

    Raises:
        Missing: no decision; no reasons where the point is not fully upheld; an unknown remedy.
        NotYours: the point is not there any more.
    """
    case = begin("decide_point", point.case, actor=actor)
    row = Point.objects.select_for_update().filter(pk=point.pk, case=case).first()
    if row is None:
        raise NotYours("not_found")
    problems = _decision_problems(decision, reasons, remedy, edition_of(case))
    if problems:
        raise Missing(problems)
    row.text = needed("text", text) if text is not None else row.text
    row.decision, row.reasons, row.remedy = decision, tidy_text(reasons).strip(), remedy
    row.decided_by_id, row.decided_at = _person(actor), clock.now()
    row.save()
    finish(
        case,
        "decide_point",
        PointDecided(row.pk, row.position, decision),
        actor=actor,
        subject=("point", str(row.pk)),
        private={"point": content(row)},
        words=row.reasons,
    )
    return row


def _decision_problems(decision: str, reasons: str, remedy: str, edition: str) -> dict[str, list[Refusal]]:
    problems: dict[str, list[Refusal]] = {}
    if decision not in DECISIONS or not decision:
        problems["decision"] = [Refusal("unknown_code", value=decision[:60])]
    if decision != "upheld" and not reasons.strip():
        problems["reasons"] = [Refusal("needs_reason")]
    if remedy and remedy not in {each.code for each in rulebook.remedies("en", edition=edition)}:
        problems["remedy"] = [Refusal("unknown_code", value=remedy[:60])]
    return problems


@transaction.atomic
def drop_point(point: Point, *, reason: str, actor: Actor) -> Case:
    """Take a point off the list that was named by mistake, with a reason."""
    case = begin("drop_point", point.case, actor=actor)
    row = Point.objects.select_for_update().filter(pk=point.pk, case=case).first()
    if row is None:
        raise NotYours("not_found")
    message = say_why(case, reason, actor=actor)
    row.dropped_at = clock.now()
    row.save(update_fields=["dropped_at"])
    return finish(
        case,
        "drop_point",
        PointDropped(row.pk, row.position),
        actor=actor,
        subject=("point", str(row.pk)),
        private={"point": content(row), f"message:{message.pk}": content(message)},
    )


def _person(actor: Actor) -> int | None:
    return int(actor.id) if actor.kind == "staff" else None
