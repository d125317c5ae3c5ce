"""The blank workbook: headers, drop-downs, text columns, notes, and a stamp that nobody sees."""

import io
from datetime import date

import openpyxl
import pytest

from suyuan.render import template
from suyuan.standards.forms import CODES, Form, form, forms


def opened(role: str, **rows: list[dict[str, object]]) -> openpyxl.Workbook:
    stream = io.BytesIO()
    template.write(form(role), stream, rows)
    return openpyxl.load_workbook(stream)


@pytest.mark.parametrize("each", forms(), ids=lambda each: each.role)
def test_a_template_has_instructions_its_sheets_and_a_hidden_stamp(each: Form) -> None:
    book = opened(each.role)
    assert book.sheetnames == ["填写说明 Instructions", *(sheet.zh for sheet in each.sheets), "_suyuan"]
    assert (book["_suyuan"].sheet_state, book["_suyuan"]["A1"].value) == ("veryHidden", each.stamp)
    assert book.active is not None
    assert book.active.title == each.sheets[0].zh


@pytest.mark.parametrize("each", forms(), ids=lambda each: each.role)
def test_headers_are_frozen_in_both_languages_with_a_note(each: Form) -> None:
    book = opened(each.role)
    for sheet in each.sheets:
        page = book[sheet.zh]
        assert page.freeze_panes == "B3"
        assert [cell.value for cell in page[1]] == [f"{c.zh}*" if c.required else c.zh for c in sheet.columns]
        assert [cell.value for cell in page[2]] == [c.en for c in sheet.columns]
        assert all(cell.comment is not None for cell in page[1])
        assert page.max_row == 2


def test_columns_with_codes_are_text() -> None:
    for each in forms():
        book = opened(each.role)
        for sheet in each.sheets:
            text = {
                number
                for style in book[sheet.zh].column_dimensions.values()
                if style.number_format == "@"
                for number in range(style.min, style.max + 1)
            }
            assert text == {n for n, column in enumerate(sheet.columns, 1) if column.type in CODES}


def test_choices_have_a_drop_down_with_every_word() -> None:
    book = opened("recycler-batch")
    rules = {
        str(rule.sqref).rstrip("0123456789:"): rule for rule in book["产出"].data_validations.dataValidation
    }
    material = form("recycler-batch").sheet("outputs").column("material")
    rule = next(rule for sqref, rule in rules.items() if sqref.startswith("D3"))
    assert rule.formula1.startswith("_suyuan!$")
    letter = rule.formula1.split("$")[1]
    words = [cell.value for cell in book["_suyuan"][letter] if cell.value]
    assert words == [choice.zh for choice in material.choices]


def test_examples_stand_in_the_instructions_only() -> None:
    book = opened("battery-maker")
    texts = [cell.value for row in book["填写说明 Instructions"].iter_rows() for cell in row]
    assert "001PE050000001G510000042" in texts
    assert [cell.value for row in book["电池包"].iter_rows(min_row=3) for cell in row] == []


def test_a_filled_form_has_its_values_from_row_three_on() -> None:
    row = {
        "vin": "LNBSCB3F0DD130955",
        "sold_on": date(2026, 6, 2),
        "sale_area": "610500",
        "buyer_kind": "person",
    }
    page = opened("vehicle-maker-sale", sales=[row])["销售"]
    cells = [cell.value for cell in page[3]]
    assert cells[0] == "LNBSCB3F0DD130955"
    assert cells[1].date() == date(2026, 6, 2)
    assert cells[2:4] == ["610500", "个人"]


def test_a_sheet_that_the_form_does_not_have_is_refused_before_anything_is_written(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's own
    with pytest.raises(KeyError):
        template.write(form("swap"), tmp_path / "x.xlsx", {"nothing": []})
    assert list(tmp_path.iterdir()) == []


def test_the_same_form_is_written_as_csv(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's own
    row = {
        "vin": "LNBSCB3F0DD130955",
        "sold_on": date(2026, 6, 2),
        "sale_area": "610500",
        "buyer_kind": "person",
    }
    template.write_csv(form("vehicle-maker-sale"), "sales", tmp_path / "x.csv", [row], encoding="gb18030")
    assert (tmp_path / "x.csv").read_text("gb18030").splitlines() == [
        "车辆识别代号,销售日期,销售地区,购买方类型,购买单位统一社会信用代码",
        "LNBSCB3F0DD130955,2026-06-02,610500,个人,",
    ]
