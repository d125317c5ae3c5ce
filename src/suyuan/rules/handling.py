"""Handling: what is done with batteries one by one, each with what was known of it just before and what comes next.

    item  step      holds    holder  to        was      was_holder  was_to    next_seq
    P1    made      party    MAKER             -                              4
    P1    shipped   transit  MAKER   OEM       party    MAKER                 7
    P1    removed   party    YARD              inside

- `holds` after the step: `party`, `transit` (the giver answers), `inside` another thing, `abroad`, `missing`, `apart`, `end`.
- `waste`: since it was last put into anything it came out of its vehicle otherwise than by a swap, or it is retired: it has been
  with those who take waste batteries, or a dismantler. `waste_before`, `retired_before`: so before this step.
- Cells and modules appear from their first step by themselves; how they were made and put together is left out.

All rules of custody read this one stage, so that the window over all steps of all batteries is worked out once.
"""

from typing import Any

import ibis
from ibis import _

from suyuan.rules.facts import BATTERIES, Facts

TAKES_IN = ("received", "collected", "stocked", "stored")
"""Steps by which somebody says that he has it."""
OUT_OF = ("removed", "replaced", "swapped", "taken_apart")
INTO = ("installed", "replaced", "swapped", "assembled")
SINGLE_PARTS = ("cell", "module")
RANKS = 128
"""More than `views.meaning` has ranks."""
ORDER = ("occurred_at", "rank", "seq")
WAS = {
    "was": "holds", "was_holder": "holder", "was_to": "to", "was_seq": "seq", "was_day": "day", "was_at": "occurred_at",
    "was_where": "where", "was_giver": "giver", "was_step": "step",
}  # fmt: skip
"""What is told of the step before."""
TAKERS = ("outlet", "recycler", "echelon-user", "re-maker", "dismantler")
PRODUCT_ROLES = (
    "battery-maker",
    "vehicle-maker",
    "importer",
    "after-sales",
    "swap-operator",
    "dealer",
    "lessor",
)
"""Who has one of these handles new batteries too: what such a party takes in is not waste by that alone."""


def handling(facts: Facts) -> ibis.Table:
    """See the module; one row a step of a battery."""
    return facts.keep("handling", _with_neighbours(_told(facts), facts))


def roles(facts: Facts) -> ibis.Table:
    """party, roles: all its roles in one text with blanks around each; who has a site of an outlet is one."""
    return facts.keep("roles", _roles(facts))


def _roles(facts: Facts) -> ibis.Table:
    outlets = facts.site.filter(_.site_kind.startswith("outlet") & _.party.notnull())
    outlets = outlets.select("party", role=ibis.literal("outlet")).distinct()
    named = facts.party_role.select("party", "role").union(outlets, distinct=True)
    return named.group_by("party").agg(roles=" " + _.role.group_concat(" ") + " ")


def has_role(roles: ibis.Value, *names: str) -> ibis.Value:
    """Is any of these among them? False where nothing is known of the party."""
    found = ibis.literal(False)
    for name in names:
        found = found | roles.contains(f" {name} ")
    return found.fill_null(False)


