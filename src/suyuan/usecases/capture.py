"""Take in a document: keep its bytes, read it, record what is good, say what is not.

    bytes ──keep──▶ digest ──choose──▶ importer ──batches──▶ sieve ──new events──▶ ledger, index ──▶ checkpoint
                                           └────────────────────────▶ findings            (one transaction)

A document is recorded in one transaction: whole (or its good rows) under one checkpoint, or not at all.
Decision notes 0003 (the same again) and 0004 (all or nothing).
"""

import gc
import io
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from suyuan.capture.importer import HEAD, Batch, Context, Expecting, Importer, OnError, choose, load
from suyuan.identifiers import uscc
from suyuan.ledger.document import Document
from suyuan.ledger.entry import Envelope
from suyuan.store.index import Index
from suyuan.store.ledger_port import Submission, Writing
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.memory import give_back_large_pieces
from suyuan.terms.sentence import Sentence
from suyuan.usecases.sieve import Sieve
from suyuan.usecases.workspace import NO_OPERATOR, Workspace

__all__ = ["FINDINGS_KEPT", "Advance", "Captured", "OnError", "Outcome", "capture"]

FINDINGS_KEPT = 10_000
"""Findings told one by one; beyond, they are only counted."""

Advance = Callable[[int, int | None, int], None]
"""Told how far reading has come: bytes (or rows) done, their total where known, events so far."""

_MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xml": "application/xml",
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Outcome(StrEnum):
    """What became of a document."""

    RECORDED = "recorded"
    PARTLY = "partly"  # some of its rows were refused
    UNCHANGED = "unchanged"  # nothing in it was new
    REFUSED = "refused"  # nothing of it was recorded


@dataclass(slots=True)
class Captured:
    """What a document came to.

    `recorded` and `unchanged` count events and master data, `refused` the rows (lines, events) that are
    wrong, `remarks` the findings that keep nothing out. `before` is the earlier registration of the same
    document, `why` the reason where it could not be read at all.
    """

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
    why: Sentence | None = None
    before: Document | None = None
    last_refused: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """A name is text, whatever the file system says."""
        self.name = readable(self.name)

    @property
    def outcome(self) -> Outcome:
        """Decided by the counts."""
        if not self.refused:
            return Outcome.RECORDED if self.recorded else Outcome.UNCHANGED
        return Outcome.PARTLY if self.recorded else Outcome.REFUSED

    def note(self, findings: Iterable[Finding]) -> None:
        """Count findings and keep the first ones; several of one row refuse one row."""
        for finding in findings:
            if finding.severity is not Severity.BLOCK:
                self.remarks += 1
            elif (row := _row(finding.place)) != self.last_refused:
                self.refused += 1
                self.last_refused = row
            if len(self.findings) < FINDINGS_KEPT:
                self.findings.append(finding)


def capture(
    workspace: Workspace,
    source: BinaryIO,
    name: str,
    *,
    party: str | None = None,
    on_error: OnError | None = None,
    dry_run: bool = False,
    importer: str | None = None,
    advance: Advance = lambda done, total, events: None,
) -> Captured:
    """Record one document on behalf of `party` (a USCC; default the operator).

    `importer` names the importer where the caller knows better than `choose`. Raises NotAUscc,
    WriterBusy, DiskFull and what the importer raises for a document it cannot read at all
    (NotRecognised, EmptyDocument, …); the ledger is then as it was.
    """
    give_back_large_pieces()
    name = readable(name)
    captured = Captured(name, dry_run=dry_run)
    whom = uscc.parse(party).code if party and party != NO_OPERATOR else workspace.config.operator
    with (
        suppress(_Undo),
        _seldom_collected(),
        _expecting(source, name),
        workspace.recording() as index,
        workspace.ledger.writing() as transaction,
    ):
        workspace.bring_up_recording()
        kept = transaction.keep(source)
        captured.digest = kept.digest
        if before := _recorded_before(workspace, kept.digest, whom):
            captured.before = before
            captured.unchanged, captured.first_seq = before.entries, before.first_seq
            raise _Undo
        envelope = Envelope(kept.digest, whom, workspace.clock())
        with (
            transaction.kept(kept.digest) as stream,
            closing(Sieve(workspace.ledger, index, whom, transaction.scratch)) as sieve,
        ):
            chosen = load(importer) if importer else choose(name, _head(stream))
            captured.importer = chosen.name
            refuse = (on_error or chosen.on_error) == "refuse"
            recording = _Recording(captured, transaction, index, sieve, envelope, refuse)
            recording.take_all(chosen, stream, Context(whom, name), kept.size, advance)
        if dry_run or not captured.recorded:
            raise _Undo
        transaction.register(
            Submission(
                kept.digest, name, media_type(name), kept.size, whom, envelope.recorded_at, captured.refused
            )
        )
    return captured


