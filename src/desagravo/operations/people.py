"""Let a colleague sign in, from the command line: how the first person of a new installation gets in."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from desagravo.common.actor import SYSTEM
from desagravo.common.text import tidy_line
from desagravo.departments import actions, queries


class NotAdded(Exception):
    """Nobody was added; the text says why and what to do."""


def add(*, email: str, name: str, roles: Sequence[str], language: str) -> str:
    """Add the person after asking for the password; gives the sentence that says so.

    Raises:
        NotAdded: an address or name that cannot be, a role or department that does not exist, a weak password.
    """
    email, name = email.strip().lower(), tidy_line(name)[:120]
    granted = [_role(each) for each in roles]
    try:
        validate_email(email)
    except ValidationError:
        raise NotAdded(f"{email} is not an e-mail address.") from None
    if not name:
        raise NotAdded("the name is empty.")
    if get_user_model().objects.filter(email=email).exists():
        raise NotAdded(f"somebody with the address {email} can sign in already.")
    password = _password()
    with transaction.atomic():
        actions.add_person(email=email, name=name, roles=granted, actor=SYSTEM, password=password, language=language)
    return f"{name} can sign in as {email}."


def _role(text: str) -> tuple[str, str]:
    role, _, department = text.partition(":")
    known = queries.department_names()
    if role not in actions.ROLES:
        raise NotAdded(f"there is no role {role}. Choose from: {', '.join(actions.ROLES)}.")
    if (role == "contact" or department) and department not in known:
        raise NotAdded(f"a {role} needs a department, for instance {role}:finance. Choose from: {', '.join(known)}.")
    return role, department


def _password() -> str:
    """Typed twice at a terminal; the first line where a script hands it in."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("The same again: ") != password:
            raise NotAdded("the two passwords are not the same.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as problem:
        raise NotAdded(" ".join(problem.messages)) from None
    return password
