"""What an event means for a thing that it names: the step of its life, its state after, who holds it after.

A table read from above, the first row that fits decides. Conditions on a row are sets of words; a condition
left out fits everything. Steps: `standard_step` ties them to the rows of the standards; the columns to match are made in
`statements`.

`rank` orders what happened at one instant (a removing before an installing, a shipping before its receiving), so that
the order of recording does not matter. `custody`:

    hold       whoever took it in (destination, place, reporter, submitter) holds it from then on
    actor      likewise, but the destination does not count: who did it holds it
    ship       under way: the giver answers until it is received
    sell       with its owner
    abroad     under way out of the country
    consumed   gone into a process run;   gone: exists no longer;   missing: stolen or lost
    seen       says where it is only as long as nothing firmer was said
    -          says nothing about the holder
"""

from dataclasses import dataclass, replace

ANY: frozenset[str] = frozenset()
STANDARD_STEPS = {
    "shipped": "handed-over",
    "received": "handed-over",
    "stocked": "spare-stocked",
    "repaired": "replaced",
    "taken_in": "taken-in",
    "vehicle_gone": "vehicle-gone",
    "taken_apart": "taken-apart",
    "remade": "re-made",
    "product_out": "product-out",
    "lost": "destroyed",
}
"""Steps that views tell apart, or write otherwise, and the `lifecycle-step` (standards) that each is one of."""
OTHER_STEPS = ("packed", "unpacked", "other")
"""What happens to things that is no step of a battery's life: on and off a pallet, and anything else."""


