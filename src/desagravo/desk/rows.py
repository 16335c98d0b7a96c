"""Rows of a list, ready for the page: words instead of codes, each made once for a page."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desagravo.cases.queries import Row
from desagravo.cases.terms import SEVERITY, term
from desagravo.common import clock, dates
from desagravo.common.actor import Actor
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk import words

# Here and not in a template: fifty rows of a template cost as much as all the rest of the page.
_ROW = (
    '<li class="row"{unread}{late}><span class="row-mark"{unread}></span><span class="row-number">{number}</span>\n'
    '<div class="row-main"><a class="row-subject" href="{case}{number}/"><bdi>{subject}</bdi></a>{facts}</div>\n'
    '<div class="row-people"><span class="row-who"><bdi>{customer}</bdi></span>{departments}</div>\n'
    '<div class="row-step"><span class="row-next">{step}</span>{due}</div></li>\n'
)


def shown(rows: Iterable[Row], actor: Actor, *, owners: bool = True) -> SafeString:
    """The rows of one page as HTML, every word escaped; without ``owners`` where all belong to the reader.

    ``actor``: who reads them; what only others may do is told as waiting for them.
    """
    page = _Page(actor, owners)
    return SafeString("".join([page.row(row) for row in rows]))


class _Page:
    """What the rows of one page have in common, asked and said once."""

    def __init__(self, actor: Actor, owners: bool) -> None:
        self.approves = {each: may(actor, "approve", {"major": each == "major"}) for each in SEVERITY}
        self.owners = owners
        self.now = clock.now()
        self.tonight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0) + timedelta(days=1)
        self.case = reverse("desk:start") + "cases/"
        self.said: dict[Any, Any] = {}
        self.names: dict[str, str] | None = None

    def row(self, row: Row) -> str:
        tone = self._tone(row.next_due)
        unread = row.customer_wrote or row.came_back
        return _ROW.format(
            case=self.case,
            number=escape(row.number),
            unread=" data-unread" if unread else "",
            late=' data-tone="late"' if tone == "late" else "",
            subject=escape(row.subject) if row.subject else self._once("subject", lambda: _("(without a subject)")),
            customer=escape(row.customer) if row.customer else self._once("customer", lambda: _("Name not given")),
            facts=self._facts(row),
            departments=self._departments(row),
            step=self._step(row),
            due=self._due(row, tone),
        )

    def _facts(self, row: Row) -> str:
        """Minor or major and why, and what came back: the same words for many rows."""
        key = ("facts", row.severity, row.rule, row.customer_wrote, row.came_back)
        if key not in self.said:
            self.said[key] = self._make_facts(row)
        return str(self.said[key])

    def _make_facts(self, row: Row) -> str:
        facts = []
        if row.severity:
            tone = ' data-tone="major"' if row.severity == "major" else ""
            facts.append(f'<span class="tag"{tone}>{escape(term(SEVERITY, row.severity))}</span>')
            facts.append(f"<span>{escape(words.why_in_a_row(row.rule, row.severity))}</span>")
        if row.customer_wrote or row.came_back:
            back = _("The customer wrote") if row.customer_wrote else _("Came back")
            facts.append(f'<span class="tag" data-tone="quiet">{escape(back)}</span>')
        return f'<span class="row-facts">{" ".join(facts)}</span>' if facts else ""

    def _due(self, row: Row, tone: str) -> str:
        due = dates.element(row.next_due) if row.next_due else ""
        word = self._once("owner", lambda: _("owner"))
        owner = (
            f'<span><span class="visually-hidden">{word} </span>{escape(row.owner)}</span>'
            if self.owners and row.owner
            else ""
        )
        return f'<span class="row-due" data-tone="{tone}">{due}{owner}</span>' if due or owner else ""

    def _once(self, key: Any, make: Callable[[], str]) -> str:
        """Words that many rows share, escaped."""
        if key not in self.said:
            self.said[key] = escape(make())
        return str(self.said[key])

    def _step(self, row: Row) -> str:
        if row.next_step == "await_department" and row.waiting_for:
            return escape(words.waiting([self._name(each) for each in row.waiting_for], row.waiting_since))
        mine = self.approves.get(row.severity, True)
        return self._once(
            ("step", row.next_step, row.status, mine),
            lambda: words.next_step(row.next_step, row.status, may_approve=mine),
        )

    def _tone(self, due: datetime | None) -> str:
        if due is None:
            return ""
        return "late" if due < self.now else "soon" if due < self.tonight else ""

    def _departments(self, row: Row) -> str:
        """Who was asked, unless the step names them; who answered says so, because the colour alone would not."""
        waiting = () if row.next_step == "await_department" else row.waiting_for
        if not waiting and not row.answered_by:
            return ""
        said = self._once("answered", lambda: pgettext("department", "answered"))
        marks = [self._mark(each) for each in waiting] + [self._mark(each, said) for each in row.answered_by]
        return f'<span class="row-departments">{" ".join(marks)}</span>'

    def _mark(self, code: str, state: str = "") -> str:
        # one piece: the state must not fall on a line of its own
        words = f"{self._name(code)} {state}".rstrip()
        return f'<span class="department" data-department="{escape(code)}">{escape(words)}</span>'

    def _name(self, code: str) -> str:
        if self.names is None:
            self.names = departments.department_names()
        return self.names.get(code, code)
