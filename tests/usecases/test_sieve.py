"""What was met before is known, however many there were."""

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.usecases import sieve
from suyuan.usecases.sieve import Met


@given(rounds=st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12))
def test_each_digest_is_new_exactly_once(rounds: list[list[int]]) -> None:
    run_min, sieve._RUN_MIN = sieve._RUN_MIN, 4
    try:
        met, seen = Met(), set[int]()
        for numbers in rounds:
            expected = []
            for number in numbers:
                expected.append(number not in seen)
                seen.add(number)
            # the first halves agree for three of four: only the whole digest tells them apart
            digests = [bytes([number % 4]) * 8 + number.to_bytes(8, "big") for number in numbers]
            assert met.new(digests).tolist() == expected
    finally:
        sieve._RUN_MIN = run_min


def test_a_million_digests_take_sixteen_bytes_each(monkeypatch: pytest.MonkeyPatch) -> None:
    met = Met()
    for start in range(0, 300_000, 1000):
        digests = [blake2b(b"%d" % n, digest_size=16).digest() for n in range(start, start + 1000)]
        assert met.new(digests).all()
    held = sum(run.nbytes for run in met._runs)
    assert held == 16 * (300_000 - len(met._recent))
    assert len(met._runs) < 10
    assert not met.new([blake2b(b"%d" % n, digest_size=16).digest() for n in range(0, 300_000, 777)]).any()
