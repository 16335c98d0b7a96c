"""Who has an app with codes signs with a code beside the password; each code signs once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.exceptions import ValidationError

from desagravo.cases import actions
from desagravo.common.refusals import Missing
from desagravo.departments.actions import access
from tests.cast import PASSWORD, Cast, answered, engage, fresh, kinds, section

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    cast = engage()
    TOTP.activate(cast.person("sofia"), SECRET)
    yield cast
    cache.clear()


def code(steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps)))


@pytest.mark.parametrize("wrong", ["", "000000", "abc"])
def test_the_password_alone_does_not_sign(cast: Cast, wrong: str) -> None:
    case = answered(cast)
    with pytest.raises(Missing) as refused:
        actions.sign_off(case, section=section(), password=PASSWORD, code=wrong, actor=cast.sofia)
    assert set(refused.value.fields) == {"code"}
    assert fresh(case).status == "answered" and kinds(case)[-1] == "sign_off.refused"


def test_password_and_code_sign_and_the_code_is_used_up(cast: Cast) -> None:
    case, other = answered(cast), answered(cast)
    now = code()
    # a form that lacks something, or a wrong password, does not use the code up
    with pytest.raises(Missing):
        actions.sign_off(case, section=section(codes={}), password=PASSWORD, code=now, actor=cast.sofia)
    with pytest.raises(Missing):
        actions.sign_off(case, section=section(), password="wrong", code=now, actor=cast.sofia)
    actions.sign_off(case, section=section(), password=PASSWORD, code=now, actor=cast.sofia)
    assert fresh(case).status == "closed"
    with pytest.raises(Missing):
        actions.sign_off(other, section=section(), password=PASSWORD, code=now, actor=cast.sofia)
    actions.sign_off(other, section=section(), password=PASSWORD, code=code(1), actor=cast.sofia)


def test_a_code_is_good_once_however_far_off_the_clock_of_the_telephone_is(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sofia = str(cast.person("sofia").pk)
    start = int(time.time()) // 30 * 30
    now = [start + 1]
    monkeypatch.setattr(totp, "time", SimpleNamespace(time=lambda: now[0]))
    early, later = (str(format_hotp_value(hotp_value(SECRET, start // 30 + step))) for step in (1, 2))
    assert access.code_is_right(sofia, early)
    for second in (2, 35, 70, 89):
        now[0] = start + second
        cache.clear()  # what is remembered does not lie there
        assert not access.code_is_right(sofia, early)
    assert access.code_is_right(sofia, later)
    assert not access.code_is_right(sofia, later)


def test_wrong_codes_count_with_wrong_passwords(cast: Cast) -> None:
    case = answered(cast)
    for _ in range(5):
        with pytest.raises(Missing):
            actions.sign_off(case, section=section(), password=PASSWORD, code="000000", actor=cast.sofia)
    with pytest.raises(Missing) as refused:
        actions.sign_off(case, section=section(), password=PASSWORD, code=code(), actor=cast.sofia)
    assert "password" in refused.value.fields


def test_who_has_no_app_signs_with_the_password(cast: Cast) -> None:
    case = answered(cast)
    actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.marta)
    assert fresh(case).status == "closed"


def test_who_has_only_a_passkey_signs_with_its_answer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sofia, case = cast.person("sofia"), answered(cast)
    Authenticator.objects.filter(user=sofia).delete()
    passkey = Authenticator.objects.create(user=sofia, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})

    def completes(person: object, answer: dict[str, str]) -> Authenticator:
        if person != sofia or answer != {"id": "right"}:
            raise ValidationError("wrong")
        return passkey

    monkeypatch.setattr(access.webauthn, "complete_authentication", completes)
    monkeypatch.setattr(access.webauthn, "clear_state", lambda: None)
    for wrong in ("", "{", '{"id": "wrong"}', "000000"):
        with pytest.raises(Missing) as refused:
            actions.sign_off(case, section=section(), password=PASSWORD, code=wrong, actor=cast.sofia)
        assert [each.code for each in refused.value.fields["code"]] == ["no_passkey"]
    actions.sign_off(case, section=section(), password=PASSWORD, code='{"id": "right"}', actor=cast.sofia)
    assert fresh(case).status == "closed"
