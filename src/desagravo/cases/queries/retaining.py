"""What the looks at retention found, and every ended case with the reason why it may go or stays."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from desagravo.cases import retention
from desagravo.cases.actions.retain import FRESH_FOR, MOST_AT_ONCE, today
from desagravo.cases.models import Erasure, RetentionRun
from desagravo.cases.queries.visible import visible_to
from desagravo.cases.retention import Judged
from desagravo.cases.terms import term
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.departments import authority
from desagravo.history import outbox
from desagravo.rulebook import edition as editions
from desagravo.rulebook import retention as rules
from desagravo.rulebook.words import say

MOST_SHOWN = 200
"""Cases of a look that the page shows; the file has all of them."""

WHY = {
    "may_go": _("may go"),
    "kept": _("a rule keeps it until then"),
    "hold": _("on legal hold"),
    "open": _("not closed yet"),
    "outside": _("before a body outside"),
    "promise": _("the customer has not received what was promised"),
    "not_begun": _("what its time counts from has not happened, for instance it was withdrawn and not signed"),
}


class RuleRow(NamedTuple):
    """A minimum in words: its code, what it keeps, what it says."""

    code: str
    recording: bool
    words: str
    period_words: str


class Going(NamedTuple):
    """A case of a look that may go."""

    number: str
    until: date | None
    rule: str


class LookRow(NamedTuple):
    """A look, as its page shows it. ``state`` is waiting, done or failed; ``may_order``: it is fresh enough."""

    id: int
    asked_at: datetime
    finished_at: datetime | None
    state: str
    percent: int
    looked_at: int
    open: int
    goes: list[Going]
    more: int
    recordings: list[Going]
    kept: list[tuple[str, int]]
    rules: list[tuple[str, int]]
    soonest: date | None
    hidden: int
    may_order: bool
    at_once: int


class OrderRow(NamedTuple):
    """What was let go: when, by whom, how much, and how far it is."""

    asked_at: datetime
    by: str
    cases: int
    recordings: int
    erased: int
    done: bool


def look_of(actor: Actor) -> LookRow | None:
    """The newest look of this actor. NotAllowed."""
    authority.require(actor, "erase")
    row = RetentionRun.objects.filter(dry=True, asked_by_id=int(actor.id)).order_by("-pk").first()
    return _look(row) if row else None


def run_of(actor: Actor, key: int) -> RetentionRun:
    """A look of this actor. Raises NotYours."""
    authority.require(actor, "erase")
    row = RetentionRun.objects.filter(pk=key, dry=True, asked_by_id=int(actor.id)).first()
    if row is None:
        raise NotYours("not_found")
    return row


def _look(row: RetentionRun) -> LookRow:
    told: dict[str, Any] = row.result
    progress = outbox.progress_of(told.get("event", 0), "cases.retention_look")
    state = "done" if row.state == "done" else "failed" if progress and progress.state == "dead" else "waiting"
    goes = [Going(number, _day(until), rule) for number, until, rule in told.get("goes", [])[:MOST_SHOWN]]
    found = [Going(number, _day(until), rule) for number, _file, until, rule in told.get("recordings", [])]
    return LookRow(
        id=row.pk,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        state=state,
        percent=progress.percent if progress else 0,
        looked_at=told.get("looked_at", 0),
        open=told.get("open", 0),
        goes=goes,
        more=len(told.get("goes", [])) - len(goes),
        recordings=found,
        kept=[(term(WHY, why), count) for why, count in sorted(told.get("kept", {}).items())],
        rules=sorted(told.get("rules", {}).items()),
        soonest=_day(told.get("soonest", "")),
        hidden=told.get("hidden", 0),
        may_order=bool(
            row.finished_at and clock.now() - row.finished_at <= FRESH_FOR and (goes or found) and _nothing_since(row)
        ),
        at_once=MOST_AT_ONCE,
    )


def _nothing_since(row: RetentionRun) -> bool:
    return not RetentionRun.objects.filter(dry=False, result__look=row.pk).exists()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def orders(actor: Actor) -> list[OrderRow]:
    """What was let go by the rules so far, newest first. NotAllowed."""
    authority.require(actor, "erase")
    rows = list(RetentionRun.objects.filter(dry=False).select_related("asked_by").order_by("-pk")[:50])
    wanted = {key for row in rows for key in row.result["erasures"]}
    erasures = {each.pk: each for each in Erasure.objects.filter(pk__in=wanted)}
    found = []
    for row in rows:
        mine = [erasures[key] for key in row.result["erasures"] if key in erasures]
        found.append(
            OrderRow(
                asked_at=row.asked_at,
                by=row.asked_by.name if row.asked_by else "",
                cases=row.result["cases"],
                recordings=len(row.result["recordings"]),
                erased=sum(each.counts.get("erased", 0) for each in mine),
                done=row.state == "done" and all(each.done_at for each in mine),
            )
        )
    return found


def rules_in_force(language: str) -> list[RuleRow]:
    """The minimums of the edition in force, the house's first."""
    found = list(rules.of_house(editions.book("retention")))
    for table in editions.policies().values():
        found += rules.of_policy(table)
    return [RuleRow(each.code, each.what == rules.RECORDING, say(each.name, language), _period(each)) for each in found]


_FROM = {
    "received": _("from the receipt"),
    "answered": _("from the answer"),
    "closed": _("from the closing"),
    "resolved": _("from the resolution"),
    "resolution_notified": _("until the customer is told of the resolution"),
    "recorded": _("from the recording"),
    "call_date": _("from the call"),
}


def _period(rule: rules.Minimum) -> str:
    """ "5 years from the closing"."""
    begin = term(_FROM, rule.start)
    if rule.n == 0:
        return begin
    if rule.unit in ("days", "calendar_days"):
        told = ngettext("%(n)s day", "%(n)s days", rule.n)
    elif rule.unit == "weeks":
        told = ngettext("%(n)s week", "%(n)s weeks", rule.n)
    elif rule.unit == "months":
        told = ngettext("%(n)s month", "%(n)s months", rule.n)
    else:
        told = ngettext("%(n)s year", "%(n)s years", rule.n)
    return f"{told % {'n': rule.n}} {begin}"


def judged_cases(actor: Actor) -> Iterator[Judged]:
    """Every case that is not erased and that the actor may see, with its verdict of today. NotAllowed."""
    authority.require(actor, "erase")
    on = today()
    for batch in retention.in_batches(visible_to(actor).filter(erased_at=None)):
        yield from retention.judge(batch, on)
