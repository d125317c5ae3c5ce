"""The grammar of the GB/T 34014 battery code: which texts are codes, and what stands at which place.

    001    P     B         24             0000001  G51    0000042  R P
    maker  kind  chemistry specification  tracing  date   serial   reuse: type of the reuse product

24 characters: a new pack, module or cell. 26: the same with the reuse suffix. 19: a reuse product, which has
no tracing field. There is no check character: a code is plausible, never proven.

The date classes come from the year, month and day tables of `standards`, with the calendar worked in: one
regular expression says whether a code is one, and 31 February is not.

Source: gbt-34014-2017 in standards/documents.toml.

>>> is_valid("001PB240000001G510000042"), is_valid("001PB240000001G2Y0000042")
(True, False)
"""

import re
from calendar import isleap
from datetime import date
from typing import Final, Literal

from suyuan.standards.shapes import Number
from suyuan.standards.tables import table

Form = Literal[24, 19, 26]

YEARS: Final = {row.key: row.number for row in table("battery-year", Number).rows}
MONTHS: Final = {row.key: row.number for row in table("battery-month", Number).rows}
DAYS: Final = {row.key: row.number for row in table("battery-day", Number).rows}
KINDS: Final = "".join(row.key for row in table("product-type").rows)
TYPES: Final = "".join(row.key for row in table("battery-type").rows)

_LONG_MONTHS = "".join(key for key, month in MONTHS.items() if month in (1, 3, 5, 7, 8, 10, 12))
_SHORT_MONTHS = "".join(key for key, month in MONTHS.items() if month in (4, 6, 9, 11))
_FEBRUARY = next(key for key, month in MONTHS.items() if month == 2)


def _days_to(last: int) -> str:
    return "".join(key for key, day in DAYS.items() if day <= last)


def _any_of(letters: str) -> str:
    return f"[{letters}]"


_YEAR = _any_of("".join(YEARS))
_LEAP_YEAR = _any_of("".join(key for key, year in YEARS.items() if isleap(year)))
_29TH = next(key for key, day in DAYS.items() if day == 29)

DATE: Final = (
    f"(?:{_YEAR}(?:[{_LONG_MONTHS}][{_days_to(31)}]|[{_SHORT_MONTHS}][{_days_to(30)}]"
    f"|{_FEBRUARY}[{_days_to(28)}])|{_LEAP_YEAR}{_FEBRUARY}{_29TH})"
)
_HEAD = f"[0-9A-Z]{{3}}[{KINDS}][{TYPES}][0-9A-Z]{{2}}"

_CODE = re.compile(f"{_HEAD}(?:[0-9A-Z]{{7}}{DATE}[0-9]{{7}}(?:R[{KINDS}])?|{DATE}[0-9]{{7}}R[{KINDS}])")

is_code = _CODE.fullmatch
"""The match of an exact code, or None; the bare function for callers that count nanoseconds."""


def is_valid(text: str) -> bool:
    """Is `text` exactly a code: upper case, nothing around it, a date that exists?"""
    return is_code(text) is not None


def date_start(length: int) -> int:
    """Where the three date characters begin in a code of this length."""
    return 7 if length == 19 else 14


def day_of(letters: str) -> date | None:
    """The day that three date characters stand for; None where there is no such day.

    >>> day_of("C70"), day_of("B2Y")
    (datetime.date(2022, 7, 31), None)
    """
    year, month, day = (
        table.get(letter) for table, letter in zip((YEARS, MONTHS, DAYS), letters, strict=True)
    )
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
