"""Custody: to whom waste batteries may go, and what for.

A handover is judged where it is sent, and where it is received if nobody told the sending; the party that answers is the giver.
"""

import ibis
from ibis import _

from suyuan.rules.facts import Facts
from suyuan.rules.handling import handling, has_role, roles
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence
from suyuan.views.days import FOREVER

WASTE_FIRMS = ("recycler", "echelon-user", "re-maker")


def handovers(facts: Facts) -> ibis.Table:
    """Waste batteries handed to somebody: item, seq, day, giver, taker, kind, roles of both (null where nothing is known)."""
    told = handling(facts)
    sent = told.filter((_.holds == "transit") & _.to.notnull() & (_.waste_before | _.out_of.notnull()))
    sent = sent.filter(~_.swapped & ~((_.kind.startswith("reuse_")) & ~_.waste_before))
    sent = sent.select(
        "item", "kind", "seq", "day", giver="holder", taker="to", before="was_seq", source="was_giver"
    )
    arrived = (told.was == "transit") & (told.was_to == told.holder)
    taken = told.filter(_.step.isin(["received", "collected"]) & _.giver.notnull() & (_.giver != _.holder))
    taken = taken.filter(~arrived.fill_null(False) & _.waste_before)
    taken = taken.select(
        "item", "kind", "seq", "day", "giver", taker="holder", before="was_seq", source="was_giver"
    )
    both = sent.union(taken).filter(_.giver != _.taker)
    known = roles(facts)
    gave = known.select(gave="party", giver_roles="roles")
    took = known.select(took="party", taker_roles="roles")
    both = both.left_join(gave, both.giver == gave.gave).drop("gave")
    both = both.left_join(took, both.taker == took.took).drop("took")
    return facts.keep("waste_handover", both)


def _entitled(facts: Facts) -> ibis.Table:
    """Parties that may be handed waste batteries, from when to when."""
    rows = facts.law.filter((_.table == "waste-taker") & (_.field == "en"))
    rows = rows.select(role="key", since="since", until=_.until.fill_null(FOREVER))
    named = roles(facts).mutate(role=_.roles.strip().split(" ")).unnest("role")
    return named.inner_join(rows, "role").select(entitled="party", since="since", until="until")


def _without(given: ibis.Table, entitled: ibis.Table) -> ibis.Table:
    may = [given.taker == entitled.entitled, given.day >= entitled.since, given.day <= entitled.until]
    return given.anti_join(entitled, may)


@rule(
    "buyer-not-entitled",
    family="custody",
    severity=Severity.SERIOUS,
    cites=("order-73-2026#article-19", "measures-2018-43#hand-over"),
    title=Sentence(zh="废旧电池交给无资格主体", en="waste battery handed to nobody entitled"),
    sentence=Sentence(
        zh="{party} 于 {day} 把废旧电池 {subject} 交给 {taker}（{taker_roles}），该主体不是网点、综合利用企业或生产企业",
        en="{party} handed the waste battery {subject} to {taker} ({taker_roles}) on {day}: no outlet, utilisation enterprise or maker",
    ),
    remedy=Sentence(
        zh="请追回电池并移交合法的综合利用企业或回收服务网点",
        en="have the battery fetched back and handed to a lawful utilisation enterprise or an outlet",
    ),
    law=("waste-taker",),
)
def buyer_not_entitled(facts: Facts) -> ibis.Table:
    """Waste batteries go to outlets, utilisation enterprises and makers only; who is in master data is known by his roles."""
    found = _without(handovers(facts).filter(_.taker_roles.notnull()), _entitled(facts))
    return found.select(
        subject="item", party="giver", day="day", entries=ibis.array([found.seq]), taker="taker",
        taker_roles=_.taker_roles.strip(),
    )  # fmt: skip


@rule(
    "buyer-unknown",
    family="custody",
    severity=Severity.NOTE,
    cites=("order-73-2026#article-19", "measures-2018-43#hand-over"),
    title=Sentence(zh="接收方未登记", en="taker not in master data"),
    sentence=Sentence(
        zh="{party} 于 {day} 把废旧电池 {subject} 交给 {taker}，主数据中没有该主体",
        en="{party} handed the waste battery {subject} to {taker} on {day}; master data know no such party",
    ),
    remedy=Sentence(
        zh="请核对接收方统一社会信用代码；如为合法企业请登记",
        en="compare the taker's credit code; register it if it is a lawful enterprise",
    ),
)
def buyer_unknown(facts: Facts) -> ibis.Table:
    """Who takes waste batteries is known by name and role."""
    found = handovers(facts).filter(_.taker_roles.isnull())
    found = found.select(
        subject="item", party="giver", day="day", entries=ibis.array([found.seq]), taker="taker"
    )
    return found.mutate(root=found.taker)


