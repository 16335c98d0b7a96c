"""A customer files a complaint, well or badly, and loses nothing."""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desagravo.cases.models import Case, Submission
from desagravo.common import clock
from tests.cast import MONDAY
from tests.doors.portal.filling import COMPLETE, PIXEL, hidden, link_of, send, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def a_file(name: str = "fatura.txt", content: bytes = b"Fatura 2026/118") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_complete_and_signed(browser: Client) -> None:
    answer = send(browser, files=[a_file()])
    case = Case.objects.get()
    assert (case.status, case.language, case.channel) == ("received", "pt-pt", "web")
    assert case.attachments.get().name == "fatura.txt"
    page = browser.get(answer.headers["Location"])
    said = words(page)
    assert "Thank you. Your complaint has reached us." in said
    assert case.number in said
    assert f"{link_of(answer)}" in said
    assert "O frigorífico deixou" in said
    assert 'data-kept-is-sent="complaint"' in page.content.decode()


def test_in_portuguese_the_page_speaks_the_fields_of_the_house(browser: Client) -> None:
    page = browser.get("/complaint/?lang=pt-pt")
    assert 'lang="pt-PT"' in page.content.decode()
    assert "O que aconteceu, por palavras suas" in words(page)
    assert "O que aconteceu, por palavras suas" in words(browser.get("/complaint/"))
    refused = send(browser, occurred_on="2999-01-01")
    assert refused.headers["Content-Language"] == "pt-pt"
    assert browser.get("/complaint/?lang=en").headers["Content-Language"] == "en"


def test_only_the_description_is_needed_and_the_rest_is_asked_for_afterwards(browser: Client) -> None:
    answer = browser.post("/complaint/", {"description": "Nada funciona."})
    assert answer.status_code == 303
    case = Case.objects.get()
    assert case.status == "incomplete"
    page = words(browser.get(answer.headers["Location"]))
    assert case.number in page
    assert "Still missing" in page
    assert "your signature" in page
    assert "Please write it down now" in page


def test_a_typed_name_without_the_tick_is_not_a_signature(browser: Client) -> None:
    answer = send(browser, signature_confirmed=None)
    assert Case.objects.get().status == "incomplete"
    assert "your signature" in words(browser.get(answer.headers["Location"]))


def test_refused_with_words_files_and_signature_kept(browser: Client) -> None:
    refused = send(
        browser,
        occurred_on="2999-01-01",
        email="not an address",
        points_to_answer="Quando?\nPorquê?",
        problem_category=["QUA.defective"],
        signature_drawn=PIXEL,
        files=[a_file("um.txt"), a_file("dois.txt")],
    )
    assert refused.status_code == 422
    page, said = html.unescape(refused.content.decode()), words(refused)
    assert page.count("This day has not come yet") == 2  # in the summary and beside the field
    assert 'href="#f_email"' in page
    assert "<title>Error: " in page
    for typed in ("not an address", "Quando?\nPorquê?", COMPLETE["description"], PIXEL, "A-1234"):
        assert typed in page
    assert 'value="QUA.defective" checked' in page or 'value="QUA.defective" id="f_problem_category" checked' in page
    assert "um.txt" in said
    assert "dois.txt" in said

    again = send(browser, follow=refused, signature_name=None, signature_confirmed=None, occurred_on="2026-01-05")
    case = Case.objects.get()
    assert sorted(case.attachments.values_list("name", flat=True)) == ["dois.txt", "um.txt"]
    assert case.forms.get().signature_method == "drawn"
    assert again.status_code == 303


def test_a_kept_file_and_a_kept_signature_can_be_taken_out(browser: Client) -> None:
    refused = send(browser, occurred_on="2999-01-01", signature_drawn=PIXEL, files=[a_file("um.txt"), a_file("x.txt")])
    page = refused.content.decode()
    first = page.partition('name="remove_file" value="')[2].partition('"')[0]
    without = send(browser, follow=refused, remove_file=first)
    assert without.status_code == 200
    assert "um.txt" not in words(without)
    assert "x.txt" in words(without)
    unsigned = send(browser, follow=without, remove_signature="1")
    assert PIXEL not in html.unescape(unsigned.content.decode())
    answer = send(browser, follow=unsigned)
    case = Case.objects.get()
    assert case.attachments.get().name == "x.txt"
    assert case.forms.get().signature_method == "typed"
    assert answer.status_code == 303


def test_an_unreadable_signature_is_refused_once_and_not_kept(browser: Client) -> None:
    refused = send(browser, signature_drawn="data:image/png;base64,AAAA")
    assert "could not be read" in words(refused)
    assert send(browser, follow=refused).status_code == 303


def test_sent_twice_is_one_complaint(browser: Client) -> None:
    page = browser.get("/complaint/")
    first = send(browser, follow=page, files=[a_file()])
    second = send(browser, follow=page, files=[a_file()])
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1
    assert Case.objects.get().attachments.count() == 1


