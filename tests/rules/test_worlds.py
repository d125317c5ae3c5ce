"""Whole worlds before all rules: a lawful one raises no alarm, and every kind of lie is found and nothing else.

A kind that fails is named by the test's id.
"""

from functools import cache

import pytest
from tests.rules.worlds import Told, findings, told

from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import Severity
from suyuan.simulate.lies.catalogue import firm_lies, kinds, lies
from suyuan.simulate.lies.lie import FirmLie, Lie
from suyuan.simulate.recipe import Faults, Recipe
from suyuan.usecases.score import Score, score

EACH = 2


@cache
def lawful() -> Told:
    return told(Recipe(31, 2000, cells=2))


@cache
def alarms() -> list[str]:
    """What the rules say of a lawful world, notes aside."""
    return [
        f"{row['rule']} {row['subject']} {row['party']} {row['day']} {row['facts']}"
        for row in findings(lawful()).to_pylist()
        if RULES[row["rule"]].severity > Severity.NOTE
    ]


@cache
def of_liars() -> Score:
    """Every lie of a life a few times, in one world, and in another every lie of a firm."""
    worlds = (
        told(Recipe(32, 2500, cells=2, faults=Faults(tuple(lies()), each=EACH))),
        told(Recipe(33, 10_000, cells=1, faults=Faults(tuple(firm_lies()), each=1))),
    )
    scores = [score(findings(world), world.planted) for world in worlds]
    return Score(
        [line for each in scores for line in each.lines],
        scores[0].total,
        [row for each in scores for row in each.unexplained],
    )


def test_a_lawful_world_raises_no_alarm() -> None:
    assert alarms() == []


@pytest.mark.parametrize("kind", kinds())
def test_every_lie_is_found_by_its_rules(kind: str) -> None:
    line = next((line for line in of_liars().lines if line.kind == kind), None)
    assert line is not None, "no life or firm offered an occasion"
    assert line.missed == []
    assert 1 <= line.planted <= EACH


@pytest.mark.parametrize("kind", kinds())
def test_the_rules_of_a_lie_speak_of_nothing_else(kind: str) -> None:
    rules = (lies().get(kind) or firm_lies()[kind]).rules
    wrong = [row for row in of_liars().unexplained if row["rule"] in rules]
    assert [f"{row['rule']} {row['subject']} {row['facts']}" for row in wrong] == []


def test_no_other_rule_speaks_of_liars_either() -> None:
    assert [f"{row['rule']} {row['subject']} {row['facts']}" for row in of_liars().unexplained] == []


def test_lies_name_rules_that_there_are() -> None:
    every: list[Lie | FirmLie] = [*lies().values(), *firm_lies().values()]
    told_of = {rule for lie in every for rule in (*lie.rules, *lie.also)}
    assert told_of - set(RULES) == set()
