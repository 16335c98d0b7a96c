"""What was written by mail, to customers and to the people of the house, and what became of it."""

from typing import ClassVar

from django.db import models

QUEUED, SENDING, SENT, UNCERTAIN, FAILED, HELD, SHOWN = (
    "queued",
    "sending",
    "sent",
    "uncertain",
    "failed",
    "held",
    "shown",
)
STATES = (QUEUED, SENDING, SENT, UNCERTAIN, FAILED, HELD, SHOWN)


class OutgoingMail(models.Model):
    """One mail: to a customer as the consequence of one event, or to somebody of the house (``to_house``).

    ``queued`` waits for the worker; ``sending`` was committed before the mail server was asked; ``sent``: the server
    took it; ``uncertain``: nobody knows whether it did; ``failed``: it never will; ``held``: not sent on purpose;
    ``shown``: the demo shows it and sends nothing. ``body`` has a mark where the private link goes
    (see ``letters.LINK``): the database holds no token, so that a copy of it opens nobody's page. ``note`` is what the
    mail server said last.

    A mail to the house has no event; ``due_at`` is when it is tried next, and ``key`` the name under which it was
    ordered once. Where its link is a secret (an invitation, a new password), ``secret`` holds that link under a key
    that does not lie in the database, until the mail has left.
    """

    event_seq = models.PositiveBigIntegerField(unique=True, null=True)
    to_house = models.BooleanField(default=False)
    key = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001  (unique: many have none)
    letter = models.CharField(max_length=40)
    case_number = models.CharField(max_length=32, db_index=True, blank=True)
    to_address = models.CharField(max_length=254)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    automatic = models.BooleanField()
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=12)
    note = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    secret = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="mail_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="mail_newest_first"),
            models.Index(fields=["-id"], condition=models.Q(state__in=(FAILED, UNCERTAIN)), name="mail_needs_somebody"),
            models.Index(fields=["created_at"], condition=models.Q(state=QUEUED), name="mail_waiting"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="mail_to_house_due"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


SECURITY = ("starttls", "tls", "none")


class MailServer(models.Model):
    """The mail server that an administrator connected: one row. ``password`` is encrypted, see ``common.sealed``.

    ``worked_at`` is when it first let us in or took a mail since it was set, ``said`` what it answered when it did not.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8)
    user = models.CharField(max_length=254, blank=True)
    password = models.TextField(blank=True)
    sender = models.EmailField(blank=True)
    set_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="mail_one_server"),
            models.CheckConstraint(condition=models.Q(security__in=SECURITY), name="mail_security_known"),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class AcknowledgedAddress(models.Model):
    """When an address last got a mail of one group that nobody at the house had caused. Holds a digest of both only."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"address {self.pk}"
