"""The lives that the pages under docs/accounts work through by hand."""

from datetime import date, datetime
from typing import Any

from tests.rules.conftest import Event, Said, party, said, site

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import document_uri, item_uri, lot_uri, party_uri, place_uri, run_uri
from suyuan.identifiers import vin

MAKER, OEM, OUTLET, YARD, RECYCLER = (
    "91610100TEB000010E", "91610100TEC000020M", "91610100TED000030X", "91610100TEF000040Y", "91610100TEH000050Z",
)  # fmt: skip
PARTIES = [
    party(MAKER, "battery-maker", area="610100"),
    party(OEM, "vehicle-maker", area="610100"),
    party(OUTLET, "outlet", area="610100", serves=OEM),
    site(OUTLET, "outlet-1", "outlet-collecting", area="610100"),
    party(YARD, "dismantler", area="610100"),
    party(RECYCLER, "recycler", area="610100"),
]
INSIDE = {"Li": 6, "Ni": 30, "Co": 10, "Mn": 9, "Cu": 35}


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def pack(n: int) -> str:
    return f"9A1PE240000001B3C{n:07d}"


def lot(material: str, name: str) -> str:
    return lot_uri(material, name)


BLACK, COPPER, ALUMINIUM, STEEL, PLASTIC, OTHER = (
    lot("black-mass", "HF-1"), lot("copper", "CU-1"), lot("aluminium", "AL-1"), lot("steel", "FE-1"), lot("plastic", "PL-1"),
    lot("other", "CZ-1"),
)  # fmt: skip
LI, NI, CO, MN, RESIDUE = (
    lot("lithium-carbonate", "LI-1"), lot("nickel-sulfate", "NI-1"), lot("cobalt-sulfate", "CO-1"), lot("manganese-sulfate", "MN-1"),
    lot("leaching-residue", "JZ-1"),
)  # fmt: skip


def recycling() -> list[Said]:
    """docs/accounts/recovery.md: ten packs, one crushing, one leaching, nickel sulfate sold, two new packs of it and a third."""
    packs, works = [item_uri(pack(n)) for n in range(10)], place_uri(RECYCLER, "plant-1")
    made = [
        writing.made(items=packs, model="M-1", chemistry="NCM622", rated_energy_kwh=55, mass_kg=400, composition=INSIDE, at=at("2019-05-06"), place=place_uri(MAKER, "plant-1"))
    ]  # fmt: skip
    exact: dict[str, Any] = {"uncertainty": 0.005, "relative": True}
    batches = [
        writing.received(items=packs, giver=party_uri(OEM), taker=party_uri(RECYCLER), at=at("2025-02-10"), place=works),
        writing.fed_to_batch(run=run_uri(RECYCLER, "C-1"), items=packs, at=at("2025-03-03"), place=works),
        writing.batch_out(
            run=run_uri(RECYCLER, "C-1"), at=at("2025-03-04"), place=works,
            lots=[Lot(BLACK, 1800), Lot(COPPER, 340), Lot(ALUMINIUM, 600), Lot(STEEL, 400), Lot(PLASTIC, 200), Lot(OTHER, 560)],
            assays=[
                writing.assay(BLACK, {"Li": 0.0325, "Ni": 0.164, "Co": 0.0545, "Mn": 0.049}, **exact),
                writing.assay(COPPER, {"Cu": 0.98}, **exact),
            ],
            fates={OTHER: "landfilled"},
        ),
        writing.fed_to_batch(run=run_uri(RECYCLER, "L-1"), lots=[Lot(BLACK, 1500)], process="leaching", at=at("2025-04-07"), place=works),
        writing.batch_out(
            run=run_uri(RECYCLER, "L-1"), process="leaching", at=at("2025-04-11"), place=works,
            lots=[Lot(LI, 240), Lot(NI, 1100), Lot(CO, 385), Lot(MN, 225), Lot(RESIDUE, 700)],
            assays=[
                writing.assay(LI, {"Li": 0.1875}, **exact), writing.assay(NI, {"Ni": 0.22}, **exact),
                writing.assay(CO, {"Co": 0.21}, **exact), writing.assay(MN, {"Mn": 0.32}, **exact),
                writing.assay(RESIDUE, {"Li": 0.005, "Ni": 0.005, "Co": 0.001, "Mn": 0.002}, **exact),
            ],
            fates={RESIDUE: "landfilled"},
        ),
        writing.product_out(
            lots=[Lot(NI, 1000)], seller=party_uri(RECYCLER), buyer=party_uri(MAKER), at=at("2025-05-12"), place=works,
            document=document_uri(RECYCLER, "delivery", "CK-1"),
        ),
    ]  # fmt: skip
    bought = [
        writing.received(lots=[Lot(NI, 1000)], giver=party_uri(RECYCLER), taker=party_uri(MAKER), at=at("2025-05-14"), place=place_uri(MAKER, "plant-1"))
    ]  # fmt: skip
    new: dict[str, Any] = {
        "model": "M-2",
        "chemistry": "NCM622",
        "rated_energy_kwh": 70,
        "mass_kg": 450,
        "composition": {"Li": 8, "Ni": 40},
    }
    plant = place_uri(MAKER, "plant-1")
    anew = [
        writing.made(items=[item_uri(pack(n)) for n in (101, 102)], recycled_content={"Li": 1, "Ni": 10}, at=at("2025-09-15"), place=plant, **new),
        writing.made(items=[item_uri(pack(103))], at=at("2025-09-16"), place=plant, **new),
    ]  # fmt: skip
    return [said(MAKER, made), said(RECYCLER, batches), said(MAKER, [*bought, *anew])]


