"""A column of codes as byte matrices: a row a code, a matrix for each length that can be a code.

>>> [(places, matrix.shape) for places, matrix in matrices(pa.array(["ab", "x", "cd"]), (2,))]
[(array([0, 2]), (2, 2))]
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = slice | npt.NDArray[np.intp]
Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any] | npt.NDArray[np.bytes_]"

CHUNK: Final = 32_768
"""Codes worked on at a time: the matrix and what is computed from it stay in the cache."""


def matrices(codes: Column, lengths: Sequence[int]) -> Iterator[tuple[Places, Bytes]]:
    """Where codes of one of these lengths stand, and their bytes; nulls and other lengths are passed over.

    `codes` is an Arrow column of text or a numpy array of bytes (`S24` or so, padded with NUL).
    """
    return _of_bytes(codes, lengths) if isinstance(codes, np.ndarray) else _of_arrow(codes, lengths)


def _of_bytes(codes: npt.NDArray[np.bytes_], lengths: Sequence[int]) -> Iterator[tuple[Places, Bytes]]:
    width = codes.dtype.itemsize
    for start in range(0, len(codes), CHUNK):
        part = np.ascontiguousarray(codes[start : start + CHUNK])
        matrix = part.view(np.uint8).reshape(len(part), width)
        counted = np.strings.str_len(part)
        for length in lengths:
            found = np.flatnonzero(counted == length)
            if len(found):
                yield found + start, np.ascontiguousarray(matrix[found, :length])


def _of_arrow(
    codes: "pa.Array[Any] | pa.ChunkedArray[Any]", lengths: Sequence[int]
) -> Iterator[tuple[Places, Bytes]]:
    chunks = codes.chunks if isinstance(codes, pa.ChunkedArray) else [codes]
    done = 0
    for chunk in chunks:
        for start in range(0, len(chunk), CHUNK):
            yield from _of_slice(chunk.slice(start, CHUNK), done + start, lengths)
        done += len(chunk)


def _of_slice(part: "pa.Array[Any]", start: int, lengths: Sequence[int]) -> Iterator[tuple[Places, Bytes]]:
    """The codes of one length at a time; without a copy where all have it."""
    if not (pa.types.is_string(part.type) or pa.types.is_binary(part.type)):
        part = part.cast(pa.string())
    _, offset_buffer, text_buffer = part.buffers()
    if offset_buffer is None or text_buffer is None:
        return
    offsets = np.frombuffer(memoryview(offset_buffer), np.int32)[
        part.offset : part.offset + len(part) + 1
    ].astype(np.intp)
    text = np.frombuffer(memoryview(text_buffer), np.uint8)
    counted = np.diff(offsets)
    if part.null_count:
        counted[~part.is_valid().to_numpy(zero_copy_only=False)] = 0
    for length in lengths:
        found = np.flatnonzero(counted == length)
        if len(found) == len(part):
            whole = text[offsets[0] : offsets[-1]].reshape(len(part), length)
            yield slice(start, start + len(part)), whole
        elif len(found):
            yield found + start, text[offsets[found][:, None] + np.arange(length)]
