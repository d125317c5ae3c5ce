"""SimpleEventQuery over a ledger, against a slow plain evaluator; pages that stay put while entries arrive.

SUYUAN_QUERIES=5000 asks that many queries of each kind.
"""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.events.query_reference import Master, Record, Reference, Refused
from tests.events.query_worlds import LATER, MASTERS, PREFIXES, STANDARD, START, Queries, Worlds
from tests.worlds import record

from suyuan.events.event_hash import event_hash
from suyuan.events.query import (
    Query,
    QueryException,
    QueryParameterException,
    QueryTooComplexException,
    QueryTooLargeException,
    from_body,
    from_url,
)
from suyuan.rights.principal import Principal
from suyuan.rights.sight import visible
from suyuan.rights.words import Role, Verb
from suyuan.usecases import event_query, event_query_page
from suyuan.usecases.capture import capture
from suyuan.usecases.event_query import event, events, resources
from suyuan.usecases.event_query_entries import entries_of
from suyuan.usecases.workspace import Workspace, init, opened

Event = dict[str, Any]
QUERIES = int(os.environ.get("SUYUAN_QUERIES", "120"))


@dataclass
class Asked:
    """A ledger, what it holds in plain JSON, and the ids of its events."""

    space: Workspace
    records: list[Record]
    reference: Reference
    ids: list[str]


def told(masters: list[tuple[str, str, dict[str, str], list[str]]], day: str) -> bytes:
    """A document of master data."""
    vocabularies = [
        {
            "type": kind,
            "vocabularyElementList": [
                {
                    "id": about,
                    "attributes": [{"id": name, "attribute": value} for name, value in attributes.items()],
                    **({"children": children} if children else {}),
                }
            ],
        }
        for kind, about, attributes, children in masters
    ]
    return json.dumps(
        {
            "@context": [STANDARD],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": f"{day}T00:00:00Z",
            "epcisHeader": {"epcisMasterData": {"vocabularyList": vocabularies}},
            "epcisBody": {"eventList": []},
        }
    ).encode()


def written(directory: Path, batches: list[list[Event]]) -> list[Record]:
    """Record the batches at several moments, master data before and between them."""
    init(directory, demo=True)
    records: list[Record] = []
    for number, batch in enumerate(batches):
        at = START + timedelta(hours=10 * number, milliseconds=number)
        with opened(directory, at=at) as space:
            if number < 2:
                document = told((MASTERS, LATER)[number], f"2026-03-0{number + 1}")
                found = capture(space, io.BytesIO(document), "masters.json")
                assert found.findings == [], found.findings[0].reason.en
            first = space.ledger.size
            record(space, batch)
        records += [Record(first + n, event, at) for n, event in enumerate(batch)]
    return records


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    worlds = Worlds(7)
    batches = [worlds.events(0) or [worlds.event(100 * n + i) for i in range(100)] for n in range(4)]
    directory = tmp_path_factory.mktemp("query") / "w"
    records = written(directory, batches)
    masters = [Master(*one) for one in (*MASTERS, *LATER)]
    with opened(directory) as space:
        yield Asked(space, records, Reference(records, masters, PREFIXES), worlds.ids)


def pages(space: Workspace, query: Query) -> list[int]:
    """The numbers of all events of a query, page by page."""
    found: list[int] = []
    page = events(space, query)
    found += page.seqs
    while page.next_token is not None:
        assert len(page.seqs) == query.per_page
        page = events(space, query.paged(token=page.next_token))
        found += page.seqs
    return found


def answered(asked: Asked, told: dict[str, Any], *, url: bool, per_page: int) -> list[int] | str:
    try:
        query = from_url(told.items(), PREFIXES) if url else from_body(told, PREFIXES)
        return pages(asked.space, query.paged(per_page=per_page))
    except QueryException as refused:
        return type(refused).__name__


def expected(asked: Asked, told: dict[str, Any], *, url: bool) -> list[int] | str:
    try:
        return asked.reference.answer(told, url=url)
    except Refused as refused:
        return str(refused)


