"""Examines the books that decide: triage, routing, approvals, assignment. Pure, without Django.

Each examiner takes all books of an edition and yields problems with their place, in words of a manager.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from desagravo.rulebook.decide.approvals import CONTACT, RANKS
from desagravo.rulebook.decide.facts import CONDITIONS
from desagravo.rulebook.problems import Place, Problem
from desagravo.rulebook.problems import sentence as _

Book = Mapping[str, Any]
Books = Mapping[str, Book]

ANSWERS = ("yes", "no", "unknown")
OUTCOMES = ("minor", "major")
CHANNELS = ("web", "phone", "counter", "post", "email", "api", "import")
DECISIONS = ("upheld", "partly_upheld", "not_upheld", "settled_without_finding", "unable_to_determine")
HANDLERS = ("handler", "supervisor", "manager")
_TRIAGE_RULE = {
    "code",
    "reason",
    "points",
    "hard",
    "answers",
    "amount",
    "amount_from",
    "amount_below",
    "unknowns",
    "among",
    "earlier_at_least",
    "categories",
}
_CONDITIONS_OF_TRIAGE = _TRIAGE_RULE - {"code", "reason", "points", "hard"}


def triage(books: Books) -> Iterator[Problem]:
    """Questions, points, bands and who takes a case on."""
    book, here = books["triage"], Place("triage")
    yield from _twice(book["question"], here.at("question"))
    yield from _twice(book["rule"], here.at("rule"))
    limit = book["result"]["major_from"]
    if not isinstance(limit, int) or limit < 1:
        yield Problem(
            here.at("result", "major_from"),
            _("A complaint is major from 1 point or more, not %(points)s.", points=limit),
        )
    months = book.get("known", {}).get("earlier_months", 12)
    if not isinstance(months, int) or not 1 <= months <= 120:
        yield Problem(
            here.at("known", "earlier_months"),
            _("Earlier complaints are counted over 1 to 120 months, not %(months)s.", months=months),
        )
    questions = [row["code"] for row in book["question"]]
    for row in book["rule"]:
        yield from _triage_rule(row, here.at("rule", row["code"]), questions, _categories_of(books), limit)
    yield from _bands(book["rule"], here)
    yield from _reaches_major(book, here)
    yield from _goes_to(book, _codes(books["departments"]["department"]))


def _triage_rule(
    row: Book, here: Place, questions: Collection[str], categories: Collection[str], limit: int
) -> Iterator[Problem]:
    for key in sorted(set(row) - _TRIAGE_RULE):
        yield Problem(here.at(key), _("No triage rule has the key “%(key)s”.", key=key))
    if not _CONDITIONS_OF_TRIAGE & set(row):
        yield Problem(here, _("The rule states no condition; it would weigh on every complaint."))
    points = row.get("points", 0)
    if not isinstance(points, int) or points < 0:
        yield Problem(here.at("points"), _("Points are a whole number of 0 or more, not %(points)s.", points=points))
    elif not points and not row.get("hard"):
        yield Problem(
            here.at("points"), _("The rule gives no points and decides nothing. Give it points, or make it hard.")
        )
    for code, counts in row.get("answers", {}).items():
        yield from _unknown([code], questions, here.at("answers", code), "question")
        yield from _unknown(counts, ANSWERS, here.at("answers", code), "answer")
    yield from _unknown(row.get("among", ()), questions, here.at("among"), "question")
    if row.get("unknowns", 1) > len(row.get("among", questions)):
        yield Problem(here.at("unknowns"), _("There are not so many questions that could be unknown."))
    if row.get("amount", "not_given") != "not_given":
        yield Problem(
            here.at("amount"), _("“amount” can only be “not_given”; write a band with amount_from and amount_below.")
        )
    for name in ("amount_from", "amount_below"):
        yield from _amount(row.get(name, "1"), here.at(name))
    lowest, bound = _decimal(row.get("amount_from", "0")), _decimal(row.get("amount_below", "1e30"))
    if lowest is not None and bound is not None and lowest >= bound:
        yield Problem(here.at("amount_below"), _("The band ends before it begins: no amount is ever in it."))
    yield from _unknown(row.get("categories", ()), categories, here.at("categories"), "category")


def _bands(rules: list[Book], here: Place) -> Iterator[Problem]:
    """A larger amount never gives fewer points than a smaller one, or a case could become minor by costing more."""
    with_band = [row for row in rules if "amount_from" in row or "amount_below" in row]
    for kind in sorted({_other_conditions(row) for row in with_band}):
        mine = [row for row in with_band if _other_conditions(row) == kind]
        texts = [row[name] for row in mine for name in ("amount_from", "amount_below") if name in row]
        limits = sorted({amount for text in texts if (amount := _decimal(text)) is not None})
        weights = [sum(_weight(row) for row in mine if _in_band(row, amount)) for amount in limits]
        for amount, before, after in zip(limits[1:], weights, weights[1:], strict=False):
            if after < before:
                words = _(
                    "From %(amount)s on the amount gives fewer points than below. A larger one must weigh as much.",
                    amount=amount,
                )
                yield Problem(here.at("rule"), words)
                break


def _other_conditions(row: Book) -> str:
    conditions = _CONDITIONS_OF_TRIAGE - {"amount_from", "amount_below"}
    return repr({name: row[name] for name in sorted(conditions & set(row))})


def _weight(row: Book) -> int:
    return 10**6 if row.get("hard") else int(row.get("points", 0))


def _in_band(row: Book, amount: Decimal) -> bool:
    lowest, bound = _decimal(row.get("amount_from", "0")), _decimal(row.get("amount_below", "1e30"))
    return lowest is not None and bound is not None and lowest <= amount < bound


def _reaches_major(book: Book, here: Place) -> Iterator[Problem]:
    if (
        not any(row.get("hard") for row in book["rule"])
        and sum(row.get("points", 0) for row in book["rule"]) < book["result"]["major_from"]
    ):
        yield Problem(
            here.at("result", "major_from"),
            _("All rules together do not give so many points: no complaint would ever be major."),
        )


def _goes_to(book: Book, departments: Collection[str]) -> Iterator[Problem]:
    here, services = Place("triage"), book.get("service", {})
    for outcome in OUTCOMES:
        goes = book["goes_to"][outcome]
        yield from _unknown([goes["role"]], HANDLERS, here.at("goes_to", outcome, "role"), "role")
        if goes["service"] and goes["service"] not in services:
            yield Problem(
                here.at("goes_to", outcome, "service"),
                _("The service %(service)s is not described.", service=goes["service"]),
            )
    for code, service in services.items():
        yield from _unknown([service["department"]], departments, here.at("service", code, "department"), "department")


def routing(books: Books) -> Iterator[Problem]:
    """Departments, questions and conditions that exist; keywords that can be found."""
    book, here = books["routing"], Place("routing")
    yield from _twice(book["rule"], here.at("rule"))
    departments = {row["code"]: _codes(row["question"]) for row in books["departments"]["department"]}
    for row in book["rule"]:
        at = here.at("rule", row["code"])
        if row["department"] not in departments:
            yield _stranger(row["department"], departments, at.at("department"), "department")
            continue
        yield from _unknown([row["question"]], departments[row["department"]], at.at("question"), "question")
        yield from _clauses(row["when"], at, books)
    for code in sorted(set(departments) - {row["department"] for row in book["rule"]}):
        yield Problem(here.at("rule"), _("No rule ever proposes the department %(department)s.", department=code))


def approvals(books: Books) -> Iterator[Problem]:
    """Roles and conditions that exist, and a manager for major cases."""
    book, here = books["approvals"], Place("approvals")
    rules = book.get("rule", [])
    yield from _twice(rules, here.at("rule"))
    departments = _codes(books["departments"]["department"])
    for row in rules:
        at = here.at("rule", row["code"])
        role = row["role"]
        if role.startswith(CONTACT):
            yield from _unknown([role.removeprefix(CONTACT)], departments, at.at("role"), "department")
        elif role not in RANKS:
            yield _stranger(role, (*RANKS, f"{CONTACT}…"), at.at("role"), "role")
        yield from _clauses(row["when"], at, books, keywords=False)
    if not any(row["role"] in RANKS[1:] and {"outcome": "major"} in row["when"] for row in rules):
        yield Problem(
            here.at("rule"),
            _("No rule has a manager approve major cases: the role manager, on the condition outcome = major."),
        )


def assignment(books: Books) -> Iterator[Problem]:
    """Roles of people who work on cases, conditions that exist, and a last rule that holds for every case."""
    book, here = books["assignment"], Place("assignment")
    rules = book.get("rule", [])
    yield from _twice(rules, here.at("rule"))
    for row in rules:
        at = here.at("rule", row["code"])
        yield from _unknown(row["roles"], HANDLERS, at.at("roles"), "role")
        if not row["roles"]:
            yield Problem(at.at("roles"), _("The rule names no role, so it never finds anybody."))
        if row["when"]:
            yield from _clauses(row["when"], at, books, keywords=False)
    if rules and rules[-1]["when"]:
        yield Problem(
            here.at("rule", rules[-1]["code"], "when"),
            _("The last rule must hold for every case, or some case would be proposed to nobody."),
        )


def _clauses(clauses: list[Book], at: Place, books: Books, *, keywords: bool = True) -> Iterator[Problem]:
    if not clauses or not all(clauses):
        yield Problem(at.at("when"), _("The rule has no condition; it would hold for every complaint."))
    for number, clause in enumerate(clauses, 1):
        here = at.at("when", number)
        known = [each for each in CONDITIONS if keywords or each != "keywords"]
        for name in sorted(set(clause) - set(known)):
            yield _stranger(name, known, here.at(name), "condition")
        yield from _conditions(clause, here, books)


def _conditions(clause: Book, here: Place, books: Books) -> Iterator[Problem]:
    lists: Mapping[str, Collection[str]] = {
        "categories": _categories_of(books),
        "remedies": _codes(books["remedies"]["remedy"]),
        "flags": _codes(books["routing"]["flag"]),
        "channels": CHANNELS,
        "decisions": DECISIONS,
    }
    for name, codes in lists.items():
        yield from _unknown(clause.get(name, ()), codes, here.at(name), _WHAT[name])
        if name in clause and not clause[name]:
            yield Problem(here.at(name), _("The list is empty, so the rule never holds."))
    questions = _codes(books["triage"]["question"])
    for code, counts in clause.get("triage", {}).items():
        yield from _unknown([code], questions, here.at("triage", code), "question")
        yield from _unknown(counts, ANSWERS, here.at("triage", code), "answer")
    if clause.get("outcome", "minor") not in OUTCOMES:
        yield _stranger(clause["outcome"], OUTCOMES, here.at("outcome"), "class")
    yield from _amount(clause.get("amount_at_least", "1"), here.at("amount_at_least"))
    for language, words in clause.get("keywords", {}).items():
        for word in words:
            if len(str(word).strip()) < 3:
                yield Problem(
                    here.at("keywords", language),
                    _("The keyword “%(word)s” is too short: it would be found everywhere.", word=word),
                )


_WHAT = {
    "categories": "category",
    "remedies": "remedy",
    "flags": "flag",
    "channels": "channel",
    "decisions": "decision",
}


def _amount(text: Any, here: Place) -> Iterator[Problem]:
    if _decimal(text) is None:
        yield Problem(here, _("“%(amount)s” is no amount. Write it with a point, as “250.00”.", amount=text))


def _decimal(text: Any) -> Decimal | None:
    try:
        amount = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and amount >= 0 else None


def _categories_of(books: Books) -> set[str]:
    groups = books["categories"]["group"]
    return {row["code"] for group in groups for row in group["category"]} | {f"{group['code']}.*" for group in groups}


def _codes(rows: Collection[Book]) -> set[str]:
    return {row["code"] for row in rows}


def _twice(rows: Collection[Book], here: Place) -> Iterator[Problem]:
    codes = [row["code"] for row in rows]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Problem(here.at(code), _("The code %(code)s is there twice.", code=code))


def _unknown(given: Collection[str], known: Collection[str], here: Place, what: str) -> Iterator[Problem]:
    for code in given:
        if code not in known:
            yield _stranger(code, known, here, what)


_KINDS = {
    "question": _("There is no question “%(code)s”. There are: %(known)s."),
    "answer": _("There is no answer “%(code)s”. There are: %(known)s."),
    "category": _("There is no category “%(code)s”. There are: %(known)s."),
    "remedy": _("There is no remedy “%(code)s”. There are: %(known)s."),
    "flag": _("There is no mark “%(code)s”. There are: %(known)s."),
    "channel": _("There is no channel “%(code)s”. There are: %(known)s."),
    "decision": _("There is no decision “%(code)s”. There are: %(known)s."),
    "department": _("There is no department “%(code)s”. There are: %(known)s."),
    "role": _("There is no role “%(code)s” here. There are: %(known)s."),
    "class": _("A complaint is minor or major, not “%(code)s”. There are: %(known)s."),
    "condition": _("No rule knows the condition “%(code)s”. There are: %(known)s."),
}


def _stranger(code: str, known: Collection[str], here: Place, what: str) -> Problem:
    told = sorted(known)
    there = ", ".join(told[:20]) + (" …" if len(told) > 20 else "")
    return Problem(here, _(_KINDS[what].text, code=code, known=there))


EXAMINERS: Mapping[str, Callable[[Books], Iterator[Problem]]] = {
    "triage": triage,
    "routing": routing,
    "approvals": approvals,
    "assignment": assignment,
}
