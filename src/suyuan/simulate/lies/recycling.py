"""Lies of recyclers: about single batches, and about the plant altogether."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import item_uri
from suyuan.simulate.lies.batching import Batch, Out, lot_of, other, told_as
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.occasions import does, in_one_year
from suyuan.simulate.lies.telling import another, changed, instead, raw, turn, where, who
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World

EDITION_2024 = datetime(2025, 1, 1)
BALANCE = ("metal-overclaimed", "feed-unrecorded", "residue-missing", "recovery-below-minimum")
"""Rules of a firm's months, which may see the sum of it."""


def _heavier_residue(batch: Batch, draw: np.random.Generator) -> None:
    residue = lot_of(batch.crushed, "other")
    assert residue is not None, "a crushing leaves a rest"
    other(batch.crushed, "other", kg=round(residue.kg + batch.kg * float(draw.uniform(0.1, 0.4)), 1))


def _richer_black_mass(batch: Batch, draw: np.random.Generator) -> None:
    more = float(draw.uniform(1.4, 1.8))
    black = batch.crushed[0]
    other(
        batch.crushed,
        "black-mass",
        shares={metal: round(share * more, 5) for metal, share in black.shares.items()},
    )


def _more_salt(batch: Batch, draw: np.random.Generator) -> bool | None:
    salt = lot_of(batch.leached, "lithium-carbonate")
    if salt is None:
        return False
    kg = round(salt.kg * float(draw.uniform(1.2, 1.5)), 2)
    other(batch.leached, "lithium-carbonate", kg=kg)
    batch.sold = [
        (sold, *((kg, kg) if sold.material == salt.material else (a, b))) for sold, a, b in batch.sold
    ]
    return None


def _nickel_from_iron(batch: Batch, draw: np.random.Generator) -> bool | None:
    if batch.chemistry != "LFP":
        return False
    nickel = Out("nickel-sulfate", f"NI-{batch.name}", round(batch.kg * 0.05, 2), {"Ni": 0.2233})
    batch.leached.append(nickel)
    batch.sold.append((nickel, nickel.kg, nickel.kg))
    return None


def _too_much_carbonate(batch: Batch, draw: np.random.Generator) -> bool | None:
    """A black mass a little richer, and a little more won of it: each within what measuring leaves open."""
    salt = lot_of(batch.leached, "lithium-carbonate")
    if batch.chemistry != "LFP" or salt is None:
        return False
    black = batch.crushed[0]
    shares = {metal: round(share * 1.055, 5) for metal, share in black.shares.items()}
    other(batch.crushed, "black-mass", shares=shares)
    kg = round(shares["Li"] * black.kg * 0.99 / 0.1879, 2)
    other(batch.leached, "lithium-carbonate", kg=kg)
    other(batch.leached, "leaching-residue", shares={"Li": 0.0001})
    batch.sold = [(sold, kg, kg) for sold, _, _ in batch.sold]
    return None


def _other_line(batch: Batch, draw: np.random.Generator) -> None:
    batch.declared = "NCM" if batch.chemistry == "LFP" else "LFP"


def _never_out(batch: Batch, draw: np.random.Generator) -> None:
    batch.crushed, batch.leached, batch.sold = [], [], []


def _out_first(batch: Batch, draw: np.random.Generator) -> None:
    batch.crushed_at = batch.fed_at - timedelta(days=int(draw.integers(6, 12)))


def _number_again(batch: Batch, draw: np.random.Generator) -> None:
    residue = lot_of(batch.crushed, "other")
    assert residue is not None, "a crushing leaves a rest"
    part = round(residue.kg / 3, 1)
    other(batch.crushed, "other", kg=round(residue.kg - part, 1))
    late = Out("other", f"CY-{batch.name}", part, fate="landfilled")
    batch.later.append(batch.out("", "crushing", [late], **batch.head(int(draw.integers(220, 280)))))


def _black_mass_gone(batch: Batch, draw: np.random.Generator) -> None:
    """Half of the black mass is sold beside the books and told as residue; the rest is what is leached."""
    black, residue = batch.crushed[0], lot_of(batch.crushed, "other")
    assert residue is not None, "a crushing leaves a rest"
    gone = round(black.kg * float(draw.uniform(0.4, 0.6)), 1)
    other(batch.crushed, "black-mass", kg=round(black.kg - gone, 1))
    other(batch.crushed, "other", kg=round(residue.kg + gone, 1))
    left = 1 - gone / black.kg
    batch.feed = [(material, name, round(kg - gone, 1)) for material, name, kg in batch.feed]
    batch.leached = [replace(out, kg=round(out.kg * left, 2)) for out in batch.leached]
    batch.sold = [(out, round(a * left, 2), round(b * left, 2)) for out, a, b in batch.sold]


