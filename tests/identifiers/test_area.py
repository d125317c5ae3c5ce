"""Area codes, and the traps in them."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.identifiers.area import Level, NotAnArea, diagnose, is_valid, name, parse, show
from suyuan.identifiers.area_columns import parse_column
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table

codes = st.one_of(
    st.sampled_from([row.key for row in table("area", Word).rows]),
    st.integers(0, 999_999).map(lambda number: f"{number:06d}"),
    st.sampled_from(["610502", "371202", "14010x", "", "61"]),
)


def test_shanxi_and_shaanxi_are_two_provinces() -> None:
    assert (name("140000").zh, name("610000").zh) == ("山西", "陕西")
    assert (name("140000").en, name("610000").en) == ("Shanxi", "Shaanxi")


def test_a_code_reaches_down_to_province_prefecture_or_county() -> None:
    assert [parse(code).level for code in ("510000", "510100", "510104")] == list(Level)
    assert (name("510100").zh, name("510100").en) == ("四川成都", "Chengdu, Sichuan")
    assert name("510104").en == "county 510104 of Chengdu, Sichuan"
    assert show(parse("510104")) == "51 01 04"


def test_elsewhere_a_prefecture_is_accepted_without_a_name() -> None:
    assert name("350900").en == "350900, Fujian"
    assert parse("350900").prefecture is None


def test_the_nine_provinces_have_all_their_prefectures() -> None:
    keys = [row.key for row in table("area", Word).rows if row.key[2:] != "0000" and row.key != "419001"]
    count = {
        province: sum(key.startswith(province) for key in keys)
        for province in ["14", "15", "37", "41", "51", "61", "62", "63", "64"]
    }
    assert count == {"14": 11, "15": 12, "37": 17, "41": 18, "51": 21, "61": 10, "62": 14, "63": 8, "64": 5}
    assert sum(row.key.endswith("0000") for row in table("area", Word).rows) == 34


def test_laiwu_is_in_force_until_2019() -> None:
    assert name("371200").zh == "山东莱芜"
    assert is_valid("371202", date(2018, 5, 1))
    found = diagnose("371202", date(2020, 1, 1))
    assert found is not None
    assert (found.id, "merged into Jinan" in found.reason.en) == ("area-not-in-force", True)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("6105", "area-not-six-digits"),
        ("99x000", "area-not-six-digits"),
        ("990000", "area-unknown-province"),
        ("379900", "area-unknown-prefecture"),
        ("610099", "area-county-without-prefecture"),
    ],
)
def test_what_is_wrong_is_named(text: str, wrong: str) -> None:
    with pytest.raises(NotAnArea) as raised:
        parse(text)
    assert raised.value.diagnosis.id == wrong


@settings(deadline=None)
@given(
    st.lists(st.one_of(codes, st.none()), max_size=30),
    st.sampled_from([None, date(2018, 1, 1), date(2026, 1, 1)]),
)
def test_a_column_gives_the_answers_of_the_scalar_form(texts: list[str | None], day: date | None) -> None:
    columns = parse_column(pa.array(texts, pa.string()), day)
    values = [parse(text, day) if text is not None and is_valid(text, day) else None for text in texts]
    assert columns.valid.tolist() == [value is not None for value in values]
    assert columns.province.tolist() == [value.province.key.encode() if value else b"" for value in values]
    below = [value.code[:4] + "00" if value and value.level is not Level.PROVINCE else "" for value in values]
    assert columns.prefecture.tolist() == [code.encode() for code in below]
