"""Reports leave as bytes and files: JSON, CSV, workbook, Parquet, page, PDF."""

from pathlib import Path
from typing import Literal

from suyuan.reports.report import Report
from suyuan.store.failures import told
from suyuan.terms.sentence import Lang

Form = Literal["table", "json", "csv", "xlsx", "parquet", "html", "pdf"]
BOM = b"\xef\xbb\xbf"
"""Before CSV in a file: spreadsheets read Chinese right with it."""


def rendered(report: Report, form: Form, lang: Lang) -> bytes:
    """The report in one of the forms; `table` is for terminals and none of them."""
    from suyuan.render import report_data

    if form == "json":
        return report_data.as_json(report, lang)
    if form == "csv":
        return report_data.as_csv(report, lang).encode()
    if form == "parquet":
        return report_data.as_parquet(report, lang)
    if form == "xlsx":
        from suyuan.render import report_xlsx

        return report_xlsx.workbook(report, lang)
    if form == "html":
        from suyuan.render import report_html

        return report_html.page(report, lang).encode()
    assert form == "pdf", f"{form} is not written into a file"
    from suyuan.render import pdf

    return pdf.pdf(report, lang)


def written(report: Report, form: Form, lang: Lang, target: Path) -> Path:
    """Write the report into a file. Raises DiskFull, ReadOnly."""
    data = rendered(report, form, lang)
    with told(str(target)):
        target.write_bytes(BOM + data if form == "csv" else data)
    return target
