"""The facts that stand on a case's papers, gathered for ``common.documents``: receipt, letter, sign-off sheet."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.cases.closing import DETAILS
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Attachment, Case, ComplaintForm, Response, SignOff
from desagravo.cases.terms import CHANNEL, ROLE, SETTLED_BY, term
from desagravo.cases.tracking import MARK
from desagravo.common import clock, files
from desagravo.common.documents import kinds
from desagravo.common.language import LANGUAGES, active, babel_locale, in_language
from desagravo.departments import queries as departments
from desagravo.history import queries as history
from desagravo.rulebook import closing
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.edition import STARTER
from desagravo.rulebook.letters import fill

_DAYS = {"occurred_on", "form_completed_on"}


def receipt(form: ComplaintForm) -> kinds.Receipt:
    """The customer's proof of receipt, with the text as sent. In the active language."""
    case = form.case
    asked = {need.code: need.ask for need in rulebook.form_needs(active(), edition=edition_of(case))}
    return kinds.Receipt(
        organisation=sender(),
        case_number=case.number,
        received_at=local(case.received_at),
        channel=term(CHANNEL, case.channel),
        form=_form(form),
        missing=tuple(asked.get(code, code) for code in form.missing),
    )


def letter(response: Response, *, proof: history.Printed | None = None) -> kinds.Letter:
    """The answer as it goes to the customer: exactly the approved text, which names the points itself.

    ``proof`` is the event that the letter follows, as it is printed below; made again, the letter is the same.
    """
    case = response.case
    signer = response.requested_by or case.owner
    # the picture never stands under another name: a case may have changed hands since
    own = signer is not None and signer.name == response.signer_name
    plain = answer_letter(
        case, body=response.body, on=response.sent_at, signer=str(signer.pk) if own and signer else ""
    )
    if proof is None:
        return plain
    return replace(plain, event_hash=proof.hash, event_number=proof.n, checkpoint=proof.checkpoint)


def answer_letter(
    case: Case, *, body: str, on: datetime | None, preview: bool = False, signer: str = ""
) -> kinds.Letter:
    """The letter for a text that is, or would be, sent: what the preview shows is made by the same function.

    ``on`` is when it was sent; one that is not sent yet bears the date of today, as it would now. ``signer`` is the id
    of whose signature stands under it as an image, if that colleague brought one.
    """
    with in_language(case.language):  # a colleague may look at it in another language than the customer's
        paragraphs = tuple(_paragraphs(body))
    return kinds.Letter(
        organisation=sender(),
        recipient=addressee(case),
        date=local(on or clock.now()).date(),
        reference=case.number,
        subject=fill(
            rulebook.letter("answer_explanation", case.language, edition=edition_of(case)).subject,
            {"case_number": case.number},
        ),
        salutation="",
        paragraphs=paragraphs,
        preview=preview,
        as_written=True,
        signature=_signature_of(signer),
        signed_by=departments.names([signer]).get(signer, ""),
    )


def addressee(case: Case) -> tuple[str, ...]:
    """Name and address as the case's own form says, whatever else anybody filed under this name."""
    form = case.forms.order_by("-version").first()
    told = form.fields if form else {}
    name = told.get("complainant_name", "" if form else case.customer.name)
    address = told.get("postal_address", "" if form else case.customer.postal_address)
    return tuple([name, *address.splitlines()][:6])


def sign_off_sheet(signed: SignOff, *, proof: history.Printed | None = None) -> kinds.SignOff:
    """The original form with the closing section filled in; earlier sections of a reopened case come first.

    ``proof`` is the event of the signature, as it is printed below; made again, the sheet says the same.
    """
    case = signed.case
    received_by = case.received_by.name if case.received_by else ""
    sections = case.sign_offs.filter(section__lte=signed.section).order_by("section")
    return kinds.SignOff(
        organisation=sender(),
        case_number=case.number,
        form=_form(case.forms.order_by("-version")[0]),
        receipt=kinds.ReceiptBlock(
            received_at=local(case.received_at),
            received_by=received_by,
            department=departments.department_names().get(case.department_concerned, ""),
            channel=term(CHANNEL, case.channel),
        ),
        closings=tuple(_closing(each) for each in sections),
        event_hash=proof.hash if proof else "",
        event_number=proof.n if proof else None,
        checkpoint=str(proof.checkpoint) if proof else "",
    )


_DELIVERED = {
    "yes": gettext_lazy("The customer has received what was promised."),
    "no": gettext_lazy("The customer has not yet received what was promised."),
    "none_due": gettext_lazy("Nothing was promised."),
}


