from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from desagravo.cases import actions
from desagravo.cases.models import FormDraft, Submission
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from tests.cast import FORM, MONDAY, Cast

FIELDS = {"description": "Uma palavra que não se perde", "email": "not an address"}


def test_what_was_typed_and_sent_stays_a_day(cast: Cast) -> None:
    kept = actions.keep_bytes("foto.txt", b"x")
    actions.keep_draft("token", FIELDS, [kept])
    assert actions.draft_of("token") == actions.Draft(FIELDS, (kept,))
    assert actions.draft_of("another") == actions.Draft()
    assert "token" not in FormDraft.objects.get().token_hash
    with clock.at(MONDAY + timedelta(hours=24)):
        assert actions.draft_of("token") == actions.Draft()


def test_a_second_keeping_takes_the_place_of_the_first(cast: Cast) -> None:
    actions.keep_draft("token", {"description": "a"}, [])
    actions.keep_draft("token", {"description": "b"}, [])
    assert actions.draft_of("token").fields == {"description": "b"}
    actions.drop_draft("token")
    assert actions.draft_of("token") == actions.Draft()


def test_expired_drafts_go_with_files_that_nobody_took_over(cast: Cast) -> None:
    taken, left, young = (actions.keep_bytes(f"{name}.txt", name.encode()) for name in ("taken", "left", "young"))
    actions.keep_draft("token", FIELDS, [taken, left])
    complaint = actions.read_complaint(FORM, today=MONDAY.date())
    actions.receive(
        complaint, key=uuid4().hex, actor=Actor("customer", "portal"), channel="web", language="en", kept=[taken]
    )
    with clock.at(MONDAY + timedelta(hours=23)):
        actions.keep_draft("later", FIELDS, [young])
    assert actions.forget_expired(MONDAY + timedelta(hours=24)) == 1
    assert not files.path(left.stored).exists()
    assert files.path(taken.stored).exists()
    assert files.path(young.stored).exists()
    assert actions.draft_of("later").fields == FIELDS


def test_files_of_a_submission_that_waits_to_be_opened_stay(cast: Cast) -> None:
    kept = actions.keep_bytes("foto.txt", b"x")
    actions.keep_draft("token", FIELDS, [kept])
    Submission.objects.create(
        key="k", digest="", content=f'{{"files": ["{kept.stored}"]}}', channel="web", received_at=MONDAY
    )
    actions.forget_expired(MONDAY + timedelta(hours=25))
    assert files.path(kept.stored).exists()
