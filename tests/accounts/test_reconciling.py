"""Streams of simulated recyclers with errors as stated: what reconciliation makes better, what it names, how seldom it errs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from suyuan.accounts.reconciling import ADJUSTED, reconciled

METALS = ("Li", "Ni", "Co", "Mn")
STREAM = pa.schema(
    [(name, pa.string()) for name in ("network", "party", "period", "metal", "stream", "source", "target")]
    + [("value", pa.float64()), ("sigma", pa.float64())]
)
# stream: (from, to, relative standard uncertainty as `balance.streams` states it)
WAYS = (
    ("batteries", "outside", "crushing", 0.10), ("residues", "crushing", "outside", 0.05), ("stock", "crushing", "outside", 0.004),
    ("passed-on", "crushing", "smelting", 0.0033), ("products", "smelting", "outside", 0.0033), ("residues", "smelting", "outside", 0.006),
)  # fmt: skip


def truth(draw: np.random.Generator, metal: str) -> list[float]:
    """Kilograms in the streams of a year of one metal: everything balances."""
    fed = float(draw.uniform(1e3, 2e5))
    crushed, kept = fed * draw.normal(0.985, 0.002), draw.uniform(0.02, 0.2)
    passed = crushed * (1 - kept)
    made = passed * draw.normal(0.92 if metal == "Li" else 0.985, 0.003)
    return [fed, fed - crushed, crushed * kept, passed, made, passed - made]


def year_of(
    draw: np.random.Generator, firm: str, factors: dict[tuple[str, str], float] | None = None
) -> tuple[list[dict[str, Any]], list[float]]:
    """What a firm claims of a year, and what is true; `factors` by metal and stream on what is claimed."""
    rows, true = [], []
    for metal in METALS:
        for (stream, source, target, relative), kg in zip(WAYS, truth(draw, metal), strict=True):
            sigma = kg * relative
            told = (kg + draw.normal() * sigma) * (factors or {}).get((metal, stream), 1.0)
            rows.append(
                {"network": f"{firm}|2025|{metal}", "party": firm, "period": "2025", "metal": metal, "stream": stream, "source": source,
                 "target": target, "value": told, "sigma": sigma}
            )  # fmt: skip
            true.append(kg)
    return rows, true


def judged(rows: Sequence[dict[str, Any]], level: float = 0.001) -> list[tuple[str, str, str, str]]:
    told = reconciled(pa.Table.from_pylist(list(rows), schema=STREAM)).to_pylist()
    return sorted(
        (row["party"], row["verdict"], row["metal"], row["stream"])
        for row in told
        if row["verdict"] and row["significance"] < level
    )


def test_over_simulated_truth_the_mean_error_is_at_least_halved() -> None:
    draw = np.random.default_rng(11)
    told = [year_of(draw, f"R{n:04d}") for n in range(500)]
    rows = [row for claimed, _true in told for row in claimed]
    true = {
        (row["network"], row["stream"], row["source"]): kg
        for claimed, kgs in told
        for row, kg in zip(claimed, kgs, strict=True)
    }
    after = reconciled(pa.Table.from_pylist(rows, schema=STREAM)).to_pylist()
    checked = [row for row in after if row["z"] is not None]
    assert len(checked) == len(rows)  # every stream of this plant is redundant
    of = [true[row["network"], row["stream"], row["source"]] for row in checked]
    raw = np.mean([abs(row["value"] - kg) for row, kg in zip(checked, of, strict=True)])
    better = np.mean([abs(row["adjusted"] - kg) for row, kg in zip(checked, of, strict=True)])
    assert better < raw / 2
    # and the uncertainties told are those that the adjusted figures have
    off = np.array(
        [(row["adjusted"] - kg) / row["adjusted_sigma"] for row, kg in zip(checked, of, strict=True)]
    )
    assert off.std() == pytest.approx(1, abs=0.05)


def test_no_stream_is_told_worse_on_average() -> None:
    draw = np.random.default_rng(12)
    told = [year_of(draw, f"R{n:04d}") for n in range(400)]
    after = reconciled(
        pa.Table.from_pylist([row for claimed, _true in told for row in claimed], schema=STREAM)
    )
    true = {(r["network"], r["stream"], r["source"]): kg for c, kgs in told for r, kg in zip(c, kgs, strict=True)}  # fmt: skip
    for stream, source, _target, _relative in WAYS:
        rows = [row for row in after.to_pylist() if (row["stream"], row["source"]) == (stream, source)]
        kgs = [true[row["network"], stream, source] for row in rows]
        raw = np.mean([abs(row["value"] - kg) / kg for row, kg in zip(rows, kgs, strict=True)])
        better = np.mean([abs(row["adjusted"] - kg) / kg for row, kg in zip(rows, kgs, strict=True)])
        assert better <= raw * 1.001, (stream, source)


@pytest.mark.parametrize("level", [0.05, 0.2])
def test_over_honest_firms_together_the_alarm_holds_its_level(level: float) -> None:
    """Of 400 provinces with 5 honest firms each, no more than the level raise any alarm: the tests are many, and correlated."""
    draw = np.random.default_rng(13)
    alarms = sum(
        bool(judged([row for n in range(5) for row in year_of(draw, f"R{n}")[0]], level)) for _province in range(400)
    )  # fmt: skip
    assert alarms / 400 < level + 3 * np.sqrt(level * (1 - level) / 400)


def test_three_percent_too_much_nickel_are_named_and_nobody_else() -> None:
    draw = np.random.default_rng(14)
    rows = [row for n in range(200) for row in year_of(draw, f"R{n:03d}", {("Ni", "products"): 1.03} if n % 10 == 0 else None)[0]]  # fmt: skip
    named = judged(rows)
    liars = {f"R{n:03d}" for n in range(0, 200, 10)}
    assert {firm for firm, _verdict, _metal, _stream in named} <= liars
    right = [row for row in named if row[1:] == ("overclaimed", "Ni", "products")]
    # a year of monthly batches leaves 0.47 %, so that 3 % are six standard deviations; the alarm over these 1600 tests is at 4.8
    assert len(right) == len(named) >= 16


def test_all_metals_in_step_mean_feed_without_a_record() -> None:
    draw = np.random.default_rng(15)
    more = {(metal, stream): 1.12 for metal in METALS for stream in ("products",)}
    named = judged(year_of(draw, "R1", more)[0])
    assert {verdict for _firm, verdict, _metal, _stream in named} == {"unrecorded"}
    assert len(named) == 4


def test_two_metals_far_too_high_by_different_shares_are_two_claims() -> None:
    draw = np.random.default_rng(16)
    named = judged(year_of(draw, "R1", {("Ni", "products"): 1.05, ("Li", "products"): 1.15})[0])
    assert named == [("R1", "overclaimed", "Li", "products"), ("R1", "overclaimed", "Ni", "products")]


def test_a_residue_told_at_a_tenth_is_missing() -> None:
    draw = np.random.default_rng(17)
    rows = year_of(draw, "R1")[0]
    for row in rows:
        if (row["stream"], row["source"]) == ("residues", "smelting"):
            row["value"], row["sigma"] = row["value"] / 10, row["sigma"] / 10
    assert ("R1", "missing", "Li", "residues") in judged(rows)


def test_networks_of_any_shape_are_reconciled_each_by_itself() -> None:
    draw = np.random.default_rng(18)
    whole = year_of(draw, "R1")[0]
    part = [row for row in year_of(draw, "R2")[0] if row["stream"] not in ("stock", "batteries")]
    together = reconciled(pa.Table.from_pylist([*part, *whole], schema=STREAM))
    assert together.schema == ADJUSTED
    alone = reconciled(pa.Table.from_pylist(whole, schema=STREAM)).to_pylist()
    mine = [row for row in together.to_pylist() if row["party"] == "R1"]
    assert [row["adjusted"] for row in mine] == pytest.approx([row["adjusted"] for row in alone])


def test_nothing_to_reconcile_gives_an_empty_table() -> None:
    assert reconciled(pa.Table.from_pylist([], schema=STREAM)).num_rows == 0
