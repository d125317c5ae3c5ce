"""Delimited text (csv, tsv): which encoding, which delimiter, and its records.

>>> from io import BytesIO
>>> list(records(BytesIO("编码;质量\\nA;1,5\\n".encode("gb18030"))))
[['编码', '质量'], ['A', '1,5']]
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from suyuan.capture.workbook.errors import DamagedWorkbook

PART = 1 << 20
DELIMITERS = ",\t;|"
FIELD_MAX = 1 << 20
"""Characters in one field: a pack's thousands of cell codes still fit."""
LINE_MAX = 16 << 20


class Readable(Protocol):
    """All that is asked of a stream here."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; b'' at the end."""


def records(stream: Readable) -> Iterator[list[str]]:
    """The records of a delimited text. Raises DamagedWorkbook."""
    return (record for _, record in numbered(stream))


def numbered(stream: Readable) -> Iterator[tuple[int, list[str]]]:
    """The records with the line on which each ends. Raises DamagedWorkbook."""
    csv.field_size_limit(FIELD_MAX)
    parts = decoded(stream)
    head = next(parts, "")
    read = csv.reader(_lines(chain((head,), parts)), delimiter=find_delimiter(head))
    try:
        for record in read:
            yield read.line_num, record
    except csv.Error as wrong:
        raise DamagedWorkbook(
            f"not readable as a table of delimited text: {wrong}; is a quotation mark left open?",
            f"无法按分隔文本读取：{wrong}；是否有未闭合的引号？",
        ) from wrong


def decoded(stream: Readable) -> Iterator[str]:
    """The text in parts: UTF-8 (with or without mark), or GB18030 where it is not UTF-8. Raises DamagedWorkbook."""
    decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    plain_so_far = True
    while True:
        part = stream.read(PART)
        pending = decoder.getstate()[0]
        try:
            text = decoder.decode(part, final=not part)
        except UnicodeDecodeError:
            # what was plain ASCII so far reads the same in GB18030: the choice is still open
            if not plain_so_far:
                raise _undecodable() from None
            decoder, plain_so_far = codecs.getincrementaldecoder("gb18030")("strict"), False
            try:
                text = decoder.decode(pending + part, final=not part)
            except UnicodeDecodeError:
                raise _undecodable() from None
        if "\0" in text:
            raise DamagedWorkbook(
                "the file holds zero bytes; it is neither delimited text nor a workbook",
                "文件含零字节，既不是分隔文本也不是工作簿",
            )
        plain_so_far = plain_so_far and text.isascii()
        if text:
            yield text
        if not part:
            return


def _undecodable() -> DamagedWorkbook:
    return DamagedWorkbook(
        "the text is neither UTF-8 nor GB18030; save it as 'CSV UTF-8'",
        "文本既不是 UTF-8 也不是 GB18030 编码；请另存为“CSV UTF-8”",
    )


def find_delimiter(head: str) -> str:
    """The delimiter that cuts the first lines into the same, largest number of fields."""
    lines = [line for line in head[: 1 << 16].splitlines()[:40] if line.strip()][:-1] or [head[: 1 << 16]]
    best, score = ",", (0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(fields) for fields in csv.reader(lines, delimiter=delimiter))
        width, times = max(
            ((width, times) for width, times in widths.items() if width > 1),
            key=lambda pair: (pair[1], pair[0]),
            default=(0, 0),
        )
        if (times, width) > score:
            best, score = delimiter, (times, width)
    return best


def _lines(parts: Iterator[str]) -> Iterator[str]:
    """Lines with their ends, across the borders of parts. A lone CR ends a line only where there is no LF at all."""
    held, end = "", ""
    for part in parts:
        end = end or ("\r" if "\r" in part and "\n" not in part else "\n")
        *lines, held = (held + part).split(end)
        if len(held) > LINE_MAX:
            raise DamagedWorkbook(
                "a line is longer than 16 MiB; this is no table", "有一行超过 16 MiB；这不是表格"
            )
        for line in lines:
            yield line + "\n"
    if held:
        yield held
