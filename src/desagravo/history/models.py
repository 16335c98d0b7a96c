"""The tables of the history. Nothing outside this room touches them."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One thing that happened. Rows are only ever added; triggers of the database refuse everything else.

    ``payload`` is the canonical JSON that was hashed, kept as it was: the columns beside it repeat what is looked
    up, and ``verify`` compares them. ``n`` counts within the case from 1; events without a case have none, so that
    one plain index serves (SQLite does not see when a partial one would do).
    """

    seq = models.BigIntegerField(primary_key=True)
    case_number = models.CharField(max_length=32)
    n = models.PositiveIntegerField(null=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    department = models.CharField(max_length=64)
    because = models.CharField(max_length=200)
    payload = models.TextField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_number", "n"], name="history_event_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class ChainHead(models.Model):
    """The counter: one row with the last event's number and hash, locked while an event is added.

    Numbers without gaps need it (sequences of PostgreSQL have gaps), and it gives away a missing last event.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="history_one_head")]

    def __str__(self) -> str:
        return str(self.seq)


class Salt(models.Model):
    """The salt of one commitment. It may be erased together with the content that it was made for."""

    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    piece = models.CharField(max_length=64)
    salt = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "piece"], name="history_salt_of_piece")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.piece}"


class Delivery(models.Model):
    """Work that one subscriber still has to do, or has done, after one event.

    ``due_at`` is when it may next be claimed: the wished moment while it waits, the end of the lease while somebody
    works on it, empty when it is done or dead. ``lease_token`` grows with every claim, so that a worker that was
    away too long cannot write over its successor.
    """

    WAITING, LEASED, DONE, DEAD = "waiting", "leased", "done", "dead"

    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    subscriber = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default=WAITING)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    lease_token = models.PositiveIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    progress_words = models.CharField(max_length=64, default="", blank=True)
    last_error = models.CharField(max_length=500, default="", blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="history_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "leased"], due_at__isnull=False, ended_at__isnull=True)
                | Q(state__in=["done", "dead"], due_at__isnull=True, ended_at__isnull=False),
                name="history_delivery_state",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="history_delivery_progress"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="history_delivery_due"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="history_delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.subscriber} {self.state}"


class Checkpoint(models.Model):
    """A signed statement about a stretch of the chain, also published outside the database.

    ``payload`` is the canonical text that was signed (number, first and last event, their count, Merkle root of their
    hashes, head of the chain, the checkpoint before); the columns repeat what is looked for.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    first_seq = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    key_id = models.CharField(max_length=32)
    signature = models.CharField(max_length=200)
    payload = models.TextField()

    def __str__(self) -> str:
        return f"checkpoint {self.number}"
