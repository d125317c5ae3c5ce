"""Lies about what is in what: one part in two wholes, old parts in new ones, old packs in vehicles."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import item_uri
from suyuan.simulate.codes import battery_code
from suyuan.simulate.lies.lie import Case, Lie, Told
from suyuan.simulate.lies.recoded import HANDOVERS, SCRAPPINGS, another_vehicle, parts, recoded
from suyuan.simulate.lies.telling import changed, cut, instead, making, raw, turn, where
from suyuan.simulate.lives import Step
from suyuan.simulate.world import Firm, World

Tell = Callable[[Case, np.random.Generator], Told | None]
DAY = timedelta(days=1)
NUMBERS = 60_000_000_000
"""Things that are told only by liars are numbered behind all others."""
ELSEWHERE = (*HANDOVERS, *SCRAPPINGS)
ALIKE = 100
"""So many packs of one maker and model, about, are enough to compare with, even where ten of them lie."""


def _new(case: Case, made: Step, kind: str, at: datetime) -> str:
    archetype = made.facts["archetype"]
    return battery_code(
        made.by.vendor, kind, archetype.letter, archetype.spec, at.date(), NUMBERS + case.number
    )


def _claimed(kind: str) -> Tell:
    """The maker's next module (or pack) claims a cell (or module) that is in another."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        made = turn(case, "made", draw)
        if made is None:
            return None
        whole = "M" if kind == "C" else "P"
        claimed = next((code for code in parts(made) if code[3] == kind), None)
        if claimed is None:
            return None
        at = made.at + 3 * timedelta(hours=1)
        return _built_into(case, made.by, claimed, _new(case, made, whole, at), at, made)

    return tell


def _built_into(case: Case, by: Firm, part: str, whole: str, at: datetime, made: Step) -> Told:
    code, there = item_uri(whole), where(by)
    events = (
        writing.made(items=[code], chemistry=made.facts["archetype"].chemistry, at=at, place=there),
        writing.assembled(parent=code, children=[item_uri(part)], at=at, place=there),
    )
    return Told([*case.steps, raw(at, by, *events)], (part, whole), by.uscc)


def _used_as_new(case: Case, draw: np.random.Generator) -> Told | None:
    """A cell of a collected pack is built into a pack that is sold as new."""
    collected = turn(case, "outlet-in", draw)
    made = making(case, collected)
    if collected is None or made is None or not parts(made):
        return None
    part, at = parts(made)[-1], collected.at + 2 * DAY
    return _built_into(
        case,
        made.by,
        part,
        _new(case, made, "P" if part[3] == "M" or not made.facts["modules"] else "M", at),
        at,
        made,
    )


def _younger_part(case: Case, draw: np.random.Generator) -> Told | None:
    made = turn(case, "made", draw)
    old = next((code for code in parts(made) if code[3] == "C"), None) if made else None
    if made is None or old is None:
        return None
    later = battery_code("000", "C", "B", "00", (made.at + 40 * DAY).date(), 0)[14:17]
    new = old[:14] + later + old[17:]
    return Told(recoded(case.steps, {old: new}), (new,), made.by.uscc)


def _other_cells(case: Case, draw: np.random.Generator) -> Told | None:
    made = turn(case, "made", draw)
    if made is None or not parts(made):
        return None
    letter = "E" if made.facts["archetype"].letter == "B" else "B"
    names = {code: code[:4] + letter + code[5:] for code in parts(made) if code[3] == "C"}
    wholes = tuple(code for code in (made.facts["pack"], *made.facts["modules"]))
    return Told(recoded(case.steps, names), wholes, made.by.uscc)


def _alike(world: World, made: Step) -> float:
    """About how many packs of its maker and model there are."""
    shares = {
        maker.uscc: share for maker, share in zip(world.battery_makers, world.maker_shares, strict=False)
    }
    return float(world.packs * shares.get(made.by.uscc, 0.0) * made.facts["archetype"].popularity)


