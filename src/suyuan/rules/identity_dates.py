"""Rules of identity: days and serial numbers in codes.

code-day-differs    the code's day is not the day of making   code-from-the-future   the code's day is after its report
serial-beyond-run   a number that its maker never reaches     vin-year-differs       model year in the VIN ≠ year of the certificate
"""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import BATTERIES, Facts
from suyuan.rules.identity_declared import MAKERS, made_things
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import local_day


@rule(
    "code-day-differs",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-15",),
    title=Sentence(zh="编码日期与生产日期不符", en="the code's day is not the day of making"),
    sentence=Sentence(
        zh="{party} 报送 {subject} 于 {day} 生产，编码中的日期是 {code_day}，相差 {apart} 天",
        en="{party} reported {subject} made on {day}; the day in its code is {code_day}, {apart} days apart",
    ),
    remedy=Sentence(zh="请核对生产日期与编码", en="check the day of making and the code"),
    owner=MAKERS,
    law=("threshold",),
)
def code_day_differs(facts: Facts) -> ibis.Table:
    """A pack's code tells the day on which it was made."""
    packs = made_things(facts).filter((_.kind == "pack") & _.code_day.notnull())
    packs = packs.mutate(apart=_.day.delta(_.code_day, unit="day").abs())
    found = threshold(facts, packs, day="day", most="code-day-tolerance").filter(_.apart > _.most)
    return found.select(
        "code_day", "apart", "row", subject="item", party="party", day="day", entries=ibis.array([found.seq])
    )


@rule(
    "code-from-the-future",
    family="identity",
    severity=Severity.SERIOUS,
    cites=("gbt-34014-2017#position-15",),
    title=Sentence(zh="编码日期晚于报送日期", en="a code of a day to come"),
    sentence=Sentence(
        zh="{party} 于 {reported_on} 报送 {subject}，其编码中的生产日期是 {day}",
        en="{party} reported {subject} on {reported_on}; by its code it is made on {day}",
    ),
    remedy=Sentence(
        zh="请核对实物编码：该编码在报送时还不可能存在",
        en="read the code again: when it was reported it could not exist yet",
    ),
)
def code_from_the_future(facts: Facts) -> ibis.Table:
    """Nothing is reported before the day in its code; what happened on that day or later was not reported before it."""
    coded = facts.thing.filter(_.kind.isin(BATTERIES) & (_.code_day > _.first_on)).select(
        "item", "code_day", "first_seq"
    )
    event = facts.counted.event.select(
        seq="seq",
        party="actor",
        reported_on=local_day(_.received_at),
    )
    ahead = coded.inner_join(event, [("first_seq", "seq")]).filter(_.code_day > _.reported_on)
    return ahead.select(
        "reported_on", subject="item", party="party", day="code_day", entries=ibis.array([ahead.first_seq])
    )


@rule(
    "serial-beyond-run",
    family="identity",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#position-18",),
    title=Sentence(zh="序列号超出厂商日产量", en="a serial number that its maker never reaches"),
    sentence=Sentence(
        zh="{subject} 的序列号为 {serial}；厂商代码 {vendor} 的电池包序列号多不超过 {usual}，当日已知 {of_day} 个",
        en="the serial number of {subject} is {serial}; nine in ten packs of vendor code {vendor} stay below {usual}, and {of_day} are known of that day",
    ),
    remedy=Sentence(
        zh="请厂商核对当日生产流水", en="have the maker look it up in the production records of that day"
    ),
    scope="whole",
    owner=MAKERS,
    law=("threshold",),
)
def serial_beyond_run(facts: Facts) -> ibis.Table:
    """Serial numbers count the pieces of a day."""
    packs = facts.thing.filter((_.kind == "pack") & _.serial.notnull() & _.code_day.notnull())
    packs = packs.select(
        "item", "vendor", "code_day", "serial", "first_seq", "first_by", "made_by", "made_on"
    )
    usual = packs.group_by("vendor").agg(known=_.count(), usual=_.serial.quantile(0.9))
    days = packs.group_by("vendor", "code_day").agg(of_day=_.count())
    high = packs.inner_join(usual, "vendor").filter(_.serial > _.usual).mutate(day=_.code_day)
    high = threshold(facts, high, day="day", least="serial-known-least", factor="serial-factor")
    far = high.filter((_.known >= _.least) & (_.serial > _.factor * _.usual))
    found = far.inner_join(days, ["vendor", "code_day"]).filter(_.serial > _.factor * _.of_day)
    return found.select(
        "serial", "vendor", "usual", "of_day", "row", subject="item",
        party=ibis.coalesce(found.made_by, found.first_by), day="day", entries=ibis.array([found.first_seq]),
    )  # fmt: skip


@rule(
    "vin-year-differs",
    family="identity",
    severity=Severity.WARNING,
    cites=("gb-16735#model-year",),
    title=Sentence(zh="车型年份与合格证日期不符", en="the model year is not that of the certificate"),
    sentence=Sentence(
        zh="{subject} 第 10 位的车型年份是 {model_year}，合格证日期是 {day}",
        en="by its tenth character {subject} is of model year {model_year}; it was certified on {day}",
    ),
    remedy=Sentence(zh="请核对车辆识别代号与合格证", en="compare the vehicle's number with its certificate"),
    owner="vehicle-maker",
    law=("model-year", "threshold"),
)
def vin_year_differs(facts: Facts) -> ibis.Table:
    """A vehicle is certified about the model year in its number."""
    certified = facts.moment.filter((_.kind == "vehicle") & (_.step == "certified"))
    certified = certified.select("item", "seq", "occurred_at", "day", "actor", letter=_.item.substr(9, 1))
    dated = facts.in_force(first_of(certified), "model-year", key="letter", field="number", as_="model_year")
    dated = dated.mutate(apart=(_.day.year() - _.model_year).abs())
    found = threshold(facts, dated, day="day", most="vin-year-tolerance").filter(_.apart > _.most)
    return found.select(
        "row",
        subject="item",
        party="actor",
        day="day",
        entries=ibis.array([found.seq]),
        model_year=found.model_year.cast("int64"),
    )
