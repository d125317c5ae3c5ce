"""A sealed blob tells every changed bit."""

import pytest

from suyuan.ledger.damage import Damaged
from suyuan.store.sealed import Sealer, intact, unpack, unseal


def test_every_changed_bit_and_every_shortening_is_told() -> None:
    sealed = Sealer()(b"an entry, an entry, an entry")
    shortened = [sealed[:end] for end in range(len(sealed))]
    number = int.from_bytes(sealed, "big")
    flipped = [(number ^ 1 << bit).to_bytes(len(sealed), "big") for bit in range(8 * len(sealed))]
    for blob in shortened + flipped:
        assert not intact(blob)
        with pytest.raises(Damaged):
            unseal(blob)


def test_a_changed_length_does_not_ask_for_all_memory() -> None:
    sealed = bytearray(Sealer()(b"x" * 100_000))
    assert unpack(bytes(sealed)) == b"x" * 100_000
    sealed[9:13] = b"\xff\xff\xff\xff"
    with pytest.raises(Damaged, match="cannot be unpacked"):
        unpack(bytes(sealed))


def test_nothing_sealed_is_nothing_read() -> None:
    with pytest.raises(Damaged):
        unpack(b"")
    assert unseal(Sealer()(b"")) == b""
