"""Planted faults of cells: what goes wrong when people fill in forms; with the ground truth.

One cell of a submitted row is spoilt (a letter O for a zero, a number mangled by a spreadsheet, …) and told as a `Planted`,
beside the files and never in them. What people tell who cheat: `simulate.lies`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from suyuan.simulate.as_rows import Row
from suyuan.standards.forms import Column, form


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: its kind, where it was put and what stands there now."""

    kind: str
    file: str
    sheet: str
    column: str
    cell: str
    found: str


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


def day_text(value: object) -> object:
    """Dates and moments as forms write them; everything else as it is."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else value
