"""Event hash against the public reference implementation, the same events in the same run, the same hashes.

Both get parsed events; ours starts with empty memories, as a new process does. The reference takes extensions
out of their sensor metadata where a namespace does not end in `/` (rule 21 of the algorithm wants them inside),
so measurements are not compared.
"""

import importlib
import json
import logging
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, best_of
from benchmarks.made import CONTEXT, events_ndjson
from suyuan.events import event_hash, hash_values

EVENTS = 30_000
SAMPLE = 1_200
"""The reference computes some hundreds a second; a sample of the same lives is enough for its rate."""


def run() -> list[Figure]:
    """Events a second, one core."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "events.ndjson"
        events_ndjson(file, EVENTS, ids=False)
        events: list[dict[str, Any]] = [json.loads(line) for line in file.read_bytes().splitlines()]
    sample = events[:SAMPLE]

    def hashed() -> list[str]:
        event_hash._texts.cache_clear()
        hash_values._instants.clear()
        return [event_hash.event_hash(event) for event in events]

    seconds, hashes = best_of(3, hashed)
    slow, reference = best_of(1, lambda: _reference(sample))
    pairs = [
        pair
        for pair, event in zip(zip(hashes, reference, strict=False), sample, strict=True)
        if "sensorElementList" not in event
    ]
    assert all(ours == theirs for ours, theirs in pairs), "hashes differ from those of the reference"
    rate, peer = EVENTS / seconds, SAMPLE / slow
    return [
        Figure(
            name="event hash, CBV 2.0",
            ours=round(rate),
            against=round(peer),
            unit="events/s",
            peer="epcis-event-hash-generator (PyPI)",
            ratio=round(rate / peer, 1),
            goal=50,
            better="more",
            note=f"{len(pairs)} hashes compared, all equal",
        )
    ]


def _reference(events: list[dict[str, Any]]) -> list[str]:
    generator = importlib.import_module("epcis_event_hash_generator.hash_generator")
    reader = importlib.import_module("epcis_event_hash_generator.json_to_py")
    logging.getLogger().setLevel(logging.CRITICAL)
    bare = [{key: value for key, value in event.items() if key != "@context"} for event in events]
    document = {"@context": CONTEXT, "type": "EPCISDocument", "epcisBody": {"eventList": bare}}
    read = reader.event_list_from_epcis_document_json(document)
    hashes: list[str] = generator.epcis_hashes_from_events(read)
    return hashes
