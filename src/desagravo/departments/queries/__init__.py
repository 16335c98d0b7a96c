"""What others may ask about the company."""

from desagravo.departments.queries.organisation import (
    DepartmentView,
    OrganisationView,
    department_names,
    departments,
    forget_organisation,
    in_words,
    organisation,
    teams,
)
from desagravo.departments.queries.people import PersonView, actor_for, is_alone, names, people, person

__all__ = [
    "DepartmentView",
    "OrganisationView",
    "PersonView",
    "actor_for",
    "department_names",
    "departments",
    "forget_organisation",
    "in_words",
    "is_alone",
    "names",
    "organisation",
    "people",
    "person",
    "teams",
]
