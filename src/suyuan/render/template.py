"""Submission workbooks out: the blank form that a party fills in, or one filled already.

    填写说明 Instructions | 电池包 | 模块 | 单体 | (_suyuan: very hidden; stamp, word lists)

Row 1 has the headers in Chinese, row 2 in English, both frozen; a header's note tells what the column takes. Columns
with codes are text, so that a spreadsheet makes no number of them; columns with a fixed choice have a drop-down.
Examples stand in the instructions only: a filled sheet never holds a row that was not meant.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from suyuan.capture.workbook.cells import letters
from suyuan.capture.workbook.reading import INSTRUCTIONS, STAMP_SHEET
from suyuan.standards.forms import CODES, Column, Form, Sheet

Rows = Mapping[str, Iterable[Mapping[str, Any]]]
"""By sheet key: rows of values by column key. A choice is its value or any spelling; several values are a sequence;
a text is written as it is whatever the column, so that faults can be written too."""

HEADERS = 2
ROWS_LISTED = 1_048_576
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"

_TYPES = {
    "battery_code": ("动力电池编码", "battery code"),
    "vin": ("车辆识别代号", "VIN"),
    "uscc": ("统一社会信用代码", "credit code"),
    "date": ("日期", "date"),
    "datetime": ("日期时间", "date and time"),
    "number": ("数字", "number"),
    "area": ("行政区划代码", "area code"),
    "choice": ("选择", "choice"),
    "text": ("文本", "text"),
}


def write(
    form: Form, target: Path | str | BinaryIO, rows: Rows | None = None, remarks: Sequence[str] = ()
) -> None:
    """Write the form as an xlsx workbook, blank or with `rows`; `remarks` stand on the page of instructions."""
    import xlsxwriter  # every command comes by here, and hardly one writes a workbook

    for key in rows or {}:
        form.sheet(key)  # a KeyError before anything is written
    out = target if isinstance(target, Path | str) else None
    workbook = xlsxwriter.Workbook(out or target, {"constant_memory": True, "strings_to_formulas": False})
    workbook.set_properties({"title": f"{form.zh} {form.en}", "comments": form.stamp})
    try:
        _Writer(workbook, form, remarks).write(rows or {})
    finally:
        workbook.close()


def write_csv(
    form: Form,
    sheet: str,
    target: Path | str,
    rows: Iterable[Mapping[str, Any]],
    *,
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> None:
    """Write one sheet of the form as delimited text, as a spreadsheet program would save it."""
    columns = form.sheet(sheet).columns
    with Path(target).open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow([column.zh for column in columns])
        for row in rows:
            writer.writerow([_csv_text(shown(column, row.get(column.key))) for column in columns])


def shown(column: Column, value: Any) -> Any:
    """A value as it stands in a cell: the Chinese name of a choice, several values in one text."""
    if column.type == "choice":
        word = ("yes" if value else "no") if isinstance(value, bool) else value
        return next((choice.zh for choice in column.choices if choice.value == word), word)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(map(str, value))
    return value


def _csv_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else value


class _Writer:
    """One workbook under way."""

    def __init__(self, workbook: Any, form: Form, remarks: Sequence[str] = ()) -> None:
        self._workbook, self._form, self._remarks = workbook, form, remarks
        style = workbook.add_format
        font = {"font_name": "Microsoft YaHei", "font_size": 10}
        head = {
            **font,
            "bold": True,
            "border": 1,
            "border_color": "#BFBFBF",
            "text_wrap": True,
            "valign": "vcenter",
        }
        self._head = style({**head, "bg_color": "#DCE6F1"})
        self._head_required = style({**head, "bg_color": "#F8CBAD"})
        self._second = style(
            {**font, "italic": True, "font_color": "#595959", "bg_color": "#F2F2F2", "text_wrap": True}
        )
        self._title = style({**font, "bold": True, "font_size": 16})
        self._body = style({**font, "text_wrap": True, "valign": "top"})
        self._example = style(
            {**font, "italic": True, "font_color": "#7F7F7F", "num_format": "@", "valign": "top"}
        )
        self._text = style({"num_format": "@"})
        self._day = style({"num_format": DAY})
        self._moment = style({"num_format": MOMENT})
        self._lists: dict[tuple[str, ...], str] = {}

    def write(self, rows: Rows) -> None:
        """All sheets, in their order."""
        self._instructions(self._workbook.add_worksheet(INSTRUCTIONS))
        sheets = [(sheet, self._workbook.add_worksheet(sheet.zh)) for sheet in self._form.sheets]
        self._hidden(self._workbook.add_worksheet(STAMP_SHEET))
        for sheet, page in sheets:
            self._sheet(sheet, page, rows.get(sheet.key, ()))
        sheets[0][1].activate()
        sheets[0][1].set_first_sheet()

    def _instructions(self, page: Any) -> None:
        form = self._form
        page.hide_gridlines(2)
        for column, width in enumerate((14, 26, 24, 10, 26, 28, 44, 44, 24)):
            page.set_column(column, column, width)
        page.write_string(0, 0, f"{form.zh}  {form.en}", self._title)
        lines = (
            *self._remarks, form.help_zh, form.help_en,
            "橙色表头为必填列。编码列为文本格式，请勿改为数字。日期写作 2026-05-01。示例只在本页，请勿粘贴到填报表中。",
            "Orange headers are required. Columns with codes are text: do not make them numbers. Dates like 2026-05-01. "
            "Examples stand on this page only.",
            f"依据 Source: {form.cites}   版本 Version: {form.stamp}",
        )  # fmt: skip
        for number, line in enumerate(lines, 1):
            page.write_string(number, 0, line)
        titles = (
            "表 Sheet",
            "列名",
            "Header",
            "必填 Req.",
            "类型 Type",
            "示例 Example",
            "说明",
            "Note",
            "依据 Source",
        )
        row = len(lines) + 2
        for column, title in enumerate(titles):
            page.write_string(row, column, title, self._head)
        for sheet in form.sheets:
            for each in sheet.columns:
                row += 1
                self._explained(page, row, sheet, each)
        page.freeze_panes(len(lines) + 3, 0)

    def _explained(self, page: Any, row: int, sheet: Sheet, column: Column) -> None:
        kind_zh, kind_en = _TYPES[column.type]
        unit = f" {column.unit}" if column.unit else ""
        words = " / ".join(choice.zh for choice in column.choices)
        words_en = " / ".join(choice.en for choice in column.choices)
        condition = column.required_when or column.required_unless
        required = "是 yes" if column.required else "有条件 see note" if condition else ""
        zh = "；".join(filter(None, (column.note_zh, _condition(column, sheet, 0), words)))
        en = "; ".join(filter(None, (column.note_en, _condition(column, sheet, 1), words_en)))
        texts = (
            sheet.zh,
            column.zh,
            column.en,
            required,
            f"{kind_zh} {kind_en}{unit}",
            column.example,
            zh,
            en,
            column.cites,
        )
        for place, text in enumerate(texts):
            page.write_string(row, place, text, self._example if place == 5 else self._body)

    def _hidden(self, page: Any) -> None:
        """The stamp, and the word lists that are too long to stand in a drop-down."""
        page.very_hidden()
        lists = list(
            dict.fromkeys(
                _words(column) for sheet in self._form.sheets for column in sheet.columns if column.choices
            )
        )
        longest = max(map(len, lists), default=0)
        for row in range(max(longest, 1)):
            if row == 0:
                page.write_string(0, 0, self._form.stamp)
            for place, words in enumerate(lists, 1):
                if row < len(words):
                    page.write_string(row, place, words[row])
        for place, words in enumerate(lists, 1):
            column = letters(place)
            self._lists[words] = f"={STAMP_SHEET}!${column}$1:${column}${len(words)}"

    def _sheet(self, sheet: Sheet, page: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        formats = [self._format(column) for column in sheet.columns]
        for place, (column, style) in enumerate(zip(sheet.columns, formats, strict=True)):
            page.set_column(place, place, _width(column), style)
        page.set_row(0, 32)
        for place, column in enumerate(sheet.columns):
            style = self._head_required if column.required else self._head
            page.write_string(0, place, f"{column.zh}*" if column.required else column.zh, style)
            page.write_comment(
                0, place, _note(column, sheet), {"x_scale": 2.2, "y_scale": 1.6, "author": "suyuan"}
            )
            self._validation(page, place, column)
        for place, column in enumerate(sheet.columns):
            page.write_string(1, place, column.en, self._second)
        page.freeze_panes(HEADERS, 1)
        self._rows(sheet, page, rows, formats)

    def _rows(self, sheet: Sheet, page: Any, rows: Iterable[Mapping[str, Any]], formats: list[Any]) -> None:
        columns = [(place, column, formats[place]) for place, column in enumerate(sheet.columns)]
        for number, row in enumerate(rows, HEADERS):
            for place, column, style in columns:
                value = row.get(column.key)
                if value is None:
                    continue
                if column.choices or column.many:
                    value = shown(column, value)
                if isinstance(value, str):
                    page.write_string(number, place, value, style)
                elif isinstance(value, bool):
                    page.write_boolean(number, place, value)
                elif isinstance(value, date):
                    page.write_datetime(number, place, value, style or self._day)
                else:
                    page.write_number(number, place, value, None if style is self._text else style)

    def _format(self, column: Column) -> Any:
        if column.type in CODES:
            return self._text
        return {"date": self._day, "datetime": self._moment}.get(column.type)

    def _validation(self, page: Any, place: int, column: Column) -> None:
        """Drop-downs, and a word of warning; what is refused is decided on taking in, with reasons."""
        area = (HEADERS, place, ROWS_LISTED - 1, place)
        common = {
            "error_type": "warning",
            "ignore_blank": True,
            "error_title": f"{column.zh} {column.en}"[:32],
        }
        if column.choices:
            words = _words(column)
            page.data_validation(*area, {**common, "validate": "list", "source": self._lists[words]})
        elif column.type in ("date", "datetime"):
            page.data_validation(
                *area, {**common, "validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_message": "请填写日期，如 2026-05-01"}
            )  # fmt: skip
        elif column.type in ("vin", "uscc"):
            length = 17 if column.type == "vin" else 18
            page.data_validation(
                *area, {**common, "validate": "length", "criteria": "==", "value": length, "error_message": f"应为 {length} 位"}
            )  # fmt: skip


def _words(column: Column) -> tuple[str, ...]:
    return tuple(choice.zh for choice in column.choices)


def _condition(column: Column, sheet: Sheet, lang: int) -> str:
    condition = column.required_when or column.required_unless
    if not condition:
        return ""
    key, _, wanted = condition.partition("=")
    other = sheet.column(key)
    choice = next((choice for choice in other.choices if choice.value == wanted), None)
    said = ((choice.zh if lang == 0 else choice.en) if choice else "") if wanted else ""
    name = other.zh if lang == 0 else other.en
    if lang == 0:
        where = f"“{name}”为“{said}”" if said else f"填写“{name}”"
        return f"{where}时必填" if column.required_when else f"除{where}外必填"
    where = f"{name} is {said}" if said else f"{name} is given"
    return f"required where {where}" if column.required_when else f"required unless {where}"


def _note(column: Column, sheet: Sheet) -> str:
    lines: Iterator[str] = iter(
        (
            f"{column.zh} / {column.en}",
            column.note_zh,
            column.note_en,
            _condition(column, sheet, 0),
            _condition(column, sheet, 1),
            f"示例 e.g. {column.example}" if column.example else "",
            f"依据 {column.cites}" if column.cites else "",
        )
    )
    return "\n".join(filter(None, lines))


def _width(column: Column) -> float:
    header = sum(2 if ord(character) > 0x2E7F else 1 for character in column.zh)
    content = {"battery_code": 27, "vin": 20, "uscc": 21, "date": 12, "datetime": 20}.get(column.type, 12)
    return max(content * (1.6 if column.many else 1), min(header, 26) + 3)
