"""VINs by the million: validity and fields as arrays; the answers of `vin`, row by row.

>>> import pyarrow as pa
>>> columns = parse_column(pa.array(["LNBSCB3F0DD130955", "LGWEESK55SH210918"]))
>>> columns.valid.tolist(), columns.model_year.tolist()
([True, False], [2013, 0])
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from suyuan.identifiers.byte_matrix import Bytes, Column, matrices
from suyuan.identifiers.vin import ALPHABET, CHECKS, VALUES, WEIGHTS
from suyuan.standards.shapes import Number
from suyuan.standards.tables import table

_NONE: Final = 255
_VALUE: Final = bytes(VALUES[byte] if chr(byte) in ALPHABET else _NONE for byte in range(256))
_CHECKS: Final = np.frombuffer(CHECKS.encode(), np.uint8)
_WEIGHTS: Final = np.array(WEIGHTS, np.float32)


def _years() -> npt.NDArray[np.int16]:
    years = np.zeros(256, np.int16)
    for row in table("model-year", Number).rows:
        years[ord(row.key)] = row.number
    return years


_YEARS: Final = _years()


@dataclass(frozen=True, slots=True)
class VinColumns:
    """Validity and fields of many VINs; b'' and 0 in rows that are not valid (0 also: no letter of a year)."""

    valid: npt.NDArray[np.bool_]
    wmi: npt.NDArray[np.bytes_]
    model_year: npt.NDArray[np.int16]
    serial: npt.NDArray[np.bytes_]


def parse_column(codes: Column) -> VinColumns:
    """Validity and fields of exact VINs in an Arrow column of text or a numpy array of bytes."""
    rows = len(codes)
    columns = VinColumns(
        np.zeros(rows, np.bool_), np.zeros(rows, "S3"), np.zeros(rows, np.int16), np.zeros(rows, "S6")
    )
    for places, matrix in matrices(codes, (17,)):
        valid = _valid(matrix)
        columns.valid[places] = valid
        columns.wmi[places] = _text(matrix[:, :3], valid)
        columns.model_year[places] = _YEARS[matrix[:, 9]] * valid
        columns.serial[places] = _text(matrix[:, 11:], valid)
    return columns


def _valid(matrix: Bytes) -> npt.NDArray[np.bool_]:
    values = np.frombuffer(matrix.tobytes().translate(_VALUE), np.uint8).reshape(matrix.shape)
    # Sums stay below 2^24: whole numbers are exact in float32, and products of matrices fast.
    remainder = (values.astype(np.float32) @ _WEIGHTS).astype(np.int32) % 11
    right: npt.NDArray[np.bool_] = (matrix[:, 8] == _CHECKS[remainder]) & (values.max(axis=1) != _NONE)
    return right


def _text(part: Bytes, valid: npt.NDArray[np.bool_]) -> npt.NDArray[np.bytes_]:
    text: npt.NDArray[np.bytes_] = np.ascontiguousarray(part * valid[:, None]).view(f"S{part.shape[1]}")[:, 0]
    return text
