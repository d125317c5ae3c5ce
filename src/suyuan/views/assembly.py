"""Assembly: which child was in which parent, from when to when.

    child      parent     since         until         position  start  end  ended_by
    <module>   <pack>     2026-05-01    2031-02-11    …         4      91   removed | elsewhere | consumed | destroyed

Association and Aggregation events say it, ordered by when they happened, whenever they were recorded:

- ADD: the child is in the parent from then on. What was in another parent has left that one then (`elsewhere`).
- OBSERVE: a snapshot; it need not be complete. A child that was not known to be there is there from then on, at
  the latest; one that is not listed stays.
- DELETE ends it: of the children listed; of all, where no child is listed; out of whatever it is in, where no
  parent is named. A DELETE of a child that was never put there proves that it was: since null, until then, and
  it has left where it was recorded before.
- What goes into a process run (but a lot, which may go in part) or is destroyed is in nothing after that; nor is
  what comes out of one (a taking apart may be written so) before it is put into something again.

At one instant leaving comes before entering (a swap). Things have one parent at a time; lots may be in several.
"""

import ibis
from ibis import _

from suyuan.views.tables import Tables, never

WHOLES = ("AggregationEvent", "AssociationEvent")
LEAVE, ENTER = 0, 1

COLUMNS = (
    "child",
    "child_kind",
    "parent",
    "parent_kind",
    "since",
    "until",
    "position",
    "quantity",
    "uom",
    "start",
    "end",
    "ended_by",
    "observed",
)


def assembly(effective: Tables) -> ibis.Table:
    """Intervals of children in parents, from effective tables."""
    moves = _moves(effective)
    moves = moves.union(_unrecorded_entries(moves))
    return _intervals(_changes(moves))


def _moves(tables: Tables) -> ibis.Table:
    """Every entering and leaving: slot, child, parent, kind of move, when, which entry."""
    wholes = tables.event.filter(_.type.isin(WHOLES))
    items = tables.event_item
    parents = items.filter(_.role == "parent").select("seq", parent=_.item, parent_kind=_.kind)
    children = items.filter(_.role == "child").select(
        "seq", "quantity", "uom", "listed", child=_.item, child_kind=_.kind
    )
    told = (
        wholes.select("seq", "action", "occurred_at", "position")
        .left_join(parents, "seq")
        .drop("seq_right")
        .left_join(children, "seq")
        .drop("seq_right")
    )
    named = told.filter(_.child.notnull())
    entering = named.filter(_.action.isin(["ADD", "OBSERVE"]) & _.parent.notnull())
    leaving = named.filter(_.action == "DELETE")
    moves = _move(entering, ENTER, None).union(_move(leaving, LEAVE, "removed"))
    return moves.union(_all_leave(told, entering)).union(_ends(tables))


def _move(told: ibis.Table, move: int, reason: str | None) -> ibis.Table:
    lot = told.listed | (told.child_kind == "lot")
    return told.select(
        slot=ibis.ifelse(lot, told.child + " in " + told.parent, told.child),
        child=told.child,
        child_kind=told.child_kind,
        parent=told.parent,
        parent_kind=told.parent_kind,
        move=ibis.literal(move, "int8"),
        reason=ibis.literal(reason, "string"),
        occurred_at=told.occurred_at,
        seq=told.seq,
        position=told.position,
        quantity=told.quantity,
        uom=told.uom,
        observed=told.action == "OBSERVE",
        presumes=ibis.literal(move == LEAVE) & told.parent.notnull(),
    )


def _all_leave(told: ibis.Table, entering: ibis.Table) -> ibis.Table:
    """A DELETE that lists no child: a leaving of every child that ever entered, without effect on those gone."""
    emptied = told.filter((_.action == "DELETE") & _.child.isnull() & _.parent.notnull())
    emptied = emptied.select("seq", "action", "occurred_at", "parent", "parent_kind")
    ever = entering.select("child", "child_kind", "parent", "listed").distinct()
    rows = emptied.inner_join(ever, "parent").mutate(
        position=ibis.null("string"), quantity=ibis.null("float64"), uom=ibis.null("string")
    )
    return _move(rows, LEAVE, "removed").mutate(presumes=ibis.literal(False))


