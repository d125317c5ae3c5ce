"""What can happen to a PostgreSQL server and to the line to it: a sentence, and the ledger as it was."""

import os
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from tests.store.cutting import Line
from tests.store.drivers import OnPostgres, altered, ask
from tests.store.made import KEY, NOW, address_of, bodies, open_ledger, record
from tests.store.postgres_server import NOBODY, Server
from tests.store.test_failures import LARGE, begun, unchanged

from suyuan.ledger.verify import verify
from suyuan.store import postgres_ledger
from suyuan.store.failures import DatabaseBusy, DiskFull, OutcomeUnknown, ReadOnly, ServerGone
from suyuan.store.lock import WriterBusy
from suyuan.store.postgres_database import PostgresDatabase
from suyuan.store.postgres_failures import NotDurable
from suyuan.store.sqlite_schema import NoLedger
from suyuan.terms.errors import SuyuanError

SHUTDOWNS = int(os.environ.get("SUYUAN_SHUTDOWNS", "12"))


@pytest.fixture
def postgres(server: Server) -> OnPostgres:
    return OnPostgres(server)


def test_a_server_that_is_shut_down_at_once_loses_nothing_acknowledged(
    postgres: OnPostgres, tmp_path: Path
) -> None:
    draw, interrupted = random.Random(4), 0
    for n in range(SHUTDOWNS):
        if n % 20 == 0:  # a young ledger is read again sooner
            directory = tmp_path / str(n)
            postgres.new(directory).close()
        with closing(open_ledger(directory)) as ledger:
            begin = sum(1 for _ in ledger.documents())
        acknowledged: list[int] = []
        ended: list[SuyuanError] = []
        over = Event()
        thread = Thread(target=keep_recording, args=(directory, begin, acknowledged, ended, over))
        thread.start()
        time.sleep(draw.uniform(0.02, 0.3))
        postgres.server.restart("immediate")
        over.set()
        thread.join()
        # between two documents a writer connects again and goes on; within one it hears that nothing was recorded,
        # and a server that is back in time says what became of a commit
        interrupted += len(ended)
        assert all(isinstance(wrong, (ServerGone, DatabaseBusy)) for wrong in ended), ended
        with closing(open_ledger(directory)) as ledger:
            assert sum(1 for _ in ledger.documents()) == begin + len(acknowledged)
            assert verify(ledger.stored(), KEY.verifier()).first is None
    assert interrupted > SHUTDOWNS / 2, "shutdowns must fall into transactions, not between them"


def keep_recording(
    directory: Path, begin: int, acknowledged: list[int], ended: list[SuyuanError], over: Event
) -> None:
    try:
        with closing(open_ledger(directory)) as ledger:
            for number in count(begin):
                record(ledger, b"document %d" % number, bodies(40 + number % 300, str(number)))
                acknowledged.append(number)
                if over.is_set():
                    return
    except SuyuanError as wrong:
        ended.append(wrong)


def test_a_reader_goes_on_when_its_server_was_started_anew(postgres: OnPostgres, tmp_path: Path) -> None:
    note = begun(tmp_path, postgres)
    with closing(open_ledger(tmp_path)) as ledger:
        assert ledger.size == 300
        postgres.server.restart("fast")
        assert ledger.checkpoint_note() == note
        assert len(list(ledger.entries())) == 300
        record(ledger, b"second", bodies(3))
        postgres.server.restart("immediate")
        record(ledger, b"third", bodies(3))
        assert ledger.size == 306


def test_a_server_that_is_not_there_is_told(postgres: OnPostgres, tmp_path: Path) -> None:
    note = begun(tmp_path, postgres)
    with closing(open_ledger(tmp_path)) as ledger:
        postgres.server.stop("fast")
        try:
            with pytest.raises(ServerGone, match="cannot be reached"):
                ledger.checkpoint_note()
            with pytest.raises(ServerGone, match="nothing of this was recorded"):
                record(ledger, b"second", bodies(3))
            with pytest.raises(ServerGone):
                open_ledger(tmp_path)
        finally:
            postgres.server.start()
    unchanged(tmp_path, note, postgres)


