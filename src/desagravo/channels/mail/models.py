"""What was written to customers by mail, and what became of it."""

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
    """One mail, the consequence of one event.

    ``queued`` waits for the worker; ``sending`` was committed before the mail server was asked; ``sent``: the server
    took it; ``uncertain``: nobody knows whether it did; ``failed``: it never will; ``held``: not sent on purpose;
    ``shown``: the demo shows it and sends nothing. ``body`` has a mark where the private link goes
    (see ``letters.LINK``): the database holds no token, so that a copy of it opens nobody's page. ``note`` is what the
    mail server said last.
    """

    event_seq = models.PositiveBigIntegerField(unique=True)
    letter = models.CharField(max_length=40)
    case_number = models.CharField(max_length=32, db_index=True)
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

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="mail_state_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="mail_newest_first"),
            models.Index(fields=["-id"], condition=models.Q(state__in=(FAILED, UNCERTAIN)), name="mail_needs_somebody"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class AcknowledgedAddress(models.Model):
    """When an address last got a mail of one group that nobody at the house had caused. Holds a digest of both only."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"address {self.pk}"
