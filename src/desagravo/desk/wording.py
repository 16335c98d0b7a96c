"""What the desk shows beside a text to a customer: marked phrases, what must be in it, whether it is a copy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from desagravo.cases import wording
from desagravo.cases.actions import asked_by
from desagravo.cases.editions import edition_of
from desagravo.cases.wording import Examined
from desagravo.common.language import active
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.rulebook import edition as editions
from desagravo.rulebook.content import Need
from desagravo.rulebook.phrases import Mark, put_in
from desagravo.rulebook.words import say

_AROUND = 48


@dataclass(frozen=True)
class Marked:
    """A marked phrase as it is shown: what stands around it, what is wrong with it, and what to write instead."""

    mark: Mark
    before: str
    after: str
    kind: str
    why: str

    @property
    def key(self) -> str:
        """How a button names it."""
        return f"{self.mark.start}:{self.mark.code}"


@dataclass(frozen=True)
class Needed:
    """An item of the mandatory content as it is shown: who asks for it, and what somebody ticked."""

    need: Need
    asked_by: str
    evidence: str
    confirmed_by: str
    wrong: str = ""


def beside(case: Any, text: str, *, template: str = "", confirmed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """For the page of an answer: its marks, its items, and how much of it was sent before."""
    ground = wording.Ground(case)
    ticked = tuple(confirmed or ())
    told = wording.examined(case, text, template=template, confirmed=ticked, reader=active(), ground=ground)
    return {
        "marked": marked(case, text, told.marks),
        "needs": needed(told, confirmed or {}),
        "lacking": len(told.lacking),
        "copied": round(alike * 100) if (alike := wording.alike(ground, text)) >= wording.GENERIC else 0,
        "admits": bool(told.admissions),
    }


def marked(case: Any, text: str, marks: Iterable[Mark]) -> list[Marked]:
    """The marks with the words around them."""
    kinds = editions.book("phrases", edition_of(case))["kind"]
    return [
        Marked(
            mark=each,
            before=_from_a_word(text[max(0, each.start - _AROUND) : each.start]),
            after=_to_a_word(text[each.end : each.end + _AROUND]),
            kind=say(kinds[each.kind]["name"], active()),
            why=say(kinds[each.kind]["about"], active()),
        )
        for each in marks
    ]


def marks_of_message(case: Any, text: str) -> list[Marked]:
    """The marks in a message that is not the answer."""
    return marked(case, text, wording.marks_in(case, text, where="message")) if text.strip() else []


def marks_of_answer(case: Any, text: str) -> list[Marked]:
    """The marks in an answer, for whoever approves it."""
    return marked(case, text, wording.marks_in(case, text, where="answer"))


def said_of(case: Any, response: Any) -> str:
    """Why this text may admit something, and what somebody ticked about it; "" where nothing was to be said."""
    key = response.content.get("note")
    note = case.messages.filter(pk=key, kind="note").first() if key else None
    return note.body if note else ""


def needed(told: Examined, confirmed: Mapping[str, Any]) -> list[Needed]:
    """The items, what is lacking first."""
    names = departments.names([str(one["by"]) for one in confirmed.values()]) if confirmed else {}
    rows = [
        Needed(
            need=each,
            asked_by=asked_by(each.rulebooks),
            evidence=confirmed.get(each.code, {}).get("words", ""),
            confirmed_by=names.get(str(confirmed.get(each.code, {}).get("by", "")), ""),
        )
        for each in told.needs
    ]
    return sorted(rows, key=lambda row: row.need.met)


def with_problems(needs: Iterable[Needed], refusal: Refusal | None) -> list[Needed]:
    """The items with what was wrong with the evidence that somebody gave for one."""
    fields = refusal.fields if isinstance(refusal, Missing) else {}
    return [
        replace(each, wrong=" ".join(one.sentence() for one in fields.get(f"evidence_{each.need.code}", ())))
        for each in needs
    ]


def with_better(case: Any, text: str, key: str, *, where: str) -> str:
    """The text with the better phrase where the button stood; as it is if the phrase is not there any more."""
    for each in wording.marks_in(case, text, where=where):
        if f"{each.start}:{each.code}" == key:
            return put_in(text, each)
    return text


def with_wording(case: Any, text: str, item: str, *, template: str) -> str:
    """The text with the wording that meets an item, above its farewell."""
    told = wording.examined(case, text, template=template)
    found = next((each for each in told.needs if each.code == item and each.wording), None)
    if found is None:
        return text
    body, gap, farewell = text.rstrip().rpartition("\n\n")
    short = gap and len(farewell) < _LONGEST_FAREWELL
    return f"{body}\n\n{found.wording}\n\n{farewell}\n" if short else f"{text.rstrip()}\n\n{found.wording}\n"


_LONGEST_FAREWELL = 160


def _from_a_word(text: str) -> str:
    text = " ".join(text.rsplit("\n", maxsplit=1)[-1].split(" "))
    return text if len(text) < _AROUND else "…" + text.partition(" ")[2]


def _to_a_word(text: str) -> str:
    text = text.split("\n", maxsplit=1)[0]
    return text if len(text) < _AROUND else text.rpartition(" ")[0] + "…"
