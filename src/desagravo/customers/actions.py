"""Knowing a customer again, or for the first time."""

from desagravo.common import clock
from desagravo.customers.models import Customer


def know(*, name: str, email: str, phone: str, postal_address: str, language: str) -> Customer:
    """The customer with this e-mail and name, or a new one.

    Two people may share an address (a family, a shop), so the name must be the same too; a wrong guess
    would show one person's history to a handler who reads about another.
    """
    email = email.lower()
    if email:
        known = Customer.objects.filter(email=email, name__iexact=name).first()
        if known:
            return _brought_up_to_date(known, phone=phone, postal_address=postal_address, language=language)
    return Customer.objects.create(
        name=name, email=email, phone=phone, postal_address=postal_address, language=language, created_at=clock.now()
    )


def strangers(count: int, *, language: str) -> list[Customer]:
    """So many customers of whom nothing is known: cases taken over from data without names have one each."""
    return Customer.objects.bulk_create([Customer(language=language, created_at=clock.now()) for _ in range(count)])


def _brought_up_to_date(customer: Customer, **told: str) -> Customer:
    changed = [field for field, value in told.items() if value and getattr(customer, field) != value]
    for field in changed:
        setattr(customer, field, told[field])
    if changed:
        customer.save(update_fields=changed)
    return customer
