"""Canonical bytes of a JSON value (RFC 8785): one spelling for one value, so that a hash can stand for it.

    {"b": 1.50, "a": "\\u5c0f"}  →  {"a":"小","b":1.5}

`loads` reads strictly, `dumps` writes, `canonicalise` does both at once. Ordinary values take a quick way
(`quick_json`); whatever is out of the ordinary takes the slow way, whose answer is the definition.

Source: rfc-8785.

>>> canonicalise(b'{"b": 1.50, "a": "\\\\u5c0f"}')[1].decode()
'{"a":"小","b":1.5}'
"""

from json.encoder import encode_basestring

from suyuan.events import numbers, quick_json
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
    return quick_json.dumps(value) or dumps_slowly(value)


def dumps_slowly(value: Json) -> bytes:
    """The same as `dumps`, member by member."""
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
    if quick := quick_json.canonicalise(data):
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
