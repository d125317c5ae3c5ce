"""Whole lives of packs, step by step, from making to the recovered metal.

    made ─▶ vehicle ─▶ sale ─┬─▶ replacement ─▶ outlet ──┬─▶ echelon product ─▶ customer ─▶ recycler
                             ├─▶ scrapped vehicle ───────┤                              │
    swap pack ─▶ swaps ──────┴─▶ (vanishes)              └─▶ recycler ─▶ batch ─▶ salts ◀┘

A life is a function of (seed, number of the pack): worlds of any size stream, and the same seed gives the same
bytes. Batches are the only thing that lives share; they are kept as sums (`simulate.batches`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from suyuan.simulate.codes import battery_code, reuse_code, vehicle_number
from suyuan.simulate.figures import Archetype
from suyuan.simulate.world import Firm, World

# Assumptions of the generator, not facts: how a pack's first life ends, and when (years, Weibull).
FATES = {"replaced": 0.12, "scrapped": 0.60, "accident": 0.02, "vanished": 0.26}
FIRST_LIFE_YEARS, FIRST_LIFE_SHAPE = 5.5, 3.0
ECHELON_SHARE, SECOND_LIFE_YEARS = 0.3, 2.5
SPARES = 1_000_000_000
"""Spare packs are numbered behind all others."""
CELLS_MAX, MODULES_MAX = 5_000, 100
SWAPS_KEPT = 3
"""A swap pack changes vehicles hundreds of times; a few swaps of each are written."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one firm reports: what (`kind`), when, by whom, and the facts of it."""

    kind: str
    at: datetime
    by: Firm
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What kind of world: first and last day of making, the last day that is told, cells written per pack."""

    since: date
    until: date
    horizon: datetime
    archetypes: Sequence[Archetype]
    cells: int | None = None

    def cell_count(self, archetype: Archetype) -> int:
        """How many cells of a pack are written one by one (None: all)."""
        return archetype.cells if self.cells is None else min(self.cells, archetype.cells)


def life(world: World, plan: Plan, number: int) -> Iterator[Step]:
    """The steps of pack `number` up to the plan's horizon, in the order in which they happen."""
    for step in _Life(world, plan, number).steps():
        if step.at <= plan.horizon:
            yield step


