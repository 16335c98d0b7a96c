"""The receipt: proof for the customer that the complaint has arrived, and with which words."""

from typing import Any

from django.utils.translation import gettext as _

from desagravo.common.documents.kinds import Receipt

from . import form_part
from .words import Words, prose, rows


def compose(data: Receipt, words: Words) -> dict[str, Any]:
    """View of a receipt."""
    organisation = data.organisation.name
    title = _("Receipt for your complaint")
    return {
        "title": f"{title} {data.case_number}",
        "heading": title,
        "running": _("Receipt for complaint %(number)s") % {"number": data.case_number},
        "facts": rows(
            (_("Case number"), data.case_number),
            (_("Received"), words.moment(data.received_at)),
            (_("Received through"), data.channel),
            (_("Received by"), organisation),
        ),
        "statement": _(
            "%(organisation)s confirms that it has received the complaint printed below. This confirms receipt only. "
            "It neither accepts nor disputes the facts described."
        )
        % {"organisation": organisation},
        "next": {"heading": _("What happens next"), "text": prose(data.next_steps or (_usual_steps(),))},
        "missing": {
            "heading": _("What we still need from you"),
            "lead": _("Your complaint is registered. With the following we can deal with it sooner:"),
            "items": list(data.missing),
        },
        "form": form_part.compose(data.form, words),
    }


def _usual_steps() -> str:
    return _(
        "We look into every point of your complaint and answer you in writing. If we need something from you, we ask. "
        "Please keep this receipt and quote the case number whenever you contact us about it."
    )
