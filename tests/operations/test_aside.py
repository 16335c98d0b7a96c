"""What an upgrade or a restore puts aside goes when it is thirty days old; what a killed restore left goes at once."""

from __future__ import annotations

import fcntl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from desagravo.operations import work
from desagravo.operations.backup import aside
from tests.cast import engage

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OLD, LEFT = "before_restore_20260302t090000z", "restoring_20260302090000_ab_1"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one of each, and two things that only look like them."""
    monkeypatch.setenv("DESAGRAVO_DATA", str(tmp_path))
    monkeypatch.setattr(settings, "DESAGRAVO_DATA", tmp_path)
    for name in ("run", "backups", "before-restore-20260302T090000Z/files", "before-restore-mine", "files"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("before-0.3.0-20260302T090000Z.backup", "desagravo-20260302T090000Z-e8.backup"):
        (tmp_path / "backups" / name).write_text("everybody")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for schema in (OLD, LEFT, "before_restore_mine"):
                cursor.execute(f"CREATE SCHEMA {schema}")
    for name in ("restoring-20260302090000-ab_1", "run/restoring-20260302090000-ab_2"):
        (tmp_path / name).mkdir()
    return tmp_path


def there(data: Path) -> set[str]:
    names = {path.name for folder in (data, data / "run", data / "backups") for path in folder.iterdir()}
    return (names | set(aside._schemas())) - {"restoring.lock", "run", "backups", "files", "public"}


def looks_alike() -> set[str]:
    return {"before-restore-mine", "desagravo-20260302T090000Z-e8.backup"} | (
        {"before_restore_mine"} if connection.vendor == "postgresql" else set()
    )


def test_copies_go_after_thirty_days_and_nothing_else_does(data: Path) -> None:
    aside.tick(AT + timedelta(days=30))
    names = there(data)
    assert {"before-restore-20260302T090000Z", "before-0.3.0-20260302T090000Z.backup"} <= names
    assert (OLD in names) == (connection.vendor == "postgresql")
    aside.tick(AT + timedelta(days=30, seconds=1))
    assert {name for name in there(data) if not name.startswith("pg_")} - {"information_schema"} == looks_alike()
    assert "desagravo.operations.backup.aside:tick" in [each.where for each in work.TICKS]


def test_what_a_killed_restore_left_goes_at_once_but_not_from_under_one_that_works(data: Path) -> None:
    with (data / "run" / "restoring.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        aside.clear_killed(data)
        assert "restoring-20260302090000-ab_1" in there(data)
    (data / "run" / "restoring.json").write_text("{}")
    aside.clear_killed(data)
    assert "restoring-20260302090000-ab_1" in there(data)
    (data / "run" / "restoring.json").unlink()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET application_name = '{LEFT}'")
        aside.clear_killed(data)
        assert LEFT in there(data), "a trial on another machine fills it"
        with connection.cursor() as cursor:
            cursor.execute("RESET application_name")
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # seen once per transaction, and a test is one
    aside.clear_killed(data)
    assert not [name for name in there(data) if name.startswith("restoring")]
    assert "before-restore-20260302T090000Z" in there(data)


def test_the_page_of_the_health_counts_them(data: Path) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(engage().person("xavier"))
    words = browser.get("/administration/health/").content.decode()
    assert "Copies from before an upgrade or a restore" in words
    assert "remove it by hand" in words, "it is much older than thirty days"
