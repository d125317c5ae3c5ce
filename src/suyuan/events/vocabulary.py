"""Our own words (`sy:…`): what each means, and the JSON-LD context and pages made from them.

The table is `vocabulary.toml`; the outputs stand in `docs/reference/` and are written again by

    python -m suyuan.events.vocabulary docs/reference

>>> word("StateOfHealth").label.zh, word("StateOfHealth").unit
('健康状态', 'P1')
>>> context()["@context"]["sy:swap"]
{'@id': 'https://w3id.org/suyuan/voc#swap', '@type': 'xsd:boolean'}
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import htpy

from suyuan.events.uris import CONTEXT_URL, NAMESPACE, PREFIX
from suyuan.terms.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its local name, the list it belongs to, label and meaning; for fields what value they take."""

    name: str
    kind: str
    label: Sentence
    meaning: Sentence
    value: str = ""
    unit: str = ""
    range: str = ""

    @property
    def uri(self) -> str:
        """The full URI, which never changes."""
        return NAMESPACE + self.name

    @property
    def short(self) -> str:
        """The prefixed name."""
        return f"{PREFIX}:{self.name}"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "vocabulary.toml").read_text("utf-8"))


def kinds() -> dict[str, Sentence]:
    """The lists of words and their titles, in the order of the page."""
    return {kind: Sentence(**rows["title"]) for kind, rows in _table().items()}


@cache
def words() -> tuple[Word, ...]:
    """Every word, in the order of the page."""
    return tuple(_words())


def _words() -> Iterator[Word]:
    for kind, rows in _table().items():
        for name, row in rows["words"].items():
            more = {key: row[key] for key in ("value", "unit", "range") if key in row}
            yield Word(name, kind, Sentence(row["zh"], row["en"]), Sentence(**row["meaning"]), **more)


def word(name: str) -> Word:
    """The word with this local name. Raises KeyError."""
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Word]:
    return {each.name: each for each in words()}


_TYPES = {"true/false": "xsd:boolean", "date": "xsd:date", "URI": "@id"}


def context() -> dict[str, Any]:
    """The JSON-LD context: the prefix, and the type of each field whose values have one of their own."""
    bound: dict[str, Any] = {"@version": 1.1, PREFIX: NAMESPACE, "xsd": "http://www.w3.org/2001/XMLSchema#"}
    for each in words():
        if kind := _TYPES.get(each.value):
            bound[each.short] = {"@id": each.uri, "@type": kind}
    return {"@context": bound}


_INTRODUCTION = Sentence(
    zh=f"事件中自有词汇的命名空间为 {NAMESPACE}，前缀通常为 {PREFIX}；JSON-LD 上下文见 {CONTEXT_URL}。词义一经公布不再改变。",
    en=f"Own words in events belong to the namespace {NAMESPACE}, by custom under the prefix {PREFIX}; "
    f"the JSON-LD context is {CONTEXT_URL}. A word keeps its meaning for ever.",
)
_COLUMNS = ("词 / word", "中文", "English", "值 / value", "单位 / unit", "范围 / range")
_TITLE = "溯源词汇 / Suyuan vocabulary"


def _cells(each: Word) -> tuple[str, ...]:
    zh, en = f"{each.label.zh}：{each.meaning.zh}", f"{each.label.en}: {each.meaning.en}"
    return zh, en, each.value, each.unit, each.range


_STYLE = """
body{font:16px/1.5 system-ui,Noto Sans CJK SC,Microsoft YaHei,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}
code{font-family:ui-monospace,monospace}tr:target{outline:2px solid}:root{color-scheme:light dark}
"""


def page() -> str:
    """The vocabulary page: one HTML file, both languages, nothing to load; each word is an anchor of its URI."""
    sections = [_section(kind, title) for kind, title in kinds().items()]
    document = htpy.html(lang="zh-CN")[
        htpy.head[
            htpy.meta(charset="utf-8"),
            htpy.meta(name="viewport", content="width=device-width"),
            htpy.title[_TITLE],
            htpy.style[_STYLE],
        ],
        htpy.body[htpy.h1[_TITLE], htpy.p[_INTRODUCTION.zh], htpy.p[_INTRODUCTION.en], sections],
    ]
    return f"{document}\n"


def _section(kind: str, title: Sentence) -> htpy.Element:
    rows = [
        htpy.tr(id=each.name)[
            htpy.th(scope="row")[htpy.code[each.short]], [htpy.td[cell] for cell in _cells(each)]
        ]
        for each in words()
        if each.kind == kind
    ]
    heading = htpy.tr[[htpy.th(scope="col")[column] for column in _COLUMNS]]
    return htpy.section[
        htpy.h2[f"{title.zh} / {title.en}"], htpy.table[htpy.thead[heading], htpy.tbody[rows]]
    ]


def markdown() -> str:
    """The same as Markdown, for the documentation."""
    lines = [f"# {_TITLE}", "", _INTRODUCTION.zh, "", _INTRODUCTION.en]
    for kind, title in kinds().items():
        lines += ["", f"## {title.zh} / {title.en}", "", _row(_COLUMNS), _row(("---",) * len(_COLUMNS))]
        lines += [_row((f"`{each.short}`", *_cells(each))) for each in words() if each.kind == kind]
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def files() -> dict[str, str]:
    """The outputs by file name."""
    return {
        "context.jsonld": json.dumps(context(), indent=2) + "\n",
        "vocabulary.html": page(),
        "vocabulary.md": markdown(),
    }


if __name__ == "__main__":
    for name, text in files().items():
        (Path(sys.argv[1]) / name).write_text(text, encoding="utf-8")
