"""Accounts: who may make, change and erase them; signing in with two factors; sessions, keys; what is left of who is erased."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from tests.usecases.lives import MAKER, OEM, born
from tests.usecases.people import Clock, peopled
from tests.worlds import record

from suyuan.rights.deciding import Forbidden
from suyuan.rights.principal import Principal
from suyuan.rights.words import Role, Verb
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant
from suyuan.usecases import accounts, factors
from suyuan.usecases import signing_in as sign
from suyuan.usecases.accounts import AccountRefused, LoginTaken, UnknownAccount
from suyuan.usecases.signing_in import NotSignedIn, PasswordRefused, Session
from suyuan.usecases.workspace import Workspace, open_workspace

WORD = "long enough to be a password"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that costs nothing: what it costs in earnest has a test of its own."""
    monkeypatch.setattr(factors, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    factors._no_password.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def space(tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with peopled(tmp_path / "w", clock) as made:
        yield made


def user(space: Workspace, login: str, role: Role, tenant: str = MAKER, **more: object) -> str:
    """An account with a password."""
    made = accounts.add_user(
        space, accounts.operator(space), login=login, name=f"Name of {login}", tenant=tenant, role=role, **more  # type: ignore[arg-type]
    )  # fmt: skip
    return sign.accept_invitation(space, made.token, WORD)


def principal(space: Workspace, account: str) -> Principal:
    (grant, *_) = space.accounts.people.grants(account)
    return Principal(grant.tenant, grant.role, account, grant.area, grant.until)


def enrolled(space: Workspace, login: str) -> tuple[Session, pyotp.TOTP, list[str]]:
    """Signed in with a second factor that was just set up."""
    session = sign.sign_in(space, login, WORD)
    totp = pyotp.TOTP(sign.enrol_totp(space, session.token).secret)
    session, codes = sign.confirm_totp(space, session.token, totp.at(space.clock()))
    return session, totp, codes


# -- who may manage whom


def test_a_firm_manages_its_own_accounts_and_no_others(space: Workspace) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    stranger = user(space, "stranger", Role.VIEWER, OEM)
    made = accounts.add_user(space, head, login="clerk", name="", tenant=MAKER, role=Role.ENTRY)
    assert [each.login for each in accounts.users(space, head)] == ["clerk", "head"]
    with pytest.raises(Forbidden):
        accounts.add_user(space, head, login="spy", name="", tenant=OEM, role=Role.VIEWER)
    for verb in (accounts.erase_user, accounts.invite_again):
        with pytest.raises(UnknownAccount):
            verb(space, head, stranger)
    accounts.erase_user(space, head, made.account)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.FIRM_ADMIN, Role.OPERATOR)])
def test_who_manages_nobody_manages_nobody(space: Workspace, role: Role, clock: Clock) -> None:
    by = Principal(MAKER, role, "x", "61", clock.now + timedelta(days=1))
    with pytest.raises(Forbidden):
        accounts.users(space, by)
    with pytest.raises(Forbidden):
        accounts.add_user(space, by, login="y", name="", tenant=MAKER, role=Role.VIEWER)
    with pytest.raises(Forbidden):
        accounts.erase_user(space, by, "z")


@pytest.mark.parametrize("role", [Role.PARK, Role.CITY, Role.PROVINCE, Role.OPERATOR, Role.PUBLIC])
def test_a_firm_gives_no_role_above_its_own(space: Workspace, role: Role) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    with pytest.raises(Forbidden):
        accounts.add_user(space, head, login="y", name="", tenant=MAKER, role=role, area="61")


def test_a_firm_has_no_hold_on_an_account_to_which_the_operator_gave_more(space: Workspace) -> None:
    """A new password of such an account would be a way up."""
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    colleague = user(space, "colleague", Role.VIEWER)
    given = accounts.grant_role(
        space, accounts.operator(space), colleague, tenant=OEM, role=Role.PROVINCE, area="61"
    )
    for verb in (accounts.invite_again, accounts.erase_user):
        with pytest.raises(UnknownAccount):
            verb(space, head, colleague)
    with pytest.raises(UnknownAccount):
        accounts.revoke_role(space, head, colleague, given.id)


