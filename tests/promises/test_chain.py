"""Whoever changes the history behind the product's back is found out: on both databases, by the first bad event."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from desagravo.common.actor import SYSTEM
from desagravo.history import chain, queries, registry, sealing
from desagravo.history import verify as verifying
from desagravo.history.actions import Entry, erase_salts, record, record_many
from desagravo.history.canonical import canonical
from desagravo.history.models import ChainHead, Event, Salt
from desagravo.history.registry import Who
from desagravo.history.verify import verify
from tests.rooms.history.kinds import INES, RUI, Heard, Said, own_kinds, say

pytestmark = pytest.mark.django_db
ANA = "2026-00003"


@pytest.fixture(autouse=True)
def _own_kinds() -> Iterator[None]:
    with own_kinds():
        yield


@pytest.fixture
def _twelve() -> None:
    """Twelve events: Inês 1 4 7 10, Rui 2 5 8 11, Ana 3 6 9 12."""
    with transaction.atomic():
        record_many([Entry(Said(number), SYSTEM, case=(INES, RUI, ANA)[number % 3]) for number in range(12)])


def tamper(*statements: str) -> None:
    with sealing.lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def found(first_bad: int | None, problem: str, **facts: Any) -> None:
    report = verify()
    assert not report.ok
    assert (report.first_bad_event, report.problem) == (first_bad, problem)
    assert {name: report.facts.get(name) for name in facts} == facts
    assert str(first_bad or "") in report.sentence()
    assert "%(" not in report.sentence()


@pytest.mark.usefixtures("_twelve")
def test_an_untouched_history_is_whole() -> None:
    report = verify()
    assert report.ok
    assert (report.events, report.head) == queries.head()
    assert report.sentence().startswith("The history is whole: 12 events, from the first to the last.")
    assert verify(since=7).events == 5
    with translation.override("en"):
        assert json.loads(json.dumps(vars(report)))["ok"] is True


def test_an_empty_history_is_whole() -> None:
    assert verify().ok


@pytest.mark.usefixtures("_twelve")
@pytest.mark.parametrize("position", [0, 60, -2])
def test_one_changed_byte(position: int) -> None:
    payload = Event.objects.get(pk=5).payload
    changed = list(payload)
    changed[position] = chr(ord(changed[position]) ^ 1)
    with sealing.lifted():
        Event.objects.filter(pk=5).update(payload="".join(changed))
    found(5, "changed_event")


@pytest.mark.usefixtures("_twelve")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("case_number", "'2026-00009'"),
        ("n", "77"),
        ("kind", "'test.heard'"),
        ("version", "2"),
        ("actor_id", "'somebody'"),
        ("because", "'another rule'"),
        ("department", "'legal'"),
        ("subject_id", "'8'"),
        ("occurred_at", "'2020-01-01 00:00:00+00:00'"),
        ("recorded_at", "'2020-01-01 00:00:00+00:00'"),
        ("hash", "prev_hash"),
        ("prev_hash", "hash"),
    ],
)
def test_one_changed_column(column: str, value: str) -> None:
    if connection.vendor == "sqlite":
        value = value.replace("+00:00", "")
    tamper(f"UPDATE history_event SET {column} = {value} WHERE seq = 5")
    found(5, "changed_event", case="2026-00009" if column == "case_number" else RUI)


@pytest.mark.usefixtures("_twelve")
def test_a_deleted_event() -> None:
    tamper("DELETE FROM history_event WHERE seq = 5")
    found(5, "missing_event", first=5, last=5, cases=[RUI])


@pytest.mark.usefixtures("_twelve")
def test_the_first_event_deleted() -> None:
    tamper("DELETE FROM history_event WHERE seq = 1")
    found(1, "missing_event", cases=[INES])


@pytest.mark.usefixtures("_twelve")
def test_the_last_event_deleted() -> None:
    tamper("DELETE FROM history_event WHERE seq = 12")
    found(12, "missing_event", first=12, last=12)


@pytest.mark.usefixtures("_twelve")
def test_all_events_deleted() -> None:
    tamper("DELETE FROM history_event")
    found(1, "missing_events", first=1, last=12)


@pytest.mark.usefixtures("_twelve")
def test_the_counter_deleted_or_set_back() -> None:
    tamper("DELETE FROM history_event WHERE seq = 12", "DELETE FROM history_chainhead")
    found(11, "counter")
    tamper("INSERT INTO history_chainhead (id, seq, hash) VALUES (1, 9, '')")
    found(11, "counter")


@pytest.mark.usefixtures("_twelve")
def test_a_cases_events_deleted() -> None:
    registry.expect_cases(lambda: [INES, RUI, ANA])
    assert verify().ok
    tamper(f"DELETE FROM history_event WHERE case_number = '{RUI}'")
    found(2, "case_without_events", case=RUI)


@pytest.mark.usefixtures("_twelve")
def test_a_case_deleted_with_its_events_leaves_gaps() -> None:
    registry.expect_cases(lambda: [INES, ANA])
    tamper(f"DELETE FROM history_event WHERE case_number = '{RUI}'")
    found(2, "missing_event")


@pytest.mark.usefixtures("_twelve")
def test_a_case_deleted_and_its_events_left() -> None:
    registry.expect_cases(lambda: [INES, ANA])
    found(2, "events_without_case", case=RUI)


@pytest.mark.usefixtures("_twelve")
def test_a_case_that_no_event_tells_of() -> None:
    registry.expect_cases(lambda: [INES, RUI, ANA, "2026-00004"])
    found(None, "unrecorded_case", case="2026-00004")


@pytest.mark.usefixtures("_twelve")
def test_a_case_that_is_made_while_we_verify_is_no_finding() -> None:
    known = [INES, RUI]

    def tell() -> list[str]:
        told = list(known)
        known.append(ANA)
        return told

    registry.expect_cases(tell)
    assert verify().ok


CONTENT = (
    "case_number, n, subject_kind, subject_id, kind, version, occurred_at, recorded_at, actor_kind, actor_id, "
    "department, because, payload"
)


@pytest.mark.usefixtures("_twelve")
@pytest.mark.parametrize("what", ["numbers", "contents", "payloads"])
def test_two_swapped_events(what: str) -> None:
    if what == "numbers":
        tamper(*(f"UPDATE history_event SET seq = {new} WHERE seq = {old}" for old, new in ((4, 99), (8, 4), (99, 8))))
    elif what == "payloads":
        one, other = Event.objects.get(pk=4).payload, Event.objects.get(pk=8).payload
        with sealing.lifted():
            Event.objects.filter(pk=4).update(payload=other)
            Event.objects.filter(pk=8).update(payload=one)
    else:
        names = [name.strip() for name in CONTENT.split(",")]
        one, other = (Event.objects.filter(pk=pk).values(*names).get() for pk in (4, 8))
        with sealing.lifted():
            Event.objects.filter(pk=4).update(case_number="", n=None)
            Event.objects.filter(pk=8).update(**one)
            Event.objects.filter(pk=4).update(**other)
    found(4, "swapped_events", other=8)


@pytest.mark.usefixtures("_twelve")
def test_an_event_copied_over_another() -> None:
    tamper("UPDATE history_event SET payload = (SELECT payload FROM history_event WHERE seq = 4) WHERE seq = 8")
    found(8, "misplaced_event", other=4)


def rewrite(seq: int, **changes: Any) -> None:
    """What somebody does who knows how events are hashed."""
    event = Event.objects.get(pk=seq)
    told = {**json.loads(event.payload), **changes}
    payload = canonical(told)
    columns = {name: value for name, value in changes.items() if name not in ("details", "commits", "prev")}
    Event.objects.filter(pk=seq).update(payload=payload, hash=chain.event_hash(event.prev_hash, payload), **columns)


@pytest.mark.usefixtures("_twelve")
@pytest.mark.parametrize("seq", [1, 5, 12])
def test_an_event_rewritten_with_its_hash(seq: int) -> None:
    with sealing.lifted():
        rewrite(seq, because="starter-2026.1#another")
    found(seq, "rewritten_event")


@pytest.mark.usefixtures("_twelve")
def test_an_event_that_tells_of_another_one_before_it() -> None:
    with sealing.lifted():
        rewrite(12, prev=chain.START)
    found(12, "changed_event", differs=["payload"])


@pytest.mark.usefixtures("_twelve")
def test_the_whole_chain_recomputed_shows_only_in_what_was_published() -> None:
    published = queries.head()
    with sealing.lifted():
        recompute(Event.objects.exclude(pk=5))
    assert queries.head() != published
    found(2, "case_numbering", case=RUI)


def recompute(kept: Any) -> None:
    """A case loses an event, and everything is numbered and hashed anew."""
    events, previous = list(kept.order_by("seq")), chain.START
    Event.objects.all().delete()
    for seq, event in enumerate(events, start=1):
        told = {**json.loads(event.payload), "seq": seq, "prev": previous}
        event.seq, event.prev_hash, event.payload = seq, previous, canonical(told)
        event.hash = previous = chain.event_hash(previous, event.payload)
    Event.objects.bulk_create(events)
    ChainHead.objects.update(seq=len(events), hash=previous)


@pytest.mark.usefixtures("_twelve")
def test_only_the_first_of_several_faults_is_named_also_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "BATCH", 3)
    assert verify().ok
    tamper("DELETE FROM history_event WHERE seq = 11", "UPDATE history_event SET because = 'x' WHERE seq IN (7, 9)")
    found(7, "changed_event", differs=["because"])


class Letters:
    """A room that keeps private texts."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, str | bytes | None]] = {}
        registry.reveal("letter", lambda ids: {each: self.kept[each] for each in ids if each in self.kept})

    def write(self, key: str, text: str) -> int:
        self.kept[key] = {"text": text, "drawing": b"\x00\xff"}
        return say(case=INES, subject=("letter", key), private={"text": text, "drawing": b"\x00\xff"}).seq


