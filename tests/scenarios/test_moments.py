"""Every answer as the ledger knew it at entry n, and for the world as of a day."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.conftest import World, below
from tests.scenarios.scene import MAKER, OEM, OUTLET, RECYCLER
from tests.scenarios.writing import (
    amount,
    assay,
    at,
    joined,
    made,
    obj,
    observed,
    pack,
    parted,
    received,
    run,
    shipped,
    vin,
    wrong,
)  # fmt: skip

P, V = pack(1), vin(1)
LEFT = shipped("2026-03-11T08:00", P, MAKER, OEM)
FED = run("2026-05-01T08:00", "B", "sy:crushing", RECYCLER, inputEPCList=[obj(P)], outputQuantityList=[amount("black-mass", "L", 200)],
          **{"sy:assay": [assay("black-mass", "L", {"Ni": 0.2})]})  # fmt: skip


@pytest.fixture(scope="module")
def told(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Late submissions: the installing is told before making and shipping, the removing last."""
    folder = tmp_path_factory.mktemp("moments")
    shutil.copytree(empty, folder / "workspace")
    world = World(folder, folder / "workspace")
    world.capture(joined("2026-03-13T08:00", V, [P], "installing", **at(OEM)), by=OEM)  # entry 0
    world.capture(made("2026-03-10T08:00", P, MAKER), LEFT, by=MAKER)  # 1, 2
    world.capture(received("2026-04-20T08:00", P, OUTLET, RECYCLER), FED, by=RECYCLER)  # 3, 4
    world.capture(parted("2026-04-10T00:30", V, [P], **at(OUTLET)), by=OUTLET)  # 5
    world.capture(wrong(FED, "2026-06-01T08:00"), by=RECYCLER)  # 6
    return world


def who(answer: Any) -> Any:
    held = answer["holder"]
    return answer["state"]["state"], (held["kind"], held["holder"], held["answerable"])


def test_what_the_ledger_knew_when_it_held_n_entries(told: World) -> None:
    known = {n: told.trace(P, "--recorded-up-to", str(n)) for n in (1, 3, 4, 5, 7)}
    assert {n: who(answer) for n, answer in known.items()} == {
        1: ("installed", ("party", OEM, OEM)),
        3: ("installed", ("party", OEM, OEM)),
        4: ("in_stock", ("party", RECYCLER, RECYCLER)),
        5: ("recycled", ("consumed", None, RECYCLER)),
        7: ("in_stock", ("party", RECYCLER, RECYCLER)),
    }
    assert {n: [row["code"] for row in answer["inside"]] for n, answer in known.items()} == {
        1: [V],
        3: [V],
        4: [],
        5: [],
        7: [],
    }
    assert {n: set(below(answer["family"]["went_into"])) for n, answer in known.items() if n in (5, 7)} == {
        5: {V, "https://w3id.org/suyuan/class/black-mass/L"},
        7: {V},
    }


def test_what_held_in_the_world_on_a_day(told: World) -> None:
    days = ("2026-03-10", "2026-03-11", "2026-04-09", "2026-04-10", "2026-05-02")
    assert {day: who(told.trace(P, "--as-of", day)) for day in days} == {
        "2026-03-10": ("made", ("party", MAKER, MAKER)),
        "2026-03-11": ("in_transit", ("in_transit", MAKER, MAKER)),
        "2026-04-09": ("installed", ("party", OEM, OEM)),
        "2026-04-10": ("removed", ("party", OUTLET, OUTLET)),
        "2026-05-02": ("in_stock", ("party", RECYCLER, RECYCLER)),
    }


def test_both_at_once(told: World) -> None:
    """What was known of 2 May when the ledger held five entries: the run had not been declared wrong."""
    assert told.state(P, "--as-of", "2026-05-02", "--recorded-up-to", "5") == "recycled"


def test_a_day_before_everything(told: World) -> None:
    assert told.suyuan("trace", P, "--json", "--as-of", "2026-03-09") == 1
    assert "not on record" in told.told


def test_the_day_is_that_of_china(world: World) -> None:
    """23:30 on 31 March in China, told in UTC."""
    world.capture(
        observed("2026-03-31T15:30:00+00:00", P, "collecting", "returned", **at(OUTLET))
        | {"eventTimeZoneOffset": "+08:00"}
    )
    assert world.state(P, "--as-of", "2026-03-31") == "collected"
