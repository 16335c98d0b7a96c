"""Cases and the editions that they keep, for those who move them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desagravo.cases.models import Case, CaseMove, EditionMove
from desagravo.cases.moving import Preview, editions_to_move_to, keeping, preview
from desagravo.cases.queries.visible import visible_to
from desagravo.common.actor import Actor

__all__ = ["Move", "editions_to_move_to", "moves_of_case", "moves_of_edition", "open_cases_of", "preview", "previews"]


@dataclass(frozen=True)
class Move:
    """A move of many cases as it stands."""

    key: int
    before: str
    after: str
    reason: str
    state: str
    total: int
    moved: int
    left: int
    by: str
    asked_at: datetime
    finished_at: datetime | None

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 if self.state == "done" else min(99, 100 * (self.moved + self.left) // max(1, self.total))


def moves_of_edition(code: str) -> list[Move]:
    """Moves away from this edition, the newest first."""
    rows = EditionMove.objects.filter(before=code).select_related("asked_by").order_by("-pk")[:20]
    return [
        Move(
            row.pk, row.before, row.after, row.reason, row.state, row.total, row.moved, row.left,
            row.asked_by.name if row.asked_by else "", row.asked_at, row.finished_at,
        )
        for row in rows
    ]  # fmt: skip


def open_cases_of(code: str) -> int:
    """How many open cases keep this edition."""
    return keeping(code).count()


def previews(actor: Actor, code: str, after: str, *, most: int = 50) -> list[Preview]:
    """What a move would change, for the first cases of this edition that the actor may see."""
    mine = visible_to(actor).filter(pk__in=keeping(code).values("pk")).select_related("customer").order_by("pk")
    return [preview(case, after) for case in mine[:most]]


def moves_of_case(case: Case) -> list[CaseMove]:
    """How the case came to the edition that it keeps, oldest first."""
    return list(CaseMove.objects.filter(case=case).select_related("by").order_by("pk"))
