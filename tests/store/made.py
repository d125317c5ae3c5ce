"""Ledgers made up for the tests of the store."""

import io
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from suyuan.ledger.document import Document
from suyuan.ledger.entry import Envelope
from suyuan.ledger.note import Signer, Verifier
from suyuan.store import record as records
from suyuan.store.ledger_port import Ledger, Submission
from suyuan.store.sql_ledger import SqlLedger

KEY = Signer.from_seed("example.org/ledger", bytes(32))
PARTY = "91330000MA27XL0B4X"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


class Body(NamedTuple):
    """The part of a prepared event that the ledger reads."""

    kind: str
    body: bytes
    place: str


def bodies(count: int, word: str = "x") -> list[Body]:
    """Events of different lengths and contents; canonical JSON."""
    draw = random.Random(f"{count}{word}")
    return [
        Body("event", b'{"n":%d,"word":"%s"}' % (n, word.encode() * draw.randrange(1, 60)), f"line {n + 1}")
        for n in range(count)
    ]


ADDRESS = "address"
"""The file that says where a ledger made for a test stands, if not in its directory."""


def new_ledger(
    directory: Path, now: datetime = NOW, *, address: str = "", extensions: Sequence[str] = ()
) -> SqlLedger:
    directory.mkdir(parents=True, exist_ok=True)
    made = records.create(directory, address, KEY, lambda: now, extensions=extensions)
    if address:
        (directory / ADDRESS).write_text(address)
    return made


def open_ledger(directory: Path, now: datetime = NOW, *, key: Signer | Verifier = KEY) -> SqlLedger:
    return records.opened(directory, address_of(directory), key, lambda: now)


def address_of(directory: Path) -> str:
    named = directory / ADDRESS
    return named.read_text() if named.exists() else ""


def record(
    ledger: Ledger, contents: bytes, of: Sequence[Body] | Iterable[Body], party: str = PARTY
) -> Document:
    """One document in one transaction."""
    with ledger.writing() as transaction:
        kept = transaction.keep(io.BytesIO(contents))
        transaction.append(Envelope(kept.digest, party, NOW), of)
        return transaction.register(
            Submission(kept.digest, "made.ndjson", "application/x-ndjson", kept.size, party, NOW)
        )
