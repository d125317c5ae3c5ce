"""Process runs of recyclers as rules read them: who, when, how much went in and came out, how much metal there can be.

    process_run   one row a run that makes material: party, process, days, masses, entries
    battery_fed   one row a battery that went into one: its chemistry letter, the energy it holds at most and at least
    run_content   one row a run and metal: kilograms in the feed, at most and at least; `bounded` inputs of which that is known

What batteries hold follows from their chemistry (table `composition`, kg per kWh): of a letter that stands for several mixes the richest
is the most and the poorest the least. Where the energy is not declared, the mass bounds it (`material-range/pack`).
"""

import ibis
from ibis import _

from suyuan.rules.choosing import threshold
from suyuan.rules.facts import Facts
from suyuan.views.attribution import became, run_share
from suyuan.views.days import FOREVER, local_day
from suyuan.views.meaning import RECYCLING
from suyuan.views.recovery import lot_assay

METALS = {"lithium": "Li", "nickel": "Ni", "cobalt": "Co", "manganese": "Mn"}
"""Columns of `composition` and the metals that they are."""
NO_MASS = ibis.null("float64")


def process_run(facts: Facts) -> ibis.Table:
    """run, party, process, since, until (days), inputs, batteries, weighed, in_kg, fed_day, outs, out_kg, out_day, entries.

    `in_kg` of the inputs that have a mass (`weighed` of `inputs`); null where nothing was fed or came out.
    """
    event = facts.counted.event.filter(_.run.notnull())
    event = event.mutate(
        process=ibis.ifelse(_.biz_step.isin(sorted(RECYCLING)), _.biz_step, ibis.null("string"))
    )
    runs = event.group_by("run").agg(
        party=_.actor.argmin(_.seq),
        process=_.process.max(),
        since=_.local_day.min(),
        until=_.local_day.max(),
        entries=_.seq.collect(order_by=_.seq),
    )
    runs = runs.filter(_.process.notnull())
    fed = (
        facts.views["run_input"]
        .group_by(fed_run=_.run)
        .agg(
            inputs=_.item.count(),
            batteries=(_.kind != "lot").sum(),
            weighed=_.kg.count(),
            in_kg=_.kg.sum(),
            fed_day=local_day(_.occurred_at.max()),
        )
    )
    out = (
        facts.views["run_output"]
        .group_by(out_run=_.run)
        .agg(outs=_.item.count(), out_kg=_.kg.sum(), out_day=local_day(_.occurred_at.min()))
    )
    told = runs.left_join(fed, runs.run == fed.fed_run).drop("fed_run")
    told = told.left_join(out, told.run == out.out_run).drop("out_run")
    told = told.mutate(
        inputs=_.inputs.fill_null(0), batteries=_.batteries.fill_null(0), outs=_.outs.fill_null(0)
    )
    return facts.keep("process_run", told)


def composition(facts: Facts) -> ibis.Table:
    """letter, metal, least, most (kg per kWh): what a kilowatt hour of a chemistry holds, the electrolyte's lithium added to the most."""
    law = facts.law.filter(_.table == "composition").cross_join(facts.day())
    law = law.filter((_.since <= _.asked_day) & (_.until.fill_null(FOREVER) >= _.asked_day))
    letters = law.filter(_.field == "letter").select("key", letter="text")
    told = law.filter(_.field.isin(list(METALS))).select("key", "field", "value").inner_join(letters, "key")
    metal = ibis.cases(*((told.field == word, symbol) for word, symbol in METALS.items()))
    told = told.group_by(letter=_.letter, metal=metal).agg(least=_.value.min(), most=_.value.max())
    told = facts.in_force(
        told, "material-range", day="", of="lithium-electrolyte", field="most", as_="dissolved"
    )
    return told.select(
        "letter", "metal", "least", most=_.most + ibis.ifelse(_.metal == "Li", _.dissolved, 0.0)
    )


def battery_fed(facts: Facts) -> ibis.Table:
    """run, item, kind, letter, kwh, kwh_most, kg, entries: batteries that went into runs that make material."""
    fed = facts.views["run_input"].filter(_.kind != "lot").select("run", "item", "kind", "kg", "entries")
    fed = fed.semi_join(process_run(facts), "run")
    known = facts.thing.select(known="item", letter="letter", kwh="kwh")
    fed = fed.left_join(known, [("item", "known")]).drop("known")
    # a product re-made of used batteries is rated below what it holds
    fed = fed.mutate(kwh=ibis.ifelse(_.kind.startswith("reuse"), ibis.null("float64"), _.kwh))
    fed = facts.in_force(fed, "material-range", day="", of="pack", field="least", as_="kg_per_kwh", row="")
    fed = fed.mutate(kwh_most=ibis.coalesce(_.kwh, _.kg / _.kg_per_kwh))
    return facts.keep("battery_fed", fed.drop("kg_per_kwh"))


def came_of(facts: Facts) -> ibis.Table:
    """item, lot, material, share, kg, …: what came of each battery that was fed (view `became` tells of what it was part of, too)."""
    fed, out = facts.views["run_input"], facts.views["run_output"]
    due = facts.keep("run_share", run_share(fed, out))
    return facts.keep("came_of_fed", became(due, fed, out))


def assays(facts: Facts) -> ibis.Table:
    """lot, metal, share, uncertainty, seq, spread: assays, with the standard uncertainty that counts where none is stated."""
    told = threshold(facts, lot_assay(facts.counted), unstated="recycling.assay-uncertainty")
    told = told.mutate(spread=ibis.coalesce(_.uncertainty, _.share * _.unstated)).drop("unstated", "row")
    return facts.keep("assay", told)


def run_content(facts: Facts) -> ibis.Table:
    """run, metal, most_kg, least_kg, variance, bounded: metal in the feed; `bounded`: of how many inputs that is known."""
    batteries = battery_fed(facts).inner_join(composition(facts), "letter")
    batteries = batteries.select(
        "run",
        "metal",
        most=_.kwh_most * _.most,
        least=_.kwh.fill_null(0.0) * _.least,
        square=ibis.literal(0.0),
    )
    lots = facts.views["run_input"].filter(_.kind == "lot").select("run", "item", "kg")
    lots = lots.inner_join(assays(facts), [("item", "lot")])
    lots = lots.select(
        "run",
        "metal",
        most=_.kg * _.share,
        least=_.kg * _.share,
        square=(_.kg * _.spread) * (_.kg * _.spread),
    )
    content = (
        batteries.union(lots)
        .group_by("run", "metal")
        .agg(most_kg=_.most.sum(), least_kg=_.least.sum(), variance=_.square.sum(), bounded=_.most.count())
    )
    return facts.keep("run_content", content)


def run_metals(facts: Facts) -> ibis.Table:
    """run, metal, out_kg, won_kg, out_variance: metal in what came out, and in that part of it which is no residue."""
    told = threshold(facts, facts.views["run_metal"], unstated="recycling.assay-uncertainty")
    told = told.mutate(
        spread=ibis.coalesce(_.kg_uncertainty, _.kg * _.unstated),
        won=ibis.ifelse((_.stands == "residue").fill_null(False), 0.0, _.kg),
    )
    told = told.group_by("run", "metal").agg(
        out_kg=_.kg.sum(), won_kg=_.won.sum(), out_variance=(_.spread * _.spread).sum()
    )
    return facts.keep("run_out_metal", told)
