"""Recovery: what went into each process run, what came out, and how much of which metal.

A run is all events of one transformationID. Masses are kilograms.

- `run_input`: a lot weighs its quantity, a thing what `masses.item_mass` knows, else its part of the mass that the
  feeding event states for all (`batch`). Its share of the run is by mass where all inputs have one (`allocated` = `mass`), else
  by count (`equal`). What is listed beside the whole that it is still part of counts with that whole.
- `run_output`: lots with their mass, and the fate of residues.
- `run_metal`: lot mass times the share of its assay, the latest one of that lot; else the composition that the run's
  event declares for its only output. A lot without either has no metal: nothing is presumed from its material.
"""

import ibis
from ibis import _

from suyuan.standards.shapes import Material
from suyuan.standards.tables import table
from suyuan.views.masses import in_kg, item_mass
from suyuan.views.tables import Tables

STANDS = {row.key: row.stands for row in table("material", Material).rows}


def run_input(effective: Tables, assembly: ibis.Table) -> ibis.Table:
    """item, run, kind, material, kg, kg_from, share, allocated, occurred_at, entries."""
    fed = _fed(effective)
    fed = fed.anti_join(_within_others(fed, assembly), ["run", "item"])
    fed = fed.left_join(item_mass(effective).rename(of="item"), [("item", "of")]).drop("of")
    fed = _weighed(fed)
    run = ibis.window(group_by="run")
    fed = fed.mutate(
        inputs=_.item.count().over(run), weighed=_.kg.count().over(run), total=_.kg.sum().over(run)
    )
    by_mass = (fed.weighed == fed.inputs) & (fed.total > 0)
    return fed.select(
        "item",
        "run",
        "kind",
        "material",
        "kg",
        "kg_from",
        share=ibis.ifelse(by_mass, fed.kg / fed.total, 1 / fed.inputs),
        allocated=ibis.ifelse(by_mass, "mass", "equal"),
        occurred_at=fed.occurred_at,
        entries=fed.entries,
    )


def _fed(effective: Tables) -> ibis.Table:
    """Inputs of runs, one row an item and run; what comes out of the same run again is none."""
    items = effective.event_item.inner_join(
        effective.event.filter(_.run.notnull()).select("seq", "run", "occurred_at"), "seq"
    )
    inputs, outputs = items.filter(_.role == "input"), items.filter(_.role == "output")
    inputs = inputs.anti_join(outputs.filter(~_.listed).select("run", "item"), ["run", "item"])
    batch = (
        effective.event_measure.filter((_.holder == "event") & (_.word == "mass_kg") & _.part.isnull())
        .group_by("seq")
        .agg(batch_kg=_.value.max())
    )
    inputs = inputs.left_join(batch, "seq").drop("seq_right")
    things = ibis.window(group_by="seq")
    inputs = inputs.mutate(
        # a quantity list may name a single thing: its quantity is then a count, not a mass
        amount_kg=ibis.ifelse(_.listed, in_kg(_.quantity, _.uom), ibis.null("float64")),
        batch_part=_.batch_kg / _.item.count().over(things),
    )
    return inputs.group_by("run", "item", "kind", "material").agg(
        listed=_.listed.any(),
        amount_kg=_.amount_kg.sum(),
        batch_part=_.batch_part.max(),
        occurred_at=_.occurred_at.min(),
        entries=_.seq.collect(order_by=_.seq),
    )


def _within_others(fed: ibis.Table, assembly: ibis.Table) -> ibis.Table:
    """(run, item): inputs that are still part of another input of the same run."""
    parts = assembly.select("child", "parent", "until")
    listed = fed.select("run", "item", "occurred_at")
    held = listed.inner_join(parts, [("item", "child")])
    held = held.filter(_.until.isnull() | (_.until >= _.occurred_at))
    direct = held.select("run", "item", "occurred_at", above="parent")
    upper = direct.inner_join(parts.select(below="child", top="parent", til="until"), [("above", "below")])
    upper = upper.filter(_.til.isnull() | (_.til >= _.occurred_at)).select(
        "run", "item", "occurred_at", above="top"
    )
    wholes = fed.select(in_run="run", whole="item")
    return (
        direct.union(upper)
        .inner_join(wholes, [("run", "in_run"), ("above", "whole")])
        .select("run", "item")
        .distinct()
    )


def _weighed(fed: ibis.Table) -> ibis.Table:
    kg = ibis.coalesce(fed.amount_kg, fed.mass_kg, fed.batch_part)
    origin = ibis.cases(
        (fed.amount_kg.notnull(), "quantity"),
        (fed.mass_kg.notnull(), fed.mass_from),
        (fed.batch_part.notnull(), "batch"),
        else_=ibis.null("string"),
    )
    return fed.mutate(kg=kg, kg_from=origin)


