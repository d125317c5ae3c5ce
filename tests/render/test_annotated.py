"""The same workbook back: faulty cells coloured and noted, values as they were sent."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from tests.capture.workbook.filled import csv_bytes, pack, read, workbook
from tests.capture.workbook.test_formats import HEADER, ROWS, ods, xls

from suyuan.render import annotated
from suyuan.terms.sentence import Lang

GOOD = {
    "pack_code": pack(1),
    "model": "A",
    "produced_on": "2026-05-01",
    "rated_energy_kwh": 54.6,
    "mass_kg": 438.5,
}
PACKS = [
    GOOD,
    {**GOOD, "pack_code": "001PE050000001G5100000O2"},
    {**GOOD, "pack_code": pack(3), "mass_kg": 0.4385},
    {k: v for k, v in {**GOOD, "pack_code": pack(4)}.items() if k != "model"},
]
FAULTY_ROWS = [
    ["LNBSCB3F1DD130955", *ROWS[0][1:]],
    ROWS[1],
    ["5GZCZ43D13S812715", "someday", "610100", "个人"],
]
RED, YELLOW = "00FFC7CE", "00FFEB9C"


def back(data: bytes, name: str, tmp_path: Path, lang: Lang = "zh") -> openpyxl.Workbook:
    target = tmp_path / "back.xlsx"
    annotated.write(io.BytesIO(data), name, read(data, name).findings, target, lang)
    return openpyxl.load_workbook(target)


def coloured(page: Any) -> dict[str, str]:
    """Cells of a colour that a check gives, with it."""
    colours = {annotated.COLOURS[severity] for severity in annotated.COLOURS}
    return {
        cell.coordinate: cell.fill.start_color.rgb
        for row in page.iter_rows()
        for cell in row
        if cell.fill.fill_type and cell.fill.start_color.rgb[2:] in colours
    }


def values(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_faulty_cells_of_an_xlsx_are_coloured_and_noted_in_place(tmp_path: Path) -> None:
    data = workbook("battery-maker", packs=PACKS)
    book = back(data, "p.xlsx", tmp_path)
    page = book["电池包"]
    assert coloured(page) == {"A4": RED, "B6": RED, "J5": YELLOW}
    assert page["A4"].comment is not None
    assert page["A4"].comment.text == (
        "【阻断】code-confused-letters\n"
        + read(data, "p.xlsx").findings[0].reason.zh
        + "\n建议填写：001PE050000001G510000002"
    )
    before = openpyxl.load_workbook(io.BytesIO(data))["电池包"]
    assert [row[:14] for row in values(page)] == values(before)


def test_the_column_of_errors_tells_each_row_and_has_a_filter(tmp_path: Path) -> None:
    page = back(workbook("battery-maker", packs=PACKS), "p.xlsx", tmp_path)["电池包"]
    assert page["O1"].value == "错误 Errors"
    assert [bool(page[f"O{row}"].value) for row in range(3, 7)] == [False, True, True, True]
    assert str(page["O4"].value).startswith("[阻断] A4 ")
    assert page.auto_filter.ref == "A2:O6"


def test_a_sheet_sums_up_rule_by_rule(tmp_path: Path) -> None:
    page = back(workbook("battery-maker", packs=PACKS), "p.xlsx", tmp_path, "en")["检查结果 Findings"]
    assert [row[:3] for row in values(page)] == [
        ["severity", "rule", "count"],
        ["block", "code-confused-letters", 1],
        ["block", "required-missing", 1],
        ["warn", "mass-implausible", 1],
    ]
    assert [row[4] for row in values(page)[1:]] == ["电池包!A4", "电池包!B6", "电池包!J5"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("s.csv", csv_bytes([HEADER, *FAULTY_ROWS], "gb18030")),
        ("s.xls", xls([HEADER, *FAULTY_ROWS])),
        ("s.ods", ods([HEADER, *FAULTY_ROWS])),
    ],
)
def test_other_formats_come_back_as_xlsx_with_their_values(name: str, data: bytes, tmp_path: Path) -> None:
    book = back(data, name, tmp_path)
    sheet = "s" if name == "s.csv" else "销售"
    assert book.sheetnames == [sheet, "检查结果 Findings"]
    assert [row[:4] for row in values(book[sheet])] == [HEADER, *FAULTY_ROWS]
    assert coloured(book[sheet]) == {"A2": "FFFFC7CE", "B4": "FFFFC7CE"}
    assert book[sheet]["E1"].value == "错误 Errors"
    assert book[sheet]["A2"].comment is not None


def test_a_large_workbook_comes_back_row_by_row_with_the_same_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotated, "CELLS_IN_PLACE", 10)
    data = workbook("battery-maker", packs=PACKS)
    page = back(data, "p.xlsx", tmp_path)["电池包"]
    assert {cell: colour[2:] for cell, colour in coloured(page).items()} == {
        "A4": RED[2:],
        "B6": RED[2:],
        "J5": YELLOW[2:],
    }
    before = openpyxl.load_workbook(io.BytesIO(data))["电池包"]
    assert [row[:14] for row in values(page)] == values(before)


def test_a_corrected_workbook_goes_in_without_a_word(tmp_path: Path) -> None:
    book = back(workbook("battery-maker", packs=PACKS), "p.xlsx", tmp_path)
    page = book["电池包"]
    page["A4"], page["J5"], page["B6"] = pack(2), 438.5, "A"
    book.save(tmp_path / "fixed.xlsx")
    result = read((tmp_path / "fixed.xlsx").read_bytes(), "fixed.xlsx")
    assert (len(result.events), result.findings) == (4, [])


def test_what_an_earlier_check_wrote_is_taken_off_first(tmp_path: Path) -> None:
    first = workbook("battery-maker", packs=PACKS)
    book = back(first, "p.xlsx", tmp_path)
    book["电池包"]["A4"] = pack(2)
    book.save(tmp_path / "again.xlsx")
    page = back((tmp_path / "again.xlsx").read_bytes(), "again.xlsx", tmp_path)["电池包"]
    assert coloured(page) == {"B6": RED, "J5": YELLOW}
    assert [cell.value for cell in page[1]].count("错误 Errors") == 1
    assert page["A4"].comment is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_cell_must_not_hold_is_noted_without_it(lang: Lang, tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet("=1+1")
        for number, row in enumerate([HEADER, ["LNBSCB3F0DD130955", "20\x0126", "=1+1", "个\x02人"]]):
            for column, text in enumerate(row):
                page.write_string(number, column, text)
    back_again = back(stream.getvalue(), "v.xlsx", tmp_path, lang)
    assert sorted(coloured(back_again["=1+1"])) == ["B2", "C2", "D2"]
    formulas = [cell.coordinate for page in back_again.worksheets for row in page.iter_rows() for cell in row if cell.data_type == "f"]  # fmt: skip
    assert formulas == []
