"""Masses in kilograms: of amounts by their unit, of things by what was said of them."""

import ibis
from ibis import _

from suyuan.standards.shapes import Unit
from suyuan.standards.tables import table
from suyuan.views.effective import latest_master
from suyuan.views.tables import Tables

KILOGRAMS = {row.key: float(row.factor) for row in table("unit", Unit).rows if row.quantity == "mass"}
"""UN/CEFACT Recommendation 20 codes of mass (standards, `unit`): kilograms of one."""


def in_kg(quantity: ibis.Value, uom: ibis.Value) -> ibis.Value:
    """The quantity in kilograms; null where its unit is no mass (or it is a count)."""
    return quantity * ibis.cases(*((uom == code, factor) for code, factor in KILOGRAMS.items()))


def item_mass(effective: Tables) -> ibis.Table:
    """(item, mass_kg, mass_from): what a single thing weighs.

    What was said of the thing itself comes first, the latest first: `sy:mass_kg` in the ilmd of what made it, or of an
    event that speaks of it alone, or a mass read by a sensor there (`stated`); then its model's (`model`). A thing of which
    neither is known has no row.
    """
    single = effective.event_item.filter(~_.listed & (_.kind != "lot"))
    alone = single.filter(_.role == "epc").group_by("seq").agg(things=_.item.count(), item=_.item.min())
    alone = alone.filter(_.things == 1).drop("things")
    when = effective.event.select("seq", "occurred_at")
    # ilmd holds for each thing that the event makes; a mass at the top of an event is that of all it speaks of
    made = single.filter(_.role.isin(["epc", "output"])).select("seq", "item")
    words = effective.event_measure.filter((_.word == "mass_kg") & _.part.isnull())
    by_ilmd = made.inner_join(words.filter(_.holder == "ilmd"), "seq").select("seq", "item", kg="value")
    by_event = alone.inner_join(words.filter(_.holder == "event"), "seq").select("seq", "item", kg="value")
    read = effective.event_reading.filter(
        _.type.isin(["Mass", "Weight", "sy:Mass", "GrossWeight", "NetWeight"])
    )
    by_sensor = alone.inner_join(read.select("seq", kg=in_kg(read.value, read.uom)), "seq")
    stated = by_ilmd.union(by_event).union(by_sensor.filter(_.kg.notnull()).select("seq", "item", "kg"))
    stated = stated.inner_join(when, "seq").select("seq", "item", "kg", "occurred_at", rank=ibis.literal(0))
    models = latest_master(effective.master).filter((_.type == "model") & (_.attribute == "mass_kg"))
    models = models.select(name="id", kg=_.value.try_cast("float64"))
    of_model = effective.event.filter(_.model.notnull()).select("seq", "model", "occurred_at")
    by_model = (
        made.inner_join(of_model, "seq")
        .inner_join(models.filter(_.kg.notnull()), [("model", "name")])
        .select("seq", "item", "kg", "occurred_at", rank=ibis.literal(1))
    )
    both = stated.union(by_model)
    best = ibis.window(
        group_by="item", order_by=["rank", ibis.desc("occurred_at"), ibis.desc("seq"), ibis.desc("kg")]
    )
    return (
        both.mutate(n=ibis.row_number().over(best))
        .filter(_.n == 0)
        .select("item", mass_kg=_.kg, mass_from=ibis.ifelse(_.rank == 0, "stated", "model"))
    )
