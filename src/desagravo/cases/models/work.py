"""Working on a case: assessment, questions to departments, follow-ups, findings and points."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from desagravo.cases.terms import FOLLOW_UP, term


class Assessment(models.Model):
    """The triage of a case: the answers, what the rule made of them, and a person's overruling if there was one."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="assessments")
    answers = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8)
    rule = models.CharField(max_length=60)
    by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    overruled_to = models.CharField(max_length=8, blank=True)
    overrule_reason = models.TextField(blank=True)
    overruled_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    overruled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class Consultation(models.Model):
    """One question to one department. Its path: open, then answered, declined or withdrawn."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="consultations")
    department = models.CharField(max_length=24)
    question = models.TextField()
    required = models.BooleanField(default=True)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=12, default="open")
    asked_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["department", "status", "due_at", "id"], name="cases_asked_of_department"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=("open", "answered", "declined", "withdrawn")),
                name="cases_consultation_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"consultation {self.pk}"


class FollowUp(models.Model):
    """A date on which something comes back to its owner by itself, unless it was done before."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="follow_ups")
    consultation = models.ForeignKey("cases.Consultation", null=True, on_delete=models.PROTECT, related_name="+")
    about = models.TextField(blank=True)
    due_at = models.DateTimeField()
    set_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    came_back_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, came_back_at=None), name="cases_follow_up_due"),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"

    @property
    def words(self) -> str:
        """What it is about: a colleague's words, or ours in the active language where the product set it."""
        return term(FOLLOW_UP, self.about)


class Finding(models.Model):
    """A fact that was established, and where it comes from."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="findings")
    text = models.TextField()
    source = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"finding {self.pk}"


DECISIONS = ("", "upheld", "partly_upheld", "not_upheld", "settled_without_finding", "unable_to_determine")


class StandingPoints(models.Manager["Point"]):
    """The points that are to be answered, without those taken off the list."""

    def get_queryset(self) -> models.QuerySet["Point"]:
        """Points that were not dropped."""
        return super().get_queryset().filter(dropped_at=None)


class Point(models.Model):
    """One point of the complaint, which needs an answer of its own: what was decided and why.

    A dropped point stays as a row, because the history committed to its words; ``objects`` leaves it out.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="points")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    decision = models.CharField(max_length=24, blank=True)
    reasons = models.TextField(blank=True)
    remedy = models.CharField(max_length=40, blank=True)
    decided_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects: ClassVar[StandingPoints] = StandingPoints()
    every: ClassVar[models.Manager["Point"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "position"], name="cases_point_position_once"),
            models.CheckConstraint(condition=Q(decision__in=DECISIONS), name="cases_point_decision_known"),
        ]

    def __str__(self) -> str:
        return f"point {self.pk}"
