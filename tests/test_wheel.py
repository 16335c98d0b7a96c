"""The wheel in an empty environment: no Node.js, no checkout, and the demo runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import psutil
import pytest

from tests.product import Product

pytestmark = pytest.mark.wheel


def uv(repository: Path) -> str:
    own = repository / ".tools" / "bin" / "uv"
    found = str(own) if own.is_file() else shutil.which("uv")
    if found is None:
        pytest.fail("uv is missing: run ./desagravo check")
    return found


def run(*command: str | Path, cwd: Path) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source archive, as whoever has only that would build it."""
    repository = Path(__file__).resolve().parents[1]
    target = tmp_path_factory.mktemp("dist")
    run(uv(repository), "build", "--quiet", "--out-dir", target, "--python", sys.executable, cwd=repository)
    return next(target.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel and its locked dependencies, and nothing else."""
    repository = Path(__file__).resolve().parents[1]
    folder = tmp_path_factory.mktemp("environment")
    locked = folder / "locked.txt"
    run(uv(repository), "export", "--quiet", "--frozen", "--no-emit-project", "-o", locked, cwd=repository)
    run(uv(repository), "venv", "--quiet", "--python", sys.executable, folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    run(uv(repository), "pip", "install", "--quiet", "--python", python, "-r", locked, wheel, cwd=folder)
    return folder / "env" / "bin"


def test_the_wheel_carries_what_was_built(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in ("app.css", "desk.js", "portal.js"):
        assert f"desagravo/static/desagravo/{name}" in names
    sources = {name for name in names if name.endswith(".po")}
    assert {name.removesuffix("po") + "mo" for name in sources} <= names
    assert not [name for name in names if name.startswith(("tests/", "assets/", "node_modules/"))]


def test_the_demo_runs_without_node(installed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    surroundings = {"PATH": f"{installed}{os.pathsep}{empty}", "PYTHONPATH": "", "HOME": str(tmp_path)}
    assert shutil.which("node", path=surroundings["PATH"]) is None
    program = [str(installed / "desagravo")]
    product = Product("demo", data=tmp_path / "data", environment=surroundings, program=program)
    with product:
        assert product.process is not None
        children = psutil.Process(product.process.pid).children(recursive=True)
        with urllib.request.urlopen(product.url + "/health", timeout=10) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(product.url + "/", timeout=10) as answer:
            page = answer.read().decode()
        style = re.search(r'href="(/static/desagravo/app\.[0-9a-f]{12}\.css)"', page)
        assert style, page
        with urllib.request.urlopen(product.url + style[1], timeout=10) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        assert {person.role for person in product.sign_ins} >= {"intake", "handler", "supervisor", "manager"}
    assert psutil.wait_procs(children, timeout=10)[1] == []
