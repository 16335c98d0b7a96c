"""Every address of the product, visited as every role and as nobody.

Generic over the resolver: a page that somebody adds tomorrow is walked too. Promised are: never an error of ours;
what is forbidden looks exactly like what does not exist; nobody reads the desk without signing in; reading changes
nothing (walked in test_security.py); and whoever may not see a case cannot move it either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.actions import Question
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.history.queries import head, kinds_of_case
from desagravo.history.verify import verify
from desagravo.rulebook import actions as rulebook
from tests.cast import SAFETY, Cast, answered, closed, decided, engage, filed, in_work

pytestmark = pytest.mark.django_db

ROLES = {
    "intake": "ines",
    "handler": "rui",
    "contact": "carla",
    "supervisor": "sofia",
    "manager": "marta",
    "senior manager": "vasco",
    "auditor": "dora",
    "data keeper": "amelia",
    "administrator": "xavier",
}
SIGN_IN = "/account/login/"
BEHIND_SIGN_IN = ("desk/", "administration/", "outgoing-mail/", "operations/")
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass
class World:
    """A company with a case in each state, one of them another team's, and the ids of what lies on them."""

    cast: Cast
    numbers: list[str]
    theirs: str
    secret: str
    keys: list[int]
    tokens: list[str]
    asked: str
    draft: str
    limits: list[int]
    rulebooks: list[int]
    missing: str = "2001-00001"
    others: list[str] = field(default_factory=lambda: ["mine", "all", "nonsense"])

    def values(self, kind: str, name: str) -> list[str]:
        """What to put into one place of an address: what exists, and what does not."""
        if name == "number":
            return [*self.numbers, self.theirs, self.missing]
        if name in {"token", "link"}:
            return [*self.tokens, "x" * 43]
        if name == "code":
            return [*self.others, self.draft]
        if name in {"book", "way"}:
            return ["triage", "policy:uk-fca-disp"] if name == "book" else ["rule/triage.money"]
        if kind == "int":
            return [*map(str, self.keys), "999999"]
        return self.others


@pytest.fixture
def world(db: None) -> World:
    cast = engage()
    due = clock.now() + timedelta(days=4)
    asked = in_work(cast, answers=SAFETY)
    consultations = actions.consult(asked, questions=[Question("finance", "Foi pago?", due)], actor=cast.rui)
    actions.add_files(asked, kept=[actions.keep_bytes("nota.txt", b"nota")], actor=cast.rui)
    waiting = in_work(cast, answers=SAFETY)
    version = decided(cast, waiting)
    actions.request_approval(waiting, draft_version=version, actor=cast.rui)
    told = [filed(), filed(signature=None), asked, waiting, answered(cast), closed(cast)]
    theirs = in_work(cast, owner="otto")
    secret = _secret(cast, due)
    return World(
        cast=cast,
        numbers=[*(each.number for each in told), secret.number],
        theirs=theirs.number,
        secret=secret.number,
        keys=sorted({1, consultations[0].pk, asked.attachments.get().pk}),
        tokens=[cases.tracking_url(told[0]).rstrip("/").rpartition("/")[2]],
        asked=asked.number,
        draft=rulebook.draft_from("starter-2026.1", actor=cast.marta),
        limits=list(asked.time_limits.values_list("pk", flat=True)),
        rulebooks=list(asked.rulebooks.values_list("pk", flat=True)),
    )


CANARY = "ornitorrinco"
"""Stands in the subject, the description, a note, a file's name and the answer of the confidential case."""


