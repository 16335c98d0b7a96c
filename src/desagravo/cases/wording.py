"""The words of a case's letters: what its rulebooks ask them to contain, what should not stand in them, and what they
say about limits and bodies outside.

Everything comes from the edition that the case keeps and from the rulebooks that bind it now. Nothing here changes
anything; the actions refuse with what :func:`examined` says, and the desk shows the same beside the text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from babel.dates import format_date

from desagravo.cases.editions import edition_of
from desagravo.cases.limit_names import policy_of
from desagravo.cases.models import AppliedRulebook, Case, ComplaintForm, Message, Point, Response, TimeLimit
from desagravo.cases.procedure.words import period
from desagravo.common.language import babel_locale
from desagravo.departments import queries as departments
from desagravo.rulebook import bodies, content, phrases
from desagravo.rulebook import edition as editions
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.bodies import Body
from desagravo.rulebook.content import Asked, Need, Situation
from desagravo.rulebook.letters import fill, left_out, names_in
from desagravo.rulebook.phrases import Lists, Mark
from desagravo.rulebook.policies import Milestone, Policy
from desagravo.rulebook.words import say

ANSWERS: Final = frozenset({"final", "summary_resolution", "refusal"})
"""Purposes of letters that are the answer to the complaint."""
FINAL_EVENTS: Final = frozenset({"final_response_sent", "answered"})
GENERIC: Final = 0.8
"""From this part of five-word runs on, a text is called one that was sent before."""
_EARLIER_ANSWERS: Final = 40


@dataclass(frozen=True)
class Examined:
    """What is to be said of a text before it leaves: phrases in it, what it must contain, and whether it is a copy."""

    marks: tuple[Mark, ...]
    needs: tuple[Need, ...]

    @property
    def admissions(self) -> tuple[Mark, ...]:
        """What stops it without a reason and a second person."""
        return tuple(each for each in self.marks if each.stops)

    @property
    def lacking(self) -> tuple[Need, ...]:
        """What must be there and is not."""
        return tuple(each for each in self.needs if not each.met)


class Ground:
    """What is read of a case to judge a text: each thing once, when it is asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def points(self) -> list[Point]:
        """The points, in order."""
        return list(Point.objects.filter(case=self.case).order_by("position"))

    @cached_property
    def form(self) -> ComplaintForm | None:
        """The newest version of the form."""
        return self.case.forms.order_by("-version").first()

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """The rulebooks that bind the case now."""
        return policies_of(self.case)

    @cached_property
    def values(self) -> dict[str, str]:
        """What stands for the placeholders that come from rulebooks."""
        return _values(self)

    @cached_property
    def theirs(self) -> list[str]:
        """What the customer wrote on this case, and the points in the customer's words."""
        form = self.form
        told = [form.description, *map(str, form.fields.get("points_to_answer") or ())] if form else []
        told += [each.text for each in self.points]
        told += Message.objects.filter(case=self.case, kind="from_customer").values_list("body", flat=True)
        return told


def policies_of(case: Case) -> tuple[Policy, ...]:
    """The rulebooks that bind the case now, in the order in which they were applied."""
    rows = AppliedRulebook.objects.filter(case=case, ended_at=None).order_by("pk").values_list("edition", "policy")
    found = (policy_of(edition, policy) for edition, policy in rows)
    return tuple(each for each in found if each is not None)


def purpose_of(case: Case, template: str) -> str:
    """What the letter is for; a text that was begun without a template is the final answer."""
    try:
        return rulebook.letter(template, case.language, edition=edition_of(case)).purpose
    except KeyError:
        return "final"


# --- phrases ---------------------------------------------------------------------------------------------------------

_lists: dict[tuple[str, str], tuple[Mapping[str, Any], Lists]] = {}


def lists_of(edition: str, language: str) -> Lists:
    """The lists of an edition for one language, read once as long as its book is the same."""
    book = editions.book("phrases", edition)
    known = _lists.get((edition, language))
    if known is None or known[0] is not book:
        known = _lists[edition, language] = (book, phrases.read(book, language))
    return known[1]


def marks_in(case: Case, text: str, *, where: str, ground: Ground | None = None) -> tuple[Mark, ...]:
    """What should not stand in this text; the customer's own words are passed over."""
    lists = lists_of(edition_of(case), case.language)
    if not phrases.marks(text, lists, where=where):
        return ()
    return phrases.marks(text, lists, where=where, theirs=(ground or Ground(case)).theirs)


# --- what a letter must contain --------------------------------------------------------------------------------------


