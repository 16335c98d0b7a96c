"""Two web and two worker nodes on one PostgreSQL: one of each is killed under load, and nothing is lost or twice."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.operations.test_backup import FORM, House, set_up
from tests.product import Product

pytestmark = [pytest.mark.process, pytest.mark.long]


class Post:
    """A mail server that counts what it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        words = envelope.content.decode(errors="replace")
        self.taken += [line.split(": ")[1] for line in words.splitlines() if line.lower().startswith("message-id: ")]
        return "250 taken"


class Node(Product):
    """`desagravo start` with a name."""

    def __init__(self, house: House, name: str, part: str, post: Controller) -> None:
        smtp = f"smtp://127.0.0.1:{post.port}?tls=0"
        environment = {"DESAGRAVO_SMTP_URL": smtp, "DESAGRAVO_PROXY": "1"}
        super().__init__("start", data=house.data, database_url=house.url, environment=environment)
        self.command += ["--node", name, f"--{part}-only"]

    def kill_all(self) -> None:
        """kill -9 of the whole node, as when its machine loses power."""
        assert self.process is not None
        family = psutil.Process(self.process.pid).children(recursive=True)
        self.kill()
        for each in family:
            try:
                each.kill()
            except psutil.NoSuchProcess:
                continue


def free_port() -> int:
    """The controller asks the port that it was told whether it listens, so that 0 will not do."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(node: Product) -> dict[str, Any]:
    with urllib.request.urlopen(node.url + "/health", timeout=60) as answer:
        return json.load(answer)  # type: ignore[no-any-return]


def send(node: Product, words: str, number: int) -> bool:
    body = {**FORM, "description": words, "email": f"person{number}@example.org"}
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": words,
        "X-Forwarded-For": f"10.9.{number >> 8 & 255}.{number & 255}",
    }
    request = urllib.request.Request(node.url + "/api/v1/complaints", data=json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bool(answer.status == 201)
    except OSError:
        return False


def test_a_node_of_each_kind_dies_and_nothing_is_lost_or_twice(tmp_path: Path, engine: str, own_database: str) -> None:
    if engine == "sqlite":
        pytest.skip("several nodes need PostgreSQL")
    house = House(tmp_path / "data", own_database)
    set_up(house)
    box = Post()
    post = Controller(box, hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        _load(house, box, post)
    finally:
        post.stop()


def _load(house: House, box: Post, post: Controller) -> None:
    answered: list[str] = []
    over = threading.Event()
    with ExitStack() as stack:
        nodes = [Node(house, f"web{number}", "web", post) for number in (1, 2)]
        workers = [Node(house, f"work{number}", "worker", post) for number in (1, 2)]
        for node in (*workers, *nodes):
            stack.enter_context(node)
        assert [health(node)["node"] for node in nodes] == ["web1", "web2"]

        def client(number: int) -> None:
            count = 0
            while not over.is_set():
                count += 1
                words = f"complaint {number} {count}"
                at = number
                while not send(nodes[at % 2], words, number * 1000 + count):
                    at += 1  # what a proxy does: the other node, the same key
                answered.append(words)

        clients = [threading.Thread(target=client, args=(number,)) for number in range(2)]
        for each in clients:
            each.start()
        try:
            _until(lambda: len(answered) >= 12)
            nodes[0].kill_all()
            workers[0].kill_all()
            reached = len(answered)
            _until(lambda: len(answered) >= reached + 12)
        finally:
            over.set()
            for each in clients:
                each.join()
        assert health(nodes[1])["status"] in {"ok", "attention"}
        _until(lambda: _settled(house, len(answered)), seconds=240)
    told = house.look()
    assert Counter(told["words"]) == Counter(answered), "every complaint that was answered is there once"
    assert len(told["cases"]) == len(set(told["cases"])) == len(answered)
    twice = [mail for mail, count in Counter(box.taken).items() if count > 1]
    assert not twice, "a mail was sent twice"
    sent = sum(state == "sent" for state, _note in told["mails"])
    assert sent <= len(box.taken) <= sent + sum(state == "uncertain" for state, _note in told["mails"])
    assert "history is whole" in house.run("verify")


def _settled(house: House, mails: int) -> bool:
    """Has every complaint its mail, and is it known of each mail what became of it?"""
    with psycopg.connect(house.url) as connection:
        states = [row[0] for row in connection.execute("SELECT state FROM mail_outgoingmail")]
    return len(states) == mails and set(states) <= {"sent", "uncertain"}


def _until(true: Callable[[], bool], *, seconds: float = 180) -> None:
    """Wait for it; the time only ends a test that would wait for ever."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.2)


def test_a_node_has_a_name_of_its_own(tmp_path: Path, engine: str, own_database: str) -> None:
    house = House(tmp_path / "data", own_database)
    if engine == "sqlite":
        with pytest.raises(AssertionError, match="need PostgreSQL"):
            _named(house, "one").start()
        return
    with _named(house, "one"):
        with pytest.raises(AssertionError, match="already as the node one"):
            _named(house, "one").start()
        with pytest.raises(AssertionError, match="already"):
            Product("start", data=house.data, database_url=house.url).start()
        with _named(house, "two") as second:
            assert health(second)["node"] == "two"


def _named(house: House, name: str) -> Product:
    product = Product("start", data=house.data, database_url=house.url)
    product.command += ["--node", name]
    return product
