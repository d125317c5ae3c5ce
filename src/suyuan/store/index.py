"""The index: which entries name an item, what is part of what, and which entry may have an event's id.

    index/manifest.json   the runs in order, and how many entries they cover; replaced in one step
    index/000007.run      a run (`suyuan.store.runs`), never changed

Derived from the ledger and made again from it when anything is missing. Entries are added to a buffer;
full buffers become runs at once, but count only from `commit` on. Neighbouring runs of a size are merged, so that
there are few. One writer at a time, which the caller sees to; readers go on with the runs they opened.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from suyuan.store.closure import Direction, Graph
from suyuan.store.failures import told
from suyuan.store.index_growing import FORMAT, MANIFEST, Growing, reached, resolve
from suyuan.store.index_parts import Indexed
from suyuan.store.runs import FEW, BrokenRun, Run, distinct, entered
from suyuan.store.texts import Ints, hash_of, hashes, texts
from suyuan.terms.errors import SuyuanError


class NotNext(SuyuanError):
    """Entries were added that do not follow those the index knows."""


class Index:
    """The index in a directory, which need not exist yet."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._runs: list[Run] = []
        self._stamp: tuple[int, int] | None = None
        self._graph: Graph | None = None
        self._growing: Growing | None = None
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
        return reached(self._runs)[0]

    @property
    def items(self) -> int:
        """How many items it knows: ids are 0 … items - 1."""
        return reached(self._runs)[1]

    # -- writing ----------------------------------------------------------------------------------

    def add(self, start_seq: int, prepared: Sequence[Indexed]) -> None:
        """Add entries from `start_seq` on; those known already are passed over. Raises NotNext, DiskFull."""
        with told("index"):
            if self._growing is None:
                self.refresh()
                self._growing = Growing(self._directory, self._runs)
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
            return resolve(self._runs, texts(keys))
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
