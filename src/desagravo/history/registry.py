'''Which kinds of event exist, what follows from them, and who can show private content for verification.

A room writes its kinds in its own ``events.py`` and imports that file in ``AppConfig.ready()``::

    from desagravo.history.registry import Who, event_kind


    @event_kind("case.assigned", people=["to"], departments=["department"])
    @dataclass(frozen=True)
    class CaseAssigned:
        """Somebody now answers for the case."""

        to: str  # facts: codes, ids, numbers, dates as ISO text; never names or text by a customer
        department: str = ""

        def sentence(self, who: Who) -> str:
            return _("%(by)s assigned the case to %(to)s.") % {"by": who.by, "to": who(self.to)}

``who.by`` is the acting person at the start of a sentence, ``who(id)`` a person's name, ``who.department(code)``
a department's. The names of facts that hold them (``people=``, ``departments=``) let a page look them all up at once::

    views = queries.of_case(number)
    who = Who(people=names(queries.people_in(views)), departments=department_names())
    lines = [view.sentence(who) for view in views]

Facts may be str, int, bool, None, and lists, tuples and dictionaries of them. A text longer than 1,000 characters
is refused: what people wrote belongs in the room's own table and goes into ``record(private={"text": …})``.

A kind is never renamed. When its shape changes, its version grows and old events are lifted when read::

    @event_kind("case.assigned", version=2, upcasts={1: lambda old: {**old, "department": ""}})

What must happen after an event is a subscriber; what a room shows to ``verify`` is its reveal::

    subscribe("case.answered", "mail.send_answer", send_answer)  # send_answer(event: EventView, work: Work)
    reveal("message", lambda ids: {str(m.pk): {"text": m.text} for m in Message.objects.filter(pk__in=ids)})
    expect_cases(lambda: Case.objects.values_list("number", flat=True))
    check_state(fn)  # do this room's rows agree with the events? Gives the first finding, or None
'''

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from desagravo.history.findings import Finding
    from desagravo.history.outbox import Work
    from desagravo.history.queries import EventView

Details = dict[str, Any]
Shape = TypeVar("Shape")
Handler = Callable[["EventView", "Work"], None]
Reveal = Callable[[Sequence[str]], Mapping[str, Mapping[str, str | bytes | None]]]


@dataclass(frozen=True)
class Who:
    """Names for ids, at the moment of reading. An id without a name is shown as it is."""

    people: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    by: str = ""

    def __call__(self, person: str) -> str:
        """The name of a person."""
        return self.people.get(person) or person

    def department(self, code: str) -> str:
        """The name of a department."""
        return self.departments.get(code) or code

    def acting(self, kind: str, actor: str) -> str:
        """The one who acted, as the first words of a sentence."""
        if kind == "staff":
            return self(actor)
        if kind == "customer":
            return _("The customer")
        if kind == "rule":
            return _("A rule")
        if kind == "api":
            return _("A connected program")
        return "Desagravo"


class Facts(Protocol):
    """What a kind's frozen dataclass must offer."""

    def sentence(self, who: Who) -> str:
        """The event as one sentence in the active language."""


@dataclass(frozen=True)
class UnknownFacts:
    """Facts of a kind or version that this release does not know; shown, never refused, when reading."""

    kind: str
    details: Details

    def sentence(self, who: Who) -> str:
        """Says only that something happened."""
        return _("%(by)s: %(kind)s (this release has no words for it).") % {"by": who.by, "kind": self.kind}


@dataclass(frozen=True)
class Kind:
    """One registered kind of event."""

    name: str
    version: int
    shape: type[Any]
    upcasts: Mapping[int, Callable[[Details], Details]]
    people: tuple[str, ...]
    departments: tuple[str, ...]


@dataclass(frozen=True)
class Subscriber:
    """Work that follows an event: at most ``attempts`` tries, the first repeat after ``first_wait`` seconds.

    ``lease_seconds`` is how long one try may take, its lease being renewed meanwhile; 0 for what all have.
    """

    kind: str
    name: str
    handler: Handler
    attempts: int
    first_wait: float
    lease_seconds: float = 0.0


_kinds: dict[str, Kind] = {}
_kind_of_shape: dict[type[Any], Kind] = {}
_subscribers: dict[str, dict[str, Subscriber]] = {}
_reveals: dict[str, Reveal] = {}
_expected_cases: list[Callable[[], Iterable[str]]] = []
_state_checks: list[Callable[[], "Finding | None"]] = []


