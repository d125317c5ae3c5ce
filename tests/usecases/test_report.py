"""Reports of a workspace: forms, errors, figures opened, rows of law that a user replaced."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.worlds import ndjson

from suyuan.cli import run
from suyuan.events import writing
from suyuan.events.uris import item_uri, party_uri, place_uri
from suyuan.reports.filing import NoSuchRole
from suyuan.reports.period import NoSuchPeriod, period
from suyuan.reports.reading import UnknownParty
from suyuan.reports.report import Report, Table
from suyuan.usecases import report as reports
from suyuan.usecases.capture import capture
from suyuan.usecases.standards import replace
from suyuan.usecases.trace import NotOnRecord
from suyuan.usecases.workspace import Workspace, init, opened

MAKER, OUTLET, RECYCLER, NOBODY = (
    "91370400TEB000029F",
    "91370100TED000030H",
    "91622900TEH00002XL",
    "91610100TEC000047D",
)
PARTIES = f"""uscc,name,role,area,vendor_codes
{MAKER},示例电池企业,battery-maker,370400,9A1
{OUTLET},示例网点,outlet,370100,
{RECYCLER},示例再生企业,recycler,622900,
"""
SHANGHAI = timezone(timedelta(hours=8))
DAY = date(2026, 7, 15)
PACKS = [f"9A1PB240000001G51{n:07d}" for n in range(3)]
MADE, SENT, CAME, FED = 3, 4, 5, 6


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three packs made, sent to a recycler; two received, one fed into a batch of black mass."""
    found = tmp_path_factory.mktemp("report") / "ws"
    init(found, operator=None, demo=True)
    at = datetime(2026, 5, 6, 9, tzinfo=SHANGHAI)
    with opened(found, at=datetime(2026, 5, 20, 12, tzinfo=SHANGHAI)) as space:
        capture(space, BytesIO(PARTIES.encode()), "parties.csv", importer="parties")
        tell(space, MAKER, writing.made(items=[item_uri(code) for code in PACKS], mass_kg=400, rated_energy_kwh=50, at=datetime(2026, 5, 1, 8), place=place_uri(MAKER, "plant")))  # fmt: skip
        hand: dict[str, Any] = {"giver": party_uri(OUTLET), "taker": party_uri(RECYCLER)}
        tell(
            space,
            OUTLET,
            *(
                writing.shipped(items=[item_uri(code)], at=at, place=place_uri(OUTLET, "shop"), **hand)
                for code in PACKS
            ),
        )
        tell(space, RECYCLER, *(writing.received(items=[item_uri(code)], at=at + timedelta(days=2), place=place_uri(RECYCLER, "plant"), **hand) for code in PACKS[:2]))  # fmt: skip
    return found


def tell(space: Workspace, by: str, *events: dict[str, Any]) -> None:
    captured = capture(space, BytesIO(ndjson(events)), "told.ndjson", party=by)
    assert not captured.findings, captured.findings[:3]


@pytest.fixture(scope="module")
def space(directory: Path) -> Iterator[Workspace]:
    with opened(directory, at=datetime(2026, 7, 15, 12, tzinfo=SHANGHAI)) as found:
        yield found


