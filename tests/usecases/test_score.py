"""Scores: what was planted and found, what was found and planted."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from suyuan.rules.judging import FOUND
from suyuan.usecases.score import NoTruth, Score, Truth, score

PACK, OTHER, FIRM = "9B1PB670000000DCR0000001", "9B1PB670000000DCR0000002", "91610100TEH00002XE"


def finding(rule: str, subject: str, party: str = "", root: str = "", **facts: object) -> dict[str, Any]:
    return {
        "rule": rule, "subject": subject, "party": party or None, "day": date(2026, 5, 1), "entries": [1],
        "root": root or subject, "row": None, "facts": json.dumps(facts),
    }  # fmt: skip


def fault(kind: str, *subjects: str, rules: tuple[str, ...], also: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "kind": kind,
        "family": "custody",
        "subjects": list(subjects),
        "party": FIRM,
        "rules": list(rules),
        "also": list(also),
    }


def scored(findings: list[dict[str, Any]], *planted: dict[str, Any]) -> Score:
    return score(pa.Table.from_pylist(findings, schema=FOUND), planted, notes={"a-note"})


def test_a_fault_is_found_where_its_rule_names_its_subject() -> None:
    found = scored(
        [finding("gap", PACK), finding("gap", OTHER)],
        fault("gone", PACK, rules=("gap",)), fault("gone", "nowhere", rules=("gap",)),
    )  # fmt: skip
    (line,) = found.lines
    assert (line.planted, line.found, line.recall, line.missed) == (2, 1, 0.5, ["nowhere"])
    assert (line.findings, line.explained, line.precision) == (2, 1, 0.5)
    assert [row["subject"] for row in found.unexplained] == [OTHER]


def test_another_rule_about_the_same_subject_neither_finds_nor_excuses() -> None:
    found = scored([finding("late", PACK)], fault("gone", PACK, rules=("gap",)))
    assert (found.total.found, found.total.findings, found.total.explained) == (0, 1, 0)


def test_a_consequence_is_no_false_alarm_and_finds_nothing() -> None:
    found = scored([finding("late", PACK)], fault("gone", PACK, rules=("gap",), also=("late",)))
    assert (found.total.found, found.total.findings, found.total.precision) == (0, 1, 1.0)
    assert found.unexplained == []


def test_whatever_a_finding_names_counts_and_so_does_its_party_where_a_firm_was_planted() -> None:
    assert scored([finding("gap", "run", party=FIRM)], fault("firm", FIRM, rules=("gap",))).total.found == 1
    assert scored([finding("gap", "run", items=[PACK])], fault("life", PACK, rules=("gap",))).total.found == 1


def test_the_party_alone_explains_nothing_where_the_fault_is_about_a_thing() -> None:
    found = scored([finding("gap", OTHER, party=FIRM)], fault("life", PACK, rules=("gap",)))
    assert (found.total.found, found.total.explained) == (0, 0)


def test_what_is_wrong_with_a_firm_altogether_because_of_it_is_a_consequence_and_finds_nothing() -> None:
    planted = fault("life", PACK, rules=("gap",), also=("sum",)) | {"firms": [FIRM]}
    whole = scored([finding("sum", FIRM, party=FIRM), finding("gap", FIRM, party=FIRM)], planted)
    assert (whole.total.found, [row["rule"] for row in whole.unexplained]) == (0, ["gap"])
    other = scored([finding("sum", OTHER, party=FIRM)], planted)
    assert (other.total.found, other.total.explained) == (0, 0)


def test_notes_are_no_alarms_but_find_what_they_are_for() -> None:
    found = scored([finding("a-note", PACK), finding("a-note", OTHER)], fault("x", PACK, rules=("a-note",)))
    assert (found.total.found, found.total.findings, found.total.precision) == (1, 0, 1.0)


def test_nothing_planted_and_nothing_found_is_perfect() -> None:
    assert (scored([]).total.recall, scored([]).total.precision) == (1.0, 1.0)


def test_the_truth_tells_the_day_and_what_was_planted_not_faulty_cells(tmp_path: Path) -> None:
    lines = [
        {"packs": 10, "seed": 1, "until": "2026-05-31"},
        fault("x", PACK, rules=("gap",)),
        {"kind": "empty", "file": "a.csv"},
    ]
    (tmp_path / "truth.ndjson").write_text("\n".join(map(json.dumps, lines)))
    told = Truth.read(tmp_path / "truth.ndjson")
    assert (told.day, [each["kind"] for each in told.planted]) == (date(2026, 5, 31), ["x"])


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json", '{"until": "soon"}'])
def test_what_is_no_truth_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "truth.ndjson").write_text(text)
    with pytest.raises(NoTruth, match="is no truth"):
        Truth.read(tmp_path / "truth.ndjson")
