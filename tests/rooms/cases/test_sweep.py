"""Files that belong to nothing leave the store after a day; whatever anything names stays."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Attachment, ComplaintForm, Document, Submission
from desagravo.common import clock, files
from tests.cast import Cast, engage, filed, in_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Path, settings: Any) -> Cast:
    settings.DESAGRAVO_DATA = tmp_path  # a store of its own: other tests leave files behind
    (tmp_path / "keys").mkdir()
    return engage()


def aged(name: str, hours: float = 25) -> str:
    then = time.time() - hours * 3600
    os.utime(files.path(name), (then, then))
    return name


def test_an_orphan_goes_and_everything_that_is_named_stays(cast: Cast) -> None:
    case = in_work(cast)
    note = actions.keep_bytes("note.txt", b"note")
    actions.note(case, body="x", actor=cast.rui, kept=[note])
    paper = actions.keep_document(case, kind="receipt", subject=1, pdf=b"%PDF-1.7")
    drafted = actions.keep_bytes("draft.txt", b"draft")
    actions.keep_draft("t" * 43, {}, [drafted])
    signature = files.store(b"drawn")
    ComplaintForm.objects.filter(case=case).update(signature_file=signature.name)
    raw = files.store(b"raw")
    Submission.objects.create(
        key="k", digest="d", content=f'{{"files": ["{raw.name}"]}}', channel="web", received_at=clock.now()
    )
    attached = Attachment.objects.get().stored
    named = [attached, paper.stored, drafted.stored, signature.name, raw.name]
    orphan, young = files.store(b"orphan").name, files.store(b"young").name
    for name in [*named, orphan]:
        aged(name)
    aged(young, 23)
    assert actions.sweep_files(clock.now()) == 1
    assert not files.path(orphan).exists()
    assert all(files.path(name).exists() for name in [*named, young])
    assert Document.objects.exists()


def test_what_has_no_name_of_the_store_is_left_alone(cast: Cast) -> None:
    filed()
    folder = files.root() / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    foreign = folder / "README"
    foreign.write_text("not ours")
    os.utime(foreign, (0, 0))
    actions.sweep_files(clock.now())
    assert foreign.exists()
    foreign.unlink()
