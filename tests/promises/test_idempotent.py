"""However often a complaint is sent, and however many hands send it at once, it becomes one case."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection

from desagravo.cases import actions
from desagravo.cases.models import Case, NumberSeries, Submission
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow
from desagravo.history.models import Delivery, Event
from desagravo.history.verify import verify
from tests.cast import CALM, FORM, MONDAY, Cast, decided, engage, fresh, in_work, kinds
from tests.rooms.history.kinds import emptying

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 5


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Start all jobs at the same moment; what each gave, or what it raised."""
    gate = threading.Barrier(len(jobs))
    ended: list[object] = [None] * len(jobs)

    def work(place: int, job: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            ended[place] = job()
        except Exception as problem:
            ended[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return ended


def file(key: str, description: str = FORM["description"]) -> actions.Accepted:
    complaint = actions.read_complaint({**FORM, "description": description}, today=MONDAY.date())
    kept = [actions.keep_bytes("foto.txt", description.encode())]
    return actions.receive(
        complaint, key=key, actor=Actor("customer", "portal"), channel="web", language="pt-pt", kept=kept
    )


def filed(ended: list[object]) -> list[actions.Accepted]:
    """All of them, none with a problem of its own."""
    assert all(isinstance(each, actions.Accepted) for each in ended), ended
    return [each for each in ended if isinstance(each, actions.Accepted)]


def test_the_same_form_from_five_hands_at_once_is_one_case() -> None:
    told = filed(at_once(*[lambda: file("one key")] * HANDS))
    assert len({each.case.number for each in told}) == 1
    assert len({each.tracking_url for each in told}) == 1
    assert sum(each.new for each in told) == 1
    case = Case.objects.get()
    assert kinds(case) == ["case.received"]
    assert case.forms.count() == case.attachments.count() == Submission.objects.count() == 1
    assert Delivery.objects.filter(event__case_number=case.number, subscriber="cases.receipt").count() == 1
    assert verify().ok


def test_one_key_with_five_bodies_takes_one_and_refuses_four() -> None:
    ended = at_once(*[lambda text=f"body {number}": file("one key", text) for number in range(HANDS)])
    accepted = [each for each in ended if isinstance(each, actions.Accepted)]
    refused = [each for each in ended if isinstance(each, NotNow)]
    assert (len(accepted), len(refused)) == (1, HANDS - 1), ended
    assert {each.code for each in refused} == {"same_key_other_body"}
    case = Case.objects.get()
    assert case == accepted[0].case
    assert case.attachments.get().size == len(case.forms.get().description)  # file and text of the same sending
    assert verify().ok


def test_five_keys_at_once_are_five_cases_with_numbers_without_gaps() -> None:
    told = filed(at_once(*[lambda key=f"key {number}": file(key) for number in range(HANDS)]))
    year = told[0].case.number[:4]
    assert sorted(each.case.number for each in told) == [f"{year}-{n:05d}" for n in range(1, HANDS + 1)]
    assert NumberSeries.objects.get().last == HANDS
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, Event.objects.count() + 1)
    )
    assert verify().ok


def left_behind(key: str, content: str) -> Submission:
    """What a crash leaves between writing a complaint down and opening its case."""
    long_ago = clock.now() - timedelta(minutes=2)
    return Submission.objects.create(key=key, digest="d", content=content, channel="web", received_at=long_ago)


def without_files(submission: Submission) -> str:
    return json.dumps({**json.loads(submission.content), "files": []})


def test_three_workers_and_a_forgotten_submission_make_one_case() -> None:
    content = without_files(Submission.objects.get(case=file("first").case))
    left = left_behind("left", content)
    at_once(*[lambda: actions.open_forgotten(clock.now())] * 3)
    left.refresh_from_db()
    assert left.case is not None
    assert Case.objects.count() == 2
    assert kinds(left.case) == ["case.received"]
    assert verify().ok


def test_one_that_cannot_be_opened_stands_in_no_others_way() -> None:
    content = without_files(Submission.objects.get(case=file("first").case))
    bad, good = left_behind("bad", "{}"), left_behind("good", content)
    assert actions.open_forgotten(clock.now()) == 1
    bad.refresh_from_db(), good.refresh_from_db()
    assert good.case is not None
    assert (bad.case, bad.content) == (None, "{}")
    assert bad.cannot_open.startswith("KeyError")
    assert actions.open_forgotten(clock.now()) == 0


@pytest.fixture
def cast() -> Cast:
    return engage()


def test_two_who_answer_at_once_send_one_answer(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    ended = at_once(*[lambda: actions.respond(case, draft_version=version, actor=cast.rui)] * 3)
    assert sum(isinstance(each, NotNow) for each in ended) == 2, ended
    assert kinds(case).count("case.answered") == case.responses.count() == 1
    assert verify().ok


def test_two_who_take_a_case_at_once_are_both_on_record_and_one_owns_it(cast: Cast) -> None:
    case = actions.assess(file("k").case, answers=CALM, actor=cast.sofia)
    people = (cast.rui, cast.bia)
    ended = at_once(*[lambda to=each: actions.assign(case, to=to.id, actor=to) for each in people])
    assert not [each for each in ended if isinstance(each, Exception)], ended
    assert kinds(case).count("case.assigned") == 2
    assert str(fresh(case).owner_id) in {each.id for each in people}
    assert verify().ok


def test_customer_and_handler_at_once_lose_no_word(cast: Cast) -> None:
    case = in_work(cast)
    customer = Actor("customer", case.number)
    jobs: list[Callable[[], object]] = []
    for number in range(4):
        jobs += [
            lambda n=number: actions.note(case, body=f"note {n}", actor=cast.rui),
            lambda n=number: actions.add_message(case, body=f"message {n}", actor=customer),
        ]
    ended = at_once(*jobs)
    assert not [each for each in ended if isinstance(each, Exception)], ended
    assert case.messages.count() == 8
    assert fresh(case).version == len(kinds(case))
    assert verify().ok


def test_an_owner_is_not_lost_between_two_who_start_from_the_same_page(cast: Cast) -> None:
    """The row that an action saves is read under its lock, so an old page writes nothing old back."""
    old = in_work(cast)
    actions.assign(old, to=cast.bia.id, actor=cast.sofia)
    actions.note(old, body="from an old page", actor=cast.rui)
    assert str(fresh(old).owner_id) == cast.bia.id
