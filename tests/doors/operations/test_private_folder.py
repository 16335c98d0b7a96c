"""The data folder is closed to other accounts of the machine, also where the operator made it open."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desagravo.operations import cli, prepare


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "files" / "ab").mkdir(parents=True)
    for part in (folder, folder / "files", folder / "files" / "ab"):
        part.chmod(0o755)
    prepare.keep_private(folder)
    assert [mode(part) for part in (folder, folder / "files", folder / "files" / "ab")] == [0o700] * 3


def test_one_that_cannot_be_closed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refused)
    prepare.keep_private(tmp_path)
    assert str(tmp_path) in capsys.readouterr().err


def test_every_command_writes_for_its_own_account_only(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0o022)
    try:
        monkeypatch.setenv("DESAGRAVO_DATA", os.environ["DESAGRAVO_DATA"])  # put back at the end
        monkeypatch.setattr(cli, "_work", lambda _asked: 0)
        assert cli.main(["work", "--data", "/nonexistent"]) == 0
        assert os.umask(0o022) == 0o077
    finally:
        os.umask(before)


@pytest.mark.process
def test_the_database_of_a_folder_that_the_operator_made_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    environment = {
        **os.environ,
        "DESAGRAVO_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "desagravo.settings.base",
        "DESAGRAVO_DATA": str(folder),
    }
    command = [sys.executable, "-m", "desagravo.operations", "migrate", "--data", str(folder)]
    subprocess.run(command, check=True, env=environment, umask=0o022, capture_output=True)
    assert mode(folder) == 0o700
    assert mode(folder / "desagravo.sqlite3") == 0o600
