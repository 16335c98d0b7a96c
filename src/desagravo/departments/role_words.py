"""The roles in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from desagravo.history.registry import Who

ROLE = {
    "intake": _("intake"),
    "handler": _("handler"),
    "contact": _("department contact"),
    "supervisor": _("supervisor"),
    "manager": _("complaints manager"),
    "senior_manager": _("senior manager"),
    "auditor": _("auditor"),
    "data_keeper": _("keeper of data"),
    "administrator": _("administrator"),
}


def in_words(said: Iterable[str], who: Who) -> str:
    """Roles as events name them (role or role:department) in a sentence: "handler, department contact (Finance)"."""
    return ", ".join(_one(*each.partition(":")[::2], who) for each in said)


def _one(role: str, department: str, who: Who) -> str:
    name = str(ROLE.get(role, role))
    return f"{name} ({who.department(department)})" if department else name
