"""Workspaces and made-up worlds for tests: small, real, in files."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from suyuan.simulate.as_events import events
from suyuan.simulate.batches import Batches
from suyuan.simulate.lives import Plan, Step, life
from suyuan.simulate.recipe import Recipe
from suyuan.simulate.world import World, world
from suyuan.usecases.capture import Captured, capture
from suyuan.usecases.workspace import Workspace, init, opened

Event = dict[str, Any]
AREA = "610100"
UNTIL = date(2026, 5, 31)


def plan(cells: int = 3, since: date = date(2018, 8, 1), until: date = UNTIL) -> Plan:
    return Plan(since, until, datetime.combine(until, datetime.min.time()) + timedelta(days=1), cells)


def made_up(seed: int, packs: int) -> World:
    return world(seed, packs, AREA)


def recipe(seed: int, packs: int, **more: Any) -> Recipe:
    """Like `plan` and `made_up` together."""
    return Recipe(seed, packs, AREA, until=UNTIL, **{"cells": 3, **more})


def steps(seed: int, packs: int, cells: int = 3) -> Iterator[Step]:
    """Every step of a world of `packs` packs, the batches last."""
    there, told = made_up(seed, packs), plan(cells)
    batches = Batches(there, told)
    for number in range(packs):
        for step in life(there, told, number):
            batches.see(step)
            yield step
    yield from batches.steps()


def world_events(seed: int, packs: int, cells: int = 3) -> list[Event]:
    return [event for step in steps(seed, packs, cells) for event in events(step)]


@contextmanager
def workspace(directory: Path, *, demo: bool = False) -> Iterator[Workspace]:
    """A workspace, made if there is none yet."""
    if not (directory / "workspace.toml").exists():
        init(directory, demo=demo)
    with opened(directory) as found:
        yield found


def ndjson(told: Iterable[Event]) -> bytes:
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in told)


def record(space: Workspace, told: Sequence[Event], *, party: str | None = None) -> Captured:
    """Capture events as one NDJSON document; all of it must be good."""
    captured = capture(space, io.BytesIO(ndjson(told)), "told.ndjson", party=party)
    assert captured.findings == [], [finding.reason.en for finding in captured.findings[:3]]
    return captured