def _remove_salt(seq: int) -> None:
    with sealing.lifted():
        Salt.objects.filter(event=seq, piece="text").delete()


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (lambda letters: letters.kept["b"].update(text="Nothing happened."), "changed_content"),
        (lambda letters: letters.kept["b"].update(text=None), "missing_content"),
        (lambda letters: letters.kept["b"].pop("text"), "missing_content"),
        (lambda letters: _remove_salt(3), "missing_salt"),
    ],
)
def test_private_content_that_is_not_as_it_was(act: Callable[[Letters], None], problem: str) -> None:
    letters = Letters()
    letters.write("a", "Dear Sir"), say(), letters.write("b", "It burnt."), letters.write("c", "It burnt.")
    assert verify().ok
    assert verify().pieces_checked == 6
    act(letters)
    found(3, problem, piece="text", subject="letter b", case=INES)
    assert verify(content=False).ok


def test_a_letter_removed_altogether() -> None:
    letters = Letters()
    letters.write("a", "Dear Sir")
    del letters.kept["a"]
    found(1, "missing_content", subject="letter a")


def test_content_that_is_gone_with_its_salt_is_missing_unless_an_event_says_that_it_was_erased() -> None:
    letters = Letters()
    letters.write("a", "Dear Sir")
    del letters.kept["a"]
    found(1, "missing_content", subject="letter a")
    registry.event_kind("letter.erased")(Heard)
    with transaction.atomic():
        record(Heard(), actor=SYSTEM, case="2026-09999")
        erase_salts("2026-09999")
    found(1, "missing_content", subject="letter a")
    with transaction.atomic():
        record(Heard(), actor=SYSTEM, case=INES)
    found(1, "salt_left", subject="letter a")
    with transaction.atomic():
        event = record(Heard(), actor=SYSTEM, case=INES)
        assert erase_salts(INES) == 2
    report = verify()
    assert report.ok
    assert (report.erased, report.pieces_checked) == (2, 0)
    assert report.erasures[-1] == (event.seq, "letter.erased", INES)