@pytest.mark.parametrize("before", [0, 10, 20_000], ids=["before the first", "before the last", "between"])
def test_a_writer_whose_connection_is_ended_writes_nothing(
    postgres: OnPostgres, tmp_path: Path, before: int
) -> None:
    note = begun(tmp_path, postgres)

    def interrupted() -> Iterator[object]:
        yield from bodies(before)
        ask(tmp_path, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        yield from bodies(2 * before)

    with closing(open_ledger(tmp_path)) as ledger, pytest.raises(ServerGone):
        record(ledger, b"second", interrupted())  # type: ignore[arg-type]  # bodies, one after the other
    unchanged(tmp_path, note, postgres)


@pytest.fixture
def line(postgres: OnPostgres) -> Iterator[tuple[Line, str]]:
    """A line to the server, and the address of a new ledger by way of it."""
    with tempfile.TemporaryDirectory() as name:
        made = Line(Path(name), postgres.server.directory)
        yield (
            made,
            postgres.server.fresh().replace(
                str(postgres.server.directory).replace("/", "%2F"), name.replace("/", "%2F")
            ),
        )
        made.close()


def test_a_commit_whose_answer_is_lost_is_asked_for_again(line: tuple[Line, str], tmp_path: Path) -> None:
    cutting, address = line
    with closing(postgres_ledger.PostgresLedger.create(address, tmp_path, KEY, lambda: NOW)) as ledger:
        cutting.cut_at = b"COMMIT\0"
        record(ledger, b"first", bodies(300))
        assert cutting.cut_at is None, "the line was cut"
        assert (ledger.size, len(list(ledger.documents()))) == (300, 1)
        record(ledger, b"second", bodies(3))
        assert verify(ledger.stored(), KEY.verifier()).first is None


def test_a_commit_that_the_server_never_heard_is_told_as_not_recorded(
    line: tuple[Line, str], tmp_path: Path
) -> None:
    cutting, address = line
    cutting.heard = False
    with closing(postgres_ledger.PostgresLedger.create(address, tmp_path, KEY, lambda: NOW)) as ledger:
        cutting.cut_at = b"COMMIT\0"
        with pytest.raises(ServerGone, match="nothing of this was recorded"):
            record(ledger, b"first", bodies(300))
        assert (ledger.size, len(list(ledger.documents()))) == (0, 0)
        record(ledger, b"first", bodies(300))
        assert ledger.size == 300


def test_where_nobody_can_say_what_became_of_a_commit_it_is_said_so(
    postgres: OnPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path, postgres)
    monkeypatch.setattr(postgres_ledger, "OUTCOME_SECONDS", 0.1)
    commit = PostgresDatabase.commit

    def to_a_server_that_goes(database: PostgresDatabase) -> None:
        postgres.server.stop("immediate")
        commit(database)

    with closing(open_ledger(tmp_path)) as ledger:
        monkeypatch.setattr(PostgresDatabase, "commit", to_a_server_that_goes)
        with pytest.raises(OutcomeUnknown, match="submit the same again"):
            record(ledger, b"second", bodies(3))
        postgres.server.start()
        assert ledger.size == 300


def test_a_second_writer_hears_which_process_writes(postgres: OnPostgres, tmp_path: Path) -> None:
    begun(tmp_path, postgres)
    with closing(open_ledger(tmp_path)) as first, closing(open_ledger(tmp_path)) as second, first.writing():
        with pytest.raises(WriterBusy, match=rf"\(process suyuan \S+ {os.getpid()}\)"), second.writing():
            pass
        begun(tmp_path / "other", postgres)  # another ledger of the same database has a lock of its own


def test_a_ledger_locked_by_another_program_is_told(
    postgres: OnPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = begun(tmp_path, postgres)
    monkeypatch.setattr(postgres_ledger, "SETTINGS", ("SET LOCAL lock_timeout = '100ms'",))
    with psycopg.connect(address_of(tmp_path)) as other, closing(open_ledger(tmp_path)) as ledger:
        other.execute("LOCK TABLE register IN EXCLUSIVE MODE")
        assert ledger.checkpoint_note() == note, "readers are not kept out"
        with pytest.raises(DatabaseBusy, match="is busy with something else"):
            record(ledger, b"second", bodies(3))
    unchanged(tmp_path, note, postgres)


def test_a_role_that_may_only_read_reads_and_verifies_and_is_told(
    postgres: OnPostgres, tmp_path: Path
) -> None:
    note = begun(tmp_path, postgres)
    (schema,) = ask(tmp_path, "SELECT current_schema()")[0]
    reader = f"reader_of_{schema}"
    ask(
        tmp_path,
        f"CREATE ROLE {reader} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {reader}; "
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {reader}",
    )
    address = address_of(tmp_path).replace("suyuan@", f"{reader}@")
    with closing(postgres_ledger.PostgresLedger(address, tmp_path, KEY, lambda: NOW)) as ledger:
        assert len(list(ledger.entries())) == 300
        assert verify(ledger.stored(), KEY.verifier()).first is None
        with pytest.raises(ReadOnly, match="check the role's rights"):
            record(ledger, b"second", bodies(3))
    unchanged(tmp_path, note, postgres)


def test_a_server_that_does_not_wait_for_its_disk_is_not_written_to(
    postgres: OnPostgres, tmp_path: Path
) -> None:
    note = begun(tmp_path, postgres)
    with closing(open_ledger(tmp_path)) as ledger:
        with altered(postgres.server, "fsync", "off"):
            time.sleep(0.1)
            with pytest.raises(NotDurable, match="set fsync = on"):
                record(ledger, b"second", bodies(3))
            with pytest.raises(NotDurable):
                postgres.new(tmp_path / "other")
        time.sleep(0.1)
        assert ledger.checkpoint_note() == note
    unchanged(tmp_path, note, postgres)


def test_a_commit_waits_for_the_disk_whatever_the_server_does_for_others(
    postgres: OnPostgres, tmp_path: Path
) -> None:
    begun(tmp_path, postgres)
    with altered(postgres.server, "synchronous_commit", "off"):
        time.sleep(0.1)
        with closing(open_ledger(tmp_path)) as ledger, ledger.writing() as writing:
            database = writing._rows.database
            assert database.first("SELECT current_setting('synchronous_commit')") == ("on",)


def test_a_server_without_room_leaves_the_ledger_as_it_was(postgres: OnPostgres, tmp_path: Path) -> None:
    disk = postgres.server.directory / "small"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        os.chown(disk, NOBODY, NOBODY)
        postgres.server.execute(f"CREATE TABLESPACE small LOCATION '{disk}'")
        address = postgres.server.fresh() + "%20-cdefault_tablespace%3Dsmall"
        (tmp_path / "address").write_text(address)
        note = begun(tmp_path, postgres)
        with (
            closing(open_ledger(tmp_path)) as ledger,
            pytest.raises(DiskFull, match="the server has no room left"),
        ):
            record(ledger, b"too much", LARGE)
        with (
            closing(open_ledger(tmp_path)) as ledger,
            pytest.raises(DiskFull, match="make room and do it again"),
        ):
            record(ledger, os.urandom(6_000_000), bodies(3))
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)  # somebody makes room
        unchanged(tmp_path, note, postgres)
        ask(tmp_path, "DROP SCHEMA " + ask(tmp_path, "SELECT current_schema()")[0][0] + " CASCADE")
        postgres.server.execute("CHECKPOINT")
        postgres.server.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_an_empty_schema_and_a_missing_one_are_named(postgres: OnPostgres, tmp_path: Path) -> None:
    (tmp_path / "address").write_text(postgres.server.fresh())
    with pytest.raises(NoLedger, match="holds no ledger"):
        open_ledger(tmp_path)
    (tmp_path / "address").write_text(postgres.server.address("nowhere"))
    with pytest.raises(NoLedger, match="has no schema for a ledger"):
        open_ledger(tmp_path)
