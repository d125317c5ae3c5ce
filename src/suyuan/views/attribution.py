"""What became of the kilograms of a thing: recovered material and metals attributed to packs, modules and cells.

A run's outputs belong to its inputs by their share of the run. A lot that is fed to a further run carries what belongs to
it on (pack → black mass → sulphate); what is left of a lot after that stays. So the attributed kilograms of all things and of
lots from elsewhere add up to what the runs made, and nothing is counted twice: metal in black mass that was fed
on is found in what came of it. A product (a salt, a metal) is where it ends: recovered is recovered, whoever uses it then.

A reuse product is the output of such a run too: what becomes of it is passed on to what it was made of. A thing also gets
what became of its parts that were fed by themselves. Bounded: at most `RUNS` runs one after the other, `PARTS` levels of parts.
"""

import ibis
from ibis import _

RUNS = 5
PARTS = 5


def run_share(run_input: ibis.Table, run_output: ibis.Table) -> ibis.Table:
    """(item, run, share, allocated): how much of a run is due to a thing that was fed, in it or in one before."""
    level = run_input.filter(_.kind != "lot").select("item", "run", "share", "allocated")
    found = level
    passing = _passing(run_input, run_output)
    for _level in range(1, RUNS):
        onward = level.inner_join(passing, [("run", "from_run")])
        level = onward.group_by("item", run=_.to_run).agg(
            share=(_.share * _.passed).sum(), allocated=_worse(onward)
        )
        level = level.select("item", "run", "share", "allocated")
        found = found.union(level)
    return found.group_by("item", "run").agg(share=_.share.sum(), allocated=_.allocated.min())


def _worse(onward: ibis.Table) -> ibis.Value:
    # "equal" comes before "mass": one allocation by count makes the whole one
    return ibis.least(onward.allocated.min(), onward.then_allocated.min())


def _passing(run_input: ibis.Table, run_output: ibis.Table) -> ibis.Table:
    """(from_run, to_run, passed, then_allocated): what share of a run comes out of another one, by lots."""
    onward = run_output.filter(~_is_product(_.stands))
    made = lot_origin(onward).select("lot", "part", from_run="run")
    fed = run_input.select(fed="item", to_run="run", share="share", then_allocated="allocated")
    return (
        made.inner_join(fed, [("lot", "fed")])
        .group_by("from_run", "to_run")
        .agg(passed=(_.part * _.share).sum(), then_allocated=_.then_allocated.min())
    )


def _is_product(stands: ibis.Value) -> ibis.Value:
    return (stands == "product").fill_null(False)


def lot_origin(run_output: ibis.Table) -> ibis.Table:
    """(lot, run, part): how much of a lot comes from each run that adds to it."""
    lot = ibis.window(group_by="item")
    counted = run_output.mutate(
        runs=_.run.count().over(lot), weighed=_.kg.count().over(lot), total=_.kg.sum().over(lot)
    )
    by_mass = (counted.weighed == counted.runs) & (counted.total > 0)
    return counted.select(
        lot=_.item, run=_.run, part=ibis.ifelse(by_mass, counted.kg / counted.total, 1 / counted.runs)
    )


def lot_left(run_input: ibis.Table, run_output: ibis.Table) -> ibis.Table:
    """(lot, left): the part of a lot (0 … 1) that was not fed to a further run; all of a product."""
    made = run_output.group_by(lot=_.item).agg(made_kg=_.kg.sum(), product=_is_product(_.stands).any())
    fed = run_input.group_by(fed=_.item).agg(fed_kg=_.kg.sum())
    joined = made.left_join(fed, [("lot", "fed")])
    rest = ibis.greatest(0.0, 1 - joined.fed_kg / joined.made_kg)
    return joined.select(
        "lot",
        left=ibis.cases(
            (joined.fed.isnull() | joined.product, 1.0),
            (joined.fed_kg.notnull() & (joined.made_kg > 0), rest),
            else_=0.0,  # fed on, how much is not known
        ),
    )


