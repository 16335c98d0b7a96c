"""Words on a case: internal notes, messages to and from the customer, files. The kind decides who reads them.

The very same words and files sent twice within ten minutes are one message: double clicks and retries happen.
"""

from collections.abc import Sequence

from django.db import transaction

from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, sent_already, write_message
from desagravo.cases.contents import content, file_pieces
from desagravo.cases.events import CaseNoted, CustomerRead, CustomerWrote, FilesAdded, WroteToCustomer
from desagravo.cases.files import KeptFile, attach
from desagravo.cases.mentions import mentioned_in
from desagravo.cases.models import Case, Message
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal


@transaction.atomic
def note(case: Case, *, body: str, actor: Actor, kept: Sequence[KeptFile] = ()) -> Message:
    """An internal note. It has no way to the customer: no action sends a message of this kind."""
    case = begin("note", case, actor=actor)
    text = needed("body", body)
    if (known := sent_already(case, "note", text, kept, actor=actor)) is not None:
        return known
    message = write_message(case, "note", text, actor=actor)
    attached = attach(case, kept, actor=actor, for_customer=False, message=message)
    finish(
        case,
        "note",
        CaseNoted(message.pk, mentioned_in(text)),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message), **file_pieces(attached)},
        words=message.body,
    )
    return message


@transaction.atomic
def write(case: Case, *, body: str, actor: Actor, kept: Sequence[KeptFile] = (), read_to: int | None = None) -> Message:
    """A message to the customer that is not the answer: a question, or news of how it stands.

    ``read_to``: see :func:`seen`.
    """
    case = begin("write", case, actor=actor)
    text = needed("body", body)
    if (known := sent_already(case, "to_customer", text, kept, actor=actor)) is not None:
        return known
    message = write_message(case, "to_customer", text, actor=actor)
    attached = attach(case, kept, actor=actor, for_customer=True, message=message)
    _read(case, read_to)
    finish(
        case,
        "write",
        WroteToCustomer(message.pk, len(kept)),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message), **file_pieces(attached)},
        words=message.body,
    )
    return message


@transaction.atomic
def add_message(case: Case, *, body: str, actor: Actor, channel: str = "web", kept: Sequence[KeptFile] = ()) -> Message:
    """The customer adds something, or somebody at intake writes down what the customer said.

    Raises:
        Missing: neither words nor a file.
    """
    case = begin("add_message", case, actor=actor)
    text = needed("body", body) if body.strip() or not kept else ""
    if (known := sent_already(case, "from_customer", text, kept, actor=actor)) is not None:
        return known
    message = write_message(case, "from_customer", text, actor=actor, channel=channel)
    attached = attach(case, kept, actor=actor, for_customer=True, message=message)
    case.customer_wrote_at = clock.now()
    finish(
        case,
        "add_message",
        CustomerWrote(message.pk, len(kept)),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message), **file_pieces(attached)},
        words=message.body,
    )
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
    return finish(case, "attach", FilesAdded(len(kept)), actor=actor, private=file_pieces(attached))
