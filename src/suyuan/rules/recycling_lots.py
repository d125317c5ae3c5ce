"""Rules of recycling: lots come from somewhere, do not grow, hold what can be, and their residue goes somewhere."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.rules.runs import assays, process_run
from suyuan.standards.shapes import Material
from suyuan.standards.tables import table
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day
from suyuan.views.masses import in_kg

LEFT = ("product_out", "shipped")
CAME = ("received", "collected", "made", "stored", "stocked")
FED_STANDS = ("feed", "intermediate")
"""Where in the chain stands what recyclers feed to win metal; acid and soda come from elsewhere."""


def _lots(facts: Facts) -> ibis.Table:
    """seq, item, material, kg, role, step, actor, giver, taker, day: what is told of lots."""
    lots = facts.counted.event_item.filter(_.kind == "lot")
    lots = lots.select("seq", "role", "item", "material", kg=in_kg(lots.quantity, lots.uom))
    said = facts.moment.filter(_.kind == "lot").select(
        "seq", "step", "day", "actor", "giver", "taker", of="item", as_="role"
    )
    told = lots.inner_join(said, [("seq", "seq"), ("item", "of"), ("role", "as_")])
    return facts.keep("lot_told", told.select("seq", "item", "material", "kg", "role", "step", "day", "actor", "giver", "taker"))  # fmt: skip


def _made(facts: Facts) -> ibis.Table:
    """lot, maker, made_kg, made_entries: lots that runs put out."""
    out = facts.views["run_output"].filter(_.kind == "lot")
    out = out.inner_join(process_run(facts).select("run", "party", of="entries"), "run")
    return out.group_by(lot=_.item).agg(
        maker=_.party.min(), made_kg=_.kg.sum(), unweighed=_.kg.isnull().any(),
        made_entries=_.entries.collect().flatten().unique(),
    )  # fmt: skip


@rule(
    "sold-more-than-made",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("provisions-2018-35#15", "order-73-2026#24(7)"),
    title=Sentence(zh="出库量大于产量", en="more sold of a lot than was made"),
    sentence=Sentence(
        zh="物料 {subject} 产出 {made_kg} kg，已出库和自用 {left_kg} kg",
        en="{made_kg} kg of lot {subject} were made, {left_kg} kg were sold or used",
    ),
    remedy=Sentence(zh="核对产出与出库单；查明多出部分的来源", en="check output and delivery notes; find out where the rest came from"),
    owner="recycler",
    law=("threshold",),
)  # fmt: skip
def sold_more_than_made(facts: Facts) -> ibis.Table:
    """Its maker lets no more of a lot out than was made of it."""
    made = _made(facts).filter(~_.unweighed & (_.made_kg > 0))
    told = _lots(facts).filter(_.step.isin([*LEFT, "fed"]) & (_.role != "output"))
    told = told.inner_join(made, [("item", "lot")])
    told = told.filter(ibis.coalesce(_.giver, _.actor) == _.maker)
    sold = ibis.ifelse(told.step == "fed", 0.0, told.kg)
    left = told.mutate(sold=sold).group_by(subject=_.item).agg(
        party=_.maker.min(), day=_.day.max(), made_kg=_.made_kg.min(), left_kg=_.kg.sum(), sold_kg=_.sold.sum(),
        made_entries=_.made_entries.first(), entries=_.seq.collect(),
    )  # fmt: skip
    left = threshold(facts, left, bound="recycling.lot-excess")
    left = left.filter((_.sold_kg > 0) & (_.left_kg > _.made_kg * (1 + _.bound)))
    return left.select(
        "subject", "party", "day", "row", made_kg=_.made_kg.round(1), left_kg=_.left_kg.round(1),
        entries=_.made_entries.concat(_.entries).unique(),
    )  # fmt: skip


@rule(
    "fed-more-than-there-was",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("provisions-2018-35#15",),
    title=Sentence(zh="投料量大于该批物料的存量", en="more fed of a lot than there was"),
    sentence=Sentence(
        zh="物料 {subject} 共有 {there_kg} kg，投料 {fed_kg} kg",
        en="there were {there_kg} kg of lot {subject}, {fed_kg} kg were fed",
    ),
    remedy=Sentence(
        zh="核对投料量；查明多出部分的来源", en="check the amount fed; find out where the rest came from"
    ),
    owner="recycler",
    law=("threshold",),
)
def fed_more_than_there_was(facts: Facts) -> ibis.Table:
    """No more of a lot is fed than was made or received of it."""
    fed = facts.views["run_input"].filter(_.kind == "lot")
    fed = fed.inner_join(process_run(facts).select("run", "party"), "run")
    fed = fed.group_by("item").agg(
        party=_.party.min(), fed_kg=_.kg.sum(), day=local_day(_.occurred_at.max()), of_fed=_.entries.collect().flatten()
    )  # fmt: skip
    came = _lots(facts).filter(_.step.isin(CAME) & ~_.role.isin(["input", "output"])).group_by(got=_.item).agg(
        got_kg=_.kg.sum(), of_got=_.seq.collect()
    )  # fmt: skip
    made = _made(facts).select("lot", "made_kg", "made_entries", "unweighed")
    told = fed.left_join(made, [("item", "lot")]).left_join(came, [("item", "got")])
    there = ibis.coalesce(told.made_kg, told.got_kg)
    told = told.mutate(there_kg=there).filter((_.there_kg > 0) & ~_.unweighed.fill_null(False))
    told = threshold(facts, told, bound="recycling.lot-excess")
    told = told.filter(_.fed_kg > _.there_kg * (1 + _.bound))
    origin = ibis.coalesce(told.made_entries, told.of_got)
    return told.select(
        subject="item", party="party", day="day", row="row", there_kg=_.there_kg.round(1), fed_kg=_.fed_kg.round(1),
        entries=origin.concat(told.of_fed).unique(),
    )  # fmt: skip


@rule(
    "lot-of-unknown-origin",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#sources", "provisions-2018-35#15"),
    title=Sentence(zh="投料物料来源不明", en="a lot fed that nobody made or brought"),
    sentence=Sentence(
        zh="{party} 于 {day} 投料 {subject}（{kg} kg），既未产出也未购入该物料",
        en="{party} fed {kg} kg of {subject} on {day}, which it neither made nor received",
    ),
    remedy=Sentence(zh="补报物料的产出或购入", en="report how the lot was made or from whom it came"),
    owner="recycler",
)
def lot_of_unknown_origin(facts: Facts) -> ibis.Table:
    """Black mass and other feed comes from a run of one's own, or was received."""
    wanted = [row.key for row in table("material", Material).rows if row.stands in FED_STANDS]
    fed = facts.views["run_input"].filter((_.kind == "lot") & _.material.isin(wanted))
    fed = fed.inner_join(process_run(facts).select("run", "party", of="entries"), "run").filter(
        _.party.notnull()
    )
    made = _made(facts).select(had="lot", by="maker")
    came = _lots(facts).filter(_.step.isin([*CAME, *LEFT]))
    held = came.filter(_.step.isin(CAME)).select(had="item", by="actor")
    taken = came.select(had="item", by="taker")
    known = made.union(held).union(taken).filter(_.by.notnull()).distinct()
    fed = fed.anti_join(known, [fed.item == known.had, fed.party == known.by])
    return fed.select(
        subject="item",
        party="party",
        day=local_day(_.occurred_at),
        entries="entries",
        root="run",
        kg=_.kg.round(1),
    )