@rule(
    "sold-off-route",
    family="custody",
    severity=Severity.WARNING,
    cites=("scrapped-vehicles-2020-2#battery-destination", "order-73-2026#chapter-3"),
    title=Sentence(zh="拆下电池未交给规定对象", en="taken-out battery handed to another than the law names"),
    sentence=Sentence(
        zh="{party} 于 {day} 把拆下的 {subject} 交给 {taker}（{taker_roles}）；只能交给回收服务网点或综合利用企业",
        en="{party} handed {subject}, which it had taken out, to {taker} ({taker_roles}) on {day}; only outlets and utilisation enterprises may get it",
    ),
    remedy=Sentence(
        zh="请改交回收服务网点或综合利用企业，并报送",
        en="hand it to an outlet or a utilisation enterprise, and report it",
    ),
    owner="dismantler",
    law=("waste-route", "waste-taker"),
)
def sold_off_route(facts: Facts) -> ibis.Table:
    """Dismantlers (and since 2026 swap operators and repairers) hand what they take out to outlets or utilisation enterprises."""
    rows = facts.law.filter((_.table == "waste-route") & (_.field == "en"))
    rows = rows.select(
        "since",
        "row",
        until=_.until.fill_null(FOREVER),
        giver_role=_.key.split("/")[0],
        taker_role=_.key.split("/")[1],
    )
    bound = rows.group_by("giver_role", "since").agg(until=_.until.max(), decided=_.row.min())
    given = handovers(facts).filter(_.taker_roles.notnull() & _.giver_roles.notnull())
    # who does several trades may hand on by the widest of them: an outlet that also repairs is an outlet
    given = given.filter(
        ~has_role(given.giver_roles, "outlet", "battery-maker", "vehicle-maker", *WASTE_FIRMS)
    )
    given = given.mutate(role=_.giver_roles.strip().split(" ")).unnest("role")
    given = given.inner_join(
        bound, [given.role == bound.giver_role, given.day >= bound.since, given.day <= bound.until]
    ).drop("since", "until", "giver_role")
    routes = rows.drop("row").inner_join(
        roles(facts).mutate(role=_.roles.strip().split(" ")).unnest("role").select("party", "role"),
        [("taker_role", "role")],
    )
    allowed = given.anti_join(
        routes,
        [
            given.taker == routes.party,
            given.role == routes.giver_role,
            given.day >= routes.since,
            given.day <= routes.until,
        ],
    )
    entitled = _entitled(facts)
    found = allowed.semi_join(
        entitled,
        [
            allowed.taker == entitled.entitled,
            allowed.day >= entitled.since,
            allowed.day <= entitled.until,
        ],
    )
    return found.select(
        subject="item", party="giver", day="day", entries=ibis.array([found.seq]), row="decided", taker="taker",
        taker_roles=_.taker_roles.strip(),
    )  # fmt: skip


