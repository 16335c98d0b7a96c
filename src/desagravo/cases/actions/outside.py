"""The case outside the house (ISO 10003): before which body, since when, what it has, what it said, what follows.

And a complaint that concerns somebody else: sent on to them, with the customer's knowledge.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases.actions._closing import today
from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.actions.leave import moment_of_leaving
from desagravo.cases.actions.sign_off import reopen
from desagravo.cases.contents import content
from desagravo.cases.editions import edition_of
from desagravo.cases.events import FollowUpSet, MessageReleased, WroteToCustomer
from desagravo.cases.events.clocks import ClockEventRecorded
from desagravo.cases.events.outside import AnswerReopened, CaseForwarded, FileGiven, ReferralEnded, ReferralOpened
from desagravo.cases.models import Case, ClockEvent, FollowUp, Referral
from desagravo.cases.terms import OUTSIDE_DUE
from desagravo.cases.working_days import due_after
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal, words
from desagravo.common.text import tidy_line, tidy_text
from desagravo.departments import queries as departments
from desagravo.history.actions import Entry
from desagravo.history.registry import Facts
from desagravo.rulebook import closing

LONGEST_NAME = 160
LONGEST_REFERENCE = 80

words(
    {
        "body_missing": _("Say before which body it lies."),
        "entity_missing": _("Say to whom the complaint is sent on."),
        "before_receipt": _("This is before the complaint reached us. Check the date."),
        "due_before_opened": _("This is before the day on which it came before the body. Check both dates."),
        "outside_ended": _("This stage has ended already."),
        "not_yet_there": _("This is before the day on which it came before the body."),
        "already_sent_on": _("This complaint was sent on already. Write to the customer if something is to be added."),
    }
)


@dataclass(frozen=True)
class Outside:
    """A body outside, as somebody types it. Days as year-month-day, empty where nobody knows."""

    body: str
    reference: str = ""
    opened_on: str = ""
    answer_due_on: str = ""
    reason: str = ""


@transaction.atomic
def refer(case: Case, *, outside: Outside, actor: Actor) -> Referral:
    """The complaint lies before a court, an authority or a dispute body. The case may be in any status.

    A day by which the body expects something from us comes back to the owner by itself, also on a closed case.

    Raises:
        Missing: no body, or a date that cannot be.
    """
    case = begin("refer", case, actor=actor)
    opened_on, due_on = _read(case, outside)
    row = _referral(case, "external", outside, opened_on, due_on, actor)
    if case.status in ("answered", "closed"):
        case.customer_position = "escalated_external"
    recorded = _clock_event(case, "referred", _begin_of(opened_on), actor)
    besides = [recorded, *([_comes_back(case, due_on, actor)] if due_on else [])]
    facts = ReferralOpened(row.pk, opened_on.isoformat(), due_on.isoformat() if due_on else "")
    _finish(case, "refer", facts, row, actor, besides=besides, findable=f"{row.body} {row.reference} {row.reason}")
    return row


@transaction.atomic
def give_file(referral: Referral, *, on: str, actor: Actor) -> Referral:
    """The whole file of the case was handed over to the body on this day.

    Raises:
        NotNow: the stage has ended.
        Missing: no date, or one that cannot be.
    """
    case = begin("give_file", referral.case, actor=actor)
    row = _locked(case, referral)
    day = _day("given_on", on or today().isoformat())
    assert day is not None
    if day < row.opened_on:
        raise Missing({"given_on": [Refusal("not_yet_there")]})
    row.file_handed_over_at = _begin_of(day)
    row.save(update_fields=["file_handed_over_at"])
    _finish(case, "give_file", FileGiven(row.pk, day.isoformat()), row, actor)
    return row


@transaction.atomic
def end_referral(
    referral: Referral, *, outcome: str, effect: str, words: str = "", on: str = "", actor: Actor
) -> Referral:
    """The body decided, or nobody pursues it there. The effect: nothing, a new answer, or the case is opened again.

    Raises:
        NotNow: it has ended before.
        Missing: no outcome, no effect, no words where something follows from them, or a date that cannot be.
        NotAllowed: who may not open a case again chose that.
    """
    case = begin("end_referral", referral.case, actor=actor)
    row = _locked(case, referral)
    told = _told(case, row, outcome, effect, words, on)
    row.outcome, row.effect, row.words, row.ended_on = outcome, effect, tidy_text(words).strip(), told
    row.save()
    if not Referral.objects.filter(case=case, kind="external", ended_on=None).exists():
        FollowUp.objects.filter(case=case, about=OUTSIDE_DUE, done_at=None).update(done_at=clock.now())
    _finish(case, "end_referral", ReferralEnded(row.pk, outcome, effect), row, actor, findable=row.words)
    if effect != "none":
        _back_into_work(case, row, actor)
    return row


def _back_into_work(case: Case, row: Referral, actor: Actor) -> None:
    """A closed case is opened again; one that waits for the customer's word goes back to its owner."""
    if case.status in ("closed", "withdrawn"):
        reopen(case, reason=row.words, actor=actor)
    elif case.status == "answered":
        case = begin("answer_anew", case, actor=actor)
        case.customer_position = ""
        _finish(case, "answer_anew", AnswerReopened(row.pk), row, actor)


