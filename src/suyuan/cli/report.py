"""Reports: where to look, what the authority sees about a firm, dossiers, filings, flows, accounts; every figure opens to its entries."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from suyuan.cli.options import Common, WrongOption, credit_code
from suyuan.cli.output import as_json, console, progress, remark, show_rows
from suyuan.reports.report import Report
from suyuan.terms.sentence import Lang
from suyuan.usecases import report as reports
from suyuan.usecases.report_files import Form, written

OK = 0
SHOWN = 40
"""Rows of a table that a person is shown; programs get all of them."""
BINARY = ("xlsx", "parquet", "pdf")

report = App(name="report", help="Reports: where to look, firms, dossiers, filings, flows, accounts. / 报告")


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Out:
    """How a report is written."""

    format: Annotated[Literal["table", "json", "csv", "xlsx", "parquet", "html", "pdf"], Parameter(alias="-f")] = "table"  # fmt: skip
    """table, json, csv, xlsx, parquet, html or pdf."""

    out: Annotated[Path | None, Parameter(alias="-o")] = None
    """The file to write; its name says the format where none is given."""

    entries_of: str | None = None
    """The entries behind one figure, as JSON: TABLE/ROW/COLUMN, as in 1/3/points (tables and rows count from 1)."""

    day: date | None = None
    """Judge as of that day (YYYY-MM-DD, Asia/Shanghai); today where left out."""

    @property
    def form(self) -> Form:
        """The format asked for, or that of the file's name."""
        if self.out is not None and self.format == "table":
            ending = self.out.suffix.lower().removeprefix(".")
            forms: tuple[Form, ...] = ("json", "csv", "xlsx", "parquet", "html", "pdf")
            found = next((form for form in forms if form == ending), None)
            if found is None:
                raise WrongOption(
                    f"--out {self.out}: give the format too (--format json, csv, xlsx, parquet, html, pdf)",
                    f"--out {self.out}：请同时用 --format 指定格式（json、csv、xlsx、parquet、html、pdf）",
                )
            return found
        return self.format


Made = Callable[..., Report]
"""Makes a report of a workspace, as of a `day`, telling whom to `advance` to."""


def _told(made: Made, how: Out | None, common: Common | None) -> int:
    """Make a report and write it as asked."""
    how, common = how or Out(), common or Common()
    lang, form = common.language, how.form
    if form in BINARY and how.out is None and sys.stdout.isatty():
        raise WrongOption(f"--format {form} needs --out FILE", f"--format {form} 需要 --out 文件")
    with common.opened() as workspace:
        remark(workspace.remarks(), lang)
        with progress("report") as advance:
            told = made(workspace, day=how.day, advance=lambda done, total: advance(done, total, done))
        if how.entries_of is not None:
            found = reports.opened(workspace, told, how.entries_of)
            print(
                as_json(
                    {
                        "figure": how.entries_of,
                        "value": found.value,
                        "row": found.row,
                        "entries": found.entries,
                    }
                )
            )
            return OK
    if form == "table":
        _show(told, lang)
    elif how.out is not None:
        reports_written = written(told, form, lang, how.out)
        console().print(
            f"已写出 {reports_written}" if lang == "zh" else f"wrote {reports_written}", markup=False
        )
    else:
        sys.stdout.buffer.write(_bytes(told, form, lang))
        sys.stdout.flush()
    return OK


def _bytes(told: Report, form: Form, lang: Lang) -> bytes:
    from suyuan.usecases.report_files import rendered

    return rendered(told, form, lang)


def _show(told: Report, lang: Lang) -> None:
    from suyuan.render import report_data  # what draws charts is loaded by reports alone

    out, zh = console(), lang == "zh"
    out.print(told.title.show(lang), style="bold", markup=False)
    out.print(told.about.show(lang), markup=False)
    number = 0
    for section in told.sections:
        out.print()
        counted = section.table is not None
        number += counted
        out.print(
            f"{number}. {section.title.show(lang)}" if counted else section.title.show(lang),
            style="bold",
            markup=False,
        )
        for paragraph in section.paragraphs:
            out.print(paragraph.show(lang), markup=False)
        if section.table is None:
            continue
        rows = report_data.rows(section.table, lang)
        show_rows(rows[:SHOWN], "table")
        if len(rows) > SHOWN:
            more = len(rows) - SHOWN
            out.print(
                f"另有 {more:,} 行：--format csv" if zh else f"{more:,} more rows: --format csv", markup=False
            )
    out.print()
    for each in (*told.remarks, told.made_from.sentence()):
        out.print(each.show(lang), markup=False)


