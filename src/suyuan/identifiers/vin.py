"""Vehicle identification number: 17 characters, the ninth a check digit.

    LNB    SCB3F  0      D           D      130955
    maker  type   check  model year  plant  serial

Source: gb-16735 and iso-3779 in standards/documents.toml, not verified. The model-year letters are NOT those of the
battery code: 2026 is T here and G there.

>>> is_valid("5GZCZ43D13S812715"), is_valid("LGWEESK55SH210918")
(True, False)
>>> parse("LNBSCB3F0DD130955").model_year
2013
>>> parse("LGWEESK55SH210918")
Traceback (most recent call last):
...
suyuan.identifiers.vin.NotAVin: the check digit at 9 is 5, but 8 belongs to the other characters: at least one is wrong
"""

import re
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING, Final

from suyuan.identifiers.diagnosis import Diagnosis, NotAnIdentifier, diagnosis
from suyuan.identifiers.misread import foreign, latin, name_of, one_replaced, rounded_number
from suyuan.identifiers.tidy import tidy
from suyuan.standards.shapes import Number, Vendor
from suyuan.standards.tables import table

if TYPE_CHECKING:
    from suyuan.identifiers.byte_matrix import Column
    from suyuan.identifiers.vin_columns import VinColumns

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VALUES: Final = bytes.maketrans(
    ALPHABET.encode(), bytes([*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)])
)
WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
CHECKS: Final = "0123456789X"
_VIN = re.compile(f"[{ALPHABET}]{{8}}[0-9X][{ALPHABET}]{{8}}")
_MEANT: Final = {"I": "1", "O": "0", "Q": "0"}


class NotAVin(NotAnIdentifier):
    """A text that is no VIN, even once tidied."""


@dataclass(frozen=True, slots=True)
class Vin:
    """A VIN and what it says; the layout behind the maker's three characters is the maker's affair."""

    code: str
    wmi: str
    type_code: str
    check: str
    year_letter: str
    plant: str
    serial: str

    @property
    def maker(self) -> Vendor | None:
        """Whose three characters these are, where a row says so; the row carries its mark."""
        return table("wmi", Vendor).latest(self.wmi)

    @property
    def model_year_row(self) -> Number | None:
        """What the letter of the year says, in the cycle 2010-2039; None where it is none of a year."""
        return table("model-year", Number).latest(self.year_letter)

    @property
    def model_year(self) -> int | None:
        """The model year; None where the letter is none of a year."""
        row = self.model_year_row
        return row.number if row else None


def check_digit(text: str) -> str:
    """The check digit that 17 characters of the VIN alphabet must carry at place 9.

    >>> check_digit("LGWEESK55SH210918")
    '8'
    """
    return CHECKS[sum(map(mul, text.encode().translate(VALUES), WEIGHTS)) % 11]


def is_valid(text: str) -> bool:
    """Is `text` exactly a VIN: 17 letters and digits without I, O, Q, with the right check digit?"""
    return _VIN.fullmatch(text) is not None and text[8] == check_digit(text)


def normalise(text: str) -> str:
    """The text in the form that is checked; `tidy` also tells what was done to it."""
    return tidy(text).text


def parse(text: str) -> Vin:
    """The VIN in `text`, which is tidied first. Raises NotAVin with the diagnosis."""
    code = tidy(text).text
    wrong = diagnose(text)
    if wrong is not None:
        raise NotAVin(wrong)
    return Vin(code, code[:3], code[3:8], code[8], code[9], code[10], code[11:])


def show(value: Vin) -> str:
    """The VIN in groups for people; what it shows can be parsed again.

    >>> show(parse("lnbscb3f0dd130955"))
    'LNB SCB3F 0 D D 130955'
    """
    v = value
    return f"{v.wmi} {v.type_code} {v.check} {v.year_letter} {v.plant} {v.serial}"


def diagnose(text: str) -> Diagnosis | None:
    """What is wrong with `text` as a VIN; None if it is one once tidied.

    Told in this order: nothing there, a rounded number, I, O or Q, foreign characters, the length, the check digit.
    """
    code = tidy(text).text
    if is_valid(code):
        return None
    if not code:
        return diagnosis("vin-empty", "there is no VIN here", "此处没有车辆识别代号")
    if rounded_number(text):
        return diagnosis(
            "vin-mangled-by-spreadsheet",
            f"{text.strip()} is a number: a spreadsheet has lost digits of the VIN; format the column as text",
            f"{text.strip()} 是数值：电子表格丢失了车辆识别代号的位数；请将该列设为文本格式",
        )
    return _letters(code) or _length(code) or _check(code)


def _letters(code: str) -> Diagnosis | None:
    wrong = foreign(code, ALPHABET)
    if wrong is None:
        return None
    place, c = wrong
    meant = "".join(_MEANT.get(letter, letter) for letter in latin(code))
    candidates = [meant] if is_valid(meant) else []
    if c in _MEANT:
        return diagnosis(
            "vin-confused-letters",
            f"{c} at {place}: the letters I, O and Q never stand in a VIN",
            f"第 {place} 位的 {c}：车辆识别代号不使用字母 I、O、Q",
            *candidates,
        )
    return diagnosis(
        "vin-illegal-character",
        f"{c!r} ({name_of(c)}) at {place} is not a digit or a letter of a VIN",
        f"第 {place} 位的 {c!r}（U+{ord(c):04X}）不是车辆识别代号的字符",
        *candidates,
    )


def _length(code: str) -> Diagnosis | None:
    if len(code) == 17:
        return None
    kind, zh = ("short", "不足") if len(code) < 17 else ("long", "多于")
    return diagnosis(
        f"vin-too-{kind}",
        f"{len(code)} characters; a VIN has 17",
        f"共 {len(code)} 位，{zh} 17 位",
    )


_SIMILAR: Final = {
    "8": "B",
    "B": "8",
    "5": "S",
    "S": "5",
    "2": "Z",
    "Z": "2",
    "6": "G",
    "G": "6",
    "0": "D",
    "D": "0",
}


def _check(code: str) -> Diagnosis:
    right = check_digit(code)
    candidates = [other for other in one_replaced(code, _SIMILAR) if is_valid(other)]
    return diagnosis(
        "vin-wrong-check-digit",
        f"the check digit at 9 is {code[8]}, but {right} belongs to the other characters: at least one is wrong",
        f"第 9 位校验位为 {code[8]}，按其余各位应为 {right}：至少有一位有误",
        # One candidate in eleven passes by chance: named only where there is a single one.
        *(candidates if len(candidates) == 1 else ()),
    )


def parse_column(codes: "Column") -> "VinColumns":
    """Many exact VINs at once, as arrays; see `vin_columns`."""
    # Imported when asked for: a command that reads one VIN need not load numpy and pyarrow.
    from suyuan.identifiers.vin_columns import parse_column as columns

    return columns(codes)
