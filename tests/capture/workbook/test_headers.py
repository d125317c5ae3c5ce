"""A sheet is known by its headers, whichever of them people use."""

import pytest

from suyuan.capture.importer import NotRecognised
from suyuan.capture.workbook.headers import recognise
from suyuan.standards.forms import forms

SHEETS = [(form, sheet) for form in forms() for sheet in form.sheets]
IDS = [f"{form.role}/{sheet.key}" for form, sheet in SHEETS]


@pytest.mark.parametrize(("form", "sheet"), SHEETS, ids=IDS)
@pytest.mark.parametrize("lang", ["zh", "en", "key"])
def test_every_sheet_is_known_by_its_own_headers(form, sheet, lang) -> None:  # type: ignore[no-untyped-def]  # ids say what they are
    header = [getattr(column, lang) for column in reversed(sheet.columns)]
    (found,) = recognise([("Sheet1", [header])], "x.csv")
    assert (found.form.role, found.sheet.key) == (form.role, sheet.key)
    assert found.columns == {c.key: len(header) - 1 - n for n, c in enumerate(sheet.columns)}
    assert (found.unknown, found.twice, found.missing) == ((), (), ())


@pytest.mark.parametrize(("form", "sheet"), SHEETS, ids=IDS)
def test_every_sheet_is_known_by_its_required_columns_alone(form, sheet) -> None:  # type: ignore[no-untyped-def]  # ids say what they are
    # what is required on a condition is needed too: without it no row is ever good
    header = [c.zh for c in sheet.columns if c.required or c.required_unless]
    if len(header) == 1:  # a module or cell, whose parent makes it a table
        header.append(sheet.columns[1].zh)
    (found,) = recognise([("Sheet1", [header])], "x.csv")
    assert (found.form.role, found.sheet.key) == (form.role, sheet.key)


def test_a_second_header_row_in_the_other_language_is_no_data() -> None:
    for _, sheet in SHEETS:
        rows = [[c.zh for c in sheet.columns], [c.en for c in sheet.columns], ["x"] * len(sheet.columns)]
        (found,) = recognise([("Sheet1", rows)], "x.xlsx")
        assert found.data_row == 2


def test_both_languages_in_one_cell_are_one_header() -> None:
    for _, sheet in SHEETS:
        rows = [[f"{c.zh}\n{c.en}" for c in sheet.columns]]
        (found,) = recognise([("Sheet1", rows)], "x.xlsx")
        assert list(found.columns) == [c.key for c in sheet.columns]


def test_a_header_is_found_below_titles() -> None:
    rows: list[list[str | None]] = [
        ["2026 年报表"],
        [None],
        ["单位：某公司", None, "2026-06"],
        ["VIN", "销售日期", "销售地区", "购买方类型"],
    ]
    (found,) = recognise([("Sheet1", rows)], "x.xlsx")
    assert (found.header_row, found.data_row) == (3, 4)


def test_a_template_says_itself_what_it_is() -> None:
    header = [["编码", "入库日期", "来源单位代码", "重量"]]
    (found,) = recognise([("Sheet1", header)], "x.xlsx", "suyuan-form recycler-in 2026.1")
    assert found.form.role == "recycler-in"


def test_sheets_come_in_the_order_of_the_form() -> None:
    sheets = list(reversed(forms()[0].sheets))
    found = recognise([(s.zh, [[c.zh for c in s.columns]]) for s in sheets], "x.xlsx")
    assert [each.sheet.key for each in found] == ["packs", "modules", "cells"]


def test_headers_of_nothing_known_are_refused() -> None:
    with pytest.raises(NotRecognised):
        recognise([("Sheet1", [["a", "b"], ["编码", "x"]])], "x.xlsx")
