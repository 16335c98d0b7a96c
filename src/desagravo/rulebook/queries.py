"""What the rulebook says, in the reader's language: frozen dataclasses for screens, letters and forms.

Every function that returns words takes ``language`` (``en``, ``pt-pt``, ``pt-br``, ``es``) and falls back as
``words`` says. Whoever speaks of a case names the edition that it keeps (``edition=case.edition or STARTER``); without
one, the edition in force counts. One thing by its code is found in that edition, or else in the one in force or the
starter's, because old cases speak of what was renamed since and new papers of what old editions had not; a code that
none of them has raises ``KeyError``. What a published edition says is kept by each process; a draft is read anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from desagravo.departments import queries as _departments
from desagravo.rulebook import edition as _edition
from desagravo.rulebook import reasons as _reasons
from desagravo.rulebook import stored as _stored
from desagravo.rulebook.calendar import due_after
from desagravo.rulebook.comparing import Difference
from desagravo.rulebook.duties import Noted, duties
from desagravo.rulebook.editions import (
    EditionRow,
    EditionView,
    ReviewDate,
    differences,
    edition_view,
    editions,
    export_book,
    export_toml,
    mistakes,
    piece,
    policies_to_add,
    publishes_alone,
    review_dates,
    seen,
)
from desagravo.rulebook.letters import PLACEHOLDERS, fill, greeting
from desagravo.rulebook.shapes import (
    Advice,
    Axis,
    Category,
    CategoryGroup,
    Choice,
    ClosingCode,
    Coded,
    Department,
    FormField,
    FormGroup,
    FormLimits,
    Letter,
    Need,
    Question,
    Remedy,
    Stage,
    Target,
    TriageQuestion,
)
from desagravo.rulebook.words import Texts, say

__all__ = [
    "PLACEHOLDERS",
    "STARTER",
    "Difference",
    "EditionRow",
    "EditionView",
    "Noted",
    "ReviewDate",
    "category",
    "closing_codes",
    "department",
    "department_texts",
    "departments",
    "differences",
    "due_after",
    "duties",
    "edition",
    "edition_at",
    "edition_view",
    "editions",
    "export_book",
    "export_toml",
    "fill",
    "flags",
    "form",
    "form_limits",
    "form_needs",
    "guidance",
    "has_own_editions",
    "letter",
    "letter_templates",
    "letter_to",
    "letters_to_choose",
    "mistakes",
    "next_options",
    "piece",
    "policies_to_add",
    "problem_categories",
    "publishes_alone",
    "question_for",
    "reason",
    "remedies",
    "review_dates",
    "seen",
    "service_name",
    "stage_of",
    "stages",
    "target",
    "targets",
    "triage_questions",
]


STARTER = _edition.STARTER
"""What a case keeps that names no edition."""

P = ParamSpec("P")
T = TypeVar("T")
_MOST_KEPT = 5_000
_known: dict[tuple[Any, ...], Any] = {}


def _kept(ask: Callable[P, T]) -> Callable[P, T]:
    """Remember the answers of published editions, which never change; ask drafts anew."""

    @wraps(ask)
    def answer(*arguments: P.args, **named: P.kwargs) -> T:
        whole = _edition.whole(str(named.get("edition", "")))
        named["edition"] = whole.code
        if not whole.fixed:
            return ask(*arguments, **named)
        # the edition itself is in the key, not its code: after a restore another one may have that code
        key = (ask, whole, arguments, *sorted(named.items()))
        if key not in _known:
            if len(_known) >= _MOST_KEPT:
                _known.clear()
            _known[key] = ask(*arguments, **named)
        kept: T = _known[key]
        return kept

    return answer


def _anywhere(look: Callable[[str], T], edition: str) -> T:
    """What is found in this edition, else in the one in force, else in the starter's. Raises ``KeyError``."""
    for code in dict.fromkeys([edition, _edition.in_force(), STARTER]):
        try:
            return look(code)
        except (KeyError, _edition.NoSuchEdition):
            continue
    raise KeyError


def edition() -> str:
    """The edition in force; events of new cases quote it with the rule, ``starter-2026.1#triage.safety``."""
    return _edition.in_force()


def has_own_editions() -> bool:
    """Did the organisation publish an edition of its own? Without one there is nowhere to move a case."""
    return _stored.published_any()


def edition_at(moment: datetime) -> str:
    """The edition in force at this moment, where the organisation is: the one that a case received then keeps."""
    return _stored.on(moment.astimezone(ZoneInfo(_departments.organisation().time_zone)).date())


