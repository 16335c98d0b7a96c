"""Why the rules decided as they did, in words: the edition, the rule, and what was answered or found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from desagravo.cases import queries as cases
from desagravo.common.language import active
from desagravo.departments import queries as departments
from desagravo.rulebook import decide
from desagravo.rulebook import queries as rulebook

_ANSWERED = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "unknown": gettext_lazy("not known")}


@dataclass(frozen=True)
class Weight:
    """One rule that added something: its sentence, its points, whether it decides alone, and what was answered."""

    rule: str
    reason: str
    points: int
    hard: bool
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Weighing:
    """How the class came about: the sum, the limit, and every rule that added something, the heaviest first."""

    edition: str
    rule: str
    points: int
    major_from: int
    hard: bool
    weights: tuple[Weight, ...]


def weighing(case: Any, assessment: Any) -> Weighing | None:
    """What an assessment weighed; None if its questions are none of the edition that the case keeps."""
    edition = case.edition or rulebook.STARTER
    try:
        found = decide.triage(assessment.answers, edition=edition)
    except (ValueError, KeyError, LookupError):
        return None
    heaviest = sorted(found.contributions, key=lambda each: (each.rule != found.rule, -each.hard, -each.points))
    weights = [
        Weight(
            each.rule,
            rule_in_words(f"{edition}#{each.rule}"),
            each.points,
            each.hard,
            _answers(each.rule, assessment, edition),
        )
        for each in heaviest
    ]
    return Weighing(edition, found.rule, found.points, found.major_from, found.hard, tuple(weights))


def _answers(rule: str, assessment: Any, edition: str) -> tuple[str, ...]:
    """What was answered to the questions that the rule reads, and what the product knew."""
    row: Mapping[str, Any] = next((row for row in decide.book("triage", edition)["rule"] if row["code"] == rule), {})
    texts = {each.code: each.text for each in rulebook.triage_questions(active(), edition=edition)}
    told = [
        _("“%(question)s” %(answer)s") % {"question": texts.get(code, code), "answer": _ANSWERED[answer]}
        for code in row.get("answers", {})
        if (answer := assessment.answers.get(code, "unknown")) in _ANSWERED
    ]
    if "earlier_at_least" in row:
        earlier = int(assessment.answers.get(decide.EARLIER) or 0)
        told.append(
            ngettext("%(count)s earlier complaint", "%(count)s earlier complaints", earlier) % {"count": earlier}
        )
    return tuple(told)


def rule_in_words(rule: str) -> str:
    """The sentence of a rule named as edition#rule, or its code where no edition has it any more."""
    try:
        return rulebook.reason(rule, active(), departments.organisation().currency)
    except KeyError:
        return rule


def approval_rule(rule: str) -> str:
    """Why an approval is asked for; one that no rule asks for was wanted by somebody."""
    if rule.endswith("#approval.asked_for"):
        return _("Somebody wanted it approved; no rule asks for it.")
    return rule_in_words(rule)


def named(rule: str) -> str:
    """ "edition 2026.2, rule triage.safety"."""
    edition, _hash, code = rule.rpartition("#")
    return _("edition %(edition)s, rule %(rule)s") % {"edition": edition, "rule": code} if edition else code


def asked_for(case: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """The approvals that the answer to this case needs: who, and each rule with its sentence."""
    return [
        (cases.approver(each.role), [(named(rule), rule_in_words(rule)) for rule in rules_of(case, each.because)])
        for each in cases.approvals_needed(case)
    ]


def rules_of(case: Any, rules: Sequence[str]) -> list[str]:
    """Rules as ``edition#rule``, of the edition that the case keeps."""
    return [f"{case.edition or rulebook.STARTER}#{rule}" for rule in rules]


_PASSED_OVER = {
    "complained_about": gettext_lazy("the complaint is about this person"),
    "first_stage": gettext_lazy("handled the first stage"),
    "away": gettext_lazy("away today"),
    "more_work": gettext_lazy("has more open cases"),
}


def passed_over(code: str) -> str:
    """Why somebody whom a rule names is not proposed."""
    return str(_PASSED_OVER.get(code, code))


@dataclass(frozen=True)
class Handler:
    """Whom the rules propose, by which rule and why, and who was passed over for another reason than more work."""

    id: str
    name: str
    open_cases: int
    rule: str
    named: str
    reason: str
    not_these: tuple[tuple[str, str], ...]


def handler(case: Any, assessment: Any = None, form: Any = None) -> Handler | None:
    """Whom the rules propose for this case; None where no rule finds somebody, or nobody assessed it yet."""
    assessment = assessment or cases.assessment_of(case)
    if assessment is None:
        return None
    found = cases.proposed_handler(case, assessment=assessment, form=form or cases.form_of(case))
    if found is None:
        return None
    others = tuple((name, passed_over(code)) for name, code in found.passed_over if code != "more_work")
    words = rule_in_words(found.rule)
    return Handler(found.id, found.name, found.open_cases, found.rule, named(found.rule), words, others)
