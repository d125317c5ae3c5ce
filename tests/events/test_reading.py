"""Events and master data out of documents."""

import json
from pathlib import Path
from typing import Any

import pytest

from suyuan.events.check import check_event
from suyuan.events.reading import events_of, master_of, with_context

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
SY = {"sy": "https://w3id.org/suyuan/voc#"}
EVENT = {"type": "ObjectEvent", "epcList": []}


def document(events: list[Any], context: Any = STANDARD) -> dict[str, Any]:
    return {"@context": context, "type": "EPCISDocument", "epcisBody": {"eventList": events}}


def test_an_event_leaves_its_document_with_the_document_s_context() -> None:
    assert list(events_of(document([EVENT, EVENT], [STANDARD, SY]))) == [
        ("/epcisBody/eventList/0", {**EVENT, "@context": [STANDARD, SY]}),
        ("/epcisBody/eventList/1", {**EVENT, "@context": [STANDARD, SY]}),
    ]


@pytest.mark.parametrize(
    ("outer", "own", "joined"),
    [
        (STANDARD, SY, [STANDARD, SY]),
        (STANDARD, [STANDARD, SY], [STANDARD, SY]),
        ([STANDARD, SY], [{"x": "urn:x:"}], [STANDARD, SY, {"x": "urn:x:"}]),
        ([STANDARD, SY], [STANDARD, SY], [STANDARD, SY]),
        ([STANDARD, SY], SY, [STANDARD, SY]),
        (None, SY, SY),
    ],
)
def test_a_context_of_its_own_stands_behind_the_document_s(outer: Any, own: Any, joined: Any) -> None:
    assert with_context({**EVENT, "@context": own}, outer)["@context"] == joined


def test_the_document_itself_is_not_changed() -> None:
    whole = document([dict(EVENT)])
    before = json.dumps(whole)
    for _, event in events_of(whole):
        event["more"] = 1
    assert json.dumps(whole) == before


def test_events_of_a_query_document_are_found() -> None:
    answer = {
        "@context": [STANDARD],
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"queryName": "q", "resultsBody": {"eventList": [EVENT]}}},
    }
    assert list(events_of(answer)) == [
        ("/epcisBody/queryResults/resultsBody/eventList/0", {**EVENT, "@context": [STANDARD]})
    ]


def test_a_bare_event_is_the_whole_document() -> None:
    assert list(events_of({**EVENT, "@context": STANDARD})) == [("", {**EVENT, "@context": STANDARD})]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {"type": "EPCISDocument"},
        {"type": "EPCISDocument", "epcisBody": []},
        {"type": "EPCISDocument", "epcisBody": {"eventList": {}}},
        {"epcisBody": {"queryResults": None}},
        document([None, 3, "x", []]),
    ],
)
def test_what_has_not_the_shape_of_an_event_is_left_out(value: Any) -> None:
    assert list(events_of(value)) == []
    assert list(master_of(value)) == []


def test_elements_of_master_data_carry_the_type_of_their_vocabulary() -> None:
    party = {
        "id": "urn:x:party:1",
        "attributes": [{"id": "sy:role", "attribute": "recycler"}],
        "children": ["urn:x:2"],
    }
    header = {
        "epcisMasterData": {
            "vocabularyList": [
                {"type": "urn:epcglobal:epcis:vtype:Party", "vocabularyElementList": [party]},
                {"type": "urn:epcglobal:epcis:vtype:Location"},
            ]
        }
    }
    assert list(master_of({**document([]), "epcisHeader": header})) == [
        (
            "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0",
            {**party, "type": "urn:epcglobal:epcis:vtype:Party"},
        )
    ]


def test_every_event_of_the_gs1_examples_is_valid_by_itself(conformance: Path) -> None:
    count = 0
    for path in sorted((conformance / "epcis" / "examples").glob("*.jsonld")):
        for pointer, event in events_of(json.loads(path.read_bytes())):
            assert check_event(event, pointer, bare=True) == [], path.name
            count += 1
    assert count > 20
