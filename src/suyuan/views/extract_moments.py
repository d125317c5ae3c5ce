"""Instants of events as whole numbers, fast: microseconds since 1970, the text that the event hash writes, the local day.

Times differ from event to event, but are made of few pieces: a day and a time of day with its offset. Each piece is
read once and remembered; a text that is written otherwise is read as `views.extract` reads it.

>>> moment("2026-05-01T08:00:00+08:00")
(1777593600000000, '2026-05-01T00:00:00.000Z')
>>> moment("2026-05-01T00:00:00.5z"), moment("yesterday")
((1777593600500000, '2026-05-01T00:00:00.500Z'), None)
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from suyuan.events.hash_values import utc
from suyuan.views.reading_times import instant, offset_of

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_DATE = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_PIECES_MAX = 100_000

# seconds since 1970 of a day's beginning; seconds of a time of day in UTC; and back
_days: dict[str, int] = {}
_times: dict[str, int] = {}
_day_texts: dict[int, str] = {}
_time_texts: dict[int, str] = {}


def moment(text: str) -> tuple[int, str] | None:
    """(microseconds since 1970, text in the event hash) of a time with zone; None where it is none that is usual."""
    try:
        seconds = _days[text[:10]] + _times[text[10:]]
        day, second = divmod(seconds, DAY)
        return seconds * 1_000_000, _day_texts[day] + _time_texts[second]
    except KeyError:
        return _learnt(text)


def _learnt(text: str) -> tuple[int, str] | None:
    found = _TIME.fullmatch(text, 10)
    if not found or not _DATE.match(text):
        return _otherwise(text)
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    if not 1000 < day.year < 9998:
        return None
    hours, minutes, seconds, sign, *offset = found.groups()
    ahead = (int(offset[0]) * 60 + int(offset[1])) * (-60 if sign == "-" else 60) if sign else 0
    first = (day.toordinal() - _FIRST_DAY) * DAY
    since = int(hours) * 3600 + int(minutes) * 60 + int(seconds) - ahead
    for pieces in (_days, _times, _day_texts, _time_texts):
        if len(pieces) >= _PIECES_MAX:
            pieces.clear()
    _days[text[:10]], _times[text[10:]] = first, since
    in_utc, second = divmod(first + since, DAY)
    _day_texts[in_utc] = f"{date.fromordinal(in_utc + _FIRST_DAY)}T"
    _time_texts[second] = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
    return moment(text)


def _otherwise(text: str) -> tuple[int, str] | None:
    at = instant(text)
    if at is None or not 1000 < at.year < 9998:
        return None
    return (at - _EPOCH) // _MICROSECOND, utc(text)


@lru_cache(256)
def offset_seconds(offset: str | None) -> int:
    """Seconds by which the clock of an event is ahead of UTC, as `local_day` counts them."""
    return int(offset_of(offset) / timedelta(seconds=1))
