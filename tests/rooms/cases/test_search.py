"""Search: the same hits on both databases, newest first, within what a person may see."""

from __future__ import annotations

import re
import unicodedata
from types import ModuleType

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.cases import actions, queries, search
from desagravo.cases.models import Case
from desagravo.cases.search import postgres, sqlite
from desagravo.cases.search.words import LONGEST, sought, words_of
from desagravo.common.actor import SYSTEM
from tests.cast import Cast, engage, filed, in_work

TEXTS = st.text(max_size=60) | st.text(alphabet="aAãÃbB12-_/.@'\"*:^()&|! \n", max_size=60)


def test_words_are_folded_and_cut_the_same_way_everywhere() -> None:
    assert words_of("Reclamação: O FRIGORÍFICO_novo, nº 3!") == ["reclamacao", "o", "frigorifico", "novo", "no", "3"]
    assert sought("2026-00417 ines@example.org") == ["202600417", "ines", "example", "org"]
    assert set(words_of("Case 2026-00417.")) == {"case", "2026", "00417", "202600417"}
    assert sought(" -- \" ' * : ^ ( ) & | ! ") == []
    assert sought("a" * 500) == ["a" * LONGEST]


@given(TEXTS)
def test_whatever_is_copied_from_a_text_finds_it(text: str) -> None:
    kept = words_of(text)
    assert all(any(word.startswith(each) for word in kept) for each in sought(text))


@given(TEXTS)
def test_no_word_can_be_taken_for_an_operator(text: str) -> None:
    for word in (*words_of(text), *sought(text)):
        assert re.fullmatch(r"[^\W_]{1,64}", word)
        assert not any(unicodedata.combining(c) for c in unicodedata.normalize("NFC", word))


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def found(question: str, *, before: int | None = None, limit: int = 50) -> list[int]:
    return search.newest(Case.objects.all(), question, limit=limit, before=before)


def engine() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def described(*texts: str) -> list[int]:
    return [filed(description=text, complainant_name="Ana Sá", email=None, order_number=None).pk for text in texts]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("reclamacao", "A minha RECLAMAÇÃO de ontem"),
        ("Reclamação", "a minha reclamacao"),
        ("frig", "O frigorífico"),
        ("estou zangada", "Zangada é como eu ESTOU"),
        ("pós-venda", "serviço pós venda"),
        ("pos-venda", "serviço pós-venda"),
        ("o'neill", "Mr. O’Neill"),
        ('"entre aspas"', "as palavras «entre aspas»"),
        ("AND", "black and white"),
        ("OR NOT NEAR", "or not near"),
        ("a* b: ^c (d) & | ! -e", "abc bcd cde def efg"),
        ("жалоба", "Моя жалоба на доставку"),
        ("شكوى", "هذه شكوى عن التوصيل"),
        ("ines@example.org", "escrevam para ines@example.org por favor"),
        ("A-1234/b", "encomenda a-1234/B de março"),
        ("ſtraße", "Strasse"),
        ("ﬁm", "fim"),
        ("%_\\", "100%_\\ 100"),
    ],
)
def test_questions_as_people_type_them(cast: Cast, question: str, text: str) -> None:
    wanted, other = described(text, "nada disto aqui existe")
    hits = found(question)
    assert other not in hits
    assert hits == ([wanted] if sought(question) else [])


def test_every_word_is_needed_wherever_it_stands_in_the_case(cast: Cast) -> None:
    case = filed(description="A torradeira queima")
    assert found("torradeira queima nunca") == []
    actions.add_message(case, body="Nunca mais compro", actor=SYSTEM)
    assert found("torradeira queima nunca") == [case.pk]


def test_a_case_number_finds_its_case_and_no_other(cast: Cast) -> None:
    cases = [filed(description=f"caso {n}") for n in range(12)]
    assert found(cases[9].number) == [cases[9].pk]
    year, _, number = cases[9].number.partition("-")
    assert found(number) == [cases[9].pk]
    assert len(found(f"{year}-0")) == 12


