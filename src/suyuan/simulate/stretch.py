"""A stretch of lives as lines of events: what one of several processes makes of a world.

Arguments and answers are plain values; the answer does not depend on who else is at work.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec

from suyuan.simulate.as_events import events
from suyuan.simulate.batches import Batches, Sum
from suyuan.simulate.lives import Step
from suyuan.simulate.lying import liars
from suyuan.simulate.recipe import Recipe
from suyuan.simulate.stencils import line
from suyuan.simulate.world import Firm

LIVES = 500
"""Lives of a stretch."""
LIVES_TOLD = 1000
"""Of the first so many the outcome is told."""
_lines = msgspec.json.Encoder().encode_lines

Answer = tuple[
    bytes,
    int,
    int,
    list[Sum],
    list[dict[str, Any]],
    list[bytes],
    list[int],
    list[tuple[str, bytes]],
    dict[str, int],
]
"""Lines of events, how many, packs, sums of batches, planted lies, outcomes, lives that go on in the month, documents of their own, steps that
lying firms told otherwise."""


def tell(
    key: tuple[Any, ...], first: int, last: int, assigned: Mapping[int, str], month: tuple[str, str] | None
) -> Answer:
    """The lives from `first` up to before `last` of the world of a recipe's key; steps within `month` are left out."""
    recipe = Recipe.of(key)
    there, window = (
        liars(recipe),
        month and (datetime.fromisoformat(month[0]), datetime.fromisoformat(month[1])),
    )
    batches = Batches(there.world, there.plan)
    before = Counter(there.told_otherwise)
    text: list[bytes] = []
    plants: list[dict[str, Any]] = []
    outcomes: list[bytes] = []
    in_month: list[int] = []
    documents: list[tuple[str, bytes]] = []
    packs = count = 0
    for number in range(first, last):
        steps, plant = there.told(number, assigned.get(number))
        if plant:
            plants.append(asdict(plant))
        elif number < LIVES_TOLD and steps and not there.touched(steps):
            outcomes.append(msgspec.json.encode(outcome(steps)))
        for step in steps:
            batches.see(step)
            packs += step.kind == "made"
            if name := step.facts.get("document_of"):
                documents.append((name, _lines(events(step))))
            elif window and window[0] <= step.at < window[1]:
                if not in_month or in_month[-1] != number:
                    in_month.append(number)
            else:
                told = _written(step)
                text.append(told)
                count += told.count(b"\n")
    return (
        b"".join(text),
        count,
        packs,
        batches.sums(),
        plants,
        outcomes,
        in_month,
        documents,
        dict(there.told_otherwise - before),
    )


def _written(step: Step) -> bytes:
    by_stencil = line(step)
    return _lines(events(step)) if by_stencil is None else by_stencil.encode()


def lines(steps: Sequence[Step]) -> tuple[bytes, int]:
    """The events of some steps, one a line, and how many they are."""
    text = b"".join(map(_written, steps))
    return text, text.count(b"\n")


def outcome(steps: Sequence[Step]) -> dict[str, object]:
    """The last that is known of the first pack of a life; that its vehicle is taken apart is not about the pack."""
    pack = steps[0].facts["pack"]
    about = [
        s
        for s in steps
        if s.kind != "gone"
        and pack
        in (
            s.facts.get("pack"),
            s.facts.get("code"),
            s.facts.get("old"),
            *s.facts.get("packs", ()),
            *s.facts.get("sources", ()),
        )
    ]
    last = max(about, key=lambda step: step.at)
    to: Firm | None = last.facts.get("to") or (last.facts["receiver"] if last.kind == "made" else None)
    return {
        "pack": pack, "last": last.kind, "at": last.at.isoformat(), "by": last.by.uscc, "to": to.uscc if to else None,
    }  # fmt: skip
