"""Does the history agree with the checkpoints that were published outside the database?"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from desagravo.history import published
from desagravo.history.chain import START
from desagravo.history.checkpoints import fingerprint, hashes_of
from desagravo.history.findings import Finding
from desagravo.history.merkle import Tree
from desagravo.history.models import ChainHead, Checkpoint
from desagravo.history.published import Published, Statement


@dataclass(frozen=True)
class Testimony:
    """What the comparison gave: how many checkpoints agree, how many are not published yet, how many were given up."""

    finding: Finding | None = None
    agreed: int = 0
    unpublished: int = 0
    given_up: int = 0


def compare(folder: Path, *, since: int = 0, trusted: frozenset[str] = frozenset()) -> Testimony:
    """Compare published checkpoints, the rows of the database, and the events with one another.

    Signatures, keys, numbers and rows are compared for all; the events only under checkpoints that end after number
    ``since``. A folder and a database that both know of none agree.
    """
    there = published.read(folder, trusted=trusted)
    if there.finding:
        return Testimony(there.finding)
    rows = {row.number: row for row in Checkpoint.objects.order_by("number")}
    if rows and not there.statements:
        return Testimony(Finding(None, "nothing_published", {"count": len(rows), "folder": str(folder)}))
    given_up = there.given_up() | _given_up_by(rows.values())
    finding = _compare_rows(rows, there, given_up)
    if finding is None:
        finding = _compare_events(_all(rows, there, given_up), since)
    return Testimony(
        finding,
        agreed=len(set(there.statements) - given_up),
        unpublished=len(set(rows) - set(there.statements)),
        given_up=len(given_up),
    )


def statement_of(row: Checkpoint) -> Statement | None:
    """What a row says, where its columns agree with the text that was signed."""
    try:
        one = Statement.of(row.payload, row.signature, row.key_id)
    except ValueError:
        return None
    columns = (row.number, row.first_seq, row.last_seq, row.root, row.head)
    told = tuple(one.told[name] for name in ("number", "first", "last", "root", "head"))
    return one if columns == told else None


def _given_up_by(rows: Iterable[Checkpoint]) -> set[int]:
    return {number for row in rows if (one := statement_of(row)) for number in one.gives_up()}


def _compare_rows(rows: dict[int, Checkpoint], there: Published, given_up: set[int]) -> Finding | None:
    newest = max(rows, default=0)
    for number, said in sorted(there.statements.items()):
        if number in given_up:
            continue
        if number > newest:
            facts = {"number": newest, "published": there.newest, "last": there.statements[there.newest].last}
            return Finding(None, "older_database", facts)
        if number not in rows:
            return Finding(None, "missing_checkpoint", {"number": number})
        row = rows[number]
        if (row.payload, row.signature) != (said.payload, said.signature) or statement_of(row) is None:
            return Finding(None, "changed_checkpoint", {"number": number})
    before = START
    for number, row in sorted(rows.items()):
        one = statement_of(row)
        if one is None or (number not in there.statements and published.check_signature(one, there.keys)):
            return Finding(None, "changed_checkpoint", {"number": number})
        if one.told["before"] != before:
            return Finding(None, "broken_checkpoints", {"number": number, "before": number - 1})
        before = fingerprint(row.payload)
    return None


def _all(rows: dict[int, Checkpoint], there: Published, given_up: set[int]) -> list[Statement]:
    numbers = sorted((set(rows) | set(there.statements)) - given_up)
    return [one for number in numbers if (one := there.statements.get(number) or statement_of(rows[number]))]


def _compare_events(statements: list[Statement], since: int) -> Finding | None:
    head = ChainHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    for one in statements:
        if one.last <= since:
            continue
        if head < one.last:
            return Finding(head + 1, "cut_tail", {"number": one.number, "last": one.last, "head": head})
        hashes = hashes_of(one.first, one.last)
        if len(hashes) != one.told["count"] or Tree(hashes).root != one.told["root"]:
            facts = {"number": one.number, "first": one.first, "last": one.last}
            return Finding(one.first, "rewritten_history", facts)
    return None
