"""Rules of reporting: single reports. In time, dated possibly, told alike by all who tell of them, under an id of their own."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.duties import duties, stood
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day
from suyuan.views.masses import in_kg

RANK = {
    "pack": 0,
    "reuse_pack": 0,
    "vehicle": 1,
    "lot": 2,
    "module": 3,
    "reuse_module": 3,
    "cell": 4,
    "reuse_cell": 4,
}
"""Of the things that one event names, the first of these kinds stands for it."""
HANDOVER = ("shipped", "received", "collected")
GOT = ("received", "collected")


def _one_each(told: ibis.Table, *by: str) -> ibis.Table:
    """One row an entry (or `by`): that of the thing that stands for it."""
    rank = ibis.cases(*((told.kind == kind, rank) for kind, rank in RANK.items()), else_=9)
    return first_of(told, *(by or ("seq",)), order=[rank, "item"])


@rule(
    "reported-late",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "order-73-2026#article-24"),
    title=Sentence(zh="报送逾期", en="reported late"),
    sentence=Sentence(
        zh="{party} 应于 {day} 前报送 {subject}（{duty}），实际 {reported_on} 报送，迟 {days} 天",
        en="{party} had to report {subject} ({duty}) by {day} and did so on {reported_on}, {days} days late",
    ),
    remedy=Sentence(zh="说明逾期原因，今后按期报送", en="give the reason, and report in time from now on"),
    owner="regulator",
    law=("duty", "prc-holiday"),
)
def reported_late(facts: Facts) -> ibis.Table:
    """What happened is reported within the time that the law gives."""
    told = stood(duties(facts), facts.day()).filter(_.status == "late")
    # one entry may be late by its own time and by the time since another's report: it is late once
    told = first_of(told, "item", "party", "fulfilled_seq", order=[ibis.desc("kind"), "due", "duty"])
    return told.select(
        subject="item", party="party", day="due", entries=ibis.array([told.trigger_seq, told.fulfilled_seq]).unique(),
        root=_.party + "/late/" + _.duty, row="row", duty="duty", reported_on="fulfilled_on", days="days",
    )  # fmt: skip


@rule(
    "report-overdue",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "order-73-2026#article-24"),
    title=Sentence(zh="应报未报", en="report overdue"),
    sentence=Sentence(
        zh="{party} 应于 {day} 前报送 {subject}（{duty}），至今未报，已逾期 {days} 天",
        en="{party} had to report {subject} ({duty}) by {day} and has not done so, {days} days overdue",
    ),
    remedy=Sentence(zh="补报", en="report it now"),
    owner="regulator",
    law=("duty", "prc-holiday"),
)
def report_overdue(facts: Facts) -> ibis.Table:
    """What others' reports show to be owed is reported."""
    told = stood(duties(facts), facts.day()).filter(_.status == "overdue")
    return told.select(
        subject="item", party="party", day="due", entries=ibis.array([told.trigger_seq]),
        root=_.party + "/overdue/" + _.duty, row="row", duty="duty", days="days",
    )  # fmt: skip


@rule(
    "dated-after-report",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="事件日期晚于报送时间", en="dated after it was reported"),
    sentence=Sentence(
        zh="{party} 在 {reported_on} 报送了发生在 {day} 的事件（{subject}，{step}）",
        en="{party} reported on {reported_on} what is dated {day} ({subject}, {step})",
    ),
    remedy=Sentence(zh="更正事件时间", en="correct the time of the event"),
    owner="regulator",
    law=("threshold",),
)
def dated_after_report(facts: Facts) -> ibis.Table:
    """Nothing is reported before it happens."""
    early = facts.moment.filter(_.occurred_at > _.received_at)
    early = threshold(facts, early, bound="reporting.clock-hours")
    early = early.filter(_.occurred_at.epoch_seconds() - _.received_at.epoch_seconds() > 3600 * _.bound)
    early = _one_each(early)
    return early.select(
        subject="item", party="actor", day="day", entries=ibis.array([early.seq]), row="row", step="step",
        reported_on="received_day",
    )  # fmt: skip


