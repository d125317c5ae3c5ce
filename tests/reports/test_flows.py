"""Flows: both sides of a hand-over are one, of the day on which it was first told; what stays in one area is not drawn."""

from datetime import date
from typing import Any

from tests.reports.conftest import Read

from suyuan.reports import flows
from suyuan.reports.charts import Sankey
from suyuan.reports.period import period
from suyuan.reports.report import Report

A, B, C = "91610100TEB000029B", "91610100TEC000047D", "91370100TED000030H"
PARTIES = [{"party": A, "name": "甲", "area": "610113"}, {"party": B, "name": "乙", "area": "610100"}, {"party": C, "name": "丙", "area": "370100"}]  # fmt: skip
PACK, OTHER = "9A1PB240000001G510000001", "9A1PB240000001G510000002"
THINGS = [
    {"item": PACK, "kind": "pack", "letter": "B", "kwh": 50.0, "kg": 400.0, "made_seq": 1},
    {"item": OTHER, "kind": "pack", "letter": "E", "made_seq": None},
]  # fmt: skip


def told(item: str, seq: int, giver: str, taker: str, day: str, step: str = "shipped", kind: str = "pack") -> dict[str, Any]:  # fmt: skip
    return {"item": item, "kind": kind, "seq": seq, "role": "epc", "step": step, "day": date.fromisoformat(day), "giver": giver, "taker": taker, "actor": giver}  # fmt: skip


def report(read: Read, *moment: dict[str, Any], year: str = "2025", lots: Any = (), **how: Any) -> Report:
    reading = read(moment=moment, thing=THINGS, party=PARTIES, effective_event_item=lots)
    return flows.report(reading, period(year), **how)


def rows(told: Report) -> list[dict[str, Any]]:
    table = told.tables[0]
    return [{c.key: cell.value for c, cell in zip(table.columns, row, strict=True)} for row in table.rows]


def test_a_hand_over_at_the_turn_of_the_year_is_of_the_year_in_which_it_was_first_told(read: Read) -> None:
    both = (told(PACK, 2, A, C, "2025-12-31"), told(PACK, 3, A, C, "2026-01-02", "received"))
    (row,) = rows(report(read, *both))
    assert (row["packs"], row["kwh"], row["kg"], row["unweighed"]) == (1, 50.0, 400.0, 0)
    assert rows(report(read, *both, year="2026")) == []


def test_figures_open_to_both_records_and_masses_to_the_making_too(read: Read) -> None:
    made = report(read, told(PACK, 2, A, C, "2025-05-01"), told(PACK, 3, A, C, "2025-05-02", "received"))
    keys = [column.key for column in made.tables[0].columns]
    cells = dict(zip(keys, made.tables[0].rows[0], strict=True))
    assert (cells["packs"].entries, cells["kg"].entries) == ((2, 3), (1, 2, 3))


def test_a_thing_of_unknown_mass_is_counted_and_told_so(read: Read) -> None:
    (row,) = rows(report(read, told(OTHER, 2, A, C, "2025-05-01")))
    assert (row["packs"], row["kg"], row["unweighed"]) == (1, 0, 1)


def test_there_and_back_are_two_flows(read: Read) -> None:
    loop = report(read, told(PACK, 2, A, C, "2025-05-01"), told(PACK, 4, C, A, "2025-06-01"))
    assert {(row["giver"], row["taker"], row["packs"]) for row in rows(loop)} == {(A, C, 1), (C, A, 1)}
    drawn = loop.sections[0].chart
    assert isinstance(drawn, Sankey)
    assert [(flow.source, flow.target, flow.value) for flow in drawn.flows] == [(C, A, 400.0), (A, C, 400.0)]


def test_what_stays_in_one_area_stands_in_the_table_and_is_not_drawn(read: Read) -> None:
    inside = told(PACK, 2, A, B, "2025-05-01")
    still = report(read, inside, by="area")
    assert [(row["from_area"], row["to_area"], row["packs"]) for row in rows(still)] == [
        ("610100", "610100", 1)
    ]
    assert still.sections[0].chart is None
    away = report(read, inside, told(PACK, 3, B, C, "2025-06-01"), by="area")
    drawn = away.sections[0].chart
    assert isinstance(drawn, Sankey)
    assert [(flow.source, flow.target) for flow in drawn.flows] == [("610100", "370100")]


def test_of_a_lot_the_side_that_told_more_of_it_counts(read: Read) -> None:
    lot = "https://example.org/class/black-mass/L1"
    said = [{"seq": 2, "item": lot, "kind": "lot", "quantity": 1.5, "uom": "TNE"}, {"seq": 3, "item": lot, "kind": "lot", "quantity": 1400.0, "uom": "KGM"}]  # fmt: skip
    both = (told(lot, 2, A, C, "2025-05-01", kind="lot"), told(lot, 3, A, C, "2025-05-02", "received", kind="lot"))  # fmt: skip
    (row,) = rows(report(read, *both, lots=said))
    assert (row["packs"], row["kg"], row["lots_kg"]) == (0, 0, 1500.0)


def test_chemistries_are_told_apart_by_what_was_declared_or_by_the_letter_of_the_code(read: Read) -> None:
    split = report(read, told(PACK, 2, A, C, "2025-05-01"), told(OTHER, 3, A, C, "2025-05-01"), split=True)
    assert {(row["chemistry"], row["packs"]) for row in rows(split)} == {("LFP", 1), ("NCM", 1)}
    assert [(flow.value) for flow in split.sections[0].chart.flows] == [400.0]  # type: ignore[union-attr]


def test_a_period_without_hand_overs_says_so(read: Read) -> None:
    none = report(read)
    assert none.tables[0].rows == ()
    assert none.sections[0].paragraphs[0].en == "Nothing changed hands in 2025."
