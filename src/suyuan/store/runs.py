"""A run: the index over a stretch of entries, as sorted arrays in one file that never changes.

    events     hash of the event's id ‖ its entry        items      hash of the key ‖ item
    postings   item ‖ entry                              aliases    hash of the key's last segment ‖ item
    up, down   item ‖ neighbour: each edge both ways     starts, heap   the texts of the keys

Every array but the texts is of 64-bit numbers, sorted: finding is a binary search, merging a merge. Hashes take the
bits that a number leaves over (entries and items are counted from the run's first). A run names the
items that were met in it first, `ids` of them from `first_id`; `up_first` and `down_first` say where
the edges of each of these begin, and the edges of earlier items stand before.
"""

import mmap
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from suyuan.store.texts import PAD, Ints, Texts, Words, equal

SEQ_BITS = 33
"""Low bits of a posting: up to 8.6 thousand million entries."""

NEIGHBOUR_BITS = 32
FEW = 32
"""As many are looked up one by one; more by numpy, all at once."""

MAPPED_MAX = 8 << 20
"""Bytes of an array that answering keeps in memory at a time: what was looked at is given back in between."""

_WINDOW = 1 << 16  # bytes that Linux maps around one that is looked at
_ALIGNED = 64
_NUMBERS, _PLACES, _BYTES = "<u8", "<u4", "|u1"
TYPES = {
    "events": _NUMBERS,
    "items": _NUMBERS,
    "aliases": _NUMBERS,
    "postings": _NUMBERS,
    "up": _NUMBERS,
    "up_first": _PLACES,
    "down": _NUMBERS,
    "down_first": _PLACES,
    "starts": _NUMBERS,
    "heap": _BYTES,
}

Number = TypeVar("Number", np.int64, np.uint64)
Array = NDArray[np.uint64] | NDArray[np.uint32] | NDArray[np.uint8]
Parts = Mapping[str, Callable[[], Iterable[Array]]]
"""For each array of a run its parts, in order; asked for one array after the other."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What a run covers: entries, and the items it met first."""

    first_seq: int
    seqs: int
    first_id: int
    ids: int

    @property
    def event_bits(self) -> int:
        """Low bits of `events`: an entry of this run."""
        return max(self.seqs - 1, 1).bit_length()

    @property
    def item_bits(self) -> int:
        """Low bits of `items` and `aliases`: an item of this run."""
        return max(self.ids - 1, 1).bit_length()


@dataclass(frozen=True, slots=True)
class Entered:
    """A run as the manifest names it; of each array where it begins in the file, and its length."""

    name: str
    extent: Extent
    size: int
    columns: Mapping[str, tuple[int, int]]

    def row(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self)


def entered(row: Mapping[str, object]) -> Entered:
    """The run that a row of the manifest names. Raises BrokenRun."""
    match row:
        case {"name": str(name), "extent": dict(extent), "size": int(size), "columns": dict(columns)}:
            pairs = {word: (int(offset), int(length)) for word, (offset, length) in columns.items()}
            if set(pairs) == set(TYPES):
                return Entered(name, Extent(**extent), size, pairs)
    raise BrokenRun("a row of the manifest is not of this format")


class BrokenRun(Exception):
    """A file that is not there or not whole; nothing is lost, the index is made again."""


def write(path: Path, extent: Extent, parts: Parts) -> Entered:
    """Write a run, array after array, part after part: memory does not grow with it."""
    columns: dict[str, tuple[int, int]] = {}
    with path.open("wb") as file:
        for name, dtype in TYPES.items():
            file.write(bytes(-file.tell() % _ALIGNED))
            offset, length = file.tell(), 0
            for part in parts[name]():
                file.write(np.ascontiguousarray(part, dtype).data)
                length += len(part)
            columns[name] = (offset, length)
        file.write(bytes(PAD))
        size = file.tell()
    return Entered(path.name, extent, size, columns)


