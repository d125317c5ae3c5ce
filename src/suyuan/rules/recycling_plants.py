"""Rules of recycling: plants and firms. Capacity, load, trading instead of processing, one pack taken in by two."""

import ibis
from ibis import _

from suyuan.rules.choosing import threshold
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.rules.runs import battery_fed, process_run
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day

TAKEN = ("received", "collected")
PACKS = ("pack", "reuse_pack")
TONNE = 1000.0


def _recyclers(facts: Facts) -> ibis.Table:
    return facts.party_role.filter(_.role == "recycler").select(recycler="party")


def _capacity(facts: Facts) -> ibis.Table:
    """owner, capacity_t, master_seq: filed capacity of a party, or the sum of its sites'."""
    sites = facts.site.filter(_.capacity_t_per_year.notnull() & _.party.notnull())
    sites = sites.group_by(owner=_.party).agg(of_sites=_.capacity_t_per_year.sum(), seq=_.master_seq.max())
    party = facts.party.select("party", own="capacity_t_per_year", own_seq="master_seq")
    told = sites.outer_join(party.filter(_.own.notnull()), [("owner", "party")])
    told = told.select(
        owner=ibis.coalesce(_.owner, _.party), capacity_t=ibis.coalesce(_.own, _.of_sites), master_seq=ibis.coalesce(_.own_seq, _.seq)
    )  # fmt: skip
    return facts.keep("filed_capacity", told)


def _load(facts: Facts) -> ibis.Table:
    """party, year, fed_t, day: tonnes of batteries and scrap fed in a calendar year."""
    fed = facts.views["run_input"]
    fed = fed.filter(
        (fed.kind != "lot") | fed.material.isin(["waste-battery", "cell-scrap", "electrode-scrap"])
    )
    fed = fed.inner_join(process_run(facts).select("run", "party"), "run").filter(_.party.notnull())
    fed = fed.mutate(day=local_day(fed.occurred_at)).mutate(year=_.day.year())
    load = fed.group_by("party", "year").agg(fed_t=_.kg.sum() / TONNE, day=_.day.max(), first=_.day.min())
    return facts.keep("plant_load", load)


@rule(
    "over-capacity",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#conditions", "order-73-2026#article-18"),
    title=Sentence(zh="年投料量超过备案能力", en="more fed in a year than the filed capacity"),
    sentence=Sentence(
        zh="{party} 在 {year} 年投料 {fed_t} 吨，备案能力 {capacity_t} 吨/年",
        en="{party} fed {fed_t} t in {year}; its filed capacity is {capacity_t} t a year",
    ),
    remedy=Sentence(zh="核查投料真实性；扩建的应更新备案", en="inspect whether it was really fed; file a capacity that was enlarged"),
    scope="runs",
    owner="recycler",
)  # fmt: skip
def over_capacity(facts: Facts) -> ibis.Table:
    """In a year no more is fed than the plant is filed for."""
    over = _load(facts).inner_join(_capacity(facts), [("party", "owner")]).filter(_.fed_t > _.capacity_t)
    fed = facts.views["run_input"].select("run", "occurred_at", of="entries")
    fed = fed.inner_join(process_run(facts).select("run", fed_by="party"), "run")
    proof = fed.mutate(in_year=local_day(fed.occurred_at).year()).inner_join(
        over, [("fed_by", "party"), ("in_year", "year")]
    )
    return proof.group_by(subject=_.fed_by, year=_.in_year).agg(
        party=_.fed_by.min(), day=_.day.min(), entries=_.of.collect().flatten().unique(), fed_t=_.fed_t.min().round(1),
        capacity_t=_.capacity_t.min(),
    )  # fmt: skip


@rule(
    "idle-plant",
    family="recycling",
    severity=Severity.NOTE,
    cites=("conditions-2024-42#conditions",),
    title=Sentence(zh="产能长期闲置", en="plant idle for long"),
    sentence=Sentence(
        zh="{party} 在 {year} 年投料 {fed_t} 吨，仅为能力 {capacity_t} 吨的 {percent}%",
        en="{party} fed {fed_t} t in {year}, {percent} % of its capacity of {capacity_t} t",
    ),
    remedy=Sentence(zh="核查是否持续运行；可按规范条件整改或撤销", en="inspect whether it runs; the conditions ask for correction or removal"),
    scope="runs",
    owner="recycler",
    law=("industry-condition",),
)  # fmt: skip
def idle_plant(facts: Facts) -> ibis.Table:
    """The last full year's load is not below the least that the conditions in force ask for."""
    plants = _capacity(facts).inner_join(_recyclers(facts), [("owner", "recycler")]).drop("recycler")
    plants = plants.cross_join(facts.day())
    listed = facts.party.select("party", "listed_from", "listed_to")
    plants = plants.inner_join(listed, [("owner", "party")]).drop("party")
    plants = plants.mutate(last=_.asked_day.year() - 1)
    plants = plants.mutate(day=ibis.date(_["last"], 12, 31), began=ibis.date(_["last"], 1, 1))
    full = (plants.listed_from.isnull() | (plants.listed_from <= plants.began)) & (
        plants.listed_to.isnull() | (plants.listed_to >= plants.day)
    )
    load = _load(facts).select(by="party", year="year", fed_t="fed_t")
    told = plants.filter(full).left_join(load, [("owner", "by"), ("last", "year")])
    told = told.mutate(fed_t=_.fed_t.fill_null(0.0))
    told = facts.in_force(told, "industry-condition", of="load", as_="least").filter(
        _.fed_t < _.capacity_t * _.least
    )
    return told.select(
        subject="owner", party="owner", day="day", entries=ibis.array([told.master_seq]), row="row", year=_["last"],
        fed_t=_.fed_t.round(1), capacity_t="capacity_t", percent=(100 * _.fed_t / _.capacity_t).round(1),
        root=_.owner + "/idle",
    )  # fmt: skip


