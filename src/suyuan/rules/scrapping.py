"""Scrapping: a vehicle comes with the pack that is bound to it, and the pack comes out before the vehicle is gone."""

import ibis
from ibis import _

from suyuan.rules.choosing import first_of, settled, threshold
from suyuan.rules.facts import Facts
from suyuan.rules.handling import handling, has_role, roles
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import FOREVER

DUTY = ("provisions-2018-35#article-13", "scrapped-vehicles-2020-2#battery-destination")
TOGETHER = ("order-73-2026#chapter-3",)
CODE = "^[0-9A-Z]{19,26}$"


def taken_in(facts: Facts) -> ibis.Table:
    """Vehicles taken in for scrapping: vehicle, seq, at, day, yard, present (null where not said), certificate, codes, swap."""
    said = facts.moment.filter((_.step == "taken_in") & (_.kind == "vehicle"))
    said = said.select(
        "seq", "day", "received_day", vehicle="item", at="occurred_at", yard=ibis.coalesce(_.taker, _.actor)
    )
    told = {"present": "sy:batteryPresent", "certificate": "sy:scrapCertificate", "codes": "sy:codesRead"}
    words = facts.counted.event_word.filter(_.word.isin(list(told.values())))
    none = ibis.null("string")
    words = words.group_by(of="seq").agg(
        **{name: ibis.ifelse(words.word == word, words.value, none).max() for name, word in told.items()}
    )
    said = said.left_join(words, said.seq == words.of).drop("of")
    swaps = facts.counted.event_word.filter((_.word == "sy:swapType") & (_.value == "true")).select("seq")
    of_swap_type = (
        facts.moment.filter(_.step == "certified").select("seq", swapper="item").semi_join(swaps, "seq")
    )
    of_swap_type = of_swap_type.select("swapper").distinct()
    said = said.left_join(of_swap_type, said.vehicle == of_swap_type.swapper)
    return facts.keep("vehicle_taken_in", said.mutate(swap=_.swapper.notnull()).drop("swapper"))


def bound(facts: Facts) -> ibis.Table:
    """Packs bound to vehicles when they were taken in: the columns of `taken_in` with pack, start (entry of the binding)."""
    inside = facts.views["assembly"].filter(
        (_.parent_kind == "vehicle") & _.child_kind.isin(["pack", "reuse_pack"])
    )
    inside = inside.select("since", "until", "start", pack="child", of="parent")
    met = taken_in(facts).inner_join(inside, [("vehicle", "of")])
    there = (met.since.isnull() | (met.since <= met.at)) & (met.until.isnull() | (met.until >= met.at))
    return facts.keep("bound_when_taken_in", met.filter(there).drop("of"))


def _by_vehicle(facts: Facts) -> ibis.Table:
    """of (an entry of taking in), packs (codes in one text), starts (entries of their bindings)."""
    return (
        bound(facts)
        .group_by(of="seq")
        .agg(packs=_.pack.group_concat(" "), starts=_.start.collect(where=_.start.notnull(), distinct=True))
    )


def _entries(starts: ibis.Value, seq: ibis.Value) -> ibis.Value:
    return ibis.ifelse(starts.isnull(), ibis.array([seq]), starts.concat(ibis.array([seq])))


@rule(
    "incomplete-vehicle",
    family="scrapping",
    severity=Severity.SERIOUS,
    cites=TOGETHER,
    title=Sentence(zh="车电一体报废：缺电池的车辆", en="scrapped without its battery: an incomplete vehicle"),
    sentence=Sentence(
        zh="{party} 于 {day} 接收报废车 {subject}，车上没有动力电池（记录中绑定：{packs}）；应按车辆缺失处理",
        en="{party} took in {subject} for scrapping on {day} without its battery (bound on record: {packs}): it counts as incomplete",
    ),
    remedy=Sentence(
        zh="请按车辆缺失处理，并追查电池去向；换电车型请补报车型",
        en="treat it as incomplete and find out where the battery went; report the type if it is made for swapping",
    ),
    owner="dismantler",
    law=("integrated-scrapping",),
)
def incomplete_vehicle(facts: Facts) -> ibis.Table:
    """Since Order 73 vehicle and battery are scrapped together; vehicles made for swapping are exempt."""
    rows = facts.law.filter((_.table == "integrated-scrapping") & (_.field == "en"))
    rows = rows.select("since", "row", until=_.until.fill_null(FOREVER))
    missing = taken_in(facts).filter((_.present == "false") & ~_.swap)
    found = missing.inner_join(rows, [missing.day >= rows.since, missing.day <= rows.until])
    packs = _by_vehicle(facts)
    found = found.left_join(packs, found.seq == packs.of)
    return found.select(
        "row", "day", subject="vehicle", party="yard", entries=_entries(found.starts, found.seq),
        packs=_.packs.fill_null("-"),
    )  # fmt: skip