def test_an_auditor_has_an_end_and_an_area_only_from_the_operator(space: Workspace, clock: Clock) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))

    def add(by: Principal, **more: object) -> None:
        accounts.add_user(space, by, login="auditor", name="", tenant=MAKER, role=Role.AUDITOR, **more)  # type: ignore[arg-type]

    for until in (None, clock.now, clock.now + timedelta(days=93)):
        with pytest.raises(AccountRefused):
            add(head, until=until)
    with pytest.raises(AccountRefused):
        add(head, until=clock.now + timedelta(days=5), area="61")
    add(head, until=clock.now + timedelta(days=5))


@pytest.mark.parametrize("area", ["", "6", "61x", "６１", "6105020"])
def test_a_regulator_needs_an_area_that_can_be_one(space: Workspace, area: str) -> None:
    with pytest.raises(AccountRefused):
        user(space, "city", Role.CITY, area=area)


def test_a_login_is_one_however_it_is_typed(space: Workspace) -> None:
    user(space, "Li.Na", Role.VIEWER)
    with pytest.raises(LoginTaken):
        user(space, " ｌi.NA", Role.VIEWER)
    assert sign.sign_in(space, "LI.NA", WORD).needs == "nothing"


def test_a_time_box_shuts_session_and_key_on_the_instant(space: Workspace, clock: Clock) -> None:
    until = clock.now + timedelta(minutes=10)
    user(space, "auditor", Role.AUDITOR, until=until)
    session = sign.sign_in(space, "auditor", WORD)
    assert sign.who(space, session.token).until == until
    clock.now = until
    for refused in (lambda: sign.who(space, session.token), lambda: sign.sign_in(space, "auditor", WORD)):
        with pytest.raises(NotSignedIn):
            refused()


# -- passwords


@pytest.mark.parametrize(
    "word", ["short", "x" * 129, "aaaaaaaaaaaaaaaa", "name of head ab", "suyuansuyuan1212", f"{MAKER}11"]
)
def test_a_weak_password_is_refused_and_the_invitation_stays(space: Workspace, word: str) -> None:
    made = accounts.add_user(
        space, accounts.operator(space), login="head", name="Name of head", tenant=MAKER, role=Role.VIEWER
    )
    with pytest.raises(PasswordRefused):
        sign.accept_invitation(space, made.token, word)
    assert sign.accept_invitation(space, made.token, "密码可以是任何文字，包括空格 与标点") == made.account


def test_an_invitation_is_good_once_for_seven_days_and_only_the_last(space: Workspace, clock: Clock) -> None:
    made = accounts.add_user(
        space, accounts.operator(space), login="a", name="", tenant=MAKER, role=Role.VIEWER
    )
    again = accounts.invite_again(space, accounts.operator(space), made.account)
    for token, after in ((made.token, 0), (again.token, 8), ("", 0)):
        clock.pass_(days=after)
        with pytest.raises(NotSignedIn):
            sign.accept_invitation(space, token, WORD)
    last = accounts.invite_again(space, accounts.operator(space), made.account)
    sign.accept_invitation(space, last.token, WORD)
    with pytest.raises(NotSignedIn):
        sign.accept_invitation(space, last.token, WORD)


def test_a_new_password_ends_the_other_sessions(space: Workspace) -> None:
    user(space, "a", Role.VIEWER)
    here, elsewhere = sign.sign_in(space, "a", WORD), sign.sign_in(space, "a", WORD)
    with pytest.raises(NotSignedIn):
        sign.change_password(space, here.token, "not the old one", "another long password")
    sign.change_password(space, here.token, WORD, "another long password")
    assert sign.who(space, here.token)
    with pytest.raises(NotSignedIn):
        sign.who(space, elsewhere.token)
    with pytest.raises(NotSignedIn):
        sign.sign_in(space, "a", WORD)


