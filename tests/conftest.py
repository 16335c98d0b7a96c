"""What all tests share: which tests touch the database, and the product as a real process."""

from __future__ import annotations

import importlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.product import Product

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
ENGINES = ("sqlite", "postgres")
POSTGRES = "DESAGRAVO_TEST_POSTGRES"
"""Environment variable with the address of a PostgreSQL for tests; ./desagravo check starts one and sets it."""


NO_EDITION_PUBLISHED = (float("inf"), [])
"""What ``rulebook.stored`` remembers: asked for good, none found. Tests without a database need none for the rules."""


def pytest_collection() -> None:
    """Test files ask the rulebook while they are read, for their parameters."""
    stored: Any = importlib.import_module("desagravo.rulebook.stored")
    stored._days = NO_EDITION_PUBLISHED


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests: those with a database run on both engines, the others once."""
    on_postgres = os.environ.get("DESAGRAVO_DATABASE_URL", "").startswith("postgres")
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        alone = item.get_closest_marker("process") or item.get_closest_marker("browser")
        if not alone and (item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES):
            item.add_marker(pytest.mark.database)
        if item.get_closest_marker("sqlite_only") and on_postgres:
            item.add_marker(pytest.mark.skip(reason="about SQLite"))
        if item.get_closest_marker("postgres_only") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="about PostgreSQL"))
        if item.get_closest_marker("browser"):
            # One product for the browser tests of one file, and not one in every process of xdist.
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if item.get_closest_marker("browser") and chromium() is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is missing"))


@pytest.fixture(autouse=True)
def open_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product of a test was set up, unless it is about setting up (``queries.forget_opening``)."""
    queries = importlib.import_module("desagravo.departments.queries.organisation")  # a function has its name too
    monkeypatch.setattr(queries, "_open", True)


@pytest.fixture(autouse=True)
def nothing_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process remembers its newest looks; the cases and people of another test have the same numbers."""
    monkeypatch.setattr(importlib.import_module("desagravo.cases.actions.look"), "_seen", {})


@pytest.fixture(autouse=True)
def calendars_anew() -> None:
    """A process remembers the days of its places for ten seconds; those of another test are others."""
    importlib.import_module("desagravo.departments.queries.calendar").forget_calendars()


@pytest.fixture(autouse=True)
def editions_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The starter edition is in force until the test publishes another; nothing is known of another test's editions."""
    importlib.import_module("desagravo.rulebook.edition").forget()
    stored = importlib.import_module("desagravo.rulebook.stored")
    monkeypatch.setattr(stored, "_days", NO_EDITION_PUBLISHED)


def chromium() -> str | None:
    """Where the browser is: DESAGRAVO_CHROMIUM, or Debian's."""
    return os.environ.get("DESAGRAVO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    if path is None:
        pytest.skip("Chromium is missing")
    return path


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn; PostgreSQL only where one is at hand."""
    if request.param == "postgres" and not os.environ.get(POSTGRES):
        pytest.skip(f"no PostgreSQL for tests: run ./desagravo check, or set {POSTGRES}")
    return str(request.param)


@pytest.fixture(scope="session")
def database_url(engine: str) -> Iterator[str]:
    """The address of an empty database of its own; empty for SQLite, which lies in the data folder."""
    if engine == "sqlite":
        yield ""
        return
    with new_postgres_database() as url:
        yield url


@pytest.fixture
def own_database(engine: str) -> Iterator[str]:
    """The same for one test alone: where the files of other tests' cases would be missed."""
    if engine == "sqlite":
        yield ""
        return
    with new_postgres_database() as url:
        yield url


def new_postgres_database() -> PostgresDatabase:
    """A database of its own on the tests' PostgreSQL, dropped at the end."""
    return PostgresDatabase(os.environ[POSTGRES])


class PostgresDatabase:
    def __init__(self, server: str) -> None:
        self.server = server
        self.name = f"product_{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> str:
        self._run(f'CREATE DATABASE "{self.name}"')
        address, _, options = self.server.partition("?")
        return f"{address.rpartition('/')[0]}/{self.name}" + (f"?{options}" if options else "")

    def __exit__(self, *_: object) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, database_url: str, engine: str) -> Iterator[Product]:
    """The demo as a person starts it: web server, worker, sample company, on each database.

    `product.url`, `product.sign_in("manager")`, `product.data`.
    """
    data = tmp_path_factory.mktemp(f"product-{engine}")
    with Product("demo", data=data, database_url=database_url) as running:
        yield running


@pytest.fixture
def repository() -> Path:
    return Path(__file__).resolve().parents[1]
