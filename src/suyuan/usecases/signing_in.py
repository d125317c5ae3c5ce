"""Signing in: password, second factor, session; and who a session token or an API key stands for.

    sign_in ──▶ Session(needs="second-factor") ──second_factor──▶ Session(needs="nothing") ──▶ who(token) → Principal
                Session(needs="enrolment") ──enrol_totp, confirm_totp──▶ …

Wrong login, wrong password, no such account and a locked one are one and the same refusal, and take the same time. Attempts
are counted before the secret is looked at, so that guesses in parallel are counted too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from suyuan.rights.deciding import role as role_row
from suyuan.rights.held import Account, Grant, Held, Key, Needs
from suyuan.rights.principal import Principal
from suyuan.terms.errors import SuyuanError
from suyuan.usecases import factors
from suyuan.usecases.accounts import KEY_PREFIX, AccountRefused, login_key
from suyuan.usecases.factors import PasswordRefused, minutes, rule, token_hash
from suyuan.usecases.workspace import Workspace

__all__ = [
    "AccountRefused", "Enrolment", "Needs", "NotSignedIn", "PasswordRefused", "Session", "accept_invitation", "begun",
    "change_password", "confirm_totp", "enrol_totp", "new_recovery_codes", "second_factor", "session_of", "sign_in", "sign_out", "who",
]  # fmt: skip

USED_AGAIN = timedelta(minutes=1)
"""How finely it is noted when a session or key was used: not every request shall write."""


class NotSignedIn(SuyuanError):
    """No credential, or one that is wrong, ended or revoked; a door answers 401."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session; `token` goes into a cookie or `Authorization: Bearer`. Until `needs` is `nothing` it opens no door."""

    token: str
    account: str
    needs: Needs
    until: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given: the secret (base32) and the URI of its QR code. Counts once it is confirmed."""

    secret: str
    uri: str


# -- passwords


def accept_invitation(workspace: Workspace, token: str, password: str) -> str:
    """Set the first (or a new) password; returns the account. All its sessions end. Raises NotSignedIn, PasswordRefused."""
    access, hashed = workspace.accounts.access, token_hash(token)
    account = access.invited(hashed, workspace.clock())
    if account is None:
        raise _refused()
    _check_password(workspace, account, password)  # one that is refused does not use the invitation up
    written = factors.hash_password(password)
    with workspace.accounts.file.transaction():
        if not access.use_invitation(hashed):
            raise _refused()
        _set_password(workspace, account, written)
    return account


def change_password(workspace: Workspace, token: str, old: str, new: str) -> None:
    """A new password; all other sessions end. Raises NotSignedIn, PasswordRefused."""
    held = _held(workspace, token, "nothing")
    row = workspace.accounts.people.secrets(account=held.account)
    counted = _attempt(workspace, held.account)
    if not (factors.password_fits(row["password"] if row else None, old) and counted):
        raise _refused()
    workspace.accounts.access.signed_in(held.account, workspace.clock())
    _check_password(workspace, held.account, new)
    _set_password(workspace, held.account, factors.hash_password(new), but=token_hash(token))


def _check_password(workspace: Workspace, account: str, password: str) -> None:
    known = workspace.accounts.people.account(account)
    factors.check_password(password, *((known.login, known.name, known.tenant) if known else ()))


def _set_password(workspace: Workspace, account: str, hashed: str, *, but: bytes = b"") -> None:
    with workspace.accounts.file.transaction():
        workspace.accounts.people.set(account, password=hashed)
        workspace.accounts.access.end_sessions(account, but=but)


# -- signing in


def sign_in(workspace: Workspace, login: str, password: str, *, grant: int | None = None) -> Session:
    """Begin a session in one role of the account (its first that is in force). Raises NotSignedIn."""
    row = workspace.accounts.people.secrets(login=login_key(login))
    counted = row is not None and _attempt(workspace, row["id"])
    fits = factors.password_fits(row["password"] if row else None, password)
    if row is None or not (fits and counted):
        raise _refused()
    account = str(row["id"])
    if factors.wants_new_hash(row["password"]):
        workspace.accounts.people.set(account, password=factors.hash_password(password))
    return begun(workspace, account, grant)


def begun(workspace: Workspace, account: str, grant: int | None, *, strong: bool = False) -> Session:
    """A session of an account that has shown one factor; `strong`: two at once (a passkey, a provider). Raises NotSignedIn."""
    known = workspace.accounts.people.account(account)
    role = _role(known, grant, workspace.clock())
    if known is None or role is None:
        raise _refused()
    access, now = workspace.accounts.access, workspace.clock()
    needs = "nothing" if strong else _needs(known, role)
    if needs == "nothing":
        access.signed_in(account, now)
    else:
        access.attempt_was_right(account)
    return _session(workspace, account, role.id, needs)


def second_factor(workspace: Workspace, token: str, code: str) -> Session:
    """A code of the authenticator, or a recovery code, each good for once; a new token comes back. Raises NotSignedIn."""
    held = _held(workspace, token, "second-factor")
    if not (_attempt(workspace, held.account) and _right_code(workspace, held.account, code)):
        raise _refused()
    access = workspace.accounts.access
    access.signed_in(held.account, workspace.clock())
    access.end_session(token_hash(token))
    return _session(workspace, held.account, held.grant.id, "nothing")


def _right_code(workspace: Workspace, account: str, code: str) -> bool:
    row = workspace.accounts.people.secrets(account=account)
    if row is None or row["totp"] is None:
        return False
    access = workspace.accounts.access
    step = factors.totp_step(workspace.accounts.file.opened(row["totp"]), code, workspace.clock())
    if step is not None:
        return access.use_step(account, step)
    return access.use_recovery(account, factors.recovery_hash(code))


def _needs(account: Account, grant: Grant) -> Needs:
    if account.second_factor:
        return "second-factor"
    return "enrolment" if role_row(grant.role).second_factor else "nothing"


def _role(account: Account | None, grant: int | None, now: datetime) -> Grant | None:
    held = account.grants if account else ()
    return next((each for each in held if each.runs(now) and grant in (None, each.id)), None)


def _attempt(workspace: Workspace, account: str) -> bool:
    now = workspace.clock()
    return workspace.accounts.access.attempt(
        account, now, rule("failures-most"), now + minutes("lockout-minutes")
    )


# -- the second factor


def enrol_totp(workspace: Workspace, token: str) -> Enrolment:
    """A new secret for the session's account. Raises NotSignedIn."""
    held = _held(workspace, token, "nothing", "enrolment")
    secret = factors.new_totp_secret()
    workspace.accounts.people.set(held.account, totp_pending=workspace.accounts.file.sealed(secret))
    known = workspace.accounts.people.account(held.account)
    return Enrolment(secret, factors.totp_uri(secret, known.login if known else "", "suyuan"))


