"""What a rule is: an expression of facts, with its clause, its words and how much it weighs.

    @rule("custody-gap", family="custody", severity=Severity.WARNING, cites=("order-73-2026#article-24",), …)
    def custody_gap(facts: Facts) -> ibis.Table: …

The table that a rule gives has these columns; every further one is a fact that its sentence may name:

    subject   what the finding is about: an item, a run, a party, a site, a document
    party     USCC of who has to answer, null where nobody can be told
    day       the day in the world on which it went wrong; the row of law in force then decides
    entries   sequence numbers of the entries that it rests on
    root      optional: findings of one party with one root are one case; the subject where left out
    row       optional: the row of law that decided (`facts.in_force` gives it)

>>> Severity.NOTE < Severity.WARNING < Severity.SERIOUS
True
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import total_ordering
from typing import Literal

import ibis

from suyuan.rules.facts import Facts
from suyuan.terms.sentence import Sentence

Family = Literal[
    "identity", "lifecycle", "custody", "assembly", "scrapping", "outlets", "recycling", "reporting", "producers"
]  # fmt: skip
FAMILIES: Sequence[Family] = Family.__args__  # type: ignore[attr-defined]  # a Literal knows its words
Scope = Literal["item", "party", "runs", "whole"]
"""What a finding is told from, so that news have only that judged again which they can change.

`item`: what is on record of the item and its family; `party`: all that is on record of the party of the finding; `runs`: the process
runs of the whole ledger, what went into them and came out; `whole`: anything.
"""


@total_ordering
class Severity(Enum):
    """How much a finding weighs."""

    NOTE = "note"
    WARNING = "warning"
    SERIOUS = "serious"

    def __lt__(self, other: "Severity") -> bool:
        order = list(Severity)
        return order.index(self) < order.index(other)

    @property
    def words(self) -> Sentence:
        """As people are told."""
        return {
            Severity.NOTE: Sentence(zh="提示", en="note"),
            Severity.WARNING: Sentence(zh="存疑", en="warning"),
            Severity.SERIOUS: Sentence(zh="严重", en="serious"),
        }[self]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `sentence` and `remedy` may name facts in braces: `{held_by} held it, {handed_over_by} handed it over`."""

    id: str
    family: Family
    severity: Severity
    cites: tuple[str, ...]
    title: Sentence
    sentence: Sentence
    remedy: Sentence
    scope: Scope
    owner: str
    """Role (a key of `party-role`) that has to act on it, `regulator` where the authority has to."""
    law: tuple[str, ...]
    """Names of the tables of law whose rows decide."""
    expression: Callable[[Facts], ibis.Table]

    def __call__(self, facts: Facts) -> ibis.Table:
        """The findings of this rule."""
        return self.expression(facts)


RULES: dict[str, Rule] = {}
"""All rules by id, in the order in which their modules are named in `rules.catalogue`."""


def rule(
    id: str,  # noqa: A002  # the word of the trade for what names a rule
    *,
    family: Family,
    severity: Severity,
    cites: Sequence[str],
    title: Sentence,
    sentence: Sentence,
    remedy: Sentence,
    scope: Scope = "item",
    owner: str = "regulator",
    law: Sequence[str] = (),
) -> Callable[[Callable[[Facts], ibis.Table]], Rule]:
    """Register an expression as a rule."""

    def registered(expression: Callable[[Facts], ibis.Table]) -> Rule:
        assert id not in RULES, f"two rules are called {id}"
        found = Rule(
            id, family, severity, tuple(cites), title, sentence, remedy, scope, owner, tuple(law), expression
        )
        RULES[id] = found
        return found

    return registered
