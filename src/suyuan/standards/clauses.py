"""Clauses as people cite them, from the keys that rows and rules keep.

    order-73-2026#article-24      《…》（2026年第73号令）第24条      …, Order 73 (2026), Art. 24
    eu-2023-1542#annex-xii-b      …附件十二第B部分                   …, Annex XII, Part B
    conditions-2024-42#recovery   …“回收率”部分                     …, on recovery          (words of clauses.toml)

>>> [place("article-24").zh, place("24(7)").zh, place("annex-3-2").zh, place("annex-xii-b").zh, place("recovery").zh]
['第24条', '第24条第7项', '附件三第2点', '附件十二第B部分', '“回收率”部分']
>>> [place("article-24").en, place("24(7)").en, place("annex-3-2").en, place("annex-xii-b").en, place("recovery").en]
['Art. 24', 'Art. 24(7)', 'Annex III, point 2', 'Annex XII, Part B', 'on recovery']
>>> place("2.1, first sentence").en
'2.1, first sentence'
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from suyuan.standards.documents import document
from suyuan.terms.sentence import Sentence

DIGITS = "〇一二三四五六七八九"
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def cited(cites: str) -> Sentence:
    """Title and number of the document, and the clause, of `document#clause`. Raises UnknownDocument.

    >>> cited("order-73-2026#article-24").zh
    '《新能源汽车废旧动力电池回收和综合利用管理暂行办法》（2026年第73号令）第24条'
    """
    key, _, clause = cites.partition("#")
    found = document(key)
    where = place(clause, standard=found.kind == "standard")
    number = "" if found.number == "-" else found.number
    in_zh = f"（{_number_zh(number)}）" if number else ""
    title = found.title.zh if found.kind == "assumption" else f"《{found.title.zh}》"
    return Sentence(
        zh=f"{title}{in_zh}{where.zh}",
        en=", ".join(each for each in (found.title.en, number, where.en) if each),
    )


NUMBERS_ZH = (
    (r"Order (\d+) \((\d+)\)", r"\2年第\1号令"),
    (r"Announcement (\d+) No\. (\d+)", r"\1年第\2号公告"),
    (r"MOFCOM Order (\d+) No\. (\d+)", r"商务部令\1年第\2号"),
    (r"MIIT-Joint-Jie \[(\d+)\] (\d+)", r"工信部联节〔\1〕\2号"),
    (r"Guobanfa \[(\d+)\] (\d+)", r"国办发〔\1〕\2号"),
    (r"\[(\d+)\] (\d+)", r"〔\1〕\2号"),
    (r"Delegated Regulation \(EU\) (\S+)", r"欧盟授权条例 \1"),
    (r"Regulation \(EU\) (\S+)", r"欧盟条例 \1"),
    (r"(\d+) edition", r"\1年本"),
)
"""Numbers of documents, as the register keeps them and as they are written in Chinese."""


def _number_zh(number: str) -> str:
    for written, told in NUMBERS_ZH:
        if found := re.fullmatch(written, number):
            return found.expand(told)
    return number


def place(clause: str, *, standard: bool = False) -> Sentence:
    """The clause of one document; the numbered parts of a standard are clauses, not articles. What has no name of its own stays as it is."""
    for pattern, told in PATTERNS:
        if found := pattern.fullmatch(clause):
            if standard and pattern is _BARE:
                return Sentence(zh=f"第{clause}章", en=f"clause {clause}")
            return told(found)
    word = _words().get(clause)
    return word if word is not None else Sentence(zh=clause, en=clause)


def _article(found: re.Match[str]) -> Sentence:
    number, item = found[1], found[2]
    if item is None:
        return Sentence(zh=f"第{number}条", en=f"Art. {number}")
    return Sentence(zh=f"第{number}条第{item}项", en=f"Art. {number}({item})")


def _annex(found: re.Match[str]) -> Sentence:
    number = int(found[1]) if found[1].isdigit() else _from_roman(found[1])
    zh, en = f"附件{_chinese(number)}", f"Annex {_roman(number).upper()}"
    part = found[2]
    if part is None:
        return Sentence(zh=zh, en=en)
    if part.isdigit():
        return Sentence(zh=f"{zh}第{part}点", en=f"{en}, point {part}")
    return Sentence(zh=f"{zh}第{part.upper()}部分", en=f"{en}, Part {part.upper()}")


def _chapter(found: re.Match[str]) -> Sentence:
    return Sentence(zh=f"第{_chinese(int(found[1]))}章", en=f"Chapter {found[1]}")


def _position(found: re.Match[str]) -> Sentence:
    return Sentence(zh=f"代码第{found[1]}位", en=f"position {found[1]}")


_BARE = re.compile(r"(\d+)(?:\((\d+)\))?")
PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Sentence]], ...] = (
    (_BARE, _article),
    (re.compile(r"article-(\d+)(?:-(\d+))?"), _article),
    (re.compile(r"annex-(\d+|[ivx]+)(?:-(\d+|[a-z]))?"), _annex),
    (re.compile(r"chapter-(\d+)"), _chapter),
    (re.compile(r"position-(\d+)"), _position),
)


@cache
def _words() -> Mapping[str, Sentence]:
    told = tomllib.loads(files("suyuan.standards").joinpath("clauses.toml").read_text("utf-8"))
    return {
        key: Sentence(zh=f"“{each['zh']}”部分", en=f"on {each['en']}") for key, each in told["clause"].items()
    }


def _chinese(number: int) -> str:
    """A number below one hundred in characters.

    >>> [_chinese(each) for each in (3, 10, 12, 20, 45)]
    ['三', '十', '十二', '二十', '四十五']
    """
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    for value, letters in ROMAN:
        if number >= value:
            return letters + _roman(number - value)
    return ""


def _from_roman(text: str) -> int:
    return next(number for number in range(1, 100) if _roman(number) == text)
