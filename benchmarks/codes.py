"""Codes a second, on one core: battery codes as a column, against a floor and peers in the same run."""

import re
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.figures import Figure, best_of
from suyuan.identifiers import battery_code
from suyuan.identifiers.battery_columns import parse_column
from suyuan.identifiers.battery_form import DAYS, MONTHS, YEARS

ROWS = 1_000_000
GOAL_A_SECOND = 3e6

# The expression that Catena-X publishes for the code, first branch, with groups: what one would write without us.
PEER = re.compile(
    r"^([A-Z0-9]{3})([PMC]{1})([A-GZ]{1})([A-Z0-9]{2})([A-Z0-9]{7})"
    r"([1-9A-GH-NPR-Y]{1})([1-9A-C]{1})([0-9A-GH-NPR-Y]{1})([0-9]{7})$"
)


def made(rows: int, seed: int = 7) -> list[str]:
    """Codes of several makers and days, one in a thousand spoiled."""
    draw = np.random.default_rng(seed)
    heads = ("001PB240000001", "04QCB76836300J", "07HCBC1P22G06A", "0F4MB550000012")
    days = ("G51", "BC4", "C70", "D2A", "E2X")
    head = draw.integers(0, len(heads), rows)
    day = draw.integers(0, len(days), rows)
    bad = draw.integers(0, 1000, rows) == 0
    return [
        f"{heads[h]}{'B2Y' if b else days[d]}{n:07d}"
        for n, (h, d, b) in enumerate(zip(head.tolist(), day.tolist(), bad.tolist(), strict=True))
    ]


def floor(matrix: npt.NDArray[np.uint8]) -> int:
    """Copy the bytes and compare each of them with two bounds: less cannot be done to judge them."""
    copied = matrix.copy()
    return int(((copied >= 48) & (copied <= 90)).sum())


def peer(codes: list[str]) -> list[tuple[str, str, str, str, str, date, int] | None]:
    """The fields of each code, or None: a loop over matches."""
    return [_peer(PEER.match(code)) for code in codes]


def _peer(found: re.Match[str] | None) -> tuple[str, str, str, str, str, date, int] | None:
    if found is None:
        return None
    vendor, kind, chemistry, specification, tracing, y, m, d, serial = found.groups()
    try:
        day = date(YEARS[y], MONTHS[m], DAYS[d])
    except (KeyError, ValueError):  # the expression lets I and U through, and 31 February
        return None
    return vendor, kind, chemistry, specification, tracing, day, int(serial)


def run() -> list[Figure]:
    """Battery codes a second as a column, against the goal, numpy's floor and a loop over the peer's expression."""
    codes = made(ROWS)
    column = pa.array(codes)
    matrix = np.frombuffer("".join(codes).encode(), np.uint8).reshape(ROWS, 24)
    seconds, columns = best_of(5, lambda: parse_column(column))
    floor_seconds, _ = best_of(5, lambda: floor(matrix))
    loop_seconds, loop = best_of(2, lambda: peer(codes))
    assert columns.valid.sum() == sum(map(battery_code.is_valid, codes)), "column and scalar form disagree"
    assert columns.serial.tolist() == [fields[-1] if fields else -1 for fields in loop], "the peer disagrees"
    ours = ROWS / seconds
    return [
        Figure(
            name="battery codes parsed and validated as a column, one core",
            ours=ours,
            against=GOAL_A_SECOND,
            unit="codes/s",
            peer="what we hold ourselves to",
            ratio=ours / GOAL_A_SECOND,
            goal=1.0,
            better="more",
            note="validity by calendar, and every field as an array; 1 in 1000 is not a code",
        ),
        Figure(
            name="battery codes as a column: time over the floor",
            ours=seconds / ROWS * 1e9,
            against=floor_seconds / ROWS * 1e9,
            unit="ns/code",
            peer="numpy: copy the bytes, compare each with two bounds",
            ratio=seconds / floor_seconds,
            goal=10.0,
            better="less",
        ),
        Figure(
            name="battery codes as a column: speed over a loop",
            ours=ours,
            against=ROWS / loop_seconds,
            unit="codes/s",
            peer="Python loop over matches of the published Catena-X expression, same fields",
            ratio=loop_seconds / seconds,
            goal=5.0,
            better="more",
        ),
    ]