def test_newest_first_in_pages_without_gaps(cast: Cast) -> None:
    keys = described(*["palavra repetida"] * 7)
    first = found("palavra", limit=3)
    assert first == keys[:-4:-1]
    assert first + found("palavra", before=first[-1], limit=10) == keys[::-1]
    page = queries.search(cast.marta, "palavra", limit=3)
    rest = queries.search(cast.marta, "palavra", after=page.next, limit=10)
    assert [row.id for row in (*page.rows, *rest.rows)] == keys[::-1]
    assert (page.next, rest.next) == (str(keys[4]), "")


def test_nothing_is_found_without_a_letter_or_digit_and_a_long_question_is_no_trouble(cast: Cast) -> None:
    described("qualquer coisa")
    for question in ("", "   ", "!!! ?", "\x00", "'; DROP TABLE x; --"[:2]):
        assert found(question) == []
    assert found("qualquer " * 5000) != []
    assert found("q" * 100_000) == []


def test_who_sees_little_gets_the_same_hits_out_of_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_AT_ONCE", 4)
    monkeypatch.setattr(search, "FIRST_LOOK", 2)
    monkeypatch.setattr(search, "FOR_THOSE_WHO_SEE_LESS", 1)
    monkeypatch.setattr(engine(), "LONGEST_LOOK", 8)
    own = [in_work(cast, description="avaria grave", owner="otto").pk]
    for n in range(30):
        case = in_work(cast, description="avaria grave")
        if n == 11:
            actions.assign(case, to=str(cast.person("otto").pk), actor=cast.sofia)
            own.append(case.pk)
    assert [row.id for row in queries.search(cast.otto, "avaria").rows] == own[::-1]
    assert [row.id for row in queries.search(cast.otto, "avaria", limit=1).rows] == own[1:]
    assert queries.search(cast.carla, "avaria").rows == ()
    assert len(queries.search(cast.marta, "avaria grave").rows) == 31


def test_frequent_middling_and_rare_words_by_every_way_of_the_database(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filed()
    base = case.pk
    Case.objects.bulk_create(
        [
            Case(
                pk=base + n,
                number=f"2025-{n:05d}",
                status="received",
                subject="",
                customer=case.customer,
                received_at=case.received_at,
                registered_at=case.received_at,
            )
            for n in range(1, 201)
        ]
    )
    texts = [
        (base + n, f"todos{' terco' if n % 3 == 0 else ''}{' raro' if n in {5, 190} else ''}") for n in range(1, 201)
    ]
    search.add_many(texts)
    for look in (1, 10, 400, 10_000):
        monkeypatch.setattr(search, "FIRST_LOOK", look)
        for word, limit in (("todos", 5), ("terco", 30), ("raro", 5), ("terco", 100), ("ter", 3), ("erco", 3)):
            wanted = [key for key, text in reversed(texts) if any(kept.startswith(word) for kept in text.split())]
            assert found(word, limit=limit) == wanted[:limit]
            assert found(word, before=base + 100, limit=limit) == [key for key in wanted if key < base + 100][:limit]
            assert engine().in_index([word], before=None, limit=limit) == wanted[:limit]


def test_a_case_with_endless_words_stays_writable(cast: Cast) -> None:
    case = filed(description="curto")
    flood = " ".join(f"{n:x}" * 6 for n in range(10**6, 10**6 + 12_000))
    for _n in range(3):
        actions.add_message(case, body=flood[:99_000], actor=SYSTEM)
        search.add(case.pk, " ".join(f"{n:x}" * 9 for n in range(10**7 + _n * 10**5, 10**7 + _n * 10**5 + 7_000)))
    assert found("curto") == [case.pk]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, question=TEXTS)
def test_the_database_finds_what_the_words_say(cast: Cast, text: str, question: str) -> None:
    key = _case_key()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_search")
    search.add(key, text)
    wanted = sought(question)
    by_hand = bool(wanted) and all(any(kept.startswith(each) for kept in words_of(text)) for each in wanted)
    assert found(question) == ([key] if by_hand else [])
    assert found(text) == ([key] if words_of(text) and len(sought(text)) <= 16 else [])


def _case_key() -> int:
    return Case.objects.values_list("pk", flat=True).first() or filed().pk
