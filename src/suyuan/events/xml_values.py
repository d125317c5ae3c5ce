"""What stands in an element as a JSON value: fields of one's own, of any depth.

    <x:a>two</x:a>                         "two"
    <x:a xsi:type="xsd:integer">2</x:a>    2              numbers and true/false where their type is said …
    <sy:mass_kg>380</sy:mass_kg>           380            … or known, as it is of our own words
    <x:a>1</x:a> <x:a>2</x:a>              ["1", "2"]
    <x:a><x:b>2</x:b></x:a>                {"x:b": "2"}
    <x:a unit="KGM">2</x:a>                {"unit": "KGM", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value": "2"}

Any other text stays text, also one that looks like a number: `0012` may be an identifier. The event hash of `2` and of
"2" is the same; of `2.50` and "2.50" it is not.

>>> number(" +02.50 "), number("twelve"), number("0x1"), number("12345678901234567890")
(2.5, None, None, None)
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from suyuan.events import numbers
from suyuan.events.uris import NAMESPACE
from suyuan.events.vocabulary import words
from suyuan.events.xml_fields import RDF_VALUE, XSI
from suyuan.events.xml_names import Prefixes
from suyuan.events.xml_parsing import XML, Element, Name

_NUMBER = re.compile(
    r"([+-]?)0*((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?)", re.ASCII
).fullmatch
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_NUMBER_TYPES = frozenset(
    """integer decimal double float int long short byte unsignedInt unsignedLong unsignedShort unsignedByte
    nonNegativeInteger positiveInteger negativeInteger nonPositiveInteger""".split()  # noqa: SIM905  # reads better
)
_TEXT_TYPES = frozenset({"string", "token", "normalizedString"})
_DIGITS_MAX = 800


def number(text: str) -> int | float | None:
    """The number that a text of xsd:decimal or xsd:double writes; None if it is none, or no double holds it."""
    text = text.strip()
    found = _NUMBER(text) if len(text) <= _DIGITS_MAX else None
    if found is None:
        return None
    sign, digits = found.groups()
    literal = ("-" if sign == "-" else "") + ("0" + digits if digits[0] in ".eE" else digits)
    try:
        return numbers.parse(literal)
    except numbers.DoesNotSurvive:
        return None


def boolean(text: str) -> bool | None:
    """The truth that a text of xsd:boolean writes, or None."""
    return _BOOLEANS.get(text.strip())


@cache
def _own() -> dict[str, str]:
    """What stands behind each of our own words: number, true/false, list …"""
    return {each.name: "number" if each.kind == "metal" else each.value for each in words()}


def own_kind(space: str, local: str) -> str:
    """What stands behind a field of this name: `number`, `list of text`, …; '' where nobody said."""
    return _own().get(local, "") if space == NAMESPACE else ""


def typed(text: str, kind: str) -> Any:
    """A text as what it is said to be; text where it is not."""
    value: Any = None
    if kind == "number":
        value = number(text)
    elif kind == "true/false":
        value = boolean(text)
    return text if value is None else value


def add(record: dict[str, Any], element: Element, names: Prefixes) -> None:
    """The element as a field of one's own of `record`; where there is one of that name already, as one more."""
    if element.declared:
        names.declare(element.declared)
    key = names.key(element.name)
    kind = own_kind(element.name.space, element.name.local)
    value = value_of(element, names, kind)
    if key in record:
        there = record[key]
        if isinstance(there, list):
            there.append(value)
        else:
            record[key] = [there, value]
    elif kind.startswith("list") and (element.children or "or text" not in kind):
        record[key] = [value]
    else:
        record[key] = value


def add_attributes(record: dict[str, Any], attributes: Mapping[Name, str], names: Prefixes) -> None:
    """The attributes as fields of one's own; those that speak of the XML (`xsi:…`) are left out."""
    for name, value in attributes.items():
        if name.space != XSI and (name.space, name.local) != (XML, "space"):
            record[names.key(name)] = typed(value, own_kind(name.space, name.local))


def value_of(element: Element, names: Prefixes, kind: str = "") -> Any:
    """The JSON value of an element; `kind` as our vocabulary says it."""
    attributes = element.attributes
    if not element.children and not attributes:
        return typed(element.text.strip(), kind)
    record: dict[str, Any] = {}
    text = element.text.strip()
    if attributes:
        said = {(name.space, name.local): value for name, value in attributes.items()}
        if said.get((XSI, "nil")) in ("true", "1") and not element.children and not text:
            return None
        kind = _said_type(said.get((XSI, "type"), "")) or kind
        if said.get((XML, "space")) == "preserve":
            text = element.text
        add_attributes(record, attributes, names)
    for child in element.children:
        add(record, child, names)
    if not record and not element.children:
        return typed(text, kind)
    if text.strip():
        record[RDF_VALUE] = typed(text, kind)
    return record


def _said_type(name: str) -> str:
    local = name.rpartition(":")[2]
    if local in _NUMBER_TYPES:
        return "number"
    return "true/false" if local == "boolean" else "text" if local in _TEXT_TYPES else ""
