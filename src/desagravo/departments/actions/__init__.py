"""What changes the company: one file for each kind of thing."""

from desagravo.departments.actions.organisation import establish_departments, establish_organisation, establish_team
from desagravo.departments.actions.people import add_person, set_preferences

__all__ = ["add_person", "establish_departments", "establish_organisation", "establish_team", "set_preferences"]