@transaction.atomic
def forward(case: Case, *, to: Outside, body: str, actor: Actor) -> Referral:
    """The complaint concerns somebody else: it is sent on to them, and the customer is told with this letter.

    The case waits for the signature afterwards, which asks that the letter has left.

    Raises:
        Missing: nobody named, no reason, no letter.
        NotAllowed: a major case is sent on by a manager.
        NotNow: it was sent on before.
    """
    case = begin("forward", case, actor=actor)
    if Referral.objects.filter(case=case, kind="forwarded").exists():
        raise NotNow("already_sent_on")
    problems: dict[str, list[Refusal]] = {}
    if not to.body.strip():
        problems["body"] = [Refusal("entity_missing")]
    if not to.reason.strip():
        problems["reason"] = [Refusal("needs_reason")]
    if not body.strip():
        problems["letter"] = [Refusal("empty")]
    if problems:
        raise Missing(problems)
    text = needed("letter", body)
    opened_on, _due = _read(case, to)
    row = _referral(case, "forwarded", to, opened_on, None, actor)
    leaves_at = moment_of_leaving()
    letter = write_message(case, "to_customer", text, actor=actor, leaves_at=leaves_at)
    row.customer_told_at = leaves_at or letter.at
    row.save(update_fields=["customer_told_at"])
    case.answered_at = clock.now()
    told = MessageReleased(letter.pk, leaves_at.isoformat()) if leaves_at else WroteToCustomer(letter.pk)
    message = entry(case, told, actor=actor, subject=("message", str(letter.pk)), private={"message": content(letter)})
    message = replace(message, not_before=leaves_at) if leaves_at else message
    facts = CaseForwarded(row.pk, letter.pk)
    _finish(case, "forward", facts, row, actor, besides=[message], findable=f"{row.body} {row.reason} {text}")
    return row


def _comes_back(case: Case, due_on: date, actor: Actor) -> Entry:
    row = FollowUp.objects.create(
        case=case, about=OUTSIDE_DUE, due_at=_end_of(due_on), set_by_id=_id(actor), set_at=clock.now()
    )
    facts = FollowUpSet(row.pk, row.due_at.isoformat())
    about = ("follow_up", str(row.pk))
    return entry(case, facts, actor=actor, subject=about, private={"follow_up": content(row)})


def _locked(case: Case, referral: Referral) -> Referral:
    row = Referral.objects.select_for_update().filter(case=case, pk=referral.pk, kind="external").first()
    if row is None:
        raise NotYours("not_found")
    if row.ended_on:
        raise NotNow("outside_ended")
    return row


