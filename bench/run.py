"""All figures of the main job, into docs/measured: ``python -m bench.run --work DIR`` (see docs/measured/README.md).

Fills the databases it does not find in the work folder, starts the product on each, measures, and writes
``docs/measured/main-job.json`` and ``main-job.md``. What was measured before and not now stays.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import limits
from bench.browser import Browser
from bench.databases import database
from bench.fill import IMPORTED
from bench.measure import Processes, memory, repeat
from bench.operations import operations
from bench.product import asleep, one_line_view, part, postmaster, running
from bench.report import write

RESULTS = Path(__file__).parents[1] / "docs" / "measured" / "main-job.json"
IDLE_SECONDS = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure the main job.")
    parser.add_argument("--work", type=Path, required=True, help="folder for the databases; kept for the next run")
    parser.add_argument("--cases", nargs="+", default=["1000", "100000", "imported"], help="numbers, or imported")
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"], choices=["sqlite", "postgres"])
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 8])
    parser.add_argument("--count", type=int, default=200, help="operations for each figure")
    parser.add_argument("--only", default="", help="only operations that begin with this, for instance W4")
    parser.add_argument("--no-by-hand", action="store_true", help="leave out the pages' questions through the driver")
    parser.add_argument("--no-memory", action="store_true", help="leave out the idle demo")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the JSON file; the Markdown lies beside it")
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    results = json.loads(asked.results.read_text()) if asked.results.is_file() else {}
    results |= {"command": "python -m bench." + " ".join(["run", *sys.argv[1:]]), "when": _now(), "machine": _machine()}
    results.pop("note", None)
    results["limits"] = _limits(asked.work, asked.count)
    write(results, asked.results)
    for engine in asked.engines:
        for size in asked.cases:
            told = _measured(asked, engine, size)
            kept = results.setdefault("figures", {}).setdefault(engine, {}).get(size, {})
            told["operations"] = {**kept.get("operations", {}), **told["operations"]}
            results["figures"][engine][size] = told
            write(results, asked.results)
    if not asked.no_memory:
        results["idle_demo"] = _idle_demo(asked.work)
        write(results, asked.results)
    return 0


def _measured(asked: argparse.Namespace, engine: str, size: str) -> dict[str, Any]:
    folder = asked.work / f"{engine}-{size}"
    _say(f"{engine}, {size} cases: filling {folder}")
    cases = str(IMPORTED) if size == "imported" else size
    subprocess.run(
        [sys.executable, "-m", "bench.fill", "--cases", cases, "--data", str(folder), "--engine", engine], check=True
    )
    told = json.loads((folder / "bench.json").read_text())
    by_hand = {} if asked.no_by_hand else _by_hand(folder, engine)
    with database(engine, folder) as url, running("start", folder, url, DESAGRAVO_DEMO="1") as (address, root):
        processes = Processes(part(root, ".serve").pid, postmaster(folder) if engine == "postgres" else None)
        figures: dict[str, Any] = {}
        with asleep(part(root, " work")):
            for key, (what, who, operation) in operations(told).items():
                if not key.startswith(asked.only):
                    continue
                figures[key] = {"what": what, "who": who, "costs": []}
                for clients in asked.clients:
                    browsers = [_browser(address, told, who, number) for number in range(clients)]
                    cost = repeat(operation, browsers, count=asked.count, processes=processes)
                    figures[key]["costs"].append(cost.as_dict())
                    _say(
                        f"  {key:<10} {clients} clients: {cost.cpu_ms:7.2f} CPU ms, p50 {cost.p50_ms:6.1f} ms, "
                        f"p95 {cost.p95_ms:6.1f}, {cost.requests_per_second:6.1f} requests/s {cost.first_error[:200]}"
                    )
        used = memory(root)
    return {"cases": told["cases"], "operations": figures, "memory": used, "by_hand": by_hand, "when": _now()}


def _browser(address: str, told: dict[str, Any], who: str, number: int) -> Browser:
    browser = Browser(address)
    if who == "agent":
        browser.sign_in(told["agents"][number % len(told["agents"])], told["password"])
    elif who == "manager":
        browser.sign_in(told["manager"], told["password"])
    return browser


def _limits(work: Path, count: int) -> dict[str, Any]:
    """What the figures are to be compared with, measured in the same run."""
    with one_line_view() as (address, root):
        time.sleep(1)
        view = repeat(
            lambda browser: browser.get("/"), [Browser(address)], count=count * 5, processes=Processes(root.pid, None)
        )
    return {"one_line_view": view.as_dict(), "sqlite_commit": limits.commits(work)}


def _by_hand(folder: Path, engine: str) -> dict[str, float]:
    """CPU ms of the pages' questions, sent through the driver; in a process of its own, because it sets Django up."""
    command = [sys.executable, "-m", "bench.by_hand", "--data", str(folder), "--engine", engine]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith('{"W')))


def _idle_demo(work: Path) -> dict[str, Any]:
    """Memory of a new demo after it has stood still for a while, and the CPU time that it uses meanwhile."""
    import shutil

    folder = work / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    with running("demo", folder, "") as (_address, root):
        time.sleep(IDLE_SECONDS)
        before = _seconds(root)
        time.sleep(IDLE_SECONDS)
        used = (_seconds(root) - before) / IDLE_SECONDS
        parts = memory(root)
    return {
        "processes": parts,
        "pss_mb": round(sum(each["pss_mb"] for each in parts), 1),
        "cpu_percent": round(used * 100, 2),
    }


def _seconds(root: Any) -> float:
    return sum(
        times.user + times.system
        for times in (process.cpu_times() for process in (root, *root.children(recursive=True)))
    )


def _machine() -> dict[str, Any]:
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    load = os.getloadavg()[0]
    return {"processor": model, "cores": os.cpu_count(), "python": platform.python_version(), "load": round(load, 1)}


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
