"""Many texts at once: their bytes end to end, hashed and compared by numpy eight bytes at a time.

The hash is for finding, not for proving: whoever finds a text by it compares the text. It is written into files,
so it never changes.

>>> both = texts(["001PE050000001A7C0000042", "https://id.gs1.org/01/06901234567892"])
>>> [int(value) for value in hashes(both)] == [hash_of(text) for text in both.all()]
True
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAD = 8
"""Bytes that must follow the last text: eight are always read at once."""

_K1, _K2, _K3 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64
_MASK = (1 << 64) - 1

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Texts:
    """UTF-8 bytes of many texts, with PAD bytes behind them; where each starts, and its length in bytes."""

    data: NDArray[np.uint8]
    starts: Ints
    lengths: Ints

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, n: int) -> str:
        """One of them."""
        start = int(self.starts[n])
        return self.data[start : start + int(self.lengths[n])].tobytes().decode()

    def all(self) -> list[str]:
        """All of them."""
        return [self.text(n) for n in range(len(self))]

    def at(self, places: Ints) -> "Texts":
        """Those at the given places; the bytes are shared."""
        return Texts(self.data, self.starts[places], self.lengths[places])

    def words(self) -> Iterator[tuple[Ints, Words]]:
        """(rows, word) for the 1st, 2nd, … eight bytes of all texts that have them; the last word ends in zeros."""
        view: Words = np.ndarray((max(len(self.data) - PAD + 1, 0),), "<u8", self.data, strides=(1,))
        rows = np.flatnonzero(self.lengths > 0)
        at, left = self.starts[rows], self.lengths[rows]
        while len(rows):
            word = view[at]
            ends = left < 8
            if ends.any():
                word[ends] &= (np.uint64(1) << (left[ends] * 8).astype(np.uint64)) - np.uint64(1)
            yield rows, word
            more = left > 8
            if more.all():
                at, left = at + 8, left - 8
            else:
                rows, at, left = rows[more], at[more] + 8, left[more] - 8


def texts(values: Sequence[str]) -> Texts:
    """The texts of a sequence."""
    data = np.frombuffer("".join((*values, "\0" * PAD)).encode(), np.uint8)
    lengths = np.fromiter(map(len, values), np.int64, len(values))
    if int(lengths.sum()) + PAD < len(data):  # not all is ASCII
        lengths = np.fromiter((len(value.encode()) for value in values), np.int64, len(values))
    return Texts(data, np.cumsum(lengths) - lengths, lengths)


def hashes(these: Texts) -> Words:
    """64 bits of each text."""
    value = these.lengths.astype(np.uint64) * np.uint64(_K1)
    for rows, word in these.words():
        mixed = (value[rows] ^ word) * np.uint64(_K2)
        value[rows] = mixed ^ (mixed >> np.uint64(29))
    value *= np.uint64(_K3)
    return value ^ (value >> np.uint64(32))


def hash_of(text: str) -> int:
    """The same for one text: without numpy's cost of beginning."""
    data = text.encode()
    value = len(data) * _K1 & _MASK
    for start in range(0, len(data), 8):
        mixed = (value ^ int.from_bytes(data[start : start + 8], "little")) * _K2 & _MASK
        value = mixed ^ (mixed >> 29)
    value = value * _K3 & _MASK
    return value ^ (value >> 32)


def equal(left: Texts, right: Texts) -> NDArray[np.bool_]:
    """Row by row whether two lists of texts, equally long, agree."""
    same: NDArray[np.bool_] = left.lengths == right.lengths
    rows = np.flatnonzero(same)
    pairs = zip(left.at(rows).words(), right.at(rows).words(), strict=True)
    for (at, mine), (_, other) in pairs:
        same[rows[at[mine != other]]] = False
    return same
