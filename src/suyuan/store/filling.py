"""The rows of new entries, in the order of the ledger: by worker processes where these pay.

    bundles 0 … 15 ──▶ worker 0 ─┐
    bundles 16 … 31 ─▶ worker 1 ─┴─ Arrow ──▶ tables, stretch by stretch

Workers read the ledger themselves: a request is two numbers, and the writer of columns has its processor to itself.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from suyuan.capture.workers import WorkerDied, Workers, available, processors
from suyuan.ledger.tiles import WIDTH
from suyuan.store import keys, record
from suyuan.store.ledger_port import Ledger
from suyuan.views.columns import TABLES
from suyuan.views.extract_lines import extract_lines

AT_ONCE = 16 * WIDTH
"""Entries that one request asks for: some megabytes of text."""
STRETCH = 30
"""Answers that are added at once: as many entries as a row group of DuckDB holds, which is then written once."""
FEW = 40_000
"""So many entries are read sooner than workers are started."""
WORKERS_MAX = 8
ANSWER = "suyuan.store.filling:answer"

Rows = Mapping[str, pa.Table]


def rows_between(directory: Path, ledger: Ledger, start: int, stop: int) -> Iterator[tuple[int, Rows]]:
    """The rows of entries start … stop, stretch by stretch, with the entry that each reaches to."""
    if stop - start > FEW and available():
        try:
            for start, rows in _by_workers(directory, ledger.address, start, stop):  # noqa: B020  # where it got to
                yield start, rows
        except (WorkerDied, RuntimeError):
            pass  # what is wrong with an entry is told by whoever reads it here
    for first, last in _stretches(start, stop, AT_ONCE * STRETCH):
        yield last, extract_lines(_lines(ledger, first, last))


def _by_workers(directory: Path, address: str, start: int, stop: int) -> Iterator[tuple[int, Rows]]:
    stretches = list(_stretches(start, stop, AT_ONCE))
    with Workers(ANSWER, min(processors(), WORKERS_MAX)) as workers:
        found: list[Rows] = []
        answers = workers.map((str(directory), address, first, last) for first, last in stretches)
        for (_, last), answer in zip(stretches, answers, strict=True):
            found.append({name: pa.ipc.open_stream(data).read_all() for name, data in answer})
            if len(found) == STRETCH or last == stop:
                yield last, {name: pa.concat_tables(rows[name] for rows in found) for name in TABLES}
                found.clear()


def _stretches(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut at full bundles, so that none is read twice."""
    while start < stop:
        last = min(stop, (start // size + 1) * size)
        yield start, last
        start = last


def _lines(ledger: Ledger, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    for first, lines in ledger.bundle_lines(start, stop):
        yield from enumerate(lines, first)


def answer(directory: str, address: str, start: int, stop: int) -> list[tuple[str, bytes]]:
    """A worker's answer: the rows of these entries, a stream of Arrow a table."""
    lines = _lines(_ledger(directory, address), start, stop)
    return [(name, _stream(rows)) for name, rows in extract_lines(lines).items()]


def _stream(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    written: bytes = sink.getvalue().to_pybytes()
    return written


@lru_cache(1)
def _ledger(directory: str, address: str) -> Ledger:
    """The ledger of a worker, to be read."""
    place = Path(directory)
    try:
        key = keys.public_key(place)
    except keys.NoKey:
        key = keys.private_key(place).verifier()
    return record.opened(place, address, key, lambda: datetime.now(UTC))
