"""The path of a case for docs/map.md, drawn from the table in cases/lifecycle.py.

    .venv/bin/python tools/path_diagram.py           prints it
    .venv/bin/python tools/path_diagram.py --write   puts it into docs/map.md, between its two marks

A test compares the document with what this makes, so that the two cannot differ.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desagravo.cases.lifecycle import PATH, STATUSES, Step

MAP = Path(__file__).resolve().parents[1] / "docs" / "map.md"
BEGIN = "<!-- the path of a case: made by tools/path_diagram.py -->"
END = "<!-- end of the path -->"


def section() -> str:
    """The diagram, and the table of what happens without a change of status."""
    return f"{diagram()}\n\n{table()}"


def diagram() -> str:
    """A Mermaid state diagram: one arrow from each status to each status that it can become, with the verbs on it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in PATH:
        for status in _in_order(step.leaves):
            if step.reaches:
                arrows.setdefault((status, step.reaches), []).append(step.verb)
    order = ("", *STATUSES)
    lines = [
        f"    {before or '[*]'} --> {after} : {', '.join(verbs)}"
        for (before, after), verbs in sorted(arrows.items(), key=lambda each: [order.index(name) for name in each[0]])
    ]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def table() -> str:
    """The verbs that leave the status as it is, with the statuses in which they are possible."""
    rows = [f"| `{step.verb}` | {_where(step)} | {_event(step)} |" for step in PATH if step.reaches is None]
    return "\n".join(["| Verb without a change of status | possible in | event |", "|---|---|---|", *rows])


def _event(step: Step) -> str:
    return f"`{step.event}`" if step.event else "none"


def _where(step: Step) -> str:
    others = _in_order(frozenset(STATUSES) - step.leaves)
    if len(others) < 3:
        return "all" + (f" but {' and '.join(others)}" if others else "")
    return ", ".join(_in_order(step.leaves))


def _in_order(statuses: frozenset[str]) -> list[str]:
    return sorted(statuses, key=("", *STATUSES).index)


def written() -> str:
    """What docs/map.md has between its marks now."""
    return MAP.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def main() -> int:
    if "--write" not in sys.argv[1:]:
        print(section())
        return 0
    before, _, rest = MAP.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    MAP.write_text(f"{before}{BEGIN}\n\n{section()}\n\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
