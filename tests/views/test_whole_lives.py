"""Whole lives, from making to recovered material, as parties would submit them."""

from datetime import datetime
from typing import Any

from suyuan.events import writing as w
from suyuan.events.shapes import Event, Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri, place_uri, run_uri

MAKER = "91350900587527783P"
OEM = "91410100MA44AAAA56"
DISMANTLER = "91370100MA3CAAAA07"
OUTLET = "91510100MA6BAAAA5B"
ECHELON = "91610100MA6TAAAA1C"
RECYCLER = "91430100MA4LAAAA08"
STATION = "91370200MA3DAAAA12"
REPAIRER = "91620100MA72AAAA9H"

PACK, PACK_2 = "001PB240000001G510000042", "001PB240000001G510000043"
MODULES = ["001MB240000001G510000001", "001MB240000001G510000002"]
CELLS = [f"001CB240000001G51000000{n}" for n in range(4)]
VIN, VIN_2 = "LTEST0008P0000001", "LTEST000XP0000002"
REUSE = "00APB24KA10000001RP"


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


def uris(codes: list[str]) -> list[str]:
    return [item_uri(code) for code in codes]


def born() -> list[Event]:
    """Four cells in two modules in a pack, handed to the vehicle maker, put into a car and sold."""
    plant, line = place_uri(MAKER, "plant-1"), place_uri(OEM, "line-2")
    return [
        w.made(items=uris(CELLS), model="LF280K", mass_kg=5, at=at("2026-05-01"), place=plant),
        w.made(items=uris(MODULES), at=at("2026-05-02"), place=plant),
        w.made(items=[item_uri(PACK)], model="P-55", mass_kg=440, at=at("2026-05-03"), place=plant),
        w.assembled(parent=item_uri(MODULES[0]), children=uris(CELLS[:2]), at=at("2026-05-02", 10), place=plant),
        w.assembled(parent=item_uri(MODULES[1]), children=uris(CELLS[2:]), at=at("2026-05-02", 10), place=plant),
        w.assembled(parent=item_uri(PACK), children=uris(MODULES), at=at("2026-05-03", 10), place=plant),
        *w.handed_over(
            items=[item_uri(PACK)], giver=party_uri(MAKER), taker=party_uri(OEM), at=at("2026-05-05"), place=plant,
            received_at=at("2026-05-07"), received_place=line,
        ),
        w.installed(vehicle=item_uri(VIN), packs=[item_uri(PACK)], position="floor", at=at("2026-05-10"), place=line),
        w.certified(vehicle=item_uri(VIN), document="C-1", at=at("2026-05-11"), place=line),
        w.sold(vehicle=item_uri(VIN), area="370100", buyer_kind="person", at=at("2026-06-01")),
    ]  # fmt: skip


def scrapped() -> list[Event]:
    yard = place_uri(DISMANTLER, "yard")
    return [
        w.taken_in_for_scrapping(vehicle=item_uri(VIN), battery_present=True, at=at("2034-03-01"), place=yard),
        w.removed(parent=item_uri(VIN), children=[item_uri(PACK)], at=at("2034-03-02"), place=yard),
        w.vehicle_gone(vehicle=item_uri(VIN), at=at("2034-03-03"), place=yard),
        *w.handed_over(
            items=[item_uri(PACK)], giver=party_uri(DISMANTLER), taker=party_uri(RECYCLER), at=at("2034-03-10"),
            place=yard, received_at=at("2034-03-12"), received_place=place_uri(RECYCLER, "gate"),
        ),
    ]  # fmt: skip


def recycled() -> list[Event]:
    works, run = place_uri(RECYCLER, "works"), run_uri(RECYCLER, "B-1")
    mass = lot_uri("black-mass", "BM-1")
    return [
        w.fed_to_batch(run=run, items=[item_uri(PACK)], process="crushing", at=at("2034-04-01"), place=works),
        w.batch_out(
            run=run, process="crushing", at=at("2034-04-01", 18), place=works,
            lots=[Lot(mass, 200), Lot(lot_uri("copper", "CU-1"), 40)],
            assays=[w.assay(mass, {"Li": 0.03, "Fe": 0.3}, uncertainty=0.002)],
        ),
    ]  # fmt: skip


def test_a_pack_just_made_is_with_its_maker(tell: Any) -> None:
    told = tell(*born()[:6])
    assert told.state(PACK) == "made"
    assert told.holder(PACK) == ("party", MAKER)
    assert told.holder(CELLS[0]) == ("party", MAKER)
    assert told.state(CELLS[0]) == "assembled"


def test_a_pack_on_the_way_is_answered_for_by_the_giver(tell: Any) -> None:
    told = tell(*born()[:7])
    assert told.state(PACK) == "in_transit"
    row = told.one("holder_now", item=PACK)
    assert (row["kind"], row["holder"], row["to"], row["answerable"]) == ("in_transit", MAKER, OEM, MAKER)