def event_kind(
    name: str,
    *,
    version: int = 1,
    upcasts: Mapping[int, Callable[[Details], Details]] | None = None,
    people: Sequence[str] = (),
    departments: Sequence[str] = (),
) -> Callable[[type[Shape]], type[Shape]]:
    """Register a frozen dataclass as the facts of a kind of event; see the example above.

    Raises:
        TypeError: not a frozen dataclass, or it has no ``sentence``.
        ValueError: the name is taken, an older version has no upcast, or a named fact does not exist.
    """

    def register(shape: type[Shape]) -> type[Shape]:
        if not is_dataclass(shape) or not shape.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(f"the facts of {name} must be a frozen dataclass (event_kind goes above @dataclass)")
        if not callable(getattr(shape, "sentence", None)):
            raise TypeError(f"the facts of {name} have no sentence")
        missing = {*people, *departments} - {each.name for each in fields(shape)}
        if missing:
            raise ValueError(f"{name} has no facts {sorted(missing)}")
        if set(upcasts or {}) != set(range(1, version)):
            raise ValueError(f"{name} is at version {version}: every older version needs its upcast")
        if name in _kinds:
            raise ValueError(f"two kinds of event are called {name}")
        kind = Kind(name, version, shape, dict(upcasts or {}), tuple(people), tuple(departments))
        _kinds[name] = _kind_of_shape[shape] = kind
        return shape

    return register


def kind_of(facts: Any) -> Kind:
    """The kind that these facts belong to.

    Raises:
        LookupError: the dataclass was never registered.
    """
    kind = _kind_of_shape.get(type(facts))
    if kind is None:
        raise LookupError(f"{type(facts).__name__} is not a registered kind of event")
    return kind


def kinds() -> dict[str, Kind]:
    """All registered kinds by name; the glossary must know each."""
    return dict(_kinds)


def details_of(facts: Any) -> Details:
    """The facts as they are stored."""
    return {each.name: getattr(facts, each.name) for each in fields(facts)}


def facts_from(name: str, version: int, details: Details) -> Facts:
    """Stored facts in today's shape; what this release cannot read comes back as :class:`UnknownFacts`."""
    kind = _kinds.get(name)
    if kind is None or version > kind.version:
        return UnknownFacts(name, details)
    for older in range(version, kind.version):
        details = kind.upcasts[older](details)
    try:
        facts: Facts = kind.shape(**details)
    except TypeError:
        return UnknownFacts(name, details)
    return facts


def subscribe(
    kind: str, name: str, handler: Handler, *, attempts: int = 8, first_wait: float = 1.0, lease_seconds: float = 0.0
) -> None:
    """Call ``handler(event, work)`` in the worker after every event of this kind.

    The handler may be called again after a crash, so it must be idempotent, or call ``work.done()`` inside the
    transaction of its own changes; see :mod:`desagravo.history.outbox`. ``name`` ("mail.send_answer") is stored with
    the waiting work and must stay. ``attempts`` and ``first_wait`` (seconds, doubling up to an hour) say how long a
    passing failure is borne: 8 attempts are two minutes, 60 attempts are two days.
    ``lease_seconds`` is longer than the handler can take, where that may be more than a minute.

    Raises:
        ValueError: this kind has another subscriber of that name.
    """
    known = _subscribers.setdefault(kind, {})
    if name in known and known[name].handler is not handler:
        raise ValueError(f"{kind} has two subscribers called {name}")
    known[name] = Subscriber(kind, name, handler, attempts, first_wait, lease_seconds)


def subscribers(kind: str) -> list[Subscriber]:
    """Who wants to be told of this kind, in the order of their registration."""
    return list(_subscribers.get(kind, {}).values())


def subscriber(kind: str, name: str) -> Subscriber | None:
    """One subscriber, or None where a room or channel has been removed since."""
    return _subscribers.get(kind, {}).get(name)


def unheard_kinds() -> list[str]:
    """Kinds that somebody subscribed to but nobody registered: a misspelling."""
    return sorted(set(_subscribers) - set(_kinds))


def reveal(subject_kind: str, show: Reveal) -> None:
    """How ``verify`` obtains private content: ``show(ids)`` returns ``{id: {piece: content}}``.

    Pieces have the names given in ``record(private=…)`` and are shown exactly as they were recorded then. A piece
    that is None or absent is gone, which only an event of the same case of a kind that ends in ``.erased`` or
    ``.redacted`` explains. Where a subject recorded a piece several times, the newest one counts.
    """
    _reveals[subject_kind] = show


def revealed_by(subject_kind: str) -> Reveal | None:
    """The function registered for this kind of subject."""
    return _reveals.get(subject_kind)


def expect_cases(numbers: Callable[[], Iterable[str]]) -> None:
    """Tell ``verify`` which case numbers exist, so that it finds a case without events and events without a case."""
    if numbers not in _expected_cases:
        _expected_cases.append(numbers)


def expected_cases() -> set[str] | None:
    """All case numbers that the rooms know, or None where no room told."""
    if not _expected_cases:
        return None
    return {number for tell in _expected_cases for number in tell()}


def check_state(check: Callable[[], "Finding | None"]) -> None:
    """Let ``verify`` ask a room whether its rows agree with the events; the room keeps its memory small."""
    if check not in _state_checks:
        _state_checks.append(check)


def state_checks() -> list[Callable[[], "Finding | None"]]:
    """What the rooms want to be asked."""
    return list(_state_checks)
