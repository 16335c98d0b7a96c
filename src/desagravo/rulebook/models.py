"""Editions: what was agreed, from which day on. Touched only inside this room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

EDITION_STATES = ("draft", "proposed", "published", "discarded")


class Edition(models.Model):
    """A set of rules of the organisation: a draft that may change, or a published one that never does.

    ``books`` is name → table, as the TOML files of the starter edition; ``policies`` is id → table, the rulebooks of
    jurisdictions that the organisation keeps. ``sha256`` is that of the canonical JSON of both, set at publication.
    ``version`` counts changes, so that two people do not overwrite each other.
    """

    code = models.CharField(max_length=40, unique=True)
    based_on = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default="draft")
    books = models.JSONField(default=dict)
    policies = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    in_force_from = models.DateField(null=True)
    created_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    authors = models.JSONField(default=list)
    proposed_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    published_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    alone_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["in_force_from"], condition=Q(state="published"), name="rulebook_one_edition_a_day"
            ),
            models.CheckConstraint(condition=Q(state__in=EDITION_STATES), name="rulebook_edition_state_known"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(in_force_from__isnull=False) & ~Q(sha256=""),
                name="rulebook_published_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Duty(models.Model):
    """How the organisation meets a point of the checklist that lies outside of the product, in its own words."""

    point = models.PositiveSmallIntegerField()
    note = models.TextField()
    noted_by = models.ForeignKey("departments.Person", on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["point"], condition=Q(ended_at=None), name="rulebook_one_note_a_duty")
        ]

    def __str__(self) -> str:
        return f"{self.point}"
