"""Judging by the rules of one subject: all that its scenarios may raise, and no more."""

from collections.abc import Sequence

import pyarrow as pa
from tests.rules.conftest import Event, Judged, Said, judged

from suyuan.rules.catalogue import RULES
from suyuan.rules.rule import Rule


def _subject(rule: Rule) -> str:
    """What modules share: `recycling` of `recycling_lots`."""
    return rule.expression.__module__.rpartition(".")[2].partition("_")[0]


def judged_by(
    names: Sequence[str],
    *told: Said,
    on: str = "2026-06-30",
    parties: Sequence[Event] = (),
    law: pa.Table | None = None,
) -> Judged:
    """The findings on that day of all rules of the subject that these rules are of."""
    subject = _subject(RULES[names[0]])
    rules = [rule.id for rule in RULES.values() if _subject(rule) == subject]
    return judged(*told, day=on, parties=parties, rules=rules, law_rows=law)
