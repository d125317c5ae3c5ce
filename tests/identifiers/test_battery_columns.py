"""Many codes at once give the same answers as one by one."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.identifiers.test_battery_code import codes

from suyuan.identifiers import battery_code
from suyuan.identifiers.battery_columns import BatteryCodeColumns, parse_column
from suyuan.identifiers.byte_matrix import CHUNK

Row = tuple[bool, int, str, str, str, str, str, date | None, int, str]
NOTHING: Row = (False, 0, "", "", "", "", "", None, -1, "")


def one_by_one(text: str | None) -> Row:
    if text is None or not battery_code.is_valid(text):
        return NOTHING
    v = battery_code.parse(text)
    return (
        True, v.form, v.vendor, v.kind.value, v.chemistry, v.specification, v.tracing, v.day, v.number,
        v.reuse_kind.value if v.reuse_kind else "",
    )  # fmt: skip


def rows(columns: BatteryCodeColumns) -> list[Row]:
    texts = (columns.vendor, columns.kind, columns.chemistry, columns.specification, columns.tracing)
    return list(
        zip(
            columns.valid.tolist(),
            columns.form.tolist(),
            *([value.decode() for value in text.tolist()] for text in texts),
            columns.day.tolist(),
            columns.serial.tolist(),
            [value.decode() for value in columns.reuse_kind.tolist()],
            strict=True,
        )
    )


spoiled = st.builds(
    lambda code, place, c: code[: place % len(code)] + c + code[place % len(code) + 1 :],
    codes(),
    st.integers(0, 25),
    st.sampled_from("0189IOQUZPMCRXa \0é汉"),
)
anything = st.one_of(codes(), spoiled, st.none(), st.text(max_size=30))


@settings(max_examples=200, deadline=None)  # the first use of pyarrow loads its compute kernels
@given(st.lists(anything, max_size=40))
def test_a_column_gives_the_answers_of_the_scalar_form(texts: list[str | None]) -> None:
    expected = [one_by_one(text) for text in texts]
    assert rows(parse_column(pa.array(texts, pa.string()))) == expected
    assert rows(parse_column(pa.array(texts, pa.large_string()))) == expected
    assert (
        rows(
            parse_column(
                pa.chunked_array([pa.array(texts[:7], pa.string()), pa.array(texts[7:], pa.string())])
            )
        )
        == expected
    )
    assert rows(parse_column(pa.array([None, *texts, "x"], pa.string()).slice(1, len(texts)))) == expected


@given(st.lists(st.one_of(codes(), spoiled), max_size=40))
def test_a_numpy_array_of_bytes_gives_the_same(texts: list[str]) -> None:
    plain = [text for text in texts if text.isascii() and "\0" not in text]
    array = np.array([text.encode() for text in plain], "S26")
    assert rows(parse_column(array)) == [one_by_one(text) for text in plain]


@pytest.mark.parametrize("place", range(26))
def test_every_byte_at_every_place_is_judged_alike(place: int) -> None:
    for code in ("001CB240000003B3C0221953", "001CB24B3C0221953RM", "001CB240000003B3C0221953RM"):
        if place < len(code):
            texts = [code[:place] + chr(point) + code[place + 1 :] for point in range(256)]
            assert rows(parse_column(pa.array(texts))) == [one_by_one(text) for text in texts]


def test_every_date_is_judged_alike() -> None:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    texts = [f"001CB240000003{y}{m}{d}0221953" for y in letters for m in letters for d in letters]
    valid = [battery_code.is_valid(text) for text in texts]
    columns = parse_column(pa.array(texts))
    assert columns.valid.tolist() == valid
    assert len(texts) > CHUNK


def test_no_codes_are_no_rows() -> None:
    assert rows(parse_column(pa.array([], pa.string()))) == []
    assert rows(parse_column(pa.array([None, None], pa.string()))) == [NOTHING, NOTHING]
    assert rows(parse_column(pa.array([None, None]))) == [NOTHING, NOTHING]
