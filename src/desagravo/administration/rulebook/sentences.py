"""Rules in sentences that somebody would say: "Major, because …, when …"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.rulebook import clauses
from desagravo.administration.rulebook import options as from_list
from desagravo.administration.rulebook.fields import Field
from desagravo.administration.rulebook.options import named as _named
from desagravo.administration.rulebook.world import World
from desagravo.cases.clock_words import event_words
from desagravo.departments.role_words import ROLE
from desagravo.rulebook import conditions

Row = Mapping[str, Any]


def named(row: Row, world: World) -> str:
    """What has a name is called by it."""
    return world.say(row.get("name"))


def text(row: Row, world: World) -> str:
    """What is a text is called by it."""
    return world.say(row.get("text"))


def titled(row: Row, world: World) -> str:
    """What has a heading is called by it."""
    return world.say(row.get("title"))


def labelled(row: Row, world: World) -> str:
    """A field of the form, by what it asks."""
    return world.say(row.get("label"))


def ask(row: Row, world: World) -> str:
    """A need of the form, by how it is asked for."""
    return world.say(row.get("ask"))


def status(row: Row, world: World) -> str:
    """A status, and what the customer reads."""
    name = str(from_list.STATUS.get(str(row.get("code")), row.get("code")))
    return f"{name[:1].upper()}{name[1:]}: {world.say(row.get('sentence'))}"


def department(row: Row, world: World) -> str:
    """A department, as the organisation calls it today."""
    return world.departments.get(str(row.get("code"))) or named(row, world)


def purpose(row: Row, world: World) -> str:
    """A kind of letter."""
    code = str(row.get("code", ""))
    words = str(from_list.PURPOSE.get(code, code))
    return words[:1].upper() + words[1:]


def exception(row: Row, world: World) -> str:
    """The first words of an exception, in the reader's language."""
    return phrase(row, world)


def phrase(row: Row, world: World) -> str:
    """The first words that are looked for, in the reader's language."""
    words = row.get("words", {})
    there: Mapping[str, list[str]] = words if isinstance(words, Mapping) else {}
    found = there.get(world.language) or next(iter(there.values()), [])
    return " · ".join(f"“{each}”" for each in found[:3]) + (" …" if len(found) > 3 else "")


def reason(row: Row, world: World) -> str:
    """The reason, with the rule's own limits in the places of its braces."""
    words = world.say(row.get("reason"))
    currency = str(world.books.get("triage", {}).get("money", {}).get("currency", ""))
    for name in ("amount_from", "amount_below"):
        words = words.replace(f"{{{name}}}", world.money(row.get(name, ""), currency))
    return words.strip()


def triage_rule(row: Row, world: World) -> Rule:
    """ "Major at once, because …, when …" or "5 points, because …, when …"."""
    points = row.get("points", 0)
    said = ngettext("%(points)s point", "%(points)s points", points if isinstance(points, int) else 2)
    said %= {"points": world.number(points)}
    weight = _("Major at once") if row.get("hard") else said
    return _sentence(weight, reason(row, world), when_of_triage(row, world))


def when_of_triage(row: Row, world: World) -> tuple[str, ...]:
    """The conditions of a triage rule, as its only way."""
    currency = str(world.books.get("triage", {}).get("money", {}).get("currency", ""))
    found = [_answers(row.get("answers", {}), world)]
    low, high = row.get("amount_from"), row.get("amount_below")
    amounts = {"low": world.money(low, currency), "high": world.money(high, currency)}
    if low is not None and high is not None:
        found.append(_("the amount is at least %(low)s and less than %(high)s") % amounts)
    elif low is not None:
        found.append(_("the amount is at least %(low)s") % amounts)
    elif high is not None:
        found.append(_("the amount is less than %(high)s") % amounts)
    if row.get("amount") == "not_given":
        found.append(_("nobody gave an amount"))
    if row.get("unknowns"):
        found.append(_unknowns(row, world))
    found += [_one(name, row[name], world) for name in ("earlier_at_least", "categories") if name in row]
    said = _all_of(found)
    return (said,) if said else ()


