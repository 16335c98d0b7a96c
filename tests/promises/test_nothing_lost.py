"""Nothing that was accepted is lost and nothing is there twice, whoever of the product dies, and when.

The real product on a folder of its own, its processes killed with kill -9: at the named points of its code
(``DESAGRAVO_CRASH_AT``) and at random moments, while complaints come in and are sent again until they are answered,
and while mails go out to a mail server of the test, which counts them by Message-ID and by content.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest
from aiosmtpd.controller import Controller

from tests.conftest import new_postgres_database
from tests.product import Product, bare_environment
from tests.promises.invariants import broken

pytestmark = [pytest.mark.process]

LONGEST_LEASE = 60
"""Seconds after which the work of a worker that died is taken over, whatever the work is."""
SETTLED = {"sent", "uncertain"}
"""How a mail may end: taken by the mail server, or put before a person because nobody can know whether it was."""

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
    "outgoing": dict(OutgoingMail.objects.values_list("message_id", "state")),
    "deliveries": list(Delivery.objects.values_list("state").annotate(n=Count("pk"))),
    "longest_lease": max(
        [0, *((until - clock.now()).total_seconds() for until in
              Delivery.objects.filter(state="leased").values_list("due_at", flat=True))]
    ),
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


class Mailbox:
    """A mail server that takes everything and remembers it: Message-ID and text of every mail."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{port}?tls=0"
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content)
        self.taken.append((message["Message-ID"], f"{envelope.rcpt_tos} {message.get_payload()}"))
        return "250 taken"

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


