"""Who lies in a world, and what becomes of the lives: at most one lie a life, at most one kind a firm.

    Liars(recipe)      the firms that lie
    .told(number)      a life as it is told, with the lie that was planted in it
    assign(…)          which lives are to be spoilt, where so many of each kind are asked for

A life in which a lying firm takes part is never spoilt further, so that each finding has one cause.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import gcd
from random import Random

import numpy as np

from suyuan.simulate.lies.catalogue import firm_lies, lies
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lives import Step, is_told, life
from suyuan.simulate.recipe import Recipe
from suyuan.simulate.world import Firm

GIVE_UP_AFTER = 20_000
"""So many lives in a row without an occasion for the kinds that are still wanting."""
WATCHED = 10_000
"""So many lives tell where enough happens for a firm's lie to show."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A planted lie, as the truth file tells it."""

    kind: str
    family: str
    subjects: tuple[str, ...]
    party: str
    rules: tuple[str, ...]
    also: tuple[str, ...]
    firms: tuple[str, ...] = ()


class Liars:
    """The firms of a world that lie, and how lives are told."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.world, self.plan = recipe, recipe.world, recipe.plan
        self._lies = [lies()[kind] for kind in recipe.faults.kinds if kind in lies()]
        self.firms: Mapping[str, tuple[FirmLie, FirmTold]] = dict(self._firms())
        self._vendors = {
            firm.vendor for firm in self.world.firms() if firm.vendor and firm.uscc in self.firms
        }
        self.told_otherwise = Counter[str]()
        """How many steps each lying firm told otherwise so far, in this process."""

    def plants(self, told_otherwise: Mapping[str, int]) -> Iterator[Plant]:
        """What is to be found of firms; who had no occasion to tell a step otherwise told no lie."""
        for uscc, (lie, told) in self.firms.items():
            if told.change and not (
                told.master or told.extra or told.drop_master or told_otherwise.get(uscc)
            ):
                continue
            yield Plant(lie.kind, lie.family, (uscc, *told.subjects), uscc, lie.rules, lie.also, told.firms)

    def told(self, number: int, kind: str | None = None) -> tuple[list[Step], Plant | None]:
        """A life as it is told; `kind`: the lie that was assigned to it (where none was, some have their share)."""
        steps = life(self.world, self.plan, number)
        if (kind := kind or self._drawn(number)) and steps and not self.touched(steps):
            lie = lies()[kind]
            if told := self.spoilt(number, steps, lie):
                plant = Plant(
                    lie.kind, lie.family, told.subjects, told.party, lie.rules, lie.also, told.firms
                )
                return [step for step in told.steps if is_told(step, self.plan)], plant
        return list(self.changed(steps)), None

    def spoilt(self, number: int, steps: Sequence[Step], lie: Lie) -> Told | None:
        """The life with this lie in it, if it offers an occasion."""
        if lie.needs and not any(step.kind == lie.needs for step in steps):
            return None
        draw = np.random.default_rng([self.recipe.seed, 4, number, *lie.kind.encode()])
        told = lie.tell(Case(self.world, self.plan, number, tuple(steps)), draw)
        if told is None or self.touched(told.steps) or self._of_liars(told.subjects):
            return None
        lawful = set(map(id, steps))
        heard = all(is_told(step, self.plan) for step in told.steps if id(step) not in lawful)
        return told if heard else None  # a lie that is not yet reported cannot be found

    def _of_liars(self, subjects: Iterable[str]) -> bool:
        """Does a code name a maker that lies?"""
        return any(code[:3] in self._vendors for code in subjects)

    def touched(self, steps: Iterable[Step]) -> bool:
        """Does a firm that lies take part, or is one named?"""
        return bool(self.firms) and any(not self.firms.keys().isdisjoint(_named(step)) for step in steps)

    def changed(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Steps as the firms tell them that lie about all they do."""
        for step in steps:
            told = self.change(step)
            if told is not None and (told is step or is_told(told, self.plan)):
                yield told

    def change(self, step: Step) -> Step | None:
        """A step as its firm tells it."""
        lying = self.firms.get(step.by.uscc)
        if not lying or not lying[1].change:
            return step
        told = lying[1].change(step)
        if told is None or (told is not step and told != step):
            self.told_otherwise[step.by.uscc] += 1
        return told

    def extra(self) -> Iterator[Step]:
        """What lying firms tell beside the lives."""
        for _, told in self.firms.values():
            yield from (step for step in told.extra if is_told(step, self.plan))

    def _drawn(self, number: int) -> str | None:
        rate = self.recipe.faults.rate
        if not rate or not self._lies:
            return None
        which = int(Random(f"{self.recipe.seed}/3/{number}").random() / rate)
        return self._lies[which].kind if which < len(self._lies) else None

    def _firms(self) -> Iterator[tuple[str, tuple[FirmLie, FirmTold]]]:
        lying = set[str]()
        for kind in self.recipe.faults.kinds:
            if kind not in firm_lies():
                continue
            lie, wanted = firm_lies()[kind], self.recipe.firms_each
            for firm in self._candidates(lie):
                if not wanted:
                    break
                if firm.uscc in lying or not self._offers(firm, lie):
                    continue
                draw = np.random.default_rng([self.recipe.seed, 5, *kind.encode(), *firm.uscc.encode()])
                told = lie.tell(self.world, self.plan, firm, draw)
                if told and lying.isdisjoint(told.subjects):
                    lying |= {firm.uscc, *told.subjects}
                    wanted -= 1
                    yield firm.uscc, (lie, told)

    def _offers(self, firm: Firm, lie: FirmLie) -> bool:
        """Does so much happen at the firm that the lie can be told of by it?"""
        return lie.occasion is None or lie.occasion(self.plan, firm, self._lawful.get(firm.uscc, ()))

    @cached_property
    def _lawful(self) -> Mapping[str, Sequence[Step]]:
        """What firms do and are named in, by USCC: of so many lives, as all would take too long in a large world."""
        found = defaultdict[str, list[Step]](list)
        for number in range(min(self.recipe.packs, WATCHED)):
            for step in life(self.world, self.plan, number):
                for uscc in _named(step):
                    found[uscc].append(step)
        return found

    def _candidates(self, lie: FirmLie) -> list[Firm]:
        """Firms of the role in an order of their own, those where more happens much rather earlier."""
        firms = [firm for firm in self.world.firms() if firm.role == lie.role]
        draw = np.random.default_rng([self.recipe.seed, 6, *lie.kind.encode()])
        share = dict(zip(self.world.areas, self.world.area_shares, strict=True))
        beside = Counter(firm.area for firm in firms)
        local = lie.role in ("outlet", "dismantler")
        weights = np.array([share[firm.area] / beside[firm.area] if local else 1.0 for firm in firms])
        order = draw.choice(len(firms), size=len(firms), replace=False, p=weights**2 / (weights**2).sum())
        return [firms[int(n)] for n in order]


