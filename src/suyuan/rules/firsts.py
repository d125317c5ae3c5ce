"""First and last: when each pack, reuse product and vehicle was first made, sold, taken in, … and when it last moved.

    item  kind     made  used  …  gone  living        each a moment as one number (`choosing.moment_key`): when, and which entry

One pass over the moments; rules of order compare its columns and look the entries up for what they find alone.
"""

import ibis
from ibis import _

from suyuan.rules.choosing import key_day, key_seq, moment_key
from suyuan.rules.facts import Facts

KINDS = ("pack", "reuse_pack", "reuse_module", "vehicle")
PREPARING = ("sy:discharging", "sy:sorting")
"""Runs that a battery goes through whole."""
NO_USE = ("made", "assembled", "packed", "unpacked", "measured", "other")
"""Steps that a thing may pass before its making is told: put together, tested."""
NO_LIFE = (
    "fed",
    "destroyed",
    "vehicle_gone",
    "measured",
    "repaired",
    "product_out",
    "packed",
    "unpacked",
    "other",
)
"""Steps that say nothing of a thing's being alive, or are its end."""
HOME = (
    "collected",
    "taken_in",
    "removed",
    "replaced",
    "swapped",
    "installed",
    "sold",
    "fed",
    "remade",
    "taken_apart",
)
"""Steps that are taken in the country."""
MOVES = (
    "shipped",
    "received",
    "collected",
    "stored",
    "stocked",
    "installed",
    "replaced",
    "swapped",
    "sold",
    "exported",
    "fed",
)
"""Steps of a battery that is a thing by itself."""


def firsts(facts: Facts) -> ibis.Table:
    """One row an item: first moments, last ones (`last_…`), and the runs that it went into."""
    told = facts.moment.filter(_.kind.isin(KINDS))
    told = told.select(
        "item", "kind", "step", "role", "act", "parent_kind", "biz_step", "run", key=moment_key(told), swap=_.swap.fill_null(False)
    )  # fmt: skip
    step, role = told.step, told.role
    fed = (step == "fed") & (role == "input") & ~told.biz_step.isin(PREPARING).fill_null(False)
    remade = (step == "remade") & (role == "input")
    made = (step == "made") | ((step == "remade") & (role == "output"))
    ends = step.isin(["vehicle_gone", "destroyed"]) | fed | ((step == "taken_apart") & (role == "input"))
    put_in = (role == "parent") & (told.act == "ADD")
    key, run = told.key, told.run
    return facts.keep(
        "firsts",
        told.group_by("item").agg(
            kind=told.kind.min(),
            made=key.min(where=made),
            used=key.min(where=~step.isin(NO_USE) & ~made),
            built=key.min(where=(step == "installed") & put_in & ~told.swap),
            certified=key.min(where=step == "certified"),
            last_certified=key.max(where=step == "certified"),
            sold=key.min(where=step == "sold"),
            last_sold=key.max(where=step == "sold"),
            taken_in=key.min(where=step == "taken_in"),
            last_on_road=key.max(where=step.isin(["sold", "certified"]) | put_in),
            gone=key.min(where=ends),
            last_living=key.max(where=~step.isin(NO_LIFE) & ~made & ~(step == "remade")),
            lost=key.min(where=step == "lost"),
            last_told=key.max(where=~step.isin(["lost", "other", "made", "assembled"])),
            exported=key.min(where=step == "exported"),
            last_home=key.max(where=step.isin(HOME)),
            remade=key.min(where=remade),
            last_moved=key.max(where=step.isin(MOVES) & (role != "parent")),
            taken_out=key.max(
                where=(role == "child")
                & (told.act == "DELETE")
                & told.parent_kind.startswith("reuse").fill_null(False)
            ),
            first_fed=key.min(where=fed),
            last_fed=key.max(where=fed),
            first_run=run.min(where=fed),
            last_run=run.max(where=fed),
            first_remade_run=run.min(where=remade),
            last_remade_run=run.max(where=remade),
            last_remade=key.max(where=remade),
        ),
    )


def told(facts: Facts, found: ibis.Table, wrong: str, other: str, *more: str) -> ibis.Table:
    """Findings about `found` (rows of `firsts`): the moment `wrong` has no place beside the moment `other`.

    subject, party and day are those of `wrong`; further columns: step (of `wrong`), other_on (the day of `other`), `more`.
    """
    two = found.select(
        "item", *more, seq=key_seq(_[wrong]), other_seq=key_seq(_[other]), day=key_day(_[wrong]), other_on=key_day(_[other])
    )  # fmt: skip
    said = facts.moment.select("step", of="item", said="seq", party="actor")
    both = two.inner_join(said, [("seq", "said"), ("item", "of")])
    return both.select(
        "step", "other_on", *more, subject="item", party="party", day="day",
        entries=ibis.array([both.other_seq, both.seq]).unique(),
    )  # fmt: skip
