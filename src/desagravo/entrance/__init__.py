"""The entrance for colleagues: signing in, who acts, the frame of a page, and how a refusal becomes a page.

Every door that signed-in staff use (desk, administration, operations, outgoing mail) takes it from here, so that a
page of any of them stands in the same frame and the same questions are asked before it.
"""

from desagravo.entrance.door import ask_first, door, staff, staff_acts, staff_reads
from desagravo.entrance.page import page, refused, see, sees_cases
from desagravo.entrance.problems import Problem, problems, wrong
from desagravo.entrance.request import StaffRequest

__all__ = [
    "Problem",
    "StaffRequest",
    "ask_first",
    "door",
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