@pytest.mark.parametrize("url", [True, False], ids=["url", "body"])
def test_every_query_is_answered_as_by_reading_every_event(
    asked: Asked, url: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, rng = Queries(11 + url, asked.ids), Random(3)
    hits = 0
    for _ in range(QUERIES if url else QUERIES // 4):
        told = queries.query(url=url)
        per_page = rng.choice([1000, 1000, 100, 37])
        # what names few things is found by the index, else by columns: both ways are tried
        monkeypatch.setattr(event_query, "FEW", rng.choice([0, 0, 2_000]))
        found = answered(asked, told, url=url, per_page=per_page)
        assert found == expected(asked, told, url=url), told
        hits += bool(found) and found != [one.seq for one in asked.records]
    assert hits > QUERIES // 10


# -- pages ----------------------------------------------------------------------------------------

PACK, LOT = "https://w3id.org/suyuan/obj/9A1PB240000001B3C2345678", "https://w3id.org/suyuan/class/copper/7"
OURS, THEIRS = "91610100TEB000010E", "91610100TEC000020M"


def seen(number: int, **more: Any) -> Event:
    at = START + timedelta(minutes=number % 7)
    return {
        "@context": [STANDARD, {"ex": "https://ns.example.com/epcis/"}],
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+00:00",
        "eventID": f"urn:x:{number}",
        "epcList": [PACK],
        "bizStep": "inspecting",
        **more,
    }


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    init(tmp_path / "w", operator=OURS, demo=True)
    with opened(tmp_path / "w") as found:
        yield found


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"orderBy": "eventTime"},
        {"orderBy": "eventTime", "orderDirection": "ASC"},
        {"orderBy": "ex:grade"},
    ],
    ids=["as-recorded", "latest-first", "earliest-first", "by-extension"],
)
def test_entries_that_arrive_between_two_pages_move_nothing(space: Workspace, order: dict[str, str]) -> None:
    record(space, [seen(n, **{"ex:grade": n % 5}) for n in range(20)])
    query = from_url({**order, "perPage": "6"}.items(), PREFIXES)
    before = pages(space, query)
    page = events(space, query)
    found = [*page.seqs]
    number = 100
    while page.next_token is not None:
        record(space, [seen(n, **{"ex:grade": n % 5}) for n in range(number, number + 9)])
        number += 9
        page = events(space, query.paged(token=page.next_token))
        found += page.seqs
    assert (found, sorted(found)) == (before, list(range(20)))
    assert len(pages(space, query)) == 20 + number - 100


