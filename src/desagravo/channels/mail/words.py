"""The words of this door: states of a mail, and what it refuses."""

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import words

words(
    {
        "mail_not_waiting": _("This mail is not waiting for anybody: it is being sent, or was sent meanwhile."),
        "mail_server_role": _("The mail server is connected by administrators."),
        "mail_host": _(
            "Give the name of the mail server, such as mail.example.org, without anything before or after it."
        ),
        "mail_port": _("A port is a number from 1 to 65535; mail servers mostly listen on 587, 465 or 25."),
        "mail_password_again": _(
            "Server or user changed. Type the password again: it is never sent to a server that it was not given for."
        ),
        "mail_role": _("Outgoing mail is seen by supervisors, managers, auditors and administrators."),
    }
)
STATE = {
    "queued": _("waiting to be sent"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "uncertain": _("perhaps sent"),
    "failed": _("could not be delivered"),
    "held": _("not sent: one such mail a day"),
    "shown": _("shown here, not sent"),
}
TONE = {"sent": "kept", "uncertain": "soon", "failed": "late", "queued": "waiting", "sending": "waiting"}
EXPLANATION = {
    "uncertain": _(
        "The connection ended after the mail was handed over and before the mail server confirmed it. It may have "
        "arrived. Ask the customer, or send it again: it then carries the same Message-ID, by which many mailboxes "
        "recognise a copy."
    ),
    "failed": _(
        "The mail server refused it for good, or could not be reached for two days. The case came back to its owner, "
        "so that the customer is reached in another way."
    ),
    "held": _(
        "This address had such a mail within the last 24 hours, and nobody has confirmed that it belongs to the "
        "customer. The page said what the mail says."
    ),
}
HOUSE = {
    "notices": _("Notices"),
    "invitation": _("Invitation"),
    "second_factor_removed": _("Second factor removed"),
    "password_reset": _("New password"),
    "account_changed": _("Sign-in changed"),
    "address_changed": _("Address changed"),
    "checkpoint": _("Checkpoint for the auditor"),
    "test": _("Test of the mail server"),
}
"""Names of the mails to the house."""
