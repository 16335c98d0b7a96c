"""Letters from templates without logic. Pure, without Django.

A placeholder is a known name in braces, ``{case_number}``. Nothing else is touched: unknown braces stay as
they are written, and no attribute, index or format can be reached through a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS: Mapping[str, str] = {
    "case_number": "number of the case, 2026-00417",
    "customer_name": "name as the customer gave it",
    "organisation": "name of the organisation",
    "organisation_address": "postal address of the organisation",
    "organisation_phone": "telephone number of the organisation",
    "organisation_email": "address to which a customer may write",
    "handler_name": "who looks after the case and signs the letter",
    "received_on": "date of receipt, written out",
    "answer_by": "date by which the customer hears from us, written out",
    "new_date": "date that takes the place of an earlier one, written out",
    "tracking_url": "private link to the customer's page",
    "link_expires_on": "last day of the tracking link, written out",
    "missing": "what is missing, one thing per line",
    "points": "one paragraph per point of the complaint, with decision and reason",
    "solution": "what we do, with amounts and dates",
    "reasons": "why, in whole sentences",
    "next_options": "where the customer may turn if not satisfied",
}
"""All names a template may use, and what stands there. A template with another name fails the check."""

_NAME = re.compile(r"\{([a-z_]+)\}")
_LEGAL_FORM = re.compile(
    r"(?:\b(?:l(?:t|imita)?da|unipessoal|crl|eireli|ltd|limited|llc|inc|gmbh|s\.[al]\.?|s\.l\.u|s\.a\.r\.l)|,\s*s[al])\.?",
    re.IGNORECASE,
)
"""How names of organisations end. A bare "SA" does not count: written without accents it is a family name."""


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every known name that ``values`` has replaced, once; the rest literally as it is.

    A value is never read as a template itself, so a customer called ``{tracking_url}`` stays that.
    """

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        return str(values[name]) if name in PLACEHOLDERS and name in values else match.group(0)

    return _NAME.sub(put, template)


def is_organisation(name: str) -> bool:
    """Does the name end in a legal form, as "Oficina Central, Lda." does?"""
    name = name.strip()
    return any(each.end() == len(name) for each in _LEGAL_FORM.finditer(name))


def greeting(template: str, name: str, organisation: str) -> str:
    """The template, with ``organisation`` for a first line that would address an organisation as a person."""
    first, end, rest = template.partition("\n")
    return f"{organisation}{end}{rest}" if "{customer_name}" in first and is_organisation(name) else template


def names_in(template: str) -> frozenset[str]:
    """The names in braces that a template uses, known or not."""
    return frozenset(_NAME.findall(template))
