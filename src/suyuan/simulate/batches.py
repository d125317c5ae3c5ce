"""Batches of recyclers: what packs and lots go in, what black mass, metals and salts come out.

    packs ──crushing──▶ black mass, copper, aluminium, residue ──leaching──▶ salts, residue

Outputs follow from the sums of the inputs: kilograms of metal in the feed (composition by chemistry, kg per kWh)
times a drawn recovery. What does not come out as product is residue: of crushing, the masses out are the mass in; of
leaching (where acid, soda and water come in that no form asks for) the metals in the salts and the residue are those in
the black mass.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from suyuan.simulate.figures import composition_kg_per_kwh
from suyuan.simulate.lives import Step
from suyuan.simulate.world import Firm, World

# product: (material, metal, mass share of the metal in the pure compound, from molar masses)
SALTS = (
    ("lithium-carbonate", "Li", 0.1879),  # Li2CO3
    ("nickel-sulfate", "Ni", 0.2233),  # NiSO4·6H2O
    ("cobalt-sulfate", "Co", 0.2097),  # CoSO4·7H2O
    ("manganese-sulfate", "Mn", 0.3250),  # MnSO4·H2O
)
BLACK_MASS_SHARE = 0.45
"""Assumption of the generator: black mass per kilogram of packs."""
COPPER_SHARE, ALUMINIUM_SHARE = 0.09, 0.16
"""Assumptions of the generator."""


@dataclass(slots=True)
class _Crushing:
    by: Firm
    fed_until: datetime
    mass_kg: float = 0.0
    metal_kg: dict[str, float] = field(default_factory=dict)


class Batches:
    """Sums of what was fed, by batch; `steps()` tells what came out, up to the horizon."""

    def __init__(self, world: World, horizon: datetime) -> None:
        self._world, self._horizon = world, horizon
        self._crushing: dict[str, _Crushing] = {}

    def see(self, step: Step) -> None:
        """Take note of a step that feeds a batch."""
        if step.kind != "fed":
            return
        facts = step.facts
        batch = self._crushing.setdefault(facts["batch"], _Crushing(step.by, step.at))
        batch.fed_until = max(batch.fed_until, step.at)
        batch.mass_kg += facts["mass_kg"]
        archetype = facts["archetype"]
        for metal, share in composition_kg_per_kwh(archetype.chemistry).items():
            batch.metal_kg[metal] = batch.metal_kg.get(metal, 0.0) + share * archetype.kwh

    def steps(self) -> Iterator[Step]:
        """Outputs of all batches, in the order of their names."""
        leaching: dict[str, list[tuple[str, _Crushing, float, dict[str, float]]]] = {}
        for name, batch in sorted(self._crushing.items()):
            out = self._crushed(name, batch)
            if out is None:
                continue
            step, mass, metals = out
            yield step
            leaching.setdefault(f"L{name[:3]}{step.at:%m}-{batch.by.number}", []).append(
                (f"HF-{name}", batch, mass, metals)
            )
        for name, feed in sorted(leaching.items()):
            yield from self._leached(name, feed)

    def _draw(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self._world.seed, 2, *name.encode()])

    def _crushed(self, name: str, batch: _Crushing) -> tuple[Step, float, dict[str, float]] | None:
        draw = self._draw(name)
        at = batch.fed_until + timedelta(days=2)
        if at > self._horizon:
            return None
        recovered = {
            m: kg * min(1.0, float(draw.normal(0.985, 0.002)))
            for m, kg in batch.metal_kg.items()
            if kg and m in ("Li", "Ni", "Co", "Mn")
        }
        black = round(batch.mass_kg * BLACK_MASS_SHARE * float(draw.normal(1, 0.01)), 1)
        shares = {m: round(kg / black, 5) for m, kg in recovered.items()}
        copper = round(batch.mass_kg * COPPER_SHARE * float(draw.normal(1, 0.02)), 1)
        aluminium = round(batch.mass_kg * ALUMINIUM_SHARE * float(draw.normal(1, 0.02)), 1)
        residue = round(batch.mass_kg - black - copper - aluminium, 1)
        outputs: list[dict[str, Any]] = [
            {"material": "black-mass", "lot": f"HF-{name}", "mass_kg": black, "shares": shares},
            {"material": "copper", "lot": f"CU-{name}", "mass_kg": copper, "shares": {"Cu": 0.985}},
            {"material": "aluminium", "lot": f"AL-{name}", "mass_kg": aluminium, "shares": {"Al": 0.97}},
            {
                "material": "other",
                "lot": f"CZ-{name}",
                "mass_kg": residue,
                "shares": {},
                "fate": "landfilled",
            },
        ]
        step = Step("batch-out", at, batch.by, {"batch": name, "process": "crushing", "outputs": outputs})
        return step, black, {m: s * black for m, s in shares.items()}

    def _leached(
        self, name: str, feed: list[tuple[str, _Crushing, float, dict[str, float]]]
    ) -> Iterator[Step]:
        draw = self._draw(name)
        firm = feed[0][1].by
        at = max(batch.fed_until for _, batch, _, _ in feed) + timedelta(days=9)
        done = at + timedelta(days=4)
        if done > self._horizon:
            return
        lots = [{"material": "black-mass", "lot": lot, "mass_kg": mass} for lot, _, mass, _ in feed]
        yield Step("lots-fed", at, firm, {"batch": name, "process": "leaching", "lots": lots})
        metals: dict[str, float] = {}
        for _, _, _, inside in feed:
            for metal, kg in inside.items():
                metals[metal] = metals.get(metal, 0.0) + kg
        products, left = [], dict(metals)
        for material, metal, share in SALTS:
            recovery = float(draw.normal(0.92 if metal == "Li" else 0.985, 0.004))
            mass = round(metals.get(metal, 0.0) * recovery / share, 1)
            if mass > 1:
                lot = f"{metal.upper()}-{name}"
                products.append({"material": material, "lot": lot, "mass_kg": mass, "shares": {metal: share}})
                left[metal] -= mass * share
        residue = round(sum(mass for _, _, mass, _ in feed) - sum(metals.values()) + sum(left.values()), 1)
        waste = {
            "material": "leaching-residue", "lot": f"JZ-{name}", "mass_kg": residue, "fate": "landfilled",
            "shares": {metal: round(kg / residue, 7) for metal, kg in left.items()},
        }  # fmt: skip
        outputs = [*products, waste]
        yield Step("batch-out", done, firm, {"batch": name, "process": "leaching", "outputs": outputs})
        for n, product in enumerate(products):
            sold = done + timedelta(days=int(draw.integers(3, 30)))
            if sold <= self._horizon:
                buyer = self._world.battery_makers[int(draw.integers(len(self._world.battery_makers)))]
                yield Step(
                    "product-out", sold, firm, {**product, "buyer": buyer, "document": f"CK-{name}-{n}"}
                )
