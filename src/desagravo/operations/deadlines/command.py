"""The command: reads, computes, prints one JSON object per milestone, and compares with what is expected."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from desagravo.operations.deadlines.computing import compute, overflow
from desagravo.operations.deadlines.reading import Broken, read


def run(path: Path) -> int:
    """0 if everything is as expected, 1 if something differs, 2 if the file cannot be computed. Nothing is printed then
    but what is wrong."""
    try:
        cases, remarks = read(path)
        results, problems = [], []
        for case in cases:
            try:
                results += [(case, each) for each in compute(case)]
            except Broken as broken:
                problems += broken.problems
            except (OverflowError, ValueError) as error:
                problems.append(overflow(case, error))
        if problems:
            raise Broken(problems)
    except Broken as broken:
        for problem in broken.problems:
            print(f"desagravo: {problem}", file=sys.stderr)
        return 2
    for remark in remarks:
        print(f"desagravo: {remark}", file=sys.stderr)
    differences = []
    for case, result in results:
        print(json.dumps(result.as_json(), ensure_ascii=False))
        differences += list(result.differences(case.expected.get(result.milestone, {})))
    for difference in differences:
        print(f"desagravo: {difference}", file=sys.stderr)
    return 1 if differences else 0
