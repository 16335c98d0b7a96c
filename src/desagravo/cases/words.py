"""What this room refuses, in words: what is wrong, where, and what to do."""

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import words

words(
    {
        "not_on_the_path": _(
            "This step is not possible while the case is “%(status)s”. Reload the page to see what is."
        ),
        "changed_meanwhile": _(
            "Somebody else changed this while you were writing. Both texts are kept: read theirs, then save yours "
            "again."
        ),
        "empty": _("Write something here."),
        "no_pause": _(
            "No rulebook on this case stops its clock while we wait for the customer: no date would move. Write to the "
            "customer, and keep to the dates."
        ),
        "taken_back_already": _("This was taken back before. Reload the page."),
        "rulebook_applied_already": _("This rulebook applies to the case already. Reload the page."),
        "rulebook_ended_already": _("This rulebook does not apply to the case any more. Reload the page."),
        "not_missed": _("This limit was not missed, so that there is no reason to give."),
        "no_extension": _("The rulebook allows no extension of this limit."),
        "extended_already": _("This limit was extended before, as often as the rulebook allows (%(times)s)."),
        "limit_not_running": _(
            "Only a limit that is running can be extended. One that has passed stays missed: say why, and tell the "
            "customer when the answer comes."
        ),
        "beyond_extension": _(
            "The rulebook allows an extension until %(day)s at most. Choose that day or an earlier one."
        ),
        "beyond_limit": _(
            "A rulebook wants the answer by %(day)s. A later day can only be promised with an extension of that limit."
        ),
        "duty_open": _(
            "“%(limit)s” is still open until %(day)s. Do what it asks for and record it, answer what decides whether "
            "it counts, or end its rulebook on this case with a reason."
        ),
        "missed_without_reason": _("“%(limit)s” was missed. Say why on the page of the time limits, then sign."),
        "not_communicated": _("The customer has not been told the decision yet."),
        "recomputation_undecided": _(
            "An earlier proposal is still under way, or waits for a decision. Decide it first."
        ),
        "recomputation_not_proposed": _("There is nothing to decide here now. Reload the page."),
        "not_later": _("Choose a day after %(day)s, for which the answer is promised now."),
        "too_long": _("This is longer than %(limit)s characters. Shorten it, or send it as a file."),
        "bad_date": _("This is not a date. Write it as year-month-day, for example 2026-01-31."),
        "future_date": _("This day has not come yet. Give the day on which it happened."),
        "before_occurrence": _("The form was completed before the matter happened. One of the two dates is wrong."),
        "after_receipt": _("This is after the complaint reached us. Check the date."),
        "bad_email": _("This is not an e-mail address. It looks like name@example.org."),
        "bad_phone": _("This is not a telephone number. Write it with its digits, for example 81 98888-7777."),
        "unknown_code": _("“%(value)s” is not one of the choices."),
        "unknown_field": _("There is no field with this name."),
        "bad_type": _("This is not of the expected form: %(expected)s."),
        "bad_amount": _("This is no amount that can be read with certainty. Write it as 250 or 249.90."),
        "too_many_files": _(
            "At most %(limit)s files can be sent at once. The first %(limit)s are kept; send the others afterwards on "
            "the case's page."
        ),
        "file_too_large": _("“%(name)s” is larger than %(limit)s MB and was not taken. Everything else is kept."),
        "file_empty": _("“%(name)s” is empty and was not taken."),
        "signature_unreadable": _("The drawn signature could not be read. Draw it again, or type your name."),
        "same_key_other_body": _(
            "This form was already sent as case %(case_number)s. To add something, use the case's page."
        ),
        "question_open": _(
            "%(department)s still has an open question that needs an answer. Wait for it, or take the question back."
        ),
        "points_undecided": _("Point %(position)s has no decision yet."),
        "nothing_put_up": _("Nothing waits for approval now; the text is a draft again. Its writer puts it up."),
        "no_answer_text": _("There is no answer to send yet. Write it first."),
        "another_text": _("The text changed since you last saw it. Read it again before you go on."),
        "placeholder_left": _("The letter still has the gap %(name)s. Fill it in, or take it out."),
        "content_missing": _("The answer does not contain what it must: %(item)s. Asked for by: %(rule)s. %(todo)s"),
        "the_house": _("the house"),
        "needs_evidence": _("Say where it stands, or how it reaches the customer."),
        "no_summary_route": _(
            "No rulebook of this case has a summary resolution, or its time has passed. Send a final answer instead."
        ),
        "admission_needs_approval": _(
            "“%(phrase)s” admits fault or liability. Write it otherwise, or ask for approval and say why it shall stay."
        ),
        "admission_needs_reason": _(
            "“%(phrase)s” admits fault or liability. Write it otherwise, or say why it shall stay; who approves reads "
            "the reason."
        ),
        "admission_in_message": _(
            "“%(phrase)s” admits fault or liability. Write it otherwise, for example “%(better)s”. Only an answer that "
            "a second person approves may say so."
        ),
        "no_points": _(
            "Name at least one point of the complaint and decide it, so that the answer has something to answer."
        ),
        "not_asked_now": _("This question is no longer open."),
        "needs_reason": _("Say why; the reason stays on record."),
        "needs_amount": _("Monetary relief needs an amount above zero and a currency."),
        "axis_missing": _("Tick at least one code for “%(axis)s”."),
        "axis_single": _("Tick only one code for “%(axis)s”."),
        "lesson_missing": _("A major case leaves a lesson: one or two sentences that help with the next one."),
        "wrong_password": _("The password is not right. Nothing was signed."),
        "needs_approval": _("The answer to a major case goes out after a manager approved it. Ask for approval."),
        "already_confidential": _("This case is confidential already."),
        "not_confidential": _("This case is not confidential."),
        "somebody_must_know": _(
            "The owner stays on the list, and so does the last one who knows. Put somebody else in charge first."
        ),
        "only_through_the_glass": _(
            "You see this confidential case for a time only. Ask somebody on its list to do this, or to name you."
        ),
        "not_own_heir": _(
            "Nobody takes over confidential cases by their own choice. Choose somebody else, or ask another "
            "administrator."
        ),
        "no_case_ticked": _("Tick at least one case, and at most %(limit)s."),
        "past_date": _("This date has passed. Choose a later one."),
        "no_such_department": _("There is no such department."),
        "no_such_person": _("There is no such colleague, or no longer."),
        "nothing_to_return": _("Write what should be changed, so that the colleague knows what to do."),
        "nothing_answered": _("Answer at least one question; what is left open counts as unknown."),
        "busy": _("The case is being changed by somebody else at this moment. Your text is kept; try again."),
        "same_class": _("The case has this class already."),
        "no_address": _("There is no e-mail address on record to which the link could be sent."),
        "class_needs_reason": _(
            "With these answers the case would no longer be %(now)s. Nothing was changed: decide the class otherwise "
            "and say why; the reason stays on record."
        ),
        "already_filed": _("This complaint has already been filed."),
        "answer_leaving": _("An answer is on its way out. Hold it back first if something must change, or wait."),
        "already_left": _("It was too late to hold this back: it has left. Nothing was changed."),
        "already_held_back": _("This was held back already, and nothing of it has left."),
        "message_leaving": _("A message to the customer is on its way out. Hold it back first, or wait until it left."),
        "needs_heir": _("Choose who takes over the cases."),
        "no_such_heir": _("Choose a handler, supervisor or manager who works here, other than the one who leaves."),
        "needs_contact": _("Choose who answers these questions from now on."),
        "needs_approver": _("Choose who approves the answers that wait."),
        "approver_wrote_it": _("This colleague wrote one of the answers that wait; choose somebody else."),
        "heir_is_gone": _("The colleague who was to take over is not here any more. Choose somebody else."),
        "person_away": _("%(name)s is away until %(until)s. Choose somebody else, or say that it is meant so."),
        "person_away_substitute": _(
            "%(name)s is away until %(until)s; %(substitute)s stands in. Choose somebody else, or say that it is meant "
            "so."
        ),
    }
)
