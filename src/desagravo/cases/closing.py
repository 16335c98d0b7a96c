"""What the closing section needs to know on both sides, in actions and in queries."""

from typing import Final

from desagravo.departments import queries as departments

CURRENCIES = ("EUR", "BRL", "USD", "GBP")
DETAILS: Final = ("reason", "evidence", "related_case", "body", "next_option")
"""What codes may require in words; each has a field of its own, ``detail_<code>``."""


def currencies() -> tuple[str, ...]:
    """In which relief may have been given: that of the house first."""
    house = departments.organisation().currency
    return (house, *(each for each in CURRENCIES if each != house))
