"""The words of the pages about people: states, outcomes, roles with their departments."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy, pgettext_lazy

from desagravo.cases.terms import ROLE, term

STATES = {
    "active": pgettext_lazy("person", "works here"),
    "away": pgettext_lazy("person", "away"),
    "invited": pgettext_lazy("person", "invited"),
    "expired": pgettext_lazy("person", "invitation too old"),
    "left": pgettext_lazy("person", "left"),
}
TONES = {"away": "waiting", "invited": "waiting", "expired": "soon", "left": "done"}
OUTCOMES = {
    "signed_in": gettext_lazy("signed in"),
    "refused": gettext_lazy("refused"),
    "ended": gettext_lazy("signed in, and was ended"),
    "signed_out": gettext_lazy("signed in and out"),
}
ROLE_HINTS = {
    "intake": gettext_lazy("Takes complaints in by telephone, at the counter and by post."),
    "handler": gettext_lazy("Works on cases: asks departments, writes answers."),
    "contact": gettext_lazy("Answers the questions that a department is asked; sees these, not the cases."),
    "supervisor": gettext_lazy("Assesses, assigns, approves and signs minor cases of the own team."),
    "manager": gettext_lazy("Sees all cases, approves and signs major ones."),
    "senior_manager": gettext_lazy("Approves and signs major cases; answers for the management."),
    "auditor": gettext_lazy("Reads everything and changes nothing."),
    "data_keeper": gettext_lazy("Answers customers who ask what is kept about them, and erases it."),
    "administrator": gettext_lazy("Looks after people, departments and the product; sees no cases."),
}


def roles_in_words(roles: Iterable[tuple[str, str]], departments: Mapping[str, str]) -> list[str]:
    """ "handler", "department contact (Finance)"."""
    return [f"{term(ROLE, role)} ({departments.get(code, code)})" if code else term(ROLE, role) for role, code in roles]
