"""Short hands of the scenarios: who is who, and one line a step."""

from datetime import datetime, timedelta
from typing import Any

from tests.rules.conftest import Event, Said, party, said

from suyuan.events import writing
from suyuan.events.uris import document_uri, item_uri, party_uri, place_uri, run_uri
from suyuan.identifiers import vin as vins
from suyuan.simulate.codes import battery_code, reuse_code

MAKER, OTHER_MAKER = "91610100TEB000010E", "91610100TEB000029B"
OEM, OTHER_OEM = "91610100TEC000020M", "91610100TEC000039J"
SHOP, YARD, OUTLET = "91610100TED0000147", "91610100TEF0000180", "91610100TED000030W"
REMAKER, RECYCLER, OTHER_RECYCLER = "91610100TEG00001X7", "91610100TEH000011N", "91610100TEH00002XE"
SWAPPER = "91610100TEE000016K"
PARTIES = (
    party(MAKER, "battery-maker", vendor_codes="9A1"),
    party(OTHER_MAKER, "battery-maker", vendor_codes="9B2"),
    party(OEM, "vehicle-maker", wmi="LTA"),
    party(OTHER_OEM, "vehicle-maker", wmi="LTB"),
    party(SHOP, "after-sales"),
    party(YARD, "dismantler"),
    party(OUTLET, "outlet"),
    party(REMAKER, "echelon-user", vendor_codes="8E1"),
    party(RECYCLER, "recycler"),
    party(OTHER_RECYCLER, "recycler"),
    party(SWAPPER, "swap-operator"),
)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=10)


def pack(n: int, on: str = "2021-03-12", vendor: str = "9A1", letter: str = "B") -> str:
    return battery_code(vendor, "P", letter, "24", day(on).date(), n)


def module(n: int, on: str = "2021-03-12", vendor: str = "9A1", letter: str = "B") -> str:
    return battery_code(vendor, "M", letter, "24", day(on).date(), n)


def cell(n: int, on: str = "2021-03-12", vendor: str = "9A1", letter: str = "B") -> str:
    return battery_code(vendor, "C", letter, "24", day(on).date(), n)


def product(n: int, on: str = "2025-03-12") -> str:
    return reuse_code("8E1", "P", "B", day(on).date(), n)


def car(n: int, year: str = "M", wmi: str = "LTA") -> str:
    bare = f"{wmi}EV0000{year}A{n:06d}"
    return bare[:8] + vins.check_digit(bare) + bare[9:]


def _head(by: str, on: str, site: str = "plant-1") -> dict[str, Any]:
    return {"at": day(on), "place": place_uri(by, site)}


def _uris(codes: tuple[str, ...]) -> list[str]:
    return [item_uri(code) for code in codes]


def made(on: str, *codes: str, by: str = MAKER, site: str = "plant-1", **facts: Any) -> Said:
    return said(by, [writing.made(items=_uris(codes), **facts, **_head(by, on, site))])


def assembled(on: str, whole: str, *parts: str, by: str = MAKER) -> Said:
    return said(by, [writing.assembled(parent=item_uri(whole), children=_uris(parts), **_head(by, on))])


def shipped(on: str, code: str, by: str, to: str) -> Said:
    return said(
        by,
        [writing.shipped(items=[item_uri(code)], giver=party_uri(by), taker=party_uri(to), **_head(by, on))],
    )


def received(on: str, code: str, by: str, giver: str) -> Said:
    return said(
        by,
        [
            writing.received(
                items=[item_uri(code)], giver=party_uri(giver), taker=party_uri(by), **_head(by, on)
            )
        ],
    )


def installed(on: str, vehicle: str, *codes: str, by: str = OEM, **facts: Any) -> Said:
    return said(
        by, [writing.installed(vehicle=item_uri(vehicle), packs=_uris(codes), **facts, **_head(by, on))]
    )


def certified(on: str, vehicle: str, by: str = OEM, **facts: Any) -> Said:
    paper = document_uri(by, "certificate", vehicle)
    return said(by, [writing.certified(vehicle=item_uri(vehicle), document=paper, **facts, **_head(by, on))])


