"""Digests met so far, in memory that does not grow with them: the newest in a set, the older ones in files.

    new digests ──▶ recent, a set ──when full──▶ a sorted run in a file ──two of a size──▶ one, merged by stretches
    asked for   ──▶ filter: never met, or ──perhaps──▶ one block of each run, then recent

The filter has a fixed size (16 MiB): it answers for nearly all that is new up to some 20 million digests; beyond,
more and more blocks are read for nothing. What stays in memory of a run is the first digest of each block: 0.03
bytes a digest.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from suyuan.capture.statements import SIZE
from suyuan.store.failures import told

RECENT_MAX = 1 << 16
BLOCK = 256
"""Digests that are read together: four kilobytes."""

AT_ONCE = 1 << 15
"""Digests taken from each run at a time when runs are merged."""

FILTER_BITS = 21

Words = NDArray[np.uint64]
Rows = NDArray[np.uint64]
"""Digests as two whole numbers each, n × 2; a run has them by the first one."""

Scratch = Callable[[], BinaryIO]
"""An empty file that is gone when it is closed, however the process ends."""


class Met:
    """Digests met so far.

    >>> met = Met()
    >>> met.new(b"a" * 16 + b"b" * 16 + b"a" * 16).tolist(), met.new(b"b" * 16 + b"c" * 16).tolist()
    ([True, True, False], [False, True])
    """

    def __init__(self, scratch: Scratch = tempfile.TemporaryFile) -> None:
        self._scratch = scratch
        self._recent: set[bytes] = set()
        self._runs: list[_Run] = []
        self._filter = _Filter()

    def new(self, digests: bytes) -> NDArray[np.bool_]:
        """For each digest whether it was not met before; from now on all of them were. Raises DiskFull."""
        each = [digests[at : at + SIZE] for at in range(0, len(digests), SIZE)]
        with told("documents"):
            fresh = self._not_in_runs(digests, len(each))
            different = set(each)
            if len(different) == len(each) and fresh.all() and self._recent.isdisjoint(different):
                self._recent |= different
            else:
                for place in np.flatnonzero(fresh).tolist():
                    fresh[place] = each[place] not in self._recent
                    self._recent.add(each[place])
            if len(self._recent) >= RECENT_MAX:
                self._close_run()
        return fresh

    def close(self) -> None:
        """Let go of the files, which are then gone."""
        for run in self._runs:
            run.close()
        self._runs.clear()

    def _not_in_runs(self, digests: bytes, count: int) -> NDArray[np.bool_]:
        fresh = np.ones(count, bool)
        if self._runs:
            rows = _rows(digests)
            left = np.flatnonzero(self._filter.may_have(rows))
            for run in self._runs:  # the longest first: most of what was met is there
                found = run.has(rows[left])
                fresh[left[found]] = False
                left = left[~found]
        return fresh

    def _close_run(self) -> None:
        rows = _sorted(_rows(b"".join(self._recent)))
        self._recent.clear()
        self._filter.add(rows)
        run = _Run(self._scratch())
        run.append(rows)
        # like binary addition: each digest is merged as often as the number of runs has digits
        while self._runs and self._runs[-1].count <= run.count:
            older = self._runs.pop()
            both = _merged((older, run), self._scratch())
            older.close()
            run.close()
            run = both
        self._runs.append(run)


class _Filter:
    """Four bits of one word for each digest: those that are not all set were never met."""

    def __init__(self) -> None:
        self._words = np.zeros(0, np.uint64)

    def add(self, rows: Rows) -> None:
        if not len(self._words):
            self._words = np.zeros(1 << FILTER_BITS, np.uint64)  # a short document never needs it
        place, bits = _place_and_bits(rows)
        np.bitwise_or.at(self._words, place, bits)

    def may_have(self, rows: Rows) -> NDArray[np.bool_]:
        place, bits = _place_and_bits(rows)
        may: NDArray[np.bool_] = self._words[place] & bits == bits
        return may


def _place_and_bits(rows: Rows) -> tuple[NDArray[np.int64], Words]:
    mixed = rows[:, 1]
    place = (mixed & np.uint64((1 << FILTER_BITS) - 1)).astype(np.int64)
    bits = np.zeros(len(rows), np.uint64)
    for n in range(4):
        bits |= np.uint64(1) << (mixed >> np.uint64(FILTER_BITS + 6 * n) & np.uint64(63))
    return place, bits


class _Run:
    """Digests in order, in a file; in memory the first of each block."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._firsts = np.zeros(0, np.uint64)
        self.count = 0

    def append(self, rows: Rows) -> None:
        """Write digests behind those that are there."""
        self._firsts = np.concatenate([self._firsts, rows[-self.count % BLOCK :: BLOCK, 0]])
        self._file.seek(0, os.SEEK_END)
        self._file.write(rows.data)
        self.count += len(rows)

    def read(self, start: int, stop: int) -> Rows:
        """Digests start … stop, as far as there are so many."""
        self._file.seek(start * SIZE)
        return _rows(self._file.read((min(stop, self.count) - start) * SIZE))

    def has(self, rows: Rows) -> NDArray[np.bool_]:
        """For each digest whether it is here."""
        found = np.zeros(len(rows), bool)
        # one that begins a block may have the same first half as one that ends the block before
        first = np.maximum(np.searchsorted(self._firsts, rows[:, 0], side="left") - 1, 0)
        last = np.searchsorted(self._firsts, rows[:, 0], side="right")
        for place, (start, stop) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
            if start < stop:
                block = self.read(start * BLOCK, stop * BLOCK)
                found[place] = (block == rows[place]).all(axis=1).any()
        return found

    def close(self) -> None:
        """Let go of the file, which is then gone."""
        self._file.close()


def _merged(runs: Sequence[_Run], file: BinaryIO) -> _Run:
    made = _Run(file)
    held = [run.read(0, AT_ONCE) for run in runs]
    come = [len(rows) for rows in held]
    while any(len(rows) for rows in held):
        # up to where all that are not at their end have been read
        ahead = [rows[-1, 0] for run, rows, at in zip(runs, held, come, strict=True) if at < run.count]
        taken = list[Rows]()
        for n, run in enumerate(runs):
            rows = held[n]
            count = int(np.searchsorted(rows[:, 0], min(ahead), side="right")) if ahead else len(rows)
            taken.append(rows[:count])
            more = run.read(come[n], come[n] + count)
            come[n] += len(more)
            held[n] = np.concatenate([rows[count:], more])
        made.append(_sorted(np.concatenate(taken)))
    return made


def _sorted(rows: Rows) -> Rows:
    return rows[np.argsort(rows[:, 0], kind="stable")]


def _rows(digests: bytes) -> Rows:
    return np.frombuffer(digests, "<u8").reshape(-1, 2)
