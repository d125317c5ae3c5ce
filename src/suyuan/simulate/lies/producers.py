"""Lies about producers: unknown firms and models, vehicles without papers, spares from nowhere, sales without outlets."""

from datetime import timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import item_uri
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.occasions import does
from suyuan.simulate.lies.telling import changed, instead, raw, turn, where, who
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World

FAR = "230100"
"""A prefecture (Harbin) in which no made-up world has an outlet."""


def _no_certificate(case: Case, draw: np.random.Generator) -> Told | None:
    built = turn(case, "vehicle", draw)
    if (
        built is None
        or built.facts["swap"]
        or not any(s.kind == "sale" and s.at < case.plan.horizon - timedelta(days=90) for s in case.steps)
    ):
        return None
    event = writing.installed(
        vehicle=item_uri(built.facts["vin"]),
        packs=[item_uri(code) for code in built.facts["packs"]],
        at=built.at,
        place=where(built.by),
    )
    told = instead(case.steps, {id(built): raw(built.at, built.by, event)})
    return Told(told, (built.facts["vin"],), built.by.uscc)


def _spare_from_nowhere(case: Case, draw: np.random.Generator) -> Told | None:
    """A spare is used that nobody took in."""
    used = turn(case, "replacement", draw)
    if used is None:
        return None
    new = used.facts["new"]
    told: dict[int, Step | None] = {
        id(s): None for s in case.steps if s.facts.get("code") == new and s.at < used.at
    }
    return Told(instead(case.steps, told), (new,), used.by.uscc) if told else None


def _refused(case: Case, draw: np.random.Generator) -> Told | None:
    """A firm that owns a vehicle wants to hand its battery in, and the maker does not take it."""
    sale = turn(case, "sale", draw)
    built = next((step for step in case.steps if step.kind == "vehicle"), None)
    if sale is None or built is None or sale.facts["buyer"][1] is None:
        return None
    owner: Firm = sale.facts["buyer"][1]
    later = [step.at for step in case.steps if step.at > sale.at]
    at = sale.at + (min(later) - sale.at) / 2 if later else sale.at + timedelta(days=60)
    at = at.replace(microsecond=0)
    event = writing.refused(
        items=[item_uri(built.facts["packs"][0])],
        giver=who(owner),
        taker=who(built.by),
        at=at,
        place=where(built.by),
    )
    return Told([*case.steps, raw(at, owner, event)], (built.facts["packs"][0],), built.by.uscc)


LIES = (
    Lie(
        "sold-without-certificate",
        "producers",
        ("sold-without-certificate",),
        ("report-overdue",),
        "vehicle",
        _no_certificate,
    ),
    Lie(
        "spare-without-stock",
        "producers",
        ("spare-without-stock",),
        ("report-overdue",),
        "replacement",
        _spare_from_nowhere,
    ),
    Lie("hand-in-refused", "producers", ("hand-in-refused",), (), "sale", _refused),
)


def _unknown(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    return FirmTold(drop_master=True)


def _not_filed(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """It makes another model than it filed."""

    def change(step: Step) -> Step | None:
        return changed(step, model=f"{step.facts['model']}-S") if step.kind == "made" else step

    return FirmTold(change=change)


def _far_away(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """It sells where neither it nor its battery makers have an outlet."""

    def change(step: Step) -> Step | None:
        return changed(step, area=FAR) if step.kind == "sale" else step

    return FirmTold(change=change, firms=tuple(maker.uscc for maker in world.battery_makers))


FIRM_LIES = (
    FirmLie(
        "producer-unknown",
        "producers",
        ("producer-unknown",),
        ("giver-unknown",),
        "battery-maker",
        _unknown,
        does(1, "made"),
    ),
    FirmLie(
        "model-not-filed", "producers", ("model-not-filed",), (), "battery-maker", _not_filed, does(1, "made")
    ),
    FirmLie(
        "outlet-coverage",
        "producers",
        ("outlet-coverage",),
        ("battery-maker-coverage",),
        "vehicle-maker",
        _far_away,
        does(2, "sale", until=timedelta(days=240)),
    ),
)
