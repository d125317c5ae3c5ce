"""What happens while a battery is in use: sold, held as a spare, replaced, swapped."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from suyuan.capture.workbook.submitter import Submitter, items, more, party_or_none
from suyuan.events import writing
from suyuan.events.shapes import Event, Head, close, frame
from suyuan.events.uris import item_uri

Rows = Sequence[Mapping[str, Any]]


def sales(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A vehicle is sold; of a buyer who is a person only the kind and the area are told."""
    for row in rows:
        person = row["buyer_kind"] == "person"
        yield writing.sold(
            vehicle=item_uri(row["vin"]),
            area=row["sale_area"],
            buyer_kind=row["buyer_kind"],
            seller=by.party,
            buyer=None if person else party_or_none(row.get("buyer_uscc")),
            at=row["sold_on"],
        )


def spares(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A spare comes in, with what it holds, and lies in stock."""
    for row in rows:
        item, at, place = item_uri(row["code"]), row["stocked_on"], by.place(row)
        if supplier := party_or_none(row.get("supplier_uscc")):
            document = by.document("order", row.get("order_no"))
            yield writing.received(
                items=[item], giver=supplier, taker=by.party, document=document, at=at, place=place
            )
        if children := row.get("child_codes"):
            yield _seen_inside(item, items(children), at, place)
        yield writing.stocked(items=[item], at=at, place=place, more=more(model=row.get("model")))


def _seen_inside(parent: str, children: list[str], at: Any, place: str | None) -> Event:
    """What a spare holds: seen, not put together here."""
    head: Head = {"at": at, "place": place}
    fields = {"parentID": parent, "childEPCs": children, "action": "OBSERVE", "bizStep": "stocking"}
    return close(frame("AssociationEvent", head), head, fields)


def replacements(rows: Rows, by: Submitter) -> Iterator[Event]:
    """Old out, new in, under one repair order; a module or cell comes out of its pack where that is named."""
    for row in rows:
        vehicle = item_uri(row["vin"])
        parent = item_uri(row["parent_code"]) if row.get("parent_code") else vehicle
        yield from writing.replaced(
            vehicle=parent,
            old=[item_uri(row["old_code"])],
            new=[item_uri(row["new_code"])],
            repair_order=row["repair_order"],
            destination=party_or_none(row["whereabouts_uscc"]),
            at=row["replaced_on"],
            place=by.place(row),
            more=more(maintenance=row.get("maintenance"), vehicle=vehicle if parent != vehicle else None),
        )


def swaps(rows: Rows, by: Submitter) -> Iterator[Event]:
    """The pack is changed at a station of the operator."""
    for row in rows:
        yield from writing.swapped(
            vehicle=item_uri(row["vin"]),
            old=[item_uri(row["old_code"])],
            new=[item_uri(row["new_code"])],
            at=row["swapped_at"],
            place=by.place(row, "station"),
        )


def swap_batteries(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A battery for swapping comes in and is ready at a station."""
    for row in rows:
        item, at, place = item_uri(row["code"]), row["registered_on"], by.place(row, "station")
        if supplier := party_or_none(row.get("supplier_uscc")):
            yield writing.received(items=[item], giver=supplier, taker=by.party, at=at, place=place)
        yield writing.stocked(items=[item], at=at, place=place, more=more(swap=True, model=row.get("model")))


def swap_vehicles(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A vehicle is registered for swapping."""
    for row in rows:
        head: Head = {"at": row["registered_on"], "more": more(swapType=True, operator=by.party)}
        fields = {"epcList": [item_uri(row["vin"])], "action": "OBSERVE", "bizStep": "other"}
        yield close(frame("ObjectEvent", head), head, fields)
