"""A report for programs: JSON whole; rows of one table; and every figure on a line of its own, for CSV and Parquet.

    section  row  column  heading  unit  value  number  entries  law  verified

Values are exact: a figure of law or of mass stands as it was reckoned, a code as a text.
"""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from suyuan.render.charts import drawn, twins
from suyuan.reports.report import Cell, Column, Kind, Report, Section, Table, bare, shown
from suyuan.terms.instants import show_instant
from suyuan.terms.sentence import Lang, Sentence

LINE = ("section", "row", "column", "heading", "unit", "value", "number", "entries", "law", "verified")
# A spreadsheet takes a cell that starts with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHART = Sentence(zh="图表数据", en="figures of the chart")


def tables(section: Section, lang: Lang) -> Iterator[tuple[str, Table]]:
    """The tables of a section with their headings: its own, and the one beside its drawing."""
    if section.table is not None:
        yield section.title.show(lang), section.table
    if section.chart is not None and not isinstance(section.chart, Sentence):
        name = section.title.show(lang)
        yield name if section.table is None else f"{name} · {CHART.show(lang)}", twins.twin(section.chart)


def as_json(report: Report, lang: Lang) -> bytes:
    """The whole report; the same report is the same bytes."""
    told = {
        "title": report.title.show(lang), "about": report.about.show(lang), "lang": lang,
        "remarks": [remark.show(lang) for remark in report.remarks],
        "made_from": {
            "origin": report.made_from.origin, "entries": report.made_from.entries, "root": report.made_from.root,
            "recorded_at": show_instant(report.made_from.recorded_at), "day": report.made_from.day.isoformat(),
        },
        "entries": report.entries, "law": report.law,
        "sections": [_section(section, lang) for section in report.sections],
    }  # fmt: skip
    encoder = msgspec.json.Encoder(decimal_format="number")
    return msgspec.json.format(encoder.encode(told), indent=1) + b"\n"


def _section(section: Section, lang: Lang) -> dict[str, Any]:
    return {
        "title": section.title.show(lang),
        "paragraphs": [paragraph.show(lang) for paragraph in section.paragraphs],
        "tables": [_table(name, each, lang) for name, each in tables(section, lang)],
        "chart": drawn(section.chart, lang) if section.chart is not None else None,
    }


def _table(name: str, table: Table, lang: Lang) -> dict[str, Any]:
    return {
        "title": name,
        "columns": [
            {"key": c.key, "heading": c.title.show(lang), "kind": c.kind.value, "unit": c.unit} for c in table.columns
        ],
        "rows": [
            {column.key: _cell(cell, lang) for column, cell in zip(table.columns, row, strict=True)} for row in table.rows
        ],
    }  # fmt: skip


def _cell(cell: Cell, lang: Lang) -> Any:
    """A bare value; an object where there is more to say of it."""
    value = bare(cell.value, lang)
    if not cell.entries and not cell.row and cell.verified:
        return value
    return {"value": value, "entries": cell.entries, "law": cell.row or None, "verified": cell.verified}


def rows(table: Table, lang: Lang) -> list[dict[str, object]]:
    """One table as rows for people (`cli.output.show_rows`): headings, and values as they are read."""
    headings = [column.heading(lang) for column in table.columns]
    return [
        {
            heading: shown(cell, column, lang)
            for heading, column, cell in zip(headings, table.columns, row, strict=True)
        }
        for row in table.rows
    ]


def figures(report: Report, lang: Lang) -> Iterator[dict[str, Any]]:
    """Every cell that is not empty, on a line of its own."""
    for section in report.sections:
        for name, table in tables(section, lang):
            for number, row in enumerate(table.rows, 1):
                for column, cell in zip(table.columns, row, strict=True):
                    if cell.value is not None:
                        yield _line(name, number, column, cell, lang)


def _line(section: str, row: int, column: Column, cell: Cell, lang: Lang) -> dict[str, Any]:
    value = bare(cell.value, lang)
    is_number = column.kind is Kind.NUMBER and isinstance(value, int | float | Decimal)
    return {
        "section": section, "row": row, "column": column.key, "heading": column.title.show(lang), "unit": column.unit,
        "value": str(value), "number": float(value) if is_number and value is not None else None,
        "entries": list(cell.entries), "law": cell.row, "verified": cell.verified,
    }  # fmt: skip


def as_csv(report: Report, lang: Lang) -> str:
    """Every figure on a line; a text that a spreadsheet would run as a formula is quoted by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(LINE)
    for line in figures(report, lang):
        writer.writerow(_safe(" ".join(map(str, v)) if isinstance(v, list) else v) for v in line.values())
    return out.getvalue()


def _safe(value: object) -> object:
    if not isinstance(value, str) or not value.startswith(FORMULA_STARTS):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def as_parquet(report: Report, lang: Lang) -> bytes:
    """Every figure on a line, typed: `value` as text, `number` as a number where it is one, `entries` as a list."""
    import pyarrow as pa  # for this form alone: it takes memory and a tenth of a second
    import pyarrow.parquet as pq

    text: Any = pa.string()
    schema = pa.schema(
        [("section", text), ("row", pa.int64()), ("column", text), ("heading", text), ("unit", text), ("value", text),
         ("number", pa.float64()), ("entries", pa.list_(pa.int64())), ("law", text), ("verified", pa.bool_())]
    )  # fmt: skip
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(figures(report, lang)), schema=schema), sink)
    return sink.getvalue()
