"""Commands about duties: who owes which report, and what to send to a party that owes some."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from suyuan.cli.options import Common, credit_code
from suyuan.cli.output import Format, console, progress, remark, show_rows
from suyuan.terms.sentence import Lang
from suyuan.usecases import duties as duties_

OK, FAULTS = 0, 3
SHOWN = 40
"""Rows that a person is shown; programs get all of them."""

Shape = Literal["table", "json", "ndjson", "csv", "parquet", "xlsx"]
Status = Literal["overdue", "late", "due", "on-time"]

SUMS = {
    "party": "主体", "name": "名称", "what": "责任", "duties": "应报", "overdue": "逾期未报", "late": "迟报",
    "on_time": "按时", "not_due": "未到期", "oldest_due": "最早期限", "clause": "依据", "remark": "备注",
}  # fmt: skip
EACH = {
    "party": "主体", "item": "编码", "what": "责任", "since": "起算日", "due": "期限", "status": "状态", "days": "天数",
    "clause": "依据", "remark": "备注",
}  # fmt: skip


def duties(
    *,
    party: str | None = None,
    day: date | None = None,
    status: Status | None = None,
    format: Annotated[Shape, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    common: Common | None = None,
) -> int:
    """Say who owes which report: sums by party and duty, or what one party has not reported or reported late.

    Exit code 3 where something is overdue or was late.

    Parameters
    ----------
    party
        Each duty of this party (credit code).
    day
        As of that day (YYYY-MM-DD, Asia/Shanghai); today where left out.
    status
        Each duty that stands so: overdue, late, due (not due yet), on-time.
    format
        table, json, ndjson, csv, parquet, or xlsx (into --output).
    output
        The workbook to write with --format xlsx.
    """
    common = common or Common()
    lang = common.language
    with common.opened() as workspace, progress("judge") as advance:
        remark(workspace.remarks(), lang)
        told = duties_.duties(
            workspace, party=credit_code("--party", party), day=day, status=status, lang=lang,
            advance=lambda done, total: advance(done, total, done),
        )  # fmt: skip
    _show(told, format, output, lang)
    return FAULTS if any(_wrong(row, told.sums) for row in told.rows) else OK


def _wrong(row: dict[str, object], sums: bool) -> bool:
    return bool(row["overdue"] or row["late"]) if sums else row["status"] in ("overdue", "late")


def _show(told: duties_.Told, shape: Shape, output: Path | None, lang: Lang) -> None:
    if shape == "xlsx":
        target = output or Path("duties.xlsx")
        written = duties_.write_xlsx(told.rows, target, "报送责任 duties")
        console().print(f"已写出 {written}" if lang == "zh" else f"wrote {written}", markup=False)
        return
    if shape != "table":
        form: Format = shape
        show_rows(told.rows, form)
        return
    console().print(told.sentence.show(lang), markup=False)
    names = SUMS if told.sums else EACH
    show_rows(
        [
            {(zh if lang == "zh" else name.replace("_", " ")): _shown(name, row[name], lang) for name, zh in names.items()}
            for row in told.rows[:SHOWN]
        ],
        "table",
    )  # fmt: skip
    if len(told.rows) > SHOWN:
        more = len(told.rows) - SHOWN
        console().print(
            f"另有 {more:,} 行：-f csv" if lang == "zh" else f"{more:,} more rows: -f csv", markup=False
        )


def _shown(name: str, value: object, lang: Lang) -> object:
    return duties_.status_shown(str(value), lang) if name == "status" else value


def chase(
    *,
    party: str,
    out: Annotated[Path, Parameter(alias="-o")],
    day: date | None = None,
    also_due: bool = False,
    common: Common | None = None,
) -> int:
    """Write what a party still has to report: its form filled in as far as the ledger knows, and a draft letter beside it.

    The workbook can be captured again once it has been filled in. With several forms there is one workbook each.

    Parameters
    ----------
    party
        Credit code of the party.
    out
        The workbook to write (.xlsx); letters are written beside it (.zh.txt, .en.txt).
    day
        What is overdue on that day (YYYY-MM-DD, Asia/Shanghai); today where left out.
    also_due
        Take in what is missing and not due yet.
    """
    common = common or Common()
    lang = common.language
    uscc = credit_code("--party", party)
    assert uscc is not None, "a party was given"
    with common.opened() as workspace, progress("judge") as advance:
        remark(workspace.remarks(), lang)
        chased = duties_.chase(
            workspace, uscc, out, day=day, also_due=also_due, advance=lambda done, total: advance(done, total, done)
        )  # fmt: skip
    for form, path, count in chased.workbooks:
        console().print(
            f"已写出 {path}：{form.zh}，{count:,} 行" if lang == "zh" else f"wrote {path}: {form.en}, {count:,} rows",
            markup=False,
        )  # fmt: skip
    for path in chased.letters:
        console().print(f"已写出 {path}" if lang == "zh" else f"wrote {path}", markup=False)
    return OK
