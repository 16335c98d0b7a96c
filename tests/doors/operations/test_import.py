"""`desagravo import-cases`: files as they come, rows never lost unseen, nothing taken twice."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from desagravo.cases.models import Case, ImportRun
from desagravo.common.refusals import Refusal
from desagravo.history.models import Delivery
from desagravo.history.verify import verify
from desagravo.operations import importing
from desagravo.operations.importing import loading
from desagravo.operations.importing.report import Line, Report
from desagravo.operations.importing.table import NotThisFile, Row, look, rows
from tests.product import bare_environment

HEADER = (
    "Complaint ID,Product,Sub-product,Issue,Sub-issue,State,Date received,Date sent to company,Company response,"
    "Timely response?,Consumer disputed?"
)


def complaint(number: int | str, *, day: str = "2015-01-02", response: str = "Closed with explanation") -> str:
    return f'{number},Credit card,,"Billing disputes, again",,PA,{day},2015-01-05,{response},Yes,No'


def written(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "old.csv"
    path.write_bytes(("\n".join([header, *lines]) + "\n").encode(encoding))
    return path


def read(path: Path, columns: set[str]) -> list[Row]:
    return list(rows(path, look(path).encoding, [frozenset(columns)])[1])


@pytest.fixture
def take(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Import a file; gives what --json tells, and the rows of the report."""

    def take(path: Path) -> tuple[dict, list[dict]]:
        report = tmp_path / "report.csv"
        assert importing.run(path, mapping="cfpb", report=report, as_json=True) == 0
        told = json.loads(capsys.readouterr().out)
        with report.open(newline="", encoding="utf-8") as file:
            return told, list(csv.DictReader(file))

    return take


# What a file looks like


def test_an_open_quote_costs_its_own_row_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('reference,name,text\nY1,Ana,"nunca fecha\nY2,Rui,ok\nY3,Eva,"duas\nlinhas, juntas"\nY4,Lia,fim\n')
    found = read(path, {"reference"})
    assert [(each.line, each.problem.code if each.problem else each.values["text"]) for each in found] == [
        (2, "quote_open"),
        (3, "ok"),
        (4, "duas\nlinhas, juntas"),
        (6, "fim"),
    ]
    assert found[0].values["reference"] == "Y1"


def test_an_open_quote_in_the_last_row_and_in_every_row(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text("a,b\n" + 'x,"open\n' * 51)
    found = read(path, {"a"})
    assert len(found) == 51
    assert {each.problem.code for each in found if each.problem} == {"quote_open"}
    assert [each.line for each in found] == list(range(2, 53))


def test_quotes_inside_a_plain_value_are_just_characters(tmp_path: Path) -> None:
    path = tmp_path / "inch.csv"
    path.write_text('a,b\n5" nails,x\n"say ""no""",y\n')
    assert [each.values["a"] for each in read(path, {"a"})] == ['5" nails', 'say "no"']


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_separators_marks_and_line_ends_of_spreadsheets(tmp_path: Path, delimiter: str, ending: str) -> None:
    path = tmp_path / "marked.csv"
    table = [["reference", "text"], ["X1", "Atraso; na, entrega"]]
    text = ending.join(delimiter.join(f'"{cell}"' for cell in line) for line in table)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert [each.values for each in read(path, {"reference"})] == [{"reference": "X1", "text": "Atraso; na, entrega"}]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "1,não é justo", header="id,text", encoding=encoding)
    assert read(path, {"id"})[0].values["text"] == "não é justo"


def test_wrong_number_of_columns_is_said_with_both_numbers(tmp_path: Path) -> None:
    found = read(written(tmp_path, "1,2,3", "1", "1,2", header="a,b"), {"a"})
    assert [each.problem and each.problem.facts for each in found] == [
        {"found": 3, "expected": 2},
        {"found": 1, "expected": 2},
        None,
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_rows"),
        (b"a,b,a\n1,2,3\n", "column_twice"),
        (b"x,y\n1,2\n", "other_columns"),
        (b"PK\x03\x04\x14\0\0\0\x08\n\0", "no_text"),
        (b"\n\n\n", "other_columns"),
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(content)
    with pytest.raises(NotThisFile) as refused:
        read(path, {"a", "b"})
    assert refused.value.code == code
    assert "%(" not in refused.value.sentence()


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * 50_000)[:-40])
    with pytest.raises(NotThisFile, match="gzip"):
        look(path)
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(NotThisFile, match="gzip"):
        look(path)


