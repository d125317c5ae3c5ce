"""Battery codes read one by one: real codes, what spoils them, and what is said about it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.identifiers import battery_code
from suyuan.identifiers.battery_code import (
    Kind,
    NotABatteryCode,
    diagnose,
    is_valid,
    normalise,
    parse,
    remarks,
    show,
)
from suyuan.identifiers.battery_form import DAYS, MONTHS, YEARS, day_of

# Codes that are public, with what they say.
REAL = [
    ("04QCB76836300JBC40000903", "04Q", "C", "B", "76", "836300J", date(2021, 12, 4), "0000903"),
    ("001CB240000003B3C0221953", "001", "C", "B", "24", "0000003", date(2021, 3, 12), "0221953"),
    ("001CB310000009B960502763", "001", "C", "B", "31", "0000009", date(2021, 9, 6), "0502763"),
    ("04QCB76718400JB630001092", "04Q", "C", "B", "76", "718400J", date(2021, 6, 3), "0001092"),
    ("04QCB76830200JD2A0005567", "04Q", "C", "B", "76", "830200J", date(2023, 2, 10), "0005567"),
    ("07HCBC1P22G06AC700002596", "07H", "C", "B", "C1", "P22G06A", date(2022, 7, 31), "0002596"),
    ("X12MCPM27KLPCLX2M2382320", "X12", "M", "C", "PM", "27KLPCL", date(2039, 2, 21), "2382320"),
]

texts = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabc -\n", max_size=30)


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Valid codes of all three forms, with any calendar day from 2011 to 2040."""
    day = draw(st.dates(date(2011, 1, 1), date(2040, 12, 31)))
    letters = "".join(
        next(letter for letter, number in table.items() if number == part)
        for table, part in zip((YEARS, MONTHS, DAYS), (day.year, day.month, day.day), strict=True)
    )
    alnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    form = draw(st.sampled_from([24, 19, 26]))
    head = draw(st.text(alnum, min_size=3, max_size=3)) + draw(st.sampled_from("PMC"))
    head += draw(st.sampled_from("ABCDEFGZ")) + draw(st.text(alnum, min_size=2, max_size=2))
    tracing = "" if form == 19 else draw(st.text(alnum, min_size=7, max_size=7))
    serial = f"{draw(st.integers(0, 9_999_999)):07d}"
    return head + tracing + letters + serial + ("" if form == 24 else "R" + draw(st.sampled_from("PMC")))


@pytest.mark.parametrize("row", REAL, ids=[row[0] for row in REAL])
def test_a_real_code_says_what_its_label_says(row: tuple[str, str, str, str, str, str, date, str]) -> None:
    code = parse(row[0])
    told = (
        code.code,
        code.vendor,
        code.kind,
        code.chemistry,
        code.specification,
        code.tracing,
        code.day,
        code.serial,
    )
    assert told == row
    assert code.form == 24


def test_a_vendor_that_was_seen_has_a_name_that_is_not_verified() -> None:
    maker = parse("04QCB76836300JBC40000903").maker
    assert maker is not None
    assert (maker.maker, maker.verified) == ("EVE", False)
    assert parse("X12MCPM27KLPCLX2M2382320").maker is None


def test_chemistry_and_kind_have_names_in_both_languages() -> None:
    code = parse("001PE050000001A7C0000042")
    assert (code.battery_type.word, code.battery_type.zh) == ("NCM", "三元")
    assert (code.kind.word.zh, code.kind.word.en) == ("电池包", "pack")


def test_a_reuse_product_has_no_tracing_field_and_ends_with_its_own_kind() -> None:
    code = parse("001CB24B3C0221953RP")
    assert (code.form, code.tracing, code.kind, code.reuse_kind) == (19, "", Kind.CELL, Kind.PACK)
    code = parse("001CB240000003B3C0221953RM")
    assert (code.form, code.tracing, code.reuse_kind) == (26, "0000003", Kind.MODULE)


def test_only_the_exact_code_is_valid_and_the_tidied_one_is_parsed() -> None:
    assert is_valid("04QCB76836300JBC40000903")
    for spoiled in (
        "04qcb76836300jbc40000903",
        "04QCB76836300\nJBC40000903",
        " 04QCB76836300JBC40000903",
        "04QCB76836300JBC40000903\n",
        "０４ＱＣＢ７６８３６３００ＪＢＣ４００００９０３",
        "04QCB76836300JBC4000090\u0663",
        "\ufeff04QCB76836300\u200bJBC40000903",
        "04Q-CB76-836300J-BC4-0000903",
        "'04QCB76836300JBC40000903",
    ):
        assert not is_valid(spoiled), spoiled
        if "\u0663" not in spoiled:  # an Arabic-Indic digit is not taken for a Latin one
            assert parse(spoiled).code == "04QCB76836300JBC40000903"


def test_tidying_says_what_it_did() -> None:
    assert battery_code.tidy("\ufeff'０４qcb76 836300-jbc40000903").done == (
        "invisible",
        "full-width",
        "blanks",
        "hyphens",
        "quotes",
        "lower-case",
    )
    assert battery_code.tidy("04QCB76836300JBC40000903").done == ()


