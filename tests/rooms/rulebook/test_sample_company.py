"""The sample company's words and scripts: every name exists, and every script is a path that a case can take."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import desagravo
from desagravo.cases import lifecycle
from desagravo.departments import authority
from desagravo.rulebook import decide, edition, phrases, queries
from desagravo.rulebook.letters import names_in

SAMPLE = Path(desagravo.__file__).parent / "operations" / "sample"
BY_THE_HOUSE = {
    "case_number",
    "customer_name",
    "organisation",
    "handler_name",
    "received_on",
    "tracking_url",
    "points",
    "next_options",
}


@cache
def company() -> dict[str, Any]:
    return tomllib.loads((SAMPLE / "company.toml").read_text("utf-8"))


@cache
def complaints() -> tuple[dict[str, Any], ...]:
    files = sorted((SAMPLE / "complaints").glob("*.toml"))
    return tuple(row for file in files for row in tomllib.loads(file.read_text("utf-8"))["complaint"])


@cache
def roles() -> dict[str, dict[str, str]]:
    return {person["key"]: dict(person["roles"]) for person in company()["person"]}


every_complaint = pytest.mark.parametrize("complaint", complaints(), ids=lambda row: row["key"])


def test_the_company_has_somebody_for_every_role_and_department() -> None:
    held = Counter(role for person in company()["person"] for role, _ in person["roles"])
    assert held["handler"] == 3
    assert set(held) == {
        "intake",
        "handler",
        "contact",
        "supervisor",
        "manager",
        "senior_manager",
        "auditor",
        "data_keeper",
        "administrator",
    }
    contacts = {department for person in roles().values() for role, department in person.items() if role == "contact"}
    assert contacts == {row.code for row in queries.departments("en")}
    assert len({person["email"] for person in company()["person"]}) == len(company()["person"]) >= 12


def test_all_statuses_occur_and_all_departments_are_asked() -> None:
    assert Counter(row["status"] for row in complaints()) == {
        "received": 5,
        "incomplete": 3,
        "assessed": 4,
        "in_work": 8,
        "awaiting_approval": 2,
        "answered": 4,
        "closed": 6,
        "withdrawn": 1,
    }
    asked = {step["department"] for row in complaints() for step in row.get("step", []) if step["do"] == "consult"}
    assert asked == {row.code for row in queries.departments("en")}
    assert len({row["key"] for row in complaints()}) == len(complaints())


@every_complaint
def test_the_form_uses_the_codes_of_the_rulebook(complaint: dict[str, Any]) -> None:
    fields = {field.code for group in queries.form("en") for field in group.fields}
    form = complaint["form"]
    assert set(form) <= fields
    assert all(queries.category(code, "en") for code in form.get("problem_category", []))
    assert set(form.get("remedy_requested", [])) <= {remedy.code for remedy in queries.remedies("en")}
    assert complaint["language"] in ("en", "pt-pt")
    assert complaint["channel"] == "web" or roles()[complaint["by"]]
    for file in complaint.get("attachments", []):
        assert file.rpartition(".")[2] in ("png", "pdf", "txt")
    assert complaint.get("occurred_day", -999) <= complaint["received"]["day"] <= 0


@every_complaint
def test_the_script_is_a_path_that_ends_where_it_says(complaint: dict[str, Any]) -> None:
    status = "incomplete" if missing(complaint) else "received"
    for step in complaint.get("step", []):
        where = (complaint["key"], step["do"], status)
        assert lifecycle.allowed(step["do"], status), where
        if step["do"] == "complete":
            assert not missing(complaint, step), where
        status = lifecycle.STEPS[step["do"]].reaches or status
    assert status == complaint["status"]


def missing(complaint: dict[str, Any], added: dict[str, Any] | None = None) -> tuple[str, ...]:
    present = set(complaint["form"])
    for given in (complaint, added or {}):
        present |= set(given.get("fields", {}))
        present |= {"occurred_on"} if "occurred_day" in given else set()
        present |= {"form_completed_on"} if "completed_day" in given else set()
        present |= {"signature"} if given.get("signature") else set()
    return decide.missing(present)


@every_complaint
def test_everybody_does_only_what_they_may(complaint: dict[str, Any]) -> None:
    severity, authors = "", set()
    for step in complaint.get("step", []):
        if step["by"] == "customer":
            continue
        held, verb = roles()[step["by"]], step["do"]
        assert set(held) & authority.STAFF[{"decide_point": "point"}.get(verb, verb)], (complaint["key"], step)
        if verb == "assess":
            severity = decide.triage(step["answers"]).outcome
        elif verb == "overrule":
            severity = step["outcome"]
        elif verb == "assign":
            assert "handler" in roles()[step["to"]]
        elif verb == "answer_consultation":
            assert held["contact"] == step["department"]
        elif verb == "draft":
            authors.add(step["by"])
        elif verb == "respond":
            assert severity == "minor"
        elif verb in ("approve", "sign_off"):
            assert step["by"] not in authors
            assert severity == "minor" or set(held) & {"manager", "senior_manager"}


@every_complaint
def test_answers_wait_for_the_departments_and_fill_their_template(complaint: dict[str, Any]) -> None:
    waiting: Counter[str] = Counter()
    points = decided = 0
    for step in complaint.get("step", []):
        if step["do"] == "consult":
            waiting[step["department"]] += step.get("required", True)
        elif step["do"] == "answer_consultation":
            waiting[step["department"]] -= 1
        elif step["do"] == "point":
            points += 1
        elif step["do"] == "decide_point":
            decided += 1
            assert step["point"] <= points
            assert step["remedy"] in {remedy.code for remedy in queries.remedies("en")}
        elif step["do"] == "draft":
            wanted = names_in(queries.letter(step["template"], complaint["language"]).body) - BY_THE_HOUSE
            assert wanted <= set(step), (complaint["key"], wanted)
        elif step["do"] in ("request_approval", "respond"):
            assert waiting.total() <= 0, complaint["key"]
            assert decided == points > 0, complaint["key"]


@every_complaint
def test_closing_codes_come_with_what_they_require(complaint: dict[str, Any]) -> None:
    axes = {axis.code: {row.code: row for row in axis.codes} for axis in queries.closing_codes("en")}
    for step in complaint.get("step", []):
        if step["do"] != "sign_off":
            continue
        assert set(step["codes"]) == set(axes)
        for axis, codes in step["codes"].items():
            for code in [codes] if isinstance(codes, str) else codes:
                for need in axes[axis][code].requires:
                    assert step.get(need.code) or step["details"].get(need.code), (complaint["key"], code, need.code)


@every_complaint
def test_the_script_ends_before_the_first_start(complaint: dict[str, Any]) -> None:
    hours, minutes = map(int, complaint["received"]["time"].split(":"))
    received = complaint["received"]["day"] * 24 + hours + minutes / 60
    assert received + sum(step["after"] for step in complaint.get("step", [])) < 24


def test_no_letter_of_the_sample_admits_liability() -> None:
    book = edition.book("phrases")
    for row in complaints():
        lists = phrases.read(book, row["language"])
        for step in row.get("step", []):
            words = "\n\n".join(step.get(key, "") for key in ("solution", "reasons"))
            if step["do"] in ("draft", "decide_point"):
                assert [each.found for each in phrases.marks(words, lists, where="answer") if each.stops] == []
