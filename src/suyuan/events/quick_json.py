"""The quick way to canonical JSON: msgspec decodes and encodes, and a proof says whether nothing was lost.

    text ──decode──▶ value ──encode, keys in order──▶ bytes        as many bytes as the text without blanks?
    value ──encode, keys in order──▶ bytes ──decode──▶ value       equal to the first?

msgspec keeps the last of repeated keys, orders keys by code points, writes fractions and large numbers in its
own way, and turns values that are not JSON into JSON. Where one of these may have happened the answer is
None, and the slow way of `canonical` decides.

>>> canonicalise(b'{"b": 1.50, "a": 2}'), canonicalise(b'{"a": 1, "a": 2}')
(({'b': 1.5, 'a': 2}, b'{"a":2,"b":1.5}'), None)
>>> dumps({"b": 1.5, "a": [None]}), dumps({"b": 1e21}), dumps({1: 2})
(b'{"a":[null],"b":1.5}', None, None)
"""

import re
import threading

import msgspec

from suyuan.events import numbers
from suyuan.events.strict_json import DEPTH_MAX, Json

# a number of 16 digits or more stands behind one of these; seldom does one in a string, and then the
# slow way is taken for nothing
_BEFORE_A_NUMBER = b":,[- \t\n\r"
_SHAPE = bytes(
    0x30 if 0x30 <= byte <= 0x39 else 0x3A if byte in _BEFORE_A_NUMBER else 0x20 for byte in range(256)
)
_LONG_NUMBER = b":" + b"0" * 16
_BELOW_FOUR_BYTES = bytes(range(0xF0))
_encode = msgspec.json.Encoder(order="sorted").encode


class _OutOfTheOrdinary(Exception):
    """A number that msgspec would write in another way than RFC 8785."""


class _Reader(threading.local):
    """A decoder that counts by how many bytes the canonical spelling of fractions differs from the given one."""

    def __init__(self) -> None:
        self.growth = 0
        self.decode = msgspec.json.Decoder(float_hook=self._fraction).decode

    def _fraction(self, literal: str) -> int | float:
        double = float(literal)
        if repr(double) == literal and "e" not in literal and not literal.endswith(".0"):
            return double
        value = numbers.parse(literal)
        text = numbers.text(value)
        if "e" in text or (type(value) is int and abs(value) > numbers.INTEGER_MAX):
            raise _OutOfTheOrdinary
        self.growth += len(text) - len(literal)
        return value


_reader = _Reader()


def canonicalise(data: bytes) -> tuple[Json, bytes] | None:
    """The value and its canonical bytes if that can be proven cheaply, else None.

    Without a backslash every string is written as it stands. If the encoding is as long as the text without
    blanks, give or take the numbers' spellings, then no member was dropped: a repeated key shortens it.
    """
    if b"\\" in data or _unusual(data):
        return None
    reader = _reader
    reader.growth = 0
    try:
        value = reader.decode(data)
        written = _encode(value)
        if len(written) == len(data) + reader.growth:
            return value, written
        if len(written) == len(msgspec.json.format(data, indent=-1)) + reader.growth:
            return value, written
    except (msgspec.MsgspecError, ValueError, RecursionError, _OutOfTheOrdinary):
        pass
    return None


def dumps(value: Json) -> bytes | None:
    """The canonical bytes of a value if they can be proven cheaply by reading them back, else None."""
    try:
        written = _encode(value)
        if b"\\u" in written or _unusual(written):
            return None
        return written if _read_back(written) == value else None
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError, _OutOfTheOrdinary):
        return None


def _canonical_fraction(literal: str) -> float:
    value = float(literal)
    if numbers.text(value) != literal:
        raise _OutOfTheOrdinary
    return value


_read_back = msgspec.json.Decoder(float_hook=_canonical_fraction).decode


def _unusual(data: bytes) -> bool:
    """Whether order, depth or numbers may be beyond what msgspec does as RFC 8785 does."""
    return (
        not (data.isascii() or not data.translate(None, _BELOW_FOUR_BYTES))
        or data[:1].isdigit()
        or _LONG_NUMBER in data.translate(_SHAPE)
        or (data.count(b"{") + data.count(b"[") > DEPTH_MAX and _too_deep(data))
    )


_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")


def _too_deep(data: bytes) -> bool:
    """True if objects and lists nest deeper than DEPTH_MAX."""
    depth = 0
    for byte in _STRING.sub(b"", data).translate(None, _NO_BRACKETS):
        depth += 1 if byte in b"{[" else -1
        if depth > DEPTH_MAX:
            return True
    return False
