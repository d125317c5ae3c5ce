"""When a firm reports what it did: lawfully, some days later, in working hours, each firm and step at its own pace.

Between one day and two weeks: well below the shortest deadline of either regime (15 working days; 20 days).

>>> from suyuan.simulate.world import world
>>> maker = world(seed=1, packs=10).battery_makers[0]
>>> f"{reported_at(datetime(2024, 5, 31, 16, 20), maker, 'made'):%a %Y-%m-%d %H:%M}"
'Mon 2024-06-03 15:16'
"""

from datetime import datetime, timedelta

from suyuan.simulate.world import Firm

SLOWEST = timedelta(days=14)
"""What happened longer ago has been reported."""
_BASE_DAYS, _SPREAD_DAYS = 5, 4


def reported_at(at: datetime, by: Firm, kind: str) -> datetime:
    """When `by` reports a step of this kind that happened at `at` (both Shanghai time, without a zone)."""
    pace = (by.number * 7 + len(by.role) + len(kind) * 3) % _BASE_DAYS
    day = at + timedelta(days=1 + pace + at.minute % _SPREAD_DAYS)
    if (weekday := day.weekday()) > 4:
        day += timedelta(days=7 - weekday)
    minute = 9 * 60 + (at.hour * 37 + at.minute * 17 + at.day * 13 + by.number) % (8 * 60)
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60)  # Shanghai time
