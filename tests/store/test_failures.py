"""Full disk, no permission, somebody else's lock: a clear message, and the ledger is as it was."""

import errno
import io
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from tests.store.drivers import Driver, OnSqlite
from tests.store.made import KEY, Body, bodies, open_ledger, record

from suyuan.ledger.damage import Damaged
from suyuan.ledger.verify import verify
from suyuan.store import sqlite_schema
from suyuan.store.failures import DatabaseBusy, DiskFailed, DiskFull, ReadOnly, told
from suyuan.store.index import Index
from suyuan.terms.errors import SuyuanError

ROOT = Path(__file__).parents[2]
LARGE = [Body("event", os.urandom(400).hex().encode(), "") for _ in range(20_000)]
"""Does not fit on the disks below: eight megabytes that cannot be packed well."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here; test_a_limit_on_file_size does the same in another way")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


SQLITE = OnSqlite()


def unchanged(directory: Path, note: str, driver: Driver = SQLITE) -> None:
    """The ledger is what it was at `note`, verifies, and goes on."""
    with closing(open_ledger(directory)) as ledger:
        assert ledger.checkpoint_note() == note
        assert len(driver.documents(directory)) == 1
        assert verify(ledger.stored(), KEY.verifier()).first is None
        record(ledger, b"small", bodies(3))
        assert verify(ledger.stored(), KEY.verifier()).first is None


def begun(directory: Path, driver: Driver = SQLITE) -> str:
    with closing(driver.new(directory)) as ledger:
        record(ledger, b"first", bodies(300))
        return ledger.checkpoint_note()


def test_a_disk_full_of_entries_leaves_the_ledger_as_it_was(small_disk: Path) -> None:
    note = begun(small_disk)
    with (
        closing(open_ledger(small_disk)) as ledger,
        pytest.raises(DiskFull, match="the disk is full while writing"),
    ):
        record(ledger, b"too much", LARGE)
    unchanged(small_disk, note)


def test_a_disk_full_of_documents_leaves_the_ledger_as_it_was(small_disk: Path) -> None:
    note = begun(small_disk)
    with (
        closing(open_ledger(small_disk)) as ledger,
        pytest.raises(DiskFull, match="the disk is full while writing"),
    ):
        record(ledger, os.urandom(6_000_000), bodies(3))
    unchanged(small_disk, note)


@pytest.mark.parametrize("limit", [100_000, 300_000, 1_000_000, 3_000_000])
def test_a_limit_on_file_size_leaves_the_ledger_as_it_was(tmp_path: Path, limit: int) -> None:
    note = begun(tmp_path)

    assert in_child(write_too_much, tmp_path, limit) in ("DiskFull", "DiskFailed")
    unchanged(tmp_path, note)


def test_a_full_disk_leaves_the_index_as_it_was(small_disk: Path) -> None:
    events = [_Event(f"urn:uuid:{n}", (("epc", f"https://example.org/{n:0200}"),)) for n in range(40_000)]
    index = Index(small_disk / "index")
    index.add(0, events[:9])
    index.commit()
    index.add(9, events[9:])
    with pytest.raises(DiskFull, match="the disk is full while writing index"):
        index.commit()
    assert index.position == 9
    index.add(9, events[9:20])
    index.commit()
    assert Index(small_disk / "index").position == 20


class _Event(NamedTuple):
    event_id: str
    items: tuple[tuple[str, str], ...]


@pytest.fixture
def sealed_off() -> Iterator[Path]:
    """A ledger of 300 entries in a directory that may be read by all and written by nobody."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        begun(directory)
        for path in directory.rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        directory.chmod(0o555)
        yield directory
        for path in [directory, *directory.rglob("*")]:
            path.chmod(0o755)


def test_a_ledger_that_may_not_be_written_can_be_read(sealed_off: Path) -> None:
    assert in_child(read_all, sealed_off) == ""


def test_a_ledger_that_may_not_be_written_says_so(sealed_off: Path) -> None:
    assert in_child(write_more, sealed_off) == "ReadOnly"


def write_too_much(directory: Path, limit: int) -> None:
    # a file that would grow beyond the limit fails as on a full disk
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    with closing(open_ledger(directory)) as ledger:
        record(ledger, b"too much", LARGE)


def read_all(directory: Path) -> None:
    as_nobody()
    with closing(open_ledger(directory)) as ledger:
        assert len(list(ledger.entries())) == 300
        assert verify(ledger.stored(), KEY.verifier()).first is None


def write_more(directory: Path) -> None:
    as_nobody()
    with closing(open_ledger(directory)) as ledger:
        record(ledger, b"second", bodies(3))


def as_nobody() -> None:
    """Root may write anywhere: give that up."""
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


def in_child(work: Callable[..., None], directory: Path, *more: int) -> str:
    """Do something in a program of its own; the name of the error that it ends with, '' for none.

    Not in a fork: the tests' process has threads and engines that a fork would have only in part.
    """
    code = (
        "from pathlib import Path; from suyuan.terms.errors import SuyuanError; from tests.store import test_failures\n"
        f"try: test_failures.{work.__name__}(Path({str(directory)!r}), *{more})\n"
        "except SuyuanError as error: print(type(error).__name__, end='')"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def test_a_ledger_locked_by_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = begun(tmp_path)
    monkeypatch.setattr(sqlite_schema, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(open_ledger(tmp_path)) as ledger:
            assert ledger.checkpoint_note() == note, "readers are not kept out"
            with pytest.raises(DatabaseBusy, match=r"ledger\.sqlite is locked by another program"):
                record(ledger, b"second", bodies(3))
    unchanged(tmp_path, note)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    begun(tmp_path)
    (tmp_path / "ledger.sqlite").write_bytes(b"no database at all\n" * 500)
    with pytest.raises(Damaged, match=r"ledger\.sqlite is damaged .*restore a copy"):
        open_ledger(tmp_path)


def test_a_document_that_cannot_be_read_to_its_end_is_not_recorded(driver: Driver, tmp_path: Path) -> None:
    class Torn(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            raise OSError(errno.EIO, "input/output error")

    note = begun(tmp_path, driver)
    with closing(open_ledger(tmp_path)) as ledger, pytest.raises(DiskFailed), ledger.writing() as transaction:
        transaction.keep(io.BufferedReader(Torn()))
    unchanged(tmp_path, note, driver)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "no space left"), DiskFull),
        (OSError(errno.EDQUOT, "quota"), DiskFull),
        (OSError(errno.EROFS, "read-only file system"), ReadOnly),
        (OSError(errno.EIO, "input/output error"), DiskFailed),
        (sqlite3.OperationalError("attempt to write a readonly database"), ReadOnly),
        (sqlite3.OperationalError("disk I/O error"), DiskFailed),
        (sqlite3.DatabaseError("database disk image is malformed"), Damaged),
    ],
)
def test_errors_of_disk_and_database_say_what_to_do(error: Exception, expected: type[SuyuanError]) -> None:
    with pytest.raises(expected) as raised, told("ledger.sqlite"):
        raise error
    assert "ledger.sqlite" in raised.value.show("en")
    assert "ledger.sqlite" in raised.value.show("zh")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(FileNotFoundError), told("ledger.sqlite"):
        raise FileNotFoundError(errno.ENOENT, "no such file")


def test_a_commit_that_fails_takes_the_published_documents_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = begun(tmp_path)

    class Failing(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(sql, *values)

    with closing(open_ledger(tmp_path)) as ledger:
        connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=Failing, **k))
        with pytest.raises(DiskFailed):
            record(ledger, b"second", bodies(3))
    monkeypatch.undo()
    unchanged(tmp_path, note)
