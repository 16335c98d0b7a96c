"""Who may know of a case, who looked at it, and what was taken out of it."""

from typing import ClassVar

from django.db import models


class NeedToKnow(models.Model):
    """Somebody who may see a confidential case. Who broke the glass stands here too, with the reason and for a time."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="need_to_know")
    person = models.ForeignKey("departments.Person", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    broke_glass = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=models.Q(removed_at__isnull=True),
                name="cases_need_to_know_once",
            )
        ]

    def __str__(self) -> str:
        return f"need to know {self.pk}"


LOOKS = ("read", "file", "paper", "export", "broke_glass")


class Look(models.Model):
    """Somebody read or took away something of a case: kept apart from the chain, and deleted after its time.

    One line for a person, case and kind of look within a quarter of an hour.
    """

    case_number = models.CharField(max_length=16)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40)
    what = models.CharField(max_length=12, choices=[(each, each) for each in LOOKS])
    about = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_number", "-id"], name="cases_looks_at_case"),
            models.Index(fields=["actor_id", "-id"], name="cases_looks_of_person"),
        ]

    def __str__(self) -> str:
        return f"look {self.pk}"


class Redaction(models.Model):
    """Words or a file that were taken out of a case, visibly: what, by whom, on which ground."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="redactions")
    subject_kind = models.CharField(max_length=24)
    subject_id = models.CharField(max_length=40)
    ground = models.CharField(max_length=40)
    by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "id"], name="cases_redactions_of_case")]

    def __str__(self) -> str:
        return f"redaction {self.pk}"


class Erasure(models.Model):
    """A person of whom nothing may be left: which cases, on which ground, how far it came. Applied again after a
    restore, so it holds no name."""

    cases = models.JSONField(default=list)
    ground = models.CharField(max_length=40)
    by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"erasure {self.pk}"


EXPORTS = ("subject", "case")


class Export(models.Model):
    """A file that was asked for and is made by the worker: what we hold about a person, or one whole case.

    It names cases and no person; ``stored`` is empty before it is made and after its days are over.
    """

    kind = models.CharField(max_length=8, choices=[(each, each) for each in EXPORTS])
    cases = models.JSONField(default=list)
    language = models.CharField(max_length=8)
    with_internal = models.BooleanField(default=False)
    ground = models.TextField(blank=True)
    asked_by = models.ForeignKey("departments.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    event_seq = models.PositiveBigIntegerField(default=0)
    stored = models.CharField(max_length=40, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["asked_by", "-id"], name="cases_exports_of")]

    def __str__(self) -> str:
        return f"export {self.pk}"