@_kept
def departments(language: str, *, edition: str = "") -> tuple[Department, ...]:
    """The seven departments and customer service, in the order in which they are shown."""
    return tuple(
        Department(
            code=row["code"],
            name=say(row["name"], language),
            purpose=say(row["purpose"], language),
            colour=row["colour"],
            due_days=row["due_days"],
            questions=tuple(Question(q["code"], say(q["text"], language)) for q in row["question"]),
        )
        for row in _edition.book("departments", edition)["department"]
    )


def department_texts(*, edition: str = "") -> tuple[tuple[str, Texts, Texts], ...]:
    """Code, name and purpose of each department in all languages, as a new organisation begins with them."""
    return tuple(
        (row["code"], row["name"], row["purpose"]) for row in _edition.book("departments", edition)["department"]
    )


def department(code: str, language: str, *, edition: str = "") -> Department:
    """One department."""
    return _anywhere(lambda there: _by_code(departments(language, edition=there), code), edition)


@_kept
def triage_questions(language: str, *, edition: str = "") -> tuple[TriageQuestion, ...]:
    """The triage questions; ``asks_amount`` questions take an amount under ``<code>_amount`` besides."""
    return tuple(
        TriageQuestion(row["code"], say(row["text"], language), say(row["hint"], language), bool(row.get("amount")))
        for row in _edition.book("triage", edition)["question"]
    )


def reason(rule: str, language: str, currency: str = "", *, edition: str = "") -> str:
    """The sentence of a rule that decides; ``edition#rule`` is understood as well, and read in that edition.

    ``currency``: that of the house, in which limits count; by default the edition's.
    """
    named, _, code = rule.rpartition("#")
    return _anywhere(lambda it: _reasons.reason(code, language, currency=currency, edition=it), named or edition)


def question_for(rule: str, language: str, *, edition: str = "") -> str:
    """The question that fits best when a department is asked because of a routing rule."""
    named, _, code = rule.rpartition("#")

    def look(there: str) -> str:
        row = next((row for row in _edition.book("routing", there)["rule"] if row["code"] == code), None)
        if row is None:
            raise KeyError(rule)
        return _by_code(department(row["department"], language, edition=there).questions, row["question"]).text

    return _anywhere(look, named or edition)


def service_name(code: str, language: str, *, edition: str = "") -> str:
    """The name of a designated service that takes major cases on."""
    return _anywhere(lambda there: say(_edition.book("triage", there)["service"][code]["name"], language), edition)


@_kept
def flags(language: str, *, edition: str = "") -> tuple[Choice, ...]:
    """What routing asks besides categories: own brand, app, online order, service contract."""
    return tuple(Choice(row["code"], say(row["name"], language)) for row in _edition.book("routing", edition)["flag"])


@_kept
def problem_categories(language: str, *, edition: str = "") -> tuple[CategoryGroup, ...]:
    """Problem categories in their groups. A category's code is whole: ``DEL.late``."""
    return tuple(
        CategoryGroup(
            group["code"],
            say(group["name"], language),
            tuple(
                Category(row["code"], say(row["name"], language), bool(row.get("text", False)))
                for row in group["category"]
            ),
        )
        for group in _edition.book("categories", edition)["group"]
    )


def category(code: str, language: str, *, edition: str = "") -> Category:
    """One problem category."""

    def look(there: str) -> Category:
        groups = problem_categories(language, edition=there)
        return _by_code(tuple(row for group in groups for row in group.categories), code)

    return _anywhere(look, edition)


@_kept
def remedies(language: str, *, edition: str = "") -> tuple[Remedy, ...]:
    """What customers ask for and what they are given: one list."""
    return tuple(
        Remedy(row["code"], say(row["name"], language), row["money"])
        for row in _edition.book("remedies", edition)["remedy"]
    )


@_kept
def closing_codes(language: str, *, edition: str = "") -> tuple[Axis, ...]:
    """The four axes of the closing section, each with its codes, scope notes and what each requires."""
    book = _edition.book("closing_codes", edition)
    return tuple(
        Axis(
            code=axis["code"],
            name=say(axis["name"], language),
            question=say(axis["question"], language),
            several=axis["choice"] == "several",
            codes=tuple(
                ClosingCode(
                    code=row["code"],
                    name=say(row["name"], language),
                    scope=say(row["scope"], language),
                    requires=tuple(
                        Choice(need, say(book["requirement"][need]["name"], language)) for need in row["requires"]
                    ),
                )
                for row in axis["option"]
            ),
        )
        for axis in book["axis"]
    )


@_kept
def form(language: str, *, edition: str = "") -> tuple[FormGroup, ...]:
    """The model form: groups of fields in reading order."""
    book = _edition.book("form", edition)
    return tuple(
        FormGroup(
            group["code"],
            say(group["name"], language),
            tuple(_form_field(row, language) for row in book["field"] if row["group"] == group["code"]),
        )
        for group in book["group"]
    )


