"""Scrapping: kept and broken."""

import pytest
from tests.rules.lives import (
    CUSTOMER,
    OEM,
    OUTLET,
    PACK,
    RECYCLER,
    REGISTER,
    SPARE,
    STRANGER,
    VIN,
    VIN2,
    YARD,
    Step,
    certified,
    gone,
    installed,
    made,
    received,
    removed,
    replaced,
    sold,
    stocked,
    taken_in,
    told,
    used_in,
)
from tests.rules.lives import MAKER as MADE_BY
from tests.rules.narrow import Narrow, judged_by

OLD, NEW = "2024-05-01", "2026-05-01"


def life(*steps: Step, day: str = "2026-06-30") -> Narrow:
    return judged_by(["incomplete-vehicle"], *told(*steps), parties=REGISTER, on=day)


def swap_car() -> tuple[Step, ...]:
    return (
        made(MADE_BY, "2021-03-12"), installed(OEM, "2021-04-01"), certified(OEM, "2021-04-01", swap=True), sold(OEM, "2021-05-01"),
    )  # fmt: skip


def test_a_vehicle_that_comes_with_its_pack_and_leaves_without_raises_nothing() -> None:
    steps = (taken_in(YARD, OLD, codes=[PACK]), removed(YARD, "2024-05-05"), gone(YARD, "2024-06-20"))
    assert life(*used_in(), *steps).rules == []


def test_a_vehicle_without_its_pack_is_incomplete_since_order_73() -> None:
    (found,) = life(*used_in(), taken_in(YARD, NEW, present=False)).of("incomplete-vehicle")
    assert (found["subject"], found["party"], found["facts"]["packs"]) == (VIN, YARD, PACK)
    assert found["row"] == "integrated-scrapping/vehicle@2026-04-01"


def test_before_order_73_a_missing_pack_is_a_question_where_it_is_still_bound() -> None:
    found = life(*used_in(), taken_in(YARD, "2026-03-31", present=False))
    assert found.of("incomplete-vehicle") == []
    assert [(f["subject"], f["party"]) for f in found.of("pack-missing-at-scrapping")] == [(PACK, YARD)]
    taken_out = removed(OEM, "2023-05-01", to=OUTLET)
    assert (
        life(*used_in(), taken_out, taken_in(YARD, "2026-03-31", present=False)).of(
            "pack-missing-at-scrapping"
        )
        == []
    )


def test_vehicles_made_for_swapping_may_come_without() -> None:
    assert life(*swap_car(), taken_in(YARD, NEW, present=False)).rules == []


def test_whether_the_battery_was_there_is_not_guessed() -> None:
    assert life(*used_in(), taken_in(YARD, NEW, present=None)).rules == []


def test_a_pack_taken_out_three_weeks_before_scrapping() -> None:
    steps = (removed(OEM, "2026-04-12"), taken_in(YARD, NEW, present=False))
    (found,) = life(*used_in(), *steps).of("pack-removed-before-scrapping")
    assert (found["subject"], found["party"], found["facts"]["days"]) == (PACK, OEM, 19)


@pytest.mark.parametrize("when", ["2026-01-30", "2023-05-01"])
def test_a_pack_taken_out_long_before_was_not_taken_out_for_scrapping(when: str) -> None:
    steps = (removed(OEM, when), taken_in(YARD, NEW, present=False))
    assert life(*used_in(), *steps).of("pack-removed-before-scrapping") == []


def test_a_pack_that_was_replaced_shortly_before_scrapping_is_no_loss() -> None:
    spare = (made(MADE_BY, "2021-03-13", SPARE), stocked(OEM, "2026-04-01", SPARE))
    steps = (
        *spare,
        replaced(OEM, "2026-04-12", to=OUTLET),
        taken_in(YARD, NEW, codes=[SPARE]),
        removed(YARD, "2026-05-03", code=SPARE),
    )
    assert life(*used_in(), *steps).rules == []


def test_what_the_dismantler_itself_took_out_is_not_taken_out_before() -> None:
    steps = (removed(YARD, "2026-04-30"), taken_in(YARD, NEW, present=False))
    assert life(*used_in(), *steps).of("pack-removed-before-scrapping") == []