def confirm_totp(workspace: Workspace, token: str, code: str) -> tuple[Session, list[str]]:
    """The first code proves that the app has the secret; recovery codes come back, shown once. Raises NotSignedIn."""
    held = _held(workspace, token, "nothing", "enrolment")
    row = workspace.accounts.people.secrets(account=held.account)
    if not _attempt(workspace, held.account) or row is None or row["totp_pending"] is None:
        raise _refused()
    step = factors.totp_step(workspace.accounts.file.opened(row["totp_pending"]), code, workspace.clock())
    if step is None:
        raise _refused()
    accounts, codes = workspace.accounts, factors.new_recovery_codes()
    with accounts.file.transaction():
        accounts.people.set(held.account, totp=row["totp_pending"], totp_pending=None, totp_step=step)
        accounts.access.set_recovery(held.account, [factors.recovery_hash(each) for each in codes])
        accounts.access.signed_in(held.account, workspace.clock())
        accounts.access.end_sessions(held.account)
        session = _session(workspace, held.account, held.grant.id, "nothing")
    return session, codes


def new_recovery_codes(workspace: Workspace, token: str) -> list[str]:
    """Recovery codes in place of the old ones, shown once. Raises NotSignedIn."""
    held = _held(workspace, token, "nothing")
    codes = factors.new_recovery_codes()
    workspace.accounts.access.set_recovery(held.account, [factors.recovery_hash(each) for each in codes])
    return codes


# -- sessions and keys


def who(workspace: Workspace, credential: str) -> Principal:
    """Whom a session token or an API key stands for, now. Raises NotSignedIn."""
    if credential.startswith(f"{KEY_PREFIX}_"):
        return _of_key(workspace, credential)
    held = _held(workspace, credential, "nothing")
    return _principal(workspace, held.account, held.grant)


def session_of(workspace: Workspace, token: str) -> Held:
    """The whole session of a token, for what only a person at it may do. Raises NotSignedIn."""
    return _held(workspace, token, "nothing")


def sign_out(workspace: Workspace, token: str) -> None:
    """End the session; a token that is none is let pass."""
    workspace.accounts.access.end_session(token_hash(token))


def _of_key(workspace: Workspace, credential: str) -> Principal:
    access, now = workspace.accounts.access, workspace.clock()
    _, _, rest = credential.partition("_")
    name, _, secret = rest.partition("_")
    found = access.key(name)
    if found is None or not factors.same(found[1], token_hash(secret)):
        raise _refused()
    key = found[0]
    if key.revoked_at is not None or now >= key.until or not key.grant.runs(now):
        raise _refused()
    if key.last_at is None or now - key.last_at >= USED_AGAIN:
        access.key_used(key.id, now)
    return _principal(workspace, key.account, key.grant, key)


def _principal(workspace: Workspace, account: str, grant: Grant, key: Key | None = None) -> Principal:
    return Principal(
        grant.tenant, grant.role, account, grant.area, grant.until, workspace.accounts.people.names(grant.tenant),
        key.verbs if key else None,
    )  # fmt: skip


def _session(workspace: Workspace, account: str, grant: int, needs: Needs) -> Session:
    now, token = workspace.clock(), factors.new_token()
    until = now + minutes("session-most-hours" if needs == "nothing" else "second-factor-minutes")
    workspace.accounts.access.add_session(token_hash(token), account, grant, needs, now, until)
    return Session(token, account, needs, until)


def _held(workspace: Workspace, token: str, *needs: Needs) -> Held:
    """The session, if it runs and stands where it has to. Raises NotSignedIn."""
    access, hashed, now = workspace.accounts.access, token_hash(token), workspace.clock()
    held = access.session(hashed)
    if held is None or held.needs not in needs or not held.grant.runs(now):
        raise _refused()
    if now >= held.until or now - held.seen_at >= minutes("session-idle-minutes"):
        access.end_session(hashed)
        raise _refused()
    if now - held.seen_at >= USED_AGAIN:
        access.seen(hashed, now)
    return held


def _refused() -> NotSignedIn:
    """One sentence for every cause: it tells nobody which logins there are."""
    return NotSignedIn(
        "not signed in: login, password, code, token or key is wrong, has ended, or the account is locked for a while",
        "未登录：登录名、密码、验证码、令牌或密钥有误或已失效，或账户暂时锁定",
    )
