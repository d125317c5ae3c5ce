"""Lies about what a thing is: codes that nobody gave, another's codes, figures that do not fit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from suyuan.events import writing
from suyuan.events.uris import document_uri, item_uri
from suyuan.simulate.codes import battery_code, reuse_code
from suyuan.simulate.lies.lie import Case, FirmLie, FirmTold, Lie, Told
from suyuan.simulate.lies.recoded import (
    HANDOVERS,
    SCRAPPINGS,
    first_made,
    other_number,
    parts,
    recoded,
    recycled,
)
from suyuan.simulate.lies.telling import another, changed, instead, raw, turn, where, who
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm, World, model_name

Tell = Callable[[Case, np.random.Generator], Told | None]
NOBODYS = "7Z7"
"""A vendor code that no firm of any world has."""
YEARS = "ABCDEFGHJKLMNPRSTVWXY"
TWO_YEARS = timedelta(days=730)


def _outlets(world: World) -> list[Firm]:
    return [firm for firm in world.firms() if firm.role == "outlet"]


def _pack_told(change: Callable[[str, Case], str | None]) -> Tell:
    """The first pack has another code from its making to its end."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        made = first_made(case)
        code: str = made.facts["pack"]
        new = change(code, case)
        return Told(recoded(case.steps, {code: new}), (new,), made.by.uscc) if new else None

    return tell


def _dated(code: str, day: date) -> str:
    """The code with another day."""
    return code[:14] + battery_code("000", "P", "B", "00", day, 0)[14:17] + code[17:]


def _of_another(code: str, case: Case) -> str | None:
    others = [firm for firm in case.world.battery_makers if firm.vendor != code[:3]]
    return others[case.number % len(others)].vendor + code[3:] if others else None


def _of_another_letter(code: str, case: Case) -> str | None:
    return None if recycled(case) else code[:4] + ("E" if code[4] == "B" else "B") + code[5:]


def _never_made(case: Case, draw: np.random.Generator) -> Told | None:
    """A pack with a maker's code that the maker never made is built in."""
    built = turn(case, "vehicle", draw)
    made = first_made(case)
    if built is None or len(built.facts["packs"]) > 1 or made.at.date() < date(2018, 8, 1):
        return None
    return Told(instead(case.steps, {id(made): None}), (made.facts["pack"],), built.by.uscc)


def _misread(case: Case, draw: np.random.Generator) -> Told | None:
    """Whoever tests the pack reads a letter O for a zero."""
    sale, made = turn(case, "sale", draw), first_made(case)
    code: str = made.facts["pack"]
    at = code.find("0", 7, 14)
    if sale is None or at < 0:
        return None
    wrong = code[:at] + "O" + code[at + 1 :]
    when = sale.at + timedelta(days=30)
    test = writing.measured(
        items=[item_uri(wrong)], state_of_health_percent=97, at=when, place=where(sale.by)
    )
    return Told([*case.steps, raw(when, sale.by, test)], (wrong,), sale.by.uscc)


def _home_made(case: Case, draw: np.random.Generator) -> Told | None:
    sale = turn(case, "sale", draw)
    if sale is None:
        return None
    code, when = item_uri(f"GZ-{case.number:06d}-A"), sale.at + timedelta(days=40)
    put = writing.installed(vehicle=item_uri(sale.facts["vin"]), packs=[code], at=when, place=where(sale.by))
    return Told([*case.steps, raw(when, sale.by, put)], (code, sale.facts["vin"]), sale.by.uscc)


def _made_by_workshop(case: Case, draw: np.random.Generator) -> Told | None:
    """An outlet puts a pack together, gives it a code and sells it to the maker of the vehicle."""
    made = first_made(case)
    outlets = _outlets(case.world)
    outlet = outlets[int(draw.integers(len(outlets)))]
    code: str = made.facts["pack"]
    new = NOBODYS + code[3:]
    if sum(step.kind == "made" for step in case.steps) > 1:
        return None
    return Told(recoded(case.steps, {code: new, made.by: outlet}), (new,), outlet.uscc)


def _cloned(case: Case, draw: np.random.Generator) -> Told | None:
    made = first_made(case)
    other = another(case.world.battery_makers, made.by, draw)
    if other is None:
        return None
    when = made.at + timedelta(hours=3)
    twin = writing.made(
        items=[item_uri(made.facts["pack"])],
        chemistry=made.facts["archetype"].chemistry,
        at=when,
        place=where(other),
    )
    return Told([*case.steps, raw(when, other, twin)], (made.facts["pack"],), other.uscc)


