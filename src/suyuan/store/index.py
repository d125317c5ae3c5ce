"""The index: which entries name an item, what is part of what, and which entry may have an event's id.

    index/manifest.json   the runs in order, and how many entries they cover; replaced in one step
    index/000007.run      a run (`suyuan.store.runs`), never changed

Derived from the ledger and made again from it when anything is missing. Entries are added to a buffer;
full buffers become runs at once, but count only from `commit` on. Neighbouring runs of a size are merged, so that
there are few. One writer at a time, which the caller sees to; readers go on with the runs they opened.
"""

import json
import os
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from suyuan.store.closure import Direction, Graph
from suyuan.store.failures import told
from suyuan.store.index_parts import Indexed, parts_of
from suyuan.store.run_merge import due, merge
from suyuan.store.runs import FEW, BrokenRun, Run, distinct, entered, write
from suyuan.store.texts import Ints, Texts, hash_of, hashes, texts
from suyuan.terms.errors import SuyuanError

MANIFEST = "manifest.json"
FORMAT = 1

EVENTS_BUFFERED = 1 << 16
ITEMS_BUFFERED = 1 << 19


class NotNext(SuyuanError):
    """Entries were added that do not follow those the index knows."""


class Index:
    """The index in a directory, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._runs: list[Run] = []
        self._stamp: tuple[int, int] | None = None
        self._graph: Graph | None = None
        self._growing: _Growing | None = None
        self.refresh()

    def refresh(self) -> None:
        """Go on with what another process committed since; a broken index is an empty one."""
        for _ in range(3):
            stamp = self._manifest_stamp()
            if stamp == self._stamp:
                return
            try:
                runs = self._opened_runs()
            except BrokenRun:
                # a writer may have merged runs away since the manifest was read
                runs = []
            self._use(runs)
            if self._manifest_stamp() == stamp:
                self._stamp = stamp
                return

    def _manifest_stamp(self) -> tuple[int, int] | None:
        try:
            found = (self._directory / MANIFEST).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _opened_runs(self) -> list[Run]:
        try:
            fields = json.loads((self._directory / MANIFEST).read_bytes())
            if fields["format"] != FORMAT:
                return []
            return [Run(self._directory, entered(row)) for row in fields["runs"]]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenRun(f"{MANIFEST} is broken") from error

    def _use(self, runs: list[Run]) -> None:
        self._runs = runs
        self._graph = None

    def close(self) -> None:
        """Let go of every file; what was not committed is forgotten."""
        self.rollback()
        self._use([])
        self._stamp = None

    @property
    def position(self) -> int:
        """How many entries the index covers."""
        return _reached(self._runs)[0]

    @property
    def items(self) -> int:
        """How many items it knows: ids are 0 … items - 1."""
        return _reached(self._runs)[1]

    # -- writing ----------------------------------------------------------------------------------

    def add(self, start_seq: int, prepared: Sequence[Indexed]) -> None:
        """Add entries from `start_seq` on; those known already are passed over. Raises NotNext, DiskFull."""
        with told("index"):
            if self._growing is None:
                self.refresh()
                self._growing = _Growing(self._directory, self._runs)
            known = self._growing.next_seq - start_seq
            if known < 0:
                raise NotNext(
                    f"the index covers {self._growing.next_seq} entries and cannot go on at {start_seq}; "
                    "run: suyuan rebuild",
                    f"索引覆盖 {self._growing.next_seq} 条，不能从第 {start_seq} 条继续；请运行：suyuan rebuild",
                )
            self._growing.add(prepared[known:] if known else prepared)

    def commit(self) -> None:
        """Make what was added count."""
        growing, self._growing = self._growing, None
        if growing is None:
            return
        with told("index"):
            try:
                growing.commit()
            except BaseException:
                growing.discard()
                raise
        self._use(growing.runs)
        self._stamp = self._manifest_stamp()

    def rollback(self) -> None:
        """Forget what was added since the last commit."""
        if self._growing is not None:
            self._growing.discard()
            self._growing = None

    def clear(self) -> None:
        """Forget everything."""
        self.rollback()
        with told("index"):
            (self._directory / MANIFEST).unlink(missing_ok=True)
        self.refresh()

    def rebuild(self, batches: Iterable[tuple[int, Sequence[Indexed]]]) -> None:
        """Make the index anew from all entries, given as (first seq, entries) in order."""
        self.clear()
        for start_seq, prepared in batches:
            self.add(start_seq, prepared)
        self.commit()

    # -- asking -----------------------------------------------------------------------------------

    def item_ids(self, keys: Sequence[str]) -> Ints:
        """The id of each key, -1 where no entry names it."""
        if len(keys) > FEW:
            return _resolve(self._runs, texts(keys))
        return np.array([self._item_id(key) for key in keys], np.int64)

    def _item_id(self, key: str) -> int:
        hashed = hash_of(key)
        for run in self._runs:
            if (found := run.find_item(key, hashed)) >= 0:
                return found
        return -1

    def keys(self, ids: Iterable[int]) -> list[str]:
        """The key of each id."""
        firsts = [run.extent.first_id for run in self._runs]
        found = []
        for item in ids:
            # runs without items of their own stand before the one that begins with the same id
            run = self._runs[bisect_right(firsts, item) - 1]
            found.append(run.key(int(item) - run.extent.first_id))
        return found

    def ids_ending(self, segment: str) -> list[int]:
        """Items whose key is `segment`, or ends in it behind its last slash or colon."""
        hashed = hash_of(segment)
        exact = self._item_id(segment)
        found = [item for run in self._runs for item in run.find_alias(segment, hashed)]
        return sorted({*found, exact} - {-1})

    def postings(self, ids: Iterable[int]) -> Ints:
        """The entries that name any of the items, in order."""
        wanted = distinct(np.fromiter(ids, np.int64))
        wanted = wanted[wanted >= 0]
        found = [run.find_postings(wanted) for run in self._runs]
        return distinct(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def seqs_of_events(self, event_ids: Sequence[str]) -> list[list[int]]:
        """For each id the entries that may have it, in order: whoever asks compares."""
        if len(event_ids) <= FEW:
            few = [hash_of(event_id) for event_id in event_ids]
            return [[seq for run in self._runs for seq in run.find_event(hashed)] for hashed in few]
        found: list[list[int]] = [[] for _ in event_ids]
        hashed = hashes(texts(event_ids))
        for run in self._runs:
            rows, seqs = run.find_events(hashed)
            for row, seq in zip(rows.tolist(), seqs.tolist(), strict=True):
                found[row].append(seq)
        return found

    def closure(self, ids: Iterable[int], direction: Direction, limit: int = 1 << 62) -> list[Ints]:
        """What is reached from the items, level by level, without themselves; at most `limit` items.

        `up` leads from part to whole and from input to output, `down` the other way. A process run is an item too.
        """
        if self._graph is None:
            self._graph = Graph(self._runs)
        return self._graph.closure([int(item) for item in ids if item >= 0], direction, limit)


def _reached(runs: Sequence[Run]) -> tuple[int, int]:
    if not runs:
        return 0, 0
    last = runs[-1].extent
    return last.first_seq + last.seqs, last.first_id + last.ids


def _resolve(runs: Sequence[Run], keys: Texts) -> Ints:
    ids = np.full(len(keys), -1, np.int64)
    hashed = hashes(keys)
    rows = np.arange(len(keys))
    for run in runs:
        if not len(rows):
            break
        ids[rows] = run.find_items(keys.at(rows), hashed[rows])
        rows = rows[ids[rows] < 0]
    return ids


class _Growing:
    """Runs on their way to the next commit."""

    def __init__(self, directory: Path, runs: Sequence[Run]) -> None:
        self._directory = directory
        self.runs = list(runs)
        self._committed = {run.entered.name for run in runs}
        self._buffer: list[Indexed] = []
        self._items = 0
        directory.mkdir(parents=True, exist_ok=True)
        if not runs:
            # whatever a broken manifest names must not be taken for runs that are written now
            (directory / MANIFEST).unlink(missing_ok=True)
        self._sweep(self._committed)
        self._number = max((int(Path(name).stem) for name in self._committed), default=0)

    @property
    def next_seq(self) -> int:
        """The entry that comes next."""
        return _reached(self.runs)[0] + len(self._buffer)

    def add(self, prepared: Sequence[Indexed]) -> None:
        """Buffer entries; full buffers become runs."""
        for start in range(0, len(prepared), EVENTS_BUFFERED):
            part = prepared[start : start + EVENTS_BUFFERED]
            self._buffer += part
            self._items += sum([len(each.items) for each in part])
            if len(self._buffer) >= EVENTS_BUFFERED or self._items >= ITEMS_BUFFERED:
                self._flush()

    def _flush(self) -> None:
        first_seq, first_id = _reached(self.runs)
        extent, parts = parts_of(first_seq, first_id, self._buffer, lambda keys: _resolve(self.runs, keys))
        self._buffer, self._items = [], 0
        self.runs.append(Run(self._directory, write(self._next_path(), extent, parts)))
        while count := due([run.entered.size for run in self.runs]):
            old = self.runs[-count:]
            self.runs[-count:] = [Run(self._directory, merge(self._next_path(), old))]
            self._remove(run for run in old if run.entered.name not in self._committed)
        # the pages of runs that were searched count as ours until they are given back
        for run in self.runs:
            run.forget_pages()

    def _next_path(self) -> Path:
        self._number += 1
        return self._directory / f"{self._number:06}.run"

    def commit(self) -> None:
        """Write the manifest over the runs, all of them on disk: a loss of power must not leave half an index."""
        if self._buffer:
            self._flush()
        names = [run.entered.name for run in self.runs]
        for name in set(names) - self._committed:
            _sync(self._directory / name)
        fields = {
            "format": FORMAT,
            "position": _reached(self.runs)[0],
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
