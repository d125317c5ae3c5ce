"""The store of a recycler, exact to the milligram: what came in, went out, lies there, was left as residue, and what went to `Outside`.

    opening + received = out + residue + outside + closing            for every firm, month and metal, as an equality of integers

    received   batteries and lots from others                 out       lots sold, batteries and lots handed on
    residue    residues whose fate is told                    outside   of runs that are done: what was fed less what was made
    fed, made  between store and runs (inside the firm)       closing   in store, or at work in a run that gave nothing yet

Mass that leaves without a record goes to `outside`; it may be negative, where more was made than fed. A row is one item (or lot) and
one happening, with the entries that tell of it; contents as in `composition.content` and `balance.lot_share`.
"""

from functools import reduce

import ibis
from ibis import _

from suyuan.accounts.balance import MASS, RECOVERED, lot_share, runs
from suyuan.accounts.composition import content
from suyuan.accounts.figures import Account, figures, opened
from suyuan.accounts.sources import Sources
from suyuan.views.days import local_day
from suyuan.views.masses import in_kg

MG = 1e6
"""Milligrams of a kilogram."""
COLUMNS = ("party", "day", "flow", "item", "run", "process", "stage", "material", "stands", "metal", "mg", "u_mg", "source", "entries")  # fmt: skip
BALANCE = (
    "opening_mg", "received_mg", "fed_mg", "product_mg", "intermediate_mg", "residue_mg", "out_mg", "outside_mg", "closing_mg",
)  # fmt: skip


def movements(sources: Sources) -> ibis.Table:
    """The columns of `COLUMNS`, of every firm that runs a process."""
    known = sources.keep("balance_run", runs(sources))
    firms = known.select("party").distinct()
    moved = _union(
        [
            _fed(sources, known),
            _made(sources, known),
            *_lots_moved(sources, firms),
            *_things_moved(sources, firms),
        ]
    )
    return sources.keep(
        "movement", _with_outside(_contents(sources, sources.keep("movement_kg", moved)), known)
    )


def _union(tables: list[ibis.Table]) -> ibis.Table:
    return reduce(lambda one, other: one.union(other), tables)


KG = ("party", "day", "flow", "item", "run", "process", "stage", "material", "stands", "lot", "kg", "entries")


def _row(table: ibis.Table, flow: str, **told: ibis.Value) -> ibis.Table:
    """`table` in the columns `KG`; what is not told is null."""
    none = ibis.null("string")
    given = {"flow": ibis.literal(flow), **told}
    values = {
        name: given.get(name, table[name] if name in table.columns else (ibis.null("float64") if name == "kg" else none))
        for name in KG
    }  # fmt: skip
    return table.select(**values)


def _fed(sources: Sources, known: ibis.Table) -> ibis.Table:
    fed = sources.views["run_input"].inner_join(known.drop("day"), "run")
    return _row(fed, "fed", day=local_day(fed.occurred_at), lot=fed.kind == "lot")


def _made(sources: Sources, known: ibis.Table) -> ibis.Table:
    """What runs gave; of a residue whose fate is told nothing stays in store."""
    made = sources.views["run_output"].filter(_.kind == "lot").inner_join(known.drop("day"), "run")
    day, lot = local_day(made.occurred_at), ibis.literal(True)
    gone = made.filter(_.fate.notnull())
    return _row(made, "made", day=day, lot=lot).union(
        _row(gone, "residue", day=local_day(gone.occurred_at), lot=lot)
    )


def handovers(sources: Sources) -> ibis.Table:
    """item (lot), material, giver, taker, kg, day, entries: lots that went from one party to another, both sides' records as one."""
    lots = sources.counted.event_item.filter((_.kind == "lot") & _.role.isin(["epc", "child"]))
    lots = lots.mutate(kg=in_kg(_.quantity, _.uom)).select("seq", "item", "material", "kg")
    event = sources.counted.event.filter(_.from_party.notnull() & _.to_party.notnull())
    event = event.select("seq", "biz_step", day="local_day", giver="from_party", taker="to_party")
    each = lots.inner_join(event.filter(_.giver != _.taker), "seq")
    sides = each.mutate(
        side=ibis.ifelse(_.biz_step.isin(["receiving", "accepting", "collecting"]), "in", "out")
    )
    sides = sides.group_by("item", "giver", "taker", "side").agg(
        material=_.material.min(), kg=_.kg.sum(), day=_.day.min(), entries=_.seq.collect(order_by=_.seq)
    )
    return sides.group_by("item", "giver", "taker").agg(
        material=_.material.min(),
        kg=_.kg.max(),
        day=_.day.min(),
        entries=_.entries.collect().flatten().unique(),
    )


