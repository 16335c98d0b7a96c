"""`./desagravo`: installs once, builds when a source changed, hands everything else on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UV = r"""#!/bin/sh
echo "uv $*" >> "{root}/calls"
if [ -e "{root}/offline" ]; then echo "error: Failed to fetch: dns error" >&2; exit 2; fi
mkdir -p "{root}/.venv/bin" "{root}/src/desagravo/static/desagravo"
cat > "{root}/.venv/bin/python" <<'END'
#!/bin/sh
echo "python $(basename $1)" >> "{root}/calls"
touch "{root}/src/desagravo/static/desagravo/app.css"
END
printf '#!/bin/sh\necho "product $*"\n' > "{root}/.venv/bin/desagravo"
chmod +x "{root}/.venv/bin/python" "{root}/.venv/bin/desagravo"
"""


@pytest.fixture
def checkout(tmp_path: Path, repository: Path) -> Path:
    """A checkout in which uv, Python and the product only note that they were called."""
    shutil.copy(repository / "desagravo", tmp_path / "desagravo")
    for name in (
        "uv.lock",
        "pyproject.toml",
        "package-lock.json",
        "tools/build_assets.py",
        "tools/build_catalogues.py",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    for name in ("assets/css/a.css", "src/desagravo/locale/pt/LC_MESSAGES/django.po"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "src/desagravo/locale/pt/LC_MESSAGES/django.mo").touch()
    uv = tmp_path / ".tools" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.write_text(UV.format(root=tmp_path))
    uv.chmod(0o755)
    return tmp_path


def launch(checkout: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    calls = checkout / "calls"
    calls.write_text("")
    done = subprocess.run([sys.executable, checkout / "desagravo", *arguments], capture_output=True, text=True, cwd="/")
    return done, calls.read_text().splitlines()


def test_the_first_start_installs_builds_and_hands_on(checkout: Path) -> None:
    done, calls = launch(checkout, "demo", "--port", "1234")
    assert done.stdout == "product demo --port 1234\n"
    assert calls[0].startswith("uv sync --frozen --extra postgres --group assets")
    assert "--group dev" not in calls[0]
    assert calls[1:] == ["python build_catalogues.py", "python build_assets.py"]


def test_nothing_is_done_again_while_nothing_has_changed(checkout: Path) -> None:
    launch(checkout, "demo")
    done, calls = launch(checkout, "verify", "--json")
    assert done.stdout == "product verify --json\n"
    assert calls == []
    assert done.stderr == ""


@pytest.mark.parametrize(("changed", "again"), [("uv.lock", "uv sync"), ("assets/css/a.css", "python build_assets.py")])
def test_a_changed_source_is_noticed(checkout: Path, changed: str, again: str) -> None:
    launch(checkout, "demo")
    (checkout / changed).write_text("changed")
    _done, calls = launch(checkout, "demo")
    assert any(call.startswith(again) for call in calls)


def test_check_installs_what_tests_need_and_later_starts_keep_it(checkout: Path) -> None:
    launch(checkout, "demo")
    _done, calls = launch(checkout, "check", "--only", "x")
    assert "--group dev" in calls[0]
    assert calls[-1] == "python check.py"
    (checkout / "uv.lock").write_text("changed")
    _done, calls = launch(checkout, "demo")
    assert "--group dev" in calls[0]


def test_a_registry_out_of_reach_is_said_in_plain_words(checkout: Path) -> None:
    (checkout / "offline").touch()
    done, _calls = launch(checkout, "demo")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "The package registry may be out of reach" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_is_told_what_to_do(checkout: Path) -> None:
    code = (
        "import sys; sys.version_info = (3, 10, 2, 'final', 0); import runpy; runpy.run_path('desagravo', run_name='x')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 1
    assert done.stderr.startswith("Desagravo needs Python 3.11 or newer; this is 3.10.")
