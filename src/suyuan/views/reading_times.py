"""Instants and days inside an event, as partners write them."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant


def instant(given: Any) -> datetime | None:
    """The instant that a field writes, None where it writes none."""
    if not isinstance(given, str):
        return None
    try:
        return parse_instant(given.upper())
    except SuyuanError:
        try:  # a leap second has no place in a datetime: the second before stands for it
            return parse_instant(given.upper().replace(":60", ":59"))
        except SuyuanError:
            return None


def local_day(occurred_at: datetime, offset: Any) -> date:
    """The day on the event's own clock (`eventTimeZoneOffset`, `+08:00` where it says nothing readable)."""
    try:
        return (occurred_at + offset_of(offset)).date()
    except OverflowError:  # the last hours of the year 9999
        return occurred_at.date()


def offset_of(offset: Any) -> timedelta:
    """By how much the clock of an event is ahead of UTC."""
    return _offset(offset if isinstance(offset, str) else "+08:00")


@lru_cache(256)
def _offset(given: str) -> timedelta:
    sign = -1 if given.startswith("-") else 1
    hours, _, minutes = given.lstrip("+-").partition(":")
    try:
        return sign * timedelta(hours=int(hours), minutes=int(minutes or 0))
    except ValueError:
        return timedelta(hours=8)
