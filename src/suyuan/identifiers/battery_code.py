"""GB/T 34014 battery code: 24 characters that name one pack, module or cell.

    001    P     E          05             0000001  A7C  0000042
    maker  kind  chemistry  specification  tracing  day  serial of that day

Source: gbt-34014-2017 in standards/documents.toml.

>>> parse("001PE050000001A7C0000042").kind
<Kind.PACK: 'P'>
>>> show(parse("001pe050000001a7c0000042"))
'001 P E 05 0000001 A7C 0000042'
>>> parse("001PE050000001A2Y0000042")
Traceback (most recent call last):
...
suyuan.identifiers.battery_code.NotABatteryCode: date A2Y would be 2020-02-30, a day that does not exist
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from suyuan.identifiers.battery_diagnosis import diagnose
from suyuan.identifiers.battery_form import Form, date_start, day_of, is_valid
from suyuan.identifiers.diagnosis import Diagnosis, NotAnIdentifier, diagnosis
from suyuan.identifiers.tidy import Tidied, tidy
from suyuan.standards.shapes import BatteryType, Vendor, Word
from suyuan.standards.tables import table
from suyuan.terms.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from suyuan.identifiers.battery_columns import BatteryCodeColumns

__all__ = [
    "BatteryCode",
    "Kind",
    "NotABatteryCode",
    "Tidied",
    "diagnose",
    "is_valid",
    "normalise",
    "parse",
    "parse_column",
    "remarks",
    "show",
    "tidy",
]


class Kind(StrEnum):
    """What a code names."""

    PACK = "P"
    MODULE = "M"
    CELL = "C"

    @property
    def word(self) -> Sentence:
        """The kind in both languages."""
        return table("product-type", Word).newest[self.value].name


class NotABatteryCode(NotAnIdentifier):
    """A text that is no battery code, even once tidied."""


@dataclass(frozen=True, slots=True)
class BatteryCode:
    """A battery code and what it says. `tracing` is '' in the 19-character form, `reuse_kind` None in the 24."""

    code: str
    form: Form
    vendor: str
    kind: Kind
    chemistry: str
    specification: str
    tracing: str
    day: date
    serial: str
    reuse_kind: Kind | None = None

    @property
    def maker(self) -> Vendor | None:
        """Whose vendor code it is, as far as the list of those seen says; the row carries its mark."""
        return table("vendor", Vendor).latest(self.vendor)

    @property
    def battery_type(self) -> BatteryType:
        """The row of the chemistry letter: names, and the `word` that events use (LFP, NCM, …)."""
        return table("battery-type", BatteryType).newest[self.chemistry]

    @property
    def number(self) -> int:
        """The running number of the day."""
        return int(self.serial)


def normalise(text: str) -> str:
    """The text in the form that is checked; `tidy` also tells what was done to it."""
    return tidy(text).text


def parse(text: str) -> BatteryCode:
    """The battery code in `text`, which is tidied first. Raises NotABatteryCode with the diagnosis.

    >>> parse("07HCBC1P22G06AC700002596").day
    datetime.date(2022, 7, 31)
    >>> parse("001CB24B3C0221953RM").reuse_kind
    <Kind.MODULE: 'M'>
    """
    code = tidy(text).text
    if not is_valid(code):
        wrong = diagnose(text)
        assert wrong is not None, f"{text!r} is invalid without a reason"
        raise NotABatteryCode(wrong)
    start = date_start(len(code))
    day = day_of(code[start : start + 3])
    assert day is not None, f"{code} passed the grammar without a day"
    return BatteryCode(
        code=code,
        form=24 if len(code) == 24 else 19 if len(code) == 19 else 26,
        vendor=code[:3],
        kind=Kind(code[3]),
        chemistry=code[4],
        specification=code[5:7],
        tracing=code[7:start],
        day=day,
        serial=code[start + 3 : start + 10],
        reuse_kind=None if len(code) == 24 else Kind(code[-1]),
    )


def show(value: BatteryCode) -> str:
    """The code in groups for people; what it shows can be parsed again."""
    code, start = value.code, date_start(value.form)
    cuts = (0, 3, 4, 5, 7, start, start + 3, start + 10, len(code))
    return " ".join(part for a, b in pairwise(cuts) if (part := code[a:b]))


def remarks(value: BatteryCode, today: date | None = None) -> tuple[Diagnosis, ...]:
    """What makes a valid code doubtful: I or O in the free places, serial zero, a day after `today`."""
    return tuple(_remarks(value, today))


def _remarks(value: BatteryCode, today: date | None) -> "Iterable[Diagnosis]":
    free = value.code[:7] + value.tracing
    if "I" in free or "O" in free:
        alias = free.replace("I", "1").replace("O", "0") + value.code[len(free) :]
        yield diagnosis(
            "code-doubtful-letters",
            "I or O in a code is mostly a 1 or 0 read wrongly",
            "编码中的 I 或 O 多为 1 或 0 的误读",
            alias,
        )
    if value.number == 0:
        yield diagnosis("code-serial-zero", "serial numbers begin at 0000001", "序列号应从 0000001 开始")
    if today is not None and value.day > today:
        yield diagnosis(
            "code-date-ahead",
            f"made on {value.day}, which is after {today}",
            f"生产日期 {value.day} 晚于 {today}",
        )


def parse_column(codes: "pa.Array[Any] | pa.ChunkedArray[Any]") -> "BatteryCodeColumns":
    """Many exact codes at once, as arrays; see `battery_columns`."""
    # Imported when asked for: a command that reads one code need not load numpy and pyarrow.
    from suyuan.identifiers.battery_columns import parse_column as columns

    return columns(codes)
