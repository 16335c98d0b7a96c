"""Who is likely the same customer."""

from django.db.models import QuerySet

from desagravo.common.text import fold
from desagravo.customers.models import Customer


def same_person(customer: Customer) -> QuerySet[Customer]:
    """The rows that have this customer's e-mail and name; only this one where there is no e-mail.

    Two people may share an address (a family, a shop), so the name must be the same too: a wrong guess would show one
    person's complaints to a colleague who reads about another.
    """
    if not customer.email:
        return Customer.objects.filter(pk=customer.pk)
    return Customer.objects.filter(email=customer.email, name__iexact=customer.name)


def one(key: int) -> Customer:
    """One customer. Raises Customer.DoesNotExist."""
    return Customer.objects.get(pk=key)


_LEAST_DIGITS = 6


def alike(told: str) -> set[int]:
    """Keys of the rows with this e-mail, telephone or name, whatever its case, accents, spaces and dashes.

    Who is found by one of them is found by the same e-mail in other rows too. Reads through all rows, without a limit
    that would leave somebody's case out: for the rare request of a person about the own data, not for lists.
    """
    wanted, digits = _plain(told), _digits(told)
    if not wanted:
        return set()
    found: set[int] = set()
    emails: set[str] = set()
    for row in Customer.objects.values_list("pk", "name", "email", "phone").iterator():
        key, name, email, phone = row
        by_phone = len(digits) >= _LEAST_DIGITS and _digits(phone).endswith(digits[-9:])
        if wanted in {_plain(name), email.casefold()} or by_phone:
            found.add(key)
            emails |= {email} - {""}
    return found | set(Customer.objects.filter(email__in=emails).values_list("pk", flat=True))


def _plain(text: str) -> str:
    return " ".join(fold(text).split())


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
