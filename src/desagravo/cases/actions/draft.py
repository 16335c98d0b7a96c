"""The one draft of the answer: saved on the server, shared, and never overwritten unseen."""

import difflib

from django.db import transaction

from desagravo.cases.actions._path import begin
from desagravo.cases.models import AnswerDraft, Case, Response
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
        row.authors = _authors(row, body, actor)
        row.body, row.template = body, template
        row.saved_by_id = int(actor.id) if actor.kind == "staff" else None
        row.saved_at = clock.now()
        row.save()
    return row


def _authors(row: AnswerDraft, body: str, actor: Actor) -> list[str]:
    """Who wrote the text: all who saved it since the last answer, and who wrote what it takes over from an earlier one.

    The draft still holds the text of the last answer when the work begins again. Its authors stay until nothing of
    that text is left; a text that comes back brings its authors with it.
    """
    earlier = list(Response.objects.filter(case=row.case).only("body", "authors", "state"))
    was_sent = any(each.state == "sent" and each.body == row.body.strip() for each in earlier)
    kept = [] if was_sent and not _takes_over(body, row.body) else row.authors
    taken_over = [author for each in earlier if _takes_over(body, each.body) for author in each.authors]
    return sorted({*kept, *taken_over, actor.id})


def _takes_over(body: str, earlier: str) -> bool:
    """Do five words in a row, or all words of a shorter text, stand in both?"""
    ours, theirs = body.casefold().split(), earlier.casefold().split()
    run = min(5, len(ours), len(theirs))
    return run > 0 and not _runs(ours, run).isdisjoint(_runs(theirs, run))


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


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
