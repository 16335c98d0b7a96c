"""The calendar: which days are closed and why, own days, customary days, confirmed years, places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.test import Client

from desagravo.cases.working_days import due_after
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.departments import actions, queries
from desagravo.departments import places as countries
from desagravo.departments.models import ClosedDay, Establishment
from desagravo.history.models import Event
from desagravo.rulebook import calendars, places
from tests.cast import Cast, engage

pytestmark = pytest.mark.django_db
BASE = "/administration/calendar/"


@pytest.fixture
def cast(db: None) -> Cast:
    made = engage()
    actions.establish_organisation("Casa Lume", country="PT", time_zone="Europe/Lisbon", languages=["pt-pt", "en"])
    return made


@pytest.fixture
def marta(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("marta"))
    return client


@pytest.fixture
def manager(cast: Cast) -> Actor:
    return cast.actor("marta")


def seen(client: Client, **asked: object) -> str:
    answer = client.get(BASE, asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def kinds() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("kind", flat=True))


def test_the_days_of_a_year_and_where_they_come_from(marta: Client) -> None:
    text = seen(marta, year=2026)
    assert "Good Friday" in text
    assert "public holiday" in text
    assert "252 business days in 2026" in text  # 261 weekdays, nine holidays on weekdays
    assert "holidays 0.1" in text
    assert f'href="{BASE}"' in text  # managers find it in the navigation


def test_who_comes_in(cast: Cast) -> None:
    """Administrators and managers write, auditors read, nobody else learns that there is such a page."""
    for name, (read, write) in {
        "xavier": (200, 422),
        "marta": (200, 422),
        "dora": (200, 404),
        "rui": (404, 404),
    }.items():
        client = Client()
        client.force_login(cast.person(name))
        assert client.get(BASE).status_code == read, name
        assert client.post(f"{BASE}days/").status_code == write, name


def test_own_days_are_kept_counted_and_taken_back(marta: Client) -> None:
    monday = datetime(2026, 8, 10, 9, tzinfo=UTC)
    before = due_after(monday, 3)
    sent = {
        "first": "2026-08-11",
        "last": "2026-08-12",
        "reason": "Holidays of the house",
        "kind": "closed",
        "for": "all",
    }
    answer = marta.post(f"{BASE}days/", {**sent, "year": "2026"})
    assert answer.status_code == 303 or answer.status_code == 302
    text = seen(marta, year=2026)
    assert text.count("Holidays of the house") == 2
    assert "Marta" in text
    assert (due_after(monday, 3) - before).days == 4  # two days and a weekend
    assert kinds()[-1] == "calendar.day_closed"
    row = ClosedDay.objects.get(day=date(2026, 8, 11))
    marta.post(f"{BASE}days/{row.pk}/removal/", {"year": "2026"})
    assert places.calendar_of(year=2026).why_closed(date(2026, 8, 11)) == ""
    assert kinds()[-1] == "calendar.day_removed"
    assert marta.post(f"{BASE}days/{row.pk}/removal/").status_code == 404


def test_a_form_that_is_wrong_keeps_what_was_typed(marta: Client) -> None:
    answer = marta.post(f"{BASE}days/", {"first": "2026-08-12", "last": "2026-08-11", "reason": "Stocktaking"})
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert "The last day comes before the first." in text
    assert 'value="Stocktaking"' in text
    nothing = unescape(marta.post(f"{BASE}days/", {"first": "31/12/2026"}).content.decode())
    assert "Choose a day." in nothing
    assert "Say why" in unescape(marta.post(f"{BASE}days/", {"first": "2026-08-12"}).content.decode())
    assert not ClosedDay.objects.exists()


def test_open_although_it_is_a_holiday(manager: Actor) -> None:
    actions.set_days(first=date(2026, 12, 8), last=None, is_open=True, reason="Sale", actor=manager)
    assert places.calendar_of(year=2026).why_closed(date(2026, 12, 8)) == ""
    with pytest.raises(Missing):
        actions.set_days(first=date(2026, 12, 7), last=date(2026, 12, 9), is_open=False, reason="No", actor=manager)
    assert not actions.set_days(first=date(2026, 12, 8), last=None, is_open=True, reason="Again", actor=manager)


def test_what_is_refused(cast: Cast, manager: Actor) -> None:
    with pytest.raises(NotAllowed):
        actions.set_days(first=date(2026, 1, 2), last=None, is_open=False, reason="x", actor=cast.actor("ines"))
    with pytest.raises(Missing):
        actions.set_days(first=date(2026, 1, 2), last=date(2026, 6, 2), is_open=False, reason="x", actor=manager)
    with pytest.raises(Missing):
        actions.set_days(first=date(1026, 1, 2), last=None, is_open=False, reason="x", actor=manager)
    with pytest.raises(NotYours):
        actions.set_days(first=date(2026, 1, 2), last=None, is_open=False, reason="x", place="none", actor=manager)
    with pytest.raises(NotYours):
        actions.change_establishment("none", name="x", actor=manager)


def test_carnival_is_closed_every_year_when_the_house_says_so(marta: Client) -> None:
    assert places.calendar_of(year=2026).why_closed(date(2026, 2, 17)) == ""
    marta.post(f"{BASE}customary/", {"customary": ["Carnival", "Nonsense"], "year": "2026"})
    assert places.calendar_of(year=2026).why_closed(date(2026, 2, 17)) == "optional"
    assert places.calendar_of(year=2027).why_closed(date(2027, 2, 9)) == "optional"
    assert queries.place().customary == ("Carnival",)
    marta.post(f"{BASE}customary/", {"year": "2026"})
    assert queries.place().customary == ()


def test_a_year_is_confirmed_with_its_source(marta: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nobody has compared the calendar of 2027" in seen(marta, year=2027)
    assert "Say where the official calendar stands" in unescape(
        marta.post(f"{BASE}confirmation/", {"year": "2027"}).content.decode()
    )
    marta.post(f"{BASE}confirmation/", {"year": "2027", "source": "Diário da República"})
    text = seen(marta, year=2027)
    assert "Nobody has compared the calendar of 2027" not in text
    assert "Diário da República" in text
    assert places.calendar_of().unconfirmed(date(2027, 1, 1), date(2027, 12, 31)) == ()
    assert kinds().count("calendar.year_confirmed") == 1


def test_another_place_with_its_own_days(marta: Client) -> None:
    form = {
        "name": "Ponta Delgada",
        "country": "PT",
        "subdivision": "20",
        "time_zone": "Atlantic/Azores",
        "closes_at": "16:00",
    }
    marta.post(f"{BASE}places/new/", form)
    azores = queries.place("ponta-delgada")
    assert (azores.subdivision, azores.closes_at.hour, azores.is_default) == ("20", 16, False)
    assert "Day of the Autonomous Region of the Azores" in seen(marta, place="ponta-delgada", year=2026)
    marta.post(f"{BASE}days/", {"first": "2026-08-11", "reason": "Here only", "for": "place", "place": "ponta-delgada"})
    assert places.calendar_of("ponta-delgada", year=2026).why_closed(date(2026, 8, 11)) == "own"
    assert places.calendar_of(year=2026).why_closed(date(2026, 8, 11)) == ""
    assert places.calendar_of("ponta-delgada").zone == "Atlantic/Azores"
    marta.post(f"{BASE}places/ponta-delgada/retirement/", {"do": "usual"})
    assert queries.place().code == "ponta-delgada"
    marta.post(f"{BASE}places/main/retirement/", {"do": "retire"})
    assert [each.code for each in queries.establishments()] == ["ponta-delgada"]
    assert marta.post(f"{BASE}places/ponta-delgada/retirement/", {"do": "retire"}).status_code == 409
    assert marta.get(BASE, {"place": "nowhere"}).status_code == 404


def test_the_united_kingdom_asks_for_its_part(marta: Client) -> None:
    form = {"name": "London", "country": "GB", "subdivision": "", "time_zone": "Europe/London", "closes_at": "17:00"}
    answer = marta.post(f"{BASE}places/new/", form)
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert "The parts of United Kingdom have different holidays. Choose the part." in text
    assert "Scotland" in text
    shown = unescape(marta.post(f"{BASE}places/new/", {**form, "country": "ES", "parts": "show"}).content.decode())
    assert "Cataluña" in shown
    assert 'value="London"' in shown
    wrong = unescape(marta.post(f"{BASE}places/new/", {**form, "country": "PT", "subdivision": "SCT"}).content.decode())
    assert "Portugal has no such part." in wrong
    assert "Give a time of day" in unescape(
        marta.post(f"{BASE}places/new/", {**form, "subdivision": "SCT", "closes_at": "late"}).content.decode()
    )


def test_the_usual_place_follows_the_organisation(cast: Cast) -> None:
    administrator = cast.actor("xavier")
    actions.set_days(first=date(2026, 8, 11), last=None, is_open=False, reason="x", actor=administrator)
    assert Establishment.objects.get(is_default=True).country == "PT"
    actions.change_organisation(country="GB", time_zone="Europe/London", actor=administrator)
    place = queries.place()
    assert (place.country, place.subdivision, place.time_zone) == ("GB", "ENG", "Europe/London")
    assert places.calendar_of(year=2026).why_closed(date(2026, 8, 31)) == "national"
    assert "establishment.changed" in kinds()


def test_a_house_of_before_has_its_place_at_once(cast: Cast) -> None:
    """Nothing was said about places yet: country and zone of the organisation count, with its holidays."""
    assert not Establishment.objects.exists()
    assert places.calendar_of(year=2026).why_closed(date(2026, 4, 3)) == "national"
    assert places.country_of() == "PT"
    assert queries.place("gone").code == "main"


def test_a_country_without_a_calendar(cast: Cast, marta: Client) -> None:
    code = next(code for code in countries.countries() if not calendars.is_known(code))
    actions.establish_organisation("Casa Lume", country=code, time_zone="Europe/Lisbon", languages=["en"])
    assert places.calendar_of(year=2026).closed == {}
    assert "No public holidays are known for this country" in seen(marta)


def test_the_room_and_the_calendars_know_the_same_parts() -> None:
    for country in ("PT", "ES", "GB", "BR", "US", "DE", "XX"):
        assert countries.parts(country) == dict(calendars.subdivisions(country))
        assert countries.needs_part(country) == calendars.needs_subdivision(country)


def test_one_person_at_a_time_makes_the_usual_place(manager: Actor) -> None:
    actions.add_establishment(name="Porto", country="PT", subdivision="13", time_zone="Europe/Lisbon", actor=manager)
    again = actions.add_establishment(name="Porto", country="PT", time_zone="Europe/Lisbon", actor=manager)
    assert again == "porto-2"
    assert Establishment.objects.filter(is_default=True).count() == 1
    with pytest.raises(NotNow):
        actions.retire_establishment("main", actor=manager)
