"""Rules of recycling, batch by batch: mass and metal cannot come from nothing, and what is fed was received.

packs ──crushing──▶ black mass, copper, aluminium, residue ──leaching──▶ salts, residue
"""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.rules.runs import battery_fed, came_of, composition, process_run, run_content, run_metals
from suyuan.terms.sentence import Sentence

DRY = ("sy:crushing", "sy:sorting", "sy:discharging")
"""Processes to which nothing is added that no form asks for; acid and soda come into a leaching."""
ALL_BUT = 0.99
"""Shares of a lot that add up to so much are all of it: the rest is rounding."""
GOT = (
    "received",
    "collected",
    "stored",
    "stocked",
    "taken_in",
    "removed",
    "taken_apart",
    "made",
    "remade",
    "unpacked",
    "replaced",
)
"""Steps by which somebody has a battery."""


@rule(
    "more-out-than-in",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("conditions-2024-42#recovery", "suyuan-assumptions#recycling"),
    title=Sentence(zh="产出质量大于投料", en="more mass out than in"),
    sentence=Sentence(
        zh="批次 {subject} 投料 {in_kg} kg，产出 {out_kg} kg",
        en="{in_kg} kg went into run {subject} and {out_kg} kg came out",
    ),
    remedy=Sentence(
        zh="核对过磅记录；漏报的投料应补报", en="check the weighing slips; report inputs left out"
    ),
    owner="recycler",
    law=("threshold",),
)
def more_out_than_in(facts: Facts) -> ibis.Table:
    """A dry run gives no more mass than it took."""
    runs = process_run(facts).filter(_.process.isin(DRY) & (_.inputs > 0) & (_.weighed == _.inputs))
    runs = threshold(facts, runs, bound="recycling.mass-excess")
    runs = runs.filter(_.out_kg > _.in_kg * (1 + _.bound))
    return runs.select(
        subject="run", party="party", day="out_day", entries="entries", row="row", in_kg=_.in_kg.round(1),
        out_kg=_.out_kg.round(1),
    )  # fmt: skip


def _beyond(facts: Facts) -> ibis.Table:
    """run, metal, out_kg, most_kg, spread_kg and what is known of the run: runs of which all content is known, metal by metal."""
    told = run_metals(facts).inner_join(run_content(facts), ["run", "metal"])
    told = told.inner_join(process_run(facts), "run")
    told = told.filter((_.bounded == _.inputs) & (_.most_kg > 0))
    told = threshold(facts, told, coverage="recycling.coverage")
    return told.mutate(spread_kg=_.coverage * (_.variance + _.out_variance).sqrt())


def _worst(told: ibis.Table) -> ibis.Table:
    """One finding a run: the metal that goes furthest beyond."""
    worst = first_of(told, "run", order=[ibis.desc(told.out_kg / told.most_kg), "metal"])
    return worst.select(
        subject="run", party="party", day=ibis.coalesce(_.out_day, _.until), entries="entries", row="row", metal="metal",
        out_kg=_.out_kg.round(2), most_kg=_.most_kg.round(2), percent=(100 * _.out_kg / _.most_kg).round(1),
    )  # fmt: skip


@rule(
    "metal-beyond-content",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("suyuan-derivations#composition", "suyuan-assumptions#recycling"),
    title=Sentence(zh="产出金属超过投料电池所能含有的量", en="more metal out than the batteries can hold"),
    sentence=Sentence(
        zh="批次 {subject} 产出 {metal} {out_kg} kg，而投料电池至多含 {most_kg} kg",
        en="run {subject} gave {out_kg} kg of {metal}, the batteries fed hold {most_kg} kg at most",
    ),
    remedy=Sentence(
        zh="核对化验单与过磅记录；漏报的投料应补报",
        en="check assays and weighing slips; report inputs left out",
    ),
    owner="recycler",
    law=("composition", "material-range", "threshold"),
)
def metal_beyond_content(facts: Facts) -> ibis.Table:
    """Out of batteries comes no more of a metal than their chemistry and energy hold."""
    told = _beyond(facts).filter(_.batteries > 0)
    told = threshold(facts, told, bound="recycling.content-excess")
    return _worst(told.filter(_.out_kg > _.most_kg * (1 + _.bound) + _.spread_kg))


