"""Numbers as RFC 8785 writes them, and whether a written number survives a double.

    161.0 → 161      4.50 → 4.5      1E30 → 1e+30      9007199254740993 → refused

The text is that of ECMAScript's Number::toString. A literal survives if the canonical text denotes the
same number. Two kinds of fraction do so in the sense of a measuring device: one of at most 17 significant
digits, which is all that a double can say (RFC 8785's own example has 333333333.33333329), and a longer one
that the double gives back when it is printed to as many digits. Whole numbers must be kept exactly.

Source: rfc-8785 sections 3.2.2.3 and 6, IEEE 754 binary64.

>>> text(161.0), text(1e21), text(1e-7), text(0.000001), text(-0.0)
('161', '1e+21', '1e-7', '0.000001', '0')
>>> parse("161.0"), parse("0.10000000000000001")
(161, 0.1)
"""

import math
from decimal import Context, Decimal

INTEGER_MAX = 2**53 - 1
"""Up to here every integer is a double of its own."""

_POINT_MAX = 1e21  # ECMAScript writes larger numbers with an exponent
_NORMAL_MIN = 2.2250738585072014e-308
_DIGITS_OF_A_DOUBLE = 17
_DIGITS_MAX = 800  # no double has more than 767 significant digits


class DoesNotSurvive(ValueError):
    """A number literal that a double cannot hold; `nearest` is what would become of it."""

    def __init__(self, literal: str, nearest: str) -> None:
        super().__init__(literal)
        self.literal = literal
        self.nearest = nearest


def text(number: float) -> str:
    """ECMAScript's text of a number. Raises DoesNotSurvive for an integer that no double holds, NaN and Infinity."""
    if isinstance(number, int) and -INTEGER_MAX <= number <= INTEGER_MAX:
        return str(int(number))
    if isinstance(number, int):
        return _text_of_double(_as_double(str(number)))
    if not math.isfinite(number):
        raise DoesNotSurvive(repr(number), "")
    return _text_of_double(number)


def parse(literal: str) -> int | float:
    """The number that a JSON number literal writes; whole numbers below 1e21 as int. Raises DoesNotSurvive."""
    if len(literal) < 16 and (literal.isdigit() or literal[1:].isdigit()):
        return int(literal)
    double = _as_double(literal)
    if double.is_integer() and abs(double) < _POINT_MAX:
        return int(_text_of_double(double))
    return double


def _as_double(literal: str) -> float:
    double = float(literal)
    shortest = repr(double)
    if shortest != literal and not _survives(literal, double, shortest):
        raise DoesNotSurvive(literal, _text_of_double(double) if math.isfinite(double) else "")
    return double


def _survives(literal: str, double: float, shortest: str) -> bool:
    digits = literal.lower().partition("e")[0].replace(".", "").lstrip("-0").rstrip("0")
    if not digits:
        return True
    if double == 0 or not math.isfinite(double):
        return False
    exact = Decimal(literal)
    if exact == Decimal(shortest):
        return True
    whole = abs(double) > INTEGER_MAX or exact == exact.to_integral_value()
    if whole or abs(double) < _NORMAL_MIN:
        return False
    if len(digits) <= _DIGITS_OF_A_DOUBLE:
        return True
    return Context(prec=min(len(digits), _DIGITS_MAX)).plus(Decimal(double)) == exact


def _text_of_double(double: float) -> str:
    if double == 0:
        return "0"
    shortest = repr(double)
    if "e" not in shortest:
        return shortest.removesuffix(".0")
    mantissa, _, power = shortest.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "")
    point = int(power) + 1  # the decimal point stands behind so many digits
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"
