"""The shapes in which the rulebook tells what it says: small frozen dataclasses, one language each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar


class _HasCode(Protocol):
    @property
    def code(self) -> str: ...


Coded = TypeVar("Coded", bound=_HasCode)


@dataclass(frozen=True)
class Choice:
    """Something to choose, with its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Question:
    """A question text offered when a department is asked."""

    code: str
    text: str


@dataclass(frozen=True)
class Department:
    """A department: what it is called in for, its colour token, and the working days a question gets."""

    code: str
    name: str
    purpose: str
    colour: str
    due_days: int
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class TriageQuestion:
    """A triage question, answered yes, no or unknown, some with an amount besides."""

    code: str
    text: str
    hint: str
    asks_amount: bool


@dataclass(frozen=True)
class Category:
    """A problem category. ``needs_text``: the customer must say in words what it is."""

    code: str
    name: str
    needs_text: bool


@dataclass(frozen=True)
class CategoryGroup:
    """Problem categories that belong together."""

    code: str
    name: str
    categories: tuple[Category, ...]


@dataclass(frozen=True)
class Remedy:
    """Something asked for or given. ``money``: giving it needs an amount and a currency."""

    code: str
    name: str
    money: bool


@dataclass(frozen=True)
class ClosingCode:
    """A closing code with its scope note and what must be given with it."""

    code: str
    name: str
    scope: str
    requires: tuple[Choice, ...]


@dataclass(frozen=True)
class Axis:
    """One of the four axes of the closing section. ``several``: more than one code may be ticked."""

    code: str
    name: str
    question: str
    several: bool
    codes: tuple[ClosingCode, ...]


@dataclass(frozen=True)
class FormField:
    """A field of the model form. ``max`` is its longest text in characters, 0 where there is none."""

    number: int
    code: str
    by: str
    type: str
    max: int
    core: bool
    label: str
    hint: str


@dataclass(frozen=True)
class FormGroup:
    """Fields of the model form that stand together."""

    code: str
    name: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class Need:
    """Something that a complete form has, met by any one of its fields."""

    code: str
    any_of: tuple[str, ...]
    ask: str


@dataclass(frozen=True)
class FormLimits:
    """How much a form may carry: characters, files, bytes per file, hours that a server draft is kept."""

    text_characters: int
    files: int
    file_bytes: int
    draft_hours: int
    signature_name: int


@dataclass(frozen=True)
class Advice:
    """One piece of guidance at intake: a rule, sentences to say, and what to avoid."""

    code: str
    title: str
    rule: str
    say: tuple[str, ...]
    avoid: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """A template with placeholders of ``letters.PLACEHOLDERS``. ``kind``: letter or mail; ``purpose``: what it is for.

    ``body`` is the whole text from salutation to name; its last paragraph is the farewell.
    """

    code: str
    kind: str
    name: str
    subject: str
    body: str
    purpose: str = "notice"

    @property
    def unsigned(self) -> str:
        """The text without its farewell and names, for papers that print these themselves."""
        return self.body.strip().rpartition("\n\n")[0] + "\n"

    @property
    def farewell(self) -> str:
        """The farewell with the names below it."""
        return self.body.strip().rpartition("\n\n")[2] + "\n"


@dataclass(frozen=True)
class Target:
    """A house target in working days."""

    code: str
    days: int
    name: str
    about: str


@dataclass(frozen=True)
class Stage:
    """What a customer sees of a status: one of four stages and a sentence."""

    code: str
    name: str
    status: str
    sentence: str
