"""What happens to the people who work here: how they come, what they may do, when they are away, how they leave."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from desagravo.common.dates import day
from desagravo.departments.role_words import in_words
from desagravo.history.registry import Who, event_kind


@event_kind("person.invited", people=["person"])
@dataclass(frozen=True)
class PersonInvited:
    """Somebody got a link with which to choose a password. ``roles`` as role or role:department."""

    person: str
    roles: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(person)s was invited with the roles: %(roles)s.") % {
            "person": who(self.person),
            "roles": in_words(self.roles, who),
        }


@event_kind("person.invitation_withdrawn", people=["person"])
@dataclass(frozen=True)
class InvitationWithdrawn:
    """The link no longer works, and nobody came."""

    person: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The invitation of %(person)s was withdrawn.") % {"person": who(self.person)}


@event_kind("person.roles_changed", people=["person"])
@dataclass(frozen=True)
class RolesChanged:
    """What somebody may do changed, from the next request on. Roles as role or role:department."""

    person: str
    granted: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        words = {
            "person": who(self.person),
            "granted": in_words(self.granted, who),
            "withdrawn": in_words(self.withdrawn, who),
        }
        if not self.withdrawn:
            return _("%(person)s got the roles: %(granted)s.") % words
        if not self.granted:
            return _("%(person)s lost the roles: %(withdrawn)s.") % words
        return _("%(person)s got the roles: %(granted)s, and lost: %(withdrawn)s.") % words


@event_kind("person.roles_refused", people=["person"])
@dataclass(frozen=True)
class RolesRefused:
    """Somebody tried to change what they themselves may do, or how they themselves stand. Nothing changed."""

    person: str
    verb: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(person)s tried to change their own rights; nothing changed.") % {"person": who(self.person)}


@event_kind("person.changed", people=["person"])
@dataclass(frozen=True)
class PersonChanged:
    """Name, e-mail address, team or language were put right. ``what`` names the columns, never the values."""

    person: str
    what: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        if "email" in self.what:
            return _("The e-mail address of %(person)s was changed.") % {"person": who(self.person)}
        return _("The entry of %(person)s was put right.") % {"person": who(self.person)}


@event_kind("person.left", people=["person", "cases_to"])
@dataclass(frozen=True)
class PersonLeft:
    """Somebody can no longer sign in. ``cases_to`` takes over the cases, "" where there were none."""

    person: str
    cases_to: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.cases_to:
            return _("%(person)s left; %(heir)s takes over.") % {
                "person": who(self.person),
                "heir": who(self.cases_to),
            }
        return _("%(person)s left.") % {"person": who(self.person)}


@event_kind("person.returned", people=["person"])
@dataclass(frozen=True)
class PersonReturned:
    """Somebody who had left can sign in again, after choosing a new password."""

    person: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(person)s is back.") % {"person": who(self.person)}


@event_kind("person.absence_set", people=["person", "substitute"])
@dataclass(frozen=True)
class AbsenceSet:
    """Somebody will be away on these days (ISO dates, both included)."""

    person: str
    first_day: str
    last_day: str
    substitute: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        words = {
            "person": who(self.person),
            "first": day(date.fromisoformat(self.first_day)),
            "last": day(date.fromisoformat(self.last_day)),
            "substitute": who(self.substitute) if self.substitute else "",
        }
        if self.substitute:
            return _("%(person)s is away from %(first)s to %(last)s; %(substitute)s stands in.") % words
        return _("%(person)s is away from %(first)s to %(last)s.") % words


@event_kind("person.absence_removed", people=["person"])
@dataclass(frozen=True)
class AbsenceRemoved:
    """An absence does not take place, or not any longer."""

    person: str
    first_day: str
    last_day: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The absence of %(person)s was taken back.") % {"person": who(self.person)}


@event_kind("person.sessions_ended", version=2, upcasts={1: lambda old: {**old, "everywhere": True}}, people=["person"])
@dataclass(frozen=True)
class SessionsEnded:
    """Somebody was signed out by somebody else: everywhere, or on one device that was lost."""

    person: str
    count: int
    everywhere: bool = True

    def sentence(self, who: Who) -> str:
        """For the history."""
        words = {"person": who(self.person)}
        if not self.everywhere:
            return _("One session of %(person)s was ended.") % words
        return _("%(person)s was signed out everywhere.") % words


@event_kind("person.second_factor_removed", people=["person"])
@dataclass(frozen=True)
class SecondFactorRemoved:
    """Somebody lost telephone or key; an administrator took the second factor off."""

    person: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The second factor of %(person)s was removed.") % {"person": who(self.person)}