@rule(
    "declared-wrong-by-another",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16",),
    title=Sentence(zh="他方否认的报送", en="contradicted by another party"),
    sentence=Sentence(
        zh="{contradicted_by} 声明 {party} 关于 {subject} 的报送有误（{reason}）",
        en="{contradicted_by} declares wrong what {party} reported of {subject} ({reason})",
    ),
    remedy=Sentence(zh="双方核对；由报送方更正或维持", en="compare both sides; who reported it corrects it or stands by it"),
    owner="regulator",
)  # fmt: skip
def declared_wrong_by_another(facts: Facts) -> ibis.Table:
    """What somebody reports is not contradicted by another."""
    told = facts.views["voided"].filter(~_["counts"])
    event = facts.counted.event.select("seq", "actor")
    kinds = facts.counted.event_item.select("seq", "item", "kind").semi_join(told, "seq").distinct()
    told = told.inner_join(event, "seq").inner_join(kinds, ["seq", "item"])
    told = _one_each(told, "seq", "declared_seq")
    return told.select(
        subject="item", party="actor", day=local_day(told.declared_at), entries=ibis.array([told.seq, told.declared_seq]),
        contradicted_by="declared_by", reason="reason",
    )  # fmt: skip


def _sides(facts: Facts) -> ibis.Table:
    """item, giver, taker, shipped_day, got_day, ships, gots, entries: hand-overs that both sides told."""
    told = facts.moment.filter(
        _.step.isin(HANDOVER) & _.kind.isin(["pack", "reuse_pack"]) & _.giver.notnull() & _.taker.notnull()
    )
    ship, none = told.step == "shipped", ibis.null("date")
    told = told.select(
        "item", "giver", "taker", "seq", ship=ship, shipped_on=ibis.ifelse(ship, told.day, none), got_on=ibis.ifelse(ship, none, told.day)
    )  # fmt: skip
    sides = told.group_by("item", "giver", "taker").agg(
        ships=_.ship.sum(), gots=(~_.ship).sum(), shipped_day=_.shipped_on.min(), got_day=_.got_on.min(),
        entries=_.seq.collect(),
    )  # fmt: skip
    return sides.filter((_.ships == 1) & (_.gots == 1))


@rule(
    "handover-days-differ",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "order-73-2026#article-24"),
    title=Sentence(zh="交接双方日期矛盾", en="two days of one hand-over"),
    sentence=Sentence(
        zh="{giver} 称 {shipped_on} 发出 {subject}，{party} 却称 {day} 已收到",
        en="{giver} says to have sent {subject} on {shipped_on}, {party} to have received it on {day} already",
    ),
    remedy=Sentence(
        zh="核对交接单，更正一方日期", en="compare the delivery notes; correct the day of one side"
    ),
    owner="regulator",
)
def handover_days_differ(facts: Facts) -> ibis.Table:
    """Nothing is received before it is sent."""
    early = _sides(facts).filter(_.shipped_day > _.got_day)
    return early.select(
        subject="item",
        party="taker",
        day="got_day",
        entries="entries",
        giver="giver",
        shipped_on="shipped_day",
    )


