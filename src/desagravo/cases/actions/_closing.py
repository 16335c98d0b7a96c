"""Is the closing section whole? Every axis coded with codes that fit now, and everything given that they ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from desagravo.cases.closing import DETAILS, currencies
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Case, Referral
from desagravo.cases.queries.visible import visible_to
from desagravo.common import clock, money
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import Refusal, words
from desagravo.common.text import tidy_text
from desagravo.departments import queries as departments
from desagravo.rulebook import closing
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.reporting import Codes

DELIVERED = ("", "yes", "no", "none_due")
LONGEST_DETAIL: Final = 2000
_ACCEPTED = frozenset({"accepted", "partly_accepted"})

words(
    {
        "code_asks_for": _("“%(named)s” asks for this."),
        "code_not_in_this_status": _("“%(named)s” does not fit: the customer has not withdrawn this complaint."),
        "code_not_after": _("A case that was closed as “%(before)s” cannot be coded “%(named)s” afterwards."),
        "code_not_in_use": _("“%(named)s” is not in use on this day."),
        "code_needs_acceptance": _("“%(named)s” means that the customer accepted. Code that, or another outcome."),
        "no_other_case": _("There is no other case with this number that you may see."),
        "delivery_missing": _("Say whether the customer has received it."),
        "remedy_missing": _("Say what was done: tick at least one."),
        "delivered_in_future": _("This day has not come yet. Give the day on which the customer received it."),
        "not_delivered_yet": _("You gave a day of delivery and say that nothing was delivered. One of them is wrong."),
        "options_open": _(
            "The customer has not accepted. Tick that they know every further way and used it or let it pass, or wait."
        ),
        "not_sent_on": _("Record first to whom the complaint was sent on; that also tells the customer."),
        "customer_not_told": _("The customer was not told yet that the complaint was sent on. Write to them first."),
    }
)


@dataclass(frozen=True)
class ClosingSection:
    """What the manager fills in. ``codes``: axis → ticked codes; ``amount`` in ``currency`` for monetary relief;
    ``delivered_on`` year-month-day;
    ``details``: what the codes require, in words; ``remedies``: what was done; ``options_exhausted``: who has not
    accepted knows every further way, and used it or let it pass."""

    codes: Mapping[str, Sequence[str]]
    amount: Decimal | None = None
    currency: str = ""
    remedy_delivered: str = ""
    delivered_on: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    remedies: Sequence[str] = ()
    options_exhausted: bool = False
    lesson: str = ""
    alone_reason: str = ""


Problems = dict[str, list[Refusal]]


def today() -> date:
    """The day at the organisation's place."""
    return clock.now().astimezone(ZoneInfo(departments.organisation().time_zone)).date()


def kept_details(section: ClosingSection) -> dict[str, str]:
    """The words as they are kept: tidy, and only those that were given."""
    tidy = {code: tidy_text(section.details.get(code, "")).strip() for code in DETAILS}
    return {code: text for code, text in tidy.items() if text}


def settled_by(case: Case, section: ClosingSection) -> str:
    """Why the case may end: accepted, options_exhausted, withdrawn or elsewhere; empty if nothing says so."""
    rules = closing.rules(edition=edition_of(case))
    outcome = next(iter(section.codes.get("outcome", ())), "")
    ends = rules[("outcome", outcome)].ends if ("outcome", outcome) in rules else ""
    if ends in ("withdrawn", "elsewhere"):
        return ends
    if _ACCEPTED & set(section.codes.get("customer_position", ())):
        return "accepted"
    return "options_exhausted" if section.options_exhausted else ""


def problems_of(case: Case, section: ClosingSection, actor: Actor) -> Problems:
    """Everything that is missing or does not fit, by the field in which it is mended."""
    problems = problems_of_codes(section.codes, edition=edition_of(case))
    if not problems:
        problems = _problems_of_fit(case, section)
    problems.update(_problems_of_money(section))
    problems.update(_problems_of_delivery(case, section))
    for name, found in _problems_of_details(case, section, actor).items():
        problems.setdefault(name, found)
    if case.severity == "major" and case.status != "withdrawn" and not section.lesson.strip():
        problems["lesson"] = [Refusal("lesson_missing")]
    return problems


def problems_of_codes(codes: Codes, *, edition: str) -> Problems:
    """Does every axis have a code of this list that is in use today, and one only where only one may be?"""
    problems: Problems = {}
    axes = rulebook.closing_codes(active(), edition=edition)
    rules, on = closing.rules(edition=edition), today()
    for axis in axes:
        ticked = list(codes.get(axis.code, ()))
        unknown = set(ticked) - {code.code for code in axis.codes}
        names = {code.code: code.name for code in axis.codes}
        if unknown:
            problems[axis.code] = [Refusal("unknown_code", value=min(unknown)[:60])]
        elif not ticked:
            problems[axis.code] = [Refusal("axis_missing", axis=axis.name)]
        elif len(ticked) > 1 and not axis.several:
            problems[axis.code] = [Refusal("axis_single", axis=axis.name)]
        elif old := [code for code in ticked if not rules[(axis.code, code)].valid(on)]:
            problems[axis.code] = [Refusal("code_not_in_use", named=names[old[0]])]
    for axis_code in set(codes) - {axis.code for axis in axes}:
        problems[axis_code] = [Refusal("unknown_field")]
    return problems


