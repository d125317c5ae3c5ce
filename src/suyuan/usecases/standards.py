"""The tables of law and standards as a workspace uses them: looked at, checked, and replaced row by row.

A replacement is master data of the operator: on the ledger, dated, proven. The rows of the product stay what they are; the
operator's row counts in their place on the days on which it is in force, and reports name it (`…!`).
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import msgspec

from suyuan.events.uris import BASE, NAMESPACE, STANDARD_CONTEXT_URL
from suyuan.standards.documents import register
from suyuan.standards.loader import RowRefused, Table, read_row
from suyuan.standards.shapes import Row
from suyuan.standards.tables import TABLES, table
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import SHANGHAI
from suyuan.usecases.capture import capture
from suyuan.usecases.workspace import Workspace

ROW = f"{NAMESPACE}StandardsRow"
OWN = "rights.toml"
"""Tables of which no row can be put in place by an entry: who may write entries would give himself rights."""
AT = f"{BASE}/standards/"

Tables = Mapping[str, Table[Any]]
Told = tuple[int, str, str]
"""Of a replacement on record: sequence number, the URI of the row, the row as JSON."""


class UnknownRow(SuyuanError):
    """A row that its table does not have."""


@dataclass(frozen=True, slots=True)
class InForce:
    """All tables with the operator's rows in place; `replaced`: which rows (table, row) are the operator's, and by which entry."""

    tables: Tables
    replaced: Mapping[tuple[str, Row], int]


@cache
def own() -> Tables:
    """The tables of the product."""
    return {name: table(name) for name in TABLES}


def with_replacements(told: Iterable[Told]) -> InForce:
    """The tables with these replacements, in the order of the ledger. What cannot be read any more is left out."""
    tables, rows = dict(own()), dict[tuple[str, Row], int]()
    for seq, uri, text in sorted(told):
        name = uri.removeprefix(AT).partition("/")[0]
        if name not in TABLES:
            continue
        try:
            row = read_row(json.loads(text), name, TABLES[name][1], register().keys())
        except (RowRefused, ValueError):
            continue
        tables[name] = tables[name].replaced([row])
        rows[name, row] = seq
    standing = {
        (name, piece): seq
        for (name, row), seq in rows.items()
        for piece in tables[name].rows
        if _is_of(piece, row)
    }
    return InForce(tables, standing)


def _is_of(piece: Row, row: Row) -> bool:
    """Whether a row that stands is this row, or what a later replacement has left of it."""
    if piece.key != row.key or piece.since < row.since or (piece.until or date.max) > (row.until or date.max):
        return False
    return msgspec.structs.replace(piece, since=row.since, until=row.until) == row


def in_force(workspace: Workspace | None) -> InForce:
    """The tables of a workspace; those of the product where there is none."""
    return with_replacements(on_record(workspace) if workspace else ())


def on_record(workspace: Workspace) -> list[Told]:
    """The operator's replacements on the ledger."""
    from suyuan.store.derived import Derived  # DuckDB is not needed to look at the product's own tables

    derived = Derived(workspace.directory, workspace.ledger, workspace.index)
    try:
        with derived.reading_columns() as (duck, _size):
            return replacements(duck.execute, workspace)
    finally:
        derived.close()


def replacements(execute: Callable[..., Any], workspace: Workspace) -> list[Told]:
    """Replacements in the columns: those that the operator submitted; what others say of law changes nothing."""
    found: list[Told] = execute(REPLACEMENTS, {"at": AT}).fetchall()
    return [told for told in found if _party(workspace, told[0]) == workspace.config.operator]


def _party(workspace: Workspace, seq: int) -> str:
    return next(iter(workspace.ledger.entries(seq, seq + 1))).party


REPLACEMENTS = (
    "SELECT seq, id, value FROM master WHERE attribute = 'row' AND starts_with(id, $at) ORDER BY seq"
)


# -- looked at -----------------------------------------------------------------------------------


def listed(workspace: Workspace | None) -> list[dict[str, object]]:
    """Every table: rows, how many of them are not verified or replaced, documents."""
    now = in_force(workspace)
    return [
        {
            "table": name, "zh": of.title.zh, "en": of.title.en, "rows": len(of.rows),
            "not_verified": sum(not row.verified for row in of.rows),
            "replaced": sum((name, row) in now.replaced for row in of.rows),
            "documents": sorted({row.citation.document for row in of.rows}),
        }
        for name, of in now.tables.items()
    ]  # fmt: skip


