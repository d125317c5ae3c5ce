"""Statements: one row for every thing that an event speaks of, with what the event means for it.

Beside what stands in the event there are rows for what it leaves unsaid but implies: the children that left when a DELETE
listed none (`implied`), and the parent that a DELETE of children did not name. Meanings: `meaning.MEANINGS`.
"""

from functools import reduce
from operator import and_
from typing import Any

import ibis
from ibis import _

from suyuan.views.assembly import WHOLES
from suyuan.views.meaning import MEANINGS, RECYCLING, REMAKING, Meaning, standard_step
from suyuan.views.tables import Tables

BATTERIES = ("pack", "module", "cell", "reuse_pack", "reuse_module", "reuse_cell")


def statements(effective: Tables, assembly: ibis.Table) -> ibis.Table:
    """What every effective event says of every thing, from effective tables and `assembly.assembly` of them."""
    items = _said(effective, assembly)
    event = effective.event.drop(
        "position", "statement", "place", "record_time", "declares_error", "error_reason"
    )
    told = items.inner_join(event, "seq")
    told = _with_runs(_with_emptied(told, effective), effective)
    return _meant(_matchable(told))


def _said(tables: Tables, assembly: ibis.Table) -> ibis.Table:
    """(seq, role, item, kind, parent, parent_kind, entered, implied) of what is said and what is implied."""
    items = tables.event_item.select("seq", "role", "item", "kind").distinct()
    parents = items.filter(_.role == "parent").select("seq", named=_.item, named_kind=_.kind)
    ended = assembly.filter(_.ended_by == "removed").select(
        "child", "child_kind", "end", left=_.parent, left_kind=_.parent_kind
    )
    started = assembly.select("child", "parent", start=_.start).filter(_.start.notnull()).distinct()
    said = items.left_join(parents, "seq").drop("seq_right")
    # roles differ: only as a child does an item leave or enter
    said = said.mutate(as_child=ibis.ifelse(_.role == "child", _.item, ibis.null("string")))
    said = said.left_join(ended, [("seq", "end"), ("as_child", "child")]).drop("child", "child_kind", "end")
    said = said.left_join(started, [("seq", "start"), ("as_child", "child")])
    said = said.select(
        "seq",
        "role",
        "item",
        "kind",
        parent=ibis.ifelse(_.role == "child", ibis.coalesce(_.named, _.left), ibis.null("string")),
        parent_kind=ibis.ifelse(
            _.role == "child", ibis.coalesce(_.named_kind, _.left_kind), ibis.null("string")
        ),
        entered=_.start.notnull(),
        implied=ibis.literal(False),
    )
    return said.union(_implied_children(said, ended)).union(_implied_parents(said, ended))


def _implied_children(said: ibis.Table, ended: ibis.Table) -> ibis.Table:
    listed = said.filter(_.role == "child").select("item", seq_of=_.seq)
    left = ended.anti_join(listed, [("end", "seq_of"), ("child", "item")])
    return left.select(
        seq=_.end,
        role=ibis.literal("child"),
        item=_.child,
        kind=_.child_kind,
        parent=_.left,
        parent_kind=_.left_kind,
        entered=ibis.literal(False),
        implied=ibis.literal(True),
    )


def _implied_parents(said: ibis.Table, ended: ibis.Table) -> ibis.Table:
    listed = said.filter(_.role == "parent").select("item", seq_of=_.seq)
    left = ended.anti_join(listed, [("end", "seq_of"), ("left", "item")])
    return (
        left.select(
            seq=_.end,
            role=ibis.literal("parent"),
            item=_.left,
            kind=_.left_kind,
            parent=ibis.null("string"),
            parent_kind=ibis.null("string"),
            entered=ibis.literal(False),
            implied=ibis.literal(True),
        )
        .filter(_.item.notnull())
        .distinct()
    )


def _with_emptied(told: ibis.Table, tables: Tables) -> ibis.Table:
    """`all`: the event lists no child at all."""
    listing = tables.event_item.filter(_.role == "child").select(lists=_.seq).distinct()
    joined = told.left_join(listing, [("seq", "lists")])
    return joined.mutate(all=_.lists.isnull()).drop("lists")


