"""The first page, and what we keep about a customer: read before anything is asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from desagravo.cases import queries as cases
from desagravo.common.language import active
from desagravo.departments import queries as departments
from desagravo.portal.door import door, page
from desagravo.rulebook import queries as rulebook


@door("GET")
def welcome(request: HttpRequest) -> HttpResponse:
    """What happens with a complaint, and the way to the form."""
    context = {
        "house": departments.organisation(),
        "stages": rulebook.stages(active()),
        "days": {each.code: each.days for each in rulebook.targets()},
        "limits": rulebook.form_limits(),
    }
    return page(request, "welcome", context)


@door("GET")
def privacy(request: HttpRequest) -> HttpResponse:
    """What we keep, why, and who reads it."""
    house = departments.organisation()
    context = {
        "house": house,
        "limits": rulebook.form_limits(),
        "kept": cases.how_long_kept(active()),
        "authority": cases.supervisor_of_data(departments.days_of().place.country, active()),
    }
    return page(request, "privacy", context)