@rule(
    "taker-not-listed",
    family="custody",
    severity=Severity.WARNING,
    cites=("scrapped-vehicles-2020-2#battery-destination", "cascade-2021-114#list"),
    title=Sentence(zh="交给未在名单上的企业", en="handed to a firm that was not on the list"),
    sentence=Sentence(
        zh="{party} 于 {day} 把 {subject} 交给 {taker}，该企业当时不在规范企业名单上（{listed_from} 至 {listed_to}）",
        en="{party} handed {subject} to {taker} on {day}, which was not on the list of conforming firms then ({listed_from} to {listed_to})",
    ),
    remedy=Sentence(
        zh="请核对企业名单的起止日期；不符合条件的不得移交",
        en="compare the days of the list; batteries may not go to a firm that does not qualify",
    ),
    owner="dismantler",
    law=("waste-route",),
)
def taker_not_listed(facts: Facts) -> ibis.Table:
    """Until Order 73 dismantlers sold to qualified firms: those on the list on that day. Since then being listed is not asked."""
    rows = facts.law.filter((_.table == "waste-route") & (_.field == "en") & (_.key == "dismantler/recycler"))
    qualified = rows.filter(_.cites.startswith("scrapped-vehicles")).select(
        "since", "row", until=_.until.fill_null(FOREVER)
    )
    listed = facts.party.filter(_.listed_from.notnull() | _.listed_to.notnull())
    listed = listed.select("listed_from", "listed_to", listed="party")
    given = handovers(facts).filter(
        has_role(_.giver_roles, "dismantler") & has_role(_.taker_roles, *WASTE_FIRMS)
    )
    given = given.filter(~has_role(_.taker_roles, "outlet", "battery-maker", "vehicle-maker"))
    given = given.inner_join(listed, given.taker == listed.listed)
    given = given.filter((given.day < given.listed_from) | (given.day > given.listed_to))
    found = given.inner_join(qualified, [given.day >= qualified.since, given.day <= qualified.until])
    return found.select(
        "row", "taker", "listed_from", "listed_to", subject="item", party="giver", day="day",
        entries=ibis.array([found.seq]), root=found.taker,
    )  # fmt: skip


@rule(
    "taker-without-approval",
    family="custody",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-18",),
    title=Sentence(zh="再生利用企业无批准产能记录", en="recycler without an approval on record"),
    sentence=Sentence(
        zh="再生利用企业 {subject} 自 {day} 起收到 {count} 件废旧电池，但主数据中没有其经批准的处理能力",
        en="recycler {subject} took in {count} waste batteries since {day}, but master data show no approved capacity of it",
    ),
    remedy=Sentence(
        zh="请补报项目批准、环评与处理能力；没有批准的不得从事综合利用",
        en="report project approval, environmental assessment and capacity; without them nobody may recycle",
    ),
    scope="party",
    owner="recycler",
)
def taker_without_approval(facts: Facts) -> ibis.Table:
    """Who recycles has an approved capacity on record, where that is recorded of recyclers at all."""
    of_sites = facts.site.filter(_.capacity_t_per_year.notnull()).select("party")
    approved = (
        facts.party.filter(_.capacity_t_per_year.notnull()).select("party").union(of_sites, distinct=True)
    )
    recyclers = facts.party_role.filter(_.role == "recycler").select("party")
    told = recyclers.semi_join(approved, "party").agg(told=_.count())
    without = recyclers.anti_join(approved, "party").cross_join(told).filter(_.told > 0).select("party")
    taken = facts.moment.filter(_.step.isin(["received", "collected"]) & (_.kind == "pack"))
    taken = taken.mutate(party=ibis.coalesce(taken.taker, taken.actor)).semi_join(without, "party")
    order = ibis.window(group_by="party", order_by=["day", "seq"])
    taken = taken.mutate(n=ibis.row_number().over(order))
    found = taken.group_by("party").agg(
        day=_.day.min(), count=_.count(), entries=_.seq.collect(where=_.n < 100, order_by=_.n)
    )
    return found.select("party", "day", "entries", "count", subject="party")


@rule(
    "recycler-trades-whole-packs",
    family="custody",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-45", "conditions-2024-42#sources"),
    title=Sentence(zh="再生利用企业转卖整包", en="recycler hands on a whole pack"),
    sentence=Sentence(
        zh="再生利用企业 {party} 于 {day} 把未经处理的 {subject} 转交 {taker}",
        en="recycler {party} handed {subject} on to {taker} on {day} without processing it",
    ),
    remedy=Sentence(
        zh="请说明原因（退货、误送）；以贸易代替加工的须整改",
        en="give the reason (returned, misdelivered); trading instead of processing has to stop",
    ),
    owner="recycler",
)
def recycler_trades_whole_packs(facts: Facts) -> ibis.Table:
    """Recyclers process what they take in. Giving it back to whom it came from, or to a re-maker of the same trade, is no trade."""
    found = handovers(facts).filter(has_role(_.giver_roles, "recycler") & ~_.kind.startswith("reuse_"))
    found = found.filter(~has_role(found.giver_roles, "outlet", "battery-maker", "vehicle-maker"))
    found = found.filter((found.taker != found.source).fill_null(True))
    return found.select(
        "taker", subject="item", party="giver", day="day",
        entries=ibis.ifelse(found.before.isnull(), ibis.array([found.seq]), ibis.array([found.before, found.seq])),
    )  # fmt: skip
