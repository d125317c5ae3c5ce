"""Who is part of what, in a ledger of ten million edges: one pack's family, and a recall of 100,000 cells.

    72 cells ──▶ 6 modules ──▶ pack ──▶ vehicle
                                 └────▶ batch of an earlier pack in five ──▶ two lots

Ours is the index: its arrays written by its own writer, in four runs of the sizes that merging leaves, where later
runs have edges of items that earlier ones met. The peer is one SQLite table with covering indexes both
ways over the same edges, asked by a bare recursive query. Both are warm, both answer with a list of numbers.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure, best_of
from suyuan.store.closure import Graph
from suyuan.store.run_merge import count_firsts, places
from suyuan.store.runs import NEIGHBOUR_BITS, TYPES, Array, Extent, Run, write

PACKS = (88_000, 24_000, 10_000, 2_500)
CELLS, MODULES, BATCH = 72, 6, 50
FAMILIES = 400
RECALLED = 100_000
PIECE = 1 << 18

Ints = NDArray[np.int64]

SCHEMA = """
CREATE TABLE edge (low INTEGER, high INTEGER, PRIMARY KEY (low, high)) WITHOUT ROWID;
CREATE TABLE recalled (item INTEGER PRIMARY KEY);
"""
FAMILY = """
WITH RECURSIVE up(item) AS (SELECT ?1 UNION SELECT high FROM edge JOIN up ON low = item),
             down(item) AS (SELECT ?1 UNION SELECT low FROM edge JOIN down ON high = item)
SELECT item FROM up UNION ALL SELECT item FROM down
"""
RECALL = """
WITH RECURSIVE up(item) AS (SELECT item FROM recalled UNION SELECT high FROM edge JOIN up ON low = item)
SELECT item FROM up
"""


def run() -> list[Figure]:
    """A family and a recall, ours against SQLite's."""
    draw = np.random.default_rng(7)
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as name:
        directory = Path(name)
        low, high, extents, packs, cells = _world(draw)
        graph = Graph(_runs(directory, low, high, extents))
        database = _database(directory / "edges.sqlite", low, high)
        asked = draw.choice(packs, FAMILIES, replace=False).tolist()
        recalled = draw.choice(cells, RECALLED, replace=False)
        database.executemany("INSERT INTO recalled VALUES (?)", ((cell,) for cell in recalled.tolist()))
        try:
            return [_family(graph, database, asked, len(low)), *_recall(graph, database, recalled)]
        finally:
            database.close()


def _family(graph: Graph, database: sqlite3.Connection, asked: list[int], edges: int) -> Figure:
    def ours(item: int) -> list[int]:
        levels = graph.closure([item], "up", 1 << 62) + graph.closure([item], "down", 1 << 62)
        return [each for level in levels for each in level.tolist()]

    def theirs(item: int) -> list[int]:
        return [each for (each,) in database.execute(FAMILY, (item,))]

    for item in asked[:50]:  # warm; and the same answer
        assert {*ours(item), item} == set(theirs(item)), f"another family of {item}"
    mine, peer = _timed(ours, asked), _timed(theirs, asked)
    nodes = sum(len(ours(item)) for item in asked) / len(asked)
    return Figure(
        "family of one pack",
        1e6 * median(mine),
        1e6 * median(peer),
        "µs",
        "SQLite, recursive query on covering indexes",
        median(mine) / median(peer),
        2.0,
        "less",
        f"{edges / 1e6:.1f} M edges, {nodes:.0f} items in a family, 4 runs; p99 "
        f"{1e6 * sorted(mine)[-len(mine) // 100]:.0f} against {1e6 * sorted(peer)[-len(peer) // 100]:.0f} µs",
    )


def _timed(ask: Callable[[int], list[int]], asked: list[int]) -> list[float]:
    seconds = []
    for item in asked:
        start = time.perf_counter()
        ask(item)
        seconds.append(time.perf_counter() - start)
    return seconds


