"""Runs on their way into the index: buffered, written, merged, and made to count by one manifest.

A full buffer becomes a run at once, so that memory does not grow with a document; the manifest names it only from
the commit on. Files that no manifest names are swept away, those of a killed writer by the next.
"""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from suyuan.store.index_parts import Buffer, Indexed
from suyuan.store.run_merge import due, merge
from suyuan.store.runs import Run, write
from suyuan.store.texts import Ints, Texts, hashes

MANIFEST = "manifest.json"
FORMAT = 1

EVENTS_BUFFERED = 1 << 16
ITEMS_BUFFERED = 1 << 18
EVENTS_AT_ONCE = 1 << 12


def reached(runs: Sequence[Run]) -> tuple[int, int]:
    """(entries, items) that runs cover together."""
    if not runs:
        return 0, 0
    last = runs[-1].extent
    return last.first_seq + last.seqs, last.first_id + last.ids


def resolve(runs: Sequence[Run], keys: Texts) -> Ints:
    """The id of each key, -1 for those that no run knows."""
    ids = np.full(len(keys), -1, np.int64)
    hashed = hashes(keys)
    rows = np.arange(len(keys))
    for run in runs:
        if not len(rows):
            break
        ids[rows] = run.find_items(keys.at(rows), hashed[rows])
        # the pages of runs that were searched count as ours until they are given back
        run.forget_pages()
        rows = rows[ids[rows] < 0]
    return ids


class Growing:
    """Runs on their way to the next commit."""

    def __init__(self, directory: Path, runs: Sequence[Run]) -> None:
        self._directory = directory
        self.runs = list(runs)
        self._committed = {run.entered.name for run in runs}
        self._buffer = Buffer()
        directory.mkdir(parents=True, exist_ok=True)
        if not runs:
            # whatever a broken manifest names must not be taken for runs that are written now
            (directory / MANIFEST).unlink(missing_ok=True)
        self._sweep(self._committed)
        self._number = max((int(Path(name).stem) for name in self._committed), default=0)

    @property
    def next_seq(self) -> int:
        """The entry that comes next."""
        return reached(self.runs)[0] + self._buffer.events

    def add(self, prepared: Sequence[Indexed]) -> None:
        """Buffer entries; full buffers become runs."""
        start = 0
        while start < len(prepared):
            stop = start + min(EVENTS_AT_ONCE, EVENTS_BUFFERED - self._buffer.events)
            self._buffer.add(prepared[start:stop])
            start = stop
            if self._buffer.events >= EVENTS_BUFFERED or self._buffer.items >= ITEMS_BUFFERED:
                self._flush()

    def _flush(self) -> None:
        first_seq, first_id = reached(self.runs)
        extent, parts = self._buffer.parts(first_seq, first_id, lambda keys: resolve(self.runs, keys))
        self._buffer = Buffer()
        self.runs.append(Run(self._directory, write(self._next_path(), extent, parts)))
        while count := due([run.entered.size for run in self.runs]):
            old = self.runs[-count:]
            self.runs[-count:] = [Run(self._directory, merge(self._next_path(), old))]
            self._remove(run for run in old if run.entered.name not in self._committed)

    def _next_path(self) -> Path:
        self._number += 1
        return self._directory / f"{self._number:06}.run"

    def commit(self) -> None:
        """Write the manifest over the runs, all of them on disk: a loss of power must not leave half an index."""
        if self._buffer.events:
            self._flush()
        names = [run.entered.name for run in self.runs]
        for name in set(names) - self._committed:
            _sync(self._directory / name)
        fields = {
            "format": FORMAT,
            "position": reached(self.runs)[0],
            "runs": [run.entered.row() for run in self.runs],
        }
        fresh = self._directory / f"{MANIFEST}.new"
        fresh.write_text(json.dumps(fields, indent=1))
        _sync(fresh)
        fresh.replace(self._directory / MANIFEST)
        self._sweep(set(names))

    def discard(self) -> None:
        """Take away what was written since the last commit."""
        self._sweep(self._committed)

    def _remove(self, runs: Iterable[Run]) -> None:
        for run in runs:
            (self._directory / run.entered.name).unlink(missing_ok=True)

    def _sweep(self, keep: set[str]) -> None:
        """Take away runs that no manifest names: merged ones, and what a killed writer left."""
        for path in self._directory.glob("*.run"):
            if path.name not in keep:
                path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
