"""What a query asks of an event: one value a parameter. All of them must hold; of a list, one element is enough.

    EQ_bizStep=shipping|receiving      OneOf("bizStep", {"shipping", "receiving"})
    GE_eventTime=…                     When("eventTime", "GE", …)
    MATCH_anyEPC=…                     Matches(("epcList", "childEPCs", …), ids, patterns)
    EQ_source_owning_party=…           Related("source", "owning_party", …)
    GE_quantity_KGM=200                Amount("GE", (200.0,), "KGM")
    LT_minValue_CEL=4                  Measured("minValue", "LT", (4.0,), "CEL")
    EQ_deviceID=…                      Sensed("deviceID", …)
    GT_INNER_ILMD_ex:grade=3           Said("ilmd", True, "https://…/grade", "GT", …)
    WD_readPoint=…                     Below("readPoint", …)
    HASATTR_bizLocation=name           Described("bizLocation", {"name"}, None)

Values stand in the form in which they are compared: words as `Names.word` has them, places and items by their key.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from suyuan.events.query_patterns import Pattern
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.item_keys import party_key, place_key

Op = Literal["EQ", "GT", "GE", "LT", "LE"]
Area = Literal[
    "event", "ilmd", "error", "sensorElement", "sensorMetadata", "sensorReport", "readPoint", "bizLocation"
]
Value = str | float | datetime
"""What an extension is compared with: a text, a number or an instant."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field of the event, its persistent disposition or its error declaration is one of these."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class When:
    """A time of the event, of its record, its error declaration or a sensor: `GE` or `LT`."""

    field: str
    op: Op
    at: datetime


@dataclass(frozen=True, slots=True)
class Matches:
    """One of these fields names one of these things, or one that a pattern takes in."""

    fields: tuple[str, ...]
    keys: frozenset[str]
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A business transaction, source or destination of that type is one of these."""

    field: Literal["bizTransaction", "source", "destination"]
    type: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity, of that unit where one is given."""

    op: Op
    values: tuple[float, ...]
    uom: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that a sensor reports under that name, in that unit or one that converts to it."""

    name: str
    op: Op
    values: tuple[float, ...]
    uom: str | None


@dataclass(frozen=True, slots=True)
class Sensed:
    """What a sensor says of itself or reports, other than numbers and times."""

    name: str
    values: frozenset[str | bool]


@dataclass(frozen=True, slots=True)
class Exists:
    """The event has an `errorDeclaration` or a `sensorElementList`."""

    field: str


@dataclass(frozen=True, slots=True)
class Said:
    """An extension field in an area of the event, at its top or (`inner`) inside another: there at all (op None), or so."""

    area: Area
    inner: bool
    name: str
    op: Op | None
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Below:
    """A place is one of these, or below one of them by master data."""

    field: Literal["readPoint", "bizLocation"]
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Described:
    """Master data about the value of a field have one of these attributes, or (`values`) such a value of it.

    `field` is a field of the event or the full URI of an extension.
    """

    field: str
    attributes: frozenset[str]
    values: frozenset[str] | None


def party_or_document(field: str, kind: str, uri: str) -> str:
    """By what a document, party or place of that type is known."""
    if field == "bizTransaction":
        return canonical(uri)
    return place_key(uri) if kind == "location" else party_key(uri)


Criterion = OneOf | When | Matches | Related | Amount | Measured | Sensed | Exists | Said | Below | Described