def _ends(tables: Tables) -> ibis.Table:
    """Things that go into a run or are destroyed leave whatever they were in."""
    items = tables.event_item.filter(~(_.listed | (_.kind == "lot")))
    event = tables.event.select("seq", "type", "action", "occurred_at", "disposition", "biz_step", "run")
    told = items.inner_join(event, "seq").drop("quantity", "uom")
    passed = told.filter(_.role == "output").select(passed="item", in_run="run").distinct()
    told = told.left_join(passed, [("item", "passed"), ("run", "in_run")])
    consumed = (told.role == "input") & told.passed.isnull()
    gone = (
        (told.role == "epc")
        & (told.type == "ObjectEvent")
        & ((told.action == "DELETE") | (told.disposition == "destroyed") | (told.biz_step == "destroying"))
    )
    rows = told.mutate(
        child=_.item,
        child_kind=_.kind,
        parent=ibis.null("string"),
        parent_kind=ibis.null("string"),
        position=ibis.null("string"),
        quantity=ibis.null("float64"),
        uom=ibis.null("string"),
    )
    ends = _move(rows.filter(consumed), LEAVE, "consumed").union(_move(rows.filter(gone), LEAVE, "destroyed"))
    return ends.union(_move(rows.filter(_.role == "output"), LEAVE, "removed"))


def _unrecorded_entries(moves: ibis.Table) -> ibis.Table:
    """An entering for every leaving of a parent that nothing entered before: when, nobody recorded."""
    before = ibis.cumulative_window(group_by=["slot", "parent"], order_by=["occurred_at", "move", "seq"])
    counted = moves.mutate(entered=(_.move == ENTER).cast("int64").sum().over(before))
    presumed = counted.filter(_.presumes & (_.entered == 0)).drop("entered")
    # only the first such leaving: a DELETE told twice does not prove a second stay
    nth = ibis.window(group_by=["slot", "parent"], order_by=["occurred_at", "seq"])
    first = presumed.mutate(n=ibis.row_number().over(nth)).filter(_.n == 0).drop("n")
    # -1: before all other moves of that instant
    return first.mutate(
        move=ibis.literal(-1, "int8"), reason=ibis.null("string"), presumes=ibis.literal(False)
    )


def _changes(moves: ibis.Table) -> ibis.Table:
    """The moves that change where a child is: an entering elsewhere, or the leaving of where it is."""
    order = ["occurred_at", "move", "seq"]
    enters = moves.move != LEAVE
    so_far = ibis.cumulative_window(group_by="slot", order_by=order)
    stays = moves.mutate(enters=enters, stay=enters.cast("int64").sum().over(so_far))
    within = ibis.window(group_by=["slot", "stay"], order_by=order)
    stays = stays.mutate(in_parent=_.parent.first(include_null=True).over(within))
    telling = stays.filter(_.enters | ((_.stay > 0) & (_.parent.isnull() | (_.parent == _.in_parent))))
    slot = ibis.window(group_by="slot", order_by=order)
    telling = telling.mutate(
        entered_before=_.enters.lag().over(slot), parent_before=_.parent.lag().over(slot)
    )
    return telling.filter(
        ibis.ifelse(
            _.enters,
            _.entered_before.isnull() | ~_.entered_before | (_.parent_before != _.parent),
            _.entered_before.fill_null(False),
        )
    )


def _intervals(changes: ibis.Table) -> ibis.Table:
    slot = ibis.window(group_by="slot", order_by=["occurred_at", "move", "seq"])
    paired = changes.mutate(
        until=_.occurred_at.lead().over(slot),
        end=_.seq.lead().over(slot),
        next_enters=_.enters.lead().over(slot),
        next_reason=_.reason.lead().over(slot),
    ).filter(_.enters)
    unrecorded = paired.move == -1
    return paired.mutate(
        since=ibis.ifelse(unrecorded, never(paired.occurred_at), paired.occurred_at),
        start=ibis.ifelse(unrecorded, ibis.null("int64"), paired.seq),
        ended_by=ibis.ifelse(paired.next_enters, "elsewhere", paired.next_reason),
    ).select(*COLUMNS)
