"""A case keeps the edition that was in force when it came in, until somebody moves it on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.actions.import_cases import OldCase
from desagravo.cases.models import Case, CaseMove, EditionMove, TimeLimit
from desagravo.cases.next_step import promised
from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history.models import Event
from desagravo.history.verify import verify
from desagravo.rulebook import actions as rules
from desagravo.rulebook import queries as rulebook
from tests.cast import CALM, FORM, MONDAY, Cast, engage, filed, fresh, in_work, kinds

pytestmark = pytest.mark.django_db
LISBON = ZoneInfo("Europe/Lisbon")
TUESDAY = MONDAY + timedelta(days=1)
HOUSE = "iso-10002-generic"


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def edition(cast: Cast, from_day: date, *changes: tuple[str, tuple[str, ...], Any]) -> str:
    """A published edition that differs in these pieces."""
    code = rules.draft_from(rulebook.STARTER, actor=cast.marta)
    rules.change_piece(code, "targets", ("target", "answer", "days"), 10, actor=cast.marta)
    for book, path, value in changes:
        rules.change_piece(code, book, path, value, actor=cast.marta)
    rules.propose(code, actor=cast.marta)
    rules.publish(code, from_day=from_day, actor=cast.xavier)
    return code


def tomorrow(cast: Cast, *changes: tuple[str, tuple[str, ...], Any]) -> str:
    return edition(cast, TUESDAY.date(), *changes)


def policy_with(days: int) -> tuple[str, tuple[str, ...], Any]:
    """The house procedure with another number of days for its last answer."""
    milestones = rulebook.piece(rulebook.STARTER, f"policy:{HOUSE}", ("milestone",))
    key = next(each["key"] for each in milestones if each["key"].startswith("final"))
    return f"policy:{HOUSE}", ("milestone", key, "n"), days


def test_a_case_keeps_the_edition_of_its_day(cast: Cast) -> None:
    before = filed()
    code = tomorrow(cast, ("letters", ("letter", "acknowledgement", "subject", "pt-pt"), "Recebido {case_number}"))
    last = filed()
    with clock.at(datetime(2026, 3, 3, tzinfo=LISBON)):
        first = filed()
    assert [fresh(each).edition for each in (before, last, first)] == [rulebook.STARTER, rulebook.STARTER, code]
    assert promised(fresh(first)) - promised(fresh(last)) < timedelta(0)
    for case, words in ((last, "Recebemos"), (first, "Recebido")):
        letter = rulebook.letter("acknowledgement", "pt-pt", edition=queries.edition_of(fresh(case)))
        assert letter.subject.startswith(words)


def test_a_letter_that_came_before_keeps_the_rules_of_its_day(cast: Cast) -> None:
    code = tomorrow(cast)
    with clock.at(TUESDAY):
        complaint = actions.read_complaint(FORM, today=TUESDAY.date())
        late, new = (
            actions.receive(
                complaint, key=str(day), actor=cast.ines, channel="post", language="pt-pt", received_at=day
            ).case
            for day in (MONDAY, TUESDAY)
        )
    assert (fresh(late).edition, fresh(new).edition) == (rulebook.STARTER, code)


def test_what_is_taken_over_comes_under_todays_rules(cast: Cast) -> None:
    code = edition(cast, MONDAY.date())
    state = actions.begin_import(file_sha256="0" * 64, file_name="old.csv", mapping="test", actor=SYSTEM)
    old = OldCase(row=1, reference="7", description="Avariado.", received_at=MONDAY - timedelta(days=400))
    actions.import_cases(state, [old], source="old", language="pt-pt", position=1, actor=SYSTEM)
    assert Case.objects.get().edition == code


def test_triage_follows_the_edition_of_the_case(cast: Cast) -> None:
    old = filed()
    rows = rulebook.piece(rulebook.STARTER, "triage", ("rule",))
    vip = next(each for each in rows if "vip" in each.get("answers", {}))
    code = tomorrow(cast, ("triage", ("rule", vip["code"]), {**vip, "hard": True, "points": 10}))
    with clock.at(TUESDAY):
        new = filed()
        answers = {**CALM, "vip": "yes"}
        told = [actions.assess(each, answers=answers, actor=cast.sofia) for each in (old, new)]
    assert told[1].severity == "major"
    named = list(Event.objects.filter(kind="case.assessed").order_by("seq").values_list("because", flat=True))
    assert [each.partition("#")[0] for each in named] == [rulebook.STARTER, code]


def test_a_case_is_moved_with_a_reason(cast: Cast) -> None:
    case = in_work(cast)
    code = edition(cast, MONDAY.date(), policy_with(5))
    looked = queries.preview(fresh(case), code)
    assert fresh(case).edition == rulebook.STARTER and looked.changes
    days = {(each.policy, each.key): (each.before, each.after) for each in looked.dates}
    moved = actions.move_edition(case, to=code, reason="Agreed with the customer's lawyer.", actor=cast.marta)
    assert moved.edition == code
    for (policy, key), (before, after) in days.items():
        if policy:
            rows = TimeLimit.objects.filter(case=case, applied__policy=policy, key=key).order_by("pk")
            assert rows[0].due_on == before
            assert rows.get(applied__ended_at=None).due_on == after
    assert promised(fresh(case)).date() == days[("", "answer")][1]
    event = Event.objects.get(kind="case.edition_moved")
    assert "lawyer" not in event.payload
    assert verify().ok
    assert not queries.preview(fresh(case), code).dates
    with pytest.raises(NotNow, match="keeps edition"):
        actions.move_edition(case, to=code, reason="Again.", actor=cast.marta)


def test_what_was_missed_stays_missed_once_with_its_reason(cast: Cast) -> None:
    case = in_work(cast)
    code = edition(cast, MONDAY.date())
    with clock.at(MONDAY + timedelta(days=200)):
        actions.look_at_limits(clock.now())
        actions.note(case, body="Long ago.", actor=cast.rui)
        actions.answer_attributes(case, answers={}, actor=cast.rui)
        late = list(TimeLimit.objects.filter(case=case, state="missed"))
        for each in late:
            actions.explain_missed(case, limit=each.pk, reason="The file was lost.", actor=cast.rui)
        actions.move_edition(case, to=code, reason="New rules for all.", actor=cast.marta)
        now = TimeLimit.objects.filter(case=case, state="missed")
        assert {each.key for each in now} == {each.key for each in late}
        assert all(each.missed_reason == "The file was lost." and each.applied.edition == code for each in now)
    assert verify().ok


def test_a_rulebook_that_a_person_applied_goes_along(cast: Cast) -> None:
    case = in_work(cast)
    actions.apply_rulebook(case, policy="uk-fca-disp", reason="They bank in London.", actor=cast.marta)
    code = edition(cast, MONDAY.date())
    actions.move_edition(case, to=code, reason="New rules for all.", actor=cast.marta)
    row = case.rulebooks.get(policy="uk-fca-disp", ended_at=None)
    assert (row.edition, row.applied_by_id, row.reason) == (code, int(cast.marta.id), "They bank in London.")
    assert kinds(case)[-3:].count("rulebook.applied") == 1
    assert verify().ok


@pytest.mark.parametrize("name", ["rui", "sofia", "dora", "ines", "vasco"])
def test_only_administrators_and_managers_move_cases(cast: Cast, name: str) -> None:
    case = in_work(cast)
    code = edition(cast, MONDAY.date())
    with pytest.raises(NotAllowed):
        actions.move_edition(case, to=code, reason="Why not.", actor=cast.actor(name))
    with pytest.raises(NotAllowed):
        actions.move_cases(rulebook.STARTER, to=code, reason="Why not.", actor=cast.actor(name))


def test_only_to_what_counts_already_and_with_a_reason(cast: Cast) -> None:
    case = in_work(cast)
    draft = rules.draft_from(rulebook.STARTER, actor=cast.marta)
    later = tomorrow(cast)
    now = edition(cast, MONDAY.date())
    for to in (draft, later, "2001.1", ""):
        with pytest.raises(Missing, match="an edition that counts already"):
            actions.move_edition(case, to=to, reason="Because.", actor=cast.marta)
    with pytest.raises(Missing, match="Say why"):
        actions.move_edition(case, to=now, reason=" ", actor=cast.marta)
    assert fresh(case).edition == rulebook.STARTER
    assert not CaseMove.objects.exists()


def test_all_open_cases_are_moved_by_the_worker(cast: Cast) -> None:
    cases = [filed() for _each in range(3)]
    gone = filed()
    actions.withdraw(gone, reason="Changed their mind.", actor=cast.ines)
    hidden = in_work(cast)
    actions.make_confidential(hidden, actor=cast.rui)
    code = edition(cast, MONDAY.date())
    assert queries.open_cases_of(rulebook.STARTER) == 4
    assert len(queries.previews(cast.marta, rulebook.STARTER, code)) == 3
    assert queries.previews(cast.xavier, rulebook.STARTER, code) == []
    actions.move_cases(rulebook.STARTER, to=code, reason="New rules for all.", actor=cast.marta)
    with pytest.raises(NotNow, match="being moved already"):
        actions.move_cases(rulebook.STARTER, to=code, reason="Again.", actor=cast.marta)
    while actions.move_waiting_cases(clock.now()):  # a piece at a time, as the worker does
        pass
    (job,) = queries.moves_of_edition(rulebook.STARTER)
    assert (job.state, job.total, job.moved, job.left, job.percent) == ("done", 4, 3, 1, 100)
    assert [fresh(each).edition for each in cases] == [code] * 3
    assert fresh(gone).edition == fresh(hidden).edition == rulebook.STARTER
    assert actions.move_waiting_cases(clock.now()) == 0
    with pytest.raises(NotNow, match="No open case"):
        actions.move_cases("2001.1", to=code, reason="None there.", actor=cast.marta)
    assert verify().ok


def test_a_move_stops_when_who_asked_for_it_may_no_longer(cast: Cast) -> None:
    case = filed()
    code = edition(cast, MONDAY.date())
    actions.move_cases(rulebook.STARTER, to=code, reason="New rules for all.", actor=cast.marta)
    cast.person("marta").grants.all().delete()
    actions.move_waiting_cases(clock.now())
    assert EditionMove.objects.get().state == "stopped"
    assert fresh(case).edition == rulebook.STARTER


def test_a_confidential_case_is_moved_by_those_who_know_it(cast: Cast) -> None:
    hidden = in_work(cast)
    actions.make_confidential(hidden, actor=cast.rui)
    code = edition(cast, MONDAY.date())
    with pytest.raises(NotYours):
        actions.move_edition(hidden, to=code, reason="New rules.", actor=cast.xavier)
