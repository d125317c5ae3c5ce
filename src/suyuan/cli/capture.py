"""Commands that bring data in: capture, party import, template, simulate."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, BinaryIO

from cyclopts import App, Parameter

from suyuan.cli.options import STDIN, Common, credit_code
from suyuan.cli.output import Format, console, error_console, progress, remark, show_rows
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding
from suyuan.terms.instants import show_instant
from suyuan.terms.sentence import Lang
from suyuan.usecases import template as template_
from suyuan.usecases.capture import Captured, OnError, Outcome
from suyuan.usecases.capture import capture as record
from suyuan.usecases.workspace import Workspace

OK, NOTHING_RECORDED, DATA_ERRORS = 0, 2, 3
FINDINGS_SHOWN = 50
"""Findings told one by one on a terminal; all of them stand in --format json and in the returned workbook."""

OUTCOMES = {
    Outcome.RECORDED: ("已记录", "recorded"),
    Outcome.PARTLY: ("部分记录", "recorded in part"),
    Outcome.UNCHANGED: ("无新内容", "nothing new"),
    Outcome.REFUSED: ("未记录", "refused"),
}


def capture(
    *files: Path,
    party: str | None = None,
    on_error: OnError | None = None,
    dry_run: bool = False,
    back: Path | None = None,
    importer: Annotated[str | None, Parameter(show=False)] = None,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Record documents: EPCIS JSON, XML or NDJSON, workbooks (xlsx, xls, ods, csv), Catena-X import files.

    Exit code 0 all recorded (or nothing new), 3 some rows or files refused, 2 nothing recorded.

    Parameters
    ----------
    files
        The documents; `-` is standard input.
    party
        Credit code (USCC) of who submits (default: the workspace's operator).
    on_error
        proceed records the good rows of a faulty document, refuse none of it
        (default: workbooks and NDJSON proceed, one JSON document is refused whole).
    dry_run
        Check only; nothing is written.
    back
        A directory for the same workbooks back, with the faulty cells coloured and noted.
    format
        table, json, ndjson, csv or parquet.
    importer
        The importer, where the document is not to be recognised by its content.
    """
    common = common or Common()
    if not files:
        raise SuyuanError(
            "name at least one file: suyuan capture FILE…", "请至少指定一个文件：suyuan capture 文件…"
        )
    party = credit_code("--party", party)
    captured = []
    with common.opened() as workspace:
        for file in files:
            one = capture_one(workspace, file, party, on_error, dry_run, common.language, importer)
            captured.append(one)
            if back and one.findings:
                _give_back(one, file, back, common.language)
        if format == "table":
            tell(captured, common.language)
            console().print(head(workspace, common.language), markup=False)
        else:
            show_rows([row for one in captured for row in _rows(one, format, common.language)], format)
        remark(workspace.remarks(), common.language)
    return exit_code(captured)


def exit_code(captured: Sequence[Captured]) -> int:
    """0 all recorded, 3 some of it refused, 2 nothing recorded."""
    if all(one.outcome is Outcome.REFUSED for one in captured):
        return NOTHING_RECORDED
    return DATA_ERRORS if any(one.refused for one in captured) else OK


def capture_one(
    workspace: Workspace,
    file: Path,
    party: str | None,
    on_error: OnError | None = None,
    dry_run: bool = False,
    lang: Lang = "en",
    importer: str | None = None,
) -> Captured:
    """Record one file; what keeps it out as a whole is told on standard error and counts as refused."""
    try:
        with _open(file) as stream, progress(file.name) as advance:
            return record(
                workspace,
                stream,
                file.name,
                party=party,
                on_error=on_error,
                dry_run=dry_run,
                importer=importer,
                advance=advance,
            )
    except SuyuanError as wrong:
        error_console().print(f"{file}: {wrong.show(lang)}", markup=False)
        return Captured(file.name, refused=1, dry_run=dry_run, why=wrong.sentence)


def _open(file: Path) -> BinaryIO:
    if str(file) == STDIN:
        return (
            io.BufferedReader(sys.stdin.buffer.raw) if hasattr(sys.stdin.buffer, "raw") else sys.stdin.buffer
        )
    try:
        if file.is_dir():
            raise SuyuanError(
                f"{file} is a directory; name files, e.g. {file}/*", f"{file} 是目录；请指定文件，如 {file}/*"
            )
        return file.open("rb")
    except OSError as error:
        raise SuyuanError(
            f"cannot read {file}: {error.strerror}", f"无法读取 {file}：{error.strerror}"
        ) from error


