"""Erasing a person: asked for by the keeper of data with the own password, done by the worker case by case.

Each case is one transaction: all that it holds of the person goes, or nothing does. So a worker that dies leaves cases
that are erased and cases that are not, the list says which, and whoever takes over goes on. When the last case is done,
the files of the database are cleaned of the bytes that lie about in them.

The list of erasures holds numbers and no names. It is written to a file beside the database, too, because an older
backup knows nothing of it: ``reapply_erasures`` erases again what a restore brought back.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from desagravo.cases import beside, knowing
from desagravo.cases.actions._password import problem_with
from desagravo.cases.actions.legal_hold import on_hold
from desagravo.cases.actions.redact import discard
from desagravo.cases.contents import content
from desagravo.cases.erasing import (
    BLANK,
    KEPT_FIELDS,
    LABEL,
    MARK,
    every,
    find_by_what_is_left,
    forget_elsewhere,
    withdraw_exports,
)
from desagravo.cases.events.erasing import CaseErased, ErasureAsked, ErasureDone, ErasureRefused
from desagravo.cases.grounds import BY_RULE, ERASURE
from desagravo.cases.models import (
    AnswerDraft,
    Attachment,
    Case,
    ComplaintForm,
    Document,
    Erasure,
    FormDraft,
    ImportedCase,
    Submission,
)
from desagravo.cases.queries.visible import visible_to
from desagravo.cases.scrub import scrub
from desagravo.common import clock, crash, files
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal, words
from desagravo.customers import actions as customers
from desagravo.departments import authority
from desagravo.history import queries as history
from desagravo.history.actions import end_work, erase_salts, record
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe

ENDED = ("closed", "withdrawn")
_LONG_ENOUGH = 9
"""Characters from which on a name, number or address inside a text is taken for the person."""
words(
    {
        "no_cases_chosen": _("Choose at least one case."),
        "case_open": _("Case %(case_number)s is not closed yet. Close it first, or leave it out."),
        "case_on_hold": _("Case %(case_number)s is on legal hold. Lift the hold first, or leave it out."),
        "not_erased_password": _("The password is not right. Nothing was erased."),
        "not_erased_tries": _("A wrong password was given too often. You can try again in %(minutes)s minutes."),
        "not_opened_yet": _(
            "A complaint of this person arrived and is no case yet. It stands with the work that was given up, or is "
            "opened within a minute. Wait for its case, and end it first."
        ),
        "no_erasure_ground": _("Say on which ground the person is erased."),
        "not_confirmed": _("Tick that you know that nobody can bring this back."),
    }
)

_NOT_ERASED = {"wrong_password": "not_erased_password", "too_many_tries": "not_erased_tries"}
"""What is said of a password for a signature → the same of one for an erasure."""


def ask_erasure(numbers: Sequence[str], *, ground: str, password: str, actor: Actor, confirmed: bool = True) -> Erasure:
    """Ask for the erasure of all that these cases hold of their customer. The worker does it.

    Raises:
        NotAllowed: only the keeper of data and the manager.
        Missing: no case, no ground, a wrong password, not confirmed.
        NotYours: one of the cases is not there, or the actor may not know of it.
        NotNow: a case is open or on legal hold.
    """
    authority.require(actor, "erase")
    cases = [case for case in _seen_by(actor, numbers) if case.erased_at is None]
    problems: dict[str, list[Refusal]] = {}
    if not cases:
        problems["cases"] = [Refusal("no_cases_chosen")]
    if ground not in ERASURE or ground in BY_RULE:
        problems["ground"] = [Refusal("no_erasure_ground")]
    if not confirmed:
        problems["confirmed"] = [Refusal("not_confirmed")]
    if cases and (wrong := problem_with(password, cases[0], actor=actor, refused=ErasureRefused)):
        problems["password"] = [Refusal(_NOT_ERASED.get(wrong.code, wrong.code), **wrong.facts)]
    if problems:
        raise Missing(problems)
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=[each.pk for each in cases])
        for case in locked:
            _not_blocked(case, actor)
        for case in cases:
            if _unopened_of(case):
                raise NotNow("not_opened_yet")
        return _order(cases, ground, actor)


def _seen_by(actor: Actor, numbers: Sequence[str]) -> list[Case]:
    """All of these cases, or NotYours before anything else is said or noted of any of them."""
    seen = list(visible_to(actor).filter(number__in=set(numbers)).order_by("pk"))
    if len(seen) != len(set(numbers)):
        raise NotYours("not_found")
    return seen


def _not_blocked(case: Case, actor: Actor = SYSTEM) -> None:
    if not knowing.knows(actor, case):  # made confidential since it was chosen
        raise NotYours("not_found")
    if case.status not in ENDED:
        raise NotNow("case_open", case_number=case.number)
    if on_hold(case.number):
        raise NotNow("case_on_hold", case_number=case.number)


def _order(cases: Sequence[Case], ground: str, actor: Actor) -> Erasure:
    row = Erasure.objects.create(
        cases=[[each.number, _first_hash(each.number)] for each in cases],
        ground=ground,
        by_id=int(actor.id) if actor.kind == "staff" else None,
        asked_at=clock.now(),
        counts={"cases": len(cases), "erased": 0, "left": []},
    )
    told = record(
        ErasureAsked(erasure=row.pk, cases=len(cases), ground=ground),
        actor=actor,
        subject=("erasure", str(row.pk)),
    )
    row.counts = {**row.counts, "event": told.seq}
    row.save(update_fields=["counts"])
    return row


def _first_hash(number: str) -> str:
    """The hash of a case's first event. Numbers may be given anew after a restore; this names one case for ever."""
    return history.of_case(number)[0].hash


