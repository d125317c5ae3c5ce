"""Why a text is not a battery code, and which code was probably meant.

Several things may be wrong at once; the first of this order is told: nothing there, a number that a spreadsheet
has rounded, several codes in one place, plates read in the wrong order, letters taken for digits, foreign
characters, the vendor's extra mark, the length, and then the fields from left to right. What can be put right comes before
what cannot.

>>> diagnose("jbc4000090304qcb76836300").suggestion
'04QCB76836300JBC40000903'
>>> diagnose("001CB240000003B3CO221953").id
'code-confused-letters'
"""

from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Final

from suyuan.identifiers.battery_form import DAYS, KINDS, MONTHS, TYPES, YEARS, date_start, day_of, is_valid
from suyuan.identifiers.diagnosis import Diagnosis, diagnosis
from suyuan.identifiers.misread import foreign, latin, name_of, rounded_number, without_decimals
from suyuan.identifiers.tidy import tidy
from suyuan.standards.shapes import Vendor
from suyuan.standards.tables import table

_ALNUM: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_YEAR, _MONTH, _DAY, _DIGIT = "".join(YEARS), "".join(MONTHS), "".join(DAYS), "0123456789"

# What is read for what. In dates U and Z stand in the tables of other decoders too: U there is day 27 (V here),
# Z day 31 (0 here).
_MEANT: Final = {
    _DIGIT: {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"},
    _YEAR: {"I": "1", "Z": "2", "U": "V"},
    _MONTH: {"I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "8": "B"},
    _DAY: {"O": "0", "Q": "0", "I": "1", "Z": "20", "U": "V"},
    TYPES: {"8": "B", "6": "G", "2": "Z"},
}
_FREE: Final = {"I": "1", "O": "0"}
"""Letters that may stand in the places a maker fills as he likes, but seldom do."""

_PLACES: Final = {
    _YEAR: ("year", "年份"),
    _MONTH: ("month", "月份"),
    _DAY: ("day", "日期"),
    _DIGIT: ("digit of the serial number", "序列号数字"),
    KINDS: ("product type", "产品类型"),
    TYPES: ("battery type", "电池类型"),
    "R": ("reuse mark R", "梯次利用标识 R"),
    _ALNUM: ("code", "编码"),
}


def diagnose(text: str) -> Diagnosis | None:
    """What is wrong with `text` as a battery code; None if it is one once tidied."""
    tidied = tidy(text).text
    if is_valid(tidied):
        return None
    for check in _CHECKS:
        found = check(text, tidied)
        if found is not None:
            return found
    raise AssertionError(f"no reason found why {text!r} is not a battery code")


def _empty(text: str, tidied: str) -> Diagnosis | None:
    if tidied:
        return None
    return diagnosis("code-empty", "there is no battery code here", "此处没有电池编码")


def _mangled(text: str, tidied: str) -> Diagnosis | None:
    before = without_decimals(text)
    meant = [code for code in [tidy(before).text] if is_valid(code)] if before else []
    if not meant and not rounded_number(text):
        return None
    shown = text.strip()
    return diagnosis(
        "code-mangled-by-spreadsheet",
        f"{shown} is a number: a spreadsheet has turned the code into one and lost its digits; "
        "format the column as text and enter the code again",
        f"{shown} 是数值：电子表格把编码当成了数字，位数已丢失；请将该列设为文本格式后重新填写",
        *meant,
    )


def _several(text: str, tidied: str) -> Diagnosis | None:
    for size in (24, 19, 26):
        parts = [tidied[start : start + size] for start in range(0, len(tidied), size)]
        if len(parts) > 1 and all(map(is_valid, parts)):
            return diagnosis(
                "code-several",
                f"{len(parts)} battery codes stand here, one after the other; one is expected: split them into rows",
                f"此处连写了 {len(parts)} 个电池编码，应只有一个；请分行填写",
            )
    return None


def _swapped(text: str, tidied: str) -> Diagnosis | None:
    if len(tidied) != 24:
        return None
    turned = {split: tidied[split:] + tidied[:split] for split in _splits(text)}
    known = table("vendor", Vendor).newest
    candidates = sorted(
        (code for code in turned.values() if is_valid(code)), key=lambda code: code[:3] not in known
    )
    if not candidates:
        return None
    return diagnosis(
        "code-halves-swapped",
        "the two plates of the label were read in the wrong order",
        "标签两段读取的先后顺序颠倒",
        *candidates,
    )


def _splits(text: str) -> list[int]:
    """Where two plates may meet, the likeliest first: at a line break, else near the middle."""
    middle = sorted(range(1, 24), key=lambda split: abs(split - 12))
    plates = text.split()
    return [len(tidy(plates[0]).text), *middle] if len(plates) == 2 else middle


def _places(length: int) -> tuple[str, ...]:
    """The characters allowed at each place of a code of this length; () where no code has it."""
    head = (_ALNUM,) * 3 + (KINDS, TYPES) + (_ALNUM,) * 2
    tracing = () if length == 19 else (_ALNUM,) * 7
    end = () if length == 24 else ("R", KINDS)
    places = head + tracing + (_YEAR, _MONTH, _DAY) + (_DIGIT,) * 7 + end
    return places if len(places) == length else ()


def _readings(text: str) -> Iterator[str]:
    """Valid codes that differ from `text` where a character cannot stand and looks like one that can.

    Who took one nought for an O took others: those readings come first in which the maker's own places have none either.
    """
    places = _places(len(text))
    if not places:
        return
    options = [
        c if c in allowed else _MEANT.get(allowed, {}).get(c, "")
        for c, allowed in zip(text, places, strict=True)
    ]
    if not all(options):
        return
    free = [_FREE.get(c, c) if allowed == _ALNUM else c for c, allowed in zip(options, places, strict=True)]
    for reading in (free, options):
        yield from filter(is_valid, map("".join, islice(product(*reading), 64)))


def _confused(text: str, tidied: str) -> Diagnosis | None:
    candidates = list(dict.fromkeys(_readings(tidied)))
    if not candidates:
        return None
    wrong = [
        (place, c)
        for place, (c, allowed) in enumerate(zip(tidied, _places(len(tidied)), strict=True), 1)
        if c not in allowed
    ]
    told = ", ".join(f"{c} at {place}" for place, c in wrong)
    told_zh = "、".join(f"第 {place} 位的 {c}" for place, c in wrong)
    return diagnosis(
        "code-confused-letters",
        f"{told} cannot stand there; O and 0, I and 1 and the like are easily confused",
        f"{told_zh} 不能出现在该位；O 与 0、I 与 1 等容易混淆",
        *candidates,
    )


def _foreign(text: str, tidied: str) -> Diagnosis | None:
    wrong = foreign(tidied, _ALNUM)
    if wrong is None:
        return None
    place, c = wrong
    alike = latin(tidied)
    bare = "".join(c for c in alike if c in _ALNUM)
    candidates = [code for code in dict.fromkeys((alike, bare, *_inside(alike))) if is_valid(code)]
    return diagnosis(
        "code-illegal-character",
        f"{c!r} ({name_of(c)}) at {place} is not a digit or a letter A-Z",
        f"第 {place} 位的 {c!r}（U+{ord(c):04X}）不是数字或大写字母 A-Z",
        *candidates,
    )


def _inside(text: str) -> Iterator[str]:
    """Valid codes that stand inside a longer text, longest first."""
    for size in (26, 24, 19):
        for start in range(len(text) - size + 1):
            if is_valid(text[start : start + size]):
                yield text[start : start + size]


def _extra_mark(text: str, tidied: str) -> Diagnosis | None:
    if len(tidied) != 25 or not is_valid(tidied[:24]):
        return None
    return diagnosis(
        "code-extra-mark",
        f"25 characters: {tidied[24]} behind the 24 is a mark of the vendor's own",
        f"共 25 位：24 位编码之后的 {tidied[24]} 是厂商自加的标记",
        tidied[:24],
    )


def _length(text: str, tidied: str) -> Diagnosis | None:
    length = len(tidied)
    # 19 or 26 characters without the reuse mark are a new code cut off or overrun, not a reuse product.
    if length == 24 or (length in (19, 26) and tidied[-2] == "R"):
        return None
    if length < 24:
        return diagnosis(
            "code-too-short",
            f"{length} characters; a battery code has 24 (19 for a reuse product): {24 - length} are missing",
            f"只有 {length} 位；电池编码为 24 位（梯次利用产品 19 位），缺少 {24 - length} 位",
        )
    return diagnosis(
        "code-too-long",
        f"{length} characters; a battery code has 24, or 26 with the reuse suffix",
        f"共 {length} 位；电池编码为 24 位，带梯次利用后缀时为 26 位",
        *dict.fromkeys(_inside(tidied)),
    )


_FIELDS: Final = {KINDS: "code-wrong-kind", TYPES: "code-wrong-type"}


def _field(text: str, tidied: str) -> Diagnosis | None:
    start = date_start(len(tidied))
    for place, (c, allowed) in enumerate(zip(tidied, _places(len(tidied)), strict=True)):
        if c in allowed:
            continue
        if start <= place < start + 3:
            return _impossible_date(tidied[start : start + 3])
        what_en, what_zh = _PLACES[allowed]
        suffix = allowed == KINDS and place > 3
        return diagnosis(
            "code-wrong-suffix" if suffix else _FIELDS.get(allowed, "code-wrong-serial"),
            f"{c} at {place + 1} is no {what_en}; one of {allowed} is expected",
            f"第 {place + 1} 位的 {c} 不是{what_zh}；应为 {allowed} 之一",
        )
    return _impossible_date(tidied[start : start + 3])


def _impossible_date(letters: str) -> Diagnosis:
    for c, allowed in zip(letters, (_YEAR, _MONTH, _DAY), strict=True):
        if c not in allowed:
            what_en, what_zh = _PLACES[allowed]
            never = c in "IOQUZ"
            return diagnosis(
                "code-impossible-date",
                f"date {letters}: {c} is no {what_en}"
                + ("; I, O, Q, U and Z never stand in a date" if never else ""),
                f"日期 {letters}：{c} 不是{what_zh}代码" + ("；日期中不使用 I、O、Q、U、Z" if never else ""),
            )
    assert day_of(letters) is None, f"{letters} is a date"
    year, month, day = YEARS[letters[0]], MONTHS[letters[1]], DAYS[letters[2]]
    return diagnosis(
        "code-impossible-date",
        f"date {letters} would be {year}-{month:02d}-{day:02d}, a day that does not exist",
        f"日期 {letters} 表示 {year}-{month:02d}-{day:02d}，该日不存在",
    )


_CHECKS: Final[tuple[Callable[[str, str], Diagnosis | None], ...]] = (
    _empty,
    _mangled,
    _several,
    _swapped,
    _confused,
    _foreign,
    _extra_mark,
    _length,
    _field,
)