def test_a_vehicle_that_is_gone_with_its_pack() -> None:
    steps = (taken_in(YARD, OLD, codes=[PACK]), gone(YARD, "2024-06-20"))
    (found,) = life(*used_in(), *steps).of("vehicle-gone-with-pack")
    assert (found["subject"], found["party"], found["facts"]["vehicle"], len(found["entries"])) == (
        PACK,
        YARD,
        VIN,
        2,
    )
    assert life(*used_in(), *steps, day="2024-08-01").of("vehicle-gone-with-pack") == []


def test_a_pack_that_turned_up_elsewhere_is_not_gone_with_its_vehicle() -> None:
    steps = (
        taken_in(YARD, OLD, codes=[PACK]),
        gone(YARD, "2024-06-20"),
        received(YARD, RECYCLER, "2024-07-01"),
    )
    assert life(*used_in(), *steps).of("vehicle-gone-with-pack") == []


def test_a_pack_that_stays_in_a_scrapped_vehicle_for_half_a_year() -> None:
    (found,) = life(*used_in(), taken_in(YARD, OLD, codes=[PACK])).of("pack-never-removed")
    assert (found["subject"], found["party"], str(found["day"])) == (PACK, YARD, OLD)
    assert (
        life(*used_in(), taken_in(YARD, OLD, codes=[PACK]), day="2024-10-27").of("pack-never-removed") == []
    )


def test_a_code_of_another_pack_is_read_at_scrapping() -> None:
    (found,) = life(*used_in(), taken_in(YARD, OLD, codes=[SPARE])).of("codes-differ-at-scrapping")
    assert (found["subject"], found["facts"]["read"], found["facts"]["packs"]) == (VIN, SPARE, PACK)


@pytest.mark.parametrize(
    "codes", [[PACK], [f"https://w3id.org/suyuan/obj/{PACK}"], [PACK.lower()], ["unreadable"], None]
)
def test_the_code_on_record_however_it_is_written_and_no_code_at_all_differ_from_nothing(
    codes: list[str] | None,
) -> None:
    assert life(*used_in(), taken_in(YARD, OLD, codes=codes)).of("codes-differ-at-scrapping") == []


def test_a_vehicle_of_which_no_pack_is_on_record_is_not_compared() -> None:
    assert life(taken_in(YARD, OLD, codes=[PACK])).of("codes-differ-at-scrapping") == []


def test_one_certificate_for_two_vehicles() -> None:
    two = (taken_in(YARD, OLD, paper="BF1"), taken_in(YARD, "2024-06-01", VIN2, paper="BF1"))
    found = life(*two).of("scrap-certificate-twice")
    assert sorted(f["subject"] for f in found) == sorted([VIN, VIN2])
    assert {(f["party"], f["facts"]["certificate"], f["facts"]["count"]) for f in found} == {(YARD, "BF1", 2)}
    assert life(two[0], taken_in(YARD, "2024-06-01", VIN2, paper="BF2")).of("scrap-certificate-twice") == []


def test_the_same_vehicle_told_twice_is_one_vehicle() -> None:
    assert (
        life(taken_in(YARD, OLD), taken_in(YARD, "2024-05-02"), gone(YARD, "2024-06-20")).of(
            "scrap-certificate-twice"
        )
        == []
    )


def test_only_dismantlers_take_vehicles_in() -> None:
    (found,) = life(taken_in(CUSTOMER, OLD)).of("scrapped-by-no-dismantler")
    assert (found["party"], found["facts"]["party_roles"]) == (CUSTOMER, "customer")
    assert life(taken_in(STRANGER, OLD)).of("scrapped-by-no-dismantler") == []


def test_a_vehicle_without_a_scrap_certificate_is_noted() -> None:
    assert life(taken_in(YARD, OLD, paper=None)).subjects("scrapped-without-certificate") == [VIN]
    assert life(taken_in(YARD, OLD)).of("scrapped-without-certificate") == []
