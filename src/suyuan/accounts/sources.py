"""What accounts read: views, what counts, and the shared facts, as whoever judges or reports has them at hand (`rules.facts.Facts`)."""

from collections.abc import Mapping
from typing import Protocol

import ibis
from ibis import _

from suyuan.views.days import FOREVER
from suyuan.views.tables import Keep, Tables


class Sources(Protocol):
    """Tables by name; what stands in each is told in `rules.facts`."""

    @property
    def views(self) -> Mapping[str, ibis.Table]:
        """run_input, run_output, run_metal, custody, assembly, recovered, …"""

    @property
    def counted(self) -> Tables:
        """The effective tables."""

    @property
    def moment(self) -> ibis.Table:
        """item, kind, seq, step, day, actor, giver, taker, …"""

    @property
    def thing(self) -> ibis.Table:
        """item, kind, letter, chemistry, kwh, kg, model, made_by, made_seq, …"""

    @property
    def party_role(self) -> ibis.Table:
        """party, role."""

    @property
    def site(self) -> ibis.Table:
        """site, party, site_kind, area, master_seq."""

    @property
    def law(self) -> ibis.Table:
        """Rows of the tables of law: table, key, since, until, value, field, text, row, verified."""

    @property
    def asked(self) -> ibis.Table:
        """One row: `day`."""

    @property
    def keep(self) -> Keep:
        """Keeps a stage."""


def law_rows(sources: Sources, name: str, field: str = "value") -> ibis.Table:
    """key, since, until, value, row, verified of the rows of a table of law; `until` never null."""
    rows = sources.law.filter((_.table == name) & (_.field == field))
    return rows.select("key", "since", "value", "row", "verified", until=_.until.fill_null(FOREVER))


def threshold(sources: Sources, key: str, name: str) -> ibis.Table:
    """One row: the threshold `key` in force on the day asked for, as column `name`; to be cross joined."""
    rows = law_rows(sources, "threshold").filter(_.key == key)
    asked = sources.asked.select(asked_day="day")
    rows = rows.inner_join(asked, [rows.since <= asked.asked_day, rows.until >= asked.asked_day])
    # an aggregate gives one row even where a user struck the threshold out
    return rows.aggregate(**{name: _.value.max()})