def tell(captured: Sequence[Captured], lang: Lang, findings: int = FINDINGS_SHOWN) -> None:
    """The outcome of each document as a table, then up to `findings` findings of each."""
    zh = lang == "zh"
    rows = [
        {
            ("文件" if zh else "file"): one.name,
            ("结果" if zh else "outcome"): OUTCOMES[one.outcome][0 if zh else 1]
            + (("（试运行）" if zh else " (dry run)") if one.dry_run else ""),
            ("新记录" if zh else "recorded"): f"{one.recorded:,}",
            ("已有" if zh else "known"): f"{one.unchanged:,}",
            ("拒收" if zh else "refused"): f"{one.refused:,}",
            ("提示" if zh else "remarks"): f"{one.remarks:,}",
            ("首条" if zh else "first entry"): one.first_seq,
        }
        for one in captured
    ]
    show_rows(rows, "table")
    for one in captured:
        if one.before and one.before.refused:
            console().print(
                f"{one.name}  此文件已在 {show_instant(one.before.recorded_at)} 收录；当时有 {one.before.refused:,} 行被拒收，请更正后重新提交"
                if zh
                else f"{one.name}  on record since {show_instant(one.before.recorded_at)}; {one.before.refused:,} of its rows "
                "were refused then: correct them and send the file again",
                markup=False,
            )
        blocking_first = sorted(one.findings, key=lambda f: f.severity != "block")
        for finding in blocking_first[:findings]:
            console().print(f"{one.name}  {_told(finding, lang)}", markup=False)
        if len(one.findings) > findings:
            more = len(one.findings) - findings
            console().print(
                f"{one.name}  另有 {more:,} 处；--format json 或 --back 目录 可得全部"
                if zh
                else f"{one.name}  {more:,} more; --format json or --back DIR give all of them",
                markup=False,
            )


def _told(finding: Finding, lang: Lang) -> str:
    parts = [finding.place.show(), finding.reason.show(lang)]
    if finding.suggestion:
        parts.append(("建议：" if lang == "zh" else "suggested: ") + finding.suggestion)
    return "  ".join([f"[{finding.severity}]", *filter(None, parts), f"({finding.rule})"])


def _rows(one: Captured, form: Format, lang: Lang) -> list[dict[str, object]]:
    findings = [finding_row(one.name, finding, lang) for finding in one.findings]
    if form != "json":
        return findings
    return [
        {
            "file": one.name,
            "outcome": str(one.outcome),
            "importer": one.importer,
            "digest": one.digest,
            "recorded": one.recorded,
            "unchanged": one.unchanged,
            "refused": one.refused,
            "remarks": one.remarks,
            "first_seq": one.first_seq,
            "dry_run": one.dry_run,
            "why": one.why.show(lang) if one.why else None,
            "findings": findings,
        }
    ]


def finding_row(name: str, finding: Finding, lang: Lang) -> dict[str, object]:
    """A finding for programs: place, rule, severity, both languages' sentence in `lang`, suggestion."""
    return {
        "file": name,
        "place": finding.place.show(),
        "sheet": finding.place.sheet,
        "cell": finding.place.cell,
        "line": finding.place.line,
        "pointer": finding.place.pointer,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "reason": finding.reason.show(lang),
        "found": finding.found,
        "suggestion": finding.suggestion,
    }


def head(workspace: Workspace, lang: Lang) -> str:
    """The checkpoint in one line."""
    head = workspace.ledger.checkpoint()
    root = head.root.hex()[:16]
    return (
        f"检查点：{head.origin}　{head.size:,} 条　根 {root}…（suyuan checkpoint 给出全文）"
        if lang == "zh"
        else f"checkpoint: {head.origin}  {head.size:,} entries  root {root}…  (suyuan checkpoint prints it)"
    )


def _give_back(one: Captured, file: Path, directory: Path, lang: Lang) -> None:
    written = template_.give_back(file, one.findings, directory, lang)
    if written:
        error_console().print(
            f"已标注的工作簿：{written}" if lang == "zh" else f"the workbook with its cells noted: {written}",
            markup=False,
        )


def template(
    role: str | None = None,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    common: Common | None = None,
) -> int:
    """Write the blank workbook of a submission: instructions, drop-downs, text-typed code columns.

    Parameters
    ----------
    role
        Which submission; without it the roles are listed.
    output
        Where to write (default: ROLE.xlsx in the current directory).
    """
    lang = (common or Common()).language
    if role is None:
        show_rows(template_.roles(lang), "table")
        return OK
    written = template_.write(role, output)
    console().print(f"已写出 {written}" if lang == "zh" else f"wrote {written}", markup=False)
    return OK


party = App(name="party", help="Master data: parties, sites, models. / 主数据：主体、场所、型号")


@party.command(name="import")
def import_(
    *files: Path,
    dry_run: bool = False,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """Record a table of parties, sites or models (csv, xlsx). Master data are entries of the ledger too.

    Parameters
    ----------
    files
        Tables with the columns uscc, name, role, area, gln, vendor_codes, wmi, lat, lon, site, site_kind,
        capacity_t_per_year, listed_from, listed_to, serves; or models with the names of production.
    dry_run
        Check only; nothing is written.
    format
        table, json, ndjson, csv or parquet.
    """
    return capture(*files, dry_run=dry_run, format=format, importer="parties", common=common)
