"""The case: one complaint, from the signed form to the signed closure."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from desagravo.cases.lifecycle import STATUSES

SEVERITIES = ("", "minor", "major")
CHANNELS = ("web", "phone", "counter", "post", "email", "api", "import")


class Case(models.Model):
    """One complaint. The row is what we query; what happened stands in the history.

    ``next_step`` and ``next_due`` are kept with every step, so that the inbox is one query on one index.
    ``open`` is true while the customer or the company still owes a word; ``version`` counts the steps.
    ``answer_by`` is the promised day of the answer after it was moved; empty while the rulebook's target counts.
    ``edition`` is the set of rules that the case keeps, empty for the starter's; ``attributes`` are answers to what
    rulebooks ask (``topic``, ``format``, ``psd_or_emd`` …); ``stage`` 2 is the second look by somebody else.
    ``duty_due`` is the earliest open obligation under the rulebooks that bind the case, ``answer_due`` the earliest
    that an answer fulfils; both follow from the time limits and are kept with every step.
    A ``confidential`` case is seen only by those on its need-to-know list; in one with ``erased_at`` nothing of the
    person is left.
    """

    number = models.CharField(max_length=16, unique=True)
    status = models.CharField(max_length=20)
    open = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0)
    subject = models.CharField(max_length=200)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    received_by = models.ForeignKey(
        "departments.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department_concerned = models.CharField(max_length=24, blank=True)
    occurred_on = models.DateField(null=True)
    severity = models.CharField(max_length=8, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(
        "departments.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    team = models.CharField(max_length=24, blank=True)
    next_step = models.CharField(max_length=24, blank=True)
    next_due = models.DateTimeField(null=True)
    came_back_at = models.DateTimeField(null=True)
    customer_wrote_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    customer_position = models.CharField(max_length=20, blank=True)
    closed_before = models.BooleanField(default=False)
    tracking_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  (unique: many have none)
    tracking_generation = models.PositiveSmallIntegerField(default=0)
    tracking_expires_at = models.DateTimeField(null=True)
    edition = models.CharField(max_length=40, blank=True)
    establishment = models.CharField(max_length=24, blank=True)
    attributes = models.JSONField(default=dict)
    stage = models.PositiveSmallIntegerField(default=1)
    duty_due = models.DateTimeField(null=True)
    answer_due = models.DateTimeField(null=True)
    confidential = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        # Each index carries one list of the inbox: the filter first, then the order, then the tie-breaker. Those of
        # open cases are partial, not only for their size: Django writes the condition as a bare column, for which
        # SQLite uses a partial index and no other.
        indexes: ClassVar = [
            models.Index(fields=["owner", "next_due", "id"], condition=Q(open=True), name="cases_open_of_owner"),
            models.Index(fields=["team", "next_due", "id"], condition=Q(open=True), name="cases_open_of_team"),
            models.Index(
                fields=["received_by", "next_due", "id"], condition=Q(open=True), name="cases_open_taken_in_by"
            ),
            models.Index(fields=["next_due", "id"], condition=Q(open=True), name="cases_open_by_due"),
            models.Index(
                fields=["next_due", "id"],
                condition=Q(open=False, customer_wrote_at__isnull=False),
                name="cases_ended_and_wrote",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(open=False, customer_wrote_at__isnull=False),
                name="cases_ended_wrote_newest",
            ),
            models.Index(
                fields=["-id"],
                condition=Q(open=False, came_back_at__isnull=False),
                name="cases_ended_and_back",
            ),
            models.Index(fields=["status", "next_due", "id"], name="cases_by_status"),
            models.Index(fields=["next_step", "next_due", "id"], name="cases_by_step"),
            models.Index(fields=["customer", "id"], name="cases_customer"),
            models.Index(fields=["number"], condition=Q(confidential=True), name="cases_confidential"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="cases_status_on_the_path"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="cases_severity_known"),
            models.CheckConstraint(
                condition=Q(open=False, status__in=("closed", "withdrawn"))
                | Q(open=True) & ~Q(status__in=("closed", "withdrawn")),
                name="cases_open_follows_status",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class NumberSeries(models.Model):
    """The last case number given in a year; the row is locked while a number is taken, so there are no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
