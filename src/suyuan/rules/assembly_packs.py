"""Rules of assembly: packs in vehicles.

one-code-in-two-vehicles   put into a vehicle while in another        removed-from-another-vehicle   out of a vehicle that it was not in
used-pack-back-in-vehicle  once retired, in a vehicle again           used-pack-as-new-spare         once in a vehicle, stocked as a new spare
"""

import ibis
from ibis import _

from suyuan.rules.choosing import entries
from suyuan.rules.facts import Facts
from suyuan.rules.rule import Severity, rule
from suyuan.terms.sentence import Sentence

RETIRING = ("collected", "stored", "received", "shipped", "removed", "replaced")
WHICH_VEHICLE = Sentence(
    zh="请核对车辆识别代号和电池编码，查明实物在哪辆车上",
    en="check vehicle numbers and codes, and find out in which vehicle the thing is",
)


def _wandering(facts: Facts) -> ibis.Table:
    """What is told of packs that were in several vehicles, or in stock after one, each with the move before it.

    item, seq, day, occurred_at, step, act, vehicle (null: not about a vehicle), party, swap; before_*: the last move before it (`vehicle`,
    `act`, `seq`, `day`, `swap`); tested: seq of the last measuring or re-making before it.
    """
    told = facts.moment.filter(_.kind.isin(["pack", "reuse_pack"]))
    in_vehicle = (told.role == "child") & (told.parent_kind == "vehicle")
    moves = (
        told.filter(in_vehicle)
        .group_by("item")
        .agg(first=_.parent.min(), last=_.parent.max(), times=_.count())
    )
    stocked = told.filter(_.step == "stocked").select("item").distinct()
    wanted = moves.filter(_.first != _.last).select("item").union(stocked.semi_join(moves, "item")).distinct()
    none = ibis.null("string")
    told = told.mutate(
        vehicle=ibis.ifelse(in_vehicle, told.parent, none), party=told.actor, swap=_.swap.fill_null(False), into=in_vehicle & (told.act == "ADD"),
        out=in_vehicle & (told.act == "DELETE"),
    )  # fmt: skip
    told = told.select(
        "item", "seq", "day", "occurred_at", "rank", "step", "vehicle", "party", "swap", "into", "out"
    ).semi_join(wanted, "item")
    so_far = ibis.cumulative_window(group_by="item", order_by=["occurred_at", "rank", "seq"])
    told = told.mutate(
        n=ibis.row_number().over(ibis.window(group_by="item", order_by=["occurred_at", "rank", "seq"]))
    )
    number = ibis.null("int64")
    told = told.mutate(
        last_into=ibis.ifelse(_.into, _.n, number).max().over(so_far),
        out_n=ibis.ifelse(_.out, _.n, number).max().over(so_far),
        retired_n=ibis.ifelse(_.step.isin(RETIRING) & ~_.swap & ~_.into, _.n, number).max().over(so_far),
        tested_n=ibis.ifelse(_.step.isin(["measured", "remade", "made"]), _.n, number).max().over(so_far),
    )
    order = ibis.window(group_by="item", order_by="n")
    told = told.mutate(
        before_into=_.last_into.lag().over(order),
        before_out=_.out_n.lag().over(order),
        before_retired=_.retired_n.lag().over(order),
    )
    entered = told.filter(_.into).select(
        of="item", of_n="n", before_vehicle="vehicle", before_seq="seq", before_day="day", before_swap="swap"
    )
    return facts.keep(
        "wandering", told.left_join(entered, [("item", "of"), ("before_into", "of_n")]).drop("of", "of_n")
    )


def _told(found: ibis.Table) -> ibis.Table:
    """Findings about moves of `_wandering`, each against the last into a vehicle before it."""
    return found.select(
        "vehicle", "before_vehicle", "before_day", subject="item", party="party", day="day",
        entries=entries(found.before_seq, found.seq),
    )  # fmt: skip