# What was sent, the id of what is wrong, and what was probably meant.
WRONG = [
    ("", "code-empty", None),
    (" \n", "code-empty", None),
    ("A765101015", "code-too-short", None),
    ("04QCB76836300JBC4000090", "code-too-short", None),
    ("04QCB76836300JBC400", "code-too-short", None),
    ("jbc4000090304qcb76836300", "code-halves-swapped", "04QCB76836300JBC40000903"),
    ("JBC40000903\n04QCB76836300", "code-halves-swapped", "04QCB76836300JBC40000903"),
    ("04QCB76836300JBC40000903X", "code-extra-mark", "04QCB76836300JBC40000903"),
    ("04QCB76836300JBC4000090312", "code-too-long", "04QCB76836300JBC40000903"),
    ("04QCB76836300JBC40000903RP7", "code-too-long", "04QCB76836300JBC40000903RP"),
    ("04QCB76836300JBC4000O903", "code-confused-letters", "04QCB76836300JBC40000903"),
    ("04QCB76836300JBC4000O9O3", "code-confused-letters", "04QCB76836300JBC40000903"),
    ("04QCB76836300JBI40000903", "code-confused-letters", "04QCB76836300JB140000903"),
    ("07HCBC1P22G06AC7O0002596", "code-confused-letters", "07HCBC1P22G06AC700002596"),
    ("07HCBC1P22G06AC7Q0002596", "code-confused-letters", "07HCBC1P22G06AC700002596"),
    ("001CB240000003B3U0221953", "code-confused-letters", "001CB240000003B3V0221953"),
    ("001CB240000003B3Z0221953", "code-confused-letters", "001CB240000003B320221953"),
    ("OO1CB24OOOOOO3B3CO221953", "code-confused-letters", "001CB240000003B3C0221953"),
    ("001C8240000003B3C0221953", "code-confused-letters", "001CB240000003B3C0221953"),
    ("001CB24B3CO221953RM", "code-confused-letters", "001CB24B3C0221953RM"),
    ("001CB240000003OB20221953", "code-impossible-date", None),
    ("001CB240000003B2Y0221953", "code-impossible-date", None),
    ("001CB240000003B200221953", "code-impossible-date", None),
    ("001CB240000003B2X0221953", "code-impossible-date", None),
    ("001CB240000003B400221953", "code-impossible-date", None),
    ("001CB240000003BDC0221953", "code-impossible-date", None),
    ("1.23E+23", "code-mangled-by-spreadsheet", None),
    ("1,23456E+23", "code-mangled-by-spreadsheet", None),
    ("123456789012345000000000", "code-mangled-by-spreadsheet", None),
    ("04QCB76836300JBC40000903.0", "code-mangled-by-spreadsheet", "04QCB76836300JBC40000903"),
    ("SN:04QCB76836300JBC40000903", "code-illegal-character", "04QCB76836300JBC40000903"),
    ("04QСB76836300JBC40000903", "code-illegal-character", "04QCB76836300JBC40000903"),
    ("无", "code-illegal-character", None),
    ("001XB240000003B3C0221953", "code-wrong-kind", None),
    ("001CX240000003B3C0221953", "code-wrong-type", None),
    ("001CB240000003B3C02219A3", "code-wrong-serial", None),
    ("001CB24B3C0221953RX", "code-wrong-suffix", None),
    ("001CB240000003B3C0221953RX", "code-wrong-suffix", None),
    ("001CB240000003B3C0221953 001CB240000003B3C0221954", "code-several", None),
]


@pytest.mark.parametrize(("text", "wrong", "meant"), WRONG)
def test_what_is_wrong_is_named_and_what_was_meant_is_suggested(
    text: str, wrong: str, meant: str | None
) -> None:
    found = diagnose(text)
    assert found is not None
    assert (found.id, found.suggestion) == (wrong, meant)
    with pytest.raises(NotABatteryCode) as raised:
        parse(text)
    assert raised.value.diagnosis == found
    assert raised.value.show("zh") == found.reason.zh


def test_a_leap_day_is_valid_in_leap_years_alone() -> None:
    valid = {year for letter, year in YEARS.items() if is_valid(f"001CB240000003{letter}2X0221953")}
    assert valid == {2012, 2016, 2020, 2024, 2028, 2032, 2036, 2040}


def test_every_day_from_2011_to_2040_has_one_spelling() -> None:
    spelled = [
        y + m + d for y in YEARS for m in MONTHS for d in DAYS if is_valid(f"001CB240000003{y}{m}{d}0221953")
    ]
    first = date(2011, 1, 1)
    every = [first + timedelta(days=n) for n in range((date(2041, 1, 1) - first).days)]
    assert [day_of(letters) for letters in spelled] == every


def test_a_valid_code_may_still_be_doubtful() -> None:
    today = date(2026, 11, 24)
    found = remarks(parse("0IJCBO10000003B3C0000000"), today)
    assert [remark.id for remark in found] == ["code-doubtful-letters", "code-serial-zero"]
    assert found[0].suggestion == "01JCB010000003B3C0000000"
    assert [remark.id for remark in remarks(parse("X12MCPM27KLPCLX2M2382320"), today)] == ["code-date-ahead"]
    assert remarks(parse("04QCB76836300JBC40000903"), today) == ()


@given(codes())
def test_what_is_shown_is_parsed_to_the_same_value(code: str) -> None:
    value = parse(code)
    assert value.code == code
    assert parse(show(value)) == value
    assert normalise(show(value).lower()) == code


@given(texts)
def test_every_text_is_a_code_or_has_a_reason(text: str) -> None:
    found = diagnose(text)
    assert (found is None) == is_valid(normalise(text))
    assert found is None or all(is_valid(candidate) for candidate in found.candidates)


@given(codes(), st.integers(0, 25), st.sampled_from("IOQUZ0189X"))
def test_one_spoiled_character_never_leads_to_a_suggestion_that_is_no_code(
    code: str, place: int, c: str
) -> None:
    spoiled = code[: place % len(code)] + c + code[place % len(code) + 1 :]
    found = diagnose(spoiled)
    assert (found is None) == is_valid(spoiled)
    assert found is None or found.suggestion is None or is_valid(found.suggestion)
