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
    "next_options": "where the customer may turn if not satisfied, as the rulebooks of the case ask for it",
    "reason_for_delay": "why the answer takes longer, in whole sentences",
    "limit_that_applies": "last day of the time limit that applies, with its length and rule",
    "completion_window": "how long the customer has to send what is missing",
    "consequence_of_silence": "what follows if nothing comes in that time",
    "external_body": "body outside to which the customer may turn",
    "external_body_contact": "its address, telephone and website",
    "external_body_website": "its website",
    "refer_by": "how long the customer may turn to it",
    "accepted_on": "day on which the customer accepted the solution, written out",
    "forwarded_to": "entity to which the complaint was sent on",
    "forwarded_to_contact": "how to reach that entity",
}
"""All names a template may use, and what stands there. A template with another name fails the check."""

MAY_BE_LEFT_OUT = frozenset(
    {
        "limit_that_applies",
        "completion_window",
        "consequence_of_silence",
        "external_body",
        "external_body_contact",
        "external_body_website",
        "refer_by",
        "next_options",
    }
)
"""Names for which a case may have nothing to say: the sentence with such a name is left out then."""
FREE_TEXT = frozenset({"reasons", "solution", "reason_for_delay", "new_date", "accepted_on"})
"""Names that the person who writes fills in, because no case knows them beforehand."""
PURPOSES = (
    "acknowledgement",
    "completion_request",
    "holding",
    "final",
    "summary_resolution",
    "refusal",
    "forwarding",
    "notice",
)
"""What a letter may be for; ``content.toml`` says what each must contain."""

_NAME = re.compile(r"\{([a-z_]+)\}")
_END = re.compile(r"(?<=[.!?]) +")
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


def left_out(template: str, values: Mapping[str, str]) -> str:
    """The template without the sentences whose name may be left out and has no value here."""
    gone = MAY_BE_LEFT_OUT - {name for name, value in values.items() if value}
    lines = []
    for line in template.split("\n"):
        sentences = [each for each in _END.split(line) if not names_in(each) & gone]
        if sentences or not line.strip():
            lines.append(" ".join(sentences))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


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
