"""A second computation, written from the description and not from the product, comes to the same dates."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from desagravo.rulebook import calendars, clocks, policies
from desagravo.rulebook.clocks import Happened
from tests.rooms.rulebook.second_clock import Second, Story

PLACES: dict[str, list[tuple[str, str, str | None]]] = {
    "PT": [
        ("Europe/Lisbon", "PT", None), ("Europe/Lisbon", "PT", "11"), ("Europe/Lisbon", "PT", "13"),
        ("Atlantic/Azores", "PT", "20"), ("Atlantic/Madeira", "PT", "30"),
    ],
    "ES": [
        ("Europe/Madrid", "ES", None), ("Europe/Madrid", "ES", "MD"), ("Europe/Madrid", "ES", "CT"),
        ("Europe/Madrid", "ES", "Barcelona"), ("Atlantic/Canary", "ES", "CN"),
    ],
    "BR": [
        ("America/Sao_Paulo", "BR", None), ("America/Sao_Paulo", "BR", "São Paulo Capital"),
        ("America/Manaus", "BR", "AM"),
    ],
    "GB": [("Europe/London", "GB", "ENG"), ("Europe/London", "GB", "SCT"), ("Europe/London", "GB", "NIR")],
    "US": [("America/New_York", "US", None), ("Pacific/Honolulu", "US", "HI")],
}  # fmt: skip
EVERYWHERE = [place for places in PLACES.values() for place in places]
TURNS = [  # nights in which clocks change, ends of months and years: where mistakes live
    datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC),
    datetime(2027, 12, 30, tzinfo=UTC), datetime(2028, 2, 27, tzinfo=UTC), datetime(2026, 3, 31, 20, tzinfo=UTC),
    datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 8, 30, tzinfo=UTC), datetime(2027, 3, 27, 22, tzinfo=UTC),
]  # fmt: skip
CHOICES: dict[str, list[Any]] = {
    "format": ["physical", "electronic", None],
    "topic": ["billing", "improper_charge", "continuity", "other", None],
    "status": ["in_progress", "received", None],
    **{
        name: [True, False, None]
        for name in ("basic_service", "psd_or_emd", "reason_beyond_control", "resolved_by_summary_route", "durable")
    },
}


def a_story(policy: str, dice: random.Random) -> Story:
    """A case as life might write it, and as it might not."""
    second = Second(Story(policy, "UTC", "PT", None, set(), [], {}, datetime.now(UTC)))
    jurisdiction = second.table["policy"].get("jurisdiction", "")
    zone, country, part = dice.choice(PLACES.get(jurisdiction, EVERYWHERE))
    start = dice.choice(TURNS) if dice.random() < 0.3 else datetime(2025, 1, 1, tzinfo=UTC)
    spread = 2 if start.year > 2025 else 1300
    begun = start + timedelta(seconds=dice.randrange(spread * 86_400))
    names = {row["from"] for row in second.table["milestone"]} - {"filed_or_completed"} | {
        second.table["clock"]["start"]
    }
    events: list[tuple[str, datetime, str, dict[str, Any]]] = []

    def later(days: int) -> datetime:
        seconds = dice.choice([0, 1, 3600, 86_400, dice.randrange(days * 86_400)])
        return begun + timedelta(seconds=seconds)

    for name in sorted(names):
        times = range(dice.choice([0, 1, 1, 1, 2]))
        events += [(name, begun if dice.random() < 0.6 else later(60), "", {}) for _ in times]
    extras = ["waiting_customer", "customer_replied", "completion_requested", "completed_by_customer", "holding_sent",
              "final_response_sent", "acknowledged", "received", "negative_answer_sent", "history_sent"]  # fmt: skip
    events += [(dice.choice(extras), later(45), "", {}) for _ in range(dice.randrange(6))]
    given = second.table.get("extension", [])
    for extension in [given] if isinstance(given, dict) else given:
        for number in range(dice.randrange(3)):
            facts = {item: dice.random() < 0.8 for item in extension["requires"]}
            if dice.random() < 0.5:
                facts["add"] = dice.randrange(1, 25)
            events.append(("extension", later(40) + timedelta(microseconds=number), extension["of"], facts))
    dice.shuffle(events)
    known = {name: value for name, values in CHOICES.items() if (value := dice.choice(values)) is not None}
    if dice.random() < 0.3:
        known["holding_sent"] = False
    extra = {(begun + timedelta(days=dice.randrange(60))).date() for _ in range(dice.choice([0, 0, 1, 4]))}
    now = max([begun, *(at for _, at, *_ in events)]) + timedelta(seconds=dice.choice([0, 5, 86_400 * 3]))
    return Story(policy, zone, country, part, extra, events, known, now)


def the_product(story: Story) -> dict[str, clocks.Limit]:
    calendar = calendars.make(
        story.country, story.part or "", story.zone, first_year=2024, last_year=2032, extra_closed=story.extra
    )
    happened = [Happened(name, at, of, facts) for name, at, of, facts in story.events]
    limits = clocks.limits(policies.shipped_policy(story.policy), happened, calendar, story.known, story.now)
    return {each.key: each for each in limits}


def compare(story: Story) -> None:
    second = Second(story)
    wanted, found = second.limits(), the_product(story)
    # meeting a limit may end what its condition asked for; no story of these does that
    assert set(found) == set(wanted), story
    for key, one in wanted.items():
        other = found[key]
        assert other.certain is one["certain"], (key, story)
        assert (other.started is not None) is one["begun"], (key, story)
        if not one["begun"]:
            continue
        assert other.started and other.started[1] == one["start"], (key, story)
        assert other.due_on == one.get("on"), (key, story)
        assert other.at == one.get("at"), (key, story)
        assert other.bound == one["bound"], (key, story)
        assert other.tolerance == one.get("tolerance"), (key, story)
        if "in_time" in one and other.state != "met":
            assert (other.state == "replaced") is one["in_time"], (key, story)
        if other.due_on and not other.paused_since:
            assert other.days[-1].date == other.due_on or other.due_on == other.day_zero, (key, story)
            counted = [day.number for day in other.days if day.number]
            assert counted == sorted(counted), (key, story)


@pytest.mark.parametrize("policy", sorted(policies.shipped()))
def test_two_computations_agree(policy: str) -> None:
    dice = random.Random(f"{policy} 500")
    for _ in range(500):
        compare(a_story(policy, dice))


@pytest.mark.long
@pytest.mark.parametrize("policy", sorted(policies.shipped()))
def test_two_computations_agree_ten_thousand_times(policy: str) -> None:
    dice = random.Random(f"{policy} 10000")
    for _ in range(10_000):
        compare(a_story(policy, dice))


def test_the_stories_reach_what_they_are_told_for() -> None:
    """Restarts, pauses, replaced limits, extensions, tolerance and unknown attributes come up."""
    seen: set[str] = set()
    for policy in policies.shipped():
        dice = random.Random(policy)
        for _ in range(150):
            story = a_story(policy, dice)
            for limit in the_product(story).values():
                seen.add(limit.state)
                seen |= {day.why for day in limit.days}
                seen |= {"uncertain"} if not limit.certain else set()
                seen |= {"extended"} if limit.extended else set()
                seen |= {"restarted"} if limit.started and limit.started[0] == "completed_by_customer" else set()
                seen |= {"tolerant"} if limit.tolerance and limit.tolerance != limit.due_on else set()
    assert seen >= {
        "met", "missed", "running", "replaced", "lapsed", "not_started", "paused", "held", "after_hours", "weekend",
        "national", "regional", "municipal", "own", "uncertain", "extended", "restarted", "tolerant",
    }  # fmt: skip


def test_the_comparison_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from desagravo.rulebook import counting

    def compare_many() -> None:
        dice = random.Random(1)
        for _ in range(500):
            compare(a_story("br-sac", dice))

    compare_many()
    monkeypatch.setattr(counting, "local_day", lambda _place, moment: moment.astimezone(UTC).date())
    with pytest.raises(AssertionError):
        compare_many()


def test_the_turns_lie_where_clocks_change() -> None:
    assert date(2026, 3, 29) in {(each + timedelta(days=1)).date() for each in TURNS}
