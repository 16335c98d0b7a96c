"""What happens in the company itself, as far as the record must know it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("person.joined", people=["person"])
@dataclass(frozen=True)
class PersonJoined:
    """Somebody can sign in from now on, with these roles."""

    person: str
    roles: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(person)s joined with the roles: %(roles)s.") % {
            "person": who(self.person),
            "roles": ", ".join(self.roles),
        }


@event_kind("department.established", departments=["department"])
@dataclass(frozen=True)
class DepartmentEstablished:
    """A department can be asked from now on."""

    department: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The department %(department)s was established.") % {"department": who.department(self.department)}