def _taken(facts: Facts) -> ibis.Table:
    """item, recycler, seq, day, at: when a recycler first took a pack in."""
    taken = facts.moment.filter(_.kind.isin(PACKS) & _.step.isin(TAKEN))
    taken = taken.select("item", "seq", "day", "occurred_at", by=ibis.coalesce(_.taker, _.actor))
    taken = taken.inner_join(_recyclers(facts), [("by", "recycler")])
    taken = taken.group_by("item", recycler=_.by).agg(
        at=_.occurred_at.min(), day=_.day.min(), seq=_.seq.argmin(_.occurred_at)
    )
    return facts.keep("taken_by_recycler", taken)


def _handed_on(facts: Facts) -> ibis.Table:
    """item, giver: packs that somebody sent on whole, as told by either side."""
    moved = facts.moment.filter(_.kind.isin(PACKS) & _.step.isin(["shipped", *TAKEN, "product_out"]))
    return moved.filter(_.giver.notnull()).select("item", "giver").distinct()


def _treated(facts: Facts) -> ibis.Table:
    """recycler, item, seq, day, fed, sent: what a recycler took in, and whether it fed it or sent it on."""
    taken = _taken(facts)
    runs = process_run(facts).select("run", fed_by="party")
    fed = battery_fed(facts).select("run", fed_item="item").inner_join(runs, "run")
    fed = fed.select("fed_item", "fed_by").distinct()
    # what was re-made or taken apart was treated too
    other = facts.moment.filter(_.kind.isin(PACKS) & _.step.isin(["remade", "taken_apart", "destroyed"]))
    fed = fed.union(other.select(fed_item="item", fed_by="actor")).distinct()
    told = taken.left_join(fed, [("item", "fed_item"), ("recycler", "fed_by")])
    sent = _handed_on(facts).select(sent_item="item", sent_by="giver")
    told = told.left_join(sent, [("item", "sent_item"), ("recycler", "sent_by")])
    told = told.select(
        "recycler",
        "item",
        "seq",
        "day",
        fed=_.fed_item.notnull(),
        sent=_.sent_item.notnull() & _.fed_item.isnull(),
    )
    return facts.keep("treated_by_recycler", told)


@rule(
    "trading-instead-of-processing",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#conditions", "suyuan-assumptions#recycling"),
    title=Sentence(zh="收而不炼、整包转卖", en="trades instead of processing"),
    sentence=Sentence(
        zh="{party} 收入 {taken} 包，其中 {sent} 包未经处理整包转出",
        en="{party} took in {taken} packs and handed {sent} of them on whole",
    ),
    remedy=Sentence(zh="核查其处理能力与转出对象", en="inspect its plant and to whom the packs went"),
    scope="party",
    law=("threshold",),
)
def trading_instead_of_processing(facts: Facts) -> ibis.Table:
    """A recycler treats most of what it takes in."""
    told = _treated(facts)
    sent_seq, sent_day = (ibis.ifelse(told.sent, told[name], None) for name in ("seq", "day"))
    firms = told.mutate(sent_seq=sent_seq, sent_day=sent_day).group_by("recycler").agg(
        taken=_.item.count(), sent=_.sent.sum(), day=_.sent_day.max(), entries=_.sent_seq.collect().unique()
    )  # fmt: skip
    firms = threshold(facts, firms, least="recycling.stock-packs", bound="recycling.traded-share")
    firms = firms.filter((_.taken >= _.least) & (_.sent > _.taken * _.bound))
    return firms.select(
        subject="recycler", party="recycler", day="day", entries="entries", row="row", taken="taken", sent="sent",
        root=_.recycler + "/stock",
    )  # fmt: skip