def _with_runs(told: ibis.Table, tables: Tables) -> ibis.Table:
    """`remade`: the run gives things another life, in whichever of its events that stands; what comes out
    of the run that it went into was not consumed."""
    run = remade_runs(tables)
    outputs = (
        tables.event.inner_join(tables.event_item.filter(_.role == "output"), "seq")
        .select(run_out="run", out="item")
        .distinct()
    )
    joined = told.left_join(run, [("run", "of_run")]).drop("of_run")
    joined = joined.left_join(outputs, [("run", "run_out"), ("item", "out")])
    passed_through = (joined.role == "input") & joined.out.notnull()
    return joined.filter(~passed_through).mutate(remade=_.remade.fill_null(False)).drop("run_out", "out")


def remade_runs(tables: Tables) -> ibis.Table:
    """(of_run, remade): does a process run make things of things, rather than material."""
    events = tables.event.filter(_.run.notnull())
    outputs = tables.event_item.filter((_.role == "output") & _.kind.isin(BATTERIES)).select("seq").distinct()
    joined = events.left_join(outputs, "seq").select("run", "biz_step", makes=_.seq_right.notnull())
    return joined.group_by(of_run=_.run).agg(
        remade=(
            _.biz_step.isin(tuple(REMAKING)).any()
            | (_.makes.any() & ~_.biz_step.isin(tuple(RECYCLING)).fill_null(False).any())
        ).fill_null(False)
    )


def _thing(kind: ibis.Value) -> ibis.Value:
    return ibis.cases(
        (kind == "vehicle", "vehicle"),
        (kind.isin(BATTERIES), "battery"),
        (kind == "lot", "lot"),
        (kind.notnull(), "other"),
        else_=None,
    )


def _matchable(told: ibis.Table) -> ibis.Table:
    whole = told.type.isin(WHOLES)
    transform = told.type == "TransformationEvent"
    return told.mutate(
        group=ibis.cases((whole, "whole"), (transform, "transform"), else_="object"),
        thing=_thing(told.kind),
        parent_thing=_thing(told.parent_kind),
        # a snapshot that is the first to see a child there stands for its entering;
        # the action of a transaction is about the transaction, not about the thing
        act=ibis.cases(
            (told.type == "TransactionEvent", "OBSERVE"),
            (whole & (told.action == "OBSERVE") & told.entered, "ADD"),
            else_=told.action,
        ),
        way=ibis.cases(
            (transform & told.remade, "remade"),
            (whole & told.swap, "swap"),
            (whole & (told.repair_order.notnull() | (told.biz_step == "replacing")), "repair"),
            (whole & (told.action == "DELETE") & told["all"], "all"),
            else_="",
        ),
    )


def _fits(told: ibis.Table, meaning: Meaning) -> ibis.Value:
    columns = {
        "role": told.role,
        "action": told.act,
        "biz_step": told.biz_step,
        "disposition": told.disposition,
        "thing": told.thing,
        "parent_thing": told.parent_thing,
        "way": told.way,
    }
    conditions: list[Any] = [told.group == meaning.group] if meaning.group else []
    for name, column in columns.items():
        words = sorted(getattr(meaning, name))
        if words:
            conditions.append(column == words[0] if len(words) == 1 else column.isin(words))
    if meaning.not_disposition:
        conditions.append(~told.disposition.isin(sorted(meaning.not_disposition)).fill_null(False))
    return reduce(and_, conditions) if conditions else ibis.literal(True)


def _meant(told: ibis.Table) -> ibis.Table:
    which = ibis.cases(*((_fits(told, meaning), n) for n, meaning in enumerate(MEANINGS)))
    # joined, not looked up in place: the long choice must stand once in what the engine is asked
    chosen = told.mutate(meaning=which.cast("int64"))
    return chosen.inner_join(_meanings(), "meaning").drop("meaning", "group")


def _meanings() -> ibis.Table:
    """`MEANINGS` as a table: number, step, state, custody, rank, final, weak."""
    kinds = {
        "step": "string",
        "standard_step": "string",
        "state": "string",
        "custody": "string",
        "rank": "int64",
        "final": "boolean",
        "weak": "boolean",
    }
    rows = [
        {"meaning": n, "standard_step": standard_step(meaning.step)}
        | {name: getattr(meaning, name) for name in kinds if name != "standard_step"}
        for n, meaning in enumerate(MEANINGS)
    ]
    shape = ", ".join(f"{name}: {kind}" for name, kind in {"meaning": "int64", **kinds}.items())
    return ibis.literal(rows, type=f"array<struct<{shape}>>").unnest().name("row").as_table().unpack("row")
