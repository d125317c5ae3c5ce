"""Custody: where a battery travels, and where it must not end up."""

import ibis
from ibis import _

from suyuan.rules.choosing import threshold
from suyuan.rules.facts import Facts
from suyuan.rules.handling import handling
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

EARTH_KM = 6371.0
TRUE = ("provisions-2018-35#article-16", "order-73-2026#article-24")


@rule(
    "impossible-travel",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="位置移动不可能", en="cannot have travelled so fast"),
    sentence=Sentence(
        zh="{subject} 于 {before_at} 在 {before_where}，{at} 已在 {where}：{km} 公里，{hours} 小时",
        en="{subject} was at {before_where} at {before_at} and at {where} at {at}: {km} km in {hours} hours",
    ),
    remedy=Sentence(
        zh="请核对时间与地点；同一编码可能在两处使用",
        en="compare times and places; one code may be on two things",
    ),
    law=("threshold",),
)
def impossible_travel(facts: Facts) -> ibis.Table:
    """Nothing is at two far places sooner than it can travel. Times at midnight are days without an hour and are not judged."""
    moves = _moves(facts).filter(_.lat.notnull() & _.was_lat.notnull())
    moves = moves.mutate(km=_km(moves.was_lat, moves.was_lon, moves.lat, moves.lon))
    moves = threshold(facts, moves, day="day", far="travel-km", most_kmh="travel-kmh")
    fast = moves.filter((_.km > _.far) & (_.km > _.most_kmh * ibis.greatest(_.hours, 1 / 60)))
    return fast.select(
        "row", "before_where", "where", km=_.km.round(0), hours=_.hours.round(2), subject="item", party="actor", day="day",
        entries=ibis.array([fast.was_seq, fast.seq]), before_at=_.was_at, at=_.occurred_at,
    )  # fmt: skip


@rule(
    "two-places-at-once",
    family="custody",
    severity=Severity.WARNING,
    cites=TRUE,
    title=Sentence(zh="同一时刻在两地", en="in two prefectures at one moment"),
    sentence=Sentence(
        zh="{subject} 于 {at} 同时在 {before_where}（{before_area}）和 {where}（{area}）",
        en="{subject} was at {before_where} ({before_area}) and at {where} ({area}) at the same moment, {at}",
    ),
    remedy=Sentence(
        zh="请核对时间与地点；同一编码可能在两处使用",
        en="compare times and places; one code may be on two things",
    ),
)
def two_places_at_once(facts: Facts) -> ibis.Table:
    """Nothing is in two prefectures in the same second."""
    moves = _moves(facts).filter((_.occurred_at == _.was_at) & (_.area != _.was_area))
    moves = moves.filter((_.area.substr(2, 2) != "00") & (_.was_area.substr(2, 2) != "00"))
    return moves.select(
        "before_where", "where", "area", subject="item", party="actor", day="day", before_area="was_area",
        entries=ibis.array([moves.was_seq, moves.seq]), at="occurred_at",
    )  # fmt: skip


def _moves(facts: Facts) -> ibis.Table:
    """Steps of a battery at another place than the step before: both places with area and coordinates where known."""
    told = handling(facts).filter((_.where != _.was_where) & ~_.swapped)
    told = told.filter(~(_timeless(told.occurred_at) | _timeless(told.was_at)))
    firms = facts.party.select(of="party", firm_area="area")
    sites = facts.site.select(at_site="site", site_area="area", lat="lat", lon="lon")
    for name, where in (("", "where"), ("was_", "was_where")):
        here = sites.rename({f"{name}lat": "lat", f"{name}lon": "lon"})
        told = told.left_join(here, told[where] == here.at_site).drop("at_site")
        told = told.mutate(owner=told[where].split("/")[0])
        told = told.left_join(firms, told.owner == firms.of)
        area = ibis.coalesce(told.site_area, told.firm_area).substr(0, 4)
        told = told.mutate(**{f"{name}area": area}).drop("site_area", "firm_area", "of", "owner")
    hours = (told.occurred_at.epoch_seconds() - told.was_at.epoch_seconds()) / 3600
    return facts.keep("battery_move", told.select(
        "item", "seq", "day", "actor", "occurred_at", "was_at", "was_seq", "where", "area", "was_area", "lat", "lon", "was_lat",
        "was_lon", before_where="was_where", hours=hours,
    ))  # fmt: skip


def _timeless(moment: ibis.Value) -> ibis.Value:
    """Midnight in Shanghai: a day that was told without an hour."""
    return moment.epoch_seconds() % 86_400 == 16 * 3600


