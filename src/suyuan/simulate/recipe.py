"""What a world is made of: everything that decides its bytes. Plain values, so that several processes can make parts of one world.

>>> recipe = Recipe(seed=1, packs=1000, faults=Faults(("pack-missing-at-scrapping",), each=2))
>>> Recipe.of(recipe.key()) == recipe
True
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from suyuan.simulate.lies.catalogue import firm_lies, kinds
from suyuan.simulate.lives import Plan
from suyuan.simulate.world import World, world
from suyuan.terms.errors import SuyuanError


class NoSuchKind(SuyuanError):
    """A kind of fault that nobody can plant."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Kinds of lies to plant: `each` so many times, or in a share (`rate`) of the lives for each kind."""

    kinds: tuple[str, ...] = ()
    rate: float = 0.0
    each: int = 0


def faults_of(words: str, *, rate: float | None = None, each: int | None = None) -> Faults:
    """As the command line tells them: `none`, `all`, or kinds with commas between them.

    >>> faults_of("none"), faults_of("custody-gap", rate=0.01)
    (Faults(kinds=(), rate=0.0, each=0), Faults(kinds=('custody-gap',), rate=0.01, each=0))
    """
    told = () if words == "none" else kinds() if words == "all" else tuple(dict.fromkeys(words.split(",")))
    if unknown := [kind for kind in told if kind not in kinds()]:
        raise NoSuchKind(
            f"no fault is called {unknown[0]!r}; there are: all, none, {', '.join(kinds())}",
            f"没有名为「{unknown[0]}」的造假类型；可用：all、none、{'、'.join(kinds())}",
        )
    return Faults(told, rate or 0.0, (each or (0 if rate else EACH)) if told else 0)


PACKS_A_LYING_FIRM = 5000
"""A firm that does next to nothing shows no pattern: a world of fewer packs has but one firm of each kind of lie."""
EACH = 5
"""So many of every kind where the command line says neither how many nor how often."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Seed and size, one prefecture alone or all, first and last day of making, cells written of each pack, lies."""

    seed: int
    packs: int
    area: str | None = None
    since: date = date(2018, 8, 1)
    until: date = date(2026, 5, 31)
    cells: int | None = 8
    faults: Faults = Faults()

    @property
    def plan(self) -> Plan:
        """Told is what is reported before the last day ends."""
        return Plan(
            self.since, self.until, datetime.combine(self.until, time()) + timedelta(days=1), self.cells
        )

    @property
    def world(self) -> World:
        """Its firms; for each that lies there is a further one that does not, so that enough lives are left to lie in."""
        return _world(self)

    @property
    def firms_each(self) -> int:
        """How many firms tell each lie of firms: not more than the world has work for (of a share of lives one)."""
        return max(1, min(self.faults.each, self.packs // PACKS_A_LYING_FIRM))

    def lying_firms(self) -> Mapping[str, int]:
        """How many firms of each role lie."""
        lying = [firm_lies()[kind].role for kind in self.faults.kinds if kind in firm_lies()]
        return {role: count * self.firms_each for role, count in Counter(lying).items()}

    def key(self) -> tuple[Any, ...]:
        """As values that can be sent to another process."""
        faults = (self.faults.kinds, self.faults.rate, self.faults.each)
        return (
            self.seed,
            self.packs,
            self.area,
            self.since.isoformat(),
            self.until.isoformat(),
            self.cells,
            faults,
        )

    @staticmethod
    def of(key: tuple[Any, ...]) -> "Recipe":
        """The recipe with this key."""
        seed, packs, area, since, until, cells, faults = key
        return Recipe(
            seed, packs, area, date.fromisoformat(since), date.fromisoformat(until), cells, Faults(*faults)
        )


@lru_cache(4)
def _world(recipe: Recipe) -> World:
    more = {role: 2 * count for role, count in recipe.lying_firms().items()}
    return world(recipe.seed, recipe.packs, recipe.area, more)
