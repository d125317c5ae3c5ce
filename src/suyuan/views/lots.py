"""Lots that are used up: fed to runs to the last kilogram.

made or received 400 kg, fed 300 kg        100 kg are still with who fed them
made or received 400 kg, fed 400 kg        used up
fed, and nobody told of how much           used up
"""

import ibis
from ibis import _

from suyuan.views.masses import in_kg
from suyuan.views.tables import Tables

ALL_BUT = 1e-9
"""A part of a lot this small is a matter of rounding."""


def used_up(effective: Tables) -> ibis.Table:
    """(item, since, seq, by): lots of which nothing is left, since which feeding, told by which entry, who ran it.

    There was what runs put out; of a lot from elsewhere the most that an event of its handling told.
    """
    lots = effective.event_item.filter(_.kind == "lot").mutate(kg=in_kg(_.quantity, _.uom))
    when = effective.event.select("seq", "occurred_at", by="actor")
    fed = lots.filter(_.role == "input").inner_join(when, "seq")
    last = ibis.window(group_by="item", order_by=[ibis.desc("occurred_at"), ibis.desc("seq")])
    of_lot = ibis.window(group_by="item")
    fed = fed.mutate(
        n=ibis.row_number().over(last),
        fed_kg=_.kg.sum().over(of_lot),
        unweighed=_.kg.isnull().any().over(of_lot),
    ).filter(_.n == 0)
    made = lots.filter(_.role == "output").group_by(lot=_.item).agg(made_kg=_.kg.sum())
    told = lots.filter(~_.role.isin(["input", "output"])).group_by(named=_.item).agg(told_kg=_.kg.max())
    fed = fed.left_join(made, [("item", "lot")]).left_join(told, [("item", "named")])
    there = ibis.coalesce(fed.made_kg, fed.told_kg)
    empty = fed.unweighed | there.isnull() | (fed.fed_kg >= there * (1 - ALL_BUT))
    return fed.filter(empty).select("item", "seq", "by", since="occurred_at")