def _km(lat: ibis.Value, lon: ibis.Value, to_lat: ibis.Value, to_lon: ibis.Value) -> ibis.Value:
    """Kilometres along the great circle."""
    north, east = (to_lat - lat).radians() / 2, (to_lon - lon).radians() / 2
    chord = north.sin() * north.sin() + lat.radians().cos() * to_lat.radians().cos() * east.sin() * east.sin()
    return 2 * EARTH_KM * ibis.least(chord, 1.0).sqrt().asin()


@rule(
    "waste-back-in-vehicle",
    family="custody",
    severity=Severity.SERIOUS,
    cites=("order-73-2026#article-45", "order-73-2026#article-22", "provisions-2018-35#article-16"),
    title=Sentence(zh="废旧电池重新装车", en="waste battery back in a vehicle"),
    sentence=Sentence(
        zh="{subject} 已作为废旧电池由 {held_by} 收存（{since}），又于 {day} 由 {party} 装入 {vehicle}",
        en="{subject} was taken in as a waste battery by {held_by} on {since}, and {party} put it into {vehicle} on {day}",
    ),
    remedy=Sentence(
        zh="请查明该电池如何流出；冒充新电池装车的依法处理",
        en="find out how it got out; whoever sells waste batteries as new answers for it",
    ),
    owner="after-sales",
)
def waste_back_in_vehicle(facts: Facts) -> ibis.Table:
    """What outlets, dismantlers and utilisation enterprises took in does not come back into a vehicle under its old code."""
    found = handling(facts).filter((_.inside_kind == "vehicle") & _.retired_before & (_.kind == "pack"))
    return found.select(
        subject="item", party="actor", day="day", entries=ibis.array([found.was_seq, found.seq]),
        held_by=ibis.coalesce(found.was_to, found.was_holder), since="was_day", vehicle="inside",
    )  # fmt: skip


@rule(
    "waste-exported",
    family="custody",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-19", "measures-2018-43#hand-over"),
    title=Sentence(zh="废旧电池出口", en="waste battery taken abroad"),
    sentence=Sentence(
        zh="{party} 于 {day} 报送 {subject} 出口，但该电池自 {since} 起为废旧电池",
        en="{party} reports that {subject} left the country on {day}; it has been a waste battery since {since}",
    ),
    remedy=Sentence(
        zh="请核对报关单；废旧动力电池应交给境内合法的综合利用企业",
        en="compare the customs declaration; waste batteries go to lawful utilisation enterprises in the country",
    ),
    owner="trader",
)
def waste_exported(facts: Facts) -> ibis.Table:
    """Waste batteries go to lawful utilisation enterprises, and thus not abroad."""
    found = handling(facts).filter((_.holds == "abroad") & _.waste_before)
    return found.select(
        subject="item",
        party="holder",
        day="day",
        entries=ibis.array([found.was_seq, found.seq]),
        since="was_day",
    )


@rule(
    "banned-use",
    family="custody",
    severity=Severity.SERIOUS,
    cites=("order-73-2026#article-22",),
    title=Sentence(zh="用于禁止领域", en="meant for a use that is banned"),
    sentence=Sentence(
        zh="{party} 于 {day} 用废旧电池制成 {subject}，用途为「{use}」，属于禁止领域",
        en="{party} made {subject} from waste batteries on {day}; its intended use, “{use}”, is banned",
    ),
    remedy=Sentence(
        zh="请停止销售并召回；废旧动力电池不得用于电动自行车等禁止领域",
        en="stop selling and recall it; waste power batteries may not be used in electric bicycles and other banned fields",
    ),
    owner="re-maker",
    law=("banned-use",),
)
def banned_use(facts: Facts) -> ibis.Table:
    """Products from waste batteries are not meant for electric bicycles and what else is banned."""
    said = facts.counted.event_word.filter(_.word == "sy:intendedUse").select(
        "seq", use=_.value.re_replace('"', "")
    )
    made = facts.moment.filter((_.step == "remade") & (_.role == "output"))
    made = made.select("item", "actor", "day", seq_of=_.seq).inner_join(said, [("seq_of", "seq")])
    words = facts.law.filter((_.table == "banned-use") & _.field.isin(["zh", "en"]))
    words = words.select("since", "until", "row", word=_.text.lower()).union(
        facts.law.filter((_.table == "banned-use") & (_.field == "en")).select(
            "since", "until", "row", word=_.key
        )
    )
    met = made.inner_join(words, [made.day >= words.since])
    met = met.filter(met.until.isnull() | (met.day <= met.until))
    met = met.filter(met.use.lower().contains(met.word))
    return met.group_by("item", "actor", "day", "seq_of", "use").agg(row=_.row.min()).select(
        "row", "use", subject="item", party="actor", day="day", entries=ibis.array([_.seq_of])
    )  # fmt: skip
