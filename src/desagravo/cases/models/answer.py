"""The answer: the shared draft, the exact text that is approved and sent, the signature, and the documents."""

from typing import ClassVar

from django.db import models


class AnswerDraft(models.Model):
    """The one draft of the answer to a case, shared by all who work on it; every saving adds one to ``version``.

    ``authors`` are the ids of all who wrote on it as long as their text stands in it, for four eyes. ``confirmed`` is
    what a person ticked because no rule can see it: item of the mandatory content → who, when, and the evidence.
    """

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="draft")
    version = models.PositiveIntegerField(default=0)
    template = models.CharField(max_length=40, blank=True)
    body = models.TextField(blank=True)
    saved_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    authors = models.JSONField(default=list)
    confirmed = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"draft of case {self.case_id}"


RESPONSE_STATES = ("pending", "returned", "leaving", "held_back", "sent")


class Response(models.Model):
    """An exact text, put up for approval or sent. One changed letter is another response.

    ``points`` is the snapshot of the points as the letter answers them. ``authors`` holds the ids of those
    who wrote it, for four eyes. ``state``: pending, returned, leaving (released, and sent at ``leaves_at`` unless
    somebody holds it back), held_back, sent. ``content`` says what this text had to contain and how each item was met
    when it was put up or sent: codes, digests and ids, no words.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="responses")
    template = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8)
    body = models.TextField()
    points = models.JSONField(default=list)
    body_sha256 = models.CharField(max_length=64)
    authors = models.JSONField(default=list)
    state = models.CharField(max_length=12)
    requested_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    alone_reason = models.TextField(blank=True)
    leaves_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    signer_name = models.CharField(max_length=120, blank=True)
    content = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=RESPONSE_STATES), name="cases_response_state_known"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=("pending", "leaving")),
                name="cases_one_pending_response",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["leaves_at"], condition=models.Q(state="leaving"), name="cases_responses_leaving"),
        ]

    def __str__(self) -> str:
        return f"response {self.pk}"


class SignOff(models.Model):
    """The closing section of the form: who signed, when, as what, and the closing codes on four axes.

    ``edition`` is the list that the codes are of, empty for the starter's. ``details``: what codes require in words
    (reason, evidence, related_case, body, next_option); ``remedies`` what was done, as codes. ``settled_by`` says why
    the case may end: the customer accepted, or the options inside were exhausted.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="sign_offs")
    section = models.PositiveSmallIntegerField()
    signer = models.ForeignKey("departments.Person", on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=120)
    signer_role = models.CharField(max_length=16)
    signed_at = models.DateTimeField()
    codes = models.JSONField(default=dict)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    remedy_delivered = models.CharField(max_length=12, blank=True)
    delivered_on = models.DateField(null=True)
    edition = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)
    remedies = models.JSONField(default=list)
    settled_by = models.CharField(max_length=24, blank=True)
    lesson = models.TextField(blank=True)
    alone_reason = models.TextField(blank=True)
    response = models.ForeignKey("cases.Response", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "section"], name="cases_sign_off_section_once")
        ]

    def __str__(self) -> str:
        return f"closing section {self.section} of case {self.case_id}"


DOCUMENT_KINDS = ("receipt", "letter", "sign_off")


class Document(models.Model):
    """A PDF about a case: asked for with the step, made by the worker, then never changed.

    ``subject`` is the key of the form, response or closing section that it shows. ``stored`` is empty until it is made.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12)
    subject = models.PositiveBigIntegerField()
    stored = models.CharField(max_length=40, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    sealed = models.BooleanField(default=False)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "subject"], name="cases_document_once"),
            models.CheckConstraint(condition=models.Q(kind__in=DOCUMENT_KINDS), name="cases_document_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportRun(models.Model):
    """A file of old cases being loaded: how far it came, and every row that was not taken and why."""

    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    mapping = models.CharField(max_length=24)
    position = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file_sha256", "mapping"], name="cases_import_once_per_file")
        ]

    def __str__(self) -> str:
        return f"import {self.file_name}"


class ImportedCase(models.Model):
    """The number that an imported case had where it came from; the same row is never taken twice."""

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=24)
    reference = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "reference"], name="cases_imported_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.reference}"
