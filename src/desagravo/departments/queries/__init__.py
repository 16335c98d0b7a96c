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
from desagravo.departments.queries.told import Told, contacts_of, mentionable, told, with_substitutes

__all__ = [
    "DepartmentView",
    "OrganisationView",
    "PersonView",
    "Told",
    "actor_for",
    "contacts_of",
    "department_names",
    "departments",
    "forget_organisation",
    "in_words",
    "is_alone",
    "mentionable",
    "names",
    "organisation",
    "people",
    "person",
    "teams",
    "told",
    "with_substitutes",
]
