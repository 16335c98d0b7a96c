"""What the clocks do, with dates that were worked out by hand: first what no worked case covers, then every rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from desagravo.rulebook import calendars, clocks, policies
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.clocks import Happened, Limit
from desagravo.rulebook.policies import Policy

LISBON = calendars.make("PT", "", "Europe/Lisbon", first_year=2025, last_year=2030)
MADRID = calendars.make("ES", "", "Europe/Madrid", first_year=2025, last_year=2030)
SAO_PAULO = calendars.make("BR", "", "America/Sao_Paulo", first_year=2025, last_year=2030)
LONDON = calendars.make("GB", "ENG", "Europe/London", first_year=2025, last_year=2030)
LATER = datetime(2026, 1, 1, tzinfo=UTC)
ISO = policies.shipped_policy("iso-10002-generic")
SPAIN = policies.shipped_policy("es-sac-2025")
FCA = policies.shipped_policy("uk-fca-disp")
PSD2 = policies.shipped_policy("eu-psd2")
HOUSING = policies.shipped_policy("uk-housing-ombudsman")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def limits(
    policy: Policy, calendar: Calendar, *events: tuple[Any, ...], now: str = "", **known: Any
) -> dict[str, Limit]:
    happened = [Happened(event[0], at(event[1]), *event[2:]) for event in events]
    moment = at(now) if now else max(each.at for each in happened)
    return {each.key: each for each in clocks.limits(policy, happened, calendar, known, moment)}


# what has no worked case: counted by hand on the calendars of 2026 and 2027


def test_consumidor_gov_br() -> None:
    """Friday 13 March 2026 + 10 = Monday 23 March. The answer on 20 March opens 20 days: Thursday 9 April, after Good
    Friday (3 April), which calendar days do not see."""
    found = limits(
        policies.shipped_policy("br-consumidor-gov"),
        SAO_PAULO,
        ("registered", "2026-03-13T22:30:00-03:00"),
        ("final_response_sent", "2026-03-20T09:00:00-03:00"),
    )
    assert found["final_response"].due_on == date(2026, 3, 23)
    assert found["final_response"].state == "met"
    window = found["consumer_rating_closes"]
    assert (window.due_on, window.due_before) == (date(2026, 4, 9), at("2026-04-10T03:00:00Z"))
    assert window.tolerance == date(2026, 4, 9)


def test_spain_five_days_for_bills() -> None:
    """Filed on Thursday 30 April 2026 in the evening: 1, 2, 3, 4, 5 May. 1 May is a holiday and counts."""
    found = limits(SPAIN, MADRID, ("filed", "2026-04-30T23:50:00+02:00"), topic="billing")
    assert found["final_response_billing"].due_on == date(2026, 5, 5)
    assert found["final_response_billing"].due_before == at("2026-05-05T22:00:00Z")
    assert found["final_response"].state == "replaced"
    assert found["final_response"].replaced_by == "final_response_billing"


def test_spain_completion_window_and_its_tolerance() -> None:
    """Asked on Thursday 26 March 2026. 27, 30, 31 March, 1, 2 April, (3 April Good Friday), 6, 7, 8, 9, 10 April: the
    tenth. In Madrid 2 April is closed as well, so there it is 13 April."""
    asked = [("filed", "2026-03-25T10:00:00+01:00"), ("completion_requested", "2026-03-26T10:00:00+01:00")]
    assert limits(SPAIN, MADRID, *asked)["completion_window"].due_on == date(2026, 4, 10)
    region = calendars.make("ES", "MD", "Europe/Madrid", first_year=2026, last_year=2026)
    window = limits(SPAIN, region, *asked)["completion_window"]
    assert (window.due_on, window.tolerance) == (date(2026, 4, 13), date(2026, 4, 13))
    assert (window.kind, window.bearer) == ("customer_window", "customer")


def test_two_hours_over_the_spring_change() -> None:
    """Sunday 29 March 2026 in Madrid: 01:30+01:00 and two hours are 04:30+02:00; 03:30 would be an hour early."""
    found = limits(SPAIN, MADRID, ("filed", "2026-03-29T01:30:00+01:00"), topic="continuity", basic_service=True)
    limit = found["continuity_answer"]
    assert limit.at == at("2026-03-29T02:30:00Z")
    assert limit.at == at("2026-03-29T04:30:00+02:00")
    assert (limit.due_on, limit.days) == (None, ())


def test_an_extension_counts_from_the_same_day_zero() -> None:
    """20 business days from Monday 1 June 2026 are 1 July (ISO-01); 30 are Wednesday 15 July: 2, 3, 6, 7, 8, 9, 10, 13,
    14, 15 July."""
    said = {"reason": True, "notice_to_customer": True, "new_date": True, "approver": True}
    received = ("received", "2026-06-01T10:00:00+01:00")
    longer = ("extension", "2026-06-20T10:00:00+01:00", "final_response", said)
    found = limits(ISO, LISBON, received, longer)["final_response"]
    assert (found.due_on, found.extended) == (date(2026, 7, 15), 1)
    twice = limits(ISO, LISBON, received, longer, ("extension", "2026-06-21T10:00:00+01:00", "final_response", said))
    assert twice["final_response"].due_on == date(2026, 7, 15)  # once at most
    unsaid = ("extension", "2026-06-20T10:00:00+01:00", "final_response", {**said, "approver": False})
    assert limits(ISO, LISBON, received, unsaid)["final_response"].due_on == date(2026, 7, 1)
    late = ("extension", "2026-07-02T00:00:00+01:00", "final_response", said)
    assert limits(ISO, LISBON, received, late)["final_response"].due_on == date(2026, 7, 1)


def test_news_are_due_again_after_each() -> None:
    """Told on Monday 1 June 2026: ten business days are 17 June (4 and 10 June are closed). Told again on
    Friday 12 June: 15, 16, 17, 18, 19, 22, 23, 24, 25, 26 June."""
    first = ("last_customer_update", "2026-06-01T10:00:00+01:00")
    assert limits(ISO, LISBON, first)["progress_update"].due_on == date(2026, 6, 17)
    again = limits(ISO, LISBON, first, ("last_customer_update", "2026-06-12T10:00:00+01:00"))["progress_update"]
    assert again.due_on == date(2026, 6, 26)
    (before,) = again.earlier
    assert (before.met_at, before.bound) == (at("2026-06-12T10:00:00+01:00"), at("2026-06-17T23:00:00Z"))
    closed = limits(ISO, LISBON, first, ("closed", "2026-06-15T10:00:00+01:00"), now="2026-08-01T10:00:00+01:00")
    assert closed["progress_update"].state == "ended"


def test_at_once_and_on_the_same_day() -> None:
    """Nought hours are done by the contact itself; nought business days end with the day, a Saturday too."""
    found = limits(
        SPAIN,
        MADRID,
        ("contact_started", "2026-05-02T21:00:00+02:00"),
        ("supervisor_requested", "2026-05-02T21:05:00+02:00"),
        ("human_requested", "2026-05-02T21:05:00+02:00"),
    )
    assert found["identification_key"].state == "met"
    assert found["supervisor_callback"].due_on == date(2026, 5, 2)
    assert found["supervisor_callback"].due_before == at("2026-05-02T22:00:00Z")
    assert found["human_answer"].at == at("2026-05-02T21:08:00+02:00")


def test_a_receipt_on_a_closed_day_counts_on_the_next_business_day() -> None:
    """Saturday 3 October 2026 at ten: Monday 5 October is a holiday, so day zero is Tuesday 6, as for Friday
    18:30 (ISO-06). Two days to acknowledge end on Thursday 8."""
    saturday = limits(ISO, LISBON, ("received", "2026-10-03T10:00:00+01:00"))["acknowledgement"]
    friday = limits(ISO, LISBON, ("received", "2026-10-02T18:30:00+01:00"))["acknowledgement"]
    assert saturday.due_on == friday.due_on == date(2026, 10, 8)
    assert [(day.date.day, day.number, day.why) for day in saturday.days] == [
        (3, 0, "weekend"), (4, 0, "weekend"), (5, 0, "national"), (6, 0, "day_zero"), (7, 1, ""), (8, 2, ""),
    ]  # fmt: skip
    punctual = limits(ISO, LISBON, ("received", "2026-10-02T18:00:00+01:00"))["acknowledgement"]
    assert punctual.due_on == date(2026, 10, 7)  # exactly at the cut-off is in time: 2 Oct, then 6 and 7


def test_what_the_firm_does_in_the_evening_wins_no_day() -> None:
    """Closed on Monday 2 March 2026 at 20:00: the survey is due five business days later, on 9 March."""
    assert limits(ISO, LISBON, ("closed", "2026-03-02T20:00:00+00:00"))["satisfaction_survey"].due_on == date(
        2026, 3, 9
    )


def test_the_date_before_which_the_firm_refuses_nothing() -> None:
    """UK-08: strictly Sunday 28 February 2027; nobody is refused before the end of Monday 1 March."""
    window = limits(FCA, LONDON, ("final_response_sent", "2026-08-31T12:00:00+01:00"))["ombudsman_referral_until"]
    assert (window.due_on, window.tolerance) == (date(2027, 2, 28), date(2027, 3, 1))
    assert window.tolerance_before == at("2027-03-02T00:00:00Z")
    assert limits(FCA, LONDON, ("received", "2026-08-31T12:00:00+01:00"))["acknowledgement"].tolerance is None


def test_tolerance_counts_customary_and_municipal_days_as_closed() -> None:
    """Ten business days in Lisbon from Monday 9 February 2026 end on 23 February; with Carnival (17
    February) closed, 24."""
    policy = replace(SPAIN, calendar=policies.shipped_policy("pt-livro-reclamacoes").calendar)
    lisbon = calendars.make("PT", "11", "Europe/Lisbon", first_year=2026, last_year=2026)
    window = limits(policy, lisbon, ("completion_requested", "2026-02-09T10:00:00+00:00"))["completion_window"]
    assert (window.due_on, window.tolerance) == (date(2026, 2, 23), date(2026, 2, 24))


def test_midnight_in_the_azores() -> None:
    """There 00:00 on 29 March 2026 does not exist and 00:00 on 25 October comes twice."""
    azores = calendars.make("PT", "20", "Atlantic/Azores", first_year=2026, last_year=2026)
    sac = policies.shipped_policy("br-sac")
    spring = limits(sac, azores, ("registered", "2026-03-21T10:00:00-01:00"))["final_response"]
    assert (spring.due_on, spring.due_before) == (date(2026, 3, 28), at("2026-03-29T01:00:00Z"))
    autumn = limits(sac, azores, ("registered", "2026-10-17T10:00:00+00:00"))["final_response"]
    assert (autumn.due_on, autumn.due_before) == (date(2026, 10, 24), at("2026-10-25T00:00:00Z"))
    twice = limits(sac, azores, ("registered", "2026-10-25T00:30:00Z"))["final_response"]
    assert twice.day_zero == date(2026, 10, 25)
    assert limits(sac, azores, ("registered", "2026-10-25T01:30:00Z"))["final_response"].day_zero == date(2026, 10, 25)


def test_the_stages_of_the_housing_ombudsman() -> None:
    """Received Monday 30 March 2026 (3 and 6 April closed): 31, 1, 2, 7, 8 April to acknowledge.
    Acknowledged on 1 April: 2, 7, 8, 9, 10, 13, 14, 15, 16, 17 April. Escalated 20 April: 27 April.
    Acknowledged 22 April: twenty days without 4 May end on 21 May."""
    found = limits(
        HOUSING,
        LONDON,
        ("received", "2026-03-30T10:00:00+01:00"),
        ("acknowledged", "2026-04-01T10:00:00+01:00"),
        ("escalated", "2026-04-20T10:00:00+01:00"),
        ("stage2_acknowledged", "2026-04-22T10:00:00+01:00"),
    )
    assert {key: limit.due_on for key, limit in found.items()} == {
        "ack": date(2026, 4, 8),
        "stage1": date(2026, 4, 17),
        "stage2_ack": date(2026, 4, 27),
        "stage2": date(2026, 5, 21),
    }
    said = {"reason": True, "notice_to_customer": True, "new_date": True, "add": 4}
    longer = limits(
        HOUSING,
        LONDON,
        ("acknowledged", "2026-04-01T10:00:00+01:00"),
        ("extension", "2026-04-10T10:00:00+01:00", "stage1", said),
    )
    assert longer["stage1"].due_on == date(2026, 4, 23)  # ten at most, four promised: 20, 21, 22, 23 April


def test_spanish_financial_entities() -> None:
    """One month from 31 January 2026 is 28 February, a Saturday, and stays there. Asked on 20 February for
    data that came on 27 February, it begins again: 27 March. The decision of 10 March is sent within ten
    days: 20 March."""
    policy = policies.shipped_policy("es-financial")
    filed = ("filed", "2026-01-31T10:00:00+01:00")
    assert limits(policy, MADRID, filed)["final"].due_on == date(2026, 2, 28)
    found = limits(
        policy,
        MADRID,
        filed,
        ("completion_requested", "2026-02-20T10:00:00+01:00"),
        ("completed_by_customer", "2026-02-27T10:00:00+01:00"),
        ("decided", "2026-03-10T10:00:00+01:00"),
    )
    assert found["final"].due_on == date(2026, 3, 27)
    assert found["complete_data"].due_on == date(2026, 3, 2)
    assert found["notify_decision"].due_on == date(2026, 3, 20)


def test_a_brazilian_customers_own_time_stands_still() -> None:
    """Delivered 1 June 2026, thirty days: 1 July. Complained on 10 June, refused on 20 June: days 10 to 19
    do not count, so 11 July."""
    found = limits(
        policies.shipped_policy("br-cdc-26"),
        SAO_PAULO,
        ("delivered", "2026-06-01T10:00:00-03:00"),
        ("received", "2026-06-10T10:00:00-03:00"),
        ("negative_answer_sent", "2026-06-20T10:00:00-03:00"),
        durable=False,
    )
    assert set(found) == {"apparent_nondurable"}
    assert found["apparent_nondurable"].due_on == date(2026, 7, 11)
    assert [day.date.day for day in found["apparent_nondurable"].days if day.why == "held"] == list(range(10, 20))


def test_christmas_and_new_year_in_scotland() -> None:
    """FCA, three days from Wednesday 30 December 2026 in Scotland: 31 December, (1 January), 5 January (4
    January stands in for Saturday 2 January), 6 January. In England 4 January counts: 5 January."""
    scotland = calendars.make("GB", "SCT", "Europe/London", first_year=2026, last_year=2027)
    received = ("received", "2026-12-30T10:00:00+00:00")
    assert limits(FCA, scotland, received)["summary_resolution_cutoff"].due_on == date(2027, 1, 6)
    assert limits(FCA, LONDON, received)["summary_resolution_cutoff"].due_on == date(2027, 1, 5)


# replaced, met, missed


def test_a_holding_reply_in_time_replaces_and_does_not_restart() -> None:
    received, sent = ("received", "2026-05-27T10:00:00+01:00"), ("holding_sent", "2026-06-19T23:59:59+01:00")
    found = limits(PSD2, LISBON, received, sent, reason_beyond_control=True)
    assert found["final_or_holding_response"].state == "replaced"
    assert found["final_response_max"].due_on == date(2026, 7, 17)


def test_a_holding_reply_that_comes_late_does_not_heal() -> None:
    received, sent = ("received", "2026-05-27T10:00:00+01:00"), ("holding_sent", "2026-06-20T00:00:00+01:00")
    found = limits(PSD2, LISBON, received, sent, reason_beyond_control=True)
    assert found["final_or_holding_response"].state == "missed"
    assert found["final_response_max"].state == "running"


def test_a_holding_reply_without_a_valid_reason_replaces_nothing() -> None:
    received, sent = ("received", "2026-05-27T10:00:00+01:00"), ("holding_sent", "2026-06-10T00:00:00+01:00")
    assert set(limits(PSD2, LISBON, received, sent, reason_beyond_control=False)) == {"final_or_holding_response"}
    unknown = limits(PSD2, LISBON, received, sent)
    assert unknown["final_or_holding_response"].state == "running"
    assert (unknown["final_response_max"].certain, unknown["final_response_max"].asks) == (
        False,
        ("reason_beyond_control",),
    )


def test_in_progress_stays_so_until_the_answer() -> None:
    """CFPB: the answer on day 40 ends the status; the limit of sixty days was met, the first one stays replaced."""
    policy = policies.shipped_policy("us-cfpb")
    york = calendars.make("US", "", "America/New_York", first_year=2026, last_year=2027)
    found = limits(
        policy,
        york,
        ("sent_to_company", "2026-03-02T10:00:00-05:00"),
        ("known", "2026-03-10T10:00:00-04:00", "", {"status": "in_progress"}),
        ("final_response_sent", "2026-04-11T10:00:00-04:00"),
        ("known", "2026-04-11T10:00:00-04:00", "", {"status": "answered"}),
    )
    assert found["response"].state == "replaced"
    assert found["final_response_if_in_progress"].state == "met"


def test_met_is_strictly_before_the_end_of_the_day() -> None:
    livro = policies.shipped_policy("pt-livro-reclamacoes")
    filed = ("complaint_date", "2026-04-01T10:00:00+01:00")

    def answered(moment: str) -> Limit:
        return limits(livro, LISBON, filed, ("final_response_sent", moment))["final_response"]

    assert answered("2026-04-23T23:59:59+01:00").state == "met"
    late = answered("2026-04-24T00:00:00+01:00")
    assert (late.state, late.met_at, late.open) == ("missed", at("2026-04-24T00:00:00+01:00"), False)
    never = limits(livro, LISBON, filed, now="2026-04-24T00:00:00+01:00")["final_response"]
    assert (never.state, never.open) == ("missed", True)
    assert limits(livro, LISBON, filed, now="2026-04-23T23:59:59+01:00")["final_response"].state == "running"


def test_the_summary_route_closes_with_the_business() -> None:
    received = ("received", "2026-07-06T10:00:00+01:00")
    found = limits(FCA, LONDON, received, now="2026-07-09T16:59:00+01:00")["summary_resolution_cutoff"]
    assert (found.due_on, found.closes_at) == (date(2026, 7, 9), at("2026-07-09T17:00:00+01:00"))
    assert found.due_before == at("2026-07-09T23:00:00Z")
    assert found.state == "running"
    lapsed = limits(FCA, LONDON, received, now="2026-07-09T17:00:00+01:00")
    assert lapsed["summary_resolution_cutoff"].state == "lapsed"
    assert not lapsed["summary_resolution_cutoff"].open


def test_the_eight_week_letter_meets_the_limit_too() -> None:
    received, letter = (
        ("received", "2026-07-06T10:00:00+01:00"),
        ("eight_week_letter_sent", "2026-08-20T10:00:00+01:00"),
    )
    known = {"psd_or_emd": False, "resolved_by_summary_route": False}
    assert limits(FCA, LONDON, received, letter, **known)["final_response"].state == "met"


def test_any_limit_can_be_said_to_be_met() -> None:
    received = ("received", "2026-07-06T10:00:00+01:00")
    said = ("met", "2026-07-07T10:00:00+01:00", "acknowledgement")
    assert limits(FCA, LONDON, received, said)["acknowledgement"].state == "met"


def test_history_asked_for_twice() -> None:
    """A second request while the first is open gives no new time; after the first was answered it begins anew."""
    sac = policies.shipped_policy("br-sac")
    asked = ("history_requested", "2026-03-02T10:00:00-03:00")
    again = ("history_requested", "2026-03-05T10:00:00-03:00")
    assert limits(sac, SAO_PAULO, asked, again)["history_sent"].due_on == date(2026, 3, 7)
    sent = ("history_sent", "2026-03-04T10:00:00-03:00")
    second = limits(sac, SAO_PAULO, asked, sent, again)["history_sent"]
    assert (second.due_on, second.state, len(second.earlier)) == (date(2026, 3, 10), "running", 1)


def test_a_retention_is_counted_from_the_latest_and_lapses() -> None:
    sac = policies.shipped_policy("br-sac")
    calls = [("call_date", "2026-03-02T10:00:00-03:00"), ("call_date", "2026-04-02T10:00:00-03:00")]
    kept = limits(sac, SAO_PAULO, *calls, now="2027-01-01T00:00:00Z")["recording_keep_until"]
    assert (kept.due_on, kept.state, kept.open) == (date(2026, 7, 1), "lapsed", False)


# restart, pause, end


def test_until_the_completion_the_original_date_stands() -> None:
    filed, asked = ("filed", "2026-05-04T10:00:00+02:00"), ("completion_requested", "2026-05-05T09:00:00+02:00")
    assert limits(SPAIN, MADRID, filed, asked)["final_response"].due_on == date(2026, 5, 25)
    done = ("completed_by_customer", "2026-05-18T13:00:00+02:00")
    again = limits(SPAIN, MADRID, filed, asked, done)["final_response"]
    assert again.due_on == date(2026, 6, 8)  # without the day of Castilla-La Mancha (ES-08)
    assert again.started == ("completed_by_customer", at("2026-05-18T13:00:00+02:00"))
    unasked = limits(SPAIN, MADRID, filed, done)["final_response"]
    assert unasked.due_on == date(2026, 5, 25)


def test_asking_after_the_limit_has_passed_restarts_nothing() -> None:
    filed = ("filed", "2026-05-04T10:00:00+02:00")
    asked = ("completion_requested", "2026-05-26T09:00:00+02:00")
    done = ("completed_by_customer", "2026-05-27T13:00:00+02:00")
    assert limits(SPAIN, MADRID, filed, asked, done)["final_response"].state == "missed"


def test_a_pause_that_lasts_shows_the_earliest_date() -> None:
    received, asked = ("received", "2026-06-01T10:00:00+01:00"), ("waiting_customer", "2026-06-08T10:00:00+01:00")
    limit = limits(ISO, LISBON, received, asked, now="2026-06-17T15:00:00+01:00")["final_response"]
    assert (limit.due_on, limit.paused_since) == (date(2026, 7, 9), at("2026-06-08T10:00:00+01:00"))
    assert (limit.state, limit.open) == ("running", True)
    assert [day.date.day for day in limit.days if day.why == "paused"] == [8, 9, 11, 12, 15, 16]
    much_later = limits(ISO, LISBON, received, asked, now="2027-06-17T15:00:00+01:00")["final_response"]
    assert much_later.state == "running"
    before = limits(ISO, LISBON, received, asked, now="2026-06-17T15:00:00+01:00")["acknowledgement"]
    assert (before.state, before.paused_since) == ("missed", None)  # it was over before the pause


def test_a_pause_within_a_day_costs_nothing_and_one_at_the_same_moment_neither() -> None:
    received = ("received", "2026-06-01T10:00:00+01:00")
    short = [("waiting_customer", "2026-06-08T10:00:00+01:00"), ("customer_replied", "2026-06-08T23:59:00+01:00")]
    assert limits(ISO, LISBON, received, *short)["final_response"].due_on == date(2026, 7, 1)
    at_once = [("customer_replied", "2026-06-08T10:00:00+01:00"), ("waiting_customer", "2026-06-08T10:00:00+01:00")]
    assert limits(ISO, LISBON, received, *at_once)["final_response"].paused_since is None


def test_no_statutory_clock_pauses() -> None:
    waiting = ("waiting_customer", "2026-04-02T10:00:00+01:00")
    livro = policies.shipped_policy("pt-livro-reclamacoes")
    found = limits(livro, LISBON, ("complaint_date", "2026-04-01T10:00:00+01:00"), waiting)["final_response"]
    assert (found.due_on, found.paused_since) == (date(2026, 4, 23), None)


def test_a_withdrawn_complaint_owes_nothing_more_until_it_is_reopened() -> None:
    livro = policies.shipped_policy("pt-livro-reclamacoes")
    filed, gone = ("complaint_date", "2026-04-01T10:00:00+01:00"), ("withdrawn", "2026-04-10T10:00:00+01:00")
    later = "2026-06-01T10:00:00+01:00"
    assert limits(livro, LISBON, filed, gone, now=later)["final_response"].state == "ended"
    again = ("reopened", "2026-04-20T10:00:00+01:00")
    assert limits(livro, LISBON, filed, gone, again, now=later)["final_response"].state == "missed"
    too_late = ("withdrawn", "2026-05-10T10:00:00+01:00")
    assert limits(livro, LISBON, filed, too_late, now=later)["final_response"].state == "missed"


# settings of a rulebook


def test_a_sector_may_only_be_stricter() -> None:
    livro = policies.shipped_policy("pt-livro-reclamacoes")
    happened = [Happened("complaint_date", at("2026-04-01T10:00:00+01:00"))]

    def due(days: float) -> date | None:
        found = clocks.limits(
            livro, happened, LISBON, {"format": "electronic"}, LATER, shorter={"final_response": days}
        )
        return found[0].due_on

    assert due(10) == date(2026, 4, 16)
    assert due(30) == date(2026, 4, 23)
    fca = [Happened("received", at("2026-04-01T10:00:00+01:00"))]
    found = clocks.limits(FCA, fca, LONDON, {"psd_or_emd": False}, LATER, shorter={"acknowledgement": 1})
    assert found[0].due_on == date(2026, 4, 10)  # this rulebook allows none


def test_a_law_that_does_not_apply_yet_is_shown_and_does_not_bind() -> None:
    early = limits(SPAIN, MADRID, ("filed", "2026-12-27T23:59:00+01:00"), topic="other")
    assert not early["final_response"].binding
    assert limits(SPAIN, MADRID, ("filed", "2026-12-28T00:00:00+01:00"), topic="other")["final_response"].binding


def test_rolled_forward_where_a_rulebook_says_so() -> None:
    """BR-06 on the other reading: Saturday 4 April 2026 becomes Monday 6 April."""
    sac = policies.shipped_policy("br-sac")
    rolling = replace(sac, calendar=replace(sac.calendar, roll_forward=True))
    found = limits(rolling, SAO_PAULO, ("history_requested", "2026-03-30T10:00:00-03:00"))["history_sent"]
    assert found.due_on == date(2026, 4, 6)
    assert [(day.date.day, day.number, day.why) for day in found.days][-3:] == [
        (4, 5, ""),
        (5, 0, "weekend"),
        (6, 0, "rolled"),
    ]


def test_saturdays_where_they_are_business_days() -> None:
    working = replace(SPAIN, calendar=replace(SPAIN.calendar, saturday=True))
    found = limits(working, MADRID, ("filed", "2026-05-04T10:00:00+02:00"), topic="other")["final_response"]
    assert found.due_on == date(2026, 5, 21)


def test_the_municipal_day_closes_only_where_the_rulebook_lets_it() -> None:
    """Porto's 24 June 2026, a Wednesday: not under the complaints book, but under a rulebook that is silent."""
    porto = calendars.make("PT", "13", "Europe/Lisbon", first_year=2026, last_year=2026)
    livro = policies.shipped_policy("pt-livro-reclamacoes")
    filed = "2026-06-11T10:00:00+01:00"
    assert limits(livro, porto, ("complaint_date", filed))["final_response"].due_on == date(2026, 7, 2)
    assert limits(PSD2, porto, ("received", filed))["final_or_holding_response"].due_on == date(2026, 7, 3)


