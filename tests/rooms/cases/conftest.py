from __future__ import annotations

from collections.abc import Iterator

import pytest

from desagravo.common import clock
from tests.cast import MONDAY, Cast, engage


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The company on Monday morning; the clock stands there until a test sets it on."""
    with clock.at(MONDAY):
        yield engage()