def _read(case: Case, outside: Outside) -> tuple[date, date | None]:
    """The two days, if everything is as it can be."""
    problems: dict[str, list[Refusal]] = {}
    if not outside.body.strip():
        problems["body"] = [Refusal("body_missing")]
    for name, limit in (("body", LONGEST_NAME), ("reference", LONGEST_REFERENCE)):
        if len(tidy_line(getattr(outside, name))) > limit:
            problems[name] = [Refusal("too_long", limit=limit)]
    opened_on = _day("opened_on", outside.opened_on or today().isoformat(), problems=problems)
    due_on = _day("answer_due_on", outside.answer_due_on, later=True, problems=problems)
    if opened_on and opened_on < _local_day(case.received_at):
        problems["opened_on"] = [Refusal("before_receipt")]
    if opened_on and due_on and due_on < opened_on:
        problems["answer_due_on"] = [Refusal("due_before_opened")]
    if problems:
        raise Missing(problems)
    assert opened_on is not None
    return opened_on, due_on


def _day(
    name: str, typed: str, *, later: bool = False, problems: dict[str, list[Refusal]] | None = None
) -> date | None:
    """The day that was typed; what is wrong with it goes to ``problems``, or is raised where there are none."""
    wrong: Refusal | None = None
    day = None
    if typed.strip():
        try:
            day = date.fromisoformat(typed.strip())
        except ValueError:
            wrong = Refusal("bad_date")
        if day and not later and day > today():
            wrong = Refusal("future_date")
    if wrong and problems is None:
        raise Missing({name: [wrong]})
    if wrong and problems is not None:
        problems[name] = [wrong]
    return None if wrong else day


def _told(case: Case, row: Referral, outcome: str, effect: str, words: str, on: str) -> date:
    edition = edition_of(case)
    problems: dict[str, list[Refusal]] = {}
    if outcome not in {each.code for each in closing.outside_outcomes(active(), edition=edition)}:
        problems["outcome"] = [Refusal("unknown_code", value=outcome[:60])]
    if effect not in {each.code for each in closing.outside_effects(active(), edition=edition)}:
        problems["effect"] = [Refusal("unknown_code", value=effect[:60])]
    elif effect != "none" and not words.strip():
        problems["words"] = [Refusal("needs_reason")]
    day = _day("ended_on", on or today().isoformat(), problems=problems)
    if day and day < row.opened_on:
        problems["ended_on"] = [Refusal("not_yet_there")]
    if problems:
        raise Missing(problems)
    if words.strip():
        needed("words", words)
    assert day is not None
    return day


def _referral(case: Case, kind: str, outside: Outside, opened_on: date, due_on: date | None, actor: Actor) -> Referral:
    return Referral.objects.create(
        case=case,
        kind=kind,
        body=tidy_line(outside.body),
        reference=tidy_line(outside.reference),
        reason=tidy_text(outside.reason).strip(),
        opened_on=opened_on,
        answer_due_on=due_on,
        recorded_by_id=_id(actor),
        recorded_at=clock.now(),
    )


def _clock_event(case: Case, name: str, at: datetime, actor: Actor) -> Entry:
    """What rulebooks count from, as if somebody had recorded it; gives the event that goes with the verb."""
    row = ClockEvent.objects.create(
        case=case, name=name, at=min(at, clock.now()), recorded_by_id=_id(actor), recorded_at=clock.now()
    )
    facts = ClockEventRecorded(row.pk, name, row.at.isoformat())
    about = ("clock_event", str(row.pk))
    return entry(case, facts, actor=actor, subject=about, private={"clock_event": content(row)})


def _finish(
    case: Case,
    verb: str,
    facts: Facts,
    row: Referral,
    actor: Actor,
    *,
    findable: str = "",
    besides: Sequence[Entry] = (),
) -> None:
    row.case = case
    finish(
        case,
        verb,
        facts,
        actor=actor,
        subject=("referral", str(row.pk)),
        private={"referral": content(row)},
        words=findable,
        besides=besides,
    )


def _id(actor: Actor) -> int | None:
    return int(actor.id) if actor.kind == "staff" else None


def _zone() -> ZoneInfo:
    return ZoneInfo(departments.organisation().time_zone)


def _local_day(moment: datetime) -> date:
    return moment.astimezone(_zone()).date()


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(0), _zone())


def _end_of(day: date) -> datetime:
    """The end of business of that day."""
    return due_after(_begin_of(day), 0)
