"""Batches of recyclers: what packs and lots go in, what black mass, metals and salts come out.

    packs ──crushing──▶ black mass, copper, aluminium, residue ──leaching──▶ salts, residue

Outputs follow from the sums of the inputs: kilograms of metal in the feed (composition by chemistry, kg per kWh)
times a drawn recovery. What does not come out as product is residue: of crushing, the masses out are the mass in; of
leaching (where acid, soda and water come in that no form asks for) the metals in the salts and the residue are those in
the black mass.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from suyuan.simulate.figures import composition_kg_per_kwh
from suyuan.simulate.lives import Plan, Step, is_told
from suyuan.simulate.world import Firm, World

# product: (material, metal, mass share of the metal in the pure compound, from molar masses)
SALTS = (
    ("lithium-carbonate", "Li", 0.1879),  # Li2CO3
    ("nickel-sulfate", "Ni", 0.2233),  # NiSO4·6H2O
    ("cobalt-sulfate", "Co", 0.2097),  # CoSO4·7H2O
    ("manganese-sulfate", "Mn", 0.3250),  # MnSO4·H2O
)
PRODUCTS = ("copper", "aluminium", *(material for material, _, _ in SALTS))
"""What is sold; black mass is leached, residues are disposed of."""
BLACK_MASS_SHARE = 0.45
"""Assumption of the generator: black mass per kilogram of packs."""
COPPER_SHARE, ALUMINIUM_SHARE = 0.09, 0.16
"""Assumptions of the generator."""
CRUSHED, LEACHED, LITHIUM_LEACHED = 0.988, 0.988, 0.92
"""Shares of a metal that come out: a little above what the industry conditions ask for."""

Sum = tuple[str, str, str, float, dict[str, float]]
"""What was fed to a batch: its name, USCC of the recycler, last moment of feeding (ISO), kilograms, kilograms of each metal."""


@dataclass(slots=True)
class _Crushing:
    by: Firm
    fed_until: datetime
    mass_kg: float = 0.0
    metal_kg: dict[str, float] = field(default_factory=dict)


class Batches:
    """Sums of what was fed, by batch; `steps()` tells what came out, as far as it is reported at the horizon.

    `change`: how the firm tells a step (None: not at all). What it sells and feeds further is what it tells of its batches.
    """

    def __init__(
        self, world: World, plan: Plan, change: Callable[[Step], Step | None] = lambda step: step
    ) -> None:
        self._world, self._plan, self._change = world, plan, change
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

    def sums(self) -> list[Sum]:
        """What was fed so far, to be added elsewhere."""
        return [
            (name, batch.by.uscc, batch.fed_until.isoformat(), batch.mass_kg, batch.metal_kg)
            for name, batch in self._crushing.items()
        ]

    def add(self, sums: Iterable[Sum], firms: dict[str, Firm]) -> None:
        """Take note of what was fed elsewhere; `firms` by USCC."""
        for name, by, until, mass, metals in sums:
            fed_until = datetime.fromisoformat(until)
            batch = self._crushing.setdefault(name, _Crushing(firms[by], fed_until))
            batch.fed_until = max(batch.fed_until, fed_until)
            batch.mass_kg += mass
            for metal, kg in metals.items():
                batch.metal_kg[metal] = batch.metal_kg.get(metal, 0.0) + kg

    def steps(self) -> Iterator[Step]:
        """Outputs of all batches, in the order of their names, as they are told."""
        leaching: dict[str, list[tuple[str, _Crushing, float, dict[str, float]]]] = {}
        for name, batch in sorted(self._crushing.items()):
            step, mass, metals = self._crushed(name, batch)
            if not is_told(step, self._plan):
                continue
            if told := self._told(step):
                yield told
                yield from self._sold(told, self._draw(f"{name}/sold"))
                masses = (out["mass_kg"] for out in told.facts["outputs"] if out["material"] == "black-mass")
                mass = next(masses, mass)
            leaching.setdefault(f"L{name[0]}{step.at:%y%m}-{batch.by.number}", []).append(
                (f"HF-{name}", batch, mass, metals)
            )
        for name, feed in sorted(leaching.items()):
            yield from self._leaching(name, feed)

    def _told(self, step: Step) -> Step | None:
        """The step as the firm tells it, if it is reported at the horizon."""
        told = self._change(step) if is_told(step, self._plan) else None
        return told if told and is_told(told, self._plan) else None

    def _leaching(
        self, name: str, feed: "list[tuple[str, _Crushing, float, dict[str, float]]]"
    ) -> Iterator[Step]:
        draw = self._draw(name)
        for step in self._leached(name, feed, draw):
            if not is_told(step, self._plan):
                return
            if told := self._told(step):
                yield told
                if told.kind == "batch-out":
                    yield from self._sold(told, draw)

    def _sold(self, step: Step, draw: np.random.Generator) -> Iterator[Step]:
        """Products leave within a month, and whoever bought them takes them in."""
        makers = self._world.battery_makers
        products = [out for out in step.facts["outputs"] if out["material"] in PRODUCTS]
        for n, product in enumerate(products):
            sold = step.at + timedelta(days=int(draw.integers(3, 30)))
            buyer = makers[int(draw.integers(len(makers)))]
            facts = {key: product[key] for key in ("material", "lot", "mass_kg", "shares")}
            paper = f"CK-{step.facts['batch']}-{n}"
            out = Step("product-out", sold, step.by, {**facts, "buyer": buyer, "document": paper})
            into = Step(
                "product-in",
                sold + timedelta(days=2),
                buyer,
                {**facts, "giver": step.by, "document": f"S{paper}"},
            )
            if is_told(out, self._plan):
                yield from (told for each in (out, into) if (told := self._told(each)))

    def _draw(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self._world.seed, 2, *name.encode()])

    def _crushed(self, name: str, batch: _Crushing) -> tuple[Step, float, dict[str, float]]:
        draw = self._draw(name)
        at = batch.fed_until + timedelta(days=2)
        recovered = {
            m: kg * float(np.clip(draw.normal(CRUSHED, 0.001), CRUSHED - 0.004, CRUSHED + 0.004))
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
        self, name: str, feed: list[tuple[str, _Crushing, float, dict[str, float]]], draw: np.random.Generator
    ) -> Iterator[Step]:
        firm = feed[0][1].by
        at = max(batch.fed_until for _, batch, _, _ in feed) + timedelta(days=9)
        done = at + timedelta(days=4)
        lots = [{"material": "black-mass", "lot": lot, "mass_kg": mass} for lot, _, mass, _ in feed]
        yield Step("lots-fed", at, firm, {"batch": name, "process": "leaching", "lots": lots})
        metals: dict[str, float] = {}
        for _, _, _, inside in feed:
            for metal, kg in inside.items():
                metals[metal] = metals.get(metal, 0.0) + kg
        products, left = [], dict(metals)
        for material, metal, share in SALTS:
            middle = LITHIUM_LEACHED if metal == "Li" else LEACHED
            recovery = float(np.clip(draw.normal(middle, 0.0015), middle - 0.004, middle + 0.004))
            mass = round(metals.get(metal, 0.0) * recovery / share, 2)
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
