"""Cells as they cross the pipe from the jail, and how a cell is called.

A raw cell is a text, a number, a truth value, None (empty), or a 1-tuple with an ISO text (a date or time
that the spreadsheet knew to be one).

>>> address(6, 1), address(0, 27)
('B7', 'AB1')
>>> text_of(1.23e23), text_of(42.0), text_of(("2026-05-01",))
('1.23E+23', '42', '2026-05-01')
"""

from functools import cache

Raw = str | int | float | bool | tuple[str] | None


@cache
def letters(column: int) -> str:
    """The name of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """The name of a cell, row and column counted from 0."""
    return f"{letters(column)}{row + 1}"


def position(cell: str) -> tuple[int, int]:
    """Row and column, from 0, of a cell.

    >>> position("AB12")
    (11, 27)
    """
    name = cell.rstrip("0123456789")
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(name) :]) - 1, column - 1


def text_of(raw: Raw) -> str:
    """The cell as a person sees it; '' for an empty one."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, tuple):
        return raw[0]
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        # beyond 15 digits a spreadsheet has lost the rest: shown as it shows it
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else f"{raw:.15G}"
    return str(raw) if abs(raw) < 10**15 else f"{float(raw):.15G}"
