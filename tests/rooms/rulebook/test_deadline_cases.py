"""The thirty worked cases: their dates, their explanations, the other readings, and files that are wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from desagravo.operations.cli import main
from desagravo.operations.deadlines.computing import compute
from desagravo.operations.deadlines.reading import Broken, read

SHARED = Path(__file__).resolve().parents[4] / "shared" / "cases" / "deadline_cases.json"
WORKED: list[dict[str, Any]] = json.loads(SHARED.read_text("utf-8"))["cases"] if SHARED.exists() else []
IDS = [case["id"] for case in WORKED]
TESTING_NUMBERS = {("ISO-04", "final_response"), ("ISO-04", "final_response_without_events")}
"""Worked with a number that only tests the arithmetic: the rulebook says another one."""

CASE: dict[str, Any] = {
    "id": "PT-1",
    "policy": "pt-livro-reclamacoes",
    "timezone": "Europe/Lisbon",
    "calendar": {"country": "PT", "subdivision": None, "categories": ["public"], "extra_closed_days": []},
    "received_at": "2026-04-01T10:00:00+01:00",
    "params": {"final_response": {"n": 15, "unit": "business_days", "start": "received"}},
    "expected": {"final_response": {"date": "2026-04-23", "weekday": "Thu", "due_before_utc": "2026-04-23T23:00:00Z"}},
}


needs_the_cases = pytest.mark.skipif(not WORKED, reason="../shared/cases/deadline_cases.json is not here")


def in_a_file(tmp_path: Path, *cases: Any) -> Path:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": cases}), "utf-8")
    return file


def changed(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in {**CASE, **facts}.items() if value is not ...}


def computed(tmp_path: Path, *cases: Any) -> dict[str, str]:
    found, _remarks = read(in_a_file(tmp_path, *cases))
    return {each.milestone: str(each.date) for case in found for each in compute(case)}


@needs_the_cases
def test_all_thirty_are_there() -> None:
    assert len(WORKED) == 30
    assert sum(len(case["expected"]) for case in WORKED) == 41


@pytest.mark.parametrize("case", WORKED, ids=IDS)
def test_the_worked_dates(case: dict[str, Any], tmp_path: Path) -> None:
    (one,), _remarks = read(in_a_file(tmp_path, case))
    results = {each.milestone: each.as_json() for each in compute(one)}
    assert set(results) == set(case["expected"])
    for name, wanted in case["expected"].items():
        for what in {"date", "due_before_utc", "at_utc", "at_local"} & set(wanted):
            assert results[name][what] == wanted[what]


@pytest.mark.parametrize("case", WORKED, ids=IDS)
def test_the_rulebook_says_the_same_without_the_cases_own_numbers(case: dict[str, Any], tmp_path: Path) -> None:
    """Names and numbers come from the files of the rulebooks: section 6, (b)."""
    expected = {
        name: wanted
        for name, wanted in case["expected"].items()
        if (case["id"], name) not in TESTING_NUMBERS and name != "acknowledgement_1_business_day"
    }
    if not expected:
        pytest.skip("worked with numbers that only test the arithmetic")
    (one,), _remarks = read(in_a_file(tmp_path, {**case, "params": None, "expected": expected}))
    for result in compute(one):
        assert not list(result.differences(expected[result.milestone]))


@pytest.mark.parametrize("case", WORKED, ids=IDS)
def test_the_explanation_agrees_with_the_worked_one(case: dict[str, Any], tmp_path: Path) -> None:
    (one,), _remarks = read(in_a_file(tmp_path, case))
    told = case["reasoning"]
    for result in compute(one):
        counted = re.findall(r"\d\d [A-Z][a-z]{2}\(\d+\)", result.reasoning)
        if counted and not result.milestone.endswith("_without_events"):
            worked = re.findall(r"\d\d [A-Z][a-z]{2}\(\d+\)", told)
            if worked:
                assert " ".join(counted) in " ".join(worked)
        if found := re.search(r"Day 0 = \S+ \(\w+\)", told):
            assert found.group() in result.reasoning
    if (skipped := re.search(r"Weekday closures skipped: (\[.*?\]|none)", told)) and "apply_events" not in str(case):
        last = max(compute(one), key=lambda each: str(each.date))
        assert skipped.group() in last.reasoning


@needs_the_cases
def test_the_other_readings(tmp_path: Path) -> None:
    """With the setting changed, the other lawful reading comes out."""
    by_id = {case["id"]: case for case in WORKED}

    def other(name: str) -> Any:
        (reading,) = by_id[name]["alternative_readings"]
        return {key: value for key, value in reading.items() if key != "reading"}

    carnival = json.loads(json.dumps(by_id["PT-04a"]))
    carnival["calendar"]["extra_closed_days"] = ["2026-02-17"]
    assert computed(tmp_path, carnival) == other("PT-04a")
    assert computed(tmp_path, {**by_id["BR-04"], "timezone": "America/Sao_Paulo"}) == other("BR-04")
    clamped = json.loads(json.dumps(by_id["BR-08"]))
    clamped["params"]["record_keep_until"]["months_rule"] = "clamp"
    assert computed(tmp_path, clamped) == other("BR-08")
    evening = json.loads(json.dumps(by_id["UK-05"]))
    evening["params"]["summary_resolution_cutoff"] |= {"rule": "after_hours=next_business_day", "cutoff": "18:00"}
    assert other("UK-05").items() <= computed(tmp_path, evening).items()
    same_day = json.loads(json.dumps(by_id["ISO-06"]))
    same_day["params"]["effective_receipt_date"]["rule"] = "after_hours=same_day"
    assert other("ISO-06").items() <= computed(tmp_path, same_day).items()


@needs_the_cases
def test_the_command_prints_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadlines", str(SHARED)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 41
    assert all({"id", "milestone", "date", "reasoning"} <= set(line) for line in lines)
    assert [line for line in lines if "at_utc" in line] == [line for line in lines if line["id"] == "ES-05"]
    assert all(("at_utc" in line) != ("due_before_utc" in line) for line in lines)


def test_a_difference_is_told_and_gives_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = changed(expected={"final_response": {"date": "2026-04-22"}})
    assert main(["deadlines", str(in_a_file(tmp_path, wrong))]) == 1
    told = capsys.readouterr()
    assert "date of final_response is 2026-04-23, expected was 2026-04-22" in told.err
    assert len(told.out.splitlines()) == 1


def test_without_params_every_limit_that_has_begun_is_told(tmp_path: Path) -> None:
    found = computed(tmp_path, changed(params=..., expected=...))
    assert found == {"final_response": "2026-04-23", "original_sent_to_authority": "2026-04-23"}
    electronic = changed(params=..., expected=..., attributes={"format": "electronic"})
    assert computed(tmp_path, electronic) == {"final_response": "2026-04-23"}


def test_rolled_forward_on_the_other_reading(tmp_path: Path) -> None:
    """BR-06 with article 132 of the Civil Code: Saturday 4 April 2026 becomes Monday."""
    entry = {"n": 5, "unit": "calendar_days", "start": "history_requested"}
    facts = {"policy": "br-sac", "received_at": "2026-03-30T10:00:00-03:00", "timezone": "America/Sao_Paulo"}
    case = changed(**facts, calendar={"country": "BR"}, expected=..., params={"history_sent": entry})
    assert computed(tmp_path, case) == {"history_sent": "2026-04-04"}
    rolled = {**case, "params": {"history_sent": {**entry, "roll_forward": True}}}
    assert computed(tmp_path, rolled) == {"history_sent": "2026-04-06"}


def test_a_clock_that_stands_still_for_good_has_no_date(tmp_path: Path) -> None:
    waiting = changed(
        policy="iso-10002-generic",
        params=...,
        expected={"final_response": {"date": None}},
        events=[{"type": "waiting_customer", "at": "2026-04-07T10:00:00+01:00"}],
    )
    (one,), _remarks = read(in_a_file(tmp_path, waiting))
    (result,) = compute(one)
    assert result.date is None
    assert "stands still since 2026-04-07" in result.reasoning


def params(**facts: Any) -> dict[str, Any]:
    entry = {name: value for name, value in {"n": 15, "unit": "business_days", **facts}.items() if value is not ...}
    return changed(params={"final_response": entry}, expected=...)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (changed(policy="pt-livro"), "no rulebook “pt-livro”"),
        (changed(policy=...), "“policy” is missing"),
        (changed(policy=3), "“policy” is missing"),
        (changed(timezone="Europe/Lisboa"), "no time zone “Europe/Lisboa”"),
        (changed(timezone="../../etc/passwd"), "no time zone"),
        (changed(timezone=...), "“timezone” is missing"),
        (changed(received_at=...), "“received_at” is missing"),
        (changed(received_at="2026-02-30T10:00:00Z"), "“2026-02-30T10:00:00Z”, which is no date and time"),
        (changed(received_at="2026-04-01T10:00:00"), "without an offset"),
        (changed(received_at="9999-12-31T10:00:00Z"), "between 1900 and 2200"),
        (changed(received_at=17), "no date and time"),
        (changed(calendar=...), "“calendar” is missing"),
        (changed(calendar={"country": None}), "names no country"),
        (changed(calendar={"country": "XX"}), "no calendar for the country “XX”"),
        (changed(calendar={"country": "GB", "subdivision": None}), "needs a subdivision"),
        (changed(calendar={"country": "PT", "subdivision": "99"}), "has no part “99”"),
        (changed(calendar={"country": "PT", "categories": ["school"]}), "no category of holidays “school”"),
        (changed(calendar={"country": "PT", "extra_closed_days": ["17 Feb"]}), "“17 Feb”, which is no date"),
        (changed(calendar={"country": "PT", "extra_closed_days": "2026-02-17"}), "should be a list"),
        (params(n=-1), "it cannot be negative"),
        (params(n=...), "“n” of final_response is missing"),
        (params(n="15"), "it should be a number"),
        (params(n=True), "it should be a number"),
        (params(n=1.5), "only hours have fractions"),
        (params(n=10**9), "more than a hundred years"),
        (params(unit="fortnights"), "says “fortnights”; it should be one of hours"),
        (params(unit=...), "“unit” of final_response is missing"),
        (params(unit="weeks", apply_events=True), "no days can be left out"),
        (params(months_rule="roll"), "it should be one of clamp, next_day"),
        (params(rule="after_hours=never"), "“rule” of final_response"),
        (params(rule="after_hours=next_business_day", cutoff="25:00"), "it should be a time"),
        (changed(params=[1]), "“params” should be an object"),
        (changed(params={"final_response": 15}), "should be an object with n and unit"),
        (changed(expected=["2026"]), "“expected” should be an object"),
        (changed(events=[{"at": "2026-04-02T10:00:00Z"}]), "event 1 should be an object"),
        (changed(events=[{"type": "resolved", "at": "yesterday"}]), "“yesterday”, which is no date"),
        (changed(params=..., attributes={"colour": "red"}), "no attribute “colour”"),
        (changed(params=..., attributes={"psd_or_emd": "yes"}), "is true or false"),
        (changed(params=..., expected={"answer": {"date": "2026-04-23"}}), "no milestone “answer”"),
        ("PT-01", "a case is an object"),
    ],
)
def test_a_broken_file_says_what_is_wrong(
    case: Any, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deadlines", str(in_a_file(tmp_path, CASE, case))]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert "case " in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"{", "this is no JSON"),
        (b"[" * 100_000, "this is no JSON"),
        (b"\xff\xfe\x00", "this is no UTF-8 text"),
        (b"{}", "no list of cases"),
        (b'{"cases": []}', "the list of cases is empty"),
        (b'{"cases": 7}', "no list of cases"),
        (b'[{"id": "a", "n": NaN}]', "NaN is no number"),
    ],
)
def test_a_file_that_is_none(content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    assert main(["deadlines", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadlines", str(tmp_path / "none.json")]) == 2
    assert main(["deadlines", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Broken) as broken:
        read(in_a_file(tmp_path, changed(policy="x", timezone="y"), params(n=-1)))
    assert len(broken.value.problems) == 3
