"""Mass balance of recycling: what went into each run, what came out, and the streams of a firm's stages over a period.

    piece    one row a run, lot (or all things fed together), direction and metal: kilograms, how well known, told by which entries
    stream   what of a metal (or of all mass) flowed between the stages of a firm in a month, a year and altogether

    batteries ──▶ crushing ──passed-on──▶ smelting ──▶ products
                     ├──▶ residues            ├──▶ residues
                     └──▶ stock, products     └──▶ stock           lots-brought ──▶ either stage

Where nothing is wrong the streams of a node balance within their uncertainties (`reconciling.reconciled`). A run that gave nothing
yet is in work, and left out. Of uncertainties, `random` parts (of an assay, a weighing) add up by squares, `common` parts (of a
composition by default, of a laboratory) straight.
"""

from collections.abc import Sequence

import ibis
from ibis import _

from suyuan.accounts.composition import content
from suyuan.accounts.sources import Sources, threshold
from suyuan.views.meaning import RECYCLING
from suyuan.views.recovery import lot_assay

STAGES = {
    "crushing": ("sy:crushing", "sy:sorting", "sy:discharging"),
    "smelting": ("sy:smelting", "sy:leaching", "sy:recycling"),
    "direct-repair": ("sy:directRepair",),
}
"""Stages as the industry conditions tell them apart, and the steps that belong to each."""
OUTSIDE = "outside"
MASS = "mass"
"""Stands in the place of a metal where all kilograms are meant."""
CHECKED = ("Li", "Ni", "Co", "Mn")
"""Metals whose way is known from the battery to the salt."""
RECOVERED = (*CHECKED, "Cu", "Al")
"""Metals whose recovery is told."""
PIECE = (
    "party", "run", "process", "stage", "day", "flow", "lot", "material", "stands", "metal", "kg", "random", "common", "source",
    "entries",
)  # fmt: skip


def runs(sources: Sources) -> ibis.Table:
    """run, party, process, stage, day: the runs of recycling, each of the day of its last event."""
    event = sources.counted.event.filter(_.run.notnull() & _.biz_step.isin([*RECYCLING]))
    found = event.group_by("run").agg(party=_.actor.min(), process=_.biz_step.max(), day=_.local_day.max())
    stage = ibis.cases(*((found.process.isin(steps), name) for name, steps in STAGES.items()))
    return found.mutate(stage=stage).filter(_.party.notnull())


def lot_share(sources: Sources) -> ibis.Table:
    """lot, metal, share, share_u, source: what is in a lot, by its latest assay, else as its run declared."""
    unsaid = threshold(sources, "assay-uncertainty", "unsaid")
    assayed = lot_assay(sources.counted).cross_join(unsaid)
    assayed = assayed.select(
        "lot", "metal", "share", share_u=ibis.coalesce(_.uncertainty, _.share * _.unsaid), source=ibis.literal("assay")
    )  # fmt: skip
    stated = (
        sources.views["run_metal"].filter(_.source == "composition").anti_join(assayed, [("item", "lot")])
    )
    stated = stated.group_by(lot="item", metal="metal").agg(share=_.kg.sum() / _.lot_kg.sum())
    stated = stated.cross_join(threshold(sources, "composition-declared", "loose"))
    return assayed.union(
        stated.select("lot", "metal", "share", share_u=_.share * _.loose, source=ibis.literal("declared"))
    )


def pieces(sources: Sources, metals: Sequence[str] = RECOVERED) -> ibis.Table:
    """The columns of `PIECE`: what went into runs (`flow` = in) and came out (out), metal by metal, and all mass."""
    known = sources.keep("balance_run", runs(sources))
    shares = sources.keep("balance_lot_share", lot_share(sources).filter(_.metal.isin([*metals])))
    loose = threshold(sources, "weighing", "weighing").cross_join(threshold(sources, "assay-bias", "bias"))
    lots = _lots(sources).inner_join(known, "run").cross_join(loose)
    by_metal = lots.inner_join(shares, "lot")
    kg = by_metal.kg * by_metal.share
    by_metal = by_metal.mutate(
        metal=by_metal.metal, source=by_metal.source, common=kg * by_metal.bias,
        random=((by_metal.kg * by_metal.share_u) ** 2 + (kg * by_metal.weighing) ** 2).sqrt(), kg=kg,
    )  # fmt: skip
    by_mass = lots.mutate(
        metal=ibis.literal(MASS),
        source=ibis.literal("weighed"),
        random=lots.kg * lots.weighing,
        common=lots.kg * 0.0,
    )
    things = _things(sources, metals).inner_join(known, "run")
    return (
        by_metal.select(*PIECE)
        .union(by_mass.select(*PIECE))
        .union(things.select(*PIECE))
        .filter(_.kg.notnull())
    )


