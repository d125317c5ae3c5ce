"""Where-used: what hundreds of codes reached, against a plain walk over what the events say."""

import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from tests.worlds import record, workspace, world_events

from suyuan.identifiers.recognise import item_key, item_kind
from suyuan.usecases.where_used import where_used
from suyuan.usecases.workspace import Workspace

Event = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> list[Event]:
    return world_events(seed=31, packs=160, cells=6)


@pytest.fixture(scope="module")
def space(world: list[Event], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with workspace(tmp_path_factory.mktemp("used") / "w") as found:
        record(found, world)
        yield found


def walked(world: list[Event], start: list[str]) -> set[str]:
    """A slow, obvious model: parts go into wholes, inputs into runs, runs into outputs."""
    onward: dict[str, set[str]] = defaultdict(set)
    for event in world:
        if event["type"] == "AssociationEvent":
            for child in event.get("childEPCs", ()):
                onward[item_key(child)].add(item_key(event["parentID"]))
        if event["type"] == "TransformationEvent":
            inputs = [
                *event.get("inputEPCList", ()),
                *(q["epcClass"] for q in event.get("inputQuantityList", ())),
            ]
            outputs = [
                *event.get("outputEPCList", ()),
                *(q["epcClass"] for q in event.get("outputQuantityList", ())),
            ]
            run = event.get("transformationID") or f"run-{id(event)}"
            for item in inputs:
                onward[item_key(item)].add(run)
            onward[run] |= {item_key(item) for item in outputs}
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        fresh = onward[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return {key for key in found if "/xform/" not in key and not key.startswith("run-")}


def cells_of(world: list[Event]) -> list[str]:
    keys = {item_key(epc) for event in world for epc in event.get("epcList", ())}
    return sorted(key for key in keys if item_kind(key) == "cell")


def test_hundreds_of_cells_reach_what_a_plain_walk_reaches(space: Workspace, world: list[Event]) -> None:
    codes = random.Random(1).sample(cells_of(world), 300)
    told = where_used(space, codes)
    reached = {row["code"] for row in told["reached"] if not row["asked"]}
    assert reached == walked(world, codes)
    assert (told["asked"], told["unknown"]) == (300, [])
    assert set(told["vehicles"]) == {code for code in reached if item_kind(code) == "vehicle"}
    assert set(told["lots"]) == {code for code in reached if item_kind(code) == "lot"}
    assert len(told["vehicles"]) > 50
    assert len(told["lots"]) > 10


def test_one_cell_of_a_recycled_pack_reaches_the_salts(space: Workspace, world: list[Event]) -> None:
    reaching = [
        cell for cell in cells_of(world) if any("lithium-carbonate" in key for key in walked(world, [cell]))
    ]
    told = where_used(space, reaching[:1])
    assert any("lithium-carbonate" in lot for lot in told["lots"])


def test_holders_are_those_who_have_or_answer_for_what_was_reached(
    space: Workspace, world: list[Event]
) -> None:
    told = where_used(space, cells_of(world)[:200])
    assert told["holders"] == sorted({row["holder"] for row in told["reached"] if row["holder"]})
    assert told["holders"] != []


def test_codes_that_are_not_on_record_are_named_and_the_others_answered(
    space: Workspace, world: list[Event]
) -> None:
    known = cells_of(world)[0]
    told = where_used(space, [known, "9A1CB240000001B3C9999999", "nonsense"])
    assert told["unknown"] == ["9A1CB240000001B3C9999999", "nonsense"]
    assert {row["code"] for row in told["reached"] if row["asked"]} == {known}


def test_codes_typed_in_lower_case_or_as_uris_are_found(space: Workspace, world: list[Event]) -> None:
    known = cells_of(world)[0]
    plain = where_used(space, [known])
    for typed in (known.lower(), f" {known} ", f"https://example.org/id/{known}"):
        assert where_used(space, [typed])["reached"] == plain["reached"]
