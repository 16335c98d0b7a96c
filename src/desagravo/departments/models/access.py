"""How people come in: invitations, and who signed in from where."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Invitation(models.Model):
    """A link with which somebody chooses the own password: one use, 72 hours. Only the hash of its token is kept."""

    person = models.ForeignKey("departments.Person", on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("departments.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


OUTCOMES = ("signed_in", "refused", "ended", "signed_out")


class SignIn(models.Model):
    """Somebody signed in, or tried to. Kept for administrators and for the person; not part of the chain.

    ``session_hash`` is the digest of the session's key, by which it is ended; ``seen_at`` is kept with some minutes'
    grain.
    """

    person = models.ForeignKey("departments.Person", null=True, on_delete=models.CASCADE, related_name="sign_ins")
    outcome = models.CharField(max_length=12, choices=[(each, each) for each in OUTCOMES])
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    session_hash = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="departments_sign_ins_newest"),
            models.Index(fields=["person", "-at"], name="departments_sign_ins_of"),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.pk}"
