"""The schema says what the API does: every field, every answer, and nothing that a generated call can break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from desagravo.api.fields import EXAMPLE
from desagravo.rulebook import queries as rulebook
from desagravo.wsgi import application
from tests.cast import Cast
from tests.doors.api.conftest import Caller

HOSTILE = Path(__file__).resolve().parents[4] / "shared" / "hostile" / "api"


@pytest.fixture
def document(caller: Caller) -> dict[str, Any]:
    return caller.client.get("/api/v1/openapi.json").json()


def body_of(document: dict[str, Any]) -> dict[str, Any]:
    operation = document["paths"]["/api/v1/complaints"]["post"]
    return operation["requestBody"]["content"]["application/json"]["schema"]


def test_every_field_of_the_customer_is_documented(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    schema = body_of(document)
    fields = {each.code: each for group in rulebook.form("en") for each in group.fields if each.by == "customer"}
    assert set(schema["properties"]) == set(fields)
    assert all(schema["properties"][code]["title"] == field.label for code, field in fields.items())
    assert schema["required"] == ["description"]
    assert schema["additionalProperties"] is False
    assert schema["examples"] == [EXAMPLE]


def test_the_schema_agrees_with_the_example_and_with_the_rulebook_s_limits(document: dict[str, Any]) -> None:
    schema = body_of(document)
    jsonschema_rs.validate(schema, EXAMPLE)
    assert schema["properties"]["description"]["maxLength"] == rulebook.form_limits().text_characters
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, {**EXAMPLE, "status": "closed"})


def test_every_answer_is_declared(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/complaints"]["post"]
    assert {"201", "400", "409", "413", "415", "422", "429"} <= set(operation["responses"])
    assert operation["responses"]["429"]["headers"]["Retry-After"]
    assert [each["name"] for each in operation["parameters"]] == ["Idempotency-Key"]


VERBS = ["", "/messages", "/reaction", "/withdrawal", "/completion"]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)


@contextmanager
def connection_kept() -> Iterator[None]:
    """Calls in this process leave the test's own connection open, as those of Django's client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.fixture
def described(company: Cast) -> Any:
    with connection_kept():
        return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_generated_complaints_get_a_declared_answer(described: Any, mode: GenerationMode) -> None:
    statuses = set()

    @HOW
    @given(case=described["/api/v1/complaints"]["POST"].as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case) -> None:
        statuses.add(case.call_and_validate(checks=CHECKS).status_code)

    with connection_kept():
        call()
    assert (201 if mode is GenerationMode.POSITIVE else 422) in statuses


@pytest.mark.parametrize("verb", VERBS)
def test_generated_calls_behind_a_link_get_a_declared_answer(described: Any, caller: Caller, verb: str) -> None:
    token = caller.behind(caller.file(occurred_on=None)).partition("/")[2]
    operation = described["/api/v1/complaints/{token}" + verb]["POST" if verb else "GET"]
    statuses = set()

    @HOW
    @given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        case.path_parameters["token"] = token
        statuses.add(case.call_and_validate(checks=CHECKS).status_code)

    with connection_kept():
        call()
    assert statuses & {200, 201, 409}


@pytest.mark.parametrize(
    "path", sorted(HOSTILE.glob("*.json")) or [None], ids=lambda path: path.name if path else "absent"
)
def test_the_hostile_collection(caller: Caller, path: Path | None) -> None:
    if path is None:
        pytest.skip("../shared/hostile/api is not here")
    answer = caller.post("complaints", path.read_bytes())
    assert answer.status_code in {201, 400, 422}
    assert answer.status_code != 201 or caller.follow(answer).json()["status"] in {"received", "incomplete"}
