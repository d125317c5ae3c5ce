"""The tables of a ledger on PostgreSQL, and how they are found: those of `sqlite_schema`, and the documents' bytes.

    suyuan_version  which migration the tables stand at (`suyuan.store.migrations`)
    document        kept documents in pieces, packed as a whole: one zstd frame, cut

They stand in the first schema of the search path. What is sealed is packed already: PostgreSQL keeps it as it is.
"""

from suyuan.store.database import text
from suyuan.store.postgres_address import Address
from suyuan.store.postgres_database import PostgresDatabase, connect
from suyuan.store.postgres_failures import NotDurable
from suyuan.store.sqlite_schema import FORMAT, LedgerExists, NoLedger
from suyuan.terms.errors import SuyuanError

HEAD = "0001"
"""The last migration: what this suyuan reads and writes."""

VERSION_TABLE = "suyuan_version"
FSYNC = "SELECT current_setting('fsync')"

TABLES = """
CREATE TABLE suyuan_version (version_num varchar(32) CONSTRAINT suyuan_version_pkc PRIMARY KEY);
CREATE TABLE meta (name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE bundle (n bigint PRIMARY KEY, count integer NOT NULL, marks bytea NOT NULL, data bytea NOT NULL);
CREATE TABLE tile (level integer, n bigint, hash bytea NOT NULL, PRIMARY KEY (level, n));
CREATE TABLE checkpoint (n bigint PRIMARY KEY, size bigint NOT NULL, note bytea NOT NULL);
CREATE INDEX checkpoint_by_size ON checkpoint (size);
CREATE TABLE register (n bigint PRIMARY KEY, digest bytea NOT NULL, record bytea NOT NULL);
CREATE INDEX register_by_digest ON register (digest);
CREATE TABLE body (digest bytea PRIMARY KEY, data bytea NOT NULL);
CREATE TABLE document (digest bytea, n integer, data bytea NOT NULL, PRIMARY KEY (digest, n));
ALTER TABLE bundle ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE bundle ALTER COLUMN marks SET STORAGE EXTERNAL;
ALTER TABLE body ALTER COLUMN data SET STORAGE EXTERNAL;
ALTER TABLE document ALTER COLUMN data SET STORAGE EXTERNAL;
"""


class OldLedger(SuyuanError):
    """The tables stand at a migration that this suyuan does not read."""


def create(address: Address, key: str) -> PostgresDatabase:
    """Empty tables, in a transaction that the caller commits. Raises LedgerExists, NoSchema, NotDurable, ServerGone."""
    database = PostgresDatabase(address, connect(address))
    try:
        if database.first(FSYNC) != ("on",):
            raise not_durable(address.name)
        database.begin()
        if version(database) is not None:
            raise _exists(address)
        for statement in TABLES.strip().split(";\n"):
            database.run(statement)
        database.run("INSERT INTO suyuan_version VALUES (?)", HEAD)
        database.run_many(
            "INSERT INTO meta VALUES (?, ?)", [("format", FORMAT.encode()), ("key", key.encode())]
        )
    except BaseException:
        database.close()
        raise
    return database


def _exists(address: Address) -> LedgerExists:
    return LedgerExists(
        f"{address.name} holds a ledger already; a ledger is never overwritten: choose another database or schema",
        f"{address.name} 中已有账本；账本不会被覆盖：请选择其他数据库或模式",
    )


def opened(address: Address, *, doubted: bool = False) -> PostgresDatabase:
    """A connection to an existing ledger. Raises NoLedger, OldLedger, ServerGone, DatabaseBusy."""
    database = PostgresDatabase(address, connect(address), doubted=doubted)
    try:
        check_version(database)
    except BaseException:
        database.close()
        raise
    return database


def version(database: PostgresDatabase) -> str | None:
    """The migration at which the tables stand, None where there are none; of the first schema of the path alone."""
    row = database.first(
        "SELECT to_regclass(quote_ident(current_schema()) || '.suyuan_version') IS NOT NULL, current_schema() IS NULL"
    )
    if row is None or row[1]:
        raise NoLedger(
            f"{database.name} has no schema for a ledger: create it, or name another in the address (search_path)",
            f"{database.name} 没有可用的模式：请先创建，或在地址中指定（search_path）",
        )
    if not row[0]:
        return None
    found = database.first("SELECT version_num FROM suyuan_version")
    return str(found[0]) if found else ""


def check_version(database: PostgresDatabase) -> None:
    """Raises NoLedger where there is none, OldLedger where it stands at another migration than this suyuan's."""
    found = version(database)
    if found is None:
        raise _none(database.name)
    if found != HEAD:
        raise old_ledger(database.name, found)
    row = database.first("SELECT value FROM meta WHERE name = 'format'")
    if row is None or text(row[0]) != FORMAT:
        raise NoLedger(
            f"{database.name} is not a ledger of format {FORMAT}; it was written by another suyuan, or is damaged",
            f"{database.name} 不是格式 {FORMAT} 的账本；可能由其他版本写入，或已损坏",
        )


def stands_at(address: Address) -> str:
    """The migration at which a ledger stands. Raises NoLedger."""
    database = PostgresDatabase(address, connect(address))
    try:
        found = version(database)
    finally:
        database.close()
    if found is None:
        raise _none(address.name)
    return found


def _none(name: str) -> NoLedger:
    return NoLedger(
        f"{name} holds no ledger; make one: suyuan init DIR --record ADDRESS, or restore it from the backup",
        f"{name} 中没有账本；新建：suyuan init 目录 --record 地址，或从备份恢复",
    )


def old_ledger(name: str, found: str) -> OldLedger:
    """The tables stand at `found`."""
    return OldLedger(
        f"the ledger in {name} stands at version {found}, this suyuan works with {HEAD}: "
        "suyuan migrate brings an older one up, a newer one needs a newer suyuan",
        f"{name} 中的账本为版本 {found}，本版本使用 {HEAD}："
        "旧版可用 suyuan migrate 升级，新版请使用更新的 suyuan",
    )


def not_durable(name: str) -> NotDurable:
    """The server was told not to wait for its disk."""
    return NotDurable(
        f"{name} runs with fsync = off: what it confirms may be lost; set fsync = on",
        f"{name} 的 fsync 为 off：已确认的内容可能丢失；请设为 on",
    )
