"""Reading JSON strictly: what two readers could understand differently is refused, with its place.

Refused are a key that stands twice in one object, NaN and Infinity, half a surrogate pair, a number that a
double would change, bytes that are not UTF-8, and nesting beyond `DEPTH_MAX`. A byte order mark at the
beginning, which some editors leave, is passed over.

Source: rfc-8259, rfc-7493 (I-JSON), rfc-8785 section 3.1.

>>> loads(b'{"quantity": 161.0}')
{'quantity': 161}
>>> try:
...     loads(b'{"ilmd": {"a": 1, "a": 2}}')
... except NotCanonicalisable as wrong:
...     print(wrong.pointer, wrong.rule)
/ilmd/a json-duplicate-key
"""

import json
import re
from dataclasses import dataclass
from json.decoder import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn, TypeAlias

from suyuan.events import numbers
from suyuan.events.pointer import step
from suyuan.terms.errors import SuyuanError
from suyuan.terms.finding import Finding, Place

Json: TypeAlias = Any
"""A JSON value: None, bool, int, float, str, list or dict with str keys."""

DEPTH_MAX = 128
"""Objects and lists in one another; common readers of JSON stop here."""

_BOM = b"\xef\xbb\xbf"
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_FOUND_MAX = 80


class NotCanonicalisable(SuyuanError):
    """JSON that has no canonical form. `pointer` says where, `rule` is the stable id of the reason."""

    def __init__(self, rule: str, pointer: str, en: str, zh: str, found: str | None = None) -> None:
        at = f" at {pointer}" if pointer else ""
        super().__init__(f"{en}{at}", f"{pointer}：{zh}" if pointer else zh)
        self.rule = rule
        self.pointer = pointer
        self.found = found[:_FOUND_MAX] if found else found

    def finding(self, line: int | None = None) -> Finding:
        """The same as a finding of a submitted document."""
        place = Place(line=line, pointer=self.pointer)
        return Finding(self.rule, place, self.sentence, self.found)


class NotJson(NotCanonicalisable):
    """Bytes that are not JSON at all; `line` and `column` count from 1."""

    def __init__(self, en: str, zh: str, line: int, column: int, rule: str = "json-syntax") -> None:
        super().__init__(rule, "", f"line {line} column {column}: {en}", f"第 {line} 行第 {column} 列：{zh}")
        self.line = line
        self.column = column


def loads(data: bytes) -> Json:
    """The value that `data` writes; whole numbers as int. Raises NotCanonicalisable (NotJson for broken text)."""
    text = _decoded(data)
    try:
        value = _decode(text)
    except JSONDecodeError as wrong:
        raise _not_json(wrong, text) from None
    except RecursionError:
        _refuse_depth("")
    if _needs_a_walk(text):
        refuse_faults(value)
    return value


def _decode(text: str) -> Json:
    try:
        return _STRICT.decode(text)
    except _Fault:
        marked = _MARKING.decode(text)
    refuse_faults(marked)
    raise AssertionError("a fault was met that cannot be found")


def refuse_faults(value: Json) -> None:
    """Raise NotCanonicalisable where a value that was not read by `loads` holds what cannot be written."""
    _walk(value, "", 0)


@dataclass(frozen=True, slots=True)
class _Unfit:
    """Stands in the tree for what cannot be canonicalised, so that the walk can tell its place."""

    rule: str
    en: str
    zh: str
    found: str
    key: str | None = None


class _Fault(Exception):
    """The quick reading met something unfit."""


def _decoded(data: bytes) -> str:
    try:
        return data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        column = wrong.start - data.rfind(b"\n", 0, wrong.start)
        byte = data[wrong.start]
        raise NotJson(
            f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8",
            f"字节 0x{byte:02x} 不是 UTF-8 编码；请将文件另存为 UTF-8",
            line,
            column,
            "json-not-utf8",
        ) from None


