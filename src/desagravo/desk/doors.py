"""What every page of the desk takes from the entrance (``desagravo.entrance``): who acts, the frame, the refusals.

Templates extend ``desk/base.html``.
"""

from desagravo.entrance import (
    Problem,
    StaffRequest,
    page,
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
