"""The product as processes: one line of JSON, one port, and nobody left behind."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.product import Product, bare_environment

pytestmark = pytest.mark.process


def family_of(product: Product) -> list[psutil.Process]:
    assert product.process is not None
    return psutil.Process(product.process.pid).children(recursive=True)


def wait_for(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def health(product: Product) -> dict[str, Any]:
    with urllib.request.urlopen(product.url + "/health", timeout=10) as answer:
        return json.load(answer)  # type: ignore[no-any-return]


def healthy(product: Product) -> bool:
    try:
        return health(product)["status"] == "ok"
    except OSError:
        return False


def the_one_with(processes: list[psutil.Process], words: str) -> psutil.Process:
    return next(each for each in processes if words in " ".join(each.cmdline()))


def is_worker(process: psutil.Process) -> bool:
    return "operations work" in " ".join(process.cmdline())


def test_one_line_of_json_then_silence_and_a_clean_end(tmp_path: Path) -> None:
    product = Product("start", data=tmp_path / "data")
    product.start()
    children = family_of(product)
    able = ["database", "migrations", "history", "worker", "disk"]
    left_lying = ["work", "job", "dead letters", "submissions", "backup", "checkpoints", "room"]
    assert health(product)["checks"] == dict.fromkeys([*able, *left_lying], "ok")
    process = product.process
    assert process is not None
    assert process.stdout is not None
    process.send_signal(2)
    assert process.stdout.read() == ""
    assert product.stop() == 0
    assert len(children) >= 4
    assert alive(children) == []


def test_it_runs_on_each_database(tmp_path: Path, engine: str, own_database: str) -> None:
    with Product("start", data=tmp_path / "data", database_url=own_database) as product:
        assert health(product)["status"] == "ok"
        assert (tmp_path / "data" / "desagravo.sqlite3").exists() is (engine == "sqlite")
        command = [sys.executable, "-m", "desagravo.operations", "verify", "--json", "--data", str(tmp_path / "data")]
        done = subprocess.run(command, env=bare_environment(own_database), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["ok"] is True


def test_what_is_kept_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with Product("start", data=tmp_path / "data"):
        folders = [tmp_path / "data", tmp_path / "data" / "keys", tmp_path / "data" / "run"]
        assert [oct(folder.stat().st_mode & 0o777) for folder in folders] == ["0o700"] * 3
        keys = [path for path in (tmp_path / "data" / "keys").iterdir() if path.is_file()]
        assert (tmp_path / "data" / "keys" / "django_secret") in keys
        assert {oct(path.stat().st_mode & 0o777) for path in keys} == {"0o600"}


def test_children_end_with_their_parent_even_after_kill_9(tmp_path: Path) -> None:
    product = Product("start", data=tmp_path / "data")
    product.start()
    children = family_of(product)
    product.kill()
    assert wait_for(lambda: not alive(children)), alive(children)
    with Product("start", data=tmp_path / "data") as again:
        assert healthy(again)


def test_whoever_dies_is_started_again_and_leaves_nobody_behind(tmp_path: Path) -> None:
    with Product("start", data=tmp_path / "data") as product:
        server = the_one_with(family_of(product), "operations.serve")
        its_children = server.children(recursive=True)
        assert len(its_children) >= 2
        server.kill()
        assert wait_for(lambda: not alive(its_children))
        assert wait_for(lambda: healthy(product))

        worker = the_one_with(family_of(product), "operations work")
        worker.kill()
        assert wait_for(lambda: any(is_worker(each) for each in alive(family_of(product))))
        assert "The worker ended by itself (signal 9)" in product.errors()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "desagravo.operations", "start", "--port", str(port), "--data", str(tmp_path)]
        done = subprocess.run(command, env=bare_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"desagravo: Port {port} is taken by another program. Stop it, or choose another with --port.\n"
    )


def test_one_folder_serves_one_product(tmp_path: Path) -> None:
    with Product("start", data=tmp_path / "data"):
        command = [sys.executable, "-m", "desagravo.operations", "start", "--data", str(tmp_path / "data")]
        done = subprocess.run(command, env=bare_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "is running with the folder" in done.stderr


def test_verify_says_so_when_there_is_no_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "desagravo.operations", "verify", "--data", str(tmp_path / "nothing")]
    done = subprocess.run(command, env=bare_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "there is no data in" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_verify_of_a_folder_without_a_product_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "desagravo.operations", "verify", "--data", str(tmp_path)]
    done = subprocess.run(command, env=bare_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "has never been started" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_is_heard_in_the_background_of_a_shell(tmp_path: Path) -> None:
    """A shell starts what it puts into the background with SIGINT ignored."""
    background = ["sh", "-c", '"$@" & echo $! >&2; wait', "sh", sys.executable, "-m", "desagravo.operations"]
    with Product("start", data=tmp_path, program=background) as product:
        running = psutil.Process(int(product.errors().split()[0]))
        running.send_signal(signal.SIGINT)
        _gone, left = psutil.wait_procs([running], timeout=20)
        assert left == []