@report.command
def province(
    *, area: str | None = None, since: date | None = None, firms: int = 5, how: Out | None = None, common: Common | None = None
) -> int:  # fmt: skip
    """Say which firms to look at, why, since when and by which clause; totals by family and prefecture; what changed.

    Parameters
    ----------
    area
        Digits with which area codes begin: 61 a province, 6101 a prefecture; everywhere where left out.
    since
        Tell what changed since that day; thirty days where left out.
    firms
        How many places to tell; firms that share the last are all told.
    """
    return _told(partial(reports.of_province, area=area, since=since, firms=firms), how, common)


@report.command
def party(uscc: str, *, how: Out | None = None, common: Common | None = None) -> int:
    """Tell a firm what the authority sees about it, and what to do next.

    Parameters
    ----------
    uscc
        Credit code of the firm.
    """
    return _told(partial(reports.of_party, uscc=_code("USCC", uscc)), how, common)


@report.command
def item(code: str, *, how: Out | None = None, common: Common | None = None) -> int:
    """Tell everything about an item: life, family, findings, duties, entries to be proven.

    Parameters
    ----------
    code
        A battery code, VIN, lot or other identifier.
    """
    return _told(partial(reports.dossier_of_item, item=code), how, common)


@report.command
def dossier(uscc: str, *, how: Out | None = None, common: Common | None = None) -> int:
    """Tell everything about a party: all findings, cases, duties, what it holds, the documents that it submitted.

    Parameters
    ----------
    uscc
        Credit code of the party.
    """
    return _told(partial(reports.dossier_of_party, uscc=_code("USCC", uscc)), how, common)


@report.command
def filing(
    *, role: str, period: str, party: str | None = None, how: Out | None = None, common: Common | None = None
) -> int:
    """Tell what firms of a role have reported of a period in the words of the official forms, and what is missing.

    Parameters
    ----------
    role
        battery-maker, vehicle-maker, after-sales, swap-operator, outlet, dismantler, echelon-user, re-maker or recycler.
    period
        A month, quarter or year: 2026-05, 2026-Q2, 2026.
    party
        This firm alone (credit code).
    """
    code = credit_code("--party", party)
    return _told(partial(reports.of_filing, role=role, period=period, uscc=code), how, common)


@report.command
def flows(
    *,
    period: str,
    by: Literal["party", "area"] = "party",
    chemistry: bool = False,
    how: Out | None = None,
    common: Common | None = None,
) -> int:
    """Tell what went from whom to whom: packs, kWh and kg between firms or areas, as a table and as a drawing.

    Parameters
    ----------
    period
        A month, quarter or year: 2026-05, 2026-Q2, 2026.
    by
        Between firms (party) or prefectures (area).
    chemistry
        Each chemistry on a row of its own.
    """
    return _told(partial(reports.of_flows, period=period, by=by, chemistry=chemistry), how, common)


def _account(
    kind: reports.Account, party: str | None, period: str | None, area: str | None, how: Out | None, common: Common | None
) -> int:  # fmt: skip
    code = credit_code("--party", party)
    return _told(partial(reports.of_account, kind=kind, uscc=code, period=period, area=area), how, common)


@report.command
def responsibility(
    *, party: str | None = None, period: str | None = None, area: str | None = None, how: Out | None = None, common: Common | None = None
) -> int:  # fmt: skip
    """Tell what producers placed on the market, what came back, and what became of it.

    Parameters
    ----------
    party
        This producer alone (credit code).
    period
        This year alone.
    area
        Areas of sale whose codes begin with these digits.
    """
    return _account("responsibility", party, period, area, how, common)


@report.command
def recovery(
    *,
    party: str | None = None,
    period: str | None = None,
    how: Out | None = None,
    common: Common | None = None,
) -> int:
    """Tell recovery rates by stage and metal against the row of law in force, EU efficiency and recycled content.

    Parameters
    ----------
    party
        This firm alone (credit code).
    period
        A year (with its months) or a month.
    """
    return _account("recovery", party, period, None, how, common)


@report.command
def balance(
    *,
    party: str | None = None,
    period: str | None = None,
    how: Out | None = None,
    common: Common | None = None,
) -> int:
    """Tell the mass balance of recyclers, month by month and metal by metal.

    Parameters
    ----------
    party
        This firm alone (credit code).
    period
        A year (with its months) or a month.
    """
    return _account("balance", party, period, None, how, common)


def _code(option: str, text: str) -> str:
    code = credit_code(option, text)
    assert code is not None, "a code was given"
    return code
