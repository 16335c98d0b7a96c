"""docs/security/asvs.md: every line is there once, and every test that it names exists. And the list of libraries."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tools import sbom

ROOT = Path(__file__).resolve().parents[2]
ASVS = ROOT / "docs" / "security" / "asvs.md"
STATES = ("met", "in part", "not met", "not applicable yet")


def lines() -> list[list[str]]:
    """Number, section, what it asks, state, where it is proved or what is missing."""
    found = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in ASVS.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    assert all(len(each) == 5 for each in found), [each[0] for each in found if len(each) != 5]
    return found


def test_all_seventy_two_lines_are_there_once() -> None:
    assert [int(each[0]) for each in lines()] == list(range(1, 73))


def test_each_says_how_it_stands_and_why() -> None:
    for number, section, asks, state, proof in lines():
        assert state in STATES, number
        assert section and asks and proof, number
        if state in {"met", "in part"}:
            assert "`tests/" in proof or "by reading" in proof, (
                f"{number} names no test and does not say that it was read"
            )
        if state in {"in part", "not met"}:
            assert "Missing:" in proof, f"{number} does not say what is missing"


def test_the_tests_that_are_named_exist() -> None:
    """Everything between backticks that looks like a test or a file of ours."""
    for number, *_middle, proof in lines():
        for name in re.findall(r"`((?:tests|src|tools|docs)/[^`]+)`", proof):
            path, _, function = name.partition("::")
            assert (ROOT / path).exists(), f"{number}: {path}"
            if function:
                assert re.search(rf"def {function}\(", (ROOT / path).read_text(encoding="utf-8")), f"{number}: {name}"


def test_the_count_above_the_table_is_right() -> None:
    text = ASVS.read_text(encoding="utf-8")
    for state in STATES:
        count = sum(each[3] == state for each in lines())
        assert f"**{count} {state}**" in text, f"{count} {state}"


@pytest.mark.skipif(not sbom.UV.is_file(), reason="uv is not in .tools")
def test_the_list_of_libraries_is_whole_and_each_has_its_digest() -> None:
    found = {each["name"]: each for each in sbom.bill()["components"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in [*project["dependencies"], *project["optional-dependencies"]["postgres"]]:
        name = re.split(r"[\[<>=~; ]", wanted)[0].lower().replace("_", "-")
        assert name in found, name
    for name, each in found.items():
        digests = each.get("hashes", []) + [
            digest for place in each.get("externalReferences", []) for digest in place.get("hashes", [])
        ]
        assert digests, f"{name} has no digest"
        assert each["version"], name


def test_every_library_is_locked_with_its_digest() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for package in lock["package"]:
        if "registry" in package["source"]:
            places = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
            assert places, package["name"]
            assert all(each["hash"].startswith("sha256:") for each in places), package["name"]
