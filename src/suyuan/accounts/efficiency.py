"""The EU's recycling efficiency and recovery of materials, per first recycler, group of chemistry and calendar year.

    RE   = Σ mass of output fractions that count ÷ Σ mass of waste batteries fed
    RM_x = Σ kilograms of x in products that count ÷ Σ kilograms of x in what was fed         x: Co, Cu, Li, Ni

The first recycler reports for the whole chain (Art. 75(5)): a year's figures follow what it fed in that year through black mass, sold or
fed on, to the products (view `became`). Output counts where it replaces primary material: the lots of the material list that stand as
`product`. Of salts and cathode materials, which acid, soda and water came into, only the metals count (Regulation 493/2012 did likewise;
the Annex of Delegated Regulation 2025/606 could not be read). What is still in work counts as fed, so that a running year is low.
"""

import ibis
from ibis import _

from suyuan.accounts.balance import MASS, runs
from suyuan.accounts.composition import content
from suyuan.accounts.figures import Account, figures, opened, together
from suyuan.accounts.sources import Sources
from suyuan.views.days import FOREVER, local_day

ACCOUNT = "eu-recycling"
MATERIALS = {"Co": "cobalt", "Cu": "copper", "Li": "lithium", "Ni": "nickel"}
"""Metals of Annex XII C that these batteries hold, and the keys of their rows."""
WHOLE = ("copper", "aluminium", "steel", "plastic", "graphite")
"""Products of nothing but the battery: their whole mass counts."""


def efficiency(sources: Sources) -> Account:
    """Figures `recycling-efficiency` and `recovery` (key: group and metal), with the targets of Annex XII in force at the year's end."""
    fed = sources.keep("eu_fed", _fed(sources))
    return together([_efficiency(sources, fed), _recovery(sources, fed)])


def _fed(sources: Sources) -> ibis.Table:
    """item, party, period, key (group), kg, entries: batteries fed to recycling, by who fed them first."""
    known = sources.keep("balance_run", runs(sources)).select("run", "party")
    fed = sources.views["run_input"].filter(_.kind != "lot").inner_join(known, "run")
    first = ibis.window(group_by="item", order_by=["occurred_at", "run"])
    fed = fed.mutate(n=ibis.row_number().over(first)).filter(_.n == 0)
    fed = fed.select("item", "party", "kg", "run", "entries", period=local_day(_.occurred_at).strftime("%Y"))
    letters = sources.thing.select(of="item", letter="letter")
    fed = fed.left_join(letters, [fed.item == letters.of]).drop("of")
    return fed.mutate(key=ibis.ifelse(fed.letter == "A", "other", "lithium-based")).drop("letter")


def _products(sources: Sources, fed: ibis.Table) -> ibis.Table:
    """item, lot, metal (or all mass), kg, kg_u: what of the things fed became product, by metal and in masses that count."""
    became = sources.views["became"].filter(_.stands == "product").semi_join(fed, "item")
    metals = sources.views["recovered"].filter(_.stands == "product").semi_join(fed, "item")
    by_metal = metals.select("item", "lot", "metal", "kg", kg_u=_.kg_uncertainty.fill_null(0.0))
    whole = became.filter(_.material.isin([*WHOLE])).select(
        "item", "lot", metal=ibis.literal(MASS), kg=_.kg, kg_u=_.kg * 0.0
    )
    salts = metals.filter(~_.material.isin([*WHOLE]))
    salts = salts.select(
        "item", "lot", metal=ibis.literal(MASS), kg=_.kg, kg_u=_.kg_uncertainty.fill_null(0.0)
    )
    return by_metal.union(whole).union(salts)


def _sums(sources: Sources, fed: ibis.Table) -> ibis.Table:
    """party, period, key, metal, kg, kg_u, entries of what became product."""
    won = sources.keep("eu_product", _products(sources, fed))
    told = won.inner_join(fed.select("item", "party", "period", "key"), "item")
    by_lot = told.group_by("party", "period", "key", "metal", "lot").agg(kg=_.kg.sum(), kg_u=_.kg_u.sum())
    made = (
        sources.views["run_output"].group_by(lot="item").agg(entries=_.entries.collect().flatten().unique())
    )
    by_lot = by_lot.left_join(made, "lot").drop("lot_right")
    return sources.keep("eu_won", by_lot).group_by("party", "period", "key", "metal").agg(
        kg=_.kg.sum(), kg_u=(_.kg_u**2).sum().sqrt(), entries=_.entries.collect().flatten().unique()
    )  # fmt: skip