def lines(table: Table) -> list[dict[str, Any]]:
    return [
        {column.key: cell.value for column, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


def of(report: Report, title: str) -> list[dict[str, Any]]:
    return next(
        lines(section.table) for section in report.sections if section.title.en == title and section.table
    )


def test_a_hand_over_told_by_both_sides_is_one_flow_with_energy_and_mass_as_made(space: Workspace) -> None:
    told = reports.of_flows(space, period="2026-05", day=DAY)
    (row,) = lines(told.tables[0])
    assert {key: row[key] for key in ("giver", "taker", "packs", "kwh", "kg", "unweighed")} == {
        "giver": OUTLET, "taker": RECYCLER, "packs": 3, "kwh": 150.0, "kg": 1200.0, "unweighed": 0,
    }  # fmt: skip
    assert reports.of_flows(space, period="2026-06", day=DAY).tables[0].rows == ()
    (areas,) = lines(reports.of_flows(space, period="2026", by="area", day=DAY).tables[0])
    assert (areas["from_area"], areas["to_area"], areas["packs"]) == ("370100", "622900", 3)


def test_a_filing_tells_what_came_in_and_which_receipt_is_missing(space: Workspace) -> None:
    told = reports.of_filing(space, role="recycler", period="2026-Q2", uscc=RECYCLER, day=DAY)
    (row,) = of(told, "Reported")
    assert (row["form"].en, row["n"], row["kwh"], row["kg"]) == ("Recycler in", 2, 100.0, 800.0)
    missing = {line["what"].en: line["overdue"] for line in of(told, "Missing")}
    assert sum(missing.values()) == 1


def test_a_firm_is_told_what_it_owes_what_it_holds_and_what_to_do(space: Workspace) -> None:
    told = reports.of_party(space, RECYCLER, day=DAY)
    (held,) = of(told, "Held now")
    assert (held["items"], held["kwh"], held["kg"]) == (2, 100.0, 800.0)
    (sent,) = of(reports.of_party(space, OUTLET, day=DAY), "Held now")
    assert (sent["where"].en, sent["items"]) == ("sent, not received on record", 1)
    assert any(f"suyuan chase --party {RECYCLER}" in row["do"].en for row in of(told, "What to do next"))
    assert {row["overdue"] for row in of(told, "Duties to report")} == {0, 1}


def test_any_figure_opens_to_its_entries(space: Workspace) -> None:
    told = reports.of_flows(space, period="2026", day=DAY)
    found = reports.opened(space, told, "1/1/packs")
    assert found.value == 3
    steps = [entry["event"]["bizStep"] for entry in found.entries]
    assert steps == ["shipping"] * 3 + ["receiving"] * 2
    mass = reports.opened(space, told, "1/1/kg").entries
    assert mass[0]["event"]["bizStep"] == "commissioning"
    for wrong in ("1/2/packs", "0/1/packs", "1/1/none", "x", "1//packs", "2/1/packs"):
        with pytest.raises(reports.NoSuchFigure, match="1/1/"):
            reports.opened(space, told, wrong)


def test_what_is_not_there_is_said_clearly(space: Workspace) -> None:
    with pytest.raises(UnknownParty, match=NOBODY):
        reports.of_party(space, NOBODY, day=DAY)
    with pytest.raises(NotOnRecord):
        reports.dossier_of_item(space, "9A1PB240000001G510000099", day=DAY)
    with pytest.raises(NoSuchPeriod, match="2026-Q2"):
        reports.of_flows(space, period="May", day=DAY)
    with pytest.raises(NoSuchRole, match="recycler"):
        reports.of_filing(space, role="reader", period="2026", day=DAY)
    for area in ("6", "616", "99", "abcdef"):
        with pytest.raises(reports.NoSuchArea):
            reports.of_province(space, area=area, day=DAY)


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "26", "", "2026-5", "0000", "2026-05-01"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(NoSuchPeriod):
        period(text)


def test_periods_meet_without_gap_or_overlap() -> None:
    months = [period(f"2024-{n:02d}") for n in range(1, 13)]
    quarters, year = [period(f"2024-q{n}") for n in range(1, 5)], period("2024")
    for parts in (months, quarters):
        assert (parts[0].first, parts[-1].last) == (year.first, year.last)
        assert all(one.last + timedelta(days=1) == two.first for one, two in pairwise(parts))
    assert period("2024-02").last == date(2024, 2, 29)


def test_a_dossier_of_an_item_tells_its_life_and_every_entry_to_be_proven(space: Workspace) -> None:
    told = reports.dossier_of_item(space, PACKS[0], day=DAY)
    assert [row["step"].en for row in of(told, "Its life")] == ["made", "handed over", "received"]
    assert {row["entry"] for row in of(told, "Entries to be proven")} >= {
        row["entry"] for row in of(told, "Its life")
    }


def test_the_same_report_is_the_same_value(space: Workspace) -> None:
    assert reports.of_party(space, RECYCLER, day=DAY) == reports.of_party(space, RECYCLER, day=DAY)


def test_every_report_leaves_in_every_form_and_both_languages(
    directory: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    flags = ["-w", str(directory), "--day", str(DAY), "--at", "2026-07-15T12:00:00+08:00"]
    for command in (["province"], ["party", RECYCLER], ["flows", "--period", "2026"], ["responsibility"]):
        for lang in ("zh", "en"):
            for form in ("table", "json", "csv"):
                assert run(["report", *command, "--format", form, "--lang", lang, *flags]) == 0
                out = capsysbinary.readouterr().out
                assert out.strip()
                if form == "json":
                    assert json.loads(out)["lang"] == lang
        for ending in ("xlsx", "parquet", "html"):
            target = tmp_path / f"report.{ending}"
            assert run(["report", *command, "--out", str(target), *flags]) == 0
            assert target.stat().st_size > 500
    capsysbinary.readouterr()
    assert run(["report", "flows", "--period", "2026", "--entries-of", "1/1/packs", *flags]) == 0
    assert len(json.loads(capsysbinary.readouterr().out)["entries"]) == 5
    assert run(["report", "flows", "--period", "x", *flags]) == 2
    assert run(["report", "party", NOBODY, *flags]) == 1
    assert run(["report", "province", "--out", str(tmp_path / "report.doc"), *flags]) == 2


def test_a_row_of_law_put_in_place_by_the_operator_changes_reports_and_is_named(directory: Path) -> None:
    """Last: it records a row. Receipts are owed within 300 days instead of 30: nothing is overdue any more."""
    with opened(directory, at=datetime(2026, 7, 15, 12, tzinfo=SHANGHAI)) as space:
        before = reports.of_filing(space, role="recycler", period="2026-05", day=DAY)
        assert sum(row["overdue"] for row in of(before, "Missing")) == 1
        replace(
            space, "duty", "utilisation-in-after-despatch", {"days": "300"}, reason="a test of the operator"
        )
        after = reports.of_filing(space, role="recycler", period="2026-05", day=DAY)
    rows = of(after, "Missing")
    assert sum(row["overdue"] for row in rows) == 0
    own = [row["row"] for row in rows if row["row"].endswith("!")]
    assert own
    assert all(row.startswith("duty/utilisation-in-after-despatch@") for row in own)
    assert set(own) <= set(after.law)
