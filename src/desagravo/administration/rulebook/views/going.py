"""The way of an edition: copied to a draft, brought as files, proposed, returned, published, or discarded."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.administration.rulebook import tree
from desagravo.administration.rulebook.doors import acts, writes
from desagravo.administration.rulebook.views import at_hand, editions
from desagravo.common.refusals import Conflict, Missing, NotNow, NotYours
from desagravo.common.text import day_typed
from desagravo.entrance import Problem as Line
from desagravo.entrance import StaffRequest, page, problems, see
from desagravo.rulebook import actions, queries
from desagravo.rulebook.actions import Mistakes
from desagravo.rulebook.problems import POLICY

LARGEST = 8_000_000
"""Bytes of the files of an edition."""


@writes
def copy(request: StaffRequest, code: str) -> HttpResponse:
    """A draft with everything that this edition has: what it is for, then it is made."""
    shown, _world = at_hand.look(code)
    if request.method != "POST":
        return at_hand.show(request, "copy", shown, {})
    made = actions.draft_from(code, actor=request.actor, note=request.POST.get("note", "").strip())
    messages.success(request, _("The draft %(code)s is made. No case is touched by it.") % {"code": made})
    return see("administration:rulebook_change", made)


@writes
def bring(request: StaffRequest) -> HttpResponse:
    """Take books from TOML files: into a new draft, or into one that is there."""
    drafts = [row for row in queries.editions() if row.state == "draft"]
    context = {"drafts": drafts, "into": request.GET.get("into", ""), "limit": LARGEST}
    if request.method != "POST":
        return page(request, "administration/rulebook/import.html", context)
    into, note = request.POST.get("into", ""), request.POST.get("note", "").strip()
    files, found = {}, []
    for sent in request.FILES.getlist("files"):
        files[str(sent.name)] = sent.read(LARGEST + 1)
    if not files:
        found = [Line("files", "f_files", _("Choose the files: TOML files of books, or a zip of them."))]
    elif sum(map(len, files.values())) > LARGEST:
        found = [Line("files", "f_files", _("The files are larger than 8 MB together. An edition is far smaller."))]
    if not found:
        try:
            made = actions.import_toml(files, actor=request.actor, code=into, note=note)
        except Mistakes as mistakes:
            found = [Line("files", "f_files", str(each)) for each in mistakes.problems]
        except Missing as missing:
            found = [Line("files", "f_files", each.sentence) for each in problems(missing)]
        else:
            messages.success(request, _("The files are taken into the draft %(code)s.") % {"code": made})
            return see("administration:rulebook_change", made)
    context |= {"problems": found, "into": into, "note": note}
    return page(request, "administration/rulebook/import.html", context, status=422)


@acts
def note(request: StaffRequest, code: str) -> HttpResponse:
    """What this draft is for."""
    actions.change_note(code, request.POST.get("note", "").strip(), actor=request.actor)
    messages.success(request, _("Saved."))
    return see("administration:rulebook_change", code)


@acts
def proposal(request: StaffRequest, code: str) -> HttpResponse:
    """Put it up for publication by somebody else."""
    return _do(request, code, "propose")


@acts
def giving_back(request: StaffRequest, code: str) -> HttpResponse:
    """Return it to its authors, with what should be different."""
    return _do(request, code, "return")


@acts
def publication(request: StaffRequest, code: str) -> HttpResponse:
    """In force from a day on."""
    return _do(request, code, "publish")


def _do(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """One of the steps of an edition; what is missing is said beside its field, with all that was typed."""
    typed = {key: str(request.POST.get(key, "")) for key in ("comment", "from_day", "alone_reason")}
    comment = typed["comment"].strip()
    try:
        if verb == "propose":
            actions.propose(code, actor=request.actor, comment=comment)
            messages.success(request, _("Proposed. A second person can read and publish it now."))
        elif verb == "return":
            actions.return_draft(code, comment=comment, actor=request.actor)
            messages.success(request, _("Returned. Its authors can change it again."))
        else:
            actions.publish(
                code,
                from_day=day_typed(typed["from_day"]),
                actor=request.actor,
                alone_reason=typed["alone_reason"].strip(),
                seen=str(request.POST.get("seen", "")),
            )
            messages.success(
                request, _("Published. It never changes again; cases that come in from that day on keep to it.")
            )
            return see("administration:rulebook")
    except Mistakes:
        messages.warning(request, _("It cannot go on yet: see the points that must be mended."))
        return see("administration:rulebook_change", code)
    except (NotNow, Conflict) as refusal:
        return _again(request, code, typed, [Line("", "main", refusal.sentence())], status=409)
    except Missing as missing:
        return _again(request, code, typed, problems(missing))
    return see("administration:rulebook_change", code)


def _again(
    request: StaffRequest, code: str, typed: dict[str, str], found: list[Line], status: int = 422
) -> HttpResponse:
    shown, world = at_hand.look(code)
    return editions.hub(request, shown, world, wrong=found, typed=typed, status=status)


@writes
def discarding(request: StaffRequest, code: str) -> HttpResponse:
    """The draft is not wanted: asked first, then done."""
    shown, _world = at_hand.look(code)
    if request.method != "POST":
        if not shown.row.editable:
            raise NotYours("not_found")
        return at_hand.show(request, "discarding", shown, {})
    actions.discard(code, actor=request.actor)
    messages.success(request, _("The draft %(code)s is discarded. It stays readable.") % {"code": code})
    return see("administration:rulebook")


@writes
def policies(request: StaffRequest, code: str) -> HttpResponse:
    """Take in the rulebook of a jurisdiction that the product brings, or take one out after a question."""
    shown, world = at_hand.look(code)
    policy = (request.POST if request.method == "POST" else request.GET).get("policy", "")
    if request.method == "POST" and request.POST.get("do") == "add" and policy:
        actions.add_policy(code, policy, actor=request.actor)
        messages.success(
            request, _("The rulebook is in the draft. Say under “Which rulebooks apply” which cases it binds.")
        )
        return see("administration:rulebook_part", code, POLICY + policy)
    if request.method == "POST" and request.POST.get("do") == "remove" and policy:
        actions.remove_policy(code, policy, actor=request.actor)
        messages.success(request, _("The rulebook was taken out of the draft."))
        return see("administration:rulebook_change", code)
    if policy not in world.policies:
        return see("administration:rulebook_change", code)
    context = {"policy": policy, "name": tree.called(POLICY + policy, world)}
    return at_hand.show(request, "policy_removal", shown, context)
