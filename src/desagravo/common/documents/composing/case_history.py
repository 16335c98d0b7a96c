"""The history of a case: every event as a sentence, oldest first."""

from typing import Any

from django.utils.translation import gettext as _

from desagravo.common.documents.kinds import CaseHistory

from .words import Words, rows


def compose(data: CaseHistory, words: Words) -> dict[str, Any]:
    """View of a history; times are the organisation's local time."""
    entries = [
        [str(entry.number), words.short_moment(entry.at), entry.who, _what(entry.what, entry.because)]
        for entry in data.entries
    ]
    zone = data.entries[0].at if data.entries else None
    return {
        "title": _("History of complaint %(number)s") % {"number": data.case_number},
        "heading": _("History of complaint %(number)s") % {"number": data.case_number},
        "running": _("History of complaint %(number)s") % {"number": data.case_number},
        "facts": rows(
            (_("Subject"), data.subject),
            (_("Events"), str(len(entries))),
            (_("First event"), words.moment(zone) if zone else ""),
            (_("Hash of the last event"), data.event_hash[:16]),
        ),
        "columns": [_("No."), _("When"), _("Who"), _("What")],
        "rows": entries,
        "none": _("Nothing has happened yet."),
    }


def _what(what: str, because: str) -> str:
    return _("%(what)s Reason: %(reason)s") % {"what": what, "reason": because} if because else what
