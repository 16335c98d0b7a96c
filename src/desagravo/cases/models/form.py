"""What the customer sent: the raw submission first, then the form as the case keeps it."""

from typing import ClassVar

from django.db import models


class Submission(models.Model):
    """A complaint as it arrived, kept before anything is made of it, so that nothing sent is ever lost.

    ``key`` makes filing idempotent: the same key and the same ``digest`` is the same complaint sent again;
    the same key with another digest is refused. ``case`` is empty only between receiving and opening; what is
    left so by a crash is opened by the worker.
    """

    key = models.CharField(max_length=120, unique=True)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    channel = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    case = models.OneToOneField("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    cannot_open = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["received_at"], condition=models.Q(case=None), name="cases_submission_unopened")
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"


class ComplaintForm(models.Model):
    """A version of the complaint form: the first as filed, later ones where the customer completed it.

    ``fields`` holds the model form's fields in snake case except ``description``, the customer's own words,
    which stand in a column of their own. A version is never changed.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="forms")
    version = models.PositiveSmallIntegerField(default=1)
    description = models.TextField()
    fields = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    signature_method = models.CharField(max_length=12, blank=True)
    signature_name = models.CharField(max_length=200, blank=True)
    signature_file = models.CharField(max_length=40, blank=True)
    signature_sha256 = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "version"], name="cases_form_version_once")]

    def __str__(self) -> str:
        return f"form {self.version} of case {self.case_id}"


class FormDraft(models.Model):
    """A form that was refused or not finished: kept a day with its files and signature, so that nothing is lost."""

    token_hash = models.CharField(max_length=64, unique=True)
    fields = models.JSONField(default=dict)
    files = models.JSONField(default=list)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"form draft {self.pk}"
