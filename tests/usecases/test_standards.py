"""Rows of law replaced by the operator: on the ledger, judged by from their first day, named in what they decide."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.worlds import workspace

from suyuan.standards.loader import RowRefused, Table
from suyuan.standards.shapes import Amount
from suyuan.standards.tables import table
from suyuan.terms.citation import Mark
from suyuan.terms.sentence import Sentence
from suyuan.usecases.capture import capture
from suyuan.usecases.standards import AT, ROW, in_force, replace, rows_of

KEY = "case-days.serious"
CITES = {"cites": "operator-decision#2026-1", "mark": "C"}


def test_a_replaced_row_counts_from_its_first_day_and_the_old_one_before(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        row, entry = replace(
            space, "threshold", KEY, {"value": "5", "from": "2026-07-01", **CITES}, reason="x"
        )
        found = in_force(space).tables["threshold"]
        assert (row.since, entry) == (date(2026, 7, 1), 0)
        days = [date(2026, 6, 30), date(2026, 7, 1)]
        assert [str(each.value) for day in days if (each := found.at(KEY, day))] == ["10", "5"]
        assert [told["replaced_by_entry"] for told in rows_of(space, "threshold", key=KEY)] == [None, 0]


def test_the_last_of_several_replacements_counts(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        for value in ("5", "6"):
            replace(space, "threshold", KEY, {"value": value, "from": "2026-07-01", **CITES}, reason="x")
        (told,) = rows_of(space, "threshold", key=KEY, day=date(2026, 8, 1))
        assert (told["value"], told["replaced_by_entry"]) == ("6", 1)


def test_what_a_later_replacement_leaves_of_a_row_is_still_the_operator_s(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        replace(space, "threshold", KEY, {"value": "5", "from": "2026-07-01", **CITES}, reason="x")
        replace(space, "threshold", KEY, {"value": "6", "from": "2027-01-01", **CITES}, reason="x")
        told = rows_of(space, "threshold", key=KEY)
        assert [(each["value"], each["replaced_by_entry"]) for each in told] == [
            ("10", None),
            ("5", 0),
            ("6", 1),
        ]


def test_the_same_row_again_is_refused(tmp_path: Path) -> None:
    with workspace(tmp_path / "ws") as space:
        changes = {"value": "5", "from": "2026-07-01", **CITES}
        replace(space, "threshold", KEY, changes, reason="x")
        with pytest.raises(RowRefused, match="in place already"):
            replace(space, "threshold", KEY, changes, reason="x")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"value": "many"}, "none of its values"),
        ({"colour": "red"}, "no column 'colour'"),
        ({"cites": "nobody#1"}, "not in the register"),
        ({"from": "2026-07-01", "to": "2026-06-01"}, "before it begins"),
        ({"mark": ""}, "no mark"),
    ],
)
def test_a_row_that_does_not_load_is_refused_and_leaves_no_trace(
    tmp_path: Path, changes: dict[str, str], why: str
) -> None:
    with workspace(tmp_path / "ws") as space:
        with pytest.raises(RowRefused, match=why):
            replace(space, "threshold", KEY, changes, reason="x")
        assert space.ledger.size == 0


def test_what_another_party_says_of_law_changes_nothing(tmp_path: Path) -> None:
    row = {
        "key": KEY,
        "unit": "d",
        "from": "2011-01-01",
        "cites": "operator-decision#x",
        "mark": "C",
        "value": "1",
    }
    element = {
        "id": f"{AT}threshold/{KEY}",
        "attributes": [{"id": "https://w3id.org/suyuan/voc#row", "attribute": json.dumps(row)}],
    }
    document = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2026-05-01T08:00:00+08:00",
        "epcisHeader": {"epcisMasterData": {"vocabularyList": [{"type": ROW, "vocabularyElementList": [element]}]}},
        "epcisBody": {"eventList": []},
    }  # fmt: skip
    path = tmp_path / "law.jsonld"
    path.write_text(json.dumps(document))
    with workspace(tmp_path / "ws") as space:
        with path.open("rb") as file:
            assert capture(space, file, path.name, party="91610100TEB000010E").recorded == 1
        assert in_force(space).replaced == {}


DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))


@st.composite
def rows(draw: st.DrawFn) -> Amount:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    until = draw(st.sampled_from([last, None]))
    return Amount(
        key=draw(st.sampled_from("ab")), unit="d", since=first, until=until, cites="operator-decision#x",
        mark=Mark.CONFIRMED, value=draw(st.decimals(0, 9, places=1)),
    )  # fmt: skip


@given(st.lists(rows(), max_size=6), DAYS)
def test_on_every_day_the_last_row_that_holds_then_counts_and_no_two_hold_at_once(
    told: list[Amount], day: date
) -> None:
    found = Table[Amount]("t", Sentence(zh="表", en="t"), ()).replaced(told)
    for key in "ab":
        holding = [row for row in told if row.key == key and row.in_force(day)]
        assert [row.value for row in found.rows if row.key == key and row.in_force(day)] == [
            row.value for row in holding[-1:]
        ]


def test_the_tables_of_the_product_stay_what_they_are(tmp_path: Path) -> None:
    before = table("threshold").rows
    with workspace(tmp_path / "ws") as space:
        replace(space, "threshold", KEY, {"value": "5", **CITES}, reason="x")
        in_force(space)
    assert table("threshold").rows == before


@pytest.mark.parametrize(
    ("name", "key"), [("right", "capture"), ("role", "viewer"), ("account-rule", "failures-most")]
)
def test_rights_and_rules_of_accounts_are_not_replaced_by_an_entry(
    tmp_path: Path, name: str, key: str
) -> None:
    with workspace(tmp_path / "w") as space:
        with pytest.raises(RowRefused):
            replace(space, name, key, {"note": "x"}, reason="x")
        assert space.ledger.size == 0
