"""A report as PDF/A-2 (accessible level) on A4: the same report is the same file, byte for byte, on every machine.

The page is described in `report.typ`; fonts come from `fonts/`, none from the machine, and the date is that of the last entry.
A character that the font does not have is written as its number, `〔U+20BB7〕`: nothing is lost silently.
"""

import json
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from suyuan.render.charts import drawn
from suyuan.render.charts.svg import width
from suyuan.render.report_data import tables
from suyuan.reports.report import Cell, Column, Kind, Report, Section, Table, shown
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Lang, Sentence

if TYPE_CHECKING:
    import typst

HERE = Path(__file__).parent
STANDARD: Literal["a-2a"] = "a-2a"
ROWS_MOST, ENTRIES_SHOWN = 2000, 4
"""Of one table on paper; the workbook and the JSON have all. Entries named beside a row."""
ENTRIES = Sentence(zh="账本条目", en="entries")
CUT = Sentence(
    zh="此处列出 {shown} 行，共 {all} 行；其余见工作簿与 JSON",
    en="{shown} of {all} rows are listed here; the workbook and the JSON have all",
)
LAW = Sentence(zh="依据：{row}", en="decided by {row}")
MADE_ON = Sentence(zh="截至 {at}（北京时间）的账本", en="ledger as of {at} (Beijing time)")


def pdf(report: Report, lang: Lang) -> bytes:
    """The document's bytes."""
    import typst  # takes a moment and memory, and hardly a command writes a PDF

    made = report.made_from.recorded_at.astimezone(UTC).replace(microsecond=0)
    told = json.dumps(_covered(_told(report, lang)), ensure_ascii=False)
    written: bytes = typst.compile(
        (HERE / "report.typ").read_bytes(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"report": told},
        pdf_standards=[STANDARD], timestamp=made, format="pdf",
    )  # fmt: skip
    return written


@cache
def _fonts() -> "typst.Fonts":
    import typst

    # the embedded ones serve Latin letters with marks, which the font of Chinese forms has not
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(HERE / "fonts")]
    )


@cache
def _characters() -> frozenset[str]:
    listed = (HERE / "fonts" / "characters.txt").read_text(encoding="utf-8")
    return frozenset(listed) | {"\n"} | {chr(n) for n in range(0x100, 0x180)}


def covered(text: str) -> str:
    """The text in characters that can be printed.

    >>> covered("宁德，𠮷 1")
    '宁德，〔U+20BB7〕 1'
    """
    known = _characters()
    if known.issuperset(text):
        return text
    return "".join(each if each in known else f"〔U+{ord(each):04X}〕" for each in text)


def _covered(value: Any) -> Any:
    """The same value, every text in it in characters that can be printed."""
    if isinstance(value, str):
        return covered(value)
    if isinstance(value, list):
        return [_covered(each) for each in value]
    return {key: _covered(each) for key, each in value.items()} if isinstance(value, dict) else value


