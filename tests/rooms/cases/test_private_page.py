"""Nobody but the customer reads the private link: texts that staff write, read and store have a mark in its place."""

from __future__ import annotations

from django.db import connection
from django.test import Client

from desagravo.cases import actions, papers, queries
from desagravo.cases.models import Case, Response
from desagravo.rulebook import queries as rulebook
from tests.cast import Cast, decided, fresh, in_work
from tests.rooms.cases.steps import customer_of


def written_from_a_template(cast: Cast) -> Case:
    case = in_work(cast)
    version = decided(cast, case)
    body = rulebook.fill(queries.letter_body(fresh(case), "answer_upheld"), {"solution": "Trocamos o aparelho."})
    draft = actions.save_draft(case, body=body, based_on=version, actor=cast.rui, template="answer_upheld")
    actions.respond(case, draft_version=draft.version, actor=cast.rui)
    actions.write(case, body=f"Veja {queries.PRIVATE_PAGE}", actor=cast.rui)
    return fresh(case)


def whole_database() -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows.append(str(cursor.fetchall()))
    return "\n".join(rows)


def test_the_database_never_holds_the_link(cast: Cast) -> None:
    case = written_from_a_template(cast)
    link = queries.tracking_url(case)
    assert Response.objects.get().body.count(queries.PRIVATE_PAGE) == 1
    everything = whole_database()
    assert case.number in everything
    assert link.rstrip("/").rpartition("/")[2].lower() not in everything.lower()


def test_colleagues_read_the_mark_and_the_customer_the_link_that_is_valid_now(cast: Cast) -> None:
    case = written_from_a_template(cast)
    browser = Client()
    browser.force_login(cast.person("dora"))
    for page in ("", "answer/", "history/"):
        assert queries.tracking_url(case) not in browser.get(f"/desk/cases/{case.number}/{page}").content.decode()
    link = actions.renew_tracking(case, actor=cast.ines)
    said = [each.body for each in queries.tracked(fresh(case)).conversation]
    assert len(said) == 2 and all(link in body and queries.PRIVATE_PAGE not in body for body in said)


def test_words_of_the_customer_are_never_filled_in(cast: Cast) -> None:
    case = in_work(cast)
    actions.add_message(case, body=queries.PRIVATE_PAGE, actor=customer_of(case))
    assert queries.tracked(fresh(case)).conversation[0].body == queries.PRIVATE_PAGE


def test_paper_says_where_the_link_is(cast: Cast) -> None:
    case = written_from_a_template(cast)
    text = "\n".join(papers.letter(Response.objects.get()).paragraphs)
    assert "a ligação privada que recebeu de nós" in text
    assert queries.PRIVATE_PAGE not in text and queries.tracking_url(case) not in text
