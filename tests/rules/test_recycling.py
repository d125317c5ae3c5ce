"""Recycling, batch by batch: kept and broken."""

from dataclasses import replace

import pytest
from tests.rules.batches import (
    BLACK,
    CRUSHED,
    FIRMS,
    LEACHED,
    MAKER,
    OUTLET,
    PACKS,
    RECYCLER,
    day,
    fed,
    line,
    lot,
    made,
    of,
    out,
    pack,
    received,
    run,
    shipped,
    with_,
    without,
)
from tests.rules.conftest import said
from tests.rules.narrow import judged_by

from suyuan.events import writing
from suyuan.events.uris import item_uri, place_uri
from suyuan.rules import recycling, recycling_batches, recycling_lots, recycling_plants
from suyuan.rules.rule import RULES
from suyuan.simulate.codes import reuse_code

MODULES = tuple(
    module.__name__ for module in (recycling, recycling_batches, recycling_lots, recycling_plants)
)
OURS = [rule.id for rule in RULES.values() if rule.expression.__module__ in MODULES]
NCM = pack(3, letter="E")


def test_a_lawful_line_breaks_no_rule_of_recycling() -> None:
    found = judged_by(OURS, *line(), parties=FIRMS, on="2025-12-31")
    assert [row["rule"] for row in found.rows if row["rule"] != "idle-plant"] == []


def test_nothing_is_found_where_nothing_is_on_record() -> None:
    assert judged_by(OURS, on="2025-12-31").rows == ()


# mass and metal


def test_more_mass_out_of_a_crushing_than_in_is_found() -> None:
    (found,) = of(
        "more-out-than-in", *line(crushed=with_(CRUSHED, ("other", "CZ-1", 300, None, "landfilled")))
    )
    assert (found["subject"], found["party"]) == (run("P1"), RECYCLER)
    assert (found["facts"]["in_kg"], found["facts"]["out_kg"], len(found["entries"])) == (800, 860, 2)


def test_a_weighing_error_of_one_percent_is_none() -> None:
    assert (
        of("more-out-than-in", *line(crushed=with_(CRUSHED, ("other", "CZ-1", 248, None, "landfilled"))))
        == []
    )


def test_a_run_with_an_input_of_unknown_mass_is_not_judged_by_mass() -> None:
    making = [made(PACKS[0]), made(PACKS[1], kg=None)]
    crushed = with_(CRUSHED, ("other", "CZ-1", 300, None, "landfilled"))
    assert of("more-out-than-in", *line(making=making, crushed=crushed)) == []


def test_more_lithium_than_the_packs_can_hold_is_found() -> None:
    (found,) = of(
        "metal-beyond-content", *line(crushed=with_(CRUSHED, ("black-mass", "HF-1", 360, {"Li": 0.03}, None)))
    )
    assert (found["subject"], found["facts"]["metal"], found["facts"]["out_kg"]) == (run("P1"), "Li", 10.8)


def test_of_a_pack_without_declared_energy_its_mass_bounds_the_content() -> None:
    making = [made(code, kwh=None) for code in PACKS]
    assert of("metal-beyond-content", *line(making=making)) == []
    rich = with_(CRUSHED, ("black-mass", "HF-1", 360, {"Li": 0.06}, None))
    assert len(of("metal-beyond-content", *line(making=making, crushed=rich))) == 1


def test_a_pack_of_a_chemistry_without_composition_leaves_the_content_open() -> None:
    codes = (PACKS[0], pack(5, letter="Z"))
    rich = with_(CRUSHED, ("black-mass", "HF-1", 360, {"Li": 0.06}, None))
    assert of("metal-beyond-content", *line(packs=codes, crushed=rich)) == []


def test_more_than_all_of_the_lithium_fed_is_found() -> None:
    (found,) = of(
        "recovery-above-whole",
        *line(leached=with_(LEACHED, ("lithium-carbonate", "LI-1", 50, {"Li": 0.1879}, None))),
    )
    assert (found["subject"], found["facts"]["metal"]) == (run("L1"), "Li")
    assert found["facts"]["percent"] > 110


def test_what_the_assays_leave_open_is_no_recovery_above_the_whole() -> None:
    leached = with_(without(LEACHED, "JZ-1"), ("lithium-carbonate", "LI-1", 46.8, {"Li": 0.1879}, None))
    assert of("recovery-above-whole", *line(leached=leached)) == []