def _not_json(wrong: JSONDecodeError, text: str) -> NotJson:
    cut = not text[wrong.pos :].strip() or wrong.msg.startswith("Unterminated string")
    if cut and not text.strip():
        return NotJson("there is no JSON here: it is empty", "内容为空，没有 JSON", wrong.lineno, wrong.colno)
    if cut:
        return NotJson(
            "the JSON ends in the middle; it was cut off or a closing bracket or quotation mark is missing",
            "JSON 在中途结束：文件被截断，或缺少右括号、引号",
            wrong.lineno,
            wrong.colno,
            "json-cut-off",
        )
    near = text[wrong.pos : wrong.pos + 20]
    return NotJson(
        f"not JSON: {wrong.msg[0].lower()}{wrong.msg[1:]} at {near!r}",
        f"不是 JSON：{near!r} 处有语法错误",
        wrong.lineno,
        wrong.colno,
    )


def _refuse_depth(pointer: str) -> NoReturn:
    raise NotCanonicalisable(
        "json-too-deep",
        pointer,
        f"more than {DEPTH_MAX} objects and lists in one another",
        f"对象和数组嵌套超过 {DEPTH_MAX} 层",
    )


def _needs_a_walk(text: str) -> bool:
    return text.count("{") + text.count("[") > DEPTH_MAX or _ESCAPED_HALF.search(text) is not None


def _walk(value: Json, pointer: str, depth: int) -> None:
    if isinstance(value, _Unfit):
        at = pointer if value.key is None else step(pointer, value.key)
        raise NotCanonicalisable(value.rule, at, value.en, value.zh, value.found)
    if isinstance(value, str):
        _refuse_half_pair(value, pointer)
    elif isinstance(value, dict):
        if depth == DEPTH_MAX:
            _refuse_depth(pointer)
        for key, member in value.items():
            _refuse_half_pair(key, pointer)
            _walk(member, step(pointer, key), depth + 1)
    elif isinstance(value, list):
        if depth == DEPTH_MAX:
            _refuse_depth(pointer)
        for index, member in enumerate(value):
            _walk(member, step(pointer, index), depth + 1)


def _refuse_half_pair(text: str, pointer: str) -> None:
    half = _HALF_PAIR.search(text)
    if half:
        code = f"\\u{ord(half[0]):04x}"
        raise NotCanonicalisable(
            "json-lone-surrogate",
            pointer,
            f"{code} is half a surrogate pair, which is no character; write the character itself or both halves",
            f"{code} 是半个代理对，不是字符；请写出字符本身或完整的代理对",
            code,
        )


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Fault
    return members


def _number(literal: str) -> int | float:
    try:
        return numbers.parse(literal)
    except numbers.DoesNotSurvive:
        raise _Fault from None


def _constant(literal: str) -> NoReturn:
    raise _Fault


def _object_or_mark(pairs: list[tuple[str, Json]]) -> dict[str, Json] | _Unfit:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    return _Unfit(
        "json-duplicate-key",
        f"the key {json.dumps(key)} stands twice in one object; keep one of them",
        f"键 {json.dumps(key, ensure_ascii=False)} 在同一对象中出现两次；请只保留一个",
        key,
        key=key,
    )


def _number_or_mark(literal: str) -> int | float | _Unfit:
    try:
        return numbers.parse(literal)
    except numbers.DoesNotSurvive as wrong:
        found = literal if len(literal) <= _FOUND_MAX else literal[:_FOUND_MAX] + "…"
        became = f" (it would become {wrong.nearest})" if wrong.nearest else ""
        became_zh = f"（会变成 {wrong.nearest}）" if wrong.nearest else ""
        return _Unfit(
            "json-number-changes",
            f"the number {found} does not survive as a double{became}; write it as a string or with fewer digits",
            f"数字 {found} 无法用双精度浮点数表示{became_zh}；请写成字符串或减少位数",
            found,
        )


def _constant_mark(literal: str) -> _Unfit:
    return _Unfit(
        "json-not-a-number",
        f"{literal} is not JSON; leave the field out where there is no value",
        f"{literal} 不是 JSON；没有值时请省略该字段",
        literal,
    )


_STRICT = JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_number, parse_constant=_constant
)
# only read with after a fault: marks stand where the values would, and the walk finds the first
_MARKING = JSONDecoder(
    object_pairs_hook=_object_or_mark,
    parse_float=_number_or_mark,
    parse_int=_number_or_mark,
    parse_constant=_constant_mark,
)
