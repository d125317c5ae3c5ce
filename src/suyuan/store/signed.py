"""What the key of this workspace signed last, beside the key: a record put back to an earlier state is not written on.

A record that is restored from a backup knows nothing of what was signed after it. Whoever went on from there would
sign a second history under the same name: a fork, which every kept receipt would testify to. Decision note 0021.
"""

from contextlib import suppress
from pathlib import Path

from suyuan.ledger.checkpoint import Checkpoint
from suyuan.store.database import Database
from suyuan.store.failures import told
from suyuan.terms.errors import SuyuanError

FILE = "ledger.signed"
RESTORED = "restored"
"""Row of `meta` in a record that came from a backup."""


class WouldFork(SuyuanError):
    """Writing on would sign a second history of the same log."""


class Signed:
    """The last checkpoint that was signed here."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._known: str | None = None

    def check(self, database: Database, head: Checkpoint, note: str) -> None:
        """Raises WouldFork where the record does not hold what was signed here, or was restored and nothing tells up to where."""
        last = self._read()
        if last == note or (last and _holds(database, last)):
            return
        if last:
            raise WouldFork(
                f"the record ({head.size} entries) does not hold the checkpoint that was signed here last ({_size(last)} entries): "
                "it was put back to an earlier state, and writing on would fork the log; bring back the newest state of the record",
                f"账本（{head.size} 条）不含此处最后签署的检查点（{_size(last)} 条）：账本被恢复到较早状态，继续写入将使日志分叉；请恢复最新的账本",
            )
        if database.first("SELECT 1 FROM meta WHERE name = ?", RESTORED):
            raise WouldFork(
                "the record was restored from a backup, and nothing here says what was signed after it: it can be read and verified; "
                "to go on writing: suyuan restore with --key and the newest checkpoint that anybody kept",
                "账本由备份恢复，此处不知其后签署过什么：可读、可核验；如需继续写入：suyuan restore 加 --key 与留存的最新检查点",
            )

    def remember(self, note: str) -> None:
        """From now on that is what was signed last."""
        # it is on record: a disk that does not take this down must not make it look otherwise
        with suppress(OSError):
            self.write(note)
        self._known = note

    def write(self, note: str) -> None:
        """The same, where it must not fail."""
        beside = self._path.with_name(f"{FILE}.new")
        beside.write_text(note, encoding="utf-8")
        beside.replace(self._path)

    def _read(self) -> str | None:
        if self._known is None:
            with suppress(FileNotFoundError), told(FILE):
                self._known = self._path.read_text(encoding="utf-8") or None
        return self._known


def _holds(database: Database, note: str) -> bool:
    # by its size, which is in an index
    sql = "SELECT 1 FROM checkpoint WHERE size = ? AND note = ?"
    return database.first(sql, _size(note), note.encode()) is not None


def _size(note: str) -> int:
    lines = note.splitlines()
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() else -1
