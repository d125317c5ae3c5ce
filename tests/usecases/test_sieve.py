"""What was met before is known, however many there were."""

from hashlib import blake2b

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
            digests = b"".join(bytes([number % 4]) * 8 + number.to_bytes(8, "big") for number in numbers)
            assert met.new(digests).tolist() == expected
    finally:
        sieve._RUN_MIN = run_min


def test_many_digests_take_sixteen_bytes_each() -> None:
    def digests(*numbers: int) -> bytes:
        return b"".join(blake2b(b"%d" % n, digest_size=16).digest() for n in numbers)

    met = Met()
    for start in range(0, 600_000, 1000):
        assert met.new(digests(*range(start, start + 1000))).all()
    held = sum(run.high.nbytes + run.low.nbytes for run in met._runs)
    assert held == 16 * (600_000 - len(met._recent))
    assert len(met._runs) < 5
    assert not met.new(digests(*range(0, 600_000, 777))).any()
