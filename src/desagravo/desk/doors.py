"""What every page of the desk takes from the entrance (``desagravo.entrance``): who acts, the frame, the refusals.

Templates extend ``desk/base.html``.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from desagravo import entrance
from desagravo.desk.looking import note_page
from desagravo.entrance import (
    Problem,
    StaffRequest,
    problems,
    refused,
    see,
    sees_cases,
    staff,
    staff_acts,
    staff_reads,
    wrong,
)

__all__ = [
    "Problem",
    "StaffRequest",
    "page",
    "problems",
    "refused",
    "see",
    "sees_cases",
    "staff",
    "staff_acts",
    "staff_reads",
    "wrong",
]


def page(
    request: StaffRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of the entrance. One with a ``case`` on it is a look at that case, whatever led to it."""
    response = entrance.page(request, template, context, status=status)
    note_page(request, context or {})
    return response
