"""What each kind of document needs to be told: plain, frozen, and free of markup.

Every text is printed as it is given: no character of it has a meaning for the typesetter. Words that come from the
rulebook or from the caller (labels of form fields, names of codes, the sentences of the history) are already in the
language of the document; the fixed words of a document are translated by the room itself. Moments must be aware
and are printed in Django's current time zone, with the zone. Money is a ``Decimal`` and an ISO 4217 code.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from desagravo.common.documents.paper import Paper

SignatureMethod = Literal["drawn", "typed", "paper", "none"]


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Who sends the document: the letterhead."""

    name: str
    address: tuple[str, ...] = ()
    """Lines of the postal address."""
    contact: tuple[str, ...] = ()
    """Telephone, mail, web: one entry each, as they shall be read."""
    legal_line: str = ""
    """Register, tax number, capital: the small line at the foot of a letter."""
    mark: bytes = b""
    """The letterhead as PNG or JPEG, in the place of the name. One that cannot be read leaves the name there."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of the form as the customer filled it in."""

    label: str
    text: str
    long: bool = False
    """Print the text in the full width below its label (the description, for instance). Texts of several lines or
    above 160 characters are printed so in any case."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file that came with the form."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal; the first 16 digits are printed."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """The customer's signature, or that there is none."""

    method: SignatureMethod = "none"
    """``drawn`` on the screen, ``typed`` name with confirmation, ``paper`` kept by the organisation, ``none``."""
    name: str = ""
    signed_at: datetime | None = None
    picture: bytes = b""
    """The drawn signature as PNG. One that cannot be read is named in words instead."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """The complaint form as sent: every field that was given, in the order of the form."""

    fields: tuple[Field, ...]
    files: tuple[File, ...] = ()
    signature: Signature = Signature()


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Kind ``receipt``: proof for the customer that the complaint has arrived, with the text as sent."""

    organisation: Organisation
    case_number: str
    received_at: datetime
    channel: str
    """How it came, in words ("web form")."""
    form: Form
    next_steps: tuple[str, ...] = ()
    """What happens next, one sentence or two each; a fixed text stands there if none is given."""
    missing: tuple[str, ...] = ()
    """What is still asked for, in words; the complaint is registered all the same."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of the complaint and the answer to it."""

    heading: str
    """The point in the customer's words, or a summary of it."""
    decision: str
    """The decision in words ("We agree with you")."""
    reasons: tuple[str, ...] = ()
    """Paragraphs."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs a letter."""

    name: str
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Kind ``letter``: acknowledgement, answer or thanks; everything but the paragraphs may be left out."""

    organisation: Organisation
    recipient: tuple[str, ...]
    """Name and lines of the address as they shall stand in the window (at most 6 lines are shown there)."""
    date: date
    reference: str
    """The case number."""
    subject: str
    salutation: str
    paragraphs: tuple[str, ...]
    your_reference: str = ""
    points: tuple[Point, ...] = ()
    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Headings of their own with their paragraphs, where a letter answers no points."""
    remedy: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    if_you_disagree: tuple[str, ...] = ()
    closing_paragraphs: tuple[str, ...] = ()
    """Paragraphs after everything else: thanks, an apology for the trouble."""
    farewell: str = ""
    """"Yours sincerely"; the usual one of the language if left out."""
    signer: Signer | None = None
    enclosures: tuple[str, ...] = ()
    preview: bool = False
    """Mark every page as not yet sent."""
    signature: bytes = b""
    """An image of the signature, PNG or JPEG, that stands under the text; ``signed_by`` is whose it is."""
    signed_by: str = ""
    as_written: bool = False
    """The paragraphs are the whole letter, from the salutation to the name under it: nothing is added."""
    event_hash: str = ""
    """Hash of the event that the letter follows; the first 16 digits are printed in small letters below everything."""
    event_number: int = 0
    """Number of that event within the case."""
    checkpoint: int = 0
    """Number of the signed checkpoint that covers the event."""


@dataclass(frozen=True, kw_only=True)
class ReceiptBlock:
    """Who took the complaint in: the block that staff fill in on the form (P2)."""

    received_at: datetime
    received_by: str = ""
    department: str = ""
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class Code:
    """One closing code of an axis."""

    label: str
    ticked: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One of the four axes of closing codes, with all of its codes (design of the closing codes: P7)."""

    name: str
    codes: tuple[Code, ...]


@dataclass(frozen=True, kw_only=True)
class ClosingSection:
    """One closing section; a case that was reopened has several."""

    number: int
    outcome: str
    """One sentence: how the complaint ended."""
    axes: tuple[Axis, ...]
    told_customer: tuple[str, ...]
    """What the customer was told: the paragraphs of the answer, or a summary of it with its fingerprint."""
    manager_name: str
    manager_role: str
    signed_at: datetime
    signature: bytes = b""
    """An image of the manager's signature, PNG or JPEG."""
    told_on: date | None = None
    relief_amount: Decimal | None = None
    relief_currency: str = "EUR"
    remedy: str = ""
    """What was given, and whether it has arrived."""
    details: tuple[tuple[str, str], ...] = ()
    """What the codes require in words: what it is, and what was given."""
    reported: tuple[tuple[str, str], ...] = ()
    """How others call it: who, and their words."""
    lesson: str = ""
    approved_by: str = ""
    """Who approved the answer, if somebody else than the signer wrote or approved it."""
    alone_because: str = ""
    """Reason recorded by an organisation of one person, who signs a text of their own."""
    reopened_because: str = ""
    """Why the case was reopened after this section was signed."""


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """Kind ``sign_off``: the original form with the closing section filled in; it is sealed afterwards."""

    organisation: Organisation
    case_number: str
    form: Form
    receipt: ReceiptBlock
    closings: tuple[ClosingSection, ...]
    """Oldest first; the last one is the signature that this sheet is made for."""
    event_hash: str
    """Hash of the case's last event, hexadecimal; the first 16 digits are printed."""
    event_number: int | None = None
    """Number of that event within the case."""
    checkpoint: str = ""
    """Number of the signed checkpoint that covers the event, or will cover it."""
    sealed_by: str = ""
    """Whose seal the file will carry; the organisation's name if left out."""


@dataclass(frozen=True, kw_only=True)
class HistoryEntry:
    """One event as a sentence."""

    number: int
    at: datetime
    who: str
    what: str
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseHistory:
    """Kind ``case_history``: what happened, one line for each event, oldest first."""

    organisation: Organisation
    case_number: str
    subject: str
    entries: tuple[HistoryEntry, ...]
    event_hash: str = ""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """Kind ``procedure``: a document of the house in parts, for customers or for staff."""

    organisation: Organisation
    paper: Paper
    pages: int = 0
    """Into so many pages it is set, in smaller letters if need be; 0 for as many as it takes."""


Document = Receipt | Letter | SignOff | CaseHistory | Procedure

KINDS: dict[str, type[Document]] = {
    "receipt": Receipt,
    "letter": Letter,
    "sign_off": SignOff,
    "case_history": CaseHistory,
    "procedure": Procedure,
}
