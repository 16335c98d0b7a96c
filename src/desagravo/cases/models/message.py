"""Words and files on a case. Who reads a message is decided by its kind and never by a flag."""

from typing import ClassVar

from django.db import models

KINDS = ("from_customer", "to_customer", "note", "reason", "question", "reply")


class Message(models.Model):
    """One entry in the conversation of a case.

    ``from_customer`` and ``to_customer`` are what the customer sees; ``note`` and ``reason`` stay inside;
    ``question`` and ``reply`` belong to a consultation. A message is never changed and has no kind but its first,
    and its words go only by redaction. One ``to_customer`` with ``leaves_at`` is not the customer's:
    it is on its way, or was held back (``held_back_at``). Sending it empties ``leaves_at``.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=16)
    body = models.TextField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40)
    at = models.DateTimeField()
    channel = models.CharField(max_length=12, blank=True)
    consultation = models.ForeignKey("cases.Consultation", null=True, on_delete=models.PROTECT, related_name="+")
    leaves_at = models.DateTimeField(null=True)
    held_back_at = models.DateTimeField(null=True)
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "id"], name="cases_message_timeline")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="cases_message_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Attachment(models.Model):
    """A file on a case. ``for_customer`` is true for what the customer sent or was sent."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey("cases.Message", null=True, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=140)
    stored = models.CharField(max_length=40, unique=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=120)
    for_customer = models.BooleanField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"attachment {self.pk}"
