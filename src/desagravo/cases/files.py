"""Files on their way to a case: checked against the limits, stored first, attached with the step that brings them."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from django.db.models import TextField
from django.db.models.functions import Cast

from desagravo.cases.models import Attachment, Case, FormDraft, Message
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from desagravo.rulebook import queries as rulebook


class Upload(Protocol):
    """What a door hands in: Django's uploaded files fit."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterator[bytes]:
        """The content, piece by piece."""


@dataclass(frozen=True)
class KeptFile:
    """A file in the store that belongs to nothing yet. All facts are ours; only the name is the sender's."""

    name: str
    stored: str
    size: int
    sha256: str
    media_type: str

    def as_json(self) -> dict[str, Any]:
        """For drafts and submissions."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "KeptFile":
        """Back from a draft or submission."""
        return cls(raw["name"], raw["stored"], raw["size"], raw["sha256"], raw["media_type"])


def keep(uploads: Iterable[Upload], *, already: int = 0) -> tuple[list[KeptFile], list[Refusal]]:
    """Store what is within the limits; tell what was not taken and why. Nothing else is lost by it."""
    limits = rulebook.form_limits()
    kept: list[KeptFile] = []
    problems: list[Refusal] = []
    for upload in uploads:
        name = files.display_name(upload.name or "")
        if already + len(kept) >= limits.files:
            problems.append(Refusal("too_many_files", limit=limits.files))
            break
        if (upload.size or 0) > limits.file_bytes:
            problems.append(Refusal("file_too_large", name=name, limit=limits.file_bytes // 2**20))
        elif not upload.size:
            problems.append(Refusal("file_empty", name=name))
        else:
            kept.append(_store(name, upload.chunks()))
    return kept, problems


def keep_bytes(name: str, content: bytes) -> KeptFile:
    """Store content that we hold already (sample company, imports, drawn signatures)."""
    return _store(files.display_name(name), iter([content]))


def _store(name: str, chunks: Iterator[bytes]) -> KeptFile:
    head = next(chunks, b"")

    def all_of_it() -> Iterator[bytes]:
        yield head
        yield from chunks

    stored = files.store(all_of_it())
    return KeptFile(name, stored.name, stored.size, stored.sha256, files.sniff(head, name))


def attach(
    case: Case, kept: Sequence[KeptFile], *, actor: Actor, for_customer: bool, message: Message | None = None
) -> list[Attachment]:
    """Put stored files on the case. Runs inside an action, which records it, with the digests of these rows.

    A page that is sent again after "back" brings the same stored names: what is attached already is stored once
    more, so that each message has its own files and none is refused.
    """
    rows = [
        Attachment(
            case=case,
            message=message,
            name=each.name,
            stored=each.stored,
            size=each.size,
            sha256=each.sha256,
            media_type=each.media_type,
            for_customer=for_customer,
            actor_kind=actor.kind,
            actor_id=actor.id,
            at=clock.now(),
        )
        for each in _not_attached_yet(case, kept)
    ]
    return Attachment.objects.bulk_create(rows)


def _not_attached_yet(case: Case, kept: Sequence[KeptFile]) -> list[KeptFile]:
    if not kept:
        return []
    attached = set(
        Attachment.objects.filter(stored__in=[each.stored for each in kept]).values_list("stored", flat=True)
    )
    seen: set[str] = set()
    fresh: list[KeptFile] = []
    for each in kept:
        there = files.path(each.stored).exists()
        again = each.stored in attached or each.stored in seen
        fresh.append(each if there and not again else _stored_once_more(case, each, each.stored if there else ""))
        seen.add(each.stored)
    return fresh


def _stored_once_more(case: Case, kept: KeptFile, stored: str) -> KeptFile:
    """The same content under a name of its own; where the file was put away as a copy, from the one on the case."""
    if not stored:
        same = Attachment.objects.filter(case=case, sha256=kept.sha256).order_by("pk").first()
        if same is None:
            raise Missing({"files": [Refusal("file_empty", name=kept.name)]})
        stored = same.stored
    with files.path(stored).open("rb") as content:
        copy = files.store(iter(lambda: content.read(2**20), b""))
    return replace(kept, stored=copy.name)


def discard_copies(kept: Sequence[KeptFile]) -> None:
    """Put away the files that a second sending brought, but none that is on a case or that a draft still holds."""
    names = {each.stored for each in kept}
    names -= set(Attachment.objects.filter(stored__in=names).values_list("stored", flat=True))
    drafts = FormDraft.objects.annotate(told=Cast("files", TextField()))
    for stored in names:
        if not drafts.filter(told__contains=stored).exists():
            files.discard(stored)


def picture_address(content: bytes) -> str:
    """A PNG as the text in which forms carry it."""
    return "data:image/png;base64," + base64.b64encode(content).decode()
