"""Whatever stands in a cell, its reader has an answer: a value, or what is wrong with it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.capture.workbook.cells import Raw
from suyuan.capture.workbook.readers import reader_for
from suyuan.standards.forms import Column, forms
from suyuan.terms.finding import Severity

TODAY = date(2026, 6, 1)
COLUMNS = {
    (column.type, column.unit, column.many): column
    for form in forms()
    for sheet in form.sheets
    for column in sheet.columns
}
MASS = COLUMNS["number", "kg", False]
DAY = COLUMNS["date", "", False]


def refused(column: Column, raw: Raw) -> list[str]:
    read = reader_for(column, TODAY, Decimal(1))(raw)
    return [remark.rule for remark in read.remarks if remark.severity is Severity.BLOCK]


@given(
    st.one_of(
        st.text(max_size=60),
        st.text("0123456789 .,-+/:eEkgWht年月日吨", max_size=40),
        st.floats(),
        st.integers(),
        st.booleans(),
        st.text("0123456789-: T", max_size=25).map(lambda text: (text,)),
    )
)
@example("1e999")
@example("9" * 400)
@example("9999-12-31T23:59:59-12:00")
@example(("0001-01-01T00:00:00+14:00",))
def test_no_cell_breaks_its_reader(raw: Raw) -> None:
    for column in COLUMNS.values():
        reader_for(column, TODAY, Decimal(1))(raw)


@pytest.mark.parametrize("text", ["1e999", "1e99999999999", "9" * 400, "1e999 t"])
def test_an_amount_beyond_all_numbers_is_told(text: str) -> None:
    assert refused(MASS, text) == ["number-unreadable"]


@pytest.mark.parametrize(
    "text", ["2026-05-01T08:00+99:99", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00+14:00"]
)
def test_a_time_that_no_clock_shows_is_told(text: str) -> None:
    assert refused(DAY, text) == ["date-impossible"]
