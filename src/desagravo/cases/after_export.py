"""Work after the answer: the copies that were asked for are made, by the worker."""

from desagravo.cases.actions.export import keep_export
from desagravo.cases.exporting import case_zip, subject_zip
from desagravo.cases.models import Export
from desagravo.common import files
from desagravo.common.documents import DocumentFailed
from desagravo.common.language import in_language
from desagravo.history.outbox import Failed, Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe


def make_export(event: EventView, work: Work) -> None:
    """The ZIP of the copy that this event is about."""
    row = Export.objects.get(pk=event.subject[1])
    if row.made_at:
        return
    try:
        with in_language(row.language):
            made = case_zip(row) if row.kind == "case" else subject_zip(row)
            keep_export(row, files.store(made))
    except DocumentFailed as failure:
        raise Failed(str(failure)) from failure


subscribe("privacy.export_asked", "cases.export", make_export, lease_seconds=600)
"""Longer than a hundred files of ten megabytes take to be packed."""
