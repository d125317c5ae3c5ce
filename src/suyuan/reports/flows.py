"""Flows: what went from whom to whom in a period, between firms or between areas; both sides' records of a hand-over are one.

    giver   taker   packs  modules  cells  kWh  kg  batteries of unknown mass  lots (kg)

A hand-over is of the day on which it was first told to have happened. A thing that went the same way twice counts once; what is
known of a thing is what its maker declared, and the entry that declares it is behind every figure it is part of.
"""

from collections.abc import Sequence
from typing import Literal

import ibis
from ibis import _

from suyuan.reports import reading as r
from suyuan.reports.charts import Flow, Node, Sankey
from suyuan.reports.period import Period
from suyuan.reports.reading import Reading, Row
from suyuan.reports.report import Cell, Column, Report, Section, table
from suyuan.rules.facts import BATTERIES
from suyuan.terms.sentence import Sentence
from suyuan.views.masses import in_kg

By = Literal["party", "area"]
DRAWN = 30
"""So many of the widest flows are drawn; the table has all of them."""
PACKS, MODULES, CELLS = ("pack", "reuse_pack"), ("module", "reuse_module"), ("cell", "reuse_cell")
LETTERS = {"A": "NiMH", "B": "LFP", "C": "LMO", "D": "LCO", "E": "NCM", "G": "LTO"}
"""Chemistries of the letters of a battery code, where nobody declared one."""
INWARD = ("received", "collected", "taken_in", "stored", "stocked")
"""Steps by which the taker tells of a hand-over."""


def chemistry(thing: ibis.Table) -> ibis.Value:
    """The chemistry of a thing as declared, else as the letter of its code tells."""
    by_letter = ibis.cases(*((thing.letter == letter, word) for letter, word in LETTERS.items()), else_="")
    return ibis.coalesce(thing.chemistry, by_letter)


def handovers(reading: Reading, period: Period) -> ibis.Table:
    """item, kind, giver, taker, day, kg (of lots), entries: what changed hands in a period, both sides as one."""
    moment = reading["moment"]
    told = moment.filter(
        moment.kind.isin([*BATTERIES, "lot"]) & moment.giver.notnull() & moment.taker.notnull()
    )
    told = told.filter((_.giver != _.taker) & ~_.role.isin(["parent", "input", "output"]))
    told = told.select("item", "kind", "seq", "giver", "taker", "day", "step").distinct()
    amount = reading["effective_event_item"].filter(_.kind == "lot")
    amount = (
        amount.select("seq", "item", lot_kg=in_kg(_.quantity, _.uom))
        .group_by("seq", "item")
        .agg(kg=_.lot_kg.sum())
    )
    told = told.left_join(amount, ["seq", "item"])
    told = told.mutate(inward=_.step.isin([*INWARD]))
    sides = told.group_by("item", "kind", "giver", "taker", "inward").agg(
        kg=_.kg.sum(), day=_.day.min(), entries=r.seqs(_.seq)
    )  # fmt: skip
    both = sides.group_by("item", "kind", "giver", "taker").agg(
        kg=_.kg.max(), day=_.day.min(), entries=_.entries.collect().flatten()
    )
    return both.filter((_.day >= period.first) & (_.day <= period.last))


def flows(reading: Reading, period: Period, *, by: By = "party", split: bool = False) -> ibis.Table:
    """One row a giver and taker (and chemistry): their figures, each with the entries behind it (`…_entries`)."""
    moved = handovers(reading, period)
    thing = reading["thing"]
    known = thing.select("kwh", "made_seq", of="item", chemistry=chemistry(thing), thing_kg="kg")
    each = moved.left_join(known, [moved.item == known.of]).drop("of")
    ways = ["source", "target"]
    if by == "area":
        party = reading["party"]
        each = _in_area(_in_area(each, party, "giver", "source"), party, "taker", "target")
    else:
        each = each.mutate(source=_.giver, target=_.taker)
    if split:
        each, ways = each.mutate(chemistry=_.chemistry.fill_null("")), [*ways, "chemistry"]
    # an item that changed hands inside one area more than once is one item
    each = each.group_by([*ways, "item", "kind"]).agg(
        kg=_.kg.max(), kwh=_.kwh.max(), thing_kg=_.thing_kg.max(), made_seq=_.made_seq.max(), entries=r.lists(_.entries)
    )  # fmt: skip
    lot = each.kind == "lot"
    with_making = each.entries.concat(ibis.array([each.made_seq]))
    each = each.mutate(lot=lot, made=with_making)
    battery = ~_.lot
    return each.group_by(ways).agg(
        **_counted("packs", _.kind.isin([*PACKS]), _.entries),
        **_counted("modules", _.kind.isin([*MODULES]), _.entries),
        **_counted("cells", _.kind.isin([*CELLS]), _.entries),
        kwh=_.kwh.sum(where=battery),
        kwh_entries=_collected(_.made, battery & _.kwh.notnull()),
        kg=_.thing_kg.sum(where=battery),
        kg_entries=_collected(_.made, battery & _.thing_kg.notnull()),
        **_counted("unweighed", battery & _.thing_kg.isnull(), _.entries),
        lots_kg=_.kg.sum(where=_.lot),
        lots_kg_entries=_collected(_.entries, _.lot & _.kg.notnull()),
        entries=r.lists(_.entries),
    ).order_by(ibis.desc("packs"), ibis.desc("kg"), ibis.desc("lots_kg"), *ways)  # fmt: skip


def _in_area(each: ibis.Table, party: ibis.Table, side: str, name: str) -> ibis.Table:
    where = party.select(of="party", area=party.area.substr(0, 4) + "00")
    met = each.left_join(where, [each[side] == where.of]).drop("of")
    return met.rename(**{name: "area"}).mutate(**{name: _[name].fill_null("")})


