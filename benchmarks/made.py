"""A file of events to measure with: lives of packs as `domain/events.md` writes them, about 800 bytes an event."""

import json
from pathlib import Path

import numpy as np

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"sy": "https://w3id.org/suyuan/voc#"},
]
BASE = "https://w3id.org/suyuan"
FIRMS = ("91350900587527783P", "91440300192317458F", "912201011239989159")


def code(kind: str, number: int) -> str:
    """A valid GB/T 34014 code (vendor 001, LFP); the serial is the running number."""
    return f"001{kind}B240000001G51{number % 10_000_000:07d}"


def events_ndjson(path: Path, events: int, *, ids: bool = True, seed: int = 7, first: int = 0) -> int:
    """Write `events` events, one a line; returns the size in bytes. `ids`: each carries an eventID.

    From event `first` on (a multiple of six): files that do not overlap tell of other packs.
    """
    assert first % 6 == 0, "a life is told from its beginning"
    draw = np.random.default_rng(seed)
    start = draw.integers(0, 60 * 24 * 27, events // 6 + 1)  # minutes; a life takes less than a day
    with path.open("wb") as out:
        for n in range(first, first + events):
            pack, step = divmod(n, 6)
            minute = int(start[pack - first // 6]) + 10 * step
            out.write(json.dumps(_event(pack, step, minute, ids, n), separators=(",", ":")).encode() + b"\n")
    return path.stat().st_size


def _event(pack: int, step: int, minute: int, ids: bool, n: int) -> dict[str, object]:
    maker, carmaker = FIRMS[pack % 3], FIRMS[(pack + 1) % 3]
    place = {"id": f"{BASE}/loc/{maker}/plant-1"}
    pack_uri = f"{BASE}/obj/{code('P', pack)}"
    time = f"2026-05-{1 + minute // 1440:02d}T{minute // 60 % 24:02d}:{minute % 60:02d}:00+08:00"
    head: dict[str, object] = {"@context": CONTEXT}
    if ids:
        head["eventID"] = f"urn:uuid:{n:08x}-7dec-11d0-a765-{minute:012x}"
    head |= {"eventTime": time, "eventTimeZoneOffset": "+08:00"}
    hand = {
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": f"{BASE}/bt/{maker}/delivery/D{pack // 40:06d}"}
        ],
        "sourceList": [{"type": "possessing_party", "source": f"{BASE}/party/{maker}"}],
        "destinationList": [{"type": "possessing_party", "destination": f"{BASE}/party/{carmaker}"}],
    }
    if step == 0:
        made = {
            "sy:model": "LFP-55-A",
            "sy:chemistry": "LFP",
            "sy:ratedEnergy_kWh": 54.6,
            "sy:ratedCapacity_Ah": 161,
            "sy:nominalVoltage_V": 339.2,
            "sy:mass_kg": 438.5,
        }
        return head | {
            "type": "ObjectEvent", "epcList": [pack_uri], "action": "ADD", "bizStep": "commissioning",
            "disposition": "active", "readPoint": place, "bizLocation": place, "ilmd": made,
        }  # fmt: skip
    if step == 1:
        return head | {
            "type": "AssociationEvent", "parentID": pack_uri, "action": "ADD", "bizStep": "assembling",
            "childEPCs": [f"{BASE}/obj/{code('M', pack * 4 + k)}" for k in range(4)], "readPoint": place,
        }  # fmt: skip
    if step in (2, 3):
        word = ("shipping", "in_transit") if step == 2 else ("receiving", "active")
        return head | {
            "type": "ObjectEvent", "epcList": [pack_uri], "action": "OBSERVE", "bizStep": word[0],
            "disposition": word[1], "readPoint": place, **hand,
        }  # fmt: skip
    if step == 4:
        return head | {
            "type": "AssociationEvent", "parentID": f"{BASE}/obj/LTEST{pack:012d}", "action": "ADD",
            "childEPCs": [pack_uri], "bizStep": "installing", "sy:position": "floor", "readPoint": place,
        }  # fmt: skip
    return head | {
        "type": "ObjectEvent", "epcList": [pack_uri], "action": "OBSERVE", "bizStep": "inspecting",
        "readPoint": place,
        "sensorElementList": [
            {
                "sensorMetadata": {"time": time, "sy:method": "GB/T 34015-2017"},
                "sensorReport": [{"type": "sy:StateOfHealth", "value": 91.5, "uom": "P1"}],
            }
        ],
    }  # fmt: skip
