"""Working days of the PRC: weekdays less public holidays, and the weekends that are worked instead.

Rows of `prc-holiday` say on which days the rule of weekdays does not hold. A year for which there are none is estimated:
weekdays less the holidays with a fixed date (`prc-statutory-day`); festivals of the lunar year and make-up days are missing.

>>> days = calendar()
>>> days.slice((date(2026, 2, 14) - FIRST).days, 1).to_pylist()[0]["working"]  # a Saturday that is worked
True
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

import pyarrow as pa

from suyuan.rules.facts import CALENDAR
from suyuan.standards.shapes import Holiday, Row
from suyuan.standards.tables import table

FIRST, LAST = date(2018, 1, 1), date(2040, 12, 31)
_ONE = timedelta(days=1)


@cache
def calendar() -> pa.Table:
    """The days of `facts.CALENDAR` by the rows that the product comes with."""
    return calendar_of(table("prc-holiday", Holiday).rows, table("prc-statutory-day").rows)


def calendar_of(holidays: Iterable[Holiday], fixed: Sequence[Row] = ()) -> pa.Table:
    """The days of `facts.CALENDAR` by these rows, such as a user has put in place of the product's."""
    told = _told(holidays)
    known = {day.year for day, off in told.items() if off}
    rows = {key: [row for row in fixed if row.key == key] for key in {row.key for row in fixed}}
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    estimated = [day.year not in known for day in days]
    working = [_works(day, told, rows if unsure else {}) for day, unsure in zip(days, estimated, strict=True)]
    nth, so_far = [], 0
    for works in working:
        so_far += works
        nth.append(so_far)
    return pa.table({"day": days, "working": working, "nth": nth, "estimated": estimated}, schema=CALENDAR)


def _told(holidays: Iterable[Holiday]) -> Mapping[date, bool]:
    """Is it off, by day named in a row."""
    found: dict[date, bool] = {}
    for row in holidays:
        assert row.until is not None, f"{row.key} names its last day"
        day = row.since
        while day <= row.until:
            found[day] = row.day == "off"
            day += _ONE
    return found


def _works(day: date, told: Mapping[date, bool], fixed: Mapping[str, Sequence[Row]]) -> bool:
    if day in told:
        return not told[day]
    return day.weekday() < 5 and not any(row.in_force(day) for row in fixed.get(f"{day:%m-%d}", ()))