@rule(
    "pack-missing-at-scrapping",
    family="scrapping",
    severity=Severity.WARNING,
    cites=DUTY,
    title=Sentence(zh="报废时电池缺失", en="pack missing at scrapping"),
    sentence=Sentence(
        zh="{party} 于 {day} 接收报废车 {vehicle} 时没有电池，但 {subject} 在记录中仍装在该车上",
        en="{vehicle} came to {party} without a battery on {day}, though on record {subject} was in it",
    ),
    remedy=Sentence(
        zh="请查明电池由谁拆走并补报拆卸与移交",
        en="find out who took the pack out, and have the removal and the handover reported",
    ),
    owner="dismantler",
)
def pack_missing_at_scrapping(facts: Facts) -> ibis.Table:
    """A pack that nobody took out of its vehicle is in it when the vehicle is scrapped."""
    missing = bound(facts).filter((_.present == "false") & ~_.swap)
    found = first_of(missing, "pack", order=[ibis.desc("at"), ibis.desc("seq")])
    starts = ibis.ifelse(found.start.isnull(), ibis.array([found.seq]), ibis.array([found.start, found.seq]))
    return found.select("day", "vehicle", subject="pack", party="yard", entries=starts, root="vehicle")


@rule(
    "pack-removed-before-scrapping",
    family="scrapping",
    severity=Severity.WARNING,
    cites=(*TOGETHER, "measures-2018-43#owner"),
    title=Sentence(zh="报废前拆走电池", en="pack taken out shortly before scrapping"),
    sentence=Sentence(
        zh="{party} 于 {day} 从 {vehicle} 拆走 {subject}，未装新电池，该车 {days} 天后交 {yard} 报废",
        en="{party} took {subject} out of {vehicle} on {day} and put no other in; {days} days later it went to {yard} for scrapping",
    ),
    remedy=Sentence(
        zh="请拆卸方说明原因和电池去向",
        en="have who took it out give the reason and tell where the pack went",
    ),
    owner="after-sales",
    law=("threshold",),
)
def pack_removed_before_scrapping(facts: Facts) -> ibis.Table:
    """A vehicle does not lose its pack to somebody else just before it is scrapped. Replacing it is no loss."""
    empty = taken_in(facts).filter(~_.swap).anti_join(bound(facts).select("seq"), "seq")
    out = facts.moment.filter(
        (_.kind == "pack") & (_.role == "child") & (_.act == "DELETE") & _.step.isin(["removed", "replaced"])
    )
    out = out.select(
        pack="item", left="parent", out_seq="seq", out_at="occurred_at", out_day="day", remover="actor"
    )
    met = empty.inner_join(
        out, [empty.vehicle == out.left, out.out_at <= empty.at, out.remover != empty.yard]
    )
    met = met.mutate(days=_.day.delta(_.out_day, unit="day"))
    found = threshold(facts, met, day="day", most="removed-before-scrapping").filter(_.days <= _.most)
    return found.select(
        "row", "days", "yard", "vehicle", subject="pack", party="remover", day="out_day", root="vehicle",
        entries=ibis.array([found.out_seq, found.seq]),
    )  # fmt: skip


