"""What waits to go on the ledger: lines of reading, and corrections that another account has to approve."""

from collections.abc import Sequence
from datetime import datetime

from suyuan.store.account_file import AccountsFile, Row, at

Line = tuple[str, str, str, str, str, int]
"""at, account, tenant, verb, of, count."""


class Journal:
    """Lines and proposals."""

    def __init__(self, file: AccountsFile) -> None:
        self.file = file

    def note(self, lines: Sequence[Line]) -> None:
        """Gather lines of reading; on disk when it returns."""
        with self.file.transaction():
            self.file.run_many(
                "INSERT INTO reading (at, account, tenant, verb, of, count) VALUES (?, ?, ?, ?, ?, ?)", lines
            )

    def batch(self, most: int) -> tuple[int, list[Row]]:
        """The oldest lines that wait, as a batch with a number: the same lines every time until it is `written`."""
        with self.file.transaction():
            begun = self.file.row("SELECT batch FROM reading WHERE batch IS NOT NULL ORDER BY batch LIMIT 1")
            if begun is None:
                last = self.file.row("SELECT n FROM reading ORDER BY n LIMIT 1 OFFSET ?", most - 1)
                up_to = "" if last is None else f" WHERE n <= {int(last['n'])}"
                # numbers of lines are given once, so the first one of a batch is a number for it
                self.file.run(f"UPDATE reading SET batch = (SELECT min(n) FROM reading){up_to}")
            lines = self.file.rows("SELECT * FROM reading WHERE batch IS NOT NULL ORDER BY n")
        return (int(lines[0]["batch"]) if lines else 0), lines

    def waiting(self) -> int:
        """How many lines wait."""
        ((count,),) = self.file.rows("SELECT count(*) FROM reading")
        return int(count)

    def written(self, batch: int) -> None:
        """A batch is on the ledger."""
        self.file.run("DELETE FROM reading WHERE batch = ?", batch)

    def propose(
        self,
        proposal: str,
        tenant: str,
        entry: int,
        event_id: str,
        reason: str,
        instead: str,
        by: str,
        now: datetime,
    ) -> None:
        """A correction that waits."""
        self.file.run(
            "INSERT INTO proposal VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
            proposal, tenant, entry, event_id, reason, instead, by, at(now),
        )  # fmt: skip

    def proposals(self) -> list[Row]:
        """Those that wait, the oldest first."""
        return self.file.rows("SELECT * FROM proposal ORDER BY proposed_at, id")

    def proposal(self, proposal: str) -> Row | None:
        """One that waits."""
        return self.file.row("SELECT * FROM proposal WHERE id = ?", proposal)

    def approve(self, proposal: str, by: str, now: datetime) -> Row | None:
        """Note who approved it, if nobody has; what is noted stays the same if it has to be written again."""
        with self.file.transaction():
            self.file.run(
                "UPDATE proposal SET approved_by = ?, approved_at = ? WHERE id = ? AND approved_by IS NULL",
                by, at(now), proposal,
            )  # fmt: skip
            return self.proposal(proposal)

    def drop(self, proposal: str) -> bool:
        """It waits no longer: it is on the ledger, or was refused. False if it did not wait."""
        return self.file.run("DELETE FROM proposal WHERE id = ?", proposal) > 0
