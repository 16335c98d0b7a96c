"""The company, and its people signed in at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast, engage

Desk = Callable[[str], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """``desk("rui")`` is Rui's browser."""

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(cast.person(name))
        return client

    return signed_in
