"""Third-party documents by the command line: accepted, refused with the place, hashed alike."""

import json
from pathlib import Path

import pytest
from tests.scenarios.conftest import World


def test_valid_documents_are_recorded(world: World, conformance: Path) -> None:
    for path in sorted((conformance / "epcis" / "capture-valid").glob("*.json")):
        done = world.suyuan("capture", "--dry-run", str(path), "--format", "json")
        assert (path.name, done) == (path.name, 0), world.said


def test_invalid_documents_are_refused_with_the_place(world: World, conformance: Path) -> None:
    for path in sorted((conformance / "epcis" / "capture-invalid").glob("*.json")):
        assert (path.name, world.suyuan("capture", str(path), "--format", "json")) == (path.name, 2)
        [row] = json.loads(world.said)
        assert row["findings"], path.name
        assert all(f["pointer"] is not None and f["reason"] for f in row["findings"]), path.name
        assert (path.name, world.suyuan("event", "check", str(path))) == (path.name, 3)


def test_event_hashes_are_the_published_ones(world: World, conformance: Path) -> None:
    held = 0
    for path in sorted((conformance / "event-hash").rglob("*.json*")):
        expected = path.with_suffix(".hashes")
        if not expected.is_file():
            continue
        assert world.suyuan("event", "hash", str(path)) == 0, path.name
        assert (path.name, world.said.split()) == (path.name, expected.read_text("utf-8").split())
        held += 1
    assert held or pytest.fail("no vectors found")


def test_examples_of_the_standard_are_taken_in(world: World, conformance: Path) -> None:
    """Those that the schema accepts are recorded and the ledger verifies; no example ends in a crash."""
    paths = sorted((conformance / "epcis" / "examples").rglob("*.json*"))
    assert paths
    for path in paths:
        verdict = world.suyuan("event", "check", str(path))
        done = world.suyuan("capture", str(path))
        assert (path.name, verdict, done) in {(path.name, 0, 0), (path.name, 3, 2)}, world.told
    assert world.suyuan("verify") == 0
