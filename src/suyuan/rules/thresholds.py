"""Thresholds that are ours (table `threshold`) as rules use them: a number beside every row, or a time to wait for reports.

threshold(facts, moves, "travel-kmh")     `moves` with `limit` and `row`
settled(facts, moves, "report-wait")      only what happened so long before the day judged on that reports are in
"""

import ibis
from ibis import _

from suyuan.rules.facts import FOREVER, Facts


def threshold(facts: Facts, table: ibis.Table, name: str, *, day: str = "day") -> ibis.Table:
    """`table` with `limit` and `row` of the threshold in force on its column `day`."""
    rows = _rows(facts, name)
    joined = table.inner_join(rows, [table[day] >= rows.law_since, table[day] <= rows.law_until])
    return joined.drop("law_since", "law_until")


def settled(facts: Facts, table: ibis.Table, name: str, *, day: str = "day") -> ibis.Table:
    """The rows whose `day` lies at least so many days before the day judged on: what is missing then is missing."""
    rows = _rows(facts, name).drop("row").rename(wait_days="limit")
    known = table.inner_join(rows, [table[day] >= rows.law_since, table[day] <= rows.law_until])
    known = known.cross_join(facts.day())
    waited = known.asked_day.delta(known[day], unit="day") >= known.wait_days
    return known.filter(waited).drop("law_since", "law_until", "wait_days", "asked_day")


def _rows(facts: Facts, name: str) -> ibis.Table:
    rows = facts.law.filter((_.table == "threshold") & (_.key == name) & (_.field == "value"))
    return rows.select(law_since="since", law_until=_.until.fill_null(FOREVER), limit="value", row="row")
