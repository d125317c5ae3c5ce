"""A trace as one HTML page, complete in itself: no script, no address outside, prints on A4.

Header, timeline, family (drawn and as a folding list), what became of it. The drawing has the list as its twin.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import (
    Element,
    Node,
    body,
    dd,
    details,
    div,
    dl,
    dt,
    fragment,
    h1,
    h2,
    head,
    html,
    li,
    main,
    meta,
    p,
    section,
    span,
    style,
    summary,
    table,
    tbody,
    td,
    th,
    thead,
    title,
    tr,
    ul,
)
from markupsafe import Markup

from suyuan.render.family_svg import drawing
from suyuan.render.short import short
from suyuan.render.trace_text import BECAME, became_cells, header, who, with_what
from suyuan.render.words import step_name, word
from suyuan.terms.sentence import Lang

Answer = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; --line: #8a94a6; --ink: #1a2230; --paper: #fff; --soft: #f2f5f9; --mark: #0b5cad; --dim: #586274 }
@media (prefers-color-scheme: dark) { :root { --line: #6b7688; --ink: #e6ebf2; --paper: #12171f; --soft: #1c2430; --mark: #7db8f5; --dim: #a3adbd } }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif }
main { max-width: 1180px; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere } h1 small { display: block; color: var(--dim); font-size: .95rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; background: var(--soft); padding: 1rem; border-radius: 6px }
dt { color: var(--dim) } dd { margin: 0; overflow-wrap: anywhere }
.note { border: 1px dashed var(--line); padding: .4rem .8rem; border-radius: 6px }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.with, .code { font-family: ui-monospace, "Cascadia Mono", Consolas, monospace; overflow-wrap: anywhere }
svg.family rect { fill: var(--soft); stroke: var(--line) } svg.family .main rect { stroke: var(--mark); stroke-width: 3 }
svg.family .kind-lot rect, svg.family .kind-run rect { stroke-dasharray: 5 3 }
svg.family .state-recycled rect, svg.family .state-destroyed rect { stroke-width: 2; stroke-dasharray: 2 2 }
svg.family text { fill: var(--ink); font: 11px ui-monospace, monospace } svg.family path { fill: none; stroke: var(--line) }
ul.tree, ul.tree ul { list-style: none; padding-left: 1.1rem; border-left: 1px solid var(--line) } ul.tree { padding-left: .6rem }
.dim { color: var(--dim) }
td.day, td.entry { white-space: nowrap }
svg.family { max-width: 100%; height: auto }
@media (max-width: 640px) { main { padding: .8rem } dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem }
  table.rows, .rows tbody, .rows tr, .rows td { display: block } .rows thead { position: absolute; left: -999rem }
  .rows tr { border-bottom: 1px solid var(--line); padding: .5rem 0 } .rows td { border: 0; padding: 0 } .rows td:empty { display: none }
  .rows td::before { content: attr(data-label) " "; color: var(--dim); font-size: .8rem } }
@media print { .scroll { overflow: visible } details { display: block } main { padding: 0 } }
"""


def page(answer: Answer, lang: Lang, notes: Sequence[str] = ()) -> str:
    """The page as text."""
    name = f"{answer['code']} · {word(answer['kind'], lang)} · 溯源 suyuan"
    # htpy writes the doctype itself
    return str(
        html(lang="zh-CN" if lang == "zh" else "en")[
            head[
                meta(charset="utf-8"),
                meta(name="viewport", content="width=device-width, initial-scale=1"),
                title[name],
                style[Markup(STYLE)],
            ],
            body[
                main[
                    h1(".code")[str(answer["code"]), span[" "], _small(word(answer["kind"], lang))],
                    [p(".note")[note] for note in notes],
                    _header(answer, lang),
                    _timeline(answer["timeline"], lang),
                    _family(answer, lang),
                    _became(answer, lang) if answer["materials"] or answer["became"] else None,
                ]
            ],
        ]
    )


