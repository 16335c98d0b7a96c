"""What every test of a verb looks at: the status, exactly the events added, and that a refusal adds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from desagravo.cases.lifecycle import OPEN, replay
from desagravo.cases.models import Case, Message
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from tests.cast import fresh, kinds


@contextmanager
def adds(case: Case, *expected: str, status: str) -> Iterator[None]:
    """Within the block the case gets exactly these events and ends in this status."""
    before = kinds(case)
    yield
    after = kinds(case)
    assert after[: len(before)] == before
    assert after[len(before) :] == list(expected)
    now = fresh(case)
    assert now.status == status == replay(after)
    assert now.open == (status in OPEN)
    if now.status == "closed" and not now.customer_wrote_at and not now.came_back_at:
        assert (now.next_step, now.next_due) == ("", None)
    else:
        assert now.next_step
        assert now.next_due


@contextmanager
def refused(case: Case | None, kind: type[Refusal], *codes: str, **facts: Any) -> Iterator[None]:
    """Within the block a refusal of this kind is raised and nothing about the case changes.

    ``codes``: the refusal's code, or ``field:code`` for each problem of a ``Missing``.
    """
    before = _state(case)
    with pytest.raises(kind) as raised:
        yield
    assert _state(case) == before
    refusal = raised.value
    if isinstance(refusal, Missing):
        told = {f"{field}:{each.code}" for field, problems in refusal.fields.items() for each in problems}
        assert told == set(codes)
    else:
        assert refusal.code in codes or not codes
        assert {name: refusal.facts.get(name) for name in facts} == facts
    sentence = refusal.sentence()
    assert sentence
    assert "%(" not in sentence
    assert "This cannot be done" not in sentence


def _state(case: Case | None) -> object:
    if case is None:
        return list(Case.objects.values_list("pk", "version"))
    row = Case.objects.filter(pk=case.pk).values().get()
    told = [kind for kind in kinds(case) if kind != "sign_off.refused"]  # a wrong password is on record, and only that
    return row, told, Message.objects.filter(case=case).count()


def customer_of(case: Case) -> Actor:
    """The customer behind the case's link."""
    return Actor("customer", case.number)