@rule(
    "one-code-in-two-vehicles",
    family="assembly",
    severity=Severity.SERIOUS,
    cites=("gbt-34014-2017#uniqueness", "provisions-2018-35#article-8"),
    title=Sentence(zh="同一编码在两辆车上", en="one code in two vehicles"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把 {subject} 装入 {vehicle}，但它自 {before_day} 起在 {before_vehicle} 上，没有拆下",
        en="{party} reported {subject} put into {vehicle} on {day}; it had been in {before_vehicle} since {before_day} and was not taken out",
    ),
    remedy=WHICH_VEHICLE,
    owner="vehicle-maker",
)
def one_code_in_two_vehicles(facts: Facts) -> ibis.Table:
    """A pack is in one vehicle; at swap stations the taking out may be told elsewhere."""
    moves = _wandering(facts).filter(_.into & ~_.swap & (_.vehicle != _.before_vehicle))
    still = moves.filter(
        (_.before_out.isnull() | (_.before_out < _.before_into))
        & (_.before_retired.isnull() | (_.before_retired < _.before_into))
    )
    return _told(still)


@rule(
    "removed-from-another-vehicle",
    family="assembly",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-10", "provisions-2018-35#article-13"),
    title=Sentence(zh="从未绑定的车辆上拆下", en="taken out of a vehicle that it was not in"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 从 {vehicle} 拆下 {subject}，但它自 {before_day} 起在 {before_vehicle} 上",
        en="{party} reported {subject} taken out of {vehicle} on {day}; it had been in {before_vehicle} since {before_day}",
    ),
    remedy=WHICH_VEHICLE,
)
def removed_from_another_vehicle(facts: Facts) -> ibis.Table:
    """The old code of a repair or a scrapping is one that is bound to that vehicle."""
    moves = _wandering(facts).filter(_.out & ~_.swap & (_.vehicle != _.before_vehicle))
    still = moves.filter(_.before_out.isnull() | (_.before_out < _.before_into))
    return _told(still)


@rule(
    "used-pack-back-in-vehicle",
    family="assembly",
    severity=Severity.WARNING,
    cites=("order-73-2026#article-19", "provisions-2018-35#article-10"),
    title=Sentence(zh="退役电池包重新装车", en="a retired pack in a vehicle again"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把 {subject} 装入 {vehicle}；它自 {before_day} 起在 {before_vehicle} 上，后被拆下，此后没有检测或再制造记录",
        en="{party} reported {subject} put into {vehicle} on {day}; it had been in {before_vehicle} since {before_day}, was taken out, and neither tested nor re-made since",
    ),
    remedy=Sentence(
        zh="请说明旧电池如何回到车上；如经检测，请补报",
        en="tell how the old pack came into a vehicle again; if it was tested, report that",
    ),
)
def used_pack_back_in_vehicle(facts: Facts) -> ibis.Table:
    """An old pack goes into another vehicle only after a test or under a new code; swapped packs come and go."""
    moves = _wandering(facts).filter(
        _.into & ~_.swap & ~_.before_swap.fill_null(False) & (_.vehicle != _.before_vehicle)
    )
    out = moves.filter((_.before_out > _.before_into) | (_.before_retired > _.before_into))
    found = out.filter(_.tested_n.isnull() | (_.tested_n < _.before_into))
    return _told(found)


@rule(
    "used-pack-as-new-spare",
    family="assembly",
    severity=Severity.WARNING,
    cites=("provisions-2018-35#article-3", "order-73-2026#article-19"),
    title=Sentence(zh="旧电池包作为新备件入库", en="a used pack stocked as a new spare"),
    sentence=Sentence(
        zh="{party} 报送于 {day} 把 {subject} 作为备件入库，但它自 {before_day} 起曾在 {before_vehicle} 上，此后没有检测记录",
        en="{party} reported {subject} stocked as a spare on {day}; it had been in {before_vehicle} since {before_day} and was not tested since",
    ),
    remedy=Sentence(
        zh="请说明备件来源；如经检测翻新，请补报",
        en="tell where the spare comes from; if it was tested, report that",
    ),
)
def used_pack_as_new_spare(facts: Facts) -> ibis.Table:
    """Spares are new, or tested."""
    stocked = _wandering(facts).filter(
        (_.step == "stocked") & _.before_vehicle.notnull() & ~_.before_swap.fill_null(False)
    )
    found = stocked.filter(_.tested_n.isnull() | (_.tested_n < _.before_into))
    return _told(found).drop("vehicle")
