"""The documents of an edition as they are now, in a language, and as PDF.

A PDF takes a quarter of a second and more, so each is made once in a process and kept while nothing in it changes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import date
from hashlib import sha256

from django.conf import settings

from desagravo.cases import papers
from desagravo.cases.procedure import customers, handbook
from desagravo.cases.procedure.bodies import data_authority
from desagravo.cases.procedure.gathering import House, Rules, Source
from desagravo.cases.procedure.words import Words
from desagravo.common.actor import Actor
from desagravo.common.documents import kinds, render
from desagravo.common.documents.paper import Paper, Rich, Run
from desagravo.common.language import in_language
from desagravo.common.templatetags.desagravo import filesize
from desagravo.departments import authority, role_words
from desagravo.departments import queries as departments
from desagravo.rulebook import edition as editions
from desagravo.rulebook import places
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook import words as rulebook_words

_MOST_KEPT = 24
_kept: OrderedDict[str, bytes] = OrderedDict()
_one_at_a_time = threading.Lock()


def procedure(language: str, edition: str = "") -> Paper:
    """The procedure for customers, of the edition in force or of another. Raises ``LookupError`` for an unknown one."""
    with in_language(language) as spoken:
        told = source(spoken, edition)
        size = filesize(told.rules.book("form")["limits"]["file_bytes"])
        return customers.compose(told, roles=_roles(), size=size)


def staff_handbook(language: str, edition: str = "") -> Paper:
    """The handbook for staff, of the edition in force or of another. Raises ``LookupError`` for an unknown one."""
    with in_language(language) as spoken:
        told = source(spoken, edition)
        changes = _changes(told, spoken)
        return handbook.compose(told, roles=_roles(), verbs=authority.STAFF, changes=changes)


def source(language: str, edition: str = "", *, house: House | None = None) -> Source:
    """What both documents are made from; of a house whose departments are not named where a sentence needs none."""
    whole = editions.whole(edition)
    calendar = places.calendar_of()
    in_force = whole.code == editions.in_force()
    return Source(
        house=house or _house(),
        rules=Rules(
            code=whole.code,
            books={name: editions.book(name, whole.code) for name in editions.FILES if _has(name, whole.code)},
            policies=whole.policies,
            since=_since(whole.code),
            in_force=in_force,
        ),
        language=language,
        today=departments.today_here(),
        four_eyes=_four_eyes(),
        holidays=bool(calendar.closed),
        weekend=calendar.weekend,
    )


def how_long_kept(language: str) -> Rich:
    """How long we keep a complaint, in one sentence, for the page about personal data."""
    with in_language(language) as spoken:
        return customers.how_long(source(spoken, house=_place()), Words("customers", spoken))


def supervisor_of_data(country: str, language: str) -> Rich:
    """Who supervises the use of personal data in this country, with the way there."""
    body = data_authority(country)
    name = Run(rulebook_words.say(body.name, language))
    return (name, Run(", "), customers.web(body.address)) if body.address else (name,)


def as_pdf(paper: Paper, *, pages: int = 0) -> bytes:
    """The paper as PDF/A and PDF/UA, with the letterhead. Raises ``DocumentFailed``."""
    document = kinds.Procedure(organisation=papers.sender(), paper=paper, pages=pages)
    key = sha256(repr(document).encode()).hexdigest()
    with _one_at_a_time:
        if key not in _kept:
            _kept[key] = render("procedure", document, paper.language)
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


def _has(name: str, code: str) -> bool:
    try:
        editions.book(name, code)
    except KeyError:
        return False
    return True


def _house() -> House:
    return replace(_place(), departments=departments.department_names())


def _place() -> House:
    """Who and where the house is, without its departments."""
    told = departments.organisation()
    there = departments.establishments()
    return House(
        name=told.name,
        url=settings.DESAGRAVO_URL,
        phone=told.phone,
        email=told.email,
        address=tuple(each.strip() for each in told.postal_address.splitlines() if each.strip()),
        country=there[0].country,
        countries=tuple(dict.fromkeys(each.country for each in there if each.country)),
        languages=told.languages,
        currency=told.currency,
        departments={},
    )


def _since(code: str) -> date | None:
    return None if code == editions.STARTER else rulebook.edition_view(code).row.in_force_from


def _roles() -> dict[str, str]:
    return {code: str(name) for code, name in role_words.ROLE.items()}


def _four_eyes() -> bool:
    """Asked of the table that refuses it: may a manager sign the closure of a major complaint that they answered?"""
    manager = Actor("staff", "1", frozenset({"manager"}))
    return authority.refusal(manager, "sign_off", {"major": True, "authors": {"1"}}) == "four_eyes"


def _changes(told: Source, language: str) -> list[tuple[str, str]]:
    """What the edition says otherwise than the one that it was made from: (what, how), in words."""
    if told.rules.code == editions.STARTER:
        return []
    row = rulebook.edition_view(told.rules.code).row
    if not row.based_on:
        return []
    return [
        (each.name, "; ".join(f"{label}: {old} → {new}" for label, old, new in each.fields) or each.kind)
        for each in rulebook.differences(told.rules.code, row.based_on, language)
    ]
