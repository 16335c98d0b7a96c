"""From the signed form to the signed closure, told through the actions as the source articles tell it."""

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.cases.lifecycle import replay
from desagravo.common import clock
from desagravo.common.refusals import NotAllowed, NotNow
from desagravo.history.outbox import run_due
from desagravo.history.verify import verify
from desagravo.rulebook.calendar import due_after
from tests.cast import MONDAY, PASSWORD, SAFETY, Cast, decided, engage, filed, fresh, kinds, section

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return engage()


def test_a_major_complaint_goes_all_the_way(cast: Cast) -> None:
    with clock.at(MONDAY):
        case = filed()
        assert case.status == "received"
        assert case.number == "2026-00001"

        case = actions.assess(case, answers=SAFETY, actor=cast.marta)
        assert (case.severity, case.rule) == ("major", "triage.safety")
        case = actions.assign(case, to=cast.rui.id, actor=cast.marta)

        due = due_after(clock.now(), 2)
        asked = actions.consult(
            case,
            questions=[Question("finance", "Foi pago?", due), Question("logistics", "Onde está?", due, required=False)],
            actor=cast.rui,
        )
        version = decided(cast, case)
        with pytest.raises(NotNow, match="Finance"):
            actions.request_approval(case, draft_version=version, actor=cast.rui)
        with pytest.raises(NotAllowed):
            actions.answer_consultation(asked[0], answer="Sim", actor=cast.paulo)
        actions.answer_consultation(asked[0], answer="Sim, a 3 de janeiro.", actor=cast.carla)

        with pytest.raises(NotAllowed):
            actions.respond(case, draft_version=version, actor=cast.rui)
        response = actions.request_approval(case, draft_version=version, actor=cast.rui)
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
        assert fresh(case).status == "answered"

        customer = queries.case_behind(queries.tracking_url(fresh(case)).split("/")[-2])[1]
        actions.react(case, settled=True, actor=customer)
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.marta)

    case = fresh(case)
    assert case.status == "closed"
    assert not case.open
    assert replay(kinds(case)) == "closed"
    assert case.next_step == ""
    assert verify().ok


def test_the_papers_are_made_and_sealed(cast: Cast) -> None:
    with clock.at(MONDAY):
        case = filed()
    while run_due():
        pass
    receipt = case.documents.get(kind="receipt")
    assert receipt.size > 1000
    assert verify().ok


def test_answer_letter_and_sealed_sheet(cast: Cast) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    from desagravo.common import files
    from desagravo.common.documents import sealing
    from tests.cast import closed

    with clock.at(MONDAY):
        case = closed(cast)
    while run_due():
        pass
    papers = {each.kind: files.read(each.stored) for each in case.documents.all()}
    assert set(papers) == {"receipt", "letter", "sign_off"}
    letter = "".join(page.extract_text() for page in PdfReader(BytesIO(papers["letter"])).pages)
    assert "Substituímos o aparelho." in letter
    assert "Yours sincerely" not in letter
    assert sealing.check(papers["sign_off"]).ok
    assert "Sofia Antunes" in "".join(page.extract_text() for page in PdfReader(BytesIO(papers["sign_off"])).pages)
    assert verify().ok


def test_whoever_wrote_a_line_of_the_answer_does_not_approve_it(cast: Cast) -> None:
    with clock.at(MONDAY):
        case = actions.assign(
            actions.assess(filed(), answers=SAFETY, actor=cast.marta), to=cast.rui.id, actor=cast.marta
        )
        decided(cast, case)
        first = actions.save_draft(case, body="Exma. Senhora,\n\nO texto da gestora.", based_on=1, actor=cast.marta)
        changed = actions.save_draft(case, body=first.body + " Com afinco.", based_on=first.version, actor=cast.rui)
        response = actions.request_approval(case, draft_version=changed.version, actor=cast.rui)
        with pytest.raises(NotAllowed, match="own"):
            actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.vasco)


def test_a_point_taken_off_the_list_leaves_the_record_whole(cast: Cast) -> None:
    with clock.at(MONDAY):
        case = actions.assign(
            actions.assess(filed(), answers=SAFETY, actor=cast.marta), to=cast.rui.id, actor=cast.marta
        )
        wrong = actions.add_point(case, text="Escrito por engano.", actor=cast.rui)
        actions.drop_point(wrong, reason="Engano.", actor=cast.rui)
        second = actions.add_point(case, text="O verdadeiro.", actor=cast.rui)
    assert second.position == 2
    assert [point.text for point in case.points.all()] == ["O verdadeiro."]
    assert verify().ok
