"""The sentences of the lists: what is to be done next, and why a case is minor or major."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from babel.dates import format_date
from babel.lists import format_list
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.cases import queries
from desagravo.cases.terms import STATUS, term
from desagravo.common import clock, dates
from desagravo.common.language import active, babel_locale
from desagravo.departments import queries as departments
from desagravo.rulebook import decide
from desagravo.rulebook import queries as rulebook

NEXT = {
    "await_completion": gettext_lazy("Waiting for what the form lacks"),
    "ask_customer": gettext_lazy("Call or write to the customer for what is missing"),
    "assess": gettext_lazy("Assess the complaint"),
    "assign": gettext_lazy("Give it an owner"),
    "read_customer": gettext_lazy("Read what the customer wrote"),
    "look_after": gettext_lazy("Look after what came back"),
    "await_department": gettext_lazy("Waiting for a department"),
    "decide_points": gettext_lazy("Decide the points"),
    "write_answer": gettext_lazy("Write the answer"),
    "revise_answer": gettext_lazy("Revise the returned answer"),
    "approve": gettext_lazy("Approve the answer"),
    "leave": gettext_lazy("The answer is on its way out"),
    "await_customer": gettext_lazy("Waiting for the customer's word"),
    "sign_off": gettext_lazy("Sign the closure"),
}


def next_step(step: str, status: str, *, may_approve: bool = True) -> str:
    """What is to be done next, as a sentence; for a case with nothing left to do, what became of it."""
    if step == "approve" and not may_approve:
        return _("Waiting for the approval")
    return str(NEXT[step]) if step in NEXT else term(STATUS, status).capitalize()


def waiting(names: Sequence[str], since: datetime | None) -> str:
    """ "Waiting for Finance since Monday"."""
    who = format_list(list(names), locale=babel_locale(active()))
    if since is None:
        return _("Waiting for %(departments)s") % {"departments": who}
    return _("Waiting for %(departments)s since %(day)s") % {"departments": who, "day": since_day(since)}


def since_day(moment: datetime) -> str:
    """A day of this week by its name, today and yesterday as such, others by their date."""
    day, today = timezone.localtime(moment).date(), timezone.localtime(clock.now()).date()
    return _named(day, today)


def _named(day: date, today: date) -> str:
    distance = (today - day).days
    if distance in (0, 1):
        return (_("today"), _("yesterday"))[distance]
    if 1 < distance < 7:
        return str(format_date(day, "EEEE", locale=babel_locale(active())))
    return dates.day(day)


def why(rule: str, severity: str, *, edition: str = "") -> str:
    """Why a case is minor or major: the reason of the rule that decided, or that a person decided otherwise."""
    if not rule or not severity:
        return ""
    if outcomes(edition).get(rule, severity) != severity:
        return _("A person decided otherwise than the rule, with a reason.")
    try:
        return rulebook.reason(rule, active(), departments.organisation().currency, edition=edition)
    except KeyError:  # a rule of an edition that is no longer known here (imported data)
        return ""


def why_in_a_row(rule: str, severity: str) -> str:
    """The same for a row of a list, where "nothing weighs" need not be said fifty times."""
    return "" if severity == "minor" and outcomes().get(rule) == "minor" else why(rule, severity)


def outcomes(edition: str = "") -> Mapping[str, str]:
    """Triage rule → what it makes of a case."""
    return decide.outcomes(edition=edition)


def readable(text: str) -> str:
    """What went to a customer, as colleagues read it: the private link is the customer's alone and named in words."""
    return text.replace(queries.PRIVATE_PAGE, _("[the customer's private link]"))
