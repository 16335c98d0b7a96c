"""Why something may be taken out of a case, or a person out of the house: codes that events keep, words for readers."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

REDACTION: Mapping[str, object] = {
    "third_party": _("it is about another person"),
    "special_category": _("the law protects it specially (health, beliefs, origin, private life)"),
    "sent_by_mistake": _("it was sent by mistake"),
    "not_needed": _("it has nothing to do with the complaint"),
    "authority": _("an authority or a court ordered it"),
    "retention": _("the time for which it had to be kept has passed"),
}
"""For words, files and fields. Articles 5(1)(c), 9 and 17 of the GDPR, and what a customer may simply ask for."""

ERASURE: Mapping[str, object] = {
    "asked": _("the person asked for it"),
    "consent_withdrawn": _("the person withdrew their consent"),
    "objection": _("the person objects, and nothing weighs more"),
    "not_needed": _("the time for which it had to be kept has passed"),
    "unlawful": _("it should never have been kept"),
    "authority": _("an authority or a court ordered it"),
    "retention": _("no rule asks to keep it any longer"),
}
"""For all that is kept of a person: Article 17(1) of the GDPR, and Article 5(1)(e).
``retention`` is the ground of what goes by the rules of the rulebook; nobody chooses it by hand."""

BY_RULE = frozenset({"retention"})
"""Grounds that only the rules give."""
