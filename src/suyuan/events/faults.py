"""What is told of a fault in an event: rule, reason in both languages, what was found, what would do.

Each function names one rule; the ids are stable.

>>> missing("/0/eventTime", "eventTime", "ObjectEvent").reason.en
'eventTime is missing; every ObjectEvent has it'
"""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Literal
from urllib.parse import quote

from suyuan.events import cbv
from suyuan.events.formats import is_date_time, is_uri
from suyuan.events.strict_json import Json
from suyuan.events.uris import item_uri
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence

Kind = Literal["object", "array", "string", "number", "boolean"]

TYPES: dict[Kind, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "boolean": bool,
}
_NAMES = {
    "object": ("an object", "对象"),
    "array": ("a list", "数组"),
    "string": ("a string", "字符串"),
    "number": ("a number", "数字"),
    "boolean": ("true or false", "布尔值"),
    "null": ("null", "空值"),
}
EXAMPLE_TIME = "2026-05-01T08:00:00+08:00"
EXAMPLE_URI = "https://w3id.org/suyuan/obj/001PE050000001A7C0000042"
_EXAMPLES = {
    "eventTime": EXAMPLE_TIME,
    "creationDate": EXAMPLE_TIME,
    "declarationTime": EXAMPLE_TIME,
    "eventTimeZoneOffset": "+08:00",
    "schemaVersion": "2.0",
    "action": "OBSERVE",
    "event.type": "ObjectEvent",
    "sensorReport.type": "Temperature",
    "source.type": "possessing_party",
    "destination.type": "possessing_party",
    "vocabulary.type": "urn:epcglobal:epcis:vtype:Location",
    "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
}
_FOUND_MAX = 120
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_CODE = re.compile(r"[0-9A-Za-z]{17,26}").fullmatch


def _finding(
    rule: str, pointer: str, en: str, zh: str, found: Json = None, suggestion: str | None = None
) -> Finding:
    return Finding(rule, Place(pointer=pointer), Sentence(zh=zh, en=en), _shown(found), suggestion)


def tolerable(finding: Finding) -> Finding:
    """The finding as a warning: what the schema refuses and other capture interfaces are known to let in."""
    return replace(finding, severity=Severity.WARN)


def _shown(found: Json) -> str | None:
    if found is None:
        return None
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return text if len(text) <= _FOUND_MAX else text[: _FOUND_MAX - 1] + "…"


def wrong_type(value: Json, pointer: str, expected: Kind) -> Finding:
    """A value of another JSON type."""
    en, zh = _NAMES[expected]
    is_en, is_zh = _NAMES[_type_of(value)]
    as_number = isinstance(value, str) and expected == "number" and _NUMBER(value.strip())
    return _finding(
        "wrong-type",
        pointer,
        f"{en} is expected here, not {is_en}",
        f"此处应为{zh}，而不是{is_zh}",
        "null" if value is None else value,
        value.strip() if as_number else None,
    )


