"""Recyclers' batches written out: two packs in, black mass and metals out, salts out of the black mass."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.rules.conftest import Event, Said, judged, party, said, site

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import document_uri, item_uri, lot_uri, party_uri, place_uri, run_uri
from suyuan.simulate.codes import battery_code

MAKER, BUYER = "91610100TEB000010E", "91610100TEB000029B"
OUTLET, YARD = "91610100TED000030W", "91610100TEF0000180"
RECYCLER, OTHER_RECYCLER = "91610100TEH000011N", "91610100TEH00002XE"


def day(text: str) -> datetime:
    """Ten o'clock of that day."""
    return datetime.fromisoformat(text).replace(hour=10)


def pack(n: int, on: str = "2021-03-12", letter: str = "B") -> str:
    """The n-th pack of that day, LFP unless said otherwise."""
    return battery_code("9A1", "P", letter, "24", day(on).date(), n)


PACKS = (pack(1), pack(2))
FIRMS = (
    party(MAKER, "battery-maker", vendor_codes="9A1"),
    party(BUYER, "battery-maker", vendor_codes="9B2"),
    party(OUTLET, "outlet"),
    party(RECYCLER, "recycler", listed_from="2018-01-01"),
    site(RECYCLER, "plant-1", "plant", capacity_t_per_year="5000"),
)
BLACK = {"Li": 0.0243}
"""Of 8.9 kg of lithium in 100 kWh of LFP 98.5 % are in 360 kg of black mass."""
Out = tuple[str, str, float, Mapping[str, float] | None, str | None]
"""material, lot, kilograms, shares, fate"""
CRUSHED: tuple[Out, ...] = (
    ("black-mass", "HF-1", 360, BLACK, None),
    ("copper", "CU-1", 72, {"Cu": 0.985}, None),
    ("aluminium", "AL-1", 128, {"Al": 0.97}, None),
    ("other", "CZ-1", 240, None, "landfilled"),
)
LEACHED: tuple[Out, ...] = (
    ("lithium-carbonate", "LI-1", 42.8, {"Li": 0.1879}, None),
    ("leaching-residue", "JZ-1", 351, {"Li": 0.002}, "landfilled"),
)


def lot(material: str, name: str) -> str:
    """A lot as findings name it."""
    return lot_uri(material, name)


def run(name: str, by: str = RECYCLER) -> str:
    return run_uri(by, name)


def head(by: str, on: str | datetime) -> dict[str, Any]:
    return {"at": day(on) if isinstance(on, str) else on, "place": place_uri(by, "plant-1")}


def made(
    code: str, kwh: float | None = 50, kg: float | None = 400, chemistry: str = "LFP", on: str = "2021-03-12"
) -> Event:
    return writing.made(
        items=[item_uri(code)], chemistry=chemistry, rated_energy_kwh=kwh, mass_kg=kg, **head(MAKER, on)
    )  # fmt: skip


def received(code: str, by: str = RECYCLER, giver: str = OUTLET, on: str = "2025-03-01") -> Event:
    return writing.received(
        items=[item_uri(code)], giver=party_uri(giver), taker=party_uri(by), **head(by, on)
    )


def shipped(code: str, taker: str, by: str = OUTLET, on: str = "2025-02-26") -> Event:
    return writing.shipped(
        items=[item_uri(code)], giver=party_uri(by), taker=party_uri(taker), **head(by, on)
    )


def fed(batch: str, codes: Sequence[str], by: str = RECYCLER, on: str = "2025-03-10", **more: Any) -> Event:
    event = writing.fed_to_batch(
        run=run(batch, by), items=[item_uri(code) for code in codes], process="crushing", **head(by, on)
    )
    return event | more


def lots_fed(
    batch: str, lots: Sequence[tuple[str, str, float]], by: str = RECYCLER, on: str = "2025-03-20"
) -> Event:
    return writing.fed_to_batch(
        run=run(batch, by), lots=[Lot(lot_uri(material, name), kg) for material, name, kg in lots],
        process="leaching", **head(by, on),
    )  # fmt: skip


def out(
    batch: str, outputs: Sequence[Out], process: Any = "crushing", by: str = RECYCLER, on: str = "2025-03-12"
) -> Event:
    return writing.batch_out(
        run=run(batch, by), process=process, lots=[Lot(lot_uri(m, n), kg) for m, n, kg, _, _ in outputs],
        assays=[
            writing.assay(lot_uri(m, n), shares, uncertainty=0.005, relative=True) for m, n, _, shares, _ in outputs if shares
        ],
        fates={lot_uri(m, n): fate for m, n, _, _, fate in outputs if fate} or None, **head(by, on),
    )  # fmt: skip


def sold(material: str, name: str, kg: float, by: str = RECYCLER, on: str = "2025-04-05") -> Event:
    return writing.product_out(
        lots=[Lot(lot_uri(material, name), kg)], seller=party_uri(by), buyer=party_uri(BUYER),
        document=document_uri(by, "delivery", "CK-1"), **head(by, on),
    )  # fmt: skip


def without(outputs: Sequence[Out], *names: str) -> tuple[Out, ...]:
    return tuple(each for each in outputs if each[1] not in names)


def with_(outputs: Sequence[Out], other: Out) -> tuple[Out, ...]:
    """The outputs, one of them replaced (by its lot) or added."""
    return (*without(outputs, other[1]), other)


def line(
    *,
    packs: Sequence[str] = PACKS,
    making: Sequence[Event] | None = None,
    receipts: Sequence[Event] | None = None,
    feeding: Sequence[Event] | None = None,
    crushed: Sequence[Out] | None = CRUSHED,
    leaching: Sequence[Event] | None = None,
    leached: Sequence[Out] = LEACHED,
    selling: Sequence[Event] | None = None,
) -> tuple[Said, ...]:
    """A lawful life of two packs from making to the salt; each part can be told otherwise."""
    recycler: list[Event] = []
    recycler += [received(code) for code in packs] if receipts is None else receipts
    recycler += [fed("P1", packs)] if feeding is None else feeding
    recycler += [out("P1", crushed)] if crushed is not None else []
    recycler += [lots_fed("L1", [("black-mass", "HF-1", 360)])] if leaching is None else leaching
    recycler += [out("L1", leached, "leaching", on="2025-03-24")] if leached else []
    recycler += [sold("lithium-carbonate", "LI-1", 42.8)] if selling is None else selling
    return (
        said(MAKER, [made(code) for code in packs] if making is None else making),
        said(OUTLET, [shipped(code, RECYCLER) for code in packs]),
        said(RECYCLER, recycler),
    )


def of(
    rule: str, *told: Said, on: str = "2025-12-31", parties: Sequence[Event] = FIRMS
) -> list[dict[str, Any]]:
    """The findings of one rule."""
    return judged(*told, day=on, parties=parties, rules=[rule]).of(rule)