def _recall(graph: Graph, database: sqlite3.Connection, recalled: Ints) -> list[Figure]:
    def ours() -> list[int]:
        levels = graph.closure(recalled.tolist(), "up", 1 << 62)
        return [each for level in levels for each in level.tolist()]

    mine, reached = best_of(3, ours)
    peer, theirs = best_of(2, lambda: [each for (each,) in database.execute(RECALL)])
    assert {*reached, *recalled.tolist()} == set(theirs), "another recall"
    note = f"from {RECALLED:,} cells; {len(reached):,} items reached"
    return [
        Figure("recall", mine, 0.5, "s", "half a second", mine / 0.5, 1.0, "less", note),
        Figure("recall", mine, peer, "s", "SQLite, the same recursive query", mine / peer, 1.0, "less", note),
    ]


# -- the same edges for both --------------------------------------------------------------------------


def _world(draw: np.random.Generator) -> tuple[Ints, Ints, list[Extent], Ints, Ints]:
    """(low, high) of every edge, what each run covers, all packs, all cells."""
    low: list[Ints] = []
    high: list[Ints] = []
    extents: list[Extent] = []
    all_packs, all_cells = [np.zeros(0, np.int64)], []
    first = 0
    for count in PACKS:
        cells = first + np.arange(count * CELLS)
        modules = cells[-1] + 1 + np.arange(count * MODULES)
        packs = modules[-1] + 1 + np.arange(count)
        vehicles = packs[-1] + 1 + draw.permutation(count)
        older = np.concatenate(all_packs)
        spent = draw.permutation(older if len(older) else packs)[: count // 5]
        batches = packs[-1] + 1 + count + np.arange(-(-len(spent) // BATCH))
        lots = batches[-1] + 1 + np.arange(2 * len(batches))
        low += [cells, modules, packs, spent, np.repeat(batches, 2)]
        high += [
            np.repeat(modules, CELLS // MODULES),
            np.repeat(packs, MODULES),
            vehicles,
            batches[np.arange(len(spent)) // BATCH],
            lots,
        ]
        stop = int(lots[-1]) + 1
        extents.append(Extent(len(extents), 1, first, stop - first))
        all_packs.append(packs)
        all_cells.append(cells)
        first = stop
    return (
        np.concatenate(low),
        np.concatenate(high),
        extents,
        np.concatenate(all_packs),
        np.concatenate(all_cells),
    )


def _runs(directory: Path, low: Ints, high: Ints, extents: list[Extent]) -> list[Run]:
    runs = []
    newest = np.maximum(low, high)
    for n, extent in enumerate(extents):
        here = (newest >= extent.first_id) & (newest < extent.first_id + extent.ids)
        arrays: dict[str, Array] = {name: np.zeros(0, dtype) for name, dtype in TYPES.items()}
        for name, one, other in (("up", low[here], high[here]), ("down", high[here], low[here])):
            edges = np.sort(one.astype(np.uint64) << np.uint64(NEIGHBOUR_BITS) | other.astype(np.uint64))
            counts = np.zeros(extent.ids, np.uint32)
            arrays[name] = edges
            arrays[f"{name}_first"] = places(count_firsts(edges, extent, counts), counts)
        parts = {name: lambda array=array: (array,) for name, array in arrays.items()}
        runs.append(Run(directory, write(directory / f"{n}.run", extent, parts)))
    return runs


def _database(path: Path, low: Ints, high: Ints) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {SCHEMA}")
    database.execute("PRAGMA cache_size=-1000000")
    database.execute("BEGIN")
    database.executemany("INSERT INTO edge VALUES (?, ?)", _pairs(low, high))
    database.execute("CREATE INDEX edge_by_high ON edge (high, low)")
    database.execute("COMMIT")
    database.execute("ANALYZE")
    return database


def _pairs(low: Ints, high: Ints) -> Iterator[tuple[int, int]]:
    order = np.lexsort((high, low))
    for start in range(0, len(order), PIECE):
        piece = order[start : start + PIECE]
        yield from zip(low[piece].tolist(), high[piece].tolist(), strict=True)
