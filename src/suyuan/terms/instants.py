"""Instants: always aware, written in UTC with milliseconds and a `Z`.

>>> show_instant(parse_instant("2026-05-01T08:00:00.5+08:00"))
'2026-05-01T00:00:00.500Z'
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

from suyuan.terms.errors import SuyuanError

# The clock is handed in from above; nothing that decides reads the time of day itself.
Clock = Callable[[], datetime]

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has had one zone without daylight saving since 1991."""


class NotAnInstant(SuyuanError):
    """A text that is not a date-time with a zone."""


def parse_instant(text: str) -> datetime:
    """An aware UTC datetime from ISO 8601 text. Raises NotAnInstant."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no date at all; or one that is before the year 1 in UTC
        pass
    raise NotAnInstant(
        f"{text!r} is not an instant; write it like 2026-05-01T08:00:00+08:00",
        f"{text!r} 不是带时区的时间；请写成 2026-05-01T08:00:00+08:00",
    )


def day_in_china(moment: datetime) -> date:
    """The day that it is in China, as law counts days.

    >>> day_in_china(parse_instant("2026-05-11T16:00:00Z"))
    datetime.date(2026, 5, 12)
    """
    try:
        return moment.astimezone(SHANGHAI).date()
    except OverflowError:  # the last hours of the year 9999
        return moment.date()


def show_instant(moment: datetime) -> str:
    """The instant in UTC with milliseconds, `2026-05-01T00:00:00.500Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