def asked_of(ground: Ground, purpose: str, *, past_limit: bool = True) -> tuple[Asked, ...]:
    """What a letter of this purpose must contain on this case."""
    return content.asked_of(_content(ground.case), purpose, ground.policies, past_limit=past_limit)


def situation(ground: Ground, text: str, *, purpose: str, reader: str = "", **more: Any) -> Situation:
    """What the case tells about a letter with this text."""
    case, points = ground.case, ground.points
    advertises = any(each.kind == "marketing" for each in marks_in(case, text, where="answer", ground=ground))
    told = content.language_of(text)
    given = Situation(
        text=text,
        language=case.language,
        reader=reader,
        values=ground.values,
        facts={
            "points_answered": bool(points) and all(each.decision for each in points),
            "decision_made": bool(points) and all(each.decision for each in points),
            "reasons_given": all(each.reasons.strip() for each in points if each.decision != "upheld"),
            # with the decision a remedy is chosen, or none
            "remedy_named": bool(points) and all(each.decision for each in points),
            "right_language": told in {"", case.language.partition("-")[0]},
            "reachable": _reachable(ground),
            "no_advertising": not advertises,
        },
        granted=bool(points) and all(each.decision == "upheld" for each in points),
        refused=purpose == "refusal" or (bool(points) and all(each.decision == "not_upheld" for each in points)),
    )
    return replace(given, **{**more, "values": {**given.values, **more.get("values", {})}})


def examined(
    case: Case,
    text: str,
    *,
    template: str = "",
    purpose: str = "",
    confirmed: Iterable[str] = (),
    reader: str = "",
    past_limit: bool = True,
    values: Mapping[str, str] | None = None,
    ground: Ground | None = None,
) -> Examined:
    """Everything that is to be said of this text, as an answer or letter to the customer of the case."""
    purpose = purpose or purpose_of(case, template)
    ground = ground or Ground(case)
    asked = asked_of(ground, purpose, past_limit=past_limit)
    now = situation(
        ground, text, purpose=purpose, reader=reader, confirmed=frozenset(confirmed), values=dict(values or {})
    )
    needs = tuple(
        replace(each, wording=_whole(fill(each.wording, now.values)))
        for each in content.needs(_content(case), asked, now)
    )
    where = "answer" if purpose in ANSWERS else "message"
    return Examined(marks_in(case, text, where=where, ground=ground), needs)


def alike(ground: Ground, text: str) -> float:
    """How much of this text (0 to 1) was sent word for word to somebody else before, its own points left out."""
    case = ground.case
    for point in ground.points:
        for words in (point.text, point.reasons):
            text = text.replace(words, " ") if words.strip() else text
    others = Response.objects.filter(language=case.language, state="sent").exclude(case=case).order_by("-pk")
    return content.alike(text, others.values_list("body", flat=True)[:_EARLIER_ANSWERS])


def next_options(case: Case, template: str, text: str, values: Mapping[str, str]) -> str:
    """Where the customer may turn, put together for this letter: the house's words and those that rulebooks ask for.

    ``text`` is the letter without it; a wording that it already has is not said again.
    """
    purpose = purpose_of(case, template)
    ground = Ground(case)
    now = situation(ground, text, purpose=purpose, values=dict(values))
    if template == "answer_upheld" and not now.facts["decision_made"]:
        now = replace(now, granted=True)
    said = _said_by_rules(ground, purpose, now)
    body = values.get("external_body", "")
    house = ""
    if purpose in {"final", "refusal"} and not now.granted:
        named = bool(body) and body in said
        house = _wording(case, "next_internal_option", now) if named else _house_options(case, values)
    return "\n\n".join(each for each in (house, said) if each)


_OF_THE_HOUSE = frozenset({"next_internal_option", "external_option"})


def _said_by_rules(ground: Ground, purpose: str, now: Situation) -> str:
    """The wordings that the rulebooks ask for and the letter lacks; those that say how to reach the body go first."""
    case, parts = ground.case, list[str]()
    asked = [each for each in asked_of(ground, purpose) if each.code not in _OF_THE_HOUSE]
    whole = {row["code"] for row in _content(case)["item"] if "{external_body_contact}" in str(row.get("wording"))}
    for each in sorted(asked, key=lambda one: one.code not in whole):
        wording = _wording(case, each, replace(now, text="\n\n".join([now.text, *parts])))
        parts += [wording] if wording else []
    return " ".join(parts)


