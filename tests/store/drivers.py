"""The drivers of the record port, as the tests ask for them: one suite runs over each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
from tests.store import made
from tests.store.made import NOW, address_of
from tests.store.postgres_server import Server

from suyuan.store.sql_ledger import SqlLedger


class Driver(Protocol):
    """Makes ledgers; `made.open_ledger` opens them, whichever made them."""

    def new(self, directory: Path, now: datetime = NOW, *, extensions: tuple[str, ...] = ()) -> SqlLedger:
        """A new ledger of that directory."""

    def documents(self, directory: Path) -> list[str]:
        """The digests of the documents whose bytes are kept, and what is left of received ones."""

    def at_work(self, directory: Path) -> bool:
        """Whether a writer is within a transaction."""

    def settled(self, directory: Path) -> None:
        """Wait until what a killed writer had sent is done with: a server may commit for one that is gone."""


def _received(directory: Path) -> list[str]:
    return [path.stem for path in (directory / "documents").rglob("*.zst")]


class OnSqlite:
    def new(self, directory: Path, now: datetime = NOW, *, extensions: tuple[str, ...] = ()) -> SqlLedger:
        return made.new_ledger(directory, now, extensions=extensions)

    def documents(self, directory: Path) -> list[str]:
        return _received(directory)

    def at_work(self, directory: Path) -> bool:
        lock = directory / "ledger.lock"
        return lock.exists() and bool(lock.read_text())

    def settled(self, directory: Path) -> None:
        pass


class OnPostgres:
    def __init__(self, server: Server) -> None:
        self.server = server

    def new(self, directory: Path, now: datetime = NOW, *, extensions: tuple[str, ...] = ()) -> SqlLedger:
        address = address_of(directory) or self.server.fresh()
        return made.new_ledger(directory, now, address=address, extensions=extensions)

    def documents(self, directory: Path) -> list[str]:
        rows = ask(directory, "SELECT DISTINCT encode(digest, 'hex') FROM document")
        return [str(row[0]) for row in rows] + _received(directory)

    def at_work(self, directory: Path) -> bool:
        sql = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 'checkpoint'::regclass::oid"
        return bool(ask(directory, sql))

    def settled(self, directory: Path) -> None:
        while self.at_work(directory):
            time.sleep(0.005)


def ask(directory: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database of a ledger made for a test says."""
    with psycopg.connect(address_of(directory), autocommit=True) as connection:
        cursor = connection.execute(sql.encode(), values)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, for all tests of this process."""
    started = Server()
    yield started
    started.close()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each driver in turn."""
    if request.param == "sqlite":
        return OnSqlite()
    return OnPostgres(request.getfixturevalue("server"))


@contextmanager
def altered(server: Server, name: str, value: str) -> Iterator[None]:
    """The server with another setting, for the length of a block."""
    server.execute(f"ALTER SYSTEM SET {name} = {value}")
    server.execute("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        server.execute(f"ALTER SYSTEM RESET {name}")
        server.execute("SELECT pg_reload_conf()")