def _collected(entries: ibis.Deferred, where: ibis.Deferred) -> ibis.Deferred:
    return entries.collect(where=where).flatten().unique().sort()


def _counted(name: str, where: ibis.Deferred, entries: ibis.Deferred) -> dict[str, ibis.Deferred]:
    return {name: _.count(where=where), f"{name}_entries": _collected(entries, where)}


NUMBERS = (
    r.count("packs", "电池包", "packs"),
    r.count("modules", "模块", "modules"),
    r.count("cells", "单体", "cells"),
    r.number("kwh", "电量", "energy", "kWh", 1),
    r.number("kg", "电池质量", "mass of batteries", "kg", 1),
    r.count("unweighed", "质量未知的电池", "batteries of unknown mass"),
    r.number("lots_kg", "批料质量", "mass of lots", "kg", 1),
)


def report(reading: Reading, period: Period, *, by: By = "party", split: bool = False) -> Report:
    """Who gave how much to whom, as a table and as a drawing."""
    rows = reading.rows(flows(reading, period, by=by, split=split))
    columns = [*(_party_columns() if by == "party" else _area_columns())]
    if split:
        columns.append(r.text("chemistry", "化学体系", "chemistry"))
    lines = [
        [*_ends(reading, row, by), *([row["chemistry"] or UNKNOWN] if split else []), *_figures(row)]
        for row in rows
    ]
    between = Sentence(
        zh="企业之间" if by == "party" else "地区之间",
        en="between firms" if by == "party" else "between areas",
    )
    told = (
        Sentence(
            zh="按首次申报的移交日期计入期间；同一移交的双方申报合为一条。电量和质量为制造企业申报值。",
            en="Of the day on which a hand-over was first told to have happened; both sides' records of it are one. Energy and mass are as makers declared them.",
        )
        if rows
        else Sentence(zh=f"{period.name} 期间没有移交记录。", en=f"Nothing changed hands in {period.name}.")
    )
    return Report(
        title=Sentence(zh=f"{between.zh}的流向", en=f"Flows {between.en}"),
        about=Sentence(zh=f"期间 {period.name}", en=f"period {period.name}"),
        sections=(
            Section(
                Sentence(zh="流向明细", en="Flows"), (told,), table([*columns, *NUMBERS], lines),
                chart=_drawing(reading, rows, by) if rows else None,
            ),
        ),
        made_from=reading.made_from,
    )  # fmt: skip


UNKNOWN = Sentence(zh="未知", en="unknown")


def _party_columns() -> Sequence[Column]:
    return (
        r.code("giver", "交出方", "giver"), r.text("giver_name", "交出方名称", "giver's name"),
        r.code("taker", "接收方", "taker"), r.text("taker_name", "接收方名称", "taker's name"),
    )  # fmt: skip


def _area_columns() -> Sequence[Column]:
    return (
        r.code("from_area", "交出地代码", "from (code)"), r.text("from", "交出地", "from"),
        r.code("to_area", "接收地代码", "to (code)"), r.text("to", "接收地", "to"),
    )  # fmt: skip


def _ends(reading: Reading, row: Row, by: By) -> list[Sentence | str]:
    if by == "party":
        return [row["source"], reading.name(row["source"]), row["target"], reading.name(row["target"])]
    return [
        row["source"],
        r.place(row["source"]) or UNKNOWN,
        row["target"],
        r.place(row["target"]) or UNKNOWN,
    ]


def _figures(row: Row) -> list[Cell]:
    return [r.figure(row[column.key] or 0, row[f"{column.key}_entries"]) for column in NUMBERS]


def _drawing(reading: Reading, rows: Sequence[Row], by: By) -> Sankey | None:
    """The widest flows by mass, batteries and lots together; where two rows are one way (chemistries) they are added up."""
    widths: dict[tuple[str, str], float] = {}
    behind: dict[tuple[str, str], set[int]] = {}
    for row in rows:
        way = (row["source"], row["target"])
        if row["source"] == row["target"]:
            continue  # what stays in one area would cover all the rest
        widths[way] = widths.get(way, 0.0) + (row["kg"] or 0.0) + (row["lots_kg"] or 0.0)
        behind.setdefault(way, set()).update(row["kg_entries"] or (), row["lots_kg_entries"] or ())
    widest = sorted((way for way in widths if widths[way] > 0), key=lambda way: (-widths[way], way))[:DRAWN]
    if not widest:
        return None
    ends = dict.fromkeys(end for way in widest for end in way)
    nodes = [Node(end, _label(reading, end, by)) for end in ends]
    drawn = [Flow(*way, widths[way], entries=tuple(sorted(behind[way]))) for way in widest]
    few = "" if len(widest) == len(widths) else f"，最大的 {len(widest)} 条"
    some = "" if len(widest) == len(widths) else f", the {len(widest)} widest"
    title = Sentence(zh=f"质量流向（电池与批料）{few}", en=f"Mass flows (batteries and lots){some}")
    if by == "area":
        title = Sentence(
            zh=f"地区之间的质量流向（电池与批料；同一地区内的流向见表）{few}",
            en=f"Mass flows between areas (batteries and lots; what stays in one area stands in the table){some}",
        )
    return Sankey(title, nodes, drawn, "kg")


def _label(reading: Reading, end: str, by: By) -> Sentence:
    if by == "area":
        named = r.place(end) or UNKNOWN
        return named if isinstance(named, Sentence) else Sentence(zh=named, en=named)
    name = reading.name(end) or end
    return Sentence(zh=name, en=name)
