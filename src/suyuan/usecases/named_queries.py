"""Queries that are kept under a name, and who subscribed to them. Each tenant has names of its own.

name ──▶ body (as it was sent) ──from_body──▶ Query
subscription: where to, how signed, by stream or by schedule, told up to which entry
"""

import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from suyuan.events.query import Query, from_body
from suyuan.store.service import Row, ServiceStore
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant

QUERIES_MAX = 1_000
SUBSCRIPTIONS_MAX = 200
"""Of one tenant."""


class UnknownQuery(SuyuanError):
    """There is no query of that name, or no such subscription to it."""


class QueryExists(SuyuanError):
    """A name that is taken."""


class TooManyKept(SuyuanError):
    """More queries or subscriptions than one tenant may keep."""


@dataclass(frozen=True, slots=True)
class Named:
    """A query under its name. `number` grows with each that is made."""

    number: int
    tenant: str
    name: str
    body: dict[str, Any]
    created_at: datetime

    @property
    def query(self) -> Query:
        """What it asks. Raises QueryParameterException, QueryValidationException."""
        return from_body(self.body)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it stands; `body` as it was sent (with its secret), `told_up_to` the next entry to be told of."""

    number: int
    id: str
    query: int
    body: dict[str, Any]
    created_at: datetime
    told_up_to: int
    notified_at: datetime | None
    failures: int


class NamedQueries:
    """The named queries and subscriptions of a server."""

    def __init__(self, store: ServiceStore) -> None:
        self._store = store

    def make(self, tenant: str, name: str, body: dict[str, Any]) -> Named:
        """Keep a query. Raises QueryExists, TooManyKept, QueryParameterException, QueryValidationException."""
        from_body(body)
        if self._store.all("SELECT count(*) FROM query WHERE tenant = ?", tenant)[0][0] >= QUERIES_MAX:
            raise _too_many(QUERIES_MAX)
        said = json.dumps(body, ensure_ascii=False)
        try:
            self._store.write(
                "INSERT INTO query (tenant, name, body, created_at) VALUES (?, ?, ?, ?)",
                tenant, name, said, show_instant(datetime.now(UTC)),
            )  # fmt: skip
        except sqlite3.IntegrityError as taken:
            raise QueryExists(
                f"there is a query {name} already; delete it first, or choose another name",
                f"查询 {name} 已存在；请先删除或换名",
            ) from taken
        return self.named(tenant, name)

    def named(self, tenant: str, name: str) -> Named:
        """The query of that name. Raises UnknownQuery."""
        row = self._store.first("SELECT * FROM query WHERE tenant = ? AND name = ?", tenant, name)
        if row is None:
            raise UnknownQuery(f"there is no query {name}", f"没有名为 {name} 的查询")
        return _named(row)

    def numbered(self, number: int) -> Named:
        """The query of that number. Raises UnknownQuery."""
        row = self._store.first("SELECT * FROM query WHERE n = ?", number)
        if row is None:
            raise UnknownQuery(f"there is no query {number} any more", f"查询 {number} 已不存在")
        return _named(row)

    def all(self, tenant: str, per_page: int, after: int = 0) -> list[Named]:
        """The tenant's queries in the order in which they were made, behind number `after`."""
        sql = "SELECT * FROM query WHERE tenant = ? AND n > ? ORDER BY n LIMIT ?"
        return [_named(row) for row in self._store.all(sql, tenant, after, per_page)]

    def delete(self, tenant: str, name: str) -> None:
        """Forget a query, and end its subscriptions. Raises UnknownQuery."""
        if not self._store.write("DELETE FROM query WHERE tenant = ? AND name = ?", tenant, name):
            raise UnknownQuery(f"there is no query {name}", f"没有名为 {name} 的查询")

    # -- subscriptions ----------------------------------------------------------------------------

    def subscribe(self, query: Named, body: dict[str, Any], told_up_to: int) -> Subscription:
        """Keep a subscription, told of entries from `told_up_to` on. Raises TooManyKept."""
        counted = "SELECT count(*) FROM subscription JOIN query ON query.n = query WHERE tenant = ?"
        if self._store.all(counted, query.tenant)[0][0] >= SUBSCRIPTIONS_MAX:
            raise _too_many(SUBSCRIPTIONS_MAX)
        made = secrets.token_hex(12)
        self._store.write(
            "INSERT INTO subscription (id, query, body, created_at, told_up_to) VALUES (?, ?, ?, ?, ?)",
            made, query.number, json.dumps(body), show_instant(datetime.now(UTC)), told_up_to,
        )  # fmt: skip
        return self.subscription(query, made)

    def subscription(self, query: Named, subscription_id: str) -> Subscription:
        """One subscription to a query. Raises UnknownQuery."""
        row = self._store.first(
            "SELECT * FROM subscription WHERE query = ? AND id = ?", query.number, subscription_id
        )
        if row is None:
            raise UnknownQuery(
                f"there is no subscription {subscription_id} to {query.name}",
                f"查询 {query.name} 没有订阅 {subscription_id}",
            )
        return _subscription(row)

    def subscriptions(
        self, query: Named | None = None, per_page: int = -1, after: int = 0
    ) -> list[Subscription]:
        """Those to a query, or all there are."""
        rows = self._store.all(
            "SELECT * FROM subscription WHERE (?1 IS NULL OR query = ?1) AND n > ?2 ORDER BY n LIMIT ?3",
            query.number if query else None, after, per_page,
        )  # fmt: skip
        return [_subscription(row) for row in rows]

    def told(self, subscription: Subscription, up_to: int, *, at: datetime | None) -> None:
        """It was told of everything before `up_to`; `at` when somebody answered that he had it."""
        self._store.write(
            "UPDATE subscription SET told_up_to = ?, failures = 0, notified_at = coalesce(?, notified_at) WHERE n = ?",
            up_to, show_instant(at) if at else None, subscription.number,
        )  # fmt: skip

    def failed(self, subscription: Subscription) -> int:
        """Telling it failed once more; how often in a row."""
        self._store.write("UPDATE subscription SET failures = failures + 1 WHERE n = ?", subscription.number)
        return subscription.failures + 1

    def unsubscribe(self, query: Named, subscription_id: str) -> None:
        """End a subscription. Raises UnknownQuery."""
        self.subscription(query, subscription_id)
        self._store.write("DELETE FROM subscription WHERE id = ?", subscription_id)


def _named(row: Row) -> Named:
    return Named(
        row["n"], row["tenant"], row["name"], json.loads(row["body"]), parse_instant(row["created_at"])
    )


def _subscription(row: Row) -> Subscription:
    return Subscription(
        row["n"], row["id"], row["query"], json.loads(row["body"]), parse_instant(row["created_at"]),
        row["told_up_to"], parse_instant(row["notified_at"]) if row["notified_at"] else None, row["failures"],
    )  # fmt: skip


def _too_many(most: int) -> TooManyKept:
    return TooManyKept(f"no more than {most} can be kept; delete some", f"最多保留 {most} 个；请先删除部分")