@rule(
    "recovery-above-whole",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("conditions-2024-42#recovery",),
    title=Sentence(zh="回收率超过 100%", en="more recovered than was fed"),
    sentence=Sentence(
        zh="批次 {subject} 产出 {metal} {out_kg} kg，投料化验仅 {most_kg} kg（{percent}%）",
        en="run {subject} gave {out_kg} kg of {metal} from {most_kg} kg by assay of what was fed ({percent} %)",
    ),
    remedy=Sentence(zh="复核投料与产出的化验单", en="check the assays of feed and products"),
    owner="recycler",
    law=("threshold",),
)
def recovery_above_whole(facts: Facts) -> ibis.Table:
    """Out of lots comes no more of a metal than their assays say, beyond what the assays leave open."""
    told = _beyond(facts).filter(_.batteries == 0).mutate(row=ibis.null("string"))
    return _worst(told.filter(_.out_kg > _.most_kg + _.spread_kg))


@rule(
    "metal-not-in-feed",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("suyuan-derivations#composition", "suyuan-derivations#plausible"),
    title=Sentence(zh="产出了投料中不存在的金属", en="a metal that was not in the feed"),
    sentence=Sentence(
        zh="物料 {subject} 含 {metal}，但其来源电池（{letters}）的化学体系不含该金属",
        en="lot {subject} holds {metal}, which the batteries that it comes from ({letters}) do not contain",
    ),
    remedy=Sentence(zh="查明物料真实来源", en="find out what the lot was really made from"),
    scope="runs",  # all that a lot comes of, through every run before
    owner="recycler",
    law=("composition", "threshold"),
)
def metal_not_in_feed(facts: Facts) -> ibis.Table:
    """No nickel, cobalt or manganese comes out of batteries that have none, directly or through black mass."""
    lots = facts.views["run_metal"].filter(_.metal.isin(["Ni", "Co", "Mn"]))
    lots = threshold(facts, lots, bound="recycling.trace-share").filter(_.share > _.bound)
    lots = lots.select("item", "run", "metal", "row").distinct().inner_join(process_run(facts), "run")
    from_run = battery_fed(facts).select("run", "letter")
    sources = (
        lots.select("item", "run", "metal").inner_join(from_run, "run").select("item", "metal", "letter")
    )
    known = lots.filter(_.batteries == _.inputs).select("item", "metal")
    sources = sources.semi_join(known, ["item", "metal"]).union(_through(facts, lots))
    holds = composition(facts).select("letter", "metal", most="most")
    sources = sources.left_join(holds, ["letter", "metal"]).drop("letter_right", "metal_right")
    judged = sources.group_by(lot=_.item, of_metal=_.metal).agg(
        foreign=(_.most == 0).fill_null(False).all(), letters=_.letter.max()
    )
    judged = judged.filter(_.foreign)
    found = lots.inner_join(judged, [("item", "lot"), ("metal", "of_metal")])
    return found.group_by(subject=_.item).agg(
        party=_.party.min(), day=_.out_day.min(), entries=_.entries.first(), root=_.run.min(), row=_.row.min(),
        metal=_.metal.min(), letters=_.letters.min(),
    )  # fmt: skip


def _through(facts: Facts, lots: ibis.Table) -> ibis.Table:
    """item, metal, letter: batteries behind lots that come of further runs, where all of the lot can be followed back to them."""
    wanted = lots.select(lot_of="item", metal="metal").distinct()
    due = came_of(facts).select("item", "lot", "share").inner_join(wanted, [("lot", "lot_of")])
    fed = battery_fed(facts).select(battery="item", letter="letter").distinct()
    due = due.inner_join(fed, [("item", "battery")])
    due = due.mutate(followed=_.share.sum().over(ibis.window(group_by=["lot", "metal"])))
    return due.filter(_.followed > ALL_BUT).select(item="lot", metal="metal", letter="letter").distinct()


@rule(
    "lithium-beyond-lfp",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("suyuan-derivations#plausible",),
    title=Sentence(zh="磷酸铁锂所得碳酸锂超过理论上限", en="more lithium carbonate than LFP can give"),
    sentence=Sentence(
        zh="{subject} 折合每千瓦时 {kg_per_kwh} kg，上限 {most} kg",
        en="{subject} amounts to {kg_per_kwh} kg per kilowatt hour; at most {most} kg can be",
    ),
    remedy=Sentence(zh="核对产量与投料电池", en="check the amount made and the batteries fed"),
    scope="runs",  # all that a lot comes of, through every run before
    owner="recycler",
    law=("material-range",),
)
def lithium_beyond_lfp(facts: Facts) -> ibis.Table:
    """Lithium carbonate of LFP batteries alone weighs no more than a bound per kilowatt hour."""
    due = came_of(facts).filter(_.material == "lithium-carbonate").select("item", "lot", "share", "kg")
    fed = battery_fed(facts).group_by(battery=_.item).agg(letter=_.letter.max(), kwh=_.kwh_most.max())
    due = due.inner_join(fed, [("item", "battery")])
    lots = due.group_by("lot").agg(
        followed=_.share.sum(), lfp=(_.letter == "B").fill_null(False).all(), kg=_.kg.sum(), kwh=_.kwh.sum(),
        unknown=_.kwh.isnull().any(),
    )  # fmt: skip
    lots = lots.filter((_.followed > ALL_BUT) & _.lfp & ~_.unknown & (_.kwh > 0)).mutate(
        key=ibis.literal("lithium-carbonate-from-lfp")
    )
    made = facts.views["run_output"].select(made="item", run="run")
    lots = (
        lots.inner_join(made, [("lot", "made")]).inner_join(process_run(facts), "run").mutate(day=_.out_day)
    )
    lots = facts.in_force(lots, "material-range", key="key", field="most", as_="most").filter(
        _.kg > _.kwh * _.most
    )
    return lots.select(
        subject="lot", party="party", day="day", entries="entries", root="run", row="row",
        kg_per_kwh=(_.kg / _.kwh).round(3), most="most",
    )  # fmt: skip


