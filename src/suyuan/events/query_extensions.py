"""Extension fields of an event: at the top of an area, or inside another extension.

    {"ex:grade": 3, "ex:box": {"ex:seal": ["A1", "A2"]}, "ilmd": {"ex:lot": "7"}}

    event, top      ex:grade, ex:box
    event, inner    ex:seal
    ilmd, top       ex:lot

Names are compared as full URIs, whatever prefix or spelling stands for them.

>>> event = {"@context": {"ex": "https://e.org/"}, "ex:box": {"ex:seal": ["A1", {"@value": "A2"}]}}
>>> found = extensions(event, Names.of(event["@context"]), "event", "https://e.org/seal", inner=True)
>>> [list(leaves(value)) for value in found]
[['A1', 'A2']]
"""

from collections.abc import Iterator, Mapping
from typing import Any

from suyuan.events.names import Names
from suyuan.events.query_criteria import Area


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EVENT = _names(
    """@context type eventID eventTime eventTimeZoneOffset recordTime errorDeclaration certificationInfo epcList quantityList
    parentID childEPCs childQuantityList inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID action
    bizStep disposition persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList
    sensorElementList ilmd"""
)
_INSIDE: Mapping[Area, frozenset[str]] = {
    "event": _EVENT,
    "ilmd": frozenset(),
    "error": frozenset(("declarationTime", "reason", "correctiveEventIDs")),
    "sensorElement": frozenset(("type", "sensorMetadata", "sensorReport")),
    "sensorMetadata": _names(
        "type time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules"
    ),
    "sensorReport": _names(
        """type exception deviceID deviceMetadata rawData dataProcessingMethod bizRules time microorganism chemicalSubstance
        coordinateReferenceSystem component value stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue
        sDev percRank percValue uom"""
    ),
    "readPoint": frozenset(("type", "id")),
    "bizLocation": frozenset(("type", "id")),
}
"""The standard's own fields of each area: what is inside them is no extension."""


def extensions(
    event: Mapping[str, Any], names: Names, area: Area, name: str, *, inner: bool = False
) -> Iterator[Any]:
    """The values of the extension `name` (a full URI) in an area of the event."""
    standard = _INSIDE[area]
    for holder in _holders(event, area):
        for key, value in holder.items():
            if key.startswith("@") or key in standard:
                continue
            if inner:
                yield from _inside(value, names, name)
            elif names.expand(key) == name:
                yield value


def _holders(event: Mapping[str, Any], area: Area) -> Iterator[Mapping[str, Any]]:
    if area == "event":
        yield event
        return
    if area in ("ilmd", "error", "readPoint", "bizLocation"):
        holder = event.get("errorDeclaration" if area == "error" else area)
        if isinstance(holder, Mapping):
            yield holder
        return
    for element in event.get("sensorElementList") or ():
        if area == "sensorElement":
            yield element
        elif area == "sensorMetadata":
            yield element.get("sensorMetadata") or {}
        else:
            yield from element.get("sensorReport") or ()


def _inside(value: Any, names: Names, name: str) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _inside(one, names, name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key.startswith("@"):
                continue
            if names.expand(key) == name:
                yield inner
            yield from _inside(inner, names, name)


def leaves(value: Any) -> Iterator[Any]:
    """The plain values that a value is or lists; of a JSON-LD value its `@value` or `@id`."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, Mapping):
        for key in ("@value", "@id"):
            if key in value:
                yield value[key]
    elif value is not None:
        yield value