def _made_again(case: Case, draw: np.random.Generator) -> Told | None:
    made = turn(case, "made", draw)
    if made is None:
        return None
    when = made.at + timedelta(days=25)
    again = writing.made(
        items=[item_uri(made.facts["pack"])],
        chemistry=made.facts["archetype"].chemistry,
        at=when,
        place=where(made.by),
    )
    return Told([*case.steps, raw(when, made.by, again)], (made.facts["pack"],), made.by.uscc)


def _vehicle_never_made(case: Case, draw: np.random.Generator) -> Told | None:
    """A vehicle is sold that its maker never certified or built."""
    built = turn(case, "vehicle", draw)
    if built is None or first_made(case).at.year < 2020:
        return None
    told = instead(case.steps, {id(built): None})
    return Told(told, (built.facts["vin"],), built.by.uscc)


def _certified_by_another(case: Case, draw: np.random.Generator) -> Told | None:
    built = turn(case, "vehicle", draw)
    other = another(case.world.vehicle_makers, built.by, draw) if built else None
    if built is None or other is None:
        return None
    paper = document_uri(other.uscc, "certificate", f"{built.facts['certificate']}X")
    when = built.at + timedelta(hours=2)
    event = writing.certified(
        vehicle=item_uri(built.facts["vin"]), document=paper, at=when, place=where(other)
    )
    return Told([*case.steps, raw(when, other, event)], (built.facts["vin"],), other.uscc)


def _vin_of_another_year(case: Case, draw: np.random.Generator) -> Told | None:
    built = turn(case, "vehicle", draw)
    if built is None:
        return None
    number: str = built.facts["vin"]
    new = other_number(number, 9, YEARS[(YEARS.index(number[9]) + 4) % len(YEARS)])
    return Told(recoded(case.steps, {number: new}), (new,), built.by.uscc)


def _product_of_nothing(case: Case, draw: np.random.Generator) -> Told | None:
    made = turn(case, "echelon-product", draw)
    if made is None:
        return None
    code = reuse_code(made.by.vendor, "P", "B", made.at.date(), 9_000_000 + case.number % 900_000)
    customer = case.world.customers[int(draw.integers(len(case.world.customers)))]
    out, into = writing.handed_over(
        items=[item_uri(code)], giver=who(made.by), taker=who(customer), document=document_uri(made.by.uscc, "delivery", f"WY{case.number}"),
        receipt=document_uri(customer.uscc, "receipt", f"WY{case.number}"), at=made.at + timedelta(days=5),
        received_at=made.at + timedelta(days=6), place=where(made.by), received_place=where(customer),
    )  # fmt: skip
    told = [
        *case.steps,
        raw(made.at + timedelta(days=5), made.by, out),
        raw(made.at + timedelta(days=6), customer, into),
    ]
    return Told(told, (code,), made.by.uscc)


def _declared(change: Callable[[Step], Step | None]) -> Tell:
    """The maker declares something else of the pack."""

    def tell(case: Case, draw: np.random.Generator) -> Told | None:
        made = turn(case, "made", draw)
        told = change(made) if made else None
        if made is None or told is None or recycled(case):
            return None
        return Told(instead(case.steps, {id(made): told}), (made.facts["pack"],), made.by.uscc)

    return tell


def _kwh(factor: float) -> Callable[[Step], Step | None]:
    def change(made: Step) -> Step:
        archetype = made.facts["archetype"]
        return changed(made, archetype=replace(archetype, kwh=round(archetype.kwh * factor, 2)))

    return change


def _another_model(case: Case, draw: np.random.Generator) -> Told | None:
    made = turn(case, "made", draw)
    other = another(case.world.battery_makers, made.by, draw) if made else None
    if made is None or other is None:
        return None
    told = changed(made, model=model_name(other, made.facts["archetype"]))
    return Told(instead(case.steps, {id(made): told}), (made.facts["pack"],), made.by.uscc)


def _another_chemistry(case: Case, draw: np.random.Generator) -> Told | None:
    """Code, cells and declaration say ternary; the model is filed as iron phosphate (or the other way round)."""
    made = first_made(case)
    if sum(step.kind == "made" for step in case.steps) > 1 or recycled(case):
        return None
    lfp = made.facts["archetype"].letter == "B"
    letter, chemistry = ("E", "NCM") if lfp else ("B", "LFP")
    codes = [made.facts["pack"], *parts(made)]
    told = recoded(case.steps, {code: code[:4] + letter + code[5:] for code in codes})
    told = [
        changed(step, archetype=replace(step.facts["archetype"], chemistry=chemistry, letter=letter)) if step.kind == "made" else step
        for step in told
    ]  # fmt: skip
    return Told(told, (codes[0][:4] + letter + codes[0][5:],), made.by.uscc)


