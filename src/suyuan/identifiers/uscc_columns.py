"""Credit codes by the million: validity and fields as arrays; the answers of `uscc`, row by row.

>>> import pyarrow as pa
>>> columns = parse_column(pa.array(["91350900587527783P", "91350900587527783A"]))
>>> columns.valid.tolist(), columns.area_code.tolist()
([True, False], [b'350900', b''])
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from suyuan.identifiers.byte_matrix import Bytes, Column, matrices
from suyuan.identifiers.uscc_form import ALPHABET, BODY_CHECKS, BODY_VALUES, BODY_WEIGHTS, VALUES, WEIGHTS

_NONE: Final = 255
_VALUE: Final = bytes(VALUES[byte] if chr(byte) in ALPHABET else _NONE for byte in range(256))
_BODY_VALUE: Final = bytes(BODY_VALUES[byte] if chr(byte) in ALPHABET else _NONE for byte in range(256))
_LETTERS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_CHECKS: Final = np.frombuffer(BODY_CHECKS.encode(), np.uint8)


@dataclass(frozen=True, slots=True)
class UsccColumns:
    """Validity and fields of many credit codes; b'' in rows that are not valid."""

    valid: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.bytes_]
    area_code: npt.NDArray[np.bytes_]
    organisation: npt.NDArray[np.bytes_]


def parse_column(codes: Column) -> UsccColumns:
    """Validity and fields of exact credit codes in an Arrow column of text or a numpy array of bytes."""
    rows = len(codes)
    columns = UsccColumns(
        np.zeros(rows, np.bool_), np.zeros(rows, "S2"), np.zeros(rows, "S6"), np.zeros(rows, "S9")
    )
    for places, matrix in matrices(codes, (18,)):
        valid = _valid(matrix)
        columns.valid[places] = valid
        columns.kind[places] = _text(matrix[:, :2], valid)
        columns.area_code[places] = _text(matrix[:, 2:8], valid)
        columns.organisation[places] = _text(matrix[:, 8:17], valid)
    return columns


def _valid(matrix: Bytes) -> npt.NDArray[np.bool_]:
    values = _translated(matrix, _VALUE)
    last = -_weighed(values[:, :17], WEIGHTS) % 31
    body = 11 - _weighed(_translated(np.ascontiguousarray(matrix[:, 8:16]), _BODY_VALUE), BODY_WEIGHTS) % 11
    digits = (values[:, 2:8] <= 9).all(axis=1)
    right: npt.NDArray[np.bool_] = (
        (matrix[:, 17] == _LETTERS[last])
        & (matrix[:, 16] == _CHECKS[body])
        & digits
        & (values.max(axis=1) != _NONE)
    )
    return right


def _translated(matrix: Bytes, table: bytes) -> Bytes:
    return np.frombuffer(matrix.tobytes().translate(table), np.uint8).reshape(matrix.shape)


def _weighed(values: Bytes, weights: tuple[int, ...]) -> npt.NDArray[np.int32]:
    # Sums stay below 2^24: whole numbers are exact in float32, and products of matrices fast.
    return (values.astype(np.float32) @ np.array(weights, np.float32)).astype(np.int32)


def _text(part: Bytes, valid: npt.NDArray[np.bool_]) -> npt.NDArray[np.bytes_]:
    text: npt.NDArray[np.bytes_] = np.ascontiguousarray(part * valid[:, None]).view(f"S{part.shape[1]}")[:, 0]
    return text
