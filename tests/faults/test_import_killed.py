"""F22: the import of ten thousand rows is killed again and again; it goes on where it was, and its report is exact."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.conftest import new_postgres_database
from tests.doors.operations.test_import import complaint, written
from tests.product import bare_environment
from tests.promises.invariants import broken

pytestmark = [pytest.mark.process, pytest.mark.long]


@pytest.mark.parametrize("rows", [2_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_an_import_that_is_killed_goes_on_and_tells_exactly(tmp_path: Path, engine: str, rows: int) -> None:
    wrong = {place for place in range(1, rows + 1) if place % 97 == 0}
    lines = [complaint(place, day="2015-13-45" if place in wrong else "2015-01-02") for place in range(1, rows + 1)]
    file, report, data = written(tmp_path, *lines), tmp_path / "report.csv", tmp_path / "data"
    chance = Random(rows)
    url = ""
    if engine == "postgres":
        database = new_postgres_database()
        url = database.__enter__()
    command = [sys.executable, "-m", "desagravo.operations", "import-cases", str(file), "--mapping", "cfpb"]
    command += ["--report", str(report), "--json", "--data", str(data)]
    try:
        kills = 0
        while kills < 5:
            with subprocess.Popen(command, env=bare_environment(url), stderr=subprocess.PIPE, text=True) as run:
                assert run.stderr
                for line in run.stderr:
                    if "rows read" in line or "Going on" in line:
                        time.sleep(chance.random() * 2)
                        break
                if run.poll() is not None:
                    break
                run.kill()
                kills += 1
        done = subprocess.run(command, env=bare_environment(url), capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert kills or rows < 10_000
        assert (told["rows"], told["taken"], told["refused"]) == (rows, rows - len(wrong), len(wrong))
        with report.open(newline="", encoding="utf-8") as refused:
            assert sorted(int(each["row"]) for each in csv.DictReader(refused)) == sorted(wrong)
        assert broken(data, url, at_rest=False) == []
        print({"rows": rows, "kills": kills})
    finally:
        if url:
            database.__exit__()