def erase(event: EventView, work: Work) -> None:
    """Do what was asked for, case by case; whatever was done before is left as it is. The worker calls this."""
    row = Erasure.objects.get(pk=event.subject[1])
    _write_down(row)
    actor = Actor("staff", event.actor_id) if event.actor_kind == "staff" else SYSTEM
    left: list[list[str]] = []
    for place, (number, first) in enumerate(row.cases):
        try:
            erase_case(number, first=first, erasure=row.pk, ground=row.ground, actor=actor)
        except NotNow as refusal:  # reopened or put on hold since it was asked for
            left.append([number, refusal.code])
        crash.point("erasure.case_done")
        work.progress(5 + 80 * (place + 1) // len(row.cases))
    crash.point("erasure.before_scrub")
    for number, _first in row.cases:
        _once_more(number)
    work.progress(90)
    scrub()
    crash.point("erasure.scrubbed")
    with transaction.atomic():
        done = len(row.cases) - len(left)
        row.done_at = clock.now()
        row.counts = {**row.counts, "erased": done, "left": left}
        row.save(update_fields=["done_at", "counts"])
        record(ErasureDone(erasure=row.pk, cases=done), actor=SYSTEM, subject=("erasure", str(row.pk)))
        work.done()


@transaction.atomic
def erase_case(number: str, *, first: str, erasure: int, ground: str, actor: Actor) -> bool:
    """Take everything of the person out of one case. False where there is nothing (any more) to erase.

    Raises:
        NotNow: the case is open or on legal hold.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("customer").filter(number=number).first()
    if case is None or case.erased_at or _first_hash(number) != first:
        return False
    if actor is not SYSTEM:
        _not_blocked(case)
        if ground in BY_RULE:
            _still_by_rule(case)
    gone = _stored_files(case) + withdraw_exports(number)
    address = case.customer.email
    _forget_drafts(case)
    _empty_rows(case)
    customer = case.customer_id
    case.customer = customers.strangers(1, language=case.language)[0]
    case.subject, case.tracking_hash, case.tracking_expires_at = MARK, None, None
    case.customer_wrote_at = None
    case.erased_at = clock.now()
    case.version += 1
    case.save()
    if not Case.objects.filter(customer=customer).exists():
        customers.forget(customer)
    find_by_what_is_left(case)
    forget_elsewhere(number, address)
    end_work(number)
    crash.point("erasure.rows_gone")
    record(
        CaseErased(erasure=erasure, ground=ground, files=gone),
        actor=actor,
        case=number,
        private=_what_stays(case),
    )
    erase_salts(number)
    transaction.on_commit(lambda: discard(gone))
    return True


def _still_by_rule(case: Case) -> None:
    """A hold, a body outside or another rule of the last minute keeps it. Raises NotNow."""
    from desagravo.cases.actions.retain import require_may_go  # noqa: PLC0415  (it calls this file)

    require_may_go(case)


def _what_stays(case: Case) -> dict[str, str | bytes]:
    """The skeleton is bound in again: what stays after an erasure may be changed as little as before."""
    stays: dict[str, str | bytes] = {}
    for model, label in LABEL.items():
        for row in every(model, [case.pk]):
            if hasattr(row, "case_id"):
                row.case = case
            stays[f"row:{label}:{row.pk}"] = content(row)
    return stays


def _stored_files(case: Case) -> list[str]:
    named: set[str] = set(Attachment.objects.filter(case=case).values_list("stored", flat=True))
    named.update(Document.objects.filter(case=case).values_list("stored", flat=True))
    named.update(ComplaintForm.objects.filter(case=case).values_list("signature_file", flat=True))
    for raw in Submission.objects.filter(case=case):
        said: Mapping[str, Any] = json.loads(raw.content)
        named.update(each["stored"] for each in said.get("files", ()))
        named.add(said.get("signature", {}).get("file", {}).get("stored", ""))
    return sorted(named - {""})


def _empty_rows(case: Case) -> None:
    for model, columns in BLANK.items():
        every(model, [case.pk]).update(**columns)
    Attachment.objects.filter(case=case, redacted_at=None).update(redacted_at=clock.now())
    for form in ComplaintForm.objects.filter(case=case):
        form.fields = {name: told for name, told in form.fields.items() if name in KEPT_FIELDS}
        form.save(update_fields=["fields"])
    for old in ImportedCase.objects.filter(case=case):
        old.reference = f"erased:{old.pk}"
        old.save(update_fields=["reference"])
    AnswerDraft.objects.filter(case=case).delete()
    Submission.objects.filter(case=case).delete()


def _forget_drafts(case: Case) -> None:
    """Forms that were begun and not filed are kept a day; those that name the person go now, with their files."""
    drafts = FormDraft.objects.annotate(typed=Cast("fields", TextField()))
    for row in drafts.filter(_may_name(case, "typed")):
        if not _names(case, row.fields):
            continue
        stored = [each["stored"] for each in row.files]
        row.delete()
        transaction.on_commit(partial(_discard_nobodys, stored))


def _unopened_of(case: Case) -> bool:
    """Did something of this person arrive that is no case yet? Nothing would find it after the erasure."""
    waiting = Submission.objects.filter(_may_name(case, "content"), case=None)
    return any(_names(case, json.loads(row.content)) for row in waiting)


def _known(case: Case) -> list[str]:
    customer = case.customer
    return [each.strip() for each in (customer.email, customer.phone, customer.name) if each.strip()]


def _may_name(case: Case, column: str) -> models.Q:
    """What a database can say beforehand, letters as they are and as JSON escapes them."""
    sought = models.Q(pk__in=())
    for told in _known(case):
        sought |= models.Q(**{f"{column}__icontains": told})
        sought |= models.Q(**{f"{column}__icontains": json.dumps(told)[1:-1]})
    return sought


def _names(case: Case, told: Any) -> bool:
    """Do these fields name the person? A single first name does so only where it is all that was typed: otherwise the
    form of everybody who wrote "semana" would go with Ana's."""
    if isinstance(told, Mapping):
        return any(_names(case, each) for each in told.values())
    if isinstance(told, list):
        return any(_names(case, each) for each in told)
    if not isinstance(told, str):
        return False
    plain = " ".join(told.casefold().split())
    return any(
        plain == known or (len(known) >= _LONG_ENOUGH and re.search(rf"(?<!\w){re.escape(known)}(?!\w)", plain))
        for known in (" ".join(each.casefold().split()) for each in _known(case))
    )


def _discard_nobodys(stored: Iterable[str]) -> None:
    for name in stored:
        if not Attachment.objects.filter(stored=name, redacted_at=None).exists():
            files.discard(name)


def _once_more(number: str) -> None:
    """What a worker had in hand while the case was erased may have left a word behind."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).filter(number=number).first()
        if case is not None and case.erased_at:
            forget_elsewhere(number, "")
            end_work(number)


def still_here(number: str) -> bool:
    """Does the case still hold something of its customer? Locks it until the transaction ends, so that a channel which
    is about to write something of the customer down cannot be overtaken by an erasure."""
    case = Case.objects.select_for_update(of=("self",)).filter(number=number).first()
    return case is not None and case.erased_at is None


def clean_up(event: EventView, work: Work) -> None:
    """After the event of a redaction or an erasure: its files are gone also where the worker died before it removed
    them, and no deleted word lies about in the database's own files."""
    discard(getattr(event.facts, "files", ()))
    if not event.kind.endswith(".erased"):  # an erasure of a person does this once, at its end
        scrub()


def _write_down(row: Erasure) -> None:
    """A line for the erasure, on the disk before anything is erased."""
    said = {"erasure": row.pk, "cases": row.cases, "ground": row.ground, "asked_at": row.asked_at.isoformat()}
    if said["cases"] in [each["cases"] for each in beside.written_down("cases")]:
        return
    beside.write_down(said)


def erasure_list() -> list[dict[str, Any]]:
    """All erasures that this house knows of: numbers, first hashes, grounds, no names. Keep it across a restore."""
    known = beside.written_down("cases")
    told = {json.dumps(each["cases"]) for each in known}
    for row in Erasure.objects.order_by("pk"):
        if json.dumps(row.cases) not in told:
            asked = row.asked_at.isoformat()
            known.append({"erasure": row.pk, "cases": row.cases, "ground": row.ground, "asked_at": asked})
    return known


def reapply_erasures(told: Sequence[Mapping[str, Any]] | None = None) -> int:
    """Erase again what a restored backup brought back. Tells how many cases.

    ``told`` is what :func:`erasure_list` gave before the restore; without it the file beside the database and the table
    are read. A case is known by the hash of its first event, not by its number alone. May be called at any start.
    """
    count = 0
    for each in [*(told or ()), *erasure_list()]:
        for number, first in each["cases"]:
            count += erase_case(number, first=first, erasure=each["erasure"], ground=each["ground"], actor=SYSTEM)
    if count:
        scrub()
    return count


subscribe("privacy.erasure_asked", "cases.erase", erase, attempts=60, lease_seconds=300)
for _kind in ("case.erased", "message.redacted", "file.redacted", "form.redacted", "answer.redacted"):
    subscribe(_kind, "cases.clean_up", clean_up, attempts=60, lease_seconds=300)