_USCC = re.compile(r"party/([0-9A-HJ-NPQRTUWXY]{18})")


def _named(step: Step) -> set[str]:
    """Credit codes of the firms that a step names."""
    named = {step.by.uscc, *(value.uscc for value in step.facts.values() if isinstance(value, Firm))}
    return named | set(_USCC.findall(str(step.facts["events"]))) if "events" in step.facts else named


@lru_cache(2)
def liars(recipe: Recipe) -> Liars:
    """The liars of a world, made once a process."""
    return Liars(recipe)


def assign(recipe: Recipe) -> dict[int, str]:
    """Lives (by number) and the lie that each is to tell, so that there are `each` of every kind, as far as lives offer occasions."""
    there = liars(recipe)
    wanted = {kind: recipe.faults.each for kind in recipe.faults.kinds if kind in lies()}
    seen, found, since = Counter[str](), dict[int, str](), 0
    for number in _shuffled(recipe.seed, recipe.packs):
        if not any(wanted.values()) or since > GIVE_UP_AFTER:
            break
        since += 1
        steps = life(there.world, there.plan, number)
        done = {step.kind for step in steps}
        fitting = [
            lies()[kind] for kind, left in wanted.items() if left and lies()[kind].needs in {"", *done}
        ]
        if not steps or there.touched(steps):
            continue
        for lie in sorted(fitting, key=lambda lie: (seen[lie.kind], lie.kind)):
            if there.spoilt(number, steps, lie):
                found[number], since = lie.kind, 0
                wanted[lie.kind] -= 1
                break
        seen.update(lie.kind for lie in fitting)  # the rarer kinds come first
    return found


def _shuffled(seed: int, count: int) -> Iterator[int]:
    """All numbers below `count`, in an order that looks like none."""
    draw = Random(f"{seed}/6")
    step = 1 + int(draw.random() * count)
    while gcd(step, count) > 1:
        step += 1
    number = int(draw.random() * count)
    for _ in range(count):
        yield number
        number = (number + step) % count