def _targets(sources: Sources, table: str) -> ibis.Table:
    rows = sources.law.filter((_.table == table) & (_.field == "value"))
    return rows.select(
        "since",
        "row",
        law_key="key",
        least="value",
        until=_.until.fill_null(FOREVER),
        law_verified="verified",
    )


def _against(sources: Sources, told: ibis.Table, table: str, key: ibis.Value) -> ibis.Table:
    """`told` with `least`, `row` and `verified` of the target in force at the end of its year."""
    rows = _targets(sources, table)
    told = told.mutate(law_key=key, year_end=ibis.date(told.period.cast("int64"), 12, 31))
    met = told.left_join(
        rows, [told.law_key == rows.law_key, told.year_end >= rows.since, told.year_end <= rows.until]
    )
    return met.mutate(verified=met.measured & met.law_verified.fill_null(True)).drop("law_verified")


def _with_all_entries(told: ibis.Table) -> ibis.Table:
    both = ibis.ifelse(told.entries.isnull(), told.in_entries, told.in_entries.concat(told.entries))
    return told.mutate(entries=both)


def _efficiency(sources: Sources, fed: ibis.Table) -> Account:
    whose = ["party", "period", "key"]
    inputs = fed.group_by(whose).agg(
        in_kg=_.kg.sum(),
        weighed=(_.kg.count() == _.count()),
        in_entries=_.entries.collect().flatten().unique(),
    )
    out = _sums(sources, fed).filter(_.metal == MASS).drop("metal")
    told = inputs.left_join(out, whose).drop(*(f"{name}_right" for name in whose))
    told = told.filter(_.in_kg > 0).mutate(kg=_.kg.fill_null(0.0))
    told = told.mutate(value=_.kg / _.in_kg, uncertainty=_.kg_u / _.in_kg, measured=_.weighed)
    told = _against(sources, told, "eu-recycling-efficiency", told.key)
    entries = _with_all_entries(told)
    name = {"account": ACCOUNT, "measure": "recycling-efficiency"}
    return Account(figures(told, unit="kg/kg", **name), opened(entries, **name))


def _recovery(sources: Sources, fed: ibis.Table) -> Account:
    whose = ["party", "period", "key", "metal"]
    inside = content(sources, fed.select("item", "kg"), "_eu").filter(_.metal.isin([*MATERIALS]))
    inside = sources.keep("eu_content", inside).inner_join(
        fed.select("item", "party", "period", "key", "entries"), "item"
    )
    inputs = inside.group_by(whose).agg(
        in_kg=_.kg.sum(),
        in_u=_.common.sum(),
        measured=_.verified.all(),
        in_entries=_.entries.collect().flatten().unique(),
    )
    out = _sums(sources, fed).filter(_.metal != MASS)
    told = inputs.left_join(out, whose).drop(*(f"{name}_right" for name in whose))
    told = told.filter(_.in_kg > 0).mutate(kg=_.kg.fill_null(0.0), kg_u=_.kg_u.fill_null(0.0))
    told = told.mutate(
        value=_.kg / _.in_kg, uncertainty=((_.kg_u / _.in_kg) ** 2 + (_.kg * _.in_u / _.in_kg**2) ** 2).sqrt()
    )
    material = ibis.cases(*((told.metal == metal, name) for metal, name in MATERIALS.items()))
    told = _against(sources, told, "eu-recovery", material)
    entries = _with_all_entries(told)
    name = {"account": ACCOUNT, "measure": "recovery"}
    key = {"key": told.key + "/" + told.metal}
    return Account(
        figures(told, unit="kg/kg", **name, **key),
        opened(entries, **name, key=entries.key + "/" + entries.metal),
    )
