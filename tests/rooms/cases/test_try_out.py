"""A draft tried on past cases: what it would have said of them, and that nothing of them changes."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from desagravo.cases import actions, trying
from desagravo.cases.actions.try_out import run_try_out
from desagravo.cases.models import Case, TryOut
from desagravo.cases.queries import try_outs as query
from desagravo.cases.trying import Outlook, Tally
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotYours
from desagravo.history.models import Event
from desagravo.rulebook import edition
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import to_json
from tests.cast import CALM, MONDAY, SAFETY, Cast, answered, days_later, filed, fresh, in_work

FIRST, LAST = MONDAY.date() - timedelta(days=1), MONDAY.date() + timedelta(days=40)


def draft(change: Any = lambda books: None) -> str:
    """A draft of the starter with something changed."""
    whole = edition.whole(edition.STARTER)
    books = {name: deepcopy(dict(book)) for name, book in whole.books.items()}
    change(books)
    told = {"books": to_json(books), "policies": to_json(dict(whole.policies))}
    now = clock.now()
    Edition.objects.create(code="draft-1", based_on=whole.code, created_at=now, changed_at=now, **told)
    return "draft-1"


def tried(cast: Cast, code: str) -> query.TryOutView:
    row = actions.ask_for_try_out(code, from_day=FIRST, to_day=LAST, actor=cast.marta)
    run_try_out(TryOut.objects.get(pk=row.pk))
    return query.try_out(code, row.pk)


def digest_of_cases() -> str:
    """Everything in the tables of cases but the try-outs themselves."""
    told = hashlib.sha256()
    for model in sorted(apps.get_app_config("cases").get_models(), key=lambda each: each.__name__):
        if model is not TryOut:
            rows = list(model._default_manager.order_by("pk").values())
            told.update(json.dumps([model.__name__, rows], default=str, sort_keys=True).encode())
    return told.hexdigest()


def stricter(books: Any) -> None:
    """Less makes a case major, legal hears of everything damaged, supervisors approve refunds, answers in a day."""
    books["triage"]["result"]["major_from"] = 5
    rule = deepcopy(books["routing"]["rule"][0])
    rule.update(code="route.damaged", department="legal", question="wording", when=[{"categories": ["QUA.damaged"]}])
    books["routing"]["rule"].append(rule)
    rule = deepcopy(books["approvals"]["rule"][0])
    rule.update(code="approval.replace", role="supervisor", when=[{"remedies": ["replace"]}])
    books["approvals"]["rule"].append(rule)
    next(row for row in books["targets"]["target"] if row["code"] == "answer")["days"] = 1


def test_the_same_rules_say_the_same(cast: Cast) -> None:
    in_work(cast, answers=SAFETY)
    filed()
    view = tried(cast, draft())
    assert (view.state, view.cases, view.assessed, view.differing, view.groups) == ("done", 2, 1, 0, {})
    assert view.totals["class|major"] == (1, 1)


def test_what_a_stricter_draft_would_have_said_and_nothing_is_touched(cast: Cast) -> None:
    care = in_work(cast, answers={**CALM, "vulnerable": "yes"}, email="a@example.org")
    broken = in_work(cast, answers=CALM, problem_category=["QUA.damaged"], email="b@example.org")
    with days_later(3):
        swapped = answered(cast, email="c@example.org")
        Case.objects.filter(pk=swapped.pk).update(received_at=MONDAY)
    code = draft(stricter)
    before = digest_of_cases()
    view = tried(cast, code)
    assert digest_of_cases() == before
    assert view.cases == 3
    assert view.groups["class|minor|major"] == 1
    assert view.groups["departments|+|legal"] == 1
    assert view.groups["approvals|+|manager"] == 1
    assert view.groups["approvals|+|supervisor"] == 1
    assert view.groups["late|+|house/answer"] == 1

    def of(group: str) -> list[str]:
        return [row.number for row in query.cases_of(cast.marta, code, view.key, group).rows]

    assert of("class|minor|major") == [care.number] == of("approvals|+|manager")
    assert of("departments|+|legal") == [broken.number]
    assert of("approvals|+|supervisor") == [swapped.number] == of("late|+|house/answer")
    assert view.totals["class|major"] == (0, 1)
    assert Event.objects.get(subject_kind="try_out", subject_id=str(view.key)).kind == "rulebook.tried"


def test_what_a_person_decided_stands_under_every_edition(cast: Cast) -> None:
    case = in_work(cast, answers={**CALM, "vulnerable": "yes"})
    actions.overrule(case, outcome="major", reason="The press called.", actor=cast.marta)
    view = tried(cast, draft(stricter))
    assert (view.overruled, view.totals["class|major"]) == (1, (1, 1))


def test_only_cases_that_the_reader_sees_are_listed(cast: Cast) -> None:
    case = in_work(cast, answers={**CALM, "vulnerable": "yes"})
    code = draft(stricter)
    view = tried(cast, code)
    actions.make_confidential(fresh(case), actor=cast.rui)
    found = query.cases_of(cast.marta, code, view.key, "class|minor|major")
    assert (found.count, found.seen, found.rows) == (1, 0, ())
    assert list(query.rows_of(cast.marta, code, view.key)) == []
    assert query.cases_of(cast.rui, code, view.key, "class|minor|major").seen == 1
    with pytest.raises(NotYours):
        query.cases_of(cast.marta, code, view.key, "class|major|minor")
    with pytest.raises(NotYours):
        query.try_out("starter-2026.1", view.key)


def test_a_draft_that_changed_since_says_so(cast: Cast) -> None:
    filed()
    code = draft()
    view = tried(cast, code)
    assert not view.changed_since
    row = Edition.objects.get(code=code)
    row.books["triage"]["result"]["major_from"] = 3
    row.save()
    assert query.try_out(code, view.key).changed_since


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        ((None, LAST), {"from_day": "needs_day"}),
        ((LAST, FIRST), {"to_day": "days_backwards"}),
        ((date(2001, 1, 1), LAST), {"to_day": "period_too_long"}),
        ((date(2001, 1, 1), date(2001, 2, 1)), {"from_day": "nothing_in_period"}),
    ],
)
def test_a_period_that_cannot_be_tried(
    cast: Cast, days: tuple[date | None, date | None], codes: dict[str, str]
) -> None:
    filed()
    with pytest.raises(Missing) as refused:
        actions.ask_for_try_out("starter-2026.1", from_day=days[0], to_day=days[1], actor=cast.marta)
    assert {field: found[0].code for field, found in refused.value.fields.items()} == codes
    assert not TryOut.objects.exists()


def test_who_may_try(cast: Cast) -> None:
    filed()
    for who in ("rui", "sofia", "dora", "carla"):
        with pytest.raises(NotAllowed):
            actions.ask_for_try_out("starter-2026.1", from_day=FIRST, to_day=LAST, actor=cast.actor(who))
    with pytest.raises(NotYours):
        actions.ask_for_try_out("draft-9", from_day=FIRST, to_day=LAST, actor=cast.marta)
    assert actions.ask_for_try_out("starter-2026.1", from_day=FIRST, to_day=LAST, actor=cast.xavier).total == 1


OUTLOOKS = st.builds(
    Outlook,
    st.sampled_from(["", "minor", "major"]),
    st.frozensets(st.sampled_from(["legal", "finance"])),
    st.frozensets(st.sampled_from(["manager", "contact:legal"])),
    st.frozensets(st.sampled_from(["a/b", "house/answer"])),
)


@given(st.lists(st.tuples(OUTLOOKS, OUTLOOKS), max_size=8))
def test_the_groups_and_the_totals_agree(pairs: list[tuple[Outlook, Outlook]]) -> None:
    tally = Tally()
    for key, (before, after) in enumerate(pairs):
        tally.add(key, before, after)
        assert (before == after) == (not trying.differences(before, after))
    assert tally.differing == sum(before != after for before, after in pairs)
    for what, (before_count, after_count) in tally.totals.items():
        kind, _bar, code = what.partition("|")
        if kind == "class" or not code:
            continue
        gained, lost = (len(tally.groups.get(f"{kind}|{way}|{code}", ())) for way in "+-")
        assert after_count - before_count == gained - lost
