"""What became of a pack's kilograms."""

from datetime import datetime
from typing import Any

import pytest

from suyuan.events import writing as w
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, lot_uri, place_uri, run_uri

RECYCLER = "91430100MA4LAAAA08"
SMELTER = "91330500MA2BAAAA8B"
PACKS = ["001PE240000001G510000042", "001PE240000001G510000043"]
BLACK, COPPER, SLAG = lot_uri("black-mass", "BM-1"), lot_uri("copper", "CU-1"), lot_uri("slag", "S-1")
SULPHATE, CARBONATE = lot_uri("nickel-sulfate", "NS-7"), lot_uri("lithium-carbonate", "LC-7")
CRUSHING, LEACHING = run_uri(RECYCLER, "B-1"), run_uri(SMELTER, "L-7")


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00:00+08:00")


def crushed(masses: tuple[int | None, int | None] = (400, 100)) -> list[Any]:
    works = place_uri(RECYCLER, "works")
    return [
        *(
            w.made(items=[item_uri(pack)], mass_kg=mass, at=at("2026-01-01"))
            for pack, mass in zip(PACKS, masses, strict=True)
        ),
        w.fed_to_batch(run=CRUSHING, items=[item_uri(pack) for pack in PACKS], at=at("2034-01-01"), place=works),
        w.batch_out(
            run=CRUSHING, lots=[Lot(BLACK, 250), Lot(COPPER, 0.05, "TNE"), Lot(SLAG, 30000, "GRM")],
            at=at("2034-01-02"), place=works, fates={SLAG: "landfill"},
            assays=[
                w.assay(BLACK, {"Ni": 0.2, "Li": 0.03}, uncertainty=0.01, relative=True),
                w.assay(COPPER, {"Cu": 0.99}),
                w.assay(SLAG, {"Ni": 0.01}),
            ],
        ),
    ]  # fmt: skip


def leached(black_kg: float = 250) -> list[Any]:
    works = place_uri(SMELTER, "works")
    return [
        w.fed_to_batch(run=LEACHING, lots=[Lot(BLACK, black_kg)], process="leaching", at=at("2034-02-01"), place=works),
        w.batch_out(
            run=LEACHING, process="leaching", lots=[Lot(SULPHATE, 200), Lot(CARBONATE, 38)], at=at("2034-02-03"), place=works,
            assays=[w.assay(SULPHATE, {"Ni": 0.22}, uncertainty=0.002), w.assay(CARBONATE, {"Li": 0.186})],
        ),
    ]  # fmt: skip


def metals(told: Any, item: str) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in told.rows("recovered", item=item):
        sums[row["metal"]] = round(sums.get(row["metal"], 0) + row["kg"], 6)
    return sums


def test_a_batch_shares_its_metals_by_the_mass_of_what_went_in(tell: Any) -> None:
    told = tell(*crushed())
    assert {row["item"]: row["share"] for row in told.views["run_input"]} == {PACKS[0]: 0.8, PACKS[1]: 0.2}
    assert metals(told, PACKS[0]) == {"Ni": 40, "Li": 6, "Cu": 39.6}
    nickel = told.one("run_metal", item=BLACK, metal="Ni")
    assert (nickel["kg"], nickel["kg_uncertainty"]) == (50, pytest.approx(0.5))


def test_units_of_mass_become_kilograms(tell: Any) -> None:
    told = tell(*crushed())
    assert {row["material"]: row["kg"] for row in told.views["run_output"]} == {
        "black-mass": 250,
        "copper": 50,
        "slag": 30,
    }


def test_a_residue_is_not_recovered_but_stays_in_the_account(tell: Any) -> None:
    told = tell(*crushed())
    assert told.one("became", item=PACKS[0], material="slag")["fate"] == "landfill"
    assert "slag" not in {row["material"] for row in told.views["recovered"]}


def test_black_mass_fed_on_is_found_in_the_salts_and_not_twice(tell: Any) -> None:
    told = tell(*crushed(), *leached())
    assert metals(told, PACKS[0]) == {
        "Cu": 39.6,
        "Ni": round(200 * 0.22 * 0.8, 6),
        "Li": round(38 * 0.186 * 0.8, 6),
    }
    assert {row["lot"] for row in told.rows("became", item=PACKS[1])} == {COPPER, SLAG, SULPHATE, CARBONATE}


