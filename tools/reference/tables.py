"""The page of tables of law and standards, from `suyuan.standards`."""

import msgspec
from tools.reference import markdown

from suyuan.standards.documents import register
from suyuan.standards.shapes import Row
from suyuan.standards.tables import TABLES, table

INTRO = """\
Numbers and words of law and standards are rows, not code. Every row names its unit, the days on which it is in force, the document and clause
it comes from, and a mark that says how sure we are:

| mark | | |
|---|---|---|
| C | confirmed: somebody has read the text | 已核对 |
| D | derived: computed from confirmed figures | 推算 |
| S | second-hand: taken from a text about the text | 转引 · **未核实 / not verified** |
| M | from memory | 记忆 · **未核实 / not verified** |

Wherever a row marked S or M decides something, the product says *未核实 / not verified*. A row without unit, first day, document or mark does not load.
"""

COMMON = ("key", "unit", "since", "until", "cites", "mark", "note")
LONG = 60
"""Tables with more rows are shown by their first ones; the file has them all."""


def text() -> str:
    """The whole page."""
    overview = markdown.table(
        ("table", "表", "", "rows", "not verified"),
        [
            (
                f"[{name}](#{name})",
                table(name).title.zh,
                table(name).title.en,
                len(table(name).rows),
                sum(not row.verified for row in table(name).rows) or "",
            )
            for name in TABLES
        ],
    )
    return markdown.page("Tables", INTRO, overview, *map(_table, TABLES), _documents())


def _table(name: str) -> str:
    rows = table(name).rows
    own = [column for column in rows[0].__struct_fields__ if column not in COMMON]
    units = {row.unit for row in rows}
    notes = any(row.note for row in rows)
    head = (
        "key",
        *own,
        *(["unit"] if len(units) > 1 else []),
        "from",
        "to",
        "clause",
        "mark",
        *(["note"] if notes else []),
    )
    told = [
        (
            f"`{row.key}`",
            *(_value(getattr(row, column)) for column in own),
            *([row.unit] if len(units) > 1 else []),
            row.since,
            row.until or "",
            row.cites,
            _mark(row),
            *([row.note] if notes else []),
        )
        for row in rows[:LONG]
    ]
    unit = f"Unit: {next(iter(units))}. " if len(units) == 1 else ""
    more = f"\n\n… and {len(rows) - LONG} more rows." if len(rows) > LONG else ""
    file = f"`src/suyuan/standards/rows/{TABLES[name][0]}`"
    return f"## {name}\n\n{table(name).title.zh} · {table(name).title.en}. {unit}From {file}.\n\n{markdown.table(head, told)}{more}"


def _mark(row: Row) -> str:
    return str(row.mark) if row.verified else f"{row.mark} 未核实 / not verified"


def _value(value: object) -> object:
    if isinstance(value, tuple):
        return ", ".join(str(_value(one)) for one in value)
    if isinstance(value, msgspec.Struct):
        return " ".join(str(_value(one)) for one in msgspec.structs.astuple(value) if one)
    return "" if value is None else value


def _documents() -> str:
    rows = [
        (
            f"`{each.id}`",
            each.title.zh,
            each.title.en,
            each.number or "",
            each.since or "",
            each.until or "",
            str(each.mark) if each.mark.verified else f"{each.mark} 未核实 / not verified",
            each.source or "",
        )
        for each in register().values()
    ]
    head = ("id", "名称", "title", "number", "from", "to", "mark", "source")
    return (
        f"## documents\n\nThe register of documents that rows and forms cite.\n\n{markdown.table(head, rows)}"
    )
