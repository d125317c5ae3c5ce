"""The port `Ledger`: what the record of entries promises, whichever database keeps it.

with ledger.writing() as transaction:            one writer; all or nothing
    kept = transaction.keep(stream)              the document's bytes, by digest
    transaction.append(envelope, prepared)       any number of times, any length
    transaction.register(submission)             closes the document
ledger.checkpoint()                              covers it, signed, on disk
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.document import Document
from suyuan.ledger.entry import Body, Entry, Envelope
from suyuan.ledger.receipt import Receipt
from suyuan.ledger.tiles import Tile
from suyuan.ledger.verify import Stored
from suyuan.terms.errors import SuyuanError


class NoSuchEntry(SuyuanError):
    """A sequence number beyond the end of the log."""


class NoCheckpoint(SuyuanError):
    """No checkpoint was signed at that size."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What is put in the register when a document is closed; where its entries stand, the ledger adds."""

    digest: str
    name: str
    media_type: str
    size: int
    party: str
    recorded_at: datetime
    refused: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of a document as they were taken in: sha-256 in hex, and how many."""

    digest: str
    size: int


class Writing(Protocol):
    """One transaction of the only writer."""

    def keep(self, stream: BinaryIO) -> Kept:
        """Take in the bytes of a document, streaming; they stay only if the transaction is committed."""

    def kept(self, digest: str) -> BinaryIO:
        """Read the bytes of a document that is kept or was taken in by this transaction."""

    def scratch(self) -> BinaryIO:
        """An empty file on the ledger's disk that is gone when it is closed, however the process ends."""

    def append(self, envelope: Envelope, bodies: Iterable[Body]) -> range:
        """Add entries behind the last one, streaming; returns their sequence numbers."""

    def register(self, submission: Submission) -> Document:
        """Close a document: what was appended since the last one is its entries."""


class Ledger(Protocol):
    """The log. Readers see what is committed, at any time and beside a writer."""

    def writing(self) -> AbstractContextManager[Writing]:
        """Write documents: at the end of the block all of them are on disk under one signed checkpoint, or none.

        Raises WriterBusy at once where another process (or thread) is writing, DiskFull, ReadOnly, ServerGone,
        Damaged. After any of them the ledger is as it was before. After OutcomeUnknown it is so, or all is on
        record: submitting the same again settles it, as what is known already is not recorded twice.
        """

    @property
    def address(self) -> str:
        """Where it stands, for whoever opens it in another process; '' for the workspace's own directory."""

    @property
    def size(self) -> int:
        """How many entries the last checkpoint covers."""

    def checkpoint(self) -> Checkpoint:
        """The last checkpoint."""

    def checkpoint_note(self, size: int | None = None) -> str:
        """The last checkpoint as signed, or the last one at exactly `size`. Raises NoCheckpoint."""

    def entry(self, seq: int) -> Entry:
        """One entry, its body in place. Raises NoSuchEntry."""

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries start … stop in order, their bodies in place."""

    def bundle_lines(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, list[bytes]]]:
        """Entries start … stop as bytes (one JSON object each, bodies in place), bundle by bundle with the first seq."""

    def document(self, digest: str) -> Document | None:
        """The last registration of the document with that sha-256."""

    def registrations(self, digest: str) -> list[Document]:
        """All registrations of the document with that sha-256 (several parties may submit the same bytes)."""

    def documents(self) -> Iterator[Document]:
        """The register, in order."""

    def read_document(self, digest: str) -> BinaryIO:
        """The bytes of a document as they were submitted, checked at the end. Raises NoSuchDocument, Damaged."""

    def tile(self, tile: Tile) -> bytes:
        """A hash tile or a bundle of entries (C2SP tlog-tiles). Raises NoSuchTile."""

    def inclusion(self, seq: int, size: int | None = None) -> list[bytes]:
        """The path that proves entry `seq` in the tree of `size` entries."""

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The nodes that prove that the tree of `new` entries begins with that of `old`."""

    def receipt(self, seq: int) -> Receipt:
        """Proof of entry `seq` under the last checkpoint."""

    def stored(self) -> Stored:
        """What `suyuan.ledger.verify.verify` reads."""

    def close(self) -> None:
        """Let go of the database."""
