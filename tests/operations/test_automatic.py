"""The hourly backup: one at a time, not before its hour, and one that fails is told."""

from __future__ import annotations

import fcntl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desagravo.operations.backup import automatic, known

pytestmark = [pytest.mark.process]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that no product has ever worked in, so that every backup of it fails."""
    (tmp_path / "run").mkdir()
    for name, value in {
        "DESAGRAVO_DATA": str(tmp_path),
        "DESAGRAVO_BACKUPS": str(tmp_path / "backups"),
        "DESAGRAVO_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "desagravo.settings.base",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(automatic, "_running", None)
    return tmp_path


def _running() -> list[subprocess.Popen[str]]:
    return [automatic._running[0]] if automatic._running else []


def test_one_that_fails_is_told_and_tried_again_after_its_hour(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    automatic.tick(NOW)
    (child,) = _running()
    child.wait()
    automatic.tick(NOW)
    told = known.state(data)
    assert told.alarm == "failed"
    assert "never been started" in told.sentence()
    automatic.tick(NOW)
    assert not _running()
    monkeypatch.setenv("DESAGRAVO_BACKUP_MINUTES", "0")
    automatic.tick(NOW)
    (child,) = _running()
    child.wait()


def test_nothing_is_done_while_it_is_not_wanted_not_time_or_another_worker_does_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (data / "run" / "backup.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        automatic.tick(NOW)
        assert not _running()
    known.note_backup(data, file="x", event=1, bytes=1, sealed=True)
    automatic.tick(NOW)
    assert not _running()
    monkeypatch.setenv("DESAGRAVO_BACKUP_MINUTES", "0")
    monkeypatch.delenv("DESAGRAVO_BACKUPS")
    automatic.tick(NOW)
    assert not _running()


def test_that_none_was_ever_made_is_told_in_the_language_of_the_reader(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known.state(data).alarm == "never"
    assert "none has been made yet" in known.state(data).sentence()
    monkeypatch.delenv("DESAGRAVO_BACKUPS")
    assert known.state(data).alarm == ""
    monkeypatch.setenv("DESAGRAVO_BACKUPS", "somewhere")
    monkeypatch.setattr(known, "_", lambda words: f"translated: {words}")
    assert known.state(data).sentence().startswith("translated: ")
    known.note_backup(data, file="x", event=1, bytes=1, sealed=True)
    assert known.state(data).alarm == ""