def test_sent_twice_after_a_refusal_is_one_complaint_too(browser: Client) -> None:
    refused = send(browser, occurred_on="2999-01-01", files=[a_file()])
    answers = [send(browser, follow=refused) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Case.objects.get().attachments.count() == 1


def test_the_same_form_with_other_words_is_not_lost_and_not_mixed(browser: Client) -> None:
    page = browser.get("/complaint/")
    send(browser, follow=page)
    number = Case.objects.get().number
    other = send(browser, follow=page, description="Outra coisa ainda.", files=[a_file("novo.txt")])
    assert other.status_code == 409
    assert number in words(other)
    assert "Outra coisa ainda." in words(other)
    assert "novo.txt" in words(other)
    assert Case.objects.count() == 1
    assert hidden(other, "token") != hidden(page, "token")
    send(browser, follow=other, description="Outra coisa ainda.")
    assert Case.objects.count() == 2
    assert Case.objects.order_by("-pk")[0].attachments.get().name == "novo.txt"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"occurred_on": "2026-01-09", "form_completed_on": "2026-01-07"}, "before the matter happened"),
        ({"form_completed_on": "2999-01-07"}, "after the complaint reached us"),
        ({"occurred_on": "5.1.26"}, "This is not a date"),
        ({"description": "   "}, "Write something here"),
        ({"description": "a" * 100_001}, "longer than 100000 characters"),
        ({"phone": "call me"}, "not a telephone number"),
        ({"complainant_name": "n" * 201}, "longer than 200 characters"),
        ({"remedy_requested": ["gold"]}, "“gold” is not one of the choices"),
        ({"language": "tlh"}, "“tlh” is not one of the choices"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_everything_stays(
    browser: Client, changes: dict[str, object], sentence: str
) -> None:
    refused = send(browser, **changes)
    assert refused.status_code == 422
    assert words(refused).count(sentence) >= 1
    assert "error-summary" in refused.content.decode()
    for value in changes.values():
        assert isinstance(value, list) or str(value) in html.unescape(refused.content.decode())
    assert not Submission.objects.exists()


def test_a_word_in_a_date_field_stays_visible(browser: Client) -> None:
    page = send(browser, occurred_on="ontem").content.decode()
    assert 'name="occurred_on" type="text" value="ontem"' in page


def test_strange_letters(browser: Client) -> None:
    answer = send(
        browser,
        complainant_name="Zoé \u202egnirts\x00 " + "Ĉ" * 150,
        description="مرحبا\u202e\x00 <script>alert(1)</script> 😡 \ufffe",
        files=[a_file("\u202efdp.exe", b"MZ")],
    )
    page = browser.get(answer.headers["Location"])
    text = page.content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "\x00" not in text
    assert "\u202efdp" not in text
    assert "مرحبا" in text
    assert "😡" in text


def test_fifty_files(browser: Client) -> None:
    refused = send(browser, files=[a_file(f"{n}.txt") for n in range(50)])
    assert refused.status_code == 422
    assert "At most 20 files" in words(refused)
    assert refused.content.decode().count('name="remove_file"') == 20
    assert send(browser, follow=refused).status_code == 303
    assert Case.objects.get().attachments.count() == 20


def test_a_file_over_the_limit_takes_nothing_else_with_it(browser: Client) -> None:
    big = SimpleUploadedFile("filme.mp4", b"\0" * (26 * 2**20))
    refused = send(browser, files=[a_file("um.txt"), big, a_file("dois.txt")])
    assert refused.status_code == 422
    said = words(refused)
    assert "“filme.mp4” is larger than 25 MB" in said
    assert "um.txt" in said
    assert "dois.txt" in said


@pytest.mark.parametrize("language", ["en", "pt-pt"])
def test_more_than_is_read_at_all_gets_a_page_in_words(browser: Client, language: str) -> None:
    browser.get(f"/?lang={language}")
    for data in (
        {"description": "x" * 6_000_000},
        {f"field{n}": "x" for n in range(1100)},
        {"files": [a_file(f"{n}.txt") for n in range(101)]},
    ):
        answer = browser.post("/complaint/", data)
        assert answer.status_code == 413
        assert answer.headers["Content-Language"] == language
        assert "<h1>" in answer.content.decode()


def test_a_form_that_broke_off_gets_a_page_in_words(browser: Client) -> None:
    answer = browser.generic("POST", "/complaint/", b"--x\r\nbroken", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert "did not arrive whole" in words(answer)


def test_a_form_from_elsewhere_is_shown_and_not_sent(browser: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    led = strict.post("/complaint/", COMPLETE, headers={"sec-fetch-site": "cross-site"})
    assert led.status_code == 403
    assert "Nothing has been sent yet" in words(led)
    assert COMPLETE["description"] in words(led)
    assert not Case.objects.exists()
    data = {**COMPLETE, "token": hidden(led, "token"), "csrfmiddlewaretoken": hidden(led, "csrfmiddlewaretoken")}
    assert strict.post("/complaint/", data).status_code == 303


def test_a_browser_without_cookies_can_complain() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
    assert strict.post("/complaint/", COMPLETE).status_code == 303


def test_nobody_who_sends_a_form_gets_it_kept_on_the_way(browser: Client) -> None:
    assert send(browser, occurred_on="2999-01-01").headers["Cache-Control"] == "no-store"


def test_other_methods(browser: Client) -> None:
    answer = browser.delete("/complaint/")
    assert answer.status_code == 405
    assert "GET, POST" in answer.headers["Allow"]


def test_every_visitor_gets_a_form_with_tokens_of_its_own(browser: Client) -> None:
    pages = [browser.get("/complaint/"), Client(headers={"accept-language": "en"}).get("/complaint/")]
    for name in ("token", "csrfmiddlewaretoken"):
        values = {hidden(page, name) for page in pages}
        assert len(values) == 2
        assert all(len(value) > 40 for value in values)


def test_a_filled_form_is_shown_to_nobody_else(browser: Client) -> None:
    send(browser, description="CANARY-WORDS", occurred_on="2999-01-01")
    assert "CANARY-WORDS" not in browser.get("/complaint/").content.decode()


def test_the_hour_of_receipt_is_told(browser: Client) -> None:
    with clock.at(MONDAY):
        answer = send(browser)
        page = browser.get(answer.headers["Location"])
    assert "Received today 09:00" in words(page) or "Received Mon 2 March, 09:00" in words(page)