def test_nickel_sulfate_out_of_lfp_is_found_through_the_black_mass() -> None:
    nickel = ("nickel-sulfate", "NI-1", 30.0, {"Ni": 0.2233}, None)
    (found,) = of("metal-not-in-feed", *line(leached=with_(LEACHED, nickel)))
    assert (found["subject"], found["facts"]["letters"]) == (lot("nickel-sulfate", "NI-1"), "B")


def test_nickel_in_the_black_mass_of_lfp_is_found_at_the_crushing() -> None:
    (found,) = of(
        "metal-not-in-feed",
        *line(crushed=with_(CRUSHED, ("black-mass", "HF-1", 360, {**BLACK, "Ni": 0.05}, None))),
    )
    assert (found["subject"], found["root"]) == (lot("black-mass", "HF-1"), run("P1"))


def test_a_trace_of_nickel_is_none() -> None:
    assert (
        of(
            "metal-not-in-feed",
            *line(crushed=with_(CRUSHED, ("black-mass", "HF-1", 360, {**BLACK, "Ni": 0.0005}, None))),
        )
        == []
    )


def test_nickel_out_of_a_batch_with_one_ternary_pack_is_lawful() -> None:
    crushed = with_(CRUSHED, ("black-mass", "HF-1", 360, {**BLACK, "Ni": 0.05}, None))
    assert of("metal-not-in-feed", *line(packs=(PACKS[0], NCM), crushed=crushed)) == []


def test_more_lithium_carbonate_than_lfp_can_give_is_found() -> None:
    (found,) = of(
        "lithium-beyond-lfp", *line(leached=with_(LEACHED, ("lithium-carbonate", "LI-1", 48, None, None)))
    )
    assert (found["facts"]["kg_per_kwh"], found["facts"]["most"]) == (0.48, 0.47)
    assert found["row"] == "material-range/lithium-carbonate-from-lfp@2011-01-01"


def test_lithium_carbonate_with_ternary_packs_behind_it_is_not_judged_by_lfp() -> None:
    leached = with_(LEACHED, ("lithium-carbonate", "LI-1", 48, None, None))
    assert of("lithium-beyond-lfp", *line(packs=(PACKS[0], NCM), leached=leached)) == []


def test_products_re_made_of_used_packs_hold_more_than_they_are_rated_for() -> None:
    # two packs of 50 kWh, re-made and rated at 35: all their lithium is still there
    products = tuple(reuse_code("8E1", "P", "B", day("2024-05-01").date(), n) for n in (1, 2))
    assert (
        of("lithium-beyond-lfp", *line(packs=products, making=[made(code, 35, 390) for code in products]))
        == []
    )


def test_what_is_fed_under_two_codes_is_not_weighed_twice() -> None:
    product = reuse_code("8E1", "P", "B", day("2024-05-01").date(), 3)
    again = writing.remade(
        old=[item_uri(PACKS[0])],
        new=[item_uri(product)],
        at=day("2024-05-01"),
        place=place_uri(MAKER, "plant-1"),
    )
    told = line(
        packs=(*PACKS, product),
        making=[made(PACKS[0]), made(PACKS[1]), again],
        feeding=[fed("P1", (product,)), fed("P2", PACKS)],
    )
    assert of("lithium-beyond-lfp", *told) == []


# what is fed


def test_a_ternary_pack_in_a_batch_declared_as_lfp_is_found() -> None:
    feeding = [fed("P1", (PACKS[0], NCM), **{"sy:chemistry": "LFP"})]
    (found,) = of("wrong-line", *line(packs=(PACKS[0], NCM), feeding=feeding))
    assert (found["facts"]["declared"], found["facts"]["letters"], found["facts"]["batteries"]) == (
        "LFP",
        "E",
        1,
    )


@pytest.mark.parametrize("declared", ["LFP", "lfp", None, "mixed"])
def test_packs_of_the_declared_line_or_of_none_declared_are_lawful(declared: str | None) -> None:
    feeding = [fed("P1", PACKS, **({"sy:chemistry": declared} if declared else {}))]
    assert of("wrong-line", *line(feeding=feeding)) == []


def test_a_pack_fed_by_a_recycler_who_never_had_it_is_found() -> None:
    told = line(receipts=[received(PACKS[0])])
    outlet = said(OUTLET, [shipped(PACKS[0], RECYCLER)])
    (found,) = of("fed-not-received", told[0], outlet, told[2])
    assert (found["subject"], found["party"], str(found["day"])) == (PACKS[1], RECYCLER, "2025-03-10")


