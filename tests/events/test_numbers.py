"""Numbers in canonical JSON: the text of RFC 8785, and which literals survive."""

import math
import struct
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from suyuan.events.numbers import DoesNotSurvive, parse, text

# RFC 8785 appendix B
APPENDIX_B = """
    0000000000000000 0
    8000000000000000 0
    0000000000000001 5e-324
    8000000000000001 -5e-324
    7fefffffffffffff 1.7976931348623157e+308
    ffefffffffffffff -1.7976931348623157e+308
    4340000000000000 9007199254740992
    c340000000000000 -9007199254740992
    4430000000000000 295147905179352830000
    44b52d02c7e14af5 9.999999999999997e+22
    44b52d02c7e14af6 1e+23
    44b52d02c7e14af7 1.0000000000000001e+23
    444b1ae4d6e2ef4e 999999999999999700000
    444b1ae4d6e2ef4f 999999999999999900000
    444b1ae4d6e2ef50 1e+21
    3eb0c6f7a0b5ed8c 9.999999999999997e-7
    3eb0c6f7a0b5ed8d 0.000001
    41b3de4355555553 333333333.3333332
    41b3de4355555554 333333333.33333325
    41b3de4355555555 333333333.3333333
    41b3de4355555556 333333333.3333334
    41b3de4355555557 333333333.33333343
    becbf647612f3696 -0.0000033333333333333333
    43143ff3c1cb0959 1424953923781206.2
"""


@pytest.mark.parametrize("row", APPENDIX_B.strip().splitlines())
def test_a_double_is_written_as_appendix_b_says(row: str) -> None:
    pattern, expected = row.split()
    double: float = struct.unpack(">d", bytes.fromhex(pattern))[0]
    assert text(double) == expected
    assert float(parse(expected)) == double


@pytest.mark.parametrize("double", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_have_no_text(double: float) -> None:
    with pytest.raises(DoesNotSurvive):
        text(double)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_is_written_as_the_public_implementation_writes_it(double: float) -> None:
    assert text(double).encode() == rfc8785.dumps(double)


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["r", ".17g", ".20g", ".60e", ".16e"])
)
def test_what_any_program_prints_of_a_double_to_17_digits_or_more_survives(double: float, form: str) -> None:
    literal = repr(double) if form == "r" else format(double, form)
    if double.is_integer() and Decimal(literal) != Decimal(repr(double)):
        return  # whole numbers are held to their last digit
    if abs(double) >= 2.2250738585072014e-308 or form == "r":
        assert float(parse(literal)) == double


@pytest.mark.parametrize(
    "literal",
    [
        "9007199254740993",
        "-9007199254740993",
        "9007199254740993.0",
        "9007199254740993.5",
        "18446744073709551615",
        "123456789012345678901234567890",
        "0.12345678901234567890",
        "3.14159265358979323846264338327950288",
        "1e400",
        "-1e400",
        "1e-400",
        "1e-99999999999999999999",
        "1" + "0" * 400,
        "4.9e-3240",
        "1.2345678901234567e-315",
    ],
)
def test_a_number_that_a_double_would_change_is_refused(literal: str) -> None:
    with pytest.raises(DoesNotSurvive):
        parse(literal)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("-0", 0),
        ("-0.0", 0),
        ("0e99999999999999999999", 0),
        ("161.0", 161),
        ("1.61E2", 161),
        ("9007199254740991", 9007199254740991),
        ("9007199254740992", 9007199254740992),
        ("9007199254740994", 9007199254740994),
        ("1E30", 1e30),
        ("333333333.33333329", 333333333.3333333),
        ("0.10000000000000001", 0.1),
        ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ("5e-324", 5e-324),
    ],
)
def test_a_number_that_survives_is_read(literal: str, value: float) -> None:
    assert parse(literal) == value
    assert type(parse(literal)) is type(value)


@given(st.integers())
def test_an_integer_survives_exactly_if_its_text_says_the_same_number(number: int) -> None:
    try:
        written = text(number)
    except DoesNotSurvive:
        assert abs(number) > 2**53
    else:
        assert Decimal(written) == number
