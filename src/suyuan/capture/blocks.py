"""Blocks of whole lines of a stream: bounded memory, and few enough to hand to worker processes.

>>> from io import BytesIO
>>> [(block.line, block.data) for block in blocks(BytesIO(b"a\\nbb\\nccc"), 3)]
[(1, b'a\\n'), (2, b'bb\\n'), (3, b'ccc')]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from suyuan.terms.errors import SuyuanError

BLOCK = 1 << 19
LINE_MAX = 16 << 20
"""A pack message with thousands of cells has a tenth of one MiB."""
BOM = b"\xef\xbb\xbf"


class LineTooLong(SuyuanError):
    """A line that no event needs."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines; `line` is the number of the first one, `end` how many bytes were read with the last."""

    line: int
    data: bytes
    end: int


def blocks(stream: BinaryIO, size: int = BLOCK) -> Iterator[Block]:
    """The stream in blocks of about `size` bytes, cut behind line ends. Raises LineTooLong."""
    line, end, parts, held = 1, 0, list[bytes](), 0
    while part := stream.read(size):
        cut = part.rfind(b"\n") + 1
        if not cut:
            parts.append(part)
            held += len(part)
            if held > LINE_MAX:
                raise LineTooLong(
                    f"line {line} is longer than {LINE_MAX >> 20} MiB; an NDJSON file has one event a line",
                    f"第 {line} 行超过 {LINE_MAX >> 20} MiB；NDJSON 文件每行一个事件",
                )
            continue
        data = b"".join((*parts, part[:cut]))
        if not end:
            end, data = len(data), data.removeprefix(BOM)
        else:
            end += len(data)
        yield Block(line, data, end)
        line += data.count(b"\n")
        rest = part[cut:]
        parts, held = ([rest], len(rest)) if rest else ([], 0)
    if data := b"".join(parts):
        yield Block(line, data if end else data.removeprefix(BOM), end + len(data))
