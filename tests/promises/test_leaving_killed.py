"""The product is killed while an answer leaves: it is sent exactly once, however often something dies there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.conftest import new_postgres_database
from tests.product import bare_environment
from tests.promises.test_nothing_lost import Mailbox, Story, until, wait_for

pytestmark = [pytest.mark.process, pytest.mark.long]

RELEASE = """
import sys, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.cast import decided, engage, in_work
from desagravo.cases import actions
from desagravo.departments import actions as departments
cast = engage()
departments.establish_organisation("Casa de Ensaio", sending_delay=int(sys.argv[1]))
case = in_work(cast)
actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
"""
LOOK = """
import json, django
django.setup()
from desagravo.cases.models import Case, Response
from desagravo.channels.mail.models import OutgoingMail
from desagravo.history.queries import kinds_of_case
case = Case.objects.get()
print(json.dumps({
    "status": case.status,
    "state": Response.objects.get().state,
    "sent": kinds_of_case(case.number).count("case.answered"),
    "mails": OutgoingMail.objects.filter(letter="answer_ready").count(),
}))
"""
THE_MOMENT_COMES = """
import django
django.setup()
from desagravo.common import clock
from desagravo.history.models import Delivery
Delivery.objects.filter(subscriber="cases.leave").update(due_at=clock.now())
"""
ON_ITS_WAY = {"status": "in_work", "state": "leaving", "sent": 0, "mails": 0}
SENT_ONCE = {"status": "answered", "state": "sent", "sent": 1, "mails": 1}


def run(story: Story, code: str, *arguments: str) -> str:
    """Python on the folder of this story."""
    environment = bare_environment(story.database_url)
    environment |= {
        "DJANGO_SETTINGS_MODULE": "desagravo.settings.base",
        "DESAGRAVO_DATA": str(story.data),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), environment.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def looked(story: Story) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(story, LOOK))
    return told


@contextmanager
def released(engine: str, data: Path, *, delay: int) -> Iterator[Story]:
    """An answer was released and leaves after ``delay`` seconds; nothing of the product runs yet."""
    with new_postgres_database() if engine == "postgres" else nullcontext("") as url, Mailbox() as mailbox:
        story = Story(data, url, Random(7), mailbox)
        run(story, RELEASE, str(delay))
        yield story


def leaves_once(story: Story) -> None:
    """The next life sends it: one event, one mail, and a whole history."""
    with story.life():
        # the lease of a worker that died runs out first
        until("the answer has left", lambda: looked(story)["mails"], seconds=180, every=2)
    assert looked(story) == SENT_ONCE
    assert json.loads(story.run("verify", "--json"))["ok"] is True


def test_killed_between_release_and_leaving(tmp_path: Path, engine: str) -> None:
    with released(engine, tmp_path / "data", delay=600) as story:
        with story.life():  # kill -9 of everything at its end
            assert looked(story) == ON_ITS_WAY
        assert looked(story) == ON_ITS_WAY
        run(story, THE_MOMENT_COMES)
        leaves_once(story)


def test_a_worker_killed_while_it_lets_the_answer_leave(tmp_path: Path, engine: str) -> None:
    with released(engine, tmp_path / "data", delay=1) as story:
        with story.life("leaving.sent") as product:
            wait_for(product, "The worker ended by itself (signal 9)")
            assert looked(story) == ON_ITS_WAY
        leaves_once(story)
