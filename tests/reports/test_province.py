"""Where to look: a certain serious case before many notes, small samples, ties, weights that a user replaces, empty areas."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.reports.conftest import DAY, Read

from suyuan.reports import province
from suyuan.reports.report import Report
from suyuan.rules.catalogue import RULES
from suyuan.rules.law import law
from suyuan.standards.tables import table

Row = dict[str, Any]
A, B, C = "91610100TEB000029B", "91610100TEC000047D", "91370100TED000030H"
LAW = law({"threshold": table("threshold")}).to_pylist()
SERIOUS = next(rule for rule in RULES.values() if rule.severity.value == "serious")
NOTE = next(rule for rule in RULES.values() if rule.severity.value == "note")
PARTIES = [
    {"party": A, "name": "甲", "area": "610100"}, {"party": B, "name": "乙", "area": "610500"}, {"party": C, "name": "丙", "area": "370100"},
]  # fmt: skip


def found(party: str, number: int, severity: str = "serious", *, verified: bool = True, state: str = "open") -> tuple[Row, Row]:  # fmt: skip
    """A case with its one finding, proven by the entry of that number."""
    rule = SERIOUS if severity == "serious" else NOTE
    case = {
        "case_id": f"case-{number}", "party": party, "root": "r", "severity": severity, "verified": verified, "since": date(2026, 5, 1),
        "worst": rule.id, "state": state, "first_seen": datetime(2026, 5, 20, tzinfo=UTC),
    }  # fmt: skip
    finding = {
        "id": f"f-{number}", "case_id": f"case-{number}", "rule": rule.id, "severity": severity, "family": rule.family, "owner": "regulator",
        "subject": "x", "party": party, "day": date(2026, 5, 1), "entries": [number], "root": "r", "facts": "{}", "verified": verified,
    }  # fmt: skip
    return case, finding


def owed(party: str, number: int, *, met: bool = False, days: int = 10) -> Row:
    """A duty whose last day was so many days ago."""
    due = DAY - timedelta(days=days)
    return {
        "duty": "outlet-out", "row": "duty/outlet-out@2026-04-01", "kind": "own", "role": "outlet", "item": "x", "party": party,
        "trigger_seq": number, "trigger_day": due - timedelta(days=30), "due": due, "fulfilled_seq": number if met else None,
        "fulfilled_on": due if met else None,
    }  # fmt: skip


def look(read: Read, *cases: tuple[Row, Row], duty: list[Row] | None = None, area: str | None = None, **more: Any) -> Report:  # fmt: skip
    tables = {
        "party": PARTIES, "law": LAW, "case": [case for case, _f in cases], "told": [f for _c, f in cases], "duty": duty or [],
        **{name: rows for name, rows in more.items() if name != "since"},
    }  # fmt: skip
    return province.report(read(**tables), area, since=more.get("since"))


def firms(report: Report) -> list[tuple[Any, ...]]:
    """place, party, points."""
    keys = [column.key for column in report.tables[0].columns]
    return [
        tuple(row[keys.index(key)].value for key in ("place", "party", "points"))
        for row in report.tables[0].rows
    ]


def test_one_certain_serious_case_stands_before_many_notes(read: Read) -> None:
    notes = [found(A, n, "note") for n in range(100)]
    assert [party for _place, party, _points in firms(look(read, *notes, found(B, 200)))] == [B, A]


def test_warnings_notes_and_duties_together_stay_below_one_certain_serious_case(read: Read) -> None:
    def warning(n: int) -> tuple[Row, Row]:
        case, finding = found(A, n, "note")
        return {**case, "severity": "warning"}, {**finding, "severity": "warning"}

    many = [*map(warning, range(300)), *(found(A, n, "note") for n in range(300, 600))]
    told = firms(look(read, *many, found(B, 900), duty=[owed(A, n) for n in range(1000, 1400)]))
    assert [party for _place, party, _points in told] == [B, A]


def test_a_case_whose_clause_nobody_looked_up_counts_half_and_is_marked(read: Read) -> None:
    told = look(read, found(A, 1, verified=False), found(B, 2))
    assert [(party, points) for _place, party, points in firms(told)] == [(B, 100.0), (A, 50.0)]
    marks = {row[0].value: row[4].verified for row in told.tables[1].rows}
    assert marks == {A: False, B: True}


def test_one_overdue_duty_of_one_weighs_less_than_fifty_of_sixty(read: Read) -> None:
    few = [owed(A, 1)]
    many = [owed(B, n, met=n >= 150) for n in range(100, 160)]
    told = firms(look(read, duty=[*few, *many]))
    assert [party for _place, party, _points in told] == [B, A]
    assert float(str(told[1][2])) < 30 * 0.21


def test_equal_points_share_a_place_and_all_who_share_the_last_are_told(read: Read) -> None:
    cases = [found(party, n) for n, party in enumerate((C, B, A))]
    parties = PARTIES + [
        {"party": f"91610100TEB0000{n:03}", "name": None, "area": "610100"} for n in range(8)
    ]
    cases += [found(str(each["party"]), 10 + n) for n, each in enumerate(parties[3:])]
    told = firms(look(read, *cases, party=parties))
    assert {place for place, _party, _points in told} == {1}
    assert len(told) == 11


def test_what_was_dismissed_or_corrected_does_not_count(read: Read) -> None:
    told = look(
        read, found(A, 1, state="dismissed"), found(B, 2, state="corrected"), found(C, 3, state="explained")
    )
    assert [party for _place, party, _points in firms(told)] == [C]


def test_only_firms_of_the_area_are_told_and_who_has_none_is_remarked_on(read: Read) -> None:
    parties = [*PARTIES, {"party": "91610100TEH000011N", "name": "丁", "area": None}]
    told = look(read, found(A, 1), found(B, 2), found(C, 3), area="6101", party=parties)
    assert [party for _place, party, _points in firms(told)] == [A]
    assert [remark.en for remark in told.remarks] == [
        "One party has no area on record and stands in no area's report."
    ]


def test_an_area_with_nothing_says_so_in_both_languages(read: Read) -> None:
    told = look(read, area="37")
    assert told.tables[0].rows == ()
    assert told.sections[0].paragraphs[0].en.startswith("No firm to look at")
    assert told.sections[0].paragraphs[0].zh.startswith("没有需要关注的企业")


def test_the_reason_names_rule_duty_clause_and_since_when(read: Read) -> None:
    told = look(read, found(A, 1), found(A, 2), duty=[owed(A, 9)])
    why = told.tables[0].rows[0][-1].value
    assert why.en == f"{SERIOUS.title.en}: 2 cases; outlet-out: 1 overdue"  # type: ignore[union-attr]
    assert [row[5].value for row in told.tables[1].rows] == [date(2026, 5, 1), DAY - timedelta(days=10)]
    assert SERIOUS.cites[0].partition("#")[2] in told.tables[1].rows[0][6].value.en  # type: ignore[union-attr]


def test_a_replaced_weight_changes_the_order_and_is_named(read: Read) -> None:
    own = [
        {**row, "value": 0.0, "row": row["row"] + "!"} if row["key"] == "attention.serious" and row["field"] == "value" else row for row in LAW
    ]  # fmt: skip
    cases = (found(A, 1), found(B, 2, "note"))
    assert [party for _place, party, _points in firms(look(read, *cases))] == [A, B]
    told = look(read, *cases, law=own)
    assert [party for _place, party, _points in firms(told)] == [B]
    assert [row for row in told.law if row.endswith("!")] == ["threshold/attention.serious@2011-01-01!"]


@pytest.mark.parametrize(("since", "cases", "late"), [(date(2026, 5, 1), 1, 1), (date(2026, 5, 25), 0, 0)])
def test_what_changed_since_a_day(read: Read, since: date, cases: int, late: int) -> None:
    said = [
        {"case_id": "case-1", "state": "confirmed", "seq": 7, "decided_at": datetime(2026, 5, 22, tzinfo=UTC)}
    ]
    told = look(read, found(A, 1), duty=[owed(A, 9)], decision=said, since=since)
    counts = {row[0].value.en: row[1].value for row in told.tables[5].rows}  # type: ignore[union-attr]
    assert (counts["cases first seen"], counts["duties fallen overdue"]) == (cases, late)
    assert counts["cases confirmed"] == cases
