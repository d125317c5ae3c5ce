"""How the cells of a column are read, by the column's type."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from suyuan.capture.workbook.code_cells import (
    Reader,
    area_reader,
    battery_code_reader,
    battery_codes_reader,
    uscc_reader,
    vin_reader,
)
from suyuan.capture.workbook.date_cells import date_reader
from suyuan.capture.workbook.plain_cells import choice_reader, number_reader, text_reader
from suyuan.standards.forms import Column


def reader_for(column: Column, today: date, factor: Decimal = Decimal(1)) -> Reader:
    """How cells of a column are read."""
    if column.type == "battery_code":
        return battery_codes_reader(column) if column.many else battery_code_reader(column)
    if column.type == "number":
        return number_reader(column, factor)
    simple: dict[str, Callable[[], Reader]] = {
        "vin": lambda: vin_reader(column),
        "uscc": lambda: uscc_reader(column),
        "area": lambda: area_reader(column),
        "date": lambda: date_reader(today),
        "datetime": lambda: date_reader(today),
        "choice": lambda: choice_reader(column),
        "text": lambda: text_reader(column),
    }
    return simple[column.type]()
