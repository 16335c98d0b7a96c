"""What a try-out found, in sentences: "with this edition, 37 of 412 cases would have gone to Legal"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desagravo.cases import queries as cases
from desagravo.cases.actions import HOUSE_TARGET
from desagravo.cases.limit_names import limit_name, rulebook_name
from desagravo.cases.queries.try_outs import TryOutView
from desagravo.cases.terms import SEVERITY, term
from desagravo.common.language import active, babel_locale
from desagravo.departments import queries as departments


@dataclass(frozen=True)
class Difference:
    """A group of cases that the two editions do not see alike: its code, its sentence, how many cases."""

    group: str
    words: str
    count: int


@dataclass(frozen=True)
class Chapter:
    """Class, departments, approvals or limits: what the edition would have come to, and whose cases differ."""

    code: str
    sentences: tuple[str, ...]
    differences: tuple[Difference, ...]


CHAPTERS = ("class", "departments", "approvals", "late")


def chapters(view: TryOutView) -> list[Chapter]:
    """Everything that was found, in words."""
    words = Words(view.edition)
    return [
        Chapter(code, tuple(_sentences(code, view, words)), tuple(_differences(code, view, words))) for code in CHAPTERS
    ]


def _sentences(code: str, view: TryOutView, words: Words) -> Iterable[str]:
    if code == "class":
        before, after = view.totals.get("class|major", (0, 0))
        yield _("Of %(all)s assessed cases %(after)s would have been major, instead of %(before)s.") % _told(
            view.assessed, before, after
        )
        return
    totals = [(what.partition("|")[2], counts) for what, counts in view.totals.items() if what.startswith(f"{code}|")]
    for what, (before, after) in sorted(totals, key=lambda each: (each[0] != "", -each[1][1], each[0])):
        told = _told(view.cases, before, after)
        if code == "departments":
            yield _("%(after)s of %(all)s cases would have gone to %(name)s, instead of %(before)s.") % {
                **told,
                "name": words.department(what),
            }
        elif code == "approvals" and not what:
            yield _("%(after)s of %(all)s answers would have needed an approval, instead of %(before)s.") % told
        elif code == "approvals":
            yield _("%(after)s would have needed the approval of: %(name)s, instead of %(before)s.") % {
                **told,
                "name": cases.approver(what),
            }
        elif not what:
            yield _("%(after)s of %(all)s cases would have been late, instead of %(before)s.") % told
        else:
            yield _("%(after)s would have missed “%(name)s”, instead of %(before)s.") % {
                **told,
                "name": words.limit(what),
            }


def _told(of: int, before: int, after: int) -> dict[str, str]:
    return {"all": _number(of), "before": _number(before), "after": _number(after)}


def _number(count: int) -> str:
    return str(format_decimal(count, locale=babel_locale(active())))


def _differences(code: str, view: TryOutView, words: Words) -> Iterable[Difference]:
    found = [(group, count) for group, count in view.groups.items() if group.startswith(f"{code}|")]
    for group, count in sorted(found, key=lambda each: (-each[1], each[0])):
        yield Difference(group, words.group(group), count)


class Words:
    """The words for departments, limits and differences of one edition, asked once for a page."""

    def __init__(self, edition: str) -> None:
        self.edition = edition
        self.names: Mapping[str, str] = departments.department_names()

    def department(self, code: str) -> str:
        """What a department is called; one that only the edition knows is called by its code."""
        return self.names.get(code, code)

    def limit(self, code: str) -> str:
        """A limit with its rulebook."""
        if code == HOUSE_TARGET:
            return _("the house's own promise for the answer")
        policy, _slash, key = code.partition("/")
        return f"{rulebook_name(policy, self.edition)}: {limit_name(policy, key, self.edition)}"

    def group(self, group: str) -> str:
        """What differs, as a sentence about each of its cases."""
        kind, first, second = (group.split("|", 2) + ["", ""])[:3]
        if kind == "class":
            return self._class(first, second)
        sentence = str(_SENTENCES[kind, first])
        named: Mapping[str, Callable[[str], str]] = {
            "departments": self.department,
            "approvals": cases.approver,
            "late": self.limit,
        }
        name = named[kind](second)
        return sentence % {"name": name}

    def _class(self, before: str, after: str) -> str:
        told = {
            "before": term(SEVERITY, before) if before else _("without a class"),
            "after": term(SEVERITY, after) if after else _("without a class"),
        }
        return _("would have been %(after)s instead of %(before)s") % told


_SENTENCES = {
    ("departments", "+"): gettext_lazy("would have gone to %(name)s too"),
    ("departments", "-"): gettext_lazy("would not have gone to %(name)s"),
    ("approvals", "+"): gettext_lazy("would have needed the approval of: %(name)s"),
    ("approvals", "-"): gettext_lazy("would not have needed the approval of: %(name)s"),
    ("late", "+"): gettext_lazy("would have been late: %(name)s"),
    ("late", "-"): gettext_lazy("would not have been late: %(name)s"),
}


def summary(view: TryOutView) -> str:
    """All of it in one sentence."""
    words = ngettext(
        "One of the %(all)s cases that came in during this time would have been seen otherwise.",
        "%(count)s of the %(all)s cases that came in during this time would have been seen otherwise.",
        view.differing,
    )
    return words % {"count": _number(view.differing), "all": _number(view.cases)}


@dataclass(frozen=True)
class Period:
    """A stretch of days to choose with one press."""

    name: str
    from_day: date
    to_day: date


def periods(today: date) -> list[Period]:
    """Last month, last quarter, last year, the whole ones before today."""
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = (quarter - timedelta(days=1)).replace(day=1)
    begins = date(last.year, 3 * ((last.month - 1) // 3) + 1, 1)
    return [
        Period(_("Last month"), before, month - timedelta(days=1)),
        Period(_("Last quarter"), begins, quarter - timedelta(days=1)),
        Period(_("Last year"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]
