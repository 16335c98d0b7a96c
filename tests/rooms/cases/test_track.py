from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.refusals import NotAllowed, NotYours
from tests.cast import MONDAY, Cast, closed, filed, fresh
from tests.rooms.cases.steps import adds, customer_of, refused


def token(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def test_the_link_leads_to_the_case_and_is_not_in_the_database(cast: Cast) -> None:
    case, other = filed(), filed()
    address = queries.tracking_url(case)
    found, actor = queries.case_behind(token(address))
    assert (found, actor) == (case, customer_of(case))
    assert token(address) not in str(Case.objects.filter(pk=case.pk).values())
    assert token(address) != token(queries.tracking_url(other))
    assert len(token(address)) == 43


def test_the_old_link_is_dead_after_renewal(cast: Cast) -> None:
    case = filed()
    old = queries.tracking_url(case)
    with adds(case, "tracking.renewed", status="received"):
        new = actions.renew_tracking(case, actor=cast.ines)
    assert queries.case_behind(token(new))[0] == case
    assert queries.tracking_url(fresh(case)) == new
    with pytest.raises(NotYours):
        queries.case_behind(token(old))


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda _: "", lambda t: t[:20] + "\x00" + t[21:]],
)
def test_an_altered_link_leads_nowhere(cast: Cast, change: object) -> None:
    altered = change(token(queries.tracking_url(filed())))  # type: ignore[operator]
    with pytest.raises(NotYours) as raised:
        queries.case_behind(altered)
    assert raised.value.code == "not_found"


def test_an_expired_link_leads_nowhere(cast: Cast) -> None:
    case = filed()
    Case.objects.filter(pk=case.pk).update(tracking_expires_at=MONDAY + timedelta(days=1))
    assert queries.case_behind(token(queries.tracking_url(case)))
    with clock.at(MONDAY + timedelta(days=1)), pytest.raises(NotYours):
        queries.case_behind(token(queries.tracking_url(case)))


def test_a_new_link_goes_only_to_the_address_on_record(cast: Cast) -> None:
    case = closed(cast)
    old = queries.tracking_url(case)
    assert not actions.ask_for_link(email="somebody@example.org", number=case.number)
    assert not actions.ask_for_link(email="ines@example.org", number="2026-99999")
    assert not actions.ask_for_link(email="", number=case.number)
    assert queries.case_behind(token(old))
    with adds(case, "tracking.renewed", status="closed"):
        assert actions.ask_for_link(email=" Ines@Example.org ", number=f" {case.number} ")
    with pytest.raises(NotYours):
        queries.case_behind(token(old))


def test_no_address_on_record_no_link(cast: Cast) -> None:
    case = filed(email=None)
    assert not actions.ask_for_link(email="", number=case.number)


def test_refusals(cast: Cast) -> None:
    case, other = filed(), filed()
    for who in ("carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.renew_tracking(case, actor=cast.actor(who))
    with refused(case, NotYours, "not_found"):
        actions.renew_tracking(case, actor=customer_of(other))


def test_one_customers_link_opens_no_other_case(cast: Cast) -> None:
    case, other = filed(), filed()
    with pytest.raises(NotYours):
        queries.case_for(customer_of(other), case.number)
    assert not queries.visible_to(customer_of(other)).filter(pk=case.pk).exists()