def sold(on: str, vehicle: str, by: str = OEM, to: str | None = None) -> Said:
    buyer = party_uri(to) if to else None
    return said(
        by,
        [
            writing.sold(
                vehicle=item_uri(vehicle), area="610100", seller=party_uri(by), buyer=buyer, **_head(by, on)
            )
        ],
    )


def built(on: str, vehicle: str, *codes: str, by: str = OEM) -> list[Said]:
    """Built, certified, and sold ten days later."""
    later = (day(on) + timedelta(days=10)).date().isoformat()
    return [installed(on, vehicle, *codes, by=by), certified(on, vehicle, by), sold(later, vehicle, by)]


def replaced(on: str, vehicle: str, old: str, new: str, by: str = SHOP) -> Said:
    out, into = writing.replaced(
        vehicle=item_uri(vehicle), old=[item_uri(old)], new=[item_uri(new)], repair_order=f"W-{vehicle}-{on}", **_head(by, on)
    )  # fmt: skip
    return said(by, [out, into])


def swapped(on: str, vehicle: str, old: str, new: str, by: str = SWAPPER) -> Said:
    told = writing.swapped(
        vehicle=item_uri(vehicle), old=[item_uri(old)], new=[item_uri(new)], **_head(by, on)
    )
    return said(by, list(told))


def removed(on: str, vehicle: str, *codes: str, by: str = YARD) -> Said:
    return said(by, [writing.removed(parent=item_uri(vehicle), children=_uris(codes), **_head(by, on))])


def taken_in(on: str, vehicle: str, by: str = YARD) -> Said:
    return said(
        by, [writing.taken_in_for_scrapping(vehicle=item_uri(vehicle), battery_present=True, **_head(by, on))]
    )


def gone(on: str, vehicle: str, by: str = YARD) -> Said:
    return said(by, [writing.vehicle_gone(vehicle=item_uri(vehicle), **_head(by, on))])


def stocked(on: str, code: str, by: str = OEM) -> Said:
    return said(by, [writing.stocked(items=[item_uri(code)], **_head(by, on))])


def collected(on: str, code: str, by: str = OUTLET) -> Said:
    return said(by, [writing.collected(items=[item_uri(code)], **_head(by, on))])


def measured(on: str, code: str, soh: float, by: str = SHOP) -> Said:
    return said(by, [writing.measured(items=[item_uri(code)], state_of_health_percent=soh, **_head(by, on))])


def taken_apart(on: str, whole: str, *parts: str, by: str = RECYCLER) -> Said:
    return said(by, [writing.taken_apart(parent=item_uri(whole), children=_uris(parts), **_head(by, on))])


def remade(on: str, old: str, new: str, by: str = REMAKER, soh: float = 75) -> list[Said]:
    """Re-made under a new code, the old one inside."""
    told = writing.remade(
        old=[item_uri(old)], new=[item_uri(new)], state_of_health_percent=soh, **_head(by, on)
    )
    return [said(by, [told]), assembled(on, new, old, by=by)]


def fed(on: str, code: str, batch: str = "B1", by: str = RECYCLER, process: Any = "crushing") -> Said:
    run = run_uri(by, batch)
    return said(
        by,
        [
            writing.fed_to_batch(
                run=run, items=[item_uri(code)], process=process, mass_kg=400, **_head(by, on)
            )
        ],
    )


def destroyed(on: str, code: str, by: str = OEM) -> Said:
    return said(by, [writing.destroyed(items=[item_uri(code)], **_head(by, on))])


def lost(on: str, code: str, by: str = OEM) -> Said:
    return said(by, [writing.lost(items=[item_uri(code)], **_head(by, on))])


def exported(on: str, code: str, by: str = OEM) -> Said:
    return said(by, [writing.exported(items=[item_uri(code)], exporter=party_uri(by), **_head(by, on))])


__all__ = ["Event"]
