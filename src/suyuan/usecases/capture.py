"""Take in a document: keep its bytes, read it, record what is good, say what is not.

    bytes ──keep──▶ digest ──choose──▶ importer ──batches──▶ new events ──append──▶ ledger ──▶ checkpoint
                                           └─────────────▶ findings            (one transaction)

A document is recorded in one transaction: whole (or its good rows) under one checkpoint, or not at all.
Decision notes 0003 (the same again) and 0004 (all or nothing).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Literal

from suyuan.capture.importer import choose
from suyuan.identifiers import uscc
from suyuan.terms.finding import Finding, Severity
from suyuan.usecases.workspace import NO_OPERATOR, Workspace

OnError = Literal["proceed", "refuse"]

FINDINGS_KEPT = 10_000
"""Findings told one by one; beyond, they are only counted."""


class Outcome(StrEnum):
    """What became of a document."""

    RECORDED = "recorded"
    PARTLY = "partly"  # some of its rows were refused
    UNCHANGED = "unchanged"  # nothing in it was new
    REFUSED = "refused"  # nothing of it was recorded


@dataclass(slots=True)
class Captured:
    """What a document came to: counts of events (and master data), places of entries, findings."""

    name: str
    digest: str = ""
    importer: str = ""
    recorded: int = 0
    unchanged: int = 0
    refused: int = 0
    remarks: int = 0
    first_seq: int | None = None
    dry_run: bool = False
    findings: list[Finding] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """Decided by the counts."""
        if self.refused and not self.recorded:
            return Outcome.REFUSED
        if self.refused:
            return Outcome.PARTLY
        return Outcome.RECORDED if self.recorded else Outcome.UNCHANGED

    def note(self, findings: Iterable[Finding]) -> None:
        """Count findings and keep the first ones."""
        for finding in findings:
            if finding.severity is Severity.BLOCK:
                self.refused += 1
            else:
                self.remarks += 1
            if len(self.findings) < FINDINGS_KEPT:
                self.findings.append(finding)


class _Undo(Exception):
    """Leaves the transaction without committing it."""


Advance = Callable[[int, int | None, int], None]


def capture(
    workspace: Workspace,
    source: BinaryIO,
    name: str,
    *,
    party: str | None = None,
    on_error: OnError | None = None,
    dry_run: bool = False,
    advance: Advance = lambda done, total, events: None,
) -> Captured:
    """Record one document on behalf of `party` (a USCC; default the operator).

    Raises NotAUscc, WriterBusy, DiskFull and what the importer raises for a document it cannot read
    at all (NotRecognised, EmptyDocument, …); the ledger is then as it was.
    """
    captured = Captured(name, dry_run=dry_run)
    whom = uscc.parse(party).code if party and party != NO_OPERATOR else workspace.config.operator
    known = workspace.derived.known_events()
    try:
        with workspace.ledger.writing() as transaction:
            kept = transaction.keep(source)
            captured.digest = kept.digest
            if before := _recorded_before(workspace, kept.digest, whom):
                captured.unchanged = before.entries
                raise _Undo
            with transaction.kept(kept.digest) as stream:
                importer = choose(name, stream.peek(1 << 16) if hasattr(stream, "peek") else b"")
            captured.importer = importer.name
            _record(transaction, workspace, importer, captured, kept, whom, known, advance)
            refuse = (on_error or importer.on_error) == "refuse"
            if dry_run or not captured.recorded or (captured.refused and refuse):
                if captured.refused and refuse:
                    captured.recorded = 0
                raise _Undo
    except _Undo:
        known.forget()
        return captured
    known.keep()
    return captured
