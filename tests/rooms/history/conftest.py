from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rooms.history.kinds import emptying, own_kinds


@pytest.fixture(autouse=True)
def _own_kinds() -> Iterator[None]:
    with own_kinds():
        yield


@pytest.fixture(autouse=True, scope="package")
def _emptying() -> Iterator[None]:
    with emptying():
        yield