@rule(
    "wrong-line",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#traceability", "gbt-34014-2017#battery-type"),
    title=Sentence(
        zh="批次声明的化学体系与投料电池不符", en="batteries of another chemistry than the batch declares"
    ),
    sentence=Sentence(
        zh="批次 {subject} 声明为 {declared}，投料电池编码却为 {letters}（{batteries} 个）",
        en="run {subject} declares {declared}, but was fed {batteries} batteries with the letter {letters}",
    ),
    remedy=Sentence(
        zh="核对投料清单或更正批次声明", en="check what was fed, or correct what the batch declares"
    ),
    owner="recycler",
    law=("battery-type",),
)
def wrong_line(facts: Facts) -> ibis.Table:
    """The chemistry that a batch declares is that of the batteries fed."""
    words = facts.counted.event_word.filter((_.word == "sy:chemistry") & (_.holder == "event"))
    event = facts.counted.event.filter(_.run.notnull()).select("seq", "run")
    declared = words.select("seq", declared=_.value.re_replace('"', "")).inner_join(event, "seq")
    declared = declared.select("run", "declared").distinct()
    types = facts.law.filter((_.table == "battery-type") & (_.field == "word")).select(
        letter_of="key", word="text"
    )
    declared = declared.left_join(
        types, declared.declared.upper().startswith(types.word) & (types.word != "")
    )
    declared = declared.filter(_.letter_of.notnull()).select("run", "declared", "letter_of").distinct()
    runs = declared.group_by(of_run=_.run).agg(declared=_.declared.min(), meant=_.letter_of.collect())
    fed = battery_fed(facts).filter(_.letter.notnull()).inner_join(runs, [("run", "of_run")])
    other = fed.filter(~fed.meant.contains(fed.letter))
    other = other.group_by("run").agg(
        declared=_.declared.min(), letters=_.letter.max(), batteries=_.item.nunique()
    )
    told = other.inner_join(process_run(facts).drop("batteries"), "run")
    return told.select(
        subject="run", party="party", day=ibis.coalesce(_.fed_day, _.since), entries="entries",
        declared="declared", letters="letters", batteries="batteries",
    )  # fmt: skip


@rule(
    "fed-not-received",
    family="recycling",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#15", "order-73-2026#24(7)"),
    title=Sentence(zh="投料电池没有入库记录", en="fed but never received"),
    sentence=Sentence(
        zh="{party} 于 {day} 将 {subject} 投料，却没有收到该电池的任何记录",
        en="{party} fed {subject} on {day}, but nothing tells that it ever received it",
    ),
    remedy=Sentence(zh="补报入库及来源", en="report the receipt and from whom it came"),
    owner="recycler",
)
def fed_not_received(facts: Facts) -> ibis.Table:
    """What a recycler treats, it received, or somebody says to have sent it there."""
    fed = battery_fed(facts).filter(_.kind.isin(["pack", "reuse_pack"])).select("item", "run", of="entries")
    runs = process_run(facts).filter(_.party.notnull()).select("run", "party", "fed_day")
    fed = fed.inner_join(runs, "run")
    moment = facts.moment.filter(_.kind.isin(["pack", "reuse_pack"]))
    own = moment.filter(_.step.isin(GOT)).select("item", had_by="actor")
    got = moment.filter(_.step.isin(["shipped", "received", "collected"])).select("item", had_by="taker")
    had = own.union(got).filter(_.had_by.notnull()).semi_join(fed, "item").distinct()
    alone = fed.anti_join(had, [("item", "item"), ("party", "had_by")])
    return alone.select(subject="item", party="party", day="fed_day", entries="of", root="run")
