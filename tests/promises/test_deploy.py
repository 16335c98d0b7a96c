"""F18: a new release comes in while people file complaints: what is in hand is finished, nothing lost or twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import urllib.request
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.operations.test_backup import FORM, House, set_up, started, until
from tests.operations.test_upgrade import knows_the_app_only, next_release
from tests.product import Product
from tests.promises.test_several_nodes import Node, Post, free_port, health

pytestmark = [pytest.mark.process, pytest.mark.long]

LIVING_TABLES = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("next_release", "0003_more"), ("cases", "0001_initial"), ("history", "0001_event_chain")]
    operations = [
        migrations.RunSQL("ALTER TABLE cases_case ADD COLUMN invented varchar(20) NULL"),
        migrations.RunSQL("ALTER TABLE history_delivery ADD COLUMN invented integer DEFAULT 7 NOT NULL"),
        migrations.RunSQL("CREATE INDEX invented_of_cases ON cases_case (invented)"),
    ]
"""
"""What a release may do to tables on which the one before still works: add."""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_hand_gets_its_answer_although_the_product_stops(tmp_path: Path, end: signal.Signals) -> None:
    house = House(tmp_path / "data")
    with started(house) as product:
        body = json.dumps({**FORM, "description": "in hand"}).encode()
        address = urlsplit(product.url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as line:
            head = "POST /api/v1/complaints HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            head += f"Idempotency-Key: in-hand\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
            line.sendall(head.encode())
            assert line.recv(200).startswith(b"HTTP/1.1 100"), "the product has it in hand, and asks for the rest"
            assert product.process is not None
            product.process.send_signal(end)
            until(lambda: not _answers(product))
            line.sendall(body)
            assert line.recv(2000).startswith(b"HTTP/1.1 201")
        assert product.process.wait(30) == 0
    assert house.look()["words"] == ["in hand"]


def _answers(product: Product) -> bool:
    address = urlsplit(product.url)
    try:
        socket.create_connection((address.hostname or "", address.port or 0), timeout=2).close()
    except OSError:
        return False
    return True


class Load:
    """People behind a proxy: it turns to the other node where one is not there, and sends the same form again."""

    def __init__(self, nodes: list[Node], box: Post, about: str = "complaint") -> None:
        self.nodes, self.box, self.about = nodes, box, about
        self.answered, self.cut = list[str](), list[str]()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._file, args=(number,)) for number in range(2)]

    def __enter__(self) -> Load:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def more(self, count: int) -> None:
        wanted = len(self.answered) + count
        until(lambda: len(self.answered) >= wanted)

    def _file(self, number: int) -> None:
        count = 0
        while not self.over.is_set():
            count += 1
            words, at = f"{self.about} {number} {count}", number + count
            while not self._one(words, self.nodes[at % 2].url, number * 1000 + count):
                at += 1
            self.answered.append(words)
            while len(self.answered) - len(self.box.taken) > 10 and not self.over.is_set():
                self.over.wait(0.1)  # the worker is behind: on a slow machine they would file without end

    def _one(self, words: str, url: str, number: int) -> bool:
        body = {**FORM, "description": words, "email": f"person{number}@example.org"}
        headers = {"Content-Type": "application/json", "Idempotency-Key": words}
        headers["X-Forwarded-For"] = f"10.9.{number >> 8 & 255}.{number & 255}"
        request = urllib.request.Request(f"{url}/api/v1/complaints", data=json.dumps(body).encode(), headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return bool(answer.status == 201)
        except OSError as problem:
            if not isinstance(getattr(problem, "reason", None), ConnectionRefusedError):
                self.cut.append(f"{words}: {problem!r}")
            return False


@pytest.mark.long
def test_a_release_comes_in_node_after_node_and_goes_back(tmp_path: Path, engine: str, own_database: str) -> None:
    if engine == "sqlite":
        pytest.skip("several nodes need PostgreSQL")
    house = House(tmp_path / "data", own_database)
    set_up(house)
    newer = next_release(tmp_path / "next", stumbles=False)
    (tmp_path / "next" / "next_release" / "migrations" / "0004_living.py").write_text(LIVING_TABLES)
    box = Post()
    post = Controller(box, hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        answered = _forward(house, newer, box, post)
        _back(house, newer, answered, box, post)
    finally:
        post.stop()


def _forward(house: House, newer: dict[str, str], box: Post, post: Controller) -> list[str]:
    with ExitStack() as stack:

        def node(name: str, part: str, more: dict[str, str] | None = None) -> Node:
            made = Node(house, name, part, post)
            made.environment |= more or {}
            stack.enter_context(made)
            return made

        worker = node("work1", "worker")
        nodes = [node("web1", "web"), node("web2", "web")]
        with Load(nodes, box) as load:
            load.more(8)
            assert nodes[0].stop() == 0
            nodes[0] = node("web1", "web", newer)
            assert _columns(house) == 2, "the first node of the new release has changed the database"
            load.more(8)
            so_far = list(load.answered)
            until(lambda: _mails(house) >= len(so_far), seconds=300)  # by the old worker, on the new tables
            assert nodes[1].stop() == 0
            nodes[1] = node("web2", "web", newer)
            assert worker.stop() == 0
            node("work1", "worker", newer)
            load.more(8)
            assert health(nodes[0])["status"] in {"ok", "attention"}
        until(lambda: _mails(house) == len(load.answered), seconds=300)
    told = house.look()
    assert Counter(told["words"]) == Counter(load.answered), "every complaint that was answered is there once"
    assert all(count == 1 for count in Counter(box.taken).values())
    assert len(box.taken) == len(load.answered)
    assert "history is whole" in house.run("verify", more=newer)
    print(f"{len(load.answered)} complaints; cut off and sent again: {load.cut}")
    return load.answered


def _back(house: House, newer: dict[str, str], answered: list[str], box: Post, post: Controller) -> None:
    (kept,) = (house.data / "backups").glob("before-*.backup")
    last = house.look()["head"][0]
    older = newer | knows_the_app_only(Path(newer["PYTHONPATH"].split(os.pathsep)[0]))
    assert "newer version" in house.run("migrate", code=1, more=older)
    house.run("restore", str(kept), "--force", str(last))
    assert _columns(house) == 0
    before = house.look()["words"]
    assert set(before) < set(answered)
    node = Node(house, "web1", "web", post)
    with node, Load([node, node], box, "afterwards") as load:
        load.more(2)
    assert Counter(house.look()["words"]) == Counter([*before, *load.answered])


def _mails(house: House) -> int:
    with psycopg.connect(house.url) as connection:
        row = connection.execute("SELECT count(*) FROM mail_outgoingmail WHERE state = 'sent'").fetchone()
    assert row
    return int(row[0])


def _columns(house: House) -> int:
    with psycopg.connect(house.url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM information_schema.columns "
            "WHERE column_name = 'invented' AND table_schema = current_schema()"
        ).fetchone()
    assert row
    return int(row[0])
