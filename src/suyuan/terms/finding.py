"""What is wrong with something that was submitted: a value, with the place, the reason and a suggestion.

>>> Place(sheet="电池包", cell="B7").show()
'电池包!B7'
>>> Place(line=3, pointer="/eventTime").show()
'line 3 /eventTime'
"""

from dataclasses import dataclass
from enum import StrEnum

from suyuan.terms.sentence import Sentence


class Severity(StrEnum):
    """How far a finding reaches: `BLOCK` keeps the row out, the others let it in with a remark."""

    BLOCK = "block"
    WARN = "warn"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a submitted document: a cell of a sheet, a line, a JSON pointer (RFC 6901)."""

    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    pointer: str | None = None

    def show(self) -> str:
        """The place as people write it; '' for the document as a whole."""
        parts = []
        if self.sheet is not None:
            parts.append(f"{self.sheet}!{self.cell}" if self.cell else self.sheet)
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.pointer:
            parts.append(self.pointer)
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at one place of a submitted document.

    `rule` is a stable id (`code-too-short`); `found` is the text as it stood; `suggestion`
    is a value that would be accepted, where one can be named.
    """

    rule: str
    place: Place
    reason: Sentence
    found: str | None = None
    suggestion: str | None = None
    severity: Severity = Severity.BLOCK
