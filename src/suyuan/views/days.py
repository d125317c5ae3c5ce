"""Days in Asia/Shanghai, and the day that never comes."""

import ibis

FOREVER = ibis.date("9999-12-31")
"""Until when a row of law is in force of which no end is known."""


def local_day(moment: ibis.Value) -> ibis.Value:
    """The day in Asia/Shanghai of an instant (no summer time since 1991)."""
    return local_time(moment).date()


def local_time(moment: ibis.Value) -> ibis.Value:
    """The clock in Asia/Shanghai at an instant."""
    return moment.cast("timestamp") + ibis.interval(hours=8)
