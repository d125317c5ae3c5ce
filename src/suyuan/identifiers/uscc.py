"""Unified social credit code of a Chinese organisation: 18 characters, two of them check characters.

    9           1     350900     587527783                       P
    department  kind  area code  organisation code with a check  check

Source: gb-32100-2015 and gb-11714 in standards/documents.toml.

>>> is_valid("91350900587527783P"), is_valid("91350900587527783A")
(True, False)
>>> show(parse("91350900587527783p"))
'91 350900 587527783 P'
"""

import re
from dataclasses import dataclass
from itertools import chain
from operator import mul
from typing import TYPE_CHECKING, Final

from suyuan.identifiers import area
from suyuan.identifiers.diagnosis import Diagnosis, NotAnIdentifier, diagnosis
from suyuan.identifiers.misread import (
    foreign,
    latin,
    name_of,
    neighbours_exchanged,
    one_replaced,
    rounded_number,
)
from suyuan.identifiers.tidy import tidy
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table

if TYPE_CHECKING:
    from suyuan.identifiers.byte_matrix import Column
    from suyuan.identifiers.uscc_columns import UsccColumns

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES: Final = bytes.maketrans(ALPHABET.encode(), bytes(range(31)))
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
BODY_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_VALUES: Final = bytes.maketrans(BODY_ALPHABET.encode(), bytes(range(36)))
BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
BODY_CHECKS: Final = "0123456789X0"
"""By 11 minus the remainder: 10 is written X, 11 is written 0."""

_USCC = re.compile(f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{8}}[0-9X][{ALPHABET}]")
_MEANT: Final = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
_SIMILAR: Final = {
    "0": "DQ",
    "D": "0",
    "Q": "0",
    "1": "L",
    "L": "1",
    "8": "B",
    "B": "8",
    "6": "G",
    "G": "6",
    "U": "Y",
}


class NotACreditCode(NotAnIdentifier):
    """A text that is no unified social credit code, even once tidied."""


@dataclass(frozen=True, slots=True)
class Uscc:
    """A credit code and what it says."""

    code: str
    department: str
    kind: str
    area_code: str
    organisation: str
    check: str

    @property
    def department_row(self) -> Word | None:
        """Who registered the organisation, where the first character is known."""
        return table("uscc-department", Word).latest(self.department)

    @property
    def kind_row(self) -> Word | None:
        """What kind of organisation it is, where the first two characters are known."""
        return table("uscc-kind", Word).latest(self.department + self.kind)

    @property
    def area(self) -> area.Area | None:
        """Where it was registered; None for codes that are no area of today's or yesterday's table."""
        return area.parse(self.area_code) if area.is_valid(self.area_code) else None


def check_character(first17: str) -> str:
    """The eighteenth character that belongs to the first seventeen.

    >>> check_character("91350900587527783")
    'P'
    """
    return ALPHABET[-sum(map(mul, first17.encode().translate(VALUES), WEIGHTS)) % 31]


def organisation_check(body: str) -> str:
    """The check character of an organisation code (GB 11714) with these eight characters.

    >>> organisation_check("58752778")
    '3'
    """
    return BODY_CHECKS[11 - sum(map(mul, body.encode().translate(BODY_VALUES), BODY_WEIGHTS)) % 11]


def is_valid(text: str) -> bool:
    """Is `text` exactly a credit code whose two check characters are right?"""
    return (
        _USCC.fullmatch(text) is not None
        and text[17] == check_character(text[:17])
        and text[16] == organisation_check(text[8:16])
    )


def normalise(text: str) -> str:
    """The text in the form that is checked; `tidy` also tells what was done to it."""
    return tidy(text).text


def parse(text: str) -> Uscc:
    """The credit code in `text`, which is tidied first. Raises NotACreditCode with the diagnosis.

    >>> parse("912201011239989159").area.name.en, parse("91440300192317458F").kind_row.zh
    ('county 220101 of 220100, Jilin', '企业')
    """
    wrong = diagnose(text)
    if wrong is not None:
        raise NotACreditCode(wrong)
    code = tidy(text).text
    return Uscc(code, code[0], code[1], code[2:8], code[8:17], code[17])


