"""How a ledger on PostgreSQL made by an earlier suyuan comes to the tables of this one: one module a step, by alembic.

A step is never changed once it was released. `postgres_schema.TABLES` is where the steps lead; a test compares the two.
"""

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import NullPool, create_engine

from suyuan.store.postgres_address import Address
from suyuan.store.postgres_database import Connection, PostgresDatabase, connect
from suyuan.store.postgres_failures import told_of
from suyuan.store.postgres_ledger import LOCK, LOCK_CLASS
from suyuan.store.postgres_schema import VERSION_TABLE, OldLedger, version

HERE = Path(__file__).parent


def migrate(address: Address, to: str = "head", steps: Path = HERE) -> tuple[str | None, str]:
    """Bring the tables up to a migration, in one transaction and with no writer beside; where they stood, where they stand.

    Where there are none they are made. Raises OldLedger for tables that a newer suyuan made, ServerGone, ReadOnly.
    """
    database = PostgresDatabase(address, connect(address))
    try:
        before = version(database)
        script = _script(steps)
        _check_known(script, before, database.name)
        with told_of(database.name):
            _upgrade(address, script, to, locked=before is not None)
        return before, version(database) or ""
    finally:
        database.close()


def _upgrade(address: Address, script: ScriptDirectory, to: str, *, locked: bool) -> None:
    def connected() -> Connection:
        connection = connect(address)
        connection.autocommit = False
        return connection

    engine = create_engine("postgresql+psycopg://", creator=connected, poolclass=NullPool)

    def steps(at: object, context: MigrationContext) -> object:
        return script._upgrade_revs(to, at)  # type: ignore[arg-type]  # as alembic's own command asks for them

    with engine.connect() as began:
        if locked:
            began.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK.replace('?', str(LOCK_CLASS))})")
        with EnvironmentContext(Config(), script, fn=steps) as environment:
            environment.configure(connection=began, version_table=VERSION_TABLE)
            with environment.begin_transaction():
                environment.run_migrations()
        began.commit()


def _script(steps: Path) -> ScriptDirectory:
    return ScriptDirectory(str(steps), version_locations=[str(steps / "versions")])


def _check_known(script: ScriptDirectory, found: str | None, name: str) -> None:
    try:
        if found:
            script.get_revision(found)
    except (RevisionError, CommandError) as unknown:
        raise OldLedger(
            f"the ledger in {name} stands at version {found}, which this suyuan does not know: use a newer suyuan",
            f"{name} 中的账本为版本 {found}，本版本不认识：请使用更新的 suyuan",
        ) from unknown