def _lots_moved(sources: Sources, firms: ibis.Table) -> list[ibis.Table]:
    moved = sources.keep("lot_handover", handovers(sources))
    lot = ibis.literal(True)
    fated = sources.views["run_output"].filter(_.fate.notnull()).select("item").distinct()
    gave = moved.semi_join(firms, moved.giver == firms.party).anti_join(fated, "item")
    took = moved.semi_join(firms, moved.taker == firms.party)
    return [_row(gave, "out", party=gave.giver, lot=lot), _row(took, "received", party=took.taker, lot=lot)]


def _things_moved(sources: Sources, firms: ibis.Table) -> list[ibis.Table]:
    """Batteries received by firms (or fed without a receipt on record), and handed on unfed."""
    held = sources.views["custody"].filter(_.kind.isin(["party", "in_transit"]))
    held = held.semi_join(firms, held.holder == firms.party)
    lots = sources.counted.event_item.filter(_.kind == "lot").select("item").distinct()
    held = held.anti_join(lots, "item").select("item", "nth", "kind", "holder", "since", "until", "entries")
    fed = sources.views["run_input"].filter(_.kind != "lot")
    fed = fed.inner_join(sources.keep("balance_run", runs(sources)).select("run", "party"), "run")
    fed_by = fed.select("item", "party").distinct()
    mine = held.filter(_.kind == "party")
    came = mine.group_by("item", party="holder").agg(
        day=local_day(_.since.min()), entries=_.entries.argmin(_.nth), last=_.nth.max()
    )
    unseen = fed.anti_join(came, ["item", "party"])
    unseen = unseen.group_by("item", "party").agg(
        day=local_day(_.occurred_at.min()), entries=_.entries.arbitrary()
    )
    left = came.anti_join(fed_by, ["item", "party"])
    ends = mine.select("item", party="holder", last="nth", until="until")
    left = left.drop("day", "entries").inner_join(ends, ["item", "party", "last"]).filter(_.until.notnull())
    nexts = sources.views["custody"].select("item", follows="nth", entries="entries")
    left = left.inner_join(nexts, [left.item == nexts.item, nexts.follows == left["last"] + 1])
    lot = ibis.literal(False)
    return [
        _row(came, "received", lot=lot),
        _row(unseen, "received", lot=lot),
        _row(left, "out", lot=lot, day=local_day(left.until)),
    ]


def _contents(sources: Sources, moved: ibis.Table) -> ibis.Table:
    """Kilograms of each metal in what moved, as integers of milligrams."""
    shares = lot_share(sources).filter(_.metal.isin([*RECOVERED]))
    lots = moved.filter(_.lot & _.kg.notnull())
    of_lots = lots.inner_join(shares.rename(item="lot"), "item")
    of_lots = of_lots.mutate(amount=of_lots.kg * of_lots.share, u=of_lots.kg * of_lots.share_u)
    things = moved.filter(~_.lot)
    weighed = sources.views["run_input"].filter(_.kind != "lot").group_by("item").agg(fed_kg=_.kg.max())
    known = sources.thing.select(of="item", thing_kg="kg")
    weights = things.select("item").distinct().left_join(weighed, "item").drop("item_right")
    weights = weights.left_join(known, [weights.item == known.of])
    weights = sources.keep("movement_weight", weights.select("item", kg=ibis.coalesce(_.fed_kg, _.thing_kg)))
    inside = sources.keep(
        "movement_content", content(sources, weights, "_moved").filter(_.metal.isin([*RECOVERED]))
    )
    of_things = things.inner_join(inside.select("item", "metal", "source", amount="kg", u="common"), "item")
    mass_of_things = things.drop("kg").inner_join(weights.filter(_.kg.notnull()), "item")
    parts = [
        _in_mg(of_lots),
        _in_mg(lots.mutate(metal=ibis.literal(MASS), source=ibis.literal("weighed"), amount=lots.kg, u=lots.kg * 0.0)),
        _in_mg(of_things),
        _in_mg(mass_of_things.mutate(metal=ibis.literal(MASS), source=ibis.literal("weighed"), amount=_.kg, u=_.kg * 0.0)),
    ]  # fmt: skip
    return _union(parts)


def _in_mg(table: ibis.Table) -> ibis.Table:
    told = table.mutate(mg=(table.amount * MG).round().cast("int64"), u_mg=table.u * MG)
    return told.select(*COLUMNS)


def _with_outside(told: ibis.Table, known: ibis.Table) -> ibis.Table:
    """`told`, and of every run that gave something what was fed less what was made, on the day on which it was done."""
    gave = told.filter(_.flow == "made").select("run").distinct()
    inside = told.filter(_.flow.isin(["fed", "made"])).semi_join(gave, "run")
    gap = inside.group_by("run", "metal").agg(
        mg=_.mg.sum(where=_.flow == "fed").fill_null(0) - _.mg.sum(where=_.flow == "made").fill_null(0),
        u_mg=(_.u_mg**2).sum().sqrt(),
        entries=_.entries.collect().flatten().unique(),
    )
    none = ibis.null("string")
    gap = gap.inner_join(known, "run").mutate(
        flow=ibis.literal("outside"), item=none, material=none, stands=none, source=ibis.literal("balance")
    )
    return told.union(gap.select(*COLUMNS))


