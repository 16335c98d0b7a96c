"""What this room refuses, in words."""

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import words

words(
    {
        "rulebook_mistake": _("%(words)s"),
        "no_such_edition": _("There is no edition with this code."),
        "no_such_piece": _("This part of the rulebook is not there any more. Go back to the book and look."),
        "edition_published": _(
            "Edition %(edition)s is published and never changes. Copy it to a draft, and change that."
        ),
        "edition_proposed": _("Edition %(edition)s waits for publication. Have it given back before you change it."),
        "edition_discarded": _("The draft %(edition)s was discarded. Copy an edition to a new draft."),
        "edition_not_proposed": _("Edition %(edition)s was not proposed for publication."),
        "edition_unchanged": _(
            "The draft says the same as edition %(based_on)s. Change something first, or discard it."
        ),
        "edition_changed_since": _(
            "Somebody changed this edition while you were reading it. Read it again before you publish it."
        ),
        "rule_changed_meanwhile": _(
            "Somebody else changed this while you were writing. Both texts are kept: read theirs, then save yours "
            "again."
        ),
        "policy_there": _("The edition has the rulebook %(policy)s already."),
        "no_such_policy": _("The product brings no rulebook called %(policy)s."),
        "day_passed": _("This day has passed. An edition is in force from today or a later day on."),
        "day_taken": _("Edition %(edition)s begins on %(day)s already. Choose another day."),
        "needs_day_of_edition": _("Choose the day from which the edition is in force."),
        "needs_comment_for_authors": _("Say what should be different, so that the authors can change it."),
        "file_not_zip": _("This file is neither TOML nor a zip of TOML files."),
        "zip_too_large": _("The files are larger than %(limit)s MB together."),
        "busy_drafting": _("Others are beginning drafts at this moment. Try again."),
        "no_document_of_mistakes": _(
            "Edition %(edition)s still has mistakes, so no document can be made of it. Mend them first; its pages name "
            "each with its place."
        ),
        "duty_needs_words": _("Say how your organisation meets this point, and where one can see it."),
        "duty_too_long": _("At most %(most)s characters. Say where the rest is written."),
        "no_toml": _("There is no TOML file among these."),
    }
)