class _Life:
    def __init__(self, world: World, plan: Plan, number: int) -> None:
        self.world, self.plan, self.number = world, plan, number
        self.draw = np.random.default_rng([world.seed, 1, number])
        shares = np.array([a.share_on(plan.since, plan.until) for a in plan.archetypes])
        self.archetype = plan.archetypes[int(self.draw.choice(len(shares), p=shares / shares.sum()))]
        span = (plan.until - plan.since).days
        self.made_at = datetime.combine(plan.since, datetime.min.time()) + timedelta(
            days=int(self.draw.integers(0, span + 1)), minutes=int(self.draw.integers(8 * 60, 18 * 60))
        )
        self.maker = self._one(world.battery_makers)
        self.carmaker = self._one(world.vehicle_makers)
        self.area = world.areas[int(self.draw.choice(len(world.areas), p=np.array(world.area_shares)))]
        self.pack = self._code("P", number)
        self.vin = vehicle_number(self.carmaker.wmi, self.made_at.year, number)
        self.mass = round(self.archetype.mass_kg * float(self.draw.normal(1, 0.01)), 1)

    def _one(self, firms: Sequence[Firm]) -> Firm:
        return firms[int(self.draw.integers(len(firms)))]

    def _code(self, kind: str, serial: int, at: datetime | None = None) -> str:
        day = (at or self.made_at).date()
        return battery_code(self.maker.vendor, kind, self.archetype.letter, self.archetype.spec, day, serial)

    def _later(self, at: datetime, low: float, high: float) -> datetime:
        """Between `low` and `high` days later, in working hours."""
        day = at + timedelta(days=float(self.draw.uniform(low, high)))
        return day.replace(
            hour=int(self.draw.integers(8, 18)), minute=int(self.draw.integers(60)), second=0, microsecond=0
        )

    # -- the road ------------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        yield self._made(self.pack, self.made_at, self.number)
        if self.archetype.swap:
            yield from self._swap_life()
        else:
            yield from self._car_life()

    def _made(self, pack: str, at: datetime, number: int) -> Step:
        cells = self.plan.cell_count(self.archetype)
        modules = min(self.archetype.modules, cells)
        codes = [self._code("C", number * CELLS_MAX + n, at) for n in range(cells)]
        tree = {self._code("M", number * MODULES_MAX + m, at): codes[m::modules] for m in range(modules)}
        delivered = self._later(at, 2, 9)
        return Step(
            "made", at, self.maker,
            {
                "pack": pack, "modules": tree, "cells": [] if modules else codes, "archetype": self.archetype,
                "mass_kg": self.mass, "receiver": self.carmaker, "order": f"D{at:%y%m}{number % 100_000:05d}",
                "delivered_at": delivered if delivered <= self.plan.horizon else None,
            },
        )  # fmt: skip

    def _spare(self) -> tuple[str, datetime]:
        """A second pack of the same kind, made a little later."""
        at = self._later(self.made_at, 1, 3)
        return self._code("P", SPARES + self.number, at), at

    def _into_vehicle(self, pack: str) -> Iterator[Step]:
        built = self._later(self.made_at, 10, 40)
        self.sold_at = self._later(built, 5, 60)
        yield Step(
            "vehicle", built, self.carmaker,
            {"vin": self.vin, "packs": [pack], "archetype": self.archetype, "swap": self.archetype.swap,
             "certificate": f"HGZ{built:%Y}{self.number:08d}"},
        )  # fmt: skip
        yield Step(
            "sale", self.sold_at, self.carmaker, {"vin": self.vin, "area": self.area, "buyer": self._buyer()}
        )

    def _buyer(self) -> tuple[str, Firm | None]:
        kind = str(self.draw.choice(["person", "company", "transport"], p=[0.8, 0.12, 0.08]))
        return kind, None if kind == "person" else self._one(self.world.customers)

    def _car_life(self) -> Iterator[Step]:
        yield from self._into_vehicle(self.pack)
        fate = str(self.draw.choice(list(FATES), p=list(FATES.values())))
        years = max(0.3, FIRST_LIFE_YEARS * float(self.draw.weibull(FIRST_LIFE_SHAPE)))
        end = self._later(self.sold_at, years * 365, years * 365 + 3)
        if fate == "replaced":
            yield from self._replaced(self._later(self.sold_at, 200, 200 + years * 200), end)
        elif fate == "scrapped":
            yield from self._scrapped(self.pack, end)
        elif fate == "accident":
            yield Step(
                "lost",
                end,
                self.carmaker,
                {"code": self.pack, "how": str(self.draw.choice(["destroyed", "stolen", "lost"]))},
            )

    def _replaced(self, at: datetime, end: datetime) -> Iterator[Step]:
        spare, spare_made = self._spare()
        outlet = self._one(self.world.outlets_of[self.area])
        yield self._made(spare, spare_made, SPARES + self.number)
        yield Step(
            "spare",
            self._later(at, -90, -30),
            self.carmaker,
            {"code": spare, "archetype": self.archetype, "supplier": self.maker},
        )
        yield Step(
            "replacement", at, self.carmaker,
            {"vin": self.vin, "old": self.pack, "new": spare, "order": f"W{self.number:08d}", "to": outlet},
        )  # fmt: skip
        yield from self._through_outlet(outlet, self._later(at, 1, 6), "repairer", self.vin, self.carmaker)
        yield from self._scrapped(spare, max(end, self._later(at, 300, 900)))

    def _scrapped(self, pack: str, at: datetime) -> Iterator[Step]:
        yard = self._one(self.world.dismantlers_of[self.area])
        removed, out = self._later(at, 1, 8), self._later(at, 10, 40)
        to_outlet = float(self.draw.random()) < 0.3
        recycler, outlet = self._one(self.world.recyclers), self._one(self.world.outlets_of[self.area])
        yield Step(
            "scrapped", at, yard,
            {"vin": self.vin, "packs": [pack], "certificate": f"BF{at:%Y}{self.number:08d}", "present": True},
        )  # fmt: skip
        yield Step("removal", removed, yard, {"vin": self.vin, "code": pack, "mass_kg": self.mass})
        yield Step(
            "yard-out",
            out,
            yard,
            {
                "code": pack,
                "to": outlet if to_outlet else recycler,
                "mass_kg": self.mass,
                "document": f"YJ{self.number:08d}",
            },
        )
        gone = {
            "vin": self.vin,
            "packs": [pack],
            "certificate": f"BF{at:%Y}{self.number:08d}",
            "accepted_at": at,
        }
        yield Step("gone", self._later(at, 45, 80), yard, gone)
        if to_outlet:
            yield from self._through_outlet(
                outlet, self._later(out, 1, 4), "dismantler", self.vin, yard, pack
            )
        else:
            yield from self._recycled(recycler, self._later(out, 1, 6), yard, pack)

    def _through_outlet(
        self, outlet: Firm, at: datetime, source: str, vin: str | None, giver: Firm, pack: str | None = None
    ) -> Iterator[Step]:
        code = pack or self.pack
        yield Step(
            "outlet-in",
            at,
            outlet,
            {"code": code, "source": source, "giver": giver, "vin": vin, "mass_kg": self.mass},
        )
        out = self._later(at, 5, 50)
        reuse = float(self.draw.random()) < ECHELON_SHARE
        taker = self._one(self.world.echelon_users if reuse else self.world.recyclers)
        yield Step(
            "outlet-out",
            out,
            outlet,
            {"code": code, "to": taker, "mass_kg": self.mass, "document": f"YD{self.number:08d}"},
        )
        if reuse:
            yield from self._reused(taker, self._later(out, 1, 6), outlet, code)
        else:
            yield from self._recycled(taker, self._later(out, 1, 6), outlet, code)

    def _reused(self, user: Firm, at: datetime, giver: Firm, code: str) -> Iterator[Step]:
        soh = round(float(self.draw.uniform(60, 80)), 1)
        yield Step("echelon-in", at, user, {"code": code, "giver": giver, "mass_kg": self.mass, "soh": soh})
        made = self._later(at, 10, 60)
        product = reuse_code(user.number, "P", self.archetype.letter, made.date(), self.number)
        yield Step(
            "echelon-product", made, user,
            {"sources": [code], "product": product, "soh": soh, "archetype": self.archetype, "mass_kg": self.mass,
             "use": str(self.draw.choice(["energy-storage", "backup-power", "forklift"]))},
        )  # fmt: skip
        customer, sold = self._one(self.world.customers), self._later(made, 5, 40)
        yield Step(
            "echelon-out", sold, user, {"code": product, "to": customer, "document": f"TC{self.number:08d}"}
        )
        back = self._later(sold, SECOND_LIFE_YEARS * 200, SECOND_LIFE_YEARS * 500)
        yield from self._recycled(self._one(self.world.recyclers), back, customer, product)

    def _recycled(self, recycler: Firm, at: datetime, giver: Firm, code: str) -> Iterator[Step]:
        yield Step(
            "recycler-in", at, recycler,
            {"code": code, "giver": giver, "mass_kg": self.mass, "archetype": self.archetype, "document": f"RK{self.number:08d}"},
        )  # fmt: skip
        fed = self._later(at, 3, 25)
        year, week, _ = fed.isocalendar()
        batch = (
            f"{'P' if self.archetype.chemistry == 'LFP' else 'N'}{year % 100:02d}{week:02d}-{recycler.number}"
        )
        yield Step(
            "fed",
            fed,
            recycler,
            {"batch": batch, "code": code, "mass_kg": self.mass, "archetype": self.archetype},
        )

    # -- packs that are swapped --------------------------------------------------------------

    def _swap_life(self) -> Iterator[Step]:
        operator = self._one(self.world.swap_operators)
        yield from self._into_vehicle(self.pack)
        spare, spare_made = self._spare()
        registered = self._later(self.sold_at, 1, 3)
        yield self._made(spare, spare_made, SPARES + self.number)
        yield Step(
            "swap-pack",
            registered,
            operator,
            {"code": self.pack, "archetype": self.archetype, "supplier": self.maker},
        )
        yield Step(
            "swap-pack",
            registered,
            operator,
            {"code": spare, "archetype": self.archetype, "supplier": self.maker},
        )
        at, inside, waiting = self._later(registered, 1, 5), self.pack, spare
        for n in range(SWAPS_KEPT):
            yield Step(
                "swap",
                at,
                operator,
                {"vin": self.vin, "old": inside, "new": waiting, "station": f"S{1 + n:02d}"},
            )
            inside, waiting = waiting, inside
            at = self._later(at, 2, 20)
        years = max(0.5, FIRST_LIFE_YEARS * 0.7 * float(self.draw.weibull(FIRST_LIFE_SHAPE)))
        retired = self._later(at, years * 365, years * 365 + 20)
        yield from self._recycled(self._one(self.world.recyclers), retired, operator, waiting)
