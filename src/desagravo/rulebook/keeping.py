"""What this room shows to ``verify``: words that people wrote about editions, and published ones as they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desagravo.history.findings import Finding
from desagravo.history.queries import told_apart
from desagravo.history.registry import check_state, reveal
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import digest_of, from_json

_Shown = Mapping[str, Mapping[str, str | bytes | None]]


def _words(codes: Sequence[str]) -> _Shown:
    rows = Edition.objects.filter(code__in=codes)
    return {row.code: {"note": row.note, "comment": row.comment, "alone_reason": row.alone_reason} for row in rows}


def check_editions() -> Finding | None:
    """The first published edition that says something else than its event committed to, or that no event tells of."""
    published = Edition.objects.filter(state="published").order_by("in_force_from")
    # rows first and their events after: a row that is seen has its event, because both were committed together
    rows = list(published.values_list("code", "sha256", "books", "policies"))
    told = {each.details["edition"]: each for each in told_apart("edition.published")}
    for code, sha256, books, policies in rows:
        event = told.pop(code, None)
        digest = digest_of(from_json(books), from_json(policies))
        if event is None or {sha256, digest} != {event.details["sha256"]}:
            return Finding(event.seq if event else None, "changed_edition", {"edition": code})
    for code, event in told.items():
        if not published.filter(code=code).exists():
            return Finding(event.seq, "changed_edition", {"edition": code})
    return None


reveal("edition", _words)
check_state(check_editions)
