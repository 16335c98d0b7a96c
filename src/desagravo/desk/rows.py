"""Rows of a list, ready for the page: words instead of codes, each made once for a page."""

from collections.abc import Iterable
from dataclasses import dataclass
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
from desagravo.departments import queries as departments
from desagravo.desk import words


@dataclass(frozen=True, slots=True)
class Shown:
    """One row in words. The template adds nothing but its marks."""

    href: str
    number: str
    subject: str
    customer: str
    severity: str
    severity_word: str
    why: str
    unread: str
    step: str
    due: SafeString
    tone: str
    owner: str
    departments: SafeString


def shown(rows: Iterable[Row], *, owners: bool = True) -> list[Shown]:
    """The rows of one page, in words; without ``owners`` where all belong to the reader."""
    page = _Page(owners)
    return [page.row(row) for row in rows]


class _Page:
    """What the rows of one page have in common, asked and said once."""

    def __init__(self, owners: bool) -> None:
        self.owners = owners
        self.now = clock.now()
        self.tonight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0) + timedelta(days=1)
        self.case = reverse("desk:start") + "cases/"
        self.said: dict[Any, Any] = {}
        self.names: dict[str, str] | None = None

    def row(self, row: Row) -> Shown:
        return Shown(
            href=f"{self.case}{row.number}/",
            number=row.number,
            subject=row.subject or _("(without a subject)"),
            customer=row.customer or _("Name not given"),
            severity=row.severity,
            severity_word=self._once(("severity", row.severity), lambda: term(SEVERITY, row.severity)),
            why=self._once(("why", row.rule, row.severity), lambda: words.why_in_a_row(row.rule, row.severity)),
            unread=self._unread(row),
            step=self._step(row),
            due=SafeString(dates.element(row.next_due)) if row.next_due else SafeString(""),
            tone=self._tone(row.next_due),
            owner=row.owner if self.owners else "",
            departments=self._departments(row),
        )

    def _once(self, key: Any, make: Any) -> str:
        if key not in self.said:
            self.said[key] = make()
        return str(self.said[key])

    def _unread(self, row: Row) -> str:
        if row.customer_wrote:
            return self._once("wrote", lambda: _("The customer wrote"))
        return self._once("back", lambda: _("Came back")) if row.came_back else ""

    def _step(self, row: Row) -> str:
        if row.next_step == "await_department" and row.waiting_for:
            return words.waiting([self._name(each) for each in row.waiting_for], row.waiting_since)
        return self._once(("step", row.next_step, row.status), lambda: words.next_step(row.next_step, row.status))

    def _tone(self, due: datetime | None) -> str:
        if due is None:
            return ""
        return "late" if due < self.now else "soon" if due < self.tonight else ""

    def _departments(self, row: Row) -> SafeString:
        """Who was asked, unless the step names them; who answered says so, because the colour alone would not."""
        if not row.waiting_for and not row.answered_by:
            return SafeString("")
        waiting = [] if row.next_step == "await_department" else [self._mark(each) for each in row.waiting_for]
        answered = [
            f"{self._mark(each)} {self._once('answered', lambda: escape(pgettext('department', 'answered')))}"
            for each in row.answered_by
        ]
        return SafeString(" ".join([*waiting, *answered]))

    def _mark(self, code: str) -> str:
        return f'<span class="department" data-department="{escape(code)}">{escape(self._name(code))}</span>'

    def _name(self, code: str) -> str:
        if self.names is None:
            self.names = departments.department_names()
        return self.names.get(code, code)
