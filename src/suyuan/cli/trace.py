"""Commands that ask the ledger: trace one code, where-used of many."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from suyuan.cli.options import STDIN, Common
from suyuan.cli.output import Format, as_csv, as_json, console, progress, remark, show_rows
from suyuan.render import trace_html, trace_text
from suyuan.terms.errors import SuyuanError
from suyuan.usecases import trace as trace_
from suyuan.usecases import where_used as where_used_
from suyuan.usecases.workspace import Workspace

OK, FAILED = 0, 1

Rows = Literal["timeline", "custody", "became", "materials"]


def trace(
    code: str,
    *,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    json: bool = False,
    csv: bool = False,
    html: bool = False,
    rows: Rows = "timeline",
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    recorded_up_to: int | None = None,
    as_of: date | None = None,
    fold: int = 50,
    common: Common | None = None,
) -> int:
    """Show one battery, vehicle or lot: where it is, who answers for it, its life, its family both ways.

    Parameters
    ----------
    code
        Battery code, VIN, lot or any URI under which it was submitted.
    format
        table, json, ndjson, csv or parquet; --json and --csv are short for two of them.
    json
        Everything, for programs.
    csv
        Rows as CSV.
    rows
        Which rows ndjson, csv and parquet list: timeline, custody, became (metal, lot by lot), materials (lots that came of it).
    html
        A page for people, complete in one file.
    output
        Write there instead of to standard output.
    recorded_up_to
        Answer as the ledger knew it when it held that many entries.
    as_of
        Answer for the world as of that day (YYYY-MM-DD, Asia/Shanghai).
    fold
        Fold siblings of the family beyond this number.
    """
    common = common or Common()
    form: Format = "json" if json else "csv" if csv else format
    with common.opened() as workspace:
        _bring_up(workspace)
        answer = trace_.trace(workspace, code, recorded_up_to=recorded_up_to, as_of=as_of, fold=fold)
        remark(workspace.remarks(), common.language)
        notes = [sentence.show(common.language) for sentence in workspace.remarks()]
    if html:
        _write(trace_html.page(answer, common.language, notes), output)
    elif form == "json":
        _write(as_json(answer), output)
    elif form == "csv":
        _write(as_csv(answer[rows]), output)
    elif form == "table":
        trace_text.show(answer, common.language, console())
    else:
        show_rows(answer[rows], form)
    return OK


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SuyuanError(
            f"cannot write {output}: {error.strerror}", f"无法写入 {output}：{error.strerror}"
        ) from error


def _bring_up(workspace: Workspace) -> None:
    with progress("views") as advance:
        workspace.bring_up(lambda done, total: advance(done, total, done))


def where_used(
    *codes: str,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    json: bool = False,
    csv: bool = False,
    common: Common | None = None,
) -> int:
    """For a recall: every vehicle, holder and lot that the codes reached, directly or not.

    Parameters
    ----------
    codes
        Cells, modules, packs, lots; `-` reads them from standard input, one a line.
    format
        table, json, ndjson, csv or parquet; --json and --csv are short for two of them.
    json
        Everything, for programs.
    csv
        One row an item reached.
    """
    common = common or Common()
    form: Format = "json" if json else "csv" if csv else format
    wanted = [word for code in codes for word in (_lines() if code == STDIN else [code])]
    if not wanted:
        raise SuyuanError(
            "name at least one code: suyuan where-used CODE…, or - for standard input",
            "请至少给出一个编码：suyuan where-used 编码…，或用 - 读标准输入",
        )
    with common.opened() as workspace:
        _bring_up(workspace)
        answer = where_used_.where_used(workspace, wanted)
        remark(workspace.remarks(), common.language)
    if form == "json":
        print(as_json(answer))
    elif form == "table":
        trace_text.show_where_used(answer, common.language, console())
    else:
        show_rows(answer["reached"], form)
    return FAILED if len(answer["unknown"]) == len(wanted) else OK


def _lines() -> list[str]:
    return [line.strip() for line in sys.stdin if line.strip()]