def test_what_is_left_of_black_mass_still_counts(tell: Any) -> None:
    told = tell(*crushed(), *leached(black_kg=200))
    kept = told.one("became", item=PACKS[0], lot=BLACK)
    assert kept["kg"] == pytest.approx(0.8 * 50)


def test_packs_of_unknown_mass_share_equally_and_say_so(tell: Any) -> None:
    told = tell(*crushed(masses=(400, None)))
    assert {(row["share"], row["allocated"]) for row in told.views["run_input"]} == {(0.5, "equal")}
    assert {row["allocated"] for row in told.rows("recovered", item=PACKS[0])} == {"equal"}


def test_the_mass_of_the_model_serves_where_the_pack_has_none(tell: Any) -> None:
    model = {"type": "https://w3id.org/suyuan/voc#Model", "id": "P-55", "attributes": {"sy:mass_kg": 300}}
    told = tell(
        w.made(items=[item_uri(PACKS[0])], model="P-55", at=at("2026-01-01")),
        w.made(items=[item_uri(PACKS[1])], mass_kg=100, at=at("2026-01-01")),
        *crushed()[2:],
        masters=[model],
    )  # fmt: skip
    row = told.one("run_input", item=PACKS[0])
    assert (row["kg"], row["kg_from"], row["share"]) == (300, "model", 0.75)


def test_a_lot_without_an_assay_has_no_metal(tell: Any) -> None:
    told = tell(
        w.fed_to_batch(run=CRUSHING, items=[item_uri(PACKS[0])], at=at("2034-01-01")),
        w.batch_out(run=CRUSHING, lots=[Lot(CARBONATE, 10)], at=at("2034-01-02")),
    )
    assert told.views["recovered"] == []
    assert told.one("became", item=PACKS[0])["kg"] == 10


def test_a_pack_gets_what_became_of_its_modules_and_of_the_product_made_of_them(tell: Any) -> None:
    modules = ["001ME240000001G510000001", "001ME240000001G510000002"]
    product, pack = "00APE24KA10000001RP", PACKS[0]
    told = tell(
        w.assembled(parent=item_uri(pack), children=[item_uri(m) for m in modules], at=at("2026-01-02")),
        w.taken_apart(parent=item_uri(pack), children=[item_uri(m) for m in modules], at=at("2033-01-01")),
        w.remade(old=[item_uri(modules[0])], new=[item_uri(product)], at=at("2033-01-02")),
        w.assembled(parent=item_uri(product), children=[item_uri(modules[0])], at=at("2033-01-02")),
        w.fed_to_batch(run=CRUSHING, items=[item_uri(product), item_uri(modules[1])], at=at("2034-01-01")),
        w.batch_out(
            run=CRUSHING, lots=[Lot(BLACK, 100)], assays=[w.assay(BLACK, {"Ni": 0.2})], at=at("2034-01-02")
        ),
    )
    assert metals(told, pack) == {"Ni": 20}
    assert metals(told, modules[0]) == {"Ni": 10}
    assert metals(told, product) == {"Ni": 10}
    assert told.state(pack) == "disassembled"
    assert told.state(modules[1]) == "recycled"


def test_cells_listed_beside_their_pack_take_no_share_of_their_own(tell: Any) -> None:
    cells = [f"001CE240000001G51000000{n}" for n in range(3)]
    told = tell(
        w.assembled(parent=item_uri(PACKS[0]), children=[item_uri(c) for c in cells], at=at("2026-01-02")),
        w.fed_to_batch(
            run=CRUSHING, items=[item_uri(i) for i in [PACKS[0], PACKS[1], *cells]], at=at("2034-01-01")
        ),
        w.batch_out(
            run=CRUSHING, lots=[Lot(BLACK, 100)], assays=[w.assay(BLACK, {"Ni": 0.2})], at=at("2034-01-02")
        ),
    )
    assert {row["item"]: row["share"] for row in told.views["run_input"]} == dict.fromkeys(PACKS, 0.5)
    assert metals(told, PACKS[0]) == {"Ni": 10}
    assert told.state(cells[0]) == "recycled"


def test_what_is_attributed_to_all_that_went_in_is_what_there_is(tell: Any) -> None:
    told = tell(*crushed(), *leached(black_kg=200))
    attributed = sum(row["kg"] for pack in PACKS for row in told.rows("became", item=pack))
    left_of_black_mass = 250 - 200
    assert attributed == pytest.approx(left_of_black_mass + 50 + 30 + 200 + 38)
