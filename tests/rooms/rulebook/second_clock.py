"""The time limits once more, computed in another way, to compare with: from the description of the rulebooks, not from
the product.

It shares nothing with ``desagravo.rulebook`` but the files of the rulebooks themselves: it lists days and filters them
instead of counting forward, finds the end of a day by looking when the date changes on the wall, replays pauses event
by event, and asks ``holidays`` and ``dateutil`` itself.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

BOOKS = Path(__file__).parents[3] / "src" / "desagravo" / "rulebook" / "books"
COMES_IN = {
    "received", "filed", "registered", "complaint_date", "sent_to_company", "contact_started", "book_requested",
    "sheet_completed", "receipt_requested", "human_requested", "supervisor_requested", "history_requested", "call_date",
    "completed_by_customer", "escalated", "delivered",
}  # fmt: skip
"""Events that others than the firm cause; only these are moved by a cut-off."""


@cache
def table(policy: str) -> dict[str, Any]:
    return tomllib.loads((BOOKS / f"{policy}.toml").read_text("utf-8"))


@dataclass
class Story:
    """What happened: events as (name, moment, milestone, facts)."""

    policy: str
    zone: str
    country: str
    part: str | None
    extra: set[date]
    events: list[tuple[str, datetime, str, dict[str, Any]]]
    known: dict[str, Any]
    now: datetime
    answers: dict[str, Any] = field(default_factory=dict)


@cache
def public(country: str, part: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=part, years=year))


@cache
def customary(country: str, part: str | None, year: int) -> frozenset[date]:
    kind = getattr(holidays, country)
    if "optional" not in kind.supported_categories:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=part, years=year, categories=("optional",)))


@cache
def change_of_date(day: date, zone: str) -> datetime:
    """The first moment after which the calendar on the wall shows a later date. Zones change at quarters of hours."""
    place = ZoneInfo(zone)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=8)
    while moment.astimezone(place).date() <= day:
        moment += timedelta(minutes=15)
    return moment


class Second:
    def __init__(self, story: Story) -> None:
        self.story = story
        self.table = table(story.policy)
        self.rows = {row["key"]: row for row in self.table["milestone"]}
        self.rule = self.table.get("calendar", {})
        self.place = ZoneInfo(story.zone)

    # days

    def works(self, day: date, *, wide: bool = False) -> bool:
        story = self.story
        if day.weekday() > 4 or day in story.extra:
            return False
        part = story.part
        if not wide and self.rule.get("municipal_holiday") is False and story.country == "PT" and part and part < "19":
            part = None
        if day in public(story.country, part, day.year):
            return False
        return not (wide and day in customary(story.country, part, day.year))

    def date_of(self, moment: datetime) -> date:
        return moment.astimezone(self.place).date()

    def zero(self, name: str, moment: datetime) -> date:
        day = self.date_of(moment)
        if self.rule.get("after_hours") != "next_business_day" or name not in COMES_IN:
            return day
        hour, minute = map(int, self.rule["cutoff"].split(":"))
        local = moment.astimezone(self.place)
        if (local.hour, local.minute, local.second, local.microsecond) > (hour, minute, 0, 0):
            day += timedelta(days=1)
        return next(day + timedelta(days=n) for n in range(400) if self.works(day + timedelta(days=n)))

    def still_at_end_of(self, day: date, opens: str, ends: str) -> bool:
        """Replays what stops and starts the clock up to the end of the day."""
        limit = change_of_date(day, self.story.zone)
        told = sorted((at, name == ends, name) for name, at, *_ in self.story.events if name in {opens, ends})
        still = False
        for _at, is_end, _name in told:
            if _at < limit:
                still = not is_end
        if still and limit > self.story.now and not any(is_end and at >= limit for at, is_end, _ in told):
            return False  # it lasts: taken to end now
        return still

    def last_day(self, row: dict[str, Any], n: float, zero: date, *, wide: bool = False) -> date:
        unit = row["unit"]
        if unit == "weeks":
            return zero + relativedelta(weeks=int(n))
        if unit in {"months", "years"}:
            end = zero + relativedelta(**{unit: int(n)})
            lost = end.day != zero.day
            return end + timedelta(days=1) if lost and row.get("months_rule") == "next_day" else end
        if "hold" in row:
            stops = (row["hold"]["from"], row["hold"]["until"])
        elif self.table["clock"].get("pause") == "end_of_day" and row["kind"] not in {
            "customer_window",
            "retention_min",
        }:
            stops = ("waiting_customer", "customer_replied")
        else:
            stops = None
        if n == 0:
            return zero
        counted = [
            day
            for day in (zero + timedelta(days=k) for k in range(1, int(n) * 3 + 500))
            if (unit == "calendar_days" or self.works(day, wide=wide))
            and not (stops and self.still_at_end_of(day, *stops))
        ]
        return counted[int(n) - 1]

    def ends(self, row: dict[str, Any], n: float, name: str, moment: datetime) -> tuple[str, Any, datetime]:
        """("at" or "on", moment or day, the bound that decides)."""
        if row["unit"] == "hours":
            at = datetime.fromtimestamp(moment.timestamp() + n * 3600, UTC)
            return "at", at, at
        day = self.last_day(row, n, self.zero(name, moment))
        bound = change_of_date(day, self.story.zone)
        if row.get("time") == "close_of_business":
            bound = datetime(day.year, day.month, day.day, 17, tzinfo=self.place).astimezone(UTC)
        return "on", day, bound

    # what is known

    def truth(self, text: str, known: dict[str, Any]) -> bool | None:
        answers = []
        for part in text.split(" and "):
            plain = part.strip().removeprefix("not ").strip()
            if " in " in plain:
                name, _, codes = plain.partition(" in ")
                wanted = {code.strip(" '\"") for code in codes.strip(" []").split(",")}
            elif "==" in plain:
                name, _, code = plain.partition("==")
                wanted = {code.strip(" '\"")}
            else:
                name, wanted = plain, {True}
            value = known.get(name.strip())
            answer = None if value is None else value in wanted
            if part.strip().startswith("not ") and answer is not None:
                answer = not answer
            answers.append(answer)
        if any(each is False for each in answers):
            return False
        return None if None in answers else True

    def known_at(self, moment: datetime | None) -> dict[str, Any]:
        """Holding replies are events; the rest is known from the beginning."""
        known = dict(self.story.known)
        sent = [at for name, at, *_ in self.story.events if name == "holding_sent"]
        if sent and "holding_sent" not in known:
            known["holding_sent"] = any(moment is None or at <= moment for at in sent)
        elif sent and any(moment is None or at <= moment for at in sent):
            known["holding_sent"] = True
        return known

    def times(self, *names: str) -> list[datetime]:
        return sorted(at for name, at, *_ in self.story.events if name in names)

    # one limit

    def beginning(self, row: dict[str, Any]) -> tuple[str, datetime] | None:
        name = row["from"]
        if name == "filed_or_completed":
            name = self.table["clock"]["start"]
        times = self.times(name)
        if not times:
            return None
        if row["kind"] in {"customer_window", "retention_min"} or row.get("repeat"):
            return name, times[-1]
        begun = times[0]
        if row["from"] == "filed_or_completed":
            return name, begun
        for later in times[1:]:
            done = [at for at in self.times(*row.get("met_by", ())) if at >= begun]
            if done and later > done[0]:
                begun = later
        return name, begun

    def limit(self, row: dict[str, Any]) -> dict[str, Any] | None:  # noqa: C901 - one straight story
        exists: bool | None = True
        if "on" in row:
            exists = self.truth(row["on"], self.known_at(None))
        if exists is False:
            return None
        begun = self.beginning(row)
        if begun is None:
            return {"certain": exists is True, "begun": False}
        name, moment = begun
        n = row["n"]
        kind, value, bound = self.ends(row, n, name, moment)
        if row["from"] == "filed_or_completed" and self.table["clock"].get("on_incomplete") == "restart":
            asked = [at for at in self.times("completion_requested") if moment <= at < bound]
            done = [at for at in self.times("completed_by_customer") if asked and at >= asked[0]]
            if done:
                name, moment = "completed_by_customer", done[0]
                kind, value, bound = self.ends(row, n, name, moment)
        given = self.table.get("extension", [])
        for extension in [given] if isinstance(given, dict) else given:
            if extension["of"] != row["key"]:
                continue
            times = 0
            for event, at, of, facts in sorted(self.story.events, key=lambda each: each[1]):
                asked_for = event == "extension" and of == row["key"]
                if not asked_for or at >= bound or times == extension["max_times"]:
                    continue
                if all(facts.get(item) for item in extension["requires"]):
                    times += 1
                    add = (
                        min(extension["add"], facts.get("add", extension["add"]))
                        if extension.get("up_to")
                        else extension["add"]
                    )
                    n += add
                    kind, value, bound = self.ends(row, n, name, moment)
        found: dict[str, Any] = {"certain": exists is True, "begun": True, kind: value, "bound": bound, "start": moment}
        if row["kind"] == "customer_window":
            end = self.last_day(row, row["n"], self.date_of(moment), wide=True)
            found["tolerance"] = next(
                end + timedelta(days=k) for k in range(400) if self.works(end + timedelta(days=k), wide=True)
            )
        return found

    def limits(self) -> dict[str, dict[str, Any]]:
        made = {key: found for key, row in self.rows.items() if (found := self.limit(row))}
        for key, row in self.rows.items():
            old = row.get("replaces")
            if old not in made or key not in made or not made[key]["certain"] or not made[key]["begun"]:
                continue
            if not made[old]["begun"]:
                continue
            # in time: its condition held at some moment before the old limit was over
            before = self.known_at(made[old]["bound"] - timedelta(microseconds=1))
            made[old]["in_time"] = self.truth(row["on"], before) is True
        return made