@rule(
    "vehicle-gone-with-pack",
    family="scrapping",
    severity=Severity.SERIOUS,
    cites=(*TOGETHER, *DUTY),
    title=Sentence(zh="车已拆解而电池仍记在车上", en="vehicle gone with the pack still recorded in it"),
    sentence=Sentence(
        zh="{party} 报送 {vehicle} 于 {day} 拆解完成，但没有 {subject} 的拆卸记录",
        en="{party} reports that {vehicle} was gone on {day}, but nobody took {subject} out of it",
    ),
    remedy=Sentence(
        zh="请补报电池拆卸与去向；电池不在车上的说明情况",
        en="report removal and destination of the pack, or say that it was not there",
    ),
    owner="dismantler",
    law=("threshold",),
)
def vehicle_gone_with_pack(facts: Facts) -> ibis.Table:
    """Before a vehicle is destroyed its pack comes out."""
    gone = facts.moment.filter((_.step == "vehicle_gone") & (_.kind == "vehicle"))
    gone = gone.group_by(of="item").agg(day=_.day.min(), gone_seq=_.seq.min(), actor=_.actor.min())
    empty = taken_in(facts).filter(_.present == "false").select(of="vehicle")
    still = _still_inside(facts)
    found = settled(facts, still.inner_join(gone.anti_join(empty, "of"), [("inside", "of")]), "report-wait")
    return found.select(
        "day", subject="item", party="actor", entries=ibis.array([found.seq, found.gone_seq]), root="inside", vehicle="inside"
    )  # fmt: skip


@rule(
    "pack-never-removed",
    family="scrapping",
    severity=Severity.WARNING,
    cites=DUTY,
    title=Sentence(zh="报废车电池迟迟未拆", en="pack never taken out of a scrapped vehicle"),
    sentence=Sentence(
        zh="{party} 于 {day} 接收报废车 {vehicle}（称电池在车），至今没有拆下 {subject} 的记录",
        en="{party} took {vehicle} in for scrapping on {day} with its battery, and has not reported taking {subject} out since",
    ),
    remedy=Sentence(
        zh="请补报拆卸，或说明车辆与电池现状", en="report the removal, or say how vehicle and pack stand"
    ),
    owner="dismantler",
    law=("threshold",),
)
def pack_never_removed(facts: Facts) -> ibis.Table:
    """A pack that came with a scrapped vehicle is taken out in due time."""
    gone = facts.moment.filter(_.step == "vehicle_gone").select(vehicle="item")
    waiting = taken_in(facts).filter(_.present == "true").anti_join(gone, "vehicle")
    still = _still_inside(facts).select("item", "inside", inside_seq="seq", put_at="occurred_at")
    met = still.inner_join(waiting, [("inside", "vehicle")]).filter(_.put_at <= _.at)
    found = settled(facts, met, "removal-wait")
    return found.select(
        "day", subject="item", party="yard", entries=ibis.array([found.inside_seq, found.seq]), root="inside", vehicle="inside"
    )  # fmt: skip


def _still_inside(facts: Facts) -> ibis.Table:
    """Packs of which the last that is told is that they were put into a vehicle."""
    inside = (_.inside_kind == "vehicle") & _.next_seq.isnull() & _.kind.isin(["pack", "reuse_pack"])
    return handling(facts).filter(inside).select("item", "inside", "seq", "occurred_at")


@rule(
    "codes-differ-at-scrapping",
    family="scrapping",
    severity=Severity.WARNING,
    cites=(*DUTY, *TOGETHER),
    title=Sentence(
        zh="报废时读码与绑定不符", en="codes read at scrapping are not those bound to the vehicle"
    ),
    sentence=Sentence(
        zh="{party} 于 {day} 在报废车 {subject} 上读到 {read}，记录中绑定的是 {packs}",
        en="{party} read {read} on {subject} when it came for scrapping on {day}; bound on record is {packs}",
    ),
    remedy=Sentence(
        zh="请再次读码；确有更换的，补报维修更换记录",
        en="read the label again; if the pack was replaced, have the replacement reported",
    ),
    owner="dismantler",
)
def codes_differ_at_scrapping(facts: Facts) -> ibis.Table:
    """The codes read on a scrapped vehicle are those of the packs bound to it. Vehicles of which no pack is on record are not judged."""
    read = taken_in(facts).filter(_.codes.notnull() & ~_.swap)
    read = read.mutate(code=_.codes.re_replace(r'[\[\]"\s]', "").split(",")).unnest("code")
    read = read.mutate(code=_.code.re_replace(r"^.*/", "").upper()).filter(_.code.re_search(CODE))
    other = read.anti_join(bound(facts).select("seq", code="pack"), ["seq", "code"])
    other = other.group_by("seq", "day", "vehicle", "yard").agg(read=_.code.group_concat(" "))
    packs = _by_vehicle(facts)
    found = other.inner_join(packs, other.seq == packs.of)
    return found.select(
        "day", "read", "packs", subject="vehicle", party="yard", entries=_entries(found.starts, found.seq)
    )  # fmt: skip


