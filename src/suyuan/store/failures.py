"""What the disk and SQLite can do to us, told as what to do about it.

>>> import sqlite3
>>> with told("ledger.sqlite"):
...     raise sqlite3.OperationalError("database or disk is full")
Traceback (most recent call last):
suyuan.store.failures.DiskFull: the disk is full while writing ledger.sqlite; nothing of this was recorded: make room and do it again
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from suyuan.ledger.damage import Damaged
from suyuan.terms.errors import SuyuanError


class DiskFull(SuyuanError):
    """No room left; what was being written is undone."""


class ReadOnly(SuyuanError):
    """The workspace cannot be written."""


class DatabaseBusy(SuyuanError):
    """Another program keeps the database locked."""


class DiskFailed(SuyuanError):
    """The disk or file system reports an error."""


class ServerGone(SuyuanError):
    """The database server cannot be reached, or went away in the middle; what was being written is undone."""


class OutcomeUnknown(SuyuanError):
    """The server went away while it committed, and did not come back to say whether it did."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Within the block, errors of SQLite and of the file system become SuyuanErrors about `what`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _of_sqlite(error, what) or error from error
    except UnicodeDecodeError as error:  # a message about a broken schema that quotes its bytes
        raise damaged(what, error) from error
    except OSError as error:
        raise _of_system(error, what) or error from error


def _of_sqlite(error: sqlite3.Error, what: str) -> SuyuanError | None:
    text = str(error).lower()
    if "disk is full" in text:
        return disk_full(what)
    if "readonly" in text or "unable to open" in text:
        return read_only(what)
    if "locked" in text:
        return DatabaseBusy(
            f"{what} is locked by another program; close it and try again",
            f"{what} 被其他程序锁定；请关闭后重试",
        )
    if "malformed" in text or "not a database" in text or "no such table" in text:
        return damaged(what, error)
    if "disk i/o" in text:
        return disk_failed(what, error)
    return None


def _of_system(error: OSError, what: str) -> SuyuanError | None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return disk_full(what)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return read_only(what)
    if error.errno == errno.EIO:
        return disk_failed(what, error)
    return None


def disk_full(what: str) -> DiskFull:
    """No room for `what`."""
    return DiskFull(
        f"the disk is full while writing {what}; nothing of this was recorded: make room and do it again",
        f"写入 {what} 时磁盘已满；本次未记录任何内容：请腾出空间后重做",
    )


def read_only(what: str) -> ReadOnly:
    """`what` may not be written."""
    return ReadOnly(
        f"{what} cannot be opened for writing; check its permissions and whether the disk is mounted read-only",
        f"无法写入 {what}；请检查权限以及磁盘是否只读挂载",
    )


def disk_failed(what: str, error: Exception) -> DiskFailed:
    """The disk refuses."""
    return DiskFailed(
        f"the disk reports an error at {what} ({error}); nothing of this was recorded: check the disk and its limits",
        f"磁盘在 {what} 处报错（{error}）；本次未记录任何内容：请检查磁盘及限额",
    )


def derived_damaged(what: str, error: Exception) -> Damaged:
    """A file that follows from the ledger is broken: nothing is lost."""
    return Damaged(
        f"{what} is damaged ({error}); the ledger is not touched by that: make it anew with suyuan rebuild",
        f"{what} 已损坏（{error}）；账本不受影响：请用 suyuan rebuild 重建",
    )


def damaged(what: str, error: Exception) -> Damaged:
    """The file is no longer what SQLite wrote."""
    return Damaged(
        f"{what} is damaged ({error}); restore a copy and compare it with a kept checkpoint: suyuan verify --checkpoint FILE",
        f"{what} 已损坏（{error}）；请恢复备份，并与留存的检查点核对：suyuan verify --checkpoint FILE",
    )
