"""Lies about outlets: too much in store, taken apart, collected by others, from nowhere, for nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import item_uri
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.telling import SETTLED, changed, cut, following, instead, raw, turn, where, who
from suyuan.simulate.lives import Plan, Step, life
from suyuan.simulate.world import Firm, World

BEYOND = 8_000_000
"""Lives that no world of ours has otherwise."""
LIVES_MAX = 3_000
HOARD_KG = 6_500.0
LONG = timedelta(days=250)
"""Longer than anybody may keep a battery, and than reports may be under way."""


def _kept(case: Case, draw: np.random.Generator) -> Told | None:
    """It is collected and never handed on."""
    there = turn(case, "outlet-in", draw)
    if there is None or there.at > case.plan.horizon - LONG:
        return None
    return Told(cut(case, there), (there.facts["code"],), there.by.uscc)


def _dismantled(case: Case, draw: np.random.Generator) -> Told | None:
    """An outlet takes a pack apart and keeps the modules."""
    there = turn(case, "outlet-in", draw)
    made = next(
        (s for s in case.steps if s.kind == "made" and there and s.facts["pack"] == there.facts["code"]), None
    )
    if there is None or made is None:
        return None
    parts = list(made.facts["modules"]) or list(made.facts["cells"])
    if not parts:
        return None
    at = there.at + timedelta(days=2)
    event = writing.taken_apart(
        parent=item_uri(there.facts["code"]),
        children=[item_uri(part) for part in parts],
        at=at,
        place=where(there.by),
    )
    return Told([*cut(case, there), raw(at, there.by, event)], (there.facts["code"], *parts), there.by.uscc)


def _by_a_customer(case: Case, draw: np.random.Generator) -> Told | None:
    """Somebody who is no outlet collects it, and hands it on."""
    there = turn(case, "outlet-in", draw)
    out = following(case, there, "outlet-out") if there else None
    if there is None:
        return None
    other, code = case.world.customers[int(draw.integers(len(case.world.customers)))], there.facts["code"]
    taken = following(case, out, "echelon-in") or following(case, out, "recycler-in") if out else None
    told: dict[int, Step | None] = {id(there): replace(there, by=other)}
    if out is not None:
        told[id(out)] = replace(out, by=other)
    if taken is not None and taken.facts["code"] == code:
        told[id(taken)] = changed(taken, giver=other)
    for step in case.steps:
        to = step.facts.get("to")
        gives = code in (step.facts.get("old"), step.facts.get("code")) and step.kind in (
            "replacement",
            "yard-out",
        )
        if gives and to is not None and to.uscc == there.by.uscc:
            told[id(step)] = changed(step, to=other)
    return Told(instead(case.steps, told), (code,), other.uscc)


def _from_nowhere(case: Case, draw: np.random.Generator) -> Told | None:
    there = turn(case, "outlet-in", draw, settled=False)
    if there is None:
        return None
    event = writing.collected(
        items=[item_uri(there.facts["code"])], mass_kg=there.facts["mass_kg"], taker=who(there.by), at=there.at,
        place=where(there.by),
    )  # fmt: skip
    told = instead(case.steps, {id(there): raw(there.at, there.by, event)})
    return Told(told, (there.facts["code"],), there.by.uscc)


LIES = (
    Lie("never-handed-on", "outlets", ("storage-too-long",), ("report-overdue",), "outlet-in", _kept),
    Lie("outlet-dismantles", "outlets", ("outlet-dismantles",), ("storage-too-long", "opened-outside", "report-overdue",), "outlet-in", _dismantled),
    Lie("collected-by-no-outlet", "outlets", ("collected-by-no-outlet",), ("buyer-not-entitled",), "outlet-in", _by_a_customer),
    Lie("collected-without-source", "outlets", ("collected-without-source",), (), "outlet-in", _from_nowhere),
)  # fmt: skip


def _hoard(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """A collecting outlet keeps everything that comes to it."""
    if firm.site_kind != "outlet-collecting":
        return None
    steps, codes, mass = list[Step](), list[str](), 0.0
    for told, code, kg in islice(_collected(world, plan, firm, draw), 60):
        steps += told
        codes.append(code)
        mass += kg
        if mass > HOARD_KG:
            return FirmTold(subjects=tuple(codes), extra=steps)
    return None


def _collected(
    world: World, plan: Plan, firm: Firm, draw: np.random.Generator
) -> Iterator[tuple[list[Step], str, float]]:
    """Further lives of which a pack comes to this outlet: the steps up to then, the pack, its kilograms."""
    start = BEYOND + int(draw.integers(1_000)) * LIVES_MAX % 1_900_000
    for number in range(start, start + LIVES_MAX):
        case = Case(world, plan, number, tuple(life(world, plan, number)))
        there = next((s for s in case.steps if s.kind == "outlet-in" and s.at < plan.horizon - SETTLED), None)
        if there is None:
            continue
        code = there.facts["code"]
        told = [_sent_to(step, code, there.by, firm) for step in cut(case, there)]
        if not any(step.kind == "fed" for step in told):
            yield told, code, float(there.facts["mass_kg"])


def _sent_to(step: Step, code: str, outlet: Firm, firm: Firm) -> Step:
    if code not in (step.facts.get("code"), step.facts.get("old")):
        return step
    if step.kind == "outlet-in":
        return replace(step, by=firm)
    to = step.facts.get("to")
    return changed(step, to=firm) if to is not None and to.uscc == outlet.uscc else step


def _for_nobody(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """No maker declared it; another outlet is there for them."""
    return FirmTold(master={"serves": ""}) if len(world.outlets_of.get(firm.area, ())) > 1 else None


FIRM_LIES = (
    FirmLie(
        "outlet-over-limit",
        "outlets",
        ("outlet-over-limit",),
        (
            "storage-too-long",
            "report-overdue",
        ),
        "outlet",
        _hoard,
    ),
    FirmLie("outlet-serves-nobody", "outlets", ("outlet-serves-nobody",), (), "outlet", _for_nobody),
)
