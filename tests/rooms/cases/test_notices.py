from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.mentions import mentions_in
from desagravo.cases.models import Case
from desagravo.cases.models.notice import Notice
from desagravo.common import clock
from desagravo.common.refusals import NotYours
from desagravo.departments import queries as departments
from desagravo.departments.models import Absence, Organisation, Person
from desagravo.history.outbox import run_due
from tests.cast import MONDAY, SAFETY, Cast, decided, filed, in_work
from tests.rooms.cases.steps import customer_of


def told(cast: Cast, name: str) -> list[tuple[str, str]]:
    """Kind and case of what this person was told, oldest first."""
    while run_due():
        pass
    rows = Notice.objects.filter(person=cast.person(name)).order_by("pk")
    return [(row.kind, row.case_number) for row in rows]


def sentences(cast: Cast, name: str) -> list[str]:
    while run_due():
        pass
    return [row.sentence for row in queries.notices(cast.actor(name)).rows]


def nobody_else(cast: Cast, *names: str) -> None:
    people = {cast.person(name).pk for name in names}
    assert not Notice.objects.exclude(person__in=people).exists()


def away(cast: Cast, name: str, substitute: str | None) -> None:
    Absence.objects.create(
        person=cast.person(name),
        first_day=MONDAY.date(),
        last_day=MONDAY.date(),
        substitute=cast.person(substitute) if substitute else None,
    )


def ask(cast: Cast, case: Case, department: str = "finance") -> object:
    question = actions.Question(department, "Quanto foi pago?", MONDAY + timedelta(days=3))
    return actions.consult(case, questions=[question], actor=cast.rui)[0]


def test_the_new_owner_is_told_and_who_acted_is_not(cast: Cast) -> None:
    case = in_work(cast)
    assert told(cast, "rui") == [("assigned", case.number)]
    nobody_else(cast, "rui")
    actions.assign(case, to=str(cast.person("rui").pk), actor=cast.rui)
    assert len(told(cast, "rui")) == 1


def test_it_is_told_once_however_often_the_work_is_done(cast: Cast) -> None:
    from desagravo.history.models import Delivery

    in_work(cast)
    assert len(told(cast, "rui")) == 1
    Delivery.objects.filter(subscriber="cases.notices").update(state="waiting", due_at=clock.now(), ended_at=None)
    assert len(told(cast, "rui")) == 1


def test_the_contacts_of_the_department_are_told_of_a_question_and_the_asker_of_the_answer(cast: Cast) -> None:
    case = in_work(cast)
    question = ask(cast, case)
    assert told(cast, "carla") == [("asked", case.number)]
    assert told(cast, "paulo") == []
    assert queries.notices(cast.carla).rows[0].path == f"/desk/questions/{question.pk}/"  # type: ignore[attr-defined]
    actions.answer_consultation(question, answer="120 euros.", actor=cast.carla)  # type: ignore[arg-type]
    assert told(cast, "rui")[1:] == [("answered", case.number)]
    assert sentences(cast, "rui")[0] == f"Finance answered your question about {case.number}."


def test_a_declined_question_is_said_to_be_declined(cast: Cast) -> None:
    case = in_work(cast)
    actions.answer_consultation(ask(cast, case), answer="Não é connosco.", declined=True, actor=cast.carla)  # type: ignore[arg-type]
    assert told(cast, "rui")[1:] == [("declined", case.number)]


