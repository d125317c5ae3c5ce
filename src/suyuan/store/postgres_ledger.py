"""The ledger on PostgreSQL: many processes on several machines read it, one at a time writes.

    writer ──advisory lock, held by its transaction──▶ bundles, tiles, register, documents ──▶ checkpoint, COMMIT

The lock lives and dies with the transaction: a writer that is cut off holds nothing, and can commit nothing either.
Decision note 0021.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from suyuan.ledger.note import Signer, Verifier
from suyuan.store import postgres_schema
from suyuan.store.database import Database, blob
from suyuan.store.documents import Documents
from suyuan.store.failures import DatabaseBusy, OutcomeUnknown, ServerGone
from suyuan.store.keys import PRIVATE
from suyuan.store.lock import WriterBusy, busy
from suyuan.store.postgres_address import Address, parse
from suyuan.store.postgres_database import PostgresDatabase
from suyuan.store.postgres_documents import PostgresDocuments
from suyuan.store.sql_ledger import SqlLedger, first_checkpoint
from suyuan.terms.instants import Clock

DOCUMENTS = "documents"

BUSY_SECONDS = 5
"""So long another program's lock on a table is waited for."""
LETTING_GO_SECONDS = 0.25
"""So long a server takes to notice that a killed writer is gone: only then is the ledger told to be busy."""
OUTCOME_SECONDS = 30
"""So long a server that did not answer a commit is asked again."""

LOCK_CLASS = 0x73757975
LOCK = "(?::bigint << 32) | 'checkpoint'::regclass::oid::bigint"
"""One lock a ledger: the number of its table, under a number of ours."""

TAKE_LOCK = (
    f"SELECT pg_try_advisory_xact_lock({LOCK}), current_setting('fsync'), "
    "(SELECT max(version_num) FROM suyuan_version)"
)

SETTINGS = (
    # what is confirmed is on disk, whatever the server does for others
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
    # a long document is read between two statements
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SET LOCAL statement_timeout = 0",
    f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'",
    # a machine that is gone without a word lets go of the lock within half a minute
    "SET LOCAL tcp_keepalives_idle = 10",
    "SET LOCAL tcp_keepalives_interval = 5",
    "SET LOCAL tcp_keepalives_count = 3",
    "SET LOCAL client_connection_check_interval = '1s'",
)

HOLDER = (
    "SELECT coalesce(host(client_addr) || ' ', '') || application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND classid = ? AND objid = 'checkpoint'::regclass::oid "
    "AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresLedger(SqlLedger):
    """The port `suyuan.store.ledger_port.Ledger`; `directory` has what comes in until it is in the database."""

    def __init__(
        self,
        address: str,
        directory: Path,
        key: Signer | Verifier,
        clock: Clock,
        *,
        extensions: Sequence[str] = (),
    ) -> None:
        super().__init__(_OnServer(parse(address), directory), key, clock, extensions=extensions)

    @classmethod
    def create(
        cls, address: str, directory: Path, signer: Signer, clock: Clock, *, extensions: Sequence[str] = ()
    ) -> "PostgresLedger":
        """A new, empty ledger with its first checkpoint. Raises LedgerExists, NotDurable, ServerGone."""
        database = postgres_schema.create(parse(address), signer.verifier().show())
        try:
            first_checkpoint(database, signer, clock, extensions)
            database.commit()
        finally:
            database.close()
        return cls(address, directory, signer, clock, extensions=extensions)


class _OnServer:
    """Tables and documents in a database (`suyuan.store.sql_ledger.Engine`)."""

    def __init__(self, address: Address, directory: Path) -> None:
        self._address = address
        self._incoming = Documents(directory / DOCUMENTS)
        self._spare: list[PostgresDatabase] = []
        self.key_path = directory / PRIVATE

    @property
    def address(self) -> str:
        """Where it stands; no secret is in it."""
        return self._address.text

    def reader(self) -> PostgresDatabase:
        """A connection for reading."""
        return postgres_schema.opened(self._address)

    def snapshot(self) -> PostgresDatabase:
        """A connection that sees this moment."""
        database = postgres_schema.opened(self._address, doubted=True)
        database.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY")
        database.first("SELECT n FROM checkpoint LIMIT 1")
        return database

    @contextmanager
    def writer(self) -> Iterator[PostgresDatabase]:
        """The only writer's connection, its transaction begun."""
        database = self._spare.pop() if self._spare else postgres_schema.opened(self._address)
        try:
            database.begin("ISOLATION LEVEL READ COMMITTED", *SETTINGS)
            _take_lock(database)
            # whoever received these holds the lock no more
            self._incoming.sweep_incoming()
            yield database
            self._spare.append(database)  # connecting takes longer than a short commit
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Let go of the writer's connection."""
        while self._spare:
            self._spare.pop().close()

    def documents(self, database: Database) -> PostgresDocuments:
        """The kept documents, over that connection."""
        assert isinstance(database, PostgresDatabase), "a connection of this engine"
        return PostgresDocuments(database, self._incoming)

    def was_committed(self, n: int, note: bytes) -> bool:
        """Whether checkpoint `n` stands after all. Raises OutcomeUnknown where nobody can say within the time."""
        until = time.monotonic() + OUTCOME_SECONDS
        while True:
            try:
                with closing(postgres_schema.opened(self._address)) as database:
                    database.begin()
                    database.run(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
                    # the other end of the lost connection may be at work still: its end is waited for
                    database.run(f"SELECT pg_advisory_xact_lock({LOCK})", LOCK_CLASS)
                    row = database.first("SELECT note FROM checkpoint WHERE n = ?", n)
                    return row is not None and blob(row[0]) == note
            except (ServerGone, DatabaseBusy) as wrong:
                if time.monotonic() > until:
                    raise _unknown(self._address) from wrong
                time.sleep(0.2)


def _take_lock(database: PostgresDatabase) -> None:
    """Raises WriterBusy; NotDurable, OldLedger for a server that changed since the ledger was opened."""
    until = time.monotonic() + LETTING_GO_SECONDS
    while True:
        taken, fsync, version = database.first(TAKE_LOCK, LOCK_CLASS) or (False, "", "")
        if fsync != "on":
            raise postgres_schema.not_durable(database.name)
        if version != postgres_schema.HEAD:
            raise postgres_schema.old_ledger(database.name, str(version))
        if taken:
            return
        if time.monotonic() > until:
            raise _held(database)
        time.sleep(0.02)


def _held(database: PostgresDatabase) -> WriterBusy:
    row = database.first(HOLDER, LOCK_CLASS)
    return busy(str(row[0]) if row else "")


def _unknown(address: Address) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{address.name} went away while it committed: whether this is on record shows when it is back; "
        "submit the same again then, as nothing is recorded twice",
        f"{address.name} 在提交时中断：恢复后方知是否已记录；届时请重新提交同一文件，不会重复记录",
    )
