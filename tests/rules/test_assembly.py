"""Assembly: kept and broken. Each scenario has things of its own; what is expected stands last."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.rules import things as life
from tests.rules.conftest import Said, judged
from tests.rules.things import (
    OUTLET,
    PARTIES,
    RECYCLER,
    REMAKER,
    SHOP,
    YARD,
    car,
    cell,
    module,
    pack,
    product,
)
from tests.rules.world import Scenario, judge_all

BORN = "2021-03-12"


def _retired(n: int) -> list[Said]:
    """A pack with a cell, used and collected."""
    return [
        life.assembled(BORN, pack(n), cell(n)), *life.built("2021-04-01", car(n), pack(n)),
        life.removed("2024-04-01", car(n), pack(n)), life.collected("2024-04-10", pack(n)),
    ]  # fmt: skip


SCENARIOS = [
    Scenario(
        "cells in modules, modules in a pack, and the pack listing all of them",
        [life.assembled(BORN, module(10), cell(10), cell(11)), life.assembled("2021-03-13", pack(10), module(10)), life.assembled("2021-03-14", pack(10), cell(10), cell(11))],
        {},
    ),
    Scenario("one cell in two modules", [life.assembled(BORN, module(20), cell(20)), life.assembled("2021-04-12", module(21), cell(20))], {"cell-in-two-wholes": cell(20)}),
    Scenario("a cell taken out and built in elsewhere", [life.assembled(BORN, module(22), cell(22)), life.taken_apart("2021-03-20", module(22), cell(22), by=life.MAKER), life.assembled("2021-04-12", module(23), cell(22))], {}),
    Scenario("two packs claim one module", [life.assembled(BORN, pack(24), module(24)), life.assembled("2021-04-12", pack(25), module(24))], {"module-in-two-packs": module(24)}),
    Scenario(
        "the cell of a collected pack in a pack sold as new",
        [_retired(30), life.made("2024-06-01", pack(31, "2024-06-01")), life.assembled("2024-06-01", pack(31, "2024-06-01"), cell(30))],
        {"used-part-in-new-product": cell(30)},
    ),
    Scenario(
        "the module of a collected pack, taken out first, in a module-carrying pack sold as new",
        [
            life.assembled(BORN, pack(32), module(32)), life.built("2021-04-01", car(32), pack(32)), life.removed("2024-04-01", car(32), pack(32)),
            life.taken_apart("2024-05-01", pack(32), module(32)), life.assembled("2024-06-01", pack(33, "2024-06-01"), module(32)),
        ],
        {"used-part-in-new-product": module(32)},
    ),
    Scenario(
        "the cell of a collected pack in a reuse product",
        [_retired(34), life.taken_apart("2024-05-01", pack(34), cell(34)), life.assembled("2024-06-01", product(34, "2024-06-01"), cell(34), by=REMAKER)],
        {},
    ),
    Scenario(
        "a cell made a week after it was built in",
        [life.made("2021-03-19", cell(40)), life.made(BORN, cell(41)), life.assembled(BORN, module(40), cell(40), cell(41))],
        {"part-younger-than-whole": cell(40)},
    ),
    Scenario("a cell whose code is of the year after", [life.assembled(BORN, module(42), cell(42, "2022-03-12"))], {"part-younger-than-whole": cell(42, "2022-03-12")}),
    Scenario("a repair with a newer module", [life.assembled(BORN, pack(43), module(43)), life.taken_apart("2023-03-12", pack(43), module(43), by=SHOP), life.assembled("2023-03-12", pack(43), module(44, "2023-01-12"), by=SHOP)], {}),
    Scenario("ternary cells in an iron-phosphate module", [life.assembled(BORN, module(50), cell(50, letter="E"), cell(51, letter="E"))], {"parts-of-another-chemistry": module(50)}),
    Scenario("an outlet opens a pack", [life.assembled(BORN, pack(60), module(60)), life.taken_apart("2024-03-12", pack(60), module(60), by=OUTLET)], {"opened-outside": pack(60)}),
    Scenario("a recycler opens a pack", [life.assembled(BORN, pack(61), module(61)), life.taken_apart("2024-03-12", pack(61), module(61), by=RECYCLER)], {}),
    Scenario("a firm that nobody knows opens a pack", [life.assembled(BORN, pack(62), module(62)), life.taken_apart("2024-03-12", pack(62), module(62), by="91610100TEJ00001X3")], {}),
    # packs in vehicles
    Scenario(
        "one code in two vehicles",
        [life.built("2021-04-01", car(70), pack(70)), life.built("2021-06-01", car(71), pack(70))],
        {"one-code-in-two-vehicles": pack(70)},
    ),
    Scenario(
        "one pack at swap stations of two vehicles",
        [life.built("2021-04-01", car(72), pack(72)), life.installed("2021-06-01", car(73), pack(72), by=life.SWAPPER, swap=True)],
        {},
    ),
    Scenario(
        "a repair takes out the pack of another vehicle",
        [life.built("2021-04-01", car(74), pack(74)), life.built("2021-04-01", car(75), pack(75)), life.replaced("2023-04-01", car(75), pack(74), pack(76))],
        {"removed-from-another-vehicle": pack(74)},
    ),
    Scenario("a repair takes out a pack that nobody told was put in", [life.replaced("2023-04-01", car(77), pack(77), pack(78))], {}),
    Scenario(
        "the old pack of a replacement in another vehicle",
        [life.built("2021-04-01", car(80), pack(80)), life.replaced("2023-04-01", car(80), pack(80), pack(81)), life.replaced("2023-06-01", car(82), pack(82), pack(80))],
        {"used-pack-back-in-vehicle": pack(80)},
    ),
    Scenario(
        "the old pack of a replacement in another vehicle, tested",
        [life.built("2021-04-01", car(83), pack(83)), life.replaced("2023-04-01", car(83), pack(83), pack(84)), life.measured("2023-05-01", pack(83), 91), life.replaced("2023-06-01", car(85), pack(85), pack(83))],
        {},
    ),
    Scenario(
        "out for repair and into the same vehicle",
        [life.built("2021-04-01", car(86), pack(86)), life.removed("2023-04-01", car(86), pack(86), by=SHOP), life.installed("2023-04-20", car(86), pack(86), by=SHOP)],
        {},
    ),
    Scenario(
        "swapped packs in each other's vehicle",
        [life.made(BORN, pack(87), pack(88)), life.built("2021-04-01", car(87), pack(87)), life.swapped("2021-05-01", car(87), pack(87), pack(88)), life.swapped("2021-06-01", car(88), pack(89), pack(87))],
        {},
    ),
    Scenario("a pack that was in a vehicle stocked as a new spare", [life.built("2021-04-01", car(90), pack(90)), life.removed("2023-04-01", car(90), pack(90), by=YARD), life.stocked("2023-05-01", pack(90))], {"used-pack-as-new-spare": pack(90)}),
    Scenario("a spare stocked, then built in", [life.stocked("2021-05-01", pack(91)), life.replaced("2023-05-01", car(91), pack(92), pack(91))], {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def findings() -> Mapping[str, list[dict[str, Any]]]:
    return judge_all(SCENARIOS, ["assembly"])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_assembly(scenario: Scenario, findings: Mapping[str, list[dict[str, Any]]]) -> None:
    assert {(row["rule"], row["subject"]) for row in findings[scenario.title]} == scenario.expected()
    for row in findings[scenario.title]:
        assert all((row["party"], row["day"], row["told"])), row


def test_a_used_part_is_proven_by_its_first_whole_its_retiring_and_its_new_whole(
    findings: Mapping[str, list[dict[str, Any]]],
) -> None:
    (row,) = findings["the cell of a collected pack in a pack sold as new"]
    assert len(row["told"]) == 3
    assert (row["facts"]["whole"], row["facts"]["parent"], row["root"]) == (
        pack(30),
        pack(31, "2024-06-01"),
        pack(31, "2024-06-01"),
    )


def test_a_pack_of_fewer_modules_than_all_others_of_its_model_is_found() -> None:
    told = []
    for n in range(100, 112):
        told += [
            life.made(BORN, pack(n), model="P-4"),
            life.assembled(BORN, pack(n), *(module(10 * n + m) for m in range(4))),
        ]
    few = [life.made(BORN, pack(1), model="P-4"), life.assembled(BORN, pack(1), module(1), module(2))]
    (row,) = judged(*told, *few, parties=PARTIES, rules=["parts-unlike-model"]).rows
    assert (row["subject"], row["facts"]["parts"], row["facts"]["usual"]) == (pack(1), 2, 4)
    assert judged(*told[:8], *few, parties=PARTIES, rules=["parts-unlike-model"]).rows == ()