def _small(text: str) -> Element:
    return span(".dim")[text]


def _header(answer: Answer, lang: Lang) -> Element:
    return dl[(fragment[dt[label], dd[text]] for label, text in header(answer, lang))]


def _timeline(rows: Sequence[Answer], lang: Lang) -> Element:
    keys = ("day", "step", "who", "place", "with", "entry")
    return section[h2[word("timeline", lang)], _table(keys, [_moment(row, lang) for row in rows], lang)]


Cell = tuple[str, str]
"""What is read, and the whole of it where that is shortened."""


def _table(keys: Sequence[str], rows: Sequence[Sequence[Cell]], lang: Lang) -> Element:
    """A table; on a narrow screen each row is a block of labelled lines."""
    labels = [word(key, lang) for key in keys]
    return div(".scroll")[
        table(".rows")[
            thead[tr[(th(scope="col")[label] for label in labels)]],
            tbody[(_row(keys, labels, row) for row in rows)],
        ]
    ]


def _row(keys: Sequence[str], labels: Sequence[str], row: Sequence[Cell]) -> Element:
    return tr[
        (
            td(class_=key, data_label=label, title=whole if whole != text else None)[text]
            for key, label, (text, whole) in zip(keys, labels, row, strict=True)
        )
    ]


def _moment(row: Answer, lang: Lang) -> list[Cell]:
    parties = " → ".join(str(row[key]) for key in ("giver", "taker") if row[key])
    whole = "; ".join(str(row[key]) for key in ("parent", "run") if row[key])
    return [
        (str(row["day"]), ""),
        (step_name(row["step"], row["biz_step"], lang), str(row["biz_step"] or "")),
        (who(row), parties or str(row["actor"] or row["submitter"])),
        (short(row["where"], lang), str(row["where"] or "")),
        (with_what(row, lang), whole),
        (str(row["seq"]), ""),
    ]


def _family(answer: Answer, lang: Lang) -> Element:
    family = answer["family"]
    item = {"code": answer["code"], "kind": answer["kind"], "state": (answer["state"] or {}).get("state")}
    return section[
        h2[word("family", lang)],
        div(".scroll")[
            Markup(drawing(item, family["made_of"], family["went_into"], lambda code: short(code, lang)))
        ],
        [
            details(open=True)[summary[word(side, lang)], ul(".tree")[_tree(family[side], lang)]]
            for side in ("made_of", "went_into")
        ],
    ]


def _tree(nodes: Sequence[Answer], lang: Lang) -> Node:
    if not nodes:
        return li(".dim")[word("nothing", lang)]
    return [_branch(node, lang) for node in nodes]


def _branch(node: Answer, lang: Lang) -> Element:
    if node.get("code") is None:
        return li(".dim")[f"… +{node['folded']:,}"]
    label = fragment[
        word(node["kind"], lang),
        " ",
        span(".code", title=node["code"])[short(node["code"], lang)],
        " ",
        span(".dim")[word(node.get("state"), lang)],
    ]
    if not node["children"]:
        return li[label]
    return li[details[summary[label], ul[_tree(node["children"], lang)]]]


def _became(answer: Answer, lang: Lang) -> Element:
    metals = [[(cell, "") for cell in became_cells(row, lang)] for row in answer["became"]]
    return section[
        h2[word("became", lang)],
        _table(BECAME, metals, lang) if metals else None,
        details[
            summary[word("materials", lang)],
            _table(
                ("lot_", "mass_kg", "of_lot", "fate"),
                [_material(row, lang) for row in answer["materials"]],
                lang,
            ),
        ],
    ]


def _material(row: Answer, lang: Lang) -> list[Cell]:
    return [
        (short(row["lot"], lang), str(row["lot"])),
        (f"{row['mass_kg']:,.1f}" if row["mass_kg"] is not None else "", ""),
        (f"{100 * row['share']:.3g} %" if row["share"] is not None else "", ""),
        (row["fate"] or "", ""),
    ]
