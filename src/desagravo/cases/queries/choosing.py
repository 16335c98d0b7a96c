"""Whom the rules propose to give a case to, and why."""

from dataclasses import dataclass

from django.db.models import Count

from desagravo.cases import deciding
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Assessment, Case, ComplaintForm
from desagravo.cases.queries.holdings import WORKS_ON_CASES
from desagravo.departments import queries as departments
from desagravo.rulebook import decide


@dataclass(frozen=True)
class Proposed:
    """A colleague, the rule as ``edition#rule``, the open cases that lie there, and who was passed over and why."""

    id: str
    name: str
    rule: str
    open_cases: int
    passed_over: tuple[tuple[str, str], ...]


def proposed_handler(case: Case, *, assessment: Assessment | None, form: ComplaintForm | None) -> Proposed | None:
    """Whom the case's edition proposes; None where none of its rules finds somebody."""
    people = departments.people(*WORKS_ON_CASES)
    away = departments.away_now([each.id for each in people])
    work = _open_cases([each.id for each in people])
    answers = assessment.answers if assessment else {}
    choice = decide.handler(
        deciding.facts(case, assessment=assessment, form=form),
        [decide.Candidate(each.id, each.roles, each.team, each.id in away, work.get(each.id, 0)) for each in people],
        edition=edition_of(case),
        complained_about=[answers[decide.ABOUT]] if decide.ABOUT in answers else (),
        handled_before=_handled_before(case) if case.stage > 1 else (),
    )
    if choice is None:
        return None
    names = {each.id: each.name for each in people}
    passed_over = tuple((names[person], why) for person, why in choice.passed_over)
    rule = f"{edition_of(case)}#{choice.rule}"
    return Proposed(choice.person, names[choice.person], rule, choice.open_cases, passed_over)


def _open_cases(people: list[str]) -> dict[str, int]:
    counted = Case.objects.filter(open=True, owner__in=[int(each) for each in people]).order_by()
    return {str(owner): count for owner, count in counted.values_list("owner").annotate(Count("pk"))}


def _handled_before(case: Case) -> set[str]:
    """Who wrote or signed the answers that the customer did not accept."""
    texts = case.responses.filter(state="sent").values_list("authors", "decided_by_id")
    found = {str(each) for authors, decided_by in texts for each in (*authors, decided_by) if each}
    return found | {str(key) for key in case.sign_offs.values_list("signer_id", flat=True)}
