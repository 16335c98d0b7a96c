"""The letter: acknowledgement, answer point by point, thanks."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desagravo.common.documents.kinds import Letter, Point

from .pictures import picture
from .words import Words, paragraphs, prose, rows


def compose(data: Letter, words: Words) -> dict[str, Any]:
    """View of a letter; a part without text leaves no heading behind."""
    return {
        "title": f"{data.subject} ({data.reference})",
        "running": _("Our reference %(number)s") % {"number": data.reference},
        "preview": _("Preview. This letter has not been sent.") if data.preview else "",
        "return_line": ", ".join((data.organisation.name, *data.organisation.address)),
        "recipient": list(data.recipient[:6]),
        "facts": rows(
            (_("Date"), words.day(data.date)),
            (_("Our reference"), data.reference),
            (_("Your reference"), data.your_reference),
        ),
        "subject": data.subject,
        "salutation": data.salutation,
        "opening": prose(data.paragraphs),
        "points": {"heading": _("Our answer to each point"), "items": list(map(_point, data.points))},
        "parts": [
            {"heading": heading, "text": prose(texts)}
            for heading, texts in (
                *data.sections,
                (_("What we will do"), data.remedy),
                (_("What happens next"), data.next_steps),
                (_("If you disagree"), data.if_you_disagree),
            )
            if texts
        ],
        "closing": prose(data.closing_paragraphs),
        "farewell": "" if data.as_written else data.farewell or pgettext("end of a letter", "Yours sincerely,"),
        "signer": {"name": data.signer.name, "role": data.signer.role} if data.signer else None,
        "signature": picture(data.signature, _("Signature of %(name)s") % {"name": data.signed_by}),
        "enclosures": {"heading": _("Enclosed"), "items": list(data.enclosures)},
        "proof": _proof(data),
    }


def _proof(data: Letter) -> str:
    if not data.event_hash:
        return ""
    return _(
        "For your safety: this letter follows entry %(number)d of our record of your complaint. The entry has the "
        "signs %(hash)s and stands under checkpoint %(checkpoint)d, a signed copy of which is kept outside the record. "
        "With these two anybody who examines the record can see whether it was changed afterwards. Please keep them."
    ) % {"number": data.event_number, "hash": data.event_hash[:16], "checkpoint": data.checkpoint}


def _point(point: Point) -> dict[str, Any]:
    return {
        "heading": paragraphs(point.heading),
        "decision_label": _("Our decision"),
        "decision": point.decision,
        "reasons": prose(point.reasons),
    }