def _wording(case: Case, asked: Asked | str, now: Situation) -> str:
    """The wording of an item that is not there yet; "" where it is, or where nobody can fill it."""
    item = Asked(asked, {"en": asked}, ()) if isinstance(asked, str) else asked
    found = content.needs(_content(case), (item,), now)
    return _whole(fill(found[0].wording, now.values)) if found and not found[0].met else ""


def _house_options(case: Case, values: Mapping[str, str]) -> str:
    standing = editions.book("letters", edition_of(case))["standing"]
    key = "next_options_body" if "external_body" in values and "next_options_body" in standing else "next_options"
    return fill(say(standing[key]["text"], case.language), values)


def _content(case: Case) -> Mapping[str, Any]:
    return editions.book("content", edition_of(case))


def _whole(wording: str) -> str:
    """A wording with a gap that nobody can fill is not offered."""
    return "" if names_in(wording) else wording


def _reachable(ground: Ground) -> bool:
    fields = ground.form.fields if ground.form else {}
    told = ("email", "postal_address", "phone", "contact_person")
    customer = ground.case.customer
    return any(fields.get(each) for each in told) or any((customer.email, customer.postal_address, customer.phone))


# --- what letters say about limits and bodies ------------------------------------------------------------------------


def values_of_rules(case: Case) -> dict[str, str]:
    """What stands for the placeholders that come from rulebooks, in the customer's language; unknown ones left out."""
    return Ground(case).values


def _values(ground: Ground) -> dict[str, str]:
    case, found = ground.case, ground.policies
    body = body_of(case, found)
    values = {
        "limit_that_applies": _limit_that_applies(case, found),
        "completion_window": _period(case, _first(found, "completion_window")),
        "consequence_of_silence": _consequence(case, _first(found, "completion_window")),
        "refer_by": _period(case, _referral(found)),
        "external_body": body.name if body else "",
        "external_body_contact": body.contact if body else "",
        "external_body_website": body.website if body else "",
    }
    return {name: text for name, text in values.items() if text}


def body_of(case: Case, bind: Iterable[Policy] | None = None) -> Body | None:
    """The body outside that is responsible for the case, as far as the edition knows one."""
    policies = policies_of(case) if bind is None else bind
    return bodies.body_for(
        editions.book("bodies", edition_of(case)),
        case.language,
        country=departments.organisation().country,
        policies=[each.id for each in policies],
        sector=str(case.attributes.get("sector", "")),
    )


def _limit_that_applies(case: Case, found: Iterable[Policy]) -> str:
    """The last day of the limit that an answer fulfils: what a rule binds us to before what the house aims at."""
    known = {each.id: each for each in found}
    rows = TimeLimit.objects.filter(case=case, applied__ended_at=None, due_on__isnull=False, bearer="firm")
    best: tuple[bool, Any, Milestone, Policy] | None = None
    for row in (
        rows.exclude(state__in=("replaced", "not_started", "ended")).select_related("applied").order_by("due_on", "pk")
    ):
        policy = known.get(row.applied.policy)
        milestone = policy and next((each for each in policy.milestones if each.key == row.key), None)
        if not policy or not milestone or FINAL_EVENTS.isdisjoint(milestone.met_by) or row.kind == "route_option":
            continue
        if best is None or (row.kind == "firm_obligation", best[1]) > (best[0], row.due_on):
            best = (row.kind == "firm_obligation", row.due_on, milestone, policy)
    if best is None:
        return ""
    _binds, due_on, milestone, policy = best
    day = format_date(due_on, format="long", locale=babel_locale(case.language))
    return f"{day} ({period(milestone.n, milestone.unit, case.language)}; {say(policy.name, case.language)})"


def _period(case: Case, milestone: Milestone | None) -> str:
    return period(milestone.n, milestone.unit, case.language) if milestone else ""


def _consequence(case: Case, milestone: Milestone | None) -> str:
    if milestone is None or not milestone.on_expiry:
        return ""
    row = editions.book("letters", edition_of(case))["standing"].get("consequence_of_silence")
    return say(row["text"], case.language) if row else ""


def _first(found: Iterable[Policy], key: str) -> Milestone | None:
    return next((each for policy in found for each in policy.milestones if each.key == key), None)


def _referral(found: Iterable[Policy]) -> Milestone | None:
    """The customer's window that opens with the answer."""
    return next(
        (
            each
            for policy in found
            for each in policy.milestones
            if each.kind == "customer_window" and each.start == "final_response_sent" and each.unit != "calendar_days"
        ),
        None,
    )


def left_out_and_filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its values, without the sentences for which the case has nothing to say."""
    return fill(left_out(template, values), values)
