from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.common import clock
from desagravo.history import outbox, queries, registry
from desagravo.history.models import Delivery
from desagravo.history.outbox import Failed, LeaseLost, Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe
from tests.rooms.history.kinds import Heard, hear, say

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
WORK = "test.work"


def later(seconds: float) -> Any:
    return clock.at(NOON + timedelta(seconds=seconds))


def works(handler: Callable[[EventView, Work], None], **policy: Any) -> None:
    subscribe("test.heard", WORK, handler, **policy)


def does_nothing(event: EventView, work: Work) -> None:
    pass


@pytest.mark.django_db
def test_each_subscriber_is_told_once_of_each_event_and_of_no_other_kind() -> None:
    told: list[tuple[str, int]] = []
    works(lambda event, work: told.append(("work", event.facts.number)))  # type: ignore[attr-defined]
    subscribe("test.heard", "test.other", lambda event, work: told.append(("other", event.seq)))
    say(), hear(5), say()
    assert outbox.waiting_count() == 2
    assert outbox.run_due() == 2
    assert sorted(told) == [("other", 2), ("work", 5)]
    assert outbox.run_due() == 0
    done = outbox.progress_of(2, WORK)
    assert done == outbox.Progress("done", 100, "", 1)
    assert outbox.progress_of(1, WORK) is None


@pytest.mark.django_db(transaction=True)
def test_handlers_run_outside_any_transaction() -> None:
    inside: list[bool] = []
    works(lambda event, work: inside.append(connection.in_atomic_block))
    hear()
    outbox.run_due()
    assert inside == [False]


@pytest.mark.django_db
def test_work_waits_for_its_moment() -> None:
    works(does_nothing)
    with later(0):
        hear(not_before=NOON + timedelta(days=3))
        assert outbox.run_due() == 0
        assert outbox.oldest_waiting() is None
    with later(3 * 86400 + 60):
        assert outbox.oldest_waiting() == timedelta(seconds=60)
        assert outbox.run_due() == 1


@pytest.mark.django_db
def test_a_page_that_waits_sees_how_far_the_work_is() -> None:
    seen: list[outbox.Progress | None] = []

    def import_rows(event: EventView, work: Work) -> None:
        work.progress(40, "import.rows")
        seen.append(outbox.progress_of(event.seq, WORK))

    works(import_rows)
    hear()
    outbox.run_due()
    assert seen == [outbox.Progress("leased", 40, "import.rows", 1)]


@pytest.mark.django_db
def test_progress_holds_the_lease() -> None:
    works(does_nothing)
    with later(0):
        hear()
        (work,) = outbox.claim(lease_seconds=60)
    with later(50):
        work.progress(50)
    with later(100):
        assert outbox.claim() == []
        work.done()


@pytest.mark.django_db
def test_a_passing_failure_is_repeated_later_and_later() -> None:
    def fails(event: EventView, work: Work) -> None:
        raise OSError("no connection")

    works(fails)
    with later(0):
        hear()
    moment, waits = 0.0, []
    while not outbox.dead_letters():
        with later(moment):
            assert outbox.run_due() == 1
            due = Delivery.objects.get().due_at
        if due:
            waits.append((due - NOON).total_seconds() - moment)
            moment += waits[-1]
            with later(moment - 0.1):
                assert outbox.run_due() == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64]
    (letter,) = outbox.dead_letters()
    assert (letter.attempts, letter.subscriber, letter.last_error) == (8, WORK, "OSError: no connection")
    assert letter.event.facts == Heard()
    assert outbox.dead_count() == 1


def test_waiting_ends_at_an_hour() -> None:
    assert [outbox.back_off(attempt, 60) for attempt in (1, 2, 7, 60, 5000)] == [60, 120, 3600, 3600, 3600]


@pytest.mark.django_db
def test_a_permanent_failure_dies_at_once_and_a_person_may_revive_it() -> None:
    broken = [True]

    def fails(event: EventView, work: Work) -> None:
        if broken:
            raise Failed("no such address", permanent=True)

    works(fails)
    hear()
    outbox.run_due()
    (letter,) = outbox.dead_letters()
    assert (letter.attempts, letter.last_error) == (1, "Failed: no such address")
    broken.clear()
    assert outbox.revive(letter.id)
    assert not outbox.revive(letter.id)
    assert outbox.run_due() == 1
    assert outbox.dead_letters() == []
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_poison_that_kills_its_worker_dies_too_and_holds_up_nobody() -> None:
    works(does_nothing, attempts=3)
    with later(0):
        hear(1)
    for attempt in range(3):
        with later(attempt * 100):
            (work,) = outbox.claim()
            assert work.attempt == attempt + 1
    with later(1000):
        assert outbox.claim() == []
        (letter,) = outbox.dead_letters()
        assert letter.last_error == "the worker vanished"
        hear(2)
        assert outbox.run_due() == 1
        with pytest.raises(LeaseLost):
            work.done()


