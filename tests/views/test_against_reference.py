"""The views against a slow, obvious evaluator that walks through each life event by event."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PARTIES = ("91350900587527783P", "91410100MA44AAAA56", "91510100MA6BAAAA5B")
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
START = datetime(2026, 1, 1, tzinfo=UTC)
SHARED = {"in_use", "recycled", "destroyed"}
Event = dict[str, Any]


@dataclass
class Life:
    """What the evaluator knows while it walks: where each thing is, and the last that was said of it."""

    inside: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    entered: set[tuple[str, str]] = field(default_factory=set)
    intervals: list[tuple[str, str, Any, Any, str | None]] = field(default_factory=list)
    state: dict[str, tuple[str, datetime, bool]] = field(default_factory=dict)
    holder: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    firm: set[str] = field(default_factory=set)
    said_at: dict[str, datetime] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def leave(self, child: str, at: datetime, why: str) -> None:
        parent, since = self.inside.pop(child)
        self.intervals.append((child, parent, since, at, why))

    def enter(self, child: str, parent: str, at: datetime) -> bool:
        self.entered.add((child, parent))
        if child in self.inside:
            if self.inside[child][0] == parent:
                return False
            self.leave(child, at, "elsewhere")
        self.inside[child] = (parent, at)
        return True

    def becomes(self, item: str, state: str, at: datetime, final: bool = False) -> None:
        if final or not (item in self.state and self.state[item][2]):
            self.state[item] = (state, at, final)

    def held(self, item: str, kind: str, holder: str | None, to: str | None, at: datetime) -> None:
        self.said_at[item] = at
        if item not in self.ended or kind in ("consumed", "gone"):
            self.holder[item] = (kind, holder, to)
        self.firm.add(item)

    def seen(self, item: str, actor: str) -> None:
        arrives = (
            item in self.holder and self.holder[item][0] == "in_transit" and self.holder[item][2] == actor
        )
        if (item not in self.firm or arrives) and item not in self.ended:
            self.holder[item] = ("party", actor, None)
            if arrives:
                self.firm.add(item)


def walk(events: Iterable[Event]) -> Life:
    life = Life()
    for event in sorted(events, key=lambda e: e["eventTime"]):
        at = datetime.fromisoformat(event["eventTime"])
        actor = event["readPoint"]["id"].split("/")[-2]
        {"AssociationEvent": _whole, "ObjectEvent": _object, "TransformationEvent": _run}[event["type"]](
            life, event, at, actor
        )
    return life


def _codes(uris: list[str]) -> list[str]:
    return [uri.rpartition("/")[2] for uri in uris]


def _whole(life: Life, event: Event, at: datetime, actor: str) -> None:
    parent: Any = event.get("parentID") and _codes([event["parentID"]])[0]
    children = _codes(event.get("childEPCs", []))
    if event["action"] in ("ADD", "OBSERVE"):
        for child in children:
            if life.enter(child, parent, at) or event["action"] == "ADD":
                life.becomes(child, "installed" if parent[:1] == "L" else "assembled", at)
                life.firm.add(child)
                life.holder[child] = ("inside", None, None)
        if event["action"] == "ADD" and parent not in life.state:
            life.becomes(parent, "made", at)
        life.seen(parent, actor)
        return
    if not children:
        gone = [child for child, (whole, _) in life.inside.items() if whole == parent]
        wholes = {parent}
    else:
        gone, wholes = children, {parent} if parent else set()
    for child in gone:
        if parent is None and child in life.inside:
            wholes.add(life.inside[child][0])
        if child in life.inside and parent in (None, life.inside[child][0]):
            life.leave(child, at, "removed")
        elif parent is not None and (child, parent) not in life.entered:
            if child in life.inside:
                life.leave(child, at, "elsewhere")
            life.entered.add((child, parent))
            life.intervals.append((child, parent, None, at, "removed"))
        life.becomes(child, "removed", at)
        life.held(child, "party", actor, None, at)
    for whole in wholes:
        if whole[:1] != "L":
            life.becomes(whole, "disassembled", at)
        life.seen(whole, actor)


def _object(life: Life, event: Event, at: datetime, actor: str) -> None:
    step = event["bizStep"]
    for item in _codes(event["epcList"]):
        taker = next((d["destination"].rpartition("/")[2] for d in event.get("destinationList", [])), None)
        if step == "commissioning":
            life.becomes(item, "made", at)
            life.held(item, "party", actor, None, at)
        elif step == "shipping":
            life.becomes(item, "in_transit", at)
            life.held(item, "in_transit", actor, taker, at)
        elif step == "receiving":
            life.becomes(item, "in_stock", at)
            life.held(item, "party", taker or actor, None, at)
        elif step == "collecting":
            life.becomes(item, "collected", at)
            life.held(item, "party", actor, None, at)
        elif step == "retail_selling":
            life.becomes(item, "in_use", at)
            life.held(item, "owner", None, None, at)
        elif step == "inspecting":
            life.seen(item, actor)
        elif step == "destroying":
            life.becomes(item, "destroyed", at, final=True)
            life.held(item, "gone", None, None, at)
            life.ended.add(item)
            if item in life.inside:
                life.leave(item, at, "destroyed")


def _run(life: Life, event: Event, at: datetime, actor: str) -> None:
    for item in _codes(event["inputEPCList"]):
        life.becomes(item, "recycled", at, final=True)
        life.held(item, "consumed", None, None, at)
        life.ended.add(item)
        if item in life.inside:
            life.leave(item, at, "consumed")


def ups(life: Life, item: str) -> list[str]:
    """What the item is in now, nearest first; what was told of by itself since is not there any more."""
    found: list[str] = []
    while item in life.inside:
        parent, since = life.inside[item]
        own, theirs = life.said_at.get(item), life.said_at.get(parent)
        if own is not None and own > since and (theirs is None or own > theirs):
            break
        found.append(parent)
        item = parent
    return found[:4]


def state_of(life: Life, item: str) -> str | None:
    own = life.state.get(item)
    if own is not None and own[2]:
        return own[0]
    fates = [
        (life.state[up][2], life.state[up][1], life.state[up][0])
        for up in ups(life, item)
        if up in life.state
        and life.state[up][0] in SHARED
        and (up[:1] != "L" or life.state[up][0] != "destroyed")
    ]
    return max(fates)[2] if fates else own and own[0]


def holder_of(life: Life, item: str) -> tuple[str, str | None, str | None] | None:
    for one in reversed([item, *ups(life, item)]):
        if one in life.holder and life.holder[one][0] != "inside":
            return life.holder[one]
    return None


def drawn_life(rng: random.Random, n: int, length: int) -> list[Event]:
    """A random life, lawful or not, of two vehicles, two packs, two modules and two cells."""
    vehicles = [_vin(f"LTEST{letter}", n) for letter in "AB"]
    things = {kind: [f"001{kind}B240000001G51{n:05}{i:02}" for i in (1, 2)] for kind in "PMC"}
    wholes = {"P": vehicles, "M": things["P"], "C": [*things["M"], things["P"][0]]}
    moments = rng.sample(range(1, 10_000), length)
    events = []
    for moment in moments:
        at = (START + timedelta(hours=moment)).isoformat()
        party, other = rng.sample(PARTIES, 2)
        base: Event = {
            "@context": STANDARD, "eventTime": at, "eventTimeZoneOffset": "+08:00",
            "readPoint": {"id": f"https://w3id.org/suyuan/loc/{party}/1"},
        }  # fmt: skip
        kind = rng.choice("PPMC")
        children = rng.sample(things[kind], rng.choice((1, 1, 2)))
        parent = rng.choice(wholes[kind])
        step = rng.choice(("ADD", "ADD", "ADD", "DELETE", "DELETE", "EMPTY", "ORPHAN", "OBSERVE", "commissioning",
            "shipping", "receiving", "collecting", "retail_selling", "inspecting", "destroying", "run"))  # fmt: skip
        uri = "https://w3id.org/suyuan/obj/"
        if step in ("ADD", "DELETE", "EMPTY", "ORPHAN", "OBSERVE"):
            action = {"EMPTY": "DELETE", "ORPHAN": "DELETE"}.get(step, step)
            base |= {"type": "AssociationEvent", "action": action}
            base |= {"bizStep": "disassembling" if action == "DELETE" else "assembling"}
            base |= {} if step == "ORPHAN" else {"parentID": uri + parent}
            base |= {} if step == "EMPTY" else {"childEPCs": [uri + child for child in children]}
        elif step == "run":
            base |= {"type": "TransformationEvent", "bizStep": "https://w3id.org/suyuan/voc#crushing"}
            base |= {
                "inputEPCList": [uri + child for child in children],
                "transformationID": f"https://x.example/{n}/{moment}",
            }
        else:
            items = [rng.choice(vehicles)] if step == "retail_selling" else children
            base |= {"type": "ObjectEvent", "bizStep": step, "epcList": [uri + item for item in items]}
            base |= {"action": {"commissioning": "ADD", "destroying": "DELETE"}.get(step, "OBSERVE")}
            if step in ("shipping", "receiving"):
                taker = {"type": "possessing_party", "destination": f"https://x.example/{other}"}
                base |= {"destinationList": [taker]}
        events.append(base)
    return events


def _vin(start: str, n: int) -> str:
    values = dict(
        zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
    )
    code = f"{start:0<8}0P0{n:06}"
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum((int(c) if c.isdigit() else values[c]) * w for c, w in zip(code, weights, strict=True))
    return code[:8] + "0123456789X"[total % 11] + code[9:]


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_views_say_what_a_walk_through_every_life_says(tell: Any, seed: int) -> None:
    rng = random.Random(seed)
    lives = [drawn_life(rng, n, rng.randint(1, 25)) for n in range(25)]
    events = [event for life in lives for event in life]
    rng.shuffle(events)
    told = tell(*events)
    intervals: set[tuple[Any, ...]] = set()
    states: dict[str, Any] = {}
    holders: dict[str, Any] = {}
    for life in map(walk, lives):
        intervals |= set(life.intervals)
        intervals |= {(child, parent, since, None, None) for child, (parent, since) in life.inside.items()}
        items = {item for one in (life.state, life.holder) for item in one}
        states |= {item: state_of(life, item) for item in items}
        holders |= {item: holder_of(life, item) for item in items}
    assert {
        (row["child"], row["parent"], row["since"], row["until"], row["ended_by"])
        for row in told.views["assembly"]
    } == intervals
    assert {row["item"]: row["state"] for row in told.views["lifecycle"]} == states
    assert {row["item"]: (row["kind"], row["holder"], row["to"]) for row in told.views["holder_now"]} == {
        item: holder for item, holder in holders.items() if holder is not None
    }


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_any_order_of_recording_gives_the_same_answers(tell: Any, seed: int) -> None:
    rng = random.Random(seed)
    events = [event for n in range(20) for event in drawn_life(rng, n, 15)]
    in_order = tell(*events)
    rng.shuffle(events)
    late = tell(*events)
    assert late.states() == in_order.states()
    assert late.holders() == in_order.holders()
    assert _without_entries(late.views["assembly"]) == _without_entries(in_order.views["assembly"])
    assert _without_entries(late.views["lineage"]) == _without_entries(in_order.views["lineage"])
    assert _without_entries(late.views["became"]) == _without_entries(in_order.views["became"])


def _without_entries(rows: list[Event]) -> list[str]:
    return sorted(
        str({name: value for name, value in row.items() if name not in ("entries", "start", "end", "nth")})
        for row in rows
    )


@pytest.mark.parametrize("seed", range(2))
def test_as_recorded_up_to_an_entry_is_what_was_said_before_it(tell: Any, seed: int) -> None:
    rng = random.Random(seed)
    events = [event for n in range(8) for event in drawn_life(rng, n, 12)]
    rng.shuffle(events)
    half = len(events) // 2
    before, alone = tell(*events).later(recorded_up_to=half), tell(*events[:half])
    assert {name: sorted(map(str, rows)) for name, rows in before.views.items()} == {
        name: sorted(map(str, rows)) for name, rows in alone.views.items()
    }
    day = START.date() + timedelta(days=200)
    until = [e for e in events if (datetime.fromisoformat(e["eventTime"]) + timedelta(hours=8)).date() <= day]
    as_of, alone = tell(*events).later(day=day), tell(*until)
    assert as_of.states() == alone.states()
    assert as_of.holders() == alone.holders()
