"""Made-up lives: lawful, in proportion, the same for the same seed."""

import json
from collections import Counter
from datetime import date

import pytest
from tests.worlds import made_up, plan, steps, world_events

from suyuan.events.check import check_event
from suyuan.identifiers import battery_code, uscc, vin
from suyuan.simulate.as_events import WRITERS, events
from suyuan.simulate.as_rows import rows
from suyuan.simulate.figures import archetypes, composition_kg_per_kwh, maker_shares
from suyuan.simulate.lives import Step, life
from suyuan.simulate.world import world
from suyuan.standards.shapes import Amount
from suyuan.standards.tables import table


@pytest.fixture(scope="module")
def told() -> list[Step]:
    """A world of 1,500 vehicles without cells."""
    return list(steps(seed=11, packs=1500, cells=0))


def test_every_event_of_a_world_is_valid() -> None:
    told = world_events(seed=12, packs=150)
    assert [finding for event in told for finding in check_event(event)] == []


def test_every_kind_of_step_happens_in_a_world_of_1500(told: list[Step]) -> None:
    assert {step.kind for step in told} == set(WRITERS) - {"raw"}  # only who cheats tells raw events


def test_every_code_is_lawful_in_form_and_given_once(told: list[Step]) -> None:
    codes = [
        str(code) for step in told for code in (step.facts.get("pack"), step.facts.get("product")) if code
    ]
    assert [code for code in codes if not battery_code.is_valid(code)] == []
    assert len(set(codes)) == len(codes)
    numbers = [step.facts["vin"] for step in told if step.kind == "vehicle"]
    assert [number for number in numbers if not vin.is_valid(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_cells_and_modules_of_all_archetypes_have_codes_of_their_own() -> None:
    made = [step.facts for step in steps(seed=13, packs=400, cells=5000) if step.kind == "made"]
    cells = [c for facts in made for part in (facts["cells"], *facts["modules"].values()) for c in part]
    modules = [code for facts in made for code in facts["modules"]]
    assert len(set(cells + modules)) == len(cells) + len(modules)
    assert {bool(facts["modules"]) for facts in made} == {True, False}  # packs without modules too
    assert all(battery_code.is_valid(code) for code in (*cells[:2000], *modules[:2000]))


def test_firms_have_credit_codes_that_pass_both_checks_and_stand_in_the_nine_provinces() -> None:
    firms = world(seed=1, packs=100_000).firms()
    assert [firm for firm in firms if not uscc.is_valid(firm.uscc)] == []
    assert len({firm.uscc for firm in firms}) == len(firms)
    assert {firm.area[:2] for firm in firms if firm.role == "outlet"} == {
        "14", "15", "37", "41", "51", "61", "62", "63", "64",
    }  # fmt: skip


def test_a_life_does_not_depend_on_the_lives_before_it() -> None:
    there, told = made_up(3, 500), plan()
    assert list(life(there, told, 321)) == list(life(there, told, 321))


def test_another_seed_is_another_world() -> None:
    assert json.dumps(world_events(1, 5)) != json.dumps(world_events(2, 5))


def test_nothing_happens_after_the_horizon_or_before_a_pack_is_made(told: list[Step]) -> None:
    made = {step.facts["pack"]: step.at for step in told if step.kind == "made"}
    for step in told:
        assert step.at <= plan().horizon
        for key in ("code", "old", "new"):
            if (code := step.facts.get(key)) in made:
                assert made[code] < step.at, (step.kind, code)


def test_who_hands_a_pack_on_is_who_has_it(told: list[Step]) -> None:
    holders: dict[str, str] = {}
    for step in sorted(told, key=lambda step: step.at):
        facts, by = step.facts, step.by.uscc
        code = str(facts.get("code"))
        if step.kind == "made":
            holders[facts["pack"]] = facts["receiver"].uscc
        elif step.kind in ("outlet-in", "echelon-in", "recycler-in", "swap-pack"):
            giver = facts.get("giver") or facts["supplier"]
            assert holders[code] in (giver.uscc, by), (step.kind, code)
            holders[code] = by
        elif step.kind in ("outlet-out", "yard-out", "echelon-out"):
            assert holders[code] == by, (step.kind, code)
            holders[code] = facts["to"].uscc
        elif step.kind == "removal":
            holders[code] = by
        elif step.kind == "replacement":
            holders[facts["old"]] = facts["to"].uscc
        elif step.kind == "swap":
            holders[facts["old"]] = by
        elif step.kind == "echelon-product":
            holders[facts["product"]] = by


def test_sales_grow_as_in_the_table_and_lfp_has_its_share_of_each_years_energy() -> None:
    made = [step for step in steps(seed=14, packs=6000, cells=0) if step.kind == "made"]
    years = Counter(step.at.year for step in made)
    sold = table("nev-sales", Amount).newest
    expected = float(sold["2025"].value / sold["2021"].value)
    assert years[2025] / years[2021] == pytest.approx(expected, rel=0.2)
    for year in ("2023", "2025"):
        kwh = {True: 0.0, False: 0.0}
        for step in made:
            if step.at.year == int(year):
                kwh[step.facts["archetype"].chemistry == "LFP"] += step.facts["archetype"].kwh
        share = kwh[True] / (kwh[True] + kwh[False])
        assert share == pytest.approx(float(table("lfp-share", Amount).newest[year].value), abs=0.06)


def test_a_bus_has_many_packs_and_gives_them_all_back() -> None:
    buses = [
        step.facts
        for step in steps(seed=14, packs=6000, cells=0)
        if step.kind in ("vehicle", "scrapped") and len(step.facts["packs"]) > 1
    ]
    assert {len(facts["packs"]) for facts in buses} == {10}
    fitted = {facts["vin"]: facts["packs"] for facts in buses if "swap" in facts}
    for facts in buses:
        if "present" in facts:  # all but the one that was replaced
            assert len(set(facts["packs"]) & set(fitted[facts["vin"]])) in (9, 10)


def test_the_largest_battery_makers_have_the_shares_of_the_market() -> None:
    shares = maker_shares(51)
    assert [round(sum(shares[:top]), 2) for top in (2, 5, 10, 51)] == [0.65, 0.82, 0.94, 1.0]


def test_archetypes_stay_within_what_is_plausible_of_a_pack() -> None:
    for each in archetypes():
        assert 5 <= each.mass_kg / each.kwh <= 11, each.key
        metals = composition_kg_per_kwh(each.chemistry)
        assert ("Ni" in metals) == (each.chemistry == "NCM"), each.key


def test_crushing_gives_back_the_mass_that_was_fed(told: list[Step]) -> None:
    fed: Counter[str] = Counter()
    out: Counter[str] = Counter()
    for step in told:
        if step.kind == "fed":
            fed[step.facts["batch"]] += step.facts["mass_kg"]
        elif step.kind == "batch-out" and step.facts["process"] == "crushing":
            out[step.facts["batch"]] += sum(each["mass_kg"] for each in step.facts["outputs"])
    assert len(out) > 50
    for batch, mass in out.items():
        assert mass == pytest.approx(fed[batch], abs=0.11), batch


def test_leaching_gives_back_each_metal_that_the_black_mass_held(told: list[Step]) -> None:
    inside = {
        each["lot"]: (each["mass_kg"], each["shares"])
        for step in told
        if step.kind == "batch-out"
        for each in step.facts["outputs"]
        if each["material"] == "black-mass"
    }
    fed = {step.facts["batch"]: step.facts["lots"] for step in told if step.kind == "lots-fed"}
    leached = [s for s in told if s.kind == "batch-out" and s.facts["process"] == "leaching"]
    assert leached
    for step in leached:
        feed = [inside[lot["lot"]] for lot in fed[step.facts["batch"]]]
        for metal in ("Li", "Ni", "Co", "Mn"):
            before = sum(mass * shares.get(metal, 0.0) for mass, shares in feed)
            after = sum(each["mass_kg"] * each["shares"].get(metal, 0.0) for each in step.facts["outputs"])
            assert after == pytest.approx(before, rel=1e-3, abs=0.01), (step.facts["batch"], metal)


def test_batches_of_lfp_give_no_nickel_and_no_more_carbonate_than_the_feed_holds(told: list[Step]) -> None:
    kwh: Counter[str] = Counter()
    for step in told:
        if step.kind == "fed":
            kwh[f"HF-{step.facts['batch']}"] += step.facts["archetype"].kwh
    feeds = {step.facts["batch"]: step.facts["lots"] for step in told if step.kind == "lots-fed"}
    for step in told:
        if step.kind == "batch-out" and step.facts["batch"].startswith("LP"):
            made = {each["material"]: each["mass_kg"] for each in step.facts["outputs"]}
            assert not {"nickel-sulfate", "cobalt-sulfate"} & set(made)
            fed = sum(kwh[lot["lot"]] for lot in feeds[step.facts["batch"]])
            assert made.get("lithium-carbonate", 0) <= 0.47 * fed


def test_each_step_has_rows_in_a_form_but_for_losses(told: list[Step]) -> None:
    without = {step.kind for step in told if not rows(step)}
    assert without == {"lost", "pack-in", "swap-out", "customer-in", "customer-out", "product-in"}
    assert all(events(step) for step in told[:2000])


def test_days_of_making_spread_over_the_whole_span() -> None:
    days = [step.at.date() for step in steps(seed=15, packs=300, cells=0) if step.kind == "made"]
    assert min(days) < date(2020, 1, 1)
    assert max(days) > date(2026, 1, 1)
