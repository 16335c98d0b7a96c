"""What need not be kept any longer goes when somebody says so, never earlier, never what is held; the numbers stay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from desagravo.cases import actions, retention
from desagravo.cases.actions import Outside
from desagravo.cases.models import Attachment, Case, Erasure, Notice, RetentionRun
from desagravo.cases.queries import retaining
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history import outbox
from desagravo.history.verify import verify
from tests.cast import MONDAY, PASSWORD, Cast, closed, days_later, engage, filed, fresh, in_work
from tests.promises.canaries import left_in_database, left_in_folder
from tests.promises.test_erasure import CANARIES, persons_case, statistics
from tests.rooms.history.kinds import emptying

pytestmark = pytest.mark.django_db(transaction=True)
YEARS = 365 * 5 + 2
"""From MONDAY on: the last day of five years, and a day."""


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "keys").mkdir()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_search")
    actions.scrub()
    monkeypatch.setattr(settings, "DESAGRAVO_DATA", tmp_path)
    return tmp_path


@pytest.fixture
def cast(data: Path) -> Iterator[Cast]:
    with clock.at(MONDAY):
        yield engage()


@pytest.fixture(autouse=True)
def _papers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desagravo.cases.after.render", lambda _kind, facts, _language: repr(facts).encode())
    monkeypatch.setattr("desagravo.common.documents.sealing.seal", lambda pdf, **_: pdf + b" sealed")


def work() -> None:
    while outbox.run_due():
        pass
    assert outbox.dead_count() == 0


def looked(cast: Cast, who: str = "amelia") -> RetentionRun:
    run = actions.look_through(actor=cast.actor(who))
    work()
    run.refresh_from_db()
    assert run.state == "done"
    return run


def goes(run: RetentionRun) -> list[str]:
    return [each[0] for each in run.result["goes"]]


def let_go(run: RetentionRun, cast: Cast, **more: Any) -> RetentionRun:
    return actions.let_go(run, **{"password": PASSWORD, "actor": cast.amelia, **more})


def test_a_look_touches_nothing_and_says_what_stays_and_why(cast: Cast) -> None:
    old, held, outside, running = closed(cast), closed(cast), closed(cast), filed()
    promised = closed(cast)
    promised.follow_ups.create(about="keep_promise", due_at=clock.now(), set_at=clock.now())
    actions.hold(held, reason="Tribunal.", actor=cast.marta)
    actions.refer(outside, outside=Outside(body="Centro de Arbitragem"), actor=cast.rui)
    with days_later(365):
        late = closed(cast)
        withdrawn = filed()
        actions.withdraw(withdrawn, actor=cast.ines, reason="By telephone.")
    with days_later(YEARS - 1):
        assert goes(looked(cast)) == []  # the last day on which it is kept
    with days_later(YEARS + 1):
        before = {case.pk: fresh(case).version for case in (old, held, outside, running, late, promised)}
        run = looked(cast)
        assert goes(run) == [old.number]
        assert run.result["goes"][0][2] == "iso-10002-generic" or run.result["goes"][0][2] == "house.record"
        assert run.result["kept"] == {"hold": 1, "outside": 1, "kept": 1, "promise": 1, "not_begun": 1}
        assert run.result["open"] == 1
        assert {pk: Case.objects.get(pk=pk).version for pk in before} == before
        assert not Erasure.objects.exists()
        told = {each.number: each.why for each in retaining.judged_cases(cast.amelia)}
        assert told[old.number] == "may_go"
        assert told[running.number] == "open"
        assert "Conceição" not in json.dumps(run.result)
        row = retaining.look_of(cast.amelia)
        assert row is not None
        assert row.may_order
        assert row.soonest is not None


def test_who_may_look_and_let_go(cast: Cast) -> None:
    closed(cast)
    for name in ("rui", "sofia", "dora", "xavier"):
        with pytest.raises(NotAllowed):
            actions.look_through(actor=cast.actor(name))
    with days_later(YEARS + 2):
        run = looked(cast)
        with pytest.raises(NotYours):
            let_go(run, cast, actor=cast.marta)
        for more, field in (({"password": "wrong"}, "password"), ({"confirmed": False}, "confirmed")):
            with pytest.raises(Missing) as refused:
                let_go(run, cast, **more)
            assert list(refused.value.fields) == [field]
    with days_later(YEARS + 10), pytest.raises(NotNow, match="older than a week"):
        let_go(run, cast)
    assert not Erasure.objects.exists()


def test_what_went_is_gone_in_every_byte_and_the_numbers_are_as_before(cast: Cast, data: Path) -> None:
    case, other = persons_case(cast), None
    work()
    with days_later(365):
        other = closed(cast)
        work()
    with days_later(YEARS + 2):
        before = statistics()
        run = looked(cast)
        assert goes(run) == [case.number]
        order = let_go(run, cast)
        work()
        assert fresh(case).erased_at
        assert fresh(other).erased_at is None
        assert left_in_database(CANARIES) == {}
        assert left_in_folder(data, CANARIES) == {}
        after = statistics()
        before.pop("events"), after.pop("events")
        assert after == before
        report = verify()
        assert report.ok, report.sentence()
        (done,) = retaining.orders(cast.amelia)
        assert (done.cases, done.erased, done.done) == (1, 1, True)
        with pytest.raises(NotNow, match="Nothing of this list"):
            let_go(run, cast)
        order.refresh_from_db()
        lines = [json.loads(line) for line in (data / "erasures.jsonl").read_text().splitlines()]
        assert [each["cases"][0][0] for each in lines if each["ground"] == "retention"] == [case.number]
        Case.objects.filter(pk=case.pk).update(erased_at=None, subject="O frigorífico")  # a backup came back
        assert actions.reapply_erasures() == 1
        assert fresh(case).erased_at


def test_a_hold_of_the_last_minute_wins(cast: Cast) -> None:
    held, reopened, outside, going = closed(cast), closed(cast), closed(cast), closed(cast)
    with days_later(YEARS + 2):
        run = looked(cast)
        assert len(goes(run)) == 4
        actions.refer(outside, outside=Outside(body="Tribunal"), actor=cast.rui)  # before it was ordered
        let_go(run, cast)
        actions.hold(held, reason="Tribunal.", actor=cast.marta)  # after it was ordered
        actions.reopen(reopened, reason="New facts.", actor=cast.marta)
        work()
        for case in (held, reopened, outside):
            assert fresh(case).erased_at is None, case.number
        assert fresh(going).erased_at
        (erasure,) = Erasure.objects.all()
        assert sorted(left[1] for left in erasure.counts["left"]) == ["case_on_hold", "case_open"]


def test_the_longest_rule_that_binds_a_case_wins(cast: Cast) -> None:
    from desagravo.cases import binding  # noqa: PLC0415

    plain, financial = closed(cast), closed(cast)
    binding.apply_by_hand(financial, "br-sac", person=None, reason="Test.")
    binding.apply_by_hand(plain, "pt-livro-reclamacoes", person=None, reason="Test.")
    today = (MONDAY + timedelta(days=YEARS + 2)).date()
    for each in retention.judge([plain, financial], today):
        assert each.why == "may_go"
        assert each.until == today - timedelta(days=3)
    early = (MONDAY + timedelta(days=365 * 4)).date()
    assert {each.why for each in retention.judge([plain, financial], early)} == {"kept"}


def test_confidential_cases_of_others_stay_and_are_counted(cast: Cast) -> None:
    case = in_work(cast)
    actions.make_confidential(case, actor=cast.rui)
    with days_later(0):
        actions.withdraw(case, reason="By telephone.", actor=cast.rui)
    with days_later(YEARS + 2):
        run = looked(cast)
        assert goes(run) == []
        assert run.result["hidden"] == 1
        assert case.number not in json.dumps(run.result)


def test_recordings_go_before_their_case(cast: Cast) -> None:
    case, held = closed(cast), closed(cast)
    for each in (case, held):
        kept = actions.keep_bytes("call.mp3", b"ID3 voice")
        actions.add_files(each, kept=[kept], actor=cast.rui)
    Attachment.objects.filter(name="call.mp3").update(media_type="audio/mpeg")
    actions.hold(held, reason="Tribunal.", actor=cast.marta)
    with days_later(89):
        assert looked(cast).result["recordings"] == []
    with days_later(92):
        run = looked(cast)
        assert [each[0] for each in run.result["recordings"]] == [case.number]
        let_go(run, cast)
        work()
        gone = Attachment.objects.get(case=case)
        assert gone.redacted_at
        assert Attachment.objects.get(case=held).redacted_at is None
        assert fresh(case).erased_at is None


def test_keepers_of_data_are_reminded_once_a_year(cast: Cast) -> None:
    january = MONDAY.replace(year=2027, month=1, day=4)
    with clock.at(january.replace(month=2)):
        assert actions.remind_of_retention(clock.now()) == 0
    for hours in (0, 1, 30):
        with clock.at(january + timedelta(hours=hours)):
            actions.remind_of_retention(clock.now())
    assert [each.person.name for each in Notice.objects.filter(kind="retention_due")] == ["Amélia Sampaio"]
    with clock.at(january.replace(year=2028)):
        assert actions.remind_of_retention(clock.now()) == 1
    with clock.at(january.replace(year=2029)):
        actions.look_through(actor=cast.amelia)
        assert actions.remind_of_retention(clock.now()) == 0
