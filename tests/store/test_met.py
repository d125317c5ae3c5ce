"""What was met before is known, however many there were, and memory does not grow with them."""

import tempfile
import tracemalloc
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.capture.statements import SIZE
from suyuan.store import met as met_module
from suyuan.store.met import Met


@given(rounds=st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12))
def test_each_digest_is_new_exactly_once(rounds: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as small:
        # runs of four, blocks of two, merged three at a time: every seam is met
        small.setattr(met_module, "RECENT_MAX", 4)
        small.setattr(met_module, "BLOCK", 2)
        small.setattr(met_module, "AT_ONCE", 3)
        met, seen = Met(), set[int]()
        for numbers in rounds:
            expected = []
            for number in numbers:
                expected.append(number not in seen)
                seen.add(number)
            # the first halves agree for three of four: only the whole digest tells them apart
            digests = b"".join(bytes([number % 4]) * 8 + number.to_bytes(8, "big") for number in numbers)
            assert met.new(digests).tolist() == expected
        met.close()


def test_what_lies_in_files_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def digests(*numbers: int) -> bytes:
        return b"".join(blake2b(b"%d" % n, digest_size=SIZE).digest() for n in numbers)

    monkeypatch.setattr(met_module, "RECENT_MAX", 1 << 10)
    met = Met()
    for start in range(0, 60_000, 1000):
        assert met.new(digests(*range(start, start + 1000))).all()
    assert not met.new(digests(*range(0, 60_000, 7))).any()
    assert met.new(digests(*range(60_000, 60_100))).all()
    met.close()


def test_memory_does_not_grow_with_what_was_met(tmp_path: Path) -> None:
    draw, met, step = np.random.default_rng(7), Met(lambda: scratch(tmp_path)), 1 << 15
    tracemalloc.start()
    try:
        for _ in range(1 << 5):
            assert met.new(draw.bytes(SIZE * step)).all()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in range(1 << 5):
            assert met.new(draw.bytes(SIZE * step)).all()
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # a million more, of which each would take sixteen bytes
    assert now - held < 0.1 * step * 32
    assert peak < 48 << 20
    met.close()


def test_nothing_is_left_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met_module, "RECENT_MAX", 4)
    met = Met(lambda: scratch(tmp_path))
    met.new(b"".join(bytes([n]) * SIZE for n in range(100)))
    met.new(b"".join(bytes([n]) * SIZE for n in range(100, 200)))
    met.close()
    assert not list(tmp_path.iterdir())


def scratch(directory: Path) -> BinaryIO:
    """A file that is gone when it is closed."""
    return tempfile.TemporaryFile(dir=directory)