@rule(
    "residue-without-fate",
    family="recycling",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#15", "suyuan-assumptions#recycling"),
    title=Sentence(zh="残余物去向未报", en="residue without a fate"),
    sentence=Sentence(
        zh="批次 {run} 于 {day} 产出残余物 {subject}（{kg} kg），至今未报去向",
        en="run {run} gave {kg} kg of residue {subject} on {day}; nothing tells what became of it",
    ),
    remedy=Sentence(zh="补报残余物的处置方式与接收单位", en="report how and by whom it was disposed of"),
    owner="recycler",
    law=("threshold",),
)
def residue_without_fate(facts: Facts) -> ibis.Table:
    """Of a residue it is told within a time what became of it."""
    out = facts.views["run_output"].filter((_.stands == "residue") & _.fate.isnull())
    # fed on to a further run is a fate too
    out = out.anti_join(facts.views["run_input"].filter(_.kind == "lot"), "item")
    out = out.inner_join(process_run(facts).select("run", "party", of="entries"), "run")
    out = threshold(facts, out, bound="recycling.residue-days").cross_join(facts.day())
    out = out.mutate(day=local_day(_.occurred_at)).filter(_.asked_day.delta(_.day, unit="day") > _.bound)
    return out.select(
        subject="item",
        party="party",
        day="day",
        entries="entries",
        root="run",
        row="row",
        run="run",
        kg=_.kg.round(1),
    )


@rule(
    "assay-impossible",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("suyuan-derivations#molar-masses",),
    title=Sentence(zh="化验含量不可能", en="an assay that cannot be"),
    sentence=Sentence(
        zh="物料 {subject} 的化验：{metal} {percent}%，最多只能有 {most_percent}%",
        en="assay of {subject}: {metal} {percent} %, at most {most_percent} % can be",
    ),
    remedy=Sentence(zh="核对化验单与单位", en="check the assay and its units"),
    owner="recycler",
    law=("pure-compound", "threshold"),
)
def assay_impossible(facts: Facts) -> ibis.Table:
    """Shares add up to no more than the whole, and no salt holds more of its metal than when pure."""
    event = facts.counted.event.select("seq", "actor", "local_day")
    told = assays(facts).inner_join(event, "seq")
    told = threshold(facts, told, bound="recycling.assay-excess", coverage="recycling.coverage")
    told = told.mutate(spread=_.coverage * _.spread)
    none = ibis.null("string")
    together = told.group_by("lot").agg(
        share=_.share.sum(), spread=_.spread.max(), bound=_.bound.max(), seqs=_.seq.collect().unique(),
        actor=_.actor.min(), day=_.local_day.max(),
    )  # fmt: skip
    together = together.mutate(metal=ibis.literal("Σ"), most=ibis.literal(1.0), row=none)
    material = _lots(facts).group_by(of=_.item).agg(material=_.material.min())
    single = told.inner_join(material, [("lot", "of")])
    single = single.mutate(key=_.material + "/" + _.metal, day=_.local_day, seqs=ibis.array([single.seq]))
    single = facts.in_force(single, "pure-compound", key="key", as_="most")
    columns = ("lot", "metal", "share", "spread", "bound", "most", "seqs", "actor", "day", "row")
    both = together.select(*columns).union(single.select(*columns))
    both = both.filter(_.share > _.most * (1 + _.bound) + _.spread)
    worst = first_of(both, "lot", order=[ibis.desc(both.share / both.most), "metal"])
    return worst.select(
        subject="lot", party="actor", day="day", entries="seqs", row="row", metal="metal",
        percent=(100 * _.share).round(2), most_percent=(100 * _.most).round(2),
    )  # fmt: skip
