"""What this door refuses, in words: what is wrong, where, and what to do."""

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import words

words(
    {
        "not_json": _("The body is not valid JSON: %(detail)s."),
        "not_utf8": _("The body is not text in UTF-8. Send it as UTF-8."),
        "not_an_object": _("The body must be one JSON object with the fields of the form."),
        "too_deep": _("The body is nested too deeply. The fields of the form are texts and lists of texts."),
        "repeated_field": _("This field is given twice. Give it once."),
        "not_a_json_number": _("“%(value)s” is not a number that JSON allows."),
        "wrong_content_type": _("Send the body as application/json."),
        "body_too_large": _(
            "The body is larger than %(limit)s MB and nothing was stored. Send larger files afterwards on the "
            "customer's page."
        ),
        "bad_idempotency_key": _("The header Idempotency-Key must have at most %(limit)s printable characters."),
        "idempotency_key_reused": _(
            "This Idempotency-Key was already used with another body. Use a new key for a new complaint."
        ),
        "attachment_unreadable": _("File number %(position)s needs a “name” and a “content_base64” in plain base64."),
        "too_many_attachments": _(
            "At most %(limit)s files can be sent at once. Send the others afterwards on the customer's page."
        ),
        "unknown_link": _("This link does not work, or works no longer. A new one can be asked for on the portal."),
        "unknown_address": _("There is nothing at this address. The schema is at /api/v1/openapi.json."),
        "wrong_method": _("This address does not know the method %(method)s."),
        "too_often": _("Too many requests from this address. Try again in %(seconds)s seconds."),
        "not_accepted": _("This could not be stored and nothing was accepted. Please send it again in a moment."),
    }
)
