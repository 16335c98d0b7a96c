"""The rulebook of a jurisdiction, as fields: its limits, its calendar, how limits are made longer, what is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from desagravo.administration.rulebook import options as from_list
from desagravo.administration.rulebook import sentences
from desagravo.administration.rulebook.books import Part
from desagravo.administration.rulebook.fields import Choice, Day, Field, Flag, Line, Lines, Rows, Table, Texts, Whole
from desagravo.administration.rulebook.world import Option, World
from desagravo.rulebook.problems import POLICY

EVENT: dict[str, Any] = {
    "received": _("the complaint was received"),
    "filed": _("the complaint was filed"),
    "registered": _("the complaint was registered"),
    "complaint_date": _("the day that the complaint bears"),
    "filed_or_completed": _("the complaint was filed, or completed by the customer"),
    "acknowledged": _("the complaint was acknowledged"),
    "assessed": _("the complaint was assessed"),
    "closed": _("the case was closed"),
    "resolved": _("the matter was resolved"),
    "decided": _("it was decided"),
    "delivered": _("the goods were delivered"),
    "escalated": _("the customer asked for a second look"),
    "stage2_acknowledged": _("the second look was acknowledged"),
    "final_response_sent": _("the final answer was sent"),
    "holding_sent": _("a holding reply was sent"),
    "last_customer_update": _("the customer last heard from us"),
    "completion_requested": _("the customer was asked for what is missing"),
    "completed_by_customer": _("the customer sent what was missing"),
    "waiting_customer": _("the customer was asked something"),
    "customer_replied": _("the customer replied"),
    "sent_to_company": _("the complaint was sent to the company"),
    "history_requested": _("the customer asked for the history"),
    "book_requested": _("the customer asked for the complaints book"),
    "sheet_completed": _("the sheet was filled in"),
    "contact_started": _("the contact began"),
    "receipt_requested": _("the customer asked for a receipt"),
    "human_requested": _("the customer asked for a person"),
    "supervisor_requested": _("the customer asked for a superior"),
}
PAUSE: dict[str, Any] = {
    "none": _("never: waiting for the customer stops no clock"),
    "end_of_day": _("while we wait for the customer, day by day"),
}
INCOMPLETE: dict[str, Any] = {
    "none": _("changes nothing"),
    "restart": _("starts the limits anew when the customer has completed it"),
}
AFTER_HOURS: dict[str, Any] = {
    "same_day": _("counts as that day"),
    "next_business_day": _("counts as the next business day"),
}
MONTHS: dict[str, Any] = {
    "clamp": _("the last day of that month"),
    "next_day": _("the day after"),
}
EVIDENCE: dict[str, Any] = {
    "V": _("the text of the rule was read"),
    "S": _("a secondary source was read"),
    "R": _("from memory; to be checked"),
    "I": _("our interpretation"),
}


def evidence(said: str) -> str:
    """What the letters of evidence say."""
    return "; ".join(str(EVIDENCE.get(each.strip(), each)) for each in str(said).split("/") if each.strip())


def event(code: str) -> str:
    """What people call the event from which a limit is counted."""
    return str(EVENT.get(code, str(code).replace("_", " ")))


def _events(world: World) -> list[Option]:
    used = {str(row.get("from", "")) for table in world.policies.values() for row in table.get("milestone", ())}
    used |= {str(table.get("clock", {}).get("start", "")) for table in world.policies.values()}
    return [Option(code, event(code)) for code in [*EVENT, *sorted(used - set(EVENT) - {""})]]


def _evidences(world: World) -> list[Option]:
    used = {str(table.get("policy", {}).get("evidence", "")) for table in world.policies.values()}
    used |= {str(row.get("evidence", "")) for table in world.policies.values() for row in table.get("milestone", ())}
    return [Option(code, evidence(code)) for code in [*EVIDENCE, *sorted(used - set(EVIDENCE) - {""})]]


def _places(_world: World) -> list[Option]:
    first = [Option("tenant", _now("where the establishment lies")), Option("EU", _now("European Union"))]
    return [*first, *from_list.countries(_world)]


_MILESTONE: tuple[Field, ...] = (
    Texts(key="name", label=_("Name")),
    Whole(key="n", label=_("How long"), hint=_("A number. Nothing but hours may have a fraction.")),
    Choice(key="unit", label=_("Counted in"), options=from_list.of(from_list.UNIT)),
    Choice(key="from", label=_("Counted from"), options=_events, hint=_("That day itself is not counted.")),
    Choice(key="kind", label=_("What it is"), options=from_list.of(from_list.KIND)),
    Choice(key="bearer", label=_("Who bears it"), options=from_list.of(from_list.BEARER)),
    Line(key="source", label=_("Source"), optional=True, hint=_("Law and article, contract, or house rule.")),
    Choice(
        key="evidence", label=_("How sure we are"), options=_evidences, optional=True, empty=_("as the whole rulebook")
    ),
    Line(
        key="on", label=_("Only while"), optional=True,
        hint=_("Names of what is asked about a case, with “and”, “not”, “==” and “in”: psd_or_emd and not holding_sent."),
    ),
    Choice(
        key="replaces", label=_("It takes the place of"), options=from_list.milestones, optional=True,
        empty=_("no other limit"),
    ),
    Choice(
        key="months_rule", label=_("When the month has no such day"), options=from_list.of(MONTHS), optional=True,
        empty=_("the last day of that month"),
    ),
    Flag(key="repeat", label=_("It begins anew after each update, until the case is closed"), optional=True),
    Lines(key="must_include", label=_("What the message must contain"), optional=True, hint=_("One on each line.")),
)  # fmt: skip

PART = Part(
    POLICY,
    _("The limits of this rulebook, from what they are counted, and who bears them."),
    (
        Table(
            key="policy", label=_("The rulebook"),
            fields=(
                Texts(key="name", label=_("Name")),
                Line(key="title", label=_("Title of the law or standard"), optional=True),
                Line(key="version", label=_("Version")),
                Choice(key="evidence", label=_("How sure we are"), options=_evidences),
                Day(
                    key="review_by", label=_("To be reviewed by"), optional=True,
                    hint=_("When the day has passed, the review stands among the next steps until it is done."),
                ),
                Choice(key="jurisdiction", label=_("Where it counts"), options=_places, optional=True, empty=_("everywhere")),
                Line(key="sector", label=_("Sector"), optional=True),
                Day(key="applies_from", label=_("It binds cases from"), optional=True),
            ),
        ),
        Table(
            key="clock", label=_("The clock"),
            fields=(
                Choice(key="start", label=_("It begins when"), options=_events),
                Choice(key="pause", label=_("It stands still"), options=from_list.of(PAUSE)),
                Choice(
                    key="on_incomplete", label=_("An incomplete complaint"), options=from_list.of(INCOMPLETE), optional=True,
                    empty=_("changes nothing"),
                ),
            ),
        ),
        Table(
            key="calendar", label=_("The calendar"),
            fields=(
                Choice(key="country", label=_("Holidays of"), options=_places, optional=True, empty=_("where the establishment lies")),
                Line(key="subdivision", label=_("Region"), optional=True, hint=_("Two or three letters. The United Kingdom always needs one: ENG, SCT, WLS, NIR.")),
                Flag(key="roll_forward", label=_("A limit that ends on a closed day ends on the next business day")),
                Flag(key="saturday_is_business_day", label=_("Saturday is a business day")),
                Flag(key="municipal_holiday", label=_("Municipal holidays close the clock")),
                Choice(
                    key="after_hours", label=_("What arrives after hours"), options=from_list.of(AFTER_HOURS), optional=True,
                    empty=_("counts as that day"),
                ),
                Line(key="cutoff", label=_("After hours begins at"), optional=True, hint=_("For instance 18:00.")),
            ),
        ),
        Rows(
            key="milestone", label=_("Limits"), one=_("Limit"), pages=True, title=sentences.milestone, code="key",
            code_from="name", fields=_MILESTONE,
            start={"kind": "target", "bearer": "firm", "unit": "business_days", "from": "received"},
        ),
        Table(
            key="extension", label=_("How a limit is made longer"),
            fields=(
                Choice(key="of", label=_("Which limit"), options=from_list.milestones),
                Whole(key="add", label=_("By how much")),
                Choice(key="unit", label=_("Counted in"), options=from_list.of(from_list.UNIT)),
                Whole(key="max_times", label=_("How often at most")),
                Lines(key="requires", label=_("What must be recorded with it"), hint=_("One on each line.")),
            ),
        ),
        Table(
            key="retention", label=_("How long cases are kept"),
            fields=(
                Whole(key="record_years", label=_("Years"), optional=True),
                Choice(key="from", label=_("Counted from"), options=_events, optional=True),
            ),
        ),
    ),
)  # fmt: skip
