"""Vehicle identification numbers."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.identifiers import vin
from suyuan.identifiers.vin import ALPHABET, NotAVin, check_digit, diagnose, is_valid, parse, show
from suyuan.identifiers.vin_columns import parse_column


@st.composite
def vins(draw: st.DrawFn) -> str:
    letters = draw(st.text(ALPHABET, min_size=17, max_size=17))
    return letters[:8] + check_digit(letters) + letters[9:]


@pytest.mark.parametrize("text", ["1M8GDM9AXKP042788", "5GZCZ43D13S812715", "LNBSCB3F0DD130955"])
def test_vins_of_real_vehicles_are_valid(text: str) -> None:
    assert is_valid(text)
    assert parse(text).code == text


def test_a_vin_says_maker_model_year_and_serial() -> None:
    value = parse("LNBSCB3F0DD130955")
    assert (value.wmi, value.check, value.model_year, value.plant, value.serial) == (
        "LNB",
        "0",
        2013,
        "D",
        "130955",
    )
    assert value.maker is not None
    assert (value.maker.maker, value.maker.verified) == ("BAIC BJEV", False)


def test_the_model_year_letters_are_not_those_of_the_battery_code() -> None:
    from suyuan.identifiers.battery_form import YEARS

    by_letter = {letter: parse(letters(f"LNBSCB3F0{letter}D130955")).model_year for letter in ALPHABET}
    assert by_letter["T"] == 2026
    assert YEARS["T"] == 2036
    assert (by_letter["U"], by_letter["Z"], by_letter["0"], by_letter["A"], by_letter["9"]) == (
        None,
        None,
        None,
        2010,
        2039,
    )


def letters(text: str) -> str:
    """The text with the check digit that belongs to it."""
    return text[:8] + check_digit(text) + text[9:]


WRONG = [
    ("", "vin-empty", None),
    ("LGWEESK55SH210918", "vin-wrong-check-digit", None),
    ("LNBSCB3F0DD13O955", "vin-confused-letters", "LNBSCB3F0DD130955"),
    ("LNBSCB3FODDI30955", "vin-confused-letters", "LNBSCB3F0DD130955"),
    ("LNBSCB3F0DD1Q0955", "vin-confused-letters", None),
    ("LNBSCВ3F0DD130955", "vin-illegal-character", "LNBSCB3F0DD130955"),
    ("LNBSCB3F0DD13095", "vin-too-short", None),
    ("LNBSCB3F0DD1309555", "vin-too-long", None),
    ("1.23E+16", "vin-mangled-by-spreadsheet", None),
]


@pytest.mark.parametrize(("text", "wrong", "meant"), WRONG)
def test_what_is_wrong_is_named_and_what_was_meant_is_suggested(
    text: str, wrong: str, meant: str | None
) -> None:
    found = diagnose(text)
    assert found is not None
    assert (found.id, found.suggestion) == (wrong, meant)
    with pytest.raises(NotAVin):
        parse(text)


def test_the_expected_check_digit_is_told() -> None:
    found = diagnose("LGWEESK55SH210918")
    assert found is not None
    assert "8 belongs to" in found.reason.en
    assert "应为 8" in found.reason.zh


@given(vins())
def test_what_is_shown_is_parsed_to_the_same_value(text: str) -> None:
    value = parse(text)
    assert parse(show(value)) == value
    assert vin.normalise(" " + text.lower() + "\n") == text


@given(vins(), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught_unless_its_value_is_the_same(text: str, place: int, c: str) -> None:
    spoiled = text[:place] + c + text[place + 1 :]
    same = vin.VALUES[ord(c)] == vin.VALUES[ord(text[place])] if place != 8 else c == text[8]
    assert is_valid(spoiled) == same


spoiled = st.builds(
    lambda text, place, c: text[:place] + c + text[place + 1 :],
    vins(),
    st.integers(0, 16),
    st.sampled_from("IOQa0é\0Z"),
)


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            vins(), spoiled, st.none(), st.text(ALPHABET, min_size=17, max_size=17), st.text(max_size=20)
        ),
        max_size=30,
    )
)
def test_a_column_gives_the_answers_of_the_scalar_form(texts: list[str | None]) -> None:
    columns = parse_column(pa.array(texts, pa.string()))
    values = [parse(text) if text is not None and is_valid(text) else None for text in texts]
    assert columns.valid.tolist() == [value is not None for value in values]
    assert columns.wmi.tolist() == [value.wmi.encode() if value else b"" for value in values]
    assert columns.model_year.tolist() == [(value.model_year or 0) if value else 0 for value in values]
    assert columns.serial.tolist() == [value.serial.encode() if value else b"" for value in values]