def _claims_anothers_code(world: World, plan: Plan, firm: Firm, draw: np.random.Generator) -> FirmTold | None:
    other = another(world.battery_makers, firm, draw)
    if other is None:
        return None
    return FirmTold((other.uscc,), master={"vendor_codes": f"{firm.vendor},{other.vendor}"})


FIGURES = (
    "mass-implausible",
    "energy-not-of-model",
    "mass-not-of-model",
    "heavier-than-made",
    "unlike-its-model",
)
ELSEWHERE = (*HANDOVERS, *SCRAPPINGS)
LIES = (
    Lie("code-stuck-on", "identity", ("code-never-made",), ELSEWHERE, "vehicle", _never_made),
    Lie("letter-for-digit-in-code", "identity", ("code-misread",), ("code-never-made", *HANDOVERS), "sale", _misread),
    Lie("home-made-code", "identity", ("code-home-made",), (*ELSEWHERE,), "sale", _home_made),
    Lie("vendor-code-of-nobody", "identity", ("vendor-code-unfiled",), (), "made", _pack_told(lambda code, case: NOBODYS + code[3:])),
    Lie("vendor-code-of-another", "identity", ("maker-not-owner-of-code",), (), "made", _pack_told(_of_another)),
    Lie("pack-made-by-a-workshop", "identity", ("made-by-no-maker",), ("model-of-another", *ELSEWHERE), "vehicle", _made_by_workshop),
    Lie("code-cloned", "identity", ("code-cloned",), HANDOVERS, "made", _cloned),
    Lie("made-on-two-days", "identity", ("made-again",), HANDOVERS, "made", _made_again),
    Lie("vehicle-never-made", "identity", ("vin-never-made",), ("collected-without-removal", *ELSEWHERE), "vehicle", _vehicle_never_made),
    Lie("certificate-by-another", "identity", ("certified-by-another",), HANDOVERS, "vehicle", _certified_by_another),
    Lie("vehicle-of-another-year", "identity", ("vin-year-differs",), ("vin-never-made",), "vehicle", _vin_of_another_year),
    Lie("product-of-nothing", "identity", ("reuse-without-source",), HANDOVERS, "echelon-product", _product_of_nothing),
    Lie(
        "letter-of-another-chemistry", "identity", ("chemistry-differs",),
        ("chemistry-not-of-model", "parts-of-another-chemistry", "wrong-line"), "made",
        _pack_told(_of_another_letter),
    ),
    Lie("model-of-another-chemistry", "identity", ("chemistry-not-of-model",), ("wrong-line", "parts-of-another-chemistry"), "made", _another_chemistry),
    Lie("energy-understated", "identity", ("energy-not-of-model",), FIGURES, "made", _declared(_kwh(0.88))),
    Lie("energy-in-another-unit", "identity", ("mass-implausible",), FIGURES, "made", _declared(_kwh(0.1))),
    Lie(
        "mass-overstated", "identity", ("mass-not-of-model",), FIGURES, "made",
        _declared(lambda made: changed(made, mass_kg=round(made.facts["mass_kg"] * 1.2, 1))),
    ),
    Lie("model-of-another-maker", "identity", ("model-of-another",), (), "made", _another_model),
    Lie(
        "code-of-another-day", "identity", ("code-day-differs",), (), "made",
        _pack_told(lambda code, case: _dated(code, first_made(case).at.date() - timedelta(days=100))),
    ),
    Lie(
        "code-of-a-day-to-come", "identity", ("code-from-the-future",), ("code-day-differs",), "made",
        _pack_told(lambda code, case: _dated(code, first_made(case).at.date() + TWO_YEARS)),
    ),
    Lie(
        "serial-beyond-run", "identity", ("serial-beyond-run",), (), "made",
        _pack_told(lambda code, case: f"{code[:17]}{9_100_000 + case.number % 800_000:07d}"),
    ),
)  # fmt: skip
FIRM_LIES = (
    FirmLie("vendor-code-claimed-twice", "identity", ("vendor-code-claimed-twice",), ("maker-not-owner-of-code",), "battery-maker", _claims_anothers_code),
)  # fmt: skip
