from __future__ import annotations

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Case, Document
from desagravo.common import files
from tests.cast import Cast, closed, days_later, filed, fresh, in_work, kinds
from tests.rooms.cases.steps import adds


def test_a_mail_that_went_out_is_on_record(cast: Cast) -> None:
    case = filed()
    with adds(case, "letter.delivered", status="received"):
        actions.letter_delivered(case.number, letter="acknowledgement")


def test_a_mail_that_cannot_be_delivered_comes_to_the_owner(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "letter.undeliverable", status="in_work"), days_later(1) as later:
        actions.letter_undeliverable(case.number, letter="acknowledgement", because="550 no such\nuser")
    row = case.follow_ups.get()
    assert (row.about, row.came_back_at) == ("550 no such user", later)
    assert fresh(case).next_step == "look_after"


def test_nobody_is_asked_to_look_after_a_closed_case(cast: Cast) -> None:
    case = closed(cast)
    with adds(case, "letter.undeliverable", status="closed"):
        actions.letter_undeliverable(case.number, letter="closure", because="550")
    assert not case.follow_ups.exists()


def test_a_paper_is_kept_once(cast: Cast) -> None:
    case = filed()
    with adds(case, "document.made", status="received"):
        first = actions.keep_document(case, kind="receipt", subject=1, pdf=b"%PDF one")
        again = actions.keep_document(case, kind="receipt", subject=1, pdf=b"%PDF two")
    assert again == first
    assert files.read(Document.objects.get().stored) == b"%PDF one"


def test_a_case_that_is_not_there(cast: Cast) -> None:
    with pytest.raises(Case.DoesNotExist):
        actions.letter_delivered("2026-99999", letter="acknowledgement")
    assert not kinds(Case(number="2026-99999"))