def _told(facts: Facts) -> ibis.Table:
    said = facts.moment.filter(_.kind.isin(BATTERIES))
    parts = said.kind.isin(SINGLE_PARTS) & said.step.isin(["made", "assembled"])
    whole = (said.role == "parent") & (said.step != "taken_apart")
    said = said.filter(~parts & ~whole)
    leaves = (said.role == "child") & (said.act == "DELETE") & said.step.isin(OUT_OF)
    onward = leaves & said.taker.notnull() & (said.taker != said.actor)
    holds = ibis.cases(
        ((said.role == "child") & (said.act == "ADD") & said.step.isin(INTO), "inside"),
        (onward, "transit"),
        (leaves, "party"),
        (said.role == "input", "end"),
        (said.step == "destroyed", "end"),
        (said.step == "taken_apart", "apart"),
        (said.step == "lost", "missing"),
        (said.step == "exported", "abroad"),
        (said.step == "sold", "owner"),
        ((said.step == "product_out") | ((said.step == "shipped") & (said.state == "in_transit")), "transit"),
        (said.step.isin([*TAKES_IN, "made", "remade", "shipped"]), "party"),
    )
    said = said.mutate(holds=holds).filter(_.holds.notnull())
    takes = said.step.isin(TAKES_IN)
    giver = ibis.ifelse(
        said.holds.isin(["transit", "abroad"]) & ~leaves, ibis.coalesce(said.giver, said.actor), said.actor
    )
    return said.select(
        "item", "kind", "seq", "step", "role", "act", "occurred_at", "rank", "day", "actor", "giver", "where", "holds",
        "repair_order", inside=ibis.ifelse(said.holds == "inside", said.parent, ibis.null("string")),
        inside_kind=ibis.ifelse(said.holds == "inside", said.parent_kind, ibis.null("string")),
        out_of=ibis.ifelse(leaves, said.parent, ibis.null("string")),
        takes=takes,
        holder=ibis.cases((said.holds.isin(["inside", "owner"]), ibis.null("string")), (takes, ibis.coalesce(said.taker, said.actor)), else_=giver),
        to=ibis.ifelse(said.holds == "transit", said.taker, ibis.null("string")),
        swapped=said.step == "swapped",
    )  # fmt: skip


def _with_retiring(told: ibis.Table, facts: Facts) -> ibis.Table:
    """`retiring`, `wasting`: this very step makes it retired, or waste."""
    known = facts.party_role.group_by("party").agg(
        takes_waste=_.role.isin(TAKERS).max(), takes_new=_.role.isin(PRODUCT_ROLES).max()
    )
    known = known.filter(_.takes_waste & ~_.takes_new).select("party")
    told = _marked(_marked(told, known, "holder", "held_by_taker"), known, "to", "sent_to_taker")
    product = told.kind.startswith("reuse_")
    keeps = ibis.ifelse(
        product, told.step.isin(["received", "collected"]), ~told.step.isin(["made", "remade"])
    )
    retiring = (
        (told.step == "collected")
        | ((told.holds == "party") & told.held_by_taker & keeps)
        | told.sent_to_taker
    )
    wasting = retiring | (told.out_of.notnull() & ~told.swapped & ~product)
    return told.mutate(retiring=retiring.fill_null(False), wasting=wasting.fill_null(False)).drop(
        "held_by_taker", "sent_to_taker"
    )


def _marked(told: ibis.Table, parties: ibis.Table, column: str, name: str) -> ibis.Table:
    """`told` with `name`: is the party in this column one of them?"""
    named = parties.select(_who="party")
    joined = told.left_join(named, told[column] == named["_who"])
    return joined.mutate(**{name: joined["_who"].notnull()}).drop("_who")


def _with_neighbours(told: ibis.Table, facts: Facts) -> ibis.Table:
    """One pass over the steps of each battery: what was, what comes, and what it has become."""
    order = ibis.window(group_by="item", order_by=ORDER)
    so_far = ibis.cumulative_window(group_by="item", order_by=ORDER)
    earlier = ibis.window(group_by="item", order_by=ORDER, preceding=(None, 1))
    told = _with_retiring(told, facts)
    # grows with the order, so that the last of two steps is the larger; of steps of one rank at one instant none is later
    instant = told.occurred_at.epoch_seconds().cast("int64") * 1_000_000 + told.occurred_at.microsecond()
    told = told.mutate(nth=instant * RANKS + told["rank"])
    never, none = ibis.literal(-(2**62), "int64"), ibis.null("int64")

    def last(when: ibis.Value, over: Any) -> ibis.Value:
        return ibis.ifelse(when, told.nth, none).max().over(over).fill_null(never)

    put_in = last(told.holds == "inside", earlier)
    known = told.select(
        told,
        **{name: told[of].lag().over(order) for name, of in WAS.items()},
        next_seq=told.seq.lead().over(order),
        next_at=told.occurred_at.lead().over(order),
        next_day=told.day.lead().over(order),
        waste=last(told.wasting, so_far) > put_in,
        retired_before=last(told.retiring, earlier) > put_in,
        waste_before=last(told.wasting, earlier) > put_in,
    )
    return known.drop("retiring", "wasting")
