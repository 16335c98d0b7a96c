"""The company: its departments, teams, people and the roles they hold."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

ROLES = ("intake", "handler", "contact", "supervisor", "manager", "senior_manager", "auditor", "administrator")
"""What a person can be to the complaint desk; one person may hold several."""


class Organisation(models.Model):
    """Whose product this is: one row, printed on every letter."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120)
    postal_address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=120, blank=True)
    legal_line = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Lisbon")
    languages = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="departments_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department that can be asked. Names and purposes are kept per language, as the organisation says them."""

    code = models.SlugField(max_length=24, unique=True)
    names = models.JSONField(default=dict)
    purposes = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

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
    """Somebody who works here and signs in. Customers are not people in this sense: they hold a link."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en")
    theme = models.CharField(max_length=8, default="system")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

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
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role", "department"], name="departments_grant_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="departments_grant_known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.person_id}"
