"""Canonical bytes of a JSON value (RFC 8785): one spelling for one value, so that a hash can stand for it.

    {"b": 1.50, "a": "\\u5c0f"}  →  {"a":"小","b":1.5}

`loads` reads strictly, `dumps` writes, `canonicalise` does both at once. The quick way there lets msgspec
decode and encode and then proves by counting bytes that nothing was lost; whatever is out of the
ordinary takes the slow way, whose answer is the definition.

Source: rfc-8785.

>>> canonicalise(b'{"b": 1.50, "a": "\\\\u5c0f"}')[1].decode()
'{"a":"小","b":1.5}'
"""

import re
import threading
from json.encoder import encode_basestring

import msgspec

from suyuan.events import numbers
from suyuan.events.pointer import step
from suyuan.events.strict_json import (
    DEPTH_MAX,
    Json,
    NotCanonicalisable,
    NotJson,
    loads,
    refuse_faults,
)

__all__ = ["Json", "NotCanonicalisable", "NotJson", "canonicalise", "dumps", "loads"]


def dumps(value: Json) -> bytes:
    """The canonical bytes of a value. Raises NotCanonicalisable for what JSON or a double cannot hold."""
    parts: list[str] = []
    try:
        _write(value, parts, 0)
        return "".join(parts).encode()
    except (UnicodeEncodeError, _Unwritable):
        _find_unwritable(value, "")
        refuse_faults(value)
        raise AssertionError("a fault was met that cannot be found") from None


def canonicalise(data: bytes) -> tuple[Json, bytes]:
    """The value that `data` writes, as `loads` reads it, and its canonical bytes. Raises NotCanonicalisable."""
    if quick := _quick(data):
        return quick
    value = loads(data)
    return value, dumps(value)


class _Unwritable(Exception):
    """Something without a canonical form stands in a value."""


def _write(value: Json, parts: list[str], depth: int) -> None:
    match value:
        case str():
            parts.append(encode_basestring(value))
        case True:
            parts.append("true")
        case False:
            parts.append("false")
        case None:
            parts.append("null")
        case int() | float():
            parts.append(_number(value))
        case dict() if depth < DEPTH_MAX:
            _write_object(value, parts, depth)
        case list() if depth < DEPTH_MAX:
            parts.append("[")
            for index, member in enumerate(value):
                if index:
                    parts.append(",")
                _write(member, parts, depth + 1)
            parts.append("]")
        case _:
            raise _Unwritable


def _write_object(value: dict[str, Json], parts: list[str], depth: int) -> None:
    parts.append("{")
    for index, key in enumerate(_in_order(value)):
        parts.append("," if index else "")
        parts.append(encode_basestring(key))
        parts.append(":")
        _write(value[key], parts, depth + 1)
    parts.append("}")


def _in_order(value: dict[str, Json]) -> list[str]:
    """The keys by their UTF-16 code units, which differs from Python's order beyond the basic plane."""
    keys = list(value)
    if not all(isinstance(key, str) for key in keys):
        raise _Unwritable
    if all(map(str.isascii, keys)):
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _number(value: float) -> str:
    try:
        return numbers.text(value)
    except numbers.DoesNotSurvive:
        raise _Unwritable from None


def _find_unwritable(value: Json, pointer: str, depth: int = 0) -> None:
    if depth > DEPTH_MAX:
        return  # told by refuse_faults
    if isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str):
                _refuse(pointer, key)
            _find_unwritable(member, step(pointer, key), depth + 1)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            _find_unwritable(member, step(pointer, index), depth + 1)
    elif isinstance(value, int | float):
        try:
            numbers.text(value)
        except numbers.DoesNotSurvive:
            _refuse(pointer, value)
    elif not (value is None or isinstance(value, str)):
        _refuse(pointer, value)


def _refuse(pointer: str, value: object) -> None:
    found = repr(value)
    raise NotCanonicalisable(
        "json-number-changes" if isinstance(value, int | float) else "json-no-such-type",
        pointer,
        f"{found[:80]} has no exact form in JSON; write it as a string",
        f"{found[:80]} 无法用 JSON 准确表示；请写成字符串",
        found,
    )


# The quick way.

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


def _quick(data: bytes) -> tuple[Json, bytes] | None:
    """The value and its canonical bytes if that can be proven cheaply, else None.

    Without a backslash every string is written as it stands. If the encoding is as long as the text without
    blanks, give or take the numbers' spellings, then no member was dropped: a repeated key shortens it.
    """
    if b"\\" in data or not (data.isascii() or not data.translate(None, _BELOW_FOUR_BYTES)):
        return None
    if data[:1].isdigit() or _LONG_NUMBER in data.translate(_SHAPE):
        return None
    if data.count(b"{") + data.count(b"[") > DEPTH_MAX and _too_deep(data):
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


_STRING = re.compile(rb'"[^"]*"')
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")


def _too_deep(data: bytes) -> bool:
    """True if objects and lists nest deeper than DEPTH_MAX in text without a backslash."""
    depth = 0
    for byte in _STRING.sub(b"", data).translate(None, _NO_BRACKETS):
        depth += 1 if byte in b"{[" else -1
        if depth > DEPTH_MAX:
            return True
    return False
