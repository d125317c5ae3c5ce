"""Custody: who held a thing, from when to when, and who answers for it.

    item  kind        holder  to      inside  answerable  since       until       entries
    P1    party       MAKER                   MAKER       2026-05-01  2026-05-07  [0]
    P1    in_transit  MAKER   OEM             MAKER       2026-05-07  2026-05-09  [4]
    P1    party       OEM                     OEM         2026-05-09  2026-05-12  [5]
    P1    inside                      <VIN>               2026-05-12              [9]

- Receiving, accepting, collecting, stocking and storing make the taker the holder: the destination's possessing party, else
  whose place it is, else on whose behalf or by whom it was reported.
- A shipping alone leaves it on the way to the taker, the giver answering; what the taker then does with it at his place ends
  the way as a receiving would. Where the shipping names no giver it is who held it.
- A retail sale makes it its owner's (kind `owner`; holder null for persons and where the buyer is not named).
- What is put into something is where that is: `holder_now` follows it up.
- Taking out makes who did it the holder, or puts it on the way to the destination that the taking out names.
- A run consumes what goes in (`consumed`), destroying ends it (`gone`); what is told later of it changes nothing, but
  that it was put into what the run made. Stolen and lost things are `missing`: who held them last answers.
- Other events (`seen`) tell where a thing is as long as nothing firmer was said before.
"""

import ibis
from ibis import _

from suyuan.views.effective import latest_master
from suyuan.views.tables import Tables

ORDER = ("occurred_at", "rank", "seq")
ENDS = ("consumed", "gone")
DEPTH = 4
"""cell → module → pack → storage system or pallet → vehicle."""


def custody(effective: Tables, statements: ibis.Table) -> ibis.Table:
    """Intervals of holders, from effective tables and `statements.statements` of them."""
    return _with_role(_intervals(_standing(_moves(statements))), effective)


def _moves(statements: ibis.Table) -> ibis.Table:
    """What statements say of the holder: item, kind, holder, to, inside, answerable, firm."""
    entering = (statements.role == "child") & (statements.act == "ADD")
    told = statements.filter(entering | (statements.custody != "-")).mutate(entering=entering)
    taker = ibis.coalesce(_.taker, _.to_site_party, _.owner_to)
    told = told.mutate(
        giver_told=ibis.coalesce(_.giver, _.from_site_party, _.at_party, _.owner_from, _.reporter),
        onward=taker,
        takes=ibis.coalesce(
            _.taker, _.to_site_party, _.at_party, _.then_at_party, _.owner_to, _.reporter, _.submitter
        ),
        # taken out and sent on at once
        sent_on=(_.custody == "actor") & (_.role == "child") & taker.notnull() & (taker != _.actor),
    )
    kind = ibis.cases(
        (told.entering, "inside"),
        (told.custody.isin(["consumed", "gone", "missing", "abroad"]), told.custody),
        ((told.custody == "ship") | told.sent_on, "in_transit"),
        (told.custody == "sell", "owner"),
        else_="party",
    )
    told = told.mutate(kind_of_hold=kind)
    holder = ibis.cases(
        (told.kind_of_hold.isin(["inside", "consumed", "gone", "missing"]), ibis.null("string")),
        (told.kind_of_hold == "owner", ibis.coalesce(told.owner_to, told.taker)),
        (told.sent_on, told.actor),
        (told.kind_of_hold.isin(["in_transit", "abroad"]), told.giver_told),
        (told.custody == "hold", told.takes),
        else_=told.actor,
    )
    return told.select(
        "item",
        *ORDER,
        kind=told.kind_of_hold,
        holder=holder,
        to=ibis.ifelse(told.kind_of_hold.isin(["in_transit", "abroad"]), told.onward, ibis.null("string")),
        inside=ibis.ifelse(told.entering, told.parent, ibis.null("string")),
        actor=told.actor,
        submitter=told.submitter,
        firm=told.entering | (told.custody != "seen"),
    )


def _standing(moves: ibis.Table) -> ibis.Table:
    """Without what is seen after something firm was said, and without what is told after the end."""
    order = ibis.window(group_by="item", order_by=ORDER)
    so_far = ibis.cumulative_window(group_by="item", order_by=ORDER)
    moves = moves.mutate(n=ibis.row_number().over(order))
    moves = moves.mutate(
        firm_n=ibis.ifelse(_.firm, _.n, ibis.null("int64")).max().over(so_far),
        end_n=ibis.ifelse(_.kind.isin(ENDS), _.n, ibis.null("int64")).min().over(so_far),
    )
    firm = moves.filter(_.firm).select(of="item", firm_is=_.n, firm_kind=_.kind, firm_to=_.to)
    joined = moves.left_join(firm, [("item", "of"), ("firm_n", "firm_is")])
    arrives = (joined.firm_kind == "in_transit") & (joined.firm_to == joined.actor)
    return joined.filter(
        (_.firm | _.firm_n.isnull() | arrives.fill_null(False))
        & (_.end_n.isnull() | (_.end_n == _.n) | _.kind.isin([*ENDS, "inside"]))
    ).drop("of", "firm_is", "firm_kind", "firm_to", "firm_n", "end_n")


