"""Accounts: who has one, in which role, until when; API keys; erasing a person.

Signing in is in `usecases.signing_in` (password, second factor, sessions, keys), `usecases.passkeys` and `usecases.sign_on`
(OIDC); what was read by whom in `usecases.reading_log`; corrections of two pairs of eyes in `usecases.corrections`.

Every verb takes `by`, the principal who asks, and asks the table of rights itself: a face hands on, and decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from suyuan.rights.principal import Principal
from suyuan.rights.words import Role, Verb
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.workspace import Workspace


class AccountRefused(SuyuanError):
    """What was given for an account cannot be: a login in use, a role without its area or its end, …"""


class UnknownAccount(SuyuanError):
    """There is no such account, key or invitation (or it is none of the asker's business)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of one account. `id` names it for `revoke_role`."""

    id: int
    role: Role
    tenant: str
    area: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a list shows it. `login` and `name` are personal; '' once it is erased."""

    id: str
    login: str
    name: str
    tenant: str
    grants: tuple[Grant, ...]
    second_factor: bool
    made_at: datetime
    last_at: datetime | None
    locked_until: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """A new account, and the token with which its owner sets a password: shown once."""

    account: str
    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as a list shows it: never its secret."""

    id: str
    label: str
    account: str
    tenant: str
    role: Role
    verbs: frozenset[Verb]
    made_at: datetime
    until: datetime
    last_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` (`sy_<id>_<secret>`) is shown this once and kept nowhere."""

    key: Key
    secret: str


def operator(workspace: Workspace) -> Principal:
    """Who sits at the machine: the operator, by command line."""
    raise NotImplementedError


def add_user(
    workspace: Workspace,
    by: Principal,
    *,
    login: str,
    name: str,
    tenant: str,
    role: Role,
    area: str = "",
    until: datetime | None = None,
) -> Invited:
    """Make an account with one role. Raises Forbidden, AccountRefused, NotAUscc."""
    raise NotImplementedError


def users(workspace: Workspace, by: Principal) -> list[Account]:
    """The accounts that `by` may manage, by tenant and login. Raises Forbidden."""
    raise NotImplementedError


def grant_role(
    workspace: Workspace,
    by: Principal,
    account: str,
    *,
    tenant: str,
    role: Role,
    area: str = "",
    until: datetime | None = None,
) -> Grant:
    """Give an account a further role. Raises Forbidden, UnknownAccount, AccountRefused."""
    raise NotImplementedError


def revoke_role(workspace: Workspace, by: Principal, account: str, grant: int) -> None:
    """Take a role back; sessions and keys that stand on it end at once. Raises Forbidden, UnknownAccount."""
    raise NotImplementedError


def erase_user(workspace: Workspace, by: Principal, account: str) -> None:
    """Erase the person: login, name, password, factors, sessions, keys. Entries keep the opaque id, which then names nobody.

    Raises Forbidden, UnknownAccount.
    """
    raise NotImplementedError


def invite_again(workspace: Workspace, by: Principal, account: str) -> Invited:
    """A new token to set a password with (forgotten, or the old one ran out); the old ones end. Raises Forbidden, UnknownAccount."""
    raise NotImplementedError


def make_key(
    workspace: Workspace,
    by: Principal,
    *,
    account: str,
    grant: int,
    label: str,
    verbs: frozenset[Verb],
    until: datetime,
) -> NewKey:
    """A key that may do `verbs` of one role of an account, until an instant. Raises Forbidden, UnknownAccount, AccountRefused."""
    raise NotImplementedError


def keys(workspace: Workspace, by: Principal) -> list[Key]:
    """The keys that `by` may manage, newest first. Raises Forbidden."""
    raise NotImplementedError


def revoke_key(workspace: Workspace, by: Principal, key: str) -> None:
    """End a key at once. Raises Forbidden, UnknownAccount."""
    raise NotImplementedError
