"""Parts and relations of a Catena-X file as EPCIS events.

>>> part = Part("urn:uuid:6b2296cc-26c0-4f38-8a22-092338c36e22", made_at=when("2018-09-28T04:15:57.000Z"))
>>> event = commissioned(Item("urn:uuid:6b2296cc-26c0-4f38-8a22-092338c36e22"), part)
>>> event["bizStep"], event["epcList"], event["eventTime"], event["eventTimeZoneOffset"]
('commissioning', ['urn:uuid:6b2296cc-26c0-4f38-8a22-092338c36e22'], '2018-09-28T04:15:57+00:00', '+00:00')
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from suyuan.events.shapes import Event, Head, Lot, close, frame, own, plain, quantities
from suyuan.events.uris import item_uri
from suyuan.identifiers import battery_code, vin
from suyuan.terms.instants import SHANGHAI

# Catena-X names units in words (SAMM unit catalogue); EPCIS takes UN/CEFACT Rec 20, and counts without a unit.
UNITS = {
    "kilogram": "KGM",
    "gram": "GRM",
    "tonneMetricTon": "TNE",
    "litre": "LTR",
    "millilitre": "MLT",
    "metre": "MTR",
    "millimetre": "MMT",
    "squareMetre": "MTK",
    "cubicMetre": "MTQ",
    "kilowattHour": "KWH",
}
PIECES = ("piece", "one", "")


@dataclass(frozen=True, slots=True)
class Item:
    """What a part is called in events, and whether it is a lot."""

    uri: str
    is_lot: bool = False


@dataclass(slots=True)
class Part:
    """What the aspects of one asset say about it."""

    catena_id: str
    code: str | None = None
    is_lot: bool = False
    made_at: datetime | None = None
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> Item:
        """Its code or VIN where it has one, else its Catena-X id."""
        return Item(item_uri(self.code) if self.code else self.catena_id, self.is_lot)


@dataclass(frozen=True, slots=True)
class Child:
    """One line of a bill of material."""

    item: Item
    quantity: int | float | None = None
    unit: str = ""

    @property
    def is_lot(self) -> bool:
        """An amount rather than one thing: what is made in batches, is no piece, or is several."""
        return self.item.is_lot or self.unit not in PIECES or self.quantity not in (None, 1)

    def lot(self) -> Lot:
        """As an amount; a unit without a Rec 20 code leaves the amount unsaid."""
        uom = UNITS.get(self.unit)
        counted = self.unit in PIECES
        return Lot(self.item.uri, self.quantity if uom or counted else None, uom or "")


def code_of(text: object) -> str | None:
    """The battery code or VIN that a local identifier is, else None.

    >>> code_of("001pe050000001a7c0000042"), code_of("NO-493575190274381019348907")
    ('001PE050000001A7C0000042', None)
    """
    if not isinstance(text, str):
        return None
    code = battery_code.normalise(text)
    if battery_code.is_valid(code) or vin.is_valid(code):
        return code
    return None


def when(text: object) -> datetime | None:
    """The instant that a text writes; a bare day begins at midnight in Shanghai."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def day_of_code(code: str | None) -> datetime | None:
    """Midnight of the day that a battery code carries."""
    if code is None or not battery_code.is_valid(code):
        return None
    return datetime.combine(battery_code.parse(code).day, time(), SHANGHAI)


def words_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a part aspect says, under own words: names, part numbers, local identifiers, country."""
    kind = payload.get("partTypeInformation")
    made = payload.get("manufacturingInformation")
    kind, made = (each if isinstance(each, dict) else {} for each in (kind, made))
    words = own(
        model=kind.get("manufacturerPartId"),
        partName=kind.get("nameAtManufacturer"),
        customerPartId=kind.get("customerPartId"),
        nameAtCustomer=kind.get("nameAtCustomer"),
        country=made.get("country"),
    )
    identifiers: dict[str, Any] = plain(dict(identifiers_of(payload)))
    return words | identifiers


def identifiers_of(payload: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The local identifiers of a part: (`partInstanceId`, …)."""
    listed = payload.get("localIdentifiers")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and isinstance(each.get("key"), str) and isinstance(each.get("value"), str):
            yield each["key"], each["value"]


def commissioned(item: Item, part: Part) -> Event:
    """The part is there: Object ADD with what is known about it."""
    assert part.made_at is not None, "a part without a day of making has no event"
    head: Head = {"at": part.made_at, "zone": part.made_at.tzinfo or SHANGHAI}
    ilmd = part.words | own(catenaXId=part.catena_id or None)
    fields = {
        "epcList": None if item.is_lot else [item.uri],
        "quantityList": [{"epcClass": item.uri}] if item.is_lot else None,
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "ilmd": ilmd or None,
    }
    return close(frame("ObjectEvent", head), head, fields)


def relation(parent: Item, children: Sequence[Child], at: datetime) -> Event:
    """Children are in the parent from `at` on: Association ADD."""
    head: Head = {"at": at, "zone": at.tzinfo or SHANGHAI}
    lots = [_element(child) for child in children if child.is_lot]
    fields = {
        "parentID": parent.uri,
        "childEPCs": [child.item.uri for child in children if not child.is_lot] or None,
        "childQuantityList": lots or None,
        "action": "ADD",
        "bizStep": "assembling",
    }
    return close(frame("AssociationEvent", head), head, fields)


def _element(child: Child) -> dict[str, Any]:
    (element,) = quantities([child.lot()]) or [{}]
    return {name: value for name, value in element.items() if value != ""}
