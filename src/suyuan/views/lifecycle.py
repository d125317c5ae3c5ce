"""Lifecycle: the state of every item.

The last statement that bears on the state decides, by when it happened, whenever it was recorded. What was consumed
by a run or destroyed stays so, whatever is told of it later. A state that only an assembly implies (`made`, of a
parent) counts as long as nothing else was said.

What is in something shares its fate: with the vehicle sold the pack in it is in use; a cell of a pack that went into
a batch is recycled with it (`through` names what it is in). A vehicle destroyed with a pack still recorded in it does
not destroy the pack: that the pack was not taken out is for a rule to ask. A battery that its vehicle came in without is missing, and a lot
of which nothing is left consumed.
"""

import ibis
from ibis import _

ORDER = ("occurred_at", "rank", "seq")
SHARED = ("in_use", "exported", "lost", "stolen", "missing", "recycled", "remade", "disposed", "destroyed")


def lifecycle(statements: ibis.Table, ancestors: ibis.Table, fates: ibis.Table) -> ibis.Table:
    """item, kind, state, own_state, through, since, seq: one row an item that any effective event names.

    From `statements.statements`, `custody.ancestors` and `custody.fates`. State is null where nothing bears on it.
    """
    own = _with_fates(_own(statements), fates)
    shared = _shared(own, ancestors)
    joined = own.left_join(shared, [("item", "of")])
    takes = joined.shared_state.notnull() & ~joined.final
    return joined.select(
        "item",
        "kind",
        state=ibis.ifelse(takes, joined.shared_state, joined.state),
        own_state=joined.state,
        through=ibis.ifelse(takes, joined.through, ibis.null("string")),
        since=ibis.ifelse(takes, joined.shared_since, joined.since),
        seq=ibis.ifelse(takes, joined.shared_seq, joined.seq),
    )


def _own(statements: ibis.Table) -> ibis.Table:
    bearing = statements.filter(_.state.notnull())
    so_far = ibis.cumulative_window(group_by="item", order_by=ORDER)
    firm = (~bearing.weak).cast("int64").sum().over(so_far)
    bearing = bearing.mutate(firm=firm).filter(~_.weak | (_.firm == 0))
    last = ibis.window(
        group_by="item",
        order_by=[ibis.desc("final"), ibis.desc("occurred_at"), ibis.desc("rank"), ibis.desc("seq")],
    )
    decided = bearing.mutate(n=ibis.row_number().over(last)).filter(_.n == 0)
    decided = decided.select("state", "final", "seq", of="item", since="occurred_at")
    items = statements.select("item", "kind").distinct()
    return items.left_join(decided, [("item", "of")]).drop("of").mutate(final=_.final.fill_null(False))


def _with_fates(own: ibis.Table, fates: ibis.Table) -> ibis.Table:
    """The state of what is nowhere, unless something was told of it since."""
    met = fates.select(of="item", fate="kind", fate_since="since", fate_seq="seq")
    joined = own.left_join(met, [("item", "of")]).drop("of")
    later = joined.since.isnull() | (joined.fate_since >= joined.since)
    takes = joined.fate.notnull() & ~joined.final & later
    return joined.mutate(
        state=ibis.ifelse(takes, joined.fate, joined.state),
        since=ibis.ifelse(takes, joined.fate_since, joined.since),
        seq=ibis.ifelse(takes, joined.fate_seq, joined.seq),
    ).drop("fate", "fate_since", "fate_seq")


def _shared(own: ibis.Table, ancestors: ibis.Table) -> ibis.Table:
    """The fate that an item shares with what it is in: the final one, else the latest."""
    fates = own.filter(_.state.isin(SHARED) & ~((_.kind == "vehicle") & (_.state == "destroyed")))
    fates = fates.select(
        by="item", shared_state="state", shared_since="since", shared_seq="seq", shared_final="final"
    )
    joined = ancestors.inner_join(fates, [("ancestor", "by")])
    first = ibis.window(
        group_by="item", order_by=[ibis.desc("shared_final"), ibis.desc("shared_since"), "depth"]
    )
    return (
        joined.mutate(n=ibis.row_number().over(first))
        .filter(_.n == 0)
        .select("shared_state", "shared_since", "shared_seq", of="item", through="ancestor")
    )
