"""Which letter follows which event, and its words in the customer's language.

Mails that nobody at the house wrote carry no words of the customer, not even the name: whoever files in a stranger's
name must not be able to send that stranger anything. The answer itself lies behind the private link; only the thanks
at the end address the customer by name, because somebody signed them.
"""

import re
from dataclasses import dataclass
from typing import Any

from desagravo.cases import queries as cases
from desagravo.cases.lifecycle import replay
from desagravo.history import queries as history
from desagravo.history.queries import EventView
from desagravo.rulebook import queries as rulebook

LINK = "\x02link\x03"
"""Stands for the private link in a stored mail. Texts of customers cannot hold it: control characters are replaced."""

FOLLOWING = {
    "case.received": "acknowledgement",
    "case.received_incomplete": "acknowledgement_incomplete",
    "case.wrote_to_customer": "message_waiting",
    "case.date_moved": "date_moved",
    "case.answered": "answer_ready",
    "approval.granted": "answer_ready",
    "case.withdrawn": "withdrawal_confirmed",
    "case.closed": "closing_thanks",
    "tracking.sent_again": "tracking_link_again",
    "tracking.renewed": "tracking_link",
}
"""Kind of event → letter. A message of the customer is confirmed on the page and not by mail."""

UNVERIFIED = frozenset({"customer", "api"})
"""Who acts for an address that nobody verified. Each group of letters reaches it once a day through them, the others
are held: filing and withdrawing a hundred times in a stranger's name sends that stranger two mails."""
_GROUPS = {"case.received": "acknowledgement", "case.received_incomplete": "acknowledgement"}
BY_A_PERSON = frozenset({"closing_thanks", "closing_resolved", "date_moved"})
"""Letters that carry a person's name; all others say that a machine wrote them."""

_TO_NOBODY_BY_NAME = {"en": "Sir or Madam", "es": "señor/a"}
"""What stands for the name in salutations that would be bare without one; the Portuguese ones are whole."""
_SALUTABLE = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’·-]){0,79}")
_SENTENCE = re.compile(r"(?<=[.!?]) +")


@dataclass(frozen=True)
class Written:
    """A letter ready to be mailed, but for the link."""

    letter: str
    subject: str
    body: str


def wanted(event: EventView, case: Any) -> bool:
    """Whoever withdrew was thanked with the confirmation; the formal signature below it is the house's own affair."""
    if event.kind != "case.closed":
        return True
    before = [each.kind for each in history.of_case(case.number) if each.seq < event.seq]
    return replay(before) != "withdrawn"


def group(kind: str) -> str:
    """Letters of one group say much the same, so that a second one on the same day is spared."""
    return _GROUPS.get(kind, kind)


def write(kind: str, case: Any) -> Written:
    """The letter that follows an event of this kind on this case."""
    code = FOLLOWING[kind]
    if code == "closing_thanks" and case.customer_position == "accepted" and not cases.awaits_remedy(case):
        code = "closing_resolved"  # says that it is resolved: the customer must have said so, and nothing be awaited
    letter = rulebook.letter_to(code, case.language, name=case.customer.name, edition=cases.edition_of(case))
    values = {**cases.letter_values(case), "tracking_url": LINK, "customer_name": _salutation(case)}
    body = without_gaps(rulebook.fill(letter.body, values)).replace(" ,", ",")
    return Written(code, rulebook.fill(letter.subject, values), body)


def _salutation(case: Any) -> str:
    """The customer's name if it can be one; a name that could be an address or an advertisement is not repeated."""
    if _SALUTABLE.fullmatch(case.customer.name) and "www." not in case.customer.name.lower():
        return str(case.customer.name)
    return _TO_NOBODY_BY_NAME.get(case.language, "")


def without_gaps(text: str) -> str:
    """The text without the sentences and lines for which a value is not known, such as a telephone number."""
    lines = []
    for line in text.split("\n"):
        sentences = [each for each in _SENTENCE.split(line) if not cases.open_placeholders(each)]
        if sentences or not line.strip():
            lines.append(" ".join(sentences))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
