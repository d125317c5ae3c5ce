"""Facts of findings as people read them: keys of our own in words, parties by name, moments by the clock in Shanghai, numbers short.

>>> shown("taken_in", "step", {}, "zh"), shown("Li", "metal", {}, "en"), shown("3701 410100", "areas", {}, "zh")
('报废回收', 'lithium', '山东济南、河南郑州')
>>> shown("2023-06-23 04:16:00+00", "at", {}, "zh"), shown("2025-07", "period", {}, "en"), shown(12345.678, "kg", {}, "en")
('2023-06-23 12:16', 'July 2025', '12,346')

A word that is not ours is shown as it was submitted.
"""

import re
from calendar import month_name
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

from suyuan.events.uris import NAMESPACE
from suyuan.events.vocabulary import words
from suyuan.identifiers import area
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table
from suyuan.terms.instants import SHANGHAI
from suyuan.terms.sentence import Lang, Sentence
from suyuan.views.states import STEPS

METALS = {
    key: Sentence(zh=zh, en=en)
    for symbol, zh, en in (
        ("Li", "锂", "lithium"),
        ("Ni", "镍", "nickel"),
        ("Co", "钴", "cobalt"),
        ("Mn", "锰", "manganese"),
        ("Cu", "铜", "copper"),
        ("Al", "铝", "aluminium"),
        ("Fe", "铁", "iron"),
        ("P", "磷", "phosphorus"),
        ("F", "氟", "fluorine"),
    )
    for key in (symbol, en)
} | {"mass": Sentence(zh="总质量", en="mass"), "Σ": Sentence(zh="各金属合计", en="all metals together")}
STREAMS = {
    "products": Sentence(zh="产品", en="products"),
    "residues": Sentence(zh="残余物", en="residues"),
    "stock": Sentence(zh="库存", en="stock"),
    "vapour": Sentence(zh="挥发损失", en="what vaporised"),
    "passed-on": Sentence(zh="转入下一工序的物料", en="what was passed on"),
    "lots-brought": Sentence(zh="外购物料", en="lots brought in"),
    "batteries": Sentence(zh="投料电池", en="batteries fed"),
    "crushing": Sentence(zh="破碎", en="crushing"),
    "smelting": Sentence(zh="冶炼", en="smelting"),
    "whole": Sentence(zh="全流程", en="whole"),
}
"""Streams and stages of a recycler's balance."""
READINGS = {"mass_kg": Sentence(zh="质量，kg", en="mass, kg")}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00(:00)?")
_PLACE = re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})/(.+)")
_RUN = re.compile(r"https://w3id\.org/suyuan/xform/(.+)")
_LOT = re.compile(r"https://w3id\.org/suyuan/class/([^/]+)/(.+)")


def shown(value: Any, fact: str, names: Mapping[str, str], lang: Lang) -> str:
    """One fact, named as in the rule's sentence."""
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[lang]
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value) if fact in ("year", "model_year", "serial") else f"{value:,}"
    if isinstance(value, list):
        return _joined([shown(each, fact, names, lang) for each in value], lang)
    if isinstance(value, str):
        worded = WORDED.get(fact)
        return worded(value, lang) if worded else _text(value, names, lang)
    return str(value)


def _number(value: float) -> str:
    if value == round(value) or abs(value) >= 1000:
        return f"{round(value):,}"
    return f"{value:.4g}" if abs(value) >= 0.001 or not value else f"{value:.6f}"


def _text(value: str, names: Mapping[str, str], lang: Lang) -> str:
    """A party by name and credit code, a place by its firm, a batch by its number, an instant by the clock."""
    if value in names:
        return f"{names[value]}（{value}）" if lang == "zh" else f"{names[value]} ({value})"
    if _INSTANT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if run := _RUN.fullmatch(value):
        return unquote(run[1])
    if lot := _LOT.fullmatch(value):
        return f"{_metal(lot[1], lang)} {unquote(lot[2])}"
    place = _PLACE.fullmatch(value)
    if place and place[1] in names:
        return f"{names[place[1]]}（{value}）" if lang == "zh" else f"{names[place[1]]} ({value})"
    return value


def _joined(told: list[str], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(told)


def _of(known: Mapping[str, Sentence]) -> Callable[[str, Lang], str]:
    def worded(value: str, lang: Lang) -> str:
        return known[value].show(lang) if value in known else value

    return worded


@cache
def _rows(name: str) -> Mapping[str, Sentence]:
    """The words of a table of standards by key."""
    return {row.key: row.name for row in table(name).rows if isinstance(row, Word)}


def _row(*tables: str) -> Callable[[str, Lang], str]:
    """The word of a row, without what is explained behind it."""

    def worded(value: str, lang: Lang) -> str:
        found = next((_rows(name)[value] for name in tables if value in _rows(name)), None)
        return re.split(r"（| \(|: ", found.show(lang))[0] if found else value

    return worded


def _each(one: Callable[[str, Lang], str], apart: str = r"[ ,、]+") -> Callable[[str, Lang], str]:
    """Several in one text, as they are grouped in a table."""

    def worded(value: str, lang: Lang) -> str:
        return _joined([one(each, lang) for each in re.split(apart, value.strip())], lang)

    return worded


@cache
def _ours() -> Mapping[str, Sentence]:
    return {word.name: word.label for word in words()}


def _word(value: str, lang: Lang) -> str:
    """A word of EPCIS or of ours: a step, a reason, what is measured."""
    bare = value.removeprefix(NAMESPACE).removeprefix("sy:")
    if bare in READINGS or bare in _ours():
        return (READINGS.get(bare) or _ours()[bare]).show(lang)
    return _row("biz-step", "error-reason")(bare, lang)


def _step(value: str, lang: Lang) -> str:
    return STEPS[value].show(lang) if value in STEPS else _word(value, lang)


def _area(code: str, lang: Lang) -> str:
    try:
        return area.name(code.ljust(6, "0")).show(lang)
    except area.NotAnArea:
        return code


def _metal(value: str, lang: Lang) -> str:
    return METALS[value].show(lang) if value in METALS else _row("material")(value, lang)


def _period(value: str, lang: Lang) -> str:
    if value == "all":
        return {"zh": "全部期间", "en": "all years"}[lang]
    year, _, month = value.partition("-")
    if not month:
        return f"{year} 年" if lang == "zh" else year
    return f"{year} 年 {int(month)} 月" if lang == "zh" else f"{month_name[int(month)]} {year}"


def _same(value: str, lang: Lang) -> str:
    return value


WORDED: Mapping[str, Callable[[str, Lang], str]] = {
    "step": _step,
    "duty": _row("duty"),
    "roles": _each(_row("party-role")),
    "party_roles": _each(_row("party-role")),
    "taker_roles": _each(_row("party-role")),
    "site_kind": _row("site-kind"),
    "metal": _metal,
    "material": _metal,
    "stage": _of(STREAMS),
    "stream": _of(STREAMS),
    "what": _word,
    "reason": _word,
    "use": _row("banned-use"),
    "area": _area,
    "before_area": _area,
    "areas": _each(_area),
    "packs": _each(_same),
    "read": _each(_same),
    "filed": _each(_same),
    "period": _period,
}
"""Facts that are keys of ours, by the name that they have in sentences."""