def _intervals(moves: ibis.Table) -> ibis.Table:
    order = ibis.window(group_by="item", order_by=ORDER)
    known = moves.mutate(held=_.holder.lag().over(order))
    on_the_way = known.kind.isin(["in_transit", "abroad"])
    known = known.mutate(
        holder=ibis.ifelse(on_the_way, ibis.coalesce(_.holder, _.held, _.submitter), _.holder)
    )
    known = known.mutate(
        answerable=ibis.cases(
            (known.kind == "missing", ibis.coalesce(known.held, known.actor)),
            (known.kind.isin(ENDS), known.actor),
            (known.kind == "inside", ibis.null("string")),
            else_=known.holder,
        ),
        state=_.kind + "|" + _.holder.fill_null("") + "|" + _.to.fill_null("") + "|" + _.inside.fill_null(""),
    )
    known = known.mutate(changes=(_.state != _.state.lag().over(order)).fill_null(True).cast("int64"))
    so_far = ibis.cumulative_window(group_by="item", order_by=ORDER)
    known = known.mutate(nth=_.changes.sum().over(so_far))
    # most intervals are told of once: only what tells of one again is gathered
    begun = known.filter(_.changes == 1).select(
        "item", "nth", "kind", "holder", "to", "inside", "answerable", "seq", since="occurred_at"
    )
    again = (
        known.filter(_.changes == 0).group_by(of="item", of_nth="nth").agg(more=_.seq.collect(order_by=_.n))
    )
    held = begun.left_join(again, [("item", "of"), ("nth", "of_nth")])
    first = ibis.array([held.seq])
    held = held.mutate(entries=ibis.ifelse(held.more.isnull(), first, first.concat(held.more)))
    held = held.drop("of", "of_nth", "more", "seq")
    return held.mutate(until=_.since.lead().over(ibis.window(group_by="item", order_by="nth")))


def _with_role(held: ibis.Table, effective: Tables) -> ibis.Table:
    roles = latest_master(effective.master).filter((_.type == "party") & (_.attribute == "role"))
    roles = roles.select(of="id", holder_role="value")
    return held.left_join(roles, [("holder", "of")]).select(
        "item",
        "nth",
        "kind",
        "holder",
        "holder_role",
        "to",
        "inside",
        "answerable",
        "since",
        "until",
        "entries",
    )


def last_said(statements: ibis.Table) -> ibis.Table:
    """(item, at): when something was last said of an item that tells where it is by itself."""
    own = statements.filter(
        _.custody.isin(["hold", "actor", "ship", "sell", "abroad", "consumed", "gone", "missing"])
    )
    return own.group_by("item").agg(at=_.occurred_at.max())


def batteryless(effective: Tables) -> ibis.Table:
    """(item, at, said): vehicles last taken in without their battery (`sy:batteryPresent` false), when, by which entry."""
    said = effective.event_word.filter((_.word == "sy:batteryPresent") & (_.value == "false")).select("seq")
    vehicles = effective.event_item.filter((_.role == "epc") & (_.kind == "vehicle")).select("seq", "item")
    when = effective.event.select("seq", "occurred_at")
    found = said.inner_join(vehicles, "seq").inner_join(when, "seq")
    last = ibis.window(group_by="item", order_by=[ibis.desc("occurred_at"), ibis.desc("seq")])
    return (
        found.mutate(n=ibis.row_number().over(last))
        .filter(_.n == 0)
        .select("item", at=_.occurred_at, said=_.seq)
    )


def standing(assembly: ibis.Table, statements: ibis.Table, batteryless: ibis.Table) -> ibis.Table:
    """(child, parent, since): what is in what now.

    A thing that was last told of by itself, after it was put in and after anything was told of what it is in,
    is not there any more, whether its leaving was recorded or not. Nor is a battery in a vehicle that was found
    without one later.
    """
    joined = _told_in(assembly, statements, batteryless)
    gone = joined.left | joined.missed
    return joined.filter(~gone).select("child", "parent", "parent_kind", "since")


