"""Which form a sheet is, and which of its columns stands where: told by the headers, in any order and language.

    报废车辆明细 2026-05            a title row: passed over
    车架号 | 回收日期 | 证明编号 …   the header row: most known headers
    VIN    | Accepted on | …        headers again in the other language: part of the header

>>> found = recognise([("t", [["车架号", "销售时间", "销售地区", "购买方类型"]])], "a.xlsx")
>>> found[0].form.role, sorted(found[0].columns.items())
('vehicle-maker-sale', [('buyer_kind', 3), ('sale_area', 2), ('sold_on', 1), ('vin', 0)])
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from suyuan.capture.importer import NotRecognised
from suyuan.capture.workbook.cells import Raw, text_of
from suyuan.capture.workbook.errors import FormUnclear
from suyuan.standards.forms import Form, Sheet, forms

ERRORS_COLUMN = "错误 Errors"
"""The column that an annotated workbook carries when it comes back; passed over."""

SEARCHED = 40
"""Rows from the top in which a header is looked for."""


class Meaning(NamedTuple):
    """What a header may mean: a column of a sheet of a form; rank 0 its own name, 1 an alias, 2 without its unit."""

    form: int
    sheet: int
    column: int
    rank: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """A worksheet whose form is known. Rows are counted from 0 in the order handed in."""

    place: int
    form: Form
    sheet: Sheet
    header_row: int
    data_row: int
    columns: Mapping[str, int]
    units: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[tuple[int, str], ...] = ()
    twice: tuple[tuple[int, str], ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys of required columns that are not there."""
        return tuple(c.key for c in self.sheet.columns if c.required and c.key not in self.columns)


class _Match(NamedTuple):
    score: float
    form: int
    sheet: int
    row: int


def plain(header: str) -> str:
    """A header without what people vary: width, case, blanks, stars, colons.

    >>> plain(" 额定能量 （kWh）* ")
    '额定能量(kwh)'
    """
    return re.sub(r"[\s*:_\-·]+", "", unicodedata.normalize("NFKC", header).casefold())


def without_unit(header: str) -> tuple[str, str]:
    """A plain header and the unit in its brackets, or ''."""
    found = re.fullmatch(r"(.+?)[(\[【]([^()\[\]【】]*)[)\]】]", header)
    return (found[1], found[2]) if found else (header, "")


@cache
def index() -> Mapping[str, tuple[Meaning, ...]]:
    """All headers of all forms."""
    found: dict[str, dict[tuple[int, int, int], int]] = {}
    for f, form in enumerate(forms()):
        for s, sheet in enumerate(form.sheets):
            for c, column in enumerate(sheet.columns):
                for order, header in enumerate(column.headers):
                    rank = 0 if order < 3 else 1
                    for name, worse in ((plain(header), 0), (without_unit(plain(header))[0], 2)):
                        ranks = found.setdefault(name, {})
                        ranks[f, s, c] = min(ranks.get((f, s, c), 9), rank or worse)
    return {name: tuple(Meaning(*key, rank) for key, rank in ranks.items()) for name, ranks in found.items()}


def meanings(cell: Raw) -> tuple[Meaning, ...]:
    """What a header cell may mean; '' or a long text means nothing."""
    if not isinstance(cell, str) or not 0 < len(cell) <= 120:
        return ()
    return _meanings(cell)


@cache
def _meanings(text: str) -> tuple[Meaning, ...]:
    names = [plain(text)]
    names += [plain(line) for line in re.split(r"[\n/]", text) if line.strip()]
    # 电池包编码 Pack code: both languages in one cell
    names += [plain(part) for part in re.findall(r"[\u4e00-\u9fff][^A-Za-z]*|[A-Za-z][\x20-\x7e]*", text)]
    for name in names:
        if found := index().get(name):
            return found
    for name in names:
        bare, unit = without_unit(name)
        if unit and (found := index().get(bare)):
            return tuple(Meaning(m.form, m.sheet, m.column, 2) for m in found)
    return ()


def recognise(
    sheets: Sequence[tuple[str, Sequence[Sequence[Raw]]]], file: str, stamp: str = ""
) -> list[Recognised]:
    """The worksheets that are known, in the order of their form. `stamp` is a template's own word for its form.

    Each worksheet comes as its name and its first rows. Raises NotRecognised, FormUnclear.
    """
    matches = [list(_matches(name, rows)) for name, rows in sheets]
    chosen = _choose_form(matches, file, stamp)
    if chosen is None:
        raise _nothing_known(sheets, file)
    found = []
    for place, ((_, rows), candidates) in enumerate(zip(sheets, matches, strict=True)):
        own = [match for match in candidates if match.form == chosen]
        if own:
            best = max(own)
            found.append(_columns(place, best, rows))
    return sorted(found, key=lambda each: (each.form.sheets.index(each.sheet), each.place))


