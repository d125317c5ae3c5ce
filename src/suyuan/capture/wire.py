"""Batches from worker processes: what crosses the pipe, and how it becomes a batch again.

Plain tuples for what is good, pickled findings, of which there are few.
"""

import pickle
from collections.abc import Iterable, Iterator
from itertools import starmap
from typing import Any

from suyuan.capture.importer import Batch
from suyuan.capture.statements import statements
from suyuan.capture.worker import function
from suyuan.capture.workers import Workers, available, processors
from suyuan.events.prepared import Prepared
from suyuan.terms.finding import Finding

ALONE = 8 << 20
"""Up to so many bytes starting workers does not pay."""

WORKERS_MAX = 3
"""The parent writes down what about two of them prepare."""

Wire = tuple[list[tuple[Any, ...]], bytes, int, bytes]


def packed(prepared: list[Prepared], findings: list[Finding], done: int) -> Wire:
    """As a worker sends it."""
    told = pickle.dumps(findings) if findings else b""
    return list(map(tuple, prepared)), told, done, statements(prepared)


def unpacked(wire: Wire) -> Batch:
    """As the parent takes it."""
    rows, told, done, digests = wire
    findings = pickle.loads(told) if told else []
    return Batch(list(starmap(Prepared, rows)), findings, done, statements=digests)


def at_once() -> int:
    """How many workers prepare a document."""
    return min(processors(), WORKERS_MAX)


def in_workers(target: str, requests: Iterable[tuple[Any, ...]], count: int | None = None) -> Iterator[Batch]:
    """The batches that `target` (`module:name`, returning a Wire) makes of the requests, in their order.

    With `count` 0, or where workers cannot be had, this process does the work. Raises WorkerDied.
    """
    if count == 0 or (count is None and not available()):
        work = function(target)
        for request in requests:
            yield unpacked(work(*request))
        return
    with Workers(target, count or at_once()) as workers:
        yield from map(unpacked, workers.map(requests))