def test_a_page_reads_no_more_events_than_it_hands_out(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(space, [seen(n) for n in range(200)])
    read: list[int] = []

    def counted(ledger: Any, seqs: list[int]) -> Any:
        read.extend(seqs)
        return entries_of(ledger, seqs)

    monkeypatch.setattr(event_query_page, "entries_of", counted)
    page = events(
        space, from_url([("EQ_bizStep", "inspecting"), ("perPage", "10"), ("orderBy", "eventTime")])
    )
    assert (len(page.events), len(read)) == (10, 10)


def test_an_event_comes_as_recorded_with_the_moment_of_recording(tmp_path: Path) -> None:
    init(tmp_path / "w", demo=True)
    at = START + timedelta(days=3, milliseconds=250)
    given = seen(1, recordTime="2020-01-01T00:00:00Z")
    with opened(tmp_path / "w", at=at) as space:
        record(space, [given])
        (found,) = events(space, from_url([])).events
        assert found == {**given, "recordTime": "2026-03-04T00:00:00.250Z"}
        assert event(space, "urn:x:1") == found
        assert event(space, "urn:x:2") is None


def test_an_event_without_an_id_is_known_by_its_hash(space: Workspace) -> None:
    given = seen(1)
    del given["eventID"]
    record(space, [given])
    found = event(space, event_hash(given))
    assert found is not None
    assert events(space, from_url([("EQ_eventID", event_hash(given))])).events == (found,)


def test_a_subscription_asks_for_what_came_since(space: Workspace) -> None:
    record(space, [seen(n) for n in range(3)])
    query = from_url([("EQ_bizStep", "inspecting")])
    first = events(space, query)
    record(space, [seen(n) for n in range(3, 5)])
    then = events(space, query, since=first.reached)
    assert (first.seqs, then.seqs, then.reached) == ((0, 1, 2), (3, 4), 5)


@pytest.mark.parametrize("token", ["", "x", "!!", "W10", "WzEsMiwzLDQsNV0", "é", "A" * 9000])
def test_a_token_that_is_none_is_told(space: Workspace, token: str) -> None:
    record(space, [seen(1)])
    with pytest.raises(QueryParameterException, match="nextPageToken"):
        events(space, from_url([("nextPageToken", token)]))
    with pytest.raises(QueryParameterException, match="nextPageToken"):
        resources(space, "bizSteps", token=token)


def test_a_token_goes_on_with_its_own_query_alone(space: Workspace) -> None:
    record(space, [seen(n) for n in range(5)])
    token = events(space, from_url([("perPage", "2")])).next_token
    assert token is not None
    with pytest.raises(QueryParameterException, match="another query"):
        events(space, from_url([("EQ_action", "ADD"), ("nextPageToken", token)]))


def test_more_events_than_allowed_are_too_large(space: Workspace) -> None:
    record(space, [seen(n, **{"ex:grade": n}) for n in range(6)])
    for more in ("EQ_action", "OBSERVE"), ("GE_ex:grade", "0"), ("MATCH_epc", PACK):
        asked_for = [more, ("perPage", "2")]
        assert len(pages(space, from_url([*asked_for, ("maxEventCount", "6")], PREFIXES))) == 6
        with pytest.raises(QueryTooLargeException, match="more than 5 events"):
            events(space, from_url([*asked_for, ("maxEventCount", "5")], PREFIXES))


def test_a_query_that_would_read_too_much_is_cut_or_refused(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_query_page, "EXAMINED_MAX", 200)
    record(space, [seen(n, **{"ex:grade": n}) for n in range(900)])
    rare = [("GE_ex:grade", "150"), ("LT_ex:grade", "152"), ("perPage", "30")]
    page = events(space, from_url(rare, PREFIXES))
    # what was found so far, and where to go on; never an empty page that says so
    assert (page.seqs, page.next_token is not None) == ((150, 151), True)
    with pytest.raises(QueryTooComplexException):
        events(space, from_url([("GE_ex:grade", "890")], PREFIXES))
    with pytest.raises(QueryTooComplexException):
        events(space, from_url([("orderBy", "ex:grade")], PREFIXES))


# -- what a caller sees, and what is on record ----------------------------------------------------


def test_what_others_record_moves_no_byte_of_what_a_caller_sees(tmp_path: Path) -> None:
    told = []
    for number, between in enumerate((0, 7)):
        init(tmp_path / str(number), demo=True)
        with opened(tmp_path / str(number), at=START) as space:
            for n in range(6):
                record(
                    space, [seen(50 + n + 20 * k) for k in range(between)], party=THEIRS
                ) if between else None
                record(space, [seen(n, **{"ex:grade": n})], party=OURS)
            sight = visible(Principal(OURS, Role.FIRM_ADMIN, "a"), Verb.QUERY, START)
            found: list[Any] = []
            for parameters in (
                [("perPage", "4"), ("orderBy", "eventTime")],
                [("perPage", "4")],
                [("MATCH_epc", PACK), ("perPage", "4")],
                [("GE_ex:grade", "1"), ("perPage", "2"), ("orderBy", "ex:grade")],
            ):
                query = from_url(parameters, PREFIXES)
                page = events(space, query, sight=sight)
                found.append((page.events, page.next_token))
                found.append(events(space, query.paged(token=page.next_token), sight=sight).events)
            found.append(resources(space, "epcs", sight=sight))
            found.append((event(space, "urn:x:1", sight=sight), event(space, "urn:x:50", sight=sight)))
            told.append(found)
    assert told[0] == told[1]
    assert told[0][0][1] is not None


def test_resources_on_record_are_listed_in_pages(space: Workspace) -> None:
    place = f"https://w3id.org/suyuan/loc/{OURS}/plant-1"
    record(
        space,
        [
            seen(1, epcList=[PACK, "urn:epc:id:sgtin:4012345.011111.9876"], readPoint={"id": place}),
            seen(
                2,
                bizStep="https://ns.example.com/epcis/graded",
                disposition="active",
                readPoint={"id": "geo:1,2"},
            ),
            seen(3, bizStep="https://w3id.org/suyuan/voc#exported", quantityList=[{"epcClass": LOT}]),
            seen(4, type="https://ns.example.com/epcis/Audit"),
        ],
    )
    assert resources(space, "eventTypes").values == ("ObjectEvent", "https://ns.example.com/epcis/Audit")
    first = resources(space, "bizSteps", per_page=2)
    assert first.next_token is not None
    assert (*first.values, *resources(space, "bizSteps", per_page=2, token=first.next_token).values) == (
        "https://ns.example.com/epcis/graded",
        "inspecting",
        "https://w3id.org/suyuan/voc#exported",
    )
    assert resources(space, "dispositions").values == ("active",)
    assert resources(space, "readPoints").values == (place, "geo:1,2")
    assert resources(space, "bizLocations").values == ()
    epcs = resources(space, "epcs").values
    assert epcs == (PACK, "https://id.gs1.org/01/04012345111118/21/9876")
    for uri in epcs:
        assert events(space, from_url([("MATCH_anyEPC", uri)])).seqs


def test_valid_documents_of_others_are_found_by_what_they_say(conformance: Path, tmp_path: Path) -> None:
    init(tmp_path / "w", demo=True)
    with opened(tmp_path / "w", at=START) as space:
        for path in sorted((conformance / "epcis" / "capture-valid").glob("*.json")):
            capture(space, io.BytesIO(path.read_bytes()), path.name)
        records = [
            Record(entry.seq, json.loads(entry.body), entry.recorded_at) for entry in space.ledger.entries()
        ]
        reference = Reference(records, [], PREFIXES)
        names = {"example": "http://ns.example.com/epcis/"}
        reference.prefixes |= names
        for told in _about(records):
            query = from_url(told.items(), names)
            assert pages(space, query.paged(per_page=7)) == reference.answer(told, url=True), told
    assert len(records) > 20


def _about(records: list[Record]) -> Iterator[dict[str, str]]:
    """Queries by what the events hold."""
    for one in records[:40]:
        event = one.event
        for name in ("bizStep", "disposition"):
            if name in event:
                yield {f"EQ_{name}": event[name]}
        for uri in event.get("epcList", [])[:1]:
            yield {"MATCH_epc": uri}
        for element in event.get("quantityList", [])[:1]:
            yield {"MATCH_anyEPCClass": element["epcClass"], "GE_quantity": str(element.get("quantity", 1))}
        if "readPoint" in event:
            yield {"EQ_readPoint": event["readPoint"]["id"], "orderBy": "eventTime"}
        for element in event.get("bizTransactionList", [])[:1]:
            yield {f"EQ_bizTransaction_{element.get('type', 'po')}": element["bizTransaction"]}
    for name in ("EXISTS_errorDeclaration", "EXISTS_sensorElementList"):
        yield {name: "true"}
    for value in ("10", "26.0", "100"):
        yield {"EQ_type": "Temperature", "GE_value_CEL": value}
    for name in ("myField", "stringField", "a", "userExt"):
        yield {f"EXISTS_example:{name}": ""}
        yield {f"EXISTS_INNER_example:{name}": ""}
