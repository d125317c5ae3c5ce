"""Canonical JSON: the public vectors, the public implementation, and the quick way against the slow."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from suyuan.events import quick_json
from suyuan.events.canonical import (
    Json,
    NotCanonicalisable,
    NotJson,
    canonicalise,
    dumps,
    dumps_slowly,
    loads,
)

# RFC 8785 section 3.2.2
SAMPLE = rb"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""
SAMPLE_CANONICAL = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)

# RFC 8785 section 3.2.3
KEYS = rb"""{
  "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
}"""


def test_the_sample_of_the_rfc() -> None:
    assert canonicalise(SAMPLE)[1].decode() == SAMPLE_CANONICAL


def test_keys_stand_in_the_order_of_their_utf_16_code_units() -> None:
    in_order = list(json.loads(canonicalise(KEYS)[1]).values())
    assert [name.split()[0] for name in in_order] == [
        "Carriage", "One", "Control", "Latin", "Euro", "Emoji:", "Hebrew",
    ]  # fmt: skip


def test_keys_beyond_the_basic_plane_stand_before_the_end_of_it_on_the_quick_way_too() -> None:
    assert canonicalise('{"\ue000":1,"\U00010000":2}'.encode())[1].decode() == '{"\U00010000":2,"\ue000":1}'


REFUSED = [
    (b'{"a":1,"b":{"c":[{"d":1,"d":1}]}}', "/b/c/0/d", "json-duplicate-key"),
    (b'{"a":1,"\\u0061":1}', "/a", "json-duplicate-key"),
    (b'{"x/y~z":1,"x/y~z":2}', "/x~1y~0z", "json-duplicate-key"),
    (b'{"a":[1,NaN]}', "/a/1", "json-not-a-number"),
    (b'{"a":-Infinity}', "/a", "json-not-a-number"),
    (b'{"a":["\\ud83d"]}', "/a/0", "json-lone-surrogate"),
    (b'{"\\udc00":1}', "", "json-lone-surrogate"),
    (b'{"a":9007199254740993}', "/a", "json-number-changes"),
    (b'{"a":{"b":1e999}}', "/a/b", "json-number-changes"),
    (b'{"a":0.1234567890123456789}', "/a", "json-number-changes"),
    (b"[" * 129 + b"]" * 129, "/0" * 128, "json-too-deep"),
    (b"[" * 100_000, "", "json-too-deep"),
    (b'{"a":"\xff"}', "", "json-not-utf8"),
    (b'{"a":"\xed\xa0\x80"}', "", "json-not-utf8"),
    (b'{"a":', "", "json-cut-off"),
    (b'{"a":"b', "", "json-cut-off"),
    (b'{"a":1,}', "", "json-syntax"),
    (b"{'a':1}", "", "json-syntax"),
    (b'{"a":01}', "", "json-syntax"),
    (b'{"a":1}{"b":2}', "", "json-syntax"),
    (b'{"a":"\x01"}', "", "json-syntax"),
    (b"  ", "", "json-syntax"),
    (b"", "", "json-syntax"),
]


@pytest.mark.parametrize(("data", "pointer", "rule"), REFUSED)
def test_what_two_readers_could_understand_differently_is_refused_with_its_place(
    data: bytes, pointer: str, rule: str
) -> None:
    for read in (loads, canonicalise):
        with pytest.raises(NotCanonicalisable) as refused:
            read(data)
        assert (refused.value.rule, refused.value.pointer) == (rule, pointer)
        assert refused.value.finding(7).place.line == 7


def test_broken_text_is_told_with_line_and_column_in_both_languages() -> None:
    with pytest.raises(NotJson) as refused:
        loads(b'{\n  "eventTime": 2026-05-01\n}')
    assert (refused.value.line, refused.value.column) == (2, 20)
    assert "line 2 column 20" in refused.value.show("en")
    assert "第 2 行第 20 列" in refused.value.show("zh")


def test_a_number_that_would_change_is_told_with_what_it_would_become() -> None:
    with pytest.raises(NotCanonicalisable, match="would become 9007199254740992"):
        loads(b'{"serial": 9007199254740993}')


def test_a_byte_order_mark_is_passed_over() -> None:
    assert canonicalise(b'\xef\xbb\xbf{"a":1.0}') == ({"a": 1}, b'{"a":1}')


@pytest.mark.parametrize(
    "value",
    [float("nan"), {"a": [float("inf")]}, {1: 2}, {"a": {1, 2}}, ["\ud800"], 2**53 + 1, {"a": b"b"}, (1,)],
)
def test_a_value_that_is_not_json_is_not_written(value: Any) -> None:
    with pytest.raises(NotCanonicalisable):
        dumps(value)


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_bytes_equal_those_of_the_public_implementation(value: Json) -> None:
    assert dumps(value) == rfc8785.dumps(value)


@given(JSON)
def test_canonical_bytes_are_their_own_canonical_form(value: Json) -> None:
    written = dumps(value)
    assert canonicalise(written)[1] == written


# Documents as text, spelled in every way that JSON allows, and in some that it does not.
BLANK = st.sampled_from(["", "", "", "", " ", "\n", "\t ", "\r\n  "])
KEY = st.sampled_from(
    ["a", "b", "type", "\\u0061", "é", "中", "\ue000", "\U00010000", "x y", "1234567890123456789"]
)
ODD_NUMBERS = """
    -0 -0.0 0.0 1.0 161.0 1.50 1E5 1e-5 1e-4 0.0001 0.00001 1e-7 1e16 1e20 1e21 123456789012345678 9007199254740991
    9007199254740992 9007199254740993 -9007199254740993 18446744073709551616 1e308 1e400 5e-324 1e-400 0.1
    0.10000000000000001 333333333.33333329 0.12345678901234567890123 12345678901234567.5 1e+2 1.0E+2 01 1. .5 +1 -
    NaN Infinity 1234567890123456.0 100000000000000000000.0 0.000001 1e-6 4.9406564584124654e-324