def _told(report: Report, lang: Lang) -> dict[str, Any]:
    at = report.made_from.recorded_at.astimezone(UTC)
    sections = [_section(section, lang) for section in report.sections]
    told = [table for section in sections for table in section["tables"]]
    wide = any(
        sum(column["w"] for column in table["columns"]) > CROWDED * UPRIGHT / table["size"] for table in told
    )
    for table in told:
        _laid_out(table, (LYING if wide else UPRIGHT) / table["size"])
    return {
        "lang": lang, "title": report.title.show(lang), "about": report.about.show(lang), "wide": wide,
        "remarks": [remark.show(lang) for remark in report.remarks], "origin": report.made_from.origin,
        "made_from": report.made_from.sentence().show(lang), "made": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "made_on": MADE_ON.show(lang).format(at=f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
        "sections": sections,
    }  # fmt: skip


def _section(section: Section, lang: Lang) -> dict[str, Any]:
    name = section.title.show(lang)
    chart = drawn(section.chart, lang) if section.chart is not None else None
    alt = (
        name
        if section.chart is None or isinstance(section.chart, Sentence)
        else section.chart.title.show(lang)
    )
    return {
        "title": name, "paragraphs": [each.show(lang) for each in section.paragraphs], "chart": chart, "alt": alt,
        "tables": [_table("" if heading == name else heading, table, lang) for heading, table in tables(section, lang)],
    }  # fmt: skip


def _table(heading: str, table: Table, lang: Lang) -> dict[str, Any]:
    """A table as it is told, its columns as narrow as they may be (`_laid_out` gives them what is left)."""
    opened = bool(table.entries)
    notes = {row: at for at, row in enumerate(table.law, 1)}
    rows = [_row(row, table.columns, notes, opened, lang) for row in table.rows[:ROWS_MOST]]
    kinds = [(column.heading(lang), column.kind) for column in table.columns]
    kinds += [(ENTRIES.show(lang), Kind.TEXT)] if opened else []
    said = [f"{at} {LAW.show(lang).format(row=row)}{_mark(table, row, lang)}" for row, at in notes.items()]
    if len(table.rows) > ROWS_MOST:
        said.append(CUT.show(lang).format(shown=f"{ROWS_MOST:,}", all=f"{len(table.rows):,}"))
    columns = [
        {"h": head, "k": kind.value, "w": _least(head, kind, [row[at]["t"] for row in rows[:MEASURED]])}
        for at, (head, kind) in enumerate(kinds)
    ]
    size = SMALL if len(kinds) > COLUMNS_LARGE else LARGE
    return {"title": heading, "rows": rows, "notes": said, "columns": columns, "size": size}


LARGE, SMALL, COLUMNS_LARGE = 7.5, 6.5, 6
"""Points of the signs of a table; beyond so many columns the small ones are used."""
UPRIGHT, LYING = 488.0, 735.0
"""A line of A4 in points, upright and lying: divided by the size of a sign it is a line in signs."""
CROWDED = 0.9
"""Where the narrowest that a table can be takes more of an upright page than this, the report is printed lying."""
CODE_LEAST, TEXT_LEAST, MARGIN, MEASURED = 8.0, 8.0, 1.2, 60
STEP = 1.5
"""What is left of a line is handed out in pieces so wide."""
SPLIT = 20
"""A row of more lines than this may go on over the page."""


def _laid_out(table: dict[str, Any], page: float) -> None:
    """Widens columns to the page: what is left of it goes where it makes the table shortest. Says which cells have to be broken."""
    columns, rows = table["columns"], table["rows"]
    every = [[width(column["h"], 1) for column in columns]]
    every += [[width(cell["t"], 1) for cell in row] for row in rows[:MEASURED]]
    widths = _widths([column["w"] for column in columns], every, page)
    for at, column in enumerate(columns):
        # a code that is broken all the same is as well broken in the middle
        if (
            column["k"] == Kind.CODE
            and max(row[at] for row in every) > widths[at] - MARGIN > column["w"] - MARGIN
        ):
            widths[widths.index(max(widths))] += widths[at] - column["w"]
            widths[at] = column["w"]
    for column, wide in zip(columns, widths, strict=True):
        column["w"] = wide
    for row in rows:
        tall = _height([width(cell["t"], 1) for cell in row], widths) > SPLIT
        for cell, wide in zip(row, widths, strict=True):
            cell["b"], cell["s"] = any(width(word, 1) > wide - MARGIN for word in cell["t"].split()), tall


def _widths(least: list[float], rows: list[list[float]], page: float) -> list[float]:
    widths = [*least]
    for _step in range(int((page - sum(widths)) / STEP)):
        gains = [_gain(rows, widths, at) for at in range(len(widths))]
        if max(gains) <= 0:
            break
        widths[gains.index(max(gains))] += STEP
    scale = page / sum(widths)  # a narrow table fills the page all the same
    return [each * scale for each in widths]


def _least(head: str, kind: Kind, cells: list[str]) -> float:
    """Below this a column is not read any more: numbers and days stand whole, long codes are broken."""
    longest = max((width(text, 1) for text in cells), default=0.0)
    word = max((width(each, 1) for text in cells for each in text.split()), default=0.0)
    heading = max((width(each, 1) for each in head.split()), default=0.0)
    whole = kind in (Kind.NUMBER, Kind.DAY)
    least = longest if whole else min(word, CODE_LEAST if kind is Kind.CODE else TEXT_LEAST)
    return max(least, min(heading, 6.4)) + MARGIN


def _gain(rows: list[list[float]], widths: list[float], at: int) -> float:
    """How much shorter the table gets where column `at` is a piece wider."""
    wider = [each + STEP * (n == at) for n, each in enumerate(widths)]
    return sum(_height(row, widths) - _height(row, wider) for row in rows)


def _height(row: list[float], widths: list[float]) -> float:
    """Lines of a row: its tallest cell, and a little for each of the others, which are pleasant to read on one line too."""
    lines = [max(text / (wide - MARGIN), 1.0) for text, wide in zip(row, widths, strict=True)]
    return max(lines) + 0.05 * sum(lines)


def _row(
    row: tuple[Cell, ...], columns: tuple[Column, ...], notes: dict[str, int], opened: bool, lang: Lang
) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = [
        {"t": shown(cell, column, lang), "k": column.kind.value, "n": str(notes.get(cell.row, ""))}
        for cell, column in zip(row, columns, strict=True)
    ]
    if opened:
        seqs = sorted({seq for cell in row for seq in cell.entries})
        more = f" +{len(seqs) - ENTRIES_SHOWN:,}" if len(seqs) > ENTRIES_SHOWN else ""
        cells.append({"t": " ".join(map(str, seqs[:ENTRIES_SHOWN])) + more, "k": Kind.TEXT.value, "n": ""})
    return cells


def _mark(table: Table, row: str, lang: Lang) -> str:
    unread = any(cell.row == row and not cell.verified for line in table.rows for cell in line)
    return f" · {NOT_VERIFIED.show(lang)}" if unread else ""