def test_a_pack_in_a_sold_car_is_in_use_and_with_the_owner_of_the_car(tell: Any) -> None:
    told = tell(*born())
    assert {item: told.state(item) for item in (VIN, PACK, MODULES[0], CELLS[3])} == dict.fromkeys(
        (VIN, PACK, MODULES[0], CELLS[3]), "in_use"
    )
    assert told.holder(CELLS[0]) == ("owner", None)
    assert told.one("holder_now", item=CELLS[0])["through"] == VIN
    assert told.steps(PACK) == ["made", "assembled", "shipped", "received", "installed"]
    assert told.inside(VIN) == {PACK}


def test_a_pack_taken_out_of_a_scrapped_car_stays_with_the_dismantler_until_received(tell: Any) -> None:
    told = tell(*born(), *scrapped()[:3])
    assert told.state(PACK) == "removed"
    assert told.holder(PACK) == ("party", DISMANTLER)
    assert told.state(VIN) == "destroyed"
    assert told.holder(VIN) == ("gone", None)
    handed = tell(*born(), *scrapped())
    assert handed.state(PACK) == "in_stock"
    assert handed.holder(MODULES[1]) == ("party", RECYCLER)


def test_a_pack_fed_to_a_batch_is_recycled_with_all_that_is_in_it(tell: Any) -> None:
    told = tell(*born(), *scrapped(), *recycled())
    assert [told.state(item) for item in (PACK, MODULES[0], CELLS[0])] == ["recycled"] * 3
    assert told.holder(CELLS[0]) == ("consumed", None)
    assert told.holder(lot_uri("black-mass", "BM-1")) == ("party", RECYCLER)


def test_every_interval_of_custody_names_its_entries(tell: Any) -> None:
    told = tell(*born(), *scrapped(), *recycled())
    rows = sorted(told.rows("custody", item=PACK), key=lambda row: row["nth"])
    assert [(row["kind"], row["holder"] or row["inside"], row["entries"]) for row in rows] == [
        ("party", MAKER, [2]),
        ("in_transit", MAKER, [6]),
        ("party", OEM, [7]),
        ("inside", VIN, [8]),
        ("party", DISMANTLER, [12]),
        ("in_transit", DISMANTLER, [14]),
        ("party", RECYCLER, [15]),
        ("consumed", None, [16]),
    ]
    assert [row["until"] for row in rows] == [row["since"] for row in rows[1:]] + [None]


def test_a_pack_without_modules_has_its_cells_directly(tell: Any) -> None:
    plant = place_uri(MAKER, "plant-1")
    told = tell(
        w.made(items=uris([*CELLS, PACK]), at=at("2026-05-01"), place=plant),
        w.assembled(parent=item_uri(PACK), children=uris(CELLS), at=at("2026-05-02"), place=plant),
        w.installed(vehicle=item_uri(VIN), packs=[item_uri(PACK)], at=at("2026-05-03"), place=place_uri(OEM, "l")),
        w.sold(vehicle=item_uri(VIN), buyer=party_uri(STATION), at=at("2026-06-01")),
    )  # fmt: skip
    assert told.inside(PACK) == set(CELLS)
    assert told.holder(CELLS[0]) == ("owner", STATION)


def test_a_swap_moves_the_pack_from_car_to_station_to_car(tell: Any) -> None:
    station = place_uri(STATION, "s-7")
    told = tell(
        *born(),
        w.stocked(items=[item_uri(PACK_2)], at=at("2026-06-02"), place=station),
        *w.swapped(vehicle=item_uri(VIN), old=[item_uri(PACK)], new=[item_uri(PACK_2)], at=at("2026-07-01"), place=station),
    )  # fmt: skip
    assert told.inside(VIN) == {PACK_2}
    assert told.holder(PACK) == ("party", STATION)
    assert told.state(PACK) == "removed"
    assert told.state(PACK_2) == "in_use"
    again = tell(
        *born(),
        *w.swapped(vehicle=item_uri(VIN), old=[item_uri(PACK)], new=[item_uri(PACK_2)], at=at("2026-07-01"), place=station),
        w.installed(vehicle=item_uri(VIN_2), packs=[item_uri(PACK)], swap=True, at=at("2026-07-02"), place=station),
    )  # fmt: skip
    assert again.inside(VIN_2) == {PACK}
    assert again.one("holder_now", item=PACK)["through"] == VIN_2