def _unknowns(row: Row, world: World) -> str:
    count = row["unknowns"]
    told = {"count": world.number(count)}
    if not row.get("among"):
        return (
            ngettext("%(count)s question or more has no answer", "%(count)s questions or more have no answer", count)
            % told
        )
    asked = [_named(from_list.triage_questions(world), each) for each in row["among"]]
    words = ngettext(
        "%(count)s or more of these has no answer: %(asked)s",
        "%(count)s or more of these have no answer: %(asked)s",
        count,
    )
    return words % {**told, "asked": world.enumerate([f"“{each}”" for each in asked])}


def routing_rule(row: Row, world: World) -> Rule:
    """ "Finance, because …, when …"."""
    who = _named(from_list.departments(world), row.get("department", ""))
    return _sentence(who, reason(row, world), ways(row.get("when", ()), world))


def approval_rule(row: Row, world: World) -> Rule:
    """ "A complaints manager approves, because …, when …"."""
    who = _("Approval by: %(who)s") % {"who": _named(from_list.approvers(world), row.get("role", ""))}
    return _sentence(who, reason(row, world), ways(row.get("when", ()), world))


def assignment_rule(row: Row, world: World) -> Rule:
    """ "To a supervisor, because …, when …"."""
    roles = world.either([str(ROLE.get(each, each)) for each in row.get("roles", ())])
    teams = {each.value: str(each.label) for each in from_list.teams(world)}
    asked = world.either([teams.get(each, each) for each in row.get("teams", ())])
    who = _("To: %(roles)s") % {"roles": roles}
    if asked:
        who = _("To: %(roles)s of %(teams)s") % {"roles": roles, "teams": asked}
    return _sentence(who, reason(row, world), ways(row.get("when", ()), world))


def applies(row: Row, world: World) -> Rule:
    """ "Livro de Reclamações, because …, when …"."""
    who = _named(from_list.policies(world), row.get("policy", ""))
    return _sentence(who, reason(row, world), ways(row.get("when", ()), world, clauses.AGREED))


def derived(row: Row, world: World) -> Rule:
    """ "“Was the book on paper?” On paper, when …"."""
    asked = _named(from_list.attributes(world), row.get("attribute", ""))
    value = row.get("value", "")
    told = str(value).lower() if isinstance(value, bool) else str(value)
    answer = _named(from_list.answers_of(world, str(row.get("attribute", ""))), told)
    return _sentence(f"“{asked}” {answer}", "", ways(row.get("when", ()), world, clauses.AGREED))


@dataclass(frozen=True)
class Rule:
    """A rule in words: what it does, why, and the ways in which it is met (none: in every case)."""

    what: str
    why: str
    ways: tuple[str, ...]

    def __str__(self) -> str:
        told = {"what": self.what, "why": self.why, "when": str(_("; or ")).join(self.ways)}
        if self.why and self.ways:
            return _("%(what)s. Why: %(why)s. When: %(when)s.") % told
        if self.ways:
            return _("%(what)s, when %(when)s.") % told
        return _("%(what)s. Why: %(why)s. In every case.") % told if self.why else _("%(what)s, in every case.") % told

    def __bool__(self) -> bool:
        return bool(self.what)


def _sentence(what: str, why: str, when: tuple[str, ...]) -> Rule:
    return Rule(what, why.rstrip(".").strip(), when)


def ways(whens: Any, world: World, fields: tuple[Field, ...] = clauses.DECIDED) -> tuple[str, ...]:
    """All ways in which a rule is met. None where it always is."""
    found = tuple(way(each, world, fields) for each in whens if isinstance(each, Mapping))
    return () if "" in found else found