def problems_of_order(before: Codes, codes: Codes, edition: str) -> Problems:
    """May a case that was closed with ``before`` be coded so afterwards?"""
    names = closing.names(active(), edition=edition)
    problems: Problems = {}
    for axis, ticked in codes.items():
        allowed = closing.next_codes(axis, before.get(axis, ()), edition=edition)
        for code in ticked if allowed is not None else ():
            if code not in allowed:  # type: ignore[operator]
                was = ", ".join(names.get((axis, each), each) for each in before[axis])
                problems[axis] = [Refusal("code_not_after", before=was, named=names.get((axis, code), code))]
    return problems


def _problems_of_fit(case: Case, section: ClosingSection) -> Problems:
    """Codes that are right in themselves and wrong for this case now."""
    edition = edition_of(case)
    rules, names = closing.rules(edition=edition), closing.names(active(), edition=edition)
    last = case.sign_offs.order_by("-section").first()
    problems = problems_of_order(last.codes, section.codes, edition) if last else {}
    for axis, ticked in section.codes.items():
        for code in ticked:
            rule = rules[(axis, code)]
            if rule.case_status and case.status != rule.case_status:
                problems[axis] = [Refusal("code_not_in_this_status", named=names[(axis, code)])]
            if rule.ends == "accepted" and not _ACCEPTED & set(section.codes.get("customer_position", ())):
                problems["customer_position"] = [Refusal("code_needs_acceptance", named=names[(axis, code)])]
    if "wrong_entity_forwarded" in section.codes.get("outcome", ()):
        problems.update(_problems_of_sending_on(case))
    if not problems and not settled_by(case, section):
        problems["options_exhausted"] = [Refusal("options_open")]
    return problems


def _problems_of_sending_on(case: Case) -> Problems:
    sent = Referral.objects.filter(case=case, kind="forwarded").order_by("-pk").first()
    if sent is None:
        return {"outcome": [Refusal("not_sent_on")]}
    told = case.messages.filter(kind="to_customer", leaves_at=None, held_back_at=None, at__gte=sent.recorded_at)
    return {} if told.exists() else {"outcome": [Refusal("customer_not_told")]}


def _asked_for(case: Case, section: ClosingSection) -> dict[str, str]:
    """What the ticked codes require → the name of the first code that does."""
    edition = edition_of(case)
    rules, names = closing.rules(edition=edition), closing.names(active(), edition=edition)
    asked: dict[str, str] = {}
    for axis, ticked in section.codes.items():
        for code in ticked:
            for need in rules[(axis, code)].requires if (axis, code) in rules else ():
                asked.setdefault(need, names[(axis, code)])
    return asked


def _problems_of_details(case: Case, section: ClosingSection, actor: Actor) -> Problems:
    asked, given = _asked_for(case, section), kept_details(section)
    problems: Problems = {
        f"detail_{need}": [Refusal("code_asks_for", named=asked[need])]
        for need in DETAILS
        if need in asked and need not in given
    }
    for code, text in given.items():
        if len(text) > LONGEST_DETAIL:
            problems[f"detail_{code}"] = [Refusal("too_long", limit=LONGEST_DETAIL)]
    other = given.get("related_case", "")
    if other and (other == case.number or not visible_to(actor).filter(number=other).exists()):
        problems["detail_related_case"] = [Refusal("no_other_case")]
    known = {each.code for each in rulebook.remedies(active(), edition=edition_of(case))}
    if strange := set(section.remedies) - known:
        problems["remedies"] = [Refusal("unknown_code", value=min(strange)[:60])]
    elif "remedy" in asked and not section.remedies:
        problems["remedies"] = [Refusal("remedy_missing")]
    return problems


def _problems_of_delivery(case: Case, section: ClosingSection) -> Problems:
    if section.remedy_delivered not in DELIVERED:
        return {"remedy_delivered": [Refusal("unknown_code", value=section.remedy_delivered[:60])]}
    if "delivery" in _asked_for(case, section) and section.remedy_delivered not in ("yes", "no"):
        return {"remedy_delivered": [Refusal("delivery_missing")]}
    if not section.delivered_on.strip():
        return {}
    try:
        on = date.fromisoformat(section.delivered_on.strip())
    except ValueError:
        return {"delivered_on": [Refusal("bad_date")]}
    if on > today():
        return {"delivered_on": [Refusal("delivered_in_future")]}
    return {} if section.remedy_delivered == "yes" else {"delivered_on": [Refusal("not_delivered_yet")]}


def _problems_of_money(section: ClosingSection) -> Problems:
    amount, known = section.amount, section.currency in currencies()
    if amount is not None and not _keepable(amount):
        return {"amount": [Refusal("bad_amount")]}
    if "monetary" in section.codes.get("relief", ()) and not (amount and amount > 0 and known):
        return {"amount": [Refusal("needs_amount")]}
    if amount and amount < 0:
        return {"amount": [Refusal("bad_amount")]}
    return {"currency": [Refusal("unknown_code", value=section.currency[:60])]} if amount and not known else {}


def _keepable(amount: Decimal) -> bool:
    """A number that is kept as it is, without cutting decimals."""
    return amount.is_finite() and abs(amount) < money.MOST and amount == amount.quantize(Decimal("0.01"))


def kept_columns(case: Case, section: ClosingSection) -> dict[str, Any]:
    """The columns of the signed section that its codes ask for."""
    return {
        "edition": case.edition,
        "details": kept_details(section),
        "remedies": list(dict.fromkeys(section.remedies)),
        "settled_by": settled_by(case, section),
        "delivered_on": date.fromisoformat(section.delivered_on.strip()) if section.delivered_on.strip() else None,
    }
