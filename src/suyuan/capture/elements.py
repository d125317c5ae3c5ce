"""Elements of one long list inside a JSON document, one after another, without reading the document whole.

    {"@context": …, "epcisBody": {"eventList": [ {…}, {…}, … ]}, …}
     └── before ──────────────────────────────┘  elements    └─ after

What stands around the list is the document's frame: the document with the list empty.

>>> from io import BytesIO
>>> walk = Walk(BytesIO(b'{"a": {"list": [{"x": "]}"}, 2, [3]]}, "b": 1}'), [("a", "list")])
>>> [element for batch in walk.elements() for element in batch.elements], walk.frame
([b'{"x": "]}"}', b'2', b'[3]'], b'{"a": {"list": []}, "b": 1}')
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from suyuan.terms.errors import SuyuanError

READ = 1 << 20
FRAME_MAX = 32 << 20
"""What stands around a list is read whole, and takes eight times its bytes."""
ELEMENT_MAX = 16 << 20
"""A pack message with thousands of cells has a tenth of one MiB."""

_TOKEN = re.compile(rb'"(?P<text>[^"\\]*(?:\\.[^"\\]*)*)"(?P<colon>\s*:)?|[{}\[\]"]', re.DOTALL)
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_QUOTE, _COMMA = 0x22, 0x2C
_DEEPER = np.zeros(256, dtype=np.int8)
_DEEPER[[ord("["), ord("{")]] = 1
_DEEPER[[ord("]"), ord("}")]] = -1
_MATTERS = _DEEPER != 0
_MATTERS[[_QUOTE, _COMMA]] = True


class NoSuchList(SuyuanError):
    """A long JSON document without the list that is its content."""


class CutOff(SuyuanError):
    """A JSON document that ends before its list does."""


@dataclass(frozen=True, slots=True)
class Elements:
    """Some elements as they are written; `first` is the number of the first one, `end` how far reading came."""

    first: int
    elements: list[bytes]
    end: int


class Walk:
    """One pass over a document. `before` is known at once, `frame` at the end; `end` is how far it came."""

    def __init__(self, stream: BinaryIO, paths: Collection[tuple[str, ...]], read: bytes = b"") -> None:
        """`read` are bytes that were taken from the stream before. Raises NoSuchList."""
        self._stream = stream
        self._rest, start, self.path = _find(stream, paths, read)
        self.before = self._rest[:start]
        self._rest = self._rest[start:]
        self.end = start
        self.frame = b""

    def elements(self) -> Iterator[Elements]:
        """The elements in order. Raises CutOff."""
        count, held, part = 0, b"", self._rest
        state = _State()
        while True:
            texts, closed_at = state.split(held, part)
            self.end += len(part)
            if closed_at is not None and count == 0 and texts == [b""]:
                texts = []
            if texts:
                yield Elements(count, texts, self.end)
                count += len(texts)
            if closed_at is not None:
                self._close(part[closed_at:])
                return
            held = state.held
            part = self._stream.read(READ)
            if not part or len(held) > ELEMENT_MAX:
                raise _cut_off(self.end, count, too_long=bool(part))

    def _close(self, after: bytes) -> None:
        parts, size = [self.before, after], len(after)
        while part := self._stream.read(READ):
            parts.append(part)
            size += len(part)
            if size > FRAME_MAX:
                raise NoSuchList(
                    f"more than {FRAME_MAX >> 20} MiB stand behind the document's list; split the document",
                    f"列表之后的内容超过 {FRAME_MAX >> 20} MiB；请拆分文件",
                )
        self.frame = b"".join(parts)


class _State:
    """Where in the list reading stands: inside a string, how deep, and the beginning of an unfinished element."""

    def __init__(self) -> None:
        self._in_string = 0
        self._depth = 1
        self._escaped = False
        self.held = b""

    def split(self, held: bytes, part: bytes) -> tuple[list[bytes], int | None]:
        """Elements that end in `part` (`held` is the beginning of the first); where the list closes, if it does."""
        marks, bytes_at = self._marks(part)
        depth = self._depth + np.cumsum(_DEEPER[bytes_at], dtype=np.int64)
        ends = marks[((bytes_at == _COMMA) & (depth == 1)) | (depth == 0)]
        closes = np.flatnonzero(depth == 0)
        closed_at = int(marks[closes[0]]) if len(closes) else None
        self._depth = int(depth[-1]) if len(depth) else self._depth
        texts, start = list[bytes](), 0
        for end in ends.tolist():
            texts.append((held + part[start:end]).strip() if held else part[start:end].strip())
            held, start = b"", end + 1
            if end == closed_at:
                return texts, closed_at
        self.held = held + part[start:]
        return texts, None

    def _marks(self, part: bytes) -> "tuple[np.ndarray, np.ndarray]":
        """Brackets and commas outside strings: where they stand, and which they are."""
        seen = np.frombuffer(self._without_escapes(part), dtype=np.uint8)
        marks = np.flatnonzero(_MATTERS[seen])
        bytes_at = seen[marks]
        quotes = bytes_at == _QUOTE
        inside = (np.cumsum(quotes) + self._in_string) & 1
        self._in_string = int(inside[-1]) if len(inside) else self._in_string
        outside = (inside == 0) & ~quotes
        return marks[outside], bytes_at[outside]

    def _without_escapes(self, part: bytes) -> bytes:
        if self._escaped:
            part = b"_" + part[1:]
        if b"\\" not in part:
            self._escaped = False
            return part
        plain = _ESCAPED.sub(b"__", part)
        self._escaped = plain.endswith(b"\\")
        return plain


def _find(
    stream: BinaryIO, paths: Collection[tuple[str, ...]], head: bytes
) -> tuple[bytes, int, tuple[str, ...]]:
    """What was read so far, where in it the first element of the list stands, and which list it is."""
    while True:
        if found := _start(head, paths):
            return head, *found
        part = stream.read(max(READ, len(head)))
        if not part or len(head) > FRAME_MAX:
            break
        head += part
    wanted = " / ".join(".".join(path) or "[ ]" for path in paths)
    raise NoSuchList(
        f"no list {wanted} was found in the first {len(head):,} bytes",
        f"前 {len(head):,} 字节内未找到列表 {wanted}",
    )


def _start(head: bytes, paths: Collection[tuple[str, ...]]) -> tuple[int, tuple[str, ...]] | None:
    keys, key = list[str](), ""
    for token in _TOKEN.finditer(head):
        if token["text"] is not None:
            if token["colon"]:
                key = token["text"].decode("utf-8", "replace")
        elif token[0] == b'"':
            break  # a string that ends beyond what was read
        elif token[0] in b"{[":
            keys.append(key)
            if token[0] == b"[" and tuple(keys[1:]) in paths:
                return token.end(), tuple(keys[1:])
            key = ""
        elif keys:
            keys.pop()
    return None


def _cut_off(end: int, count: int, *, too_long: bool) -> CutOff:
    if too_long:
        return CutOff(
            f"element {count} is longer than {ELEMENT_MAX >> 20} MiB, or a quotation mark is missing",
            f"第 {count} 个元素超过 {ELEMENT_MAX >> 20} MiB，或缺少引号",
        )
    return CutOff(
        f"the JSON ends in the middle, at byte {end:,} in element {count}: it was cut off",
        f"JSON 在中途结束（第 {end:,} 字节，第 {count} 个元素）：文件被截断",
    )