@rule(
    "stock-only-grows",
    family="recycling",
    severity=Severity.WARNING,
    cites=("conditions-2024-42#conditions", "suyuan-assumptions#recycling"),
    title=Sentence(zh="只进不炼，库存积压", en="takes in and does not process"),
    sentence=Sentence(
        zh="{party} 收入满 {days} 天的 {taken} 包中有 {left} 包既未投料也未转出",
        en="of {taken} packs that {party} took in more than {days} days ago, {left} were neither fed nor handed on",
    ),
    remedy=Sentence(zh="盘点库存；补报投料", en="take stock on the spot; report what was fed"),
    scope="party",
    owner="recycler",
    law=("threshold",),
)
def stock_only_grows(facts: Facts) -> ibis.Table:
    """What a recycler took in is treated within a time."""
    told = _treated(facts).cross_join(facts.day())
    told = threshold(facts, told, days="recycling.stock-days")
    told = told.filter(_.asked_day.delta(_.day, unit="day") > _.days).mutate(left=~_.fed & ~_.sent)
    left_seq, left_day = (ibis.ifelse(told["left"], told[name], None) for name in ("seq", "day"))
    firms = told.mutate(left_seq=left_seq, left_day=left_day).group_by("recycler").agg(
        taken=_.item.count(), left=_["left"].sum(), day=_.left_day.min(), days=_.days.max(), entries=_.left_seq.collect().unique()
    )  # fmt: skip
    firms = threshold(facts, firms, least="recycling.stock-packs", bound="recycling.stock-share")
    firms = firms.filter((_.taken >= _.least) & (_["left"] > _.taken * _.bound))
    return firms.select(
        subject="recycler", party="recycler", day="day", entries="entries", row="row", taken="taken", left=_["left"],
        days=_.days.cast("int64"), root=_.recycler + "/stock",
    )  # fmt: skip


@rule(
    "taken-in-by-two-recyclers",
    family="recycling",
    severity=Severity.SERIOUS,
    cites=("provisions-2018-35#15", "order-73-2026#24(7)"),
    title=Sentence(zh="同一电池被两家企业入库", en="one pack taken in by two recyclers"),
    sentence=Sentence(
        zh="{subject} 于 {first_day} 由 {first} 入库，{day} 又由 {party} 入库，其间没有移交",
        en="{first} took {subject} in on {first_day} and {party} on {day}, without a hand-over between them",
    ),
    remedy=Sentence(
        zh="核对实物；退回重复申领的补贴", en="look at the pack itself; take back a subsidy paid twice"
    ),
    owner="recycler",
)
def taken_in_by_two_recyclers(facts: Facts) -> ibis.Table:
    """A pack that one recycler took in is not taken in by another, unless the first handed it on."""
    order = ibis.window(group_by="item", order_by=["at", "seq"])
    taken = _taken(facts).mutate(
        first=_.recycler.lag().over(order),
        first_day=_.day.lag().over(order),
        first_seq=_.seq.lag().over(order),
    )
    again = taken.filter(_.first.notnull())
    again = again.anti_join(_handed_on(facts), [("item", "item"), ("first", "giver")])
    return again.select(
        subject="item", party="recycler", day="day", entries=ibis.array([again.first_seq, again.seq]),
        first=_.first, first_day="first_day",
    )  # fmt: skip


@rule(
    "recycler-unknown",
    family="recycling",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-18", "order-73-2026#article-19"),
    title=Sentence(zh="再生利用企业未登记", en="recycler that nobody registered"),
    sentence=Sentence(
        zh="{party} 投料 {batteries} 个电池，但主数据中没有该企业",
        en="{party} fed {batteries} batteries, but master data do not know it",
    ),
    remedy=Sentence(zh="核查该企业是否依法设立", en="inspect whether it is lawfully established"),
    scope="runs",
)
def recycler_unknown(facts: Facts) -> ibis.Table:
    """Who recycles is registered."""
    firms = _feeding(facts).anti_join(facts.party.filter(_.name.notnull() | _.role.notnull()), "party")
    return firms.select(subject="party", party="party", day="day", entries="entries", batteries="batteries")


@rule(
    "recycler-not-listed",
    family="recycling",
    severity=Severity.NOTE,
    cites=("conditions-2024-42#conditions", "order-73-2026#article-19"),
    title=Sentence(zh="投料企业不在名单或名单期外", en="fed by a firm that is not on the list"),
    sentence=Sentence(
        zh="{party} 于 {day} 投料，但未登记为再生利用企业或当时不在名单内",
        en="{party} fed batteries on {day} without being listed as a recycler on that day",
    ),
    remedy=Sentence(zh="核对角色与名单期限", en="check its roles and the days of its listing"),
    scope="runs",
)
def recycler_not_listed(facts: Facts) -> ibis.Table:
    """Who recycles is listed as a recycler; the list is no licence, so this is a note."""
    known = facts.party.filter(_.name.notnull() | _.role.notnull()).select(
        "party", "listed_from", "listed_to"
    )
    firms = _feeding(facts).inner_join(known, "party")
    role = _recyclers(facts)
    firms = firms.left_join(role, [("party", "recycler")])
    outside = (firms.day < firms.listed_from).fill_null(False) | (firms.until > firms.listed_to).fill_null(
        False
    )
    firms = firms.filter(_.recycler.isnull() | outside)
    return firms.select(subject="party", party="party", day="day", entries="entries", batteries="batteries")


def _feeding(facts: Facts) -> ibis.Table:
    """party, day, until, batteries, entries: firms that feed batteries, their first batch as proof."""
    runs = process_run(facts).filter((_.batteries > 0) & _.party.notnull())
    return runs.group_by("party").agg(
        day=_.since.min(),
        until=_.fed_day.max(),
        batteries=_.batteries.sum(),
        entries=_.entries.argmin(_.since),
    )