class Run:
    """An open run, mapped into memory."""

    def __init__(self, directory: Path, named: Entered) -> None:
        self.entered = named
        self.extent = named.extent
        self._map = _mapped(directory / named.name, named.size)
        self.events: Words = self._numbers("events")
        self.items: Words = self._numbers("items")
        self.aliases: Words = self._numbers("aliases")
        self.postings: Words = self._numbers("postings")
        self.up: Words = self._numbers("up")
        self.down: Words = self._numbers("down")
        self.up_first: NDArray[np.uint32] = self._array("up_first")
        self.down_first: NDArray[np.uint32] = self._array("down_first")
        self.starts: Words = self._numbers("starts")
        offset, length = named.columns["heap"]
        self.heap: NDArray[np.uint8] = np.frombuffer(self._map, np.uint8, length + PAD, offset)

    def _array(self, name: str) -> NDArray[np.uint32]:
        offset, length = self.entered.columns[name]
        return np.frombuffer(self._map, TYPES[name], length, offset)

    def _numbers(self, name: str) -> Words:
        offset, length = self.entered.columns[name]
        return np.frombuffer(self._map, TYPES[name], length, offset)

    def forget_pages(self) -> None:
        """Let the system take back the pages that were looked at; they stay in its cache."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    # -- texts ------------------------------------------------------------------------------------

    def texts(self, places: Ints) -> Texts:
        """Keys of the run's own items, counted from its first."""
        starts = self.starts[places].astype(np.int64)
        return Texts(self.heap, starts, self.starts[places + 1].astype(np.int64) - starts)

    def key(self, place: int) -> str:
        """The key of one of the run's own items, counted from its first."""
        start, end = int(self.starts[place]), int(self.starts[place + 1])
        return self.heap[start:end].tobytes().decode()

    # -- finding ----------------------------------------------------------------------------------

    def find_items(self, keys: Texts, hashed: Words) -> Ints:
        """The item of each key; -1 for those that did not first come in this run."""
        found = np.full(len(keys), -1, np.int64)
        rows, places = self._prefixed(self.items, hashed, self.extent.item_bits)
        size = len(self.heap)
        if size > MAPPED_MAX:
            order = np.argsort(places)
            rows, places = rows[order], places[order]
        for part in self._in_stretches(places / max(self.extent.ids, 1), size):
            same = equal(keys.at(rows[part]), self.texts(places[part]))
            found[rows[part][same]] = places[part][same] + self.extent.first_id
        return found

    def _prefixed(self, array: Words, hashed: Words, low_bits: int) -> tuple[Ints, Ints]:
        """(row, number) of all that stand under a hash, by the hash."""
        order = np.argsort(hashed)  # sorted questions walk through the array instead of jumping about in it
        ordered = hashed[order]
        found = [
            prefixed(array, ordered[part], order[part], low_bits)
            for part in self._in_stretches(ordered / 2.0**64, array.nbytes)
        ]
        rows, numbers = zip(*found, strict=True) if found else ((order,), (order,))
        return np.concatenate(rows), np.concatenate(numbers)

    def _in_stretches(self, where: NDArray[np.float64], size: int) -> Iterator[slice]:
        """Sorted questions in stretches that look at MAPPED_MAX each; `where` 0 … 1 in an array of `size` bytes."""
        if size <= MAPPED_MAX:
            if len(where):
                yield slice(0, len(where))
            return
        window = (where * (size / _WINDOW)).astype(np.int64)
        looked_at = np.cumsum(np.diff(window, prepend=-1) != 0)
        cuts = np.flatnonzero(np.diff(looked_at // (MAPPED_MAX // _WINDOW))) + 1
        for start, stop in pairwise([0, *cuts.tolist(), len(where)]):
            yield slice(start, stop)
            self.forget_pages()

    def find_item(self, key: str, hashed: int) -> int:
        """The item of one key, or -1."""
        for place in prefixed_one(self.items, hashed, self.extent.item_bits):
            if self.key(place) == key:
                return place + self.extent.first_id
        return -1

    def find_alias(self, segment: str, hashed: int) -> list[int]:
        """Items whose key ends in a segment: behind its last slash or colon."""
        places = prefixed_one(self.aliases, hashed, self.extent.item_bits)
        endings = ("/" + segment, ":" + segment)
        return sorted(place + self.extent.first_id for place in places if self.key(place).endswith(endings))

    def find_events(self, hashed: Words) -> tuple[Ints, Ints]:
        """(row, seq) of entries whose event's id may have that hash."""
        rows, places = self._prefixed(self.events, hashed, self.extent.event_bits)
        return rows, places + self.extent.first_seq

    def find_event(self, hashed: int) -> list[int]:
        """The same for one."""
        places = prefixed_one(self.events, hashed, self.extent.event_bits)
        if self.events.nbytes > MAPPED_MAX:
            self.forget_pages()
        return [place + self.extent.first_seq for place in places]

    def find_postings(self, ids: Ints) -> Ints:
        """Entries that name any of the items (sorted ids)."""
        low = ids.astype(np.uint64) << np.uint64(SEQ_BITS)
        starts = np.searchsorted(self.postings, low)
        ends = np.searchsorted(self.postings, low + np.uint64(1 << SEQ_BITS))
        _, places = stretches(starts, ends)
        return (self.postings[places] & np.uint64((1 << SEQ_BITS) - 1)).astype(np.int64)


def _mapped(path: Path, size: int) -> mmap.mmap:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise BrokenRun(f"{path} cannot be opened") from error
    try:
        if os.fstat(descriptor).st_size != size:
            raise BrokenRun(f"{path} is not whole")
        return mmap.mmap(descriptor, size, access=mmap.ACCESS_READ)
    finally:
        os.close(descriptor)


def stretches(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """(row, place) for every place of every stretch start … end.

    >>> rows, places = stretches(np.array([3, 9, 5]), np.array([5, 9, 6]))
    >>> rows.tolist(), places.tolist()
    ([0, 0, 2], [3, 4, 5])
    """
    widths = ends - starts
    rows = np.repeat(np.arange(len(starts)), widths)
    before = np.cumsum(widths) - widths
    return rows, np.arange(len(rows)) - np.repeat(before - starts, widths)


def distinct(numbers: NDArray[Number]) -> NDArray[Number]:
    """The numbers in order, each once. (`np.unique` hashes first, which takes ten times as long.)"""
    ordered: NDArray[Number] = np.sort(numbers)
    if len(ordered) < 2:
        return ordered
    differs = np.ones(len(ordered), bool)
    differs[1:] = ordered[1:] != ordered[:-1]
    return ordered[differs]


def prefixed(array: Words, hashed: Words, rows: Ints, low_bits: int) -> tuple[Ints, Ints]:
    """(row, number) of all that stand under a hash: their high bits agree, the low bits are the number.

    `hashed` are sorted questions, `rows` what each is called.
    """
    if not len(array):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    shift = np.uint64(low_bits)
    low = hashed >> shift << shift
    starts = np.searchsorted(array, low)
    # most are not there at all: where a stretch ends is asked only for those that may be
    nearest = array[np.minimum(starts, len(array) - 1)]
    may = np.flatnonzero(nearest >> shift << shift == low)
    ends = np.searchsorted(array, low[may] | np.uint64((1 << low_bits) - 1), side="right")
    at, places = stretches(starts[may], ends)
    return rows[may[at]], (array[places] & np.uint64((1 << low_bits) - 1)).astype(np.int64)


def prefixed_one(array: Words, hashed: int, low_bits: int) -> list[int]:
    """The numbers that stand under one hash."""
    view = array.data
    prefix = hashed >> low_bits
    at, found = bisect_left(view, prefix << low_bits), []
    while at < len(view) and view[at] >> low_bits == prefix:
        found.append(view[at] & ((1 << low_bits) - 1))
        at += 1
    return found
