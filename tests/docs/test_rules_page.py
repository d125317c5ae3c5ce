"""What every rule must have: scenarios in which it fires and is kept, facts for its sentence, a place on the page of rules."""

import re

import pytest
from tests.plans import planned
from tools.reference import rules as page
from tools.reference.scenarios import scenarios

from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import FAMILIES

STANDING = {"subject", "party", "day", "entries", "root"}
"""Columns of every finding, which its sentence may name."""


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_scenario_in_which_it_fires_and_one_in_which_it_does_not(rule: str) -> None:
    told = scenarios(frozenset(RULES))[rule]
    assert told.fires, "no scenario of tests/rules asserts that it finds something"
    assert told.kept or told.all_kept, "no scenario of tests/rules asserts that it finds nothing"


def _facts(rule: str) -> set[str]:
    """The columns that go into `facts` of its findings, read from the query."""
    worded = re.search(r"CAST\(CAST\(\{(.*?)\} AS JSON\) AS TEXT\) AS \"facts\"", planned().rules[rule])
    return set(re.findall(r"'(\w+)':", worded[1])) if worded else set()


@pytest.mark.parametrize("rule", RULES)
def test_what_a_sentence_names_is_found_with_the_finding(rule: str) -> None:
    known = _facts(rule) | STANDING
    said = RULES[rule]
    for sentence in (said.sentence, said.remedy):
        zh, en = (set(re.findall(r"\{(\w+)\}", told)) for told in (sentence.zh, sentence.en))
        assert zh | en <= known


def test_every_rule_stands_on_the_page_with_its_thresholds() -> None:
    text = page.text()
    assert all(f"\n### {rule}\n" in text for rule in RULES)
    assert set(page.TITLES) == set(FAMILIES)
    assert page.thresholds(RULES["impossible-travel"]) == ["travel-km", "travel-kmh"]
    assert "report-wait" in page.thresholds(RULES["custody-gap"]), "named by way of a constant"
    unread = {rule.id for rule in RULES.values() if ("threshold" in rule.law) != bool(page.thresholds(rule))}
    unread -= {"black-mass-impure"}  # reads assays, whose uncertainty it does not ask for
    assert unread == set(), "`law` says that a threshold decides, and none is read; or the other way round"
