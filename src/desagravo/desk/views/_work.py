"""What the pages of one case share: the case, its address, dates that were typed, and a form that comes back."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from desagravo.cases import queries
from desagravo.cases.queries import due_after
from desagravo.common.refusals import Missing, NotAllowed, NotNow, Refusal, words
from desagravo.departments import queries as departments
from desagravo.desk.doors import Problem, StaffRequest, page, problems, wrong

words(
    {
        "nobody_ticked": _("Tick at least one department."),
        "nobody_answers": _("Nobody answers for this department yet. Tick that you ask it all the same."),
        "cannot_sign_now": _(
            "This case cannot be signed now, or not by you. An answer must have been sent, and your role must allow it."
        ),
    }
)

REFUSED = (Missing, NotNow, NotAllowed)
"""What leads back to the form with every typed word kept."""


def base_of(number: str) -> str:
    """The address of the case page; every other page of the case lies below it."""
    return reverse("desk:case", args=[number])


def around(case: Any, **more: Any) -> dict[str, Any]:
    """What every page of a case needs: the case and the address that its links begin with."""
    return {"case": case, "base": base_of(case.number), "wrong": {}, "said": {}, **more}


def show(
    request: StaffRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    refusal: Refusal | None = None,
    anchors: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page, or after a refusal the same page with what was typed and what is to be mended.

    ``anchors``: field → id of its control where that is not ``f_field``.
    """
    if refusal is None:
        return page(request, template, context)
    status = 422 if isinstance(refusal, Missing) else 403 if isinstance(refusal, NotAllowed) else 409
    found = problems(refusal, anchors=anchors) if isinstance(refusal, Missing) else [said_by(refusal)]
    again = {**context, "problems": found, "wrong": wrong(found), "said": request.POST, "refusal": refusal}
    return page(request, template, again, status=status)


def said_by(refusal: Refusal) -> Problem:
    """A refusal that belongs to no field; it leads to where it can be mended on the page."""
    return Problem("", "main", refusal.sentence())


def end_of(typed: str, field: str = "due_at") -> datetime:
    """The end of business of the day that was typed as year-month-day.

    Raises:
        Missing: nothing was typed, or no day.
    """
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise Missing({field: [Refusal("bad_date")]}) from None
    zone = ZoneInfo(departments.organisation().time_zone)
    return due_after(datetime.combine(day, time(0), zone), 0)


def below(text: str, more: str) -> str:
    """``more`` below what was written; nothing that was typed is ever replaced."""
    return f"{text.rstrip()}\n\n{more}\n" if text.strip() else f"{more}\n"


def day_of(moment: datetime) -> str:
    """The local day as a date field wants it."""
    return queries.local(moment).date().isoformat()
