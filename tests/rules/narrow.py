"""Judging by the rules of one subject: all that its scenarios may raise, and of these only what a test asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
from tests.rules.conftest import Event, Judged, Said, judged

from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import Rule


def _subject(rule: Rule) -> str:
    """What modules share: `recycling` of `recycling_lots`."""
    return rule.expression.__module__.rpartition(".")[2].partition("_")[0]


@dataclass(frozen=True)
class Narrow:
    """What was told; judged by one rule (`of`, `subjects`), or by all of the subject (`rules`, `rows`)."""

    told: Sequence[Said]
    on: str
    parties: Sequence[Event]
    law: pa.Table | None
    subject: str

    def _judged(self, rules: Sequence[str]) -> Judged:
        return judged(*self.told, day=self.on, parties=self.parties, rules=rules, law_rows=self.law)

    def of(self, rule: str) -> list[dict[str, Any]]:
        assert _subject(RULES[rule]) == self.subject, f"{rule} is no rule of {self.subject}"
        return self._judged([rule]).of(rule)

    def subjects(self, rule: str) -> list[str]:
        return sorted(row["subject"] for row in self.of(rule))

    @cached_property
    def _all(self) -> Judged:
        return self._judged([rule.id for rule in RULES.values() if _subject(rule) == self.subject])

    @property
    def rules(self) -> list[str]:
        return self._all.rules

    @property
    def rows(self) -> tuple[dict[str, Any], ...]:
        return self._all.rows


def judged_by(
    names: Sequence[str],
    *told: Said,
    on: str = "2026-06-30",
    parties: Sequence[Event] = (),
    law: pa.Table | None = None,
) -> Narrow:
    """What is told, to be judged on that day by rules of the subject that these rules are of."""
    return Narrow(told, on, parties, law, _subject(RULES[names[0]]))
