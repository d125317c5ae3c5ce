"""Reading cells with identifiers: battery codes, VIN, credit codes, area codes.

>>> from suyuan.standards.forms import form
>>> pack = battery_code_reader(form("battery-maker").sheets[0].column("pack_code"))
>>> pack("001pe050000001g510000042").value
'001PE050000001G510000042'
>>> [remark.rule for remark in pack("001ME050000001G510000042").remarks]
['code-of-other-kind']
"""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Final

from suyuan.capture.workbook.cells import Raw, text_of
from suyuan.capture.workbook.remarks import Read, Remark, block, diagnosed, hint, warn
from suyuan.identifiers import area, battery_code, uscc, vin
from suyuan.identifiers.diagnosis import NotAnIdentifier
from suyuan.identifiers.tidy import DONE, Tidied, tidy
from suyuan.standards.forms import Column
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table
from suyuan.terms.finding import Severity
from suyuan.terms.sentence import Sentence

Reader = Callable[[Raw], Read]

KINDS: Final = {
    "P": Sentence(zh="电池包", en="pack"),
    "M": Sentence(zh="模块", en="module"),
    "C": Sentence(zh="单体", en="cell"),
}
_SEPARATORS = re.compile(r"[,;，；、|/]+")
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)


def identifier_text(raw: Raw) -> str:
    """The cell's text; `="001…"`, with which people keep a spreadsheet from reading a number, is undone."""
    text = text_of(raw)
    formula = _FORMULA.fullmatch(text.strip()) if text[:2] == '="' else None
    return formula[1] if formula else text


def kind_of(code: str) -> str:
    """What a valid battery code names: P, M or C; a reuse product's own kind, where it has one."""
    return code[3] if len(code) == 24 else code[-1]


def battery_code_reader(column: Column) -> Reader:
    """For one battery code a cell."""
    kinds = frozenset(column.kinds)
    is_valid = battery_code.is_valid
    reuse = column.reuse

    def read(raw: Raw) -> Read:
        # the usual case, a hundred thousand times: a code of the right kind without anything to say
        if (
            raw.__class__ is str
            and len(raw) == 24
            and not reuse
            and is_valid(raw)
            and raw[3] in kinds
            and not _doubtful(raw)
        ):
            return Read(raw)
        return _read_code(column, identifier_text(raw))

    return read


def battery_codes_reader(column: Column) -> Reader:
    """For several battery codes a cell."""

    def read(raw: Raw) -> Read:
        codes, remarks = dict[str, None](), list[Remark]()
        for part in _parts(identifier_text(raw)):
            each = _read_code(column, part)
            remarks += each.remarks
            if each.value is not None:
                if each.value in codes:
                    remarks.append(
                        hint(
                            "code-twice-in-cell",
                            f"{each.value} stands twice in the cell",
                            f"{each.value} 在本格中重复",
                        )
                    )
                codes[each.value] = None
        blocked = any(remark.severity is Severity.BLOCK for remark in remarks)
        return Read(None if blocked else tuple(codes), tuple(remarks))

    return read


def _parts(text: str) -> list[str]:
    """The codes of a cell: blanks and line breaks part them only where what they part are codes."""
    parts = list[str]()
    for part in filter(str.strip, _SEPARATORS.split(text)):
        pieces = part.split()
        whole = len(pieces) > 1 and all(battery_code.is_valid(tidy(piece).text) for piece in pieces)
        parts += pieces if whole else [part]
    return parts or [text]


def _doubtful(code: str) -> bool:
    return "I" in code or "O" in code or code.endswith("0000000")