@rule(
    "lot-weights-differ",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16", "suyuan-assumptions#reporting"),
    title=Sentence(zh="交接双方重量矛盾", en="two weights of one lot"),
    sentence=Sentence(
        zh="{giver} 发出 {subject} {sent_kg} kg，{party} 收到 {got_kg} kg",
        en="{giver} sent {sent_kg} kg of {subject}, {party} received {got_kg} kg",
    ),
    remedy=Sentence(zh="核对过磅单", en="compare the weighing slips"),
    owner="regulator",
    law=("threshold",),
)
def lot_weights_differ(facts: Facts) -> ibis.Table:
    """Giver and taker weigh the same."""
    lots = facts.counted.event_item.filter((_.kind == "lot") & (_.role == "epc"))
    lots = lots.select("seq", of="item", kg=in_kg(lots.quantity, lots.uom))
    told = facts.moment.filter((_.kind == "lot") & _.giver.notnull() & _.taker.notnull())
    told = told.inner_join(lots, [("seq", "seq"), ("item", "of")])
    got = told.step.isin(GOT)
    told = told.filter(got | told.step.isin(["shipped", "product_out"])).mutate(
        sent=ibis.ifelse(got, 0.0, told.kg), got=ibis.ifelse(got, told.kg, 0.0)
    )
    sides = told.group_by("item", "giver", "taker").agg(
        sent_kg=_.sent.sum(), got_kg=_.got.sum(), unweighed=_.kg.isnull().any(), day=_.day.max(), entries=_.seq.collect()
    )  # fmt: skip
    sides = sides.filter((_.sent_kg > 0) & (_.got_kg > 0) & ~_.unweighed)
    sides = threshold(facts, sides, bound="reporting.lot-differs")
    sides = sides.filter((_.sent_kg - _.got_kg).abs() > _.bound * _.sent_kg)
    return sides.select(
        subject="item", party="taker", day="day", entries="entries", row="row", giver="giver",
        sent_kg=_.sent_kg.round(1), got_kg=_.got_kg.round(1),
    )  # fmt: skip


@rule(
    "giver-unknown",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#12", "order-73-2026#article-24"),
    title=Sentence(zh="来源企业未登记", en="received from a firm that nobody registered"),
    sentence=Sentence(
        zh="{party} 于 {day} 称 {subject} 来自 {giver}，主数据中没有该企业",
        en="{party} says that {subject} came from {giver} on {day}; master data do not know that firm",
    ),
    remedy=Sentence(zh="核对来源；该企业应先登记", en="check from whom it came; that firm has to register"),
    owner="regulator",
)
def giver_unknown(facts: Facts) -> ibis.Table:
    """Who hands a used battery over is registered."""
    told = facts.moment.filter(
        _.step.isin(GOT) & _.kind.isin(["pack", "reuse_pack", "lot"]) & (_.giver.length() == 18)
    )
    known = facts.party.filter(_.name.notnull() | _.role.notnull()).select(known="party")
    # where nobody is registered, nothing can be said of anybody
    told = told.anti_join(known, [("giver", "known")]).cross_join(known.agg(firms=_.known.count()))
    told = first_of(told.filter(_.firms > 0), "item", "giver", order=["day", "seq"])
    return told.select(
        subject="item", party=ibis.coalesce(_.taker, _.actor), day="day", entries=ibis.array([told.seq]), giver="giver",
        root=_.giver + "/unknown",
    )  # fmt: skip


@rule(
    "place-of-another",
    family="reporting",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#16",),
    title=Sentence(zh="在他方场所入库", en="taken in at another firm's place"),
    sentence=Sentence(
        zh="{party} 称于 {day} 收到 {subject}，地点却是 {owner} 的场所 {place}",
        en="{party} is said to have received {subject} on {day}, at {place}, which belongs to {owner}",
    ),
    remedy=Sentence(
        zh="核对收货地点；代存应说明", en="check where it was received; storing for another has to be said"
    ),
    owner="regulator",
)
def place_of_another(facts: Facts) -> ibis.Table:
    """Who takes something in does so at a place of his own."""
    event = facts.counted.event.filter(_.biz_step.isin(["receiving", "collecting", "accepting", "arriving"]))
    event = event.filter(_.taker.notnull() & _.at_party.notnull() & (_.taker != _.at_party))
    event = event.select("seq", "at_party", "where")
    told = facts.moment.filter(_.step.isin(GOT)).drop("where").inner_join(event, "seq")
    told = _one_each(told)
    return told.select(
        subject="item",
        party="taker",
        day="day",
        entries=ibis.array([told.seq]),
        owner="at_party",
        place="where",
    )
