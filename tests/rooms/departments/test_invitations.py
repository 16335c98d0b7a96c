"""Invitations: one use, 72 hours, nobody invites themselves more rights, weak passwords are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.departments import actions, queries
from desagravo.departments.models import Invitation, Person
from desagravo.history.queries import since
from tests.cast import Cast, engage

pytestmark = pytest.mark.django_db
CHOSEN = "quiet lantern over the harbour"


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def invited(cast: Cast, **changes: object) -> actions.Invited:
    told = {"email": "Nova@casa.example", "name": "Nova Pessoa", "roles": [("handler", "")], "team": "desk", **changes}
    return actions.invite(actor=cast.xavier, **told)  # type: ignore[arg-type]


def newest_kinds(count: int) -> list[str]:
    return [each.kind for each in since(0)][-count:]


def test_who_is_invited_chooses_a_password_and_can_sign_in(cast: Cast) -> None:
    invitation = invited(cast)
    assert queries.somebody(str(invitation.person.pk)).state == "invited"  # type: ignore[union-attr]
    assert "Nova Pessoa" not in {
        each.name for each in queries.people("handler")
    }  # nobody gives work to who is not here
    person = actions.accept(invitation.token, password=CHOSEN, again=CHOSEN)
    assert person.check_password(CHOSEN) and person.is_active and person.email == "nova@casa.example"
    assert queries.actor_for(person).roles == {"handler"}
    assert newest_kinds(2) == ["person.invited", "person.joined"]


def test_the_token_is_kept_nowhere(cast: Cast) -> None:
    invitation = invited(cast)
    row = Invitation.objects.get()
    assert len(invitation.token) >= 43
    assert invitation.token not in {row.token_hash, str(row.__dict__)}


def test_a_link_works_once(cast: Cast) -> None:
    token = invited(cast).token
    actions.accept(token, password=CHOSEN, again=CHOSEN)
    with pytest.raises(NotYours):
        actions.accept(token, password="another long and calm one", again="another long and calm one")
    assert Person.objects.get(email="nova@casa.example").check_password(CHOSEN)


def test_after_72_hours_it_works_no_longer(cast: Cast) -> None:
    token = invited(cast).token
    with clock.at(clock.now() + timedelta(hours=71, minutes=59)):
        actions.invited_by(token)
    with clock.at(clock.now() + timedelta(hours=72, seconds=1)):
        with pytest.raises(NotYours):
            actions.accept(token, password=CHOSEN, again=CHOSEN)
        assert queries.everybody(words="Nova")[0].state == "expired"


@pytest.mark.parametrize("token", ["", " ", "\x00", "x" * 43, "x" * 5000])
def test_what_is_no_token_opens_nothing(cast: Cast, token: str) -> None:
    invited(cast)
    with pytest.raises(NotYours):
        actions.invited_by(token)


def test_inviting_again_withdraws_the_older_link(cast: Cast) -> None:
    first = invited(cast)
    second = actions.invite_again(str(first.person.pk), actor=cast.xavier)
    with pytest.raises(NotYours):
        actions.invited_by(first.token)
    assert actions.invited_by(second.token) == first.person


def test_a_withdrawn_invitation_opens_nothing(cast: Cast) -> None:
    invitation = invited(cast)
    actions.withdraw_invitation(str(invitation.person.pk), actor=cast.xavier)
    with pytest.raises(NotYours):
        actions.accept(invitation.token, password=CHOSEN, again=CHOSEN)
    assert newest_kinds(1) == ["person.invitation_withdrawn"]


def test_a_new_address_makes_the_link_to_the_old_one_worthless(cast: Cast) -> None:
    invitation = invited(cast)
    actions.change_person(
        str(invitation.person.pk), email="right@casa.example", name="Nova", team="", language="en", actor=cast.xavier
    )
    with pytest.raises(NotYours):
        actions.invited_by(invitation.token)


@pytest.mark.parametrize(
    "password", ["short", "123456789012", "casadeensaio1", "Desagravo-2026", "novapessoa-2026", "nova@casa.example"]
)
def test_passwords_that_others_would_try_first_are_refused(cast: Cast, password: str) -> None:
    token = invited(cast).token
    with pytest.raises(Missing) as refused:
        actions.accept(token, password=password, again=password)
    assert "password" in refused.value.fields
    actions.invited_by(token)  # the link is not used up


@pytest.mark.parametrize("password", [CHOSEN, "ação " * 40, "a" * 5 + " Casa de Ensaio and seven other words"])
def test_long_passwords_of_any_script_are_taken(cast: Cast, password: str) -> None:
    actions.accept(invited(cast).token, password=password, again=password)
    assert Person.objects.get(email="nova@casa.example").check_password(password)


def test_each_field_says_what_is_wrong_with_it(cast: Cast) -> None:
    with pytest.raises(Missing) as refused:
        invited(cast, email="RUI@casa.example", name=" ", roles=[("contact", "")], team="nowhere", language="xx")
    assert set(refused.value.fields) == {"email", "name", "roles", "team", "language"}


def test_only_administrators_invite(cast: Cast) -> None:
    for name in ("rui", "marta", "dora"):
        with pytest.raises(NotAllowed):
            actions.invite(email="a@b.example", name="A", roles=[("manager", "")], actor=cast.actor(name))


def test_who_is_here_needs_no_invitation(cast: Cast) -> None:
    with pytest.raises(NotNow):
        actions.invite_again(str(cast.person("rui").pk), actor=cast.xavier)
