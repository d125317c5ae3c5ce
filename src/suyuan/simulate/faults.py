"""Planted faults: what goes wrong when people fill in forms, and what people do who cheat; with the ground truth.

Row faults spoil one cell of a submitted row (a letter O for a zero, a number mangled by a spreadsheet, …).
World faults are lives that cannot be true (a vehicle scrapped without its pack, one code in two vehicles, a pack that
came from one firm and was received from another). Each is told as a `Planted`, beside the files and never in them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from suyuan.identifiers import vin
from suyuan.simulate.as_rows import Row
from suyuan.simulate.lives import Step
from suyuan.standards.forms import Column, form


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: its kind, which item it is about, or where it was put and what stands there now."""

    kind: str
    subject: str = ""
    file: str = ""
    sheet: str = ""
    column: str = ""
    cell: str = ""
    found: str = ""


def _misread(text: str) -> str:
    return text.replace("0", "O", 1)


def _swapped_halves(text: str) -> str:
    return text[8:] + text[:8]


def _mangled(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit()) or "1"
    return f"{digits[0]}.{digits[1:3] or '2'}E+{len(text) - 1}"


# kind of fault: (types of column it can befall, how the cell is spoilt)
SPOILERS: Mapping[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
    "letter-for-digit": (("battery_code",), _misread),
    "halves-swapped": (("battery_code",), _swapped_halves),
    "mangled-by-spreadsheet": (("battery_code", "uscc"), _mangled),
    "too-short": (("battery_code", "vin", "uscc"), lambda text: text[:-3]),
    "wrong-check-digit": (("vin", "uscc"), lambda text: text[:-1] + ("8" if text[-1] != "8" else "7")),
    "empty": (("battery_code", "vin", "uscc", "date", "number", "text"), lambda text: ""),
    "impossible-date": (("date",), lambda text: "2026-02-31"),
    "not-a-number": (("number",), lambda text: "约" + text),
    "unknown-choice": (("choice",), lambda text: "不知道"),
}


def spoil(row: Row, draw: np.random.Generator) -> tuple[Row, str, str] | None:
    """The row with one cell spoilt, the kind of fault and the column; None where nothing of it can be."""
    sheet = form(row.role).sheet(row.sheet)
    choices = [
        (kind, column)
        for column in sheet.columns
        if row.cells.get(column.key) and not column.many
        for kind, (types, _) in SPOILERS.items()
        if column.type in types and _can(kind, column, str(row.cells[column.key]))
    ]
    if not choices:
        return None
    kind, column = choices[int(draw.integers(len(choices)))]
    spoilt = SPOILERS[kind][1](str(row.cells[column.key]))
    return replace(row, cells={**row.cells, column.key: spoilt}), kind, column.key


def _can(kind: str, column: Column, text: str) -> bool:
    if kind == "empty":
        return column.required
    if kind == "letter-for-digit":
        return "0" in text
    return True


def plant(steps: Sequence[Step], draw: np.random.Generator) -> tuple[list[Step], Planted] | None:
    """A life that cannot be true, made of a lawful one; None where this life offers no occasion."""
    kinds = [kind for kind, (needs, _) in LIES.items() if any(step.kind == needs for step in steps)]
    if not kinds:
        return None
    kind = kinds[int(draw.integers(len(kinds)))]
    told = list(LIES[kind][1](steps))
    subject = next(step.facts["pack"] for step in steps if step.kind == "made")
    return told, Planted(kind, str(subject))


def _pack_missing(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if step.kind == "scrapped":
            yield replace(step, facts={**step.facts, "present": False, "packs": []})
            return
        yield step


def _never_handed_on(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if step.kind == "outlet-in":
            return


def _sold_before_made(steps: Sequence[Step]) -> Iterator[Step]:
    made = next(step.at for step in steps if step.kind == "made")
    for step in steps:
        yield replace(step, at=made - timedelta(days=30)) if step.kind == "sale" else step


def _received_from_another(steps: Sequence[Step]) -> Iterator[Step]:
    maker = steps[0].by
    for step in steps:
        yield replace(step, facts={**step.facts, "giver": maker}) if step.kind == "recycler-in" else step


def _in_two_vehicles(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if step.kind == "vehicle":
            bare = (
                step.facts["vin"][:10] + "B" + step.facts["vin"][11:]
            )  # of a plant that no lawful VIN names
            twin = bare[:8] + vin.check_digit(bare) + bare[9:]
            paper = f"{step.facts['certificate']}B"
            yield replace(step, facts={**step.facts, "vin": twin, "certificate": paper})


# kind: (the step it turns on, how it is told)
LIES: Mapping[str, tuple[str, Callable[[Sequence[Step]], Iterator[Step]]]] = {
    "pack-missing-at-scrapping": ("scrapped", _pack_missing),
    "never-handed-on": ("outlet-in", _never_handed_on),
    "sold-before-made": ("sale", _sold_before_made),
    "custody-gap": ("recycler-in", _received_from_another),
    "one-code-in-two-vehicles": ("vehicle", _in_two_vehicles),
}


def day_text(value: object) -> object:
    """Dates and moments as forms write them; everything else as it is."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else value
