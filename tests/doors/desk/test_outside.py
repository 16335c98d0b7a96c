"""The pages of the case outside, of sending on, of the second look, of recoding; codes as a file; retention."""

from __future__ import annotations

import csv
import io
from typing import Any

from desagravo.cases import actions
from desagravo.cases.models import Erasure, Referral, RetentionRun
from desagravo.cases.queries import outside
from desagravo.common import clock
from desagravo.departments import actions as departments
from desagravo.history.outbox import run_due
from tests.cast import MONDAY, PASSWORD, Cast, answered, closed, days_later, fresh, in_work
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_case import page
from tests.doors.desk.test_closure import SIGNED


def test_a_stage_outside_is_recorded_and_ended(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    rui, path = desk("rui"), page(case.number, "outside/")
    assert "<datalist" not in rui.get(path).content.decode()  # the house has not said in which country it is
    departments.establish_organisation("Casa de Ensaio", country="PT")
    (proposed,) = outside.bodies_for(case)
    assert f'<option value="{proposed}">' in rui.get(path).content.decode()
    bad = rui.post(path, {"body": "", "reference": "CA 118/26", "opened_on": "soon"})
    assert bad.status_code == 422
    html = bad.content.decode()
    assert "CA 118/26" in html
    assert "Say before which body it lies." in html
    assert 'id="f_opened_on_error"' in html
    assert rui.post(path, {"body": "Centro de Arbitragem", "reference": "CA 118/26"}).status_code == 303
    row = Referral.objects.get()
    assert "Centro de Arbitragem" in rui.get(page(case.number)).content.decode()
    stage = page(case.number, f"outside/{row.pk}/")
    assert rui.post(f"{stage}file/", {"given_on": "1999-01-01"}).status_code == 422
    assert rui.post(f"{stage}file/", {"given_on": ""}).status_code == 303
    refused = rui.post(stage, {"outcome": "for_customer", "effect": "reopen", "words": ""})
    assert refused.status_code == 422
    assert 'value="for_customer" checked' in refused.content.decode()
    assert rui.post(stage, {"outcome": "for_us", "effect": "none", "words": "Improcedente."}).status_code == 303
    assert "The body agrees with us" in rui.get(path).content.decode()
    assert "Improcedente." in rui.get(stage).content.decode()
    assert rui.get(page(case.number, "outside/99/")).status_code == 404


def test_a_complaint_is_sent_on(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, path = desk("rui"), page(case.number, "forwarding/")
    html = rui.get(path).content.decode()
    assert "The customer has not said that the complaint may be passed on." in html
    kept = rui.post(path, {"body": "", "reason": "Theirs.", "letter": "Exma. Senhora"}).content.decode()
    assert "Exma. Senhora" in kept
    assert "Say to whom the complaint is sent on." in kept
    told = {"body": "Transportes Rápidos", "reason": "Theirs.", "letter": "Exma. Senhora, encaminhámos."}
    assert rui.post(path, told).status_code == 303
    assert fresh(case).status == "answered"
    assert desk("dora").get(path).status_code == 403


def test_the_second_look_has_a_page(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    sofia, path = desk("sofia"), page(case.number, "second-stage/")
    assert "handled the first stage" in sofia.get(path).content.decode()
    assert sofia.post(path, {"to": "", "reason": "x"}).status_code == 422
    bia = str(cast.person("bia").pk)
    assert sofia.post(path, {"to": bia, "reason": "Not content."}).status_code == 303
    assert fresh(case).stage == 2
    assert desk("rui").get(path).status_code == 403


def test_a_closed_case_is_coded_anew_beside_what_was_signed(cast: Cast, desk: Desk) -> None:
    case = closed(cast)
    marta, path = desk("marta"), page(case.number, "recoding/")
    assert 'value="upheld" checked' in marta.get(path).content.decode()
    codes: dict[str, Any] = {**case.sign_offs.get().codes, "outcome": "partly_upheld"}
    assert marta.post(path, {**codes, "reason": ""}).status_code == 422
    assert marta.post(path, {**codes, "reason": "New list."}).status_code == 303
    html = marta.get(page(case.number, "closure/")).content.decode()
    assert "Coded anew under the list of starter-2026.1" in html
    assert "Partly upheld" in html
    assert "upheld, with redress" in html
    assert desk("sofia").get(path).status_code == 403


def test_how_codes_are_reported_is_shown_before_signing(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    sofia, path = desk("sofia"), page(case.number, "closure/")
    assert "Tick a code for each question above" in sofia.get(path).content.decode()
    looked = sofia.post(path, {**SIGNED, "do": "look", "outcome": "settled_without_finding"})
    html = looked.content.decode()
    assert looked.status_code == 200
    assert "rejected, with redress" in html
    assert "closed with non-monetary relief" in html
    assert "Twice the same failure." in html
    assert PASSWORD not in html
    assert fresh(case).status == "answered"
    missing = sofia.post(path, {**SIGNED, "detail_reason": "", "remedies": []})
    assert missing.status_code == 422
    html = missing.content.decode()
    assert "“Upheld” asks for this." in html
    assert 'id="f_detail_reason_error"' in html
    assert "Report Q-118" in html


def _rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_closing_codes_leave_as_a_file_with_both_codings(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        case, other = closed(cast), closed(cast)
        hidden = in_work(cast)
        actions.make_confidential(hidden, actor=cast.rui)
        codes = {**case.sign_offs.get().codes, "outcome": ["partly_upheld"]}
        actions.recode(case, codes=codes, reason="New list.", actor=cast.marta)
    marta, path = desk("marta"), "/desk/exports/closing-codes/"
    assert marta.get(path).status_code == 200
    assert marta.get(f"{path}?from=2026-03-05&to=2026-03-01").status_code == 422
    assert marta.get(f"{path}?from=x&to=2026-03-01").status_code == 422
    first, second = _rows(marta.get(f"{path}?from=2026-03-02&to=2026-03-02"))
    assert (first["case"], second["case"]) == (case.number, other.number)
    assert (first["outcome"], first["recoded_outcome"], first["recoded_fca"]) == (
        "upheld",
        "partly_upheld",
        "upheld_with_redress",
    )
    assert (second["fca"], second["livro"], second["cfpb"]) == (
        "upheld_with_redress",
        "answered_resolved",
        "closed_with_non_monetary_relief",
    )
    assert second["recoded_outcome"] == ""
    assert (second["remedies"], second["settled_by"], second["delivered"]) == ("replace", "accepted", "yes")
    assert _rows(marta.get(f"{path}?from=2026-03-03&to=2026-03-31")) == []
    for name in ("rui", "ines", "sofia", "xavier"):
        assert desk(name).get(path).status_code == 403


def test_the_keeper_of_data_looks_and_lets_go(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        case = closed(cast)
    path = "/desk/privacy/retention/"
    with days_later(5 * 366):
        amelia = desk("amelia")
        assert "The house keeps every case for five years" in amelia.get(path).content.decode()
        assert amelia.post(f"{path}look/").status_code == 303
        run_due()
        html = amelia.get(path).content.decode()
        assert case.number in html
        key = RetentionRun.objects.get().pk
        wrong = amelia.post(f"{path}{key}/letting-go/", {"password": "wrong", "confirmed": "yes"})
        assert wrong.status_code == 422
        assert 'id="f_password_error"' in wrong.content.decode()
        told = _rows(amelia.get(f"{path}cases.csv"))
        assert [(each["case"], each["verdict"]) for each in told] == [(case.number, "may_go")]
        assert not Erasure.objects.exists()
        done = amelia.post(f"{path}{key}/letting-go/", {"password": PASSWORD, "confirmed": "yes"})
        assert done.status_code == 303
        assert Erasure.objects.get().ground == "retention"
        assert desk("marta").post(f"{path}{key}/letting-go/", {"password": PASSWORD}).status_code == 404
    for name in ("rui", "sofia", "dora", "xavier"):
        assert desk(name).get(path).status_code == 403
        assert desk(name).get(f"{path}cases.csv").status_code == 403


def test_the_customer_reads_where_else_the_complaint_is(cast: Cast, desk: Desk) -> None:
    from django.test import Client  # noqa: PLC0415

    from desagravo.cases import queries  # noqa: PLC0415

    case = answered(cast)
    actions.refer(case, outside=actions.Outside(body="Centro de Arbitragem", reason="secret"), actor=cast.rui)
    link = queries.tracking_url(fresh(case)).partition("/track/")[2]
    html = Client(headers={"accept-language": "en"}).get(f"/track/{link}").content.decode()
    assert "Centro de Arbitragem" in html
    assert "secret" not in html
    assert "A responsible person now signs" not in html