def show(value: Uscc) -> str:
    """The code in groups for people; what it shows can be parsed again."""
    return f"{value.department}{value.kind} {value.area_code} {value.organisation} {value.check}"


def diagnose(text: str) -> Diagnosis | None:
    """What is wrong with `text` as a credit code; None if it is one once tidied.

    Told in this order: nothing there, a rounded number, letters that the code never uses, foreign characters, the length,
    the area code, the check character of the organisation code, the last one.
    """
    code = tidy(text).text
    if is_valid(code):
        return None
    if not code:
        return diagnosis("uscc-empty", "there is no credit code here", "此处没有统一社会信用代码")
    if rounded_number(text):
        return diagnosis(
            "uscc-mangled-by-spreadsheet",
            f"{text.strip()} is a number rounded by a spreadsheet, its last digits are lost; "
            "format the column as text and enter the code again",
            f"{text.strip()} 被电子表格当成数字，末位已丢失；请将该列设为文本格式后重新填写",
        )
    return _letters(code) or _length(code) or _area(code) or _checks(code)


def _letters(code: str) -> Diagnosis | None:
    wrong = foreign(code, ALPHABET)
    if wrong is None:
        return None
    place, c = wrong
    meant = "".join(_MEANT.get(letter, letter) for letter in latin(code))
    candidates = [meant] if is_valid(meant) else []
    if c in _MEANT:
        return diagnosis(
            "uscc-confused-letters",
            f"{c} at {place}: the letters I, O, S, V and Z never stand in a credit code",
            f"第 {place} 位的 {c}：统一社会信用代码不使用字母 I、O、S、V、Z",
            *candidates,
        )
    return diagnosis(
        "uscc-illegal-character",
        f"{c!r} ({name_of(c)}) at {place} is not a digit or a letter of a credit code",
        f"第 {place} 位的 {c!r}（U+{ord(c):04X}）不是统一社会信用代码的字符",
        *candidates,
    )


def _length(code: str) -> Diagnosis | None:
    if len(code) == 18:
        return None
    hint_en, hint_zh = {
        9: ("; 9 are an organisation code alone", "；9 位是组织机构代码"),
        15: ("; 15 are an old registration number", "；15 位是旧的工商注册号或税号"),
    }.get(len(code), ("", ""))
    return diagnosis(
        "uscc-too-short" if len(code) < 18 else "uscc-too-long",
        f"{len(code)} characters; a credit code has 18{hint_en}",
        f"共 {len(code)} 位；统一社会信用代码为 18 位{hint_zh}",
    )


def _area(code: str) -> Diagnosis | None:
    wrong = foreign(code[2:8], "0123456789")
    if wrong is None:
        return None
    place, c = wrong
    return diagnosis(
        "uscc-wrong-area",
        f"{c} at {place + 2}: places 3 to 8 are the digits of an area code",
        f"第 {place + 2} 位的 {c}：第 3 至 8 位应为行政区划代码数字",
        *_probable(code),
    )


def _checks(code: str) -> Diagnosis:
    right = organisation_check(code[8:16])
    if code[16] != right:
        return diagnosis(
            "uscc-wrong-organisation-check",
            f"the check of the organisation code at 17 is {code[16]}, but {right} belongs to {code[8:16]}",
            f"第 17 位（组织机构代码校验码）为 {code[16]}，按 {code[8:16]} 应为 {right}",
            *_probable(code),
        )
    right = check_character(code[:17])
    return diagnosis(
        "uscc-wrong-check-character",
        f"the check character at 18 is {code[17]}, but {right} belongs to the first 17",
        f"第 18 位校验码为 {code[17]}，按前 17 位应为 {right}",
        *_probable(code),
    )


def _probable(code: str) -> list[str]:
    """Valid codes one slip away, those of an area that exists first: a wrong one passes once in 341."""
    slips = chain(neighbours_exchanged(code), one_replaced(code, _SIMILAR))
    return sorted(filter(is_valid, dict.fromkeys(slips)), key=lambda found: not area.is_valid(found[2:8]))


def parse_column(codes: "Column") -> "UsccColumns":
    """Many exact credit codes at once, as arrays; see `uscc_columns`."""
    # Imported when asked for: a command that reads one code need not load numpy and pyarrow.
    from suyuan.identifiers.uscc_columns import parse_column as columns

    return columns(codes)
