"""What the record asks of a database, whichever engine: questions, changes, one transaction, failures told.

The statements are those that SQLite and PostgreSQL both understand, with `?` where a value goes; texts stand as
bytes. Whatever goes wrong is told as `suyuan.store.failures` has it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from suyuan.ledger.damage import Damaged

Row = tuple[object, ...]


class Database(Protocol):
    """One connection. Outside a transaction every statement is one of its own."""

    @property
    def name(self) -> str:
        """What it is called where something is wrong with it."""

    def first(self, sql: str, *values: object) -> Row | None:
        """The first row of an answer."""

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows of a short answer."""

    def each(self, sql: str, *values: object) -> Iterator[Row]:
        """The rows of an answer of any length, within a snapshot."""

    def run(self, sql: str, *values: object) -> None:
        """Change something."""

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same change with each of these rows."""

    def commit(self) -> None:
        """End the transaction; when this returns, what it changed outlives a loss of power."""

    def rollback(self) -> None:
        """Undo the transaction, if there is one; never raises."""

    def check_container(self) -> None:
        """What the engine itself finds wrong with what it keeps. Raises Damaged."""

    def close(self) -> None:
        """Let go of it."""


def damaged(name: str, en: str, zh: str) -> Damaged:
    """The ledger is not what was written; says what to do."""
    return Damaged(
        f"{name} is damaged ({en}); suyuan verify names what was changed, then restore a copy",
        f"{name} 已损坏（{zh}）；suyuan verify 可指出何处被改，然后请恢复备份",
    )


# an engine keeps whatever type a changed byte says; what is not of the right type is nothing


def blob(value: object) -> bytes:
    """The value if it is bytes, else none."""
    return value if isinstance(value, bytes) else b""


def text(value: object) -> str:
    """The text that the bytes write down, as far as they do."""
    return blob(value).decode(errors="replace")


def integer(value: object) -> int:
    """The value if it is a number, else an impossible one."""
    return value if isinstance(value, int) else -1
