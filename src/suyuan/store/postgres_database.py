"""A PostgreSQL connection as a `suyuan.store.database.Database`.

A reader whose server was started anew connects again by itself, as each of its questions stands alone; a
transaction or a snapshot is lost with its connection, and says so.
"""

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Ping, TransactionStatus

from suyuan.store.database import Row
from suyuan.store.failures import DatabaseBusy, ServerGone, damaged
from suyuan.store.postgres_address import Address
from suyuan.store.postgres_failures import gone, said, told_of
from suyuan.terms.errors import SuyuanError

T = TypeVar("T")
Connection = psycopg.Connection[Row]

VERSION_MIN = 14
CONNECT_SECONDS = 10
STARTING_SECONDS = 10
"""So long a server that is starting is waited for: it replays its log after a crash."""


class OldServer(SuyuanError):
    """A PostgreSQL that is too old."""


def connect(address: Address, waiting: float = STARTING_SECONDS) -> Connection:
    """A connection, one statement a transaction. Raises ServerGone, DatabaseBusy, OldServer."""
    until = time.monotonic() + waiting
    while True:
        try:
            connection = _connected(address)
            break
        except psycopg.OperationalError as error:
            # a server that refuses everybody for now is starting or stopping; one that refuses us says why
            if psycopg.pq.PGconn.ping(address.text.encode()) != Ping.REJECT:
                raise gone(address.name, said(error)) from error
            if time.monotonic() > until:
                raise DatabaseBusy(
                    f"{address.name} is starting or stopping ({said(error)}); try again",
                    f"{address.name} 正在启动或停止（{said(error)}）；请稍后重试",
                ) from error
            time.sleep(0.05)
    found = connection.info.server_version // 10_000
    if found < VERSION_MIN:
        connection.close()
        raise OldServer(
            f"{address.name} runs PostgreSQL {found}; {VERSION_MIN} or later is needed",
            f"{address.name} 为 PostgreSQL {found}；需 {VERSION_MIN} 或更高版本",
        )
    return connection


def _connected(address: Address) -> Connection:
    told = conninfo_to_dict(address.text)
    ours = {
        "application_name": f"suyuan {socket.gethostname()} {os.getpid()}",
        "connect_timeout": CONNECT_SECONDS,
        # a server that is cut off without a word is noticed within half a minute
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    wanted: dict[str, Any] = {name: value for name, value in ours.items() if name not in told}
    return psycopg.connect(address.text, autocommit=True, client_encoding="UTF8", **wanted)


class PostgresDatabase:
    """One connection to the server. With `doubted` whatever it cannot answer is damage: the questions are right."""

    def __init__(self, address: Address, connection: Connection, *, doubted: bool = False) -> None:
        self._address = address
        self._connection = connection
        self._doubted = doubted
        self._within = False
        self._cursors = 0
        self._lock = RLock()

    @property
    def name(self) -> str:
        """Host and database."""
        return self._address.name

    @property
    def connection(self) -> Connection:
        """The connection itself."""
        return self._connection

    def begin(self, how: str = "", *settings: str) -> None:
        """Begin a transaction with these settings: from here on a lost connection is a lost transaction."""
        together = ";".join((f"BEGIN {how}", *settings)).encode()
        used = self._connection
        try:
            with self._told():
                used.execute(together)
        except ServerGone:
            self._connect_again(used)
            with self._told():
                self._connection.execute(together)
        self._within = True

    @property
    def idle(self) -> bool:
        """Whether another transaction can begin on this connection."""
        return self._connection.info.transaction_status == TransactionStatus.IDLE

    def first(self, sql: str, *values: object) -> Row | None:
        """The first row of an answer."""
        return self._asked(lambda cursor: cursor.execute(_worded(sql), values).fetchone())

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows of a short answer."""
        return self._asked(lambda cursor: cursor.execute(_worded(sql), values).fetchall())

    def each(self, sql: str, *values: object) -> Iterator[Row]:
        """The rows of an answer, fetched some at a time; within a transaction."""
        self._cursors += 1
        with self._told(), self._connection.cursor(f"each_{self._cursors}", binary=True) as cursor:
            cursor.execute(_worded(sql), values)
            while rows := cursor.fetchmany(1000):
                yield from rows

    def run(self, sql: str, *values: object) -> None:
        """Change something."""
        self._asked(lambda cursor: cursor.execute(_worded(sql), values))

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same change with each of these rows, sent without waiting for each answer."""
        with self._told(), self._connection.cursor() as cursor:
            cursor.executemany(_worded(sql), rows)

    def copy(self, table: str, types: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write rows into a table as they come."""
        with (
            self._told(),
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy,
        ):
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def commit(self) -> None:
        """End the transaction: it is on the server's disk when this returns."""
        with self._told():
            answer = self._connection.execute(b"COMMIT").statusmessage
        self._within = False
        assert answer == "COMMIT", f"a transaction that had failed was committed: {answer}"

    def rollback(self) -> None:
        """Undo the transaction, if there is one; one whose connection is lost is undone already."""
        self._within = False
        with suppress(psycopg.Error):
            if not self.idle:
                self._connection.execute(b"ROLLBACK")

    def check_container(self) -> None:
        """Nothing that a client may ask: pages and B-trees are checked by the server's own `pg_amcheck`."""

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    # -- failures ---------------------------------------------------------------------------------

    def _asked(self, ask: Callable[[psycopg.Cursor[Row]], T]) -> T:
        used = self._connection
        try:
            return self._once(ask)
        except ServerGone:
            if self._within:
                raise
            self._connect_again(used)
            return self._once(ask)

    def _once(self, ask: Callable[[psycopg.Cursor[Row]], T]) -> T:
        with self._told(), self._connection.cursor(binary=True) as cursor:
            return ask(cursor)

    def _connect_again(self, used: Connection) -> None:
        with self._lock:
            if self._connection is used:  # another thread may have been sooner
                used.close()
                self._connection = connect(self._address)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with told_of(self.name):
                yield
        except psycopg.Error as error:
            if self._doubted:
                raise damaged(self.name, error) from error
            raise


@lru_cache(256)
def _worded(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()