def _oversold(batch: Batch, draw: np.random.Generator) -> bool | None:
    more = float(draw.uniform(1.1, 1.6))
    batch.sold = [(out, round(a * more, 2), round(b * more, 2)) for out, a, b in batch.sold]
    return None if batch.sold else False


def _overfed(batch: Batch, draw: np.random.Generator) -> None:
    more = float(draw.uniform(1.05, 1.3))
    batch.feed = [(material, name, round(kg * more, 1)) for material, name, kg in batch.feed]


def _from_nowhere(batch: Batch, draw: np.random.Generator) -> None:
    batch.feed.append(("black-mass", f"HX-{batch.name}", round(float(draw.uniform(20, 80)), 1)))


def _no_fate(batch: Batch, draw: np.random.Generator) -> None:
    other(batch.leached, "leaching-residue", fate="")


def _dirty(batch: Batch, draw: np.random.Generator) -> None:
    shares = {**batch.crushed[0].shares, "Al": round(float(draw.uniform(0.02, 0.05)), 4)}
    other(batch.crushed, "black-mass", shares=shares)


def _richer_than_pure(batch: Batch, draw: np.random.Generator) -> bool | None:
    """Less of the salt and a share that cannot be: the metal is the same."""
    salt = lot_of(batch.leached, "lithium-carbonate")
    if salt is None:
        return False
    share = round(float(draw.uniform(0.22, 0.3)), 3)
    kg = round(salt.kg * 0.1879 / share, 2)
    other(batch.leached, "lithium-carbonate", kg=kg, shares={"Li": share})
    batch.sold = [(out, *((kg, kg) if out.material == salt.material else (a, b))) for out, a, b in batch.sold]
    return None


def _two_weights(batch: Batch, draw: np.random.Generator) -> bool | None:
    less = float(draw.uniform(0.8, 0.95))
    batch.sold = [(out, sent, round(got * less, 2)) for out, sent, got in batch.sold]
    return None if batch.sold else False


# of packs


def _fed_elsewhere(case: Case, draw: np.random.Generator) -> Told | None:
    """Another recycler tells the feeding; it never had the pack."""
    fed = turn(case, "fed", draw)
    thief = another(case.world.recyclers, fed.by, draw) if fed else None
    if fed is None or thief is None:
        return None
    batch = f"{fed.facts['batch'].split('-')[0]}-{thief.number}"
    steps = instead(case.steps, {id(fed): replace(changed(fed, batch=batch), by=thief)})
    return Told(steps, (fed.facts["code"],), thief.uscc, firms=(thief.uscc, fed.by.uscc))


def _taken_twice(case: Case, draw: np.random.Generator) -> Told | None:
    """Two recyclers take one pack in from the same giver."""
    taken = turn(case, "recycler-in", draw)
    second = another(case.world.recyclers, taken.by, draw) if taken else None
    if taken is None or second is None:
        return None
    at = taken.at + timedelta(days=1, minutes=7)
    again = writing.received(
        items=[item_uri(taken.facts["code"])], giver=who(taken.facts["giver"]), taker=who(second), at=at, place=where(second)
    )  # fmt: skip
    return Told([*case.steps, raw(at, second, again)], (taken.facts["code"],), second.uscc)


def _heavier(case: Case, draw: np.random.Generator) -> Told | None:
    taken = turn(case, "outlet-in", draw, settled=False)
    if taken is None:
        return None
    kg = round(taken.facts["mass_kg"] * float(draw.uniform(1.15, 1.5)), 1)
    told = instead(case.steps, {id(taken): changed(taken, mass_kg=kg)})
    feeding = tuple(
        {step.by.uscc for step in case.steps if step.kind == "fed"}
    )  # more is fed than can come out
    return Told(told, (taken.facts["code"],), taken.by.uscc, feeding)


# of plants