def test_a_year_that_nobody_confirmed_is_named() -> None:
    """ES-03 reaches into 2027; calendar days do not ask any calendar."""
    filed = ("filed", "2026-12-21T10:00:00+01:00")
    found = limits(SPAIN, MADRID, filed, topic="billing")
    assert found["final_response"].unconfirmed == (2027,)
    assert found["final_response_billing"].unconfirmed == ()
    confirmed = replace(MADRID, confirmed=frozenset({2026, 2027}))
    assert limits(SPAIN, confirmed, filed, topic="billing")["final_response"].unconfirmed == ()


def test_both_answers_are_given_while_an_attribute_is_unknown() -> None:
    found = limits(FCA, LONDON, ("received", "2026-07-06T10:00:00+01:00"))
    assert {key for key, limit in found.items() if not limit.certain} == {
        "final_response",
        "psd_final_or_holding",
        "psd_final_max",
    }
    assert found["final_response"].asks == ("psd_or_emd", "resolved_by_summary_route")
    bank = limits(FCA, LONDON, ("received", "2026-07-06T10:00:00+01:00"), psd_or_emd=True, holding_sent=False)
    assert {"final_response", "psd_final_max"} & set(bank) == set()
    assert bank["psd_final_or_holding"].certain


def test_what_has_not_begun_says_so() -> None:
    found = limits(FCA, LONDON, ("received", "2026-07-06T10:00:00+01:00"))["ombudsman_referral_until"]
    assert (found.state, found.due_on, found.bound, found.days) == ("not_started", None, None, ())


def test_every_limit_says_where_it_comes_from() -> None:
    found = limits(PSD2, LISBON, ("received", "2026-05-27T10:00:00+01:00"))["final_or_holding_response"]
    assert found.rule == "eu-psd2@2026.2#final_or_holding_response"
    assert found.source == "Directive (EU) 2015/2366, art. 101(2)"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clocks.limits(ISO, [Happened("received", datetime(2026, 1, 1))], LISBON, {}, LATER)


def test_beyond_its_years_a_calendar_closes_weekends_only() -> None:
    short = calendars.make("PT", "", "Europe/Lisbon", first_year=2026, last_year=2026)
    found = limits(ISO, short, ("received", "2026-12-30T10:00:00+00:00"))["final_response"]
    assert found.due_on == date(2027, 1, 27)  # 1 January would be closed: a day earlier, and 2027 is named
    assert found.unconfirmed == (2027,)


def test_the_closing_hour_is_that_of_the_establishment() -> None:
    early = replace(LONDON, closes_at=time(15, 30))
    found = limits(FCA, early, ("received", "2026-07-06T10:00:00+01:00"))["summary_resolution_cutoff"]
    assert found.closes_at == at("2026-07-09T15:30:00+01:00")