def test_passwords_are_hashed_with_argon2id_as_the_rows_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    hashed = factors.hash_password(WORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert factors.password_fits(hashed, WORD)
    assert not factors.password_fits(None, WORD)


# -- lockout


def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour(space: Workspace, clock: Clock) -> None:
    user(space, "a", Role.VIEWER)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign.sign_in(space, "a", "wrong")
    clock.pass_(minutes=14, seconds=59)
    with pytest.raises(NotSignedIn):
        sign.sign_in(space, "a", WORD)
    clock.pass_(seconds=1)
    assert sign.sign_in(space, "a", WORD)


def test_four_wrong_ones_are_forgotten_with_a_right_one(space: Workspace) -> None:
    user(space, "a", Role.VIEWER)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(NotSignedIn):
                sign.sign_in(space, "a", "wrong")
        sign.sign_in(space, "a", WORD)


def test_guessing_the_code_locks_too_and_the_password_does_not_reset_it(space: Workspace) -> None:
    user(space, "head", Role.FIRM_ADMIN)
    _, totp, _ = enrolled(space, "head")
    for n in range(5):
        session = sign.sign_in(space, "head", WORD)
        with pytest.raises(NotSignedIn):
            sign.second_factor(space, session.token, f"{(int(totp.at(space.clock())) + n + 1) % 10**6:06d}")
    with pytest.raises(NotSignedIn):
        sign.sign_in(space, "head", WORD)


def test_every_refusal_is_the_same_sentence(space: Workspace) -> None:
    account = user(space, "a", Role.VIEWER)
    told = set()
    for login, word in (("a", "wrong"), ("nobody", WORD), ("", "")):
        with pytest.raises(NotSignedIn) as wrong:
            sign.sign_in(space, login, word)
        told.add((wrong.value.sentence.zh, wrong.value.sentence.en))
    accounts.erase_user(space, accounts.operator(space), account)
    for credential in ("", "sy_x", "sy_x_y", "nonsense"):
        with pytest.raises(NotSignedIn) as wrong:
            sign.who(space, credential)
        told.add((wrong.value.sentence.zh, wrong.value.sentence.en))
    assert len(told) == 1


# -- the second factor


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130")],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(second: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # its appendix B: "12345678901234567890", SHA-1; ours are the last six digits
    now = datetime.fromtimestamp(second, tz=parse_instant("2026-01-01T00:00:00Z").tzinfo)
    assert factors.totp_step(secret, code[-6:], now) == second // 30
    assert factors.totp_step(secret, code[-6:], now + timedelta(seconds=30)) == second // 30
    assert factors.totp_step(secret, code[-6:], now + timedelta(seconds=61)) is None
    assert factors.totp_step(secret, "０" + code[-5:], now) is None


def test_roles_that_can_do_harm_need_a_second_factor(space: Workspace) -> None:
    user(space, "head", Role.FIRM_ADMIN)
    session = sign.sign_in(space, "head", WORD)
    assert session.needs == "enrolment"
    with pytest.raises(NotSignedIn):
        sign.who(space, session.token)
    session, _, _ = enrolled(space, "head")
    assert sign.who(space, session.token).role is Role.FIRM_ADMIN


def test_a_code_is_good_for_once(space: Workspace, clock: Clock) -> None:
    user(space, "head", Role.FIRM_ADMIN)
    _, totp, _ = enrolled(space, "head")
    first = sign.sign_in(space, "head", WORD)
    with pytest.raises(NotSignedIn):  # the code that confirmed is used up
        sign.second_factor(space, first.token, totp.at(clock.now))
    clock.pass_(seconds=30)
    code = totp.at(clock.now)
    assert sign.who(space, sign.second_factor(space, first.token, code).token)
    second = sign.sign_in(space, "head", WORD)
    with pytest.raises(NotSignedIn):
        sign.second_factor(space, second.token, code)
    with pytest.raises(NotSignedIn):  # nor one before it, within the steps that a slow clock is allowed
        sign.second_factor(space, second.token, totp.at(clock.now - timedelta(seconds=30)))


def test_a_half_signed_in_session_opens_nothing_and_ends_soon(space: Workspace, clock: Clock) -> None:
    user(space, "head", Role.FIRM_ADMIN)
    _, totp, _ = enrolled(space, "head")
    half = sign.sign_in(space, "head", WORD)
    for refused in (sign.who, sign.enrol_totp, sign.new_recovery_codes):
        with pytest.raises(NotSignedIn):
            refused(space, half.token)
    clock.pass_(minutes=5)
    with pytest.raises(NotSignedIn):
        sign.second_factor(space, half.token, totp.at(clock.now))


def test_recovery_codes_are_good_once_each(space: Workspace) -> None:
    user(space, "head", Role.FIRM_ADMIN)
    _, _, codes = enrolled(space, "head")
    assert len(set(codes)) == 10
    half = sign.sign_in(space, "head", WORD)
    full = sign.second_factor(space, half.token, codes[3].upper())
    half = sign.sign_in(space, "head", WORD)
    with pytest.raises(NotSignedIn):
        sign.second_factor(space, half.token, codes[3])
    fresh = sign.new_recovery_codes(space, full.token)
    with pytest.raises(NotSignedIn):
        sign.second_factor(space, half.token, codes[4])
    assert sign.second_factor(space, half.token, fresh[0])


def test_lost_factors_are_reset_by_another_and_the_password_stays(space: Workspace) -> None:
    account = user(space, "head", Role.FIRM_ADMIN)
    session, _, codes = enrolled(space, "head")
    with pytest.raises(Forbidden):
        accounts.reset_factors(space, sign.who(space, session.token), account)
    other = principal(space, user(space, "other", Role.FIRM_ADMIN, OEM))
    with pytest.raises(UnknownAccount):
        accounts.reset_factors(space, other, account)
    accounts.reset_factors(space, principal(space, user(space, "second", Role.FIRM_ADMIN)), account)
    with pytest.raises(NotSignedIn):
        sign.who(space, session.token)
    half = sign.sign_in(space, "head", WORD)
    assert half.needs == "enrolment"
    with pytest.raises(NotSignedIn):
        sign.second_factor(space, half.token, codes[0])


# -- sessions


def test_a_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours(
    space: Workspace, clock: Clock
) -> None:
    user(space, "a", Role.VIEWER)
    session = sign.sign_in(space, "a", WORD)
    for _ in range(24):
        clock.pass_(minutes=29)
        assert sign.who(space, session.token).tenant == MAKER
    clock.pass_(minutes=24)
    with pytest.raises(NotSignedIn):
        sign.who(space, session.token)
    session = sign.sign_in(space, "a", WORD)
    clock.pass_(minutes=30)
    with pytest.raises(NotSignedIn):
        sign.who(space, session.token)


def test_signing_out_and_losing_the_role_end_a_session(space: Workspace) -> None:
    account = user(space, "a", Role.VIEWER)
    one, two = sign.sign_in(space, "a", WORD), sign.sign_in(space, "a", WORD)
    sign.sign_out(space, one.token)
    sign.sign_out(space, "never was one")
    assert sign.who(space, two.token)
    (grant,) = space.accounts.people.grants(account)
    accounts.revoke_role(space, accounts.operator(space), account, grant.id)
    for token in (one.token, two.token):
        with pytest.raises(NotSignedIn):
            sign.who(space, token)


def test_an_administrator_ends_the_sessions_of_an_account(space: Workspace) -> None:
    account = user(space, "a", Role.VIEWER)
    session = sign.sign_in(space, "a", WORD)
    accounts.end_sessions(space, principal(space, user(space, "head", Role.FIRM_ADMIN)), account)
    with pytest.raises(NotSignedIn):
        sign.who(space, session.token)


def test_a_session_stands_in_the_role_that_was_chosen(space: Workspace) -> None:
    account = user(space, "a", Role.VIEWER)
    entry = accounts.grant_role(space, accounts.operator(space), account, tenant=OEM, role=Role.ENTRY)
    found = sign.who(space, sign.sign_in(space, "a", WORD, grant=entry.id).token)
    assert (found.tenant, found.role, found.account) == (OEM, Role.ENTRY, account)
    with pytest.raises(NotSignedIn):
        sign.sign_in(space, "a", WORD, grant=entry.id + 1)


# -- keys


def key(space: Workspace, by: Principal, **more: object) -> accounts.NewKey:
    asked = {
        "account": by.account,
        "grant": 1,
        "label": "erp",
        "verbs": frozenset({Verb.CAPTURE}),
        "until": space.clock() + timedelta(days=30),
    }
    return accounts.make_key(space, by, **(asked | more))  # type: ignore[arg-type]


def test_a_key_does_what_it_is_for_until_it_ends(space: Workspace, clock: Clock) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    made = key(space, head)
    found = sign.who(space, made.secret)
    assert (found.tenant, found.account, found.only) == (MAKER, head.account, frozenset({Verb.CAPTURE}))
    assert accounts.keys(space, head)[0].last_at == clock.now
    clock.pass_(days=30)
    with pytest.raises(NotSignedIn):
        sign.who(space, made.secret)


def test_a_key_that_is_revoked_or_misspelt_opens_nothing(space: Workspace) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    made, other = key(space, head), key(space, head, label="other")
    swapped = f"sy_{made.key.id}_{other.secret.split('_', 2)[2]}"
    for secret in (made.secret[:-1], made.secret + "x", swapped, f"sy_{made.key.id}_"):
        with pytest.raises(NotSignedIn):
            sign.who(space, secret)
    accounts.revoke_key(space, head, made.key.id)
    with pytest.raises(NotSignedIn):
        sign.who(space, made.secret)
    assert sign.who(space, other.secret)


def test_keys_are_for_ones_own_account_for_verbs_of_its_role_and_for_a_year(
    space: Workspace, clock: Clock
) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    clerk = user(space, "clerk", Role.ENTRY)
    with pytest.raises(Forbidden):
        key(space, head, account=clerk, grant=2)  # four eyes would be one head
    for verbs in ({Verb.DECIDE_CASE}, {Verb.USERS}, {Verb.APPROVE_CORRECTION}, {Verb.KEYS}, set()):
        with pytest.raises(AccountRefused):
            key(space, head, verbs=frozenset(verbs))
    for until in (clock.now, clock.now + timedelta(days=367)):
        with pytest.raises(AccountRefused):
            key(space, head, until=until)
    with pytest.raises(UnknownAccount):
        key(space, head, grant=2)
    with pytest.raises(Forbidden):
        key(space, principal(space, clerk))


def test_a_firm_neither_sees_nor_ends_keys_of_another(space: Workspace) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    other = principal(space, user(space, "other", Role.FIRM_ADMIN, OEM))
    made = key(space, head)
    assert accounts.keys(space, other) == []
    with pytest.raises(UnknownAccount):
        accounts.revoke_key(space, other, made.key.id)


# -- what stands on disk, and what is left


def everything_on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_no_secret_stands_on_disk_in_clear(space: Workspace) -> None:
    user(space, "head", Role.FIRM_ADMIN)
    session, totp, codes = enrolled(space, "head")
    by = sign.who(space, session.token)
    made = key(space, by)
    held = everything_on_disk(space.directory)
    for secret in (
        WORD,
        session.token,
        totp.secret,
        codes[0],
        codes[0].replace("-", ""),
        made.secret.split("_", 2)[2],
    ):
        assert secret.encode() not in held
    for name in ("accounts.sqlite", "accounts.sqlite-wal", "accounts.key"):
        assert (space.directory / name).stat().st_mode & 0o077 == 0


def test_erasing_leaves_no_trace_of_the_person_and_every_proof(space: Workspace) -> None:
    account = user(space, "zhang.wei", Role.FIRM_ADMIN)
    session, *_ = enrolled(space, "zhang.wei")
    made = key(space, sign.who(space, session.token))
    record(space, born("9A1PB240000001B3C2345678", 300.0), party=MAKER)
    before = space.ledger.receipt(0).show()
    accounts.erase_user(space, accounts.operator(space), account)
    assert space.ledger.receipt(0).show() == before
    held = everything_on_disk(space.directory)
    for personal in ("zhang.wei", "Name of zhang.wei"):
        assert personal.encode() not in held
    assert account.encode() in held  # the opaque id stays, and names nobody
    for credential in (session.token, made.secret):
        with pytest.raises(NotSignedIn):
            sign.who(space, credential)
    with pytest.raises(NotSignedIn):
        sign.sign_in(space, "zhang.wei", WORD)
    with pytest.raises(UnknownAccount):
        accounts.invite_again(space, accounts.operator(space), account)
    assert accounts.users(space, accounts.operator(space)) == []
    user(space, "zhang.wei", Role.VIEWER)  # the login is free again


def test_accounts_of_a_later_format_are_not_touched(space: Workspace) -> None:
    space.accounts.file.run("PRAGMA user_version=9")
    again = open_workspace(space.directory)
    with pytest.raises(SuyuanError, match="format 9"):
        _ = again.accounts
    again.close()


def test_names_of_a_tenant_are_the_operators_to_vouch_for(space: Workspace) -> None:
    head = principal(space, user(space, "head", Role.FIRM_ADMIN))
    gln = "https://id.gs1.org/417/9520123456788"
    with pytest.raises(Forbidden):
        accounts.name_tenant(space, head, MAKER, gln)
    accounts.name_tenant(space, accounts.operator(space), MAKER, gln)
    made = key(space, head)
    assert gln in sign.who(space, made.secret).names
    accounts.name_tenant(space, accounts.operator(space), OEM, gln)
    assert gln not in sign.who(space, made.secret).names
    assert replace(head).names == {MAKER}
