"""Doing an operation many times with so many clients, and what it cost the product's processes."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import psutil

from bench.browser import Browser


@dataclass(frozen=True)
class Cost:
    """One figure: CPU ms an operation (web and database), wall times in ms, operations and requests a second."""

    clients: int
    done: int
    errors: int
    cpu_ms: float
    web_ms: float
    database_ms: float
    p50_ms: float
    p95_ms: float
    operations_per_second: float
    requests_per_second: float
    first_error: str = ""

    def as_dict(self) -> dict:
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


class Processes:
    """The web server's and the database's processes, and what CPU time they have used."""

    def __init__(self, web: int, database: int | None) -> None:
        self.web = psutil.Process(web)
        self.database = psutil.Process(database) if database else None

    def seconds(self) -> tuple[float, float]:
        return _tree_seconds(self.web), _tree_seconds(self.database) if self.database else 0.0


def _tree_seconds(root: psutil.Process) -> float:
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    ended = root.cpu_times()
    return total + ended.children_user + ended.children_system


def memory(root: psutil.Process) -> list[dict]:
    """Each process of a product: what it is, and its memory in MB; PSS counts shared pages once."""
    told = []
    for process in (root, *root.children(recursive=True)):
        try:
            full = process.memory_full_info()
            command = " ".join(process.cmdline())
        except psutil.Error:
            continue
        told.append({"what": _what(process, command), "pss_mb": _mb(full.pss), "rss_mb": _mb(full.rss)})
    return told


def _what(process: psutil.Process, command: str) -> str:
    if "desagravo.operations.serve" in command:
        parent = process.parent()
        return "web process" if parent and "operations.serve" in " ".join(parent.cmdline()) else "web server"
    if command.endswith("desagravo.operations work"):
        return "worker"
    if "postgres" in command.split(" ", maxsplit=1)[0]:
        return "database"
    if "resource_tracker" in command or "spawn_main" in command:
        return "web process" if "spawn_main" in command else "resource tracker"
    return "launcher" if "operations" in command or "desagravo" in command else command[:40]


def _mb(size: int) -> float:
    return round(size / 1e6, 1)


def repeat(
    operation: Callable[[Browser], None],
    browsers: Sequence[Browser],
    *,
    count: int,
    processes: Processes,
    warm: int = 5,
) -> Cost:
    """Do it ``count`` times altogether, each client its share, all at once."""
    for browser in browsers:
        for _round in range(warm):
            operation(browser)
    walls: list[float] = []
    errors: list[str] = []
    lock = threading.Lock()
    each = -(-count // len(browsers))

    def work(browser: Browser) -> None:
        for _round in range(each):
            started = time.perf_counter()
            try:
                operation(browser)
            except Exception as problem:
                with lock:
                    errors.append(f"{type(problem).__name__}: {problem}"[:500])
            with lock:
                walls.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work, args=(browser,)) for browser in browsers]
    sent = sum(browser.requests for browser in browsers)
    web, database = processes.seconds()
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - started
    web_after, database_after = processes.seconds()
    sent = sum(browser.requests for browser in browsers) - sent
    done = len(walls)
    walls.sort()
    return Cost(
        clients=len(browsers),
        done=done,
        errors=len(errors),
        cpu_ms=(web_after - web + database_after - database) * 1000 / done,
        web_ms=(web_after - web) * 1000 / done,
        database_ms=(database_after - database) * 1000 / done,
        p50_ms=statistics.median(walls) * 1000,
        p95_ms=walls[min(done - 1, int(done * 0.95))] * 1000,
        operations_per_second=done / wall,
        requests_per_second=sent / wall,
        first_error=errors[0] if errors else "",
    )
