"""Mails to the people of the house: few, short, without a word of any case."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from desagravo.cases.queries import NoticeRow, summary
from desagravo.channels.mail.letters import LINK, Written
from desagravo.common.language import in_language
from desagravo.departments import queries as departments


def write(letter: str, *, language: str, values: Mapping[str, str]) -> Written:
    """The letter in this language. Raises KeyError for one that does not exist."""
    with in_language(language):
        told = {"name": "", **values, "house": departments.organisation().name, "link": LINK}
        subject, body = LETTERS[letter](told)
    return Written(letter, subject, body)


def _invitation(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: your access to the complaint desk") % told, _(
        "Hello %(name)s,\n\n%(house)s has invited you to its complaint desk. Choose your password here:\n\n%(link)s\n\n"
        "The link works once, and for 72 hours. If you did not expect it, do nothing.\n"
    ) % told


def _second_factor_removed(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: your second factor was removed") % told, _(
        "Hello %(name)s,\n\nan administrator of %(house)s removed the second factor of your sign-in, and all your "
        "sessions were ended. If you did not ask for this, tell an administrator at once.\n"
    ) % told


def _password_reset(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: a new password") % told, _(
        "Hello %(name)s,\n\nsomebody asked for a new password for your access to the complaint desk of %(house)s. "
        "Choose it here:\n\n%(link)s\n\nThe link works once. If it was not you, do nothing: your password stays as "
        "it is.\n"
    ) % told


def _account_changed(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: your sign-in was changed") % told, _(
        "Hello %(name)s,\n\nthe password or the second factor of your access to the complaint desk of %(house)s was "
        "changed. If it was not you, tell an administrator at once.\n"
    ) % told


def _address_changed(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: your e-mail address was changed") % told, _(
        "Hello %(name)s,\n\nan administrator of %(house)s changed the e-mail address of your access to the complaint "
        "desk, and your sessions were ended. Links for a new password go to the new address from now on. If you did "
        "not ask for this, tell your manager and another administrator at once.\n"
    ) % told


def _checkpoint(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: checkpoint %(number)s of the history") % told, _(
        "Keep this mail. With it you can prove later that nothing which happened before was changed or taken away; "
        "the guide for auditors says how.\n\n%(text)s\n"
    ) % told


def _test(told: Mapping[str, str]) -> tuple[str, str]:
    return _("%(house)s: a test of the mail server") % told, _(
        "This mail was sent from the page “Mail server” of Desagravo. If you read it, mail leaves as it should.\n"
    )


LETTERS: Final[dict[str, Callable[[Mapping[str, str]], tuple[str, str]]]] = {
    "invitation": _invitation,
    "second_factor_removed": _second_factor_removed,
    "password_reset": _password_reset,
    "account_changed": _account_changed,
    "address_changed": _address_changed,
    "checkpoint": _checkpoint,
    "test": _test,
}
"""Code → subject and body. ``%(link)s`` becomes the mark of the link, never the link."""


def write_notices(rows: list[NoticeRow], *, name: str) -> Written:
    """What is new for one person, in the active language: sentences and links, not a word of any case."""
    house: dict[str, Any] = {"house": departments.organisation().name, "name": name}
    lines = [f"– {row.sentence}\n  {settings.DESAGRAVO_URL}{row.path}" for row in rows]
    head = _("Hello %(name)s,") % house
    foot = _("All notices: %(link)s") % {"link": f"{settings.DESAGRAVO_URL}/desk/notices/"}
    how = _("You choose how you are told: %(link)s") % {"link": f"{settings.DESAGRAVO_URL}/desk/preferences/"}
    subject = f"{house['house']}: {summary(rows)}"
    return Written("notices", subject, "\n\n".join([head, *lines, f"{foot}\n{how}"]) + "\n")
