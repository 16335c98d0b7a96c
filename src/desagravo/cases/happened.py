"""What happened on the clocks of a case: told by its rows, and by ``ClockEvent`` where no other row tells it.

The names are those that rulebooks use (``rulebook.clocks``). Everything is gathered for many cases at once; one case is
a batch of one. Nothing here decides anything: which of it starts, stops or meets a limit is the rulebook's business.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import F, Min, Q

from desagravo.cases.models import Assessment, Case, ClockEvent, ComplaintForm, Message, Response
from desagravo.rulebook.clocks import Happened

BEGINS: Final = ("received", "filed", "registered", "complaint_date", "sent_to_company")
"""Starts that are the moment at which the complaint reached the company, unless somebody recorded another one."""
AT_ONCE: Final = ("contact_started", "protocol_given")
"""What the product itself does in the transaction that opens a case: it gets its number."""

Gathered = Mapping[int, tuple[Happened, ...]]


class _Rows(NamedTuple):
    """All rows of a batch that tell something, by case."""

    messages: Mapping[int, list[tuple[str, datetime]]]
    answers: Mapping[int, list[tuple[datetime, datetime]]]
    forms: Mapping[int, list[tuple[int, Sequence[str], datetime, object]]]
    assessed: Mapping[int, datetime]
    recorded: Mapping[int, list[ClockEvent]]


def happened(case: Case) -> tuple[Happened, ...]:
    """What happened on this case, as its rows and columns say now."""
    return gather([case])[case.pk]


def gather(cases: Iterable[Case]) -> Gathered:
    """The same for many cases, in a constant number of queries."""
    cases = list(cases)
    rows = _rows(cases)
    return {case.pk: tuple(_of(case, rows)) for case in cases}


def _rows(cases: Sequence[Case]) -> _Rows:
    """What the columns of the cases say that there is none of is not asked for."""
    keys = [case.pk for case in cases]
    forms: dict[int, list[Any]] = defaultdict(list)
    told = ComplaintForm.objects.filter(case_id__in=keys).order_by("version")
    for key, *form in told.values_list("case_id", "version", "missing", "filed_at", "fields__email"):
        forms[key].append(tuple(form))
    messages: dict[int, list[Any]] = defaultdict(list)
    spoken = Message.objects.filter(
        Q(kind="from_customer") | Q(kind="to_customer", leaves_at=None, held_back_at=None), case_id__in=keys
    )
    for key, kind, at in spoken.order_by("pk").values_list("case_id", "kind", "at"):
        messages[key].append((kind, at))
    answers: dict[int, list[Any]] = defaultdict(list)
    sent = Response.objects.filter(case_id__in=[case.pk for case in cases if case.answered_at is not None])
    sent = sent.filter(state="sent", sent_at__isnull=False).order_by("pk")
    for key, sent_at, decided in sent.annotate(decided=F("decided_at")).values_list("case_id", "sent_at", "decided"):
        answers[key].append((sent_at, decided or sent_at))
    assessed = Assessment.objects.filter(case_id__in=[case.pk for case in cases if case.severity])
    first = assessed.order_by().values("case_id").annotate(first=Min("at"))
    recorded: dict[int, list[ClockEvent]] = defaultdict(list)
    for event in ClockEvent.objects.filter(case_id__in=keys, taken_back_at=None).order_by("at", "pk"):
        recorded[event.case_id].append(event)
    return _Rows(messages, answers, forms, dict(first.values_list("case_id", "first")), recorded)


def _of(case: Case, rows: _Rows) -> Iterable[Happened]:
    recorded = [Happened(each.name, each.at, each.milestone, each.facts) for each in rows.recorded.get(case.pk, ())]
    said = {each.name for each in recorded}
    own = [each for each in _told(case, rows) if each.name not in said or each.name not in _SAID_INSTEAD]
    replies = _replies(recorded, rows.messages.get(case.pk, ()))
    return (*own, *recorded, *replies, *_second_stage(case, recorded, rows))


def _second_stage(case: Case, recorded: Sequence[Happened], rows: _Rows) -> Iterable[Happened]:
    """What we sent since the second look began: the first letter acknowledges it, the first answer is its answer."""
    begun = max((each.at for each in recorded if each.name == "escalated"), default=None)
    if begun is None:
        return
    said = {each.name for each in recorded}
    letters = [at for kind, at in rows.messages.get(case.pk, ()) if kind == "to_customer" and at >= begun]
    answers = [sent for sent, _decided in rows.answers.get(case.pk, ()) if sent > begun]
    if (letters or answers) and "stage2_acknowledged" not in said:
        yield Happened("stage2_acknowledged", min([*letters, *answers]))
    if answers and "stage2_response_sent" not in said:
        yield Happened("stage2_response_sent", min(answers))


_SAID_INSTEAD: Final = frozenset({*BEGINS, *AT_ONCE, "completion_requested"}) - {"received"}
"""What a person recorded stands instead of what the rows would say; the moment of receipt is the case's own."""


def _told(case: Case, rows: _Rows) -> Iterable[Happened]:
    for name in BEGINS:
        yield Happened(name, case.received_at)
    for name in AT_ONCE:
        yield Happened(name, case.registered_at)
    forms = rows.forms.get(case.pk, ())
    answers = rows.answers.get(case.pk, ())
    letters = [at for kind, at in rows.messages.get(case.pk, ()) if kind == "to_customer"]
    if forms and forms[0][3] and case.channel != "import":  # the mail that acknowledges it leaves by itself
        letters.insert(0, case.registered_at)
    letters += [sent for sent, _decided in answers]
    if letters:
        yield Happened("acknowledged", min(letters))
    for at in letters:
        yield Happened("last_customer_update", at)
    if case.pk in rows.assessed:
        yield Happened("assessed", rows.assessed[case.pk])
    yield from _completion(case, forms)
    for sent, decided in answers:
        yield Happened("decided", decided)
        yield Happened("final_response_sent", sent)
    if case.answered_at and not answers:  # it was sent on to whom it concerns, or answered before it came here
        yield Happened("final_response_sent", case.answered_at)
    yield from _end(case)


def _completion(case: Case, forms: Sequence[tuple[int, Sequence[str], datetime, object]]) -> Iterable[Happened]:
    """What was missing was asked for with the acknowledgement, and came with a later version of the form."""
    if not forms or not forms[0][1] or case.channel == "import":
        return
    if forms[0][3]:
        yield Happened("completion_requested", case.registered_at)
    for _version, missing, filed_at, _email in forms[1:]:
        if not missing:
            yield Happened("completed_by_customer", filed_at)
            return


def _end(case: Case) -> Iterable[Happened]:
    withdrawn = case.withdrawn_at if case.status in {"withdrawn", "closed"} else None
    if withdrawn and (case.answered_at is None or case.answered_at < withdrawn):
        yield Happened("withdrawn", withdrawn)
    if case.status == "closed" and case.closed_at:
        yield Happened("closed", case.closed_at)
        yield Happened("resolved", case.closed_at)


def _replies(recorded: Sequence[Happened], messages: Sequence[tuple[str, datetime]]) -> Iterable[Happened]:
    """While we wait for the customer, the first thing that the customer says is the reply."""
    waits = sorted(each.at for each in recorded if each.name == "waiting_customer")
    replied = sorted(each.at for each in recorded if each.name == "customer_replied")
    spoken = sorted(at for kind, at in messages if kind == "from_customer")
    for at in waits:
        by_hand = next((each for each in replied if each >= at), None)
        said = next((each for each in spoken if each >= at), None)
        if said is not None and (by_hand is None or said < by_hand):
            yield Happened("customer_replied", said)
