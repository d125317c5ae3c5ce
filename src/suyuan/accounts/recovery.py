"""Recovery rates by stage: what came out as product of what was fed, per firm, period and material, against the least that is asked.

    crushing   what left as black mass (passed on, in stock) or product   by what was fed
    smelting   what left as product    by what was fed, less what is left as intermediate
    whole      all products            by all that came from outside, less what is left in stock (years alone)

Uncertainties follow from those of the streams; figures by default compositions are marked (`verified` false).
Clauses: conditions-2024-42#recovery counts smelting from the black mass, crushing by its own floor; the edition of 2019 knows the
whole line alone.
"""

from functools import reduce

import ibis
from ibis import _

from suyuan.accounts.balance import CHECKED, OUTSIDE, dated_pieces, streams
from suyuan.accounts.figures import Account, figures, opened
from suyuan.accounts.sources import Sources
from suyuan.views.days import FOREVER

ACCOUNT = "recovery"
MATERIALS = {
    "lithium": ("Li",), "nickel": ("Ni",), "cobalt": ("Co",), "manganese": ("Mn",), "copper": ("Cu",), "aluminium": ("Al",),
    "nickel-cobalt-manganese": ("Ni", "Co", "Mn"),
}  # fmt: skip
"""Materials of the table `recovery-minimum`, and the metals that each adds up."""
BLACK_MASS = "black-mass"
"""The electrode powder as such: told by the metals in it, all those whose way is known."""


def recovery_rates(sources: Sources) -> ibis.Table:
    """party, period, day, stage, material, kg_in, kg_out, rate, rate_u, least, row, measured, verified, meets.

    `day` is the last day of the period on which something came out; the row in force on it decides. `least` null where none asks. A rate that rests on a
    composition by default is not `measured`.
    """
    told = _rates(sources).inner_join(_last_days(sources), ["party", "period"])
    rows = sources.law.filter((_.table == "recovery-minimum") & (_.field == "value")).select(
        "key", "since", "row", least="value", law_verified="verified", until=_.until.fill_null(FOREVER)
    )
    key = told.material + "." + told.stage
    found = told.left_join(rows, [key == rows.key, told.day >= rows.since, told.day <= rows.until])
    return found.select(
        "party", "period", "day", "stage", "material", "kg_in", "kg_out", "rate", "rate_u", "least", "row",
        measured="measured", verified=_.measured & _.law_verified.fill_null(True), meets=_.rate >= _.least,
    )  # fmt: skip


def _last_days(sources: Sources) -> ibis.Table:
    return dated_pieces(sources).group_by("party", "period").agg(day=_.day.max())


def _rates(sources: Sources) -> ibis.Table:
    flow = sources.keep("balance_flow", streams(sources))
    flow = flow.filter(_.period != "all").mutate(variance=_.sigma**2)
    crushing = _stage(
        flow, "crushing",
        out=((_.source == "crushing") & _.stream.isin(["passed-on", "stock", "products"])), less=(_.source == "nowhere"),
    )  # fmt: skip
    smelting = _stage(
        flow, "smelting", out=((_.source == "smelting") & (_.stream == "products")),
        less=((_.source == "smelting") & (_.stream == "stock")),
    )  # fmt: skip
    # in a month what comes out was mostly fed in another
    whole = flow.filter(((_.source == OUTSIDE) | (_.target == OUTSIDE)) & (_.period.length() == 4))
    whole = _summed(
        whole,
        "whole",
        fed=(whole.source == OUTSIDE),
        out=(whole.stream == "products"),
        less=(whole.stream == "stock"),
    )
    metals = crushing.union(smelting).union(whole)
    told = [
        _together(metals.filter(_.metal.isin([*parts])), material) for material, parts in MATERIALS.items()
    ]
    told.append(_together(metals.filter(_.metal.isin([*CHECKED]) & (_.stage == "crushing")), BLACK_MASS))
    rates = told[0]
    for more in told[1:]:
        rates = rates.union(more)
    rates = rates.filter((_.kg_in > 0) & (_.kg_out > 0))
    rates = rates.mutate(rate=_.kg_out / _.kg_in)
    relative = (rates.out_variance / rates.kg_out**2 + rates.in_variance / rates.kg_in**2).sqrt()
    return rates.mutate(rate_u=rates.rate * relative)


def _stage(flow: ibis.Table, stage: str, *, out: ibis.Deferred, less: ibis.Deferred) -> ibis.Table:
    touching = flow.filter((_.source == stage) | (_.target == stage))
    return _summed(touching, stage, fed=(touching.target == stage), out=out, less=less)


def _summed(
    flow: ibis.Table,
    stage: str,
    *,
    fed: ibis.Value,
    out: ibis.Value | ibis.Deferred,
    less: ibis.Value | ibis.Deferred,
) -> ibis.Table:
    """kg_in, kg_out with their variances; measured: nothing in it is a default composition."""
    flow = flow.mutate(fed=fed.ifelse(1.0, 0.0), out=out.ifelse(1.0, 0.0), less=less.ifelse(1.0, 0.0))
    share = flow.fed - flow.less
    return flow.group_by("party", "period", "metal").agg(
        stage=ibis.literal(stage),
        kg_in=(flow.value * share).sum(),
        in_variance=(flow.variance * share.abs()).sum(),
        kg_out=(flow.value * flow.out).sum(),
        out_variance=(flow.variance * flow.out).sum(),
        measured=~flow.assumed.any(),
    )


def _together(metals: ibis.Table, material: str) -> ibis.Table:
    sums = metals.group_by("party", "period", "stage").agg(
        kg_in=_.kg_in.sum(), in_variance=_.in_variance.sum(), kg_out=_.kg_out.sum(), out_variance=_.out_variance.sum(),
        measured=_.measured.all(),
    )  # fmt: skip
    return sums.mutate(material=ibis.literal(material)).select(
        "party", "period", "stage", "material", "kg_in", "in_variance", "kg_out", "out_variance", "measured"
    )


def recovery(sources: Sources) -> Account:
    """Figures `recovery.<stage>` by material, against the row in force; years and months alike."""
    rates = sources.keep("recovery_rate", recovery_rates(sources))
    told = rates.mutate(
        measure=ibis.literal("recovery.") + rates.stage,
        key=rates.material,
        value=rates.rate,
        uncertainty=rates.rate_u,
    )
    behind = dated_pieces(sources).group_by("party", "period", of_stage="stage", metal="metal").agg(
        entries=_.entries.collect().flatten().unique()
    )  # fmt: skip
    parts = {**MATERIALS, BLACK_MASS: CHECKED}
    of_key = [
        behind.filter(_.metal.isin([*metals])).mutate(key=ibis.literal(key)) for key, metals in parts.items()
    ]
    pieces = reduce(lambda one, other: one.union(other), of_key)
    named = told.select("party", "period", "stage", "measure", "key")
    each = named.inner_join(pieces, ["party", "period", "key"])
    each = each.filter((_.stage == _.of_stage) | (_.stage == "whole"))
    return Account(figures(told, account=ACCOUNT, unit="kg/kg"), opened(each, account=ACCOUNT))
