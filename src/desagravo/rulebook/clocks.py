"""Events, a rulebook and a calendar in; due dates with the reason for each day out. Pure, without Django.

``limits()`` is the whole of it. Nothing is remembered between calls: the same events give the same limits, in whatever
order they are given, wherever the computer stands. How days are counted is described in ``docs/rulebooks.md``.

Names of events that mean something to every clock, besides the start events that milestones name:

* ``waiting_customer`` and ``customer_replied`` stop and start the clock where the rulebook pauses;
* ``completion_requested`` and ``completed_by_customer`` restart it where the rulebook restarts; a milestone
  ``from = "filed_or_completed"`` is counted from ``filed`` or from the completion;
* ``extension`` with ``milestone`` and, in ``facts``, every item that the rulebook requires (true when recorded) and, where
  it allows less than the most, ``add``;
* ``known`` sets attributes from a moment on (``facts={"status": "in_progress"}``). An event that bears the name of a
  yes-or-no attribute (``holding_sent``) sets it true. What stands in ``attributes`` holds from the beginning;
* ``met`` with ``milestone`` fulfils that limit, whatever its ``met_by`` says;
* ``withdrawn`` and the milestone's own ``ended_by`` end what is still open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.conditions import Value
from desagravo.rulebook.policies import Policy
from desagravo.rulebook.words import Texts

STATES = ("not_started", "running", "met", "missed", "replaced", "lapsed", "ended")


@dataclass(frozen=True)
class Happened:
    """Something that happened to a case. ``at`` is aware; ``milestone`` the limit that it is about, where it is one."""

    name: str
    at: datetime
    milestone: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """One line of the explanation. ``number`` is its count, 0 if it does not count; then ``why`` says why:

    ``day_zero``, ``after_hours`` (the receipt is moved to the next business day), ``weekend``, a kind of closed day
    (``national``, ``regional``, ``municipal``, ``optional``, ``own``, with its ``name``), ``paused``, ``held`` (the
    customer's own limit stands still), ``rolled`` (the limit ends on a closed day and moves on).
    """

    date: date
    number: int
    why: str = ""
    name: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """An earlier run of a limit that begins again (a second request, a repeated update): when it began, until when it
    ran, and when it was met (None: never)."""

    started_at: datetime
    bound: datetime
    met_at: datetime | None


@dataclass(frozen=True)
class Limit:
    """One limit as it stands. Which date counts: :attr:`bound`, an exclusive moment in UTC (``at`` is inclusive).

    ``state``: ``not_started`` (its event has not happened), ``running``, ``met``, ``missed`` (a breach, or a missed
    target; ``met_at`` says when it was done after all), ``replaced`` (by ``replaced_by``), ``lapsed`` (a customer's window, a
    route or a retention period is over), ``ended`` (the case ended first). A limit whose condition does not hold is not
    given at all.
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
    """For a limit in hours: the moment itself, in UTC."""
    tolerance: date | None = None
    """For a customer's window: the day before whose end the firm refuses nothing (wide calendar, rolled forward)."""
    tolerance_before: datetime | None = None
    days: tuple[Day, ...] = ()
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
    happened: tuple[Happened, ...] | list[Happened],
    calendar: Calendar,
    attributes: Mapping[str, Value],
    now: datetime,
    *,
    shorter: Mapping[str, float] | None = None,
) -> tuple[Limit, ...]:
    """Every limit of this rulebook on a case, in the order of the file.

    ``attributes``: what is known about the case; a missing one or None is not known, and then the limits of both answers
    are given. ``shorter``: key → number of units that a sector's rule sets instead, where the rulebook allows it.

    Raises:
        ValueError: a naive moment.
    """
    raise NotImplementedError
