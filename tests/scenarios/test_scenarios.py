"""Documents of other firms give the right state, holder, place, family and recovered metal."""

import json
import shutil
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.scenarios import batches, correcting, foreign, harder, lives, masters, silent  # noqa: F401  # they enter their scenarios
from tests.scenarios.conftest import World, below
from tests.scenarios.scene import TOLD, Scene

SCENES: list[Scene] = []
for _number, _tell in enumerate(TOLD, 1):
    SCENES.append(Scene(_number))
    _tell(SCENES[-1])


IN_ORDER = "as submitted"
BACKWARDS = "last document first, events of each document mixed"


def mixed(value: Any) -> Any:
    """The same document with its events in another order."""
    if not isinstance(value, dict) or "eventList" not in value.get("epcisBody", {}):
        return value
    events = list(value["epcisBody"]["eventList"])
    Random(len(events)).shuffle(events)
    return value | {"epcisBody": {"eventList": events}}


class Answers:
    """One ledger that took in every scenario, asked by its command line."""

    def __init__(self, world: World, arranged: str) -> None:
        self.world = world
        documents = [told for scene in SCENES for told in scene.documents]
        if arranged != IN_ORDER:
            documents = [(by, mixed(value), name) for by, value, name in reversed(documents)]
        for by, value, name in documents:
            world.capture_file(value, by, f"{world.files}.{name}")
        self.trace = cache(world.trace)
        self.where_used = cache(world.where_used)

    def ask(self, code: str, axis: str) -> Any:
        return getattr(self, axis)(code)

    def state(self, code: str) -> Any:
        told = self.trace(code)["state"]
        return told and told["state"]

    def holder(self, code: str) -> Any:
        """(how, who has it, who answers for it)"""
        held = self.trace(code)["holder"]
        return held and (held["kind"], held["holder"], held["answerable"])

    def place(self, code: str) -> Any:
        """Where it is: `<USCC>/<site>` of an own URI, else as it was written."""
        found = self.trace(code)["place"]
        return found and found.get("place", found) if isinstance(found, dict) else found

    def metals(self, code: str) -> Any:
        """Recovered metal of it, in kg."""
        return self.trace(code)["recovered"]

    def spread(self, code: str) -> Any:
        """Its standard uncertainty, in kg."""
        return {row["metal"]: row["uncertainty_kg"] for row in self.trace(code)["became"]}

    def kind(self, code: str) -> Any:
        return self.trace(code)["kind"]

    def not_state(self, code: str) -> Any:
        return Other(self.state(code) or "")

    def not_holder(self, code: str) -> Any:
        return Other((self.trace(code)["holder"] or {}).get("holder") or "")

    def answers(self, code: str) -> Any:
        return self.trace(code)["holder"]["answerable"]

    def to(self, code: str) -> Any:
        return self.trace(code)["holder"]["to"]

    def inside(self, code: str) -> Any:
        return [row["code"] for row in self.trace(code)["inside"]]

    def made_of(self, code: str) -> Any:
        return set(below(self.trace(code)["family"]["made_of"]))

    def went_into(self, code: str) -> Any:
        return set(below(self.trace(code)["family"]["went_into"]))

    def steps(self, code: str) -> Any:
        return [row["standard_step"] for row in self.trace(code)["timeline"]]

    def days(self, code: str) -> Any:
        return [row["day"] for row in self.trace(code)["timeline"]]

    def related(self, code: str) -> Any:
        return {(row["kind"], row["item"], row["other"]) for row in self.trace(code)["related"]}

    def replaced_by(self, code: str) -> Any:
        return {
            row["other"]
            for row in self.trace(code)["related"]
            if row["kind"] == "replaced" and row["item"] == code
        }

    def holds(self, code: str) -> Any:
        return self.trace(code)["holder"]["holder"]

    def vehicles(self, code: str) -> Any:
        return set(self.where_used(code)["vehicles"])

    def lots(self, code: str) -> Any:
        return set(self.where_used(code)["lots"])

    def reached(self, code: str) -> Any:
        return {row["code"] for row in self.where_used(code)["reached"]}


class Other(str):
    """Equal to anything but itself: for what must not be the answer."""

    def __eq__(self, other: object) -> bool:
        return str(self) != other

    def __hash__(self) -> int:
        return hash(str(self))


@pytest.fixture(scope="session", params=[IN_ORDER, BACKWARDS])
def answers(request: pytest.FixtureRequest, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    folder = tmp_path_factory.mktemp("all")
    shutil.copytree(empty, folder / "workspace")
    return Answers(World(folder, folder / "workspace"), request.param)


CASES = [
    pytest.param(
        code, axis, value, id=f"{tell.__name__}: {axis} of {code[3] if len(code) in (24, 19) else ''} {code}"
    )
    for tell, told in zip(TOLD, SCENES, strict=True)
    for code, axis, value in told.expected
]


@pytest.mark.parametrize(("code", "axis", "expected"), CASES)
def test_what_is_known_of(answers: Answers, code: str, axis: str, expected: Any) -> None:
    got = answers.ask(code, axis)
    if isinstance(expected, frozenset):  # one of several defensible answers
        assert (frozenset(got) if isinstance(got, set) else got) in expected
    elif isinstance(expected, dict):
        assert got == {key: pytest.approx(value, rel=1e-6) for key, value in expected.items()}
    else:
        assert got == expected, json.dumps(answers.trace(code)["timeline"], ensure_ascii=False)[:3000]
