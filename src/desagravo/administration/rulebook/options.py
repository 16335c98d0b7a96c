"""The lists from which people choose in the forms of the rulebook. What an edition itself lists comes from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from desagravo.administration.rulebook.world import Option, World
from desagravo.cases.clock_words import event_words
from desagravo.common.language import babel_locale
from desagravo.departments import places
from desagravo.departments import queries as people
from desagravo.departments.role_words import ROLE
from desagravo.rulebook import conditions
from desagravo.rulebook import queries as rulebook

Named = dict[str, Any]

ANSWER: Named = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "unknown": gettext_lazy("not known")}
OUTCOME: Named = {
    "minor": pgettext_lazy("complaint", "minor"),
    "major": pgettext_lazy("complaint", "major"),
}
GIVEN: Named = {"not_given": gettext_lazy("nobody gave one")}
DECISION: Named = {
    "upheld": gettext_lazy("upheld"),
    "partly_upheld": gettext_lazy("partly upheld"),
    "not_upheld": gettext_lazy("not upheld"),
    "settled_without_finding": gettext_lazy("settled without a finding"),
    "unable_to_determine": gettext_lazy("could not be determined"),
}
STAGE: Named = {
    "1": pgettext_lazy("look at a complaint", "the first time"),
    "2": pgettext_lazy("look at a complaint", "the second time"),
}
PURPOSE: Named = {
    "acknowledgement": gettext_lazy("acknowledgement"),
    "completion_request": gettext_lazy("request for what is missing"),
    "holding": gettext_lazy("holding reply"),
    "final": gettext_lazy("final answer"),
    "summary_resolution": gettext_lazy("summary resolution"),
    "refusal": gettext_lazy("refusal"),
    "forwarding": gettext_lazy("forwarding to somebody else"),
    "notice": gettext_lazy("notice"),
    "eight_week_letter": gettext_lazy("letter after eight weeks"),
}
SECTION: Named = {
    "response": gettext_lazy("what an answer must contain"),
    "response.summary_resolution": gettext_lazy("what a summary resolution must contain"),
    "response.holding": gettext_lazy("what a holding reply must contain"),
    "response.eight_week_letter": gettext_lazy("what the letter after eight weeks must contain"),
    "milestone.acknowledgement": gettext_lazy("what an acknowledgement must contain"),
    "milestone.completion_window": gettext_lazy("what a request for what is missing must contain"),
}
FACT: Named = {
    "points_answered": gettext_lazy("every point of the complaint is answered"),
    "decision_made": gettext_lazy("every point is decided"),
    "reasons_given": gettext_lazy("reasons are given"),
    "remedy_named": gettext_lazy("the remedy is named"),
    "right_language": gettext_lazy("it is in the customer's language"),
    "reachable": gettext_lazy("it reaches the customer"),
    "no_advertising": gettext_lazy("nothing is advertised"),
}
ASKED: Named = {
    "always": gettext_lazy("always"),
    "not_fully_granted": gettext_lazy("where not everything is granted"),
    "refused": gettext_lazy("where everything is refused"),
}
WRITING: Named = {
    "letter": gettext_lazy("letters of the edition"),
    "answer": gettext_lazy("answers"),
    "message": gettext_lazy("messages"),
}
KEPT: Named = {
    "record": gettext_lazy("everything on the case"),
    "recording": gettext_lazy("recordings of calls"),
}
KEEPING: Named = {
    "days": gettext_lazy("days"),
    "months": gettext_lazy("months"),
    "years": gettext_lazy("years"),
}
KEPT_FROM: Named = {
    "received": gettext_lazy("the day of receipt"),
    "answered": gettext_lazy("the day of the answer"),
    "closed": gettext_lazy("the day of the closing"),
    "recorded": gettext_lazy("the day of the recording"),
}
ENDS: Named = {
    "accepted": gettext_lazy("the customer accepted the answer, or every way was told"),
    "withdrawn": gettext_lazy("the customer withdrew"),
    "elsewhere": gettext_lazy("it is handled elsewhere"),
}
MONTH: Named = {
    "1": gettext_lazy("January"),
    "2": gettext_lazy("February"),
    "3": gettext_lazy("March"),
    "4": gettext_lazy("April"),
    "5": gettext_lazy("May"),
    "6": gettext_lazy("June"),
    "7": gettext_lazy("July"),
    "8": gettext_lazy("August"),
    "9": gettext_lazy("September"),
    "10": gettext_lazy("October"),
    "11": gettext_lazy("November"),
    "12": gettext_lazy("December"),
}
MONTHS: Named = {
    "clamp": gettext_lazy("the last day of that month"),
    "next_day": gettext_lazy("the day after"),
}
ATTRIBUTE: Named = {"yes_no": gettext_lazy("yes or no"), "choice": gettext_lazy("one of a list")}
UNIT: Named = {
    "hours": gettext_lazy("hours"),
    "calendar_days": gettext_lazy("calendar days"),
    "business_days": gettext_lazy("business days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
    "years": gettext_lazy("years"),
}
KIND: Named = {
    "firm_obligation": gettext_lazy("duty of the organisation"),
    "target": gettext_lazy("promise of the house"),
    "customer_window": gettext_lazy("the customer's time to act"),
    "retention_min": gettext_lazy("keep at least until"),
    "route_option": gettext_lazy("a shorter way is open until then"),
}
BEARER: Named = {"firm": gettext_lazy("the organisation"), "customer": gettext_lazy("the customer")}
WEEKDAY: Named = {
    "0": gettext_lazy("Monday"),
    "1": gettext_lazy("Tuesday"),
    "2": gettext_lazy("Wednesday"),
    "3": gettext_lazy("Thursday"),
    "4": gettext_lazy("Friday"),
    "5": gettext_lazy("Saturday"),
    "6": gettext_lazy("Sunday"),
}
CHANNEL: Named = {
    "web": pgettext_lazy("channel", "web form"),
    "phone": pgettext_lazy("channel", "telephone"),
    "counter": pgettext_lazy("channel", "counter"),
    "post": pgettext_lazy("channel", "post"),
    "email": pgettext_lazy("channel", "e-mail"),
    "api": pgettext_lazy("channel", "another program"),
    "import": pgettext_lazy("channel", "import"),
}
LETTER: Named = {
    "letter": gettext_lazy("a letter: printed, mailed as PDF, on the customer's page"),
    "mail": gettext_lazy("a short e-mail that goes out by itself"),
    "both": gettext_lazy("a letter or a short e-mail"),
}
AXIS: Named = {"one": gettext_lazy("one code"), "several": gettext_lazy("several codes")}
STATUS: Named = {
    "received": gettext_lazy("received"),
    "incomplete": gettext_lazy("incomplete"),
    "assessed": gettext_lazy("assessed"),
    "in_work": gettext_lazy("in work"),
    "awaiting_approval": gettext_lazy("awaiting approval"),
    "answered": gettext_lazy("answered"),
    "closed": gettext_lazy("closed"),
    "withdrawn": gettext_lazy("withdrawn"),
}
TYPE: Named = {
    "line": gettext_lazy("a line"),
    "text": gettext_lazy("a text"),
    "date": gettext_lazy("a date"),
    "email": gettext_lazy("an e-mail address"),
    "phone": gettext_lazy("a telephone number"),
    "choice": gettext_lazy("one of a list"),
    "choices": gettext_lazy("several of a list"),
    "amount": gettext_lazy("an amount"),
    "yes_no": gettext_lazy("yes or no"),
    "files": gettext_lazy("files"),
    "signature": gettext_lazy("a signature"),
    "list": gettext_lazy("a list"),
}
BY: Named = {
    "customer": gettext_lazy("the customer, on the public form"),
    "staff": gettext_lazy("a colleague, at intake"),
    "house": gettext_lazy("nobody: the software fills it in"),
}


def of(named: Named) -> Any:
    """A list that is always the same."""

    def options(_world: World) -> list[Option]:
        return [Option(code, words) for code, words in named.items()]

    return options


def roles(_world: World) -> list[Option]:
    """The roles of colleagues, for who takes or approves something."""
    wanted = ("handler", "supervisor", "manager", "senior_manager")
    return [Option(code, ROLE[code]) for code in wanted]


def approvers(world: World) -> list[Option]:
    """Ranks, and the contacts of each department."""
    ranks = [Option(code, ROLE[code]) for code in ("supervisor", "manager", "senior_manager")]
    group = _("Somebody who answers for")
    whole = gettext_lazy("a contact of %(department)s")
    contacts = [
        Option(f"contact:{each.value}", each.label, group, str(whole) % {"department": each.label})
        for each in departments(world)
    ]
    return [*ranks, *contacts]


def teams(_world: World) -> list[Option]:
    """The teams of the complaint desk."""
    return [Option(code, name) for code, name in people.teams().items()]


def channels_of_guidance(_world: World) -> list[Option]:
    """Where colleagues take complaints in."""
    return [Option(code, CHANNEL[code]) for code in ("phone", "counter", "post")]


def phrase_kinds(world: World) -> list[Option]:
    """What may be wrong with a phrase."""
    found = world.books.get("phrases", {}).get("kind", {})
    return [Option(code, world.say(row.get("name"))) for code, row in found.items() if isinstance(row, Mapping)]


def attributes(world: World) -> list[Option]:
    """What rulebooks ask about a case."""
    return of_book("rulebooks", "attribute", "text")(world)  # type: ignore[no-any-return]


def facts_of_limits(world: World) -> list[Option]:
    """What limits may depend on: what rulebooks ask, and what has happened on the case."""
    asked = attributes(world)
    used = {
        term.attribute
        for table in world.policies.values()
        for row in table.get("milestone", ())
        for term in _terms(str(row.get("on", "")))
    }
    happened = sorted(used - {each.value for each in asked})
    return [*asked, *(Option(code, event_words(code)) for code in happened)]


def _terms(said: str) -> tuple[conditions.Term, ...]:
    try:
        return conditions.read(said).terms if said else ()
    except conditions.NotUnderstood:
        return ()


def answers_of(world: World, code: str) -> list[Option]:
    """The answers to what rulebooks ask."""
    row = next((row for row in world.rows("rulebooks", "attribute") if row.get("code") == code), {})
    if row.get("kind") == "choice":
        return [Option(str(each.get("code", "")), world.say(each.get("name"))) for each in row.get("option", ())]
    return [Option("true", _("yes")), Option("false", _("no"))]


def attribute_answers(world: World) -> list[Option]:
    """The answers to everything that rulebooks ask, in groups."""
    return [
        replace(answer, group=asked.label) for asked in attributes(world) for answer in answers_of(world, asked.value)
    ]


def of_book(book: str, rows: str, words: str = "name") -> Any:
    """The rows of a list of the draft."""

    def options(world: World) -> list[Option]:
        return [Option(str(row.get("code", "")), world.say(row.get(words))) for row in world.rows(book, rows)]

    return options


def departments(world: World) -> list[Option]:
    """The departments as the organisation calls them today."""
    known = {str(row.get("code")): world.say(row.get("name")) for row in world.rows("departments", "department")}
    return [Option(code, name) for code, name in {**known, **world.departments}.items()]


def department_questions(world: World) -> list[Option]:
    """The questions of every department, in groups."""
    named = {each.value: each.label for each in departments(world)}
    return [
        Option(str(asked.get("code", "")), world.say(asked.get("text")), named.get(str(row.get("code")), ""))
        for row in world.rows("departments", "department")
        for asked in row.get("question", ())
    ]


def categories(world: World) -> list[Option]:
    """Every category in its group, and each whole group."""
    found = []
    for group in world.rows("categories", "group"):
        code, name = str(group.get("code", "")), world.say(group.get("name"))
        whole = _("everything of %(group)s") % {"group": name}
        found.append(Option(f"{code}.*", _("the whole group"), name, whole))
        found += [
            Option(str(row.get("code", "")), world.say(row.get("name")), name) for row in group.get("category", ())
        ]
    return found


def triage_questions(world: World) -> list[Option]:
    """The questions of the triage."""
    return [Option(str(row.get("code", "")), world.say(row.get("text"))) for row in world.rows("triage", "question")]


def services(world: World) -> list[Option]:
    """The designated services of the triage."""
    found = world.books.get("triage", {}).get("service", {})
    return [Option(code, world.say(row.get("name"))) for code, row in found.items()]


def requirements(world: World) -> list[Option]:
    """What a closing code may require."""
    found = world.books.get("closing_codes", {}).get("requirement", {})
    return [Option(code, world.say(row.get("name"))) for code, row in found.items()]


def form_fields(world: World) -> list[Option]:
    """The fields of the complaint form."""
    return of_book("form", "field", "label")(world)  # type: ignore[no-any-return]


def colours(_world: World) -> list[Option]:
    """The colours of departments, by number."""
    return [Option(f"d{number}", _("colour %(number)s") % {"number": number}) for number in range(1, 9)]


def countries(_world: World) -> list[Option]:
    """Countries as the reader calls them."""
    return [Option(code, name) for code, name in places.countries().items()]


def zones(_world: World) -> list[Option]:
    """Time zones as people read them."""
    return [Option(code, words) for code, words in places.zones_in_words("")]


def currencies(world: World) -> list[Option]:
    """Currencies with their names."""
    names = Locale.parse(babel_locale(world.language)).currencies
    usual = ("EUR", "BRL", "GBP", "USD", "CHF")
    return [Option(code, f"{names.get(code, code)} ({code})") for code in dict.fromkeys((world.currency, *usual))]


def policies(world: World) -> list[Option]:
    """The rulebooks of jurisdictions that the edition keeps."""
    return [Option(code, policy_name(table, world) or code) for code, table in world.policies.items()]


def policy_name(table: Any, world: World) -> str:
    """What people call a rulebook of a jurisdiction."""
    head = table.get("policy", {})
    return world.say(head.get("name")) or str(head.get("title", "")) or str(head.get("id", ""))


def milestones(world: World) -> list[Option]:
    """The limits of all rulebooks, in groups."""
    return [
        Option(str(row.get("key", "")), milestone_name(row, world), policy_name(table, world))
        for table in world.policies.values()
        for row in table.get("milestone", ())
    ]


def milestone_name(row: Any, world: World) -> str:
    """What people call a limit."""
    return world.say(row.get("name")) or str(row.get("key", "")).replace("_", " ")


def items(world: World) -> list[Option]:
    """What letters must contain and what rulebooks ask for, by the words that the edition has for it."""
    found = {str(row.get("code", "")): world.say(row.get("name")) for row in world.rows("content", "item")}
    for table in world.policies.values():
        found |= {code: world.say(words) for code, words in table.get("words", {}).items()}
    return sorted((Option(code, words or code) for code, words in found.items()), key=lambda each: str(each.label))


def purposes(world: World) -> list[Option]:
    """What a letter is for."""
    codes = [str(row.get("code", "")) for row in world.rows("content", "purpose")]
    used = {str(row.get("alternative", "")) for table in world.policies.values() for row in table.get("milestone", ())}
    return [Option(code, PURPOSE.get(code, code.replace("_", " "))) for code in [*codes, *sorted(used - {*codes, ""})]]


def outcomes_of(world: World, axis: str) -> list[Option]:
    """The closing codes of one side of the matter."""
    rows = [row for row in world.rows("closing_codes", "axis") if row.get("code") == axis]
    return [
        Option(str(each.get("code", "")), world.say(each.get("name"))) for row in rows for each in row.get("option", ())
    ]


def axes(world: World) -> list[Option]:
    """The sides of the matter at the closing."""
    return of_book("closing_codes", "axis")(world)  # type: ignore[no-any-return]


def closing_codes(world: World) -> list[Option]:
    """All closing codes, in groups."""
    return [replace(each, group=axis.label) for axis in axes(world) for each in outcomes_of(world, axis.value)]


def report_values(world: World) -> list[Option]:
    """What others call an outcome."""
    return [
        Option(str(each.get("code", "")), world.say(each.get("name")), world.say(row.get("name")))
        for row in world.rows("closing_codes", "report")
        for each in row.get("value", ())
    ]


def sections(world: World) -> list[Option]:
    """Where rulebooks list what a letter must contain."""
    used = {
        str(each)
        for row in world.rows("content", "purpose")
        for key in ("sections", "past_limit")
        for each in row.get(key, ())
    }
    known = {**SECTION, **{code: code for code in sorted(used - set(SECTION))}}
    return [Option(code, words) for code, words in known.items()]


def placeholder_names(_world: World) -> list[Option]:
    """The words in braces of letters."""
    return [Option(name, _(words)) for name, words in rulebook.PLACEHOLDERS.items()]


def sectors(world: World) -> list[Option]:
    """The businesses that rulebooks ask for."""
    return answers_of(world, "sector")


def placeholders() -> dict[str, Any]:
    """What may stand in braces in a letter, and what takes its place."""
    return {f"{{{name}}}": _(words) for name, words in rulebook.PLACEHOLDERS.items()}


def named(options: Sequence[Option], code: Any) -> str:
    """The words of one choice; its code where the list does not have it."""
    return next((str(each.full or each.label) for each in options if each.value == str(code)), str(code))


def whole(number: Any, unit: str, world: World) -> str:
    """ "15 business days", "1 month"."""
    one = {
        "hours": _("hour"), "calendar_days": _("calendar day"), "business_days": _("business day"),
        "weeks": _("week"), "months": _("month"), "years": _("year"),
    }  # fmt: skip
    words = one.get(unit, unit) if number == 1 else str(UNIT.get(unit, unit))
    if number == 0:
        return _("at once") if unit == "hours" else pgettext("time limit", "on the same day")
    return f"{world.number(number)} {words}"
