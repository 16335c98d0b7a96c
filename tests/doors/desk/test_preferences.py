"""Preferences: language, zone, notices, own absence, the image of the signature."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desagravo.common import clock
from desagravo.departments.models import Absence, Person
from tests.cast import Cast, engage, in_work

pytestmark = pytest.mark.django_db
SUMMER = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture
def rui(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("rui"))
    return client


def person(cast: Cast) -> Person:
    return Person.objects.get(pk=cast.person("rui").pk)


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("language", ["pt-pt", "pt-br", "en", "es"])
def test_all_four_languages_are_offered(cast: Cast, rui: Client, language: str) -> None:
    rui.post("/desk/preferences/", {"language": language, "theme": "dark", "notices": "digest"})
    told = person(cast)
    assert (told.language, told.theme, told.notices) == (language, "dark", "digest")
    assert rui.get("/desk/preferences/").headers["Content-Language"] == language


def test_what_is_not_offered_changes_nothing(cast: Cast, rui: Client) -> None:
    before = person(cast)
    rui.post("/desk/preferences/", {"language": "xx", "theme": "pink", "notices": "never", "time_zone": "Mars/Base"})
    after = person(cast)
    for column in ("language", "theme", "notices", "time_zone"):
        assert getattr(after, column) == getattr(before, column)


def test_hours_are_said_in_the_zone_of_the_reader(cast: Cast) -> None:
    with clock.at(SUMMER):
        case = in_work(cast)
        client = Client(headers={"accept-language": "en"})
        client.force_login(cast.person("rui"))
        here = client.get(f"/desk/cases/{case.number}/").content.decode()
        assert "13:00" in here and "09:00" not in here and "9:00" not in here.replace("19:00", "")
        client.post("/desk/preferences/", {"time_zone": "America/Sao_Paulo"})
        there = client.get(f"/desk/cases/{case.number}/").content.decode()
        assert "9:00" in there


def test_the_own_absence(cast: Cast, rui: Client) -> None:
    days = {"first_day": "2026-08-03", "last_day": "2026-08-01", "substitute": str(cast.person("bia").pk)}
    with clock.at(SUMMER):
        rui.force_login(cast.person("rui"))
        refused = rui.post("/desk/preferences/absence/", days)
        assert refused.status_code == 422 and "The last day comes before the first." in refused.content.decode()
        assert 'value="2026-08-03"' in refused.content.decode()
        assert rui.post("/desk/preferences/absence/", {**days, "last_day": "2026-08-14"}).status_code == 303
        row = Absence.objects.get()
        other = Client()
        other.force_login(cast.person("bia"))
        assert other.post(f"/desk/preferences/absences/{row.pk}/removal/").status_code == 404
        assert rui.post(f"/desk/preferences/absences/{row.pk}/removal/").status_code == 303
    assert not Absence.objects.exists()


def test_the_image_of_the_signature_is_judged_by_its_content(cast: Cast, rui: Client) -> None:
    sent = SimpleUploadedFile("evil.png", b"<svg onload='alert(1)'></svg>", "image/png")
    assert rui.post("/desk/preferences/signature/", {"signature_image": sent}).status_code == 422
    assert rui.post("/desk/preferences/signature/").status_code == 422
    assert rui.get("/desk/preferences/signature/image/").status_code == 404
    good = SimpleUploadedFile("sign.exe", png(), "application/octet-stream")
    assert rui.post("/desk/preferences/signature/", {"signature_image": good}).status_code == 303
    shown = rui.get("/desk/preferences/signature/image/")
    assert shown.headers["Content-Type"] == "image/png"
    assert b"".join(shown.streaming_content) == png()  # type: ignore[attr-defined]
    rui.post("/desk/preferences/signature/", {"remove": "1"})
    assert rui.get("/desk/preferences/signature/image/").status_code == 404
