"""What everybody may know of a code, as one HTML page: complete in itself, no script, no address outside."""

from collections.abc import Mapping, Sequence
from typing import Any

from htpy import body, h1, head, html, main, meta, p, style, table, tbody, td, th, thead, title, tr
from markupsafe import Markup

from suyuan.render.words import word
from suyuan.terms.sentence import Lang, Sentence

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 } main { max-width: 60rem; margin: auto; padding: 1.5rem }
.code { font-family: ui-monospace, Consolas, monospace; overflow-wrap: anywhere } table { border-collapse: collapse }
th, td { text-align: left; padding: .35rem .8rem; border-bottom: 1px solid #ccc }
"""
PUBLIC = Sentence(
    zh="以下为公开信息；登录后可见本单位有权查看的内容。",
    en="This is what everybody may know; who signs in sees what he has a right to.",
)
LABELS = {
    "item": Sentence(zh="代码", en="code"), "kind": Sentence(zh="类别", en="kind"), "local_day": Sentence(zh="日期", en="day"),
    "biz_step": Sentence(zh="环节", en="step"), "disposition": Sentence(zh="状态", en="state"),
    "event_type": Sentence(zh="事件类型", en="event type"), "action": Sentence(zh="动作", en="action"),
}  # fmt: skip


def page(code: str, rows: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """The page as text; `rows` are public fields of what happened to the thing."""
    names = [name for name in (rows[0] if rows else {}) if name != "item"]
    return str(
        html(lang="zh-CN" if lang == "zh" else "en")[
            head[
                meta(charset="utf-8"),
                meta(name="viewport", content="width=device-width, initial-scale=1"),
                title[f"{code} · 溯源 suyuan"],
                style[Markup(STYLE)],
            ],
            body[
                main[
                    h1(".code")[code],
                    p[PUBLIC.show(lang)],
                    table[
                        thead[tr[(th[_label(name, lang)] for name in names)]],
                        tbody[(tr[(td[_shown(row[name], lang)] for name in names)] for row in rows)],
                    ],
                ]
            ],
        ]
    )


def _label(name: str, lang: Lang) -> str:
    return LABELS[name].show(lang) if name in LABELS else name


def _shown(value: object, lang: Lang) -> str:
    return "" if value is None else word(str(value), lang)
