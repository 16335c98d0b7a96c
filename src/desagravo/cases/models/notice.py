"""What somebody was told is theirs."""

from typing import ClassVar

from django.db import models


class Notice(models.Model):
    """One line for one person, the consequence of one event: no words of the case, only where to look.

    ``kind``: assigned, asked, answered, approval_wanted, returned, came_back, mentioned, customer_wrote, …
    """

    person = models.ForeignKey("departments.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    case_number = models.CharField(max_length=16)
    subject_kind = models.CharField(max_length=24, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    event_seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "event_seq", "kind"], name="cases_notice_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="cases_notices_of"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="cases_notices_unread"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
