"""Area codes by the million: each code that occurs is judged once, and its answer written to all its rows.

>>> import pyarrow as pa
>>> columns = parse_column(pa.array(["610502", "990000", "610502"]))
>>> columns.valid.tolist(), columns.prefecture.tolist()
([True, False, True], [b'610500', b'', b'610500'])
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from suyuan.identifiers import area
from suyuan.identifiers.byte_matrix import Column, matrices


@dataclass(frozen=True, slots=True)
class AreaColumns:
    """Validity of many area codes and the codes of the larger areas they lie in; b'' where there is none."""

    valid: npt.NDArray[np.bool_]
    province: npt.NDArray[np.bytes_]
    prefecture: npt.NDArray[np.bytes_]


def parse_column(codes: Column, day: date | None = None) -> AreaColumns:
    """Validity and larger areas of exact codes in an Arrow column of text or a numpy array of bytes."""
    rows = len(codes)
    columns = AreaColumns(np.zeros(rows, np.bool_), np.zeros(rows, "S6"), np.zeros(rows, "S6"))
    for places, matrix in matrices(codes, (6,)):
        found, back = np.unique(np.ascontiguousarray(matrix).view("S6")[:, 0], return_inverse=True)
        texts = [code.decode("latin-1") for code in found.tolist()]
        valid = [area.is_valid(text, day) for text in texts]
        province = [text[:2] + "0000" if ok else "" for text, ok in zip(texts, valid, strict=True)]
        prefecture = [
            text[:4] + "00" if ok and text[2:4] != "00" else "" for text, ok in zip(texts, valid, strict=True)
        ]
        columns.valid[places] = np.array(valid)[back]
        columns.province[places] = np.array(province, "S6")[back]
        columns.prefecture[places] = np.array(prefecture, "S6")[back]
    return columns
