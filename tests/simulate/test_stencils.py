"""Stencils write what `as_events` writes, byte for byte."""

import dataclasses
from datetime import timedelta

import msgspec
from tests.worlds import steps

from suyuan.simulate.as_events import events
from suyuan.simulate.lives import Step
from suyuan.simulate.stencils import line

encode = msgspec.json.Encoder().encode_lines


def test_a_line_by_stencil_is_the_line_of_the_events() -> None:
    written = 0
    for step in steps(seed=17, packs=1500, cells=0):
        if (told := line(step)) is not None:
            assert told.encode() == encode(events(step))
            written += 1
    assert written > 5000  # most of what is told


def test_what_is_special_has_no_stencil() -> None:
    made = next(step for step in steps(seed=17, packs=5, cells=3) if step.kind == "made")
    assert line(made) is None  # its cells are written one by one
    bare = {**made.facts, "cells": [], "modules": {}}
    late = {**bare, "reported_at": made.at + timedelta(days=99)}
    assert line(dataclasses.replace(made, facts=bare)) is not None
    assert line(dataclasses.replace(made, facts=late)) is None
    assert line(Step("raw", made.at, made.by, {"events": []})) is None


def test_a_pack_that_is_declared_otherwise_than_its_kind_is_written_as_declared() -> None:
    made = next(step for step in steps(seed=17, packs=5, cells=0) if step.kind == "made")
    other = dataclasses.replace(made.facts["archetype"], kwh=1.5)
    for archetype in (made.facts["archetype"], other, made.facts["archetype"]):
        told = dataclasses.replace(made, facts={**made.facts, "archetype": archetype})
        assert (line(told) or "").encode() == encode(events(told))
