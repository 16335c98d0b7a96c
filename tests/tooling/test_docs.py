"""The documents say what the code says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from desagravo.cases import terms
from desagravo.cases.lifecycle import PATH, STATUSES
from desagravo.departments.authority import STAFF
from desagravo.history.registry import kinds
from desagravo.rulebook import queries as rulebook
from tools import path_diagram

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LANGUAGES = ("en", "pt-pt", "pt-br", "es")
STATES = ("works", "in part", "not yet")
CATALOGUE = ROOT / "src" / "desagravo" / "locale" / "pt" / "LC_MESSAGES" / "django.po"
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")

SCREEN_WORDS: dict[str, Mapping[str, object]] = {
    "Statuses of a case": terms.STATUS,
    "Channels": terms.CHANNEL,
    "Severities": terms.SEVERITY,
    "Roles": terms.ROLE,
    "Next steps": terms.NEXT_STEP,
    "Decisions on a point": terms.DECISION,
}


def rows(section: str) -> dict[str, list[str]]:
    """Code → the words in four languages, of one section of the glossary."""
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    found = [_cells(line) for line in part.splitlines() if line.startswith("| `")]
    codes = [cells[0].strip("`") for cells in found]
    assert len(set(codes)) == len(codes), f"a code stands twice under {section}"
    return {code: cells[1:5] for code, cells in zip(codes, found, strict=True)}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def agrees(section: str, expected: Mapping[str, Mapping[str, str]]) -> None:
    """The section has exactly these codes, every language has a word, and those expected are the ones."""
    found = rows(section)
    assert set(found) == set(expected), section
    for code, words in found.items():
        assert len(words) == len(LANGUAGES), f"{section}: {code}"
        assert all(words), f"{section}: {code} lacks a word"
        by_language = dict(zip(LANGUAGES, words, strict=True))
        for language, word in expected[code].items():
            assert by_language[language] == word, f"{section}: {code} in {language}"


def named(names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {code: {"en": name} for code, name in names.items()}


@pytest.mark.parametrize("section", SCREEN_WORDS)
def test_the_glossary_has_the_words_of_the_screens(section: str) -> None:
    agrees(section, named({code: _source(word) for code, word in SCREEN_WORDS[section].items()}))


def test_the_glossary_knows_every_status_and_role() -> None:
    assert set(rows("Statuses of a case")) == set(STATUSES)
    assert {role for roles in STAFF.values() for role in roles} <= set(rows("Roles"))


def test_the_glossary_knows_every_kind_of_event() -> None:
    ours = {name for name, kind in kinds().items() if kind.shape.__module__.startswith("desagravo.")}
    agrees("Kinds of event", {name: {} for name in ours})


def test_the_glossary_has_the_words_of_the_rulebook() -> None:
    departments, axes, codes, stages = {}, {}, {}, {}
    for language in ("en", "pt-pt"):
        for department in rulebook.departments(language):
            departments.setdefault(department.code, {})[language] = department.name
        for stage in rulebook.stages(language):
            stages.setdefault(stage.code, {})[language] = stage.name
        for axis in rulebook.closing_codes(language):
            axes.setdefault(axis.code, {})[language] = axis.name
            for code in axis.codes:
                codes.setdefault(f"{axis.code}.{code.code}", {})[language] = code.name
    agrees("Departments", departments)
    agrees("What the customer sees of it", stages)
    agrees("Axes of the closing section", axes)
    agrees("Closing codes", codes)


def test_the_glossary_knows_the_codes_of_the_tables() -> None:
    from desagravo.cases.models.answer import DOCUMENT_KINDS
    from desagravo.cases.models.message import KINDS

    agrees("Kinds of message", {code: {} for code in KINDS})
    agrees("Papers", {code: {} for code in DOCUMENT_KINDS})
    agrees("States of a question to a department", {c: {} for c in ("open", "answered", "declined", "withdrawn")})
    agrees("States of an answer", {code: {} for code in ("pending", "returned", "sent")})


def test_screens_in_portuguese_use_the_words_of_the_glossary() -> None:
    if not CATALOGUE.is_file():
        pytest.skip("there is no Portuguese catalogue yet")
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="pt")
    for section, words in SCREEN_WORDS.items():
        for code, word in words.items():
            message = catalogue.get(_source(word))
            if message and message.string and "fuzzy" not in message.flags:
                assert rows(section)[code][1] == message.string, f"{section}: {code}"


def _source(word: object) -> str:
    """The English sentence behind a lazy translation."""
    from django.utils.translation import override

    with override("en"):
        return str(word)


def test_the_map_draws_the_path_as_it_is() -> None:
    assert path_diagram.written() == path_diagram.section(), (
        "run: .venv/bin/python tools/path_diagram.py --write (docs/map.md shows another path)"
    )


def test_the_drawing_has_every_step() -> None:
    drawn = path_diagram.section()
    for step in PATH:
        assert step.verb in drawn
        if step.reaches is None:
            assert f"`{step.event}`" in drawn


def traced() -> dict[str, list[str]]:
    """Number → its cells in docs/traceability.md: requirement, state, where, tests."""
    text = (DOCS / "traceability.md").read_text(encoding="utf-8")
    found = [_cells(line) for line in text.splitlines() if re.match(r"\| [CPSDX]\d+ \|", line)]
    numbers = [cells[0] for cells in found]
    assert len(set(numbers)) == len(numbers), "a number stands twice"
    return {cells[0]: cells[1:] for cells in found}


def test_every_requirement_is_traced_once() -> None:
    counts = {"C": 11, "P": 11, "S": 6, "D": 11, "X": 7}
    expected = [f"{block}{number}" for block, count in counts.items() for number in range(1, count + 1)]
    assert list(traced()) == expected


def test_every_requirement_says_how_it_stands() -> None:
    for number, (_what, state, where, tests) in traced().items():
        assert state in STATES, number
        if state == "not yet":
            assert not tests, f"{number} is not there yet and names a test"
        else:
            assert where, f"{number} does not say where a person meets it"
            assert tests, f"{number} names no test"


def test_the_tests_that_are_named_exist() -> None:
    for number, cells in traced().items():
        for name in re.findall(r"`(tests/[^`]+)`", cells[3]):
            path, _, function = name.partition("::")
            assert (ROOT / path).is_file(), f"{number}: {path}"
            if function:
                assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8"), f"{number}: {name}"


def documents() -> list[Path]:
    """What is written for people and kept in the repository."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in _LINK.findall(path.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        there = (path.parent / target).resolve()
        assert there.exists(), f"{path.name} leads to {target}"


