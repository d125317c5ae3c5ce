"""Lies about custody: who had it, who gave it to whom, where it was, where it ended up."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import document_uri, item_uri
from suyuan.identifiers import uscc
from suyuan.simulate.codes import vehicle_number
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.occasions import does
from suyuan.simulate.lies.telling import (
    after,
    another,
    changed,
    cut,
    following,
    instead,
    raw,
    turn,
    where,
    who,
)
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World

DAY = timedelta(days=1)
BANNED_FROM = date(2026, 4, 1)


def _everybody(world: World, role: str) -> list[Firm]:
    return [firm for firm in world.firms() if firm.role == role]


def _out(case: Case, kind: str, draw: np.random.Generator) -> tuple[Step, Step] | None:
    """A handing over and the receiving of it by a recycler."""
    given = turn(case, kind, draw)
    taken = following(case, given, "recycler-in") if given else None
    if given is None or taken is None or taken.by.uscc != given.facts["to"].uscc:
        return None
    return given, taken


def _received_from_another(case: Case, draw: np.random.Generator) -> Told | None:
    """A recycler says that it had it from the maker."""
    met = _out(case, "outlet-out", draw)
    maker = next((step.by for step in case.steps if step.kind == "made"), None)
    if met is None or maker is None:
        return None
    told = instead(case.steps, {id(met[1]): changed(met[1], giver=maker)})
    return Told(told, (met[0].facts["code"],), met[1].by.uscc)


def _handed_over_by_another(case: Case, draw: np.random.Generator) -> Told | None:
    """An outlet that never had it hands it over, and is believed."""
    met = _out(case, "outlet-out", draw)
    other = another(_everybody(case.world, "outlet"), met[0].by, draw) if met else None
    if met is None or other is None:
        return None
    given, taken = met
    told = instead(case.steps, {id(given): replace(given, by=other), id(taken): changed(taken, giver=other)})
    return Told(told, (given.facts["code"],), other.uscc)


def _sold_twice(case: Case, draw: np.random.Generator) -> Told | None:
    """The same battery is handed over to a second recycler a day later."""
    met = _out(case, "outlet-out", draw)
    other = another(case.world.recyclers, met[0].facts["to"], draw) if met else None
    if met is None or other is None or met[1].at <= met[0].at + timedelta(hours=1):
        return None
    given = met[0]
    paper = document_uri(given.by.uscc, "delivery", f"{given.facts['document']}B")
    again = writing.shipped(
        items=[item_uri(given.facts["code"])], giver=who(given.by), taker=who(other), document=paper,
        at=given.at + timedelta(minutes=40), place=where(given.by),
    )  # fmt: skip
    told = [*case.steps, raw(given.at + timedelta(minutes=40), given.by, again)]
    return Told(told, (given.facts["code"],), given.by.uscc)


def _double_custody(case: Case, draw: np.random.Generator) -> Told | None:
    """Another outlet tells that it keeps it too."""
    there = turn(case, "outlet-in", draw)
    left = following(case, there, "outlet-out") if there else None
    other = another(_everybody(case.world, "outlet"), there.by, draw) if there else None
    if there is None or left is None or other is None or left.at - there.at < 3 * DAY:
        return None
    at = there.at + 2 * DAY
    stored = writing.stored(items=[item_uri(there.facts["code"])], at=at, place=where(other))
    return Told([*case.steps, raw(at, other, stored)], (there.facts["code"],), other.uscc)


def _never_received(case: Case, draw: np.random.Generator) -> Told | None:
    given = turn(case, "outlet-out", draw)
    if given is None:
        return None
    return Told(cut(case, given), (given.facts["code"],), given.by.uscc)


def _never_shipped(case: Case, draw: np.random.Generator) -> Told | None:
    met = _out(case, "yard-out", draw)
    if met is None:
        return None
    return Told(instead(case.steps, {id(met[0]): None}), (met[0].facts["code"],), met[0].by.uscc)


def _taker_differs(case: Case, draw: np.random.Generator) -> Told | None:
    """Another recycler than the giver named takes it in, and feeds it."""
    met = _out(case, "yard-out", draw)
    other = another(case.world.recyclers, met[1].by, draw) if met else None
    if met is None or other is None:
        return None
    told: dict[int, Step | None] = {id(met[1]): replace(met[1], by=other)}
    for step in after(case, met[1]):
        if step.kind == "fed":
            batch = f"{step.facts['batch'].rpartition('-')[0]}-{other.number}"
            told[id(step)] = replace(changed(step, batch=batch), by=other)
    return Told(instead(case.steps, told), (met[0].facts["code"],), other.uscc)


def _two_places(case: Case, draw: np.random.Generator) -> Told | None:
    """It arrives in another prefecture in the very second in which it leaves."""
    met = _out(case, "yard-out", draw)
    if met is None or met[0].by.area[:4] == met[1].by.area[:4]:
        return None
    told = instead(case.steps, {id(met[1]): replace(met[1], at=met[0].at)})
    return Told(told, (met[0].facts["code"],), met[1].by.uscc)


def _handed_to(case: Case, kind: str, to: Firm, draw: np.random.Generator) -> Told | None:
    """It is handed to somebody, and never seen again."""
    given = turn(case, kind, draw)
    if given is None:
        return None
    told = [changed(step, to=to) if step is given else step for step in cut(case, given)]
    return Told(told, (given.facts["code"],), given.by.uscc, firms=(to.uscc,))


def _not_entitled(case: Case, draw: np.random.Generator) -> Told | None:
    customers = case.world.customers
    return _handed_to(case, "yard-out", customers[int(draw.integers(len(customers)))], draw)


def _unknown(case: Case, draw: np.random.Generator) -> Told | None:
    """To a firm that stands in no register."""
    like = case.world.customers[0]
    stranger = replace(like, uscc=_stranger(like.uscc, int(draw.integers(10_000))))
    return _handed_to(case, "yard-out", stranger, draw)


def _stranger(like: str, number: int) -> str:
    body = f"TEK{number:05d}"
    first = f"{like[:8]}{body}{uscc.organisation_check(body)}"
    return first + uscc.check_character(first)


def _off_route(case: Case, draw: np.random.Generator) -> Told | None:
    """A dismantler sells to a battery maker itself."""
    given = turn(case, "yard-out", draw)
    if given is None or given.at.date() < date(2020, 9, 1):
        return None
    makers = case.world.battery_makers
    return _handed_to(case, "yard-out", makers[int(draw.integers(len(makers)))], draw)


def _traded(case: Case, draw: np.random.Generator) -> Told | None:
    """A recycler sells it whole to another, who feeds it."""
    met = _out(case, "yard-out", draw)
    fed = following(case, met[1], "fed") if met else None
    other = another(case.world.recyclers, met[1].by, draw) if met else None
    if met is None or fed is None or other is None or fed.at - met[1].at < 3 * DAY:
        return None
    code, by = fed.facts["code"], met[1].by
    sold = writing.shipped(
        items=[item_uri(code)], giver=who(by), taker=who(other), at=met[1].at + DAY, place=where(by),
        document=document_uri(by.uscc, "delivery", f"ZM{case.number:08d}"),
    )  # fmt: skip
    got = writing.received(
        items=[item_uri(code)], giver=who(by), taker=who(other), at=met[1].at + 2 * DAY, place=where(other),
        document=document_uri(other.uscc, "receipt", f"ZM{case.number:08d}"),
    )  # fmt: skip
    batch = f"{fed.facts['batch'].rpartition('-')[0]}-{other.number}"
    told = instead(case.steps, {id(fed): replace(changed(fed, batch=batch), by=other)})
    told += [raw(met[1].at + DAY, by, sold), raw(met[1].at + 2 * DAY, other, got)]
    return Told(told, (code,), by.uscc)


def _back_in_vehicle(case: Case, draw: np.random.Generator) -> Told | None:
    """An outlet gives it to a vehicle maker, who builds and sells a vehicle with it."""
    there = turn(case, "outlet-out", draw)
    built = next((step for step in case.steps if step.kind == "vehicle"), None)
    sale = next((step for step in case.steps if step.kind == "sale"), None)
    if there is None or built is None or sale is None:
        return None
    maker, at = built.by, there.at + 5 * DAY
    vin = vehicle_number(maker.wmi, at.year, 800_000 + case.number % 100_000)
    new = changed(built, vin=vin, packs=[there.facts["code"]], certificate=f"{built.facts['certificate']}Z")
    told = [changed(step, to=maker) if step is there else step for step in cut(case, there)]
    told += [replace(new, at=at), replace(changed(sale, vin=vin), at=at + 9 * DAY)]
    return Told(told, (there.facts["code"], vin), maker.uscc)


def _exported(case: Case, draw: np.random.Generator) -> Told | None:
    given = turn(case, "outlet-out", draw)
    if given is None:
        return None
    gone = writing.exported(
        items=[item_uri(given.facts["code"])], exporter=who(given.by), at=given.at, place=where(given.by),
        document=document_uri(given.by.uscc, "customs", given.facts["document"]),
    )  # fmt: skip
    told = [raw(given.at, given.by, gone) if step is given else step for step in cut(case, given)]
    return Told(told, (given.facts["code"],), given.by.uscc)


def _banned_use(case: Case, draw: np.random.Generator) -> Told | None:
    made = turn(case, "echelon-product", draw, settled=False)
    if made is None or made.at.date() < BANNED_FROM:
        return None
    told = instead(case.steps, {id(made): changed(made, use="electric-bicycle")})
    return Told(told, (made.facts["product"], *made.facts["sources"]), made.by.uscc)


LIES = (
    Lie("custody-gap", "custody", ("custody-gap",), (), "outlet-out", _received_from_another),
    Lie("handed-over-by-another", "custody", ("handed-over-without-holding",), ("report-overdue",), "outlet-out", _handed_over_by_another),
    Lie("sold-twice", "custody", ("handed-over-without-holding",), ("taker-differs", "report-overdue",), "outlet-out", _sold_twice),
    Lie("double-custody", "custody", ("double-custody",), ("handed-over-without-holding",), "outlet-in", _double_custody),
    Lie("shipped-never-received", "custody", ("shipped-never-received",), ("report-overdue",), "outlet-out", _never_received),
    Lie("received-never-shipped", "custody", ("received-never-shipped",), ("report-overdue",), "yard-out", _never_shipped),
    Lie("taker-differs", "custody", ("taker-differs",), ("report-overdue",), "yard-out", _taker_differs),
    Lie("two-places-at-once", "custody", ("two-places-at-once",), (), "yard-out", _two_places),
    Lie("buyer-not-entitled", "custody", ("buyer-not-entitled",), ("report-overdue", "silent-party"), "yard-out", _not_entitled),
    Lie("buyer-unknown", "custody", ("buyer-unknown",), (), "yard-out", _unknown),
    Lie("sold-off-route", "custody", ("sold-off-route",), ("report-overdue",), "yard-out", _off_route),
    Lie("recycler-trades-whole-pack", "custody", ("recycler-trades-whole-packs",), ("report-overdue",), "yard-out", _traded),
    Lie("waste-back-in-vehicle", "custody", ("waste-back-in-vehicle",), ("used-pack-back-in-vehicle",), "outlet-out", _back_in_vehicle),
    Lie("waste-exported", "custody", ("waste-exported",), ("report-overdue",), "outlet-out", _exported),
    Lie("banned-use", "custody", ("banned-use",), (), "echelon-product", _banned_use),
)  # fmt: skip


def _unlisted(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    """It was taken off the list, and dismantlers went on selling to it."""
    return FirmTold(master={"listed_to": "2022-06-30"})


def _without_approval(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    return FirmTold(master={"capacity_t_per_year": ""}) if len(world.recyclers) > 1 else None


FIRM_LIES = (
    FirmLie("taker-not-listed", "custody", ("taker-not-listed",), (), "recycler", _unlisted, does(3, "recycler-in", since=datetime(2022, 7, 1))),
    FirmLie(
        "taker-without-approval", "custody", ("taker-without-approval",), (), "recycler", _without_approval, does(3, "recycler-in")
    ),
)  # fmt: skip