def stands_for(run_input: ibis.Table, assembly: ibis.Table) -> ibis.Table:
    """(part, item): whose fate a thing's fate is: its own, and that of what it was part of."""
    steps = _part_of(run_input, assembly).select(below="part", above="item")
    level = run_input.filter(_.kind != "lot").select(part="item", item="item").distinct()
    found = level
    for _level in range(PARTS):
        level = level.inner_join(steps, [("item", "below")]).select("part", item="above")
        found = found.union(level)
    return found.distinct()


def _part_of(run_input: ibis.Table, assembly: ibis.Table) -> ibis.Table:
    """The last whole that a thing was part of before each time that it was consumed, or at all."""
    parts = assembly.filter(_.child_kind != "lot").select("child", "parent", "since", "until")
    consumed = run_input.select(fed="item", fed_at="occurred_at")
    told = parts.left_join(consumed, [("child", "fed")]).drop("fed")
    # what it was put into afterwards was made of it, in a run of its own
    told = told.filter(_.since.isnull() | _.fed_at.isnull() | (_.since < _.fed_at))
    last = ibis.window(
        group_by=["child", "fed_at"],
        order_by=[ibis.desc(told.until.isnull()), ibis.desc("until"), ibis.desc("since"), "parent"],
    )
    last_one = told.mutate(n=ibis.row_number().over(last)).filter(_.n == 0)
    return last_one.select(part="child", item="parent").distinct()


def due_to_wholes(run_share: ibis.Table, stands_for: ibis.Table) -> ibis.Table:
    """(item, run, share, allocated): as `run_share`, with what is due to its parts for everything that had any."""
    due = run_share.rename(of="item").inner_join(stands_for, [("of", "part")])
    return due.group_by("item", "run").agg(share=_.share.sum(), allocated=_.allocated.min())


def became(due: ibis.Table, run_input: ibis.Table, run_output: ibis.Table) -> ibis.Table:
    """item, lot, material, fate, stands, share (of the lot, after what was fed on), kg, allocated: of what is due in each run.

    `due`: `run_share` tells of what was fed alone, `due_to_wholes` of what that was part of too.
    """
    lots = run_output.group_by("item").agg(
        material=_.material.min(), fate=_.fate.max(), stands=_.stands.max(), kg=_.kg.sum()
    )
    origin = lot_origin(run_output).select("part", from_lot="lot", from_run="run")
    shares = due.inner_join(origin, [("run", "from_run")])
    shares = shares.group_by("item", lot=_.from_lot).agg(
        share=(_.share * _.part).sum(), allocated=_.allocated.min()
    )
    left = lot_left(run_input, run_output).select(this="lot", left="left")
    shares = shares.inner_join(left, [("lot", "this")])
    return (
        shares.inner_join(lots.rename(named="item"), [("lot", "named")])
        .filter(_.left > 0)
        .select(
            "item",
            "lot",
            "material",
            "fate",
            "stands",
            share=_.share * _.left,
            kg=_.share * _.left * _.kg,
            allocated=_.allocated,
        )
    )


def recovered(became: ibis.Table, run_metal: ibis.Table) -> ibis.Table:
    """item, metal, lot, material, stands, kg, kg_uncertainty, allocated: metals recovered from a thing, lot by lot.

    Residues are not among them. What is still black mass is: `stands` tells intermediates from products.
    """
    metals = run_metal.group_by(of_lot=_.item, metal=_.metal).agg(
        metal_kg=_.kg.sum(), spread=_.kg_uncertainty.sum()
    )
    kept = became.filter(_.stands.isnull() | (_.stands != "residue"))
    return kept.inner_join(metals, [("lot", "of_lot")]).select(
        "item",
        "metal",
        "lot",
        "material",
        "stands",
        kg=_.share * _.metal_kg,
        kg_uncertainty=_.share * _.spread,
        allocated=_.allocated,
    )
