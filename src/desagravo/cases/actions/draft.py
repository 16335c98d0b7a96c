"""The one draft of the answer: saved on the server, shared, and never overwritten unseen."""

import difflib

from django.db import transaction

from desagravo.cases.actions._path import begin
from desagravo.cases.models import AnswerDraft, Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Conflict, Missing, Refusal
from desagravo.common.text import tidy_text
from desagravo.rulebook import queries as rulebook

_MOST_LINES = 4000


@transaction.atomic
def save_draft(case: Case, *, body: str, based_on: int, actor: Actor, template: str = "") -> AnswerDraft:
    """Save the draft that was begun on version ``based_on``. It is no event: nobody but the desk ever sees it.

    Raises:
        Conflict: somebody saved another text since; both texts are in it.
        Missing: longer than the house's limit.
    """
    case = begin("draft", case, actor=actor)
    body = tidy_text(body)
    limit = rulebook.form_limits().text_characters
    if len(body) > limit:
        raise Missing({"body": [Refusal("too_long", limit=limit)]})
    row = AnswerDraft.objects.select_for_update().filter(case=case).first()
    if row is None:
        row = AnswerDraft(case=case, version=0)
    elif row.version != based_on and row.body != body:
        raise Conflict("changed_meanwhile", theirs=row.body, yours=body, version=row.version)
    if row.body != body or row.template != template or row.version == 0:
        row.version += 1
        row.body, row.template = body, template
        row.saved_by_id = int(actor.id) if actor.kind == "staff" else None
        row.saved_at = clock.now()
        row.authors = sorted({*row.authors, actor.id})
        row.save()
    return row


def differences(theirs: str, yours: str) -> list[tuple[str, str]]:
    """Line by line what differs: ("same" | "theirs" | "yours", line), for the page that shows both texts.

    Whole lines are compared. What ``difflib.ndiff`` finds within lines costs their number squared and more: two texts
    of 400 other lines took it over two minutes. Of texts longer than any letter everything counts as different.
    """
    before, after = theirs.splitlines(), yours.splitlines()
    if len(before) + len(after) > _MOST_LINES:
        return [("theirs", line) for line in before] + [("yours", line) for line in after]
    found: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=True).get_opcodes():
        if what == "equal":
            found += [("same", line) for line in before[a:b]]
        else:
            found += [("theirs", line) for line in before[a:b]] + [("yours", line) for line in after[c:d]]
    return found
