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

from suyuan.events.query import Query, QueryException, from_body, from_url
from suyuan.usecases.capture import capture
from suyuan.usecases.event_query import events
from suyuan.usecases.workspace import Workspace, init, opened

Event = dict[str, Any]
QUERIES = int(os.environ.get("SUYUAN_QUERIES", "200"))


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
def test_every_query_is_answered_as_by_reading_every_event(asked: Asked, url: bool) -> None:
    queries, rng = Queries(11 + url, asked.ids), Random(3)
    hits = 0
    for _ in range(QUERIES if url else QUERIES // 4):
        told = queries.query(url=url)
        per_page = rng.choice([1000, 1000, 100, 37])
        found = answered(asked, told, url=url, per_page=per_page)
        assert found == expected(asked, told, url=url), told
        hits += bool(found) and found != [one.seq for one in asked.records]
    assert hits > QUERIES // 10
