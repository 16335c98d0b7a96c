"""The company: whose product this is, its departments and teams."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Organisation(models.Model):
    """Whose product this is: one row, printed on every letter.

    ``letterhead`` is the stored name of an image, ``sending_delay`` the seconds in which a released answer can
    be called back; ``established_at`` is empty until the first administrator has said whose product this is.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120)
    postal_address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=120, blank=True)
    legal_line = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Lisbon")
    languages = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True)
    letterhead = models.CharField(max_length=40, blank=True)
    letterhead_sha256 = models.CharField(max_length=64, blank=True)
    sending_delay = models.PositiveSmallIntegerField(default=20)
    established_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="departments_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department that can be asked. Names and purposes are kept per language, as the organisation says them.

    A retired one is asked nothing new and keeps its past; ``merged_into`` is who answers in its place.
    """

    code = models.SlugField(max_length=24, unique=True)
    names = models.JSONField(default=dict)
    purposes = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.code


class Team(models.Model):
    """People who share an inbox."""

    code = models.SlugField(max_length=24, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.code
