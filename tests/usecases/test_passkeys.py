"""Passkeys: made by who has signed in, good for one site, one challenge and one key; both factors in one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tests.usecases.authenticator import Authenticator
from tests.usecases.lives import MAKER, OEM
from tests.usecases.people import Clock, peopled

from suyuan.rights.words import Role
from suyuan.usecases import accounts, factors, passkeys
from suyuan.usecases import signing_in as sign
from suyuan.usecases.passkeys import PasskeyRefused, Site
from suyuan.usecases.signing_in import NotSignedIn
from suyuan.usecases.workspace import Workspace

SITE = Site("suyuan.example", "https://suyuan.example")
WORD = "long enough to be a password"


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(factors, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    factors._no_password.cache_clear()
    with peopled(tmp_path / "w", Clock()) as made:
        yield made


def signed_in(space: Workspace, login: str, tenant: str = MAKER) -> sign.Session:
    by = accounts.operator(space)
    made = accounts.add_user(space, by, login=login, name="", tenant=tenant, role=Role.VIEWER)
    sign.accept_invitation(space, made.token, WORD)
    return sign.sign_in(space, login, WORD)


def registered(space: Workspace, session: sign.Session, key: Authenticator) -> bytes:
    asked = passkeys.registering(space, session.token, SITE)
    return passkeys.register(space, session.token, asked.token, key.make(asked.options), SITE, label="phone")


def test_a_passkey_signs_in_with_both_factors(space: Workspace) -> None:
    session, key = signed_in(space, "a"), Authenticator(SITE.origin)
    accounts.grant_role(space, accounts.operator(space), session.account, tenant=MAKER, role=Role.FIRM_ADMIN)
    registered(space, session, key)
    asked = passkeys.signing_in(space, SITE)
    grant = space.accounts.people.grants(session.account)[1].id
    found = passkeys.sign_in(space, asked.token, key.sign(asked.options), SITE, grant=grant)
    assert (found.account, found.needs) == (session.account, "nothing")
    assert sign.who(space, found.token).role is Role.FIRM_ADMIN


def test_an_answer_is_good_once_and_for_its_own_question(space: Workspace) -> None:
    key = Authenticator(SITE.origin)
    registered(space, signed_in(space, "a"), key)
    first, second = passkeys.signing_in(space, SITE), passkeys.signing_in(space, SITE)
    answer = key.sign(first.options)
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(space, second.token, answer, SITE)
    passkeys.sign_in(space, first.token, answer, SITE)
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(space, first.token, answer, SITE)


def test_a_question_ends_after_some_minutes(space: Workspace) -> None:
    key = Authenticator(SITE.origin)
    registered(space, signed_in(space, "a"), key)
    asked = passkeys.signing_in(space, SITE)
    space.clock.pass_(minutes=5)  # type: ignore[attr-defined]
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(space, asked.token, key.sign(asked.options), SITE)


@pytest.mark.parametrize("wrong", ["origin", "unverified", "key", "copied", "unknown", "nonsense"])
def test_what_is_not_the_persons_own_answer_is_refused(space: Workspace, wrong: str) -> None:
    key = Authenticator(SITE.origin)
    registered(space, signed_in(space, "a"), key)
    if wrong == "copied":
        for _ in range(3):
            asked = passkeys.signing_in(space, SITE)
            passkeys.sign_in(space, asked.token, key.sign(asked.options), SITE)
    asked = passkeys.signing_in(space, SITE)
    other = Authenticator(SITE.origin)
    forged = {
        "origin": Authenticator("https://suyuan.example.evil", id=key.id, key=key.key),
        "unverified": Authenticator(SITE.origin, verifies=False, id=key.id, key=key.key),
        "key": Authenticator(SITE.origin, id=key.id, key=other.key),
        "copied": Authenticator(SITE.origin, id=key.id, key=key.key, uses=1),  # its count is behind
        "unknown": other,
        "nonsense": key,
    }[wrong]
    answer = "{}" if wrong == "nonsense" else forged.sign(asked.options)
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(space, asked.token, answer, SITE)


def test_a_passkey_is_made_for_the_session_that_asked_and_for_nobody_else(space: Workspace) -> None:
    one, other, key = signed_in(space, "a"), signed_in(space, "b", OEM), Authenticator(SITE.origin)
    asked = passkeys.registering(space, one.token, SITE)
    with pytest.raises(PasskeyRefused):
        passkeys.register(space, other.token, asked.token, key.make(asked.options), SITE, label="x")
    with pytest.raises(NotSignedIn):
        passkeys.registering(space, "no session", SITE)
    made = registered(space, one, key)
    with pytest.raises(PasskeyRefused):  # a second account cannot take the same key
        registered(space, other, Authenticator(SITE.origin, id=key.id))
    with pytest.raises(accounts.UnknownAccount):
        passkeys.remove(space, other.token, made)
    passkeys.remove(space, one.token, made)
    asked = passkeys.signing_in(space, SITE)
    with pytest.raises(PasskeyRefused):
        passkeys.sign_in(space, asked.token, key.sign(asked.options), SITE)
