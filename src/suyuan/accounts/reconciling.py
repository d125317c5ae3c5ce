"""Which claim cannot be true: the streams of every firm, period and metal reconciled, and what disagrees named.

    streams of a firm, a period, a metal ──reconcile──▶ adjusted figures, z of each stream ──all metals of it──▶ verdict

A balance that fails says that something is wrong, and not always what: streams of one node fail together. What is named is the
first in the order of suspicion among streams that explain the gap about equally well and stay possible (nothing flows backwards):

    more came out than went in   of one metal         overclaimed     a product of that metal, first of all
                                 of all in step       unrecorded      what was fed without a record
    less came out than went in                        missing         a residue that was not told, first of all

Networks of one shape (same streams, same nodes) are solved together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import scipy  # whose `special` is imported when it is asked for: it takes longer than most commands

from suyuan.accounts.balance import MASS, OUTSIDE
from suyuan.accounts.reconciliation import Floats, Reconciled, reconcile, significance
from suyuan.views.columns import columns

ADJUSTED = columns(
    ("network", pa.string()),
    ("party", pa.string()),
    ("period", pa.string()),  # 2026-05, 2026, all
    ("metal", pa.string()),
    ("stream", pa.string()),
    ("source", pa.string()),
    ("target", pa.string()),
    ("value", pa.float64()),  # kg as claimed
    ("sigma", pa.float64()),
    ("adjusted", pa.float64()),  # kg as all figures together tell
    ("adjusted_sigma", pa.float64()),
    ("z", pa.float64()),  # null where nothing checks the stream
    ("error", pa.float64()),  # kg by which the claim is off, if it alone is
    ("chi2", pa.float64()),  # of the network
    ("dof", pa.int64()),
    ("p", pa.float64()),
    (
        "significance",
        pa.float64(),
    ),  # how often correct figures would disagree as much, over all that is tested together
    ("verdict", pa.string()),  # overclaimed | unrecorded | missing, on the stream that is named; else null
    ("stage", pa.string()),  # where the balance fails, on the stream that is named
    ("gap_share", pa.float64()),  # the gap, as a share of what was fed there, more out than in being positive
)
"""Streams after reconciliation."""

AFTER_EXCESS = ("products", "stock", "passed-on", "lots-brought", "batteries", "residues", "vapour")
AFTER_LOSS = ("residues", "products", "stock", "vapour", "passed-on", "lots-brought", "batteries")
"""Orders of suspicion, where more came out than went in, and where less did."""
ALIKE = 0.9
"""Streams whose |z| is at least this part of the largest explain the gap about equally well."""
SURE = 3.0
"""Standard uncertainties below nought that a corrected figure may lie and still be possible; |z| from which metals are compared."""
TOGETHER = 0.001
"""Metals of which not all are sure are off in step where one factor leaves differences that chance brings about more often than this."""


def reconciled(table: pa.Table) -> pa.Table:
    """The streams of `balance.streams`, reconciled, in the columns of `ADJUSTED`."""
    rows = sorted(
        table.to_pylist(), key=lambda row: (row["network"], row["stream"], row["source"], row["target"])
    )
    networks = [list(group) for _name, group in groupby(rows, key=lambda row: row["network"])]
    tests = 0
    for shape, alike in _by_shape(networks).items():
        done = _solved(shape, alike)
        tests += int(done.dof.sum())
        _put(done, alike)
    z = np.array([np.nan if row["z"] is None else row["z"] for row in rows], dtype=np.float64)
    for row, chance in zip(rows, significance(z, tests), strict=True):
        row["significance"] = _plain(chance)
    gaps = [gap for gap in map(_gap, networks) if gap is not None]
    for _circle, among in groupby(
        gaps, key=lambda gap: gap.circle
    ):  # rows are sorted by party and period first
        _judge(list(among))
    return pa.Table.from_pylist(rows, schema=ADJUSTED)


Row = dict[str, Any]
Shape = tuple[tuple[str, str, str, bool], ...]


def _by_shape(networks: Sequence[Sequence[Row]]) -> Mapping[Shape, list[Sequence[Row]]]:
    found: dict[Shape, list[Sequence[Row]]] = {}
    for rows in networks:
        shape = tuple((row["stream"], row["source"], row["target"], row["sigma"] is not None) for row in rows)
        found.setdefault(shape, []).append(rows)
    return found


def _solved(shape: Shape, alike: Sequence[Sequence[Row]]) -> Reconciled:
    nodes = sorted({end for _stream, *ends, _known in shape for end in ends} - {OUTSIDE})
    balances = np.array(
        [[(target == node) - float(source == node) for _s, source, target, _known in shape] for node in nodes]
    )
    nan = float("nan")
    measured = np.array(
        [[row["value"] if row["sigma"] is not None else nan for row in rows] for rows in alike]
    )
    sigma = np.array([[nan if row["sigma"] is None else row["sigma"] for row in rows] for rows in alike])
    return reconcile(balances, measured, sigma)


def _put(done: Reconciled, alike: Sequence[Sequence[Row]]) -> None:
    told: Mapping[str, Floats] = {
        "adjusted": done.value, "adjusted_sigma": done.sigma, "z": done.z, "error": done.error,
    }  # fmt: skip
    p = done.p
    for n, rows in enumerate(alike):
        for s, row in enumerate(rows):
            row.update({name: _plain(values[n, s]) for name, values in told.items()})
            row.update(
                chi2=float(done.chi2[n]), dof=int(done.dof[n]), p=float(p[n]), verdict=None, stage=None
            )


def _plain(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, slots=True)
class Gap:
    """The balance of one metal where it fails most."""

    circle: str
    metal: str
    named: Row
    stage: str
    z: float
    share: float
    """The gap over what went in; positive where more came out."""

    @property
    def excess(self) -> bool:
        """More came out than went in."""
        return self.share > 0


def _gap(rows: Sequence[Row]) -> Gap | None:
    """The stream to be named in a network and what it says; None where nothing is checked."""
    checked = [row for row in rows if row["z"] is not None]
    if not checked:
        return None
    largest = max(abs(row["z"]) for row in checked)
    if largest == 0:
        return None
    close = [row for row in checked if abs(row["z"]) >= ALIKE * largest]
    possible = [row for row in close if row["value"] - row["error"] >= -SURE * row["adjusted_sigma"]] or close
    named = min(possible, key=_suspicion)
    stage = named["source"] if named["target"] == OUTSIDE else named["target"]
    fed = sum(row["value"] for row in rows if row["target"] == stage)
    excess = _too_much(named) * abs(named["error"])
    named["gap_share"] = excess / fed if fed else None
    share = excess / fed if fed else float(np.sign(excess))
    return Gap(f"{named['party']}|{named['period']}", named["metal"], named, stage, abs(named["z"]), share)


def _too_much(row: Row) -> int:
    """1 where the error of the stream means more out than in (of the node that it leaves, else of the one it reaches)."""
    outward = row["target"] == OUTSIDE
    return 1 if (row["error"] > 0) == outward else -1


def _suspicion(row: Row) -> tuple[int, float]:
    order = AFTER_EXCESS if _too_much(row) > 0 else AFTER_LOSS
    return order.index(row["stream"]), -abs(row["z"])


def _judge(gaps: Sequence[Gap]) -> None:
    """Put the verdicts of one firm and period on the streams that are named."""
    metals = [gap for gap in gaps if gap.metal != MASS]
    # metals that fail elsewhere, or not at all, are not in step
    in_step = {gap.metal for gap in _in_step(metals)} if len({gap.stage for gap in metals}) == 1 else set()
    for gap in gaps:
        if not gap.excess:
            word = "missing"
        elif gap.metal in in_step or gap.metal == MASS:
            word = "unrecorded"
        else:
            word = "overclaimed"
        gap.named.update(verdict=word, stage=gap.stage)


def _in_step(gaps: Sequence[Gap]) -> Sequence[Gap]:
    """The gaps of metals that are all too much: each of them surely, or by one factor within chance; none where fewer than two are sure."""
    sure = [gap for gap in gaps if gap.z >= SURE and gap.excess]
    if len(sure) < 2:
        return ()
    if len(sure) == len(gaps):
        return gaps
    share, z = np.array([gap.share for gap in gaps]), np.array([gap.z for gap in gaps])
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(share != 0, (z / share) ** 2, 0.0)
    common = (weight * share).sum() / weight.sum()
    left = float((weight * (share - common) ** 2).sum())
    return gaps if scipy.special.chdtrc(len(gaps) - 1, left) > TOGETHER else ()