def _parts_missing(case: Case, draw: np.random.Generator) -> Told | None:
    """A pack is told with half of its parts."""
    made = turn(case, "made", draw)
    if made is None or _alike(case.world, made) < ALIKE:
        return None
    modules, cells = dict(made.facts["modules"]), list(made.facts["cells"])
    if len(modules) < 2 and len(cells) < 2:
        return None
    kept = dict(list(modules.items())[: (len(modules) + 1) // 2])
    told = changed(made, modules=kept, cells=cells[: (len(cells) + 1) // 2])
    return Told(instead(case.steps, {id(made): told}), (made.facts["pack"],), made.by.uscc)


def _opened(case: Case, draw: np.random.Generator) -> Told | None:
    collected = turn(case, "outlet-in", draw)
    made = making(case, collected)
    if collected is None or made is None or not parts(made):
        return None
    inside = list(made.facts["modules"]) or made.facts["cells"]
    at = collected.at + DAY
    event = writing.taken_apart(
        parent=item_uri(collected.facts["code"]),
        children=[item_uri(inside[0])],
        at=at,
        place=where(collected.by),
    )
    return Told(
        [*case.steps, raw(at, collected.by, event)], (collected.facts["code"], inside[0]), collected.by.uscc
    )


def _wrong_vehicle(case: Case, draw: np.random.Generator) -> Told | None:
    """The pack of one vehicle is told to have come out of another."""
    removal = turn(case, "removal", draw)
    if removal is None:
        return None
    other = another_vehicle(removal.facts["vin"])
    told = instead(case.steps, {id(removal): changed(removal, vin=other)})
    return Told(told, (removal.facts["code"], other, removal.facts["vin"]), removal.by.uscc)


def _old_pack(again: str) -> Tell:
    """The old pack of a replacement: in another vehicle, or in stock as a spare, instead of where it went."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        replaced = turn(case, "replacement", draw)
        collected = next(
            (
                step
                for step in case.steps
                if replaced and step.kind == "outlet-in" and step.facts["code"] == replaced.facts["old"]
            ),
            None,
        )
        if replaced is None or collected is None:
            return None
        code, by, at = replaced.facts["old"], replaced.by, collected.at + DAY
        vehicle = another_vehicle(replaced.facts["vin"])
        event = (
            writing.installed(vehicle=item_uri(vehicle), packs=[item_uri(code)], at=at, place=where(by))
            if again == "vehicle"
            else writing.stocked(items=[item_uri(code)], at=at, place=where(by))
        )
        subjects = (code, vehicle) if again == "vehicle" else (code,)
        return Told([*cut(case, collected), raw(at, by, event)], subjects, by.uscc)

    return tell


LIES = (
    Lie("cell-claimed-twice", "assembly", ("cell-in-two-wholes",), ("parts-unlike-model",), "made", _claimed("C")),
    Lie("module-claimed-twice", "assembly", ("module-in-two-packs",), ("parts-unlike-model", "model-not-filed"), "made", _claimed("M")),
    Lie("used-cells-as-new", "assembly", ("used-part-in-new-product",), ("parts-unlike-model", "model-not-filed", *ELSEWHERE), "outlet-in", _used_as_new),
    Lie("cell-younger-than-pack", "assembly", ("part-younger-than-whole",), ("code-from-the-future",), "made", _younger_part),
    Lie("cells-of-another-chemistry", "assembly", ("parts-of-another-chemistry",), ("wrong-line",), "made", _other_cells),
    Lie("half-of-the-parts", "assembly", ("parts-unlike-model",), (), "made", _parts_missing),
    Lie("opened-by-an-outlet", "assembly", ("opened-outside",), ELSEWHERE, "outlet-in", _opened),
    Lie("out-of-another-vehicle", "assembly", ("removed-from-another-vehicle",), ("vin-never-made", "alive-after-end", *ELSEWHERE), "removal", _wrong_vehicle),
    Lie("retired-pack-in-a-vehicle", "assembly", ("used-pack-back-in-vehicle",), ("vin-never-made", *ELSEWHERE), "replacement", _old_pack("vehicle")),
    Lie("retired-pack-as-a-spare", "assembly", ("used-pack-as-new-spare",), ("spare-without-stock", *ELSEWHERE), "replacement", _old_pack("spare")),
)  # fmt: skip
