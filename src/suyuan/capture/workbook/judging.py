"""The rows of one sheet judged: values of the good ones, findings for the others.

Columns are read whole, cell by cell only where a cell has something to say; then rows are asked what is
missing, whether their cells agree, and whether they were met before. A row with a blocking finding stays out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from suyuan.capture.workbook.cells import Raw, address, text_of
from suyuan.capture.workbook.code_cells import (
    Reader,
    personal_id,
)
from suyuan.capture.workbook.document_checks import MEMORIES, input_refused
from suyuan.capture.workbook.met import Met
from suyuan.capture.workbook.plain_cells import header_factor
from suyuan.capture.workbook.readers import reader_for
from suyuan.capture.workbook.remarks import Read, Remark, block, hint
from suyuan.capture.workbook.row_checks import CHECKS
from suyuan.standards.forms import Column, Sheet
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence

HINTS_TOLD = 50
"""Hints told one by one for a column and rule; beyond, they are only counted."""
MEMO_MAX = 1 << 16
FOUND_MAX = 200

ERRORS = {
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
}


class Row(NamedTuple):
    """A good row: its number counted from 0, and its values by column key; what is empty is left out."""

    number: int
    values: dict[str, Any]


class Judge:
    """Judges the rows of one sheet, chunk by chunk."""

    def __init__(
        self, sheet: Sheet, name: str, positions: Mapping[str, int], units: Mapping[str, str], met: Met
    ) -> None:
        self.sheet = sheet
        self.name = name
        self._positions = positions
        self._met = met
        self._hints: Counter[tuple[str, str]] = Counter()
        self._memos: dict[str, dict[Raw, Read]] = {key: {} for key in positions}
        self._readers: dict[str, Reader] = {}
        self.header_remarks: list[tuple[str, Remark]] = []
        for key in positions:
            column = sheet.column(key)
            factor = self._factor(column, units.get(key, ""))
            self._readers[key] = reader_for(column, met.today, factor)
        self._checks, self._memories = (
            [
                check
                for keys, check in checks
                if all(any(k in positions for k in key.split("|")) for key in keys)
            ]
            for checks in (CHECKS, MEMORIES)
        )
        self._conditions = [
            column for column in sheet.columns if column.required_when or column.required_unless
        ]

    def _factor(self, column: Column, unit: str) -> Decimal:
        if column.type != "number" or not unit:
            return Decimal(1)
        factor = header_factor(column, unit)
        if factor is None:
            self.header_remarks.append(
                (
                    column.key,
                    hint(
                        "header-unit",
                        f"the header says {unit}; the column was taken in {column.unit}",
                        f"表头写的是 {unit}；按 {column.unit} 读取",
                    ),
                )
            )
            return Decimal(1)
        if factor != 1:
            self.header_remarks.append(
                (
                    column.key,
                    hint(
                        "header-unit",
                        f"the header says {unit}; amounts were multiplied by {factor:f} to {column.unit}",
                        f"表头写的是 {unit}；数值乘以 {factor:f} 换算为 {column.unit}",
                    ),
                )
            )
        return factor

    def judge(
        self, first: int, count: int, raws: Mapping[str, Sequence[Raw]]
    ) -> tuple[list[Row], list[Finding]]:
        """The good rows of a chunk that begins with row `first` (from 0), and what is to be said, row by row."""
        said: list[tuple[int, str, Remark]] = []
        values = {key: self._read_column(key, cells, said) for key, cells in raws.items()}
        filled = [row.count(None) < len(row) for row in zip(*raws.values(), strict=True)]
        self._missing(raws, values, filled, said)
        blocked = {offset for offset, _, remark in said if remark.severity is Severity.BLOCK}
        rows = []
        keys = tuple(values)
        for offset, cells in enumerate(zip(*values.values(), strict=True)):
            if not filled[offset]:
                continue
            row = Row(first + offset, {k: v for k, v in zip(keys, cells, strict=True) if v is not None})
            if offset in blocked:
                self._refused(row)
                continue
            found = self._check_row(row)
            said += ((offset, key, remark) for key, remark in found)
            if _blocks(found):
                self._refused(row)
            else:
                rows.append(row)
        return rows, self._findings(first, raws, said)

    def _read_column(self, key: str, cells: Sequence[Raw], said: list[tuple[int, str, Remark]]) -> list[Any]:
        memo, read = self._memos[key], self._readers[key]
        if len(memo) > MEMO_MAX:
            memo.clear()
        values: list[Any] = []
        for offset, raw in enumerate(cells):
            if raw is None:
                values.append(None)
                continue
            got = memo.get(raw)
            if got is None:
                got = _erroneous(raw) or read(raw)
                if raw.__class__ is not bool:  # which would stand for 0 or 1
                    memo[raw] = got
            values.append(got[0])
            if got[1]:
                said.extend((offset, key, remark) for remark in got[1])
        return values

    def _missing(
        self,
        raws: Mapping[str, Sequence[Raw]],
        values: Mapping[str, Sequence[Any]],
        filled: Sequence[bool],
        said: list[tuple[int, str, Remark]],
    ) -> None:
        for column in self.sheet.columns:
            if column.required and None in raws.get(column.key, ()):
                told = block(
                    "required-missing",
                    f"{column.en} is required",
                    f"“{column.zh}”必填",
                )
                said += (
                    (offset, column.key, told)
                    for offset, raw in enumerate(raws[column.key])
                    if raw is None and filled[offset]
                )
        for column in self._conditions:
            own = raws.get(column.key) or [None] * len(filled)
            for offset, raw in enumerate(own):
                if raw is None and filled[offset] and self._asked(column, values, raws, offset):
                    said.append((offset, column.key, _conditional(column, self.sheet)))

    def _asked(
        self,
        column: Column,
        values: Mapping[str, Sequence[Any]],
        raws: Mapping[str, Sequence[Raw]],
        offset: int,
    ) -> bool:
        condition = column.required_when or column.required_unless
        key, _, wanted = condition.partition("=")
        if key not in raws:
            holds = False
        elif wanted:
            holds = values[key][offset] == wanted
        else:
            holds = raws[key][offset] is not None
        return holds if column.required_when else not holds

    def _check_row(self, row: Row) -> list[tuple[str, Remark]]:
        said = [each for check in self._checks for each in check(row.values, self._met)]
        # what is remembered is compared with later rows: only of rows that count
        if not _blocks(said):
            said += self._met_before(row)
        for remember in self._memories:
            if _blocks(said):
                break
            said += remember(row.values, self._met)
        return said

    def _refused(self, row: Row) -> None:
        if "fed_on" in self._positions:
            input_refused(row.values, self._met)

    def _met_before(self, row: Row) -> Iterable[tuple[str, Remark]]:
        unique = tuple(row.values.get(key) for key in self.sheet.unique)
        if not any(value is not None for value in unique):
            return
        before = self._met.row_before(self.sheet.key, self.name, unique, row.number + 1)
        if before is not None:
            key = next(k for k, v in zip(self.sheet.unique, unique, strict=True) if v is not None)
            yield (
                key,
                block(
                    "row-twice", f"the same as in row {before}; delete one", f"与 {before} 行重复；请删除其一"
                ),
            )

    def _findings(
        self, first: int, raws: Mapping[str, Sequence[Raw]], said: list[tuple[int, str, Remark]]
    ) -> list[Finding]:
        if not said:
            return []
        told = []
        said.sort(key=lambda each: (each[0], self._positions.get(each[1], 0)))
        for offset, key, remark in said:
            if remark.severity is Severity.HINT:
                self._hints[key, remark.rule] += 1
                if self._hints[key, remark.rule] > HINTS_TOLD:
                    continue
            raw = raws[key][offset] if key in raws else None
            found = None if raw is None or remark.silent else text_of(raw)[:FOUND_MAX]
            place = Place(sheet=self.name, cell=address(first + offset, self._positions.get(key, 0)))
            told.append(Finding(remark.rule, place, remark.reason, found, remark.suggestion, remark.severity))
        return told

    def rest(self) -> list[Finding]:
        """Hints that were only counted, told by their number."""
        return [
            Finding(
                "more-of-this",
                Place(sheet=self.name),
                Sentence(
                    zh=f"“{self.sheet.column(key).zh}”列另有 {count - HINTS_TOLD} 处同类提示（{rule}）",
                    en=f"{count - HINTS_TOLD} more hints of this kind in {self.sheet.column(key).en} ({rule})",
                ),
                severity=Severity.HINT,
            )
            for (key, rule), count in self._hints.items()
            if count > HINTS_TOLD
        ]


def _blocks(said: Iterable[tuple[str, Remark]]) -> bool:
    return any(remark.severity is Severity.BLOCK for _, remark in said)


def _erroneous(raw: Raw) -> Read | None:
    if raw.__class__ is str and raw[:1] == "#" and raw.strip().upper() in ERRORS:
        told = block(
            "cell-error",
            f"the formula in the cell fails ({raw}); enter the value itself",
            f"单元格公式出错（{raw}）；请直接填写数值",
        )
        return Read(None, (told,))
    if raw.__class__ is float and (personal := personal_id(f"{raw:.0f}")):
        return Read(None, (personal,))
    return None


def _conditional(column: Column, sheet: Sheet) -> Remark:
    condition = column.required_when or column.required_unless
    key, _, wanted = condition.partition("=")
    other = sheet.column(key)
    choice = next((choice for choice in other.choices if choice.value == wanted), None)
    if column.required_unless and not wanted:
        en, zh = f"either {column.en} or {other.en} is required", f"“{column.zh}”与“{other.zh}”须填其一"
    elif column.required_unless:
        en = f"{column.en} is required unless {other.en} is {choice.en if choice else wanted}"
        zh = f"“{column.zh}”必填，除非“{other.zh}”为“{choice.zh if choice else wanted}”"
    elif not wanted:
        en, zh = (
            f"{column.en} is required where {other.en} is given",
            f"填写“{other.zh}”时，“{column.zh}”必填",
        )
    else:
        en = f"{column.en} is required where {other.en} is {choice.en if choice else wanted}"
        zh = f"“{other.zh}”为“{choice.zh if choice else wanted}”时，“{column.zh}”必填"
    return block("required-here", en, zh)