@pytest.mark.django_db
def test_a_worker_that_was_away_too_long_cannot_write() -> None:
    works(does_nothing)
    with later(0):
        hear()
        (slow,) = outbox.claim(lease_seconds=60)
    with later(61):
        (quick,) = outbox.claim()
        assert quick.id == slow.id
        for late in (slow.done, lambda: slow.progress(99), lambda: slow.fail("late")):
            with pytest.raises(LeaseLost), transaction.atomic():
                late()
        assert Delivery.objects.get().progress == 0
        quick.done()
        with pytest.raises(LeaseLost):
            slow.done()


@pytest.mark.django_db(transaction=True)
def test_what_a_late_worker_changed_is_rolled_back_with_its_done() -> None:
    def both_or_neither(event: EventView, work: Work) -> None:
        with transaction.atomic():
            say(1)
            work.done()

    works(both_or_neither)
    with later(0):
        hear()
        (slow,) = outbox.claim(lease_seconds=60)
    with later(61):
        assert outbox.run_due() == 1
        assert outbox.perform(slow) is False
    assert [event.kind for event in queries.since(0)] == ["test.heard", "test.said"]


@pytest.mark.django_db(transaction=True)
def test_done_and_then_an_error_in_the_same_transaction_is_repeated() -> None:
    def stumbles(event: EventView, work: Work) -> None:
        with transaction.atomic():
            work.done()
            if work.attempt == 1:
                raise OSError("after done")

    works(stumbles)
    with later(0):
        hear()
        outbox.run_due()
        assert Delivery.objects.get().state == "waiting"
    with later(2):
        assert outbox.run_due() == 1
        assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_work_of_a_removed_subscriber_waits_for_its_return() -> None:
    works(does_nothing)
    hear()
    known = registry._subscribers.pop("test.heard")
    outbox.run_due()
    assert Delivery.objects.get().state == "waiting"
    registry._subscribers["test.heard"] = known
    with clock.at(clock.now() + timedelta(seconds=5)):
        outbox.run_due()
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_many_workers_share_the_work_without_taking_a_piece_twice() -> None:
    taken: list[int] = []
    problems: list[Exception] = []
    works(lambda event, work: taken.append(event.seq))
    for number in range(40):
        hear(number)

    def worker() -> None:
        try:
            while outbox.run_due(limit=3):
                pass
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(taken) == list(range(1, 41))


calls = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(1, 3)),
        st.tuples(st.just("done"), st.integers(0, 9)),
        st.tuples(st.just("fail"), st.integers(0, 9)),
        st.tuples(st.just("bury"), st.integers(0, 9)),
        st.tuples(st.just("progress"), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.integers(1, 90)),
        st.tuples(st.just("record"), st.just(0)),
    ),
    max_size=40,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls)
def test_whatever_workers_do_nothing_is_done_twice_and_nothing_is_lost(sequence: list[tuple[str, int]]) -> None:
    subscribe("test.heard", WORK, does_nothing, attempts=3)
    with transaction.atomic():
        _replay(sequence)
        transaction.set_rollback(True)


def _replay(sequence: list[tuple[str, int]]) -> None:
    now, held = 0.0, []
    done: list[int] = []
    holder: dict[int, int] = {}
    for call, number in sequence:
        with later(now):
            if call == "wait":
                now += number
            elif call == "record":
                hear()
            elif call == "claim":
                claimed = outbox.claim(number, lease_seconds=30)
                held += claimed
                holder.update({work.id: work.token for work in claimed})
            elif held:
                _finish(call, held[number % len(held)], holder, done)
    assert len(done) == len(set(done)), "done twice"
    states = dict(Delivery.objects.values_list("id", "state"))
    assert {key for key, state in states.items() if state == "done"} == set(done)
    with later(now):
        _work_off()
    assert set(Delivery.objects.values_list("state", flat=True)) <= {"done", "dead"}, "lost"


def _finish(call: str, work: Work, holder: dict[int, int], done: list[int]) -> None:
    act = {
        "done": work.done,
        "fail": lambda: work.fail("passing", wait=5),
        "bury": lambda: work.fail("for good", permanent=True),
        "progress": lambda: work.progress(50),
    }[call]
    try:
        act()
    except LeaseLost:
        return
    assert holder[work.id] == work.token, "a worker without the lease wrote"
    if call == "done":
        done.append(work.id)


def _work_off() -> None:
    for _ in range(10):
        with clock.at(clock.now() + timedelta(hours=2)):
            for work in outbox.claim(1000):
                work.done()
        with clock.at(clock.now() + timedelta(hours=4)):
            outbox.claim(1000)
        if not Delivery.objects.filter(due_at__isnull=False).exists():
            return