def _valid(bare: str) -> str:
    return bare[:8] + vin.check_digit(bare) + bare[9:]


VINS = [_valid(f"LTCTEST00P000000{n}") for n in range(1, 5)]


def car(n: int) -> str:
    return f"9A1PB240000001B3C{200 + n:07d}"


def responsibility() -> list[Said]:
    """docs/accounts/responsibility.md: four vehicles sold in two prefectures; one reported late; one pack collected, handed on and crushed."""
    plant, works = place_uri(MAKER, "plant-1"), place_uri(OEM, "plant-1")
    cars = list(zip(VINS, [item_uri(car(n)) for n in range(1, 5)], strict=True))
    made: list[Event] = [
        writing.made(items=[code for _car, code in cars], model="M-3", chemistry="LFP", rated_energy_kwh=60, mass_kg=450, at=at("2023-02-06"), place=plant)
    ]  # fmt: skip
    built: list[Event] = []
    for car_number, code in cars:
        built.append(
            writing.installed(vehicle=item_uri(car_number), packs=[code], at=at("2023-04-03"), place=works)
        )
    sold = [
        writing.sold(vehicle=item_uri(number), area=area, buyer_kind="person", seller=party_uri(OEM), at=at("2023-05-10"), place=works)
        for number, area in zip(VINS, ("610100", "610100", "610100", "410100"), strict=True)
    ]  # fmt: skip
    first = cars[0][1]
    collected = [
        writing.collected(items=[first], source_kind="owner", mass_kg=450, giver=party_uri(OEM), taker=party_uri(OUTLET), at=at("2025-06-02"), place=place_uri(OUTLET, "outlet-1"))
    ]  # fmt: skip
    yard = place_uri(RECYCLER, "plant-1")
    recycled = [
        writing.received(items=[first], giver=party_uri(OUTLET), taker=party_uri(RECYCLER), at=at("2025-06-20"), place=yard),
        writing.fed_to_batch(run=run_uri(RECYCLER, "C-9"), items=[first], at=at("2026-01-12"), place=yard),
        writing.batch_out(run=run_uri(RECYCLER, "C-9"), lots=[Lot(lot("copper", "CU-9"), 40)], assays=[writing.assay(lot("copper", "CU-9"), {"Cu": 0.98})], at=at("2026-01-13"), place=yard),
    ]  # fmt: skip
    late = date(2023, 12, 1)
    return [
        said(MAKER, made), said(OEM, [*built, *sold[:3]]), said(OEM, sold[3:], on=late), said(OUTLET, collected), said(RECYCLER, recycled),
    ]  # fmt: skip
