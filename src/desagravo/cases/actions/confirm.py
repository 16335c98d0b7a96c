"""Ticking that an answer has what it must have where no rule can see it: with where it stands, and by whom."""

from django.db import transaction

from desagravo.cases import wording
from desagravo.cases.actions._path import begin
from desagravo.cases.actions._words import needed
from desagravo.cases.models import AnswerDraft, Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, Refusal


@transaction.atomic
def confirm_content(case: Case, *, item: str, words: str, actor: Actor) -> AnswerDraft:
    """Say that the draft has this item, and where. It is kept with the draft, and with the answer when that leaves.

    Raises:
        NotNow: there is no draft yet.
        Missing: no words, or an item that this answer need not have or that nobody may tick.
    """
    draft = _draft(case, actor)
    told = wording.examined(case, draft.body, template=draft.template)
    if item not in {each.code for each in told.needs if each.may_tick}:
        raise Missing({"item": [Refusal("unknown_code", value=item[:60])]})
    evidence = needed(f"evidence_{item}", words, otherwise="needs_evidence")
    draft.confirmed[item] = {"by": actor.id, "at": clock.now().isoformat(), "words": evidence}
    draft.save(update_fields=["confirmed"])
    return draft


@transaction.atomic
def take_back_confirmation(case: Case, *, item: str, actor: Actor) -> AnswerDraft:
    """Take a tick back.

    Raises:
        NotNow: there is no draft.
    """
    draft = _draft(case, actor)
    draft.confirmed.pop(item, None)
    draft.save(update_fields=["confirmed"])
    return draft


def _draft(case: Case, actor: Actor) -> AnswerDraft:
    case = begin("draft", case, actor=actor)
    draft = AnswerDraft.objects.select_for_update().filter(case=case).first()
    if draft is None:
        raise NotNow("no_answer_text")
    return draft
