"""Unified social credit code of a Chinese organisation: 18 characters, two of them check characters.

    9           1     350900     587527783                       P
    department  kind  area code  organisation code with a check  check

Source: gb-32100-2015 and gb-11714 in standards/documents.toml.

>>> is_valid("91350900587527783P"), is_valid("91350900587527783A")
(True, False)
>>> show(parse("91350900587527783p"))
'91 350900 587527783 P'
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suyuan.identifiers import area
from suyuan.identifiers.diagnosis import NotAnIdentifier
from suyuan.identifiers.tidy import tidy
from suyuan.identifiers.uscc_diagnosis import diagnose
from suyuan.identifiers.uscc_form import check_character, is_valid, organisation_check
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table

if TYPE_CHECKING:
    from suyuan.identifiers.byte_matrix import Column
    from suyuan.identifiers.uscc_columns import UsccColumns

__all__ = [
    "NotACreditCode",
    "Uscc",
    "check_character",
    "diagnose",
    "is_valid",
    "normalise",
    "organisation_check",
    "parse",
    "parse_column",
    "show",
]


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


def parse_column(codes: "Column") -> "UsccColumns":
    """Many exact credit codes at once, as arrays; see `uscc_columns`."""
    # Imported when asked for: a command that reads one code need not load numpy and pyarrow.
    from suyuan.identifiers.uscc_columns import parse_column as columns

    return columns(codes)