@rule(
    "scrap-certificate-twice",
    family="scrapping",
    severity=Severity.WARNING,
    cites=DUTY,
    title=Sentence(zh="一证多车", en="one scrap certificate for several vehicles"),
    sentence=Sentence(
        zh="{party} 以同一报废回收证明 {certificate} 报送了 {count} 辆车，其中有 {subject}",
        en="{party} reports {count} vehicles under the one scrap certificate {certificate}, among them {subject}",
    ),
    remedy=Sentence(
        zh="请核对证明编号，每车一证", en="compare the numbers: each vehicle has its own certificate"
    ),
    scope="party",
    owner="dismantler",
)
def scrap_certificate_twice(facts: Facts) -> ibis.Table:
    """A scrap certificate is of one vehicle."""
    told = taken_in(facts).filter(_.certificate.notnull())
    counted = told.group_by("yard", "certificate").agg(
        count=_.vehicle.nunique(), entries=_.seq.collect(order_by=_.seq)
    )
    shared = told.group_by("yard", "certificate", "vehicle").agg(day=_.day.min()).inner_join(
        counted.filter(_["count"] > 1), ["yard", "certificate"]
    )  # fmt: skip
    certificate = shared.certificate.re_replace('"', "")
    return shared.select(
        "day", "count", "entries", subject="vehicle", party="yard", root=certificate, certificate=certificate
    )


@rule(
    "scrapped-by-no-dismantler",
    family="scrapping",
    severity=Severity.WARNING,
    cites=("scrapped-vehicles-2020-2#dismantlers",),
    title=Sentence(zh="非报废拆解企业接收报废车", en="scrapped by a party that is no dismantler"),
    sentence=Sentence(
        zh="{party}（{party_roles}）于 {day} 接收报废车 {subject}，该主体不是报废机动车回收拆解企业",
        en="{party} ({party_roles}) took {subject} in for scrapping on {day}, but is no dismantler",
    ),
    remedy=Sentence(
        zh="请核对主体与资质；报废车须交有资质的拆解企业",
        en="compare party and licence: scrapped vehicles go to licensed dismantlers",
    ),
    owner="regulator",
)
def scrapped_by_no_dismantler(facts: Facts) -> ibis.Table:
    """Only dismantlers take vehicles in for scrapping; of whom nothing is known nothing is said."""
    known = roles(facts)
    met = taken_in(facts).inner_join(known, [("yard", "party")])
    found = met.filter(~has_role(met.roles, "dismantler"))
    return found.select(
        "day", subject="vehicle", party="yard", entries=ibis.array([found.seq]), party_roles=_.roles.strip()
    )


@rule(
    "scrapped-without-certificate",
    family="scrapping",
    severity=Severity.NOTE,
    cites=DUTY,
    title=Sentence(zh="缺报废回收证明", en="no scrap certificate"),
    sentence=Sentence(
        zh="{party} 于 {day} 接收报废车 {subject}，没有报废机动车回收证明编号",
        en="{party} took {subject} in for scrapping on {day} and names no scrap certificate",
    ),
    remedy=Sentence(zh="请补报回收证明编号", en="report the number of the certificate"),
    owner="dismantler",
)
def scrapped_without_certificate(facts: Facts) -> ibis.Table:
    """Taking a vehicle in for scrapping goes with a certificate."""
    found = taken_in(facts).filter(_.certificate.isnull())
    return found.select("day", subject="vehicle", party="yard", entries=ibis.array([found.seq]))
