"""Rows of an answer as a workbook of one sheet: headers frozen, texts as texts, days as days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

WIDTH_MOST = 48


def write(rows: Sequence[Mapping[str, Any]], target: Path, title: str) -> None:
    """Write `rows`, which share their columns; none is a text that a spreadsheet would run."""
    import xlsxwriter  # every command comes by here, and hardly one writes a workbook

    workbook = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        page = workbook.add_worksheet(title[:31])
        head = workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1})
        text, day = (
            workbook.add_format({"num_format": "@"}),
            workbook.add_format({"num_format": "yyyy-mm-dd"}),
        )
        names = list(rows[0]) if rows else []
        for place, name in enumerate(names):
            page.write_string(0, place, name, head)
            longest = max(len(str(row[name])) for row in rows[:500])
            page.set_column(place, place, min(max(longest, len(name)) + 3, WIDTH_MOST))
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row.values()):
                if isinstance(value, bool):
                    page.write_boolean(number, place, value)
                elif isinstance(value, int | float | Decimal):
                    page.write_number(number, place, value)
                elif isinstance(value, datetime):
                    page.write_string(number, place, value.isoformat(), text)
                elif isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                elif value is not None:
                    page.write_string(number, place, str(value), text)
        if rows:
            page.freeze_panes(1, 0)
            page.autofilter(0, 0, len(rows), len(names) - 1)
    finally:
        workbook.close()
