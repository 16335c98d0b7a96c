"""Triage: structured answers in, minor or major out, with the rule that decided; a person may overrule it."""

from collections.abc import Mapping

from django.db import transaction

from desagravo.cases import deciding
from desagravo.cases.actions._path import because, begin, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.contents import content
from desagravo.cases.editions import edition_of
from desagravo.cases.events import CaseAssessed, CaseOverruled
from desagravo.cases.models import Assessment, Case
from desagravo.cases.terms import SEVERITY, term
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.departments import queries as departments
from desagravo.rulebook import decide


@transaction.atomic
def assess(case: Case, *, answers: Mapping[str, str], actor: Actor, about: str = "") -> Case:
    """Answer the triage questions (code → yes, no, unknown; ``money_amount`` as decimal text).

    What the product knows (earlier complaints, categories) is put beside them. ``about`` is the id of the colleague
    complained about, who is then not proposed as its handler.

    Answered again, they may make a case a major one; to make it less, or to undo what a person decided, takes
    :func:`overrule` and a reason.

    Raises:
        Missing: no answer at all, an answer that is none of the choices, or answers that would change the class
            without a reason.
    """
    case = begin("assess", case, actor=actor)
    if not answers:
        raise Missing({"answers": [Refusal("nothing_answered")]})
    told = {code: answer for code, answer in answers.items() if code not in decide.KNOWN}
    told.update(deciding.known_beside(case))
    if about:
        if about not in departments.names([about]):
            raise Missing({"about": [Refusal("no_such_person")]})
        told[decide.ABOUT] = about
    try:
        decision = decide.triage(told, edition=edition_of(case))
    except ValueError as error:
        raise Missing({"answers": [Refusal("unknown_code", value=str(error))]}) from error
    _keep_the_class(case, decision.outcome)
    assessment = Assessment.objects.create(
        case=case,
        answers=told,
        outcome=decision.outcome,
        rule=decision.rule,
        by_id=_person(actor),
        at=clock.now(),
    )
    case.severity, case.rule = decision.outcome, decision.rule
    facts = CaseAssessed(
        assessment.pk, decision.outcome, decision.rule, decision.role, decision.service, decision.points
    )
    return finish(
        case,
        "assess",
        facts,
        actor=actor,
        subject=("assessment", str(assessment.pk)),
        because=because(case, decision.rule),
        private={"assessment": content(assessment)},
    )


def _keep_the_class(case: Case, outcome: str) -> None:
    if not case.severity or outcome == case.severity:
        return
    latest = case.assessments.order_by("-pk").first()
    if case.severity == "major" or (latest and latest.overruled_to):
        raise Missing({"answers": [Refusal("class_needs_reason", now=term(SEVERITY, case.severity))]})


@transaction.atomic
def overrule(case: Case, *, outcome: str, reason: str, actor: Actor) -> Case:
    """Decide otherwise than the rule, with a reason that stays on record.

    Raises:
        Missing: no reason, or an outcome that is neither minor nor major.
        NotNow: the outcome is the case's class already.
    """
    case = begin("overrule", case, actor=actor)
    reason = needed("reason", reason, otherwise="needs_reason")
    if outcome not in ("minor", "major"):
        raise Missing({"outcome": [Refusal("unknown_code", value=outcome[:60])]})
    if outcome == case.severity:
        raise NotNow("same_class")
    assessment = case.assessments.order_by("-pk")[0]
    facts = CaseOverruled(assessment.pk, before=case.severity, after=outcome, rule=assessment.rule)
    assessment.overruled_to, assessment.overrule_reason = outcome, reason
    assessment.overruled_by_id, assessment.overruled_at = _person(actor), clock.now()
    assessment.save()
    case.severity = outcome
    return finish(
        case,
        "overrule",
        facts,
        actor=actor,
        subject=("assessment", str(assessment.pk)),
        private={"assessment": content(assessment)},
    )


def _person(actor: Actor) -> int | None:
    return int(actor.id) if actor.kind == "staff" else None
