"""What this room refuses, in words."""

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import words

words(
    {
        "role": _("Your role does not allow this step. Ask a supervisor or a manager."),
        "not_found": _("There is nothing here under this address, or it is not yours to see."),
        "four_eyes": _("Nobody approves or signs a text of their own. Ask a colleague with the same right."),
        "major_needs_manager": _("This is a major case: a manager takes this step."),
        "another_department": _("This question was put to another department."),
        "alone_needs_reason": _("You sign alone because nobody else can. Say why; the reason stays on record."),
    }
)
