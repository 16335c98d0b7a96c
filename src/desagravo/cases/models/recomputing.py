"""The time limits of open cases computed anew after a calendar changed: proposed first, taken over by a person."""

from typing import ClassVar

from django.db import models

RECOMPUTATION_STATES = ("waiting", "proposed", "accepted", "done", "rejected", "failed")


class Recomputation(models.Model):
    """What a changed calendar would do to the open cases. Nothing of it counts until a person accepts it.

    ``waiting``: the worker looks through the cases, from ``position`` (the key of the last one) on. ``proposed``: it is
    for a person to decide. ``accepted``: the worker takes it over, again from ``position``. ``changed`` counts limits
    whose date would be another, ``cases`` those on which there are any.
    """

    state = models.CharField(max_length=12, default="waiting")
    position = models.PositiveBigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=RECOMPUTATION_STATES), name="cases_recomputing_known")
        ]

    def __str__(self) -> str:
        return f"recomputation {self.pk}"


class ProposedDate(models.Model):
    """One limit that the new calendar would end on another day. ``key`` is that of the limit in its rulebook."""

    recomputation = models.ForeignKey("cases.Recomputation", on_delete=models.CASCADE, related_name="dates")
    applied = models.ForeignKey("cases.AppliedRulebook", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    old_due_on = models.DateField(null=True)
    new_due_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["recomputation", "id"], name="cases_proposed_dates")]

    def __str__(self) -> str:
        return f"{self.key}: {self.old_due_on} → {self.new_due_on}"
