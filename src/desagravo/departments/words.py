"""What this room refuses, in words."""

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import words

words(
    {
        "role": _("Your role does not allow this step. Ask a supervisor or a manager."),
        "not_found": _("There is nothing here under this address, or it is not yours to see."),
        "four_eyes": _("Nobody approves or signs a text of their own. Ask a colleague with the same right."),
        "four_eyes_rules": _(
            "Nobody puts rules of their own in force. Ask somebody with the same right who wrote nothing of them."
        ),
        "major_needs_manager": _("This is a major case: a manager takes this step."),
        "approval_needed": _("This answer needs an approval before it leaves. Ask for the approval."),
        "not_asked_to_approve": _("Nobody asks for your approval of this answer. The page says who is asked."),
        "approved_already": _("You approved this answer already. Somebody else gives what is missing."),
        "not_your_case": _("This step is taken by the owner of the case, a supervisor or a manager."),
        "another_department": _("This question was put to another department."),
        "own_rights": _("Nobody changes their own rights. Ask another administrator."),
        "address_changed_lately": _(
            "This person's e-mail address was changed in the last seven days, and the old address was told. The second "
            "factor can be removed after %(day)s. Until then the person comes in with a recovery code."
        ),
        "needs_name": _("Give the person's name."),
        "name_too_long": _("This name is longer than 120 characters."),
        "needs_email": _("Give an e-mail address like name@example.org."),
        "known_email": _("Somebody has this e-mail address already. Look for the address in the list of people."),
        "needs_role": _("Choose at least one role; without one a person sees nothing."),
        "contact_needs_department": _("Choose the department for which this person answers questions."),
        "last_administrator": _("This is the last administrator. Make somebody else an administrator first."),
        "joined_already": _("This person can sign in already and needs no invitation."),
        "no_invitation": _("There is no open invitation for this person."),
        "not_left": _("This person still works here."),
        "left_already": _("This person has left already."),
        "weak_password": _("%(reasons)s"),
        "not_the_same": _("The two passwords are not the same."),
        "needs_day": _("Choose a day."),
        "days_backwards": _("The last day comes before the first."),
        "away_already": _("There is an absence on some of these days already. Take it back first."),
        "needs_substitute": _("Choose who stands in now, or say that nobody does."),
        "no_such_substitute": _("Choose a colleague who works here, other than the person who is away."),
        "image_too_large": _("This image is larger than 1 MB. Choose a smaller one."),
        "not_an_image": _("This is no PNG or JPEG image. Choose one of these."),
        "not_released_by_you": _(
            "Only who released it, the owner of the case, or a supervisor or manager can hold this back."
        ),
        "needs_organisation_name": _("Give the name of the organisation as it stands on letters."),
        "longer_than": _("This is longer than %(most)s characters."),
        "needs_country": _("Choose the country."),
        "needs_time_zone": _("Choose the time zone from the list."),
        "needs_place_name": _("Give the establishment a name."),
        "needs_hour": _("Give a time of day, for instance 17:00."),
        "needs_part": _("The parts of %(country)s have different holidays. Choose the part."),
        "no_such_part": _("%(country)s has no such part. Choose it from the list, or leave it open."),
        "usual_place_stays": _("This is the usual establishment. Make another one the usual one first."),
        "place_retired": _("This establishment was retired."),
        "far_day": _("Choose a day between 2000 and 2100."),
        "too_many_days": _("Give at most %(most)s days at once."),
        "needs_day_reason": _("Say why, for instance: stocktaking."),
        "day_said_otherwise": _("The opposite was said about one of these days. Take that back first."),
        "needs_source": _("Say where the official calendar stands, for instance the gazette and its date."),
        "needs_language": _("Choose at least one language."),
        "bad_delay": _("Give whole seconds from 0 to %(most)s."),
        "house_is_open": _("There is an administrator already. Sign in, or ask the administrator for an invitation."),
        "needs_department_name": _("Give the department a name in at least one language."),
        "department_name_taken": _("Another department is called %(name)s already."),
        "department_retired": _("This department was retired. It is asked nothing new."),
        "department_has_questions": _(
            "This department has open questions (%(numbers)s). Wait for the answers, or merge it into another one."
        ),
        "last_department": _("This is the last department. Add another one first."),
        "choose_department": _("Choose the department that answers from now on."),
        "merged_into_itself": _("Choose another department; this one cannot be merged into itself."),
        "no_image": _("Choose an image first."),
        "letterhead_too_large": _("This image is larger than 1 MB. Choose a smaller one."),
        "alone_needs_reason": _("You sign alone because nobody else can. Say why; the reason stays on record."),
    }
)
