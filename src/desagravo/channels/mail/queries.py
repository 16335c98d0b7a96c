"""Outgoing mail as a page shows it. Texts follow the cases: whoever may not see the case sees no words of its mails."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from desagravo.cases import queries as cases
from desagravo.channels.mail import compose
from desagravo.channels.mail.models import FAILED, HELD, UNCERTAIN, OutgoingMail
from desagravo.channels.mail.words import EXPLANATION, HOUSE, STATE, TONE
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotAllowed, NotYours
from desagravo.common.text import masked, with_masked_addresses
from desagravo.departments import authority
from desagravo.rulebook import queries as rulebook

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One mail in a list. ``to``, and the addresses in what the mail server said (``note``), are masked for those who
    may not see its case."""

    mail: OutgoingMail
    name: str
    to: str
    state: str
    tone: str
    explanation: str
    note: str
    readable: bool
    case_visible: bool
    may_send: bool


@dataclass(frozen=True)
class Page:
    """A page of the list, newest first; ``waiting`` are those that need a person, on the first page only."""

    rows: list[Row]
    waiting: list[Row]
    before: int | None


def page(actor: Actor, language: str, *, before: int | None = None) -> Page:
    """The list that this actor may see, from the mail with the number ``before`` downwards.

    Raises:
        NotAllowed: outgoing mail is not for this role.
    """
    mails = _visible_to(actor).order_by("-created_at", "-pk")
    older = mails.filter(_older_than(before)) if before else mails
    found = list(older[: PAGE + 1])
    waiting = [] if before else list(mails.filter(state__in=(FAILED, UNCERTAIN))[:PAGE])
    rows = _rows([*waiting, *found[:PAGE]], actor, language)
    next_before = found[PAGE - 1].pk if len(found) > PAGE else None
    return Page(rows[len(waiting) :], rows[: len(waiting)], next_before)


def _older_than(key: int) -> Q:
    last = OutgoingMail.objects.filter(pk=key).values_list("created_at", flat=True).first()
    return Q(created_at__lt=last) | Q(created_at=last, pk__lt=key) if last else Q(pk__lt=key)


def one(actor: Actor, key: int, language: str) -> Row:
    """One mail.

    Raises:
        NotAllowed: outgoing mail is not for this role.
        NotYours: there is none with this number, or it is not for this actor.
    """
    mail = _visible_to(actor).filter(pk=key).first()
    if mail is None:
        raise NotYours("not_found")
    return _rows([mail], actor, language)[0]


def link_shown(mail: OutgoingMail) -> str:
    """What stands for the private link on the page: the demo shows it, elsewhere only the customer has it."""
    if mail.to_house:
        return "…" if not settings.DESAGRAVO_DEMO else compose.link_of(mail)
    return compose.link_of(mail) if settings.DESAGRAVO_DEMO else f"{settings.DESAGRAVO_URL}/track/…/"


def last_key(letter: str) -> str:
    """Under which name this letter to the house was ordered last; empty where it never was."""
    ordered = OutgoingMail.objects.filter(to_house=True, letter=letter).exclude(key=None).order_by("-pk")
    return ordered.values_list("key", flat=True).first() or ""


def _visible_to(actor: Actor) -> QuerySet[OutgoingMail]:
    if not settings.DESAGRAVO_DEMO and not authority.may(actor, "read_mail"):
        raise NotAllowed("mail_role")
    if settings.DESAGRAVO_DEMO or actor.has("manager", "auditor", "administrator"):
        return OutgoingMail.objects.exclude(case_number__in=cases.confidential_to(actor).values("number"))
    return OutgoingMail.objects.filter(case_number__in=cases.visible_to(actor).values("number"))


def _rows(mails: list[OutgoingMail], actor: Actor, language: str) -> list[Row]:
    numbers = {mail.case_number for mail in mails}
    visible = set(cases.visible_to(actor).filter(number__in=numbers).values_list("number", flat=True))
    names = {letter.code: letter.name for letter in rulebook.letter_templates(language)}
    return [_row(mail, actor, names, case_visible=mail.case_number in visible) for mail in mails]


def _row(mail: OutgoingMail, actor: Actor, names: dict[str, str], *, case_visible: bool) -> Row:
    # what somebody was told names cases that not everybody may know of
    readable = case_visible or settings.DESAGRAVO_DEMO or (mail.to_house and mail.letter != "notices")
    return Row(
        mail=mail,
        name=str(HOUSE.get(mail.letter, mail.letter)) if mail.to_house else names.get(mail.letter, mail.letter),
        to=mail.to_address if readable else masked(mail.to_address),
        state=str(STATE[mail.state]),
        tone=TONE.get(mail.state, ""),
        explanation=str(EXPLANATION.get(mail.state, "")),
        note=mail.note if readable else _masked_note(mail),
        readable=readable,
        case_visible=case_visible,
        may_send=mail.state in (FAILED, UNCERTAIN, HELD)
        and authority.may(actor, "send_mail_again")
        and not settings.DESAGRAVO_DEMO,
    )


def _masked_note(mail: OutgoingMail) -> str:
    """Mail servers repeat the address, and some only what stands before the @."""
    local, masked_address = mail.to_address.rpartition("@")[0], masked(mail.to_address)
    note = re.sub(re.escape(mail.to_address), masked_address, mail.note, flags=re.IGNORECASE)
    if local:
        note = re.sub(rf"(?<![\w.-]){re.escape(local)}(?![\w-])", f"{local[:1]}…", note, flags=re.IGNORECASE)
    return with_masked_addresses(note)
