"""Unified social credit codes, with python-stdnum as second opinion."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from suyuan.identifiers.uscc import (
    NotACreditCode,
    check_character,
    diagnose,
    is_valid,
    organisation_check,
    parse,
    show,
)
from suyuan.identifiers.uscc_columns import parse_column
from suyuan.identifiers.uscc_form import ALPHABET


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(["91", "92", "93", "99", "11", "12", "51", "52", "53", "Y1", "A1", "N2"]))
    area = f"{draw(st.integers(0, 999_999)):06d}"
    body = draw(st.text(ALPHABET, min_size=8, max_size=8))
    first17 = head + area + body + organisation_check(body)
    return first17 + check_character(first17)


@pytest.mark.parametrize(
    "text", ["912201011239989159", "91350900587527783P", "91440300192317458F", "91110000600037341L"]
)
def test_codes_of_real_organisations_are_valid(text: str) -> None:
    assert is_valid(text)
    assert parse(text).code == text
    assert oracle.is_valid(text)


def test_a_code_says_who_registered_what_and_where() -> None:
    value = parse("91440300192317458F")
    assert (value.department, value.kind, value.area_code, value.organisation) == (
        "9",
        "1",
        "440300",
        "192317458",
    )
    assert value.department_row is not None
    assert value.kind_row is not None
    assert value.area is not None
    assert (value.department_row.zh, value.kind_row.en, value.area.province.zh) == (
        "市场监管（工商）",
        "enterprise",
        "广东",
    )
    assert not value.kind_row.verified


WRONG = [
    ("", "uscc-empty", None),
    ("912201011239989000", "uscc-mangled-by-spreadsheet", None),
    ("9.12201E+17", "uscc-mangled-by-spreadsheet", None),
    ("9135O900587527783P", "uscc-confused-letters", "91350900587527783P"),
    ("9I350900S87527783P", "uscc-confused-letters", "91350900587527783P"),
    ("91350900587527783Р", "uscc-illegal-character", "91350900587527783P"),
    ("587527783", "uscc-too-short", None),
    ("91350900587527783PP", "uscc-too-long", None),
    ("9135D900587527783P", "uscc-wrong-area", "91350900587527783P"),
    ("91350900587572783P", "uscc-wrong-organisation-check", "91350900587527783P"),
    ("91350900587527783A", "uscc-wrong-check-character", None),
    ("91359000587527783P", "uscc-wrong-check-character", "91350900587527783P"),
]


@pytest.mark.parametrize(("text", "wrong", "meant"), WRONG)
def test_what_is_wrong_is_named_and_what_was_meant_is_suggested(
    text: str, wrong: str, meant: str | None
) -> None:
    found = diagnose(text)
    assert found is not None
    assert (found.id, found.suggestion) == (wrong, meant)
    with pytest.raises(NotACreditCode):
        parse(text)


def test_an_old_registration_number_is_recognised_as_one() -> None:
    found = diagnose("440301103097413")
    assert found is not None
    assert (found.id, "旧的工商注册号" in found.reason.zh) == ("uscc-too-short", True)


@given(credit_codes())
def test_a_code_made_by_the_rules_is_valid_for_us_and_for_the_second_opinion(text: str) -> None:
    assert is_valid(text)
    assert oracle.is_valid(text) == text[:2].isdigit()  # which knows no letters in front
    assert parse(show(parse(text))).code == text


@given(credit_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_what_is_valid_for_us_is_valid_for_the_second_opinion(text: str, place: int, c: str) -> None:
    spoiled = text[:place] + c + text[place + 1 :]
    assert is_valid(spoiled) == (spoiled == text)
    assert not is_valid(spoiled) or not spoiled[:2].isdigit() or oracle.is_valid(spoiled)


@given(st.text(ALPHABET + "IOSVZ -a", max_size=20))
def test_every_text_is_a_code_or_has_a_reason(text: str) -> None:
    found = diagnose(text)
    assert (found is None) == is_valid(text.replace(" ", "").replace("-", "").upper())


spoiled = st.builds(
    lambda text, place, c: text[:place] + c + text[place + 1 :],
    credit_codes(),
    st.integers(0, 17),
    st.sampled_from("IOSa0é\0X"),
)


@settings(deadline=None)
@given(st.lists(st.one_of(credit_codes(), spoiled, st.none(), st.text(max_size=20)), max_size=30))
def test_a_column_gives_the_answers_of_the_scalar_form(texts: list[str | None]) -> None:
    columns = parse_column(pa.array(texts, pa.string()))
    values = [parse(text) if text is not None and is_valid(text) else None for text in texts]
    assert columns.valid.tolist() == [value is not None for value in values]
    assert columns.kind.tolist() == [
        (value.department + value.kind).encode() if value else b"" for value in values
    ]
    assert columns.area_code.tolist() == [value.area_code.encode() if value else b"" for value in values]
    assert columns.organisation.tolist() == [
        value.organisation.encode() if value else b"" for value in values
    ]


@pytest.mark.parametrize("c", "IOSVZaé\0A9")
def test_characters_that_cannot_stand_are_refused_in_columns_whatever_the_check(c: str) -> None:
    whole = "91350900587527783P"
    texts = [whole[:place] + c + whole[place + 1 : 17] + last for place in range(8) for last in ALPHABET]
    assert parse_column(pa.array(texts)).valid.tolist() == [is_valid(text) for text in texts]
