"""Nothing that was accepted is lost and nothing is there twice, whoever of the product dies, and when.

The real product on a folder of its own, its processes killed with kill -9: at the named points of its code
(``DESAGRAVO_CRASH_AT``) and at random moments, while complaints come in and are sent again until they are answered.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest

from tests.conftest import new_postgres_database
from tests.product import Product, bare_environment

pytestmark = [pytest.mark.process]

LOOK = """
import json, os
import django
django.setup()
from django.db.models import Count
from desagravo.cases.models import Case, ComplaintForm, Document, Submission
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.history.models import Delivery, Event
print(json.dumps({
    "cases": dict(ComplaintForm.objects.filter(version=1).values_list("case__number", "description")),
    "numbers": list(Case.objects.order_by("pk").values_list("number", flat=True)),
    "unopened": Submission.objects.filter(case=None).count(),
    "submissions": Submission.objects.count(),
    "received": list(Event.objects.filter(kind="case.received").values_list("case_number", flat=True)),
    "receipts": list(Document.objects.filter(kind="receipt").values_list("case__number", flat=True)),
    "mails": list(OutgoingMail.objects.filter(letter="acknowledgement").values_list("case_number", flat=True)),
    "deliveries": list(Delivery.objects.values_list("state").annotate(n=Count("pk"))),
    "late": Delivery.objects.filter(state="leased", due_at__lt=clock.now()).count(),
}))
"""
FORM = {
    "complainant_name": "Inês Conceição",
    "phone": "+351 912 345 678",
    "occurred_on": "2026-01-05",
    "form_completed_on": "2026-01-07",
    "language": "pt-pt",
    "signature": {"method": "typed", "name": "Inês Conceição"},
}


@dataclass
class Story:
    """One folder and database through several lives of the product; what was sent, and what was answered."""

    data: Path
    database_url: str
    chance: Random
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    kills: int = 0

    def new_key(self) -> str:
        key = f"complaint {len(self.sent):04d} {self.chance.getrandbits(64):016x}"
        self.sent.append(key)
        return key

    @contextmanager
    def life(self, *crash_at: str) -> Iterator[Product]:
        """The product from its start to kill -9 of everything, or to the test's end."""
        environment = {"DESAGRAVO_CRASH_AT": ",".join(crash_at)} if crash_at else {}
        product = Product("demo", data=self.data, database_url=self.database_url, environment=environment)
        product.start()
        try:
            yield product
        finally:
            processes = family_of(product)
            product.kill()
            self.kills += 1
            gone = time.monotonic() + 20
            while any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes):
                assert time.monotonic() < gone, processes
                time.sleep(0.1)

    def prepare(self) -> None:
        """A product that has somebody who can sign in, so that no sample company is loaded."""
        self.run(
            "add-person",
            "--email",
            "ana@casa.example",
            "--name",
            "Ana",
            "--role",
            "manager",
            words="a long password 7\n",
        )

    def run(self, *arguments: str, words: str = "") -> str:
        command = [sys.executable, "-m", "desagravo.operations", *arguments, "--data", str(self.data)]
        environment = bare_environment(self.database_url)
        done = subprocess.run(command, env=environment, input=words, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def look(self) -> dict[str, Any]:
        """What the database holds now."""
        environment = bare_environment(self.database_url)
        environment |= {"DJANGO_SETTINGS_MODULE": "desagravo.settings.base", "DESAGRAVO_DATA": str(self.data)}
        done = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told


def file(product: Product, key: str, *, seconds: float = 10) -> dict[str, Any] | None:
    """Send a complaint once. None where the answer did not come."""
    request = urllib.request.Request(
        product.url + "/api/v1/complaints",
        data=json.dumps({**FORM, "description": key, "email": f"{key.split()[2]}@example.org"}).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            told: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as refused:
        code, why = refused.code, refused.read()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    else:
        told["tracking_url"] = told["tracking_url"].removeprefix(product.url)  # each life has another port
        return told
    assert code >= 500, why
    return None


def file_until_answered(story: Story, product: Product, key: str) -> None:
    """What a careful client does: the same key again until there is an answer."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        told = file(product, key)
        if told:
            story.answered[key] = told
            return
        time.sleep(0.2)
    raise AssertionError(f"no answer for {key}\n{product.errors()[-2000:]}")


def family_of(product: Product) -> list[psutil.Process]:
    assert product.process is not None
    return psutil.Process(product.process.pid).children(recursive=True)


def web_children(product: Product) -> list[psutil.Process]:
    """The web processes that live now and answer requests."""
    server = the_one_with(product, "operations.serve")
    return [each for each in server.children() if "operations.serve" in command_of(each)] if server else []


def the_one_with(product: Product, words: str) -> psutil.Process | None:
    return next((each for each in family_of(product) if words in command_of(each)), None)


def command_of(process: psutil.Process) -> str:
    """The command line; empty for what has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def wait_for(product: Product, words: str, seconds: float = 60) -> None:
    """Wait until the product has said this."""
    deadline = time.monotonic() + seconds
    while words not in product.errors():
        assert time.monotonic() < deadline, product.errors()[-2000:]
        time.sleep(0.1)


def die_at_named_points(story: Story) -> None:
    """Each named point once, in the process that passes it."""
    with story.life("outbox.claimed") as product:
        for _ in range(3):
            file_until_answered(story, product, story.new_key())
        wait_for(product, "The worker ended by itself (signal 9)")
        story.kills += 1
    with story.life("after_raw_write", "outbox.handled") as product:
        story.kills += unanswered(story, product)
        wait_for(product, "The worker ended by itself (signal 9)")
        story.kills += 1
    for point in ("history.recorded", "after_commit"):
        with story.life(point) as product:
            story.kills += unanswered(story, product)


def unanswered(story: Story, product: Product, count: int = 2) -> int:
    """Complaints whose web process dies before it can answer; how many died."""
    for _ in range(count):
        assert file(product, story.new_key()) is None
        time.sleep(1)
    return count


def die_at_random_moments(story: Story, product: Product, *, web: int, workers: int) -> None:
    """Three clients file without pause while processes are killed."""
    over = threading.Event()
    problems: list[BaseException] = []
    lock = threading.Lock()

    def client() -> None:
        try:
            while not over.is_set():
                with lock:
                    key = story.new_key()
                file_until_answered(story, product, key)
                time.sleep(0.1)
        except BaseException as problem:
            problems.append(problem)

    clients = [threading.Thread(target=client) for _ in range(3)]
    for each in clients:
        each.start()
    targets = ["web"] * web + ["worker"] * workers
    story.chance.shuffle(targets)
    try:
        for target in targets:
            time.sleep(story.chance.uniform(0.2, 1.2))
            story.kills += kill_one(story, product, target)
    finally:
        over.set()
        for each in clients:
            each.join(120)
    assert not problems, problems


def kill_one(story: Story, product: Product, target: str) -> int:
    """kill -9 of one process of this kind, once there is one; 1 when it was killed."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        worker = the_one_with(product, "operations work")
        there = web_children(product) if target == "web" else [worker] if worker else []
        if there:
            story.chance.choice(there).kill()
            return 1
        time.sleep(0.1)
    raise AssertionError(f"no {target} process came back\n{product.errors()[-2000:]}")


def nothing_is_lost(story: Story, product: Product) -> None:
    """Everything sent is there once, everything answered is what was answered, and the work that follows is done."""
    opened = drained(story, product)  # the worker opens also what nobody sends again
    assert sorted(opened["cases"].values()) == sorted(story.sent)
    before = dict(story.answered)
    for key in story.sent:
        file_until_answered(story, product, key)
    assert {key: story.answered[key] for key in before} == before
    told = story.look()
    assert told["cases"] == opened["cases"]
    assert {answer["case_number"]: key for key, answer in story.answered.items()} == told["cases"]
    numbers = told["numbers"]
    year = numbers[0][:4]
    assert numbers == [f"{year}-{place:05d}" for place in range(1, len(numbers) + 1)]
    assert told["submissions"] == len(story.sent)
    for once in ("received", "receipts", "mails"):
        assert Counter(told[once]) == Counter(numbers), once
    assert json.loads(story.run("verify", "--json"))["ok"] is True


def drained(story: Story, product: Product, seconds: float = 180) -> dict[str, Any]:
    """Wait until no work is left; the worker has opened what was forgotten, and no lease outlives its minute."""
    deadline = time.monotonic() + seconds
    while True:
        told = story.look()
        states = dict(told["deliveries"])
        if not told["unopened"] and set(states) == {"done"}:
            return told
        assert "dead" not in states, states
        assert time.monotonic() < deadline, (states, told["unopened"], product.errors()[-2000:])
        time.sleep(2)


@contextmanager
def story_on(engine: str, data: Path, seed: int) -> Iterator[Story]:
    with new_postgres_database() if engine == "postgres" else nullcontext("") as url:
        story = Story(data, url, Random(seed))
        story.prepare()
        yield story


def test_twenty_kills(tmp_path: Path, engine: str) -> None:
    with story_on(engine, tmp_path / "data", seed=1) as story:
        die_at_named_points(story)
        with story.life() as product:
            die_at_random_moments(story, product, web=8, workers=1)
            nothing_is_lost(story, product)
        assert story.kills >= 20


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 14))
def test_two_hundred_kills(tmp_path: Path, engine: str, seed: int) -> None:
    with story_on(engine, tmp_path / "data", seed=seed) as story:
        for _ in range(3):
            die_at_named_points(story)
            with story.life() as product:
                die_at_random_moments(story, product, web=12, workers=3)
        with story.life() as product:
            nothing_is_lost(story, product)
