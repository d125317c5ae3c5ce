"""What battery makers and vehicle makers report: made, put together, delivered, installed, certified."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from suyuan.capture.workbook.submitter import Submitter, items, more, party_or_none
from suyuan.events import writing
from suyuan.events.shapes import Event
from suyuan.events.uris import item_uri
from suyuan.identifiers.battery_form import date_start, day_of

Row = Mapping[str, Any]
Rows = Sequence[Row]


def packs(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A pack is made; with a receiver, it is also delivered."""
    for row in rows:
        pack, place = [item_uri(row["pack_code"])], by.place(row)
        yield writing.made(
            items=pack,
            chemistry=row.get("chemistry"),
            ilmd=more(systemId=row.get("system_id"), systemModel=row.get("system_model")),
            at=row["produced_on"],
            place=place,
            **_ratings(row),
        )
        if receiver := party_or_none(row.get("receiver_uscc")):
            yield writing.shipped(
                items=pack,
                giver=by.party,
                taker=receiver,
                document=by.document("delivery", row.get("order_no")),
                at=row["delivered_on"],
                place=place,
            )


def modules(rows: Rows, by: Submitter) -> Iterator[Event]:
    """Modules of one pack and model are made and put into it."""
    yield from _parts(rows, "module_code", "pack_code")


def cells(rows: Rows, by: Submitter) -> Iterator[Event]:
    """Cells of one module (or pack without modules) and model are made and put into it."""
    yield from _parts(rows, "cell_code", "parent_code")


def _parts(rows: Rows, key: str, parent_key: str) -> Iterator[Event]:
    first = rows[0]
    codes = [row[key] for row in rows]
    made_at = first.get("produced_on") or coded_day(codes[0])
    yield writing.made(items=items(codes), at=made_at, **_ratings(first))
    if parent := first.get(parent_key):
        # a part is not put in before it is made, nor before the day that the parent's code names
        at = max(made_at, coded_day(parent))
        yield writing.assembled(parent=item_uri(parent), children=items(codes), at=at)


def vehicles(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A vehicle gets its packs and its certificate of conformity."""
    first = rows[0]
    vehicle = item_uri(first["vin"])
    codes = dict.fromkeys(code for row in rows for code in row.get("pack_codes", ()))
    place = by.place(first)
    if codes:
        yield writing.installed(vehicle=vehicle, packs=items(codes), at=first["offline_at"], place=place)
    certificate = by.document("cert", first["certificate_no"])
    assert certificate is not None, "the certificate's number is required"
    cleared = first.get("import_cleared_on")
    yield writing.certified(
        vehicle=vehicle,
        document=certificate,
        vehicle_model=first["vehicle_model"],
        swap_type=yes(first.get("swap_type")),
        import_cleared_on=cleared.date() if cleared else None,
        at=first["certificate_on"],
        place=place,
        more=more(brand=first.get("brand"), systemId=first.get("system_id")),
    )


def coded_day(code: str) -> datetime:
    """The day that a valid battery code names, at midnight."""
    start = date_start(len(code))
    day = day_of(code[start : start + 3])
    assert day is not None, f"{code} was valid without a day"
    return datetime.combine(day, time())


def yes(word: str | None) -> bool | None:
    """A yes or no as a truth value."""
    return None if word is None else word == "yes"


def _ratings(row: Row) -> dict[str, Any]:
    """Model and rated values, under the names that `writing.made` has for them."""
    names = ("model", "rated_energy_kwh", "rated_capacity_ah", "nominal_voltage_v", "mass_kg")
    return {name: row.get(name) for name in names}
