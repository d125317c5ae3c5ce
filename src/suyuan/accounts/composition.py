"""What is in the things that are fed: kilograms of each metal, how well known, and how it is known.

    declared      `sy:composition` of what the maker said of the thing (or of its making)
    default       kilowatt hours times the composition of its chemistry (table `composition`, not verified)
    default-mass  likewise, with kilowatt hours presumed from the mass, where no energy is on record

The uncertainty of a default is common to all things of the chemistry (`kg_common`): it does not shrink with their number. Where only
"ternary" is known, the spread of the known mixes is part of it.
"""

from functools import reduce

import ibis
from ibis import _

from suyuan.accounts.sources import Sources, law_rows, threshold
from suyuan.views.days import FOREVER

ELEMENTS = {
    "lithium": "Li", "nickel": "Ni", "cobalt": "Co", "manganese": "Mn", "iron": "Fe", "phosphorus": "P", "graphite": "C",
}  # fmt: skip
"""Columns of the table `composition`, and their elements."""
MIDDLE = {"A": "", "B": "LFP", "C": "LMO", "E": "NCM622"}
"""The composition that stands for a letter of the battery code (or a word that names no mix)."""
FOILS = {"Cu": ("copper-cell-foil", "copper-pack"), "Al": ("aluminium-cell", "aluminium-pack")}
"""Rows of `material-range` that add up to a metal."""
WORDS = {"NCM": "NCM622", "三元": "NCM622", "ternary": "NCM622", "磷酸铁锂": "LFP", "锰酸锂": "LMO"}


def per_kwh(sources: Sources) -> ibis.Table:
    """mix, metal, kg_per_kwh, common (its relative uncertainty, the mix guessed), common_told (the mix told), row."""
    asked = sources.asked.select(asked_day="day")
    rows = sources.law.filter((_.table == "composition") & _.field.isin([*ELEMENTS]))
    rows = rows.mutate(until=_.until.fill_null(FOREVER))
    rows = rows.inner_join(asked, [rows.since <= asked.asked_day, rows.until >= asked.asked_day])
    metal = ibis.cases(*((rows.field == word, element) for word, element in ELEMENTS.items()))
    rows = rows.mutate(metal=metal)
    letters = sources.law.filter((_.table == "composition") & (_.field == "letter"))
    letters = letters.select(of="key", letter="text").distinct()
    rows = rows.inner_join(letters, [("key", "of")])
    spread = rows.group_by(of_letter="letter", of_metal="metal").agg(half=(_.value.max() - _.value.min()) / 2)
    rows = rows.inner_join(spread, [("letter", "of_letter"), ("metal", "of_metal")])
    rows = rows.cross_join(threshold(sources, "composition-default", "base"))
    # of a mix that stands for its letter nobody knows which it is
    loose = rows.key.isin([*MIDDLE.values()]) & (rows.value > 0)
    common = ibis.ifelse(loose, (rows.base**2 + (rows.half / rows.value) ** 2).sqrt(), rows.base)
    rows = rows.filter(_.value > 0).select(
        mix="key", metal="metal", kg_per_kwh="value", common=common, common_told=rows.base, row="row"
    )
    return rows.union(_foils(sources, rows.select("mix").distinct()))


def _foils(sources: Sources, mixes: ibis.Table) -> ibis.Table:
    """Copper and aluminium of any mix: the middle of a range, as uncertain as a range is (its width by √12)."""
    least, most = (law_rows(sources, "material-range", field) for field in ("least", "most"))
    both = least.inner_join(most.select("key", "row", most="value"), ["key", "row"])
    told = []
    for metal, keys in FOILS.items():
        some = both.filter(_.key.isin([*keys])).aggregate(
            kg_per_kwh=((_.value + _.most) / 2).sum(),
            common=((_.most - _.value) ** 2 / 12).sum().sqrt() / ((_.value + _.most) / 2).sum(),
            row=_.row.min(),
        )
        told.append(
            mixes.cross_join(some).select(
                "mix", metal=ibis.literal(metal), kg_per_kwh=_.kg_per_kwh, common=_.common, common_told=_.common, row=_.row
            )
        )  # fmt: skip
    return reduce(lambda one, other: one.union(other), told)


