"""The command that compares findings with what was planted in a made-up world."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from suyuan.cli.options import Common
from suyuan.cli.output import Format, Row, console, remark, show_rows
from suyuan.usecases import score as score_

OK, BELOW = 0, 1
UNEXPLAINED_SHOWN = 10


def score(
    workspace: Path,
    truth: Path,
    *,
    at_least: float | None = None,
    format: Annotated[Format, Parameter(alias="-f")] = "table",  # noqa: A002  # the option's name
    common: Common | None = None,
) -> int:
    """How well the rules find what `suyuan simulate --faults` planted: recall and precision by kind of fault.

    Exit code 1 where recall or precision of the whole stays below --at-least.

    Parameters
    ----------
    workspace
        The workspace into which the world was captured.
    truth
        The truth.ndjson of that world; it tells the day to judge on.
    at_least
        Recall and precision that are expected, such as 0.99.
    format
        table, json, ndjson, csv or parquet.
    """
    common = Common(workspace=workspace, lang=common.lang if common else None)
    told = score_.Truth.read(truth)
    with common.opened() as opened:
        remark(opened.remarks(), common.language)
        found = score_.of_workspace(opened, told)
    zh = common.language == "zh"
    if format == "table":
        lines = [*found.lines, found.total]
        show_rows([_line(line, zh) for line in lines], "table")
        if found.unexplained:
            console().print(
                f"{len(found.unexplained)} 条发现无人造假可解释："
                if zh
                else f"{len(found.unexplained)} findings that nothing planted explains:"
            )
            shown = ("rule", "subject", "party", "day")
            show_rows(
                [{name: row[name] for name in shown} for row in found.unexplained[:UNEXPLAINED_SHOWN]],
                "table",
            )
    else:
        show_rows([_row(line) for line in [*found.lines, found.total]], format)
    short = at_least is not None and min(found.total.recall, found.total.precision) < at_least
    return BELOW if short else OK


def _line(line: score_.Line, zh: bool) -> Row:
    return {
        ("类型" if zh else "kind"): line.kind or ("合计" if zh else "all"),
        ("族" if zh else "family"): line.family,
        ("植入" if zh else "planted"): line.planted,
        ("发现" if zh else "found"): line.found,
        ("召回率" if zh else "recall"): f"{line.recall:.3f}",
        ("告警" if zh else "findings"): line.findings,
        ("可解释" if zh else "explained"): line.explained,
        ("准确率" if zh else "precision"): f"{line.precision:.3f}",
        ("未发现" if zh else "missed"): ", ".join(line.missed[:3]) + (" …" if len(line.missed) > 3 else ""),
    }


def _row(line: score_.Line) -> Row:
    return {
        "kind": line.kind, "family": line.family, "planted": line.planted, "found": line.found, "recall": line.recall,
        "findings": line.findings, "explained": line.explained, "precision": line.precision, "missed": line.missed,
    }  # fmt: skip
