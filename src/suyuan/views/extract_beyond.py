"""What an event holds beyond its columns: so that a query finds the few events whose text must be looked at.

    " https://ns.example.com/epcis/grade ~set:damaged "

    a full URI       a field of that name stands somewhere (own words at the top of event, ilmd and error have rows of their own)
    ~set:, ~unset:   a persistent disposition
    ~source          two sources of one kind, of which a column holds the first; ~destination likewise
    ~quantity        a single code in a quantity list, where columns have no amount
    ~gs1             a code under a GS1 key, of which columns have the code alone

None for an event of which the columns tell everything, as they do of nearly all.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from suyuan.events.names import Names
from suyuan.identifiers.canonical_link import CANONICAL_STEM
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.item_keys import item_key, item_kind
from suyuan.views.reading_words import OWN, bare

QUANTITY, GS1 = "~quantity", "~gs1"
_EPCS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_TOPS = ("ilmd", "errorDeclaration")
_CODES = frozenset(["pack", "module", "cell", "reuse_pack", "reuse_module", "reuse_cell", "vehicle"])


def beyond(event: Mapping[str, Any], names: Names) -> str | None:
    """The marks of an event in the shapes of the standard."""
    return joined((*foreign(event, names), *_persistent(event, names), *_twice(event, names), *_codes(event)))


def joined(marks: Iterable[str]) -> str | None:
    """Marks, each between blanks."""
    found = sorted(set(marks))
    return f" {' '.join(found)} " if found else None


def foreign(event: Mapping[str, Any], names: Names) -> Iterator[str]:
    """Names of fields that are neither the standard's nor own words with rows of their own."""
    for key, value in event.items():
        if key == "@context":
            continue
        yield from _name(key, names, top=True)
        if key in _TOPS and isinstance(value, Mapping):
            for inner, told in value.items():
                yield from _name(inner, names, top=True)
                yield from _inside(told, names)
        elif isinstance(value, Mapping | list):
            yield from _inside(value, names)


def _name(key: str, names: Names, *, top: bool = False) -> Iterator[str]:
    if ":" in (full := names.expand(key)) and not (top and names.word(key).startswith(OWN)):
        yield full


def _inside(value: Any, names: Names) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _inside(one, names)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _name(key, names)
            yield from _inside(inner, names)


def _persistent(event: Mapping[str, Any], names: Names) -> Iterator[str]:
    for side, words in (event.get("persistentDisposition") or {}).items():
        for word in words if isinstance(words, list) else [words]:
            if isinstance(word, str):
                yield f"~{side}:{bare(names.word(word))}"


def _twice(event: Mapping[str, Any], names: Names) -> Iterator[str]:
    for field, mark in (("sourceList", "~source"), ("destinationList", "~destination")):
        listed = event.get(field)
        if listed and len(listed) > 1:
            kinds = [names.word(str(element.get("type"))) for element in listed]
            if len(set(kinds)) < len(kinds):
                yield mark


def _codes(event: Mapping[str, Any]) -> Iterator[str]:
    parent = event.get("parentID")
    if isinstance(parent, str) and is_code_under_gs1(parent):
        yield GS1
    for field in _EPCS:
        if any(is_code_under_gs1(uri) for uri in event.get(field) or ()):
            yield GS1
    for field in _QUANTITIES:
        for element in event.get(field) or ():
            if item_kind(item_key(element["epcClass"])) in _CODES:
                yield QUANTITY
                if is_code_under_gs1(element["epcClass"]):
                    yield GS1


@lru_cache(65_536)
def is_code_under_gs1(uri: str) -> bool:
    """Whether a URI is a GS1 key, or an EPC URN meant as one, whose serial number is a code, by which alone it is known."""
    if item_kind(item_key(uri)) not in _CODES:
        return False
    return uri[:8].lower() == "urn:epc:" or canonical(uri).startswith(CANONICAL_STEM)
