"""The surroundings: the database by its address, keys that only their owner can read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import override_settings

from desagravo.settings import surroundings


def test_an_address_of_postgresql_is_taken_apart(tmp_path: Path) -> None:
    found = surroundings.database("postgresql://ana:p%40ss@db.example:5433/complaints?sslmode=require", folder=tmp_path)
    assert found["ENGINE"].endswith("postgresql")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        ("ana", "p@ss", "db.example", "5433", "complaints")
    )
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] > 1


def test_a_folder_can_be_the_host(tmp_path: Path) -> None:
    found = surroundings.database("postgres://postgres@/desagravo?host=/var/run/postgresql", folder=tmp_path)
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/var/run/postgresql", "", "desagravo")
    assert "host" not in found["OPTIONS"]


def test_sqlite_is_the_default_and_can_be_named(tmp_path: Path) -> None:
    assert surroundings.database("", folder=tmp_path)["NAME"] == str(tmp_path / "desagravo.sqlite3")
    assert surroundings.database("sqlite:////srv/x.sqlite3", folder=tmp_path)["NAME"] == "/srv/x.sqlite3"
    assert surroundings.database("sqlite:///srv/x.sqlite3", folder=tmp_path)["NAME"] == "/srv/x.sqlite3"


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must begin with"):
        surroundings.database("mysql://localhost/x", folder=tmp_path)


def test_a_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    first = surroundings.key(tmp_path, "django_secret")
    assert len(first) > 60
    assert surroundings.key(tmp_path, "django_secret") == first
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["django_secret"]
    assert (tmp_path / "keys" / "django_secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_sqlite_keeps_what_it_acknowledges(tmp_path: Path) -> None:
    """As the product runs it, not as the tests do."""
    code = (
        "import django; django.setup(); from django.db import connection as c; k = c.cursor()\n"
        "for name in ('journal_mode', 'synchronous', 'recursive_triggers', 'foreign_keys', 'busy_timeout'):\n"
        "    print(k.execute('PRAGMA ' + name).fetchone()[0])\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "desagravo.settings.base", "DESAGRAVO_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["wal", "2", "1", "1", "5000"]


@override_settings(PASSWORD_HASHERS=["desagravo.common.passwords.Argon2"])
def test_passwords_are_kept_with_argon2id_of_19_mib() -> None:
    kept = make_password("a long enough password")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("a long enough password", kept)


@pytest.mark.django_db
def test_nobody_makes_an_account_for_themselves() -> None:
    from allauth.account.adapter import get_adapter

    assert get_adapter().is_open_for_signup(None) is False


def test_https_switches_on_what_only_works_over_https(tmp_path: Path) -> None:
    code = (
        "from desagravo.settings import base as s\n"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_NAME, s.SECURE_HSTS_SECONDS > 0)"
    )
    for https, expected in {"1": "__Host-session True __Host-csrf True", "": "session False csrf False"}.items():
        environment = {**os.environ, "DESAGRAVO_HTTPS": https, "DESAGRAVO_DATA": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected
