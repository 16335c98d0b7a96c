"""Events, a rulebook and a calendar in; due dates with the reason for each day out. Pure, without Django.

``limits()`` is the whole of it. Nothing is remembered between calls: the same events give the same limits, in whatever
order they are given, wherever the computer stands. How days are counted stands in :mod:`rulebook.counting` and, for
people, in ``docs/rulebooks.md``.

Names of events that mean something to every clock, besides the start events that milestones name:

* ``waiting_customer`` and ``customer_replied`` stop and start the clock where the rulebook pauses;
* ``completion_requested`` and ``completed_by_customer`` restart it where the rulebook restarts: a milestone
  ``from = "filed_or_completed"`` is counted from the event that opens the rulebook, or from the completion;
* ``extension`` with ``milestone`` and, in ``facts``, every item that the rulebook requires (true when recorded) and,
  where it allows less than the most, ``add``;
* ``known`` sets attributes from a moment on (``facts={"status": "in_progress"}``). An event that bears the name of a
  yes-or-no attribute (``holding_sent``) sets it true. What stands in ``attributes`` holds from the beginning;
* ``met`` with ``milestone`` fulfils that limit, whatever its ``met_by`` says;
* ``withdrawn`` and the milestone's own ``ended_by`` end what is still open, until ``reopened``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from desagravo.rulebook import counting
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.conditions import Condition, Value
from desagravo.rulebook.counting import Day, Due, Happened
from desagravo.rulebook.policies import Extension, Milestone, Policy
from desagravo.rulebook.vocabulary import BY_THE_FIRM
from desagravo.rulebook.words import Texts

__all__ = ["STATES", "Day", "Happened", "Limit", "Round", "limits"]

STATES = ("not_started", "running", "met", "missed", "replaced", "lapsed", "ended")
_NEVER_PAUSED = frozenset({"customer_window", "retention_min"})
_BREACHED = frozenset({"firm_obligation", "target"})


@dataclass(frozen=True)
class Round:
    """An earlier run of a limit that begins again (a second request, a repeated update): when it began, until when it
    ran, and when it was met (None: never)."""

    started_at: datetime
    bound: datetime
    met_at: datetime | None


@dataclass(frozen=True)
class Limit:
    """One limit as it stands. Which moment decides: :attr:`bound`.

    ``state``: ``not_started`` (its event has not happened), ``running``, ``met``, ``missed`` (a breach, or a missed
    target; ``met_at`` says when it was done after all), ``replaced`` (by ``replaced_by``), ``lapsed`` (a customer's
    window, a route or a retention period is over), ``ended`` (the case ended first). A limit whose condition does not
    hold is not given at all.
    """

    key: str
    name: Texts
    kind: str
    bearer: str
    state: str
    rule: str
    """Where it comes from, as events quote it: ``uk-fca-disp@2026.2#final_response``."""
    source: str = ""
    """The text of law or standard: "DISP 1.6.2R"."""
    started: tuple[str, datetime] | None = None
    """Name and moment of the event from which it is counted."""
    day_zero: date | None = None
    due_on: date | None = None
    """The last local day; None for limits in hours and for those that have not started."""
    due_before: datetime | None = None
    """The end of that day: the next local midnight, in UTC, exclusive."""
    closes_at: datetime | None = None
    """For a limit until close of business: the closing hour of the last day, in UTC."""
    at: datetime | None = None
    """For a limit in hours: the moment itself, in UTC, inclusive."""
    tolerance: date | None = None
    """For a customer's window: the day before whose end the firm refuses nothing (wide calendar, rolled forward)."""
    tolerance_before: datetime | None = None
    met_at: datetime | None = None
    replaced_by: str = ""
    certain: bool = True
    """False while the attributes that its condition asks for are not known: it may turn out not to exist."""
    asks: tuple[str, ...] = ()
    """The attributes that would make it certain."""
    binding: bool = True
    """False for cases that began before the rulebook applies: shown, not binding."""
    paused_since: datetime | None = None
    """The clock stands still at the moment; the date given is the earliest possible one."""
    extended: int = 0
    """How many times it was extended."""
    unconfirmed: tuple[int, ...] = ()
    """Years whose official calendar nobody confirmed and into which the count reaches."""
    earlier: tuple[Round, ...] = ()
    _explain: Callable[[], tuple[Day, ...]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The count laid out day by day; made when it is asked for."""
        return self._explain()

    @property
    def bound(self) -> datetime | None:
        """The moment that decides: the closing hour, the instant, or the end of the last day."""
        return self.closes_at or self.at or self.due_before

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something: running, or missed and not done since."""
        return self.state == "running" or (self.state == "missed" and self.met_at is None)


def limits(
    policy: Policy,
    happened: Iterable[Happened],
    calendar: Calendar,
    attributes: Mapping[str, Value],
    now: datetime,
    *,
    shorter: Mapping[str, float] | None = None,
) -> tuple[Limit, ...]:
    """Every limit of this rulebook on a case, in the order of the file.

    ``attributes``: what is known about the case; a missing one or None is not known, and then the limits of both
    answers are given. ``shorter``: key → number of units that a sector's rule sets instead, where the rulebook allows
    it; a longer one is passed over.

    Raises:
        ValueError: a moment without time zone.
    """
    events = sorted(happened, key=_in_order)
    if any(each.at.tzinfo is None for each in events) or now.tzinfo is None:
        raise ValueError("every moment needs a time zone")
    case = _Case(policy, events, calendar, attributes, now, shorter or {})
    made = {each.key: limit for each in policy.milestones if (limit := case.limit(each))}
    for milestone in policy.milestones:
        by = made.get(milestone.key)
        target = made.get(milestone.replaces)
        if by and target and by.certain and by.started and case.replaced_in_time(milestone, target):
            made[target.key] = replace(target, state="replaced", replaced_by=by.key)
    return tuple(made.values())


def _in_order(event: Happened) -> tuple[Any, ...]:
    """By moment; of those at the same moment a pause before its end, and no matter in which order they were given."""
    first = {"waiting_customer": 0, "completion_requested": 0}.get(event.name, 1)
    return (event.at, first, event.name, event.milestone, repr(sorted(event.facts.items(), key=lambda each: each[0])))


class _Case:
    """One case under one rulebook."""

    def __init__(
        self,
        policy: Policy,
        events: list[Happened],
        calendar: Calendar,
        attributes: Mapping[str, Value],
        now: datetime,
        shorter: Mapping[str, float],
    ) -> None:
        self.policy = policy
        self.calendar = calendar
        self.attributes = attributes
        self.now = now
        self.shorter = shorter
        self.place = counting.Place.of(calendar, policy.calendar)
        self.by_name: dict[str, list[Happened]] = {}
        for event in events:
            self.by_name.setdefault(event.name, []).append(event)
        self.asked = {name for each in policy.milestones if each.on for name in each.on.attributes}
        self.learnt = [
            each for each in events if each.name == "known" or (each.name in self.asked and each.name != "known")
        ]

    def named(self, names: Iterable[str]) -> list[Happened]:
        found = [event for name in names for event in self.by_name.get(name, ())]
        return sorted(found, key=_in_order)

    # what is known

    def known_before(self, moment: datetime | None) -> dict[str, Value]:
        """The attributes as they were known just before this moment; all that is known without one."""
        known = dict(self.attributes)
        for event in self.learnt:
            if event.name in self.asked and event.name not in self.attributes:
                known.setdefault(event.name, False)  # it had not happened before its event
        for event in self.learnt:
            if moment is None or event.at < moment:
                known |= event.facts if event.name == "known" else {event.name: True}
        return known

    def holds_since(self, condition: Condition) -> datetime | None:
        """Since when it has held without a break; None if from the beginning."""
        since: datetime | None = None
        held = condition.holds(self.known_before(self.learnt[0].at)) if self.learnt else True
        for place, event in enumerate(self.learnt):
            following = self.learnt[place + 1].at if place + 1 < len(self.learnt) else None
            holds = condition.holds(self.known_before(following))
            if holds and not held:
                since = event.at
            held = holds
        return since

    def replaced_in_time(self, milestone: Milestone, target: Limit) -> bool:
        """Whether the limit was replaced before it was missed: a reply that comes late does not heal it."""
        if target.state not in {"running", "missed", "ended", "lapsed"} or target.bound is None:
            return False
        since = self.holds_since(milestone.on) if milestone.on else None
        return since is None or since < target.bound

    # one limit

    def limit(self, milestone: Milestone) -> Limit | None:
        """The limit as it stands; None if it does not exist for this case."""
        rounds = self.rounds(milestone)
        exists = self.exists(milestone, rounds[-1].met_at if rounds else None)
        if exists is False:
            return None
        unknown = self.known_before(None)
        asks = sorted(name for name in milestone.on.attributes if unknown.get(name) is None) if milestone.on else []
        blank = Limit(
            key=milestone.key,
            name=milestone.name,
            kind=milestone.kind,
            bearer=milestone.bearer,
            state="not_started",
            rule=f"{self.policy.at}#{milestone.key}",
            source=milestone.source,
            certain=exists is True,
            asks=tuple(asks) if exists is None else (),
        )
        return self.standing(milestone, blank, rounds) if rounds else blank

    def exists(self, milestone: Milestone, met_at: datetime | None) -> bool | None:
        """Whether its condition holds now, or held until the limit was met: meeting it may end what it asked for."""
        if milestone.on is None:
            return True
        now = milestone.on.holds(self.known_before(None))
        if now is False and met_at and milestone.on.holds(self.known_before(met_at)):
            return True
        return now

    def standing(self, milestone: Milestone, blank: Limit, rounds: list[_Run]) -> Limit:
        run = rounds[-1]
        due = run.due
        tolerant = counting.tolerance(self.place, milestone, run.start.at, self.segments(milestone))
        paused_since = self.paused_since(milestone, due)
        state, met_at = self.state(milestone, run, paused=paused_since is not None)
        segments = self.segments(milestone)
        return replace(
            blank,
            state=state,
            started=(run.start.name, run.start.at),
            day_zero=due.day_zero,
            due_on=due.due_on,
            due_before=due.due_before,
            closes_at=due.closes_at,
            at=due.at,
            tolerance=tolerant.due_on if tolerant else None,
            tolerance_before=tolerant.due_before if tolerant else None,
            met_at=met_at,
            binding=self.binds(run),
            paused_since=paused_since,
            extended=run.extended,
            unconfirmed=counting.unconfirmed(self.place, milestone, due, tolerant),
            earlier=tuple(Round(each.start.at, each.due.bound, each.met_at) for each in rounds[:-1]),
            _explain=lambda: counting.explain(self.place, milestone, run.n, run.start.at, segments, run.moves),
        )

    def state(self, milestone: Milestone, run: _Run, *, paused: bool) -> tuple[str, datetime | None]:
        bound = run.due.bound
        if milestone.unit == "hours" and run.n == 0:
            return "met", run.start.at  # done by the same contact that started it
        if run.met_at is not None:
            in_time = run.met_at <= bound if run.due.at else run.met_at < bound
            late = "missed" if milestone.kind in _BREACHED else "lapsed"
            return ("met" if in_time else late), run.met_at
        ended = self.ended_at(milestone, run.start.at)
        if ended is not None and ended < bound:
            return "ended", None
        if paused or self.now < bound or (run.due.at is not None and self.now == bound):
            return "running", None
        return ("missed" if milestone.kind in _BREACHED else "lapsed"), None

    def ended_at(self, milestone: Milestone, start: datetime) -> datetime | None:
        """When the case ended for this limit, unless it was reopened since."""
        ends = [each.at for each in self.named(milestone.ended_by) if each.at >= start]
        again = max((each.at for each in self.by_name.get("reopened", ())), default=None)
        return ends[-1] if ends and (again is None or again < ends[-1]) else None

    def binds(self, run: _Run) -> bool:
        """Whether the rulebook applied already when the case began."""
        since = self.policy.applies_from or self.policy.in_force_from
        if since is None:
            return True
        opened = self.opening()
        return counting.local_day(self.place, (opened[0] if opened else run.start).at) >= since

    # its runs

    def opening(self) -> list[Happened]:
        name = self.policy.opens_with
        return self.named(["filed" if name == "filed_or_completed" else name])

    def starts(self, milestone: Milestone) -> list[Happened]:
        if milestone.start != "filed_or_completed":
            return self.named([milestone.start])
        return self.opening()[:1]

    def rounds(self, milestone: Milestone) -> list[_Run]:
        """The runs of the limit, the present one last.

        For the firm a limit begins again only after it was met, so the earliest open one counts; a customer's window
        and a retention period are counted from the latest event; a repeated one from each.
        """
        starts = self.starts(milestone)
        if not starts:
            return []
        if milestone.kind in _NEVER_PAUSED:
            return [self.run(milestone, starts[-1])]
        if milestone.repeat:
            runs = [self.run(milestone, start) for start in starts]
            updates = [*(start.at for start in starts[1:]), None]
            return [
                replace(run, met_at=run.met_at if update is None else min(run.met_at or update, update))
                for run, update in zip(runs, updates, strict=True)
            ]
        runs = [self.run(milestone, starts[0])]
        for start in starts[1:]:
            met_at = runs[-1].met_at
            if met_at is not None and start.at > met_at:
                runs.append(self.run(milestone, start))
        return runs

    def run(self, milestone: Milestone, start: Happened) -> _Run:
        """Counted from this event, with restart, shorter sector rule and extensions."""
        first = start
        n = milestone.n
        if milestone.shorter_by_sector and milestone.key in self.shorter:
            n = min(n, self.shorter[milestone.key])
        moves = self.moves(milestone, start)
        due = self.due(milestone, n, start, moves)
        if milestone.start == "filed_or_completed" and (completed := self.completion(start, due)):
            start, moves = completed, self.moves(milestone, completed)
            due = self.due(milestone, n, start, moves)
        extended, longer = 0, n
        for extension in self.policy.extensions:
            for asked in self.by_name.get("extension", ()):
                if self.is_extended(extension, milestone, asked, due, extended):
                    extended += 1
                    longer += _added(extension, asked)
                    due = self.due(milestone, longer, start, moves)
        return _Run(start, longer, due, self.met_at(milestone, first.at), extended, moves)

    def due(self, milestone: Milestone, n: float, start: Happened, moves: bool) -> Due:
        return counting.due(self.place, milestone, n, start.at, self.segments(milestone), moves)

    def moves(self, milestone: Milestone, start: Happened) -> bool:
        """Whether a start after hours or on a closed day is moved to the next business day: what comes in is; what the
        firm does itself is not, because that would give it a day more."""
        return (
            self.policy.calendar.after_hours == "next_business_day"
            and milestone.unit != "hours"
            and start.name not in BY_THE_FIRM
        )

    def completion(self, filed: Happened, due: Due) -> Happened | None:
        """The completion that is the new day zero: the first one after a request that was made in time."""
        if self.policy.on_incomplete != "restart":
            return None
        asked = next(
            (each for each in self.by_name.get("completion_requested", ()) if filed.at <= each.at < due.bound), None
        )
        if asked is None:
            return None
        return next((each for each in self.by_name.get("completed_by_customer", ()) if each.at >= asked.at), None)

    def is_extended(self, extension: Extension, milestone: Milestone, asked: Happened, due: Due, times: int) -> bool:
        return (
            extension.of == milestone.key
            and asked.milestone in {"", milestone.key}
            and times < extension.max_times
            and asked.at < due.bound
            and all(asked.facts.get(item) for item in extension.requires)
        )

    def met_at(self, milestone: Milestone, start: datetime) -> datetime | None:
        names = [*milestone.met_by, *([f"{milestone.alternative}_sent"] if milestone.alternative else [])]
        said = [each.at for each in self.by_name.get("met", ()) if each.milestone == milestone.key]
        done = [each.at for each in self.named(names)]
        return min((at for at in (*said, *done) if at >= start), default=None)

    # its pauses

    def segments(self, milestone: Milestone) -> tuple[counting.Segment, ...]:
        """The times in which this limit's clock stands still; one that lasts is taken to end now."""
        if milestone.hold:
            opens, ends = milestone.hold
        elif self.policy.pause == "end_of_day" and milestone.kind not in _NEVER_PAUSED:
            opens, ends = "waiting_customer", "customer_replied"
        else:
            return ()
        return counting.segments(self.named([opens, ends]), opens, self.now, held=milestone.hold is not None)

    def paused_since(self, milestone: Milestone, due: Due) -> datetime | None:
        """Since when the clock stands still, if it does and the limit was not over before."""
        segments = self.segments(milestone)
        if not segments or not segments[-1].lasts or due.at:
            return None
        return segments[-1].start if segments[-1].start < due.bound else None


def _added(extension: Extension, asked: Happened) -> float:
    """As many units as the rulebook adds; fewer where it sets only the most and fewer were promised."""
    wanted = asked.facts.get("add")
    if not extension.up_to or not isinstance(wanted, int | float) or isinstance(wanted, bool) or wanted <= 0:
        return extension.add
    return min(extension.add, wanted)


@dataclass(frozen=True)
class _Run:
    """One count of a limit from one event."""

    start: Happened
    n: float
    due: Due
    met_at: datetime | None
    extended: int
    moves: bool
