"""Accounts as reports: producer responsibility, recovery, mass balance; each figure with its entries and the row of law that decided.

The figures are those of `accounts` (tables `figure` and `figure_entry`, see `rules.reckoned`); here they get words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
from ibis import _

from suyuan.accounts.figures import NAME
from suyuan.reports import reading as r
from suyuan.reports.charts import Balance, Part
from suyuan.reports.reading import Reading, Row
from suyuan.reports.report import Cell, Report, Section, table
from suyuan.rules.reckoned import ENTRY, FIGURE
from suyuan.terms.sentence import Sentence

MG_PER_KG = 1e6
MASS = "mass"


@dataclass(frozen=True, slots=True)
class Kind:
    """One report: the accounts that it tells, its title, what a reader must know."""

    accounts: tuple[str, ...]
    title: Sentence
    about: Sentence


KINDS: Mapping[str, Kind] = {
    "responsibility": Kind(
        ("responsibility.vehicle-maker", "responsibility.battery-maker"),
        Sentence(zh="生产者责任", en="Producer responsibility"),
        Sentence(
            zh="按投放市场的地区与年份。预计退役量是按寿命假设推算的估计值，不是申报值。",
            en="By the area and year in which batteries were placed on the market. What is expected to return is an estimate from assumed lives, nobody's report.",
        ),
    ),
    "recovery": Kind(
        ("recovery", "eu-recycling", "recycled-content"),
        Sentence(zh="回收率与再生材料", en="Recovery and recycled content"),
        Sentence(
            zh="产出占投入的比例；“±”为标准不确定度；“最低”为期间内有效条款要求的数值，无此类条款时为空。",
            en="What came out of what went in; “±” is the standard uncertainty; “least” is what the row in force asks for, empty where none asks.",
        ),
    ),
    "balance": Kind(
        ("balance",),
        Sentence(zh="物料平衡", en="Mass balance"),
        Sentence(
            zh="期初 + 收入 = 转出 + 残余物 + 未说明 + 期末，逐月逐金属精确相等（毫克）。“未说明”为投料减产出，可为负值。",
            en="Opening + received = out + residue + unexplained + closing, exact to the milligram in every month and metal. “Unexplained” is what was fed less what was made, and may be negative.",
        ),
    ),
}  # fmt: skip
MEASURES: Mapping[str, Sentence] = {
    key: Sentence(zh=zh, en=en)
    for key, zh, en in (
        ("placed", "投放市场", "placed on the market"), ("collected", "已回收", "collected"),
        ("entitled", "交到有资质企业", "came to entitled firms"), ("reused", "梯次或再制造", "re-made"),
        ("recycled", "再生利用", "recycled"), ("metal", "再生金属", "metal recovered"),
        ("expected", "预计退役（估计）", "expected to return (estimate)"),
        ("areas-served", "有网点的销售地区占比", "areas of sale with an outlet"), ("complete", "应报已报占比", "reports made of those due"),
        ("timely", "按时报送占比", "reports made in time"), ("recovery.crushing", "破碎回收率", "recovery of crushing"),
        ("recovery.smelting", "冶炼回收率", "recovery of smelting"), ("recovery.whole", "全流程回收率", "recovery of the whole line"),
        ("recycling-efficiency", "回收效率（欧盟）", "recycling efficiency (EU)"), ("recovery", "材料回收率（欧盟）", "recovery of materials (EU)"),
        ("recycled-content", "再生材料占比", "recycled content"),
        ("recycled-content-covered", "再生材料来源可查占比", "recycled content covered by lots taken over"),
        ("opening", "期初", "opening"), ("received", "收入", "received"), ("fed", "投料", "fed"), ("product", "产品", "products"),
        ("intermediate", "中间品", "intermediates"), ("residue", "残余物", "residues"), ("out", "转出", "out"),
        ("outside", "未说明", "unexplained"), ("closing", "期末", "closing"),
    )
}  # fmt: skip
COLUMNS = (
    r.code("party", "主体", "party"), r.text("name", "名称", "name"), r.text("period", "期间", "period"),
    r.code("area_code", "地区代码", "area (code)"), r.text("area", "地区", "area"), r.text("measure", "指标", "measure"),
    r.text("key", "对象", "of"), r.text("unit", "单位", "unit"), r.number("value", "数值", "value", places=4),
    r.number("uncertainty", "±", "±", places=4), r.number("least", "最低", "least"), r.text("meets", "判定", "verdict"),
    r.code("row", "依据行", "row of law"),
)  # fmt: skip


def figures(
    reading: Reading, kind: str, *, party: str | None, period: str | None, area: str | None
) -> ibis.Table:
    """The figures of a report with their entries: the columns of `figures.FIGURE`, and `entries`."""
    figure, entry = reading[FIGURE], reading[ENTRY]
    wanted = figure.filter(figure.account.isin([*KINDS[kind].accounts]))
    if party is not None:
        wanted = wanted.filter(wanted.party == party)
    if period is not None:
        # a year brings its months with it
        wanted = wanted.filter((wanted.period == period) | wanted.period.startswith(period + "-"))
    if area is not None:
        wanted = wanted.filter(wanted.area.startswith(area))
    behind = entry.semi_join(wanted.select(*NAME).distinct(), [*NAME])
    behind = behind.group_by([*NAME]).agg(entries=r.seqs(_.seq))
    told = wanted.left_join(behind, [*NAME]).select(*wanted.columns, "entries")
    return told.order_by("account", "party", "period", "area", "measure", "key", "unit")


def report(
    reading: Reading,
    kind: str,
    *,
    party: str | None = None,
    period: str | None = None,
    area: str | None = None,
) -> Report:
    """One of `KINDS`, of all parties, periods and areas or of one."""
    told = KINDS[kind]
    rows = reading.rows(figures(reading, kind, party=party, period=period, area=area))
    sections = []
    for account in told.accounts:
        some = [row for row in rows if row["account"] == account]
        if some:
            lines = [_line(reading, row) for row in some]
            sections.append(
                Section(ACCOUNTS[account], table=table(COLUMNS, lines), chart=_chart(some, account))
            )
    empty = Sentence(zh="没有符合条件的数据。", en="No figures for this.")
    first = Section(told.title, (told.about,) if sections else (told.about, empty))
    about = [each for each in (party and f"{reading.name(party)} {party}".strip(), period, area) if each]
    return Report(
        title=told.title,
        about=Sentence(zh="，".join(about) or "全部", en=", ".join(about) or "all"),
        sections=(first, *sections),
        made_from=reading.made_from,
        remarks=_remarks(rows),
    )


ACCOUNTS: Mapping[str, Sentence] = {
    "responsibility.vehicle-maker": Sentence(zh="整车企业", en="Vehicle makers"),
    "responsibility.battery-maker": Sentence(zh="电池企业", en="Battery makers"),
    "recovery": Sentence(zh="各工段回收率", en="Recovery by stage"),
    "eu-recycling": Sentence(
        zh="欧盟回收效率与材料回收率", en="EU recycling efficiency and recovery of materials"
    ),
    "recycled-content": Sentence(zh="再生材料", en="Recycled content"),
    "balance": Sentence(zh="逐月平衡", en="Month by month"),
}


def _line(reading: Reading, row: Row) -> list[Cell | Sentence | str]:
    value, unit = row["value"], row["unit"]
    if unit == "mg":
        value, unit = value / MG_PER_KG, "kg"
    verified = bool(row["verified"])
    law = row["row"] or ""
    measure = MEASURES.get(row["measure"]) or row["measure"]
    return [
        row["party"], reading.name(row["party"]), row["period"], row["area"], r.place(row["area"]), measure, row["key"], unit,
        r.figure(value, row["entries"], row=law, verified=verified),
        r.figure(row["uncertainty"], row["entries"] if row["uncertainty"] is not None else ()),
        r.figure(row["least"], (), row=law, verified=verified or row["least"] is None), _verdict(row), law,
    ]  # fmt: skip


def _verdict(row: Row) -> Sentence | str:
    if row["least"] is None:
        return Sentence(zh="估计", en="estimate") if row["estimate"] else ""
    if row["value"] >= row["least"]:
        return Sentence(zh="达到", en="met")
    # within twice the standard uncertainty nobody can say that it is missed
    if row["value"] + 2 * (row["uncertainty"] or 0.0) >= row["least"]:
        return Sentence(zh="在不确定度内", en="within the uncertainty")
    return Sentence(zh="未达到", en="missed")


def _remarks(rows: Sequence[Row]) -> tuple[Sentence, ...]:
    unread = sum(not row["verified"] for row in rows)
    own = sorted({row["row"] for row in rows if (row["row"] or "").endswith("!")})
    remarks = []
    if unread:
        remarks.append(
            Sentence(
                zh=f"{unread:,} 项数值依据尚未核实的条款、默认组成或假设，已逐项标注。",
                en=f"{unread:,} figures rest on clauses that nobody has looked up, default compositions or assumptions; each is marked.",
            )
        )
    if own:
        remarks.append(
            Sentence(
                zh=f"以下条款由本工作区运行单位替换：{'、'.join(own)}",
                en=f"rows put in place by the operator of this workspace decided: {', '.join(own)}",
            )
        )
    return tuple(remarks)


def _chart(rows: Sequence[Row], account: str) -> Balance | None:
    """The mass balance of one firm's latest month: all that came in beside where it went."""
    latest = max((row for row in rows if row["key"] == MASS), key=lambda row: row["period"], default=None)
    if account != "balance" or latest is None or len({row["party"] for row in rows}) > 1:
        return None
    of = {row["measure"]: row for row in rows if (row["key"], row["period"]) == (MASS, latest["period"])}

    def part(name: str) -> Part | None:
        row = of.get(name)
        if row is None:
            return None
        value = abs(row["value"]) / MG_PER_KG
        return Part(MEASURES[name], value, name == "outside", entries=tuple(row["entries"] or ()))

    short = of.get("outside") is not None and of["outside"]["value"] < 0
    inward = [part(name) for name in ("opening", "received", *(("outside",) if short else ()))]
    outward = [part(name) for name in ("out", "residue", *(() if short else ("outside",)), "closing")]
    title = Sentence(zh=f"{latest['period']} 质量平衡", en=f"mass balance of {latest['period']}")
    return Balance(title, [each for each in inward if each], [each for each in outward if each], "kg")
