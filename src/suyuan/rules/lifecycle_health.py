"""Rules of the lifecycle: health, once lost, does not come back.

soh-impossible   a state of health that nothing has      soh-rising   a state of health above an earlier one
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries, threshold
from suyuan.rules.facts import BATTERIES, Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

CHECK_MEASUREMENT = Sentence(zh="请核对检测方法、编码和数值", en="check the method, the code and the figure")


def health(facts: Facts) -> ibis.Table:
    """item, seq, day, occurred_at, party, soh (%): as measured, and as graded when it was re-made (of the old and the new code)."""
    read = facts.counted.event_reading.filter(_.type.endswith("StateOfHealth") & _.value.notnull())
    read = read.filter(_.uom.isnull() | (_.uom == "P1")).group_by("seq").agg(soh=_.value.max())
    graded = facts.counted.event_measure.filter(_.word == "gradedStateOfHealth_percent")
    read = read.union(graded.group_by("seq").agg(soh=_.value.max()))
    items = facts.moment.filter(
        _.kind.isin(BATTERIES) & (_.step.isin(["measured", "remade"]) | _.role.isin(["epc"]))
    )
    items = items.select("item", "seq", "day", "occurred_at", party="actor").semi_join(read, "seq")
    return facts.keep("health", items.inner_join(read, "seq").distinct())


@rule(
    "soh-impossible",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("gbt-34015-2017#capacity",),
    title=Sentence(zh="健康状态数值不可能", en="a state of health that nothing has"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送 {subject} 的健康状态为 {soh}%，应在 0 至 {most}% 之间",
        en="{party} reported a state of health of {soh} % for {subject} on {day}; it lies between 0 and {most} %",
    ),
    remedy=CHECK_MEASUREMENT,
    law=("threshold",),
)
def soh_impossible(facts: Facts) -> ibis.Table:
    """State of health is a share of what the battery had when new."""
    bounded = threshold(facts, health(facts), day="day", most="soh-most")
    found = bounded.filter((_.soh > _.most) | (_.soh < 0))
    return found.select(
        "soh", "most", "row", subject="item", party="party", day="day", entries=ibis.array([found.seq])
    )


@rule(
    "soh-rising",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("gbt-34015-2017#capacity",),
    title=Sentence(zh="健康状态回升", en="a state of health above an earlier one"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送 {subject} 的健康状态为 {soh}%，但此前（{earlier_on}）已是 {earlier}%",
        en="{party} reported a state of health of {soh} % for {subject} on {day}; it had been {earlier} % on {earlier_on}",
    ),
    remedy=CHECK_MEASUREMENT,
    law=("threshold",),
)
def soh_rising(facts: Facts) -> ibis.Table:
    """A battery ages, unless parts of it were replaced."""
    order = ibis.window(group_by="item", order_by=["occurred_at", "seq"])
    series = health(facts).mutate(
        earlier=_.soh.lag().over(order),
        earlier_on=_.day.lag().over(order),
        earlier_seq=_.seq.lag().over(order),
    )
    series = threshold(facts, series.filter(_.earlier.notnull()), day="day", rise="soh-rise")
    renewed = facts.moment.filter((_.role == "parent") & (_.step == "replaced")).select("item")
    found = series.filter(_.soh - _.earlier > _.rise).anti_join(renewed, "item")
    return found.select(
        "soh",
        "earlier",
        "earlier_on",
        "row",
        subject="item",
        party="party",
        day="day",
        entries=entries(found.earlier_seq, found.seq),
    )
