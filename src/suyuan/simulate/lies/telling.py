"""How lies are put together: find the step a lie turns on, change it, cut what comes after, put something in between."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from suyuan.events.shapes import Event
from suyuan.events.uris import party_uri, place_uri
from suyuan.simulate.lies.lie import Case
from suyuan.simulate.lives import Step
from suyuan.simulate.world import Firm

SETTLED = timedelta(days=150)
"""What is told so long before the horizon is judged as final: rules wait for others' reports."""


def turn(case: Case, kind: str, draw: np.random.Generator, *, settled: bool = True) -> Step | None:
    """One of the steps of this kind, long enough before the horizon."""
    last = case.plan.horizon - (SETTLED if settled else timedelta(0))
    found = [step for step in case.steps if step.kind == kind and step.at <= last]
    return found[int(draw.integers(len(found)))] if found else None


def another(firms: Sequence[Firm], than: Firm, draw: np.random.Generator) -> Firm | None:
    """Another of these firms."""
    others = [firm for firm in firms if firm.uscc != than.uscc]
    return others[int(draw.integers(len(others)))] if others else None


def changed(step: Step, **facts: Any) -> Step:
    """The step with other facts."""
    return replace(step, facts={**step.facts, **facts})


def instead(steps: Sequence[Step], change: Mapping[int, Step | None]) -> list[Step]:
    """The life with steps (by their `id`) told otherwise, or not at all."""
    told = (change.get(id(step), step) for step in steps)
    return [step for step in told if step is not None]


def names(step: Step, code: str) -> bool:
    """Is the step about this battery by itself?"""
    return code in (step.facts.get("code"), *step.facts.get("sources", ()))


def after(case: Case, turned: Step) -> Iterator[Step]:
    """Steps of the same battery, and of what it is re-made into, later than this one."""
    codes = {turned.facts["code"]}
    for step in sorted(case.steps, key=lambda each: each.at):
        if step.at > turned.at and any(names(step, code) for code in codes):
            if "product" in step.facts:
                codes.add(step.facts["product"])
            yield step


def cut(case: Case, turned: Step, *, keep: Callable[[Step], bool] = lambda step: False) -> list[Step]:
    """The life without what comes of that battery after a step."""
    gone = {id(step) for step in after(case, turned) if not keep(step)}
    return [step for step in case.steps if id(step) not in gone]


def following(case: Case, turned: Step, kind: str) -> Step | None:
    """The next step of this kind of the same battery."""
    return next((step for step in after(case, turned) if step.kind == kind), None)


def making(case: Case, turned: Step | None) -> Step | None:
    """The making of the pack that this step is about."""
    made = (step for step in case.steps if turned and step.kind == "made")
    return next((step for step in made if turned and step.facts["pack"] == turned.facts["code"]), None)


def raw(at: Any, by: Firm, *events: Event) -> Step:
    """A step that is told in these events."""
    return Step("raw", at, by, {"events": list(events)})


def who(firm: Firm) -> str:
    """The firm's URI."""
    return party_uri(firm.uscc)


def where(firm: Firm) -> str:
    """The URI of its main site."""
    return place_uri(firm.uscc, firm.site)
