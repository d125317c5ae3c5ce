"""The pages under docs/accounts: their arithmetic, and the product's figures, agree to the digit; every figure opens to its entries."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.accounts.conftest import Accounts, accounted, law_rows
from tests.accounts.worked import (
    MAKER,
    OUTLET,
    PARTIES,
    RECYCLER,
    at,
    lot,
    pack,
    recycling,
    responsibility,
)
from tests.rules.conftest import party, said

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, place_uri, run_uri
from suyuan.rules.facts import LAW

PAGES = Path(__file__).parents[2] / "docs" / "accounts"
OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip


def worth(text: str) -> Decimal:
    """The arithmetic of a page, to thirty digits."""

    def of(node: ast.AST) -> Decimal:
        if isinstance(node, ast.Constant):
            return Decimal(str(node.value))
        if isinstance(node, ast.BinOp):
            return Decimal(OPERATORS[type(node.op)](of(node.left), of(node.right)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -of(node.operand)
        assert isinstance(node, ast.Call), text
        assert ast.unparse(node.func) == "exp", text
        return of(node.args[0]).exp()

    with localcontext(prec=30):
        return of(ast.parse(text, mode="eval").body)


def tables(page: str) -> list[dict[str, str]]:
    """Rows of the tables of a page that have a column `arithmetic`."""
    found: list[dict[str, str]] = []
    heads: list[str] = []
    for line in (PAGES / page).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            heads = []
        elif not heads:
            heads = cells
        elif not re.fullmatch(r"[-| ]+", line) and "arithmetic" in heads:
            found.append(dict(zip(heads, cells, strict=True)))
    return found


@cache
def worked() -> dict[str, Accounts]:
    told = accounted(*recycling(), parties=PARTIES)
    return {
        "balance.md": told, "recovery.md": told, "efficiency.md": told,
        "responsibility.md": accounted(*responsibility(), parties=PARTIES),
    }  # fmt: skip


CASES = [(page.name, row) for page in sorted(PAGES.glob("*.md")) for row in tables(page.name)]


def rounded(value: Decimal, like: str) -> Decimal:
    """As many digits after the point as the page has, halves to even."""
    places = len(like.partition(".")[2])
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


@pytest.mark.parametrize(("page", "row"), CASES, ids=[f"{page}-{row['period']}-{row['measure']}-{row['key']}-{row['unit']}" for page, row in CASES])  # fmt: skip
def test_the_page_and_the_product_agree_to_the_digit(page: str, row: dict[str, str]) -> None:
    assert rounded(worth(row["arithmetic"]), row["figure"]) == Decimal(row["figure"])
    where = {
        name: row[name] for name in ("account", "period", "area", "measure", "key", "unit") if name in row
    }
    if "area" not in where and row["account"] != "recycled-content":
        where["area"] = ""
    figure = worked()[page].figure(**where)
    # what the product computes in binary is the same number to fifteen digits: rounded there, then as the page rounds
    told = Decimal(repr(float(f"{figure['value']:.15g}")))
    assert rounded(told, row["figure"]) == Decimal(row["figure"])
    if "least" in row:
        assert figure["least"] == (float(row["least"]) if row["least"] else None)
        assert figure["row"] or figure["least"] is None


def test_all_pages_have_figures_to_compare() -> None:
    assert {page for page, _row in CASES} == {
        "balance.md", "recovery.md", "efficiency.md", "responsibility.md",
    }  # fmt: skip
    assert len(CASES) > 50


@pytest.mark.parametrize("page", ["recovery.md", "responsibility.md"])
def test_every_figure_opens_to_entries_that_are_there(page: str) -> None:
    told = worked()[page]
    assert [row for row in told.tables["figure"] if not told.entries(row)] == []


def test_a_figure_opens_to_the_very_entries_that_make_it() -> None:
    """Ten packs made (entry 7), received (8), fed (9) and crushed (10), leached (11, 12); the parties are entries 0 to 6."""
    told = worked()["recovery.md"]
    smelted = told.figure(account="recovery", period="2025", measure="recovery.smelting", key="nickel")
    assert told.entries(smelted) == [10 + len(PARTIES) - 6, 11 + len(PARTIES) - 6]


def test_names_of_figures_are_unique() -> None:
    for told in worked().values():
        names = [tuple(row[name] for name in ("account", "party", "period", "area", "measure", "key", "unit")) for row in told.tables["figure"]]  # fmt: skip
        assert len(names) == len(set(names))


def test_what_went_in_came_out_or_is_in_stock_or_went_outside_to_the_milligram() -> None:
    for told in worked().values():
        assert told.tables["balances"]
        for row in told.tables["balances"]:
            inward = row["opening_mg"] + row["received_mg"]
            assert inward == row["out_mg"] + row["residue_mg"] + row["outside_mg"] + row["closing_mg"], row


def test_what_a_balance_closes_with_is_what_lies_there_lot_by_lot() -> None:
    told = worked()["recovery.md"]
    last: dict[str, int] = {}
    for row in sorted(told.tables["balances"], key=lambda row: str(row["month"])):
        last[row["metal"]] = row["closing_mg"]
    lying: dict[str, int] = {}
    for row in told.tables["stocks"]:
        assert row["party"] == RECYCLER
        lying[row["metal"]] = lying.get(row["metal"], 0) + row["mg"]
    assert {metal: mg for metal, mg in last.items() if mg} == lying


def test_a_replaced_row_of_law_decides_and_says_so() -> None:
    rows = law_rows().to_pylist()
    for row in rows:
        if row["key"] == "nickel.smelting":
            row["row"] += "!"
            row["value"] = 0.99 if row["field"] == "value" else row["value"]
    replaced = pa.Table.from_pylist(rows, schema=LAW)
    told = accounted(*recycling(), parties=PARTIES, law_table=replaced)
    figure = told.figure(account="recovery", period="2025", measure="recovery.smelting", key="nickel")
    assert (figure["least"], figure["row"]) == (0.99, "recovery-minimum/nickel.smelting@2025-01-01!")


def test_a_battery_fed_in_the_first_hours_of_a_year_in_china_belongs_to_that_year() -> None:
    """Universal time is still in the old year: the year is that of the clock in Shanghai."""
    packs, copper = [item_uri(pack(1))], lot("copper", "CU-3")
    works, early = place_uri(RECYCLER, "plant-1"), at("2025-01-01").replace(hour=2)
    told = accounted(
        said(MAKER, [writing.made(items=packs, model="M-1", chemistry="LFP", rated_energy_kwh=55, mass_kg=400, at=at("2019-05-06"), place=place_uri(MAKER, "plant-1"))]),
        said(RECYCLER, [
            writing.fed_to_batch(run=run_uri(RECYCLER, "C-3"), items=packs, at=early, place=works),
            writing.batch_out(run=run_uri(RECYCLER, "C-3"), lots=[Lot(copper, 30)], assays=[writing.assay(copper, {"Cu": 0.98})], at=early.replace(hour=4), place=works),
        ]),
        parties=PARTIES,
    )  # fmt: skip
    assert {row["period"] for row in told.rows("figure", account="eu-recycling")} == {"2025"}
    assert {row["period"] for row in told.rows("figure", measure="metal")} == {"2025"}


def test_where_no_outlet_names_whom_it_serves_nothing_is_said_of_coverage() -> None:
    silent = [party(OUTLET, "outlet", area="610100") if each is PARTIES[2] else each for each in PARTIES]
    assert accounted(*responsibility(), parties=PARTIES).rows("figure", measure="areas-served")
    assert not accounted(*responsibility(), parties=silent).rows("figure", measure="areas-served")


def test_a_coverage_that_rests_on_a_row_nobody_has_read_says_so() -> None:
    told = worked()["responsibility.md"]
    account = "responsibility.vehicle-maker"
    rows = {
        row["period"]: row["verified"] for row in told.rows("figure", account=account, measure="areas-served")
    }
    assert rows == {"2023": True, "2024": True, "2025": True, "2026": False}
