"""Lifecycle: kept and broken. Each scenario has a pack and a vehicle of its own; what is expected stands last."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.rules import things as life
from tests.rules.things import OEM, OTHER_RECYCLER, RECYCLER, SHOP, YARD, car, cell, module, pack, product
from tests.rules.world import Scenario, judge_all

BORN = "2021-03-12"
SCENARIOS = [
    Scenario(
        "a life in order, to the end: nothing is found",
        [
            life.made(BORN, pack(10)), life.shipped("2021-03-15", pack(10), life.MAKER, OEM), life.received("2021-03-17", pack(10), OEM, life.MAKER),
            life.built("2021-04-01", car(10), pack(10)), life.measured("2024-04-01", pack(10), 88), life.taken_in("2025-04-01", car(10)),
            life.removed("2025-04-03", car(10), pack(10)), life.gone("2025-06-01", car(10)), life.collected("2025-04-10", pack(10)),
            life.remade("2025-05-10", pack(10), product(10, "2025-05-10")), life.shipped("2025-05-20", product(10, "2025-05-10"), life.REMAKER, SHOP),
            life.fed("2026-05-01", product(10, "2025-05-10"), "B10"),
        ],
        {},
    ),
    Scenario(
        "everything on one day, and at one moment, is no contradiction",
        [life.made(BORN, pack(11)), life.built(BORN, car(11), pack(11)), life.taken_in("2025-04-01", car(11)), life.removed("2025-04-01", car(11), pack(11)), life.gone("2025-04-01", car(11)), life.fed("2025-04-01", pack(11), "B11")],
        {},
    ),
    Scenario(
        "a pack handled before it was made",
        [life.made(BORN, pack(20)), life.received("2021-02-01", pack(20), OEM, life.MAKER)],
        {"used-before-made": pack(20)},
    ),
    Scenario("a pack tested and put together the day before its making is told", [life.measured("2021-03-11", pack(21), 100), life.assembled("2021-03-11", pack(21), cell(21)), life.made(BORN, pack(21))], {}),
    Scenario(
        "a vehicle sold a month before it was built and certified",
        [life.made(BORN, pack(30)), life.installed("2021-04-01", car(30), pack(30)), life.certified("2021-04-01", car(30)), life.sold("2021-03-01", car(30))],
        {"sold-before-made": car(30)},
    ),
    Scenario(
        "a certificate that comes after the sale",
        [life.made(BORN, pack(31)), life.installed("2021-04-01", car(31), pack(31)), life.sold("2021-04-10", car(31)), life.certified("2021-05-10", car(31))],
        {"certified-after-sale": car(31)},
    ),
    Scenario(
        "a certificate issued again after the sale",
        [life.made(BORN, pack(32)), life.built("2021-04-01", car(32), pack(32)), life.certified("2021-08-01", car(32))],
        {},
    ),
    Scenario(
        "a vehicle sold without the pack that it is built with",
        [life.made(BORN, pack(33)), life.certified("2021-04-01", car(33)), life.sold("2021-04-10", car(33)), life.installed("2021-05-10", car(33), pack(33))],
        {"installed-after-sale": car(33)},
    ),
    Scenario(
        "a swap vehicle gets its pack from the operator",
        [life.made(BORN, pack(34)), life.certified("2021-04-01", car(34), swap_type=True), life.sold("2021-04-10", car(34)), life.installed("2021-05-10", car(34), pack(34))],
        {},
    ),
    Scenario(
        "a vehicle whose certificate and building nobody told",
        [life.sold("2021-04-10", car(35)), life.taken_in("2025-04-01", car(35))],
        {},
    ),
    Scenario(
        "a vehicle taken in for scrapping before it was ever sold",
        [life.built("2021-04-01", car(40), pack(40)), life.taken_in("2021-04-05", car(40))],
        {"scrapped-before-sold": car(40)},
    ),
    Scenario(
        "a scrapped vehicle that is sold again",
        [life.built("2021-04-01", car(41), pack(41)), life.taken_in("2024-04-05", car(41)), life.sold("2024-09-05", car(41), by=SHOP)],
        {"back-on-the-road": car(41)},
    ),
    Scenario(
        "a scrapped vehicle that is given another pack",
        [life.built("2021-04-01", car(42), pack(42)), life.taken_in("2024-04-05", car(42)), life.replaced("2024-09-05", car(42), pack(42), pack(43))],
        {"back-on-the-road": car(42)},
    ),
    Scenario(
        "sold as new twice by the same maker",
        [life.built("2021-04-01", car(44), pack(44)), life.sold("2022-04-01", car(44))],
        {"sold-twice": car(44)},
    ),
    Scenario("sold, and registered a month later", [life.built("2021-04-01", car(45), pack(45)), life.sold("2021-05-10", car(45))], {}),
    Scenario("sold on by another firm", [life.built("2021-04-01", car(46), pack(46)), life.sold("2024-05-10", car(46), by=SHOP)], {}),
    Scenario(
        "out of a vehicle before it was put in",
        [life.made(BORN, pack(50)), life.removed("2021-03-20", car(50), pack(50)), life.built("2021-04-01", car(50), pack(50))],
        {"removed-before-installed": pack(50)},
    ),
    Scenario("out of a vehicle, and nobody told when it was put in", [life.removed("2024-03-20", car(51), pack(51))], {}),
    Scenario(
        "a swapped pack that comes and goes",
        [life.made(BORN, pack(52), pack(53)), life.swapped("2021-05-01", car(52), pack(52), pack(53)), life.swapped("2021-05-09", car(52), pack(53), pack(52))],
        {},
    ),
    Scenario(
        "collected while it was still in its vehicle",
        [life.made(BORN, pack(60)), life.built("2021-04-01", car(60), pack(60)), life.collected("2024-02-01", pack(60)), life.removed("2024-04-01", car(60), pack(60))],
        {"collected-while-in-vehicle": pack(60)},
    ),
    Scenario(
        "collected, and nobody told who took it out",
        [life.made(BORN, pack(61)), life.built("2021-04-01", car(61), pack(61)), life.collected("2024-02-01", pack(61))],
        {"collected-without-removal": pack(61)},
    ),
    # ends
    Scenario("fed to a batch, and received by another a month later", [life.fed("2024-02-01", pack(70), "B70"), life.received("2024-03-01", pack(70), OTHER_RECYCLER, RECYCLER)], {"alive-after-end": pack(70)}),
    Scenario("a vehicle gone, and a pack taken out of it afterwards", [life.built("2021-04-01", car(71), pack(71)), life.taken_in("2024-04-01", car(71)), life.gone("2024-05-01", car(71)), life.removed("2024-06-01", car(71), pack(71))], {"alive-after-end": car(71)}),
    Scenario("fed to two batches of two recyclers", [life.fed("2024-02-01", pack(72), "B72"), life.fed("2024-02-20", pack(72), "B99", OTHER_RECYCLER)], {"fed-twice": pack(72)}),
    Scenario("fed to one batch in two events", [life.fed("2024-02-01", pack(73), "B73"), life.fed("2024-02-02", pack(73), "B73")], {}),
    Scenario("discharged and sorted before it was crushed", [life.fed("2024-02-01", pack(74), "D74", process="discharging"), life.fed("2024-02-05", pack(74), "S74", process="sorting"), life.fed("2024-02-09", pack(74), "B74")], {}),
    Scenario(
        "fed as a pack, and again as the product made of it",
        [life.remade("2024-02-01", pack(75), product(75, "2024-02-01")), life.fed("2025-02-01", product(75, "2024-02-01"), "B75"), life.fed("2025-03-01", pack(75), "B76")],
        {"fed-in-two-shapes": pack(75), "old-code-goes-on": pack(75)},
    ),
    Scenario(
        "a product taken to pieces, and what was in it fed",
        [life.remade("2024-02-01", pack(76), product(76, "2024-02-01")), life.taken_apart("2025-02-01", product(76, "2024-02-01"), pack(76)), life.fed("2025-03-01", pack(76), "B76b")],
        {},
    ),
    Scenario(
        "one pack in two products",
        [life.remade("2024-02-01", pack(77), product(77, "2024-02-01")), life.remade("2024-08-01", pack(77), product(78, "2024-08-01"))],
        {"remade-twice": pack(77)},
    ),
    Scenario(
        "one pack in two products, one after the other",
        [life.remade("2024-02-01", pack(79), product(79, "2024-02-01")), life.taken_apart("2024-06-01", product(79, "2024-02-01"), pack(79), by=life.REMAKER), life.remade("2024-08-01", pack(79), product(80, "2024-08-01"))],
        {},
    ),
    Scenario("handed on under its old code after it was re-made", [life.remade("2024-02-01", pack(81), product(81, "2024-02-01")), life.shipped("2024-03-01", pack(81), life.REMAKER, RECYCLER)], {"old-code-goes-on": pack(81)}),
    Scenario("lost, and collected a year later", [life.lost("2024-02-01", pack(82)), life.collected("2025-02-01", pack(82))], {"missing-reappears": pack(82)}),
    Scenario("lost for good", [life.built("2021-04-01", car(83), pack(83)), life.lost("2024-02-01", pack(83))], {}),
    Scenario(
        "a vehicle exported, and its pack collected here",
        [life.built("2021-04-01", car(84), pack(84)), life.exported("2023-04-01", car(84)), life.removed("2024-03-01", car(84), pack(84)), life.collected("2024-04-01", pack(84))],
        {"exported-reappears": [car(84), pack(84)]},
    ),
    Scenario("exported and brought back", [life.built("2021-04-01", car(85), pack(85)), life.exported("2023-04-01", car(85)), life.certified("2023-09-01", car(85)), life.taken_in("2024-03-01", car(85))], {}),
    Scenario("exported, on its way to the port, and measured abroad", [life.exported("2023-04-01", pack(86)), life.shipped("2023-04-05", pack(86), OEM, SHOP), life.measured("2024-04-05", pack(86), 80)], {}),
    Scenario("destroyed by a shop that never had it", [life.made(BORN, pack(87)), life.built("2021-04-01", car(87), pack(87)), life.destroyed("2024-02-01", pack(87), by=SHOP)], {"destroyed-by-a-stranger": pack(87)}),
    Scenario("destroyed by the yard that took its vehicle in", [life.made(BORN, pack(88)), life.built("2021-04-01", car(88), pack(88)), life.taken_in("2024-01-01", car(88)), life.destroyed("2024-02-01", pack(88), by=YARD)], {}),
    Scenario(
        "a module that lives on after its pack was crushed with it",
        [life.assembled(BORN, pack(89), module(89)), life.fed("2024-02-01", pack(89), "B89"), life.shipped("2024-04-01", module(89), RECYCLER, SHOP)],
        {"part-after-whole": module(89)},
    ),
    Scenario(
        "a module taken out before its pack was crushed",
        [life.assembled(BORN, pack(90), module(90)), life.taken_apart("2024-01-20", pack(90), module(90)), life.fed("2024-02-01", pack(90), "B90"), life.shipped("2024-04-01", module(90), RECYCLER, SHOP)],
        {},
    ),
    # health
    Scenario("a state of health of 180 percent", [life.measured("2024-02-01", pack(91), 180)], {"soh-impossible": pack(91)}),
    Scenario("a new pack a little above its rating", [life.measured("2021-04-01", pack(92), 104.5), life.measured("2022-04-01", pack(92), 97)], {}),
    Scenario("a state of health that rises by a quarter", [life.measured("2024-02-01", pack(93), 71), life.measured("2024-08-01", pack(93), 96)], {"soh-rising": pack(93)}),
    Scenario("two methods that differ a little", [life.measured("2024-02-01", pack(94), 81), life.measured("2024-08-01", pack(94), 84)], {}),
    Scenario(
        "graded higher when re-made than it was measured before",
        [life.measured("2024-02-01", pack(95), 61), life.remade("2024-03-01", pack(95), product(95, "2024-03-01"), soh=82)],
        {"soh-rising": pack(95)},
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def findings() -> Mapping[str, list[dict[str, Any]]]:
    return judge_all(SCENARIOS, ["lifecycle"])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.title)
def test_lifecycle(scenario: Scenario, findings: Mapping[str, list[dict[str, Any]]]) -> None:
    assert {(row["rule"], row["subject"]) for row in findings[scenario.title]} == scenario.expected()
    for row in findings[scenario.title]:
        assert all((row["party"], row["day"], row["told"])), row


def test_the_two_records_that_contradict_each_other_are_both_named(
    findings: Mapping[str, list[dict[str, Any]]],
) -> None:
    (row,) = findings["a vehicle sold a month before it was built and certified"]
    assert sorted("retail_selling" in text for text in row["told"]) == [False, True]
    assert (str(row["day"]), row["facts"]["other_on"], row["party"]) == ("2021-03-01", "2021-04-01", OEM)
    (row,) = findings["fed to two batches of two recyclers"]
    assert (row["party"], len(row["told"])) == (OTHER_RECYCLER, 2)
