"""Whole lives of packs, step by step, from making to the recovered metal.

    made ─▶ vehicle ─▶ sale ─┬─▶ replacement ─▶ outlet ──┬─▶ echelon product ─▶ customer ─▶ recycler
                             ├─▶ scrapped vehicle ───────┤                              │
    swap pack ─▶ swaps ──────┴─▶ (vanishes)              └─▶ recycler ─▶ batch ─▶ salts ◀┘

A life is a function of (seed, number): one vehicle with its packs (one, a bus ten, a swap car two). Worlds of any size stream,
and the same seed gives the same bytes. Batches are the only thing that lives share; they are kept as sums (`simulate.batches`).
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from math import log
from random import Random
from typing import Any

from suyuan.simulate.codes import battery_code, reuse_code, vehicle_number
from suyuan.simulate.figures import Archetype, archetypes, chances, sales
from suyuan.simulate.reporting import SLOWEST, reported_at
from suyuan.simulate.world import ECHELON_LIST_ENDS, Firm, World, model_name

# Assumptions of the generator, not facts: how a pack's first life ends, and when (years, Weibull).
FATES = {"replaced": 0.12, "scrapped": 0.60, "accident": 0.02, "vanished": 0.26}
FIRST_LIFE_YEARS, FIRST_LIFE_SHAPE = 5.5, 3.0
# Formal channels take in less than a quarter in fact; a world in which nothing vanished would teach nothing.
OUTLET_SHARE, ECHELON_SHARE, SECOND_LIFE_YEARS = 0.3, 0.3, 2.5
REUSE_ENDS = ECHELON_LIST_ENDS - timedelta(days=120)
"""From then on packs are no longer handed to echelon users: they must have sold what they make when their list ends."""
REUSE_KWH_MIN, REUSED_MASS_SHARE, REUSED_KWH_SHARE = 20, 0.78, 0.7
"""Smaller packs are not worth re-making; cells are so much of a pack's mass, its case stays behind; the product is rated below what it holds."""
BUYERS, BUYER_SHARES = ("person", "company", "transport"), (0.8, 0.12, 0.08)
USES = ("energy-storage", "backup-power", "forklift")
SPARES = 1_000_000_000
"""Spare packs, and the second to last pack of a bus, are numbered behind all first packs."""
CELLS_MAX, MODULES_MAX = 5_000, 100
SPARE_PAPER = 20
"""Papers of a spare pack are numbered behind those of a bus."""
SWAPS_KEPT = 3
"""A swap pack changes vehicles hundreds of times; a few swaps of each are written."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one firm reports: what (`kind`), when, by whom, and the facts of it.

    Facts that any step may carry: `reported_at` (a moment; else `reporting.reported_at` gives a lawful one) and `document_of`
    (a name: it is told in a document of that name).
    """

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
    cells: int | None = None

    def cell_count(self, archetype: Archetype) -> int:
        """How many cells of a pack are written one by one (None: all)."""
        return archetype.cells if self.cells is None else min(self.cells, archetype.cells)


def life(world: World, plan: Plan, number: int) -> list[Step]:
    """The steps of vehicle `number` and its packs, pack by pack, as far as they are reported at the plan's horizon.

    From the first step on that is not yet reported nothing is told, by nobody: what is known hangs together.
    """
    there = _Life(world, plan, number)
    steps, recent = list(there.steps()), plan.horizon - SLOWEST
    late = [step.at for step in steps if step.at > recent and not is_told(step, plan)]
    unknown_from = min([*late, there.unknown_from])
    return [step for step in steps if step.at < unknown_from]


def is_told(step: Step, plan: Plan) -> bool:
    """Has it happened, and is it reported, at the plan's horizon?"""
    if step.at > plan.horizon:
        return False
    return (step.facts.get("reported_at") or reported_at(step.at, step.by, step.kind)) <= plan.horizon