def test_a_pack_that_the_giver_says_to_have_sent_there_was_received() -> None:
    assert of("fed-not-received", *line(receipts=[])) == []


# batches


def test_a_batch_of_which_nothing_came_out_for_months_is_found() -> None:
    told = line(crushed=None, leaching=[], leached=(), selling=[])
    (found,) = of("batch-without-outputs", *told)
    assert (found["subject"], found["facts"]["inputs"]) == (run("P1"), 2)
    assert of("batch-without-outputs", *told, on="2025-05-01") == []


def test_output_before_the_feeding_is_found() -> None:
    told = line(crushed=None)
    early = replace(told[2], events=[*told[2].events, out("P1", CRUSHED, on="2025-03-05")])
    (found,) = of("out-before-in", told[0], told[1], early)
    assert (str(found["day"]), found["facts"]["fed_since"]) == ("2025-03-05", "2025-03-10")


def test_output_between_two_feedings_is_lawful() -> None:
    feeding = [fed("P1", [PACKS[0]]), fed("P1", [PACKS[1]], on="2025-03-14")]
    assert of("out-before-in", *line(feeding=feeding)) == []


def test_a_batch_number_used_again_next_year_is_found() -> None:
    feeding = [fed("P1", [PACKS[0]]), fed("P1", [PACKS[1]], on="2025-11-14")]
    (found,) = of("batch-number-again", *line(feeding=feeding))
    assert (found["facts"]["days"], found["facts"]["rested_since"]) == (247, "2025-03-12")


def test_a_batch_fed_month_by_month_is_one_batch() -> None:
    feeding = [fed("P1", [PACKS[0]], on=f"2025-{month:02d}-10") for month in range(3, 12)]
    assert of("batch-number-again", *line(feeding=feeding)) == []


def test_black_mass_of_which_half_is_missing_is_found() -> None:
    crushed = with_(
        with_(CRUSHED, ("black-mass", "HF-1", 180, BLACK, None)), ("other", "CZ-1", 420, None, "landfilled")
    )
    (found,) = of("black-mass-missing", *line(crushed=crushed))
    assert (found["facts"]["metal"], found["row"]) == (
        "Li",
        "recovery-minimum/black-mass.crushing@2025-01-01",
    )
    assert found["facts"]["percent"] < 50


def test_before_the_edition_of_2024_nothing_is_asked_of_the_black_mass() -> None:
    crushed = with_(CRUSHED, ("black-mass", "HF-1", 180, BLACK, None))
    assert (
        of("black-mass-missing", *line(crushed=None), said(RECYCLER, [out("P1", crushed, on="2024-12-30")]))
        == []
    )


def test_aluminium_in_black_mass_above_the_limit_is_found() -> None:
    (found,) = of(
        "black-mass-impure",
        *line(crushed=with_(CRUSHED, ("black-mass", "HF-1", 360, {**BLACK, "Al": 0.021, "Cu": 0.01}, None))),
    )
    assert (found["facts"]["metal"], found["facts"]["percent"], found["row"]) == ("Al", 2.1, "impurity-limit/aluminium.black-mass@2025-01-01")  # fmt: skip


def test_black_mass_just_below_the_limit_is_lawful() -> None:
    assert (
        of(
            "black-mass-impure",
            *line(
                crushed=with_(
                    CRUSHED, ("black-mass", "HF-1", 360, {**BLACK, "Al": 0.0149, "Cu": 0.0149}, None)
                )
            ),
        )
        == []
    )


def test_a_declared_wrong_output_counts_no_longer() -> None:
    crushed = with_(CRUSHED, ("other", "CZ-1", 300, None, "landfilled"))
    told = line(crushed=crushed)
    wrong = {**out("P1", crushed), "eventID": "urn:uuid:0b1c64c8-8d2b-4d2b-9d7e-3f6a1f0a0001"}
    events = [wrong if event == out("P1", crushed) else event for event in told[2].events]
    taken_back = writing.declared_wrong(wrong, at=day("2025-04-01"))
    assert len(of("more-out-than-in", told[0], told[1], replace(told[2], events=events))) == 1
    assert of("more-out-than-in", told[0], told[1], replace(told[2], events=[*events, taken_back])) == []
