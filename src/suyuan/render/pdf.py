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
    return {
        "lang": lang, "title": report.title.show(lang), "about": report.about.show(lang),
        "remarks": [remark.show(lang) for remark in report.remarks], "origin": report.made_from.origin,
        "made_from": report.made_from.sentence().show(lang), "made": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "made_on": MADE_ON.show(lang).format(at=f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
        "sections": [_section(section, lang) for section in report.sections],
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
    opened = bool(table.entries)
    notes = {row: at for at, row in enumerate(table.law, 1)}
    rows = [_row(row, table.columns, notes, opened, lang) for row in table.rows[:ROWS_MOST]]
    kinds = [(column.heading(lang), column.kind) for column in table.columns]
    kinds += [(ENTRIES.show(lang), Kind.TEXT)] if opened else []
    small = len(kinds) > COLUMNS_LARGE
    widths = _widths(kinds, rows[:MEASURED], PAGE_SMALL if small else PAGE_LARGE)
    for row in rows:
        for cell, wide in zip(row, widths, strict=True):
            cell["b"] = any(width(word, 1) > wide - MARGIN for word in cell["t"].split())
    said = [f"{at} {LAW.show(lang).format(row=row)}{_mark(table, row, lang)}" for row, at in notes.items()]
    if len(table.rows) > ROWS_MOST:
        said.append(CUT.show(lang).format(shown=f"{ROWS_MOST:,}", all=f"{len(table.rows):,}"))
    columns = [
        {"h": head, "k": kind.value, "w": wide} for (head, kind), wide in zip(kinds, widths, strict=True)
    ]
    return {"title": heading, "rows": rows, "notes": said, "columns": columns, "size": 6.5 if small else 7.5}


PAGE_LARGE, PAGE_SMALL, COLUMNS_LARGE = 65.0, 75.0, 6
"""A line of a table in widths of a sign of 7.5 or 6.5 points; beyond so many columns the small ones are used."""
CODE_LEAST, TEXT_LEAST, WANTED_MOST, MARGIN, MEASURED = 8.0, 8.0, 40.0, 1.2, 200


def _widths(kinds: list[tuple[str, Kind]], rows: list[list[dict[str, Any]]], page: float) -> list[float]:
    """Shares of the page: what cannot be broken stands whole, what is left goes to who has most to say."""
    need, want = [], []
    for at, (head, kind) in enumerate(kinds):
        cells = [row[at]["t"] for row in rows]
        longest = max((width(text, 1) for text in cells), default=0.0)
        word = max((width(each, 1) for text in cells for each in text.split()), default=0.0)
        heading = max((width(each, 1) for each in head.split()), default=0.0)
        whole = kind in (Kind.NUMBER, Kind.DAY)
        least = longest if whole else min(word, CODE_LEAST if kind is Kind.CODE else TEXT_LEAST)
        need.append(max(least, min(heading, 6.4)) + MARGIN)
        want.append(min(max(longest, heading), WANTED_MOST) + MARGIN)
    asked = [max(w - n, 0.0) for n, w in zip(need, want, strict=True)]
    share = min(max(page - sum(need), 0.0) / max(sum(asked), 1e-9), 1.0)
    scale = page / max(sum(need) + share * sum(asked), 1e-9)  # a narrow table fills the page all the same
    return [(n + share * a) * scale for n, a in zip(need, asked, strict=True)]


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
