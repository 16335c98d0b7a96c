"""F19 and F20: a backup made while people write is one moment, restores to exactly that moment, and a damaged one is
refused before anything that lives is touched."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desagravo.operations.backup import archive
from desagravo.operations.backup.refusals import BackupProblem
from tests.conftest import new_postgres_database
from tests.product import Product, bare_environment
from tests.promises.canaries import left_in, left_in_folder

pytestmark = [pytest.mark.process, pytest.mark.long]

NOWHERE = {"DESAGRAVO_SMTP_URL": "smtp://127.0.0.1:9?tls=0"}
FORM = {
    "complainant_name": "Inês Conceição",
    "phone": "+351 912 345 678",
    "occurred_on": "2026-01-05",
    "form_completed_on": "2026-01-07",
    "language": "pt-pt",
    "signature": {"method": "typed", "name": "Inês Conceição"},
}
LOOK = """
import json
import django
django.setup()
from desagravo.cases.models import Attachment, Case, ComplaintForm
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import files
from desagravo.history.models import ChainHead, Event
print(json.dumps({
    "head": ChainHead.objects.values_list("seq", "hash").get(),
    "events": list(Event.objects.order_by("seq").values_list("seq", "hash")),
    "cases": list(Case.objects.order_by("number").values_list("number", flat=True)),
    "words": list(ComplaintForm.objects.values_list("description", flat=True)),
    "files": {a.stored: a.sha256 for a in Attachment.objects.all() if files.path(a.stored).exists()},
    "attached": Attachment.objects.count(),
    "mails": list(OutgoingMail.objects.order_by("pk").values_list("state", "note")),
}))
"""
SEALED = "import django; django.setup(); from desagravo.common import sealed; print({}, end='')"


@dataclass
class House:
    """A data folder and its database."""

    data: Path
    url: str = ""

    def run(self, *arguments: str, code: int = 0, more: dict[str, str] | None = None, words: str = "") -> str:
        """A command; its output, both channels together."""
        command = [sys.executable, "-m", "desagravo.operations", *arguments, "--data", str(self.data)]
        environment = bare_environment(self.url) | (more or {})
        done = subprocess.run(command, env=environment, input=words, capture_output=True, text=True, timeout=600)
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout if done.returncode == 0 else done.stderr

    def look(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.python(LOOK))
        return told

    def python(self, lines: str, *arguments: str) -> str:
        """Lines of Python on this house's data; what they print."""
        environment = bare_environment(self.url)
        environment |= {"DJANGO_SETTINGS_MODULE": "desagravo.settings.base", "DESAGRAVO_DATA": str(self.data)}
        command = [sys.executable, "-c", lines, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def another_database(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        yield ""
        return
    with new_postgres_database() as url:
        yield url


@dataclass
class People:
    """Who write while the backup is made."""

    product: Product
    answered: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> People:
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _write(self, number: int) -> None:
        count = 0
        while not self.over.is_set():
            count += 1
            file(self.product, f"complaint {number} {count}")
            self.answered.append(f"complaint {number} {count}")

    def wait_for(self, count: int) -> None:
        while len(self.answered) < count:
            assert any(thread.is_alive() for thread in self.threads)
            self.over.wait(0.05)


def file(product: Product, words: str) -> None:
    evidence = {"name": "photo.txt", "content_base64": "d2hhdCBoYXBwZW5lZA=="}
    body = {**FORM, "description": words, "email": f"{words.replace(' ', '.')}@example.org", "attachments": [evidence]}
    number = int(hashlib.sha256(words.encode()).hexdigest()[:6], 16)
    request = urllib.request.Request(
        product.url + "/api/v1/complaints",
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/json",
            "Idempotency-Key": words,
            "X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
        },
    )
    with urllib.request.urlopen(request, timeout=150) as answer:
        assert answer.status == 201


def everything_in(folder: Path) -> dict[str, str]:
    """Each file with its digest, but for signs of life and what SQLite keeps beside a database that is open."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "run" not in path.relative_to(folder).parts[:1] and not path.name.endswith("-shm")
    }


@pytest.fixture
def house(tmp_path: Path, engine: str, own_database: str) -> House:
    return House(tmp_path / "data", own_database)


def set_up(house: House) -> None:
    """Somebody is administrator, so that the product is open."""
    if (house.data / "keys").is_dir():
        return
    person = ["--email", "ana@casa.example", "--name", "Ana", "--role", "manager", "--role", "administrator"]
    house.run("add-person", *person, words="areia-ostra-pedra-6264\n")


def started(house: House) -> Product:
    set_up(house)
    environment = {**NOWHERE, "DESAGRAVO_PROXY": "1"}
    return Product("start", data=house.data, database_url=house.url, environment=environment)


def test_a_backup_under_load_is_one_moment_and_restores_to_it(tmp_path: Path, engine: str, house: House) -> None:
    key = tmp_path / "key"
    house.run("backup-key", str(key))
    target = tmp_path / "under-load.backup"
    with started(house) as product, People(product) as people:
        secret = house.python(SEALED.format("sealed.seal('a password')"))
        people.wait_for(15)
        before = list(people.answered)
        made = json.loads(house.run("backup", "--to", str(target), "--key", f"{key}.pub", "--json"))
        people.wait_for(len(people.answered) + 5)
        assert "running" in house.run("restore", str(target), "--key", str(key), code=1)
    living = house.look()
    assert living["head"][0] > made["event"], "nobody wrote while the backup was made"
    assert target.stat().st_mode & 0o077 == 0
    with another_database(engine) as url:
        clean = House(tmp_path / "clean", url)
        told = json.loads(clean.run("restore", str(target), "--key", str(key), "--json"))
        back = clean.look()
    assert told["event"] == made["event"] == back["head"][0]
    assert back["head"][1] == made["head"] == dict(living["events"])[made["event"]]
    assert back["events"] == [each for each in living["events"] if each[0] <= made["event"]]
    assert set(before) <= set(back["words"])
    assert len(back["files"]) == back["attached"] == len(back["words"])
    for stored, sha256 in back["files"].items():
        kept = clean.data / "files" / stored[:2] / stored
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == sha256
    keys = everything_in(house.data / "keys")
    assert "tracking_key" in keys
    assert everything_in(clean.data / "keys") == keys
    assert clean.python(SEALED.format(f"sealed.unseal({secret!r})")) == "a password"
    on_their_way = [state for state, _note in back["mails"]]
    assert on_their_way
    assert set(on_their_way) == {"uncertain"}
    assert all(note == "restored" for _state, note in back["mails"])


def test_a_damaged_backup_is_refused_before_anything_is_touched(tmp_path: Path, house: House) -> None:
    with started(house) as product:
        for number in range(2):
            file(product, f"complaint {number}")
        whole = tmp_path / "whole.backup"
        house.run("backup", "--to", str(whole))
    before, living = everything_in(house.data), house.look()
    content = whole.read_bytes()
    damaged = tmp_path / "damaged.backup"
    changes = {
        "flipped at the beginning": (flipped(content, 100), "damaged|no backup"),
        "flipped in the database": (flipped(content, 3_000), "damaged"),
        "flipped in a file": (flipped(content, content.index(b"what happened") + 3), "damaged"),
        "flipped in the manifest": (flipped(content, content.rindex(b'"members"') + 15), "damaged"),
        "cut in the middle": (content[: len(content) // 2], "cut off|damaged"),
        "without its end": (content[:-1024], "cut off"),
        "without its last byte": (content[:-1], "cut off"),
        "longer": (content + b"x", "after its end"),
        "a part is missing": (without(content, b"what happened"), "damaged"),
        "empty": (b"", "cut off"),
        "something else": (b"%PDF-1.7 " * 200, "no backup"),
    }
    for words, (changed, cause) in changes.items():
        damaged.write_bytes(changed)
        said = house.run("restore", str(damaged), "--force", str(living["head"][0]), code=1)
        assert any(part in said for part in cause.split("|")), (words, said)
        assert "Traceback" not in said
        assert everything_in(house.data) == before, words
    assert house.look() == living
    assert "could not be read" in house.run("restore", str(tmp_path / "none"), code=1)


def flipped(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


def without(content: bytes, words: bytes) -> bytes:
    """The archive without the member in which these words stand."""
    start = content.index(words) // 512 * 512
    return content[: start - 512] + content[start + 512 :]


def test_an_older_backup_goes_over_a_newer_database_only_with_its_number(tmp_path: Path, house: House) -> None:
    with started(house) as product:
        file(product, "before")
        kept = tmp_path / "kept.backup"
        made = json.loads(house.run("backup", "--to", str(kept), "--json"))
        file(product, "after")
    last = house.look()["head"][0]
    assert last > made["event"]
    said = house.run("restore", str(kept), code=1)
    assert f"--force {last}" in said
    house.run("restore", str(kept), "--force", str(last - 1), code=1)
    assert house.look()["head"][0] == last
    house.run("restore", str(kept), "--force", str(last))
    assert house.look()["words"] == ["before"]
    assert len(list(house.data.glob("before-restore-*/files/*/*"))) >= 2, "what was there is kept"


def test_a_trial_restore_changes_nothing_and_is_noted(tmp_path: Path, house: House) -> None:
    words = tmp_path / "passphrase"
    words.write_text("areia ostra pedra 6264")
    with started(house) as product:
        file(product, "one")
        first = json.loads(house.run("backup", "--json"))["file"]
        house.run("backup", "--keep", "1", "--passphrase-file", str(words))
        kept = list((house.data / "backups").iterdir())
        assert len(kept) == 1
        assert str(kept[0]) != first
        assert "passphrase" in house.run("restore-drill", str(kept[0]), code=1)
        told = json.loads(house.run("restore-drill", str(kept[0]), "--passphrase-file", str(words), "--json"))
        assert told["verify"]["ok"]
        noted = json.loads((house.data / "run" / "backups.json").read_text())
        assert noted["last_restored"]["event"] == told["event"]
        assert not list((house.data / "run").glob("restoring-*"))
        assert "history is whole" in house.run("verify")


def test_an_interrupted_switch_is_finished_by_the_next_start(tmp_path: Path, house: House) -> None:
    with started(house) as product:
        file(product, "before")
        kept = tmp_path / "kept.backup"
        house.run("backup", "--to", str(kept))
        file(product, "after")
    last = house.look()["head"][0]
    crash = {"DESAGRAVO_CRASH_AT": "restore.moved"}
    house.run("restore", str(kept), "--force", str(last), code=-9, more=crash)
    assert (house.data / "run" / "restoring.json").exists()
    with started(house):
        pass
    back = house.look()
    assert back["words"] == ["before"]
    assert len(back["files"]) == back["attached"] == 1
    assert not (house.data / "run" / "restoring.json").exists()


ERASE = """
import sys
import django
django.setup()
from desagravo.cases import actions
from desagravo.cases.models import Case
from desagravo.common.actor import Actor
from desagravo.departments import queries as departments
from desagravo.history import outbox
def work():
    while outbox.run_due():
        pass
    assert outbox.dead_count() == 0
if sys.argv[1:] == ["erase"]:
    case = Case.objects.get()
    actions.withdraw(case, actor=Actor("customer", case.number))
    work()
    keeper = departments.actor_for(departments.person_with_email("ana@casa.example"))
    actions.ask_erasure([case.number], ground="asked", password="areia-ostra-pedra-6264", actor=keeper)
work()
assert all(case.erased_at for case in Case.objects.all())
"""
CANARIES = ["Inês Conceição", "912 345 678", "phantom of the icebox", "phantom.of.the", "what happened"]


def test_who_was_erased_after_the_backup_is_erased_again_when_it_is_restored(tmp_path: Path, house: House) -> None:
    with started(house) as product:
        file(product, "phantom of the icebox")
        kept = tmp_path / "kept.backup"
        house.run("backup", "--to", str(kept))
    house.python(ERASE, "erase")
    assert left(house) == {}, "the erasure itself left something"
    last = house.look()["head"][0]
    told = json.loads(house.run("restore", str(kept), "--force", str(last), "--json"))
    assert told["erased_again"] == 1
    assert left_in_folder(Path(told["kept"]), CANARIES) == {}, "what was put aside was erased before"
    house.python(ERASE)
    assert left(house) == {}
    assert "history is whole" in house.run("verify")


def left(house: House) -> dict[str, Any]:
    """Where in the data folder and in the database something of the person is left."""
    shutil.rmtree(house.data / "static", ignore_errors=True)  # nothing of anybody, and much to read
    found: dict[str, Any] = dict(left_in_folder(house.data, CANARIES))
    if house.url:
        with psycopg.connect(house.url) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables "
                "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
            for schema, table in tables:
                rows = connection.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{schema}"."{table}" t').fetchone()
                if rows and rows[0] and (words := left_in(rows[0].encode(), CANARIES)):
                    found[f"{schema}.{table}"] = words
    return found


def test_a_product_with_a_folder_for_backups_makes_them_by_itself(tmp_path: Path, house: House) -> None:
    key, folder = tmp_path / "key", tmp_path / "backups"
    house.run("backup-key", str(key))
    set_up(house)
    environment = NOWHERE | {"DESAGRAVO_BACKUPS": str(folder), "DESAGRAVO_BACKUP_KEY": f"{key}.pub"}
    with Product("start", data=house.data, database_url=house.url, environment=environment):
        until(lambda: list(folder.glob("desagravo-*.backup")))
    (made,) = folder.glob("desagravo-*.backup")
    house.run("restore-drill", str(made), "--key", str(key))


def until(true: Callable[[], Any], *, seconds: float = 180) -> None:
    """Wait for it; the time only ends a test that would wait for ever."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)


def test_the_living_keys_stay_when_the_backup_brings_none(tmp_path: Path, house: House) -> None:
    set_up(house)
    secret = house.python(SEALED.format("sealed.seal('a password')"))
    keys = everything_in(house.data / "keys")
    kept = tmp_path / "kept.backup"
    house.run("backup", "--to", str(kept), "--without-keys")
    said = house.run("restore", str(kept))
    assert everything_in(house.data / "keys") == keys
    assert house.python(SEALED.format(f"sealed.unseal({secret!r})")) == "a password"
    assert str(house.data / "keys") in said


FOREIGN = [".git/HEAD", "READ ME.txt", "ação.txt", f"{'long' * 30}.txt", "old/checkpoint_00000001.json", "notes.txt"]


def test_what_is_not_ours_is_left_out_and_the_backup_can_be_restored(tmp_path: Path, house: House) -> None:
    set_up(house)
    for name in FOREIGN:
        for folder in (house.data / "keys", house.data / "checkpoints"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("foreign")
    kept = tmp_path / "kept.backup"
    made = json.loads(house.run("backup", "--to", str(kept), "--json"))
    assert "checkpoints/READ ME.txt" in made["foreign"]
    assert not any(".git" in name for name in made["foreign"])
    house.run("restore-drill", str(kept))
    members = subprocess.run(["tar", "-tf", str(kept)], capture_output=True, text=True, check=True).stdout.split("\n")
    assert [name for name in members if name.startswith("checkpoints/") and "checkpoint_" not in name] == []
    assert "keys/tracking_key" in members or "keys/django_secret" in members


@pytest.mark.parametrize("name", [".git", "READ ME.txt", "a/../b", "a" * 101, "ação", "/etc/passwd", ""])
def test_a_name_that_no_reader_takes_is_not_written(name: str) -> None:
    sink = io.BytesIO()
    with pytest.raises(BackupProblem):
        archive.Writer(sink).add(name, b"words")
    assert not sink.getvalue()


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.run("migrate")
    target = tmp_path / "there.backup"
    target.write_text("mine")
    assert "exists already" in house.run("backup", "--to", str(target), code=1)
    assert target.read_text() == "mine"
    house.run("backup", "--to", str(tmp_path / "new" / "folder"))
    assert len(list((tmp_path / "new" / "folder").glob("desagravo-*.backup"))) == 1
    never = House(tmp_path / "never")
    never.data.mkdir()
    assert "never been started" in never.run("backup", code=1)
