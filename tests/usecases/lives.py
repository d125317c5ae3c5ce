"""One life written out, moment by moment, as several parties submit it."""

from datetime import datetime
from typing import Any

from tests.worlds import Event

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import document_uri, item_uri, lot_uri, party_uri, place_uri, run_uri

MAKER, OEM, YARD, RECYCLER = (
    "91610100TEB000010E", "91610100TEC000020M", "91610100TEF0000180", "91610100TEH000011N",
)  # fmt: skip
PACK, OTHER = "9A1PB240000001B3C2345678", "9A1PB240000001B3C2345679"
MODULE, CELLS = "9A1MB240000001B3C0000001", ("9A1CB240000001B3C0000001", "9A1CB240000001B3C0000002")
VIN = "LTCEV0004KA000841"
CRUSHED, LEACHED = run_uri(RECYCLER, "B1"), run_uri(RECYCLER, "L1")
BLACK, COPPER, SALT = (
    lot_uri("black-mass", "HF-B1"),
    lot_uri("copper", "CU-B1"),
    lot_uri("lithium-carbonate", "LI-L1"),
)


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour)


def whole_life() -> list[list[Event]]:
    """Documents in the order in which they came: each a list of events."""
    plant, yard, works = place_uri(OEM, "plant-1"), place_uri(YARD, "yard-1"), place_uri(RECYCLER, "works-1")
    pack, vehicle = [item_uri(PACK)], item_uri(VIN)
    return [
        born(PACK, mass_kg=300.0),
        [
            writing.shipped(
                items=pack, giver=party_uri(MAKER), taker=party_uri(OEM),
                document=document_uri(MAKER, "delivery", "D1"), at=at(2021, 4, 1), place=place_uri(MAKER, "plant-1"),
            ),
            writing.received(
                items=pack, giver=party_uri(MAKER), taker=party_uri(OEM), at=at(2021, 4, 3), place=plant
            ),
        ],
        [
            writing.installed(vehicle=vehicle, packs=pack, at=at(2021, 4, 9), place=plant),
            writing.sold(vehicle=vehicle, area="370100", buyer_kind="person", seller=party_uri(OEM), at=at(2021, 5, 1), place=plant),
        ],
        [
            writing.taken_in_for_scrapping(
                vehicle=vehicle, scrap_certificate="BF1", battery_present=True, codes_read=[PACK],
                taker=party_uri(YARD), at=at(2026, 2, 1), place=yard,
            ),
            writing.removed(parent=vehicle, children=pack, at=at(2026, 2, 3), place=yard),
        ],
        born(OTHER, mass_kg=100.0, parts=False),
        [
            writing.received(items=pack, giver=party_uri(YARD), taker=party_uri(RECYCLER), at=at(2026, 3, 1), place=works),
            writing.fed_to_batch(run=CRUSHED, items=[*pack, item_uri(OTHER)], process="crushing", at=at(2026, 3, 5), place=works),
        ],
        [
            writing.batch_out(
                run=CRUSHED, lots=[Lot(BLACK, 180.0), Lot(COPPER, 40.0)], process="crushing", at=at(2026, 3, 7), place=works,
                assays=[writing.assay(BLACK, {"Li": 0.03}, uncertainty=0.001), writing.assay(COPPER, {"Cu": 0.98}, uncertainty=0.01)],
            ),
            writing.fed_to_batch(run=LEACHED, lots=[Lot(BLACK, 180.0)], process="leaching", at=at(2026, 3, 20), place=works),
            writing.batch_out(
                run=LEACHED, lots=[Lot(SALT, 26.0)], process="leaching", at=at(2026, 3, 25), place=works,
                assays=[writing.assay(SALT, {"Li": 0.188}, uncertainty=0.002)],
            ),
        ],
    ]  # fmt: skip


def born(code: str, mass_kg: float, *, parts: bool = True) -> list[Event]:
    head: dict[str, Any] = {"at": at(2021, 3, 12), "place": place_uri(MAKER, "plant-1")}
    cells, module, pack = [item_uri(cell) for cell in CELLS], item_uri(MODULE), item_uri(code)
    inside = [
        writing.made(items=cells, chemistry="LFP", **head),
        writing.made(items=[module], chemistry="LFP", **head),
        writing.assembled(parent=module, children=cells, **head),
    ]
    made = writing.made(items=[pack], model="LFP-57-MID", chemistry="LFP", mass_kg=mass_kg, **head)
    return [*inside, made, writing.assembled(parent=pack, children=[module], **head)] if parts else [made]
