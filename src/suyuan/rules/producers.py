"""Producers: who makes and sells is known, has filed what he makes, and takes back what is handed in."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, settled
from suyuan.rules.facts import Facts
from suyuan.rules.handling import TAKES_IN, handling
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

REFUSED = "sy:refused"
ENTRIES_MAX = 100


@rule(
    "producer-unknown",
    family="producers",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-7", "order-73-2026#chapter-2"),
    title=Sentence(zh="生产企业未登记", en="producer not in master data"),
    sentence=Sentence(
        zh="{subject} 自 {day} 起报送生产 {count} 个电池包，但主数据中没有该企业",
        en="{subject} reports having made {count} packs since {day}, but master data know no such firm",
    ),
    remedy=Sentence(
        zh="请企业登记基本情况与厂商代码", en="have the firm register itself and its vendor code"
    ),
    scope="party",
    owner="battery-maker",
)
def producer_unknown(facts: Facts) -> ibis.Table:
    """Who makes packs stands in master data, where any battery maker does."""
    makers = facts.party_role.filter(_.role == "battery-maker").agg(n=_.count()).filter(_.n > 0)
    made = _made(facts).anti_join(facts.party, "party").cross_join(makers)
    found = made.group_by("party").agg(
        day=_.day.min(),
        count=_.item.nunique(),
        entries=_.seq.collect(where=_.nth < ENTRIES_MAX, order_by=_.nth),
    )
    return found.select("party", "day", "entries", "count", subject="party")


@rule(
    "model-not-filed",
    family="producers",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-6", "gbt-34014-2017#filing"),
    title=Sentence(zh="型号未备案", en="model that is not filed"),
    sentence=Sentence(
        zh="{party} 自 {day} 起报送生产型号 {model} 的电池包 {count} 个，该型号未备案",
        en="{party} reports having made {count} packs of model {model} since {day}, a model it has not filed",
    ),
    remedy=Sentence(zh="请备案该型号，或更正型号名称", en="file the model, or correct its name"),
    scope="party",
    owner="battery-maker",
)
def model_not_filed(facts: Facts) -> ibis.Table:
    """A maker that files models files all that it makes; of a maker that filed none nothing is said."""
    filing = facts.model.filter(_.maker.notnull()).select(party="maker").distinct()
    filed = facts.model.select("model")
    made = _made(facts).filter(_.model.notnull()).semi_join(filing, "party").anti_join(filed, "model")
    found = made.group_by("party", "model").agg(
        day=_.day.min(),
        count=_.item.nunique(),
        entries=_.seq.collect(where=_.nth < ENTRIES_MAX, order_by=_.nth),
    )
    return found.select("party", "day", "entries", "model", "count", subject="party", root="model")


def _made(facts: Facts) -> ibis.Table:
    """party, item, model, seq, day, nth (of the maker's): packs as they were made."""
    made = facts.moment.filter((_.step == "made") & (_.kind == "pack") & _.actor.notnull())
    made = made.select("item", "model", "seq", "day", party="actor")
    return made.mutate(nth=ibis.row_number().over(ibis.window(group_by=["party", "model"], order_by="seq")))


@rule(
    "sold-without-certificate",
    family="producers",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-8", "order-73-2026#article-24"),
    title=Sentence(zh="无合格证销售", en="sold without a certificate of conformity"),
    sentence=Sentence(
        zh="{subject} 于 {day} 由 {party} 报送销售，但没有合格证记录",
        en="{party} reports that {subject} was sold on {day}, but no certificate of conformity is on record",
    ),
    remedy=Sentence(zh="请补报合格证与电池编码", en="report the certificate and the battery codes"),
    owner="vehicle-maker",
    law=("threshold",),
)
def sold_without_certificate(facts: Facts) -> ibis.Table:
    """A vehicle that was built since the platform began is certified when it is sold."""
    vehicles = facts.moment.filter(_.kind == "vehicle")
    certified = vehicles.filter(_.step == "certified").select("item")
    began = facts.law.filter((_.table == "regime") & (_.field == "days")).agg(began=_.since.min())
    built = (
        vehicles.filter((_.step == "installed") & (_.role == "parent"))
        .group_by("item")
        .agg(built=_.day.min())
    )
    built = built.cross_join(began).filter(_.built >= _.began).select("item")
    sold = vehicles.filter(_.step == "sold").anti_join(certified, "item").semi_join(built, "item")
    found = settled(facts, first_of(sold), "report-wait")
    return found.select("day", subject="item", party="actor", entries=ibis.array([found.seq]))


@rule(
    "spare-without-stock",
    family="producers",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-10", "provisions-2018-35#article-3"),
    title=Sentence(zh="备件未入库即使用", en="spare used that was never in stock"),
    sentence=Sentence(
        zh="{party} 于 {day} 维修更换时装入 {subject}，该电池没有备件入库或收货记录",
        en="{party} put {subject} into {vehicle} in a repair on {day}; nobody had reported it in stock or received",
    ),
    remedy=Sentence(
        zh="请补报备件入库；来源不明的说明情况", en="report the spare in stock, or explain where it came from"
    ),
    owner="after-sales",
    law=("threshold",),
)
def spare_without_stock(facts: Facts) -> ibis.Table:
    """A spare is in somebody's stock before it is used; a pack that is put back after a repair is no spare."""
    used = handling(facts).filter((_.step == "replaced") & (_.inside_kind == "vehicle") & (_.kind == "pack"))
    told = used.filter(
        ~_.was_step.isin([*TAKES_IN, "removed", "replaced", "swapped"]).fill_null(False) & ~_.waste_before
    )
    stocked = facts.moment.filter(_.step == "stocked").select("item")
    found = settled(facts, told.anti_join(stocked, "item"), "report-wait")
    return found.select(
        "day", subject="item", party="actor", entries=ibis.array([found.seq]), vehicle="inside"
    )


@rule(
    "hand-in-refused",
    family="producers",
    severity=Severity.WARNING,
    cites=("order-73-2026#chapter-3",),
    title=Sentence(zh="拒收交回的电池", en="refused to take a battery back"),
    sentence=Sentence(
        zh="{reported_by} 报送：{party} 于 {day} 拒收 {subject}",
        en="{reported_by} reports that {party} refused to take {subject} back on {day}",
    ),
    remedy=Sentence(
        zh="请责任企业或其网点接收并说明原因；生产企业不得拒收",
        en="have the maker or its outlet take it and give the reason: makers may not refuse",
    ),
    owner="vehicle-maker",
)
def hand_in_refused(facts: Facts) -> ibis.Table:
    """Makers and their outlets may not refuse batteries; who wanted to hand one in says so (disposition `sy:refused`)."""
    found = facts.moment.filter((_.disposition == REFUSED) & (_.role == "epc"))
    return found.select(
        "day", subject="item", party=ibis.coalesce(_.taker, _.actor), entries=ibis.array([found.seq]),
        reported_by=ibis.coalesce(_.giver, _.submitter),
    )  # fmt: skip
