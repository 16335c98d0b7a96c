"""The answer: exactly the text that was shown goes out, and nobody approves a text of their own."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case, Response
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments import actions as departments
from desagravo.departments.models import Person
from tests.cast import SAFETY, Cast, answered, days_later, decided, filed, fresh, in_work
from tests.rooms.cases.steps import adds, customer_of, refused

respond = import_module("desagravo.cases.actions.respond")  # the name in the package is the verb


def put_up(cast: Cast, by: str = "rui") -> tuple[Case, Response]:
    """A major case whose answer waits for approval."""
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    return case, actions.request_approval(case, draft_version=version, actor=cast.actor(by))


def only(*names: str) -> None:
    """All other people have left."""
    Person.objects.exclude(email__in=[f"{name}@casa.example" for name in names]).update(is_active=False)


def test_a_minor_case_is_answered_without_approval(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    with adds(case, "case.answered", status="answered"), days_later(1) as later:
        response = actions.respond(case, draft_version=version, actor=cast.rui)
    assert (response.state, response.sent_at, response.signer_name) == ("sent", later, "Rui Tavares")
    assert response.points[0]["decision"] == "upheld"
    now = fresh(case)
    assert (now.answered_at, now.next_step) == (later, "await_customer")
    assert [said.body for said in queries.tracked(now).conversation if said.answer] == [response.body]
    assert queries.search(cast.rui, "substituimos o aparelho").rows


def test_a_major_case_is_not_answered_without_approval(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    for who in ("rui", "sofia", "marta"):
        with refused(case, NotAllowed, "major_needs_manager"):
            actions.respond(case, draft_version=version, actor=cast.actor(who))
    assert not Response.objects.exists()


def test_approval_sends_the_text(cast: Cast) -> None:
    case, response = put_up(cast)
    assert (response.state, fresh(case).next_step) == ("pending", "approve")
    assert not [said for said in queries.tracked(fresh(case)).conversation if said.answer]
    with adds(case, "approval.granted", status="answered"):
        sent = actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    assert (sent.state, str(sent.decided_by_id), sent.alone_reason) == ("sent", cast.marta.id, "")
    assert sent.body == response.body


def test_nobody_approves_what_they_wrote_or_put_up(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    decided(cast, case)
    draft = actions.save_draft(case, body="By the manager.", based_on=1, actor=cast.marta)
    response = actions.request_approval(case, draft_version=draft.version, actor=cast.rui)
    assert set(response.authors) == {cast.marta.id, cast.rui.id}
    with refused(case, NotAllowed, "four_eyes"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    with refused(case, NotAllowed, "four_eyes"):  # a reason does not help while somebody else could
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta, alone_reason="In a hurry.")
    with adds(case, "approval.granted", status="answered"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.vasco)


def test_whoever_is_alone_approves_with_a_reason_on_record(cast: Cast) -> None:
    case, response = put_up(cast, by="marta")
    only("marta")
    for reason in ("", "  "):
        with refused(case, NotAllowed, "alone_needs_reason"):
            actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta, alone_reason=reason)
    with adds(case, "approval.granted", status="answered"):
        sent = actions.approve(
            case, response_sha256=response.body_sha256, actor=cast.marta, alone_reason="I am the whole company."
        )
    assert sent.alone_reason == "I am the whole company."
    assert case.responses.get().alone_reason


def test_a_supervisor_is_not_enough_for_a_major_case_also_when_no_manager_is_left(cast: Cast) -> None:
    case, response = put_up(cast)
    only("rui", "sofia")
    with refused(case, NotAllowed, "major_needs_manager"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.sofia, alone_reason="Nobody else.")


def test_a_supervisor_approves_a_minor_case(cast: Cast) -> None:
    case = in_work(cast)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    with adds(case, "approval.granted", status="answered"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.sofia)


def test_another_text_is_not_approved(cast: Cast) -> None:
    case, _ = put_up(cast)
    with refused(case, NotNow, "another_text"):
        actions.approve(case, response_sha256="0" * 64, actor=cast.marta)


def test_a_text_comes_back_with_a_comment(cast: Cast) -> None:
    case, _ = put_up(cast)
    with refused(case, Missing, "comment:nothing_to_return"):
        actions.return_answer(case, comment=" ", actor=cast.marta)
    for who in ("rui", "ines", "carla", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.return_answer(case, comment="No.", actor=cast.actor(who))
    with adds(case, "approval.returned", status="in_work"):
        returned = actions.return_answer(case, comment="Seco demais.", actor=cast.marta)
    assert (returned.state, returned.comment) == ("returned", "Seco demais.")
    now = queries.case_for(cast.rui, case.number)
    assert queries.case_file(cast.rui, now).returned == returned
    assert "Seco demais." not in [said.body for said in queries.tracked(fresh(case)).conversation]
    draft = actions.save_draft(case, body="Melhor.", based_on=1, actor=cast.rui)
    with adds(case, "approval.requested", status="awaiting_approval"):
        actions.request_approval(case, draft_version=draft.version, actor=cast.rui)
    assert case.responses.count() == 2


def _nothing(cast: Cast, case: Case) -> int:
    actions.save_draft(case, body="Text.", based_on=0, actor=cast.rui)
    return 1


def _undecided(cast: Cast, case: Case) -> int:
    version = decided(cast, case)
    actions.add_point(case, text="One more.", actor=cast.rui)
    return version


def _no_text(cast: Cast, case: Case) -> int:
    return decided(cast, case, body="  \n")


def _old_version(cast: Cast, case: Case) -> int:
    version = decided(cast, case)
    actions.save_draft(case, body="Another text.", based_on=version, actor=cast.bia)
    return version


def _gap(cast: Cast, case: Case) -> int:
    return decided(cast, case, body="Dear Sir, {solution}")


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (_nothing, "no_points"),
        (_undecided, "points_undecided"),
        (_no_text, "no_answer_text"),
        (_old_version, "another_text"),
        (_gap, "placeholder_left"),
    ],
)
def test_an_answer_that_is_not_ready(cast: Cast, prepare: Callable[[Cast, Case], int], code: str) -> None:
    minor, major = in_work(cast), in_work(cast, answers=SAFETY)
    version = prepare(cast, minor)
    with refused(minor, NotNow, code):
        actions.respond(minor, draft_version=version, actor=cast.rui)
    version = prepare(cast, major)
    with refused(major, NotNow, code):
        actions.request_approval(major, draft_version=version, actor=cast.rui)
    assert not Response.objects.exists()


def test_braces_that_are_no_gap_may_stay(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case, body="The code is {x} or {}.")
    with adds(case, "case.answered", status="answered"):
        actions.respond(case, draft_version=version, actor=cast.rui)


def test_who_and_when(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    strangers: list[Actor] = [cast.actor(who) for who in ("ines", "carla", "vasco", "dora", "xavier")]
    for actor in [*strangers, customer_of(case)]:
        with refused(case, NotAllowed, "role"):
            actions.respond(case, draft_version=version, actor=actor)
        with refused(case, NotAllowed, "role"):
            actions.request_approval(case, draft_version=version, actor=actor)
    for other in (filed(), answered(cast)):
        with refused(other, NotNow, "not_on_the_path"):
            actions.respond(other, draft_version=1, actor=cast.rui)
        with refused(other, NotNow, "not_on_the_path"):
            actions.request_approval(other, draft_version=1, actor=cast.rui)
        with refused(other, NotNow, "not_on_the_path"):
            actions.approve(other, response_sha256="", actor=cast.marta)
        with refused(other, NotNow, "not_on_the_path"):
            actions.return_answer(other, comment="x", actor=cast.marta)


def test_somebody_who_joins_ends_being_alone(cast: Cast) -> None:
    case, response = put_up(cast, by="marta")
    only("marta")
    departments.add_person(email="new@casa.example", name="Nova", roles=[("manager", "")], actor=cast.xavier)
    with refused(case, NotAllowed, "four_eyes"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta, alone_reason="Alone.")


def test_who_wrote_the_text_stays_its_author_after_it_was_contested(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    decided(cast, case)
    text = "We will look at your fridge again on Monday."
    version = actions.save_draft(case, body=text, based_on=1, actor=cast.marta).version
    first = actions.request_approval(case, draft_version=version, actor=cast.marta)
    actions.approve(case, response_sha256=first.body_sha256, actor=cast.vasco)
    actions.react(case, settled=False, body="No.", actor=customer_of(case))
    for body in (text, "", "Dear Madam,\n" + text):  # untouched; emptied; and taken over from the answer that was sent
        version = actions.save_draft(case, body=body, based_on=version, actor=cast.rui).version
        if not body:
            continue
        again = actions.request_approval(case, draft_version=version, actor=cast.rui)
        with refused(case, NotAllowed, "four_eyes"):
            actions.approve(case, response_sha256=again.body_sha256, actor=cast.marta)
        actions.return_answer(case, comment="Anew.", actor=cast.marta)


def test_a_new_text_after_a_contest_has_its_own_authors(cast: Cast) -> None:
    case, first = put_up(cast, by="marta")
    actions.approve(case, response_sha256=first.body_sha256, actor=cast.vasco)
    actions.react(case, settled=False, body="No.", actor=customer_of(case))
    version = actions.save_draft(case, body="We pay the whole price back.", based_on=1, actor=cast.rui).version
    again = actions.request_approval(case, draft_version=version, actor=cast.rui)
    with adds(case, "approval.granted", status="answered"):
        actions.approve(case, response_sha256=again.body_sha256, actor=cast.marta)


def test_what_authority_asks_is_read_under_the_lock(cast: Cast) -> None:
    """A case that another made major while the page stood open needs a manager: the row in hand is not believed."""
    case = in_work(cast)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.sofia)
    only("rui", "sofia")
    stale = fresh(case)
    Case.objects.filter(pk=case.pk).update(severity="major")
    with refused(case, NotAllowed, "major_needs_manager"):
        actions.approve(stale, response_sha256=response.body_sha256, actor=cast.sofia, alone_reason="Alone.")
    seen = []
    begun = respond._at_stake

    def look(*given: object) -> dict[str, object]:
        seen.append(given[0].severity)  # type: ignore[attr-defined]
        return begun(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(respond, "_at_stake", look)
        with pytest.raises(NotAllowed):
            actions.approve(stale, response_sha256=response.body_sha256, actor=cast.sofia)
    assert seen == ["major"]


def test_the_answer_bears_the_name_of_who_put_it_up(cast: Cast) -> None:
    case, response = put_up(cast)
    actions.assign(case, to=cast.otto.id, actor=cast.sofia)
    sent = actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    assert sent.signer_name == "Rui Tavares"
