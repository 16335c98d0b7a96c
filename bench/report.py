"""The figures as a page: docs/measured/main-job.md, made from main-job.json and never written by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

AIMS = {
    "W1": 15,
    "W2 all": {"1000": 8, "100000": 10, "imported": 10},
    "W2 own": {"1000": 8, "100000": 10, "imported": 10},
    "W3": 15,
    "W4 rare": 8,
    "W4 common": 15,
    "W5": 25,
}
"""CPU ms an operation, from ../shared/design/performance.md."""
ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def write(results: dict[str, Any], path: Path) -> None:
    """Keep the results, and make the page of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    path.with_suffix(".md").write_text(page(results))


def page(results: dict[str, Any]) -> str:
    """The whole page as Markdown."""
    machine = results["machine"]
    lines = [
        "# The main job, measured",
        "",
        "Made by the command below from `main-job.json`; do not edit by hand.",
        "",
        f"    {results['command']}",
        "",
        f"{results['when']}, {machine['processor']}, {machine['cores']} cores, Python {machine['python']}, load at the "
        f"beginning {machine['load']}. Where other work ran on the machine, wall times are too long, and CPU times are "
        "higher too.",
        "",
        "An operation is everything a person waits for, each request that the page needs, on one connection that stays "
        "open; the answer is checked. CPU is that of the web processes and the database together, for one operation. "
        "The worker stood still meanwhile. “By hand” is the CPU time of the page's main question, sent through the "
        "database's own driver without Django. “Of it database” is PostgreSQL's part; SQLite works inside the web "
        "processes. Two web processes of four threads each.",
        "",
        *([f"**{results['note']}**", ""] if results.get("note") else []),
        *_limits(results.get("limits", {})),
        *_figures(results.get("figures", {})),
        *_ratios(results.get("figures", {})),
        *_memory(results),
    ]
    return "\n".join(lines) + "\n"


def _limits(limits: dict[str, Any]) -> list[str]:
    if not limits:
        return []
    view, commit = limits["one_line_view"], limits["sqlite_commit"]
    return [
        "## Limits to compare with",
        "",
        "| | CPU ms | wall ms |",
        "|---|---|---|",
        f"| a Django view with a one-line template, one request | {view['cpu_ms']:.2f} | {view['p50_ms']:.2f} |",
        f"| one commit in SQLite with full sync | {commit['cpu_ms']:.2f} | {commit['wall_ms']:.2f} |",
        "",
    ]


def _figures(figures: dict[str, Any]) -> list[str]:
    lines = []
    for engine, sizes in figures.items():
        for size, told in sizes.items():
            lines += [
                f"## {ENGINES[engine]}, {told['cases']:,} cases{' (imported)' if size == 'imported' else ''}",
                "",
                "| | operation | clients | CPU ms | aim | by hand | of it database "
                "| p50 ms | p95 ms | requests/s | errors |",
                "|---|---|---|---|---|---|---|---|---|---|---|",
            ]
            for key, operation in told["operations"].items():
                for cost in operation["costs"]:
                    lines.append(_row(key, operation, cost, size, told.get("by_hand", {}).get(key, "")))
            lines.append("")
    return lines


def _row(key: str, operation: dict[str, Any], cost: dict[str, Any], size: str, by_hand: float | str) -> str:
    aim = AIMS.get(key, "")
    aim = aim.get(size, "") if isinstance(aim, dict) else aim
    return (
        f"| {key} | {operation['what']} | {cost['clients']} | {cost['cpu_ms']:.1f} | {aim} | {by_hand} "
        f"| {cost['database_ms']:.1f} "
        f"| {cost['p50_ms']:.1f} | {cost['p95_ms']:.1f} | {cost['requests_per_second']:.0f} | {cost['errors']} |"
    )


def _ratios(figures: dict[str, Any]) -> list[str]:
    rows = []
    for engine, sizes in figures.items():
        numbered = sorted(int(size) for size in sizes if size.isdigit())
        if len(numbered) < 2:
            continue
        small, large = str(numbered[0]), str(numbered[-1])
        for key, operation in sizes[large]["operations"].items():
            other = sizes[small]["operations"].get(key)
            if other:
                ratio = operation["costs"][0]["cpu_ms"] / other["costs"][0]["cpu_ms"]
                rows.append(f"| {ENGINES[engine]} | {key} | {int(small):,} → {int(large):,} | {ratio:.2f} |")
    if not rows:
        return []
    return [
        "## How the cost grows with the number of cases (CPU, one client)",
        "",
        "| database | operation | cases | ratio |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _memory(results: dict[str, Any]) -> list[str]:
    lines = [
        "## Memory",
        "",
        "PSS: pages that processes share are counted once. Aims: a web process at most 200 MB, the idle demo 500 MB.",
        "",
        "| product | process | PSS MB | RSS MB |",
        "|---|---|---|---|",
    ]
    for engine, sizes in results.get("figures", {}).items():
        for told in sizes.values():
            name = f"{ENGINES[engine]}, {told['cases']:,} cases, after the figures above"
            lines += [f"| {name} | {each['what']} | {each['pss_mb']} | {each['rss_mb']} |" for each in told["memory"]]
    idle = results.get("idle_demo")
    if idle:
        lines += [f"| idle demo | {each['what']} | {each['pss_mb']} | {each['rss_mb']} |" for each in idle["processes"]]
        lines += [f"| **idle demo** | all | **{idle['pss_mb']}** | |", ""]
        lines += [f"The idle demo uses {idle['cpu_percent']} % of one core.", ""]
    return lines
