"""A workbook of 100 k rows with 500 planted faults of 25 kinds: all found in the right cell, and how long it takes."""

import io
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from benchmarks.figures import Figure, best_of
from suyuan.capture.importer import Context
from suyuan.capture.workbook.cells import address
from suyuan.capture.workbook.importer import Workbook
from suyuan.render import template
from suyuan.standards.forms import form

ROWS = 100_000
FAULTS = 500
SECONDS_GOAL = 30.0
RATIO_GOAL = 25.0
"""A bare read gives cells; we judge each and write, canonicalise and hash two events a row."""

# column, what stands there instead, rule
KINDS: tuple[tuple[str, Any, str], ...] = (
    ("pack_code", "001PE050000001G51000007", "code-too-short"),
    ("pack_code", "001PE050000001G5100000O7", "code-confused-letters"),
    ("pack_code", "001PE050000001G2Y0000007", "code-impossible-date"),
    ("pack_code", "001ME050000001G510000007", "code-of-other-kind"),
    ("pack_code", 1.23e23, "code-mangled-by-spreadsheet"),
    ("pack_code", "001PE050000001G510000000001", "code-too-long"),
    ("pack_code", "001PE050000001G510000001", "row-twice"),
    ("pack_code", None, "required-missing"),
    ("model", None, "required-missing"),
    ("model", "x" * 300, "text-too-long"),
    ("order_no", "11010519491231002X", "personal-id"),
    ("produced_on", "someday", "date-unreadable"),
    ("produced_on", "2026-02-30", "date-impossible"),
    ("produced_on", "5/1/2026", "date-ambiguous"),
    ("produced_on", "2026-05", "date-incomplete"),
    ("produced_on", "1926-05-01", "date-too-early"),
    ("produced_on", "2026-05-02", "date-contradicts-code"),
    ("delivered_on", "2026-04-30", "dates-out-of-order"),
    ("delivered_on", None, "required-here"),
    ("rated_energy_kwh", "many", "number-unreadable"),
    ("rated_energy_kwh", -54.6, "number-out-of-range"),
    ("mass_kg", 0.4385, "mass-implausible"),
    ("chemistry", "磷酸铁", "choice-unknown"),
    ("chemistry", "LFP", "chemistry-contradicts-code"),
    ("receiver_uscc", "91440300192317458A", "uscc-wrong-check-character"),
)


def rows() -> Iterator[dict[str, Any]]:
    """Packs of one maker, the faulty ones among them."""
    made, delivered = date(2026, 5, 1), date(2026, 5, 6)
    step = ROWS // FAULTS
    for n in range(1, ROWS + 1):
        row = {
            "pack_code": f"001PE050000001G51{n:07}",
            "model": "NCM-55-A",
            "produced_on": made,
            "system_id": f"S-{n}",
            "system_model": "RESS-55",
            "order_no": f"PO-{n // 40}",
            "rated_energy_kwh": 54.6,
            "rated_capacity_ah": 161,
            "nominal_voltage_v": 339.2,
            "mass_kg": 438.5,
            "chemistry": "NCM",
            "receiver_uscc": "91440300192317458F",
            "delivered_on": delivered,
            "site": "plant-1",
        }
        if n % step == 0:
            column, value, _ = KINDS[n // step % len(KINDS)]
            row[column] = value
        yield row


def planted() -> set[tuple[str, str]]:
    """Cell and rule of each fault."""
    places = [column.key for column in form("battery-maker").sheet("packs").columns]
    step = ROWS // FAULTS
    found = set()
    for n in range(step, ROWS + 1, step):
        column, _, rule = KINDS[n // step % len(KINDS)]
        found.add((address(n + 1, places.index(column)), rule))
    return found


def check(data: bytes) -> tuple[set[tuple[str, str]], int]:
    """What the importer finds, and how many events it makes."""
    found, events = set(), 0
    for batch in Workbook().read(io.BytesIO(data), Context("91350900587527783P", "packs.xlsx")):
        found |= {(finding.place.cell or "", finding.rule) for finding in batch.findings}
        events += len(batch.prepared)
    return found, events


def bare(data: bytes) -> int:
    """The same cells with nothing asked of them."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("电池包")
    return sum(len(row) for row in sheet.to_python())


def run() -> list[Figure]:
    """Seconds for the whole workbook against the goal, and against a bare read by calamine in the same run."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "packs.xlsx"
        template.write(form("battery-maker"), path, {"packs": rows()})
        data = path.read_bytes()
    seconds, (found, events) = best_of(1, lambda: check(data))
    bare_seconds, _ = best_of(2, lambda: bare(data))
    assert found == planted(), f"{len(found ^ planted())} faults not found, or found in the wrong cell"
    return [
        Figure(
            name=f"workbook of {ROWS:,} rows with {FAULTS} faults: read, judged, told as {events:,} events",
            ours=seconds,
            against=SECONDS_GOAL,
            unit="s",
            peer="goal",
            ratio=seconds / SECONDS_GOAL,
            goal=1.0,
            better="less",
            note=f"all {FAULTS} found in the right cell",
        ),
        Figure(
            name="the same against a bare read of the cells",
            ours=seconds,
            against=bare_seconds,
            unit="s",
            peer="calamine, cells only",
            ratio=seconds / bare_seconds,
            goal=RATIO_GOAL,
            better="less",
        ),
    ]