def _lots(sources: Sources) -> ibis.Table:
    """run, flow, lot, material, stands, kg, entries of lots fed and made."""
    fed = sources.views["run_input"].filter(_.kind == "lot")
    made = sources.views["run_output"].filter(_.kind == "lot")
    none = ibis.null("string")
    fed = fed.select("run", "material", "kg", "entries", flow=ibis.literal("in"), lot=fed.item, stands=none)
    made = made.select(
        "run", "material", "kg", "entries", flow=ibis.literal("out"), lot=made.item, stands=made.stands
    )
    return fed.union(made)


def _things(sources: Sources, metals: Sequence[str]) -> ibis.Table:
    """What batteries brought into each run, all of them together; mass only where each is weighed."""
    fed = sources.views["run_input"].filter(_.kind != "lot").select("item", "run", "kg", "entries")
    told = sources.keep("balance_fed", content(sources, fed).filter(_.metal.isin([*metals])))
    by_metal = fed.select("item", "run").inner_join(told, "item").group_by("run", "metal").agg(
        kg=_.kg.sum(), common=_.common.sum(), source=_.source.max()
    )  # fmt: skip
    of_run = fed.group_by("run").agg(
        n=_.item.count(),
        weighed=_.kg.count(),
        mass=_.kg.sum(),
        entries=_.entries.collect().flatten().unique(),
    )
    entries = of_run.select("run", "entries")
    all_of_it = of_run.filter(_.n == _.weighed).cross_join(threshold(sources, "weighing", "weighing"))
    by_mass = all_of_it.select(
        "run", metal=ibis.literal(MASS), kg=_.mass, common=_.mass * _.weighing, source=ibis.literal("weighed")
    )
    both = by_metal.union(by_mass).inner_join(entries, "run")
    none = ibis.null("string")
    return both.mutate(
        flow=ibis.literal("in"), lot=none, material=none, stands=none, random=ibis.literal(0.0)
    )


# streams over a period

STREAM = ("party", "period", "metal", "stream", "source", "target", "value", "sigma", "assumed")


def streams(sources: Sources) -> ibis.Table:
    """The columns of `STREAM`, with `network` (party, period and metal) as its name; `assumed`: by compositions by default."""
    dated = sources.keep("balance_dated", _dated(complete_pieces(sources).drop("entries")))
    told = _with_links(dated).union(_vapour(sources, dated)).union(_unassayed(sources, dated))
    parts = told.group_by("party", "period", "metal", "stream", "source", "target").agg(
        value=_.kg.sum(), sigma=(_.variance.sum() + _.common.sum() ** 2).sqrt(), assumed=_.assumed.any()
    )
    parts = parts.filter((_.sigma > 0) & ((_.value.abs() > 1e-9) | (_.sigma > 1e-9)))
    return parts.select(*STREAM, network=parts.party + "|" + parts.period + "|" + parts.metal)


def checked_streams(sources: Sources) -> ibis.Table:
    """The streams that can be reconciled: of metals whose whole way is known, and of all mass."""
    return sources.keep("balance_flow", streams(sources)).filter(_.metal.isin([*CHECKED, MASS]))


def complete_pieces(sources: Sources) -> ibis.Table:
    """The pieces of runs that gave something, as streams count them."""
    return sources.keep("balance_complete", _complete(sources.keep("balance_piece", pieces(sources))))


def dated_pieces(sources: Sources) -> ibis.Table:
    """Complete pieces with their entries, each in its month, its year and altogether (column `period`)."""
    return _dated(complete_pieces(sources))


def _complete(piece: ibis.Table) -> ibis.Table:
    """Of runs that gave something; mass of those alone of which all is weighed, in the stage to which nothing else is added."""
    gave = piece.filter(_.flow == "out").select("run").distinct()
    piece = piece.semi_join(gave, "run").filter(_.stage.notnull())
    weighed = piece.filter((_.flow == "in") & (_.metal == MASS)).select("run").distinct()
    unweighed = (
        piece.filter((_.flow == "in") & (_.metal != MASS)).anti_join(weighed, "run").select("run").distinct()
    )
    mass = piece.filter((_.metal == MASS) & (_.stage == "crushing")).anti_join(unweighed, "run")
    return piece.filter(_.metal != MASS).union(mass)


def _dated(piece: ibis.Table) -> ibis.Table:
    """Each piece three times: in its month, its year, and altogether."""
    month, year = piece.mutate(period=_.day.strftime("%Y-%m")), piece.mutate(period=_.day.strftime("%Y"))
    return month.union(year).union(piece.mutate(period=ibis.literal("all")))


