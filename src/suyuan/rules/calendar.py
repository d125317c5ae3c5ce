"""Working days of the PRC: weekdays less public holidays, and the weekends that are worked instead.

To be filled from the rows of `prc-holiday`; years without a notice on record are estimated (weekdays without holidays).
"""

from datetime import date, timedelta

import pyarrow as pa

from suyuan.rules.facts import CALENDAR

FIRST, LAST = date(2018, 1, 1), date(2031, 12, 31)


def calendar() -> pa.Table:
    """The days of `facts.CALENDAR`."""
    rows, nth, day = [], 0, FIRST
    while day <= LAST:
        working = day.weekday() < 5
        nth += working
        rows.append({"day": day, "working": working, "nth": nth, "estimated": True})
        day += timedelta(days=1)
    return pa.Table.from_pylist(rows, schema=CALENDAR)
