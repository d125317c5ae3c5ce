"""What charts show, as values: a timeline, flows between places, a balance. `render/charts` draws them.

Whatever nobody can explain is a value of its own (`unexplained`), never a remainder that is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from suyuan.terms.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Moment:
    """One step on a line of a timeline: `end` where it lasts; `alarm` where something was found about it."""

    lane: Sentence
    label: Sentence
    start: date
    end: date | None = None
    alarm: bool = False
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when, on one line a lane; lanes stand in the order in which they are first met."""

    title: Sentence
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a flow: a party, a material, a stage."""

    key: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one node to another (≥ 0, in the unit of its chart).

    `unexplained`: nobody reported where it went; then `low` and `high` say between which values it lies.
    """

    source: str
    target: str
    value: float
    unexplained: bool = False
    low: float | None = None
    high: float | None = None
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sankey:
    """Flows between nodes, which may lead back to where they came from (reuse, closed-loop material)."""

    title: Sentence
    nodes: Sequence[Node]
    flows: Sequence[Flow]
    unit: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a side of a balance (≥ 0); an unexplained one lies between `low` and `high`."""

    label: Sentence
    value: float
    unexplained: bool = False
    low: float | None = None
    high: float | None = None
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """What came in beside what went out, was kept or lost, in one unit; the unexplained part is one of `outward` (or `inward`)."""

    title: Sentence
    inward: Sequence[Part]
    outward: Sequence[Part]
    unit: str


Chart = Timeline | Sankey | Balance


def entries_of(chart: Chart) -> set[int]:
    """Every entry behind a chart."""
    if isinstance(chart, Timeline):
        return {seq for moment in chart.moments for seq in moment.entries}
    if isinstance(chart, Sankey):
        return {seq for flow in chart.flows for seq in flow.entries}
    return {seq for part in (*chart.inward, *chart.outward) for seq in part.entries}
