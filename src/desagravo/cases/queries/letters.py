"""Letter templates filled with what the case knows; what nobody knows yet stays visible as ``{name}``."""

from collections.abc import Collection, Mapping
from datetime import datetime

from babel.dates import format_date
from django.utils.translation import gettext as _

from desagravo.cases import wording
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Case, Point
from desagravo.cases.next_step import promised
from desagravo.cases.papers import local
from desagravo.cases.terms import DECISION, term
from desagravo.cases.tracking import MARK
from desagravo.common.language import active, babel_locale, in_language
from desagravo.departments import queries as departments
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.letters import MAY_BE_LEFT_OUT, PLACEHOLDERS, fill, names_in


def letter_body(case: Case, template: str, *, signer: str = "") -> str:
    """The body of a template in the customer's language, with ``tracking.MARK`` where the private link goes."""
    letter = rulebook.letter(template, case.language, edition=edition_of(case))
    return letter_with(case, template, letter_values(case, signer=signer, asked=names_in(letter.body)))


def letter_with(case: Case, template: str, values: Mapping[str, str], *, edition: str = "") -> str:
    """The same with these values. What rulebooks ask a letter to say stands for ``{next_options}``.

    ``edition``: that of the template, for a look at a draft; by default the one that the case keeps.
    """
    letter = rulebook.letter_to(template, case.language, name=case.customer.name, edition=edition or edition_of(case))
    without = wording.left_out_and_filled(letter.body, values)
    if "{next_options}" in letter.body and "next_options" not in values:
        values = {**values, "next_options": wording.next_options(case, template, without, values)}
    return wording.left_out_and_filled(letter.body, values)


def letter_subject(case: Case, template: str) -> str:
    """The subject line of a template in the customer's language."""
    letter = rulebook.letter(template, case.language, edition=edition_of(case))
    return fill(letter.subject, letter_values(case, asked=names_in(letter.subject)))


def letter_values(case: Case, *, signer: str = "", asked: Collection[str] = PLACEHOLDERS) -> dict[str, str]:
    """What stands for each placeholder, in the customer's language. Unknown things are left out.

    ``asked``: the placeholders that matter; what takes a look at other rows is read only for these.
    """
    house = departments.organisation()
    with in_language(case.language):
        values = {
            "case_number": case.number,
            "customer_name": case.customer.name,
            "organisation": house.name,
            "organisation_address": house.postal_address,
            "organisation_phone": house.phone,
            "organisation_email": house.email,
            "handler_name": signer or (case.owner.name if case.owner else ""),
            "received_on": _written_out(case.received_at),
            "answer_by": _written_out(promised(case)),
            "tracking_url": MARK,
            "link_expires_on": _written_out(case.tracking_expires_at) if case.tracking_expires_at else "",
            "missing": _missing(case) if "missing" in asked else "",
            "points": _points(case) if "points" in asked else "",
            **(wording.values_of_rules(case) if MAY_BE_LEFT_OUT & set(asked) else {}),
        }
    return {name: text for name, text in values.items() if text}


def awaits_remedy(case: Case) -> bool:
    """Does the newest closing section say that the customer has not yet received what was promised?"""
    last = case.sign_offs.order_by("-section").first()
    return last is not None and last.remedy_delivered == "no"


def open_placeholders(body: str) -> list[str]:
    """Names of the fixed list that still stand in braces: a letter with one of them is not ready to be sent."""
    return sorted(names_in(body) & set(PLACEHOLDERS))


def points_not_as_decided(case: Case, body: str) -> list[int]:
    """Numbers of the decided points whose decision, with its reasons, does not stand in the text as it was recorded.

    Only the words count, not how they are spaced. A sentence tells one point: two points that were decided alike
    need it twice.
    """
    left, missing = _spaced(body), []
    with in_language(case.language):
        told = {
            point.position: _spaced(_decision(point))
            for point in Point.objects.filter(case=case).exclude(decision="").order_by("position")
        }
    # the longest first: "Upheld." alone must not use up the beginning of "Upheld. The invoice was wrong."
    for position, words in sorted(told.items(), key=lambda each: -len(each[1])):
        if words in left:
            left = left.replace(words, "\0", 1)
        else:
            missing.append(position)
    return sorted(missing)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _written_out(moment: datetime) -> str:
    return format_date(local(moment).date(), format="long", locale=babel_locale(active()))


def _missing(case: Case) -> str:
    form = case.forms.order_by("-version").first()
    asked = {need.code: need.ask for need in rulebook.form_needs(active(), edition=edition_of(case))}
    return "\n".join(f"– {asked.get(code, code)}" for code in (form.missing if form else ()))


def _points(case: Case) -> str:
    return "\n\n".join(_point(point) for point in Point.objects.filter(case=case).order_by("position"))


def _point(point: Point) -> str:
    return f"{point.position}. {point.text}\n{_decision(point)}"


def _decision(point: Point) -> str:
    decision = term(DECISION, point.decision) if point.decision else _("still open")
    return f"{decision[:1].upper()}{decision[1:]}. {point.reasons}".strip()
