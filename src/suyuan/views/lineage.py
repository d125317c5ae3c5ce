"""Lineage: which thing became part of which, or which.

    kind          from            to             through
    assembled     child           parent                     while since … until
    reuse         old code        new code       run         a run that makes things of things
    recycled_in   thing or lot    run            run
    recycled_out  run             lot            run
    replaced      old code        new code       vehicle     one repair order, or one swap, in one vehicle
    swapped

Inputs and outputs of a run may stand in several events. Old and new of a repair order are of one kind, and at one position
where both say which. A swap, or a replacing without an order, pairs what came in with what left the same parent last.
"""

import ibis
from ibis import _

from suyuan.views.statements import remade_runs
from suyuan.views.tables import Tables, never


def lineage(effective: Tables, assembly: ibis.Table) -> ibis.Table:
    """Edges item → other, from effective tables and `assembly.assembly` of them."""
    edges = _assembled(assembly).union(_runs(effective)).union(_replaced(effective, assembly))
    return edges.filter(_.item != _.other)


def _assembled(assembly: ibis.Table) -> ibis.Table:
    return assembly.select(
        item=_.child,
        other=_.parent,
        kind=ibis.literal("assembled"),
        through=ibis.null("string"),
        since=_.since,
        until=_.until,
        entries=ibis.array([_.start, _.end]).filter(lambda seq: seq.notnull()),
    )


def in_runs(effective: Tables, role: str) -> ibis.Table:
    """(run, item, kind, material, listed, at, entries): what went into runs, or came out of them."""
    items = effective.event_item.filter(_.role == role)
    joined = items.inner_join(effective.event.select("seq", "run", "occurred_at"), "seq")
    return (
        joined.filter(_.run.notnull())
        .group_by("run", "item", "kind", "material")
        .agg(listed=_.listed.any(), at=_.occurred_at.min(), entries=_.seq.collect(order_by=_.seq))
    )


def _runs(effective: Tables) -> ibis.Table:
    fed, made = in_runs(effective, "input"), in_runs(effective, "output")
    remade = remade_runs(effective)
    old = fed.select("run", "at", "entries", old="item")
    new = made.select(of_run="run", new="item", new_at="at", new_entries="entries")
    again = old.inner_join(remade.filter(_.remade).select(this="of_run"), [("run", "this")])
    reuse = again.inner_join(new, [("run", "of_run")]).select(
        item=_.old,
        other=_.new,
        kind=ibis.literal("reuse"),
        through=_.run,
        since=_.new_at,
        until=never(old.at),
        entries=_.entries.union(_.new_entries).sort(),
    )
    material = remade.filter(~_.remade).select(this="of_run")
    into = fed.inner_join(material, [("run", "this")]).select(
        item=_.item,
        other=_.run,
        kind=ibis.literal("recycled_in"),
        through=_.run,
        since=_.at,
        until=never(fed.at),
        entries=_.entries,
    )
    out = made.inner_join(material, [("run", "this")]).select(
        item=_.run,
        other=_.item,
        kind=ibis.literal("recycled_out"),
        through=_.run,
        since=_.at,
        until=never(fed.at),
        entries=_.entries,
    )
    return reuse.union(into).union(out)


def _replaced(effective: Tables, assembly: ibis.Table) -> ibis.Table:
    words = effective.event.select("seq", "repair_order", "swap", "biz_step", "position")
    left = assembly.filter(_.end.notnull() & _.ended_by.isin(["removed", "elsewhere"])).select(
        "parent", old="child", old_kind="child_kind", left_at="until", left_seq="end"
    )
    left = left.inner_join(words, [("left_seq", "seq")]).select(
        "parent", "old", "old_kind", "left_at", "left_seq", "repair_order", "swap", out_position="position"
    )
    came = assembly.filter(_.start.notnull()).select(
        into="parent", new="child", new_kind="child_kind", came_at="since", came_seq="start"
    )
    came = came.inner_join(words, [("came_seq", "seq")]).select(
        "into", "new", "new_kind", "came_at", "came_seq", "biz_step",
        order="repair_order", swapped="swap", in_position="position",
    )  # fmt: skip
    fits = (
        (_.old_kind == _.new_kind)
        & (_.old != _.new)
        & (_.out_position.isnull() | _.in_position.isnull() | (_.out_position == _.in_position))
    )
    ordered = left.inner_join(came, [("parent", "into"), ("repair_order", "order")]).filter(fits)
    unordered = (
        left.filter(_.repair_order.isnull())
        .inner_join(came.filter(_.order.isnull()), [("parent", "into")])
        .filter(fits & (_.left_at <= _.came_at))
        .filter((_.swap & _.swapped) | (~_.swap.fill_null(False) & (_.biz_step == "replacing")))
    )
    # with what left last before it came; a swap may change several packs in one event
    latest = ibis.window(group_by=["parent", "new", "came_seq"])
    unordered = unordered.mutate(latest=_.left_at.max().over(latest)).filter(_.left_at == _.latest)
    return _pairs(ordered).union(_pairs(unordered.drop("latest")))


def _pairs(pairs: ibis.Table) -> ibis.Table:
    return pairs.select(
        item=_.old,
        other=_.new,
        kind=ibis.ifelse(_.swap.fill_null(False) & _.swapped.fill_null(False), "swapped", "replaced"),
        through=_.parent,
        since=_.came_at,
        until=never(pairs.came_at),
        entries=ibis.array([_.left_seq, _.came_seq]),
    )