PART = ("party", "period", "metal", "stream", "source", "target", "kg", "variance", "common", "assumed")


def _with_links(dated: ibis.Table) -> ibis.Table:
    """Pieces as parts of streams; a lot made and fed by one firm in the period is one stream between its stages, or inside one."""
    key = ["party", "period", "metal", "lot"]
    lots = dated.filter(_.lot.notnull())
    made = lots.filter(_.flow == "out").group_by(key).agg(
        stage=_.stage.min(), stands=_.stands.max(), **_sums(_)
    )  # fmt: skip
    fed = lots.filter(_.flow == "in").group_by([*key, "stage"]).agg(**_sums(_))
    linked = fed.inner_join(made.select(*key, from_stage="stage"), key)
    onward = linked.group_by(key).agg(gone=_.kg.sum())
    rest = made.left_join(onward, key)
    rest = rest.mutate(part=1 - rest.gone.fill_null(0.0) / rest.kg.nullif(0.0))
    of_stand = ibis.cases(
        (rest.stands == "product", "products"), (rest.stands == "residue", "residues"), else_="stock"
    )
    rest_rows = rest.filter(_.part.abs() > 1e-12).select(
        "party", "period", "metal", stream=of_stand, source=_.stage, target=ibis.literal(OUTSIDE), kg=_.kg * _.part,
        variance=_.variance * _.part**2, common=_.common * _.part, assumed=ibis.literal(False),
    )  # fmt: skip
    link_rows = linked.filter(_.stage != _.from_stage).select(
        "party", "period", "metal", stream=ibis.literal("passed-on"), source=_.from_stage, target=_.stage, kg=_.kg,
        variance=_.variance, common=_.common, assumed=ibis.literal(False),
    )  # fmt: skip
    brought = fed.anti_join(made, key)
    things = dated.filter(_.lot.isnull()).mutate(variance=_.random**2)
    brought_rows = brought.select(*_inward(brought, "lots-brought"))
    return rest_rows.union(link_rows).union(brought_rows).union(things.select(*_inward(things, "batteries")))


def _sums(row: ibis.Deferred) -> dict[str, ibis.Deferred]:
    return {"kg": row.kg.sum(), "variance": (row.random**2).sum(), "common": row.common.sum()}


def _inward(table: ibis.Table, stream: str) -> list[ibis.Value]:
    assumed = table.source.startswith("default") if "source" in table.columns else ibis.literal(False)
    named = {
        "stream": ibis.literal(stream),
        "source": ibis.literal(OUTSIDE),
        "target": table.stage,
        "assumed": assumed,
    }
    return [named[name].name(name) if name in named else table[name] for name in PART]


def _vapour(sources: Sources, dated: ibis.Table) -> ibis.Table:
    """What crushing loses into the air: anything up to an allowance, so half of it with the uncertainty of a range."""
    fed = dated.filter((_.metal == MASS) & (_.flow == "in") & (_.stage == "crushing"))
    fed = fed.group_by("party", "period", "metal").agg(fed=_.kg.sum())
    fed = fed.cross_join(threshold(sources, "crushing-loss", "most"))
    return fed.select(
        "party", "period", "metal", stream=ibis.literal("vapour"), source=ibis.literal("crushing"), target=ibis.literal(OUTSIDE),
        kg=_.fed * _.most / 2, variance=ibis.literal(0.0), common=_.fed * _.most / ibis.literal(12.0).sqrt(),
        assumed=ibis.literal(False),
    )  # fmt: skip


def _unassayed(sources: Sources, dated: ibis.Table) -> ibis.Table:
    """What residues without an assay may hold: about nothing, give or take a share of what was fed."""
    assayed = dated.filter((_.flow == "out") & (_.metal != MASS)).select("lot").distinct()
    all_residues = sources.views["run_output"].filter((_.kind == "lot") & (_.stands == "residue"))
    silent = all_residues.select("run", lot="item").anti_join(assayed, "lot").select("run").distinct()
    fed = dated.filter((_.flow == "in") & (_.metal != MASS)).semi_join(silent, "run")
    fed = fed.group_by("party", "period", "metal", "stage").agg(fed=_.kg.sum())
    fed = fed.cross_join(threshold(sources, "unassayed-residue", "share"))
    return fed.select(
        "party", "period", "metal", stream=ibis.literal("residues"), source=_.stage, target=ibis.literal(OUTSIDE), kg=_.fed * 0.0,
        variance=ibis.literal(0.0), common=_.fed * _.share, assumed=ibis.literal(False),
    )  # fmt: skip