def missed(assembly: ibis.Table, statements: ibis.Table, batteryless: ibis.Table) -> ibis.Table:
    """(item, through, since, seq): batteries that were not in their vehicle when it was taken in, nor seen since."""
    joined = _told_in(assembly, statements, batteryless)
    unseen = joined.own_at.isnull() | (joined.own_at < joined.absent_at)
    return joined.filter(joined.missed & unseen).select(
        item="child", through="parent", since="absent_at", seq="absent_said"
    )


def _told_in(assembly: ibis.Table, statements: ibis.Table, batteryless: ibis.Table) -> ibis.Table:
    """What no event took out of what it is in; `left` and `missed`: it is not there all the same."""
    last = last_said(statements)
    own = last.select(of="item", own_at="at")
    theirs = last.select(of="item", their_at="at")
    single = assembly.filter(_.until.isnull() & _.quantity.isnull() & (_.child_kind != "lot"))
    joined = single.left_join(own, [("child", "of")]).drop("of")
    joined = joined.left_join(theirs, [("parent", "of")]).drop("of")
    absent = batteryless.select(of="item", absent_at="at", absent_said="said")
    joined = joined.left_join(absent, [("parent", "of")]).drop("of")
    left = (joined.own_at > joined.since) & (joined.their_at.isnull() | (joined.own_at > joined.their_at))
    absent_then = (joined.absent_at >= joined.since) & (joined.child_kind != "other")
    return joined.mutate(left=left.fill_null(False), missed=absent_then.fill_null(False))


def ancestors(standing: ibis.Table) -> ibis.Table:
    """(item, ancestor, depth, since): everything that a thing is in, nearest first; `since` it is in the nearest."""
    level = standing.select(item="child", ancestor="parent", kind="parent_kind", since="since")
    found = level.mutate(depth=ibis.literal(1, "int8"))
    for depth in range(2, DEPTH + 1):
        above = standing.select(_child="child", _parent="parent", _kind="parent_kind")
        level = level.inner_join(above, [("ancestor", "_child")]).select(
            "item", "since", ancestor="_parent", kind="_kind"
        )
        found = found.union(
            level.select("item", "ancestor", "kind", "since").mutate(depth=ibis.literal(depth, "int8"))
        )
    return found


def fates(missed: ibis.Table, used_up: ibis.Table) -> ibis.Table:
    """(item, kind, answerable, since, seq): things that are nowhere, though the last event about them does not say so."""
    missing = missed.select(
        "item", "since", "seq", kind=ibis.literal("missing"), answerable=ibis.null("string")
    )
    return missing.union(
        used_up.select("item", "since", "seq", kind=ibis.literal("consumed"), answerable="by")
    )


def holder_now(custody: ibis.Table, ancestors: ibis.Table, fates: ibis.Table) -> ibis.Table:
    """Where every item is and who answers for it: its own last interval, or that of what it is in, or its fate.

    Columns: item, kind, holder, holder_role, to, answerable, since, through (what it is in; null if nothing).
    """
    last = (
        custody.filter(_.until.isnull())
        .mutate(n=ibis.row_number().over(ibis.window(group_by="item", order_by=ibis.desc("nth"))))
        .filter(_.n == 0)
    )
    itself = last.select("item").union(fates.select("item"), distinct=True)
    own = itself.select("item", through=ibis.null("string"), depth=ibis.literal(0, "int8"), of=_.item)
    up = ancestors.select("item", through="ancestor", depth="depth", of="ancestor")
    candidates = own.union(up)
    joined = candidates.inner_join(_told_last(last, fates), [("of", "told_of")])
    topmost = ibis.window(group_by="item", order_by=ibis.desc("depth"))
    return (
        joined.mutate(n=ibis.row_number().over(topmost))
        .filter(_.n == 0)
        .select("item", "kind", "holder", "holder_role", "to", "answerable", "since", "through")
    )


def _told_last(last: ibis.Table, fates: ibis.Table) -> ibis.Table:
    """What was said last of things that are in nothing: their last interval, or the fate that came after it."""
    told = last.filter(_.kind != "inside")
    met = fates.left_join(told.select(of="item", told_at="since"), [("item", "of")])
    met = met.filter(met.told_at.isnull() | (met.since >= met.told_at))
    nobody = {name: ibis.null("string") for name in ("holder", "holder_role", "to")}
    after = met.select("kind", **nobody, answerable=_.answerable, since=_.since, told_of=_.item)
    before = told.anti_join(met, "item")
    return after.union(
        before.select("kind", "holder", "holder_role", "to", "answerable", "since", told_of="item")
    )
