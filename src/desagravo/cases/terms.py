"""The words for codes of this room, in the active language: statuses, channels, severities, steps, decisions.

Names of departments, categories, remedies and closing codes are the rulebook's.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from desagravo.departments import role_words

ROLE = role_words.ROLE
STATUS = {
    "received": _("new"),
    "incomplete": _("incomplete"),
    "assessed": _("assessed"),
    "in_work": _("in work"),
    "awaiting_approval": _("awaiting approval"),
    "answered": _("answered"),
    "closed": _("closed"),
    "withdrawn": _("withdrawn"),
}
CHANNEL = {
    "web": _("web form"),
    "phone": _("telephone"),
    "counter": _("counter"),
    "post": _("letter"),
    "email": _("e-mail"),
    "api": _("another system"),
    "import": _("import"),
}
SEVERITY = {"minor": _("minor"), "major": _("major")}
DECISION = {
    "upheld": _("upheld"),
    "partly_upheld": _("partly upheld"),
    "not_upheld": _("not upheld"),
    "settled_without_finding": _("settled without a finding"),
    "unable_to_determine": _("could not be determined"),
}
NEXT_STEP = {
    "await_completion": _("wait for what is missing"),
    "ask_customer": _("call or write to the customer for what is missing"),
    "assess": _("assess the complaint"),
    "assign": _("give it an owner"),
    "read_customer": _("read what the customer wrote"),
    "look_after": _("look after what came back"),
    "await_department": _("wait for the departments"),
    "decide_points": _("decide the points"),
    "write_answer": _("write the answer"),
    "revise_answer": _("revise the returned answer"),
    "approve": _("approve the answer"),
    "leave": _("the answer is on its way out"),
    "await_customer": _("wait for the customer's word"),
    "sign_off": _("sign the closure"),
}


KEEP_PROMISE = "keep_promise"
OUTSIDE_DUE = "outside_due"
FOLLOW_UP = {
    KEEP_PROMISE: _("Find out whether the customer has received by now what was promised."),
    OUTSIDE_DUE: _("A body outside the house expects something from us by this day."),
    "reach_customer": _("Post the answer or read it out on the telephone: there is no e-mail address."),
}
"""What a follow-up that the product itself sets is about."""


SETTLED_BY = {
    "accepted": _("The customer accepted."),
    "options_exhausted": _("The customer knows every further way, and used it or let it pass."),
    "withdrawn": _("The customer withdrew the complaint."),
    "elsewhere": _("It is dealt with elsewhere."),
}
"""Why a case may end."""


HELD_BACK = {
    "undone": _("somebody took it back"),
    "customer_wrote": _("the customer wrote"),
    "file_added": _("a file was added"),
    "withdrawn": _("the complaint was withdrawn"),
    "restored": _("a backup was restored"),
}
"""Why something that was released did not leave."""


def term(table: Mapping[str, object], code: str) -> str:
    """The word for a code, or the code itself where a table does not know it (imported data)."""
    return str(table.get(code, code))