def test_those_who_may_approve_are_told_and_the_author_hears_how_it_ended(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    assert told(cast, "marta") == told(cast, "vasco") == [("approval_wanted", case.number)]
    assert told(cast, "sofia") == []  # a supervisor does not approve a major case
    actions.return_answer(case, comment="Mais curto.", actor=cast.marta)
    assert told(cast, "rui")[1:] == [("returned", case.number)]
    response = actions.request_approval(case, draft_version=1, actor=cast.rui)
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    assert told(cast, "rui")[2:] == [("approved", case.number)]


def test_an_answer_that_was_held_back_is_told_to_its_author(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    Organisation.objects.update(sending_delay=60)
    departments.forget_organisation()
    actions.respond(case, draft_version=version, actor=cast.rui)
    actions.add_message(case, body="Esperem!", actor=customer_of(case))
    assert ("held_back", case.number) in told(cast, "rui")


def test_an_author_is_not_asked_to_approve(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    version = actions.save_draft(case, body="Outro texto.", based_on=version, actor=cast.sofia).version
    actions.request_approval(case, draft_version=version, actor=cast.rui)
    assert told(cast, "marta") == [("approval_wanted", case.number)]
    assert told(cast, "sofia") == []


def test_the_owner_is_told_of_the_customer(cast: Cast) -> None:
    case = in_work(cast)
    actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    actions.withdraw(case, actor=customer_of(case))
    assert told(cast, "rui")[1:] == [("customer_wrote", case.number), ("withdrawn", case.number)]
    assert sentences(cast, "rui")[1] == f"The customer wrote on {case.number}."


def test_a_follow_up_that_came_back_is_told(cast: Cast) -> None:
    case = in_work(cast)
    actions.follow_up(case, about="Ligar", due_at=MONDAY + timedelta(days=1), actor=cast.rui)
    with clock.at(MONDAY + timedelta(days=2)):
        actions.come_back(clock.now())
        assert told(cast, "rui")[1:] == [("came_back", case.number)]


def test_a_mail_that_could_not_be_delivered_is_told(cast: Cast) -> None:
    case = in_work(cast)
    actions.letter_undeliverable(case.number, letter="acknowledgement", because="550 nobody")
    assert told(cast, "rui")[1:] == [("undeliverable", case.number)]


def test_the_substitute_is_told_too_if_the_case_is_theirs_to_see(cast: Cast) -> None:
    case = in_work(cast)
    told(cast, "rui")
    away(cast, "rui", "bia")
    actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    assert told(cast, "rui")[1:] == told(cast, "bia") == [("customer_wrote", case.number)]


def test_a_substitute_who_may_not_see_the_case_is_not_told(cast: Cast) -> None:
    case = in_work(cast)
    away(cast, "rui", "otto")
    actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    assert len(told(cast, "rui")) == 2
    nobody_else(cast, "rui")


def test_the_substitute_of_a_contact_must_be_of_the_department(cast: Cast) -> None:
    away(cast, "carla", "paulo")
    ask(cast, in_work(cast))
    assert told(cast, "paulo") == []


def test_two_who_stand_in_for_each_other_do_not_go_in_circles(cast: Cast) -> None:
    case = in_work(cast)
    away(cast, "rui", "bia")
    away(cast, "bia", "rui")
    assert told(cast, "bia") == [("assigned", case.number)]


def test_whoever_left_is_told_nothing(cast: Cast) -> None:
    case = in_work(cast)
    told(cast, "rui")
    Person.objects.filter(pk=cast.person("rui").pk).update(is_active=False)
    actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    assert len(told(cast, "rui")) == 1


def test_many_cases_at_once_are_one_line_with_a_count(cast: Cast) -> None:
    for _number in range(12):
        in_work(cast)
    assert sentences(cast, "rui") == ["You are in charge of 12 more cases."]
    row = queries.notices(cast.rui).rows[0]
    assert (row.path, row.unread) == ("/desk/inbox/mine/", True)
    assert queries.unread_notices(cast.rui) == 1


def test_a_few_cases_are_lines_of_their_own_and_so_is_what_comes_later(cast: Cast) -> None:
    numbers = [in_work(cast).number for _ in range(4)]
    assert told(cast, "rui") == [("assigned", number) for number in numbers]
    with clock.at(MONDAY + timedelta(minutes=6)):
        later = in_work(cast).number
        assert told(cast, "rui")[-1] == ("assigned", later)


def test_what_a_customer_does_on_many_cases_stays_a_line_each(cast: Cast) -> None:
    cases = [in_work(cast) for _ in range(7)]
    for case in cases:
        actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    assert [kind for kind, _case in told(cast, "rui")].count("customer_wrote") == 7


def test_reading_is_for_its_person_alone(cast: Cast) -> None:
    in_work(cast)
    told(cast, "rui")
    row = Notice.objects.get()
    with pytest.raises(NotYours):
        actions.read_notice(row.pk, actor=cast.bia)
    assert queries.unread_notices(cast.rui) == 1
    actions.read_notice(row.pk, actor=cast.rui)
    assert queries.unread_notices(cast.rui) == 0


def test_all_are_read_up_to_what_stood_on_the_page(cast: Cast) -> None:
    in_work(cast)
    told(cast, "rui")
    page = queries.notices(cast.rui)
    later = in_work(cast)
    told(cast, "rui")
    assert actions.read_all_notices(actor=cast.rui, up_to=page.newest) == 1
    unread = [row for row in queries.notices(cast.rui).rows if row.unread]
    assert [row.path for row in unread] == [f"/desk/cases/{later.number}/"]


def test_pages_lead_to_older_lines(cast: Cast) -> None:
    case = in_work(cast)
    for number in range(queries.PAGE + 3):
        Notice.objects.create(
            person=cast.person("bia"), kind="assigned", case_number=case.number, event_seq=number + 1, at=MONDAY
        )
    first = queries.notices(cast.bia)
    assert (len(first.rows), first.before) == (queries.PAGE, first.rows[-1].id)
    second = queries.notices(cast.bia, before=first.before)
    assert (len(second.rows), second.before) == (3, None)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}


def test_a_case_that_is_no_longer_theirs_has_a_line_without_a_way_to_it(cast: Cast) -> None:
    case = in_work(cast)
    told(cast, "rui")
    Case.objects.filter(pk=case.pk).update(owner=cast.person("otto"), team="other")
    assert queries.notices(cast.rui).rows[0].path == ""


def test_a_case_of_long_ago_is_shown_and_not_mailed(cast: Cast) -> None:
    in_work(cast)
    with clock.at(MONDAY + timedelta(days=4)):
        told(cast, "rui")
    assert not Notice.objects.get().to_mail


def test_at_once_waits_a_minute_for_company(cast: Cast) -> None:
    in_work(cast)
    told(cast, "rui")
    assert queries.people_to_mail(MONDAY + timedelta(seconds=30)) == []
    (person,) = queries.people_to_mail(MONDAY + timedelta(seconds=61))
    assert person.id == cast.rui.id
    assert len(queries.to_mail(person, MONDAY + timedelta(seconds=61)).rows) == 1


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2026-03-02T08:30:00+00:00", "2026-03-03T08:00:00+00:00"),  # Monday, after eight: Tuesday
        ("2026-03-02T07:30:00+00:00", "2026-03-02T08:00:00+00:00"),
        ("2026-03-06T10:00:00+00:00", "2026-03-09T08:00:00+00:00"),  # Friday: Monday
        ("2026-03-07T10:00:00+00:00", "2026-03-09T08:00:00+00:00"),
    ],
)
def test_a_digest_comes_at_eight_on_working_days(cast: Cast, said: str, due: str) -> None:
    from datetime import datetime

    Person.objects.filter(pk=cast.person("rui").pk).update(notices="digest", time_zone="Europe/Lisbon")
    in_work(cast)
    told(cast, "rui")
    Notice.objects.update(at=datetime.fromisoformat(said))
    moment = datetime.fromisoformat(due)
    assert queries.people_to_mail(moment - timedelta(minutes=1)) == []
    assert [each.id for each in queries.people_to_mail(moment)] == [cast.rui.id]


