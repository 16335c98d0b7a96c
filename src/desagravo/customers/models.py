"""A customer, as they told us who they are. Nothing here is verified unless it says so."""

from django.db import models


class Customer(models.Model):
    """Somebody who complained, as one form said it: rows are added and never changed, see ``actions.know``."""

    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal_address = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["email"], name="customers_email"),)

    def __str__(self) -> str:
        return f"customer {self.pk}"
