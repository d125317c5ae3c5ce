"""Accounts and their roles, as rows of the file of accounts."""

import sqlite3
from datetime import datetime
from typing import Any

from suyuan.rights.held import Account, Grant
from suyuan.rights.words import Role
from suyuan.store.account_file import AccountsFile, Row, at, when
from suyuan.terms.errors import SuyuanError


class LoginTaken(SuyuanError):
    """Another account has that login."""


class People:
    """Accounts and their roles."""

    def __init__(self, file: AccountsFile) -> None:
        self.file = file

    def add(self, account: str, login: str | None, name: str, tenant: str, now: datetime) -> None:
        """A new account without password. Raises LoginTaken."""
        try:
            self.file.run(
                "INSERT INTO account (id, login, name, tenant, made_at) VALUES (?, ?, ?, ?, ?)",
                account, login, name, tenant, at(now),
            )  # fmt: skip
        except sqlite3.IntegrityError as error:
            raise LoginTaken(
                f"the login {login!r} is in use; choose another", f"登录名 {login!r} 已被使用；请另选"
            ) from error

    def account(self, account: str) -> Account | None:
        """One account, erased or not."""
        found = self._accounts("id = ?", account)
        return found[0] if found else None

    def all(self) -> list[Account]:
        """Every account that is not erased, by tenant and login."""
        return self._accounts("erased_at IS NULL ORDER BY tenant, login")

    def _accounts(self, condition: str, *values: object) -> list[Account]:
        found = self.file.rows(f"SELECT * FROM account WHERE {condition}", *values)
        roles: dict[str, list[Grant]] = {}
        for row in self.file.rows("SELECT * FROM role WHERE revoked_at IS NULL ORDER BY id"):
            roles.setdefault(row["account"], []).append(grant_of(row))
        return [_account(row, tuple(roles.get(row["id"], ()))) for row in found]

    def secrets(self, *, login: str | None = None, account: str | None = None) -> Row | None:
        """The row with password and factors of an account that is not erased, by login or by id."""
        column, value = ("login", login) if login is not None else ("id", account)
        return self.file.row(f"SELECT * FROM account WHERE {column} = ? AND erased_at IS NULL", value)

    def set(self, account: str, **columns: Any) -> None:
        """Write these columns of an account."""
        named = ", ".join(f"{column} = ?" for column in columns)
        self.file.run(f"UPDATE account SET {named} WHERE id = ?", *columns.values(), account)

    def grants(self, account: str) -> list[Grant]:
        """The roles of an account that were not taken back, the oldest first."""
        rows = self.file.rows(
            "SELECT * FROM role WHERE account = ? AND revoked_at IS NULL ORDER BY id", account
        )
        return [grant_of(row) for row in rows]

    def grant(self, account: str, grant: Grant, origin: str) -> Grant:
        """Give a role; its id is new. `origin`: which account gave it, or which provider said it."""
        self.file.run(
            "INSERT INTO role (account, role, tenant, area, until, origin) VALUES (?, ?, ?, ?, ?, ?)",
            account, grant.role, grant.tenant, grant.area, at(grant.until), origin,
        )  # fmt: skip
        ((made,),) = self.file.rows("SELECT last_insert_rowid()")
        return Grant(made, grant.role, grant.tenant, grant.area, grant.until)

    def revoke(self, account: str, grant: int, now: datetime) -> bool:
        """Take a role back, and end what stands on it. False if there is none."""
        done = self.file.run(
            "UPDATE role SET revoked_at = ? WHERE id = ? AND account = ? AND revoked_at IS NULL",
            at(now), grant, account,
        )  # fmt: skip
        self.file.run("DELETE FROM session WHERE role = ?", grant)
        self.file.run(
            "UPDATE api_key SET revoked_at = ? WHERE role = ? AND revoked_at IS NULL", at(now), grant
        )
        return done > 0

    def erase(self, account: str, now: datetime) -> None:
        """Everything personal goes, the opaque id stays with its tenant."""
        with self.file.transaction():
            for table in ("session", "api_key", "passkey", "recovery", "invitation", "challenge"):
                self.file.run(f"DELETE FROM {table} WHERE account = ?", account)
            self.file.run(
                "UPDATE role SET revoked_at = ? WHERE account = ? AND revoked_at IS NULL", at(now), account
            )
            self.set(
                account, login=None, name=None, password=None, issuer=None, subject=None, totp=None,
                totp_pending=None, last_at=None, locked_until=None, erased_at=at(now),
            )  # fmt: skip
        self.file.scrub()

    def names(self, tenant: str) -> frozenset[str]:
        """Other names of a tenant in events, as the operator vouched for."""
        return frozenset(
            row["name"] for row in self.file.rows("SELECT name FROM tenant_name WHERE tenant = ?", tenant)
        )

    def set_name(self, tenant: str, name: str) -> None:
        """From now on `name` is this tenant's, and nobody else's."""
        self.file.run("INSERT OR REPLACE INTO tenant_name VALUES (?, ?)", name, tenant)


def grant_of(row: Row) -> Grant:
    """A row of `role`."""
    return Grant(row["id"], Role(row["role"]), row["tenant"], row["area"], when(row["until"]))


def _account(row: Row, grants: tuple[Grant, ...]) -> Account:
    made = when(row["made_at"])
    assert made is not None, "an account without a beginning"
    return Account(
        row["id"],
        row["login"] or "",
        row["name"] or "",
        row["tenant"],
        grants,
        row["totp"] is not None,
        made,
        when(row["last_at"]),
        when(row["locked_until"]),
        when(row["erased_at"]),
    )