def _type_of(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return next((kind for kind, types in TYPES.items() if isinstance(value, types)), "object")


def missing(pointer: str, name: str, where: str) -> Finding:
    """A field that must be there."""
    suggestion = _EXAMPLES.get(name) or _EXAMPLES.get(f"{where}.{name}")
    of_en, of_zh = (f"; every {where} has it", f"；{where} 必须包含该字段") if where else ("", "，该字段必填")
    return _finding(
        "missing-field", pointer, f"{name} is missing{of_en}", f"缺少 {name}{of_zh}", None, suggestion
    )


def unknown_field(key: str, pointer: str, known: Iterable[str], may_extend: bool, where: str) -> Finding:
    """A key that is neither a field of this record nor, where it may be extended, a prefixed name."""
    place = where or "this object"
    place_zh = f" {where} " if where else "该对象"
    near = nearest(key, known)
    if not may_extend:
        return _finding(
            "unknown-field",
            pointer,
            f"{key} is not a field of {place}, and no others may be added to it",
            f"{key} 不是{place_zh}的字段，且此处不得添加其他字段",
            key,
            near,
        )
    if where and key in _EPCIS_FIELDS:
        finding = _finding(
            "field-not-allowed",
            pointer,
            f"{key} is a field of other events, not of {where}; leave it out",
            f"{key} 是其他事件的字段，{where} 不能使用；请删除",
            key,
        )
        return tolerable(finding) if key == "persistentDisposition" else finding
    return _finding(
        "unprefixed-field",
        pointer,
        f"{key} is not a field of {place}; a field of your own needs a prefix bound in @context, or a full URI",
        f"{key} 不是{place_zh}的字段；自有字段须使用 @context 中绑定的前缀或完整 URI",
        key,
        near or f"ext:{quote(key, safe='')}",
    )


_EPCIS_FIELDS = frozenset(
    """parentID childEPCs childQuantityList epcList quantityList inputEPCList inputQuantityList outputEPCList
    outputQuantityList transformationID action persistentDisposition ilmd""".split()  # noqa: SIM905  # a list of forty quoted names reads worse
)


def not_a_uri(value: str, pointer: str) -> Finding:
    """A text that is no URI."""
    return _finding(
        "not-a-uri",
        pointer,
        f"{_quoted(value)} is not a URI (scheme:…, without blanks)",
        f"{_quoted(value)} 不是 URI（应为“方案:…”，不含空格）",
        value,
        _as_uri(value),
    )


def _quoted(text: str) -> str:
    return f'"{_shown(text)}"'


def _as_uri(text: str) -> str:
    tidy = text.strip()
    if _CODE(tidy):
        return item_uri(tidy.upper())
    escaped = quote(tidy, safe=":/?#[]@!$&'()*+,;=-._~%")
    return escaped if is_uri(escaped) else EXAMPLE_URI


def not_a_date_time(value: str, pointer: str) -> Finding:
    """A text that is no date-time with zone."""
    return _finding(
        "not-a-date-time",
        pointer,
        f"{_quoted(value)} is not a date-time with zone, such as {EXAMPLE_TIME}",
        f"{_quoted(value)} 不是带时区的日期时间，应如 {EXAMPLE_TIME}",
        value,
        _as_date_time(value),
    )


def _as_date_time(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return EXAMPLE_TIME
    # a time without zone is most often meant where the battery is
    shown = moment.isoformat() if moment.tzinfo else moment.isoformat() + "+08:00"
    return shown if is_date_time(shown) else EXAMPLE_TIME


def not_an_offset(value: str, pointer: str) -> Finding:
    """A zone offset of another form."""
    return _finding(
        "not-an-offset",
        pointer,
        f"{_quoted(value)} is not a zone offset between -14:00 and +14:00",
        f"{_quoted(value)} 不是 -14:00 至 +14:00 之间的时区偏移",
        value,
        "+08:00",
    )


def not_a_unit(value: str, pointer: str) -> Finding:
    """A unit that is no UN/CEFACT code by its form."""
    return _finding(
        "not-a-unit-code",
        pointer,
        f"{_quoted(value)} is not a UN/CEFACT unit code of two or three capitals or digits",
        f"{_quoted(value)} 不是 UN/CEFACT 计量单位代码（两三位大写字母或数字）",
        value,
        _UNITS.get(value.strip().lower(), "KGM"),
    )


_UNITS = {
    "kg": "KGM", "g": "GRM", "t": "TNE", "l": "LTR", "m3": "MTQ", "m³": "MTQ", "kwh": "KWH", "mwh": "MWH", "gj": "GV",
    "ah": "AMH", "v": "VLT", "a": "AMP", "%": "P1", "celsius": "CEL", "°c": "CEL", "pcs": "H87",
}  # fmt: skip


def not_a_version(value: str, pointer: str) -> Finding:
    """A schema version of another form."""
    return _finding(
        "not-a-version",
        pointer,
        f"{_quoted(value)} is not a version number such as 2.0",
        f"{_quoted(value)} 不是版本号，应如 2.0",
        value,
        "2.0",
    )


def not_hex(value: str, pointer: str) -> Finding:
    """A text that is not made of hexadecimal digits."""
    return _finding(
        "not-hexadecimal",
        pointer,
        f"{_quoted(value)} is not made of hexadecimal digits",
        f"{_quoted(value)} 不是十六进制数字",
        value,
    )


def not_an_action(value: str, pointer: str) -> Finding:
    """An action that EPCIS does not know."""
    return _finding(
        "unknown-action",
        pointer,
        f"{_quoted(value)} is not an action; there are ADD, OBSERVE and DELETE",
        f"{_quoted(value)} 不是有效的 action；只有 ADD、OBSERVE、DELETE",
        value,
        nearest(value, ("ADD", "OBSERVE", "DELETE")),
    )


def not_a_word(value: str, pointer: str, field: Sentence, words: Iterable[str]) -> Finding:
    """A text that is neither a bare word of the vocabulary nor a URI of one's own."""
    near = cbv.BARE_OF.get(value) or nearest(value, words)
    if is_uri(value):
        return _finding(
            "standard-word-as-uri",
            pointer,
            f"{_quoted(value)}: words of the standard are written bare, without their URI",
            f"{_quoted(value)}：标准词汇应直接书写，不带 URI",
            value,
            near,
        )
    return _finding(
        "unknown-word",
        pointer,
        f"{_quoted(value)} is not a {field.en} of CBV 2.0; a word of your own needs a prefix bound in @context",
        f"{_quoted(value)} 不是 CBV 2.0 的{field.zh}；自有词汇须使用 @context 中绑定的前缀",
        value,
        near,
    )


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word most like this one, if any is: spelt otherwise, in a URI, or misspelt.

    >>> nearest("Shiping", ("receiving", "shipping")), nearest("urn:epcglobal:cbv:disp:activ", ("active",))
    ('shipping', 'active')
    """
    tail = re.split(r"[:/#-]", word)[-1] or word
    by_form = {_form(each): each for each in words}
    form = _form(tail)
    if form in by_form:
        return by_form[form]
    close = get_close_matches(form, by_form, n=1, cutoff=0.7)
    return by_form[close[0]] if close else None


def _form(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def empty_list(pointer: str) -> Finding:
    """A list that must have members."""
    return _finding("empty-list", pointer, "at least one member is needed here", "此处至少需要一项")


def twice(value: Json, pointer: str) -> Finding:
    """A member that stands in a list again."""
    return _finding(
        "twice-in-list",
        pointer,
        "this stands in the list already; each member may stand in it once",
        "该项在列表中重复；每项只能出现一次",
        value,
    )


def no_items(pointer: str, where: str, en: str, zh: str) -> Finding:
    """An event that is about nothing."""
    return _finding("no-items", pointer, f"a {where} needs {en}", f"{where} 需要{zh}")


def ilmd_not_allowed(pointer: str, action: str) -> Finding:
    """Master data of the item on an event that does not make it."""
    return _finding(
        "ilmd-not-allowed",
        pointer,
        f"ilmd may stand only where action is ADD, not {action}",
        f"仅当 action 为 ADD 时可使用 ilmd，而此处为 {action}",
    )


def needs_one(pointer: str, names: tuple[str, ...]) -> Finding:
    """An object that must have one of these fields."""
    return _finding(
        "missing-field",
        pointer,
        f"one of {', '.join(names)} is needed here",
        f"此处至少需要 {'、'.join(names)} 之一",
    )


def unknown_type(value: str, pointer: str, types: Iterable[str]) -> Finding:
    """A type that is no kind of event or document, nor a type of one's own."""
    return _finding(
        "unknown-type",
        pointer,
        f"{_quoted(value)} is not a type that may stand here; there are {', '.join(types)}",
        f"{_quoted(value)} 不是此处可用的类型；可用的有 {'、'.join(types)}",
        value,
        nearest(value, types),
    )
