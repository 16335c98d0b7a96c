"""Whatever anybody tries in whatever order: the status follows from the events, the chain is whole, nothing closes
without a signature, and no internal word reaches the customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.cases.lifecycle import OPEN, STATUSES, allowed, replay
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Refusal
from desagravo.history.verify import verify
from tests.cast import CALM, MONDAY, PASSWORD, SAFETY, Cast, engage, filed, fresh, kinds, section

pytestmark = pytest.mark.django_db
INTERNAL = "INTERNAL"
STAFF = ("ines", "rui", "bia", "otto", "carla", "paulo", "sofia", "marta", "vasco", "dora", "xavier")
USUAL = {
    "assess": "sofia",
    "overrule": "marta",
    "approve": "vasco",
    "return_answer": "marta",
    "sign_off": "vasco",
    "reopen": "marta",
    "answer_consultation": "carla",
    "settle": "customer",
    "contest": "customer",
    "complete": "customer",
    "add_message": "customer",
}
"""Who usually does a verb; all others are rui's."""


@dataclass
class World:
    """Two cases, the hours that pass with every step, and what was tried so far."""

    cast: Cast
    cases: list[Case]
    chance: Random
    hours: float = 0.0
    seen: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)


Verb = Callable[[World, Case, Actor, Any], object]


def _draft(world: World, case: Case, actor: Actor, choose: Any) -> object:
    known = getattr(fresh(case), "draft", None)
    based_on = known.version if known and choose([True, True, False]) else 0
    body = choose(["Substituímos o aparelho.", "Devolvemos o preço.", "Falta {solution}.", ""])
    return actions.save_draft(case, body=body, based_on=based_on, actor=actor)


def _version(case: Case, choose: Any) -> int:
    known = getattr(fresh(case), "draft", None)
    return known.version if known and choose([True, True, True, False]) else 1


def _asked(case: Case) -> Any:
    row = case.consultations.order_by("-pk").first()
    if row is None:
        raise Refusal("not_found")
    return row


def _point(case: Case, choose: Any) -> Any:
    points = list(case.points.order_by("pk"))
    if not points:
        raise Refusal("not_found")
    return choose(points)


def _decide(world: World, case: Case, actor: Actor, choose: Any) -> object:
    return actions.decide_point(
        _point(case, choose),
        decision=choose(["upheld", "not_upheld", "perhaps"]),
        reasons=choose(["Porque sim.", ""]),
        actor=actor,
    )


def _consult(world: World, case: Case, actor: Actor, choose: Any) -> object:
    due = clock.now() + timedelta(hours=choose([-1, 2, 30]))
    question = Question(choose(["finance", "logistics"]), INTERNAL + " pago?", due, choose([True, False]))
    return actions.consult(case, questions=[question], actor=actor)


def _approve(world: World, case: Case, actor: Actor, choose: Any) -> object:
    pending = case.responses.filter(state="pending").first()
    sha256 = pending.body_sha256 if pending and choose([True, True, False]) else "0" * 64
    return actions.approve(case, response_sha256=sha256, actor=actor, alone_reason=choose(["", "Alone."]))


def _sign(world: World, case: Case, actor: Actor, choose: Any) -> object:
    relief = choose(["non_monetary", "monetary"])
    told = section(lesson=choose([INTERNAL + " lição", ""]), alone_reason=choose(["", "Alone."]))
    codes = {**told.codes, "relief": [relief]}
    amount = choose([Decimal("12.90"), None]) if relief == "monetary" else None
    told = replace(told, codes=codes, amount=amount, currency="EUR")
    return actions.sign_off(case, section=told, password=choose([PASSWORD, PASSWORD, "wrong"]), actor=actor)


def _complete(world: World, case: Case, actor: Actor, choose: Any) -> object:
    added = choose([{"occurred_on": "2026-01-05"}, {"signature": {"method": "typed", "name": "Inês"}}, {}])
    return actions.complete(
        case, actions.read_complaint({"description": "–", **added}, today=MONDAY.date()), actor=actor
    )


def _follow_up_done(world: World, case: Case, actor: Actor, choose: Any) -> object:
    row = case.follow_ups.order_by("-pk").first()
    if row is None:
        raise Refusal("not_found")
    return actions.finish_follow_up(row, actor=actor)


