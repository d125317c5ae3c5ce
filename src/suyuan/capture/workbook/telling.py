"""Groups of good rows told as prepared events, in this process or in workers.

Telling and preparing take most of a workbook's time, and a group needs nothing but itself: a long workbook is
told by worker processes beside the one that judges.
"""

import pickle
from collections.abc import Callable
from typing import Any, NamedTuple

from suyuan.capture.workbook.steps import STEPS
from suyuan.capture.workbook.submitter import Submitter
from suyuan.events.prepared import Prepared, prepare

Prepare = Callable[[dict[str, Any], str], Prepared]


class Group(NamedTuple):
    """Rows that are told together: of which sheet of which form, by whom, where they stand."""

    role: str
    sheet: str
    by: Submitter
    place: str
    rows: list[dict[str, Any]]


def told(groups: list[Group], prepare: Prepare = prepare) -> list[Prepared]:
    """The events of groups, in their order."""
    return [
        prepare(event, group.place)
        for group in groups
        for event in STEPS[group.role, group.sheet](group.rows, group.by)
    ]


def request(groups: list[Group]) -> tuple[bytes]:
    """Groups as they cross the pipe to a worker; rows hold dates, which only pickle carries."""
    return (pickle.dumps(groups, pickle.HIGHEST_PROTOCOL),)


def answer(data: bytes) -> list[tuple[Any, ...]]:
    """`told` in a worker process."""
    return [tuple(each) for each in told(pickle.loads(data))]
