"""The rulebook of a jurisdiction, as fields: its limits, its calendar, how limits are made longer, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desagravo.administration.rulebook import options as from_list
from desagravo.administration.rulebook import sentences
from desagravo.administration.rulebook.books import Part
from desagravo.administration.rulebook.fields import (
    ABSENT,
    Answers,
    Choice,
    Choices,
    Day,
    Field,
    Flag,
    Input,
    Line,
    Lines,
    Rows,
    Table,
    Texts,
    Typed,
    Whole,
    Wrong,
    one,
)
from desagravo.administration.rulebook.world import Option, World
from desagravo.cases.clock_words import CLOCK_EVENT, event_words
from desagravo.rulebook import conditions
from desagravo.rulebook.problems import POLICY

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
TIME: dict[str, Any] = {"close_of_business": _("the hour at which the establishment closes")}
OVERRIDE: dict[str, Any] = {"shorter": _("shorter")}
STATUS: dict[str, Any] = {"house_default": _("numbers of the house; no law sets them")}
EVIDENCE: dict[str, Any] = {
    "V": _("the text of the rule was read"),
    "S": _("a secondary source was read"),
    "R": _("from memory; to be checked"),
    "I": _("our interpretation"),
}


def evidence(said: str) -> str:
    """What the letters of evidence say."""
    return "; ".join(str(EVIDENCE.get(each.strip(), each)) for each in str(said).split("/") if each.strip())


def _events(world: World) -> list[Option]:
    """Every event, and those that only this edition knows."""
    used: set[str] = set()
    for table in world.policies.values():
        used.add(str(table.get("clock", {}).get("start", "")))
        for row in table.get("milestone", ()):
            used |= {str(row.get("from", "")), *row.get("met_by", ()), *row.get("ended_by", ())}
    return [Option(code, event_words(code)) for code in [*CLOCK_EVENT, *sorted(used - set(CLOCK_EVENT) - {""})]]


def _evidences(world: World) -> list[Option]:
    used = {str(table.get("policy", {}).get("evidence", "")) for table in world.policies.values()}
    used |= {str(row.get("evidence", "")) for table in world.policies.values() for row in table.get("milestone", ())}
    return [Option(code, evidence(code)) for code in [*EVIDENCE, *sorted(used - set(EVIDENCE) - {""})]]


def _places(_world: World) -> list[Option]:
    first = [Option("tenant", _now("where the establishment lies")), Option("EU", _now("European Union"))]
    return [*first, *from_list.countries(_world)]


@dataclass(frozen=True, kw_only=True)
class While(Answers):
    """The condition of a limit, ticked as answers and written as rulebooks write it: ``psd_or_emd and not …``.

    One that cannot be ticked (``not topic == 'billing'``) is shown and changed as it is written.
    """

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        if value is ABSENT:
            return {}
        ticked = _ticked(str(value))
        return {name: [str(value)]} if ticked is None else super().spread(ticked, name)

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        written = one(typed, name).strip()
        if written:
            return written
        found = super().gather(typed, name, ABSENT, wrong)
        return ABSENT if found is ABSENT else " and ".join(_term(code, counts) for code, counts in found.items())

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        if one(typed, name):
            return Line(key=self.key, label=self.label, optional=True).input(typed, name, world, wrong)
        return super().input(typed, name, world, wrong)

    def words(self, value: Any, world: World) -> str:
        return super().words(value, world) if isinstance(value, Mapping) else sentences.condition(str(value), world)


def _ticked(said: str) -> dict[str, list[Any]] | None:
    try:
        terms = conditions.read(said).terms
    except conditions.NotUnderstood:
        return None
    if len({each.attribute for each in terms}) < len(terms) or any(each.negated and each.codes for each in terms):
        return None
    return {each.attribute: list(each.codes) if each.codes is not None else [not each.negated] for each in terms}


def _term(code: str, counts: list[Any]) -> str:
    if counts in ([True], [False]):
        return code if counts[0] else f"not {code}"
    told = [f"'{each}'" for each in counts]
    return f"{code} == {told[0]}" if len(told) == 1 else f"{code} in [{', '.join(told)}]"


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
    While(
        key="on",
        label=_("Only while"),
        questions=from_list.facts_of_limits,
        answers=from_list.answers_of,
        optional=True,
        quiet=True,
        hint=_("Every question that has a tick must be answered with one of the ticked answers."),
    ),
    Choice(
        key="replaces",
        label=_("It takes the place of"),
        options=from_list.milestones,
        optional=True,
        quiet=True,
        empty=_("no other limit"),
    ),
    Choice(
        key="months_rule",
        label=_("When the month has no such day"),
        options=from_list.of(from_list.MONTHS),
        optional=True,
        quiet=True,
        empty=_("the last day of that month"),
    ),
    Choices(key="met_by", label=_("What fulfils it"), options=_events, optional=True, quiet=True),
    Choices(key="ended_by", label=_("What ends it unfulfilled"), options=_events, optional=True, quiet=True),
    Choices(
        key="must_include", label=_("What the message must contain"), options=from_list.items, optional=True, quiet=True
    ),
    Choices(key="attach", label=_("What must go with it"), options=from_list.items, optional=True, quiet=True),
    Choice(
        key="alternative",
        label=_("A letter that fulfils it, too"),
        options=from_list.purposes,
        optional=True,
        quiet=True,
        empty=_("none"),
    ),
    Flag(
        key="repeat", label=_("It begins anew after each update, until the case is closed"), optional=True, quiet=True
    ),
    Choice(
        key="time",
        label=_("Time of the day"),
        options=from_list.of(TIME),
        optional=True,
        quiet=True,
        empty=_("end of the day"),
    ),
    Table(
        key="hold",
        quiet=True,
        label=_("The customer's time stands still"),
        fields=(
            Choice(key="from", label=pgettext_lazy("event", "From"), options=_events, optional=True, quiet=True),
            Choice(key="until", label=pgettext_lazy("event", "Until"), options=_events, optional=True, quiet=True),
        ),
    ),
    Choice(
        key="on_expiry",
        label=_("When the customer's time passes"),
        options=from_list.items,
        optional=True,
        quiet=True,
        empty=_("nothing follows by itself"),
    ),
    Texts(key="service_level", label=_("How it is judged over all contacts"), optional=True, quiet=True),
    Choice(
        key="sector_override_allowed",
        label=_("A rule of the sector may make it"),
        options=from_list.of(OVERRIDE),
        optional=True,
        quiet=True,
        empty=_("neither shorter nor longer"),
    ),
)

PART = Part(
    POLICY,
    _("The limits of this rulebook, from what they are counted, and who bears them."),
    (
        Table(
            key="policy",
            label=_("The rulebook"),
            fields=(
                Texts(key="name", label=_("Name")),
                Line(key="title", label=_("Title of the law or standard"), optional=True),
                Line(key="version", label=_("Version")),
                Choice(key="evidence", label=_("How sure we are"), options=_evidences),
                Day(
                    key="review_by",
                    label=_("To be reviewed by"),
                    optional=True,
                    hint=_("When the day has passed, the review stands among the next steps until it is done."),
                ),
                Choice(
                    key="jurisdiction",
                    label=_("Where it counts"),
                    options=_places,
                    optional=True,
                    empty=_("everywhere"),
                ),
                Texts(key="sector", label=_("Sector"), optional=True),
                Texts(key="scope", label=_("Whom it binds"), long=True, optional=True),
                Day(key="in_force_from", label=_("The law is in force from"), optional=True),
                Day(key="applies_from", label=_("It binds cases from"), optional=True),
                Texts(key="pending", label=_("What is still open about it"), long=True, optional=True),
                Texts(key="watch", label=_("What to watch"), long=True, optional=True),
                Choice(
                    key="status", label=_("State"), options=from_list.of(STATUS), optional=True, empty=_("law or rule")
                ),
                Line(key="id", label=_("Short name in files")),
            ),
        ),
        Table(
            key="clock",
            label=_("The clock"),
            fields=(
                Choice(key="start", label=_("It begins when"), options=_events),
                Choice(key="pause", label=_("It stands still"), options=from_list.of(PAUSE)),
                Choice(
                    key="on_incomplete",
                    label=_("An incomplete complaint"),
                    options=from_list.of(INCOMPLETE),
                    optional=True,
                    empty=_("changes nothing"),
                ),
            ),
        ),
        Table(
            key="calendar",
            label=_("The calendar"),
            fields=(
                Choice(
                    key="country",
                    label=_("Holidays of"),
                    options=_places,
                    optional=True,
                    empty=_("where the establishment lies"),
                ),
                Line(
                    key="subdivision",
                    label=_("Region"),
                    optional=True,
                    hint=_("Two or three letters. The United Kingdom always needs one: ENG, SCT, WLS, NIR."),
                ),
                Flag(key="roll_forward", label=_("A limit that ends on a closed day ends on the next business day")),
                Flag(key="saturday_is_business_day", label=_("Saturday is a business day")),
                Flag(key="municipal_holiday", label=_("Municipal holidays close the clock")),
                Flag(key="tenant", label=_("The calendar of the establishment counts")),
                Line(key="timezone", label=_("Time zone, where the establishment has none"), optional=True),
                Texts(key="business_day_definition", label=_("What a business day is"), optional=True),
                Choice(
                    key="after_hours",
                    label=_("What arrives after hours"),
                    options=from_list.of(AFTER_HOURS),
                    optional=True,
                    empty=_("counts as that day"),
                ),
                Line(key="cutoff", label=_("After hours begins at"), optional=True, hint=_("For instance 18:00.")),
            ),
        ),
        Rows(
            key="milestone",
            label=_("Limits"),
            one=_("Limit"),
            pages=True,
            title=sentences.milestone,
            code="key",
            code_from="name",
            fields=_MILESTONE,
            start={"kind": "target", "bearer": "firm", "unit": "business_days", "from": "received"},
        ),
        Table(
            key="extension",
            quiet=True,
            label=_("How a limit is made longer"),
            one=_("Extension"),
            fields=(
                Choice(key="of", label=_("Which limit"), options=from_list.milestones),
                Whole(key="add", label=_("By how much")),
                Choice(key="unit", label=_("Counted in"), options=from_list.of(from_list.UNIT)),
                Whole(key="max_times", label=_("How often at most")),
                Flag(key="up_to", label=_("It may be made longer by less than that"), optional=True),
                Choices(key="requires", label=_("What must be recorded with it"), options=from_list.items),
                Line(key="source", label=_("Source"), optional=True),
            ),
        ),
        Table(
            key="response",
            quiet=True,
            label=_("What an answer must be"),
            fields=(
                Choices(key="must_include", label=_("What it must contain"), options=from_list.items, optional=True),
                Choices(key="types", label=_("What kind of answer it may be"), options=from_list.items, optional=True),
                *(
                    Table(
                        key=key,
                        label=label,
                        fields=(
                            Choices(
                                key="must_include",
                                label=_("What it must contain"),
                                options=from_list.items,
                                optional=True,
                            ),
                        ),
                    )
                    for key, label in (
                        ("holding", _("Holding reply")),
                        ("summary_resolution", _("Summary resolution")),
                        ("eight_week_letter", _("Letter after eight weeks")),
                    )
                ),
                Choice(
                    key="channel",
                    label=_("How it is sent"),
                    options=from_list.items,
                    optional=True,
                    empty=_("as usual"),
                ),
                Choices(key="medium", label=_("On what it is written"), options=from_list.items, optional=True),
                Flag(key="same_language", label=_("In the customer's language")),
                Flag(key="same_channel_unless_chosen", label=_("By the customer's channel, unless another was chosen")),
                Choices(
                    key="customer_can", label=_("What the customer can do"), options=from_list.items, optional=True
                ),
            ),
        ),
        Table(
            key="record",
            quiet=True,
            label=_("What must be on record"),
            fields=(Choices(key="required", label=_("Without this the case is not closed"), options=from_list.items),),
        ),
        Table(
            key="closure",
            quiet=True,
            label=_("How a case is closed"),
            fields=(
                Choices(key="requires", label=_("What closing needs"), options=from_list.items, optional=True),
                Choices(key="forbid", label=_("What is never done"), options=from_list.items, optional=True),
                Choices(key="hold", label=_("What rests meanwhile"), options=from_list.items, optional=True),
                Flag(key="different_handler_at_stage2", label=_("A different person looks at it the second time")),
            ),
        ),
        Table(
            key="closing",
            quiet=True,
            label=_("What this rulebook calls an outcome"),
            fields=(
                Choices(key="codes", label=_("Outcomes"), options=from_list.items, optional=True),
                Choices(key="interim", label=_("While it is open"), options=from_list.items, optional=True),
                Choices(key="administrative", label=_("Outside the matter"), options=from_list.items, optional=True),
                Choices(
                    key="consumer_codes", label=_("What the customer may say"), options=from_list.items, optional=True
                ),
                Choices(
                    key="monetary_relief_requires", label=_("What money needs"), options=from_list.items, optional=True
                ),
                Lines(key="satisfaction_scale", label=_("Scale of satisfaction"), optional=True),
            ),
        ),
        Table(
            key="intake",
            quiet=True,
            label=_("How complaints are taken in"),
            fields=(
                Flag(key="free", label=_("Free of charge")),
                Flag(key="data_before_agent", label=_("Data may be asked before a person answers")),
                Choices(key="first_menu", label=_("In the first menu"), options=from_list.items, optional=True),
                Whole(key="human_hours_per_day_min", label=_("Hours a day with people, at least"), optional=True),
                Choices(key="dropped_call", label=_("When a call breaks off"), options=from_list.items, optional=True),
                Choice(
                    key="advertising_while_waiting",
                    label=_("Advertising while people wait"),
                    options=from_list.items,
                    optional=True,
                    empty=_("not ruled"),
                ),
                Choices(
                    key="preconditions_credit_reporting",
                    label=_("Before a complaint about credit reporting"),
                    options=from_list.items,
                    optional=True,
                ),
            ),
        ),
        Table(
            key="retention",
            quiet=True,
            label=_("How long cases are kept"),
            fields=(
                Whole(key="record_years", label=_("Years"), optional=True),
                Choice(key="from", label=_("Counted from"), options=_events, optional=True),
                Whole(
                    key="record_years_collective_portfolio", label=_("Years for collective portfolios"), optional=True
                ),
                Whole(key="closed_book_years", label=_("Years for a complaints book that is full"), optional=True),
                Choice(key="recording_until", label=_("Recordings until"), options=from_list.items, optional=True),
                Whole(key="evaluation_docs_years", label=_("Years for papers of the evaluation"), optional=True),
                Flag(key="set_by_tenant", label=_("Each organisation sets it")),
            ),
        ),
        Table(
            key="reporting",
            quiet=True,
            label=_("Reports"),
            fields=(
                Texts(key="return", label=_("Return"), optional=True),
                Line(key="first_period", label=_("First period"), optional=True),
                Texts(key="audit", label=_("Audit"), optional=True),
                Texts(key="evaluation", label=_("Evaluation"), optional=True),
                Texts(key="management_review", label=_("Review by the management"), optional=True),
                Texts(key="available_to_authority", label=_("At hand for the authority"), optional=True),
                Whole(
                    key="max_measurement_error_pct",
                    label=_("Greatest error of measurement, in per cent"),
                    optional=True,
                ),
                Whole(
                    key="publish_threshold_complaints", label=_("Published from so many complaints on"), optional=True
                ),
                Flag(key="public", label=_("It is published")),
                Choices(key="buckets", label=_("What is counted"), options=from_list.items, optional=True),
            ),
        ),
        Table(
            key="indicators",
            quiet=True,
            label=_("Indicators"),
            fields=(Choices(key="list", label=_("What is measured"), options=from_list.items),),
        ),
        Table(
            key="penalty_note",
            quiet=True,
            label=_("Penalties"),
            fields=(Texts(key="text", label=_("In a sentence"), long=True),),
        ),
        Rows(
            key="words",
            label=_("What the words of this rulebook mean"),
            one=_("Word"),
            keyed=True,
            pages=True,
            bare=True,
            title=sentences.text,
            fields=(Texts(key="text", label=_("Words")),),
        ),
    ),
)
