"""Battery codes by the million: validity and fields as arrays, no Python a row.

Codes of one length become a byte matrix, a row a code, laid out as the 24 characters with the reuse suffix aside.
A table gives each byte the classes it belongs to, one bit a class; a code is valid when no bit that its places
ask for is missing and its date letters stand for a day. Fields of a row that is not valid hold b'' (texts), 0 (form),
NaT (day) and -1 (serial).

The same answers as `battery_form.is_valid` and `battery_code.parse` give one by one: held by a test.

>>> import pyarrow as pa
>>> columns = parse_column(pa.array(["001PB240000001G510000042", "001PB240000001G2Y0000042", None]))
>>> columns.valid.tolist(), columns.serial.tolist(), columns.day[0].item()
([True, False, False], [42, -1, -1], datetime.date(2026, 5, 1))
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from suyuan.identifiers.battery_form import DAYS, KINDS, MONTHS, TYPES, YEARS, day_of
from suyuan.identifiers.byte_matrix import Bytes, Column, Places, matrices

LAYOUT: Final = np.dtype(
    [
        ("vendor", "S3"),
        ("kind", "S1"),
        ("chemistry", "S1"),
        ("specification", "S2"),
        ("tracing", "S7"),
        ("date", "S3"),
        ("serial", "S7"),
    ]
)
"""The 24 characters as fields; the 19-character form leaves `tracing` empty."""


@dataclass(frozen=True, slots=True)
class BatteryCodeColumns:
    """Validity and fields of many codes; every array is as long as the input."""

    valid: npt.NDArray[np.bool_]
    form: npt.NDArray[np.uint8]
    fields: npt.NDArray[np.void]
    day: npt.NDArray[np.datetime64]
    serial: npt.NDArray[np.int32]
    reuse_kind: npt.NDArray[np.bytes_]

    @property
    def vendor(self) -> npt.NDArray[np.bytes_]:
        """Vendor codes, three bytes each."""
        return self.fields["vendor"]

    @property
    def kind(self) -> npt.NDArray[np.bytes_]:
        """P, M or C."""
        return self.fields["kind"]

    @property
    def chemistry(self) -> npt.NDArray[np.bytes_]:
        """Letters of the battery type."""
        return self.fields["chemistry"]

    @property
    def specification(self) -> npt.NDArray[np.bytes_]:
        """Specification codes of the makers."""
        return self.fields["specification"]

    @property
    def tracing(self) -> npt.NDArray[np.bytes_]:
        """Tracing fields of the makers."""
        return self.fields["tracing"]

    def __len__(self) -> int:
        return len(self.valid)


def parse_column(
    codes: Column,
) -> BatteryCodeColumns:
    """Validity and fields of exact codes in an Arrow column of text or a numpy array of bytes (`S24` or so)."""
    rows = len(codes)
    columns = BatteryCodeColumns(
        valid=np.zeros(rows, np.bool_),
        form=np.zeros(rows, np.uint8),
        fields=np.zeros(rows, LAYOUT),
        day=np.full(rows, np.datetime64("NaT"), "datetime64[D]"),
        serial=np.full(rows, -1, np.int32),
        reuse_kind=np.zeros(rows, "S1"),
    )
    for places, matrix in matrices(codes, (24, 19, 26)):
        _fill(columns, places, matrix)
    return columns


def _classes() -> bytes:
    """For each byte the classes it belongs to, one bit a class."""
    table = bytearray(256)
    for bit, letters in _CLASS.values():
        for letter in letters:
            table[ord(letter)] |= bit
    return bytes(table)


_DIGITS = "0123456789"
_CLASS: Final = {
    "any": (1, _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "kind": (2, KINDS),
    "type": (4, TYPES),
    "digit": (8, _DIGITS),
}
_CLASSES: Final = _classes()
# The three date places ask for nothing here: the table of days judges them.
_ASKED: Final = np.array([1] * 3 + [2, 4] + [1] * 9 + [0] * 3 + [8] * 7, np.uint8)

_NO_DAY: Final = np.iinfo(np.int64).min  # NaT, as numpy stores it


def _letters(numbers: dict[str, int], first: int, step: int) -> npt.NDArray[np.uint16]:
    """By byte: the place of a date letter in the table of days; 0 for what is no letter of that kind."""
    table = np.zeros(256, np.uint16)
    for letter, number in numbers.items():
        table[ord(letter)] = (number - first + 1) * step
    return table


_YEAR_AT: Final = _letters(YEARS, 2011, 512)
_MONTH_AT: Final = _letters(MONTHS, 1, 32)
_DAY_AT: Final = _letters(DAYS, 1, 1)


def _days() -> npt.NDArray[np.int64]:
    """Days since 1970 by year, month and day letter; `_NO_DAY` where there is no such day."""
    table = np.full(1 << 14, _NO_DAY, np.int64)
    for y in YEARS:
        for m in MONTHS:
            for d in DAYS:
                day = day_of(y + m + d)
                if day is not None:
                    at = _YEAR_AT[ord(y)] + _MONTH_AT[ord(m)] + _DAY_AT[ord(d)]
                    table[at] = np.datetime64(day, "D").astype(np.int64)
    return table


_DAYS: Final = _days()


def _fill(columns: BatteryCodeColumns, places: Places, matrix: Bytes) -> None:
    """Judge the codes of one length and write what they say to their places."""
    length = matrix.shape[1]
    codes = _laid_out(matrix)
    held = np.frombuffer(codes.tobytes().translate(_CLASSES), np.uint8).reshape(codes.shape)
    missing = (_ASKED & ~held).view(np.uint64)
    days = _DAYS[_YEAR_AT[codes[:, 14]] + _MONTH_AT[codes[:, 15]] + _DAY_AT[codes[:, 16]]]
    valid = ((missing[:, 0] | missing[:, 1] | missing[:, 2]) == 0) & (days != _NO_DAY)
    if length != 24:
        valid &= (matrix[:, -2] == ord("R")) & np.isin(matrix[:, -1], np.frombuffer(KINDS.encode(), np.uint8))
    fields = codes.view(LAYOUT)[:, 0]
    serial = _serials(codes)
    wrong = np.flatnonzero(~valid)
    if len(wrong):
        fields = fields.copy()  # the bytes may be the caller's
        fields[wrong] = np.zeros((), LAYOUT)
        days[wrong] = _NO_DAY
        serial[wrong] = -1
    columns.valid[places] = valid
    columns.form[places] = valid * np.uint8(length)
    columns.fields[places] = fields
    columns.day[places] = days.view("datetime64[D]")
    columns.serial[places] = serial
    if length != 24:
        columns.reuse_kind[places] = np.where(valid, matrix[:, -1], 0).astype(np.uint8).view("S1")
    if length == 19:
        columns.fields["tracing"][places] = b""


def _laid_out(matrix: Bytes) -> Bytes:
    """The codes in the layout of 24 characters, with zeros for tracing where there is none."""
    length = matrix.shape[1]
    if length == 24:
        return matrix
    if length == 26:
        return np.ascontiguousarray(matrix[:, :24])
    codes = np.full((len(matrix), 24), ord("0"), np.uint8)
    codes[:, :7] = matrix[:, :7]
    codes[:, 14:] = matrix[:, 7:17]
    return codes


def _serials(codes: Bytes) -> npt.NDArray[np.int32]:
    """The last seven digits as numbers, eight bytes at a time; nonsense where they are no digits.

    Neighbouring digits are added up to pairs, pairs to fours, fours to the number, all within one 64-bit word.
    The day letter, the lowest byte of the word, is taken for a zero.
    """
    word: Any = codes.view("<u8")[:, 2]
    word = (word & np.uint64(0xFFFFFFFFFFFFFF00)) - np.uint64(0x3030303030303000)
    word = word * np.uint64(10) + (word >> np.uint64(8))
    pairs = np.uint64(0x000000FF000000FF)
    high = (word & pairs) * np.uint64(100 + (1_000_000 << 32))
    low = ((word >> np.uint64(16)) & pairs) * np.uint64(1 + (10_000 << 32))
    numbers: npt.NDArray[np.int32] = ((high + low) >> np.uint64(32)).astype(np.int32)
    return numbers
