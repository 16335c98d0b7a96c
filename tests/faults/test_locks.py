"""F10: somebody else holds the database. Whoever writes waits a little, and is then told so with the words kept;
whoever reads goes on; nothing that was answered is overwritten."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.faults.house import House, colleague, customer, house_on, note, pages_can_be_read, refused_whole, token_in
from tests.faults.house import send_form as send
from tests.promises.test_nothing_lost import file_until_answered, until

pytestmark = [pytest.mark.process, pytest.mark.long]
HANDS = 50


@contextlib.contextmanager
def locked(house: House) -> Iterator[None]:
    """From outside the product: nobody else can write until this ends."""
    if house.database_url:
        with psycopg.connect(house.database_url) as connection:
            connection.execute("LOCK TABLE cases_case, cases_submission, history_event IN EXCLUSIVE MODE")
            yield
        return
    with contextlib.closing(sqlite3.connect(house.data / "desagravo.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA busy_timeout = 60000")
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


@contextlib.contextmanager
def long_report(house: House) -> Iterator[None]:
    """Somebody reads a state of the database and does not come to an end."""
    statement = "SELECT count(*) FROM history_event"
    if house.database_url:
        with psycopg.connect(house.database_url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.execute(statement)
            yield
        return
    with contextlib.closing(sqlite3.connect(house.data / "desagravo.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute(statement).fetchone()
        yield


def fifty_notes(desk: httpx.Client, number: str) -> list[str]:
    """As many colleagues write on one case at the same moment; each sends again what was refused. All that was said."""
    sent = [f"Note {place:02d} of {HANDS}." for place in range(HANDS)]
    cookies, base = dict(desk.cookies), str(desk.base_url)
    busy: Counter[int] = Counter()
    gate = threading.Barrier(HANDS)

    def write(words: str) -> None:
        with httpx.Client(base_url=base, cookies=cookies, headers={"Accept-Language": "en"}, timeout=120) as own:
            gate.wait(60)
            while (answer := note(own, number, words)).status_code not in (302, 303):
                assert answer.status_code == 503, answer.text[:1000]
                assert words in answer.text
                busy[503] += 1

    with ThreadPoolExecutor(HANDS) as pool:
        list(pool.map(write, sent))
    print({"refused as busy": busy[503]})
    return sent


def test_who_waits_too_long_is_told_and_nothing_is_overwritten(tmp_path: Path, engine: str) -> None:
    with house_on(engine, tmp_path / "data") as house, house.life() as product:
        first = house.new_key()
        file_until_answered(house, product, first)
        until("its work is done", lambda: set(dict(house.look()["deliveries"])) == {"done"}, every=1)
        number, track = house.answered[first]["case_number"], httpx.URL(house.answered[first]["tracking_url"]).path
        desk, browser = colleague(product), customer(product)
        token, key = token_in(browser.get("/complaint/")), house.new_key()
        with locked(house):
            refused_whole(send(browser, key, token=token), key, "en")
            said = note(desk, number, "The carrier called back.")
            assert said.status_code == 503
            assert "The carrier called back." in said.text
            pages_can_be_read(browser, desk, number, track)
        with ThreadPoolExecutor(1) as pool:  # held for a moment only: whoever comes meanwhile waits and is served
            with locked(house):
                waiting = pool.submit(send, customer(product), key, token=token)
                with contextlib.suppress(TimeoutError):
                    waiting.result(1.5)
            assert waiting.result(60).status_code == 303
        sent = fifty_notes(desk, number)
        with long_report(house):
            for _ in range(5):
                file_until_answered(house, product, house.new_key())
        shown = desk.get(f"/desk/cases/{number}/").text
        assert [words for words in sent if shown.count(words) != 1] == []
        house.whole(product)
        assert sorted(house.look()["cases"].values()) == sorted(house.sent)
