"""Accounts: who has one, in which role, until when; API keys; erasing a person.

Signing in is in `usecases.signing_in` (password, second factor, sessions, keys), `usecases.passkeys` and `usecases.sign_on`
(OIDC); what was read by whom in `usecases.reading_log`; corrections of two pairs of eyes in `usecases.corrections`.

Every verb takes `by`, the principal who asks, and asks the table of rights itself: a face hands on, and decides nothing.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from suyuan.identifiers import uscc
from suyuan.rights.deciding import Forbidden, may, scopes
from suyuan.rights.deciding import role as role_row
from suyuan.rights.deciding import verb as verb_row
from suyuan.rights.held import Account, Grant, Key
from suyuan.rights.principal import Principal, Thing
from suyuan.rights.words import Role, Scope, Verb
from suyuan.store.accounts import LoginTaken
from suyuan.terms.errors import SuyuanError
from suyuan.usecases.factors import minutes, new_id, new_token, token_hash
from suyuan.usecases.workspace import NO_OPERATOR, Workspace

__all__ = [
    "Account", "AccountRefused", "Forbidden", "Grant", "Invited", "Key", "LoginTaken", "NewKey", "UnknownAccount", "add_user",
    "end_sessions", "erase_user", "grant_role", "invite_again", "keys", "make_key", "name_tenant", "operator", "reset_factors", "revoke_key", "revoke_role",
    "users",
]  # fmt: skip

KEY_PREFIX = "sy"


class AccountRefused(SuyuanError):
    """What was given for an account cannot be: a role without its area or its end, a key that lasts too long, …"""


class UnknownAccount(SuyuanError):
    """There is no such account, key or invitation (or it is none of the asker's business)."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A new account, and the token with which its owner sets a password: shown once."""

    account: str
    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` (`sy_<id>_<secret>`) is shown this once and kept nowhere."""

    key: Key
    secret: str


def operator(workspace: Workspace) -> Principal:
    """Who sits at the machine: the operator, by command line."""
    return Principal(tenant=workspace.config.operator, role=Role.OPERATOR, account="command-line")


# -- accounts and roles


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
    """Make an account with one role. Raises Forbidden, AccountRefused, LoginTaken, NotAUscc."""
    tenant = _tenant(tenant)
    grant = _granted(workspace, by, tenant, role, area, until)
    known_as = login_key(login)
    if not known_as:
        raise AccountRefused("an account needs a login", "账户须有登录名")
    accounts, account = workspace.accounts, new_id()
    with accounts.file.transaction():
        accounts.people.add(account, known_as, name, tenant, workspace.clock())
        accounts.people.grant(account, grant, by.account)
        return _invited(workspace, account)


def login_key(login: str) -> str:
    """A login as it is compared: `Li.Na ` and `li.na` are one.

    >>> login_key(" Ｌi.Na ")
    'li.na'
    """
    return unicodedata.normalize("NFKC", login).strip().casefold()


def users(workspace: Workspace, by: Principal) -> list[Account]:
    """The accounts that `by` may manage, by tenant and login; of others' accounts only the roles at its own tenant.

    Raises Forbidden.
    """
    now = workspace.clock()
    may(by, Verb.USERS, None, now).required()
    everyone = workspace.accounts.people.all()
    if Scope.ALL in scopes(by, Verb.USERS, now):
        return everyone
    return [shown for account in everyone if (shown := _shown_to(by, account)) is not None]


def _shown_to(by: Principal, account: Account) -> Account | None:
    ours = tuple(grant for grant in account.grants if grant.tenant == by.tenant)
    if account.tenant != by.tenant and not ours:
        return None
    return Account(
        account.id, account.login, account.name, account.tenant, ours, account.second_factor, account.made_at,
        account.last_at, account.locked_until, account.erased_at,
    )  # fmt: skip


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
    grant = _granted(workspace, by, _tenant(tenant), role, area, until)
    _known(workspace, account)
    return workspace.accounts.people.grant(account, grant, by.account)


def revoke_role(workspace: Workspace, by: Principal, account: str, grant: int) -> None:
    """Take a role back; sessions and keys that stand on it end at once. Raises Forbidden, UnknownAccount."""
    now = workspace.clock()
    may(by, Verb.USERS, None, now).required()
    held = next((each for each in workspace.accounts.people.grants(account) if each.id == grant), None)
    if held is None or not _may_give(by, held, now):
        raise _unknown(f"role {grant} of {account}", f"账户 {account} 的角色 {grant}")
    with workspace.accounts.file.transaction():
        workspace.accounts.people.revoke(account, grant, now)


def erase_user(workspace: Workspace, by: Principal, account: str) -> None:
    """Erase the person: login, name, password, factors, sessions, keys. Entries keep the opaque id, which then names nobody.

    Raises Forbidden, UnknownAccount.
    """
    _managed(workspace, by, account)
    workspace.accounts.people.erase(account, workspace.clock())


def invite_again(workspace: Workspace, by: Principal, account: str) -> Invited:
    """A new token to set a password with (forgotten, or the old one ran out); the old ones end. Raises Forbidden, UnknownAccount."""
    _managed(workspace, by, account)
    return _invited(workspace, account)


def end_sessions(workspace: Workspace, by: Principal, account: str) -> None:
    """End every session of an account at once. Raises Forbidden, UnknownAccount."""
    _managed(workspace, by, account)
    workspace.accounts.access.end_sessions(account)


def reset_factors(workspace: Workspace, by: Principal, account: str) -> None:
    """Forget the second factors of somebody who lost them, and end the sessions. Who it is has been made sure of beforehand.

    Not one's own: whoever finds a session open could otherwise take the account. Raises Forbidden, UnknownAccount.
    """
    if account == by.account:
        raise Forbidden("another administrator resets your factors", "须由另一管理员重置你的第二因素")
    _managed(workspace, by, account)
    workspace.accounts.access.forget_factors(account)


def name_tenant(workspace: Workspace, by: Principal, tenant: str, name: str) -> None:
    """Vouch that a tenant stands in events as `name` too (the URI of a GLN): what names it so is then its own.

    Only who may manage everybody's accounts may: a name is a claim to see others' entries. Raises Forbidden, NotAUscc.
    """
    now = workspace.clock()
    if may(by, Verb.USERS, None, now).required() is not Scope.ALL:
        raise Forbidden("only the operator vouches for names", "只有平台运行单位可确认名称")
    workspace.accounts.people.set_name(_tenant(tenant), name)


def _invited(workspace: Workspace, account: str) -> Invited:
    token, until = new_token(), workspace.clock() + minutes("invitation-days")
    workspace.accounts.access.invite(token_hash(token), account, until)
    return Invited(account, token, until)


def _tenant(tenant: str) -> str:
    return tenant if tenant == NO_OPERATOR else uscc.parse(tenant).code


def _granted(
    workspace: Workspace, by: Principal, tenant: str, role: Role, area: str, until: datetime | None
) -> Grant:
    """The role as `by` may give it. Raises Forbidden, AccountRefused."""
    now = workspace.clock()
    scope = may(by, Verb.USERS, Thing(tenant=tenant), now).required()
    row = role_row(role)
    if role.value not in role_row(by.role).grants:
        who = role_row(by.role).name
        raise Forbidden(f"{who.en} may not give the role {row.en}", f"{who.zh}不可授予角色“{row.zh}”")
    # an auditor's area opens all of it: whoever gives it must be allowed to see everything
    area_may_be = row.by_area or (row.time_boxed and scope is Scope.ALL)
    if (area and not area_may_be) or (row.by_area and not area):
        raise AccountRefused(
            f"the role {row.en} "
            + ("has no area here" if area else "needs an area: --area 61, 6105 or 610502"),
            f"角色“{row.zh}”" + ("在此不带地区" if area else "须指定地区：--area 61、6105 或 610502"),
        )
    if area and not (area.isascii() and area.isdigit() and len(area) in (2, 4, 6)):
        raise AccountRefused(
            f"area {area!r}: give the first 2, 4 or 6 digits of a GB/T 2260 code",
            f"地区 {area!r}：请给出 GB/T 2260 代码的前 2、4 或 6 位",
        )
    _check_end(row.en, row.zh, row.time_boxed, now, until)
    return Grant(0, role, tenant, area, until)


def _check_end(en: str, zh: str, boxed: bool, now: datetime, until: datetime | None) -> None:
    longest = minutes("auditor-days-most")
    if until is not None and until <= now:
        raise AccountRefused("the end lies in the past", "结束时间已过")
    if boxed and (until is None or until - now > longest):
        raise AccountRefused(
            f"the role {en} needs an end within {longest.days} days: --until 2026-06-30T18:00:00+08:00",
            f"角色“{zh}”须指定 {longest.days} 天内的结束时间：--until 2026-06-30T18:00:00+08:00",
        )


def _known(workspace: Workspace, account: str) -> Account:
    found = workspace.accounts.people.account(account)
    if found is None or found.erased_at is not None:
        raise _unknown(f"account {account}", f"账户 {account}")
    return found


def _managed(workspace: Workspace, by: Principal, account: str) -> Account:
    """An account whose own tenant `by` manages. Who may not is told the same as if there were none."""
    now = workspace.clock()
    may(by, Verb.USERS, None, now).required()
    found = _known(workspace, account)
    # whoever sets a new password of an account has all its roles: also those that others gave it
    held = [grant for grant in found.grants if grant.runs(now)]
    theirs = all(_may_give(by, grant, now) for grant in held)
    if not theirs or not may(by, Verb.USERS, Thing(tenant=found.tenant), now).allowed:
        raise _unknown(f"account {account}", f"账户 {account}")
    return found


def _may_give(by: Principal, grant: Grant, now: datetime) -> bool:
    given = grant.role.value in role_row(by.role).grants
    return given and may(by, Verb.USERS, Thing(tenant=grant.tenant), now).allowed


def _unknown(en: str, zh: str) -> UnknownAccount:
    return UnknownAccount(
        f"there is no {en}; suyuan user list names them", f"没有{zh}；请用 suyuan user list 查看"
    )


# -- API keys


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
    """A key that may do `verbs` of one role of an account, until an instant. Raises Forbidden, UnknownAccount, AccountRefused.

    Of one's own account: a key in another's name would be two pairs of eyes of one head. Only the operator, who answers for
    the machine, makes keys for others.
    """
    now = workspace.clock()
    may(by, Verb.KEYS, None, now).required()
    if account != by.account and by.role is not Role.OPERATOR:
        raise Forbidden("make keys for your own account only", "只能为自己的账户建立密钥")
    _known(workspace, account)
    held = next((each for each in workspace.accounts.people.grants(account) if each.id == grant), None)
    if held is None or not may(by, Verb.KEYS, Thing(tenant=held.tenant), now).allowed:
        raise _unknown(f"role {grant} of {account}", f"账户 {account} 的角色 {grant}")
    _check_key(held, verbs, now, until)
    key = Key(new_id()[:12], label, account, held, verbs, now, until, None, None)
    secret = new_token()
    workspace.accounts.access.add_key(key, token_hash(secret))
    return NewKey(key, f"{KEY_PREFIX}_{key.id}_{secret}")


def _check_key(held: Grant, verbs: frozenset[Verb], now: datetime, until: datetime) -> None:
    longest = minutes("key-days-most")
    if not now < until <= now + longest:
        raise AccountRefused(
            f"a key ends within {longest.days} days, and not in the past",
            f"密钥须在 {longest.days} 天内到期，且不能已过期",
        )
    probe = Principal(held.tenant, held.role, "key", held.area, held.until)
    for asked in sorted(verbs):
        if verb_row(asked).person or not scopes(probe, asked, now):
            what, who = verb_row(asked).name, role_row(held.role).name
            raise AccountRefused(
                f"a key of {who.en} cannot {what.en} ({asked}); leave it out",
                f"{who.zh}的密钥不可{what.zh}（{asked}）；请去掉",
            )
    if not verbs:
        raise AccountRefused(
            "a key needs at least one verb: --verbs capture,query",
            "密钥至少要有一项操作：--verbs capture,query",
        )


def keys(workspace: Workspace, by: Principal) -> list[Key]:
    """The keys that `by` may manage, newest first. Raises Forbidden."""
    now = workspace.clock()
    may(by, Verb.KEYS, None, now).required()
    return [
        key
        for key in workspace.accounts.access.all_keys()
        if may(by, Verb.KEYS, Thing(tenant=key.grant.tenant), now).allowed
    ]


def revoke_key(workspace: Workspace, by: Principal, key: str) -> None:
    """End a key at once. Raises Forbidden, UnknownAccount."""
    now = workspace.clock()
    may(by, Verb.KEYS, None, now).required()
    found = workspace.accounts.access.key(key)
    if found is None or not may(by, Verb.KEYS, Thing(tenant=found[0].grant.tenant), now).allowed:
        raise UnknownAccount(
            f"there is no key {key}; suyuan key list names them", f"没有密钥 {key}；请用 suyuan key list 查看"
        )
    workspace.accounts.access.revoke_key(key, now)
