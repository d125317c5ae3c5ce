"""Commands about the tables of law and standards: see them, check them, put a row of one's own in place."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from suyuan.cli.options import Common
from suyuan.cli.output import Format, console, remark, show_rows
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.errors import SuyuanError
from suyuan.usecases import standards as standards_
from suyuan.usecases.workspace import Workspace

OK = 0

standards = App(
    name="standards", help="Tables of law and standards: clause, dates, mark; replace a row. / 法规与标准数据"
)


def _workspace(common: Common) -> AbstractContextManager[Workspace | None]:
    """The workspace where one is named or stands here; the product's own tables need none."""
    here = common.workspace is not None or Path("workspace.toml").exists()
    return common.opened() if here else nullcontext()


@standards.command(name="list")
def list_(
    table: str | None = None,
    *,
    day: date | None = None,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """List the tables, or the rows of one.

    Parameters
    ----------
    table
        A table by name; all tables where left out.
    day
        Only rows in force on that day.
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    zh = common.language == "zh"
    with _workspace(common) as workspace:
        if table is None:
            rows = standards_.listed(workspace)
            if format == "table":
                rows = [
                    {("表" if zh else "table"): row["table"], ("内容" if zh else "what"): row["zh" if zh else "en"], ("行数" if zh else "rows"): row["rows"],
                     ("未核实" if zh else "not verified"): row["not_verified"], ("已替换" if zh else "replaced"): row["replaced"]}
                    for row in rows
                ]  # fmt: skip
        else:
            rows = standards_.rows_of(workspace, table, day=day)
            if format == "table":
                rows = [_line(row, zh) for row in rows]
    show_rows(rows, format)
    return OK


def _line(row: dict[str, object], zh: bool) -> dict[str, object]:
    evidence = (
        "key",
        "unit",
        "from",
        "to",
        "cites",
        "mark",
        "note",
        "verified",
        "document",
        "replaced_by_entry",
    )
    values = "; ".join(
        f"{name} {value}"
        for name, value in row.items()
        if name not in evidence and value not in (None, "", [])
    )
    state = [] if row["verified"] else [NOT_VERIFIED.zh if zh else NOT_VERIFIED.en]
    if row["replaced_by_entry"] is not None:
        state.append(
            f"由条目 {row['replaced_by_entry']} 替换"
            if zh
            else f"replaced by entry {row['replaced_by_entry']}"
        )
    return {
        ("键" if zh else "key"): row["key"],
        ("值" if zh else "values"): values,
        ("单位" if zh else "unit"): row["unit"],
        ("生效" if zh else "from"): row["from"],
        ("至" if zh else "to"): row["to"],
        ("依据" if zh else "cites"): row["cites"],
        ("标记" if zh else "mark"): " ".join([str(row["mark"]), *state]),
    }


@standards.command
def show(
    table: str,
    key: str,
    *,
    day: date | None = None,
    format: Annotated[Format, Parameter(alias="-f")] = "json",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Show every dated row of one key: value, unit, document and clause, mark, who replaced it.

    Parameters
    ----------
    table
        The table's name.
    key
        The row's key.
    day
        Only the row in force on that day.
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    with _workspace(common) as workspace:
        rows = standards_.rows_of(workspace, table, key=key, day=day)
    show_rows([_line(row, common.language == "zh") for row in rows] if format == "table" else rows, format)
    return OK


@standards.command
def check(
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """List what a person should look at: rows nobody has verified, gaps, rows replaced, rows of documents not in force.

    Parameters
    ----------
    format
        table, json, ndjson, csv or parquet.
    """
    common = common or Common()
    with _workspace(common) as workspace:
        today = workspace.clock().date() if workspace else date.today()
        rows = standards_.checked(workspace, today)
    show_rows(rows, format, empty="没有待核对的行" if common.language == "zh" else "nothing to look at")
    return OK


@standards.command
def replace(
    table: str,
    key: str,
    *,
    set: Annotated[Sequence[str], Parameter(alias="-s")],  # noqa: A002  # the option's name
    reason: str,
    common: Common | None = None,
) -> int:
    """Put a row in place of the product's. It goes on the ledger, and judging uses it from its first day on.

    Parameters
    ----------
    table
        The table's name.
    key
        The row's key; a new one makes a new row.
    set
        COLUMN=VALUE, once a column: value=0.95, from=2027-01-01, to=, cites=order-73-2026#article-24, mark=C.
    reason
        Why, in a sentence.
    """
    common = common or Common()
    changes = dict(_split(each) for each in set)
    with common.opened() as workspace:
        remark(workspace.remarks(), common.language)
        row, entry = standards_.replace(workspace, table, key, changes, reason=reason)
    console().print(
        f"已替换 {table}/{row.key}，自 {row.since} 起生效（账本条目 {entry}）"
        if common.language == "zh"
        else f"{table}/{row.key} replaced, in force from {row.since} (entry {entry})"
    )
    return OK


def _split(given: str) -> tuple[str, str]:
    column, equals, value = given.partition("=")
    if not equals:
        raise SuyuanError(
            f"--set {given}: write COLUMN=VALUE, as in value=0.95",
            f"--set {given}：请写成 列=值，例如 value=0.95",
        )
    return column.strip(), value.strip()
