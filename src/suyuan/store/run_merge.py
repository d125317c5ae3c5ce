"""Neighbouring runs made into one, a few megabytes at a time.

    four runs of a size ──▶ one run of the next size

Positions in sorted arrays are advanced together up to a common value, so memory does not depend on how
long the runs are.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from suyuan.store.runs import NEIGHBOUR_BITS, Array, Entered, Extent, Run, distinct, write
from suyuan.store.texts import Ints, Words

AT_ONCE = 1 << 16
"""Numbers taken from each run at a time."""

FANOUT = 4


@dataclass(frozen=True, slots=True)
class _Part:
    """An array of one run; its numbers have `low_bits` and are to be raised by `shift`."""

    run: Run
    array: Words
    low_bits: int
    shift: int


def due(sizes: Sequence[int]) -> int:
    """How many of the last runs to make one of; 0 if none.

    >>> due([900_000_000, 300_000, 300_000, 300_000]), due([900_000_000, 300_000, 300_000, 300_000, 300_000])
    (0, 4)
    """
    tiers = [max(0, (size.bit_length() - 17) // 2) for size in sizes]
    count = 0
    while count < len(tiers) and tiers[-1 - count] <= tiers[-1]:
        count += 1
    return count if count >= FANOUT else 0


def merge(path: Path, runs: Sequence[Run]) -> Entered:
    """Write the run that says what `runs`, neighbours in order, say."""
    extents = [run.extent for run in runs]
    first = extents[0]
    whole = Extent(
        first.first_seq, sum(each.seqs for each in extents), first.first_id, sum(each.ids for each in extents)
    )
    events = [
        _Part(run, run.events, run.extent.event_bits, run.extent.first_seq - first.first_seq) for run in runs
    ]

    def under_hash(name: str) -> list[_Part]:
        return [
            _Part(run, getattr(run, name), run.extent.item_bits, run.extent.first_id - first.first_id)
            for run in runs
        ]

    def plain(name: str) -> list[_Part]:
        return [_Part(run, getattr(run, name), 0, 0) for run in runs]

    with _scratch(path.parent) as above, _scratch(path.parent) as below:
        up, down = _Firsts(whole, above), _Firsts(whole, below)
        return write(
            path,
            whole,
            {
                "events": lambda: _merged(events, whole.event_bits),
                "items": lambda: _merged(under_hash("items"), whole.item_bits),
                "aliases": lambda: _merged(under_hash("aliases"), whole.item_bits),
                "postings": lambda: _merged(plain("postings"), 0),
                "up": lambda: up.watch(_merged(plain("up"), 0)),
                "up_first": up.parts,
                "down": lambda: down.watch(_merged(plain("down"), 0)),
                "down_first": down.parts,
                "starts": lambda: _starts(runs),
                "heap": lambda: _heap(runs),
            },
        )


def _scratch(directory: Path) -> BinaryIO:
    # it has no name; where a system gives it one for a moment, the index's sweep knows it
    return tempfile.TemporaryFile(dir=directory, suffix=".run")


def _merged(parts: Sequence[_Part], low_bits: int) -> Iterator[Words]:
    """The numbers of all parts, sorted, each once, with `low_bits` for what is raised."""
    within = np.uint64((1 << low_bits) - 1)
    at = [0] * len(parts)
    while any(place < len(part.array) for place, part in zip(at, parts, strict=True)):
        ahead = [
            part.array[place + AT_ONCE - 1] | within
            for place, part in zip(at, parts, strict=True)
            if place + AT_ONCE <= len(part.array)
        ]
        taken = []
        for n, part in enumerate(parts):
            rest = part.array[at[n] :]
            count = int(np.searchsorted(rest, min(ahead), side="right")) if ahead else len(rest)
            taken.append(_raised(rest[:count], part, low_bits))
            at[n] += count
        yield distinct(np.concatenate(taken))
        # what was read counts as ours until it is given back
        for part in parts:
            part.run.forget_pages()


def _raised(numbers: Words, part: _Part, low_bits: int) -> Words:
    if not low_bits:
        return numbers
    # a hash loses the bits that the larger number now takes
    high = numbers >> np.uint64(low_bits) << np.uint64(low_bits)
    return high | ((numbers & np.uint64((1 << part.low_bits) - 1)) + np.uint64(part.shift))


class _Firsts:
    """Where the edges of each own item of a run begin, told while its edges go by, and kept in a file until then."""

    def __init__(self, extent: Extent, file: BinaryIO) -> None:
        self._extent = extent
        self._file = file
        self._edges = 0
        self._items = 0

    def watch(self, edges: Iterator[Words]) -> Iterator[Words]:
        """The same edges; notes where those of each item begin."""
        for part in edges:
            sources = (part >> np.uint64(NEIGHBOUR_BITS)).astype(np.int64) - self._extent.first_id
            if len(sources):
                self._note(int(sources[-1]) + 1, sources)
            self._edges += len(part)
            yield part
        self._note(self._extent.ids + 1, np.zeros(0, np.int64))

    def _note(self, stop: int, sources: Ints) -> None:
        """The beginnings of the items up to `stop` that have none yet; `sources` are the items of the next edges."""
        for start in range(self._items, stop, AT_ONCE):
            items = np.arange(start, min(start + AT_ONCE, stop))
            self._file.write((self._edges + np.searchsorted(sources, items)).astype(np.uint32).data)
        self._items = max(self._items, stop)

    def parts(self) -> Iterator[Array]:
        """The places, one more than items; asked for when all edges went by."""
        self._file.seek(0)
        while part := self._file.read(4 * AT_ONCE):
            yield np.frombuffer(part, np.uint32)


def count_firsts(edges: Words, extent: Extent, counts: NDArray[np.uint32]) -> int:
    """Add to `counts` the edges (sorted) of each own item; returns how many belong to earlier items."""
    sources = (edges >> np.uint64(NEIGHBOUR_BITS)).astype(np.int64) - extent.first_id
    before = int(np.searchsorted(sources, 0))
    own = sources[before:]
    if len(own):
        low = int(own[0])
        found = np.bincount(own - low)
        counts[low : low + len(found)] += found.astype(np.uint32)
    return before


def places(before: int, counts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Where the edges of each own item begin, and where the last ones end."""
    firsts = np.empty(len(counts) + 1, np.uint32)
    firsts[0] = before
    np.cumsum(counts, out=firsts[1:])
    firsts[1:] += np.uint32(before)
    return firsts


def _starts(runs: Sequence[Run]) -> Iterator[Array]:
    shift = 0
    for run in runs:
        for start in range(0, run.extent.ids, AT_ONCE):
            yield run.starts[start : min(start + AT_ONCE, run.extent.ids)] + np.uint64(shift)
            run.forget_pages()
        shift += int(run.starts[-1])
    yield np.array([shift], np.uint64)


def _heap(runs: Sequence[Run]) -> Iterator[Array]:
    for run in runs:
        size = int(run.starts[-1])
        for start in range(0, size, 8 * AT_ONCE):
            yield run.heap[start : min(start + 8 * AT_ONCE, size)]
            run.forget_pages()
