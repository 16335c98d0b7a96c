"""`GET /health`: 200 when a complaint can be taken, otherwise 503 with the cause."""

from __future__ import annotations

import os
import shutil
import time
from collections import namedtuple
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from desagravo import __version__
from desagravo.operations import health
from desagravo.operations import heartbeat as signs

pytestmark = pytest.mark.django_db
ALL = {**health.CHECKS, **health.LEFT_LYING}


@pytest.fixture(autouse=True)
def heartbeat() -> Path:
    file = Path(settings.DESAGRAVO_DATA) / "run" / "worker"
    signs.beat(Path(settings.DESAGRAVO_DATA))
    return file


def test_all_is_well() -> None:
    response = Client().get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": __version__, "checks": dict.fromkeys(ALL, "ok")}
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_it_is_cheap_once_the_database_is_known_to_be_up_to_date(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    Client().get("/health")
    with django_assert_max_num_queries(8):  # three of them about checkpoints
        Client().get("/health")


def test_a_silent_worker_is_named(heartbeat: Path) -> None:
    long_ago = time.time() - 90
    os.utime(heartbeat, (long_ago, long_ago))
    response = Client().get("/health")
    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == "the worker has been silent for 90 seconds"
    heartbeat.unlink()
    assert Client().get("/health").json()["checks"]["worker"] == "the worker has not started"


def test_a_worker_that_hangs_in_a_job_is_named_and_then_no_longer_believed_in(heartbeat: Path) -> None:
    for seconds, status, word in ((60, 200, "ok"), (180, 200, "attention"), (1000, 503, "unavailable")):
        signs.beat(Path(settings.DESAGRAVO_DATA), "mail.customer")
        then = time.time() - seconds
        os.utime(heartbeat, (then, then))
        response = Client().get("/health")
        assert (response.status_code, response.json()["status"]) == (status, word)
    assert "since it began mail.customer" in response.json()["checks"]["worker"]
    assert response.json()["checks"]["job"] == "the worker has been busy with mail.customer for 1000 seconds"


@pytest.mark.parametrize(
    ("free", "status", "word", "check", "told"),
    [
        (0, 503, "unavailable", "disk", "less than 32 MB of disk space is left for the data"),
        (100 * 2**20, 200, "attention", "room", "less than 200 MB of disk space is left for the data"),
    ],
)
def test_a_full_disk_is_named(
    monkeypatch: pytest.MonkeyPatch, free: int, status: int, word: str, check: str, told: str
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 10, free))
    response = Client().get("/health")
    assert (response.status_code, response.json()["status"]) == (status, word)
    assert response.json()["checks"][check] == told


def test_a_failure_tells_its_kind_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DatabaseError("password=secret host=10.0.0.1")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    response = Client().get("/health")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "failed: DatabaseError"
    assert b"secret" not in response.content


def test_only_reading_is_offered() -> None:
    assert Client().post("/health").status_code == 405
    assert Client().head("/health").status_code == 200
