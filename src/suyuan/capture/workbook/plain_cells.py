"""Reading cells with amounts, words of a list, and free text.

>>> from suyuan.standards.forms import form
>>> mass = number_reader(form("battery-maker").sheets[0].column("mass_kg"))
>>> mass("438.5 千克").value, mass("1,250").value, mass("0.4385t").value, mass(-3.0).remarks[0].rule
(438.5, 1250, 438.5, 'number-out-of-range')
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from suyuan.capture.workbook.cells import Raw, text_of
from suyuan.capture.workbook.code_cells import Reader, personal_id
from suyuan.capture.workbook.headers import plain
from suyuan.capture.workbook.remarks import Read, Remark, hint, refused
from suyuan.events.shapes import number
from suyuan.standards.forms import Column

TEXT_MAX = 200

_UNITS: Final = {
    "kg": "kg=1 千克=1 公斤=1 kgs=1 t=1000 吨=1000 g=0.001 克=0.001 斤=0.5",
    "kWh": "kwh=1 千瓦时=1 度=1 wh=0.001 瓦时=0.001 mwh=1000",
    "Ah": "ah=1 安时=1 mah=0.001 毫安时=0.001",
    "V": "v=1 伏=1 mv=0.001 kv=1000",
    "%": "%=1 百分比=1 ppm=0.0001 g/kg=0.1",
    "month": "month=1 months=1 月=1 个月=1 年=12 year=12 years=12",
}
FACTORS: Final[Mapping[str, Mapping[str, Decimal]]] = {
    unit: {name: Decimal(factor) for name, factor in (pair.split("=") for pair in names.split())}
    for unit, names in _UNITS.items()
}
"""By the unit of a column: what an amount in another unit is multiplied by."""

_AMOUNT = re.compile(
    r"(?P<sign>[+-]?)(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?P<rest>\.[0-9]*)?(?P<power>e[+-]?[0-9]+)?\s*(?P<unit>[^0-9\s.,+-][^0-9]*)?"
)
_POSITIVE = ("kg", "kWh", "Ah", "V")


def header_factor(column: Column, unit: str) -> Decimal | None:
    """By what a column is to be multiplied whose header names `unit`; None for a unit that is not known."""
    return FACTORS.get(column.unit, {}).get(unit)


def number_reader(column: Column, factor: Decimal = Decimal(1)) -> Reader:
    """For amounts in the column's unit, or (`factor`) in the unit that its header names."""

    def read(raw: Raw) -> Read:
        if raw.__class__ is float or raw.__class__ is int:
            value = raw if factor == 1 else number(Decimal(repr(raw)) * factor)
            return _judged(column, value, ())
        return _from_text(column, text_of(raw), factor)

    return read


def _from_text(column: Column, text: str, factor: Decimal) -> Read:
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip().strip("'\"").lower())
    if found is None or not (found["digits"] or (found["rest"] or ".") != "."):
        return refused(
            "number-unreadable",
            f"{text!r} is no amount; write a plain number" + (f" in {column.unit}" if column.unit else ""),
            f"“{text}”不是数字；请只填数字" + (f"，单位 {column.unit}" if column.unit else ""),
        )
    remarks: tuple[Remark, ...] = ()
    if unit := (found["unit"] or "").strip():
        named = FACTORS.get(column.unit, {}).get(unit)
        if named is None:
            return refused(
                "number-unit",
                f"{text!r}: the unit is not known; write a plain number in {column.unit}",
                f"“{text}”的单位无法识别；请只填数字，单位 {column.unit}",
            )
        factor = named
        remarks = (hint("number-with-unit", f"taken in {column.unit}", f"按 {column.unit} 换算"),)
    digits = found["digits"] or "0"
    plain_text = f"{found['sign']}{digits.replace(',', '')}{found['rest'] or ''}{found['power'] or ''}"
    try:
        value = number(Decimal(plain_text) * factor)
        float(value)
    except ArithmeticError:  # 1e999
        return _not_finite()
    if "," in digits:
        remarks += (hint("number-separators", "separators of thousands were taken out", "去掉了千位分隔符"),)
    if remarks:
        remarks = tuple(remark._replace(suggestion=f"{value:g}") for remark in remarks)
    return _judged(column, value, remarks)


def _judged(column: Column, value: float, remarks: tuple[Remark, ...]) -> Read:
    low, high = column.min, column.max
    if value != value or value in (float("inf"), float("-inf")):
        return _not_finite()
    if (low is not None and value < low) or (high is not None and value > high):
        return refused(
            "number-out-of-range",
            f"{value:g} {column.unit} lies outside {low:g} to {high:g} {column.unit}; is the unit right?",
            f"{value:g} {column.unit} 超出 {low:g} 至 {high:g} {column.unit}；单位是否正确？",
        )
    if value == 0 and column.unit in _POSITIVE:
        return refused(
            "number-zero",
            f"0 {column.unit} is no amount; leave the cell empty where it is not known",
            f"0 {column.unit} 不是有效数值；不知道时请留空",
        )
    return Read(value, remarks)


def _not_finite() -> Read:
    return refused("number-unreadable", "no number that anything amounts to", "不是有限的数")


def choice_reader(column: Column) -> Reader:
    """For words of a list, by any of their spellings."""
    values = {
        plain(spelling): choice.value for choice in reversed(column.choices) for spelling in choice.spellings
    }
    names = {plain(spelling): choice.zh for choice in column.choices for spelling in choice.spellings}

    def read(raw: Raw) -> Read:
        text = text_of(raw)
        value = values.get(plain(text))
        if value is not None:
            return Read(value)
        near = get_close_matches(plain(text), names, n=1, cutoff=0.5)
        zh, en = (" / ".join(getattr(choice, lang) for choice in column.choices) for lang in ("zh", "en"))
        return refused(
            "choice-unknown",
            f"{text!r} is none of: {en}",
            f"“{text}”不在可选项中：{zh}",
            names[near[0]] if near else None,
        )

    return read


def text_reader(column: Column) -> Reader:
    """For free text: numbers, names, models."""
    pattern = re.compile(column.pattern) if column.pattern else None

    def read(raw: Raw) -> Read:
        if raw.__class__ is float and abs(raw) >= 1e15:
            return refused(
                "text-mangled",
                "a long number that the spreadsheet has rounded; format the column as text and enter it again",
                "长数字已被表格舍入；请将该列设为文本格式后重新填写",
            )
        text = " ".join(text_of(raw).split())
        if personal := personal_id(text):
            return Read(None, (personal,))
        if len(text) > TEXT_MAX:
            return refused(
                "text-too-long",
                f"{len(text)} characters; at most {TEXT_MAX} are taken",
                f"共 {len(text)} 个字符；最多 {TEXT_MAX} 个",
            )
        if not text.isprintable():
            return refused("text-unprintable", "control characters in the text", "文本中含控制字符")
        if pattern and not pattern.fullmatch(text):
            note = column.note
            return refused(
                "text-form",
                f"{text!r} has characters that the column does not take"
                + (f"; {note.en}" if note.en else ""),
                f"“{text}”含本列不允许的字符" + (f"；{note.zh}" if note.zh else ""),
                _mended(text, pattern),
            )
        return Read(text) if text else Read(None)

    return read


def _mended(text: str, pattern: "re.Pattern[str]") -> str | None:
    mended = re.sub(r"[\s/?#%]+", "-", unicodedata.normalize("NFKC", text).strip())
    return mended if pattern.fullmatch(mended) else None
