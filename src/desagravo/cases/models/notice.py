"""What somebody was told is theirs."""

from typing import ClassVar

from django.db import models


class Notice(models.Model):
    """One line for one person, the consequence of one event: no words of the case, only where to look.

    ``kind`` is one of ``cases.notices.KINDS``. A line that stands for many (``count`` above 1) names no case: the list
    that they lie in is where to look. ``to_mail`` is true until it was mailed, read, or its person wants no mail.
    """

    person = models.ForeignKey("departments.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    case_number = models.CharField(max_length=16, blank=True)
    subject_kind = models.CharField(max_length=24, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    event_seq = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    to_mail = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "event_seq", "kind"], name="cases_notice_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="cases_notices_of"),
            models.Index(fields=["person"], condition=models.Q(read_at=None), name="cases_notices_unread"),
            models.Index(fields=["person", "id"], condition=models.Q(to_mail=True), name="cases_notices_to_mail"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
