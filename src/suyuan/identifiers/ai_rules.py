"""Rules for the content of GS1 Application Identifiers: each says of one part of a value whether it is meant.

Source: GS1 General Specifications; North American Coupon Application Guideline (8110); GS1 AI (8112) Coupon Data
Specification. Names are those used in application_identifiers.toml.

>>> RULES["date"]("260229"), RULES["date"]("280229"), RULES["date-day0"]("260200")
(False, True, True)
>>> RULES["piece-of-total"]("0302")
False
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from suyuan.identifiers.check_digit import has_check_digit, has_check_pair

Rule = Callable[[str], bool]

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_day(month: str, day: str, leap_year: bool, day_may_be_missing: bool) -> bool:
    if not 1 <= int(month) <= 12:
        return False
    last = 28 if month == "02" and not leap_year else _DAYS[int(month) - 1]
    return (0 if day_may_be_missing else 1) <= int(day) <= last


def _date(text: str, day_may_be_missing: bool = False) -> bool:
    # two-digit years mean 51 years back to 49 ahead: 2000, the only century year in reach, is a leap year
    return _is_day(text[2:4], text[4:6], int(text[:2]) % 4 == 0, day_may_be_missing)


def _date_8(text: str) -> bool:
    year = int(text[:4])
    return _is_day(text[4:6], text[6:8], year % 4 == 0 and (year % 100 != 0 or year % 400 == 0), False)


def _prefix(text: str) -> bool:
    # no company prefix is shorter than four digits; which are given out is not for us to know
    return re.match(r"[0-9]{4}", text) is not None


def _position(text: str) -> bool:
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    return found is not None and int(found[1]) <= int(found[2])


def _piece_of_total(text: str) -> bool:
    half = len(text) // 2
    return 1 <= int(text[:half]) <= int(text[half:])


def _iban(text: str, countries: frozenset[str]) -> bool:
    if not (11 <= len(text) <= 34 and text[:2] in countries and re.fullmatch(r"[0-9A-Z]+", text)):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


_PURCHASE = r"(?:1.{1}|2.{2}|3.{3}|4.{4}|5.{5})[0-49].{3}"
_COMPANY = "(?:" + "|".join(f"{length}.{{{length + 6}}}" for length in range(7)) + ")"
_SERIAL = "(?:" + "|".join(f"{length}.{{{length + 6}}}" for length in range(10)) + ")"
_RETAILER = "(?:" + "|".join(f"{length}.{{{length + 6}}}" for length in range(1, 8)) + ")"
_SAVING = r"(?:1.{1}|2.{2}|3.{3}|4.{4}|5.{5})"
_COUPON = re.compile(
    rf"{_COMPANY}.{{6}}{_SAVING}{_PURCHASE}"
    rf"(?:1[0-3]{_PURCHASE}(?:{_COMPANY}|9))?(?:2{_PURCHASE}(?:{_COMPANY}|9))?"
    rf"(?:3(?P<until>.{{6}}))?(?:4(?P<start>.{{6}}))?"
    rf"(?:5{_SERIAL})?(?:6{_RETAILER})?(?:9[01256][0-2].[01])?"
)
_COUPON_OFFER = re.compile(rf"[01]{_COMPANY}.{{6}}{_SERIAL}")


def _coupon(text: str) -> bool:
    found = _COUPON.fullmatch(text) if text.isascii() and text.isdigit() else None
    if found is None:
        return False
    start, until = found["start"], found["until"]
    if not all(_date(day) for day in (start, until) if day):
        return False
    return not (start and until) or start <= until


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "check-digit": has_check_digit,
        "check-pair": has_check_pair,
        "prefix-1": _prefix,
        "prefix-2": lambda text: _prefix(text[1:]),
        "date": _date,
        "date-day0": lambda text: _date(text, day_may_be_missing=True),
        "date-8": _date_8,
        "hour": lambda text: int(text) <= 23,
        "minute": lambda text: int(text) <= 59,
        "second": lambda text: int(text) <= 59,
        "hour-minute": lambda text: int(text[:2]) <= 23 and int(text[2:]) <= 59,
        "latitude": lambda text: int(text) <= 1_800_000_000,
        "longitude": lambda text: int(text) <= 3_600_000_000,
        "zero": lambda text: set(text) == {"0"},
        "nonzero": lambda text: set(text) != {"0"},
        "no-zero-prefix": lambda text: not text.startswith("0"),
        "has-letter": lambda text: not text.isdigit(),
        "hyphen": lambda text: set(text) == {"-"},
        "flag": lambda text: text in ("0", "1"),
        "winding": lambda text: text in ("0", "1", "9"),
        "sex": lambda text: text in ("0", "1", "2", "9"),
        "importer-index": lambda text: re.fullmatch(r"[-0-9A-Z_a-z]", text) is not None,
        "percent": lambda text: re.fullmatch(r"(?:[^%]|%[0-9A-Fa-f]{2})*", text) is not None,
        "piece-of-total": _piece_of_total,
        "position": _position,
        "coupon": _coupon,
        "coupon-offer": lambda text: text.isdigit() and _COUPON_OFFER.fullmatch(text) is not None,
    }
)


def rules_with(codes: Mapping[str, frozenset[str]]) -> dict[str, Rule]:
    """All rules, those that ask a code list among them; `codes` are the lists by the name of the rule."""
    of_lists: dict[str, Rule] = {name: values.__contains__ for name, values in codes.items()}
    countries, letters = codes["country"], codes["country-2"]
    of_lists["country-999"] = lambda text: text == "999" or text in countries
    of_lists["iban"] = lambda text: _iban(text, letters)
    return {**RULES, **of_lists}
