"""EPCIS documents: the verdict on the whole, the events and master data in it, short or long."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from suyuan.capture.elements import CutOff
from suyuan.capture.epcis_document import ContextBehind, EpcisDocument
from suyuan.capture.importer import Batch, Context
from suyuan.events.prepared import Prepared
from suyuan.terms.finding import Finding, Severity

CONTEXT = Context("91350900587527783P", "document.json")
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
SY = "https://w3id.org/suyuan/voc#"


def event(n: int, **more: object) -> dict[str, object]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [f"https://w3id.org/suyuan/obj/001PE050000001A7C{n:07d}"],
        **more,
    }


def document(*events: dict[str, object], **more: object) -> dict[str, Any]:
    return {
        "@context": [STANDARD, {"my": SY}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T00:00:00Z",
        **more,
        "epcisBody": {"eventList": list(events)},
    }


def batches(value: object, importer: EpcisDocument | None = None) -> list[Batch]:
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return list((importer or EpcisDocument()).read(BytesIO(data), CONTEXT))


def read(value: object, importer: EpcisDocument | None = None) -> tuple[list[Prepared], list[Finding]]:
    every = batches(value, importer)
    return [each for batch in every for each in batch.prepared], [
        f for batch in every for f in batch.findings
    ]


LONG = EpcisDocument(alone=0, workers=2)
EITHER = pytest.mark.parametrize("importer", [EpcisDocument(), LONG], ids=["short", "long"])


def test_every_document_that_must_be_accepted_is_without_a_finding(conformance: Path) -> None:
    for path in sorted((conformance / "epcis" / "capture-valid").glob("*.json")):
        prepared, findings = read(path.read_bytes())
        assert [f for f in findings if f.severity is Severity.BLOCK] == [], path.name
        assert len(prepared) == len(json.loads(path.read_bytes())["epcisBody"]["eventList"]), path.name


def test_every_document_that_must_be_refused_has_a_finding_with_its_place(conformance: Path) -> None:
    for path in sorted((conformance / "epcis" / "capture-invalid").glob("*.json")):
        _, findings = read(path.read_bytes())
        refusing = [finding for finding in findings if finding.severity is Severity.BLOCK]
        assert refusing, path.name
        assert all(finding.place.pointer for finding in refusing), path.name


def test_a_long_document_gives_what_a_short_one_gives(conformance: Path) -> None:
    for path in sorted((conformance / "epcis").glob("capture-*/*.json")):
        data = path.read_bytes()
        if b"@context" not in data.partition(b"epcisBody")[0]:
            continue
        short, long = read(data), read(data, EpcisDocument(alone=0, workers=0))
        assert sorted(short[0]) == sorted(long[0]), path.name
        assert {f.place.pointer for f in short[1]} == {f.place.pointer for f in long[1]}, path.name


@EITHER
def test_an_event_leaves_its_document_with_the_names_that_it_stood_under(importer: EpcisDocument) -> None:
    own = event(2, **{"@context": {"their": "https://example.com/voc#"}, "their:word": "x"})
    prepared, findings = read(document(event(1, **{"my:position": "floor"}), own), importer)
    assert findings == []
    assert [(each.place, json.loads(each.body)["@context"]) for each in prepared] == [
        ("/epcisBody/eventList/0", [STANDARD, {"my": SY}]),
        ("/epcisBody/eventList/1", [STANDARD, {"my": SY}, {"their": "https://example.com/voc#"}]),
    ]


@EITHER
def test_good_events_of_a_faulty_document_are_at_hand(importer: EpcisDocument) -> None:
    prepared, findings = read(document(event(1), event(2, action="LOOK"), event(3), receiver=7), importer)
    assert sorted(each.place for each in prepared) == ["/epcisBody/eventList/0", "/epcisBody/eventList/2"]
    assert sorted(f.place.pointer or "" for f in findings) == ["/epcisBody/eventList/1/action", "/receiver"]


@EITHER
def test_master_data_of_the_header_are_entries_of_their_own(importer: EpcisDocument) -> None:
    party = {
        "id": "https://w3id.org/suyuan/party/91350900587527783P",
        "attributes": [
            {"id": "my:role", "attribute": "recycler"},
            {"id": SY + "name", "attribute": "甲"},
            {"id": "my:role", "attribute": "outlet"},
        ],
        "children": ["https://w3id.org/suyuan/loc/91350900587527783P/plant-1"],
    }
    header = {
        "epcisMasterData": {
            "vocabularyList": [
                {"type": "urn:epcglobal:epcis:vtype:Party", "vocabularyElementList": [party]},
            ]
        }
    }
    prepared, findings = read(document(event(1), epcisHeader=header), importer)
    assert findings == []
    (master,) = [each for each in prepared if each.kind == "master"]
    assert json.loads(master.body) == {
        "type": "urn:epcglobal:epcis:vtype:Party",
        "id": "https://w3id.org/suyuan/party/91350900587527783P",
        "attributes": {SY + "role": ["recycler", "outlet"], SY + "name": "甲"},
        "children": ["https://w3id.org/suyuan/loc/91350900587527783P/plant-1"],
        "validFrom": "2026-05-01",
    }
    assert (master.event_id, master.items) == ("", ())
    assert master.place == "/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList/0"


def test_a_bare_event_and_a_query_document_are_documents_too(conformance: Path) -> None:
    prepared, findings = read({"@context": STANDARD, **event(1)})
    assert ([each.place for each in prepared], findings) == ([""], [])
    query = (conformance / "epcis" / "examples" / "EPCISQueryDocument.jsonld").read_bytes()
    short, long = read(query), read(query, LONG)
    assert short[1] == []
    assert sorted(short[0]) == sorted(long[0])
    assert short[0][0].place == "/epcisBody/queryResults/resultsBody/eventList/0"


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b'{\n "type": "EPCISDocument",\n "epcisBody": {"eve', "json-cut-off", 3),
        (b'{\n "type": EPCISDocument}', "json-syntax", 2),
        ('{"type":\n "溯源"}'.encode("gb18030"), "json-not-utf8", 2),
        (b'{"type": "ObjectEvent", "type": "ObjectEvent"}', "json-duplicate-key", None),
    ],
)
def test_what_is_no_json_is_told_with_its_line(data: bytes, rule: str, line: int | None) -> None:
    prepared, findings = read(data)
    assert prepared == []
    assert [(f.rule, f.place.line) for f in findings] == [(rule, line)]


def test_a_byte_order_mark_does_no_harm() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(document(event(1))).encode()
    for importer in (EpcisDocument(), LONG):
        prepared, findings = read(data, importer)
        assert (len(prepared), findings) == (1, [])


def test_a_long_document_that_was_cut_off_is_told_with_the_byte() -> None:
    data = json.dumps(document(*[event(n) for n in range(500)])).encode()
    with pytest.raises(CutOff, match=f"byte {len(data) - 100:,} "):
        read(data[:-100], LONG)


def test_a_long_document_must_explain_its_names_first() -> None:
    value = document(event(1))
    context = value.pop("@context")
    with pytest.raises(ContextBehind, match="@context before its epcisBody"):
        read(value | {"@context": context}, LONG)
    _, findings = read(value | {"@context": context})
    assert findings == []


def test_events_of_a_long_document_keep_their_order() -> None:
    value = document(*[event(n) for n in range(7000)])
    every = batches(value, LONG)
    assert [each.place for batch in every for each in batch.prepared] == [
        f"/epcisBody/eventList/{n}" for n in range(7000)
    ]
    assert len(every) > 2
