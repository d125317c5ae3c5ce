"""What happens at the end of a battery's life: collected, scrapped, re-made, recycled."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from suyuan.capture.workbook.steps_making import yes
from suyuan.capture.workbook.submitter import Submitter, items, more, party_or_none
from suyuan.events import writing
from suyuan.events.shapes import Event, Lot, own
from suyuan.events.uris import item_uri, lot_uri, party_uri

Row = Mapping[str, Any]
Rows = Sequence[Row]

METALS = ("Li", "Ni", "Co", "Mn", "Cu", "Al", "Fe")

# outlets


def collected(rows: Rows, by: Submitter) -> Iterator[Event]:
    """An outlet takes a battery in; whoever reports for it is named."""
    for row in rows:
        outlet = row.get("outlet_uscc") or by.uscc
        yield writing.collected(
            items=[_item(row, outlet)],
            source_kind=row["source_kind"],
            mass_kg=row.get("mass_kg"),
            condition=row.get("condition"),
            giver=party_or_none(row.get("source_uscc")),
            taker=party_uri(outlet),
            at=row["received_on"],
            place=by.place(row, uscc=outlet),
            more=more(
                fromVehicle=item_uri(row["vin"]) if row.get("vin") else None, reporter=_reporter(outlet, by)
            ),
        )


def handed_on(rows: Rows, by: Submitter) -> Iterator[Event]:
    """An outlet hands a battery on."""
    for row in rows:
        outlet = row.get("outlet_uscc") or by.uscc
        yield writing.shipped(
            items=[_item(row, outlet)],
            giver=party_uri(outlet),
            taker=party_uri(row["receiver_uscc"]),
            document=by.document("handover", row.get("document_no")),
            at=row["handed_on"],
            place=by.place(row, uscc=outlet),
            more=more(mass_kg=row.get("mass_kg"), reporter=_reporter(outlet, by)),
        )


def _item(row: Row, outlet: str) -> str:
    """The battery; one without a code under the outlet's own number for it."""
    return item_uri(row["code"] if row.get("code") else f"{outlet}-{row['temporary_id']}")


def _reporter(outlet: str, by: Submitter) -> str | None:
    return by.party if outlet != by.uscc else None


# dismantlers