@lru_cache(64)
def _shares_up_to(shares: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(accumulate(shares))


def _up_to(shares: Sequence[float]) -> tuple[float, ...]:
    return _shares_up_to(tuple(shares))


@lru_cache(8)
def _years(plan: Plan) -> tuple[tuple[tuple[date, int], ...], tuple[float, ...]]:
    """(first day, days) of every year in which packs are made, and how the packs spread over them: as sales did."""
    spans = []
    for year in range(plan.since.year, plan.until.year + 1):
        first, last = max(plan.since, date(year, 1, 1)), min(plan.until, date(year, 12, 31))
        spans.append((first, (last - first).days + 1))
    return tuple(spans), _up_to([sales(first.year) * days for first, days in spans])


class _Life:
    def __init__(self, world: World, plan: Plan, number: int) -> None:
        self.world, self.plan, self.number = world, plan, number
        self.draw = Random(f"{world.seed}/1/{number}").random  # nothing here is secret
        spans, so_far = _years(plan)
        first, days = spans[self._pick(so_far)]
        minutes = 8 * 60 + int(600 * self.draw())
        self.made_at = datetime.combine(first, datetime.min.time()) + timedelta(
            days=int(days * self.draw()), minutes=minutes
        )
        self.archetype = archetypes()[self._pick(_up_to(chances(first.year)))]
        self.maker = world.battery_makers[self._pick(_up_to(world.maker_shares))]
        self.carmaker = self._one(world.vehicle_makers)
        self.area = world.areas[self._pick(_up_to(world.area_shares))]
        # a bus has many packs: the first is `number`, the others are numbered behind all worlds
        self.packs = [self._code("P", n) for n in self._numbers()]
        self.vin = vehicle_number(self.carmaker.wmi, self.made_at.year, number)
        self.model = model_name(self.maker, self.archetype)
        self.mass = round(self.archetype.mass_kg * self._about_one(0.02), 1)
        self.unknown_from = plan.horizon + timedelta(seconds=1)

    def _numbers(self) -> list[int]:
        return [self.number, *(self.number + SPARES * n for n in range(2, self.archetype.packs + 1))]

    def _pick(self, so_far: Sequence[float]) -> int:
        return min(bisect_right(so_far, self.draw() * so_far[-1]), len(so_far) - 1)

    def _one(self, firms: Sequence[Firm]) -> Firm:
        return firms[int(len(firms) * self.draw())]

    def _about_one(self, within: float) -> float:
        """Around 1, the middle likelier than the ends."""
        return 1 + within * (self.draw() + self.draw() - 1)

    def _years_used(self, scale: float) -> float:
        """Weibull."""
        return float(scale * (-log(1.0 - self.draw())) ** (1 / FIRST_LIFE_SHAPE))

    def _code(self, kind: str, number: int, at: datetime | None = None) -> str:
        day = (at or self.made_at).date()
        return battery_code(self.maker.vendor, kind, self.archetype.letter, self.archetype.spec, day, number)

    def _later(self, at: datetime, low: float, high: float) -> datetime:
        """Between `low` and `high` days later, in working hours."""
        day = at + timedelta(days=low + (high - low) * self.draw())
        minutes = 8 * 60 + int(600 * self.draw())
        return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60)  # Shanghai time

    # -- the road ------------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        numbers, arrives = self._numbers(), self._later(self.made_at, 1, 5)
        for pack, number in zip(self.packs, numbers, strict=True):
            yield self._made(pack, self.made_at, number, self.carmaker, arrives)
        for n, pack in enumerate(self.packs):
            yield self._taken_in(pack, arrives, n)
        if self.archetype.swap:
            yield from self._swap_life()
        else:
            yield from self._car_life()

    def _made(self, pack: str, at: datetime, number: int, receiver: Firm, delivered: datetime) -> Step:
        cells = self.plan.cell_count(self.archetype)
        modules = min(self.archetype.modules, cells)
        codes = [self._code("C", number * CELLS_MAX + n, at) for n in range(cells)]
        tree = {self._code("M", number * MODULES_MAX + m, at): codes[m::modules] for m in range(modules)}
        known = reported_at(delivered, self.maker, "made") <= self.plan.horizon
        if not known:
            self.unknown_from = min(self.unknown_from, delivered)
        return Step(
            "made", at, self.maker,
            {
                "pack": pack, "modules": tree, "cells": [] if modules else codes, "archetype": self.archetype, "model": self.model,
                "mass_kg": self.mass, "receiver": receiver, "order": f"D{at:%y%m}{number % 100_000:05d}",
                "delivered_at": delivered if known else None,
            },
        )  # fmt: skip

    def _taken_in(self, pack: str, delivered: datetime, n: int) -> Step:
        """The vehicle maker takes in what the battery maker delivered."""
        facts = {"code": pack, "giver": self.maker, "document": self._paper("SH", n)}
        return Step("pack-in", self._later(delivered, 1, 4), self.carmaker, facts)

    def _spare(self) -> tuple[str, datetime]:
        """A further pack of the same kind, made a little later."""
        at = self._later(self.made_at, 1, 3)
        return self._code("P", SPARES + self.number, at), at

    def _outlet(self) -> Firm:
        return self.world.outlet(self.area, self.draw(), self.draw())

    def _into_vehicle(self) -> Iterator[Step]:
        built = self._later(self.made_at, 10, 40)
        self.sold_at = self._later(built, 5, 60)
        yield Step(
            "vehicle", built, self.carmaker,
            {"vin": self.vin, "packs": self.packs, "archetype": self.archetype, "swap": self.archetype.swap,
             "certificate": f"HGZ{built:%Y}{self.number:08d}"},
        )  # fmt: skip
        yield Step(
            "sale", self.sold_at, self.carmaker, {"vin": self.vin, "area": self.area, "buyer": self._buyer()}
        )

    def _buyer(self) -> tuple[str, Firm | None]:
        if self.archetype.packs > 1:
            return "transport", self._one(self.world.customers)
        kind = BUYERS[self._pick(_up_to(BUYER_SHARES))]
        return kind, None if kind == "person" else self._one(self.world.customers)

    def _car_life(self) -> Iterator[Step]:
        yield from self._into_vehicle()
        fate = list(FATES)[self._pick(_up_to(list(FATES.values())))]
        years = max(0.3, self._years_used(FIRST_LIFE_YEARS))
        end = self._later(self.sold_at, years * 365, years * 365 + 3)
        if fate == "replaced":
            yield from self._replaced(self._later(self.sold_at, 200, 200 + years * 200), end)
        elif fate == "scrapped":
            yield from self._scrapped(self.packs, end)
        elif fate == "accident":
            how = ("destroyed", "stolen", "lost")[int(3 * self.draw())]
            for pack in self.packs:
                yield Step("lost", end, self.carmaker, {"code": pack, "how": how})

    def _replaced(self, at: datetime, end: datetime) -> Iterator[Step]:
        spare, spare_made = self._spare()
        outlet, arrives = self._outlet(), self._later(spare_made, 1, 5)
        yield self._made(spare, spare_made, SPARES + self.number, self.carmaker, arrives)
        yield self._taken_in(spare, arrives, SPARE_PAPER)
        stocked = {"code": spare, "model": self.model, "supplier": self.maker}
        yield Step("spare", self._later(at, -90, -30), self.carmaker, stocked)
        yield Step(
            "replacement", at, self.carmaker,
            {"vin": self.vin, "old": self.packs[0], "new": spare, "order": f"W{self.number:08d}", "to": outlet},
        )  # fmt: skip
        yield from self._through_outlet(
            outlet, self._later(at, 1, 6), "repairer", self.carmaker, self.packs[0], 0
        )
        yield from self._scrapped([spare, *self.packs[1:]], max(end, self._later(at, 300, 900)))

    def _scrapped(self, packs: Sequence[str], at: datetime) -> Iterator[Step]:
        yard = self._one(self.world.dismantlers_of[self.area])
        removed, out = self._later(at, 1, 8), self._later(at, 10, 40)
        certificate = f"BF{at:%Y}{self.number:08d}"
        taken_in = {"vin": self.vin, "packs": packs, "certificate": certificate, "present": True}
        yield Step("scrapped", at, yard, taken_in)
        for n, pack in enumerate(packs):
            yield Step("removal", removed, yard, {"vin": self.vin, "code": pack, "mass_kg": self.mass})
            yield from self._out_of_yard(yard, out, pack, n)
        gone = {"vin": self.vin, "packs": packs, "certificate": certificate, "accepted_at": at}
        yield Step("gone", self._later(at, 45, 80), yard, gone)

    def _out_of_yard(self, yard: Firm, out: datetime, pack: str, n: int) -> Iterator[Step]:
        through = self.draw() < OUTLET_SHARE
        recycler, outlet = self._one(self.world.recyclers), self._outlet()
        yield Step(
            "yard-out", out, yard,
            {"code": pack, "to": outlet if through else recycler, "mass_kg": self.mass, "document": self._paper("YJ", n)},
        )  # fmt: skip
        if through:
            yield from self._through_outlet(outlet, self._later(out, 1, 4), "dismantler", yard, pack, n)
        else:
            yield from self._recycled(recycler, self._later(out, 1, 6), yard, pack, n, self.mass)

    def _paper(self, kind: str, n: int) -> str:
        return f"{kind}{self.number:08d}" + (f"-{n}" if n else "")

    def _through_outlet(
        self, outlet: Firm, at: datetime, source: str, giver: Firm, code: str, n: int
    ) -> Iterator[Step]:
        collected = {"code": code, "source": source, "giver": giver, "vin": self.vin, "mass_kg": self.mass}
        yield Step("outlet-in", at, outlet, collected)
        out = self._later(at, 3, 25)
        reuse = (
            self.draw() < ECHELON_SHARE and self.archetype.kwh >= REUSE_KWH_MIN and out.date() < REUSE_ENDS
        )
        taker = self._one(self.world.echelon_users if reuse else self.world.recyclers)
        handed = {"code": code, "to": taker, "mass_kg": self.mass, "document": self._paper("YD", n)}
        yield Step("outlet-out", out, outlet, handed)
        arrived = self._later(out, 1, 6)
        if reuse:
            yield from self._reused(taker, arrived, outlet, code, n)
        else:
            yield from self._recycled(taker, arrived, outlet, code, n, self.mass)

    def _reused(self, user: Firm, at: datetime, giver: Firm, code: str, n: int) -> Iterator[Step]:
        soh = round(70 + 10 * self.draw(), 1)
        mass = round(self.mass * REUSED_MASS_SHARE, 1)
        yield Step("echelon-in", at, user, {"code": code, "giver": giver, "mass_kg": self.mass, "soh": soh})
        made = self._later(at, 10, 60)
        serial = self.number * 10 + n
        product = reuse_code(user.vendor, "P", self.archetype.letter, made.date(), serial)
        yield Step(
            "echelon-product", made, user,
            {"sources": [code], "product": product, "soh": soh, "archetype": self.archetype, "mass_kg": mass,
             "model": model_name(user, self.archetype), "use": USES[int(len(USES) * self.draw())], "kwh": round(self.archetype.kwh * REUSED_KWH_SHARE, 1),
             "warranty_months": 36},
        )  # fmt: skip
        customer, sold = self._one(self.world.customers), self._later(made, 5, 40)
        paper = self._paper("TC", n)
        yield Step("echelon-out", sold, user, {"code": product, "to": customer, "document": paper})
        received = {"code": product, "giver": user, "document": self._paper("TS", n)}
        yield Step("customer-in", self._later(sold, 1, 5), customer, received)
        back, recycler = (
            self._later(sold, SECOND_LIFE_YEARS * 200, SECOND_LIFE_YEARS * 500),
            self._one(self.world.recyclers),
        )
        handed = {"code": product, "to": recycler, "document": self._paper("TH", n)}
        yield Step("customer-out", back, customer, handed)
        yield from self._recycled(recycler, self._later(back, 1, 6), customer, product, n, mass)

    def _recycled(
        self, recycler: Firm, at: datetime, giver: Firm, code: str, n: int, mass: float
    ) -> Iterator[Step]:
        yield Step(
            "recycler-in", at, recycler,
            {"code": code, "giver": giver, "mass_kg": mass, "archetype": self.archetype, "document": self._paper("RK", n)},
        )  # fmt: skip
        fed = self._later(at, 3, 25)
        year, week, _ = fed.isocalendar()
        line = "P" if self.archetype.chemistry == "LFP" else "N"
        batch = f"{line}{year % 100:02d}{week:02d}-{recycler.number}"
        facts = {"batch": batch, "code": code, "mass_kg": mass, "archetype": self.archetype}
        yield Step("fed", fed, recycler, facts)

    # -- packs that are swapped --------------------------------------------------------------

    def _swap_life(self) -> Iterator[Step]:
        """One pack comes with the vehicle, another waits at the station; they change places, then one is retired."""
        operator = self._one(self.world.swap_operators)
        yield from self._into_vehicle()
        (first,) = self.packs
        spare, spare_made = self._spare()
        arrives = self._later(spare_made, 1, 5)
        yield self._made(spare, spare_made, SPARES + self.number, operator, arrives)
        told = {"code": spare, "model": self.model, "supplier": self.maker}
        yield Step("swap-pack", self._later(arrives, 1, 4), operator, told)
        at, inside, waiting = self._later(self.sold_at, 1, 5), first, spare
        for n in range(SWAPS_KEPT):
            station = operator.sites[n % len(operator.sites)]
            yield Step(
                "swap", at, operator, {"vin": self.vin, "old": inside, "new": waiting, "station": station}
            )
            inside, waiting = waiting, inside
            at = self._later(at, 2, 20)
        years = max(0.5, self._years_used(FIRST_LIFE_YEARS * 0.7))
        retired, recycler = self._later(at, years * 365, years * 365 + 20), self._one(self.world.recyclers)
        handed = {"code": waiting, "to": recycler, "document": self._paper("HT", 0)}
        yield Step("swap-out", retired, operator, handed)
        yield from self._recycled(recycler, self._later(retired, 1, 6), operator, waiting, 0, self.mass)
