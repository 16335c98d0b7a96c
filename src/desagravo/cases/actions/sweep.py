"""Files in the store that belong to nothing: a worker died between storing and attaching, or a form was refused."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from desagravo.cases.models import Attachment, ComplaintForm, Document, Export, FormDraft, Submission
from desagravo.common import files
from desagravo.departments import queries as departments

_LOG = structlog.get_logger(__name__)
OLD = timedelta(hours=24)
"""No request and no draft lives longer before what it stored is attached."""
AT_ONCE = 200


def sweep_files(_now: datetime) -> int:
    """Remove files older than a day that no row names. The worker calls this; tells how many.

    A file is stored before the row that names it, and gets its row within its request or never. So one that was old
    before we asked, and that nobody names when we ask, is nobody's. Its age is that of the disk, not of the clock.
    """
    gone = 0
    for some in _batches(_old_files(time.time() - OLD.total_seconds())):
        named = _named({path.name for path in some})
        for path in some:
            if path.name not in named:
                files.discard(path.name)
                _LOG.info("file.swept", stored=path.name)
                gone += 1
    return gone


def _old_files(before: float) -> Iterator[Path]:
    for path in files.root().glob("[0-9a-f][0-9a-f]/*"):
        try:
            files.path(path.name)  # what has no name of ours is not ours to remove
            if path.stat().st_mtime < before:
                yield path
        except (ValueError, FileNotFoundError):
            continue


def _batches(paths: Iterator[Path]) -> Iterator[Sequence[Path]]:
    batch: list[Path] = []
    for path in paths:
        batch.append(path)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _named(names: set[str]) -> set[str]:
    """Those of these names that something refers to."""
    named = departments.named_files(names)  # the letterhead, signatures of people
    named.update(Attachment.objects.filter(stored__in=names).values_list("stored", flat=True))
    named.update(Document.objects.filter(stored__in=names).values_list("stored", flat=True))
    named.update(Export.objects.filter(stored__in=names).values_list("stored", flat=True))
    signatures = ComplaintForm.objects.filter(signature_file__in=names)
    named.update(signatures.values_list("signature_file", flat=True))
    return named | {name for name in names - named if _mentioned(name)}


def _mentioned(name: str) -> bool:
    """Does a draft, or a submission, hold this name somewhere in its text? Asked for the few that no column names."""
    drafts = FormDraft.objects.annotate(kept=Cast("files", TextField()), typed=Cast("fields", TextField()))
    if drafts.filter(Q(kept__contains=name) | Q(typed__contains=name)).exists():
        return True
    return Submission.objects.filter(content__contains=name).exists()
