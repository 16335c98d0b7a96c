"""Work after a redaction: the papers that repeated what was taken out are made again from what is left."""

from dataclasses import replace

from desagravo.cases import after
from desagravo.cases.models import Document
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe

_MAKERS = {
    "receipt": ("form", after.make_receipt),
    "letter": ("response", after.make_letter),
    "sign_off": ("sign_off", after.make_sign_off),
}


def make_papers_again(event: EventView, work: Work) -> None:
    """Every paper of the case whose file went with a redaction."""
    for place, document in enumerate(Document.objects.filter(case__number=event.case, stored="").order_by("pk")):
        subject, make = _MAKERS[document.kind]
        work.progress(min(90, 10 * place))  # and keeps the work ours for the next one
        make(replace(event, subject=(subject, str(document.subject))), work)


for kind in ("form.redacted", "file.redacted", "answer.redacted"):
    subscribe(kind, "cases.papers_again", make_papers_again, lease_seconds=after.PAPER_SECONDS)
