"""One writer at a time: a file that the operating system keeps locked as long as the writer lives.

The lock goes when its process goes, however it ends. The number of the process stands in the file while it
writes, so that others can say who holds it, and a number that is left over tells that a writer was killed.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from suyuan.store.failures import told
from suyuan.terms.errors import SuyuanError


class WriterBusy(SuyuanError):
    """Another writer holds the ledger."""


@contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Hold the lock within the block; yields True if the last holder did not leave in order. Raises WriterBusy, ReadOnly."""
    with told(path.name):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy(path.read_text().strip()) from None
        left_over = bool(os.pread(descriptor, 32, 0).strip())
        with told(path.name):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        try:
            yield left_over
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)  # lets the lock go


def busy(holder: str) -> WriterBusy:
    """Somebody else is writing: which process, where that is known."""
    return WriterBusy(
        f"another writer holds the ledger (process {holder or '?'}); wait until it is done, then try again",
        f"另一写入进程正占用账本（进程号 {holder or '?'}）；请等它结束后重试",
    )
