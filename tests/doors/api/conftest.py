"""A caller without account and cookies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from desagravo.common import throttle
from tests.cast import FORM, Cast, engage


@dataclass
class Caller:
    """Calls the API as a program would: JSON in, JSON out."""

    client: Client

    def post(self, path: str, body: Any, *, content_type: str = "application/json", **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", content, content_type=content_type, headers=names)

    def file(self, key: str = "", **changes: Any) -> Any:
        body = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
        return self.post("complaints", body, **({"Idempotency_Key": key} if key else {}))

    def behind(self, filed: Any, path: str = "") -> str:
        token = filed.json()["tracking_url"].rstrip("/").rpartition("/")[2]
        return f"complaints/{token}{path}"

    def follow(self, filed: Any, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{self.behind(filed)}", headers=headers)


@pytest.fixture
def company(db: None) -> Cast:
    cache.clear()
    throttle.forget()
    return engage()


@pytest.fixture
def caller(company: Cast) -> Caller:
    return Caller(Client(enforce_csrf_checks=True))


def codes(response: Any) -> list[tuple[str, str]]:
    """Field and code of each problem."""
    return [(each["field"], each["code"]) for each in response.json()["errors"]]