VERBS: Mapping[str, Verb] = {
    "complete": _complete,
    "waive_completion": lambda w, case, who, _: actions.waive_completion(case, reason=INTERNAL, actor=who),
    "assess": lambda w, case, who, choose: actions.assess(case, answers=choose([CALM, SAFETY]), actor=who),
    "overrule": lambda w, case, who, choose: actions.overrule(
        case, outcome=choose(["minor", "major"]), reason=INTERNAL, actor=who
    ),
    "assign": lambda w, case, who, choose: actions.assign(
        case, to=w.cast.actor(choose(["rui", "bia", "otto", "dora"])).id, actor=who
    ),
    "consult": _consult,
    "answer_consultation": lambda w, case, who, choose: actions.answer_consultation(
        _asked(case), answer=INTERNAL + " sim", declined=choose([False, True]), actor=who
    ),
    "withdraw_consultation": lambda w, case, who, _: actions.withdraw_consultation(
        _asked(case), reason=INTERNAL, actor=who
    ),
    "follow_up": lambda w, case, who, choose: actions.follow_up(
        case, about=INTERNAL, due_at=clock.now() + timedelta(hours=choose([1, 40])), actor=who
    ),
    "finish_follow_up": _follow_up_done,
    "note": lambda w, case, who, _: actions.note(
        case, body=INTERNAL + " nota", actor=who, kept=[actions.keep_bytes("n.txt", b"x")]
    ),
    "attach": lambda w, case, who, _: actions.add_files(case, kept=[actions.keep_bytes("i.txt", b"i")], actor=who),
    "seen": lambda w, case, who, _: actions.seen(case, actor=who),
    "write": lambda w, case, who, _: actions.write(case, body="Boa tarde.", actor=who),
    "add_message": lambda w, case, who, _: actions.add_message(case, body="E então?", actor=who),
    "find": lambda w, case, who, _: actions.find(case, text=INTERNAL + " facto", source="", actor=who),
    "point": lambda w, case, who, _: actions.add_point(case, text="Não arrefece.", actor=who),
    "decide_point": _decide,
    "drop_point": lambda w, case, who, choose: actions.drop_point(_point(case, choose), reason=INTERNAL, actor=who),
    "draft": _draft,
    "request_approval": lambda w, case, who, choose: actions.request_approval(
        case, draft_version=_version(case, choose), actor=who
    ),
    "return_answer": lambda w, case, who, _: actions.return_answer(case, comment=INTERNAL + " seco", actor=who),
    "approve": _approve,
    "respond": lambda w, case, who, choose: actions.respond(case, draft_version=_version(case, choose), actor=who),
    "settle": lambda w, case, who, _: actions.react(case, settled=True, actor=who),
    "contest": lambda w, case, who, _: actions.react(case, settled=False, body="Não chega.", actor=who),
    "withdraw": lambda w, case, who, choose: actions.withdraw(
        case, reason=INTERNAL if who.kind == "staff" else "", actor=who
    ),
    "sign_off": _sign,
    "reopen": lambda w, case, who, _: actions.reopen(case, reason=INTERNAL, actor=who),
    "send_tracking_again": lambda w, case, who, _: actions.send_tracking_again(case, actor=who),
    "renew_tracking": lambda w, case, who, _: actions.renew_tracking(case, actor=who),
}


def onward(world: World, case: Case) -> tuple[str, str, Verb]:
    """What would bring this case on, who would do it, and how."""
    cast = world.cast
    steps: dict[str, tuple[str, str, Verb]] = {
        "incomplete": ("waive_completion", "ines", VERBS["waive_completion"]),
        "received": ("assess", "sofia", VERBS["assess"]),
        "assessed": ("assign", "sofia", lambda w, c, who, _: actions.assign(c, to=cast.rui.id, actor=who)),
        "awaiting_approval": (
            "approve",
            "vasco",
            lambda w, c, who, _: actions.approve(
                c, response_sha256=c.responses.get(state="pending").body_sha256, actor=who
            ),
        ),
        "answered": ("sign_off", "vasco", _sign),
        "withdrawn": ("sign_off", "vasco", _sign),
        "closed": ("reopen", "marta", VERBS["reopen"]),
    }
    asked = case.consultations.filter(status="open", required=True).first()
    if asked and case.status in ("in_work", "awaiting_approval", "answered"):
        by = {"finance": "carla", "logistics": "paulo"}[asked.department]
        return (
            "answer_consultation",
            by,
            lambda w, c, who, _: actions.answer_consultation(asked, answer=INTERNAL, actor=who),
        )
    return steps.get(case.status) or working(case)


def working(case: Case) -> tuple[str, str, Verb]:
    """The same for a case in work: points, decisions, a text, the answer."""
    undecided = case.points.filter(decision="").first()
    if not case.points.exists():
        return "point", "rui", VERBS["point"]
    if undecided:
        return (
            "decide_point",
            "rui",
            lambda w, c, who, _: actions.decide_point(undecided, decision="upheld", reasons="", actor=who),
        )
    draft = getattr(case, "draft", None)
    if draft is None or not draft.body or "{" in draft.body:
        based_on = draft.version if draft else 0
        return (
            "draft",
            "rui",
            lambda w, c, who, _: actions.save_draft(c, body="Devolvemos o preço.", based_on=based_on, actor=who),
        )
    verb, act = (
        ("request_approval", actions.request_approval) if case.severity == "major" else ("respond", actions.respond)
    )
    return verb, "rui", lambda w, c, who, _: act(c, draft_version=draft.version, actor=who)