def test_what_was_erased_explains_nothing_that_came_after_it() -> None:
    letters = Letters()
    registry.event_kind("letter.erased")(Heard)
    with transaction.atomic():
        record(Heard(), actor=SYSTEM, case=INES)
        erase_salts(INES)
    letters.write("a", "Dear Sir")
    del letters.kept["a"]
    found(2, "missing_content", subject="letter a")


@dataclass(frozen=True)
class Redacted:
    """Something was taken out."""

    taken: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        return "taken out"


def test_a_redaction_explains_the_pieces_that_it_names_and_no_other() -> None:
    registry.event_kind("letter.redacted")(Redacted)
    letters = Letters()
    letters.write("a", "Dear Sir")
    letters.write("b", "Dear Madam")
    letters.kept["a"]["text"] = letters.kept["b"]["text"] = "Dear ████"
    with transaction.atomic():
        record(Redacted(["1:text"]), actor=SYSTEM, case=INES, subject=("letter", "a"), private={"text": "Dear ████"})
        assert erase_salts(INES) == 1
    found(2, "changed_content", subject="letter b")
    letters.kept["b"]["text"] = "Dear Madam"
    report = verify()
    assert (report.ok, report.erased, report.pieces_checked) == (True, 1, 4)
    letters.kept["a"]["text"] = "Dear Sir"
    found(3, "changed_content", subject="letter a")


@pytest.mark.parametrize("newest", ["none", "other"])
def test_a_salt_goes_only_with_the_event_of_its_erasure(newest: str) -> None:
    Letters().write("a", "Dear Sir")
    if newest == "other":
        say()
    for act in (lambda: erase_salts(INES), lambda: Salt.objects.all().delete(), lambda: Salt.objects.update(piece="x")):
        with pytest.raises((RuntimeError, DatabaseError)), transaction.atomic():
            act()
    assert Salt.objects.filter(event=1).count() == 2
    assert verify().ok


def test_a_superseded_version_without_its_salt_is_found() -> None:
    letters = Letters()
    letters.write("a", "first version"), letters.write("a", "second version")
    _remove_salt(1)
    found(1, "missing_salt", piece="text")


def test_content_recorded_again_is_fine_and_the_newest_counts() -> None:
    letters = Letters()
    letters.write("a", "first version"), letters.write("a", "second version")
    report = verify()
    assert report.ok
    assert (report.superseded, report.pieces_checked) == (1, 3)
    letters.kept["a"]["text"] = "first version"
    found(2, "changed_content", piece="text")


def test_content_that_no_room_reveals_is_counted() -> None:
    say(subject=("unknown", "1"), private={"text": "x"})
    assert verify().unchecked == 1


def test_an_earlier_bad_content_comes_before_a_later_bad_event() -> None:
    letters = Letters()
    letters.write("a", "Dear Sir"), say(), say()
    letters.kept["a"]["text"] = "x"
    tamper("UPDATE history_event SET because = 'x' WHERE seq = 3")
    found(1, "changed_content")


def test_events_recorded_while_we_verify_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    say(), say()
    counter = verifying._check_counter

    def busy(walk: Any) -> Any:
        say(3)
        return counter(walk)

    monkeypatch.setattr(verifying, "_check_counter", busy)
    report = verify()
    assert report.ok
    assert report.events == 3
