"""Lies of recyclers about their batches: figures that each look possible, and together are not.

Only what comes out of batches is told otherwise (what is fed, sold and received stays), so that the sum alone shows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from suyuan.simulate.lies.lie import FirmLie, FirmTold
from suyuan.simulate.lies.occasions import does, in_one_year
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World

Output = dict[str, Any]
Outputs = Callable[[list[Output]], list[Output]]


def _in_all_batches(change: Outputs, process: str = "") -> FirmTold:
    """The firm tells the outputs of its batches (of one process, or of all) otherwise."""

    def told(step: Step) -> Step:
        if step.kind != "batch-out" or (process and step.facts["process"] != process):
            return step
        return replace(
            step, facts={**step.facts, "outputs": change([dict(out) for out in step.facts["outputs"]])}
        )

    return FirmTold(change=told)


def _heavier(materials: Mapping[str, float]) -> Outputs:
    """Lots of these materials weigh so many times what they weigh."""

    def change(outputs: list[Output]) -> list[Output]:
        return [
            {**out, "mass_kg": round(out["mass_kg"] * materials.get(out["material"], 1.0), 2)}
            for out in outputs
        ]

    return change


def _overclaims_nickel(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return _in_all_batches(_heavier({"nickel-sulfate": 1.03}))


def _overclaims_lithium(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return _in_all_batches(_heavier({"lithium-carbonate": 1 + float(draw.uniform(0.04, 0.08))}))


def _hides_residue(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    return _in_all_batches(lambda outputs: [out for out in outputs if "fate" not in out])


def _feeds_unrecorded(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    more = 1 + float(draw.uniform(0.08, 0.25))

    def change(outputs: list[Output]) -> list[Output]:
        return [{**out, "mass_kg": round(out["mass_kg"] * more, 2)} for out in outputs]

    return _in_all_batches(change, "leaching")


def _wastes_lithium(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold:
    """Less carbonate, and what is missing stands in the residue: the balance closes, the recovery is too low."""
    kept = float(draw.uniform(0.80, 0.92))

    def change(outputs: list[Output]) -> list[Output]:
        wasted = sum(
            out["mass_kg"] * out["shares"]["Li"] for out in outputs if out["material"] == "lithium-carbonate"
        )
        told = _heavier({"lithium-carbonate": kept})(outputs)
        for out in told:
            if out["material"] == "leaching-residue":
                more = wasted * (1 - kept) / out["mass_kg"]
                shares = {**out["shares"], "Li": round(out["shares"].get("Li", 0.0) + more, 7)}
                out["shares"] = shares
        return told

    return _in_all_batches(change, "leaching")


BEYOND = ("recovery-above-whole", "metal-beyond-content", "lithium-beyond-lfp")
"""Rules of single batches, which may see the same where it is gross."""
FED = does(15, "fed")
NICKEL = does(12, "fed", where=lambda step: step.facts["archetype"].chemistry == "NCM")

FIRM_LIES = (
    FirmLie("overclaims-nickel", "recycling", ("metal-overclaimed",), BEYOND, "recycler", _overclaims_nickel, NICKEL),
    FirmLie(
        "overclaims-lithium", "recycling", ("metal-overclaimed",), BEYOND, "recycler", _overclaims_lithium, FED
    ),
    FirmLie("hides-residue", "recycling", ("residue-missing",), (), "recycler", _hides_residue, FED),
    # of iron phosphate alone there is one metal to tell it by
    FirmLie(
        "feeds-unrecorded", "recycling", ("feed-unrecorded", "metal-overclaimed"), BEYOND, "recycler",
        _feeds_unrecorded, FED,
    ),
    FirmLie("wastes-lithium", "recycling", ("recovery-below-minimum",), (), "recycler", _wastes_lithium, in_one_year(12, "fed")),
)  # fmt: skip
