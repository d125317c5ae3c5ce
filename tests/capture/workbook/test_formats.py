"""A sheet says the same in whatever format it comes."""

import io
import zipfile
from datetime import date
from xml.sax.saxutils import escape

import pytest
import xlwt
from tests.capture.workbook.filled import Result, csv_bytes, read, workbook

from suyuan.capture.importer import EmptyDocument, NotRecognised
from suyuan.capture.workbook import sheets
from suyuan.capture.workbook.errors import DamagedWorkbook, FormUnclear, WorkbookTooBig
from suyuan.capture.workbook.met import Met

HEADER = ["车架号", "销售时间", "销售地区", "购买方类型"]
ROWS = [
    ["LNBSCB3F0DD130955", "2026-06-02", "610500", "个人"],
    ["5GZCZ43D13S812715", "2026/6/3", "610100", "私人"],
]


def sold(result: Result) -> list[tuple[str, str, str]]:
    return [(e["epcList"][0][-17:], e["eventTime"], e["sy:saleArea"]) for e in result.events]


SOLD = [
    ("LNBSCB3F0DD130955", "2026-06-02T00:00:00+08:00", "610500"),
    ("5GZCZ43D13S812715", "2026-06-03T00:00:00+08:00", "610100"),
]


def xls(rows: list[list[str]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("销售")
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            sheet.write(r, c, text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
            for text in row
        )
        + "</table:table-row>"
        for row in rows
    )
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="销售">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return stream.getvalue()


DOCUMENTS = {
    "sales.csv": csv_bytes([HEADER, *ROWS]),
    "sales-gbk.csv": csv_bytes([HEADER, *ROWS], "gb18030"),
    "sales-bom.csv": csv_bytes([HEADER, *ROWS], "utf-8-sig"),
    "sales.tsv": csv_bytes([HEADER, *ROWS], "utf-8", "\t"),
    "sales-semicolon.csv": csv_bytes([HEADER, *ROWS], "gb18030", ";"),
    "sales-mac.csv": csv_bytes([HEADER, *ROWS]).replace(b"\r\n", b"\r"),
    "sales.xls": xls([HEADER, *ROWS]),
    "sales.ods": ods([HEADER, *ROWS]),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_format_gives_the_same_events(name: str) -> None:
    assert sold(read(DOCUMENTS[name], name)) == SOLD


def test_a_csv_that_turns_chinese_late_is_still_read_as_gb18030() -> None:
    plain = [["VIN", "Sale date", "Sale area", "Buyer kind"]] + [
        [f"LNBSCB3F0DD13{n:04}", "2026-06-02", "610500", "person"] for n in range(40_000)
    ]
    data = csv_bytes(plain) + csv_bytes([ROWS[1]], "gb18030")
    assert sold(read(data, "late.csv", alone=10**9))[-1] == SOLD[1]


def test_title_rows_blank_rows_totals_and_notes_are_passed_over() -> None:
    rows = [
        ["2026 年 6 月销售明细"],
        [],
        HEADER,
        ROWS[0],
        ["", "", "", ""],
        ["合计", "1"],
        ["填表人：张"],
        ROWS[1],
    ]
    result = read(csv_bytes([row + [""] * (4 - len(row)) for row in rows]), "t.csv")
    assert sold(result) == SOLD
    assert result.told() == [("t!A6", "row-totals"), ("t!A7", "row-note")]
    assert result.places == ["t!A4", "t!A8"]


def test_headers_come_in_any_order_width_case_and_language() -> None:
    header = ["BUYER  kind", "　车辆识别代号（VIN）", "sale_area*", "销售日期："]
    row = [ROWS[0][3], ROWS[0][0], ROWS[0][2], ROWS[0][1]]
    assert sold(read(csv_bytes([header, row]), "t.csv")) == SOLD[:1]


def test_a_missing_required_column_blocks_its_sheet_once() -> None:
    result = read(
        csv_bytes([["车架号", "销售时间", "购买方类型"], ["LNBSCB3F0DD130955", "2026-06-02", "个人"]]),
        "sale.csv",
    )
    assert (result.events, result.told()) == ([], [("sale!A1", "column-missing")])
    assert result.findings[0].suggestion == "销售地区"


def test_unknown_and_second_columns_are_passed_over_and_told() -> None:
    rows = [[*HEADER, "颜色", "VIN"], [*ROWS[0], "白", "LNBSCB3F0DD130955"]]
    result = read(csv_bytes(rows), "t.csv")
    assert sold(result) == SOLD[:1]
    assert sorted(result.told()) == [("t!A1", "column-twice"), ("t!E1", "column-unknown")]


def test_an_amount_in_tonnes_by_its_header_is_taken_in_kilograms() -> None:
    rows = [
        ["电池编码", "回收入库日期", "来源类型", "重量(吨)"],
        ["001PE050000001G510000042", "2026-10-08", "车主", "0.436"],
    ]
    result = read(csv_bytes(rows), "outlet-in.csv")
    assert [e["sy:mass_kg"] for e in result.events] == [436]
    assert result.told() == [("outlet-in!D1", "header-unit")]


def test_headers_that_fit_several_forms_are_told_apart_by_the_files_name() -> None:
    rows = [
        ["编码", "入库日期", "来源单位代码", "重量"],
        ["001PE050000001G510000042", "2026-10-08", "912201011239989159", "436"],
    ]
    with pytest.raises(FormUnclear, match="echelon, recycler-in"):
        read(csv_bytes(rows), "x.csv")
    assert [e["bizStep"] for e in read(csv_bytes(rows), "recycler-in 2026-10.csv").events] == ["receiving"]


def test_merged_cells_count_for_every_row_that_they_span() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["车架号", "车辆型号", "电池包编码", "下线时间", "合格证编号", "合格证日期"])
    first = ["LNBSCB3F0DD130955", "M-1", "001PE050000001G510000042", "2026-05-12", "W-1", "2026-05-13"]
    sheet.append(first)
    sheet.append([None, None, "001PE050000001G510000043", None, None, None])
    for column in "ABDEF":
        sheet.merge_cells(f"{column}2:{column}3")
    stream = io.BytesIO()
    book.save(stream)
    result = read(stream.getvalue(), "merged.xlsx")
    assert [len(e["childEPCs"]) for e in result.events if e["bizStep"] == "installing"] == [2]
    assert result.told() == [(f"Sheet!{c}2:{c}3", "cells-merged") for c in "ABDEF"]


def test_a_cell_whose_formula_fails_is_a_fault() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append(ROWS[0])
    sheet["C2"] = "#REF!"
    sheet["C2"].data_type = "e"
    stream = io.BytesIO()
    book.save(stream)
    assert read(stream.getvalue(), "e.xlsx").told() == [("Sheet!C2", "cell-error")]


def test_an_empty_workbook_is_told_to_be_empty() -> None:
    with pytest.raises(EmptyDocument):
        read(csv_bytes([["", ""]]), "blank.csv")


def test_a_blank_template_is_no_error_and_says_nothing() -> None:
    result = read(workbook("dismantler"), "dismantler.xlsx")
    assert (result.events, result.findings) == ([], [])


def test_a_table_of_something_else_is_not_recognised_and_its_headers_are_told() -> None:
    with pytest.raises(NotRecognised, match="found: name、age"):
        read(csv_bytes([["name", "age"], ["x", "3"]]), "people.csv")


def test_a_text_in_no_known_encoding_is_told() -> None:
    with pytest.raises(DamagedWorkbook, match="neither UTF-8 nor GB18030"):
        read("车架号,销售时间\n".encode() + b"\xff\xff\xff\xff,1\n", "x.csv")


def test_an_open_quotation_mark_is_told() -> None:
    with pytest.raises(DamagedWorkbook, match="quotation mark"):
        read(b'VIN,Sale date\n"' + b"x" * (2 << 20), "x.csv")


def test_a_delimited_text_longer_than_any_workbook_is_refused_without_being_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "FILE_MAX", 3 << 20)
    long = io.BytesIO(b"001PE050000001G510000042,LFP-55-A\n" * 200_000)
    (sheet,) = sheets.open_sheets(long, "outlet.csv")
    with pytest.raises(WorkbookTooBig, match="larger than 3 MiB; split it"):
        for _ in sheet.rows:
            pass
    assert long.tell() <= 5 << 20


def test_the_same_row_on_two_sheets_of_one_form_is_told_with_the_place_of_the_first() -> None:
    met = Met("91610100TEB000010E", date(2026, 6, 1))
    assert met.row_before("packs", "一月", ("A",), 2) is None
    assert met.row_before("packs", "二月", ("B",), 2) is None
    assert met.row_before("modules", "二月", ("A",), 3) is None
    assert met.row_before("packs", "二月", ("A",), 3) == "一月!A2"
    assert met.row_before("packs", "二月", ("B",), 4) == "二月!A2"
