"""From prepared events to the arrays of a run, many at a time.

    items (role, key) ──dictionary──▶ known keys: their ids     ──▶ postings
                                      new keys: the next ids    ──▶ items, aliases, heap
    child → parent, input → run, run → output                   ──▶ up, down

An id is given in the order in which keys are first met, so that an index made again has the same ids.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from suyuan.store.run_merge import count_firsts, places
from suyuan.store.runs import NEIGHBOUR_BITS, SEQ_BITS, Array, Extent, Parts, distinct
from suyuan.store.texts import Ints, Texts, Words, arrow_of, hashes, of_arrow, texts


class Indexed(Protocol):
    """What the index reads of an event; `suyuan.events.prepared.Prepared` is one."""

    @property
    def event_id(self) -> str:
        """The id, '' where there is none."""

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """(role, key) of every item."""


class Named(NamedTuple):
    """An event without its body, for as long as it waits in a buffer."""

    event_id: str
    items: tuple[tuple[str, str], ...]


_ROLES = {"parent": 1, "child": 2, "input": 3, "output": 4, "run": 5}
_PARENT, _CHILD, _INPUT, _OUTPUT, _RUN = _ROLES.values()

Resolve = Callable[[Texts], Ints]
"""Keys → ids, -1 for those not known."""


def parts_of(
    first_seq: int, first_id: int, events: Sequence[Indexed], resolve: Resolve
) -> tuple[Extent, Parts]:
    """What a run over `events` consists of; new keys get the ids from `first_id`."""
    rows, roles, keys, ids, new = _items(events, first_id, resolve)
    extent = Extent(first_seq, len(events), first_id, len(new))
    assert first_seq + len(events) <= 1 << SEQ_BITS, "more entries than an index can number"
    assert first_id + len(new) <= 1 << 64 - SEQ_BITS, "more items than an index can number"
    named = np.uint64(1 << SEQ_BITS) * ids.astype(np.uint64) + (rows + first_seq).astype(np.uint64)
    low, high = _edges(rows, roles, ids, len(events))
    up, down = _paired(low, high), _paired(high, low)
    fresh = keys.at(new)
    starts, heap = _end_to_end(fresh)
    arrays: dict[str, Array] = {
        "events": _event_hashes(events, extent.event_bits),
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


def _items(
    events: Sequence[Indexed], first_id: int, resolve: Resolve
) -> tuple[Ints, NDArray[np.uint8], Texts, Ints, Ints]:
    """(event, role, id) of every item named; the different keys, and which of them are new."""
    counts = np.fromiter((len(event.items) for event in events), np.int64, len(events))
    total = int(counts.sum())
    role = _ROLES.get
    roles = np.fromiter((role(word, 0) for event in events for word, _ in event.items), np.uint8, total)
    encoded = arrow_of([key for event in events for _, key in event.items]).dictionary_encode()
    keys = of_arrow(encoded.dictionary)
    ids = resolve(keys)
    new = np.flatnonzero(ids < 0)
    ids[new] = first_id + np.arange(len(new))
    return np.repeat(np.arange(len(events)), counts), roles, keys, ids[_numbers(encoded.indices, total)], new


def _numbers(indices: "pa.Array[Any]", count: int) -> NDArray[np.int32]:
    # `to_numpy` would import pandas
    _, data = indices.buffers()
    if data is None:
        return np.zeros(0, np.int32)
    return np.frombuffer(memoryview(data), np.int32, count, indices.offset * 4)


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


def _event_hashes(events: Sequence[Indexed], low_bits: int) -> Words:
    ids = texts([event.event_id for event in events])
    given = np.flatnonzero(ids.lengths)
    return _under_hash(hashes(ids.at(given)), given, low_bits)


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
    ends = np.cumsum(keys.lengths)
    starts = np.concatenate([np.zeros(1, np.int64), ends])
    size = int(starts[-1])
    source = np.arange(size) + np.repeat(keys.starts - starts[:-1], keys.lengths)
    return starts.astype(np.uint64), keys.data[source]
