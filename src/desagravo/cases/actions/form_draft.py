"""A form that is not filed yet: kept a day on the server, so that a refused form loses neither word nor file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from desagravo.cases.files import KeptFile
from desagravo.cases.models import Attachment, FormDraft, Submission
from desagravo.common import clock, files
from desagravo.rulebook import queries as rulebook


@dataclass(frozen=True)
class Draft:
    """What was kept of a form: raw field values as they were typed, and the files."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: tuple[KeptFile, ...] = ()


def keep_draft(token: str, fields: Mapping[str, Any], kept: Sequence[KeptFile]) -> None:
    """Keep what was typed and sent under the form's random token, in place of what was kept before."""
    FormDraft.objects.update_or_create(
        token_hash=_hash(token),
        defaults={
            "fields": dict(fields),
            "files": [each.as_json() for each in kept],
            "expires_at": clock.now() + timedelta(hours=rulebook.form_limits().draft_hours),
        },
    )


def draft_of(token: str) -> Draft:
    """What was kept under this token; an empty draft if there is nothing or its day has passed."""
    row = FormDraft.objects.filter(token_hash=_hash(token), expires_at__gt=clock.now()).first()
    if row is None:
        return Draft()
    return Draft(dict(row.fields), tuple(KeptFile.from_json(each) for each in row.files))


def drop_draft(token: str) -> None:
    """The form was filed: its files now belong to the case, the draft goes."""
    FormDraft.objects.filter(token_hash=_hash(token)).delete()


def forget_expired(now: datetime) -> int:
    """Remove drafts past their day and the files that nobody took over. The worker calls this."""
    count = 0
    for row in FormDraft.objects.filter(expires_at__lte=now)[:200]:
        row.delete()
        for each in row.files:
            stored = each["stored"]
            taken = Attachment.objects.filter(stored=stored).exists()
            if not taken and not Submission.objects.filter(case=None, content__contains=stored).exists():
                files.discard(stored)
        count += 1
    return count


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