def test_eight_is_eight_where_the_person_is(cast: Cast) -> None:
    Person.objects.filter(pk=cast.person("rui").pk).update(notices="digest", time_zone="America/Sao_Paulo")
    in_work(cast)
    told(cast, "rui")
    assert queries.people_to_mail(MONDAY + timedelta(hours=1, minutes=59)) == []  # a minute to eight, over there
    assert queries.people_to_mail(MONDAY + timedelta(hours=2))


def test_off_is_off(cast: Cast) -> None:
    Person.objects.filter(pk=cast.person("rui").pk).update(notices="off")
    in_work(cast)
    assert told(cast, "rui")
    assert queries.people_to_mail(MONDAY + timedelta(days=1)) == []
    Person.objects.filter(pk=cast.person("rui").pk).update(notices="at_once")
    assert queries.people_to_mail(MONDAY + timedelta(days=1)) == []  # and nothing is made up for later


def test_a_colleague_who_is_mentioned_is_told(cast: Cast) -> None:
    case = in_work(cast)
    message = actions.note(case, body="@Sofia Antunes, podes ver? E tu, @bea@casa.example?", actor=cast.rui)
    assert told(cast, "sofia") == [("mentioned", case.number)]
    assert queries.notices(cast.sofia).rows[0].path == f"/desk/cases/{case.number}/#m{message.pk}"
    assert told(cast, "bia") == []


def test_a_mention_opens_no_case_and_its_writer_hears_so(cast: Cast) -> None:
    case = in_work(cast)
    text = "@Otto Stranger e @Carla: vejam. @Marta Faria também, e @Ninguém."
    actions.note(case, body=text, actor=cast.rui)
    assert told(cast, "otto") == told(cast, "carla") == []
    assert told(cast, "marta") == [("mentioned", case.number)]
    assert not queries.visible_to(cast.otto).filter(pk=case.pk).exists()
    reach = queries.reach_of(case, text)
    assert reach is not None
    assert (reach.told, reach.blind, reach.nobody) == (["Marta Faria"], ["Otto Stranger", "Carla Nunes"], ["Ninguém"])


@pytest.mark.parametrize(
    ("text", "people", "nobody", "several"),
    [
        ("@Ana Reis", ["1"], [], []),
        ("(@ANA REIS)", ["1"], [], []),
        ("obrigado @José.", ["3"], [], []),
        ("@jose d'Ávila-Pinto", ["3"], [], []),
        ("@Ana, @Ana", [], [], ["Ana"]),
        ("@Ana Lopes Reis", ["2"], [], []),
        ("escreve a ana@reis.pt ou 5@Ana", [], [], []),
        ("@ Ana", [], [], []),
        ("@Zé", [], ["Zé"], []),
    ],
)
def test_who_is_meant(text: str, people: list[str], nobody: list[str], several: list[str]) -> None:
    house = [("1", "Ana Reis"), ("2", "Ana Lopes Reis"), ("3", "José d’Ávila-Pinto")]
    found = mentions_in(text, house)
    assert (found.people, found.nobody, found.several) == (people, nobody, several)


