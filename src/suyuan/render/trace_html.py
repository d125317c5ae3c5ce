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
from suyuan.render.trace_text import header
from suyuan.render.words import step_name, word
from suyuan.terms.sentence import Lang

Answer = Mapping[str, Any]

STYLE = """
:root { color-scheme: light dark; --line: #8a94a6; --ink: #1a2230; --paper: #fff; --soft: #f2f5f9; --mark: #0b5cad }
@media (prefers-color-scheme: dark) { :root { --line: #6b7688; --ink: #e6ebf2; --paper: #12171f; --soft: #1c2430; --mark: #7db8f5 } }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif }
main { max-width: 1180px; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere } h1 small { display: block; color: var(--line); font-size: .95rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; background: var(--soft); padding: 1rem; border-radius: 6px }
dt { color: var(--line) } dd { margin: 0; overflow-wrap: anywhere }
.note { border: 1px dashed var(--line); padding: .4rem .8rem; border-radius: 6px }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.code, .code { font-family: ui-monospace, "Cascadia Mono", Consolas, monospace; overflow-wrap: anywhere }
svg.family rect { fill: var(--soft); stroke: var(--line) } svg.family .main rect { stroke: var(--mark); stroke-width: 3 }
svg.family .kind-lot rect, svg.family .kind-run rect { stroke-dasharray: 5 3 }
svg.family .state-recycled rect, svg.family .state-destroyed rect { stroke-width: 2; stroke-dasharray: 2 2 }
svg.family text { fill: var(--ink); font: 11px ui-monospace, monospace } svg.family path { fill: none; stroke: var(--line) }
ul.tree, ul.tree ul { list-style: none; padding-left: 1.1rem; border-left: 1px solid var(--line) } ul.tree { padding-left: .6rem }
.dim { color: var(--line) }
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
                    _became(answer["became"], lang) if answer["became"] else None,
                ]
            ],
        ]
    )


def _small(text: str) -> Element:
    return span(".dim")[text]


def _header(answer: Answer, lang: Lang) -> Element:
    return dl[(fragment[dt[label], dd[text]] for label, text in header(answer, lang))]


def _timeline(rows: Sequence[Answer], lang: Lang) -> Element:
    keys = ("day", "step", "by", "from", "to", "place", "with", "entry")
    return section[
        h2[word("timeline", lang)],
        div(".scroll")[
            table[
                thead[tr[(th(scope="col")[word(key, lang)] for key in keys)]],
                tbody[(_moment(row, lang) for row in rows)],
            ]
        ],
    ]


def _moment(row: Answer, lang: Lang) -> Element:
    return tr[
        td[str(row["day"])],
        td[step_name(row["step"], row["biz_step"], lang)],
        td(".code")[row["actor"] or row["submitter"] or ""],
        td(".code")[row["giver"] or ""],
        td(".code")[row["taker"] or ""],
        td(".code")[row["where"] or ""],
        td(".code")[row["with"] or ""],
        td[str(row["seq"])],
    ]


def _family(answer: Answer, lang: Lang) -> Element:
    family = answer["family"]
    item = {"code": answer["code"], "kind": answer["kind"], "state": (answer["state"] or {}).get("state")}
    return section[
        h2[word("family", lang)],
        div(".scroll")[Markup(drawing(item, family["made_of"], family["went_into"]))],
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
        span(".code")[node["code"]],
        " ",
        span(".dim")[word(node.get("state"), lang)],
    ]
    if not node["children"]:
        return li[label]
    return li[details[summary[label], ul[_tree(node["children"], lang)]]]


def _became(rows: Sequence[Answer], lang: Lang) -> Element:
    return section[
        h2[word("became", lang)],
        table[
            thead[tr[(th(scope="col")[word(key, lang)] for key in ("metal", "mass_kg", "lot_", "basis"))]],
            tbody[
                (
                    tr[
                        td[row["metal"]],
                        td[f"{row['mass_kg']:,.3f}"],
                        td(".code")[str(row["lot"])],
                        td[word(row["basis"], lang)],
                    ]
                    for row in rows
                )
            ],
        ],
    ]