@contextmanager
def _seldom_collected() -> Iterator[None]:
    # what a capture makes dies by reference count; the collector would walk all of it every few hundred events
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Undo(Exception):
    """Leaves the transaction without committing it."""


@dataclass(slots=True)
class _Recording:
    """One document on its way into the ledger and the index."""

    captured: Captured
    transaction: Writing
    index: Index
    sieve: Sieve
    envelope: Envelope
    refuse: bool

    def take_all(
        self, importer: Importer, stream: BinaryIO, context: Context, size: int, advance: Advance
    ) -> None:
        """Read the document to its end; where it is refused whole, nothing of it counts as recorded."""
        batches, events = importer.read(stream, context), 0
        try:
            for batch in batches:
                self._take(batch)
                events += len(batch.prepared)
                advance(batch.done, batch.total or size, events)
                del batch  # a long event is long in memory: it goes before the next one comes
        finally:
            # an importer may have processes at work: they end now, not when the garbage is collected
            if isinstance(batches, Generator):
                batches.close()
        if self._refused_whole:
            self.captured.recorded = self.captured.unchanged = 0
            self.captured.first_seq = None

    @property
    def _refused_whole(self) -> bool:
        return self.refuse and self.captured.refused > 0

    def _take(self, batch: Batch) -> None:
        captured = self.captured
        captured.note(batch.findings)
        if self._refused_whole:
            return  # what is wrong with the rest is still told
        new = self.sieve.new(batch.prepared, batch.statements)
        captured.unchanged += len(batch.prepared) - len(new)
        captured.recorded += len(new)
        if new and not captured.dry_run:
            seqs = self.transaction.append(self.envelope, new)
            self.index.add(seqs.start, new)
            if captured.first_seq is None:
                captured.first_seq = seqs.start


def _expecting(source: BinaryIO, name: str) -> AbstractContextManager[None]:
    """Lets the importer get ready while the document is being kept, where its size and beginning can be seen."""
    try:
        size, head = os.fstat(source.fileno()).st_size, source.peek(HEAD)  # type: ignore[attr-defined]  # or not
        guessed = choose(name, head)
    except (OSError, AttributeError, SuyuanError):
        return nullcontext()  # a stream, or one that is told about when it has been kept
    return guessed.expecting(size) if isinstance(guessed, Expecting) else nullcontext()


def _head(stream: BinaryIO) -> bytes:
    # what the ledger hands out is buffered; a peek takes nothing away from the reader
    assert isinstance(stream, io.BufferedReader), "a kept document is read through a buffer"
    return stream.peek(HEAD)


def _recorded_before(workspace: Workspace, digest: str, party: str) -> Document | None:
    found = [each for each in workspace.ledger.registrations(digest) if each.party == party]
    return found[-1] if found else None


def readable(name: str) -> str:
    """A file's name as text: archives packed in China name files in GB18030, of which Linux makes half surrogates.

    >>> readable("网点.csv".encode("gb18030").decode("utf-8", "surrogateescape"))
    '网点.csv'
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")
    return name


def media_type(name: str) -> str:
    """What the register says that a document is, from its name.

    >>> media_type("2026-05.XLSX")[-25:], media_type("x")
    ('ument.spreadsheetml.sheet', 'application/octet-stream')
    """
    return _MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


# an event of a document, a line, a row of a sheet: what is refused as one
_POINTED = re.compile(r"(?:/[^/]+)*?/(?:eventList|assets|vocabularyElementList)/[0-9]+")
_IN_XML = re.compile(r"/(?:EventList|VocabularyElementList)/[0-9]+")  # the lines of its faults lie within it
_CELL = re.compile(r"[A-Z]+([0-9]+)")


def _row(place: Place) -> str:
    """The row, line or event that a place lies in."""
    if inside := _IN_XML.match(place.pointer or ""):
        return inside[0]
    pointed = _POINTED.match(place.pointer or "")
    cell = _CELL.match(place.cell or "")
    return f"{place.sheet}!{cell[1] if cell else place.cell} {place.line} {pointed[0] if pointed else ''}"