def way(clause: Row, world: World, fields: tuple[Field, ...] = clauses.DECIDED) -> str:
    """One way: everything that it states. Nothing where it states nothing."""
    known = {each.key for each in fields}
    found = [_one(each.key, clause[each.key], world, fields) for each in fields if each.key in clause]
    found += [f"{key}: {value}" for key, value in clause.items() if key not in known]
    return _all_of(found)


def _all_of(found: list[str]) -> str:
    return str(_(", and ")).join(each for each in found if each)


def _one(name: str, value: Any, world: World, fields: tuple[Field, ...] = clauses.DECIDED) -> str:
    if name == "triage":
        return _answers(value, world)
    field = next((each for each in (*fields, *clauses.AGREED) if each.key == name), None)
    if field is None:
        return f"{name}: {value}"
    try:
        said = field.words(value, world)
    except (TypeError, AttributeError, ValueError):
        said = str(value)  # a draft may hold what cannot be said; its mistake is named elsewhere
    if name == "earlier_at_least":
        times = ngettext(
            "the same customer complained %(times)s time or more before",
            "the same customer complained %(times)s times or more before",
            value if isinstance(value, int) else 2,
        )
        return times % {"times": said}
    if isinstance(value, list) and name != "products":
        named = {each.value: str(each.full or each.label) for each in field.options(world)}  # type: ignore[attr-defined]
        said = world.either([named.get(str(each), str(each)) for each in value])
    if name == "keywords":
        said = "; ".join(f"“{each}”" for each in (value.get(world.language) or next(iter(value.values()), [])))
    words = {
        "outcome": _("the complaint is %(what)s"),
        "categories": _("it is about: %(what)s"),
        "remedies": _("the customer asks for: %(what)s"),
        "flags": _("it is marked as: %(what)s"),
        "amount_at_least": _("the amount is at least %(what)s"),
        "channels": _("it came in by %(what)s"),
        "channel": _("it came in by %(what)s"),
        "decisions": _("a point was decided as: %(what)s"),
        "stages": _("it is looked at for %(what)s"),
        "products": _("the product is called: %(what)s"),
        "keywords": _("the customer's text has one of these words: %(what)s"),
        "country": _("the establishment lies in: %(what)s"),
        "attributes": _("answered: %(what)s"),
    }
    return words.get(name, "%(what)s") % {"what": said}


def _answers(value: Any, world: World) -> str:
    if not isinstance(value, Mapping):
        return ""
    asked = {each.value: str(each.label) for each in from_list.triage_questions(world)}
    words = _("“%(question)s” is answered with %(answers)s")
    return _all_of(
        [
            words % {
                "question": asked.get(code, code),
                "answers": world.either([str(from_list.ANSWER.get(each, each)) for each in counts]),
            }
            for code, counts in value.items()
        ]
    )  # fmt: skip


def condition(said: str, world: World) -> str:
    """A condition of a limit in words: “Is it about a payment?” yes, and …"""
    try:
        terms = conditions.read(said).terms
    except conditions.NotUnderstood:
        return said
    asked = {each.value: str(each.label) for each in from_list.facts_of_limits(world)}
    found = []
    for term in terms:
        answers = from_list.answers_of(world, term.attribute)
        codes = term.codes if term.codes is not None else ("true",)
        named = world.either([_named(answers, code) for code in codes])
        words = _("“%(question)s” not %(answer)s") if term.negated else _("“%(question)s” %(answer)s")
        if term.codes is None:
            named = str(_("no") if term.negated else _("yes"))
            words = _("“%(question)s” %(answer)s")
        found.append(words % {"question": asked.get(term.attribute) or event_words(term.attribute), "answer": named})
    return _all_of(found)


def milestone(row: Row, world: World) -> str:
    """ "Final answer: 15 business days"."""
    much = from_list.whole(row.get("n", 0), str(row.get("unit", "")), world)
    return f"{from_list.milestone_name(row, world)}: {much}"
