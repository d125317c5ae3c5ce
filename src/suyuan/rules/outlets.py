"""Outlets: what they hold and how long, what they do with it, whom they collect for."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.handling import handling, has_role, roles
from suyuan.rules.rule import Severity, rule
from suyuan.rules.serving import asked, serving
from suyuan.terms.sentence import Sentence
from suyuan.views.days import FOREVER

COLLECTORS = (
    "outlet", "recycler", "echelon-user", "re-maker", "battery-maker", "vehicle-maker", "importer", "after-sales",
    "swap-operator", "dismantler", "dealer", "lessor",
)  # fmt: skip
ENTRIES_MAX = 200
"""So many entries of a stock are named at most; at the limit of a collecting outlet it is a dozen."""
ORDER = ("at", "sign", "seq")


def stays(facts: Facts) -> ibis.Table:
    """Batteries at sites of outlets: site, site_kind, outlet, item, seq, at, day, left_at, left_day, mass_kg."""
    sites = facts.site.filter(_.site_kind.startswith("outlet"))
    only = sites.group_by(of="party").agg(n=_.count(), its_site=_.site.min(), its_kind=_.site_kind.min())
    only = only.filter(_.n == 1).drop("n")
    told = handling(facts).filter(_.takes & (_.holds == "party"))
    told = told.select(
        "item",
        "seq",
        "day",
        "where",
        outlet="holder",
        at="occurred_at",
        left_at="next_at",
        left_day="next_day",
    )
    named = sites.select(at_site="site", named_kind="site_kind")
    told = told.left_join(named, told.where == named.at_site).left_join(only, [("outlet", "of")])
    told = told.mutate(
        site=ibis.coalesce(_.at_site, _.its_site), site_kind=ibis.coalesce(_.named_kind, _.its_kind)
    )
    told = told.filter(_.site.notnull()).drop("at_site", "named_kind", "its_site", "its_kind", "of", "where")
    seqs = told.select("seq").distinct()
    weighed = facts.counted.event_measure.filter(
        (_.word == "mass_kg") & (_.holder == "event") & _.part.isnull()
    )
    weighed = weighed.semi_join(seqs, "seq").group_by("seq").agg(weighed=_.value.max())
    alone = told.group_by("seq").agg(n=_.item.nunique()).filter(_.n == 1).select("seq")
    weighed = weighed.semi_join(alone, "seq").select("weighed", weighed_seq="seq")
    declared = facts.thing.select("kg", of="item").semi_join(told.select(of="item").distinct(), "of")
    told = told.left_join(weighed, told.seq == weighed.weighed_seq).left_join(declared, [("item", "of")])
    told = told.mutate(mass_kg=ibis.coalesce(_.weighed, _.kg, 0.0))
    return facts.keep("outlet_stay", told.drop("weighed", "weighed_seq", "kg", "of"))


@rule(
    "outlet-over-limit",
    family="outlets",
    severity=Severity.WARNING,
    cites=("outlets-2019-46#storage",),
    title=Sentence(zh="网点贮存超量", en="outlet holds more than its type may"),
    sentence=Sentence(
        zh="{subject}（{site_kind}）自 {day} 起贮存 {tonnes} 吨，超过 {most_t} 吨",
        en="{subject} ({site_kind}) held {tonnes} t from {day} on; {most_t} t is the limit",
    ),
    remedy=Sentence(
        zh="请尽快移交综合利用企业或集中贮存型网点，并补报漏报的移交",
        en="hand batteries on to utilisation enterprises or a central outlet, and report handovers that were left out",
    ),
    scope="whole",
    owner="outlet",
    law=("outlet-limit",),
)
def outlet_over_limit(facts: Facts) -> ibis.Table:
    """What an outlet took in and did not hand on stays below the limit of its type: one finding a site and month."""
    told = stays(facts).filter(_.mass_kg > 0)
    came = told.select("site", "site_kind", "outlet", "seq", "at", "day", sign=ibis.literal(1), kg="mass_kg")
    left = told.filter(_.left_at.notnull())
    left = left.select(
        "site",
        "site_kind",
        "outlet",
        "seq",
        at="left_at",
        day="left_day",
        sign=ibis.literal(-1),
        kg=-left.mass_kg,
    )
    so_far = ibis.cumulative_window(group_by="site", order_by=ORDER)
    moves = came.union(left).mutate(stock=_.kg.sum().over(so_far), key="stock." + _.site_kind)
    rows = facts.law.filter((_.table == "outlet-limit") & (_.field == "value") & (_.unit == "t"))
    rows = rows.select("row", "since", of="key", most_t="value", until=_.until.fill_null(FOREVER))
    over = moves.filter(_.sign > 0).inner_join(rows, [("key", "of")])
    over = over.filter((_.day >= _.since) & (_.day <= _.until) & (_.stock > _.most_t * 1000 + 1e-6))
    over = over.mutate(month=_.day.truncate("M"))
    over = over.mutate(peak=_.stock.max().over(ibis.window(group_by=["site", "month"])))
    over = first_of(over, "site", "month", order=ORDER)
    over = over.select(
        "row",
        "site",
        "site_kind",
        "outlet",
        "day",
        "most_t",
        over_at="at",
        over_seq="seq",
        tonnes=(_.peak / 1000).round(2),
    )
    held = told.select("seq", "at", "left_at", held_at="site")
    met = over.inner_join(held, [over.site == held.held_at, held.at <= over.over_at])
    met = met.filter(met.left_at.isnull() | (met.left_at > met.over_at))
    nth = ibis.window(group_by=["site", "over_seq"], order_by=[ibis.desc("at"), ibis.desc("seq")])
    met = met.mutate(nth=ibis.row_number().over(nth))
    found = met.group_by("row", "site", "site_kind", "outlet", "day", "most_t", "over_seq", "tonnes").agg(
        entries=_.seq.collect(where=_.nth < ENTRIES_MAX, distinct=True)
    )
    return found.select(
        "row", "day", "entries", "site_kind", "tonnes", "most_t", subject="site", party="outlet"
    )


@rule(
    "storage-too-long",
    family="outlets",
    severity=Severity.WARNING,
    cites=("outlets-2019-46#handover", "order-73-2026#chapter-3"),
    title=Sentence(zh="废旧电池久存不移交", en="waste battery kept too long"),
    sentence=Sentence(
        zh="{party} 自 {day} 起持有废旧电池 {subject} 达 {days} 天",
        en="{party} kept the waste battery {subject} for {days} days from {day} on",
    ),
    remedy=Sentence(
        zh="请移交综合利用企业；已移交的补报",
        en="hand it to a utilisation enterprise; if that is done, report it",
    ),
    owner="outlet",
    law=("threshold",),
)
def storage_too_long(facts: Facts) -> ibis.Table:
    """Outlets and dismantlers hand waste batteries on in due time; what may not be reported yet counts as done."""
    told = handling(facts).filter(_.waste)
    same = (told.holds == "party") & (told.was == "party") & (told.was_holder == told.holder)
    told = told.filter(~same.fill_null(False))
    told = told.mutate(until=_.day.lead().over(ibis.window(group_by="item", order_by=["nth", "seq"])))
    told = told.filter((_.holds == "party") & _.holder.notnull())
    known = roles(facts).select(keeper="party", keeper_roles="roles")
    told = told.inner_join(known, told.holder == known.keeper)
    told = told.filter(has_role(told.keeper_roles, "outlet", "dismantler"))
    told = told.filter(~has_role(told.keeper_roles, "recycler", "echelon-user", "re-maker"))
    told = threshold(facts, told, day="day", wait="report-wait", most="storage-days").cross_join(facts.day())
    reported = ibis.coalesce(told.until, told.asked_day - told.wait.cast("int64").as_interval("D"))
    told = told.mutate(days=reported.cast("date").delta(told.day, unit="day"))
    found = told.filter(_.days > _.most)
    return found.select("row", "day", "days", subject="item", party="holder", entries=ibis.array([found.seq]))


@rule(
    "outlet-dismantles",
    family="outlets",
    severity=Severity.WARNING,
    cites=("outlets-2019-46#no-dismantling",),
    title=Sentence(zh="网点擅自拆解", en="battery taken apart at an outlet"),
    sentence=Sentence(
        zh="回收服务网点 {party} 于 {day} 拆解 {subject}；网点除安全检查外不得拆解",
        en="outlet {party} took {subject} apart on {day}; beyond a safety check outlets may not dismantle",
    ),
    remedy=Sentence(
        zh="请停止拆解，整包移交综合利用企业",
        en="stop dismantling and hand packs whole to utilisation enterprises",
    ),
    owner="outlet",
)
def outlet_dismantles(facts: Facts) -> ibis.Table:
    """Outlets collect, sort, store and pack; they do not take batteries apart."""
    told = handling(facts).filter((_.step == "taken_apart") & _.role.isin(["parent", "input"]))
    known = roles(facts)
    told = told.inner_join(known, [("actor", "party")])
    told = told.filter(has_role(told.roles, "outlet"))
    found = told.filter(
        ~has_role(told.roles, "recycler", "echelon-user", "re-maker", "battery-maker", "vehicle-maker")
    )
    return found.select("day", subject="item", party="actor", entries=ibis.array([found.seq]))


@rule(
    "collected-by-no-outlet",
    family="outlets",
    severity=Severity.WARNING,
    cites=("outlets-2019-46#declaration", "order-73-2026#chapter-3"),
    title=Sentence(zh="非网点回收", en="collected by a party that may not collect"),
    sentence=Sentence(
        zh="{party}（{party_roles}）于 {day} 回收入库 {subject}，但不是网点、综合利用企业或责任企业",
        en="{party} ({party_roles}) collected {subject} on {day}, but is no outlet, utilisation enterprise or responsible firm",
    ),
    remedy=Sentence(
        zh="请核对主体身份；应登记为网点的须登记",
        en="compare what the party is; register it if it is an outlet",
    ),
)
def collected_by_no_outlet(facts: Facts) -> ibis.Table:
    """Who collects is known as an outlet, or is one of those who have to take batteries back."""
    told = handling(facts).filter((_.step == "collected") & _.holder.notnull())
    known = roles(facts)
    told = told.inner_join(known, [("holder", "party")])
    found = told.filter(~has_role(told.roles, *COLLECTORS))
    return found.select(
        "day", subject="item", party="holder", entries=ibis.array([found.seq]), party_roles=_.roles.strip()
    )


@rule(
    "collected-without-source",
    family="outlets",
    severity=Severity.NOTE,
    cites=("outlets-2019-46#records", "conditions-2024-42#sources"),
    title=Sentence(zh="回收来源不明", en="collected without a source"),
    sentence=Sentence(
        zh="{party} 于 {day} 回收 {subject}，没有记录来源单位，也没有来源类别",
        en="{party} collected {subject} on {day} and recorded neither from whom nor what kind of source it came from",
    ),
    remedy=Sentence(zh="请补报来源", en="report the source"),
    owner="outlet",
)
def collected_without_source(facts: Facts) -> ibis.Table:
    """Outlets record the source of what they collect."""
    said = facts.counted.event_word.filter(_.word == "sy:sourceKind").select("seq")
    told = handling(facts).filter((_.step == "collected") & _.giver.isnull() & _.holder.notnull())
    found = told.anti_join(said, "seq")
    return found.select("day", subject="item", party="holder", entries=ibis.array([found.seq]))


@rule(
    "outlet-serves-nobody",
    family="outlets",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#annex-4", "order-73-2026#chapter-3"),
    title=Sentence(zh="网点没有委托企业", en="outlet that no maker declares"),
    sentence=Sentence(
        zh="网点 {subject} 自 {day} 起回收了 {count} 件电池，但没有任何生产企业申报它",
        en="outlet {subject} collected {count} batteries since {day}, but works for no maker",
    ),
    remedy=Sentence(
        zh="请补报委托的生产企业，或停止以网点名义回收",
        en="have the makers declare it, or stop collecting as an outlet",
    ),
    scope="party",
    owner="outlet",
)
def outlet_serves_nobody(facts: Facts) -> ibis.Table:
    """An outlet is the maker's own or commissioned by one; not judged where master data tell that of nobody."""
    served = serving(facts).filter(_.maker != _.outlet).select(party="outlet").distinct()
    makers = facts.party_role.filter(
        _.role.isin(["battery-maker", "vehicle-maker", "importer", "recycler"])
    ).select("party")
    alone = facts.party_role.filter(_.role == "outlet").select("party")
    alone = (
        alone.anti_join(served, "party").anti_join(makers, "party").cross_join(asked(facts)).select("party")
    )
    told = handling(facts).filter(_.step == "collected").select("seq", "day", "item", party="holder")
    told = told.semi_join(alone, "party")
    told = told.mutate(n=ibis.row_number().over(ibis.window(group_by="party", order_by=["day", "seq"])))
    found = told.group_by("party").agg(
        day=_.day.min(), count=_.item.nunique(), entries=_.seq.collect(where=_.n < ENTRIES_MAX, order_by=_.n)
    )
    return found.select("party", "day", "entries", "count", subject="party")