"""
ODD_NUMBER = st.sampled_from(ODD_NUMBERS.split())
NUMBER = ODD_NUMBER | st.floats(allow_nan=False).map(repr) | st.integers().map(str)
STRING_PARTS = r"""
    a urn:epc:id:sgtin:4012345.011111.9876 中文 \n \u4e2d \/ \" \\ \ud800 \ud83d\ude00 \udc00 \x 12345678901234567890
    ,1234567890123456 [[{ ]} &
"""
STRING_PART = st.sampled_from([*STRING_PARTS.split(), "", "\U0001f600", "\x7f", "\u2028", "\t"])
STRING = st.lists(STRING_PART, max_size=3).map(lambda parts: '"' + "".join(parts) + '"')
SCALAR = STRING | NUMBER | st.sampled_from(["null", "true", "false", "nul"])


def _list_text(members: list[str], blank: str) -> str:
    return "[" + blank + ("," + blank).join(members) + "]"


def _object_text(members: list[tuple[str, str]], blank: str) -> str:
    return "{" + blank + ("," + blank).join(f'"{key}"{blank}:{value}' for key, value in members) + blank + "}"


DOCUMENT = st.recursive(
    SCALAR,
    lambda inner: (
        st.builds(_list_text, st.lists(inner, max_size=4), BLANK)
        | st.builds(_object_text, st.lists(st.tuples(KEY, inner), max_size=4), BLANK)
    ),
    max_leaves=8,
)


def _slow(data: bytes) -> tuple[Json, bytes] | str:
    try:
        value = loads(data)
        return value, dumps_slowly(value)
    except NotCanonicalisable as wrong:
        return wrong.rule


def _types(value: Json) -> Any:
    """The value with the type of each number, which == passes over."""
    if isinstance(value, dict):
        return {key: _types(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_types(member) for member in value]
    return type(value).__name__, value


@settings(max_examples=600)
@given(DOCUMENT.map(str.encode))
@example(b'{"a":1.0,"a":22}')
@example(b'{"a":[1e5],"b":1,"b":1}')
@example(b"[" * 128 + b'"]"' + b"]" * 128)
@example(b'["]",' * 127 + b"[[1]]" + b"]" * 127)
def test_the_quick_way_answers_as_the_slow_one_or_leaves_it_to_it(data: bytes) -> None:
    quick = quick_json.canonicalise(data)
    if quick is not None:
        slow = _slow(data)
        assert quick == slow
        assert _types(quick[0]) == _types(slow[0])


@settings(max_examples=300)
@given(JSON, st.booleans())
def test_indented_or_compact_text_comes_out_the_same_on_the_quick_way(value: Json, indent: bool) -> None:
    quick = quick_json.canonicalise(
        json.dumps(value, indent=2 if indent else None, ensure_ascii=False).encode()
    )
    if quick is not None:
        assert quick[1] == rfc8785.dumps(value)


NOT_QUITE_JSON = st.recursive(
    JSON
    | st.integers()
    | st.floats()
    | st.sampled_from(
        [-0.0, 1.0, 1e16, 1e-5, "\ud800", "\x00\x1f\x7f", '\b\f\n\r\t"\\', b"b", (1,), {1, 2}, Decimal("1.5")]
    )
    | st.datetimes()
    | st.uuids(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(ANY_TEXT | st.integers() | st.just("\ud83d"), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=600)
@given(NOT_QUITE_JSON)
@example([[]] * 129)
@example({"\\": ['\\"', "]" * 200]})
def test_what_is_written_quickly_is_what_is_written_slowly(value: Any) -> None:
    quick = quick_json.dumps(value)
    if quick is not None:
        assert quick == dumps_slowly(value)


def test_the_conformance_documents_are_read_but_for_one_that_says_two_things(conformance: Path) -> None:
    refused = {}
    for path in sorted((conformance / "epcis").glob("*/*.json*")):
        try:
            value, written = canonicalise(path.read_bytes())
            assert loads(written) == value
        except NotCanonicalisable as wrong:
            refused[path.name] = wrong.pointer
    assert refused == {"AssociationEvent-h.jsonld": "/epcisBody/eventList/0/eventID"}


def test_an_ordinary_event_takes_the_quick_way() -> None:
    event = (
        '{ "type": "ObjectEvent", "quantityList": [{"quantity": 161.0, "uom": "KGM"}], "sy:note": "入库" }'
    )
    assert quick_json.canonicalise(event.encode()) is not None
    assert quick_json.dumps(loads(event.encode())) is not None