@pytest.fixture
def cast() -> Iterator[Cast]:
    with clock.at(MONDAY):
        yield engage()


def step(world: World) -> None:
    choose = world.chance.choice
    case = fresh(choose(world.cases))
    if choose([True, False]):
        verb, who, act = onward(world, case)
    else:
        likely = [verb for verb in VERBS if allowed(verb, case.status)]
        verb = choose([*likely, *likely, *VERBS])
        who = choose([USUAL.get(verb, "rui")] * 6 + ["customer", "marta", *STAFF])
        act = VERBS[verb]
    actor = Actor("customer", case.number) if who == "customer" else world.cast.actor(who)
    world.hours += choose([0, 0.2, 20])
    with clock.at(MONDAY + timedelta(hours=world.hours)):
        actions.come_back(clock.now())
        assert fresh(case).status == case.status
        world.tried.append(f"{case.number} {case.status}: {verb} by {who}: {attempt(world, act, case, actor)}")
        holds(world, fresh(case))
    world.seen.add(fresh(case).status)


def attempt(world: World, act: Verb, case: Case, actor: Actor) -> str:
    """Try a verb; a refusal says something and changes nothing."""
    before = steps_of(case), Case.objects.filter(pk=case.pk).values().get()
    try:
        act(world, case, actor, world.chance.choice)
    except Refusal as problem:
        refusal = problem
    else:
        return "done"
    assert refusal.sentence()
    assert (steps_of(case), Case.objects.filter(pk=case.pk).values().get()) == before
    return refusal.code


def steps_of(case: Case) -> list[str]:
    """The kinds of the case's events, without the one that a wrong password leaves although nothing was signed."""
    return [kind for kind in kinds(case) if kind != "sign_off.refused"]


def holds(world: World, case: Case) -> None:
    """What is always true of a case."""
    told = kinds(case)
    assert case.status == replay(told)
    assert case.open == (case.status in OPEN)
    assert bool(case.next_step) == (case.status != "closed" or case.customer_wrote_at is not None)
    back = case.follow_ups.filter(done_at=None).exclude(came_back_at=None)
    assert case.came_back_at or not (case.open and back.exists())
    assert case.sign_offs.count() == told.count("case.closed")
    assert (case.status == "closed") == (case.closed_at is not None)
    if case.status == "closed":
        last = case.sign_offs.order_by("-section")[0]
        assert (last.section, last.signed_at) == (case.sign_offs.count(), case.closed_at)
        if case.severity == "major":
            assert last.signer_role in ("manager", "senior_manager")
    assert case.responses.filter(state="pending").count() == (case.status == "awaiting_approval")
    sent = case.responses.filter(state="sent")
    assert sent.count() == told.count("case.answered") + told.count("approval.granted")
    for response in sent.exclude(decided_by=None):
        assert str(response.decided_by_id) not in response.authors or response.alone_reason
    answers = list(case.responses.order_by("pk"))
    for at, response in enumerate(answers):
        for earlier in answers[:at]:  # a text that is used again brings its authors along
            assert earlier.body != response.body or set(earlier.authors) <= set(response.authors)
    shown = queries.tracked(case)
    assert INTERNAL not in repr([said.body for said in shown.conversation])
    assert all(file.for_customer for said in shown.conversation for file in said.files)
    assert all(file.for_customer for file in shown.files)


def arrived(world: World) -> None:
    """What is true of the whole at the end."""
    report = verify()
    assert report.ok, report
    for case in map(fresh, world.cases):
        for _, who, sentence in queries.history_of(case):
            assert who
            assert sentence
            assert "%(" not in sentence
        file = queries.case_file(SYSTEM, queries.case_for(SYSTEM, case.number))
        assert file.timeline == sorted(file.timeline, key=lambda entry: entry.at)


def walk(cast: Cast, seed: int, length: int) -> set[str]:
    """A walk that this seed decides; a failure tells every step of it."""
    world = World(cast, [filed(), filed(signature=None, occurred_on=None)], Random(seed))
    try:
        for _ in range(length):
            step(world)
        arrived(world)
    except Exception as problem:
        problem.add_note("\n".join(world.tried))
        raise
    return world.seen


@pytest.mark.parametrize("seed", [*range(6), 101])
def test_random_walks_keep_every_promise(cast: Cast, seed: int) -> None:
    walk(cast, seed, 100)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_long_random_walks_keep_every_promise(cast: Cast, seed: int) -> None:
    walk(cast, seed, 250)


def test_the_walks_come_everywhere(cast: Cast) -> None:
    """A walk that never arrives proves nothing: a few of them together reach every status."""
    seen: set[str] = set()
    for seed in range(20, 28):
        with transaction.atomic():
            seen |= walk(cast, seed, 60)
            transaction.set_rollback(True)
        if seen == set(STATUSES):
            return
    assert seen == set(STATUSES)
