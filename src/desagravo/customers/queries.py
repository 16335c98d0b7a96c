"""Who is likely the same customer."""

from django.db.models import QuerySet

from desagravo.customers.models import Customer


def same_person(customer: Customer) -> QuerySet[Customer]:
    """The rows that have this customer's e-mail and name; only this one where there is no e-mail.

    Two people may share an address (a family, a shop), so the name must be the same too: a wrong guess would show one
    person's complaints to a colleague who reads about another.
    """
    if not customer.email:
        return Customer.objects.filter(pk=customer.pk)
    return Customer.objects.filter(email=customer.email, name__iexact=customer.name)
