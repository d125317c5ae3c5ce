"""Rules of the mass balance: what a recycler's figures together make implausible, and what it recovers too little of.

    streams ──accounts.reconciled──▶ adjusted: a verdict on the stream that is named, with its significance

A finding stands for all months in which the same is implausible; the period of the strongest evidence is told.
"""

import ibis
from ibis import _

from suyuan.accounts.balance import MASS, checked_streams, complete_pieces
from suyuan.accounts.recovery import recovery_rates
from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

STREAM = "balance_stream"
"""The stage that `adjusted` is made from."""
CITES = ("conditions-2024-42#recovery", "suyuan-assumptions#balance")


def _implausible(facts: Facts, verdict: str, *, by_metal: bool) -> ibis.Table:
    """The strongest verdict of each firm (and metal): what the rules below tell."""
    facts.keep(STREAM, checked_streams(facts))
    told = facts.adjusted.filter(_.verdict == verdict)
    told = threshold(facts, told, alarm="balance-alarm").filter(_.significance < _.alarm).drop("alarm")
    of = ["party", "metal"] if by_metal else ["party"]
    months = told.filter(_.period.length() == 7).group_by(of).agg(months=_.period.nunique())
    strongest = ["significance", ibis.desc(told.z.abs()), "period", "metal"]
    told = first_of(told, *of, order=strongest).left_join(months, of)
    told = told.drop(*(name for name in told.columns if name.endswith("_right")))
    told = _with_entries(facts, told)
    return told.select(
        subject="party", party="party", day="day", entries="entries", root=_.party + "/balance", row="row", metal="metal",
        period="period", stage="stage", stream="stream", claimed_kg=_.value.round(2), plausible_kg=_.adjusted.round(2),
        off_kg=_.error.abs().round(2), percent=(100 * _.gap_share.abs()).round(2), z=_.z.abs().round(1),
        significance=_.significance.round(9), months=_.months.fill_null(0),
    )  # fmt: skip


def _with_entries(facts: Facts, told: ibis.Table) -> ibis.Table:
    """With the last day on which something happened at that stage in the period, and the entries that tell of it."""
    of = ["party", "period", "metal", "stage"]
    pieces = complete_pieces(facts).select("party", "metal", "stage", "day", "entries")
    met = told.select(*of).inner_join(pieces, ["party", "metal", "stage"])
    met = met.filter((_.period == "all") | _.day.strftime("%Y-%m-%d").startswith(_.period))
    behind = met.group_by(of).agg(day=_.day.max(), entries=_.entries.collect().flatten().unique())
    return told.inner_join(behind, of)


@rule(
    "metal-overclaimed",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=CITES,
    title=Sentence(zh="申报的金属多于平衡所能有", en="more of a metal claimed than the balance holds"),
    sentence=Sentence(
        zh="{period} 申报的{metal}（{stream}）比物料平衡多 {off_kg} kg（偏离 {z} 个标准差）",
        en="{period}: {off_kg} kg more {metal} claimed ({stream}) than the balance holds, {z} standard deviations",
    ),
    remedy=Sentence(
        zh="复核该金属产品的化验单与过磅记录，必要时更正申报",
        en="check the assays and weighing slips of the products of that metal; correct what was claimed",
    ),
    scope="runs",
    owner="recycler",
    law=("threshold",),
)
def metal_overclaimed(facts: Facts) -> ibis.Table:
    """Of one metal more comes out than went in, and not of the others."""
    return _implausible(facts, "overclaimed", by_metal=True)


@rule(
    "feed-unrecorded",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=CITES,
    title=Sentence(zh="产出超过全部投料记录", en="more came out than all that is on record as fed"),
    sentence=Sentence(
        zh="{period} 产出比投料多 {percent}%（以 {metal} 计 {off_kg} kg，偏离 {z} 个标准差），各金属同步：有未申报的投料",
        en="{period}: {percent} % more came out than was fed ({off_kg} kg of {metal}, {z} standard deviations), all metals in step: something was fed without a record",
    ),
    remedy=Sentence(zh="补报外购或漏报的投料及其来源", en="report the feed left out, and where it came from"),
    scope="runs",
    owner="recycler",
    law=("threshold",),
)
def feed_unrecorded(facts: Facts) -> ibis.Table:
    """Of all metals in step, or of all mass, more comes out than went in."""
    return _implausible(facts, "unrecorded", by_metal=False)


@rule(
    "residue-missing",
    family="recycling",
    severity=Severity.WARNING,
    cites=CITES,
    title=Sentence(zh="投料去向不明", en="what was fed came out nowhere"),
    sentence=Sentence(
        zh="{period} 投入的{metal}有 {off_kg} kg（{percent}%，偏离 {z} 个标准差）既不在产品、库存，也不在残渣中",
        en="{period}: {off_kg} kg of {metal} fed ({percent} %, {z} standard deviations) are neither in products nor in stock nor in residues",
    ),
    remedy=Sentence(
        zh="补报残渣及其去向，核对产品出库记录",
        en="report residues and what became of them; check products that left",
    ),
    scope="runs",
    owner="recycler",
    law=("threshold",),
)
def residue_missing(facts: Facts) -> ibis.Table:
    """Less comes out than went in."""
    return _implausible(facts, "missing", by_metal=False)


@rule(
    "recovery-below-minimum",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#recovery", "suyuan-assumptions#balance"),
    title=Sentence(zh="回收率低于规范条件", en="recovery below the industry conditions"),
    sentence=Sentence(
        zh="{period} {stage} 阶段 {material} 回收率 {percent}%（不确定度 {percent_u}%），低于规范条件的 {least_percent}%",
        en="{period}: {percent} ± {percent_u} % of {material} were recovered in the {stage} stage; the conditions ask for {least_percent} %",
    ),
    remedy=Sentence(
        zh="改进工艺，或更正化验与过磅数据",
        en="improve the process, or correct assays and weighings",
    ),
    scope="runs",
    owner="recycler",
    law=("recovery-minimum", "threshold"),
)
def recovery_below_minimum(facts: Facts) -> ibis.Table:
    """Over a year a firm recovers what the conditions ask for, as far as its own figures can tell: nothing rests on a default."""
    rates = facts.keep("recovery_rate", recovery_rates(facts)).rename(law="row")
    rates = rates.filter((_.period.length() == 4) & rates.measured & _.least.notnull())
    low = threshold(facts, rates, day="day", sure="recovery-sure")
    low = low.filter(_.rate + _.sure * _.rate_u < _.least)
    pieces = complete_pieces(facts).filter(_.metal != MASS).select(
        "party", "entries", of_stage="stage", period=_.day.strftime("%Y")
    )  # fmt: skip
    behind = low.select("party", "period", "stage").distinct().inner_join(pieces, ["party", "period"])
    behind = behind.filter((_.stage == _.of_stage) | (_.stage == "whole"))
    behind = behind.group_by("party", "period", "stage").agg(entries=_.entries.collect().flatten().unique())
    return low.inner_join(behind, ["party", "period", "stage"]).select(
        subject="party", party="party", day="day", entries="entries", root=_.party + "/recovery", row="law", period="period",
        stage="stage", material="material", percent=(100 * _.rate).round(2), percent_u=(100 * _.rate_u).round(2),
        least_percent=(100 * _.least).round(1),
    )  # fmt: skip
