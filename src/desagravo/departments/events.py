"""What happens in the company itself, as far as the record must know it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from desagravo.departments.role_words import in_words
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
            "roles": in_words(self.roles, who),
        }


@event_kind("department.established", departments=["department"])
@dataclass(frozen=True)
class DepartmentEstablished:
    """A department can be asked from now on."""

    department: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The department %(department)s was established.") % {"department": who.department(self.department)}


@event_kind("department.changed", departments=["department"])
@dataclass(frozen=True)
class DepartmentChanged:
    """A department has another name or purpose; its code stays, so the past still finds it."""

    department: str
    facts: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The department %(department)s was described anew.") % {"department": who.department(self.department)}


@event_kind("department.moved", departments=["department"])
@dataclass(frozen=True)
class DepartmentMoved:
    """A department stands at another place of the list."""

    department: str
    position: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The department %(department)s stands at place %(position)s of the list.") % {
            "department": who.department(self.department),
            "position": self.position + 1,
        }


@event_kind("department.merged", departments=["department", "into"])
@dataclass(frozen=True)
class DepartmentMerged:
    """Another department answers in the place of this one; ``questions`` that were open went over to it."""

    department: str
    into: str
    questions: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _(
            "The department %(department)s was merged into %(into)s; open questions that went over: %(count)s."
        ) % {
            "department": who.department(self.department),
            "into": who.department(self.into),
            "count": self.questions,
        }


@event_kind("department.retired", departments=["department"])
@dataclass(frozen=True)
class DepartmentRetired:
    """A department is asked nothing new."""

    department: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The department %(department)s was retired.") % {"department": who.department(self.department)}


@event_kind("organisation.established")
@dataclass(frozen=True)
class OrganisationEstablished:
    """The house is open: somebody said whose product this is, and can administer it."""

    country: str
    time_zone: str
    languages: list[str] = field(default_factory=list)

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The organisation was set up.")


@event_kind("organisation.changed")
@dataclass(frozen=True)
class OrganisationChanged:
    """The organisation says something else about itself; ``facts`` names what changed."""

    facts: list[str] = field(default_factory=list)

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The organisation changed: %(facts)s.") % {"facts": ", ".join(self.facts)}
