from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.refusals import NotAllowed, NotNow, NotYours
from tests.cast import MONDAY, Cast, closed, days_later, filed, fresh
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


def test_the_link_lives_while_the_case_is_open_and_400_days_after_its_closing(cast: Cast) -> None:
    case = closed(cast)
    assert fresh(case).tracking_expires_at == MONDAY + timedelta(days=400)
    link = token(queries.tracking_url(case))
    with days_later(399.9):
        assert queries.case_behind(link)
    with days_later(400):
        with pytest.raises(NotYours):
            queries.case_behind(link)
        reopened = actions.reopen(case, reason="Voltou a avariar.", actor=cast.marta)
        assert reopened.tracking_expires_at is None
        assert queries.case_behind(link)


def test_the_link_is_sent_again_to_the_address_on_record_and_stays_as_it_was(cast: Cast) -> None:
    case = closed(cast)
    old = queries.tracking_url(case)
    assert not actions.ask_for_link(email="somebody@example.org", number=case.number)
    assert not actions.ask_for_link(email="ines@example.org", number="2026-99999")
    assert not actions.ask_for_link(email="", number=case.number)
    with adds(case, "tracking.sent_again", status="closed"):
        assert actions.ask_for_link(email=" Ines@Example.org ", number=f" {case.number} ")
    assert queries.tracking_url(fresh(case)) == old
    assert queries.case_behind(token(old))[0] == case


def test_an_expired_link_is_replaced_when_it_is_asked_for(cast: Cast) -> None:
    case = closed(cast)
    old = queries.tracking_url(case)
    with days_later(500):
        with adds(case, "tracking.sent_again", status="closed"):
            assert actions.ask_for_link(email="ines@example.org", number=case.number)
        new = queries.tracking_url(fresh(case))
        assert queries.case_behind(token(new))[0] == case
        with pytest.raises(NotYours):
            queries.case_behind(token(old))
    assert fresh(case).tracking_expires_at == MONDAY + timedelta(days=900)


def test_only_staff_replaces_a_link(cast: Cast) -> None:
    case = filed()
    with refused(case, NotAllowed, "role"):
        actions.renew_tracking(case, actor=customer_of(case))


def test_no_address_on_record_no_link(cast: Cast) -> None:
    case = filed(email=None)
    assert not actions.ask_for_link(email="", number=case.number)
    with refused(case, NotNow, "no_address"):
        actions.send_tracking_again(case, actor=cast.ines)


def test_refusals(cast: Cast) -> None:
    case, other = filed(), filed()
    for who in ("carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.renew_tracking(case, actor=cast.actor(who))
        with refused(case, NotAllowed, "role"):
            actions.send_tracking_again(case, actor=cast.actor(who))
    with refused(case, NotYours, "not_found"):
        actions.renew_tracking(case, actor=customer_of(other))


def test_one_customers_link_opens_no_other_case(cast: Cast) -> None:
    case, other = filed(), filed()
    with pytest.raises(NotYours):
        queries.case_for(customer_of(other), case.number)
    assert not queries.visible_to(customer_of(other)).filter(pk=case.pk).exists()
