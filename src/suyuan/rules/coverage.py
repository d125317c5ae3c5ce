"""Coverage: who sells vehicles or batteries in an area has outlets there."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, settled
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.rules.serving import asked, serving
from suyuan.terms.sentence import Sentence
from suyuan.views.days import FOREVER

SOLD_AS_PREFECTURE = 4
"""Digits of a prefecture in an area code."""


def vehicle_sales(facts: Facts) -> ibis.Table:
    """item (vehicle), maker, area, day, seq, gone_day: the first sale of each vehicle; the maker as its WMI or the seller tells."""
    sold = facts.moment.filter((_.step == "sold") & (_.kind == "vehicle"))
    sold = sold.group_by("item").agg(
        seq=_.seq.argmin(_.occurred_at),
        day=_.day.argmin(_.occurred_at),
        seller=ibis.coalesce(_.giver, _.actor).min(),
    )
    said = facts.counted.event_word.filter(_.word == "sy:saleArea").select(
        of="seq", area=_.value.re_replace('"', "")
    )
    sold = sold.inner_join(said, [("seq", "of")]).drop("of")
    gone = facts.moment.filter(_.step == "vehicle_gone").group_by(of="item").agg(gone_day=_.day.min())
    sold = sold.left_join(gone, [("item", "of")]).drop("of")
    coded = facts.thing.filter(_.coded_by.notnull() & (_.kind == "vehicle")).select("coded_by", of="item")
    sold = sold.left_join(coded, [("item", "of")]).mutate(maker=ibis.coalesce(_.coded_by, _.seller))
    return facts.keep("vehicle_sale", sold.select("item", "maker", "area", "day", "seq", "gone_day"))


def _duties(facts: Facts, role: str) -> ibis.Table:
    """One row: since when the role owes outlets, in areas of how many digits, as of the day judged on."""
    rows = facts.law.filter((_.table == "outlet-duty") & (_.key == role) & (_.field == "digits"))
    rows = rows.select("since", "row", digits=_.value.cast("int64"), until=_.until.fill_null(FOREVER))
    now = rows.cross_join(facts.day())
    now = now.filter((now.since <= now.asked_day) & (now.asked_day <= now.until)).drop("until", "asked_day")
    first = rows.agg(duty_since=_.since.min())
    return now.cross_join(first)


def _uncovered(facts: Facts, sales: ibis.Table, role: str, roles_of_makers: tuple[str, ...]) -> ibis.Table:
    """Makers with areas of sale in which nobody serves them: `sales` has maker, area, day, seq, times."""
    makers = facts.party_role.filter(_.role.isin(roles_of_makers)).select(maker="party").distinct()
    met = (
        sales.semi_join(makers, "maker").cross_join(_duties(facts, role)).cross_join(asked(facts).select("n"))
    )
    met = met.mutate(region=met.area.substr(0, met.digits)).filter(_.area.length() == 6)
    met = met.filter((_.digits == 2) | (met.area.substr(2, 2) != "00"))
    sold = met.group_by("maker", "region", "row", "duty_since", "since", "digits").agg(
        first=_.day.min(), last=_.day.max(), seq=_.seq.min(), times=_.times.sum()
    )
    sold = sold.filter(_["last"] >= _.since).mutate(day=ibis.greatest(_["first"], _.duty_since))
    here = serving(facts).filter(_.area.notnull()).select(served="maker", at="area")
    open_ = sold.anti_join(here, [sold.maker == here.served, sold.region == here.at.substr(0, sold.digits)])
    found = settled(facts, open_, "coverage-wait")
    return found.group_by("maker", "row").agg(
        day=_.day.min(), entries=_.seq.collect(order_by=_.region), areas=_.region.group_concat(" ", order_by=_.region),
        count=_.count(), vehicles=_.times.sum(),
    )  # fmt: skip


@rule(
    "outlet-coverage",
    family="producers",
    severity=Severity.WARNING,
    cites=("order-73-2026#chapter-3", "outlets-2019-46#coverage"),
    title=Sentence(zh="销售地区没有回收网点", en="sells where no outlet serves it"),
    sentence=Sentence(
        zh="{subject} 在 {count} 个设区市（{areas}）销售新能源汽车 {vehicles} 辆，至今没有为其服务的回收网点（最早自 {day}）",
        en="{subject} sold {vehicles} NEVs in {count} prefectures ({areas}) in which no outlet serves it, the first due since {day}",
    ),
    remedy=Sentence(
        zh="请在销售地区建立或委托回收服务网点并申报",
        en="set up or commission outlets where you sell, and declare them",
    ),
    scope="party",
    owner="vehicle-maker",
    law=("outlet-duty", "threshold"),
)
def outlet_coverage(facts: Facts) -> ibis.Table:
    """Vehicle makers have an outlet in each prefecture in which they sell; not judged where master data tell of no outlet whom it serves."""
    sales = vehicle_sales(facts).group_by("maker", "area").agg(
        day=_.day.min(), last_day=_.day.max(), seq=_.seq.argmin(_.day), last_seq=_.seq.argmax(_.day), times=_.count()
    )  # fmt: skip
    both = sales.select("maker", "area", "day", "seq", "times")
    both = both.union(
        sales.select("maker", "area", day="last_day", seq="last_seq", times=ibis.literal(0, "int64"))
    )
    found = _uncovered(facts, both, "vehicle-maker", ("vehicle-maker", "importer"))
    return found.select("row", "day", "entries", "areas", "count", "vehicles", subject="maker", party="maker")


@rule(
    "battery-maker-coverage",
    family="producers",
    severity=Severity.WARNING,
    cites=("order-73-2026#chapter-3",),
    title=Sentence(
        zh="电池企业在销售省份没有网点", en="battery maker without an outlet in a province of sale"
    ),
    sentence=Sentence(
        zh="{subject} 的电池随车销往 {count} 个省级地区（{areas}），自 {day} 起没有为其服务的回收网点",
        en="batteries of {subject} were sold in {count} provinces ({areas}) in which no outlet serves it, due since {day}",
    ),
    remedy=Sentence(
        zh="请在销售的省级地区建立或委托回收服务网点并公布",
        en="set up or commission outlets in these provinces, and publish them",
    ),
    scope="party",
    owner="battery-maker",
    law=("outlet-duty", "threshold"),
)
def battery_maker_coverage(facts: Facts) -> ibis.Table:
    """Since Order 73 battery makers have an outlet in each province in which their batteries are sold."""
    since = _duties(facts, "battery-maker").select("since")
    sales = vehicle_sales(facts).cross_join(since)
    sales = sales.filter(_.day >= _.since).select("area", "day", "seq", vehicle="item")
    inside = facts.views["assembly"].filter((_.parent_kind == "vehicle") & (_.child_kind == "pack"))
    inside = inside.select("parent", pack="child")
    met = sales.inner_join(inside, [("vehicle", "parent")]).select("area", "day", "seq", "vehicle", "pack")
    made = facts.thing.filter(_.made_by.notnull()).select("made_by", of="item")
    met = met.inner_join(made, [("pack", "of")])
    met = facts.keep("pack_sale", met.select("area", "day", "seq", item="vehicle", maker="made_by"))
    sold = met.group_by("area", "maker").agg(day=_.day.min(), seq=_.seq.min(), times=_.count())
    found = _uncovered(facts, sold, "battery-maker", ("battery-maker",))
    return found.select("row", "day", "entries", "areas", "count", subject="maker", party="maker")


@rule(
    "central-storage-missing",
    family="outlets",
    severity=Severity.WARNING,
    cites=("outlets-2019-46#coverage",),
    title=Sentence(
        zh="保有量已达而没有集中贮存型网点", en="no central outlet where the stock of vehicles asks for one"
    ),
    sentence=Sentence(
        zh="{party} 在 {area} 的保有量于 {day} 达到 {vehicles} 辆，至今没有集中贮存型网点",
        en="{party} had {vehicles} vehicles in {area} on {day}, and no central outlet serves it there",
    ),
    remedy=Sentence(zh="请建立或委托集中贮存型网点", en="set up or commission a central outlet there"),
    scope="party",
    owner="vehicle-maker",
    law=("outlet-limit", "threshold"),
)
def central_storage_missing(facts: Facts) -> ibis.Table:
    """From so many vehicles of a maker in a prefecture on it has a central outlet there: sold there and not scrapped."""
    sales = (
        vehicle_sales(facts).filter(_.area.length() == 6).mutate(area=_.area.substr(0, SOLD_AS_PREFECTURE))
    )
    rows = facts.law.filter(
        (_.table == "outlet-limit") & (_.key == "vehicles.outlet-central") & (_.field == "value")
    )
    rows = rows.select("row", "since", least="value", until=_.until.fill_null(FOREVER))
    enough = sales.group_by("maker", "area").agg(n=_.count()).filter(_.n >= rows.least.min().as_scalar())
    sales = sales.semi_join(enough, ["maker", "area"])
    came = sales.group_by("maker", "area", "day").agg(more=_.count(), seq=_.seq.max())
    gone = (
        sales.filter(_.gone_day.notnull())
        .group_by("maker", "area", day=_.gone_day)
        .agg(more=-_.count(), seq=ibis.null("int64"))
    )
    by_day = came.union(gone).group_by("maker", "area", "day").agg(more=_.more.sum(), seq=_.seq.max())
    so_far = ibis.cumulative_window(group_by=["maker", "area"], order_by="day")
    stock = by_day.mutate(vehicles=_.more.sum().over(so_far), first_seq=_.seq.min().over(so_far))
    over = stock.filter(_.seq.notnull()).inner_join(rows, [stock.day >= rows.since, stock.day <= rows.until])
    over = over.filter(_.vehicles >= _.least)
    over = first_of(over, "maker", "area", order=["day"]).cross_join(asked(facts).select("n"))
    central = serving(facts).filter(_.site_kind == "outlet-central").select(served="maker", at="area")
    over = over.anti_join(
        central, [over.maker == central.served, over.area == central.at.substr(0, SOLD_AS_PREFECTURE)]
    )
    found = settled(facts, over, "coverage-wait")
    return found.select(
        "row", "day", "area", "vehicles", subject="maker", party="maker", root=_.maker + "/" + _.area,
        entries=ibis.array([found.first_seq, found.seq]),
    )  # fmt: skip
