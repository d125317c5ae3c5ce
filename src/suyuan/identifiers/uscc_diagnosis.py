"""Why a text is not a credit code, and which code was probably meant.

Told in this order: nothing there, a rounded number, letters that the code never uses, foreign characters, the
length, the area code, the check character of the organisation code, the last one.

>>> diagnose("9135O900587527783P").suggestion
'91350900587527783P'
"""

from itertools import chain
from typing import Final

from suyuan.identifiers import area
from suyuan.identifiers.diagnosis import Diagnosis, diagnosis
from suyuan.identifiers.misread import (
    foreign,
    latin,
    name_of,
    neighbours_exchanged,
    one_replaced,
    rounded_number,
)
from suyuan.identifiers.tidy import tidy
from suyuan.identifiers.uscc_form import ALPHABET, check_character, is_valid, organisation_check

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


def diagnose(text: str) -> Diagnosis | None:
    """What is wrong with `text` as a credit code; None if it is one once tidied."""
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
