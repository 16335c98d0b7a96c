"""What happens to a case outside the house, who must approve, and what was coded anew."""

from typing import ClassVar

from django.db import models


class Referral(models.Model):
    """The case before a body outside (ISO 10003), or sent on to the entity that is responsible.

    ``kind``: ``external`` or ``forwarded``. ``file_handed_over_at``: when the whole file was given to the body.
    ``outcome`` and ``effect`` are codes of the closing codes book; ``words`` what the body said.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="referrals")
    kind = models.CharField(max_length=12)
    body = models.CharField(max_length=160)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    opened_on = models.DateField()
    answer_due_on = models.DateField(null=True)
    customer_told_at = models.DateTimeField(null=True)
    file_handed_over_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    effect = models.CharField(max_length=40, blank=True)
    words = models.TextField(blank=True)
    recorded_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-id"], name="cases_referrals")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RequiredApproval(models.Model):
    """An approval that the edition asks for before this text may leave: of which role, by which rule, who gave it.

    ``role`` is a rank or ``contact:`` with the code of a department; ``rule`` is ``edition#rule``, ``because`` all
    rules that ask for it. ``instead_of`` is the absent colleague in whose place it was given; ``alone`` says that there
    was nobody else, the reason stands with the response.
    """

    response = models.ForeignKey("cases.Response", on_delete=models.PROTECT, related_name="required_approvals")
    role = models.CharField(max_length=40)
    rule = models.CharField(max_length=120)
    because = models.JSONField(default=list)
    instead_of = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True)
    alone = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "role"], name="cases_approval_once_a_role")
        ]

    def __str__(self) -> str:
        return f"{self.role} by {self.rule}"


class Recoding(models.Model):
    """Closing codes given anew to a closed case, under a later list: both are kept, the signed sheet stays as it is."""

    sign_off = models.ForeignKey("cases.SignOff", on_delete=models.PROTECT, related_name="recodings")
    edition = models.CharField(max_length=40)
    codes = models.JSONField(default=dict)
    reason = models.TextField()
    by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"recoding {self.pk}"


class TryOut(models.Model):
    """A draft edition tried on past cases: what was asked, how far it is, what it found. Touches no case."""

    edition = models.CharField(max_length=40)
    edition_sha256 = models.CharField(max_length=64)
    from_day = models.DateField()
    to_day = models.DateField()
    state = models.CharField(max_length=12, default="waiting")
    position = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"try-out of {self.edition}"


class RetentionRun(models.Model):
    """A look at what may or must go, or the going itself: how many cases under which rulebook, and by whose word."""

    dry = models.BooleanField(default=True)
    state = models.CharField(max_length=12, default="waiting")
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"retention run {self.pk}"


class CaseMove(models.Model):
    """A case was moved on purpose to another edition of the rulebook, with a reason."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="edition_moves")
    before = models.CharField(max_length=40)
    after = models.CharField(max_length=40)
    reason = models.TextField()
    by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class EditionMove(models.Model):
    """All open cases of one edition are to be moved to another: asked for by a person, done by the worker.

    ``state``: waiting, done, stopped. ``position`` is the key of the last case that was looked at; ``left`` counts
    those that could not be moved. ``reason`` is written into every case and names nobody.
    """

    before = models.CharField(max_length=40)
    after = models.CharField(max_length=40)
    reason = models.TextField()
    state = models.CharField(max_length=12, default="waiting")
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveBigIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey("departments.Person", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
