"""Words on a case: internal notes, messages to and from the customer, files. The kind decides who reads them.

The very same words and files sent twice within ten minutes are one message: double clicks and retries happen.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from desagravo.cases.actions._content import require_no_admission
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, sent_already, write_message
from desagravo.cases.actions.leave import moment_of_leaving, stop_leaving
from desagravo.cases.contents import content, file_pieces
from desagravo.cases.events import CaseNoted, CustomerRead, CustomerWrote, FilesAdded, MessageReleased, WroteToCustomer
from desagravo.cases.files import KeptFile, attach
from desagravo.cases.mentions import mentioned_in
from desagravo.cases.models import Case, Message
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from desagravo.history.registry import Facts


@transaction.atomic
def note(case: Case, *, body: str, actor: Actor, kept: Sequence[KeptFile] = ()) -> Message:
    """An internal note. It has no way to the customer: no action sends a message of this kind."""
    case = begin("note", case, actor=actor)
    text = needed("body", body)

    def told(key: int, _files: int) -> tuple[str, Facts]:
        return "note", CaseNoted(key, mentioned_in(text))

    return _said(case, "note", text, kept, actor=actor, told=told)


@transaction.atomic
def write(case: Case, *, body: str, actor: Actor, kept: Sequence[KeptFile] = (), read_to: int | None = None) -> Message:
    """A message to the customer that is not the answer: a question, or news of how it stands.

    It leaves after the delay of the house. ``read_to``: see :func:`seen`.

    Raises:
        Missing: no words, or words that admit fault or liability.
    """
    case = begin("write", case, actor=actor)
    text = needed("body", body)
    require_no_admission(case, text)
    leaves_at = moment_of_leaving()

    def told(key: int, files: int) -> tuple[str, Facts]:
        _read(case, read_to)
        if leaves_at:
            return "release_message", MessageReleased(key, leaves_at.isoformat(), files)
        return "write", WroteToCustomer(key, files)

    return _said(case, "to_customer", text, kept, actor=actor, told=told, leaves_at=leaves_at)


@transaction.atomic
def add_message(case: Case, *, body: str, actor: Actor, channel: str = "web", kept: Sequence[KeptFile] = ()) -> Message:
    """The customer adds something, or somebody at intake writes down what the customer said.

    What is leaving at this moment stays here: who wrote it did not know of this.

    Raises:
        Missing: neither words nor a file.
    """
    case = begin("add_message", case, actor=actor)
    text = needed("body", body) if body.strip() or not kept else ""

    def told(key: int, files: int) -> tuple[str, Facts]:
        case.customer_wrote_at = clock.now()
        return "add_message", CustomerWrote(key, files)

    return _said(case, "from_customer", text, kept, actor=actor, told=told, channel=channel)


def _said(
    case: Case,
    kind: str,
    text: str,
    kept: Sequence[KeptFile],
    *,
    actor: Actor,
    told: Callable[[int, int], tuple[str, Facts]],
    channel: str = "",
    leaves_at: datetime | None = None,
) -> Message:
    """What notes and messages share: words and files are kept once, and the step that ``told`` names is recorded.

    ``told`` gets the key of the message and the number of its files.
    """
    if (known := sent_already(case, kind, text, kept, actor=actor)) is not None:
        return known
    message = write_message(case, kind, text, actor=actor, channel=channel, leaves_at=leaves_at)
    attached = attach(case, kept, actor=actor, for_customer=kind != "note", message=message)
    verb, facts = told(message.pk, len(kept))
    finish(
        case,
        verb,
        facts,
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message), **file_pieces(attached)},
        words=message.body,
        not_before=leaves_at,
    )
    if kind == "from_customer":
        stop_leaving(case, why="customer_wrote")
    return message


@transaction.atomic
def seen(case: Case, *, actor: Actor, read_to: int | None = None) -> Case:
    """The owner has read what the customer wrote and needs not answer it now.

    ``read_to`` is the key of the newest message that stood on the page; what the customer wrote after it stays unread.
    """
    case = begin("seen", case, actor=actor)
    _read(case, read_to)
    return finish(case, "seen", CustomerRead(), actor=actor)


def _read(case: Case, read_to: int | None) -> None:
    newer = Message.objects.filter(case=case, kind="from_customer", pk__gt=read_to or 0)
    if read_to is None or not newer.exists():
        case.customer_wrote_at = None


@transaction.atomic
def add_files(case: Case, *, kept: Sequence[KeptFile], actor: Actor, for_customer: bool = False) -> Case:
    """Put files on the case, by default for the company's eyes only.

    Raises:
        Missing: there is no file.
    """
    case = begin("attach", case, actor=actor)
    if not kept:
        raise Missing({"files": [Refusal("empty")]})
    attached = attach(case, kept, actor=actor, for_customer=for_customer)
    finish(case, "attach", FilesAdded(len(kept)), actor=actor, private=file_pieces(attached))
    stop_leaving(case, why="file_added")
    return case