@dataclass
class Story:
    """One folder and database through several lives of the product; what was sent, and what was answered."""

    data: Path
    database_url: str
    chance: Random
    mailbox: Mailbox
    answered: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    longest_lease: float = 0.0

    def new_key(self) -> str:
        key = f"complaint {len(self.sent):04d} {self.chance.getrandbits(64):016x}"
        self.sent.append(key)
        return key

    @contextmanager
    def life(self, *crash_at: str) -> Iterator[Product]:
        """The product from its start to kill -9 of everything, or to the test's end."""
        environment = self.environment | ({"DESAGRAVO_CRASH_AT": ",".join(crash_at)} if crash_at else {})
        product = Product("start", data=self.data, database_url=self.database_url, environment=environment)
        product.start()
        try:
            yield product
        finally:
            processes = family_of(product)
            product.kill()
            self.kills["all"] += 1
            until("all processes have ended", lambda: not any(alive(each) for each in processes), seconds=20)

    @property
    def environment(self) -> dict[str, str]:
        """Mail goes to the test's own server; every complaint comes from an address of its own, told by a proxy."""
        return {"DESAGRAVO_SMTP_URL": self.mailbox.url, "DESAGRAVO_PROXY": "1"}

    @contextmanager
    def worker(self) -> Iterator[psutil.Popen]:
        """One more worker on the same data."""
        command = [sys.executable, "-m", "desagravo.operations", "work", "--data", str(self.data)]
        worker = psutil.Popen(
            command,
            env=bare_environment(self.database_url) | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield worker
        finally:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
            worker.wait()

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
            words="corvo telhado lilás 7\n",
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
        self.longest_lease = max(self.longest_lease, told["longest_lease"])
        return told


def until(what: str, true: Callable[[], Any], *, seconds: float = 60, every: float = 0.1) -> Any:
    """Wait for a condition, and give what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"it did not come about in {seconds} seconds that {what}"
        time.sleep(every)
    return found


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def file(product: Product, key: str, *, seconds: float = 10) -> dict[str, Any] | None:
    """Send a complaint once. None where the answer did not come."""
    request = urllib.request.Request(
        product.url + "/api/v1/complaints",
        data=json.dumps({**FORM, "description": key, "email": f"{key.split()[2]}@example.org"}).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key, "X-Forwarded-For": address_of(key)},
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


def address_of(key: str) -> str:
    number = int(key.split()[2], 16)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


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
    for point in ("outbox.claimed", "outbox.handled", "mail.before_data", "mail.after_250"):
        with story.life(point) as product:
            for _ in range(3):
                file_until_answered(story, product, story.new_key())
            wait_for(product, "The worker ended by itself (signal 9)")
            story.kills[point] += 1
    for point in ("after_raw_write", "history.recorded", "after_commit"):
        with story.life(point) as product:
            for _ in range(2):
                unanswered(story, product, point)


def unanswered(story: Story, product: Product, point: str) -> None:
    """A complaint whose web process dies before it can answer."""
    before = until("a web process is there", lambda: {each.pid for each in web_children(product)})
    assert file(product, story.new_key()) is None
    until("another one took its place", lambda: {each.pid for each in web_children(product)} - before)
    story.kills[point] += 1


def die_at_random_moments(story: Story, product: Product, *, web: int, workers: int) -> None:
    """Three clients file without pause while processes are killed: of the web, and of three workers."""
    over = threading.Event()
    problems: list[BaseException] = []
    lock = threading.Lock()

    def client() -> None:
        try:
            while not over.is_set():
                with lock:
                    key = story.new_key()
                file_until_answered(story, product, key)
        except BaseException as problem:
            problems.append(problem)

    clients = [threading.Thread(target=client) for _ in range(3)]
    targets = ["web"] * web + ["worker"] * workers
    story.chance.shuffle(targets)
    with ExitStack() as stack:
        extra = [stack.enter_context(story.worker()) for _ in range(2)]
        for each in clients:
            each.start()
        try:
            for number, target in enumerate(targets):
                a_while_of_work(story, problems)
                kill_one(story, product, target, extra)
                extra += [stack.enter_context(story.worker()) for each in extra if not alive(each)]
                extra = [each for each in extra if alive(each)]
                if number % 20 == 19:
                    story.look()
        finally:
            over.set()
            for each in clients:
                each.join(120)
    assert not problems, problems


def a_while_of_work(story: Story, problems: list[BaseException]) -> None:
    """Until some more complaints were answered, and a random moment longer."""
    enough = len(story.answered) + story.chance.randint(0, 6)
    until("complaints are answered", lambda: len(story.answered) >= enough or problems, seconds=90)
    time.sleep(story.chance.random() * 0.5)


def kill_one(story: Story, product: Product, target: str, extra: list[psutil.Popen]) -> None:
    """kill -9 of one process of this kind, once there is one."""

    def there() -> list[psutil.Process]:
        if target == "web":
            return web_children(product)
        own = the_one_with(product, "operations work")
        return [each for each in [own, *extra] if each and alive(each)]

    chosen = story.chance.choice(until(f"a {target} process came back", there, seconds=40))
    chosen.kill()
    chosen.wait(10)
    story.kills[target] += 1


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
    nothing_was_sent_twice(story, told)
    assert story.longest_lease <= LONGEST_LEASE
    assert json.loads(story.run("verify", "--json"))["ok"] is True
    assert broken(story.data, story.database_url, accepted=told["cases"], taken=story.mailbox.taken) == []


def nothing_was_sent_twice(story: Story, told: dict[str, Any]) -> None:
    """What the mail server took, and what the product believes about it."""
    taken = Counter(each for each, _text in story.mailbox.taken)
    assert set(taken.values()) == {1}
    assert set(Counter(text for _id, text in story.mailbox.taken).values()) == {1}
    states: dict[str, str] = told["outgoing"]
    assert set(states.values()) <= SETTLED
    assert set(taken) <= set(states)
    assert {each for each, state in states.items() if state == "sent"} <= set(taken)


def drained(story: Story, product: Product, seconds: float = 240) -> dict[str, Any]:
    """Wait until no work is left; the worker has opened what was forgotten, and no lease outlives its minute."""

    def done() -> dict[str, Any] | None:
        told = story.look()
        states = dict(told["deliveries"])
        assert "dead" not in states, (states, product.errors()[-2000:])
        return told if not told["unopened"] and set(states) == {"done"} else None

    told: dict[str, Any] = until("all work is done", done, seconds=seconds, every=1)
    return told


@contextmanager
def story_on(engine: str, data: Path, seed: int) -> Iterator[Story]:
    with new_postgres_database() if engine == "postgres" else nullcontext("") as url, Mailbox() as mailbox:
        story = Story(data, url, Random(seed), mailbox)
        story.prepare()
        yield story


def test_twenty_kills(tmp_path: Path, engine: str) -> None:
    with story_on(engine, tmp_path / "data", seed=1) as story:
        die_at_named_points(story)
        with story.life() as product:
            die_at_random_moments(story, product, web=6, workers=4)
            nothing_is_lost(story, product)
        assert story.kills.total() >= 20


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 14))
def test_a_hundred_kills_of_each(tmp_path: Path, engine: str, seed: int) -> None:
    """The four together: a hundred of the web, a hundred of workers, and every named point four times and more."""
    with story_on(engine, tmp_path / "data", seed=seed) as story:
        die_at_named_points(story)
        with story.life() as product:
            die_at_random_moments(story, product, web=25, workers=25)
        with story.life() as product:
            nothing_is_lost(story, product)
        figures = {"complaints": len(story.sent), "mails": len(story.mailbox.taken)}
        print(json.dumps({"kills": story.kills, **figures, "longest_lease": round(story.longest_lease, 1)}))
