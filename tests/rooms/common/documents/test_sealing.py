"""A sealed sheet is accepted as sealed, and nothing else is."""

import io
import stat
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from desagravo.common.documents import render, sealing
from tests.rooms.common.documents import samples


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def sheet() -> bytes:
    return render("sign_off", samples.SIGN_OFF, "pt-pt")


@pytest.fixture(scope="module")
def sealed(sheet: bytes, keys: Path) -> bytes:
    return sealing.seal(sheet, folder=keys, organisation="Casa Atlântica")


def test_an_untouched_sheet_is_accepted(sealed: bytes, keys: Path) -> None:
    report = sealing.check(sealed, folder=keys)
    assert report.ok and report.bottom_line and report.problem == ""
    assert (report.coverage, report.signer) == ("ENTIRE_FILE", "Casa Atlântica")
    assert report.signed_at is not None


def test_its_text_can_be_read_back(sealed: bytes) -> None:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(sealed)).pages)
    assert "Inês Conceição" in text and "Rui Tavares" in text and "☒ Defeito do produto" in text


def test_the_seal_only_adds_and_leaves_the_metadata_alone(sheet: bytes, sealed: bytes) -> None:
    assert sealed.startswith(sheet)
    before, after = (pypdf.PdfReader(io.BytesIO(pdf)) for pdf in (sheet, sealed))
    assert after.metadata == before.metadata
    assert after.trailer["/Root"]["/Metadata"].get_data() == before.trailer["/Root"]["/Metadata"].get_data()


def test_the_field_is_one_that_both_standards_admit(sealed: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(sealed))
    (field,) = reader.trailer["/Root"]["/AcroForm"]["/Fields"]
    widget = field.get_object()
    left, bottom, right, top = widget["/Rect"]
    assert (left, bottom) == (right, top), "a rectangle with a size would need an appearance (PDF/A-2)"
    assert left < 0, "inside the page it would have to be tagged (PDF/UA-1)"
    printed_not_hidden = widget["/F"] & 0b100111
    assert printed_not_hidden == 4
    assert widget["/TU"] and "/NeedAppearances" not in reader.trailer["/Root"]["/AcroForm"]
    assert "/DocMDP" in reader.trailer["/Root"]["/Perms"]
    assert all(page["/Tabs"] == "/S" for page in reader.pages)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8])
def test_a_flipped_bit_is_found(sealed: bytes, sheet: bytes, keys: Path, share: float) -> None:
    at = int(len(sheet) * share)
    changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    report = sealing.check(changed, folder=keys)
    assert not report.ok and report.problem in ("changed", "broken")


def test_an_unsigned_addition_is_found(sealed: bytes, keys: Path) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = writer.root["/Pages"]["/Count"]
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    report = sealing.check(out.getvalue(), folder=keys)
    assert out.getvalue().startswith(sealed)
    assert not report.ok and report.coverage != "ENTIRE_FILE" and report.problem == "added_to"


def test_bytes_at_the_end_are_found(sealed: bytes, keys: Path) -> None:
    assert not sealing.check(sealed + b"\n% more\n", folder=keys).ok


@pytest.mark.parametrize("share", [0.0001, 0.3, 0.97, 0.9999])
def test_a_truncated_file_is_refused(sealed: bytes, keys: Path, share: float) -> None:
    assert not sealing.check(sealed[: int(len(sealed) * share)], folder=keys).ok


def test_the_seal_of_somebody_else_is_refused(sheet: bytes, sealed: bytes, keys: Path, tmp_path: Path) -> None:
    theirs = sealing.seal(sheet, folder=tmp_path / "theirs", organisation="Casa Atlântica")
    report = sealing.check(theirs, folder=keys)
    assert not report.ok and not report.bottom_line and report.problem == "foreign"
    assert sealing.check(sealed, folder=tmp_path / "nobody").problem == "foreign"


def test_a_second_seal_is_not_taken_for_the_first(sheet: bytes, keys: Path) -> None:
    assert sealing.check(sheet, folder=keys).problem == "no_seal"
    assert sealing.check(b"GIF89a", folder=keys).problem == "not_a_pdf"
    assert sealing.check(b"%PDF-1.7 nonsense", folder=keys).problem == "broken"


def test_an_older_certificate_in_the_folder_stays_trusted(sheet: bytes, tmp_path: Path) -> None:
    old = sealing.seal(sheet, folder=tmp_path, organisation="Casa Atlântica")
    (tmp_path / "seal.pem").rename(tmp_path / "seal-2025.pem")
    new = sealing.seal(sheet, folder=tmp_path, organisation="Casa Atlântica")
    assert sealing.check(old, folder=tmp_path).ok and sealing.check(new, folder=tmp_path).ok


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = sealing.ensure_certificate(tmp_path / "keys", "Casa Atlântica").read_bytes()
    path = sealing.ensure_certificate(tmp_path / "keys", "Another name")
    assert path.read_bytes() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["seal.pem"]


def test_web_workers_load_none_of_it() -> None:
    code = (
        "import sys, desagravo.common.documents, desagravo.common.documents.kinds, desagravo.common.documents.sealing;"
        "heavy = {'typst', 'pyhanko', 'cryptography', 'asn1crypto'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
