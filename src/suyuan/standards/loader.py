"""Reading tables of law and standards from TOML, and refusing what carries no evidence.

    [battery-type]                        the table; what stands here holds for each row that says nothing else
    title = { zh = "…", en = "…" }
    unit = "code"
    from = 2018-02-01
    cites = "gbt-34014-2017#battery-type"
    mark = "C"
    rows = [ { key = "A", … }, { key = "C", mark = "M", … } ]

A row without unit, first day, document or mark does not load. The message names file, table, row, what is
missing and the remedy.

>>> read_tables('[t]\\nrows = [{ key = "A" }]', "x.toml", {"t": Row}, frozenset())
Traceback (most recent call last):
...
suyuan.standards.loader.RowRefused: x.toml, table t, row A: no unit; write unit = "kg", "code", … in the row or once at the head of its table
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec

from suyuan.standards.shapes import Row
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

R = TypeVar("R", bound=Row)

# In the order in which they are told: (column, what is missing en, zh, remedy en, remedy zh).
EVIDENCE = (
    ("unit", "unit", "单位", 'write unit = "kg", "code", …', "请写 unit = “kg”“code”等"),
    ("from", "first day in force", "生效日期", "write from = 2026-04-01", "请写 from = 2026-04-01"),
    (
        "cites",
        "document",
        "依据文件",
        'write cites = "<id in documents.toml>#<clause>"',
        "请写 cites = “documents.toml 中的编号#条款”",
    ),
    (
        "mark",
        "mark",
        "可信度标记",
        'write mark = "C" (read), "S" (second-hand), "M" (memory) or "D" (derived)',
        "请写 mark = “C”（已核对）、“S”（转引）、“M”（记忆）或“D”（推算）",
    ),
)


class RowRefused(SuyuanError):
    """A row of law or standard that does not say where it comes from, or does not fit its table."""


@dataclass(frozen=True)
class Table(Generic[R]):
    """Rows of one kind, in the order written. The same key may stand several times with other dates."""

    name: str
    title: Sentence
    rows: tuple[R, ...]

    def on(self, day: date) -> Mapping[str, R]:
        """The rows in force on `day`, by key."""
        return MappingProxyType({row.key: row for row in self.rows if row.in_force(day)})

    def at(self, key: str, day: date) -> R | None:
        """The row of `key` in force on `day`."""
        return next((row for row in self._by_key.get(key, ()) if row.in_force(day)), None)

    def latest(self, key: str) -> R | None:
        """The newest row of `key`, whether still in force or not."""
        rows = self._by_key.get(key)
        return rows[-1] if rows else None

    @cached_property
    def newest(self) -> Mapping[str, R]:
        """The newest row of every key."""
        return MappingProxyType({key: rows[-1] for key, rows in self._by_key.items()})

    def replaced(self, rows: Sequence[R]) -> "Table[R]":
        """The table with these rows in place of others of their keys, on the days on which they are in force.

        Of several for one day the last one wins. A row that they cover in part keeps its other days.
        """
        kept = list(self.rows)
        for new in rows:
            kept = [piece for old in kept for piece in _without(old, new)]
            kept.append(new)
        return Table(self.name, self.title, tuple(kept))

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[R, ...]]:
        found: dict[str, list[R]] = {}
        for row in sorted(self.rows, key=lambda row: row.since):
            found.setdefault(row.key, []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}


def _without(old: R, new: R) -> list[R]:
    """What is left of a row on the days on which another of its key is not in force."""
    ends = date.max if new.until is None else new.until
    old_ends = date.max if old.until is None else old.until
    if old.key != new.key or new.since > old_ends or ends < old.since:
        return [old]
    pieces = []
    if old.since < new.since:
        pieces.append(msgspec.structs.replace(old, until=new.since - timedelta(days=1)))
    if ends < old_ends:
        pieces.append(msgspec.structs.replace(old, since=ends + timedelta(days=1)))
    return pieces


def read_row(given: Mapping[str, Any], name: str, shape: type[R], documents: Collection[str]) -> R:
    """One row of the table `name`, given as it would stand in its file. Raises RowRefused."""
    key = given.get("key", "?")
    return _row(dict(given), f"table {name}, row {key}", f"表 {name} 第 {key} 行", shape, documents)


def read_tables(
    text: str, file: str, shapes: Mapping[str, type[Row]], documents: Collection[str]
) -> dict[str, Table[Row]]:
    """The tables of one TOML file, by name. Raises RowRefused."""
    tables: dict[str, Table[Row]] = {}
    for name, body in tomllib.loads(text, parse_float=Decimal).items():
        if name not in shapes:
            raise RowRefused(
                f"{file}, table {name}: no shape is known for it; add a line to TABLES in standards/tables.py",
                f"{file} 表 {name}：没有登记表结构；请在 standards/tables.py 的 TABLES 中加一行",
            )
        tables[name] = _table(
            body, f"{file}, table {name}", f"{file} 表 {name}", name, shapes[name], documents
        )
    return tables


def _table(
    body: dict[str, Any], en: str, zh: str, name: str, shape: type[R], documents: Collection[str]
) -> Table[R]:
    title = body.get("title", {"zh": name, "en": name})
    shared = {key: value for key, value in body.items() if key not in ("title", "rows")}
    rows = []
    for number, given in enumerate(body.get("rows", ()), 1):
        key = given.get("key", number)
        rows.append(_row({**shared, **given}, f"{en}, row {key}", f"{zh} 第 {key} 行", shape, documents))
    _refuse_overlap(rows, en, zh)
    return Table(name, Sentence(zh=title["zh"], en=title["en"]), tuple(rows))


def _row(given: dict[str, Any], en: str, zh: str, shape: type[R], documents: Collection[str]) -> R:
    for column, what_en, what_zh, remedy_en, remedy_zh in EVIDENCE:
        if given.get(column) in (None, ""):
            raise RowRefused(
                f"{en}: no {what_en}; {remedy_en} in the row or once at the head of its table",
                f"{zh}：缺少{what_zh}；{remedy_zh}（写在该行或表头）",
            )
    document = str(given["cites"]).partition("#")[0]
    if document not in documents:
        raise RowRefused(
            f"{en}: its document {document!r} is not in the register; name one of documents.toml, or operator-decision#<your reference>",
            f"{zh}：依据文件 {document!r} 未登记；请引用 documents.toml 中的文件，或 operator-decision#<文号>",
        )
    try:
        row = msgspec.convert(given, shape)
    except msgspec.ValidationError as wrong:
        raise RowRefused(
            f"{en}: {wrong}; columns of this table: {', '.join(shape.__struct_encode_fields__)}",
            f"{zh}：{wrong}；本表的列：{', '.join(shape.__struct_encode_fields__)}",
        ) from wrong
    if row.until is not None and row.until < row.since:
        raise RowRefused(
            f"{en}: it ends on {row.until}, before it begins on {row.since}; correct from or to",
            f"{zh}：结束日 {row.until} 早于生效日 {row.since}；请更正 from 或 to",
        )
    return row


def _refuse_overlap(rows: list[R], en: str, zh: str) -> None:
    """Two values of one key on one day would leave the law to the order of lines."""
    for earlier, later in pairwise(sorted(rows, key=lambda row: (row.key, row.since))):
        if earlier.key == later.key and (earlier.until is None or earlier.until >= later.since):
            raise RowRefused(
                f"{en}, row {later.key}: two rows are in force on {later.since}; "
                "end the earlier one with to = the day before",
                f"{zh} 第 {later.key} 行：{later.since} 有两行同时有效；请给较早的一行写 to = 前一天",
            )
