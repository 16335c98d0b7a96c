"""Which rulebooks bind a case, what happened on their clocks, and the time limits that follow."""

from typing import ClassVar

from django.db import models

MILESTONE_KINDS = ("firm_obligation", "target", "customer_window", "retention_min", "route_option")
LIMIT_STATES = ("not_started", "running", "met", "missed", "replaced", "lapsed", "ended")


class CalendarSnapshot(models.Model):
    """The calendar as it was when a clock started: closed days, zone, source. Many cases share one; none changes."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class AppliedRulebook(models.Model):
    """A rulebook that binds this case, in the version of the edition that the case keeps.

    ``because`` is the rule of the edition that applied it, empty if a person did. ``ended_at``: it binds no longer,
    with the reason of the person who said so.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="rulebooks")
    policy = models.CharField(max_length=40)
    policy_version = models.CharField(max_length=24)
    edition = models.CharField(max_length=40)
    because = models.CharField(max_length=80, blank=True)
    calendar = models.ForeignKey("cases.CalendarSnapshot", on_delete=models.PROTECT, related_name="+")
    applied_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    ended_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "policy"],
                condition=models.Q(ended_at__isnull=True),
                name="cases_rulebook_applied_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.policy_version}"


class ClockEvent(models.Model):
    """Something that starts, stops, restarts or ends a clock and stands in no other row of the case.

    ``name`` as rulebooks use it (``history_requested``, ``holding_sent``, ``extension`` …). ``milestone``: the limit
    that an extension is of. ``facts``: codes and dates, no words of people; those stand in ``note``.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="clock_events")
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    milestone = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "at"], name="cases_clock_events")]

    def __str__(self) -> str:
        return self.name


class TimeLimit(models.Model):
    """One limit of one rulebook on one case, as the clocks say it stands. Kept with every step, computed from the rest.

    ``due_before`` is the exclusive bound in UTC; ``due_on`` the last local day. ``warn_next_at`` is the moment of the
    next warning (75, 90, 100 per cent), empty when all were given; ``warned`` the last one given.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="time_limits")
    applied = models.ForeignKey("cases.AppliedRulebook", on_delete=models.PROTECT, related_name="limits")
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    bearer = models.CharField(max_length=10)
    state = models.CharField(max_length=12)
    started_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_before = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    missed_reason = models.TextField(blank=True)
    warned = models.PositiveSmallIntegerField(default=0)
    warn_next_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["applied", "key"], name="cases_limit_once")]
        indexes: ClassVar = [
            models.Index(fields=["case", "state", "due_before"], name="cases_limits_of_case"),
            models.Index(
                fields=["warn_next_at"], condition=models.Q(warn_next_at__isnull=False), name="cases_limits_to_warn"
            ),
        ]

    def __str__(self) -> str:
        return self.key
