"""What a PostgreSQL server can do to us, told as what to do about it: SQLSTATE → the errors of `failures`.

Class 53 is lack of room, 57P and 08 a server that goes away, XX damage; an error without a state came from the
client's side of the line.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from suyuan.store.failures import DatabaseBusy, DiskFailed, DiskFull, ReadOnly, ServerGone, damaged, told
from suyuan.terms.errors import SuyuanError

BUSY = ("55P03", "57014", "53300", "57P03", "40P01", "40001", "55006")
GONE = ("57P01", "57P02", "57P04", "57P05", "25P03", "25P04")
CANNOT_WRITE = ("25006", "42501")
BROKEN = ("XX001", "XX002", "42P01", "42703", "42804", "42883", "22P02")


class NotDurable(SuyuanError):
    """A server that answers before what was written is on disk."""


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """Within the block, errors of the server and of the file system become SuyuanErrors about `name`."""
    try:
        with told(name):
            yield
    except psycopg.Error as error:
        raise _of_server(error, name) or error from error


def _of_server(error: psycopg.Error, name: str) -> SuyuanError | None:
    state = error.sqlstate or ""
    if state in ("53100", "53200", "54000"):
        return _full(name, error)
    if state in BUSY:
        return DatabaseBusy(
            f"{name} is busy with something else ({said(error)}); try again",
            f"{name} 正忙（{said(error)}）；请稍后重试",
        )
    if state in CANNOT_WRITE:
        return ReadOnly(
            f"{name} cannot be written ({said(error)}); check the role's rights and that this is not a standby server",
            f"无法写入 {name}（{said(error)}）；请检查角色权限，并确认不是只读备库",
        )
    if state in BROKEN:
        return damaged(name, error)
    if state == "58030":
        return DiskFailed(
            f"the server's disk reports an error at {name} ({said(error)}); nothing of this was recorded: check the disk",
            f"{name} 的服务器磁盘报错（{said(error)}）；本次未记录任何内容：请检查磁盘",
        )
    if state in GONE or state.startswith("08") or (not state and isinstance(error, psycopg.OperationalError)):
        return gone(name, said(error))
    return None


def _full(name: str, error: psycopg.Error) -> DiskFull:
    return DiskFull(
        f"the server has no room left at {name} ({said(error)}); nothing of this was recorded: make room and do it again",
        f"{name} 的服务器空间不足（{said(error)}）；本次未记录任何内容：请腾出空间后重做",
    )


def gone(name: str, why: str) -> ServerGone:
    """The server went away before it was asked to commit."""
    return ServerGone(
        f"{name} cannot be reached ({why}); nothing of this was recorded: see that the server runs, then do it again",
        f"无法连接 {name}（{why}）；本次未记录任何内容：请确认服务器在运行后重做",
    )


def said(error: Exception) -> str:
    """What the server said, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