def _matches(name: str, rows: Sequence[Sequence[Raw]]) -> Iterator[_Match]:
    """How well each sheet of each form fits, at its best row."""
    best: dict[tuple[int, int], _Match] = {}
    named = plain(name)
    for number, row in enumerate(rows[:SEARCHED]):
        ranks: dict[tuple[int, int], dict[int, int]] = {}
        for cell in row:
            for meaning in meanings(cell):
                columns = ranks.setdefault((meaning.form, meaning.sheet), {})
                columns[meaning.column] = min(columns.get(meaning.column, 9), meaning.rank)
        for (f, s), columns in ranks.items():
            sheet = forms()[f].sheets[s]
            required = {c for c, column in enumerate(sheet.columns) if column.required}
            if len(columns) < min(2, len(sheet.columns)) or not required & columns.keys():
                continue
            score = sum(3 - rank for rank in columns.values()) - 6 * len(required - columns.keys())
            score += 4 * (named in map(plain, (sheet.zh, sheet.en, sheet.key, *sheet.aliases)))
            if (f, s) not in best or score > best[f, s].score:
                best[f, s] = _Match(score, f, s, number)
    return iter(best.values())


def _choose_form(matches: Sequence[Sequence[_Match]], file: str, stamp: str) -> int | None:
    totals: dict[int, float] = {}
    for candidates in matches:
        best: dict[int, float] = {}
        for match in candidates:
            best[match.form] = max(best.get(match.form, -99), match.score)
        for fitting, score in best.items():
            totals[fitting] = totals.get(fitting, 0) + score
    for f, form in enumerate(forms()):
        if f in totals and stamp.split(" ")[1:2] == [form.role]:
            return f
    if not totals:
        return None
    named = [f for f in totals if _file_names(file, forms()[f])]
    for f in named:
        totals[f] += 2
    top = max(totals.values())
    winners = [f for f, total in totals.items() if total == top]
    if len(winners) > 1:
        roles = ", ".join(forms()[f].role for f in winners)
        titles = "、".join(forms()[f].zh for f in winners)
        raise FormUnclear(
            f"the headers of {file} fit several forms ({roles}); take the headers of one template "
            f"(suyuan template {forms()[winners[0]].role}), or put the form's name into the file's name",
            f"{file} 的表头符合多种表（{titles}）；请使用模板表头（suyuan template {forms()[winners[0]].role}），或在文件名中写明表名",
        )
    return winners[0]


def _file_names(file: str, form: Form) -> bool:
    name = plain(file)
    return any(plain(word) in name for word in (form.role, form.zh, form.en, *form.aliases))


def _columns(place: int, match: _Match, rows: Sequence[Sequence[Raw]]) -> Recognised:
    form = forms()[match.form]
    sheet = form.sheets[match.sheet]
    header = rows[match.row]
    taken: dict[int, tuple[int, int]] = {}
    unknown, twice = [], []
    for position, cell in enumerate(header):
        if not text_of(cell).strip() or cell == ERRORS_COLUMN:
            continue
        own = [m for m in meanings(cell) if (m.form, m.sheet) == (match.form, match.sheet)]
        if not own:
            unknown.append((position, text_of(cell)))
        for meaning in sorted(own, key=lambda m: m.rank)[:1]:
            before = taken.get(meaning.column)
            if before is None or meaning.rank < before[0]:
                if before is not None:
                    twice.append((before[1], text_of(header[before[1]])))
                taken[meaning.column] = (meaning.rank, position)
            else:
                twice.append((position, text_of(cell)))
    columns = {sheet.columns[c].key: position for c, (_, position) in sorted(taken.items())}
    units = {
        key: unit
        for key, position in columns.items()
        if (unit := without_unit(plain(text_of(header[position])))[1])
    }
    return Recognised(
        place, form, sheet, match.row, _data_row(rows, match), columns, units, tuple(unknown), tuple(twice)
    )


def _data_row(rows: Sequence[Sequence[Raw]], match: _Match) -> int:
    """The first row below the header that is no header again."""
    row = match.row + 1
    while row < len(rows):
        known = [cell for cell in rows[row] if _means(cell, match)]
        filled = [cell for cell in rows[row] if text_of(cell).strip()]
        if not filled or len(known) * 2 <= len(filled):
            return row
        row += 1
    return row


def _means(cell: Raw, match: _Match) -> bool:
    return any((m.form, m.sheet) == (match.form, match.sheet) for m in meanings(cell))


def _nothing_known(sheets: Sequence[tuple[str, Sequence[Sequence[Raw]]]], file: str) -> NotRecognised:
    headers = next(
        (
            [text_of(cell) for cell in row if text_of(cell).strip()]
            for _, rows in sheets
            for row in rows
            if sum(1 for cell in row if text_of(cell).strip()) > 1
        ),
        [],
    )
    seen = "、".join(text[:20] for text in headers[:8]) or "-"
    return NotRecognised(
        f"no sheet of {file} has the headers of a known form (found: {seen}); start from suyuan template ROLE, "
        f"roles are {', '.join(form.role for form in forms())}",
        f"{file} 中没有已知表的表头（所见：{seen}）；请用 suyuan template ROLE 生成模板，可用："
        f"{'、'.join(form.role for form in forms())}",
    )
