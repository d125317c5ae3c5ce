"""The same workbook back: faulty cells coloured and noted, a column of errors, a sheet that sums up.

    电池包!B7  ←  colour by how far it reaches, note: rule, reason, what would be accepted
    错误 Errors (last column)  ←  all that is wrong in the row, with a filter
    检查结果 Findings  ←  rule by rule: how many, where, why

Values stay as they were sent. An xlsx of ordinary size is annotated in place; other formats, and large ones, come
back as a new xlsx with the same sheets and values, written row by row.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

from suyuan.capture.workbook.cells import position
from suyuan.capture.workbook.jail import frames
from suyuan.capture.workbook.sheets import ZIP
from suyuan.terms.finding import Finding, Severity
from suyuan.terms.sentence import Lang

CELLS_IN_PLACE: Final = 300_000
"""Cells up to which a workbook is annotated in place: beyond, that takes minutes and gigabytes."""
BYTES_IN_PLACE: Final = 24 << 20

COLOURS: Final = {Severity.BLOCK: "FFC7CE", Severity.WARN: "FFEB9C", Severity.HINT: "DDEBF7"}
NAMES: Final = {
    Severity.BLOCK: ("阻断", "block"),
    Severity.WARN: ("警告", "warn"),
    Severity.HINT: ("提示", "hint"),
}
_ORDER: Final = (Severity.BLOCK, Severity.WARN, Severity.HINT)
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
PLACES_TOLD: Final = 12


@dataclass(frozen=True)
class Notes:
    """Findings by sheet and cell, and how they are told in a language."""

    findings: Sequence[Finding]
    lang: Lang

    @cached_property
    def cells(self) -> Mapping[str, Mapping[tuple[int, int], list[Finding]]]:
        """By sheet, then by (row, column) from 0; the worst first."""
        found: dict[str, dict[tuple[int, int], list[Finding]]] = {}
        for finding in sorted(self.findings, key=lambda finding: _ORDER.index(finding.severity)):
            place = cell_of(finding)
            if finding.place.sheet is not None and place is not None:
                found.setdefault(finding.place.sheet, {}).setdefault(place, []).append(finding)
        return found

    @cached_property
    def rows(self) -> Mapping[str, Mapping[int, str]]:
        """By sheet and row (from 0): what the column of errors says."""
        found: dict[str, dict[int, list[str]]] = {}
        for sheet, cells in self.cells.items():
            rows = found.setdefault(sheet, {})
            for (row, _), said in sorted(cells.items()):
                rows.setdefault(row, []).extend(_writable(self._line(finding)) for finding in said)
        return {sheet: {row: "\n".join(said) for row, said in rows.items()} for sheet, rows in found.items()}

    def note(self, said: Sequence[Finding]) -> str:
        """The note of one cell."""
        return "\n\n".join(_writable(self._note(finding)) for finding in said)

    def _note(self, finding: Finding) -> str:
        zh = self.lang == "zh"
        lines = [
            f"【{NAMES[finding.severity][0 if zh else 1]}】{finding.rule}",
            finding.reason.show(self.lang),
        ]
        if finding.suggestion:
            lines.append(f"建议填写：{finding.suggestion}" if zh else f"Suggestion: {finding.suggestion}")
        return "\n".join(lines)

    def _line(self, finding: Finding) -> str:
        name = NAMES[finding.severity][0 if self.lang == "zh" else 1]
        suggestion = f" → {finding.suggestion}" if finding.suggestion else ""
        cell = finding.place.cell
        return f"[{name}] {cell} {finding.reason.show(self.lang)}{suggestion}"

    def summary(self) -> Iterator[tuple[str, ...]]:
        """Rows of the summing-up: severity, rule, how many, example of the reason, first places."""
        zh = self.lang == "zh"
        yield (
            ("程度", "规则", "数量", "原因（举例）", "位置")
            if zh
            else ("severity", "rule", "count", "reason (an example)", "places")
        )
        groups: dict[tuple[Severity, str], list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault((finding.severity, finding.rule), []).append(finding)
        for (severity, rule), said in sorted(
            groups.items(), key=lambda g: (_ORDER.index(g[0][0]), -len(g[1]), g[0][1])
        ):
            places = [finding.place.show() for finding in said[:PLACES_TOLD]]
            if len(said) > PLACES_TOLD:
                places.append("…")
            yield (
                NAMES[severity][0 if zh else 1], rule, str(len(said)),
                _writable(said[0].reason.show(self.lang)), ", ".join(places),
            )  # fmt: skip


def _writable(text: str) -> str:
    """A cell cannot hold control characters, which a reason may quote from the cell it is about."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def cell_of(finding: Finding) -> tuple[int, int] | None:
    """Row and column, from 0, of the (first) cell that a finding is about."""
    found = _CELL.match(finding.place.cell or "")
    return position(found[0]) if found else None


def write(source: BinaryIO, name: str, findings: Sequence[Finding], target: Path, lang: Lang = "zh") -> None:
    """Write the workbook `source`, called `name`, with its findings to `target`, an xlsx file.

    Raises the errors of `capture.workbook.errors` for a source that is no workbook.
    """
    from suyuan.render import annotated_copy, annotated_in_place

    notes = Notes(findings, lang)
    if _fits_in_place(source, name):
        annotated_in_place.write(source, notes, target)
    else:
        annotated_copy.write(source, name, notes, target)


def _fits_in_place(source: BinaryIO, name: str) -> bool:
    """Is it an xlsx of ordinary size? Asked of the jail, which has limits, before anything opens it here."""
    head = source.read(4)
    size = source.seek(0, 2)
    source.seek(0)
    if head != ZIP or size > BYTES_IN_PLACE or not name.lower().endswith((".xlsx", ".xlsm")):
        return False
    cells = 0
    for kind, *rest in frames("raw", source, name):
        if kind == "cells":
            cells += sum(map(len, rest[0]))
            if cells > CELLS_IN_PLACE:
                break
    source.seek(0)
    return cells <= CELLS_IN_PLACE
