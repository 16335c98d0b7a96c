"""F5: a worker that holds a lease stands still, another takes its work over, and then it goes on: it cannot write over
its successor, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.faults.house import house_on
from tests.promises.test_nothing_lost import SETTLED, Mailbox, file_until_answered, the_one_with, until

pytestmark = [pytest.mark.process, pytest.mark.long]


def test_a_worker_that_stood_still_cannot_write(tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held, go_on = threading.Event(), threading.Event()
    take = Mailbox.handle_DATA

    async def slowly(self: Mailbox, server: Any, session: Any, envelope: Any) -> str:
        """The mail server takes the first mail and answers only when it is told to."""
        told = await take(self, server, session, envelope)
        if not held.is_set():
            held.set()
            await asyncio.to_thread(go_on.wait)
        return told

    monkeypatch.setattr(Mailbox, "handle_DATA", slowly)
    with house_on(engine, tmp_path / "data") as house, house.life() as product:
        key = house.new_key()
        file_until_answered(house, product, key)
        assert held.wait(120), "no mail was sent"
        stopped = the_one_with(product, "operations work")
        assert stopped
        stopped.suspend()
        try:
            with house.worker():
                for _ in range(3):
                    file_until_answered(house, product, house.new_key())
                other = "another worker has taken the mail over"
                until(other, lambda: "uncertain" in house.look()["outgoing"].values(), seconds=240, every=2)
                go_on.set()
                until("the others are sent", lambda: len(house.mailbox.taken) >= 4, seconds=120, every=1)
        finally:
            stopped.resume()
        house.whole(product)
        states = house.look()["outgoing"]
        assert set(states.values()) <= SETTLED
        assert len({name for name, _text in house.mailbox.taken}) == len(house.mailbox.taken) == 4
