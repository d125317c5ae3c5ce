"""Signing in: password, second factor, session; and who a session token or an API key stands for.

    sign_in ──▶ Session(needs="second-factor") ──second_factor──▶ Session(needs="nothing") ──▶ who(token) → Principal
                Session(needs="enrolment") ──enrol_totp, confirm_totp──▶ …

Wrong login, wrong password, no such account and a locked one are one and the same refusal, and take the same time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from suyuan.rights.principal import Principal
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.workspace import Workspace

Needs = Literal["nothing", "second-factor", "enrolment"]


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


def accept_invitation(workspace: Workspace, token: str, password: str) -> str:
    """Set the first (or a new) password; returns the account. Raises NotSignedIn, AccountRefused."""
    raise NotImplementedError


def sign_in(workspace: Workspace, login: str, password: str, *, grant: int | None = None) -> Session:
    """Begin a session in one role of the account (its first that is in force). Raises NotSignedIn."""
    raise NotImplementedError


def second_factor(workspace: Workspace, token: str, code: str) -> Session:
    """A code of the authenticator, or a recovery code, each good for once; a new token comes back. Raises NotSignedIn."""
    raise NotImplementedError


def enrol_totp(workspace: Workspace, token: str) -> Enrolment:
    """A new secret for the session's account. Raises NotSignedIn."""
    raise NotImplementedError


def confirm_totp(workspace: Workspace, token: str, code: str) -> tuple[Session, list[str]]:
    """The first code proves that the app has the secret; recovery codes come back, shown once. Raises NotSignedIn."""
    raise NotImplementedError


def change_password(workspace: Workspace, token: str, old: str, new: str) -> None:
    """A new password; all other sessions end. Raises NotSignedIn, AccountRefused."""
    raise NotImplementedError


def who(workspace: Workspace, credential: str) -> Principal:
    """Whom a session token or an API key stands for, now. Raises NotSignedIn."""
    raise NotImplementedError


def sign_out(workspace: Workspace, token: str) -> None:
    """End the session; a token that is none is let pass."""
    raise NotImplementedError
