"""F18, the part of the database: a backup first, whole or not at all, never backwards, and nothing served meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.operations.test_backup import House, file, set_up, started
from tests.product import Product

pytestmark = [pytest.mark.process, pytest.mark.long]

MIGRATION = """
from django.db import migrations, models

def stumble(apps, editor):
    {stumble}

class Migration(migrations.Migration):
    dependencies = [("next_release", "{before}")]
    operations = [
        migrations.AddField("thing", "{field}", models.CharField(max_length=20, default="")),
        migrations.RunPython(stumble, stumble),
    ]
"""
FIRST = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))])]
"""
SETTINGS = """
from desagravo.settings.base import *
INSTALLED_APPS = [*INSTALLED_APPS, "next_release"]
"""


def next_release(folder: Path, *, stumbles: bool) -> dict[str, str]:
    """The present release with three more migrations, of which the last may fail; its surroundings."""
    package = folder / "next_release"
    (package / "migrations").mkdir(parents=True, exist_ok=True)
    for init in (package, package / "migrations"):
        (init / "__init__.py").touch()
    (package / "migrations" / "0001_initial.py").write_text(FIRST)
    words = 'raise RuntimeError("no room")' if stumbles else "pass"
    for number, before, what in ((2, "0001_initial", "pass"), (3, "0002_more", words)):
        text = MIGRATION.format(before=before, field=f"field_{number}", stumble=what)
        (package / "migrations" / f"000{number}_more.py").write_text(text)
    (folder / "next_settings.py").write_text(SETTINGS)
    return {"PYTHONPATH": path_with(folder), "DJANGO_SETTINGS_MODULE": "next_settings"}


def path_with(folder: Path) -> str:
    """Where Python looks for modules, and in this folder too."""
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


@pytest.fixture
def house(tmp_path: Path, own_database: str) -> House:
    return House(tmp_path / "data", own_database)


def test_an_upgrade_that_fails_leaves_everything_as_it_was(tmp_path: Path, house: House) -> None:
    with started(house) as product:
        file(product, "before the upgrade")
    living = house.look()
    newer = next_release(tmp_path / "next", stumbles=True)
    said = house.run("migrate", code=1, more=newer)
    assert "no room" in said
    assert "It is as it was before" in said
    assert "Traceback" not in said
    kept = list((house.data / "backups").glob("before-*.backup"))
    assert len(kept) == 1
    assert house.look() == living
    with started(house) as product:  # the release that was there goes on
        file(product, "after the upgrade that failed")
    product = Product("start", data=house.data, database_url=house.url, environment=newer)
    with pytest.raises(AssertionError, match="could not be made ready"):
        product.start()


def test_an_upgrade_is_backed_up_first_and_there_is_no_way_back_but_the_backup(tmp_path: Path, house: House) -> None:
    with started(house) as product:
        file(product, "before the upgrade")
    living = house.look()
    newer = next_release(tmp_path / "next", stumbles=False)
    house.run("migrate", more=newer)
    (kept,) = (house.data / "backups").glob("before-*.backup")
    house.run("migrate", more=newer)
    assert list((house.data / "backups").iterdir()) == [kept], "nothing to do, nothing to back up"
    assert not list(house.data.glob(".*before-upgrade"))
    house.run("restore", str(kept), more=newer)
    assert house.look()["words"] == living["words"], "the newer release restores what the older one backed up"
    house.run("migrate", more=newer)
    assert list((house.data / "backups").iterdir()) == [kept], "and it has brought it up to date at once"
    older = {"PYTHONPATH": path_with(tmp_path / "next")}
    said = house.run("migrate", code=1, more=older | knows_the_app_only(tmp_path / "next"))
    assert "newer version" in said
    after = tmp_path / "after.backup"
    house.run("backup", "--to", str(after), more=newer)
    said = House(tmp_path / "elsewhere", house.url).run("restore", str(after), code=1)
    assert "newer version" in said
    house.run("restore", str(kept), "--force", str(house.look()["head"][0]))
    assert house.look()["words"] == living["words"]
    house.run("migrate")


def test_a_machine_that_goes_down_during_an_upgrade_finds_the_database_as_it_was(tmp_path: Path, house: House) -> None:
    set_up(house)
    living = house.look()
    newer = next_release(tmp_path / "next", stumbles=True)
    last = tmp_path / "next" / "next_release" / "migrations" / "0003_more.py"
    stumbling = last.read_text()
    last.write_text(stumbling.replace('raise RuntimeError("no room")', "import os; os.kill(os.getpid(), 9)"))
    house.run("migrate", code=-9, more=newer)
    last.write_text(stumbling)
    assert "no room" in house.run("migrate", code=1, more=newer)
    assert house.python(APPLIED) == "0", "what was changed by half was kept as if it were what was there before"
    assert house.look() == living
    last.write_text(stumbling.replace('raise RuntimeError("no room")', "import os; os.kill(os.getpid(), 9)"))
    house.run("migrate", code=-9, more=newer)
    last.write_text(stumbling.replace('raise RuntimeError("no room")', "pass"))
    house.run("restore", str(max((house.data / "backups").glob("before-*.backup"))), more=newer)
    assert not list(house.data.glob(".*before-upgrade*")), "the next upgrade would go back behind the restore"
    house.run("migrate", more=newer)
    assert house.look()["events"] == living["events"]


APPLIED = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'next_release'")
    print(cursor.fetchone()[0], end="")
"""


def knows_the_app_only(folder: Path) -> dict[str, str]:
    """A release that has the application, but not its newest migrations."""
    for path in (folder / "next_release" / "migrations").glob("000[234]*.py"):
        path.rename(path.with_suffix(".gone"))
    (folder / "older_settings.py").write_text(SETTINGS)
    return {"DJANGO_SETTINGS_MODULE": "older_settings"}