def standard_step(step: str) -> str | None:
    """The key of the step in standards; None where it is no step of a battery's life.

    >>> standard_step("received"), standard_step("sold"), standard_step("packed")
    ('handed-over', 'sold', None)
    """
    return None if step in OTHER_STEPS else STANDARD_STEPS.get(step, step)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row: where all conditions fit, this is the step, the state and the custody."""

    step: str
    state: str | None = None
    custody: str = "-"
    rank: int = 50
    final: bool = False
    weak: bool = False  # the state counts only as long as there is no other
    group: str = ""  # object | whole | transform
    role: frozenset[str] = ANY
    action: frozenset[str] = ANY
    biz_step: frozenset[str] = ANY
    disposition: frozenset[str] = ANY
    not_disposition: frozenset[str] = ANY
    thing: frozenset[str] = ANY  # vehicle | battery | lot | other
    parent_thing: frozenset[str] = ANY
    way: frozenset[str] = ANY  # swap | repair | all (no child listed) | remade


SHIPPING = _set("shipping departing transporting consigning")
RECEIVING = _set("receiving arriving")
ALIVE = _set("active available sellable_accessible sellable_not_accessible in_progress conformant")
PACKING = _set("packing loading staging_outbound picking containerizing")
UNPACKING = _set("unpacking unloading")
MOVING = SHIPPING | RECEIVING | _set("accepting collecting stocking storing void_shipping")
RECYCLING = _set("sy:crushing sy:smelting sy:leaching sy:directRepair sy:discharging sy:sorting sy:recycling")
REMAKING = _set("sy:repurposing sy:remanufacturing")


def _row(step: str, state: str | None = None, custody: str = "-", **said: str | int | bool) -> Meaning:
    words = {
        name: _set(value) if isinstance(value, str) and name != "group" else value
        for name, value in said.items()
    }
    return Meaning(step, state, custody, **words)  # type: ignore[arg-type]  # each name has the type of its field


_OBJECT = (
    _row("lost", "lost", "missing", disposition="sy:lost", rank=94),
    _row("lost", "lost", "missing", biz_step="sy:lost", rank=94),
    _row("lost", "stolen", "missing", disposition="stolen", rank=94),
    _row("lost", "stolen", "missing", biz_step="sy:stolen", rank=94),
    _row("exported", "exported", "abroad", disposition="sy:exported", rank=75),
    _row("exported", "exported", "abroad", biz_step="sy:exporting sy:exported", rank=75),
    _row("vehicle_gone", "destroyed", "gone", action="DELETE", thing="vehicle", rank=95, final=True),
    _row("vehicle_gone", "destroyed", "gone", biz_step="decommissioning destroying", thing="vehicle", rank=95, final=True),
    _row("vehicle_gone", "destroyed", "gone", disposition="destroyed", thing="vehicle", rank=95, final=True),
    _row("destroyed", "destroyed", "gone", action="DELETE", rank=95, final=True),
    _row("destroyed", "destroyed", "gone", biz_step="destroying decommissioning", rank=95, final=True),
    _row("destroyed", "destroyed", "gone", disposition="destroyed", rank=95, final=True),
    _row("product_out", "disposed", "ship", disposition="disposed", rank=40),
    _row("made", "made", "actor", action="ADD", rank=10),
    _row("sold", "in_use", "sell", biz_step="retail_selling", rank=70),
    _row("sold", "in_use", "sell", disposition="retail_sold", rank=70),
    _row("certified", "certified", "seen", biz_step="sy:certifying", rank=65),
    _row("product_out", "in_transit", "ship", biz_step=" ".join(SHIPPING), thing="lot", rank=40),
    _row("product_out", "in_transit", "ship", disposition="sy:recovered", rank=40),
    _row("shipped", "in_transit", "ship", biz_step=" ".join(SHIPPING), rank=40),
    _row("shipped", "in_stock", "actor", biz_step="void_shipping", rank=45),
    _row("collected", "collected", "hold", biz_step="collecting", rank=55),
    _row("collected", "collected", "hold", biz_step=" ".join(RECEIVING) + " accepting", disposition="returned", rank=50),
    _row("taken_in", "taken_in", "hold", biz_step="accepting", thing="vehicle", not_disposition=" ".join(ALIVE), rank=28),
    _row("received", "in_stock", "hold", biz_step=" ".join(RECEIVING) + " accepting", rank=50),
    _row("stocked", "spare", "hold", biz_step="stocking", thing="battery", rank=56),
    _row("stocked", "in_stock", "hold", biz_step="stocking", rank=56),
    _row("stored", "stored", "hold", biz_step="storing holding", rank=57),
    _row("measured", None, "seen", biz_step="inspecting sensor_reporting sampling", rank=58),
    _row("repaired", None, "seen", biz_step="repairing replacing", rank=58),
    _row("installed", "installed", "seen", biz_step="installing", rank=60),
    _row("assembled", "assembled", "seen", biz_step="assembling", rank=20),
    _row("removed", "removed", "actor", biz_step="removing", rank=30),
    _row("taken_apart", "disassembled", "seen", biz_step="disassembling", rank=85),
    _row("made", "made", "actor", biz_step="commissioning", rank=10),
    _row("shipped", "in_transit", "ship", disposition="in_transit", rank=40),
    _row("collected", "collected", "hold", disposition="returned", rank=55),
    _row("other", None, "seen", rank=58),
)  # fmt: skip

_CHILD = (
    _row("swapped", "installed", action="ADD", way="swap", rank=60),
    _row("replaced", "installed", action="ADD", way="repair", parent_thing="vehicle", rank=60),
    _row("replaced", "assembled", action="ADD", way="repair", rank=60),
    _row("installed", "installed", action="ADD", parent_thing="vehicle", rank=60),
    _row("installed", "installed", action="ADD", biz_step="installing", rank=60),
    _row("packed", None, action="ADD", biz_step=" ".join(PACKING), rank=35),
    _row("assembled", "assembled", action="ADD", biz_step="assembling", rank=20),
    _row("packed", None, action="ADD", parent_thing="other", rank=35),
    _row("assembled", "assembled", action="ADD", rank=20),
    _row("unpacked", None, "actor", action="DELETE", biz_step=" ".join(UNPACKING), rank=52),
    _row("swapped", "removed", "actor", action="DELETE", way="swap", rank=30),
    _row("replaced", "removed", "actor", action="DELETE", way="repair", rank=30),
    _row("removed", "removed", "actor", action="DELETE", parent_thing="vehicle", rank=30),
    _row("taken_apart", "removed", "actor", action="DELETE", biz_step="disassembling", rank=30),
    _row("removed", "removed", "actor", action="DELETE", biz_step="removing", rank=30),
    _row("unpacked", None, "actor", action="DELETE", parent_thing="other", rank=52),
    _row("taken_apart", "removed", "actor", action="DELETE", rank=30),
)  # fmt: skip

_PARENT = (
    _row("swapped", "made", "seen", way="swap", weak=True, rank=60),
    _row("replaced", "made", "seen", way="repair", weak=True, rank=60),
    _row("installed", "made", "seen", action="ADD", thing="vehicle", weak=True, rank=60),
    _row("installed", "made", "seen", action="ADD", biz_step="installing", weak=True, rank=60),
    _row("packed", None, "seen", action="ADD", thing="other", rank=35),
    _row("assembled", "made", "seen", action="ADD", weak=True, rank=20),
    _row("removed", None, "seen", action="DELETE", thing="vehicle", rank=30),
    _row("taken_apart", "disassembled", "seen", action="DELETE", biz_step="disassembling", rank=85),
    _row("removed", None, "seen", action="DELETE", biz_step="removing", rank=30),
    _row("unpacked", None, "seen", action="DELETE", thing="other", rank=52),
    _row("taken_apart", "disassembled", "seen", action="DELETE", way="all", rank=85),
    _row("taken_apart", None, "seen", action="DELETE", rank=85),
    _row("other", None, "seen", rank=58),
)  # fmt: skip

_INPUT = (
    _row("taken_apart", "disassembled", "consumed", biz_step="disassembling", rank=90, final=True),
    # what is left of a lot is where it was fed; a lot of which nothing is left: `lots.used_up`
    _row("fed", None, "seen", thing="lot", rank=90),
    _row("remade", "remade", "consumed", way="remade", rank=90, final=True),
    _row("fed", "recycled", "consumed", rank=91, final=True),
)
_OUTPUT = (
    _row("taken_apart", "removed", "actor", biz_step="disassembling", rank=30),
    _row("remade", "made", "actor", way="remade", rank=10),
    _row("fed", "made", "actor", rank=10),
)


def _within(
    group: str, role: str, meanings: tuple[Meaning, ...], action: str | None = None
) -> tuple[Meaning, ...]:
    return tuple(
        replace(row, group=group, role=_set(role), action=_set(action) if action else row.action)
        for row in meanings
    )


MEANINGS = (
    # what a whole's event says of shipping or receiving holds for the parent and the children alike
    *_within("whole", "parent child", tuple(row for row in _OBJECT if row.biz_step & MOVING), "OBSERVE"),
    *_within("object", "epc parent child", _OBJECT),
    *_within("whole", "child", _CHILD),
    *_within("whole", "parent", _PARENT),
    *_within("transform", "input", _INPUT),
    *_within("transform", "output", _OUTPUT),
    Meaning("other", None, "-"),
)  # fmt: skip
