"""Rows without evidence do not load, and say why."""

from datetime import date

import pytest

from suyuan.standards.documents import DocumentRefused, read_register
from suyuan.standards.loader import RowRefused, read_tables
from suyuan.standards.shapes import Amount, Row
from suyuan.terms.citation import Mark

DOCUMENTS = frozenset({"order-73-2026"})
WHOLE = {"unit": '"kg"', "from": "2026-04-01", "cites": '"order-73-2026#article-24"', "mark": '"S"'}


def text_of(columns: dict[str, str], rows: str = '{ key = "nickel", value = 0.98 }') -> str:
    head = "\n".join(f"{key} = {value}" for key, value in columns.items())
    return f"[floor]\n{head}\nrows = [ {rows} ]"


def load(text: str) -> list[Row]:
    return list(read_tables(text, "floors.toml", {"floor": Amount}, DOCUMENTS)["floor"].rows)


def refusal(text: str) -> RowRefused:
    with pytest.raises(RowRefused) as raised:
        load(text)
    return raised.value


def test_a_row_with_its_evidence_loads() -> None:
    (row,) = load(text_of(WHOLE))
    assert isinstance(row, Amount)
    assert (str(row.value), row.unit, row.since, row.mark) == (
        "0.98",
        "kg",
        date(2026, 4, 1),
        Mark.SECOND_HAND,
    )
    assert (row.citation.document, row.citation.clause, row.verified) == (
        "order-73-2026",
        "article-24",
        False,
    )


@pytest.mark.parametrize(
    ("column", "en", "zh"),
    [
        ("unit", "no unit; write unit =", "缺少单位"),
        ("from", "no first day in force; write from = 2026-04-01", "缺少生效日期"),
        ("cites", "no document; write cites =", "缺少依据文件"),
        ("mark", "no mark; write mark =", "缺少可信度标记"),
    ],
)
def test_a_row_without_one_piece_of_evidence_is_refused_by_name_with_the_remedy(
    column: str, en: str, zh: str
) -> None:
    refused = refusal(text_of({key: value for key, value in WHOLE.items() if key != column}))
    assert str(refused).startswith(f"floors.toml, table floor, row nickel: {en}")
    assert refused.show("zh").startswith(f"floors.toml 表 floor 第 nickel 行：{zh}")


@pytest.mark.parametrize("column", ["unit", "cites", "mark"])
def test_an_empty_piece_of_evidence_is_none(column: str) -> None:
    assert f", row nickel: no {'document' if column == 'cites' else column}" in str(
        refusal(text_of({**WHOLE, column: '""'}))
    )


def test_a_document_that_is_not_registered_is_refused() -> None:
    refused = refusal(text_of({**WHOLE, "cites": '"order-74#x"'}))
    assert "its document 'order-74' is not in the register; name one of documents.toml" in str(refused)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('{ key = "nickel" }', "missing required field `value`"),
        ('{ key = "nickel", value = "much" }', "$.value"),
        ('{ key = "nickel", value = 1, colour = "grey" }', "unknown field `colour`"),
        ('{ key = "nickel", value = 1, mark = "X" }', "Invalid enum value 'X'"),
        ("{ value = 1 }", "row 1: Object missing required field `key`"),
    ],
)
def test_a_row_that_does_not_fit_its_table_is_refused_with_the_columns(rows: str, told: str) -> None:
    refused = refusal(text_of(WHOLE, rows))
    assert told in str(refused)
    assert "columns of this table: key, unit, from, to, cites, mark, note, value" in str(refused)


def test_a_row_may_say_otherwise_than_the_head_of_its_table() -> None:
    (row,) = load(text_of(WHOLE, '{ key = "nickel", value = 1, mark = "C", unit = "t" }'))
    assert (row.mark, row.unit, row.verified) == (Mark.CONFIRMED, "t", True)


def test_two_values_of_one_key_on_one_day_are_refused() -> None:
    rows = '{ key = "nickel", value = 1 }, { key = "nickel", value = 2, from = 2027-01-01 }'
    assert "two rows are in force on 2027-01-01" in str(refusal(text_of(WHOLE, rows)))
    rows = '{ key = "nickel", value = 1, to = 2026-12-31 }, { key = "nickel", value = 2, from = 2027-01-01 }'
    assert len(load(text_of(WHOLE, rows))) == 2


def test_a_row_that_ends_before_it_begins_is_refused() -> None:
    rows = '{ key = "nickel", value = 1, to = 2026-03-31 }'
    assert "ends on 2026-03-31, before it begins on 2026-04-01" in str(refusal(text_of(WHOLE, rows)))


def test_the_value_in_force_on_a_day_is_found_by_key_and_day() -> None:
    rows = '{ key = "nickel", value = 1, to = 2026-12-31 }, { key = "nickel", value = 2, from = 2027-01-01 }'
    table = read_tables(text_of(WHOLE, rows), "floors.toml", {"floor": Amount}, DOCUMENTS)["floor"]
    values = [table.at("nickel", day) for day in (date(2026, 3, 31), date(2026, 12, 31), date(2027, 1, 1))]
    assert [getattr(row, "value", None) for row in values] == [None, 1, 2]
    assert {key: getattr(row, "value", None) for key, row in table.on(date(2028, 1, 1)).items()} == {
        "nickel": 2
    }
    assert getattr(table.latest("nickel"), "value", None) == 2
    assert table.latest("cobalt") is None


def test_a_table_without_a_shape_is_refused() -> None:
    with pytest.raises(RowRefused, match="no shape is known"):
        read_tables("[other]", "floors.toml", {"floor": Amount}, DOCUMENTS)


def test_a_document_without_source_or_mark_is_refused() -> None:
    whole = 'title = { zh = "甲", en = "a" }\nissuer = "i"\nnumber = "1"\nkind = "rule"\nmark = "C"\nsource = "s"\n'
    assert read_register("[x]\n" + whole)["x"].name.zh == "甲"
    for line in whole.splitlines():
        with pytest.raises(DocumentRefused, match="document x"):
            read_register("[x]\n" + whole.replace(line, ""))
