"""Knowing a customer again, or for the first time."""

from desagravo.common import clock
from desagravo.customers.models import Customer


def know(*, name: str, email: str, phone: str, postal_address: str, language: str) -> Customer:
    """The customer of whom exactly this is known, or a new one. What is known already is never changed.

    Whoever fills in a form may call themselves anybody. So a form can add a customer, but not tell us a new postal
    address or telephone number of one whose letters are on their way. ``customers.queries.same_person`` says which
    rows are likely one person.
    """
    told = {"email": email.lower(), "phone": phone, "postal_address": postal_address, "language": language}
    known = Customer.objects.filter(name=name, **told).order_by("pk").first() if email else None
    return known or Customer.objects.create(name=name, **told, created_at=clock.now())


def strangers(count: int, *, language: str) -> list[Customer]:
    """So many customers of whom nothing is known: cases taken over from data without names have one each."""
    return Customer.objects.bulk_create([Customer(language=language, created_at=clock.now()) for _ in range(count)])


def forget(customer: int) -> None:
    """Remove what is known of a customer whom no case names any more."""
    Customer.objects.filter(pk=customer).delete()
