"""Complete a form that lacked something, or take it on as it is."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import say_why
from desagravo.cases.actions.receive import findable
from desagravo.cases.complaint import Complaint
from desagravo.cases.contents import content, file_pieces
from desagravo.cases.editions import edition_of
from desagravo.cases.events import CaseCompleted, CompletionWaived, FilesAdded, FormExtended
from desagravo.cases.files import KeptFile, attach
from desagravo.cases.models import Case, ComplaintForm
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.customers import actions as customers
from desagravo.rulebook import decide


def complete(case: Case, additions: Complaint, *, actor: Actor, kept: Sequence[KeptFile] = ()) -> Case:
    """Add what was missing as a new version of the form; the earlier version stays as it was filed.

    What was given before is not replaced, except by something that was missing; a description that is
    given again is ignored, because the customer's first words are the record. Files come with it or not at all.

    Raises:
        NotYours, NotNow, NotAllowed: see ``begin``.
    """
    stored = files.store(additions.signature.image) if additions.signature.image else None
    with transaction.atomic():
        case = begin("complete", case, actor=actor)
        before = case.forms.order_by("-version")[0]
        fields: dict[str, Any] = {**additions.fields, **before.fields}
        signed = bool(before.signature_method)
        form = ComplaintForm(
            case=case,
            version=before.version + 1,
            description=before.description,
            fields=fields,
            signature_method=before.signature_method or additions.signature.method,
            signature_name=before.signature_name or additions.signature.name,
            signature_file=before.signature_file if signed or not stored else stored.name,
            signature_sha256=before.signature_sha256 if signed or not stored else stored.sha256,
            signed_at=before.signed_at or (clock.now() if additions.signature.method else None),
            filed_at=clock.now(),
        )
        present = {*fields, "description"} | ({"signature"} if form.signature_method else set())
        form.missing = list(decide.missing(present, edition=edition_of(case)))
        form.save()
        _update_case(case, fields)
        verb, facts = _step(form)
        attached = attach(case, kept, actor=actor, for_customer=True)
        files_added = entry(case, FilesAdded(len(attached)), actor=actor, private=file_pieces(attached))
        return finish(
            case,
            verb,
            facts,
            actor=actor,
            subject=("form", str(form.pk)),
            private={"form": content(form)},
            words=findable(case, form),
            besides=[files_added] if attached else [],
        )


def _step(form: ComplaintForm) -> tuple[str, CaseCompleted | FormExtended]:
    if form.missing:
        return "add_to_form", FormExtended(version=form.version, missing=list(form.missing))
    return "complete", CaseCompleted(version=form.version)


def _update_case(case: Case, fields: dict[str, Any]) -> None:
    case.occurred_on = fields.get("occurred_on") or case.occurred_on
    case.customer = customers.know(
        name=fields.get("complainant_name", ""),
        email=fields.get("email", ""),
        phone=fields.get("phone", ""),
        postal_address=fields.get("postal_address", ""),
        language=case.language,
    )


@transaction.atomic
def waive_completion(case: Case, *, reason: str, actor: Actor) -> Case:
    """Work on the complaint although something is missing, with a reason.

    Raises:
        Missing: no reason was given.
    """
    case = begin("waive_completion", case, actor=actor)
    message = say_why(case, reason, actor=actor)
    missing = list(case.forms.order_by("-version")[0].missing)
    facts = CompletionWaived(missing=missing)
    return finish(
        case,
        "waive_completion",
        facts,
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message)},
    )