def energy(sources: Sources, fed: ibis.Table) -> ibis.Table:
    """item, mix, mix_told, kwh, kwh_from of the things `fed` (a column `item`, another `kg` of what they weigh)."""
    known = sources.thing.semi_join(fed, "item").select("item", "chemistry", "letter", "kwh", "model")
    known = known.inner_join(fed.group_by("item").agg(kg=_.kg.max()), "item")
    known = known.left_join(_reused(sources, fed), "item").drop("item_right")
    mid = threshold(sources, "kg-per-kwh", "kg_per_kwh")
    known = known.cross_join(mid)
    kwh = ibis.coalesce(known.kwh, known.kwh_reused, known.kg / known.kg_per_kwh)
    mixes = sources.law.filter(_.table == "composition").select(named="key").distinct()
    known = known.left_join(mixes, known.chemistry == mixes.named)
    by_word = ibis.cases(*((known.chemistry == word, mix) for word, mix in WORDS.items()))
    by_letter = ibis.cases(*((known.letter == letter, mix) for letter, mix in MIDDLE.items() if mix))
    return known.select(
        "item",
        mix=ibis.coalesce(known.named, by_word, by_letter),
        mix_told=known.named.notnull(),
        kwh=kwh,
        kwh_from=ibis.ifelse(
            ibis.coalesce(known.kwh, known.kwh_reused).notnull(),
            ibis.literal("default"),
            ibis.literal("default-mass"),
        ),
    )


def _reused(sources: Sources, fed: ibis.Table) -> ibis.Table:
    """item, kwh_reused: what a product of used batteries held when new: its rated energy over its state of health."""
    made = sources.counted.event_item.filter((_.role == "output") & _.kind.startswith("reuse_"))
    made = made.semi_join(fed, "item").select("seq", "item").distinct()
    said = sources.counted.event_measure.filter((_.holder == "ilmd") & _.part.isnull())
    said = said.semi_join(made, "seq").group_by("seq").agg(
        kwh=_.value.max(where=_.word == "ratedEnergy_kWh"),
        health=_.value.max(where=_.word == "gradedStateOfHealth_percent"),
    )  # fmt: skip
    told = made.inner_join(said, "seq")
    return told.group_by("item").agg(kwh_reused=(_.kwh * 100 / _.health.fill_null(100)).max())


def declared(sources: Sources, fed: ibis.Table) -> ibis.Table:
    """item, metal, kg: what makers declared of the things `fed`."""
    parts = sources.counted.event_measure.filter(
        (_.holder == "ilmd") & (_.word == "composition") & _.part.notnull()
    )
    made = sources.counted.event_item.filter(_.role.isin(["epc", "output"]) & (_.kind != "lot"))
    made = made.semi_join(parts, "seq").semi_join(fed, "item").select("seq", "item").distinct()
    said = made.inner_join(parts.select("seq", metal="part", kg="value"), "seq")
    last = ibis.window(group_by=["item", "metal"], order_by=ibis.desc("seq"))
    return said.mutate(n=ibis.row_number().over(last)).filter(_.n == 0).select("item", "metal", "kg")


def content(sources: Sources, fed: ibis.Table, among: str = "") -> ibis.Table:
    """item, metal, kg, common (kg), source, row, verified: the metals in the things `fed` (item, kg); `among` names whose stage is kept."""
    stated = declared(sources, fed)
    loose = threshold(sources, "composition-declared", "share")
    stated_rows = stated.cross_join(loose).select(
        "item", "metal", "kg", common=_.kg * _.share, source=ibis.literal("declared"), row=ibis.null("string"), verified=ibis.literal(True),
    )  # fmt: skip
    mixes = sources.keep("composition_per_kwh", per_kwh(sources))
    presumed = sources.keep("energy_fed" + among, energy(sources, fed))
    presumed = presumed.anti_join(stated, "item").select("item", "mix", "mix_told", "kwh", "kwh_from")
    by_mass = threshold(sources, "kwh-from-mass", "of_mass")
    each = presumed.inner_join(mixes, "mix").cross_join(by_mass)
    common = ibis.ifelse(each.mix_told, each.common_told, each.common)
    common = ibis.ifelse(each.kwh_from == "default", common, (common**2 + each.of_mass**2).sqrt())
    presumed_rows = each.select(
        "item", "metal", kg=each.kwh * each.kg_per_kwh, common=each.kwh * each.kg_per_kwh * common,
        source=each.kwh_from, row=each.row, verified=ibis.literal(False),
    )  # fmt: skip
    return stated_rows.union(presumed_rows)
