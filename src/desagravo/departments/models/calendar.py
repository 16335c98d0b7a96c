"""Where the company is, and on which days it is closed there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Establishment(models.Model):
    """A place of the company, whose zone and calendar count for the cases that belong to it. One is the default.

    ``subdivision`` is the part of the country as the calendars call it (``11``, ``MD``, ``São Paulo Capital``).
    ``customary``: days that are no statutory holidays and on which this place is closed every year all the same, by
    their English name (``Carnival``).
    """

    code = models.SlugField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=40)
    closes_at = models.TimeField()
    customary = models.JSONField(default=list)
    is_default = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="departments_one_default_place"
            )
        ]

    def __str__(self) -> str:
        return self.code


class ClosedDay(models.Model):
    """A day on which an establishment is closed, or open although the public calendar says otherwise, with the reason.

    Without ``establishment`` it counts for all of them.
    """

    establishment = models.ForeignKey(
        "departments.Establishment", null=True, on_delete=models.PROTECT, related_name="closed_days"
    )
    day = models.DateField()
    is_open = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    added_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="departments_closed_days")]

    def __str__(self) -> str:
        return f"{self.day}"


class ConfirmedYear(models.Model):
    """Somebody compared the official calendar of this year with ours, for one country and subdivision."""

    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200, blank=True)
    confirmed_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "subdivision", "year"], name="departments_year_confirmed_once")
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.subdivision} {self.year}"
