"""Where enough happens for a firm's lie to show: a firm that feeds one pack a year has no balance, who reports twice has no habit.

Each gives what `FirmLie.occasion` asks for: (plan, firm, the lawful steps that it takes or is named in) → enough?
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from suyuan.simulate.lies.telling import SETTLED
from suyuan.simulate.lives import Plan, Step
from suyuan.simulate.world import Firm

Occasion = Callable[[Plan, Firm, Sequence[Step]], bool]
REGULAR_MONTHS, NAMED = 8, 6
"""Months with reports, and hand-overs told by others: a little more than what the rules ask for (6 and 3)."""


def does(
    least: int,
    *kinds: str,
    since: datetime = datetime.min,
    until: timedelta = SETTLED,
    where: Callable[[Step], bool] = lambda step: True,
) -> Occasion:
    """It takes so many steps of these kinds (any, where none is named), from a day on, so long before the horizon."""

    def enough(plan: Plan, firm: Firm, steps: Sequence[Step]) -> bool:
        return least <= sum(
            step.by.uscc == firm.uscc
            and (not kinds or step.kind in kinds)
            and since <= step.at <= plan.horizon - until
            and where(step)
            for step in steps
        )

    return enough


def in_one_year(least: int, *kinds: str, until: timedelta = SETTLED) -> Occasion:
    """It takes so many steps of these kinds in one year that is over and settled."""

    def enough(plan: Plan, firm: Firm, steps: Sequence[Step]) -> bool:
        last = plan.horizon - until
        years = Counter(
            step.at.year for step in steps if step.by.uscc == firm.uscc and (not kinds or step.kind in kinds)
        )
        return any(count >= least and datetime(year + 1, 1, 1) <= last for year, count in years.items())

    return enough


def named(least: int, days: int = 75) -> Occasion:
    """Others tell of so many hand-overs to it or by it, so many days before the horizon."""
    return lambda plan, firm, steps: len(_by_others(plan, firm, steps, days)) >= least


def regular_until(days: int, later: int) -> Occasion:
    """It reports month by month up to so many days before the horizon, and later than that others go on naming it."""

    def enough(plan: Plan, firm: Firm, steps: Sequence[Step]) -> bool:
        since, until = plan.horizon - timedelta(days=days), plan.horizon - timedelta(days=later)
        own = {(s.at.year, s.at.month) for s in steps if s.by.uscc == firm.uscc and s.at < since}
        after = [step for step in _by_others(plan, firm, steps, 75) if step.at > until]
        return len(own) >= REGULAR_MONTHS and len(after) >= NAMED

    return enough


def _by_others(plan: Plan, firm: Firm, steps: Sequence[Step], days: int) -> list[Step]:
    last = plan.horizon - timedelta(days=days)
    return [
        step
        for step in steps
        if step.by.uscc != firm.uscc
        and step.at < last
        and any(getattr(step.facts.get(word), "uscc", "") == firm.uscc for word in ("to", "giver"))
    ]