@_kept
def form_needs(language: str, *, edition: str = "") -> tuple[Need, ...]:
    """What a complete form has, in words that fit after "please send us". Codes as ``decide.missing`` gives them."""
    return tuple(
        Need(row["code"], tuple(row["any_of"]), say(row["ask"], language))
        for row in _edition.book("form", edition)["complete_when"]
    )


@_kept
def form_limits(*, edition: str = "") -> FormLimits:
    """How much a form may carry; said to the customer beforehand."""
    return FormLimits(**_edition.book("form", edition)["limits"])


@_kept
def guidance(language: str, channel: str = "", *, edition: str = "") -> tuple[Advice, ...]:
    """What helps at intake, in the order of a conversation; ``channel`` (phone, counter, post) picks its variants."""
    return tuple(
        Advice(
            code=row["code"],
            title=say(row["title"], language),
            rule=say(row["rule"], language),
            say=tuple(say(words, language) for words in row["say"]),
            avoid=tuple(say(words, language) for words in row["avoid"]),
        )
        for row in _edition.book("guidance", edition)["advice"]
        if not channel or channel in row.get("channels", [channel])
    )


@_kept
def letter_templates(language: str, *, edition: str = "") -> tuple[Letter, ...]:
    """All letters and messages, in the language."""
    return tuple(_letter(row, language) for row in _edition.book("letters", edition)["letter"])


def letters_to_choose(language: str, *, edition: str = "") -> tuple[Letter, ...]:
    """The letters that a person chooses, in the language; mails go out by themselves."""
    return tuple(each for each in letter_templates(language, edition=edition) if each.kind in {"letter", "both"})


def letter(code: str, language: str, *, edition: str = "") -> Letter:
    """One template, for instance ``acknowledgement``."""
    return _anywhere(lambda there: _by_code(letter_templates(language, edition=there), code), edition)


def letter_to(code: str, language: str, *, name: str, edition: str = "") -> Letter:
    """One template, with the salutation that fits this customer's name."""
    template = letter(code, language, edition=edition)
    organisation = say(_edition.book("letters", edition)["standing"]["salutation_organisation"]["text"], language)
    return replace(template, body=greeting(template.body, name, organisation))


def next_options(language: str, *, edition: str = "") -> str:
    """Where a customer may turn who is not satisfied: what stands for ``{next_options}`` by default."""
    return say(_edition.book("letters", edition)["standing"]["next_options"]["text"], language)


@_kept
def targets(language: str = "en", *, edition: str = "") -> tuple[Target, ...]:
    """The house targets in working days. They are promises of the house, not law."""
    return tuple(
        Target(row["code"], row["days"], say(row["name"], language), say(row["about"], language))
        for row in _edition.book("targets", edition)["target"]
    )


def target(code: str, *, edition: str = "") -> int:
    """Working days of one house target: triage, acknowledge, answer, follow_up."""
    return _anywhere(lambda there: _by_code(targets(edition=there), code), edition).days


@_kept
def stages(language: str, *, edition: str = "") -> tuple[Choice, ...]:
    """The four plain stages that a customer sees, in order."""
    return tuple(Choice(row["code"], say(row["name"], language)) for row in _edition.book("stages", edition)["stage"])


@_kept
def stage_of(status: str, language: str, *, edition: str = "") -> Stage:
    """The customer's stage for a status of the case, with the sentence for that status."""
    for row in _edition.book("stages", edition)["status"]:
        if row["code"] == status:
            name = _by_code(stages(language, edition=edition), row["stage"]).name
            return Stage(row["stage"], name, status, say(row["sentence"], language))
    raise KeyError(status)


def _form_field(row: Mapping[str, Any], language: str) -> FormField:
    return FormField(
        number=row["number"],
        code=row["code"],
        by=row["by"],
        type=row["type"],
        max=row.get("max", 0),
        core=bool(row.get("core", False)),
        label=say(row["label"], language),
        hint=say(row["hint"], language) if "hint" in row else "",
    )


def _letter(row: Mapping[str, Any], language: str) -> Letter:
    return Letter(
        code=row["code"],
        kind=row["kind"],
        name=say(row["name"], language),
        subject=say(row["subject"], language).strip(),
        body=say(row["body"], language).strip() + "\n",
        purpose=row.get("purpose", "notice"),
    )


def _by_code(rows: tuple[Coded, ...], code: str) -> Coded:
    for row in rows:
        if row.code == code:
            return row
    raise KeyError(code)
