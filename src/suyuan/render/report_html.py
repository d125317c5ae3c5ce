"""A report as one page, complete in itself: no script, no address outside, prints on A4. Each figure opens to its entries."""

from htpy import (
    Element,
    Node,
    body,
    details,
    div,
    fragment,
    h1,
    h2,
    head,
    html,
    main,
    meta,
    p,
    section,
    span,
    style,
    summary,
    tbody,
    td,
    th,
    thead,
    title,
    tr,
)
from htpy import table as table_
from markupsafe import Markup

from suyuan.render.charts import drawn
from suyuan.render.report_data import tables
from suyuan.reports.report import Cell, Column, Report, Section, Table, shown
from suyuan.terms.sentence import Lang, Sentence

SHOWN_MOST = 200
"""Entries named below a figure; the workbook and the JSON have all."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
ENTRIES, LAW = Sentence(zh="账本条目", en="entries"), Sentence(zh="依据", en="row of law")
MORE = Sentence(zh="另 {n} 条", en="and {n} more")
STYLE = """
:root { color-scheme: light dark; --line: #8a94a6; --ink: #1a2230; --paper: #fff; --soft: #f2f5f9; --mark: #0b5cad; --dim: #586274 }
@media (prefers-color-scheme: dark) { :root { --line: #6b7688; --ink: #e6ebf2; --paper: #12171f; --soft: #1c2430; --mark: #7db8f5; --dim: #a3adbd } }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif }
main { max-width: 1180px; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.1rem; margin-top: 2rem }
.note { border: 1px dashed var(--line); padding: .4rem .8rem; border-radius: 6px }
.made, .dim { color: var(--dim); font-size: .85rem; overflow-wrap: anywhere }
.scroll { overflow-x: auto } svg { max-width: 100%; height: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums } td.day { white-space: nowrap }
td.code { font-family: ui-monospace, "Cascadia Mono", Consolas, monospace; overflow-wrap: anywhere; min-width: 12ch }
summary { cursor: pointer; text-decoration: underline dotted; list-style: none }
@page { size: A4 portrait; margin: 18mm 15mm }
@media print { .scroll { overflow: visible } main { padding: 0 } thead { display: table-header-group } tr { break-inside: avoid } }
"""


def page(report: Report, lang: Lang) -> str:
    """The page as text."""
    return str(
        html(lang="zh-CN" if lang == "zh" else "en")[
            head[
                meta(charset="utf-8"),
                meta({"http-equiv": "Content-Security-Policy"}, content=POLICY),
                meta(name="viewport", content="width=device-width, initial-scale=1"),
                title[f"{report.title.show(lang)} · 溯源 suyuan"],
                style[Markup(STYLE)],
            ],
            body[
                main[
                    h1[report.title.show(lang)],
                    p[report.about.show(lang)],
                    [p(".note")[remark.show(lang)] for remark in report.remarks],
                    [_section(each, lang) for each in report.sections],
                    p(".made")[report.made_from.sentence().show(lang)],
                ]
            ],
        ]
    )


def _section(part: Section, lang: Lang) -> Element:
    name = part.title.show(lang)
    return section[
        h2[name],
        [p[each.show(lang)] for each in part.paragraphs],
        div(".scroll")[Markup(drawn(part.chart, lang))] if part.chart is not None else None,
        [_named(each, "" if heading == name else heading, lang) for heading, each in tables(part, lang)],
    ]


def _named(table: Table, heading: str, lang: Lang) -> Node:
    if not heading:
        return _table(table, lang)
    return details[summary[heading], _table(table, lang)]


def _table(table: Table, lang: Lang) -> Element:
    return div(".scroll")[
        table_[
            thead[
                tr[(th(class_=each.kind.value, scope="col")[each.heading(lang)] for each in table.columns)]
            ],
            tbody[
                (
                    tr[(_cell(cell, column, lang) for cell, column in zip(row, table.columns, strict=True))]
                    for row in table.rows
                )
            ],
        ]
    ]


def _cell(cell: Cell, column: Column, lang: Lang) -> Element:
    kind = column.kind.value
    text = shown(cell, column, lang)
    if not cell.entries and not cell.row:
        return td(class_=kind)[text]
    return td(class_=kind)[details[summary[text or "—"], span(".dim")[_behind(cell, lang)]]]


def _behind(cell: Cell, lang: Lang) -> Node:
    """Entries and the row of law behind a figure."""
    named = ", ".join(map(str, cell.entries[:SHOWN_MOST]))
    left = len(cell.entries) - SHOWN_MOST
    more = f" {MORE.show(lang).format(n=f'{left:,}')}" if left > 0 else ""
    return fragment[
        f"{ENTRIES.show(lang)} {named}{more}" if cell.entries else "",
        " " if cell.entries and cell.row else "",
        f"{LAW.show(lang)} {cell.row}" if cell.row else "",
    ]