def test_a_line_without_end_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n1," + "x" * 3_000_000 + "\n2,y\n")
    first, second = read(path, {"a"})
    assert first.problem
    assert first.problem.code == "line_too_long"
    assert (second.line, second.values) == (3, {"a": "2", "b": "y"})


# What becomes of the rows


@pytest.mark.django_db
def test_closed_ones_are_closed_before_and_others_are_new_work(tmp_path: Path, take) -> None:
    lines = [complaint(1), complaint(2, response="In progress"), complaint(3, response="Untimely response")]
    told, refused = take(written(tmp_path, *lines))
    assert (told["rows"], told["taken"], told["refused"], refused) == (3, 3, 0, [])
    closed, progress, untimely = Case.objects.order_by("pk")
    assert (closed.status, closed.closed_before, closed.open, closed.closed_at) == ("closed", True, False, None)
    assert {(each.status, each.closed_before, each.next_step) for each in (progress, untimely)} == {
        ("received", False, "assess")
    }
    assert (closed.number, closed.received_at.isoformat()) == ("2015-00001", "2015-01-02T12:00:00+00:00")
    assert (closed.subject, closed.forms.get().description) == ("Billing disputes, again", "Billing disputes, again")
    assert closed.sign_offs.count() == 0
    assert Delivery.objects.count() == 0
    assert verify().ok


@pytest.mark.django_db
def test_every_row_that_is_not_taken_is_reported_with_its_line(tmp_path: Path, take) -> None:
    told, refused = take(
        written(
            tmp_path,
            complaint(1),
            complaint(2, day="2015-02-30"),
            complaint(3, day="2999-01-01"),
            complaint(4, response="Shrugged"),
            complaint(1),
            complaint(""),
            complaint("9" * 81),
            "5,Credit card,",
            '6,Credit card,,"open',
            complaint(7).replace("Billing disputes", "x" * 100_001),
            complaint(8),
        )
    )
    assert [(each["line"], each["code"]) for each in refused] == [
        ("3", "bad_date"),
        ("4", "future_date"),
        ("5", "unknown_code"),
        ("6", "reference_twice"),
        ("7", "no_reference"),
        ("8", "reference_too_long"),
        ("9", "columns_wrong"),
        ("10", "quote_open"),
        ("11", "too_long"),
    ]
    assert all(each["problem"] and "%(" not in each["problem"] for each in refused)
    assert (told["rows"], told["taken"], told["refused"]) == (11, 2, 9)
    assert list(Case.objects.order_by("pk").values_list("number", flat=True)) == ["2015-00001", "2015-00002"]


@pytest.mark.django_db
def test_characters_that_break_screens_are_replaced_and_the_row_is_taken(tmp_path: Path, take) -> None:
    told, _refused = take(written(tmp_path, complaint(1).replace("again", "ag\0ain\x07")))
    assert told["taken"] == 1
    assert Case.objects.get().forms.get().description == "Billing disputes, ag\ufffdain\ufffd"


@pytest.mark.django_db
def test_narratives_are_new_work_received_now(tmp_path: Path, take) -> None:
    header = "id,product,narrative,some_model_prediction"
    told, _refused = take(written(tmp_path, "1,credit_card,They charged me twice,x", header=header))
    case = Case.objects.get()
    assert told["taken"] == 1
    assert (case.status, case.language, case.subject) == ("received", "en", "They charged me twice")
    assert case.received_at == case.registered_at


