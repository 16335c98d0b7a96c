"""What goes and what stays when a person is erased: a table, so that a new column must be thought of (a test asks).

Everything that somebody wrote goes, because anybody may be named in it. Codes, dates, amounts, departments and who of
the house did what stay: the numbers of a year must not change because one of its customers was erased. No digest stays
of what is gone: a hash of a short text can be guessed and would still be personal data.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.db import models

from desagravo.cases import search
from desagravo.cases.contents import content
from desagravo.cases.models import (
    AppliedRulebook,
    Assessment,
    Attachment,
    Case,
    CaseMove,
    ClockEvent,
    ComplaintForm,
    Consultation,
    Document,
    Export,
    Finding,
    FollowUp,
    ImportedCase,
    Message,
    NeedToKnow,
    Point,
    Recoding,
    Referral,
    Response,
    SignOff,
    TimeLimit,
)
from desagravo.common import clock

MARK: Final = "████"
"""What stands where something was taken out."""

KEPT_FIELDS: Final = frozenset(
    {
        "problem_category", "remedy_requested", "department_concerned", "language", "occurred_on", "form_completed_on",
        "amount_requested", "consent_recording", "consent_sharing", "country_of_residence",
    }
)  # fmt: skip
"""Fields of the form that stay: codes, days and amounts by which complaints are counted."""

BLANK: Final[Mapping[type[models.Model], Mapping[str, Any]]] = {
    ComplaintForm: {"description": "", "signature_name": "", "signature_file": "", "signature_sha256": ""},
    Message: {"body": ""},
    Attachment: {"name": "", "sha256": "", "size": 0},
    Assessment: {"overrule_reason": ""},
    Consultation: {"question": "", "answer": ""},
    FollowUp: {"about": ""},
    Finding: {"text": "", "source": ""},
    Point: {"text": "", "reasons": ""},
    Response: {"body": "", "body_sha256": "", "points": [], "comment": "", "alone_reason": ""},
    SignOff: {"lesson": "", "alone_reason": "", "details": {}},
    Recoding: {"reason": ""},
    CaseMove: {"reason": ""},
    Referral: {"body": "", "reference": "", "reason": "", "words": ""},
    Document: {"stored": "", "sha256": "", "size": 0},
    NeedToKnow: {"reason": ""},
    ImportedCase: {"facts": {}},
    AppliedRulebook: {"reason": ""},
    ClockEvent: {"note": ""},
    TimeLimit: {"missed_reason": ""},
}
"""Table → the columns that are emptied, and with what."""

LABEL: Final[Mapping[type[models.Model], str]] = {
    ComplaintForm: "form",
    Message: "message",
    Attachment: "file",
    Assessment: "assessment",
    Consultation: "consultation",
    FollowUp: "follow_up",
    Finding: "finding",
    Point: "point",
    Response: "response",
    SignOff: "sign_off",
    Document: "document",
    AppliedRulebook: "applied_rulebook",
    ClockEvent: "clock_event",
    TimeLimit: "time_limit",
    Referral: "referral",
    Recoding: "recoding",
    CaseMove: "case_move",
}
"""How events name the rows of a table that they commit to."""

_also: list[Callable[[str, str], None]] = []
_also_without: list[Callable[[str, Callable[[str], str]], None]] = []


def also_forget(forget: Callable[[str, str], None]) -> None:
    """Let a channel empty its own rows about a case that is erased: it is called with the case's number and the
    customer's address, inside the transaction of the erasure. Register it in ``AppConfig.ready``."""
    if forget not in _also:
        _also.append(forget)


def forget_elsewhere(number: str, address: str) -> None:
    """Ask all who registered."""
    for forget in _also:
        forget(number, address)


def also_take_out(take_out: Callable[[str, Callable[[str], str]], None]) -> None:
    """Let a channel take the same words out of its own rows about a case: it is called with the case's number and a
    function that gives a text without them, inside the transaction. Register it in ``AppConfig.ready``."""
    if take_out not in _also_without:
        _also_without.append(take_out)


def take_out_elsewhere(number: str, without: Callable[[str], str]) -> None:
    """Ask all who registered."""
    for take_out in _also_without:
        take_out(number, without)


def withdraw_exports(number: str) -> list[str]:
    """Copies that hold this case are no longer offered, and one that is being made is not kept. Gives their files."""
    files: list[str] = []
    for row in Export.objects.select_for_update().filter(cases__icontains=number):
        if number in row.cases:
            files += [row.stored] if row.stored else []
            row.stored, row.sha256, row.size, row.ground = "", "", 0, ""
            row.made_at, row.expires_at = row.made_at or clock.now(), clock.now()
            row.save()
    return files


def every(model: type[models.Model], cases: Iterable[int]) -> models.QuerySet[Any]:
    """The rows of these cases, points taken off the list too."""
    if model is Recoding:  # it hangs on the signed section, not on the case
        recoded = Recoding.objects.filter(sign_off__case__in=list(cases)).select_related("sign_off__case")
        return recoded.order_by("pk")
    manager: models.Manager[Any] = Point.every if model is Point else model._default_manager  # noqa: SLF001
    return manager.filter(case__in=list(cases)).select_related("case").order_by("pk")


def anew(row: models.Model) -> dict[str, str]:
    """A row that something was taken out of, as the event that says so commits to it."""
    return {f"row:{LABEL[type(row)]}:{row.pk}": content(row)}


def rows_anew(cases: Iterable[int]) -> dict[int, dict[str, str]]:
    """Case → all its rows as such events may have committed to them."""
    cases = list(cases)
    found: dict[int, dict[str, str]] = {case: {} for case in cases}
    for model in LABEL:
        for row in every(model, cases):
            case = row.sign_off.case_id if isinstance(row, Recoding) else row.case_id
            found[case].update(anew(row))
    return found


def is_piece_of(row: models.Model, subject: tuple[str, str], piece: str) -> bool:
    """Does an event about this subject commit to this row under this name?"""
    label = LABEL[type(row)]
    if isinstance(row, Attachment):
        return piece in {f"file:{row.stored}", f"row:file:{row.pk}"}
    if piece in {f"{label}:{row.pk}", f"row:{label}:{row.pk}"}:
        return True
    return piece == label and subject == (label, str(row.pk))


def find_by_what_is_left(case: Case) -> None:
    """Make the search entry of a case anew, from the words that it still has."""
    from desagravo.cases.actions.receive import findable  # noqa: PLC0415  (actions import this file)

    search.forget(case.pk)
    if case.erased_at is not None:
        return
    words = [case.number]
    words += [findable(case, form) for form in case.forms.all()]
    words += case.messages.values_list("body", flat=True)
    words += [f"{each.question} {each.answer}" for each in case.consultations.all()]
    words += case.findings.values_list("text", flat=True)
    words += Point.every.filter(case=case).values_list("reasons", flat=True)
    words += case.responses.filter(state="sent").values_list("body", flat=True)
    words += case.sign_offs.values_list("lesson", flat=True)
    words += [text for row in case.sign_offs.all() for text in row.details.values()]
    words += [f"{row.body} {row.reference} {row.words}" for row in case.referrals.all()]
    for old in ImportedCase.objects.filter(case=case):
        words += [old.reference, case.subject, *map(str, old.facts.values())]
    search.add(case.pk, " ".join(words))
