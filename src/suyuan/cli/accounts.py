"""Commands about accounts and keys: user add|list|role|erase|invite, key add|list|revoke. The operator speaks here."""

from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import App, Parameter

from suyuan.cli.options import Common, WrongOption
from suyuan.cli.output import Format, console, show_rows
from suyuan.rights.deciding import role as role_row
from suyuan.rights.words import Role, Verb
from suyuan.terms.instants import parse_instant, show_instant
from suyuan.usecases import accounts as accounts_

OK = 0

user = App(name="user", help="Accounts: who may sign in, in which role. / 账户")
key = App(name="key", help="API keys: for machines, each with verbs and an end. / 接口密钥")


def _until(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


@user.command
def add(
    login: str,
    *,
    tenant: str,
    role: Role,
    name: str = "",
    area: str = "",
    until: str | None = None,
    common: Common | None = None,
) -> int:
    """Make an account and print the invitation with which its owner sets a password. It is shown this once.

    Parameters
    ----------
    login
        What its owner types to sign in.
    tenant
        The legal person it belongs to (credit code); of an auditor the firm whose books are open.
    role
        viewer, entry, approver, firm-admin, park, city, province, auditor or operator.
    name
        What the person is called; stands in the accounts alone.
    area
        Of a regulator or park: the first 2, 4 or 6 digits of its GB/T 2260 code.
    until
        When the role ends, e.g. 2026-06-30T18:00:00+08:00; an auditor needs one.
    """
    common = common or Common()
    with common.opened() as workspace:
        made = accounts_.add_user(
            workspace, accounts_.operator(workspace), login=login, name=name, tenant=tenant, role=role, area=area, until=_until(until)
        )  # fmt: skip
    _show_invitation(made, common)
    return OK


@user.command
def invite(account: str, *, common: Common | None = None) -> int:
    """Print a new invitation for an account whose password is forgotten; the old ones end.

    Parameters
    ----------
    account
        The account's id, as `user list` shows it.
    """
    common = common or Common()
    with common.opened() as workspace:
        made = accounts_.invite_again(workspace, accounts_.operator(workspace), account)
    _show_invitation(made, common)
    return OK


def _show_invitation(made: accounts_.Invited, common: Common) -> None:
    until = show_instant(made.until)
    console().print(
        f"账户 {made.account}；邀请码（仅显示一次，{until} 前有效）：{made.token}"
        if common.language == "zh"
        else f"account {made.account}; invitation (shown this once, good until {until}): {made.token}",
        markup=False,
    )


@user.command(name="list")
def list_(
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """List accounts with their roles.

    Parameters
    ----------
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    zh = common.language == "zh"
    with common.opened() as workspace:
        found = accounts_.users(workspace, accounts_.operator(workspace))
    rows = [
        {
            ("账户" if zh else "account"): account.id,
            ("登录名" if zh else "login"): account.login,
            ("姓名" if zh else "name"): account.name,
            ("主体" if zh else "tenant"): account.tenant,
            ("角色" if zh else "roles"): "; ".join(_grant(grant, common) for grant in account.grants),
            ("第二因素" if zh else "second factor"): account.second_factor,
            ("最近登录" if zh else "last signed in"): account.last_at,
        }
        for account in found
    ]
    show_rows(rows, format, empty="没有账户" if zh else "no accounts")
    return OK


def _grant(grant: accounts_.Grant, common: Common) -> str:
    name = role_row(grant.role).name.show(common.language)
    ends = f" → {show_instant(grant.until)}" if grant.until else ""
    return f"{grant.id}: {name} {grant.tenant}{' ' + grant.area if grant.area else ''}{ends}"


@user.command
def role(
    account: str,
    *,
    tenant: str | None = None,
    role: Role | None = None,
    area: str = "",
    until: str | None = None,
    revoke: int | None = None,
    common: Common | None = None,
) -> int:
    """Give an account a further role, or take one back with --revoke N; what stands on that role ends at once.

    Parameters
    ----------
    account
        The account's id, as `user list` shows it.
    tenant
        The legal person for which the role holds (credit code).
    role
        The role to give.
    area
        Of a regulator or park: the first 2, 4 or 6 digits of its GB/T 2260 code.
    until
        When the role ends; an auditor needs one.
    revoke
        The number of a role to take back.
    """
    common = common or Common()
    zh = common.language == "zh"
    with common.opened() as workspace:
        by = accounts_.operator(workspace)
        if revoke is not None:
            accounts_.revoke_role(workspace, by, account, revoke)
            console().print(f"已收回角色 {revoke}" if zh else f"role {revoke} taken back")
            return OK
        if tenant is None or role is None:
            raise WrongOption(
                "say which role for whom: --role viewer --tenant CODE; or --revoke N",
                "请指定角色与主体：--role viewer --tenant 代码；或 --revoke 编号",
            )
        given = accounts_.grant_role(
            workspace, by, account, tenant=tenant, role=role, area=area, until=_until(until)
        )
    console().print(("已授予角色 " if zh else "role given ") + _grant(given, common), markup=False)
    return OK


@user.command
def reset(account: str, *, common: Common | None = None) -> int:
    """Forget the second factors of somebody who lost them, and end the sessions. Make sure beforehand who it is.

    Parameters
    ----------
    account
        The account's id, as `user list` shows it.
    """
    common = common or Common()
    with common.opened() as workspace:
        accounts_.reset_factors(workspace, accounts_.operator(workspace), account)
    console().print(
        f"账户 {account} 的第二因素与会话已清除"
        if common.language == "zh"
        else f"account {account}: second factors and sessions cleared",
        markup=False,
    )
    return OK


@user.command
def erase(account: str, *, yes: bool = False, common: Common | None = None) -> int:
    """Erase a person: login, name, password, factors, sessions and keys. Entries keep the opaque id and prove as before.

    Parameters
    ----------
    account
        The account's id, as `user list` shows it.
    yes
        Do it: it cannot be undone.
    """
    common = common or Common()
    zh = common.language == "zh"
    if not yes:
        raise WrongOption(
            "erasing cannot be undone; say --yes if it is meant", "删除不可恢复；确认请加 --yes"
        )
    with common.opened() as workspace:
        accounts_.erase_user(workspace, accounts_.operator(workspace), account)
    console().print(f"账户 {account} 的个人信息已删除" if zh else f"account {account}: personal data erased")
    return OK


@key.command(name="add")
def add_key(
    account: str,
    *,
    role: int,
    verbs: str,
    label: str = "",
    days: int = 90,
    common: Common | None = None,
) -> int:
    """Make an API key for one role of an account. Its secret is shown this once.

    Parameters
    ----------
    account
        The account's id, as `user list` shows it.
    role
        The number of the role that the key may use.
    verbs
        What it may do, separated by commas: capture,query,…
    label
        What it is for.
    days
        Days after which it ends.
    """
    common = common or Common()
    zh = common.language == "zh"
    try:
        wanted = frozenset(Verb(word.strip()) for word in verbs.split(",") if word.strip())
    except ValueError as wrong:
        known = ", ".join(Verb)
        raise WrongOption(
            f"--verbs: {wrong}; choose among {known}", f"--verbs：{wrong}；可选 {known}"
        ) from wrong
    with common.opened() as workspace:
        until = workspace.clock() + timedelta(days=days)
        made = accounts_.make_key(
            workspace, accounts_.operator(workspace), account=account, grant=role, label=label, verbs=wanted, until=until
        )  # fmt: skip
    console().print(
        f"密钥 {made.key.id}（仅显示一次，{show_instant(until)} 前有效）：{made.secret}"
        if zh
        else f"key {made.key.id} (shown this once, good until {show_instant(until)}): {made.secret}",
        markup=False,
    )
    return OK


@key.command(name="list")
def list_keys(
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """List API keys: what they may do, until when, when they were used last.

    Parameters
    ----------
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    zh = common.language == "zh"
    with common.opened() as workspace:
        found = accounts_.keys(workspace, accounts_.operator(workspace))
    rows = [
        {
            ("密钥" if zh else "key"): each.id,
            ("用途" if zh else "label"): each.label,
            ("账户" if zh else "account"): each.account,
            ("主体" if zh else "tenant"): each.grant.tenant,
            ("操作" if zh else "verbs"): ", ".join(sorted(each.verbs)),
            ("到期" if zh else "until"): show_instant(each.until),
            ("最近使用" if zh else "last used"): each.last_at,
            ("已吊销" if zh else "revoked"): each.revoked_at,
        }
        for each in found
    ]
    show_rows(rows, format, empty="没有密钥" if zh else "no keys")
    return OK


@key.command
def revoke(id: str, *, common: Common | None = None) -> int:  # noqa: A002  # the word that `key list` shows
    """End an API key at once.

    Parameters
    ----------
    id
        The key's id, as `key list` shows it.
    """
    common = common or Common()
    with common.opened() as workspace:
        accounts_.revoke_key(workspace, accounts_.operator(workspace), id)
    console().print(f"密钥 {id} 已吊销" if common.language == "zh" else f"key {id} revoked", markup=False)
    return OK
