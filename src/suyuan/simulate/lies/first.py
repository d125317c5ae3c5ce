"""Lies about scrapping, handing on, selling and custody that stood first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from suyuan.identifiers import vin
from suyuan.simulate.lies.lie import Case, Lie, Told
from suyuan.simulate.lives import Step


def _told(
    tell: Callable[[Sequence[Step]], Iterator[Step]], turns_on: str
) -> Callable[[Case, np.random.Generator], Told | None]:
    """A lie about the first pack of a life, told by whoever reports the step it turns on."""

    def told(case: Case, draw: np.random.Generator) -> Told | None:
        of_pack = case.steps[0].facts["pack"]
        turn = next(step for step in case.steps if step.kind == turns_on)
        subjects = (of_pack, *({turn.facts["code"]} if "code" in turn.facts else ()))
        if turn.facts.get("vin"):
            subjects += (turn.facts["vin"],)
        return Told(list(tell(case.steps)), tuple(dict.fromkeys(subjects)), turn.by.uscc)

    return told


def _pack_missing(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        if step.kind == "scrapped":
            yield replace(step, facts={**step.facts, "present": False, "packs": []})
            return
        yield step


def _sold_before_made(steps: Sequence[Step]) -> Iterator[Step]:
    made = next(step.at for step in steps if step.kind == "made")
    for step in steps:
        yield replace(step, at=made - timedelta(days=30)) if step.kind == "sale" else step


def _in_two_vehicles(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        if step.kind == "vehicle":
            # of a plant that no lawful VIN names
            bare = step.facts["vin"][:10] + "B" + step.facts["vin"][11:]
            twin = bare[:8] + vin.check_digit(bare) + bare[9:]
            paper = f"{step.facts['certificate']}B"
            yield replace(step, facts={**step.facts, "vin": twin, "certificate": paper})


LIES = (
    Lie(
        "pack-missing-at-scrapping", "scrapping", ("pack-missing-at-scrapping",), ("incomplete-vehicle",), "scrapped",
        _told(_pack_missing, "scrapped"),
    ),
    Lie("sold-before-made", "lifecycle", ("sold-before-made",), (), "sale", _told(_sold_before_made, "sale")),
    Lie(
        "one-code-in-two-vehicles", "assembly", ("one-code-in-two-vehicles",), ("removed-from-another-vehicle",), "vehicle",
        _told(_in_two_vehicles, "vehicle"),
    ),
)  # fmt: skip
