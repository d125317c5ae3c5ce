"""Rules of the lifecycle: what comes first comes first.

used-before-made        handled before it was made          sold-before-made           a vehicle sold before it was built
certified-after-sale    certified after it was sold         installed-after-sale       sold without the pack that it is built with
scrapped-before-sold    taken in before it was sold         back-on-the-road           sold or fitted anew after it was taken in
sold-twice              sold as new twice                   removed-before-installed   out of a vehicle before it was put in
collected-while-in-vehicle   collected while still in use   collected-without-removal  … of which no removal is told: a note
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries, key_day, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.firsts import firsts, told
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

CHECK_DATES = Sentence(
    zh="请核对两条记录的日期和编码，更正有误的一条",
    en="check dates and codes of the two records, and correct the one that is wrong",
)


def _before(facts: Facts, first: str, second: str) -> ibis.Table:
    """Things whose moment `first` lies on an earlier day than `second`."""
    both = firsts(facts).filter(_[first].notnull() & _[second].notnull() & (_[first] < _[second]))
    return both.filter(key_day(both[first]) < key_day(both[second]))


@rule(
    "used-before-made",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("gbt-34014-2017#uniqueness", "provisions-2018-35#article-6"),
    title=Sentence(zh="生产之前已被使用", en="handled before it was made"),
    sentence=Sentence(
        zh="{party} 报送 {subject} 于 {day} 已有 {step} 记录，但它在 {other_on} 才生产",
        en="{party} reported {subject} on {day} ({step}), but it was made only on {other_on}",
    ),
    remedy=CHECK_DATES,
)
def used_before_made(facts: Facts) -> ibis.Table:
    """A pack is made first, on another day at the latest on the same."""
    found = _before(facts, "used", "made").filter(_.kind != "vehicle")
    return told(facts, found, "used", "made")


@rule(
    "sold-before-made",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-8", "provisions-2018-35#article-9"),
    title=Sentence(zh="车辆下线之前已销售", en="sold before it was made"),
    sentence=Sentence(
        zh="{party} 报送 {subject} 于 {day} 销售，但它在 {other_on} 才装车或取得合格证",
        en="{party} reported {subject} sold on {day}, but it was built and certified only from {other_on}",
    ),
    remedy=CHECK_DATES,
    owner="vehicle-maker",
)
def sold_before_made(facts: Facts) -> ibis.Table:
    """A vehicle is built or certified before it is sold."""
    vehicles = firsts(facts).filter((_.kind == "vehicle") & _.sold.notnull())
    vehicles = vehicles.mutate(born=ibis.least(_.made, _.built, _.certified)).filter(_.born > _.sold)
    return told(facts, vehicles.filter(key_day(_.sold) < key_day(_.born)), "sold", "born")


@rule(
    "certified-after-sale",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-8",),
    title=Sentence(zh="销售之后才有合格证", en="certified after it was sold"),
    sentence=Sentence(
        zh="{party} 于 {day} 为 {subject} 报送合格证，但它已于 {other_on} 销售",
        en="{party} reported a certificate for {subject} on {day}; it had been sold on {other_on}",
    ),
    remedy=CHECK_DATES,
    owner="vehicle-maker",
)
def certified_after_sale(facts: Facts) -> ibis.Table:
    """The first certificate comes before the first sale; a vehicle that was not built then either was sold before it was made."""
    found = _before(facts, "sold", "certified").filter(ibis.least(_.made, _.built) <= _.sold)
    return told(facts, found, "certified", "sold")


@rule(
    "installed-after-sale",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-8",),
    title=Sentence(zh="销售之后才装入电池", en="sold without the pack that it is built with"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 向 {subject} 装入首个电池包，但该车已于 {other_on} 销售",
        en="{party} reported the first pack put into {subject} on {day}; the vehicle had been sold on {other_on}",
    ),
    remedy=CHECK_DATES,
    owner="vehicle-maker",
)
def installed_after_sale(facts: Facts) -> ibis.Table:
    """A vehicle is sold with its pack; those whose packs are swapped may get theirs from the operator."""
    found = _before(facts, "sold", "built").filter(ibis.least(_.made, _.certified) <= _.sold)
    swapping = facts.counted.event_word.filter((_.word == "sy:swapType") & (_.value == "true"))
    certified = facts.moment.filter((_.step == "certified") & (_.kind == "vehicle"))
    exempt = certified.select("item", "seq").semi_join(swapping, "seq").select(of="item").distinct()
    bound = found.left_join(exempt, [("item", "of")]).filter(_.of.isnull()).drop("of")
    return told(facts, bound, "built", "sold")


@rule(
    "scrapped-before-sold",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-13", "scrapped-vehicles-2020-2#records"),
    title=Sentence(zh="销售之前已报废", en="taken in for scrapping before it was sold"),
    sentence=Sentence(
        zh="{party} 于 {day} 接收 {subject} 报废，但它在 {other_on} 才首次销售",
        en="{party} took {subject} in for scrapping on {day}; it was first sold only on {other_on}",
    ),
    remedy=CHECK_DATES,
    owner="dismantler",
)
def scrapped_before_sold(facts: Facts) -> ibis.Table:
    """What is scrapped had been sold, unless it never was."""
    return told(facts, _before(facts, "taken_in", "sold"), "taken_in", "sold")


@rule(
    "back-on-the-road",
    family="lifecycle",
    severity=Severity.SERIOUS,
    cites=("scrapped-vehicles-2020-2#records", "provisions-2018-35#article-13"),
    title=Sentence(zh="报废车辆重新上路", en="back on the road after it was taken in for scrapping"),
    sentence=Sentence(
        zh="{subject} 已于 {other_on} 报废接收，{party} 却报送于 {day} {step}",
        en="{subject} was taken in for scrapping on {other_on}, yet {party} reported it on {day} ({step})",
    ),
    remedy=Sentence(
        zh="请查明车辆实物与报废证明", en="find the vehicle, and the certificate of its scrapping"
    ),
)
def back_on_the_road(facts: Facts) -> ibis.Table:
    """A vehicle that was taken in for scrapping is not sold, certified or given a pack again."""
    found = _before(facts, "taken_in", "last_on_road").filter(_.sold.isnull() | (_.sold < _.taken_in))
    return told(facts, found, "last_on_road", "taken_in")


@rule(
    "sold-twice",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-9",),
    title=Sentence(zh="同一车辆作为新车销售两次", en="sold as new twice"),
    sentence=Sentence(
        zh="{party} 于 {other_on} 报送 {subject} 销售，又于 {day} 报送销售",
        en="{party} reported {subject} sold on {other_on}, and sold again on {day}",
    ),
    remedy=CHECK_DATES,
    owner="vehicle-maker",
    law=("threshold",),
)
def sold_twice(facts: Facts) -> ibis.Table:
    """The same firm sells a vehicle once; sale, registration and lease of one transaction lie close together."""
    twice = firsts(facts).filter((_.kind == "vehicle") & (_.sold < _.last_sold))
    twice = twice.mutate(day=key_day(_.last_sold), first_on=key_day(_.sold))
    twice = threshold(facts, twice, day="day", least="resale-days")
    far = twice.filter(_.day.delta(_.first_on, unit="day") > _.least)
    by = (
        facts.moment.filter(_.step == "sold")
        .select("actor", of="item", seq="seq")
        .semi_join(far, [("of", "item")])
    )
    sellers = by.group_by("of").agg(sellers=_.actor.nunique())
    same = far.inner_join(sellers, [("item", "of")]).filter(_.sellers == 1)
    return told(facts, same, "last_sold", "sold", "row")


def _vehicle_stays(facts: Facts) -> ibis.Table:
    """child, vehicle, since, until, start, end, ended_by: packs in vehicles."""
    stays = facts.views["assembly"].filter(
        (_.parent_kind == "vehicle") & _.child_kind.isin(["pack", "reuse_pack"])
    )
    return stays.select("child", "since", "until", "start", "end", "ended_by", vehicle="parent")


@rule(
    "removed-before-installed",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-10", "provisions-2018-35#article-13"),
    title=Sentence(zh="装车之前已拆卸", en="out of a vehicle before it was put in"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 从 {vehicle} 拆下 {subject}，但它在 {other_on} 才装入该车",
        en="{party} reported {subject} taken out of {vehicle} on {day}, but it was put in only on {other_on}",
    ),
    remedy=CHECK_DATES,
)
def removed_before_installed(facts: Facts) -> ibis.Table:
    """What leaves a vehicle had been put into it; swapped packs come and go."""
    stays = _vehicle_stays(facts)
    untold = stays.filter(_.start.isnull() & (_.ended_by == "removed")).select(
        "child", "vehicle", "end", left_at="until"
    )
    later = stays.filter(_.start.notnull()).select("child", "vehicle", put_in_at="since", put_in_seq="start")
    both = untold.inner_join(later, ["child", "vehicle"]).filter(_.put_in_at >= _.left_at)
    event = facts.counted.event.select(seq="seq", party="actor", day="local_day", swap="swap")
    out = both.inner_join(event, [("end", "seq")]).filter(~_.swap.fill_null(False))
    into = facts.counted.event.select(into="seq", other_on="local_day")
    found = out.inner_join(into, [("put_in_seq", "into")]).filter(_.other_on > _.day)
    first = found.group_by("child", "vehicle", "end", "party", "day").agg(
        put_in_seq=_.put_in_seq.min(), other_on=_.other_on.min()
    )
    return first.select(
        "vehicle",
        "other_on",
        subject="child",
        party="party",
        day="day",
        entries=entries(first.end, first.put_in_seq),
    )


def _collected_in_vehicle(facts: Facts) -> ibis.Table:
    """subject, party, day, vehicle, step, entries, ended_by, out_on: packs taken in somewhere on a day on which they were in a vehicle."""
    taken = facts.moment.filter(
        _.kind.isin(["pack", "reuse_pack"])
        & (_.step.isin(["collected", "stored"]) | (_.step.isin(["fed", "remade"]) & (_.role == "input")))
    )
    taken = taken.select("item", "seq", "step", "day", "occurred_at", party="actor")
    stays = _vehicle_stays(facts)
    both = taken.inner_join(stays, [("item", "child")])
    both = both.filter(
        (_.since < _.occurred_at) & (_.until.isnull() | (_.until > _.occurred_at) | (_.end == _.seq))
    )
    out = facts.counted.event.select(out_seq="seq", out_on="local_day")
    both = both.left_join(out, [("end", "out_seq")])
    return facts.keep("collected_in_vehicle", both.drop("out_seq", "child"))


@rule(
    "collected-while-in-vehicle",
    family="lifecycle",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-11", "provisions-2018-35#article-13"),
    title=Sentence(zh="仍在车上却已回收", en="collected while still in a vehicle"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 接收 {subject}（{step}），但它到 {out_on} 才从 {vehicle} 拆下",
        en="{party} reported {subject} taken in on {day} ({step}), but it was taken out of {vehicle} only on {out_on}",
    ),
    remedy=CHECK_DATES,
    owner="outlet",
)
def collected_while_in_vehicle(facts: Facts) -> ibis.Table:
    """A pack is out of its vehicle before an outlet, a re-maker or a recycler has it."""
    found = _collected_in_vehicle(facts).filter((_.ended_by == "removed") & (_.out_on > _.day))
    return found.select(
        "step",
        "vehicle",
        "out_on",
        subject="item",
        party="party",
        day="day",
        entries=entries(found.start, found.seq, found.end),
    )


@rule(
    "collected-without-removal",
    family="lifecycle",
    severity=Severity.NOTE,
    cites=("provisions-2018-35#article-10", "provisions-2018-35#article-13"),
    title=Sentence(zh="回收时没有拆卸记录", en="collected, and no removal told"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 接收 {subject}（{step}），但没有它从 {vehicle} 拆下的记录",
        en="{party} reported {subject} taken in on {day} ({step}), but nobody reported it taken out of {vehicle}",
    ),
    remedy=Sentence(zh="请由拆卸该电池的企业补报", en="have the firm that took it out report that"),
)
def collected_without_removal(facts: Facts) -> ibis.Table:
    """Somebody took it out; who did has not reported it."""
    found = _collected_in_vehicle(facts).filter(_.ended_by.isnull() | (_.ended_by != "removed"))
    return found.select(
        "step", "vehicle", subject="item", party="party", day="day", entries=entries(found.start, found.seq)
    )
