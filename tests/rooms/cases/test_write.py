from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case, Message
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history.verify import verify
from tests.cast import Cast, closed, days_later, filed, fresh, in_work
from tests.rooms.cases.steps import adds, customer_of, refused


def said_to_customer(case: Case) -> str:
    return "\n".join(said.body for said in queries.tracked(fresh(case)).conversation)


def test_a_note_stays_inside(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "case.noted", status="in_work"):
        message = actions.note(
            case, body="Unverschämt, der Kunde.", actor=cast.rui, kept=[actions.keep_bytes("n.txt", b"internal")]
        )
    assert message.kind == "note"
    assert "Unverschämt" not in said_to_customer(case)
    file = case.attachments.get()
    assert not file.for_customer
    with pytest.raises(NotYours):
        queries.attachment_for(customer_of(case), file.pk)
    assert queries.attachment_for(cast.rui, file.pk) == file


def test_a_note_on_a_closed_case(cast: Cast) -> None:
    case = closed(cast)
    with adds(case, "case.noted", status="closed"):
        actions.note(case, body="A postscript.", actor=cast.vasco)


def test_a_message_to_the_customer(cast: Cast) -> None:
    case = in_work(cast)
    actions.add_message(case, body="E então?", actor=customer_of(case))
    with adds(case, "case.wrote_to_customer", status="in_work"):
        actions.write(case, body="Boa tarde.", actor=cast.rui, kept=[actions.keep_bytes("guia.txt", b"x")])
    assert fresh(case).customer_wrote_at is None
    assert "Boa tarde." in said_to_customer(case)
    assert queries.attachment_for(customer_of(case), case.attachments.get().pk)


def test_the_customer_adds_something(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "case.customer_wrote", status="in_work"), days_later(1) as later:
        actions.add_message(
            case, body="Ainda não chegou.", actor=customer_of(case), kept=[actions.keep_bytes("foto.txt", b"x")]
        )
    now = fresh(case)
    assert (now.customer_wrote_at, now.next_step) == (later, "read_customer")
    assert case.attachments.get().for_customer
    assert [row.number for row in queries.inbox(cast.rui, "came_back").rows] == [case.number]
    with adds(case, "case.customer_read", status="in_work"):
        actions.seen(case, actor=cast.rui)
    assert fresh(case).customer_wrote_at is None


def test_a_file_alone_is_enough_and_nothing_is_not(cast: Cast) -> None:
    case = filed()
    with adds(case, "case.customer_wrote", status="received"):
        actions.add_message(case, body="", actor=customer_of(case), kept=[actions.keep_bytes("foto.txt", b"x")])
    with refused(case, Missing, "body:empty"):
        actions.add_message(case, body=" ", actor=customer_of(case))


def test_a_closed_case_hears_the_customer_without_opening(cast: Cast) -> None:
    case = closed(cast)
    with adds(case, "case.customer_wrote", status="closed"):
        actions.add_message(case, body="Avariou outra vez.", actor=customer_of(case))


def test_intake_writes_down_what_the_customer_said(cast: Cast) -> None:
    case = filed()
    with adds(case, "case.customer_wrote", status="received"):
        message = actions.add_message(case, body="Telefonou.", actor=cast.ines, channel="phone")
    assert (message.kind, message.channel, message.actor_id) == ("from_customer", "phone", cast.ines.id)


def test_files(cast: Cast) -> None:
    case = in_work(cast)
    with refused(case, Missing, "files:empty"):
        actions.add_files(case, kept=[], actor=cast.rui)
    with adds(case, "case.files_added", status="in_work"):
        actions.add_files(case, kept=[actions.keep_bytes("a.txt", b"x")], actor=cast.rui)
    assert not case.attachments.get().for_customer