def scrapped(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A vehicle is taken in for scrapping, and in the end is gone."""
    for row in rows:
        vehicle, place = item_uri(row["vin"]), by.place(row)
        yield writing.taken_in_for_scrapping(
            vehicle=vehicle,
            scrap_certificate=row["certificate_no"],
            battery_present=yes(row["battery_present"]),
            codes_read=items(row["pack_codes"]) if row.get("pack_codes") else None,
            taker=by.party,
            at=row["accepted_on"],
            place=place,
            more=more(vehicleModel=row.get("vehicle_model")),
        )
        if row.get("dismantled_on"):
            yield writing.vehicle_gone(
                vehicle=vehicle, scrap_certificate=row["certificate_no"], at=row["dismantled_on"], place=place
            )


def removals(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A battery comes out of a scrapped vehicle."""
    for row in rows:
        yield writing.removed(
            parent=item_uri(row["vin"]),
            children=[item_uri(row["code"])],
            disposition="inactive",
            at=row["removed_on"],
            place=by.place(row),
            more=more(mass_kg=row.get("mass_kg")),
        )


def outbound(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A dismantler hands a battery over."""
    for row in rows:
        yield writing.shipped(
            items=[item_uri(row["code"])],
            giver=by.party,
            taker=party_uri(row["receiver_uscc"]),
            document=by.document("handover", row.get("document_no")),
            at=row["handed_over_on"],
            more=more(mass_kg=row.get("mass_kg")),
        )


# another life


def received_for_reuse(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A used battery comes in, and is measured where its state of health is given."""
    for row in rows:
        yield _received(row, by)
        if row.get("soh_percent") is not None:
            yield writing.measured(
                items=[item_uri(row["code"])],
                state_of_health_percent=row["soh_percent"],
                at=row["received_on"],
            )


def reuse_products(rows: Rows, by: Submitter) -> Iterator[Event]:
    """Old codes become a product with a code of its own, which holds them."""
    first = rows[0]
    product, at = item_uri(first["product_code"]), first["made_on"]
    old = items(dict.fromkeys(code for row in rows for code in row["source_codes"]))
    event = writing.remade(
        old=old,
        new=[product],
        state_of_health_percent=first.get("soh_percent"),
        intended_use=first["intended_use"],
        warranty_months=first.get("warranty_months"),
        at=at,
    )
    event["ilmd"] = {
        **event["ilmd"],
        **own(
            model=first.get("model"),
            ratedEnergy_kWh=first.get("rated_energy_kwh"),
            ratedCapacity_Ah=first.get("rated_capacity_ah"),
            nominalVoltage_V=first.get("nominal_voltage_v"),
            mass_kg=first.get("mass_kg"),
        ),
    }
    yield event
    yield writing.assembled(parent=product, children=old, at=at)


def reuse_products_out(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A product goes to its customer."""
    for row in rows:
        yield writing.shipped(
            items=[item_uri(row["code"])],
            giver=by.party,
            taker=party_uri(row["customer_uscc"]),
            document=by.document("delivery", row.get("document_no")),
            at=row["out_on"],
        )


# turned into material


def received_for_recycling(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A battery or a lot comes in."""
    for row in rows:
        yield _received(row, by)


def _received(row: Row, by: Submitter) -> Event:
    coded = "code" in row
    return writing.received(
        items=[item_uri(row["code"])] if coded else (),
        lots=() if coded else [_lot(row)],
        giver=party_uri(row["supplier_uscc"]),
        taker=by.party,
        document=by.document("receipt", row.get("document_no")),
        at=row["received_on"],
        place=by.place(row),
        more=more(mass_kg=row.get("mass_kg") if coded else None, chemistry=row.get("chemistry")),
    )


def fed(rows: Rows, by: Submitter) -> Iterator[Event]:
    """Batteries and lots go into a batch; the mass of those with codes is told as a sum."""
    first = rows[0]
    coded = [row for row in rows if "code" in row]
    mass = sum((Decimal(repr(row["mass_kg"])) for row in coded), Decimal(0))
    yield writing.fed_to_batch(
        run=by.run(first["batch_no"]),
        items=items(row["code"] for row in coded),
        lots=[_lot(row) for row in rows if "code" not in row],
        process=first["process"],
        mass_kg=mass if coded else None,
        at=first["fed_on"],
        place=by.place(first),
    )


def came_out(rows: Rows, by: Submitter) -> Iterator[Event]:
    """Lots come out of a batch, with what is in them and where residues go."""
    first = rows[0]
    lots = [_lot(row) for row in rows]
    assays = [_assay(lot.uri, row) for lot, row in zip(lots, rows, strict=True)]
    yield writing.batch_out(
        run=by.run(first["batch_no"]),
        lots=lots,
        process=first.get("process") or by.process_of[first["batch_no"]],  # type: ignore[arg-type]  # a word of the list
        assays=[each for each in assays if each],
        fates={lot.uri: row["fate"] for lot, row in zip(lots, rows, strict=True) if row.get("fate")},
        at=first["finished_on"],
    )


def _assay(uri: str, row: Row) -> dict[str, Any] | None:
    shares = {metal: _share(row[key]) for metal in METALS if (key := f"{metal.lower()}_percent") in row}
    if not shares:
        return None
    uncertain = row.get("uncertainty_percent")
    return writing.assay(uri, shares, uncertainty=None if uncertain is None else _share(uncertain))


def _share(percent: float) -> Decimal:
    """A hundredth, exactly as it was written."""
    return Decimal(repr(percent)) / 100


def products_out(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A product is sold."""
    for row in rows:
        yield writing.product_out(
            lots=[_lot(row)],
            seller=by.party,
            buyer=party_uri(row["buyer_uscc"]),
            document=by.document("delivery", row.get("document_no")),
            at=row["out_on"],
            place=by.place(row),
        )


def residues_out(rows: Rows, by: Submitter) -> Iterator[Event]:
    """A residue goes to whoever disposes of it."""
    for row in rows:
        yield writing.product_out(
            lots=[_lot(row)],
            seller=by.party,
            buyer=party_uri(row["receiver_uscc"]),
            document=by.document("transfer", row.get("document_no")),
            disposed=True,
            at=row["disposed_on"],
            more=more(fate=row["fate"], wasteCode=row.get("waste_code")),
        )


def _lot(row: Row) -> Lot:
    return Lot(lot_uri(row["material"], row["lot_no"]), row["mass_kg"])
