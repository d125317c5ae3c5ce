"""Reading the whole ledger again from its bytes: how fast, against hashing alone, and how large the file is.

The floor is a bare loop of hashlib over the same entries: nothing is read, unpacked or compared. The size is
that of `ledger.sqlite` against zstd (level 1, one stream) of the entries that it holds: hashes, marks,
checkpoints, the register and the pages of the database are what comes on top.
"""

import io
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import zstandard

from benchmarks.figures import Figure, best_of, peak_rss_mb
from benchmarks.made import events_ndjson
from suyuan.ledger.entry import Envelope
from suyuan.ledger.note import Signer
from suyuan.ledger.verify import verify
from suyuan.store.ledger_port import Submission
from suyuan.store.sqlite_ledger import SqliteLedger
from suyuan.store.sqlite_schema import FILE

EVENTS = 200_000
DOCUMENTS = 10
A_MINUTE = 1_000_000 / 60
KEY = Signer.from_seed("example.org/bench", bytes(32))


class _Body(NamedTuple):
    kind: str
    body: bytes
    place: str


def run() -> list[Figure]:
    """Rates of appending and verifying, and the size."""
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as name:
        directory = Path(name)
        events_ndjson(directory / "events.ndjson", EVENTS)
        lines = (directory / "events.ndjson").read_bytes().splitlines()
        ledger = SqliteLedger.create(directory, KEY, lambda: datetime.now(UTC))
        try:
            appending = _record(ledger, lines)
            verifying, _ = best_of(3, lambda: _verify(ledger))
            entries = [data for _, bundle in ledger.bundle_lines() for data in bundle]
        finally:
            ledger.close()
        size = (directory / FILE).stat().st_size
    hashing, _ = best_of(3, lambda: [sha256(b"\x00" + data).digest() for data in entries])
    packed = _zstd(entries)
    note = f"{EVENTS:,} entries of {sum(map(len, entries)) / EVENTS:.0f} bytes in {DOCUMENTS} documents"
    loop = "hashlib over the same bytes"
    return [
        _rate("verify", EVENTS / verifying, A_MINUTE, "a million a minute", 1.0, note),
        _rate("verify", EVENTS / verifying, EVENTS / hashing, loop, 0.25, f"peak {peak_rss_mb():.0f} MB"),
        _rate(
            "append (encoded, hashed, packed, durable)", EVENTS / appending, EVENTS / hashing, loop, 0.2, note
        ),
        Figure(
            "size of the ledger",
            size / EVENTS,
            packed / EVENTS,
            "bytes an entry",
            "zstd -1 of its entries",
            size / packed,
            1.3,
            "less",
            note,
        ),
    ]


def _rate(name: str, ours: float, against: float, peer: str, goal: float, note: str) -> Figure:
    return Figure(name, ours, against, "entries/s", peer, ours / against, goal, "more", note)


def _record(ledger: SqliteLedger, lines: list[bytes]) -> float:
    """Seconds to append all lines in documents of equal size; their own bytes are kept before the clock starts."""
    seconds = 0.0
    step = len(lines) // DOCUMENTS
    for start in range(0, len(lines), step):
        bodies = [_Body("event", line, f"line {n}") for n, line in enumerate(lines[start : start + step], 1)]
        with ledger.writing() as transaction:
            kept = transaction.keep(io.BytesIO(b"\n".join(lines[start : start + step])))
            envelope = Envelope(kept.digest, "91350900587527783P", datetime.now(UTC))
            begun = time.perf_counter()
            transaction.append(envelope, bodies)
            transaction.register(
                Submission(
                    kept.digest,
                    "made.ndjson",
                    "application/x-ndjson",
                    kept.size,
                    envelope.party,
                    envelope.recorded_at,
                )
            )
        seconds += time.perf_counter() - begun
    return seconds


def _verify(ledger: SqliteLedger) -> None:
    verdict = verify(ledger.stored(), KEY.verifier())
    assert verdict.ok, verdict.first
    assert verdict.entries == EVENTS, verdict.entries


def _zstd(entries: list[bytes]) -> int:
    stream = zstandard.ZstdCompressor(level=1).compressobj()
    return sum(len(stream.compress(data + b"\n")) for data in entries) + len(stream.flush())