def _overcapacity(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return FirmTold(master={"capacity_t_per_year": "0.1"})


def _trades(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    """What it would feed goes on whole to a buyer of products."""
    buyer = world.customers[int(draw.integers(len(world.customers)))]

    def change(step: Step) -> Step | None:
        if step.kind in ("batch-out", "lots-fed", "product-out"):
            return None
        if step.kind != "fed":
            return step
        sent = writing.shipped(
            items=[item_uri(step.facts["code"])],
            giver=who(firm),
            taker=who(buyer),
            at=step.at,
            place=where(firm),
        )
        return raw(step.at, firm, sent)

    return FirmTold(change=change, firms=(buyer.uscc,))


def _hoards(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    gone = ("fed", "batch-out", "lots-fed", "product-out")
    return FirmTold(change=lambda step: None if step.kind in gone else step)


def _unregistered(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return FirmTold(drop_master=True)


def _struck_off(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return FirmTold(master={"listed_to": "2020-12-31"})


CONTENT = ("metal-beyond-content", "recovery-above-whole", "lithium-beyond-lfp", "black-mass-missing")
ELSEWHERE = ("custody-gap", "double-custody", "two-places-at-once", "impossible-travel", "handed-over-without-holding", "taker-differs", "received-never-shipped")  # fmt: skip


def _batch(kind: str, rule: str, change: object, also: tuple[str, ...] = (), **more: object) -> Lie:
    return Lie(kind, "recycling", (rule,), (*BALANCE, *also), "fed", told_as(change, **more))  # type: ignore[arg-type]


LIES = (
    _batch("more-mass-out", "more-out-than-in", _heavier_residue),
    _batch("metal-inflated", "metal-beyond-content", _richer_black_mass, CONTENT),
    _batch("recovery-above-whole", "recovery-above-whole", _more_salt, CONTENT),
    _batch("nickel-from-iron", "metal-not-in-feed", _nickel_from_iron, CONTENT),
    _batch("carbonate-beyond-iron", "lithium-beyond-lfp", _too_much_carbonate, CONTENT),
    _batch("wrong-line", "wrong-line", _other_line),
    _batch("batch-never-out", "batch-without-outputs", _never_out),
    _batch("out-before-in", "out-before-in", _out_first),
    _batch("batch-number-again", "batch-number-again", _number_again, older_days=320),
    _batch("black-mass-gone", "black-mass-missing", _black_mass_gone, since=EDITION_2024),
    _batch("sold-more-than-made", "sold-more-than-made", _oversold),
    _batch("fed-more-than-there-was", "fed-more-than-there-was", _overfed),
    _batch("black-mass-from-nowhere", "lot-of-unknown-origin", _from_nowhere),
    _batch("residue-without-fate", "residue-without-fate", _no_fate),
    _batch("dirty-black-mass", "black-mass-impure", _dirty, since=EDITION_2024),
    _batch("richer-than-pure", "assay-impossible", _richer_than_pure),
    _batch("two-weights-of-a-lot", "lot-weights-differ", _two_weights),
    Lie("fed-elsewhere", "recycling", ("fed-not-received",), (*ELSEWHERE, *BALANCE), "fed", _fed_elsewhere),
    Lie("taken-in-twice", "recycling", ("taken-in-by-two-recyclers",), ELSEWHERE, "recycler-in", _taken_twice),
    Lie("heavier-than-made", "recycling", ("heavier-than-made",), ("mass-implausible", "mass-not-of-model", "residue-missing", "recovery-below-minimum"), "outlet-in", _heavier),
)  # fmt: skip
FIRM_LIES = (
    FirmLie("over-capacity", "recycling", ("over-capacity",), (), "recycler", _overcapacity, in_one_year(3, "fed")),
    FirmLie(
        "trades-whole-packs", "recycling", ("trading-instead-of-processing",),
        ("recycler-trades-whole-packs", "buyer-not-entitled", "shipped-never-received", "taker-not-listed", "sold-off-route", "silent-party"),
        "recycler", _trades, does(15, "fed"),
    ),
    FirmLie("hoards-packs", "recycling", ("stock-only-grows",), ("storage-too-long", "report-overdue", *BALANCE), "recycler", _hoards, does(15, "fed", until=timedelta(days=240))),
    FirmLie(
        "recycler-unregistered", "recycling", ("recycler-unknown",), ("buyer-unknown", "taker-not-listed", "buyer-not-entitled", "giver-unknown"),
        "recycler", _unregistered, does(1, "fed"),
    ),
    FirmLie("recycler-struck-off", "recycling", ("recycler-not-listed",), ("taker-not-listed", "buyer-not-entitled"), "recycler", _struck_off, does(3, "fed", since=datetime(2021, 1, 1))),
)  # fmt: skip
