"""Bare GS1 keys, as they stand under a bar code or in a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers import gs1
from suyuan.identifiers.check_digit import check_digit
from suyuan.identifiers.gs1 import NotAGs1Key, company_of, diagnose, is_valid, kinds, parse, show


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("02345673", "gtin", "00000002345673"),
        ("416000336108", "gtin", "00416000336108"),
        ("9520123456788", "gtin", "09520123456788"),
        ("09520123456788", "gtin", "09520123456788"),
        ("952 0123 4567 88", "gtin", "09520123456788"),
        ("９５２０１２３４５６７８８", "gtin", "09520123456788"),
        ("006141411234567890", "sscc", "006141411234567890"),
        ("40123452223334442", "gsin", "40123452223334442"),
    ],
)
def test_a_bare_key_is_told_by_length_and_check_digit(text: str, kind: str, value: str) -> None:
    key = parse(text)
    assert (key.kind, key.value) == (kind, value)
    assert gs1.is_valid(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4012345ABC345", "giai"),
        ("0614141xyz47/11", "ginc"),
        ("061414111-A#/", "cpid"),
        ("4012345000092PO-4711", "gdti"),
        ("04012345000221334455AB", "grai"),
        ("1987654Ad4X4bL5ttr2310c2K", "gmn"),
    ],
)
def test_keys_with_letters_are_only_believed_when_asked_for(text: str, kind: str) -> None:
    assert (is_valid(text), is_valid(text, kind)) == (False, True)
    assert show(parse(text, kind)) == f"({gs1.AIS[kind]}){text}"


def test_thirteen_digits_may_be_several_keys() -> None:
    assert kinds("9520123456788")[:2] == ("gtin", "gln")
    assert parse("9520123456788", "gln").digital_link == "https://id.gs1.org/414/9520123456788"


@pytest.mark.parametrize(
    ("text", "rule", "suggestion"),
    [
        ("", "gs1-empty", None),
        ("9.52012E+12", "gs1-spreadsheet-number", None),
        ("95201234S6788", "gs1-not-a-key", None),
        ("952O123456788", "gs1-letters", "9520123456788"),
        ("952012345678", "gs1-check-digit", "952012345672"),
        ("95201234567", "gs1-length", None),
        ("9520123456789", "gs1-check-digit", "9520123456788"),
    ],
)
def test_a_wrong_key_is_diagnosed(text: str, rule: str, suggestion: str | None) -> None:
    found = diagnose(text)
    assert found is not None
    assert (found.id, found.suggestion) == (rule, suggestion)
    with pytest.raises(NotAGs1Key):
        parse(text)


def test_a_wrong_model_number_is_told_its_check_characters() -> None:
    found = diagnose("1987654Ad4X4bL5ttr2310cXX", "gmn")
    assert found is not None
    assert found.suggestion == "1987654Ad4X4bL5ttr2310c2K"


def test_prefixes_of_china_are_named() -> None:
    key = parse("6901234567892")
    found = company_of(key)
    assert (key.prefix, found and found.zh) == ("690", "中国物品编码中心")
    assert company_of(parse("9520123456788")) is None


@given(st.text(alphabet="0123456789", min_size=11, max_size=17))
def test_one_wrong_digit_is_always_found(digits: str) -> None:
    right = digits + check_digit(digits)
    wrong = str((int(right[3]) + 1) % 10)
    changed = right[:3] + wrong + right[4:]
    assert check_digit(changed[:-1]) != changed[-1]