def rows_of(
    workspace: Workspace | None, name: str, *, key: str | None = None, day: date | None = None
) -> list[dict[str, object]]:
    """The rows of a table, as people and programs read them. Raises UnknownTable, UnknownRow."""
    table(name)  # the error names the tables that there are
    now = in_force(workspace)
    rows = [
        row
        for row in now.tables[name].rows
        if (key is None or row.key == key) and (day is None or row.in_force(day))
    ]
    if key is not None and not rows:
        keys = ", ".join(sorted({row.key for row in now.tables[name].rows})[:50])
        raise UnknownRow(
            f"table {name} has no row {key!r} in force; its keys: {keys}",
            f"表 {name} 没有有效的行 {key!r}；现有的键：{keys}",
        )
    return [
        {
            **msgspec.to_builtins(row),
            "verified": row.verified,
            "document": register()[row.citation.document].name.en,
            "replaced_by_entry": now.replaced.get((name, row)),
        }
        for row in rows
    ]


def checked(workspace: Workspace | None, today: date) -> list[dict[str, object]]:
    """What a person should look at: rows that nobody has verified, replaced rows, and documents not in force any more."""
    now = in_force(workspace)
    found: list[dict[str, object]] = []
    for name, of in now.tables.items():
        for row in of.rows:
            document = register()[row.citation.document]
            replaced = (name, row) in now.replaced
            remarks = [
                remark
                for remark, holds in (
                    ("not verified", not row.verified),
                    ("replaced by the operator", replaced),
                    (
                        "its document is not in force on the row's first day",
                        document.in_force(row.since) is False,
                    ),
                    ("a gap: no figure is known", getattr(row, "value", 0) is None),
                )
                if holds
            ]
            if remarks:
                found.append({"table": name, "key": row.key, "from": row.since, "cites": row.cites, "mark": row.mark.value,
                              "remark": "; ".join(remarks), "decides_today": row.in_force(today)})  # fmt: skip
    return found


# -- replaced ------------------------------------------------------------------------------------


def replace(
    workspace: Workspace, name: str, key: str, changes: Mapping[str, str], *, reason: str
) -> tuple[Row, int]:
    """Put a row in place: the newest of its key with `changes` (column → text); returns it and the entry.

    A key that the table does not have is a new row; all columns are needed then. Raises UnknownTable, RowRefused.
    """
    shape = TABLES[name][1] if name in TABLES else type(table(name).rows[0])
    if TABLES[name][0] == OWN:
        raise RowRefused(
            f"table {name} is not replaced: rights and rules of accounts hold as they are shipped (decision 0022)",
            f"表 {name} 不可替换：权限与账户规则以发布版本为准（决定 0022）",
        )
    newest = in_force(workspace).tables[name].latest(key)
    given: dict[str, Any] = msgspec.to_builtins(newest) if newest else {"key": key}
    given = {column: value for column, value in given.items() if value is not None}
    for column, text in changes.items():
        if text:
            given[column] = _typed(text, shape, column, name)
        else:
            given.pop(column, None)
    row = read_row(given, name, shape, register().keys())
    return row, _record(workspace, name, row, reason)


def _typed(text: str, shape: type[Row], column: str, name: str) -> Any:
    """A column's value from text: a number, list or word, as its shape wants it."""
    known = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    if column not in known:
        raise RowRefused(
            f"table {name} has no column {column!r}; its columns: {', '.join(known)}",
            f"表 {name} 没有列 {column!r}；现有的列：{', '.join(known)}",
        )
    try:
        return msgspec.to_builtins(msgspec.convert(text, known[column], strict=False))
    except msgspec.ValidationError as wrong:
        raise RowRefused(
            f"table {name}, column {column}: {text!r} is none of its values ({wrong})",
            f"表 {name} 列 {column}：{text!r} 不是可用的值（{wrong}）",
        ) from wrong


def _record(workspace: Workspace, name: str, row: Row, reason: str) -> int:
    told = json.dumps(msgspec.to_builtins(row), ensure_ascii=False)
    now = workspace.clock().astimezone(SHANGHAI)
    attributes = {"row": told, "rowReason": reason}
    element = {
        "id": f"{AT}{name}/{row.key}",
        "attributes": [
            {"id": f"{NAMESPACE}{word}", "attribute": value} for word, value in attributes.items()
        ],
    }
    document = {
        "@context": [STANDARD_CONTEXT_URL, {"sy": NAMESPACE}], "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": now.isoformat(timespec="seconds"),
        "epcisHeader": {"epcisMasterData": {"vocabularyList": [{"type": ROW, "vocabularyElementList": [element]}]}},
        "epcisBody": {"eventList": []},
    }  # fmt: skip
    body = json.dumps(document, ensure_ascii=False).encode()
    captured = capture(workspace, io.BytesIO(body), f"standards-{name}.jsonld")
    assert not captured.refused, captured.findings
    if not captured.recorded or captured.first_seq is None:
        raise RowRefused(
            f"table {name}, row {row.key}: this very row is in place already",
            f"表 {name} 第 {row.key} 行：该行已经生效，无须再次替换",
        )
    return captured.first_seq