def balances(sources: Sources) -> ibis.Table:
    """party, month, metal, opening_mg, received_mg, fed_mg, product_mg, intermediate_mg, residue_mg, out_mg, outside_mg, closing_mg.

    A month in which nothing moved has no row; what closed the one before opens the next that has.
    """
    moved = movements(sources).mutate(month=_.day.strftime("%Y-%m"))

    def of(flow: str, stands: str | None = None) -> ibis.Value:
        wanted = moved.flow == flow
        if stands is not None:
            wanted = wanted & (moved.stands.fill_null("") == stands)
        return moved.mg.sum(where=wanted).fill_null(0)

    sums = moved.group_by("party", "month", "metal").agg(
        received_mg=of("received"), fed_mg=of("fed"), product_mg=of("made", "product"), intermediate_mg=of("made", "intermediate"),
        residue_mg=of("residue"), out_mg=of("out"), outside_mg=of("outside"),
    )  # fmt: skip
    change = sums.received_mg - sums.out_mg - sums.residue_mg - sums.outside_mg
    so_far = ibis.cumulative_window(group_by=["party", "metal"], order_by="month")
    sums = sums.mutate(change=change)
    sums = sums.mutate(closing_mg=_.change.sum().over(so_far))
    sums = sums.mutate(opening_mg=_.closing_mg - _.change)
    # the engine adds up in wider numbers than it needs
    return sums.select(
        "party", "month", "metal", **{name: sums[name].cast("string").cast("int64") for name in BALANCE}
    )


def stocks(sources: Sources) -> ibis.Table:
    """party, item (null: at work), run, metal, mg: what lies in store, lot by lot and battery by battery, and what runs hold that gave nothing yet."""
    moved = movements(sources)
    sign = ibis.cases(
        (moved.flow.isin(["received", "made"]), 1), (moved.flow.isin(["out", "residue", "fed"]), -1), else_=0
    )
    store = (
        moved.filter(_.item.notnull())
        .group_by("party", "item", "metal")
        .agg(mg=(moved.mg * sign).sum().cast("string").cast("int64"))
    )
    gave = moved.filter(_.flow == "made").select("run").distinct()
    work = (
        moved.filter(_.flow == "fed")
        .anti_join(gave, "run")
        .group_by("party", "run", "metal")
        .agg(mg=_.mg.sum())
    )
    none = ibis.null("string")
    both = store.select("party", "item", "metal", "mg", run=none).union(
        work.select("party", "metal", "mg", "run", item=none).select("party", "item", "metal", "mg", "run")
    )
    return both.filter(_.mg != 0)


ACCOUNT = "balance"
MEASURES = {
    "received": ("received",), "fed": ("fed",), "product": ("made",), "intermediate": ("made",), "residue": ("residue",), "out": ("out",),
    "outside": ("outside",),
}  # fmt: skip
"""Figures of a month, and the flows that each adds up."""
HELD = ("received", "out", "residue", "outside")
"""Flows that change what a firm holds."""


def balance(sources: Sources) -> Account:
    """The figures of `balances` in milligrams, by month and metal; what a month opens and closes with opens to all that moved up to then."""
    sums = sources.keep("balance_month", balances(sources)).rename(period="month", key="metal")
    columns = {name: f"{name}_mg" for name in (*MEASURES, "opening", "closing")}
    each = [sums.mutate(measure=ibis.literal(name), value=sums[column]) for name, column in columns.items()]
    moved = movements(sources).mutate(period=_.day.strftime("%Y-%m"), key=_.metal)
    behind = []
    for name, flows in MEASURES.items():
        some = moved.filter(_.flow.isin([*flows]))
        if flows == ("made",):
            some = some.filter(_.stands == name)
        behind.append(some.mutate(measure=ibis.literal(name)))
    held = moved.filter(_.flow.isin([*HELD])).select("party", "key", "entries", moved_in="period")
    months = sums.select("party", "period", "key")
    up_to = months.inner_join(held, ["party", "key"])
    closing = up_to.filter(_.moved_in <= _.period).mutate(measure=ibis.literal("closing"))
    opening = up_to.filter(_.moved_in < _.period).mutate(measure=ibis.literal("opening"))
    entries = [opened(some, account=ACCOUNT) for some in [*behind, closing, opening]]
    figure = figures(_union(each), account=ACCOUNT, unit="mg")
    return Account(figure.filter(_.value != 0), _union(entries))
