"""From prepared events to the arrays of a run, many at a time.

    items (role, key) ──Buffer──▶ known keys: their ids     ──▶ postings
                                  new keys: the next ids    ──▶ items, aliases, heap
    child → parent, input → run, run → output                   ──▶ up, down

An id is given in the order in which keys are first met, so that an index made again has the same ids.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from suyuan.store.run_merge import count_firsts, places
from suyuan.store.runs import NEIGHBOUR_BITS, SEQ_BITS, Array, Extent, Parts, distinct
from suyuan.store.texts import Ints, Texts, Words, hashes, texts


class Indexed(Protocol):
    """What the index reads of an event; `suyuan.events.prepared.Prepared` is one."""

    @property
    def event_id(self) -> str:
        """The id, '' where there is none."""

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """(role, key) of every item."""


KEYS_AT_ONCE = 1 << 13

_ROLES = {"parent": 1, "child": 2, "input": 3, "output": 4, "run": 5}
_PARENT, _CHILD, _INPUT, _OUTPUT, _RUN = _ROLES.values()

Resolve = Callable[[Texts], Ints]
"""Keys → ids, -1 for those not known."""


class Buffer:
    """Events on their way into a run, as numbers: of texts only the different keys are kept."""

    def __init__(self) -> None:
        self._events: list[Words] = []
        self._given: list[NDArray[np.bool_]] = []
        self._counts: list[NDArray[np.int32]] = []
        self._roles: list[NDArray[np.uint8]] = []
        self._items: list[NDArray[np.int32]] = []
        self._keys: dict[str, int] = {}
        self.events = 0
        self.items = 0

    def add(self, events: Sequence[Indexed]) -> None:
        """Take in events behind those that are there."""
        ids = texts([event.event_id for event in events])
        self._events.append(hashes(ids))
        self._given.append(ids.lengths > 0)
        self._counts.append(np.fromiter((len(event.items) for event in events), np.int32, len(events)))
        role, keys = _ROLES.get, self._keys
        roles = bytes([role(word, 0) for event in events for word, _ in event.items])
        self._roles.append(np.frombuffer(roles, np.uint8))
        number = keys.setdefault
        items = [number(key, len(keys)) for event in events for _, key in event.items]
        self._items.append(np.array(items, np.int32))
        self.events += len(events)
        self.items += len(items)

    def parts(self, first_seq: int, first_id: int, resolve: Resolve) -> tuple[Extent, Parts]:
        """What a run over these events consists of; new keys get the ids from `first_id`."""
        keys = texts(list(self._keys))
        key_ids = resolve(keys)
        new = np.flatnonzero(key_ids < 0)
        key_ids[new] = first_id + np.arange(len(new))
        extent = Extent(first_seq, self.events, first_id, len(new))
        assert first_seq + self.events <= 1 << SEQ_BITS, "more entries than an index can number"
        assert first_id + len(new) <= 1 << 64 - SEQ_BITS, "more items than an index can number"
        rows = np.repeat(np.arange(self.events), np.concatenate(self._counts))
        roles, ids = np.concatenate(self._roles), key_ids[np.concatenate(self._items)]
        named = np.uint64(1 << SEQ_BITS) * ids.astype(np.uint64) + (rows + first_seq).astype(np.uint64)
        low, high = _edges(rows, roles, ids, self.events)
        up, down = _paired(low, high), _paired(high, low)
        fresh = keys.at(new)
        starts, heap = _end_to_end(fresh)
        given = np.flatnonzero(np.concatenate(self._given))
        arrays: dict[str, Array] = {
            "events": _under_hash(np.concatenate(self._events)[given], given, extent.event_bits),
            "items": _under_hash(hashes(fresh), np.arange(len(new)), extent.item_bits),
            "aliases": _aliases(fresh, extent.item_bits),
            "postings": distinct(named),
            "up": up,
            "up_first": _firsts(up, extent),
            "down": down,
            "down_first": _firsts(down, extent),
            "starts": starts,
            "heap": heap,
        }
        return extent, {name: lambda array=array: (array,) for name, array in arrays.items()}


def _edges(rows: Ints, roles: NDArray[np.uint8], ids: Ints, events: int) -> tuple[Ints, Ints]:
    """(from, to) of every edge upward: child → parent, input → run, run → output."""
    hubs = np.full((2, events), -1, np.int64)
    for n, role in enumerate((_PARENT, _RUN)):
        is_hub = roles == role
        hubs[n, rows[is_hub]] = ids[is_hub]
    low, high = [], []
    for n, role in ((0, _CHILD), (1, _INPUT), (1, _OUTPUT)):
        spoke = np.flatnonzero(roles == role)
        hub = hubs[n, rows[spoke]]
        ends = ids[spoke][hub >= 0], hub[hub >= 0]
        low.append(ends[1] if role == _OUTPUT else ends[0])
        high.append(ends[0] if role == _OUTPUT else ends[1])
    return np.concatenate(low), np.concatenate(high)


def _paired(first: Ints, second: Ints) -> Words:
    return distinct(first.astype(np.uint64) << np.uint64(NEIGHBOUR_BITS) | second.astype(np.uint64))


def _firsts(edges: Words, extent: Extent) -> NDArray[np.uint32]:
    counts = np.zeros(extent.ids, np.uint32)
    return places(count_firsts(edges, extent, counts), counts)


def _under_hash(hashed: Words, numbers: Ints, low_bits: int) -> Words:
    shift = np.uint64(low_bits)
    return np.sort(hashed >> shift << shift | numbers.astype(np.uint64))


def _aliases(keys: Texts, low_bits: int) -> Words:
    """Hashes of last segments, for keys that have more than one."""
    separators = np.flatnonzero((keys.data == ord("/")) | (keys.data == ord(":")))
    if not len(separators):
        return np.zeros(0, np.uint64)
    ends = keys.starts + keys.lengths
    last = separators[np.searchsorted(separators, ends) - 1]
    # -1 wraps round to the last separator of all, which then lies behind the key
    has = np.flatnonzero((last >= keys.starts) & (last < ends))
    segments = Texts(keys.data, last[has] + 1, ends[has] - last[has] - 1)
    return _under_hash(hashes(segments), has, low_bits)


def _end_to_end(keys: Texts) -> tuple[Words, NDArray[np.uint8]]:
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(keys.lengths)])
    heap = np.empty(int(starts[-1]), np.uint8)
    for first in range(0, len(keys), KEYS_AT_ONCE):  # a place takes eight times the byte that stands there
        some = slice(first, first + KEYS_AT_ONCE)
        begin, lengths = starts[:-1][some], keys.lengths[some]
        end = int(begin[-1] + lengths[-1])
        source = np.arange(begin[0], end) + np.repeat(keys.starts[some] - begin, lengths)
        heap[begin[0] : end] = keys.data[source]
    return starts.astype(np.uint64), heap