def _closing(signed: SignOff) -> kinds.ClosingSection:
    edition = signed.edition or STARTER  # of the list that was signed, wherever the case has moved since
    axes = rulebook.closing_codes(active(), edition=edition)
    words = closing.requirements(active(), edition=edition)
    outcome = [code.name for axis in axes[:1] for code in axis.codes if code.code in signed.codes.get(axis.code, ())]
    told = signed.response
    return kinds.ClosingSection(
        number=signed.section,
        outcome=", ".join(outcome),
        axes=tuple(
            kinds.Axis(
                name=axis.name,
                codes=tuple(
                    kinds.Code(label=code.name, ticked=code.code in signed.codes.get(axis.code, ()))
                    for code in axis.codes
                ),
            )
            for axis in axes
        ),
        told_customer=tuple(_paragraphs(told.body)) if told else (),
        told_on=local(told.sent_at).date() if told and told.sent_at else None,
        manager_name=signed.signer_name,
        manager_role=term(ROLE, signed.signer_role),
        signed_at=local(signed.signed_at),
        signature=_signature_of(str(signed.signer_id)),
        relief_amount=Decimal(signed.amount) if signed.amount is not None else None,
        relief_currency=signed.currency or departments.organisation().currency,
        remedy=_remedy(signed, edition),
        details=(
            *((words.get(need, need), signed.details[need]) for need in DETAILS if signed.details.get(need)),
            *([(_("Why the case may end"), term(SETTLED_BY, signed.settled_by))] if signed.settled_by else []),
        ),
        reported=tuple((each.name, each.words) for each in closing.reported_as(signed.codes, active(), edition=edition))
        if signed.edition or signed.settled_by  # one that was signed before there were such lists is told as it was
        else (),
        lesson=signed.lesson,
        approved_by=told.decided_by.name if told and told.decided_by else "",
        alone_because=signed.alone_reason,
    )


def _remedy(signed: SignOff, edition: str) -> str:
    """What was done, and whether it has arrived."""
    names = {each.code: each.name for each in rulebook.remedies(active(), edition=edition)}
    said = [", ".join(names.get(each, each) for each in signed.remedies)]
    if signed.remedy_delivered == "yes" and signed.delivered_on:
        day = format_date(signed.delivered_on, "long", locale=babel_locale(active()))
        said.append(_("The customer received what was promised on %(day)s.") % {"day": day})
    else:
        said.append(str(_DELIVERED.get(signed.remedy_delivered, "")))
    return " ".join(f"{each.rstrip('.')}." for each in said if each)


def form_field_rows(form: ComplaintForm) -> list[tuple[str, str, str]]:
    """The given fields in the order of the form: code, label and text in the active language."""
    given = {**form.fields, "description": form.description}
    edition = edition_of(form.case)
    return [
        (field.code, field.label, _in_words(field.code, given[field.code], edition))
        for group in rulebook.form(active(), edition=edition)
        for field in group.fields
        if given.get(field.code) not in (None, "", [])
    ]


def form_rows(form: ComplaintForm) -> list[tuple[str, str, bool]]:
    """The given fields in the order of the form: label, text, and whether it is the long one."""
    return [(label, text, code == "description") for code, label, text in form_field_rows(form)]


def _category(code: str, language: str, edition: str) -> str:
    try:
        return rulebook.category(code, language, edition=edition).name
    except KeyError:  # no edition has it: data that were taken over
        return code


def _in_words(code: str, value: Any, edition: str) -> str:
    language = active()
    if code == "remedy_requested":
        names = {each.code: each.name for each in rulebook.remedies(language, edition=edition)}
        return "\n".join(names.get(each, each) for each in value)
    if code == "problem_category":
        return "\n".join(_category(each, language, edition) for each in value)
    if code == "department_concerned":
        return departments.department_names().get(str(value), str(value))
    if code == "language":
        return LANGUAGES.get(str(value), str(value))
    return _plain(code, value, babel_locale(language))


def _plain(code: str, value: Any, locale: str) -> str:
    if code == "amount_requested":
        return str(format_currency(Decimal(str(value)), departments.organisation().currency, locale=locale))
    if code in _DAYS:
        return str(format_date(date.fromisoformat(str(value)), "long", locale=locale))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "\n".join(value) if isinstance(value, list) else str(value)


def _form(form: ComplaintForm) -> kinds.Form:
    attached = Attachment.objects.filter(case=form.case_id, message=None, for_customer=True).order_by("pk")
    picture = files.read(form.signature_file) if form.signature_file else b""
    return kinds.Form(
        fields=tuple(kinds.Field(label=label, text=text, long=long) for label, text, long in form_rows(form)),
        files=tuple(kinds.File(name=each.name, size=each.size, sha256=each.sha256) for each in attached),
        signature=kinds.Signature(
            method=cast("kinds.SignatureMethod", form.signature_method or "none"),
            name=form.signature_name,
            signed_at=local(form.signed_at) if form.signed_at else None,
            picture=picture,
        ),
    )


def sender() -> kinds.Organisation:
    """Whose paper it is: the letterhead."""
    told = departments.organisation()
    return kinds.Organisation(
        name=told.name,
        address=tuple(told.postal_address.splitlines()),
        contact=tuple(each for each in (told.phone, told.email, told.website) if each),
        legal_line=told.legal_line,
        mark=_image(told.letterhead),
    )


def _signature_of(person_id: str) -> bytes:
    return _image(departments.signature_image(person_id))


def _image(stored: str) -> bytes:
    """An image of the store; a paper is never held up by one that is gone."""
    try:
        return files.read(stored) if stored else b""
    except (FileNotFoundError, ValueError):
        return b""


def _paragraphs(text: str) -> list[str]:
    """A letter's text as paper carries it: it passes through many hands, so it says only where the link is."""
    on_paper = text.replace(MARK, _("(the private link that you received from us)"))
    return [part.strip() for part in on_paper.split("\n\n") if part.strip()]


def local(moment: datetime) -> datetime:
    """The moment at the organisation's place."""
    return moment.astimezone(ZoneInfo(departments.organisation().time_zone))
