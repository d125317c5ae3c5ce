"""What became of an item: the metals recovered from it, lot by lot, and the lots that came of it.

    metal  mass_kg  uncertainty_kg  lot                     run             share  basis
    Li     6.42     0.03            …/lithium-carbonate/L1  …/xform/…/L1    0.031  allocated

A lot that came of the item alone is `measured`; of a lot that came of many, the item's part is `allocated`, by mass of what
was fed, or equally where masses are not known (`allocated_by`).
"""

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]

ALONE = 1e-9
"""A share that is one but for rounding."""


def metals(key: str, rows: Rows) -> list[dict[str, Any]]:
    """A row a metal and lot, from the view `recovered`."""
    return [_metal(row, rows) for row in _by_lot(key, rows["recovered"])]


def materials(key: str, rows: Rows) -> list[dict[str, Any]]:
    """A row a lot that came of the item and was not fed on, from the view `became`."""
    return [_material(row, rows) for row in _by_lot(key, rows["became"])]


def _by_lot(key: str, rows: Sequence[Row]) -> list[Row]:
    found = [row for row in rows if row["item"] == key]
    return sorted(found, key=lambda row: (str(row["lot"]), str(row.get("metal"))))


def _metal(row: Row, rows: Rows) -> dict[str, Any]:
    """One metal of one lot, as far as it comes from the item."""
    return {
        "metal": row["metal"],
        "mass_kg": row["kg"],
        "uncertainty_kg": row["kg_uncertainty"],
        "lot": row["lot"],
        "material": row["material"],
        **_due(row, rows),
    }


def _material(row: Row, rows: Rows) -> dict[str, Any]:
    """One lot, as far as it comes from the item and was not fed on; residues with their fate."""
    return {
        "lot": row["lot"],
        "material": row["material"],
        "mass_kg": row["kg"],
        "fate": row["fate"],
        **_due(row, rows),
    }


def _due(row: Row, rows: Rows) -> dict[str, Any]:
    """How much of a lot is due to the item, and how that is known: `measured` where the lot came of it alone."""
    item, lot = row["item"], row["lot"]
    share = next(
        (each["share"] for each in rows["became"] if (each["item"], each["lot"]) == (item, lot)), None
    )
    runs = sorted({str(each["run"]) for each in rows["run_output"] if each["item"] == lot})
    alone = share is not None and share > 1 - ALONE
    return {
        "run": runs[0] if len(runs) == 1 else None,
        "share": share,
        "basis": "measured" if alone else "allocated",
        "allocated_by": None if alone else row["allocated"],
    }


def sums(became: Sequence[Row]) -> dict[str, float]:
    """Kilograms by metal."""
    metals = sorted({str(row["metal"]) for row in became})
    return {metal: fsum(row["mass_kg"] for row in became if row["metal"] == metal) for metal in metals}