Verb = Callable[[Case, Actor, str], Message]
VERBS: dict[str, tuple[Verb, set[str]]] = {
    "note": (lambda case, who, body: actions.note(case, body=body, actor=who), {"carla", "dora", "xavier"}),
    "write": (
        lambda case, who, body: actions.write(case, body=body, actor=who),
        {"ines", "carla", "vasco", "dora", "xavier"},
    ),
    "add_message": (
        lambda case, who, body: actions.add_message(case, body=body, actor=who),
        {"carla", "vasco", "dora", "xavier"},
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_refusals(cast: Cast, verb: str) -> None:
    write, strangers = VERBS[verb]
    case, other = in_work(cast), filed()
    for who in strangers:
        with refused(case, NotAllowed, "role"):
            write(case, cast.actor(who), "x")
    with refused(case, NotYours, "not_found"):
        write(case, customer_of(other), "x")
    for body, problem in (("", "body:empty"), ("\x20\n", "body:empty"), ("x" * 100_001, "body:too_long")):
        with refused(case, Missing, problem):
            write(case, cast.rui, body)
    if verb != "add_message":
        with refused(case, NotAllowed, "role"):
            write(case, customer_of(case), "x")


def test_no_message_to_the_customer_of_a_closed_case(cast: Cast) -> None:
    case = closed(cast)
    with refused(case, NotNow, "not_on_the_path"):
        actions.write(case, body="One more thing.", actor=cast.rui)


@pytest.mark.parametrize("words", ["frigorífico", "chá", "CAMIÃO"])
def test_what_was_written_is_found_at_once(cast: Cast, words: str) -> None:
    case = in_work(cast, description="Nada.")
    actions.note(case, body="O chá ficou no camião do Frigorífico", actor=cast.rui)
    assert [row.number for row in queries.search(cast.rui, words).rows] == [case.number]


def test_a_text_with_control_characters_and_tricks_is_kept_readable(cast: Cast) -> None:
    case = in_work(cast)
    message = actions.note(case, body="a\x00b\ud800c\r\nd", actor=cast.rui)
    message.refresh_from_db()
    assert message.body == "a\ufffdb\ufffdc\nd"


def test_the_same_message_sent_twice_is_one(cast: Cast) -> None:
    case = in_work(cast)
    photo = actions.keep_bytes("etiqueta.txt", b"B7")
    again = actions.keep_bytes("etiqueta.txt", b"B7")
    first = actions.add_message(case, body="Segue a etiqueta.", actor=customer_of(case), kept=[photo])
    second = actions.add_message(case, body="Segue a etiqueta.", actor=customer_of(case), kept=[again])
    assert first.pk == second.pk
    assert case.attachments.count() == 1
    other = actions.add_message(case, body="Segue a etiqueta.", actor=customer_of(case))
    assert other.pk != first.pk
    with clock.at(clock.now() + timedelta(minutes=11)):
        later = actions.add_message(case, body="Segue a etiqueta.", actor=customer_of(case))
    assert later.pk != other.pk


def test_sent_twice_with_the_same_kept_files_keeps_them(cast: Cast) -> None:
    case = in_work(cast)
    kept = [actions.keep_bytes("etiqueta.txt", b"B7")]
    for _ in range(2):
        actions.add_message(case, body="Segue a etiqueta.", actor=customer_of(case), kept=kept)
    assert files.read(case.attachments.get().stored) == b"B7"


def test_a_copy_that_a_second_sending_brought_is_put_away(cast: Cast) -> None:
    case = in_work(cast)
    first, again, drafted = (actions.keep_bytes("etiqueta.txt", b"B7") for _ in range(3))
    actions.keep_draft("x" * 43, {}, [drafted])
    for each in (first, again, drafted):
        actions.write(case, body="Segue a etiqueta.", actor=cast.rui, kept=[each])
    assert not files.path(again.stored).exists()
    assert files.read(drafted.stored) == b"B7"  # a form that is not sent yet still shows it
    # "back" and other words: the page still names the copy that was put away
    actions.write(case, body="Segue outra vez.", actor=cast.rui, kept=[again])
    assert [files.read(each.stored) for each in case.attachments.all()] == [b"B7", b"B7"]


def test_the_same_kept_files_with_other_words_are_stored_once_more(cast: Cast) -> None:
    case = in_work(cast)
    kept = [actions.keep_bytes("etiqueta.txt", b"B7")]
    for body in ("Segue a etiqueta.", "Segue a etiqueta, corrigido."):
        actions.add_message(case, body=body, actor=customer_of(case), kept=kept)
    stored = [each.stored for each in case.attachments.all()]
    assert len(set(stored)) == 2
    assert [files.read(each) for each in stored] == [b"B7", b"B7"]
    assert verify().ok


@pytest.mark.parametrize("verb", ["seen", "write"])
def test_what_the_customer_wrote_after_the_page_was_read_stays_unread(cast: Cast, verb: str) -> None:
    case = in_work(cast)
    on_the_page = actions.add_message(case, body="Um.", actor=customer_of(case)).pk
    newer = actions.add_message(case, body="Dois.", actor=customer_of(case)).pk

    def do(read_to: int) -> None:
        if verb == "seen":
            actions.seen(case, actor=cast.rui, read_to=read_to)
        else:
            actions.write(case, body=f"Boa tarde, {read_to}.", actor=cast.rui, read_to=read_to)

    do(on_the_page)
    assert fresh(case).customer_wrote_at
    assert fresh(case).next_step == "read_customer"
    do(newer)
    assert fresh(case).customer_wrote_at is None
