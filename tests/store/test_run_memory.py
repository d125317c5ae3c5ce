"""Runs are merged and searched in stretches: neither memory nor mapped pages grow with them."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from suyuan.store.index_growing import resolve
from suyuan.store.run_merge import count_firsts, merge, places
from suyuan.store.runs import NEIGHBOUR_BITS, SEQ_BITS, Array, Extent, Run, write
from suyuan.store.texts import hashes, texts

MB = 1_000_000
IDS = 400_000
KEY = "https://id.gs1.org/8004/{:012d}/a-key-of-ordinary-length"

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell")


@dataclass(slots=True)
class Peak:
    """The most bytes of files that were mapped and looked at while a block ran."""

    mapped: int = 0


@contextmanager
def watched() -> Iterator[Peak]:
    """Looks often at the mapped memory of this process while the block runs."""
    peak, ended, before = Peak(), Event(), _mapped()

    def watch() -> None:
        while not ended.wait(0.001):
            peak.mapped = max(peak.mapped, _mapped() - before)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        peak.mapped = max(peak.mapped, _mapped() - before)
        ended.set()
        thread.join()


def _mapped() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssFile:")[1].split()[0]) * 1024


def run_of(directory: Path, n: int) -> Run:
    """The `n`-th run: IDS entries, each with an item of its own that is part of the next one."""
    first = n * IDS
    extent = Extent(first, IDS, first, IDS)
    numbers = np.arange(first, first + IDS, dtype=np.uint64)
    keys = texts([KEY.format(number) for number in numbers.tolist()])
    shift, own = np.uint64(extent.item_bits), np.arange(IDS, dtype=np.uint64)
    hashed = np.sort(hashes(keys) >> shift << shift | own)
    up = numbers << np.uint64(NEIGHBOUR_BITS) | numbers + np.uint64(1)
    counts = np.zeros(IDS, np.uint32)
    firsts = places(count_firsts(up, extent, counts), counts)
    arrays: dict[str, Array] = {
        "events": hashed,
        "items": hashed,
        "aliases": hashed,
        "postings": numbers << np.uint64(SEQ_BITS) | numbers,
        "up": up,
        "up_first": firsts,
        "down": up,
        "down_first": firsts,
        "starts": np.append(keys.starts, int(keys.lengths.sum())).astype(np.uint64),
        "heap": keys.data[: int(keys.lengths.sum())],
    }
    parts = {name: lambda array=array: (array,) for name, array in arrays.items()}
    return Run(directory, write(directory / f"{n}.run", extent, parts))


def test_a_merge_and_a_search_take_memory_that_does_not_grow_with_the_runs(tmp_path: Path) -> None:
    runs = [run_of(tmp_path, n) for n in range(4)]
    tracemalloc.start()
    try:
        with watched() as merging:
            named = merge(tmp_path / "4.run", runs)
        _, allocated = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert named.size > 200 * MB
    assert allocated < 16 * MB
    assert merging.mapped < 40 * MB

    whole = Run(tmp_path, named)
    assert whole.up_first.tolist() == list(range(4 * IDS + 1))
    asked = np.random.default_rng(7).integers(0, 5 * IDS, 50_000)
    keys = texts([KEY.format(number) for number in asked.tolist()])
    whole.forget_pages()
    with watched() as searching:
        found = resolve([whole], keys)
    assert found.tolist() == np.where(asked < 4 * IDS, asked, -1).tolist()
    assert searching.mapped < 40 * MB