def test_an_import_tells_nobody(cast: Cast) -> None:
    filed()
    while run_due():
        pass
    assert not Notice.objects.exists()


def test_broken_glass_is_told_to_the_owner_and_without_the_case_to_the_keeper_of_data(cast: Cast) -> None:
    case = in_work(cast)
    actions.make_confidential(case, actor=cast.rui)
    actions.break_glass(case.number, reason="Auditoria anual.", actor=cast.dora)
    assert told(cast, "rui")[1:] == [("glass_broken", case.number)]
    assert told(cast, "marta") == told(cast, "dora") == []
    row = queries.notices(cast.rui).rows[0]
    assert row.sentence == f"Dora Pinto opened {case.number} without being on its list, for 24 hours."
    assert row.path == f"/desk/cases/{case.number}/confidentiality/"
    assert told(cast, "amelia") == [("glass_broken", case.number)]
    row = queries.notices(cast.amelia).rows[0]
    assert row.sentence == "Dora Pinto opened a confidential case without being on its list, for 24 hours."
    assert row.path == f"/desk/looks/?person={cast.dora.id}"


def test_lines_about_a_case_made_confidential_since_are_gone_for_those_off_its_list(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    question = ask(cast, case)
    assert told(cast, "marta") == [("approval_wanted", case.number)]
    actions.make_confidential(case, actor=cast.rui)
    assert queries.notices(cast.marta).rows == []
    assert queries.unread_notices(cast.marta) == 0
    due = clock.now() + timedelta(days=3)
    mailed = queries.to_mail(departments.told([cast.marta.id])[cast.marta.id], due)
    assert [row.path for row in mailed.rows] in ([], [""])  # a line without a path stands in no mail
    assert [row.path for row in queries.notices(cast.carla).rows] == [f"/desk/questions/{question.pk}/"]  # type: ignore[attr-defined]
    assert queries.unread_notices(cast.rui) == 1
    actions.let_know(case, person=cast.marta.id, actor=cast.rui)
    assert queries.unread_notices(cast.marta) == 1


def test_contacts_are_told_of_a_question_that_came_over(cast: Cast) -> None:
    case = in_work(cast)
    question = ask(cast, case)
    actions.merge_department("finance", into="logistics", actor=cast.xavier)
    assert told(cast, "paulo") == [("moved", case.number)]
    (row,) = queries.notices(cast.paulo).rows
    assert row.sentence == f"An open question about {case.number} came over to your department."
    assert row.path == f"/desk/questions/{question.pk}/"  # type: ignore[attr-defined]


def test_what_became_of_a_leavers_answer_is_told_to_who_took_over(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    rui, bia = (str(cast.person(name).pk) for name in ("rui", "bia"))
    actions.person_leaves(rui, cases_to=bia, actor=cast.xavier)
    actions.return_answer(case, comment="Falta a data.", actor=cast.marta)
    assert ("returned", case.number) in told(cast, "bia")


def unread(cast: Cast, name: str) -> list[str]:
    told(cast, name)
    rows = Notice.objects.filter(person=cast.person(name), read_at=None).order_by("pk")
    return [row.kind for row in rows]


def test_what_was_asked_for_and_done_is_unread_for_nobody(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    assert unread(cast, "vasco") == ["approval_wanted"]
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    assert unread(cast, "vasco") == unread(cast, "marta") == []
    assert "approved" in unread(cast, "rui")


def test_an_answered_question_is_unread_for_no_contact_and_the_other_one_stays(cast: Cast) -> None:
    case = in_work(cast)
    first, _other = ask(cast, case), ask(cast, case, "logistics")
    contacts = departments.contacts_of("finance") | departments.contacts_of("logistics")
    while run_due():
        pass
    asked = Notice.objects.filter(kind="asked", read_at=None, person__in=contacts)
    before = set(asked.values_list("subject_id", flat=True))
    assert str(first.pk) in before  # type: ignore[attr-defined]
    actions.answer_consultation(first, answer="Tudo.", actor=cast.carla)  # type: ignore[arg-type]
    while run_due():
        pass
    assert set(asked.values_list("subject_id", flat=True)) == before - {str(first.pk)}  # type: ignore[attr-defined]


def test_who_held_the_answer_back_is_named(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    Organisation.objects.update(sending_delay=60)
    departments.forget_organisation()
    actions.respond(case, draft_version=version, actor=cast.rui)
    actions.hold_back(case, response=case.responses.get().pk, actor=cast.sofia)
    assert f"held back your answer to {case.number}" in sentences(cast, "rui")[0]
    assert cast.person("sofia").name in sentences(cast, "rui")[0]
