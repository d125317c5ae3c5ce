"""Who lies: so many as asked for, one lie a life, one kind a firm; the rest of the world tells the truth."""

from collections import Counter
from pathlib import Path

import pytest
from tests.worlds import recipe

from suyuan.simulate import files
from suyuan.simulate.lies.catalogue import firm_lies, kinds, lies
from suyuan.simulate.lives import life
from suyuan.simulate.lying import Liars, assign
from suyuan.simulate.recipe import EACH, Faults, NoSuchKind, faults_of
from suyuan.simulate.reporting import SLOWEST, reported_at
from suyuan.simulate.stretch import tell

LIVES = ("custody-gap", "pack-missing-at-scrapping")
FIRM = "model-not-filed"


def test_there_are_so_many_of_each_kind_as_asked_for() -> None:
    world = recipe(5, 1500, faults=Faults(LIVES, each=4))
    assigned, there = assign(world), Liars(world)
    assert Counter(assigned.values()) == dict.fromkeys(LIVES, 4)
    for number, kind in assigned.items():
        steps, plant = there.told(number, kind)
        assert plant is not None
        assert (plant.kind, plant.family, plant.rules) == (kind, lies()[kind].family, lies()[kind].rules)
        assert steps != life(there.world, there.plan, number)


def test_a_share_of_the_lives_lies_and_the_others_tell_the_truth() -> None:
    there = Liars(recipe(5, 1500, faults=Faults(LIVES, rate=0.1)))
    told = [there.told(number) for number in range(1500)]
    count = Counter(plant.kind for _, plant in told if plant)
    assert set(count) == set(LIVES)
    # a tenth of the lives is asked for each kind; only a part of them offers an occasion
    assert 0 < max(count.values()) < 180
    assert all(
        steps == life(there.world, there.plan, n) for n, (steps, plant) in enumerate(told) if not plant
    )


def test_firms_that_lie_make_the_world_larger_by_honest_ones_too() -> None:
    honest, lying = recipe(5, 10_000), recipe(5, 10_000, faults=Faults((FIRM,), each=2))
    role = firm_lies()[FIRM].role
    more = Counter(firm.role for firm in lying.world.firms())
    more.subtract(firm.role for firm in honest.world.firms())
    assert {each: n for each, n in more.items() if n and each != "outlet"} in ({role: 4}, {})
    assert len(Liars(lying).firms) == 2
    assert len(Liars(recipe(5, 1000, faults=Faults((FIRM,), each=2))).firms) == 1  # too small a world for two


def test_a_firm_lies_only_where_enough_happens_for_the_lie_to_show() -> None:
    small, large = (
        recipe(5, 300, faults=Faults(("hides-residue",), each=1)),
        recipe(5, 5000, faults=Faults(("hides-residue",), each=1)),
    )
    assert Liars(small).firms == {}
    assert len(Liars(large).firms) == 1


def test_a_life_in_which_a_lying_firm_takes_part_tells_no_lie_of_its_own() -> None:
    world = recipe(6, 1500, faults=Faults((*LIVES, FIRM), each=2))
    there = Liars(world)
    for number in assign(world):
        assert not there.touched(life(there.world, there.plan, number))


def test_kinds_are_named_on_the_command_line() -> None:
    assert faults_of("none", each=7) == Faults()
    assert faults_of("all").kinds == kinds()
    assert faults_of("custody-gap").each == EACH
    assert faults_of("custody-gap,custody-gap", rate=0.5) == Faults(("custody-gap",), rate=0.5)
    with pytest.raises(NoSuchKind, match="no fault is called 'no-such'"):
        faults_of("custody-gap,no-such")


def test_a_world_is_the_same_whoever_tells_its_stretches_in_whatever_order(tmp_path: Path) -> None:
    world = recipe(7, 1100, faults=Faults((*LIVES, FIRM), each=2))

    def backwards(requests):  # type: ignore[no-untyped-def]
        asked = list(requests)
        answers = {n: tell(*asked[n]) for n in reversed(range(len(asked)))}
        return iter([answers[n] for n in range(len(asked))])

    files.write(tmp_path / "a", world, month="2026-05")
    files.write(tmp_path / "b", world, month="2026-05", spread=backwards)
    for path in sorted((tmp_path / "a").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes(), path


def test_everything_is_reported_after_it_happened_and_before_any_deadline() -> None:
    there = Liars(recipe(8, 300))
    delays = [
        reported_at(step.at, step.by, step.kind) - step.at
        for number in range(300)
        for step in life(there.world, there.plan, number)
    ]
    assert min(delays).total_seconds() > 0
    assert max(delays) < SLOWEST
    assert len(set(delays)) > 100


def test_nobody_s_vendor_code_or_wmi_is_another_s_in_a_large_world() -> None:
    large = recipe(9, 10_000_000, faults=Faults((FIRM,), each=30)).world
    for codes in (
        [firm.vendor for firm in large.firms() if firm.vendor],
        [firm.wmi for firm in large.firms() if firm.wmi],
    ):
        assert len(set(codes)) == len(codes)
        assert {len(code) for code in codes} == {3}


def test_a_firm_that_never_had_an_occasion_to_lie_is_not_in_the_truth() -> None:
    there = Liars(recipe(10, 10_000, faults=Faults(("hides-residue",), each=2)))
    first, second = there.firms
    assert [plant.party for plant in there.plants({first: 3})] == [first]
    assert {plant.party for plant in there.plants({first: 1, second: 1})} == {first, second}


def test_a_lie_that_would_bring_in_a_lying_firm_is_not_told() -> None:
    world = recipe(6, 1500, faults=Faults((*lies(), *firm_lies()), each=1))
    there = Liars(world)
    for number, kind in assign(world).items():
        steps, plant = there.told(number, kind)
        assert plant is not None
        assert not there.touched(steps)