def _secret(cast: Cast, due: datetime) -> Case:
    """A confidential case with everything on it, known to Rui alone; the department asked has its own question."""
    case = in_work(cast, answers=SAFETY, description=f"O {CANARY} caiu.", complainant_name=f"Zulmira {CANARY}")
    actions.add_files(case, kept=[actions.keep_bytes(f"{CANARY}.txt", b"nota")], actor=cast.rui)
    actions.note(case, body=f"Nota sobre o {CANARY}.", actor=cast.rui)
    actions.consult(case, questions=[Question("logistics", "Quem entregou?", due, required=False)], actor=cast.rui)
    actions.make_confidential(case, actor=cast.rui)
    version = decided(cast, case, body=f"Resposta: {CANARY}.")
    actions.request_approval(case, draft_version=version, actor=cast.rui)
    return case


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"handler", "contact"}])
def test_a_confidential_case_is_on_no_page_of_who_is_not_on_its_list(world: World, role: str) -> None:
    """Neither its words nor its number: not in lists, counts, search, suggestions, mail, questions or refusals."""
    client = browser(world, ROLES[role])
    others = [each for each in world.numbers if each != world.secret]
    found = []
    for route in addresses():
        if not route.startswith(BEHIND_SIGN_IN):
            continue
        for address in {*filled(route, replace(world, numbers=others)), *_searches(route, world)}:
            text = content(client.get(address)).decode(errors="replace")
            found += [f"{address}: {word}" for word in (CANARY, world.secret) if word in text.lower()]
    assert not found, "\n".join(found[:20])
    for word, unheard in ((CANARY, "xilofone"), (world.secret, world.missing)):
        answers = (content(client.get(f"/desk/search/?q={each}")).decode() for each in (word, unheard))
        hit, miss = (text.replace(each, "") for text, each in zip(answers, (word, unheard), strict=True))
        assert hit == miss


def _searches(route: str, world: World) -> list[str]:
    return (
        [f"/{route}?q={words}" for words in ("caiu", "Zulmira", "nota", "Resposta")] if route == "desk/search/" else []
    )


def test_breaking_the_glass_tells_nothing_before_the_reason(world: World) -> None:
    for name in ("marta", "dora", "vasco", "sofia", "amelia"):
        client = browser(world, name)
        known, unknown = (client.get(f"/desk/cases/{each}/break-glass/") for each in (world.secret, world.missing))
        assert known.status_code == unknown.status_code == 200
        assert without(world.secret, known) == without(world.missing, unknown)
        known, unknown = (client.post(f"/desk/cases/{each}/break-glass/") for each in (world.secret, world.missing))
        assert known.status_code == unknown.status_code == 422
        assert without(world.secret, known) == without(world.missing, unknown)
        before = head()
        assert client.post(f"/desk/cases/{world.missing}/break-glass/", {"reason": "Auditoria."}).status_code == 404
        assert head() == before
    for name in ("ines", "bia", "carla", "xavier"):
        assert browser(world, name).get(f"/desk/cases/{world.secret}/break-glass/").status_code == 404
        assert browser(world, name).post(f"/desk/cases/{world.secret}/break-glass/").status_code == 404
    dora = browser(world, "dora")
    assert dora.post(f"/desk/cases/{world.secret}/break-glass/", {"reason": "Auditoria."}).status_code == 303
    page = content(dora.get(f"/desk/cases/{world.secret}/")).decode()
    assert CANARY in page
    assert "Dora Pinto broke the glass: Auditoria." in page


