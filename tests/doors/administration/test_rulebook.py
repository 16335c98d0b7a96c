"""The pages of the rulebook: who comes in, a draft from copy to publication, mistakes beside fields, conflicts."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from desagravo.common import clock
from desagravo.departments import queries as people
from desagravo.rulebook import actions, edition, queries
from tests.cast import MONDAY, Cast, engage, in_work

pytestmark = pytest.mark.django_db
STARTER = edition.STARTER
BASE = "/administration/rulebook/"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    people.forget_organisation()
    with clock.at(MONDAY):
        yield engage()


def client(cast: Cast, name: str) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(cast.person(name))
    return made


@pytest.fixture
def marta(cast: Cast) -> Client:
    return client(cast, "marta")


@pytest.fixture
def draft(cast: Cast) -> str:
    return actions.draft_from(STARTER, actor=cast.marta, note="Higher limit")


def words(answer: HttpResponse) -> str:
    """What a page says, without its tags."""
    said = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(said).split())


def form(answer: HttpResponse) -> dict[str, list[str]]:
    """The fields of the form of a piece, as a browser would send them."""
    page = answer.content.decode()
    body = page[page.index('class="form rulebook-form"') :]
    body = body[: body.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.finditer(r"<(input|textarea|select)([^>]*)>(.*?)(?=<input|<textarea|<select|$)", body, re.DOTALL):
        kind, attributes, rest = tag.groups()
        name = re.search(r'name="([^"]*)"', attributes)
        if name is None or "disabled" in attributes:
            continue
        if kind == "textarea":
            value = html.unescape(rest[: rest.index("</textarea>")]).removeprefix("\n")
        elif kind == "select":
            chosen = re.search(r'<option value="([^"]*)" selected', rest)
            value = html.unescape(chosen.group(1)) if chosen else ""
        else:
            if 'type="checkbox"' in attributes and " checked" not in attributes:
                continue
            value = html.unescape((re.search(r'value="([^"]*)"', attributes) or ["", ""])[1])
        found.setdefault(html.unescape(name.group(1)), []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return found


def send(browser: Client, address: str, typed: dict[str, Any], **changes: Any) -> HttpResponse:
    """Send a form with some of its fields changed; None takes one away."""
    sent = {**typed, **{name.replace("__", "."): value for name, value in changes.items()}}
    return browser.post(address, {name: value for name, value in sent.items() if value is not None})


def part(draft: str, way: str = "") -> str:
    book, _slash, rest = way.partition("/")
    return f"{BASE}{draft}/change/{book}/" + (f"at/{rest}/" if rest else "")


# --- who comes in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [("xavier", 200, 200), ("marta", 200, 200), ("dora", 200, 404), ("rui", 404, 404), ("vasco", 404, 404)],
)
def test_administrators_and_managers_write_and_auditors_read(
    cast: Cast, draft: str, name: str, reads: int, writes: int
) -> None:
    browser = client(cast, name)
    for address in ("", f"{STARTER}/", f"{STARTER}/read/triage/", f"{draft}/differences/", f"{draft}/export/"):
        assert browser.get(BASE + address).status_code == reads, address
    for address in (f"{draft}/change/", f"{draft}/change/triage/", f"{STARTER}/copy/", "import/"):
        assert browser.get(BASE + address).status_code == writes, address
    before = queries.edition_view(draft)
    assert (browser.post(f"{BASE}{draft}/note/", {"note": "x"}).status_code == 303) is (writes == 200)
    assert (queries.edition_view(draft).row.note == "x") is (writes == 200)
    assert before.books == queries.edition_view(draft).books


@pytest.mark.parametrize("name", ["xavier", "marta", "dora"])
def test_the_way_there_stands_at_the_side(cast: Cast, name: str) -> None:
    assert f'href="{BASE}"' in client(cast, name).get(BASE).content.decode()


def test_managers_find_nothing_else_of_the_administration(cast: Cast, marta: Client) -> None:
    assert 'href="/administration/people/"' not in marta.get(BASE).content.decode()
    assert marta.get("/administration/people/").status_code == 404


def test_what_is_not_there_is_not_found(marta: Client, draft: str) -> None:
    for address in ("2099.9/", f"{draft}/read/nonsense/", part(draft, "triage/rule/nonsense")[len(BASE) :],
                    part(draft, "triage/rule")[len(BASE) :], part(draft, "policy:nonsense")[len(BASE) :],
                    f"{STARTER}/change/", f"{draft}/change/targets/new/target/"):  # fmt: skip
        assert marta.get(BASE + address).status_code == 404, address


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_in_force_and_what_is_written(cast: Cast, marta: Client, draft: str) -> None:
    in_work(cast)
    said = words(marta.get(BASE))
    assert f"{STARTER} In force since the house was opened The rules that the product brings 1" in said
    assert f"{draft} Draft last changed by Marta Faria" in said
    assert "Higher limit" in said


def test_a_review_that_is_due_stands_on_both_pages(cast: Cast) -> None:
    with clock.at(MONDAY + timedelta(days=900)):
        assert "was to be reviewed by" in words(client(cast, "marta").get(BASE))
        assert "To be reviewed:" in words(client(cast, "xavier").get("/administration/"))


def test_an_edition_reads_as_a_document(marta: Client) -> None:
    said = words(marta.get(f"{BASE}{STARTER}/read/triage/"))
    assert "Major at once . The amount at stake reaches the limit of €250.00." in said
    assert "When “Are there financial consequences for the customer or for us?” is answered with yes, and" in said
    limits = words(marta.get(f"{BASE}{STARTER}/read/policy:uk-fca-disp/"))
    assert "Final response (duty of the organisation" in limits
    assert "8 weeks The complaint was received the organisation DISP 1.6.2R the text of the rule was read" in limits
    assert "psd_or_emd" not in limits, "people read names, not codes"
    whole = words(marta.get(f"{BASE}{STARTER}/whole/"))
    assert "Minor complaints go to: supervisor." in whole
    assert "UK: FCA complaint rules (DISP 1)" in whole


# --- the forms --------------------------------------------------------------------------------------------------------


def test_every_page_of_a_draft_is_shown_and_saving_it_unchanged_changes_nothing(marta: Client, draft: str) -> None:
    """Every link to a piece is followed; one page of each kind of row is sent as it was shown."""
    before = queries.edition_view(draft)
    seen: set[str] = set()
    kinds: set[str] = set()
    waiting = [f"{BASE}{draft}/change/"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        kind = re.sub(r"(?<=/at/)(\w+)/[^/]+", r"\1", address)
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = marta.get(address)
        assert answer.status_code == 200, address
        waiting += re.findall(rf'href="({BASE}{draft}/change/[^"#?]+)"', unquote(answer.content.decode()))
        if 'class="form rulebook-form"' in answer.content.decode() and "/new/" not in address:
            assert marta.post(address, form(answer)).status_code == 303, address
    assert len(kinds) > 50
    after = queries.edition_view(draft)
    assert after.books == before.books
    assert after.policies == before.policies
    assert after.row.version == before.row.version


def test_a_limit_of_money_is_changed_and_nothing_else(marta: Client, draft: str) -> None:
    address = part(draft, "triage/rule/triage.money")
    before = queries.edition_view(draft).books["triage"]
    answer = send(marta, address, form(marta.get(address)), amount_from=["500,00"])
    assert answer.status_code == 303
    after = queries.edition_view(draft).books["triage"]
    changed = [(was, now) for was, now in zip(before["rule"], after["rule"], strict=True) if was != now]
    assert [now["amount_from"] for _was, now in changed] == ["500.00"]
    assert {**changed[0][1], "amount_from": "250.00"} == changed[0][0]
    assert "€250.00 €500.00" in words(marta.get(f"{BASE}{draft}/differences/"))


def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost(marta: Client, draft: str) -> None:
    address = part(draft, "triage/rule/triage.money")
    typed = form(marta.get(address))
    answer = send(marta, address, typed, amount_from=["a lot"], points=["many"], reason__en=["Because of money."])
    assert answer.status_code == 422
    page = answer.content.decode()
    assert '<a href="#f_amount_from">“a lot” is not an amount.' in page
    assert 'id="f_amount_from" name="amount_from" type="text" inputmode="decimal"' in page
    assert re.search(r'id="f_amount_from"[^>]*value="a lot"[^>]*aria-invalid="true"', page)
    assert re.search(r'id="f_points"[^>]*value="many"', page)
    assert "Because of money." in page
    assert page.count("<title>Error:") == 1
    kept = queries.piece(draft, "triage", ("rule", "triage.money"))
    assert kept["amount_from"] == "250.00"


def test_a_mistake_of_the_rules_is_kept_named_beside_the_field_and_stops_the_proposal(
    marta: Client, draft: str
) -> None:
    address = part(draft, "routing/rule/route.promotion")
    send(marta, address, form(marta.get(address)), question=["safe_to_use"])
    shown = marta.get(address).content.decode()
    assert re.search(r'id="f_question_error"', shown)
    hub = marta.get(f"{BASE}{draft}/change/").content.decode()
    assert f'href="{address}#f_question"' in hub
    assert "Propose it for publication" not in hub
    assert marta.post(f"{BASE}{draft}/proposal/", {}).status_code == 303
    assert queries.edition_view(draft).row.state == "draft"
    assert "It cannot go on yet" in words(marta.get(f"{BASE}{draft}/change/"))


def test_ways_are_added_moved_and_taken_out_before_anything_is_saved(marta: Client, draft: str) -> None:
    address = part(draft, "routing/rule/route.safety")
    typed = form(marta.get(address))
    before = queries.piece(draft, "routing", ("rule", "route.safety"))
    more = marta.post(address, {**typed, "do": "add|when"})
    assert more.status_code == 200
    assert form(more)["when"] == ["0", "1", "2", "n1"]
    moved = form(marta.post(address, {**form(more), "do": "up|when|n1", "when.n1.amount_at_least": "99"}))
    assert moved["when"] == ["0", "1", "n1", "2"]
    fewer = form(marta.post(address, {**moved, "do": "drop|when|0"}))
    assert fewer["when"] == ["1", "n1", "2"]
    assert queries.piece(draft, "routing", ("rule", "route.safety")) == before
    assert marta.post(address, {**fewer, "do": "save"}).status_code == 303
    after = queries.piece(draft, "routing", ("rule", "route.safety"))
    assert after["when"] == [before["when"][1], {"amount_at_least": "99.00"}, before["when"][2]]


def test_a_new_rule_gets_a_code_and_its_place(marta: Client, draft: str) -> None:
    address = f"{BASE}{draft}/change/routing/new/rule/"
    shown = marta.get(address)
    typed = {"department": "finance", "question": "charges", "reason.en": "It is about a gift card.",
             "reason.pt-pt": "Trata-se de um cartão.", "reason.es": "Se trata de una tarjeta.", "when": ["n1"],
             "when.n1.categories": ["PRI.wrong_invoice"]}  # fmt: skip
    assert shown.status_code == 200
    assert marta.post(address, typed).status_code == 303
    rows = queries.edition_view(draft).books["routing"]["rule"]
    assert (
        rows[-1]
        == {
            "code": "route.it_is_about_a_gift_card",
            "department": "finance",
            "question": "charges",
            "reason": {
                "en": "It is about a gift card.\n",
                "pt-pt": "Trata-se de um cartão.\n",
                "es": "Se trata de una tarjeta.\n",
            },
            "when": [{"categories": ["PRI.wrong_invoice"]}],
        }
        or rows[-1]["reason"]["en"] == "It is about a gift card."
    )
    assert not queries.mistakes(draft)
    row = f"{BASE}{draft}/change/routing/rows/rule/route.it_is_about_a_gift_card/"
    marta.post(row, {"do": "up"})
    assert queries.edition_view(draft).books["routing"]["rule"][-2]["department"] == "finance"
    asked = marta.get(row)
    assert "It is about a gift card" in words(asked)
    seen = re.search(r'name="seen" value="([^"]*)"', asked.content.decode())
    assert seen is not None
    marta.post(row, {"do": "remove", "seen": html.unescape(seen.group(1))})
    assert queries.edition_view(draft).books["routing"] == queries.edition_view(STARTER).books["routing"]


def test_a_new_rule_without_words_is_asked_for_them(marta: Client, draft: str) -> None:
    answer = marta.post(f"{BASE}{draft}/change/routing/new/rule/", {"department": "finance", "when": ["n1"]})
    assert answer.status_code == 422
    assert 'id="f_reason-en_error"' in answer.content.decode()
    assert 'id="f_question_error"' in answer.content.decode()
    assert '<option value="finance" selected>' in answer.content.decode()


def test_somebody_else_changed_it_meanwhile(cast: Cast, marta: Client, draft: str) -> None:
    address = part(draft, "triage/rule/triage.money")
    typed = form(marta.get(address))
    other = client(cast, "xavier")
    send(other, address, form(other.get(address)), points=["8"])
    answer = send(marta, address, typed, amount_from=["400"])
    assert answer.status_code == 409
    said = words(answer)
    assert "Somebody else changed this while you were writing" in said
    assert "Points 8 10" in said, "both are shown"
    assert queries.piece(draft, "triage", ("rule", "triage.money"))["points"] == 8
    again = form(answer)
    assert again["amount_from"] == ["400"]
    assert send(marta, address, again).status_code == 303
    kept = queries.piece(draft, "triage", ("rule", "triage.money"))
    assert (kept["amount_from"], kept["points"]) == ("400.00", 10)


def test_a_published_edition_and_a_proposed_one_do_not_change(cast: Cast, marta: Client, draft: str) -> None:
    address = part(draft, "triage/rule/triage.money")
    typed = form(marta.get(address))
    send(marta, address, typed, points=["9"])
    actions.propose(draft, actor=cast.marta)
    assert "This edition does not change now." in words(marta.get(address))
    assert send(marta, address, typed, points=["7"]).status_code == 409
    assert marta.post(f"{BASE}{STARTER}/change/triage/at/rule/triage.money/", typed | {"points": "7"}).status_code in (
        404,
        409,
    )
    assert queries.piece(draft, "triage", ("rule", "triage.money"))["points"] == 9


# --- the way of an edition --------------------------------------------------------------------------------------------


def test_from_a_copy_to_publication_by_a_second_person(cast: Cast, marta: Client) -> None:
    answer = marta.post(f"{BASE}{STARTER}/copy/", {"note": "From January"})
    code = answer.headers["Location"].split("/")[3]
    address = part(code, "triage/rule/triage.money")
    send(marta, address, form(marta.get(address)), amount_from=["500"])
    hub = words(marta.get(f"{BASE}{code}/change/"))
    assert "must be mended before it can go on" in hub, "between 250 and 500 there is a gap now"
    address = part(code, "triage/rule/triage.money_medium")
    send(marta, address, form(marta.get(address)), amount_below=["500"])
    assert "Propose it for publication" in words(marta.get(f"{BASE}{code}/change/"))
    assert marta.post(f"{BASE}{code}/proposal/", {"comment": "Please read the triage."}).status_code == 303
    assert "somebody else publishes it" in words(marta.get(f"{BASE}{code}/change/"))
    xavier = client(cast, "xavier")
    hub = xavier.get(f"{BASE}{code}/change/")
    assert "Please read the triage." in words(hub)
    returned = xavier.post(f"{BASE}{code}/return/", {"comment": ""})
    assert returned.status_code == 422
    assert 'id="f_comment_error"' in returned.content.decode()
    seen = {"seen": queries.edition_view(code).row.sha256}
    late = xavier.post(f"{BASE}{code}/publication/", {"from_day": "2020-01-01", **seen})
    assert late.status_code == 422
    assert 'value="2020-01-01"' in late.content.decode()
    assert 'id="f_from_day_error"' in late.content.decode()
    day = date(2026, 3, 9)
    assert xavier.post(f"{BASE}{code}/publication/", {"from_day": day.isoformat(), **seen}).status_code == 303
    said = words(marta.get(BASE))
    assert "Coming" in said
    assert "published by Xavier Brito" in said
    with clock.at(MONDAY + timedelta(days=8)):
        assert queries.edition() == code
        assert f"{STARTER} No longer in force" in words(client(cast, "marta").get(BASE))


def test_nobody_publishes_the_own_words(cast: Cast, marta: Client, draft: str) -> None:
    send(
        marta,
        part(draft, "triage/rule/triage.money"),
        form(marta.get(part(draft, "triage/rule/triage.money"))),
        points=["9"],
    )
    actions.propose(draft, actor=cast.marta)
    assert marta.post(f"{BASE}{draft}/publication/", {"from_day": "2026-03-09"}).status_code == 403
    assert queries.edition_view(draft).row.state == "proposed"


def test_a_draft_is_discarded_after_a_question(marta: Client, draft: str) -> None:
    assert "Discard the draft" in words(marta.get(f"{BASE}{draft}/discarding/"))
    assert queries.edition_view(draft).row.state == "draft"
    marta.post(f"{BASE}{draft}/discarding/")
    assert queries.edition_view(draft).row.state == "discarded"
    assert "1 discarded draft" in words(marta.get(BASE))


def test_an_edition_goes_out_as_files_and_comes_back_the_same(marta: Client, draft: str) -> None:
    answer = marta.get(f"{BASE}{draft}/export/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "triage.toml" in " ".join(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
    sent = SimpleUploadedFile("edition.zip", answer.content)
    made = marta.post(f"{BASE}import/", {"files": sent, "note": "Back again"})
    assert made.status_code == 303, words(made)
    code = made.headers["Location"].split("/")[3]
    assert queries.edition_view(code).books == queries.edition_view(draft).books
    assert "Nothing is said otherwise" in words(marta.get(f"{BASE}{code}/differences/?with={draft}"))


def test_a_file_with_a_mistake_is_refused_with_file_and_line(marta: Client, draft: str) -> None:
    sent = SimpleUploadedFile("targets.toml", b'zone = "Europe/Lisbon"\nbusiness_dey_ends = "17:00"\n')
    before = queries.edition_view(draft)
    answer = marta.post(f"{BASE}import/", {"files": sent, "into": draft, "note": "A note"})
    assert answer.status_code == 422
    said = words(answer)
    assert "targets.toml, line 2" in said
    assert 'value="A note"' in answer.content.decode()
    assert queries.edition_view(draft).books == before.books
    assert marta.post(f"{BASE}import/", {}).status_code == 422


def test_a_rulebook_is_taken_in_and_out(marta: Client, draft: str) -> None:
    asked = marta.get(f"{BASE}{draft}/policies/?policy=us-cfpb")
    assert "Take" in words(asked)
    marta.post(f"{BASE}{draft}/policies/", {"policy": "us-cfpb", "do": "remove"})
    assert "us-cfpb" not in queries.edition_view(draft).policies
    assert any(each.where.book == "rulebooks" for each in queries.mistakes(draft)), "a rule still names it"
    marta.post(f"{BASE}{draft}/policies/", {"policy": "us-cfpb", "do": "add"})
    assert queries.edition_view(draft).policies["us-cfpb"] == queries.edition_view(STARTER).policies["us-cfpb"]
