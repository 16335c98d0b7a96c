"""Log lines carry no personal data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.test import RequestFactory
from django.urls import resolve

from desagravo.common.logs import logging_settings


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_values_are_left_out_of_the_lines_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    logging_settings()
    logging.getLogger("django.request").error("Internal Server Error: %s", "/track/secret-token/")
    [line] = lines(capsys)
    assert line["event"] == "Internal Server Error: %s"
    assert line["logger"] == "django.request"
    assert "secret-token" not in json.dumps(line)


def test_a_failed_page_is_named_by_the_pattern_of_its_address(capsys: pytest.CaptureFixture[str]) -> None:
    logging_settings()
    request = RequestFactory().get("/account/password/reset/key/1-secret/")
    request.resolver_match = resolve("/account/password/reset/key/1-secret/")
    more = {"request": request, "status_code": 500}
    logging.getLogger("django.request").error("%s: %s", "Internal Server Error", request.path, extra=more)
    [line] = lines(capsys)
    assert str(line["event"]).startswith("500 GET account/password/reset/key/(?P<uidb36>")
    assert "1-secret" not in json.dumps(line)


def test_an_error_carries_its_kind_and_place_but_not_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    logging_settings()
    for log in (logging.getLogger("django.request"), structlog.get_logger("desagravo")):
        try:
            raise ValueError("Inês Conceição lives in Rua A 1")
        except ValueError:
            log.exception("it failed")
    both = lines(capsys)
    assert [line["error"] for line in both] == ["ValueError", "ValueError"]
    assert all("test_logs.py" in str(line["at"]) for line in both)
    assert "Inês" not in json.dumps(both, ensure_ascii=False)


def test_missing_pages_and_refused_forms_leave_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging_settings()
    logging.getLogger("django.request").warning("Not Found: %s", "/track/secret-token/")
    logging.getLogger("django.security.csrf").warning("Forbidden: %s", "/track/secret-token/")
    assert lines(capsys) == []