@pytest.mark.django_db
def test_the_same_rows_are_never_taken_twice(tmp_path: Path, take) -> None:
    first = written(tmp_path, complaint(1), complaint(2))
    take(first)
    again, _refused = take(first)
    assert (again["taken"], Case.objects.count(), ImportRun.objects.count()) == (2, 2, 1)
    longer, refused = take(written(tmp_path, complaint(1), complaint(2), complaint(3)))
    assert (longer["taken"], longer["known"], longer["refused"]) == (1, 2, 0)
    assert [(each["code"], each["reference"]) for each in refused] == [
        ("reference_known", "1"),
        ("reference_known", "2"),
    ]
    assert "2015-00001" in refused[0]["problem"]
    assert Case.objects.count() == 3


@pytest.mark.django_db
def test_a_reference_that_looks_like_a_formula_is_harmless_in_the_report(tmp_path: Path, take) -> None:
    _told, refused = take(written(tmp_path, complaint("=1+1", day="never")))
    assert refused[0]["reference"] == "'=1+1"


@pytest.mark.django_db
def test_another_process_at_the_same_file_is_noticed(tmp_path: Path, take, monkeypatch: pytest.MonkeyPatch) -> None:
    from desagravo.cases import actions

    path = written(tmp_path, complaint(1))
    begun = actions.begin_import

    def overtaken(**told):
        state = begun(**told)
        ImportRun.objects.update(position=1)
        return state

    monkeypatch.setattr(actions, "begin_import", overtaken)
    assert importing.run(path, mapping="cfpb", report=tmp_path / "r.csv") == 1
    assert Case.objects.count() == 0


# The command


def command(*arguments: str, url: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "desagravo.operations", "import-cases", *arguments]
    return subprocess.run(
        program, env=bare_environment(url) | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_words_that_are_not_understood(tmp_path: Path) -> None:
    path = written(tmp_path, complaint(1))
    nowhere = command("/nowhere.csv", "--mapping", "cfpb", "--data", str(tmp_path / "data"))
    assert (nowhere.returncode, "no file /nowhere.csv" in nowhere.stderr) == (2, True)
    unknown = command(str(path), "--mapping", "zendesk", "--data", str(tmp_path / "data"))
    assert unknown.returncode == 2
    assert "cfpb" in unknown.stderr


@pytest.mark.process
def test_after_kill_9_it_goes_on_and_nothing_is_lost_or_double(tmp_path: Path, database_url: str) -> None:
    lines = [complaint(n, day="never" if n % 100 == 7 else "2015-01-02") for n in range(1201)]
    path = written(tmp_path, *lines)
    arguments = [str(path), "--mapping", "cfpb", "--data", str(tmp_path / "data"), "--json"]
    for point in ("history.recorded", "import.reported"):
        killed = command(*arguments, url=database_url, DESAGRAVO_CRASH_AT=point)
        assert killed.returncode == -9, killed.stderr
    done = command(*arguments, url=database_url)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["rows"], told["taken"], told["known"], told["refused"]) == (1201, 1189, 0, 12)
    with Path(told["report"]).open(newline="", encoding="utf-8") as file:
        bad = [row["line"] for row in csv.DictReader(file)]
    assert bad == [str(n + 2) for n in range(7, 1201, 100)]
    assert Path(told["report"]).stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_an_interrupted_file_goes_on_after_its_last_whole_batch(
    tmp_path: Path, take, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, *[complaint(n, day="never" if n % 4 == 3 else "2015-01-02") for n in range(30)])
    monkeypatch.setattr(loading, "BATCH", 10)
    write, calls = Report.write, []

    def interrupted(report: Report, lines: Iterable[Line]) -> None:
        write(report, lines)
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Report, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            take(path)
    assert (ImportRun.objects.get().position, Case.objects.count()) == (20, 15)
    told, refused = take(path)
    assert (told["rows"], told["taken"], told["refused"], told["reasons"]) == (30, 23, 7, {"bad_date": 7})
    assert [int(each["row"]) for each in refused] == [4, 8, 12, 16, 20, 24, 28]


def test_refusals_of_this_command_have_words() -> None:
    import desagravo.cases.actions.import_cases  # noqa: F401

    for code in ("reference_known", "quote_open", "columns_wrong", "not_compressed", "import_moved_on", "no_reference"):
        assert "cannot be done" not in Refusal(code, case_number=1, found=1, expected=2).sentence()
