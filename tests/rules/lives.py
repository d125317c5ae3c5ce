"""Steps of a battery's life in a line each, for scenarios: days are texts, parties credit codes.

told(shipped(YARD, RECYCLER, "2024-05-03"), received(YARD, RECYCLER, "2024-05-05"))   each reported by who did it
"""

from datetime import datetime
from typing import Any

from tests.rules.conftest import Event, Said, party, said, site

from suyuan.events import writing
from suyuan.events.uris import document_uri, item_uri, party_uri, place_uri

MAKER, OEM, OUTLET, OUTLET2 = (
    "91610100TEB000010E",
    "91610100TEC000020M",
    "91610100TED0000147",
    "91610100TED0000222",
)
YARD, RECYCLER, RECYCLER2 = "91610100TEF0000180", "91610100TEH000038E", "91370100TEH00002X3"
REUSER, CUSTOMER, SWAPPER, STRANGER = (
    "91610100TEG00001X7",
    "91610100TEJ0000159",
    "91610100TEE000016K",
    "91610100TEJ000779K",
)
PACK, SPARE, MODULE = "9A1PB240000001B3C2345678", "9A1PB240000001B3C2345679", "9A1MB240000001B3C2345678"
VIN, VIN2 = "LTBCEV000MA000010", "LTBCEV002MA000011"

REGISTER = (
    party(MAKER, "battery-maker", area="610100", vendor_codes="9A1"),
    party(OEM, "vehicle-maker", area="610100"),
    party(OUTLET, "outlet", area="610100"),
    party(OUTLET2, "outlet", area="610100"),
    party(YARD, "dismantler", area="610100"),
    party(RECYCLER, "recycler", area="610100", capacity_t_per_year=5000),
    party(RECYCLER2, "recycler", area="370100", capacity_t_per_year=5000),
    party(REUSER, "echelon-user", area="610100"),
    party(CUSTOMER, "customer", area="610100"),
    party(SWAPPER, "swap-operator", area="610100"),
    site(OUTLET, "S1", "outlet-collecting", area="610100"),
)

Step = tuple[str, list[Event]]


def told(*steps: Step) -> list[Said]:
    """Each step as its own party reports it, a day later."""
    return [said(by, events) for by, events in steps]


def at(when: str) -> datetime:
    """A day (at ten), or a day and a time."""
    return datetime.fromisoformat(when if "T" in when else f"{when}T10:00")


def _head(by: str, when: str) -> dict[str, Any]:
    return {"at": at(when), "place": place_uri(by, "S1")}


def made(by: str, when: str, code: str = PACK, **more: Any) -> Step:
    return by, [
        writing.made(
            items=[item_uri(code)],
            chemistry="LFP",
            mass_kg=more.pop("mass_kg", 440),
            **more,
            **_head(by, when),
        )
    ]


def shipped(giver: str, taker: str, when: str, code: str = PACK) -> Step:
    return giver, [
        writing.shipped(
            items=[item_uri(code)], giver=party_uri(giver), taker=party_uri(taker), **_head(giver, when)
        )
    ]


def received(giver: str | None, taker: str, when: str, code: str = PACK) -> Step:
    from_whom = party_uri(giver) if giver else party_uri(taker)
    return taker, [
        writing.received(
            items=[item_uri(code)], giver=from_whom, taker=party_uri(taker), **_head(taker, when)
        )
    ]


def collected(giver: str | None, taker: str, when: str, code: str = PACK, **more: Any) -> Step:
    return taker, [
        writing.collected(
            items=[item_uri(code)],
            giver=party_uri(giver) if giver else None,
            taker=party_uri(taker),
            **more,
            **_head(taker, when),
        )
    ]


def stored(by: str, when: str, code: str = PACK) -> Step:
    return by, [writing.stored(items=[item_uri(code)], **_head(by, when))]


def stocked(by: str, when: str, code: str = PACK) -> Step:
    return by, [writing.stocked(items=[item_uri(code)], **_head(by, when))]


def installed(by: str, when: str, vehicle: str = VIN, code: str = PACK, **more: Any) -> Step:
    return by, [
        writing.installed(vehicle=item_uri(vehicle), packs=[item_uri(code)], **more, **_head(by, when))
    ]


def certified(by: str, when: str, vehicle: str = VIN, *, swap: bool = False) -> Step:
    paper = document_uri(by, "certificate", f"C{vehicle}")
    return by, [
        writing.certified(vehicle=item_uri(vehicle), document=paper, swap_type=swap, **_head(by, when))
    ]


def sold(by: str, when: str, vehicle: str = VIN, area: str = "610100") -> Step:
    return by, [
        writing.sold(
            vehicle=item_uri(vehicle), area=area, buyer_kind="person", seller=party_uri(by), **_head(by, when)
        )
    ]


def removed(by: str, when: str, vehicle: str = VIN, code: str = PACK, to: str | None = None) -> Step:
    return by, [
        writing.removed(
            parent=item_uri(vehicle),
            children=[item_uri(code)],
            destination=party_uri(to) if to else None,
            **_head(by, when),
        )
    ]


def replaced(by: str, when: str, new: str = SPARE, old: str = PACK, to: str | None = None) -> Step:
    return by, list(
        writing.replaced(
            vehicle=item_uri(VIN), old=[item_uri(old)], new=[item_uri(new)], repair_order="W1",
            destination=party_uri(to) if to else None, **_head(by, when),
        )
    )  # fmt: skip


def taken_in(
    by: str,
    when: str,
    vehicle: str = VIN,
    *,
    present: bool | None = True,
    codes: list[str] | None = None,
    paper: str | None = "BF1",
) -> Step:
    return by, [
        writing.taken_in_for_scrapping(
            vehicle=item_uri(vehicle), scrap_certificate=paper, battery_present=present, codes_read=codes,
            taker=party_uri(by), **_head(by, when),
        )
    ]  # fmt: skip


def gone(by: str, when: str, vehicle: str = VIN, paper: str | None = "BF1") -> Step:
    return by, [writing.vehicle_gone(vehicle=item_uri(vehicle), scrap_certificate=paper, **_head(by, when))]


def fed(by: str, when: str, code: str = PACK) -> Step:
    run = f"https://w3id.org/suyuan/xform/{by}/B1"
    return by, [writing.fed_to_batch(run=run, items=[item_uri(code)], **_head(by, when))]


def remade(by: str, when: str, old: str, new: str, use: str) -> Step:
    return by, [writing.remade(old=[item_uri(old)], new=[item_uri(new)], intended_use=use, **_head(by, when))]


def exported(by: str, when: str, code: str = PACK) -> Step:
    return by, [writing.exported(items=[item_uri(code)], exporter=party_uri(by), **_head(by, when))]


def used_in(vehicle: str = VIN, code: str = PACK) -> tuple[Step, ...]:
    """A pack that was made, delivered and built into a vehicle that was sold."""
    return (
        made(MAKER, "2021-03-12", code), shipped(MAKER, OEM, "2021-03-15", code), received(MAKER, OEM, "2021-03-18", code),
        installed(OEM, "2021-04-01", vehicle, code), certified(OEM, "2021-04-01", vehicle), sold(OEM, "2021-05-01", vehicle),
    )  # fmt: skip


def scrapped_to_yard(when: str = "2024-05-01") -> tuple[Step, ...]:
    """… and which a dismantler took in and took out of its vehicle."""
    return (*used_in(), taken_in(YARD, when, codes=[PACK]), removed(YARD, f"{when[:8]}05"))