def _read_code(column: Column, text: str) -> Read:
    try:
        code = battery_code.parse(text)
    except NotAnIdentifier as wrong:
        return Read(None, (diagnosed(wrong.diagnosis),))
    remarks = [diagnosed(each, Severity.WARN) for each in battery_code.remarks(code)]
    remarks += _tidied("code-normalised", tidy(text), code.code)
    kind = kind_of(code.code)
    if kind not in column.kinds:
        asked_zh = "、".join(KINDS[k].zh for k in column.kinds)
        asked_en = " or ".join(KINDS[k].en for k in column.kinds)
        remarks.append(
            block(
                "code-of-other-kind",
                f"this is the code of a {KINDS[kind].en}; the column takes a {asked_en}",
                f"这是{KINDS[kind].zh}编码；本列应填{asked_zh}编码",
            )
        )
        return Read(None, tuple(remarks))
    if column.reuse and code.form == 24:
        remarks.append(
            block(
                "code-not-of-reuse",
                "the code of a reuse product has 19 or 26 characters and ends in R and the kind; this is a code of a new battery",
                "梯次产品编码为 19 位或 26 位，以 R 和类别结尾；此为新电池编码",
            )
        )
        return Read(None, tuple(remarks))
    if code.form != 24 and not column.reuse and len(column.kinds) < 3:
        remarks.append(
            warn(
                "code-of-reuse",
                "this is the code of a reuse product, in a column for new batteries",
                "这是梯次产品编码，本列应填新电池编码",
            )
        )
    return Read(code.code, tuple(remarks))


def vin_reader(column: Column) -> Reader:
    """For vehicle identification numbers."""

    def read(raw: Raw) -> Read:
        if raw.__class__ is str and vin.is_valid(raw):
            return Read(raw)
        text = identifier_text(raw)
        try:
            found = vin.parse(text)
        except NotAnIdentifier as wrong:
            return Read(None, (diagnosed(wrong.diagnosis),))
        return Read(found.code, tuple(_tidied("vin-normalised", tidy(text), found.code)))

    return read


def uscc_reader(column: Column) -> Reader:
    """For credit codes. An identity number of a person, of the same length, is never repeated."""

    def read(raw: Raw) -> Read:
        if raw.__class__ is str and uscc.is_valid(raw):
            return Read(raw)
        text = identifier_text(raw)
        if personal := personal_id(text):
            return Read(None, (personal,))
        try:
            found = uscc.parse(text)
        except NotAnIdentifier as wrong:
            return Read(None, (diagnosed(wrong.diagnosis),))
        return Read(found.code, tuple(_tidied("uscc-normalised", tidy(text), found.code)))

    return read


def area_reader(column: Column) -> Reader:
    """For area codes of GB/T 2260."""

    def read(raw: Raw) -> Read:
        text = text_of(raw).strip()
        try:
            found = area.parse(text)
        except NotAnIdentifier as wrong:
            if code := _areas().get(_area_name(text)):
                name = area.name(code)
                return Read(
                    code,
                    (
                        hint(
                            "area-by-name", f"taken as {code}, {name.en}", f"按 {code}（{name.zh}）处理", code
                        ),
                    ),
                )
            return Read(None, (diagnosed(wrong.diagnosis),))
        return Read(found.code)

    return read


@cache
def _areas() -> dict[str, str]:
    """Codes by name, with and without the province; names that two areas share are left out."""
    found: dict[str, str] = {}
    for code, row in table("area", Word).newest.items():
        for name in {row.zh, area.name(code).zh}:
            plain = _area_name(name)
            found[plain] = "" if plain in found else code
    return found


def _area_name(text: str) -> str:
    """A name without what people add to it: 陕西省渭南市 is 陕西渭南."""
    return re.sub(r"(?<=..)(?:省|市|自治区|回族|维吾尔|壮族|特别行政区)|\s", "", text)


def _tidied(rule: str, tidied: Tidied, code: str) -> list[Remark]:
    if not tidied.done:
        return []
    done = [DONE[each] for each in tidied.done]
    return [hint(rule, "; ".join(each.en for each in done), "；".join(each.zh for each in done), code)]


_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-8][0-9]{5})((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_id(text: str) -> Remark | None:
    """A remark where the text holds a resident identity number: personal data are no part of any form."""
    for found in _IDENTITY.finditer(text):
        number = found[0].upper()
        total = sum(int(digit) * weight for digit, weight in zip(number, _IDENTITY_WEIGHTS, strict=False))
        if number[17] == "10X98765432"[total % 11] and _is_day(found[2], found[3], found[4]):
            return Remark(
                "personal-id",
                Sentence(
                    zh="这像是个人身份证号；本表不收集个人信息，请删除",
                    en="this looks like a person's identity number; the form takes no personal data: delete it",
                ),
                silent=True,
            )
    return None


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