def test_a_replaced_pack_is_on_its_way_to_where_the_repairer_sends_it(tell: Any) -> None:
    shop = place_uri(REPAIRER, "shop")
    told = tell(
        *born(),
        *w.replaced(
            vehicle=item_uri(VIN), old=[item_uri(PACK)], new=[item_uri(PACK_2)], repair_order="R-9",
            destination=party_uri(OUTLET), at=at("2029-01-05"), place=shop,
        ),
    )  # fmt: skip
    assert told.steps(PACK)[-1] == "replaced"
    row = told.one("holder_now", item=PACK)
    assert (row["kind"], row["answerable"], row["to"]) == ("in_transit", REPAIRER, OUTLET)
    assert told.state(PACK_2) == "in_use"
    collected = tell(
        *born(),
        *w.replaced(
            vehicle=item_uri(VIN), old=[item_uri(PACK)], new=[item_uri(PACK_2)], repair_order="R-9",
            destination=party_uri(OUTLET), at=at("2029-01-05"), place=shop,
        ),
        w.collected(items=[item_uri(PACK)], at=at("2029-01-20"), place=place_uri(OUTLET, "o-1")),
    )  # fmt: skip
    assert collected.holder(PACK) == ("party", OUTLET)
    assert collected.state(PACK) == "collected"


def test_a_reuse_product_carries_the_modules_of_the_old_pack(tell: Any) -> None:
    hall = place_uri(ECHELON, "hall")
    told = tell(
        *born(),
        *scrapped()[:2],
        w.taken_apart(parent=item_uri(PACK), children=uris(MODULES), at=at("2034-05-01"), place=hall),
        w.remade(old=uris(MODULES[:1]), new=[item_uri(REUSE)], at=at("2034-05-02"), place=hall),
        w.assembled(parent=item_uri(REUSE), children=uris(MODULES[:1]), at=at("2034-05-02"), place=hall),
    )
    assert told.state(PACK) == "disassembled"
    assert told.state(MODULES[0]) == "remade"
    assert told.state(MODULES[1]) == "removed"
    assert told.state(REUSE) == "made"
    assert told.inside(REUSE) == {MODULES[0]}
    assert told.holder(REUSE) == ("party", ECHELON)
    assert told.holder(CELLS[0]) == ("party", ECHELON)


def test_an_export_leaves_the_country_with_what_is_in_the_car(tell: Any) -> None:
    told = tell(*born(), w.exported(items=[item_uri(VIN)], at=at("2030-01-01"), place=place_uri(OEM, "port")))
    assert told.state(CELLS[0]) == "exported"
    assert told.holder(PACK)[0] == "abroad"


def edges(told: Any, *kinds: str) -> set[tuple[str, str, str]]:
    return {(row["item"], row["kind"], row["other"]) for row in told.views["lineage"] if row["kind"] in kinds}


def test_the_family_of_a_cell_reaches_the_car_and_the_black_mass(tell: Any) -> None:
    told = tell(*born(), *scrapped(), *recycled())
    run = run_uri(RECYCLER, "B-1")
    assert edges(told, "assembled") == {
        (CELLS[0], "assembled", MODULES[0]),
        (CELLS[1], "assembled", MODULES[0]),
        (CELLS[2], "assembled", MODULES[1]),
        (CELLS[3], "assembled", MODULES[1]),
        (MODULES[0], "assembled", PACK),
        (MODULES[1], "assembled", PACK),
        (PACK, "assembled", VIN),
    }
    assert edges(told, "recycled_in", "recycled_out") == {
        (PACK, "recycled_in", run),
        (run, "recycled_out", lot_uri("black-mass", "BM-1")),
        (run, "recycled_out", lot_uri("copper", "CU-1")),
    }


def test_a_repair_order_ties_the_new_pack_to_the_old_one(tell: Any) -> None:
    old, new = [PACK, MODULES[0]], [PACK_2, "001MB240000001G510000077"]
    told = tell(
        *born(),
        w.installed(vehicle=item_uri(VIN), packs=[item_uri(MODULES[0])], at=at("2028-01-01")),
        *w.replaced(
            vehicle=item_uri(VIN), old=uris(old), new=uris(new), repair_order="R-9", at=at("2029-01-05"),
        ),
        *w.replaced(vehicle=item_uri(VIN_2), old=[], new=[item_uri(REUSE)], repair_order="R-9", at=at("2029-01-06")),
    )  # fmt: skip
    assert edges(told, "replaced") == {(PACK, "replaced", PACK_2), (MODULES[0], "replaced", new[1])}


def test_a_swap_ties_what_came_in_to_what_went_out(tell: Any) -> None:
    third = "001PB240000001G510000044"
    told = tell(
        *born(),
        *w.swapped(vehicle=item_uri(VIN), old=[item_uri(PACK)], new=[item_uri(PACK_2)], at=at("2026-07-01")),
        *w.swapped(vehicle=item_uri(VIN), old=[item_uri(PACK_2)], new=[item_uri(third)], at=at("2026-07-02")),
        *w.swapped(vehicle=item_uri(VIN), old=[item_uri(third)], new=[item_uri(PACK)], at=at("2026-07-03")),
    )
    assert edges(told, "swapped") == {
        (PACK, "swapped", PACK_2),
        (PACK_2, "swapped", third),
        (third, "swapped", PACK),
    }
