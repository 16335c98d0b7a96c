"""A customer's browser, and the company behind it."""

from __future__ import annotations

import pytest
from django.test import Client

from desagravo.common import throttle
from desagravo.departments.queries import forget_organisation
from tests.cast import Cast, engage


@pytest.fixture
def cast(db: None) -> Cast:
    forget_organisation()
    throttle.forget()
    return engage()


@pytest.fixture
def browser() -> Client:
    """A browser that asks for English."""
    return Client(headers={"accept-language": "en"})
