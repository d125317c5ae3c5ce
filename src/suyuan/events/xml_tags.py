"""Names of JSON-LD as names of XML, and fields of one's own as elements: the way back from `xml_names` and `xml_values`.

    "ex:graded": "A"                   <ex:graded>A</ex:graded>            with xmlns:ex on the event
    "https://example.com/graded": "A"  <graded xmlns="https://example.com/">A</graded>
    "geo:x": "A"                       <geo:x xmlns:geo="geo:">A</geo:x>   a prefix that nobody binds
    "ex:graded": 2                     <ex:graded xsi:type="xs:integer">2</ex:graded>
    "ex:graded": null                  <ex:graded xsi:nil="true"/>

>>> tags = Tags({"ex": "https://example.com/"})
>>> tags.own("ex:graded", ["A", {"by": "B"}]), tags.declarations()
('<ex:graded>A</ex:graded><ex:graded><by>B</by></ex:graded>', ' xmlns:ex="https://example.com/"')
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from suyuan.events import cbv, numbers
from suyuan.events.names import Names
from suyuan.events.xml_fields import RDF_VALUE, SPACES, XSD, XSI
from suyuan.events.xml_names import NAMESPACE_ENDS
from suyuan.events.xml_parsing import XML
from suyuan.events.xml_values import own_kind
from suyuan.terms.errors import SuyuanError

Json = Any

_START = r"A-Z_a-z\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
_is_name = re.compile(rf"[{_START}][{_START}0-9.\-\xB7\u0300-\u036F\u203F-\u2040]*").fullmatch
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_A_SPACE = re.compile(r"\s").search


class NotWritable(SuyuanError):
    """Something in an event for which XML has no form."""


class Tag(NamedTuple):
    """The name of an element: as it opens (with what it declares), as it closes, and the default namespace inside."""

    opening: str
    closing: str
    default: str


def text(value: str) -> str:
    """Text between tags. Raises NotWritable."""
    _refuse_unwritable(value)
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attribute(value: str) -> str:
    """The value of an attribute, in quotation marks. Raises NotWritable."""
    escaped = text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{escaped}"'


def _refuse_unwritable(value: str) -> None:
    if found := _UNWRITABLE.search(value):
        code = f"U+{ord(found[0]):04X}"
        raise NotWritable(
            f"the character {code} in {value[:40]!r} has no form in XML; ask for the event in JSON",
            f"{value[:40]!r} 中的字符 {code} 无法写入 XML；请改用 JSON",
        )


class Tags:
    """The names of one event. What is used of them is told by `declarations`."""

    def __init__(self, context: Json) -> None:
        self._names = Names.of(context)
        self._declared = dict(_bound(self._names))

    def declarations(self) -> str:
        """The prefixes of the event's context, and those that were used beside."""
        return "".join(f" xmlns:{prefix}={attribute(space)}" for prefix, space in self._declared.items())

    def instance(self) -> str:
        """The prefix of xsi."""
        return self._prefix("xsi", XSI)

    def _prefix(self, wanted: str, space: str) -> str:
        for number in range(len(self._declared) + 2):
            prefix = f"{wanted}{number or ''}"
            if self._declared.setdefault(prefix, space) == space:
                return prefix
        raise AssertionError("one of so many prefixes is free")

    def name(self, key: str, default: str = "") -> Tag:
        """The element of a field that stands where `default` is the default namespace. Raises NotWritable."""
        prefixed = self._prefixed(key)
        if prefixed:
            return Tag(prefixed, prefixed, default)
        full = self._names.key(key)
        if full.startswith("{"):
            space, _, local = full[1:].rpartition("}")
            # without a prefix an element is known by the whole of its name, which must then end where its own begins
            if (
                _is_name(local)
                and space.endswith(NAMESPACE_ENDS)
                and not _NOT_A_SPACE(space)
                and space not in SPACES
            ):
                return Tag(f"{local} xmlns={attribute(space)}" if space != default else local, local, space)
            raise _no_name(key)
        prefix, colon, local = full.partition(":")
        if colon and _is_name(prefix) and _is_name(local) and not prefix.lower().startswith(("xml", "xs")):
            return Tag(f'{full} xmlns:{prefix}="{prefix}:"', full, default)
        if not colon and _is_name(full):
            return Tag(f'{full} xmlns=""' if default else full, full, "")
        raise _no_name(key)

    def _prefixed(self, key: str) -> str:
        """The key itself, where its prefix is one of the event or of the standard; else ''."""
        prefix, colon, local = key.partition(":")
        if not colon or not _is_name(local):
            return ""
        if prefix in self._declared:
            return key if self._names.bound.get(prefix) == self._declared[prefix] else ""
        space = cbv.PREFIXES.get(prefix)
        if space is None or self._names.bound.get(prefix) != space:
            return ""
        self._declared[prefix] = space
        return key

    def attribute(self, key: str, value: Json) -> str:
        """The attribute that says it, or '' where only an element can. Raises NotWritable."""
        if isinstance(value, dict | list) or value is None:
            return ""
        name = key if key.startswith("xml:") or (":" not in key and _is_name(key)) else self._prefixed(key)
        if not name or name == "xml:space":
            return ""
        return f"{name}={attribute(value if isinstance(value, str) else _scalar(value))}"

    def own(self, key: str, value: Json, default: str = "") -> str:
        """A field of one's own: an element, or one for each member of a list. Raises NotWritable."""
        if isinstance(value, list):
            return "".join(self.own(key, each, default) for each in value)
        return self._element(self.name(key, default), value, self._kind(key))

    def _kind(self, key: str) -> str:
        space, _, local = self._names.key(key)[1:].rpartition("}")
        return own_kind(space, local)

    def attribute_element(self, name: str, value: Json) -> str:
        """`<attribute id="…">` of master data. Raises NotWritable."""
        kind = self._kind(name)
        tag = Tag(f"attribute id={attribute(name)}", "attribute", "")
        return self._element(tag, value, kind)

    def _element(self, tag: Tag, value: Json, kind: str) -> str:
        if value is None:
            return f'<{tag.opening} {self.instance()}:nil="true"/>'
        if isinstance(value, dict):
            return self._record(tag, value, kind)
        return f"<{tag.opening}{self._about(value, kind)}>{text(_scalar(value))}</{tag.closing}>"

    def _about(self, value: Json, kind: str) -> str:
        """The type of a value where the reader would take it for another, and whether its blanks count."""
        said = ""
        if not isinstance(value, str):
            named = (
                "boolean" if isinstance(value, bool) else "integer" if isinstance(value, int) else "double"
            )
            said = f' {self.instance()}:type="{self._prefix("xs", XSD)}:{named}"'
        elif kind in ("number", "true/false"):
            said = f' {self.instance()}:type="{self._prefix("xs", XSD)}:string"'
        if isinstance(value, str) and value != value.strip():
            said += ' xml:space="preserve"'
        return said

    def _record(self, tag: Tag, value: Mapping[str, Json], kind: str) -> str:
        attributes, inside = "", ""
        for key, member in value.items():
            if key == RDF_VALUE and not isinstance(member, dict | list) and member is not None:
                attributes += self._about(member, kind)
                inside += text(_scalar(member))
                continue
            as_attribute = (RDF_VALUE in value and isinstance(member, str)) or key.startswith("xml:")
            written = self.attribute(key, member) if as_attribute else ""
            if written:
                attributes += f" {written}"
            else:
                inside += self.own(key, member, tag.default)
        return f"<{tag.opening}{attributes}>{inside}</{tag.closing}>"


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return numbers.text(value)


def _no_name(key: str) -> NotWritable:
    return NotWritable(
        f"the field {key[:80]!r} has no name in XML; ask for the event in JSON",
        f"字段 {key[:80]!r} 在 XML 中没有对应的名称；请改用 JSON",
    )


@lru_cache(maxsize=64)
def _bound(names: Names) -> tuple[tuple[str, str], ...]:
    """The prefixes that a context binds and that XML can declare."""
    return tuple(
        (prefix, space)
        for prefix, space in names.bound.items()
        if cbv.PREFIXES.get(prefix) != space
        and _is_name(prefix)
        and not prefix.lower().startswith("xml")
        and space
        and not _NOT_A_SPACE(space)
        and not _UNWRITABLE.search(space)
        and space not in SPACES
        and space != XML
    )