def addresses(patterns: list[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every route of the product as text with its places: ``desk/cases/<str:number>/history/``."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + _route(each)
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        else:
            yield route


def _route(each: URLPattern | URLResolver) -> str:
    """The route, or for allauth's regular expressions one address that they match."""
    if hasattr(each.pattern, "_route"):
        return str(each.pattern._route)
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", str(each.pattern))
    return named.strip("^$").replace("\\", "")


def filled(route: str, world: World) -> list[str]:
    """The route with each value in each place once: all combinations would only repeat the same answers. What lies on
    one case is asked for on that case with every key besides, because keys differ from database to database."""
    if route.startswith("administration/people/"):
        world = replace(world, keys=[world.cast.person("rui").pk])
    elif "/limits/rulebooks/<int:" in route:
        world = replace(world, keys=world.rulebooks)
    elif "/limits/<int:" in route:
        world = replace(world, keys=world.limits)
    places = [world.values(found["kind"] or "str", found["name"]) for found in _PART.finditer(route)]
    bare = _PART.sub("{}", route.replace("{", "").replace("}", ""))
    most = max(map(len, places), default=1)
    turns = [tuple(values[turn % len(values)] for values in places) for turn in range(most)]
    if len(places) == 2 and places[0][: len(world.numbers)] == world.numbers:
        turns += [(world.asked, key) for key in places[1]]
    return ["/" + bare.format(*each) for each in dict.fromkeys(turns)]


def browser(world: World, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    if name:
        client.force_login(world.cast.person(name))
    return client


def content(response: HttpResponseBase) -> bytes:
    if response.streaming:
        return b"".join(response)  # type: ignore[arg-type]
    return re.sub(rb'(csrfmiddlewaretoken" value|X-CSRFToken": )[^>]*', b"", response.content)  # type: ignore[attr-defined]


def test_nobody_reads_the_desk_without_signing_in(world: World) -> None:
    nobody = browser(world, "")
    walked = [route for route in addresses() if route.startswith(BEHIND_SIGN_IN)]
    assert len(walked) > 30
    for route in walked:
        for address in filled(route, world)[:3]:
            for response in (nobody.get(address), nobody.post(address)):
                assert response.status_code == 302, address
                assert response.headers["Location"].startswith(SIGN_IN), address


@pytest.mark.parametrize("role", ROLES)
def test_what_is_forbidden_looks_like_what_does_not_exist(world: World, role: str) -> None:
    actor, client = world.cast.actor(ROLES[role]), browser(world, ROLES[role])
    seen = set(cases.visible_to(actor).values_list("number", flat=True))
    hidden = [each for each in (*world.numbers, world.theirs) if each not in seen]
    routes = [route for route in addresses() if route.startswith("desk/") and "number>" in route]
    assert routes
    for route in routes:
        with_keys = route.replace("<str:number>", "{number}")
        for tail in filled(with_keys.replace("{number}", "NUMBER"), world)[:2]:
            missing = client.get(tail.replace("NUMBER", world.missing))
            for number in hidden:
                response = client.get(tail.replace("NUMBER", number))
                if response.status_code == 200 and _has_an_own_question(actor.departments, number, tail):
                    continue  # a file that belongs to a question to the own department
                if "/break-glass/" not in tail:  # which is the same page for every number, or none
                    assert response.status_code in {303, 404, 405}, f"{role} {tail} {number}"
                assert response.status_code == missing.status_code, f"{role} {tail} {number}"
                assert without(number, response) == without(world.missing, missing), f"{role} {tail} {number}"


def without(number: str, response: HttpResponseBase) -> tuple[bytes, str]:
    """What an answer says, apart from the number that was asked for."""
    return content(response).replace(number.encode(), b""), response.headers.get("Location", "").replace(number, "")


def _has_an_own_question(own: frozenset[str], number: str, address: str) -> bool:
    from desagravo.cases.models import Consultation

    return "/files/" in address and Consultation.objects.filter(case__number=number, department__in=own).exists()


@pytest.mark.parametrize("role", ROLES)
def test_an_empty_form_never_fails_and_moves_nothing_that_is_hidden(world: World, role: str) -> None:
    """Each attempt is rolled back, so that one does not spoil the next."""
    actor, client = world.cast.actor(ROLES[role]), browser(world, ROLES[role])
    world.numbers = world.numbers[2:3]
    seen = set(cases.visible_to(actor).values_list("number", flat=True))
    failures = []
    for route in addresses():
        if not route.startswith("desk/"):
            continue
        for address in filled(route, world):
            number = next((each for each in (*world.numbers, world.theirs) if each in address), "")
            try:
                with transaction.atomic():
                    before = head()
                    response = client.post(address)
                    content(response)
                    if response.status_code >= 500:
                        failures.append(f"{address}: {response.status_code}")
                    # an auditor changes nothing; that one asked for a copy is on record
                    only_asked = role == "auditor" and address.endswith("/export/") and number in seen
                    if head() != before and not only_asked and (role == "auditor" or (number and number not in seen)):
                        failures.append(f"{address}: {kinds_of_case(number)[-1] if number else 'an event'}")
                    transaction.set_rollback(True)
            except Exception as error:
                failures.append(f"{address}: {error!r}")
    assert not failures, "\n".join(failures[:20])
    assert verify().ok


def test_the_desk_is_walked_with_what_exists(world: World) -> None:
    """The walk above would prove nothing if it met only missing things: a manager must get pages."""
    client = browser(world, "marta")
    met = {
        route: {client.get(address).status_code for address in filled(route, world)}
        for route in addresses()
        if route.startswith("desk/cases/")
    }
    assert sum(200 in statuses for statuses in met.values()) >= 6, met
