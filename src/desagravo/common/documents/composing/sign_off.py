"""The sign-off sheet: the original form, who received it, and the closing section that a manager signs (P7)."""

from typing import Any

from django.utils.translation import gettext as _

from desagravo.common.documents.kinds import ClosingSection, SignOff

from . import form_part
from .pictures import picture
from .words import Words, paragraphs, prose, rows


def compose(data: SignOff, words: Words) -> dict[str, Any]:
    """View of a sign-off sheet."""
    return {
        "title": _("Sign-off sheet of complaint %(number)s") % {"number": data.case_number},
        "running": _("Sign-off sheet of complaint %(number)s") % {"number": data.case_number},
        "heading": _("Complaint %(number)s: form and closure") % {"number": data.case_number},
        "receipt": {
            "heading": _("Receipt"),
            "rows": rows(
                (_("Case number"), data.case_number),
                (_("Received"), words.moment(data.receipt.received_at)),
                (_("Received by"), data.receipt.received_by),
                (_("Department"), data.receipt.department),
                (_("Received through"), data.receipt.channel),
            ),
        },
        "form": form_part.compose(data.form, words),
        "closings": [_closing(section, words) for section in data.closings],
        "proof": _proof(data),
    }


def _closing(section: ClosingSection, words: Words) -> dict[str, Any]:
    amount = words.money(section.relief_amount, section.relief_currency) if section.relief_amount is not None else ""
    told = _("What the customer was told")
    if section.told_on:
        told = _("What the customer was told on %(day)s") % {"day": words.day(section.told_on)}
    return {
        "heading": _("Closing section %(number)d") % {"number": section.number},
        "rows": rows((_("Outcome"), section.outcome), (_("Remedy"), section.remedy), (_("Amount"), amount)),
        "codes_heading": _("Closing codes"),
        "axes": [
            {"name": axis.name, "codes": [{"label": code.label, "ticked": code.ticked} for code in axis.codes]}
            for axis in section.axes
        ],
        "details": {"heading": _("What the codes ask for"), "rows": rows(*section.details)},
        "reported": {"heading": _("Reported as"), "rows": rows(*section.reported)},
        "told": {"heading": told, "text": prose(section.told_customer)},
        "lesson": {"heading": _("Lesson"), "text": paragraphs(section.lesson)},
        "reopened": {"heading": _("Reopened afterwards because"), "text": paragraphs(section.reopened_because)},
        "signature": _signature(section, words),
    }


def _signature(section: ClosingSection, words: Words) -> dict[str, Any]:
    statement = _("Signed in Desagravo by the person named here, who entered their password again to sign.")
    if section.alone_because:
        statement += " " + _("The same person wrote the answer and signs alone. Reason recorded: %(reason)s") % {
            "reason": section.alone_because
        }
    return {
        "heading": _("Signature of the manager"),
        "name": section.manager_name,
        "picture": picture(section.signature, _("Signature of %(name)s") % {"name": section.manager_name}),
        "rows": rows(
            (_("Role"), section.manager_role),
            (_("Signed"), words.moment(section.signed_at)),
            (_("Answer approved by"), section.approved_by),
        ),
        "statement": statement,
    }


def _proof(data: SignOff) -> dict[str, Any]:
    sealed_by = data.sealed_by or data.organisation.name
    event = data.event_hash[:16]
    if data.event_number is not None:
        event = _("%(hash)s (event %(number)d of this case)") % {"hash": event, "number": data.event_number}
    return {
        "heading": _("Proof"),
        "rows": rows(
            (_("Hash of the last event"), event),
            (_("Checkpoint"), data.checkpoint or _("The next one after the date of signature")),
        ),
        "check": _(
            "With this hash and the number of the checkpoint, a signed copy of which is kept outside the record, "
            "anybody who examines the record can see whether it was changed after this signature."
        ),
        "seal": _(
            "This file carries the electronic seal of %(organisation)s. Whoever opens it in a PDF reader can see "
            "whether it was changed after sealing."
        )
        % {"organisation": sealed_by},
    }
