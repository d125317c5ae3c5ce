"""Who is connected with whom, step by step, over the edges of all runs.

A run knows at once where the edges of its own items begin; edges of older items are few in it and are found
by searching, behind a small filter that says for most of them that there are none. Few items are followed one by
one in plain Python, many by numpy: a recall begins with a hundred thousand.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from suyuan.store.runs import NEIGHBOUR_BITS, Run, distinct, stretches
from suyuan.store.texts import Ints, Words

Direction = Literal["up", "down"]

FEW = 2048
"""As many are followed one by one; for more it pays to mark what was seen in an array over all items."""
_LOW = (1 << NEIGHBOUR_BITS) - 1


class Edges:
    """The edges of one run in one direction."""

    def __init__(self, edges: Words, firsts: NDArray[np.uint32], first_id: int) -> None:
        self._edges = edges
        self._firsts = firsts
        self.first_id = first_id
        self.stop_id = first_id + len(firsts) - 1
        self.view = edges.data
        self.firsts_view = firsts.data
        self.older = int(firsts[0])

    @cached_property
    def filter(self) -> bytes:
        """For the low bits of an older item whether it may have edges here; a power of two long."""
        size = 1 << max(4 * self.older, 1).bit_length()
        marks = np.zeros(size, np.uint8)
        marks[(self._edges[: self.older] >> np.uint64(NEIGHBOUR_BITS)) & np.uint64(size - 1)] = 1
        return marks.tobytes()

    def of_older(self, item: int) -> list[int]:
        """Neighbours of an item that an earlier run met first."""
        at, stop = bisect_left(self.view, item << NEIGHBOUR_BITS, 0, self.older), item + 1 << NEIGHBOUR_BITS
        found = []
        while at < self.older and self.view[at] < stop:
            found.append(self.view[at] & _LOW)
            at += 1
        return found

    def of_many(self, items: Ints) -> Ints:
        """Neighbours of sorted items."""
        older = items[: np.searchsorted(items, self.first_id)].astype(np.uint64)
        own = items[len(older) : np.searchsorted(items, self.stop_id)] - self.first_id
        edges = self._edges[: self.older]
        low, high = older << np.uint64(NEIGHBOUR_BITS), older + np.uint64(1) << np.uint64(NEIGHBOUR_BITS)
        starts = np.concatenate([np.searchsorted(edges, low), self._firsts[own].astype(np.int64)])
        ends = np.concatenate([np.searchsorted(edges, high), self._firsts[own + 1].astype(np.int64)])
        _, places = stretches(starts, ends)
        return (self._edges[places] & np.uint64(_LOW)).astype(np.int64)


class Graph:
    """The edges of all runs."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._size = runs[-1].extent.first_id + runs[-1].extent.ids if runs else 0
        kept = [run for run in runs if len(run.up)]
        self._edges = {
            "up": [Edges(run.up, run.up_first, run.extent.first_id) for run in kept],
            "down": [Edges(run.down, run.down_first, run.extent.first_id) for run in kept],
        }

    def closure(self, ids: Sequence[int], direction: Direction, limit: int) -> list[Ints]:
        """What is reached from `ids` after one step, two steps, …, each item once and without `ids` themselves.

        At most `limit` items: the last level is cut there.
        """
        edges = self._edges[direction]
        front = sorted(set(ids))
        seen = set(front)
        levels: list[Ints] = []
        left = limit
        while front and left > 0:
            if len(front) > FEW:
                return levels + self._by_many(np.array(front, np.int64), seen, edges, left)
            front = _step(front, seen, edges)[:left]
            left -= len(front)
            if front:
                levels.append(np.array(front, np.int64))
        return levels

    def _by_many(self, front: Ints, seen: set[int], edges: list[Edges], left: int) -> list[Ints]:
        unseen = np.ones(self._size, bool)
        unseen[np.fromiter(seen, np.int64, len(seen))] = False
        levels = []
        while len(front) and left > 0:
            reached = np.concatenate([each.of_many(front) for each in edges] or [front[:0]])
            reached = reached[unseen[reached]]
            unseen[reached] = False
            front = distinct(reached)[:left]
            left -= len(front)
            if len(front):
                levels.append(front)
        return levels


def _step(front: list[int], seen: set[int], edges: list[Edges]) -> list[int]:
    """The neighbours of a few items that were not seen yet, sorted; they are seen from now on."""
    reached: list[int] = []
    for each in edges:
        view, firsts, first_id, stop_id = each.view, each.firsts_view, each.first_id, each.stop_id
        sieve = each.filter if each.older else b"\x00"
        mask = len(sieve) - 1
        for item in front:
            if item >= stop_id:
                continue
            if item >= first_id:
                place = item - first_id
                start, stop = firsts[place], firsts[place + 1]
                if start != stop:
                    reached += [edge & _LOW for edge in view[start:stop]]
            elif sieve[item & mask]:
                reached += each.of_older(item)
    fresh = set(reached) - seen
    seen |= fresh
    return sorted(fresh)
