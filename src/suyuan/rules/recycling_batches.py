"""Rules of recycling: batches over time, the black mass that they give, and what batteries weigh on their way there."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.recycling import DRY
from suyuan.rules.rule import Severity, rule
from suyuan.rules.runs import assays, process_run, run_content, run_metals
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day


@rule(
    "batch-without-outputs",
    family="recycling",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#15", "suyuan-assumptions#recycling"),
    title=Sentence(zh="批次投料后一直没有产出", en="a batch of which nothing came out"),
    sentence=Sentence(
        zh="批次 {subject} 最后于 {day} 投料（{inputs} 项），此后没有报过产出",
        en="run {subject} was last fed on {day} ({inputs} inputs) and nothing was told to come out of it",
    ),
    remedy=Sentence(zh="补报产出与残余物", en="report what came out, residues included"),
    owner="recycler",
    law=("threshold",),
)
def batch_without_outputs(facts: Facts) -> ibis.Table:
    """Something comes out of a batch within a time."""
    runs = process_run(facts).filter((_.inputs > 0) & (_.outs == 0))
    runs = threshold(facts, runs, bound="recycling.batch-open-days").cross_join(facts.day())
    runs = runs.filter(_.asked_day.delta(_.fed_day, unit="day") > _.bound)
    return runs.select(
        subject="run", party="party", day="fed_day", entries="entries", row="row", inputs="inputs"
    )


@rule(
    "out-before-in",
    family="recycling",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16",),
    title=Sentence(zh="先有产出后有投料", en="out before in"),
    sentence=Sentence(
        zh="批次 {subject} 于 {day} 已有产出，而 {fed_since} 才首次投料",
        en="something came out of run {subject} on {day}, before anything was fed on {fed_since}",
    ),
    remedy=Sentence(zh="核对投料与产出日期", en="check the days of feeding and of output"),
    owner="recycler",
)
def out_before_in(facts: Facts) -> ibis.Table:
    """Nothing comes out of a batch before something was fed."""
    first = facts.views["run_input"].group_by(of=_.run).agg(fed_first=_.occurred_at.min())
    out = facts.views["run_output"].group_by(run=_.run).agg(out_first=_.occurred_at.min())
    early = out.inner_join(first, [("run", "of")]).filter(_.out_first < _.fed_first)
    told = early.inner_join(process_run(facts), "run").filter(_.out_day < _.fed_day)
    fed_since = local_day(told.fed_first)
    return told.select(subject="run", party="party", day="out_day", entries="entries", fed_since=fed_since)


@rule(
    "batch-number-again",
    family="recycling",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#recycling"),
    title=Sentence(zh="同一批次编号相隔很久再次使用", en="one batch number used again much later"),
    sentence=Sentence(
        zh="批次 {subject} 于 {rested_since} 之后停顿，{day} 又以同一编号报送（间隔 {days} 天）",
        en="run {subject} rested from {rested_since} and is told again on {day}, {days} days later",
    ),
    remedy=Sentence(
        zh="新批次用新编号，更正重号", en="give a new batch a new number; correct the one used twice"
    ),
    owner="recycler",
    law=("threshold",),
)
def batch_number_again(facts: Facts) -> ibis.Table:
    """One number is one batch."""
    runs = threshold(facts, process_run(facts), bound="recycling.batch-gap-days")
    long = runs.filter(_.until.delta(_.since, unit="day") > _.bound)
    told = facts.counted.event.filter(_.run.notnull()).select(of="run", told_day="local_day")
    told = told.inner_join(long, [("of", "run")])
    order = ibis.window(group_by="of", order_by="told_day")
    told = told.mutate(before=_.told_day.lag().over(order))
    told = told.mutate(days=_.told_day.delta(_.before, unit="day"))
    widest = first_of(told.filter(_.days > _.bound), "of", order=[ibis.desc("days"), "told_day"])
    return widest.select(
        subject="of", party="party", day="told_day", entries="entries", row="row", rested_since="before", days="days"
    )  # fmt: skip


@rule(
    "black-mass-missing",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#recovery", "suyuan-derivations#composition"),
    title=Sentence(
        zh="破碎产出的电极粉料明显偏少", en="much less in the black mass than was in the batteries"
    ),
    sentence=Sentence(
        zh="批次 {subject} 产出的 {metal} {out_kg} kg，投料电池至少含 {least_kg} kg（{percent}%）",
        en="run {subject} gave {out_kg} kg of {metal}; the batteries fed held at least {least_kg} kg ({percent} %)",
    ),
    remedy=Sentence(zh="查明其余电极粉料的去向", en="find out where the rest of the black mass went"),
    owner="recycler",
    law=("recovery-minimum", "composition", "threshold"),
)
def black_mass_missing(facts: Facts) -> ibis.Table:
    """What crushing gives holds nearly all of the metals of the batteries."""
    told = run_metals(facts).inner_join(run_content(facts), ["run", "metal"])
    told = told.inner_join(process_run(facts), "run").filter(_.process.isin(DRY) & (_.least_kg > 0))
    told = told.mutate(day=_.out_day, key=ibis.literal("black-mass.crushing"))
    told = threshold(facts, told, bound="recycling.content-excess", coverage="recycling.coverage")
    told = facts.in_force(told.filter(_.day.notnull()), "recovery-minimum", key="key", as_="minimum")
    # what is computed from chemistry and energy is uncertain to either side
    told = told.filter(_.out_kg + _.coverage * _.out_variance.sqrt() < _.least_kg * (_.minimum - _.bound))
    worst = first_of(told, "run", order=[told.out_kg / told.least_kg, "metal"])
    return worst.select(
        subject="run", party="party", day="day", entries="entries", row="row", metal="metal",
        out_kg=_.out_kg.round(2), least_kg=_.least_kg.round(2), percent=(100 * _.out_kg / _.least_kg).round(1),
    )  # fmt: skip


@rule(
    "black-mass-impure",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#black-mass",),
    title=Sentence(zh="电极粉料杂质超标", en="impurities of black mass too high"),
    sentence=Sentence(
        zh="{subject} 含 {metal} {percent}%，应低于 {most_percent}%",
        en="{subject} holds {percent} % of {metal}; it has to be below {most_percent} %",
    ),
    remedy=Sentence(zh="改进破碎分选", en="improve crushing and sorting"),
    owner="recycler",
    law=("impurity-limit",),
)
def black_mass_impure(facts: Facts) -> ibis.Table:
    """Black mass holds less aluminium and copper than the conditions in force allow."""
    lots = facts.views["run_output"].filter(_.material == "black-mass").select("item", "run")
    told = assays(facts).filter(_.metal.isin(["Al", "Cu"])).inner_join(lots, [("lot", "item")])
    told = told.inner_join(process_run(facts), "run")
    key = ibis.cases((told.metal == "Al", "aluminium.black-mass"), else_="copper.black-mass")
    told = facts.in_force(told.mutate(key=key, day=_.out_day), "impurity-limit", key="key", as_="most")
    told = told.filter(_.share >= _.most)
    worst = first_of(told, "lot", order=[ibis.desc("share"), "metal"])
    return worst.select(
        subject="lot", party="party", day="day", entries=ibis.array([worst.seq]), root="run", row="row", metal="metal",
        percent=(100 * _.share).round(2), most_percent=(100 * _.most).round(2),
    )  # fmt: skip


@rule(
    "heavier-than-made",
    family="recycling",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#recycling"),
    title=Sentence(zh="回收称重大于出厂质量", en="heavier than when it was made"),
    sentence=Sentence(
        zh="{party} 于 {day} 称得 {subject} 为 {kg} kg，出厂质量仅 {made_kg} kg",
        en="{party} weighed {subject} at {kg} kg on {day}; it was made with {made_kg} kg",
    ),
    remedy=Sentence(zh="复磅", en="weigh it again"),
    owner="regulator",
    law=("threshold",),
)
def heavier_than_made(facts: Facts) -> ibis.Table:
    """A battery does not gain mass on its way."""
    masses = facts.counted.event_measure
    masses = masses.filter((masses.holder == "event") & (masses.word == "mass_kg") & masses.part.isnull())
    items = facts.moment.filter(_.kind.isin(["pack", "reuse_pack"]) & _.role.isin(["epc", "input"]))
    told = items.select("seq", "item", "day", "actor").inner_join(masses.select("seq", kg="value"), "seq")
    alone = told.group_by("seq").agg(
        item=_.item.min(), n=_.item.nunique(), day=_.day.min(), actor=_.actor.min(), kg=_.kg.max()
    )
    made = facts.thing.filter(_.kg.notnull()).select(of="item", made_kg="kg", made_seq="made_seq")
    heavy = alone.filter(_.n == 1).inner_join(made, [("item", "of")])
    heavy = threshold(facts, heavy, bound="recycling.mass-differs")
    heavy = first_of(heavy.filter(_.kg > _.made_kg * (1 + _.bound)), order=["day", "seq"])
    return heavy.select(
        subject="item", party="actor", day="day", entries=ibis.array([heavy.made_seq, heavy.seq]), row="row", kg="kg",
        made_kg="made_kg",
    )  # fmt: skip
