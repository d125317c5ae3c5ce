"""Planted lies: what somebody who cheats (or errs) tells instead of the truth, and which rule has to find it.

    Lie       spoils one lawful life: Lie("pack-missing-at-scrapping", "scrapping", rules=("…",), also=(), needs="scrapped", tell=…)
    FirmLie   spoils what one firm tells, or its master data

`tell` takes the lawful life (or the firm) and a generator of its own, and gives the told one; None where it offers no occasion.
What is told is lawful but for that one thing, so that only its own rules find it, and those of `also` that speak of the consequence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World


@dataclass(frozen=True, slots=True)
class Case:
    """One lawful life that may be spoilt."""

    world: World
    plan: Plan
    number: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The life as the liar tells it.

    `subjects`: codes, VINs, URIs of runs or lots (as the ledger's keys) that the fault is about, never a firm; a finding that names
    any of them finds it. `party`: USCC of who did it. `firms`: USCCs of firms of which something is wrong altogether because of it,
    their balance or what they do not tell; a finding about such a firm as a whole may be a consequence, it never finds the fault.
    """

    steps: Sequence[Step]
    subjects: tuple[str, ...]
    party: str = ""
    firms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lie:
    """A kind of spoilt life. Any of `rules` must find it; `also` may speak of it; `needs`: a kind of step that the life must have."""

    kind: str
    family: str
    rules: tuple[str, ...]
    also: tuple[str, ...]
    needs: str
    tell: Callable[[Case, np.random.Generator], Told | None]


@dataclass(frozen=True, slots=True)
class FirmTold:
    """A firm as it shows itself.

    `subjects`: beside the party itself (sites, documents, …). `extra`: steps added to the world. `change` is applied to every step
    by this firm (None: it is not told). `master`: changed columns of its row in parties.csv; `drop_master`: it has none. `firms`: as of `Told`.
    """

    subjects: tuple[str, ...] = ()
    extra: Sequence[Step] = ()
    change: Callable[[Step], Step | None] | None = None
    master: Mapping[str, object] | None = None
    drop_master: bool = False
    firms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirmLie:
    """A kind of firm that does not tell the truth; `role` as in `world.ROLES`.

    `occasion`: does enough happen at the firm for the lie to show, by the lawful steps that it takes or is named in?
    """

    kind: str
    family: str
    rules: tuple[str, ...]
    also: tuple[str, ...]
    role: str
    tell: Callable[[World, Plan, Firm, np.random.Generator], FirmTold | None]
    occasion: Callable[[Plan, Firm, Sequence[Step]], bool] | None = None
