"""The handbook at the desk: for every colleague; other editions only for those who read rules."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.test import Client

from desagravo.common import clock
from desagravo.rulebook import edition
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import to_json
from tests.cast import Cast
from tests.rooms.cases.test_procedure import changed

pytestmark = pytest.mark.django_db


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


@pytest.mark.parametrize("name", ["ines", "rui", "carla", "sofia", "marta", "vasco", "dora", "amelia", "xavier"])
def test_every_colleague_reads_it(cast: Cast, name: str) -> None:
    answer = browser(cast, name).get("/desk/handbook/")
    assert answer.status_code == 200
    text = answer.content.decode()
    for words in (
        "Handbook for complaints",
        "sign the closure",
        "Simple or serious",
        "Closing codes",
        "What never to say",
    ):
        assert words in text
    assert Client().get("/desk/handbook/").status_code == 302


def test_as_pdf(cast: Cast) -> None:
    answer = browser(cast, "rui").get("/desk/handbook/en.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "Handbook for complaints" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert browser(cast, "rui").get("/desk/handbook/xx.pdf").status_code == 404


def test_a_draft_is_printed_as_a_draft_and_only_for_those_who_read_rules(cast: Cast) -> None:
    now = clock.now()
    starter = edition.whole(edition.STARTER)
    books = to_json({**starter.books, **changed("targets", "answer", days=9)})
    policies = to_json(starter.policies)
    Edition.objects.create(
        code="draft-7", based_on=edition.STARTER, books=books, policies=policies, created_at=now, changed_at=now
    )
    for name in ("xavier", "marta", "dora"):
        client = browser(cast, name)
        text = client.get("/desk/handbook/?edition=draft-7").content.decode()
        assert "Draft. Made from edition draft-7" in text
        assert "9 working days" in text
        pdf = client.get("/desk/handbook/customers/pt-br.pdf?edition=draft-7")
        assert "Rascunho" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[1].extract_text()
        assert client.get("/desk/handbook/?edition=none").status_code == 404
    assert "?edition=draft-7" in browser(cast, "marta").get("/administration/rulebook/draft-7/").content.decode()
    Edition.objects.update(books={**books, "targets": {"zone": "Nowhere"}})
    refused = browser(cast, "marta").get("/desk/handbook/?edition=draft-7")
    assert refused.status_code == 409
    assert "still has mistakes" in refused.content.decode()
    for name in ("rui", "sofia", "carla"):
        assert browser(cast, name).get("/desk/handbook/?edition=draft-7").status_code == 404
        assert "9 working days" not in browser(cast, name).get("/desk/handbook/").content.decode()
