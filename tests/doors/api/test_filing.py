"""Filing through the API: once, whole, with words about everything that is wrong."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest

from desagravo.api.fields import EXAMPLE
from desagravo.api.reading import LARGEST_BODY
from desagravo.cases import queries as cases
from desagravo.cases.models import Case, Submission
from desagravo.common.actor import SYSTEM
from tests.doors.api.conftest import Caller, codes


def case_of(filed: Any) -> Case:
    return cases.case_for(SYSTEM, filed.json()["case_number"])


def test_the_example_of_the_contract_is_accepted(caller: Caller) -> None:
    filed = caller.post("complaints", EXAMPLE)
    assert filed.status_code == 201, filed.content
    answer = filed.json()
    assert set(answer) == {"case_number", "tracking_url", "received_at", "missing"}
    assert answer["missing"] == []
    assert datetime.fromisoformat(answer["received_at"]).tzinfo is not None
    case = case_of(filed)
    assert (case.status, case.channel, case.language) == ("received", "api", "pt-pt")
    assert cases.case_behind(answer["tracking_url"].rstrip("/").rpartition("/")[2])[0].pk == case.pk
    assert filed.headers["Cache-Control"] == "no-store"
    assert not filed.cookies


def test_only_the_description_is_needed(caller: Caller) -> None:
    filed = caller.post("complaints", {"description": "It broke."})
    assert filed.status_code == 201
    assert filed.json()["missing"] == ["complainant_name", "contact", "occurred_on", "form_completed_on", "signature"]
    assert case_of(filed).status == "incomplete"
    assert case_of(filed).language == "pt-pt"  # the house's own, where nobody says otherwise


def test_the_language_of_the_letters_may_come_from_the_header(caller: Caller) -> None:
    filed = caller.post("complaints", {"description": "It broke."}, Accept_Language="de, en-GB;q=0.8")
    assert case_of(filed).language == "en"


def test_the_same_key_and_body_is_one_case(caller: Caller) -> None:
    first, again = caller.file("key-1"), caller.file("key-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_refused_without_telling_whose_it_was(caller: Caller) -> None:
    first = caller.file("key-1")
    other = caller.file("key-1", description="Something else.")
    assert other.status_code == 409
    assert codes(other) == [("", "idempotency_key_reused")]
    assert first.json()["case_number"] not in other.content.decode()
    assert Case.objects.count() == 1


def test_without_a_key_each_call_is_a_complaint(caller: Caller) -> None:
    assert caller.file().json()["case_number"] != caller.file().json()["case_number"]


def test_a_key_never_meets_the_key_of_a_web_form(caller: Caller) -> None:
    caller.file("key-1")
    assert not Submission.objects.filter(key="key-1").exists()


def test_every_problem_is_told_at_once_in_the_reader_s_language(caller: Caller) -> None:
    wrong = {"occurred_on": "yesterday", "email": "nobody", "remedy_requested": ["gold"], "description": " "}
    refused = caller.file(**wrong, attachments=[{"name": "a"}])
    assert refused.status_code == 422
    assert set(codes(refused)) == {
        ("occurred_on", "bad_date"),
        ("email", "bad_email"),
        ("remedy_requested", "unknown_code"),
        ("description", "empty"),
        ("attachments", "attachment_unreadable"),
    }
    assert refused.headers["Content-Language"] == "pt-pt"
    english = caller.post("complaints", {**EXAMPLE, **wrong}, Accept_Language="en")
    assert english.headers["Content-Language"] == "en"
    assert "e-mail address" in english.content.decode()


@pytest.mark.parametrize(
    "field",
    [
        "status",
        "state",
        "case_number",
        "owner",
        "channel",
        "tax_number",
        "received_at",
        "is_staff",
        "Description",
        "x" * 500,
    ],
)
def test_what_is_the_house_s_or_unknown_is_refused(caller: Caller, field: str) -> None:
    refused = caller.file(**{field: "closed"})
    assert refused.status_code == 422
    assert codes(refused) == [(field[:100], "unknown_field")]
    assert Case.objects.count() == 0


def test_files_come_along_and_stay_downloadable_names(caller: Caller) -> None:
    photo = {"name": "../fo\u202eto.html", "content_base64": base64.b64encode(b"<script>1</script>").decode()}
    filed = caller.file(attachments=[photo])
    assert filed.status_code == 201
    [row] = case_of(filed).attachments.all()
    assert (row.name, row.size, row.media_type, row.for_customer) == ("foto.html", 18, "text/html", True)


@pytest.mark.parametrize(
    ("attachments", "code"),
    [
        ("text", "bad_type"),
        ([{"name": "a", "content_base64": "%%%"}], "attachment_unreadable"),
        ([{"name": "a", "content_base64": ""}], "file_empty"),
        ([{"name": "a", "content_base64": "YQ==", "path": "/etc/passwd"}], "attachment_unreadable"),
        ([{"name": "a", "content_base64": "YQ=="}] * 50, "too_many_attachments"),
    ],
)
def test_files_that_cannot_be_taken(caller: Caller, attachments: Any, code: str) -> None:
    refused = caller.file(attachments=attachments)
    assert refused.status_code == 422
    assert codes(refused) == [("attachments", code)]


HUGE = b'{"description": "' + b"a" * LARGEST_BODY + b'"}'


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b" ", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b'{"description": "a",}', 400, "not_json"),
        (b'"text"', 400, "not_an_object"),
        (b"[]", 400, "not_an_object"),
        (b"null", 400, "not_an_object"),
        (b'{"description": "a", "amount_requested": NaN}', 400, "not_a_json_number"),
        (b'{"description": "a", "amount_requested": -Infinity}', 400, "not_a_json_number"),
        (b'{"description": "a", "amount_requested": 1e999}', 400, "not_a_json_number"),
        (b'{"description": "a", "amount_requested": ' + b"9" * 5000 + b"}", 400, "not_a_json_number"),
        (b'{"description": "a", "description": "b"}', 400, "repeated_field"),
        (b'{"description": "a", "signature": {"name": "a", "name": "b"}}', 400, "repeated_field"),
        (b"[" * 50_000 + b"]" * 50_000, 400, "too_deep"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400, "too_deep"),
        (b'{"description": "\xff\xfe"}', 400, "not_utf8"),
        (b'{"description": 7}', 422, "bad_type"),
        (b'{"description": {"$gt": ""}}', 422, "bad_type"),
        (b'{"description": "a", "signature": "yes"}', 422, "bad_type"),
        (b'{"description": "a", "remedy_requested": [[["refund"]]]}', 422, "bad_type"),
        (b'{"description": "a", "language": ["en"]}', 422, "bad_type"),
        (b'{"description": "a", "amount_requested": true}', 422, "bad_type"),
        (HUGE, 413, "body_too_large"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else str(value),
)
def test_what_no_program_should_send(caller: Caller, body: bytes, status: int, code: str) -> None:
    refused = caller.post("complaints", body)
    assert refused.status_code == status
    assert code in [each for _field, each in codes(refused)]
    assert all(each["message"] for each in refused.json()["errors"])
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    "text", [b"a\\u0000b", b"\\ud800 \\udc00\\ud83d", "\u202eabc\u2066".encode(), "我很生气 😡".encode()]
)
def test_awkward_characters_are_kept_and_break_nothing(caller: Caller, text: bytes) -> None:
    body = b'{"description": "%s", "complainant_name": "%s", "points_to_answer": ["%s"]}' % (text, text, text)
    filed = caller.post("complaints", body)
    assert filed.status_code == 201, filed.content
    assert caller.follow(filed).status_code == 200


def test_the_longest_description_fits_in_any_encoding(caller: Caller) -> None:
    filed = caller.file(description="😡" * 100_000)
    assert filed.status_code == 201
    assert caller.file(description="a" * 100_001).status_code == 422


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(caller: Caller, content_type: str) -> None:
    refused = caller.post("complaints", EXAMPLE, content_type=content_type)
    assert refused.status_code == 415
    assert codes(refused) == [("", "wrong_content_type")]


def test_the_charset_may_be_named(caller: Caller) -> None:
    assert caller.post("complaints", EXAMPLE, content_type="application/json; charset=utf-8").status_code == 201


@pytest.mark.parametrize("key", ["k" * 256, "a\tb"])
def test_a_key_is_short_and_printable(caller: Caller, key: str) -> None:
    assert caller.file(key).status_code == 400


def test_who_calls_too_often_is_asked_to_wait(caller: Caller, settings: Any) -> None:
    settings.DESAGRAVO_THROTTLES = {**settings.DESAGRAVO_THROTTLES, "complaint": (2, 600)}
    answers = [caller.file() for _ in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 600
    elsewhere = caller.client.post(
        "/api/v1/complaints", EXAMPLE, content_type="application/json", REMOTE_ADDR="192.0.2.7"
    )
    assert elsewhere.status_code == 201


def test_nobody_escapes_the_throttle_with_an_invented_forwarded_address(caller: Caller, settings: Any) -> None:
    settings.DESAGRAVO_THROTTLES = {**settings.DESAGRAVO_THROTTLES, "complaint": (1, 600)}
    statuses = [caller.post("complaints", EXAMPLE, X_Forwarded_For=f"198.51.100.{n}").status_code for n in range(2)]
    assert statuses == [201, 429]


@pytest.mark.parametrize("path", ["", "nothing", "complaints/a/b", "docs", "openapi"])
def test_other_addresses_are_answered_in_json(caller: Caller, path: str) -> None:
    response = caller.client.get(f"/api/v1/{path}")
    assert response.status_code == 404
    assert response.json()["errors"]


def test_no_other_origin_is_invited(caller: Caller) -> None:
    response = caller.client.options("/api/v1/complaints", headers={"Origin": "https://evil.example"})
    assert response.status_code == 405
    assert not [name for name in response.headers if name.lower().startswith("access-control")]
