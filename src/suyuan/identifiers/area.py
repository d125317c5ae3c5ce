"""Area code (GB/T 2260): two digits each for province, prefecture and county.

    61        05           02
    Shaanxi   Weinan       a county of Weinan

All provinces are known by name, and the prefectures of the nine provinces of the Yellow River; there a prefecture that
the table does not have is an error. Elsewhere it is accepted without a name. Counties are accepted below every prefecture.
Shanxi is 14, Shaanxi 61.

Source: gbt-2260 in standards/documents.toml.

>>> name("610500").en, name("610502").zh
('Weinan, Shaanxi', '陕西渭南所辖县区 610502')
>>> is_valid("371200"), is_valid("371200", date(2020, 1, 1))
(True, False)
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from suyuan.identifiers.diagnosis import Diagnosis, NotAnIdentifier, diagnosis
from suyuan.identifiers.tidy import tidy
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table
from suyuan.terms.sentence import Sentence

if TYPE_CHECKING:
    from suyuan.identifiers.area_columns import AreaColumns
    from suyuan.identifiers.byte_matrix import Column

NINE = ("14", "15", "37", "41", "51", "61", "62", "63", "64")
"""The provinces whose prefectures the table has in full."""

_CODE = re.compile("[0-9]{6}")


class Level(StrEnum):
    """How far down a code reaches."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class NotAnArea(NotAnIdentifier):
    """A text that is no area code."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area. `prefecture` is None for a province, and outside the nine where no name is known."""

    code: str
    level: Level
    province: Word
    prefecture: Word | None
    county: Word | None = None

    @property
    def name(self) -> Sentence:
        """The area's name, the larger part first in Chinese, last in English."""
        if self.level is Level.PROVINCE:
            return self.province.name
        parent = self.prefecture
        zh = self.province.zh + (parent.zh if parent else f"{self.code[:4]}00")
        en = f"{parent.en if parent else self.code[:4] + '00'}, {self.province.en}"
        if self.level is Level.PREFECTURE:
            return Sentence(zh=zh, en=en)
        if self.county is not None:
            return Sentence(zh=self.province.zh + self.county.zh, en=f"{self.county.en}, {self.province.en}")
        return Sentence(zh=f"{zh}所辖县区 {self.code}", en=f"county {self.code} of {en}")


def parse(text: str, day: date | None = None) -> Area:
    """The area with this code, on `day` if one is given. Raises NotAnArea with the diagnosis.

    >>> parse("370000").level, parse("419001").name.zh
    (<Level.PROVINCE: 'province'>, '河南济源')
    """
    code = tidy(text).text
    wrong = _diagnose(code, day)
    if wrong is not None:
        raise NotAnArea(wrong)
    province, prefecture = _row(code[:2] + "0000", None), _row(code[:4] + "00", None)
    assert province is not None, f"{code} passed without a province"
    if code.endswith("0000"):
        return Area(code, Level.PROVINCE, province, None)
    if code.endswith("00"):
        return Area(code, Level.PREFECTURE, province, prefecture)
    return Area(code, Level.COUNTY, province, prefecture, _row(code, None))


def is_valid(text: str, day: date | None = None) -> bool:
    """Is `text` exactly an area code that exists, on `day` if one is given?"""
    return _diagnose(text, day) is None


def name(code: str) -> Sentence:
    """The name of an area in both languages. Raises NotAnArea."""
    return parse(code).name


def show(value: Area) -> str:
    """The code in groups: province, prefecture, county."""
    return f"{value.code[:2]} {value.code[2:4]} {value.code[4:]}"


def diagnose(text: str, day: date | None = None) -> Diagnosis | None:
    """What is wrong with `text` as an area code; None if it is one once tidied."""
    return _diagnose(tidy(text).text, day)


def parse_column(codes: "Column", day: date | None = None) -> "AreaColumns":
    """Many exact codes at once, as arrays; see `area_columns`."""
    # Imported when asked for: a command that reads one code need not load numpy and pyarrow.
    from suyuan.identifiers.area_columns import parse_column as columns

    return columns(codes, day)


def _diagnose(code: str, day: date | None) -> Diagnosis | None:
    if not _CODE.fullmatch(code):
        return diagnosis(
            "area-not-six-digits",
            f"{code!r} is no area code; six digits are expected, such as 610500",
            f"{code!r} 不是行政区划代码；应为 6 位数字，如 610500",
        )
    if _row(code[:2] + "0000", day) is None:
        return diagnosis(
            "area-unknown-province",
            f"no province has the code {code[:2]} (Shanxi is 14, Shaanxi 61)",
            f"没有代码为 {code[:2]} 的省级行政区（山西为 14，陕西为 61）",
        )
    if code[2:4] == "00" and code[4:] != "00":
        return diagnosis(
            "area-county-without-prefecture",
            f"{code} names a county without a prefecture",
            f"{code} 缺少地级代码",
        )
    if code[2:4] != "00" and code[:2] in NINE and _row(code[:4] + "00", day) is None:
        return _unknown_prefecture(code, day)
    return None


def _unknown_prefecture(code: str, day: date | None) -> Diagnosis:
    former = _row(code[:4] + "00", None)
    if former is not None:
        return diagnosis(
            "area-not-in-force",
            f"{code[:4]}00 {former.en} is not in force on {day}: {former.note or 'see the table of areas'}",
            f"{code[:4]}00 {former.zh}在 {day} 不是有效的行政区划代码",
        )
    return diagnosis(
        "area-unknown-prefecture",
        f"no prefecture has the code {code[:4]}00",
        f"没有代码为 {code[:4]}00 的地级行政区",
    )


def _row(code: str, day: date | None) -> Word | None:
    areas = table("area", Word)
    return areas.latest(code) if day is None else areas.at(code, day)
