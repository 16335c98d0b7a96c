"""What is to do next: each step with its state, to be found again at any time."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.doors import administrators_read
from desagravo.administration.setup import SETTING_UP
from desagravo.departments import queries
from desagravo.entrance import StaffRequest, page, standing
from desagravo.rulebook import queries as rulebook

DONE, OPEN, OPTIONAL = "done", "open", "optional"


@dataclass(frozen=True)
class Step:
    """One step: its name, why, how it stands now, and whether it is done, open or optional."""

    title: str
    why: str
    now: str
    state: str
    url: str


@administrators_read
def start(request: StaffRequest) -> HttpResponse:
    """The steps of setting up, none of which must be done at once."""
    queries.forget_organisation()
    request.session.pop(SETTING_UP, None)
    steps = [_organisation(), _people(), _departments(), _letterhead(), *_reviews(), *_told()]
    context = {"steps": steps, "open": sum(step.state == OPEN for step in steps)}
    return page(request, "administration/start.html", context)


def _organisation() -> Step:
    told = queries.organisation()
    missing = [
        words
        for words, given in (
            (_("the postal address"), told.postal_address),
            (_("a telephone number"), told.phone),
            (_("an e-mail address"), told.email),
        )
        if not given
    ]
    return Step(
        _("Organisation"),
        _("Name, address, languages and time zone stand on letters and on the customers' pages."),
        _("Still missing: %(what)s.") % {"what": ", ".join(missing)} if missing else told.name,
        OPEN if missing else DONE,
        reverse("administration:organisation"),
    )


def _people() -> Step:
    count = len(queries.people())
    words = ngettext("%(count)s person can sign in.", "%(count)s people can sign in.", count) % {"count": count}
    return Step(
        _("People"),
        _("Invite those who take in, answer, approve and sign, and the contacts of the departments."),
        words,
        DONE if count > 1 else OPEN,
        reverse("administration:people"),
    )


def _departments() -> Step:
    rows = [row for row in queries.department_rows() if row.retired_at is None]
    silent = [row.name for row in rows if not row.contacts]
    words = (
        _("Nobody answers for: %(names)s.") % {"names": ", ".join(silent)}
        if silent
        else _("Every department has somebody who answers.")
    )
    return Step(
        _("Departments"),
        _("The product begins with a usual list. Name, merge and retire until it is yours, and give each a contact."),
        words,
        OPTIONAL if silent else DONE,
        reverse("administration:departments"),
    )


def _letterhead() -> Step:
    there = bool(queries.organisation().letterhead)
    return Step(
        _("Letterhead"),
        _("Your mark at the head of letters, receipts and closing sheets."),
        _("Uploaded.") if there else _("Without it, the name of the organisation stands there."),
        DONE if there else OPTIONAL,
        reverse("administration:letterhead"),
    )


def _reviews() -> list[Step]:
    """Rules whose day of review has passed: visible until somebody looked and published a new day."""
    passed = [each for each in rulebook.review_dates() if each.passed]
    if not passed:
        return []
    words = _("To be reviewed: %(names)s.") % {"names": ", ".join(dict.fromkeys(each.name for each in passed))}
    return [
        Step(
            _("Rulebook"),
            _("Laws and contracts change. Somebody looks whether the rules are still right."),
            words,
            OPEN,
            reverse("administration:rulebook"),
        )
    ]


def _told() -> list[Step]:
    """What other doors know of themselves: the address, the mail server, the backup."""
    named = {
        "address": (
            _("Address"),
            _("Every link in a mail begins with it."),
            _address("operations:health_page"),
            OPEN,
        ),
        "mail_server": (
            _("Mail"),
            _("Without a mail server no acknowledgement, answer or invitation leaves."),
            _address("mail:server", "mail:list"),
            OPEN,
        ),
        "backup": (
            _("Backup"),
            _("Once a day, kept elsewhere, and restored for trial: the operator's guide says how."),
            reverse("operations:health_page"),
            OPEN,
        ),
    }
    steps = []
    for line in standing.lines():
        if line.code in named:
            title, why, url, otherwise = named[line.code]
            now = f"{line.words}: {line.advice}" if line.code == "address" and line.advice else line.words
            steps.append(Step(title, why, now, DONE if line.tone == "kept" else otherwise, url))
    return steps


def _address(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""
