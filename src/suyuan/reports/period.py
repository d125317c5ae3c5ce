"""A period of a report: a month, a quarter, a year, or everything.

>>> period("2026-05").last, period("2026-Q2").first, period("2026").name
(datetime.date(2026, 5, 31), datetime.date(2026, 4, 1), '2026')
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from suyuan.terms.errors import SuyuanError


class NoSuchPeriod(SuyuanError):
    """A text that names no month, quarter or year."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both included."""

    name: str
    first: date
    last: date


MONTHS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}


def period(text: str) -> Period:
    """The period named: 2026, 2026-Q2 or 2026-05. Raises NoSuchPeriod."""
    told = re.fullmatch(r"(\d{4})(?:-(Q[1-4]|0[1-9]|1[0-2]))?", text.strip().upper())
    if told is None or int(told[1]) < 1:
        raise NoSuchPeriod(
            f"{text!r} is no period; write a year, a quarter or a month: 2026, 2026-Q2, 2026-05",
            f"{text!r} 不是期间；请写年、季度或月份：2026、2026-Q2、2026-05",
        )
    year, part = int(told[1]), told[2]
    first, last = (1, 12) if part is None else MONTHS[part] if part in MONTHS else (int(part), int(part))
    after = date(year + last // 12, last % 12 + 1, 1) if year < date.max.year else date.max
    return Period(told[0], date(year, first, 1), after - timedelta(days=1))