def run_output(effective: Tables) -> ibis.Table:
    """item (lot or thing), run, kind, material, quantity, uom, kg, fate, stands, occurred_at, entries.

    `stands`: product | intermediate | residue | …, of the material (null where it is not listed); what has a fate is residue.
    """
    items = effective.event_item.filter(_.role == "output").inner_join(
        effective.event.filter(_.run.notnull()).select("seq", "run", "occurred_at"), "seq"
    )
    items = items.mutate(lot_kg=in_kg(_.quantity, _.uom))
    made = items.group_by("run", "item", "kind", "material").agg(
        quantity=_.quantity.sum(),
        uom=_.uom.min(),
        kg=_.lot_kg.sum(),
        occurred_at=_.occurred_at.min(),
        entries=_.seq.collect(order_by=_.seq),
    )
    fated = made.left_join(_fates(effective, items), ["run", "item"])
    stands = ibis.cases(*((fated.material == material, stands) for material, stands in STANDS.items()))
    return fated.select(
        "item",
        "run",
        "kind",
        "material",
        "quantity",
        "uom",
        "kg",
        "fate",
        "occurred_at",
        "entries",
        stands=ibis.ifelse(fated.fate.notnull(), "residue", stands),
    )


def _fates(effective: Tables, items: ibis.Table) -> ibis.Table:
    fates = effective.event_fate.inner_join(effective.event.select("seq", "run"), "seq")
    named = fates.filter(_.lot.notnull()).select("run", "fate", item="lot")
    every = fates.filter(_.lot.isnull()).select("seq", "fate")
    unnamed = items.select("seq", "run", "item").inner_join(every, "seq").select("run", "fate", "item")
    # a lot handed over as disposed of has met its fate, whoever says so
    gone = effective.event.filter(_.disposition == "disposed").inner_join(effective.event_item, "seq")
    gone = gone.select("item").distinct().inner_join(items.select("run", "item"), "item")
    disposed = gone.select("run", "item").distinct().anti_join(named.union(unnamed), ["run", "item"])
    disposed = disposed.select("run", "item", fate=ibis.literal("disposed"))
    told = named.select("run", "item", "fate").union(unnamed.select("run", "item", "fate"))
    return told.union(disposed).group_by("run", "item").agg(fate=_.fate.max())


def lot_assay(effective: Tables) -> ibis.Table:
    """(lot, metal, share, uncertainty, seq): the latest assay of each lot and metal."""
    lots = effective.event_item.filter(_.listed | (_.kind == "lot"))
    # of a run's event an assay speaks of what came out
    outputs = lots.filter(_.role == "output").select("seq", "item").distinct()
    others = lots.filter(_.role != "output").select("seq", "item").distinct()
    others = others.anti_join(outputs, "seq")
    only = outputs.union(others).group_by("seq").agg(lots=_.item.count(), only_lot=_.item.min())
    only = only.filter(_.lots == 1).select("seq", "only_lot")
    said = effective.event_assay.left_join(only, "seq").drop("seq_right")
    said = said.mutate(lot=ibis.coalesce(_.lot, _.only_lot)).filter(_.lot.notnull()).drop("only_lot")
    said = said.inner_join(effective.event.select("seq", "occurred_at"), "seq")
    last = ibis.window(
        group_by=["lot", "metal"], order_by=[ibis.desc("occurred_at"), ibis.desc("seq"), ibis.desc("share")]
    )
    return (
        said.mutate(n=ibis.row_number().over(last))
        .filter(_.n == 0)
        .select("lot", "metal", "share", "uncertainty", "seq")
    )


def run_metal(effective: Tables, run_output: ibis.Table) -> ibis.Table:
    """item (the lot), run, material, stands, metal, lot_kg, share, kg, kg_uncertainty, source."""
    lots = run_output.select("item", "run", "material", "stands", lot_kg="kg")
    assays = lot_assay(effective)
    assayed = lots.inner_join(assays, [("item", "lot")]).select(
        "item",
        "run",
        "material",
        "stands",
        "metal",
        "lot_kg",
        "share",
        kg=_.lot_kg * _.share,
        kg_uncertainty=_.lot_kg * _.uncertainty,
        source=ibis.literal("assay"),
    )
    declared = _declared(effective, lots).anti_join(assayed, ["item", "run"])
    return assayed.union(declared.select(assayed.columns))


def _declared(effective: Tables, lots: ibis.Table) -> ibis.Table:
    """Metals that a run's event declares (`sy:composition`) where it has one output only."""
    outputs = effective.event_item.filter(_.role == "output")
    only = outputs.group_by("seq").agg(n=_.item.nunique(), item=_.item.min()).filter(_.n == 1)
    facts = effective.event_measure.filter((_.word == "composition") & _.part.notnull())
    runs = effective.event.filter(_.run.notnull()).select("seq", "run")
    said = (
        only.inner_join(facts, "seq").inner_join(runs, "seq").select("item", "run", metal="part", kg="value")
    )
    said = said.group_by("item", "run", "metal").agg(kg=_.kg.sum())
    return said.inner_join(lots, ["item", "run"]).select(
        "item",
        "run",
        "material",
        "stands",
        "metal",
        "lot_kg",
        share=_.kg / _.lot_kg,
        kg=_.kg,
        kg_uncertainty=ibis.null("float64"),
        source=ibis.literal("composition"),
    )
