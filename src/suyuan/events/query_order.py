"""The order of events in an answer: by a time or an extension field, then by number, so that no two share a place.

    orderBy=eventTime, DESC      latest first; of one moment, the one recorded last first
    orderBy=ex:grade, ASC        numbers, then times, then texts (by code points); what lacks the field comes last, either way
    no orderBy                   as recorded

Source: epcis-2.0 section 8.2.7.1, `orderBy` and `orderDirection`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from typing import Any

from suyuan.events.query import Order
from suyuan.events.query_extensions import extensions, leaves
from suyuan.events.query_matching import Facts
from suyuan.events.query_values import as_instant

At = int | tuple[int, int | float | str] | None
"""Microseconds since 1970, a number; of an extension its rank and value, or None where the field is missing."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NUMBER, TIME, TEXT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands."""

    at: At
    n: int

    def key(self, order: Order | None) -> Any:
        """To sort places by."""

        def compared(one: Place, other: Place) -> int:
            return _compared(one, other, order)

        return cmp_to_key(compared)(self)


def behind(place: Place, last: Place, order: Order | None) -> bool:
    """Whether a place comes after another."""
    return _compared(place, last, order) > 0


def _compared(one: Place, other: Place, order: Order | None) -> int:
    way = 1 if order is None or order.ascending else -1
    if one.at != other.at:
        if one.at is None or other.at is None:
            return 1 if one.at is None else -1
        return way * (1 if _greater(one.at, other.at) else -1)
    return way * ((one.n > other.n) - (one.n < other.n))


def _greater(one: Any, other: Any) -> bool:
    # ranks first: a number is never compared with a text
    return bool(one > other)


def place_of(facts: Facts, n: int, order: Order | None) -> Place:
    """Where an event of number `n` stands."""
    if order is None:
        return Place(n, n)
    if order.by == "recordTime":
        return Place(microseconds(facts.recorded_at), n)
    if order.by == "eventTime":
        told = facts.event.get("eventTime")
        at = as_instant(told) if isinstance(told, str) else None
        return Place(microseconds(at or facts.recorded_at), n)
    found = (
        leaf for value in extensions(facts.event, facts.names, "event", order.by) for leaf in leaves(value)
    )
    return Place(_ranked(next(found, None)), n)


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _ranked(leaf: Any) -> At:
    if leaf is None:
        return None
    if isinstance(leaf, bool):
        return TEXT, "true" if leaf else "false"
    if isinstance(leaf, int | float):
        return NUMBER, leaf
    at = as_instant(str(leaf))
    return (TEXT, str(leaf)) if at is None else (TIME, microseconds(at))
