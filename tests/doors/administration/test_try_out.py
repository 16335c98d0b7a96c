"""The try-out in the administration: a period, progress, sentences, lists that respect who sees what, a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from desagravo.cases import actions
from desagravo.cases.actions.try_out import run_try_out
from desagravo.cases.models import TryOut
from desagravo.common import clock
from desagravo.departments import queries as people
from tests.cast import CALM, MONDAY, Cast, engage, fresh, in_work
from tests.rooms.cases.test_try_out import draft, stricter

pytestmark = pytest.mark.django_db
BASE = "/administration/rulebook/draft-1/try-out/"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    people.forget_organisation()
    with clock.at(MONDAY):
        yield engage()


@pytest.fixture
def desk(cast: Cast) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        made = Client(headers={"accept-language": "en"})
        made.force_login(cast.person(name))
        return made

    return signed_in


@pytest.fixture
def found(cast: Cast) -> Any:
    """A draft that would have made one case major, tried."""
    case = in_work(cast, answers={**CALM, "vulnerable": "yes"}, problem_category=["QUA.damaged"])
    code = draft(stricter)
    day = case.received_at.date()
    row = actions.ask_for_try_out(code, from_day=day, to_day=day, actor=cast.marta)
    return case, row


def test_asking_leads_to_the_progress_and_the_progress_to_what_was_found(cast: Cast, desk: Any, found: Any) -> None:
    case, row = found
    marta = desk("marta")
    html = marta.get(BASE).content.decode()
    assert "No case is touched" in html
    day = case.received_at.date().isoformat()
    answer = marta.post(BASE, {"from_day": day, "to_day": day})
    assert answer.status_code == 303
    assert "0 of 1 cases were looked at" in marta.get(f"{BASE}{row.pk}/").content.decode()
    assert marta.get(f"{BASE}{row.pk}/cases.csv").status_code == 404
    run_try_out(TryOut.objects.get(pk=row.pk))
    html = marta.get(f"{BASE}{row.pk}/").content.decode()
    assert "One of the 1 cases that came in during this time would have been seen otherwise." in html
    assert "Of 1 assessed cases 1 would have been major, instead of 0." in html
    assert "1 of 1 cases would have gone to Legal and compliance, instead of 0." in html
    html = marta.get(f"{BASE}{row.pk}/class|minor|major/").content.decode()
    assert f"/desk/cases/{case.number}/" in html
    csv = b"".join(marta.get(f"{BASE}{row.pk}/cases.csv").streaming_content).decode()
    assert f"{case.number};{day};class|minor|major;" in csv
    assert "seen otherwise" in html or "instead of minor" in html


def test_lists_show_only_what_the_reader_sees(cast: Cast, desk: Any, found: Any) -> None:
    case, row = found
    run_try_out(TryOut.objects.get(pk=row.pk))
    actions.make_confidential(fresh(case), actor=cast.rui)
    for who in ("marta", "xavier"):
        client = desk(who)
        html = client.get(f"{BASE}{row.pk}/class|minor|major/").content.decode()
        assert case.number not in html
        assert "One of them is not yours to see" in html
        assert case.number not in b"".join(client.get(f"{BASE}{row.pk}/cases.csv").streaming_content).decode()


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"from_day": "", "to_day": "2026-01-01"}, "Choose a day."),
        ({"from_day": "2026-02-01", "to_day": "2026-01-01"}, "The last day comes before the first."),
        ({"from_day": "2001-02-01", "to_day": "2001-03-01"}, "No complaint came in between these days"),
    ],
)
def test_a_wrong_period_is_said_beside_its_field(
    cast: Cast, desk: Any, found: Any, days: dict[str, str], says: str
) -> None:
    answer = desk("marta").post(BASE, days)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert says in html
    assert f'value="{days["to_day"]}"' in html


@pytest.mark.parametrize("who", ["rui", "sofia", "carla"])
def test_nobody_else_learns_of_it(cast: Cast, desk: Any, found: Any, who: str) -> None:
    _case, row = found
    client = desk(who)
    assert client.get(BASE).status_code in {403, 404}
    assert client.get(f"{BASE}{row.pk}/").status_code in {403, 404}
