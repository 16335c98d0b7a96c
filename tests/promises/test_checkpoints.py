"""Whoever rewrites the history with all its hashes is found out by what was published outside the database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pypdf import PdfReader

from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock, files
from desagravo.common.actor import SYSTEM
from desagravo.history import chain, checkpoints, proofs, sealing, witness_keys
from desagravo.history.actions import Entry, record_many
from desagravo.history.canonical import canonical
from desagravo.history.findings import Report
from desagravo.history.models import ChainHead, Checkpoint, Event
from desagravo.history.outbox import run_due
from desagravo.history.verify import verify
from desagravo.operations import checkpointing, export_checking
from tests.cast import MONDAY, closed, engage
from tests.rooms.history.kinds import INES, RUI, Said, emptying, own_kinds

pytestmark = pytest.mark.django_db
ANA = "2026-00003"


@pytest.fixture(autouse=True)
def _own_kinds() -> Iterator[None]:
    with own_kinds():
        yield


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


@pytest.fixture(autouse=True)
def published(tmp_path: Path, settings: Any) -> Path:
    settings.DESAGRAVO_DATA = tmp_path / "data"
    (tmp_path / "data" / "keys").mkdir(parents=True)
    settings.DESAGRAVO_CHECKPOINTS = str(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def happen(count: int = 4) -> None:
    """Events of Inês, Rui and Ana in turn."""
    with transaction.atomic():
        record_many([Entry(Said(number), SYSTEM, case=(INES, RUI, ANA)[number % 3]) for number in range(count)])


def checkpoint() -> Checkpoint:
    made = checkpoints.make()
    checkpoints.publish()
    assert made is not None
    return made


@pytest.fixture
def _three() -> None:
    """Three checkpoints over four events each."""
    for _ in range(3):
        happen()
        checkpoint()


def found(problem: str, **facts: Any) -> Report:
    report = verify()
    assert (report.ok, report.problem) == (False, problem)
    assert {name: report.facts.get(name) for name in facts} == facts
    assert "%(" not in report.sentence()
    return report


def recompute(keep: Any = None) -> None:
    """Everything is numbered and hashed anew, as somebody does who owns the database and knows how."""
    events = list((Event.objects.all() if keep is None else keep).order_by("seq"))
    previous, last_n = chain.START, dict[str, int]()
    with sealing.lifted():
        Event.objects.all().delete()
        for seq, event in enumerate(events, start=1):
            n = last_n[event.case_number] = last_n.get(event.case_number, 0) + 1
            told = {**json.loads(event.payload), "seq": seq, "n": n, "prev": previous}
            event.seq, event.n, event.prev_hash, event.payload = seq, n, previous, canonical(told)
            event.hash = previous = chain.event_hash(previous, event.payload)
        Event.objects.bulk_create(events)
        ChainHead.objects.update(seq=len(events), hash=previous)


def test_without_checkpoints_a_history_is_whole_and_says_that_there_are_none() -> None:
    happen()
    report = verify()
    assert report.ok
    assert report.checkpoints == 0
    assert "No checkpoint was published yet." in report.sentence()


@pytest.mark.usefixtures("_three")
def test_what_was_published_agrees() -> None:
    report = verify()
    assert (report.ok, report.checkpoints, report.unpublished) == (True, 3, 0)
    assert "It agrees with 3 published checkpoints." in report.sentence()
    assert verify(since=8).ok


@pytest.mark.usefixtures("_three")
def test_the_whole_chain_recomputed_after_a_change() -> None:
    with sealing.lifted():
        payload = Event.objects.get(pk=6).payload
        Event.objects.filter(pk=6).update(payload=payload.replace('"because":""', '"because":"x"'), because="x")
    recompute()
    found("rewritten_history", number=2, first=5, last=8)
    assert verify(since=8).problem == "rewritten_history"  # every hash after it is another one


@pytest.mark.usefixtures("_three")
def test_a_whole_case_removed_and_the_chain_recomputed() -> None:
    recompute(Event.objects.exclude(case_number=RUI))
    found("rewritten_history", number=1)


@pytest.mark.usefixtures("_three")
def test_a_case_removed_and_others_put_in_its_place() -> None:
    recompute(Event.objects.exclude(case_number=RUI))
    happen(9)
    found("rewritten_history", number=1)


@pytest.mark.usefixtures("_three")
def test_two_events_swapped_and_the_chain_recomputed() -> None:
    with sealing.lifted():
        Event.objects.filter(pk=6).update(seq=100)
        Event.objects.filter(pk=7).update(seq=6)
        Event.objects.filter(pk=100).update(seq=7)
    recompute()
    found("rewritten_history", number=2)


@pytest.mark.usefixtures("_three")
def test_the_last_events_cut_off_with_the_counter() -> None:
    with sealing.lifted():
        Event.objects.filter(seq__gt=11).delete()
        ChainHead.objects.update(seq=11, hash=Event.objects.get(pk=11).hash)
    report = found("cut_tail", number=3, last=12, head=11)
    assert report.first_bad_event == 12


def go_back_to(number: int) -> None:
    """An older copy of the database."""
    last = Checkpoint.objects.get(pk=number).last_seq
    with sealing.lifted():
        Checkpoint.objects.filter(number__gt=number).delete()
        Event.objects.filter(seq__gt=last).delete()
        ChainHead.objects.update(seq=last, hash=Event.objects.get(pk=last).hash)


@pytest.mark.usefixtures("_three")
def test_an_older_database_put_back_is_an_alarm_and_gets_no_new_checkpoint() -> None:
    go_back_to(2)
    found("older_database", number=2, published=3)
    assert checkpoints.standing().problem == "behind"
    happen()
    with pytest.raises(checkpoints.Behind):
        checkpoints.make_due(clock.now() + timedelta(hours=1))
    with pytest.raises(checkpointing.Refused, match="give-up"):
        checkpointing.run(as_json=False, show=False, new_key=False, give_up=False)
    assert Checkpoint.objects.count() == 2


@pytest.mark.usefixtures("_three")
def test_a_restore_on_purpose_is_said_and_signed() -> None:
    go_back_to(2)
    happen()
    assert checkpointing.run(as_json=False, show=False, new_key=False, give_up=True) == 0
    report = verify()
    assert (report.ok, report.checkpoints, report.given_up) == (True, 3, 1)
    assert Checkpoint.objects.order_by("-number")[0].number == 4
    happen()
    checkpoint()
    assert verify().ok
    go_back_to(4)
    found("older_database", number=4, published=5)


@pytest.mark.usefixtures("_three")
def test_an_old_file_replayed_under_a_later_name(published: Path) -> None:
    shutil.copy(published / checkpoints.file_name(1), published / checkpoints.file_name(3))
    found("checkpoint_out_of_place", other=1)


@pytest.mark.usefixtures("_three")
def test_rows_that_are_missing_or_altered() -> None:
    with sealing.lifted():
        Checkpoint.objects.filter(number=2).delete()
    found("missing_checkpoint", number=2)


@pytest.mark.usefixtures("_three")
@pytest.mark.parametrize("change", [{"root": "0" * 64}, {"signature": "x"}, {"last_seq": 9}])
def test_an_altered_row(change: dict[str, Any]) -> None:
    with sealing.lifted():
        Checkpoint.objects.filter(number=3).update(**change)
    found("changed_checkpoint", number=3)


@pytest.mark.usefixtures("_three")
def test_a_row_altered_before_it_was_published(published: Path) -> None:
    (published / checkpoints.file_name(3)).unlink()
    assert verify().unpublished == 1
    with sealing.lifted():
        payload = Checkpoint.objects.get(pk=3).payload
        root = json.loads(payload)["root"]
        Checkpoint.objects.filter(pk=3).update(payload=payload.replace(root, "0" * 64), root="0" * 64)
    found("changed_checkpoint", number=3)


def alter(published: Path, number: int, **changes: Any) -> None:
    path = published / checkpoints.file_name(number)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.usefixtures("_three")
def test_a_published_file_that_was_altered(published: Path) -> None:
    told = json.loads((published / checkpoints.file_name(2)).read_text())
    alter(published, 2, payload=told["payload"].replace('"count":4', '"count":4 '))
    found("bad_signature", number=2)
    alter(published, 2, payload="nonsense")
    found("unreadable_checkpoint")


@pytest.mark.usefixtures("_three")
def test_a_forger_with_a_key_of_their_own(published: Path, tmp_path: Path) -> None:
    told = json.loads((published / checkpoints.file_name(2)).read_text())
    forged = witness_keys.current(tmp_path / "forger")
    payload = told["payload"].replace(told["key"], forged)
    signature = witness_keys.sign(tmp_path / "forger", forged, payload)
    alter(published, 2, payload=payload, signature=signature, key=forged)
    found("unknown_key", number=2, key=forged)
    name = witness_keys.public_file(tmp_path, forged).name
    shutil.copy(tmp_path / "forger" / name, published / name)
    assert forged in found("foreign_key").facts["key"]
    key = json.loads((published / name).read_text())
    (published / name).write_text(json.dumps({**key, "before": told["key"], "signature": key["public"]}))
    found("foreign_key", key=forged)


@pytest.mark.usefixtures("_three")
def test_a_published_file_that_is_gone_and_a_folder_that_is_empty(published: Path) -> None:
    (published / checkpoints.file_name(2)).unlink()
    found("missing_publication", number=2)
    checkpoints.publish()
    assert verify().ok
    shutil.rmtree(published)
    found("nothing_published", count=3)


@pytest.mark.usefixtures("_three")
def test_a_published_file_is_never_written_over(published: Path) -> None:
    alter(published, 3, signature="x")
    before = (published / checkpoints.file_name(3)).read_bytes()
    with pytest.raises(checkpoints.Contradicted):
        checkpoints.publish()
    assert (published / checkpoints.file_name(3)).read_bytes() == before


@pytest.mark.usefixtures("_three")
def test_a_new_key_is_signed_by_the_one_before_and_old_signatures_stay_good(published: Path) -> None:
    keys = checkpoints.keys_folder()
    first = witness_keys.current(keys)
    happen()
    assert checkpointing.run(as_json=False, show=False, new_key=True, give_up=False) == 0
    second = witness_keys.current(keys)
    assert first != second
    assert {path.stat().st_mode & 0o777 for path in keys.glob("*.pem")} == {0o600}
    (keys / f"checkpoint_{first}.pem").unlink()  # an old key need not be kept
    happen()
    assert checkpoint().key_id == second
    assert (verify().ok, verify().checkpoints) == (True, 5)


def test_a_lost_key_is_said_and_never_replaced_silently() -> None:
    happen()
    key = checkpoint().key_id
    (checkpoints.keys_folder() / f"checkpoint_{key}.pem").unlink()
    happen()
    with pytest.raises(checkpointing.Refused, match="gone"):
        checkpointing.run(as_json=False, show=False, new_key=False, give_up=False)


def test_made_after_a_quarter_of_an_hour_or_a_thousand_events_also_with_a_clock_that_was_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoints, "EVENTS", 10)
    now = clock.now()
    assert checkpoints.make_due(now) == []
    happen()
    assert len(checkpoints.make_due(now)) == 1
    happen()
    assert checkpoints.make_due(clock.now()) == []
    assert len(checkpoints.make_due(now + timedelta(minutes=16))) == 1
    happen(10)
    assert len(checkpoints.make_due(clock.now())) == 1
    happen(1)
    with clock.at(now - timedelta(days=1)):
        happen(1)
        assert len(checkpoints.make_due(clock.now())) == 1
    assert verify().ok
    assert checkpoints.make_due(now + timedelta(days=1)) == []


def test_many_events_make_several_and_the_number_of_each_is_known_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST", 3)
    happen(11)
    foretold = [checkpoints.number_for(seq) for seq in range(1, 12)]
    while checkpoints.make():
        pass
    checkpoints.publish()
    assert foretold == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]
    assert foretold == [checkpoints.number_for(seq) for seq in range(1, 12)]
    assert verify().checkpoints == 4


def test_the_auditor_gets_each_file_once(settings: Any, published: Path) -> None:
    settings.DESAGRAVO_AUDITOR_EMAIL = "auditor@example.org"
    happen()
    assert checkpointing.tick(clock.now()) == 1
    assert checkpointing.tick(clock.now()) == 0
    checkpointing._mail()  # another worker, in the same minute
    happen()
    checkpoints.make()
    checkpoints.publish()
    checkpointing.tick(clock.now())
    mails = list(OutgoingMail.objects.order_by("pk"))
    assert [(each.to_address, each.key) for each in mails] == [
        ("auditor@example.org", "checkpoint 1"), ("auditor@example.org", "checkpoint 2"),
    ]  # fmt: skip
    said = mails[0].body[mails[0].body.index("{") : mails[0].body.rindex("}") + 1]
    assert json.loads(said) == json.loads((published / checkpoints.file_name(1)).read_text())


def test_without_a_mail_server_the_auditor_s_mail_waits_for_one(settings: Any, published: Path) -> None:
    settings.DESAGRAVO_AUDITOR_EMAIL = "auditor@example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    happen()
    checkpointing.tick(clock.now())
    assert [(each.state, each.due_at is not None) for each in OutgoingMail.objects.all()] == [("queued", True)]


@pytest.mark.django_db(transaction=True)
def test_workers_that_ask_at_once_make_one_number_once_while_fifty_events_are_added() -> None:
    def work(number: int) -> int:
        try:
            if number % 2:
                happen(1)
                return 0
            made = checkpoints.make()
            checkpoints.publish()
            return made.number if made else 0
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = [number for number in pool.map(work, range(100)) if number]
    checkpoints.make()
    checkpoints.publish()
    assert sorted(set(made)) == sorted(made)
    report = verify()
    assert (report.problem, report.ok, report.events) == ("", True, 50), report.facts
    numbers = list(Checkpoint.objects.order_by("number").values_list("number", "first_seq", "last_seq"))
    assert [number for number, _first, _last in numbers] == list(range(1, len(numbers) + 1))
    assert [first for _n, first, _last in numbers[1:]] == [last + 1 for _n, _first, last in numbers[:-1]]


@pytest.mark.usefixtures("_three")
def test_the_signs_under_a_letter_are_looked_up() -> None:
    event = Event.objects.get(pk=6)
    told = proofs.printed(6)
    assert (told.hash, told.checkpoint) == (event.hash[:16], 2)
    assert proofs.look_up(told.hash, checkpoint=2).verdict == "proved"
    assert proofs.look_up(told.hash.upper(), checkpoint=2).case == RUI
    assert proofs.look_up(told.hash, checkpoint=3).verdict == "not_found"
    assert proofs.look_up("0" * 16, checkpoint=2).verdict == "not_found"
    assert proofs.look_up("", checkpoint=2).verdict == "not_found"
    happen()
    newest = proofs.printed(14)
    assert newest.checkpoint == 4
    assert proofs.look_up(newest.hash, checkpoint=4).verdict == "waiting"
    assert proofs.look_up(newest.hash, checkpoint=5).verdict == "not_found"
    checkpoint()
    assert proofs.printed(14) == newest
    assert proofs.look_up(newest.hash, checkpoint=4).verdict == "proved"
    recompute(Event.objects.exclude(pk=2))
    assert proofs.look_up(newest.hash, checkpoint=4).verdict == "broken"


def test_letter_and_sheet_print_what_the_record_says_and_made_again_they_print_the_same() -> None:
    cast = engage()
    with clock.at(MONDAY):
        case = closed(cast)
    while run_due():
        pass
    made = {each["kind"]: each for each in _made(case.number)}
    for kind, after in (("letter", ("case.answered", "approval.granted")), ("sign_off", ("case.closed",))):
        event = Event.objects.filter(case_number=case.number, kind__in=after).latest("seq")
        paper = case.documents.get(kind=kind)
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(files.read(paper.stored))).pages)
        assert event.hash[:16] in text
        assert made[kind] == {**made[kind], "proof": event.hash[:16], "checkpoint": 1}
        before = proofs.printed(event.seq)
        checkpoints.make()
        happen()
        checkpoints.make()
        assert proofs.printed(event.seq) == before
        assert proofs.look_up(event.hash[:16], checkpoint=1, where=_empty()).verdict == "broken"  # not published
        checkpoints.publish()
        assert proofs.look_up(event.hash[:16], checkpoint=1).verdict == "proved"
        shutil.rmtree(checkpoints.folder())


def _made(number: str) -> list[dict[str, Any]]:
    events = Event.objects.filter(case_number=number, kind="document.made").order_by("seq")
    return [json.loads(each.payload)["details"] for each in events]


def _empty() -> Path:
    return checkpoints.folder() / "nothing"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """What Rui is given about his case: events under two checkpoints and one that is newer."""
    for _ in range(2):
        happen(7)
        checkpoint()
    happen(2)
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"case": "…", "proofs": proofs.of_case(RUI)}, ensure_ascii=False))
    return path


def test_an_export_is_proved_without_the_database(export: Path, published: Path) -> None:
    told = export_checking.check(export)
    assert (told["events"], told["proved"], told["checkpoints"]) == (5, 4, 2)
    assert export_checking.check(export, published) == told
    assert export_checking.run(export, folder=published, as_json=False) == 0


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda told: told["events"].pop(1), "missing"),
        (lambda told: told["events"][1].update(payload=told["events"][0]["payload"]), "missing"),
        (lambda told: told["events"][1].update(hash="0" * 64), "not as it was recorded"),
        (lambda told: told["events"][1]["path"].pop(), "does not stand"),
        (lambda told: told["events"][1].update(place=0), "does not stand"),
        (lambda told: told["checkpoints"][0].update(signature="AAAA"), "signature"),
        (lambda told: told["checkpoints"].pop(0), "not complete"),
        (lambda told: told["keys"].clear(), "signature"),
    ],
)
def test_an_export_that_was_changed(export: Path, harm: Any, words: str) -> None:
    told = json.loads(export.read_text())
    harm(told["proofs"])
    export.write_text(json.dumps(told))
    with pytest.raises(export_checking.NotWhole, match=words):
        export_checking.check(export)
    assert export_checking.run(export, folder=None, as_json=True) == 1


def test_an_export_signed_with_another_key_is_not_what_was_published(export: Path, published: Path) -> None:
    (published / checkpoints.file_name(2)).unlink()
    with pytest.raises(export_checking.NotWhole, match="not the one that was published"):
        export_checking.check(export, published)
