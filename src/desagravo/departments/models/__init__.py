"""The nouns of the company. Touched only inside this room."""

from desagravo.departments.models.access import Invitation, SignIn
from desagravo.departments.models.calendar import ClosedDay, ConfirmedYear, Establishment
from desagravo.departments.models.organisation import Department, Organisation, Team
from desagravo.departments.models.people import NOTICES, ROLES, Absence, Person, PersonManager, RoleGrant

__all__ = [
    "NOTICES",
    "ROLES",
    "Absence",
    "ClosedDay",
    "ConfirmedYear",
    "Department",
    "Establishment",
    "Invitation",
    "Organisation",
    "Person",
    "PersonManager",
    "RoleGrant",
    "SignIn",
    "Team",
]
