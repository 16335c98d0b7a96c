"""Who works here, what they may do, and who stands in for whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

ROLES = (
    "intake",
    "handler",
    "contact",
    "supervisor",
    "manager",
    "senior_manager",
    "auditor",
    "data_keeper",
    "administrator",
)
"""What a person can be to the complaint desk; one person may hold several."""

NOTICES = ("at_once", "digest", "off")
"""How somebody is told by mail what is theirs: each by itself, once a day, or only in the product."""


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person who signs in with this e-mail."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """A person who can sign in; without a password, only after an invitation."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who works here and signs in. Customers are not people in this sense: they hold a link.

    ``time_zone`` is empty for the organisation's; ``signature_image`` is the stored name of an image that stands under
    letters; who left is not active and keeps the row, because the record names it.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en")
    theme = models.CharField(max_length=8, default="system")
    team = models.ForeignKey(
        "departments.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=40, blank=True)
    notices = models.CharField(max_length=8, default="at_once", choices=[(each, each) for each in NOTICES])
    email_changed_at = models.DateTimeField(null=True)
    signature_image = models.CharField(max_length=40, blank=True)
    signature_image_sha256 = models.CharField(max_length=64, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name that stands under letters."""
        return self.name

    def get_short_name(self) -> str:
        """The first name."""
        return self.name.split(" ", 1)[0]


class RoleGrant(models.Model):
    """A role that a person holds; a contact holds it for a department."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=[(role, role) for role in ROLES])
    department = models.ForeignKey(
        "departments.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role", "department"], name="departments_grant_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="departments_grant_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id}"


class Absence(models.Model):
    """Days on which somebody is away, both included, and who stands in."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    substitute = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("first_day", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="departments_absence_forwards"
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"