def test_decisions_are_numbered_once_and_listed() -> None:
    records = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    numbers = [name[:4] for name in records]
    assert numbers == [f"{number:04}" for number in range(1, len(records) + 1)]
    listed = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    for name in records:
        assert f"({name})" in listed, f"{name} is not in the list"


def test_every_dependency_has_earned_its_place() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for many in project["optional-dependencies"].values() for one in many)]
    record = next((DOCS / "decisions").glob("*-dependencies.md")).read_text(encoding="utf-8")
    for line in wanted:
        name = re.split(r"[\[<>=~ ]", line)[0]
        assert f"`{name}`" in record, f"docs/decisions does not say why {name} is here"


def test_there_is_a_guide_for_everybody() -> None:
    guides = {path.stem for path in (DOCS / "guide").glob("*.md")}
    assert guides == {
        "customer", "intake", "handler", "department-contact", "supervisor", "manager", "auditor",
        "data-keeper", "administrator", "checkpoints", "rulebook",
    }  # fmt: skip


def test_commands_of_the_documents_exist() -> None:
    from desagravo.operations import cli

    known = set(cli._parser()._subparsers._group_actions[0].choices) | {"check"}  # type: ignore[union-attr,attr-defined]
    for path in documents():
        for command in re.findall(r"\./desagravo ([a-z-]+)", path.read_text(encoding="utf-8")):
            assert command in known, f"{path.name} speaks of ./desagravo {command}"
