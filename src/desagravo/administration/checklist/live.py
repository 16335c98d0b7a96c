"""What a point of the checklist asks this installation: facts that it knows of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desagravo.departments import queries as departments


def _contact() -> bool:
    """Do letters and pages name a telephone number or an address?"""
    house = departments.organisation()
    return bool(house.phone or house.email)


def _languages() -> bool:
    """Does the organisation write more than one language?"""
    return len(departments.organisation().languages) > 1


CHECKS: Mapping[str, Callable[[], bool]] = {"contact": _contact, "languages": _languages}
