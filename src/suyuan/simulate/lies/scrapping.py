"""Lies about scrapping: packs that were taken out before, never came out, or are of another vehicle."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import item_uri
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.occasions import in_one_year
from suyuan.simulate.lies.telling import changed, instead, raw, turn, where
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World

OF_YARD = ("scrapped", "removal", "yard-out", "gone")


def _scrapped(case: Case, draw: np.random.Generator, settled_days: int = 0) -> tuple[Step, Step] | None:
    """The taking in of a vehicle with one pack, and the removal of it."""
    taken = turn(case, "scrapped", draw)
    if taken is None or len(taken.facts["packs"]) != 1 or taken.facts["vin"] is None:
        return None
    if taken.at > case.plan.horizon - timedelta(days=settled_days):
        return None
    removal = next((step for step in case.steps if step.kind == "removal"), None)
    return (taken, removal) if removal else None


def _without(case: Case, turned: Step, *kinds: str) -> list[Step]:
    """The life without what came of the pack from this step on, and without these kinds."""
    gone = {id(turned)}
    codes = {turned.facts["code"]}
    for step in sorted(case.steps, key=lambda each: each.at):
        if step.at >= turned.at and codes & {step.facts.get("code"), *step.facts.get("sources", ())}:
            codes |= {step.facts.get("product", turned.facts["code"])}
            gone.add(id(step))
    return [step for step in case.steps if id(step) not in gone and step.kind not in kinds]


def _removed_before(case: Case, draw: np.random.Generator) -> Told | None:
    """A repairer takes the pack out for an outlet three weeks before the vehicle is scrapped; the outlet tells nothing of it."""
    met = _scrapped(case, draw)
    maker = next((step.by for step in case.steps if step.kind == "vehicle"), None)
    if met is None or maker is None:
        return None
    taken, removal = met
    code, at = removal.facts["code"], taken.at - timedelta(days=21)
    if any(step.at >= at and step.kind == "replacement" for step in case.steps):
        return None
    out = writing.removed(
        parent=item_uri(taken.facts["vin"]), children=[item_uri(code)], at=at, place=where(maker)
    )
    told = [
        changed(step, packs=[], present=False) if step is taken else step for step in _without(case, removal)
    ]
    return Told([*told, raw(at, maker, out)], (code, taken.facts["vin"]), maker.uscc)


def _gone_with_pack(case: Case, draw: np.random.Generator) -> Told | None:
    met = _scrapped(case, draw)
    if met is None or not any(
        step.kind == "gone" and step.at < case.plan.horizon - timedelta(days=70) for step in case.steps
    ):
        return None
    taken, removal = met
    return Told(_without(case, removal), (removal.facts["code"], taken.facts["vin"]), taken.by.uscc)


def _never_removed(case: Case, draw: np.random.Generator) -> Told | None:
    met = _scrapped(case, draw, 190)
    if met is None:
        return None
    taken, removal = met
    return Told(_without(case, removal, "gone"), (removal.facts["code"], taken.facts["vin"]), taken.by.uscc)


def _other_code(case: Case, draw: np.random.Generator) -> Told | None:
    """The label read is that of another pack of the same day."""
    met = _scrapped(case, draw)
    if met is None:
        return None
    taken, removal = met
    code = removal.facts["code"]
    other = code[:-7] + f"{(int(code[-7:]) + 4_000_001) % 10_000_000:07d}"
    told = instead(case.steps, {id(taken): changed(taken, packs=[other])})
    return Told(told, (taken.facts["vin"], code), taken.by.uscc)


def _by_no_dismantler(case: Case, draw: np.random.Generator) -> Told | None:
    """Somebody who has no licence takes the vehicle in, and does the rest too."""
    taken = turn(case, "scrapped", draw)
    if taken is None:
        return None
    other = case.world.customers[int(draw.integers(len(case.world.customers)))]

    def told(step: Step) -> Step:
        if step.kind in OF_YARD and step.by.uscc == taken.by.uscc:
            return replace(step, by=other)
        giver = step.facts.get("giver")
        return changed(step, giver=other) if giver is not None and giver.uscc == taken.by.uscc else step

    return Told([told(step) for step in case.steps], (taken.facts["vin"],), other.uscc)


def _no_certificate(case: Case, draw: np.random.Generator) -> Told | None:
    taken = turn(case, "scrapped", draw, settled=False)
    if taken is None:
        return None
    told: dict[int, Step | None] = {
        id(step): changed(step, certificate=None) for step in case.steps if step.kind in ("scrapped", "gone")
    }
    return Told(instead(case.steps, told), (taken.facts["vin"],), taken.by.uscc)


LIES = (
    Lie(
        "pack-removed-before-scrapping", "scrapping", ("pack-removed-before-scrapping",), ("incomplete-vehicle", "storage-too-long", "report-overdue",),
        "scrapped", _removed_before,
    ),
    Lie("vehicle-gone-with-pack", "scrapping", ("vehicle-gone-with-pack",), ("report-overdue",), "gone", _gone_with_pack),
    Lie("pack-never-removed", "scrapping", ("pack-never-removed",), ("report-overdue",), "scrapped", _never_removed),
    Lie("codes-differ-at-scrapping", "scrapping", ("codes-differ-at-scrapping",), (), "scrapped", _other_code),
    Lie("scrapped-by-no-dismantler", "scrapping", ("scrapped-by-no-dismantler",), (), "scrapped", _by_no_dismantler),
    Lie("scrapped-without-certificate", "scrapping", ("scrapped-without-certificate",), (), "scrapped", _no_certificate),
)  # fmt: skip


def _one_certificate(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """A dismantler writes one number on all certificates of a year."""
    return FirmTold(change=_of_the_year())


def _of_the_year() -> Callable[[Step], Step | None]:
    def change(step: Step) -> Step | None:
        if step.kind not in ("scrapped", "gone") or not step.facts["certificate"]:
            return step
        return changed(step, certificate=f"{step.facts['certificate'][:6]}00000001")

    return change


FIRM_LIES = (
    FirmLie(
        "scrap-certificate-twice",
        "scrapping",
        ("scrap-certificate-twice",),
        (),
        "dismantler",
        _one_certificate,
        in_one_year(4, "scrapped"),
    ),
)
