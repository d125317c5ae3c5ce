"""Many scenarios in one world: each has things of its own, all are judged together, and each is told what was found of its things."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rules.conftest import Event, Said, judged
from tests.rules.things import PARTIES

from suyuan.rules.rule import RULES, Family


@dataclass(frozen=True)
class Scenario:
    """What happened, and which rules find what: rule → subjects. Nothing else of the families is found of these things."""

    title: str
    told: Sequence[Said | Sequence[Said]]
    found: Mapping[str, str | Sequence[str]]

    def said(self) -> list[Said]:
        """What was told, flat."""
        return [each for some in self.told for each in ([some] if isinstance(some, Said) else some)]

    def expected(self) -> set[tuple[str, str]]:
        """(rule, subject)."""
        return {
            (rule, one)
            for rule, some in self.found.items()
            for one in ([some] if isinstance(some, str) else some)
        }


def judge_all(
    scenarios: Iterable[Scenario], families: Sequence[Family], parties: Sequence[Event] = PARTIES
) -> Mapping[str, list[dict[str, Any]]]:
    """The findings of these families by scenario, each with the texts of its entries (`told`)."""
    scenarios = list(scenarios)
    rules = [rule.id for rule in RULES.values() if rule.family in families]
    told = [each for scenario in scenarios for each in scenario.said()]
    events = [json.dumps(event) for each in told for event in each.events]
    rows = judged(*told, parties=parties, rules=rules).rows
    by_scenario: dict[str, list[dict[str, Any]]] = {scenario.title: [] for scenario in scenarios}
    for scenario in scenarios:
        own = json.dumps([event for each in scenario.said() for event in each.events])
        for row in rows:
            if f'{row["subject"]}"' in own:
                entries = [events[seq - len(parties)] for seq in row["entries"] if seq >= len(parties)]
                by_scenario[scenario.title].append({**row, "told": entries})
    return by_scenario
