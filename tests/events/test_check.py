"""The check of events and documents: conformance files, what is told of each fault, and the schema's own lists."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suyuan.events import cbv
from suyuan.events.check import check_document, check_event
from suyuan.events.check_events import EVENTS
from suyuan.terms.finding import Finding, Severity

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PACK = "https://w3id.org/suyuan/obj/001PE050000001A7C0000042"
EVENT: dict[str, Any] = {
    "@context": [STANDARD, {"sy": "https://w3id.org/suyuan/voc#"}],
    "type": "ObjectEvent",
    "eventTime": "2026-05-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "epcList": [PACK],
    "bizStep": "commissioning",
    "ilmd": {"sy:model": "M1"},
}
DOCUMENT: dict[str, Any] = {
    "@context": STANDARD,
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-05-01T08:00:00+08:00",
    "epcisBody": {"eventList": [EVENT]},
}


def without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def told(findings: list[Finding]) -> list[tuple[str | None, str, str | None]]:
    return [(finding.place.pointer, finding.rule, finding.suggestion) for finding in findings]


def test_nothing_is_found_in_what_is_valid() -> None:
    assert check_document(DOCUMENT) == []
    assert check_document(EVENT) == []
    assert check_event(without(EVENT, "@context")) == []


def test_a_bare_event_needs_a_context_of_its_own() -> None:
    assert told(check_document(without(EVENT, "@context"))) == [("/@context", "missing-field", STANDARD)]


# what is changed in EVENT, and what is then told
FAULTS: list[tuple[dict[str, Any], list[tuple[str, str, str | None]]]] = [
    ({"eventTime": "2026-05-01 08:00"}, [("/eventTime", "not-a-date-time", "2026-05-01T08:00:00+08:00")]),
    ({"eventTime": 1777593600}, [("/eventTime", "wrong-type", None)]),
    ({"eventTimeZoneOffset": "8:00"}, [("/eventTimeZoneOffset", "not-an-offset", "+08:00")]),
    ({"action": "add"}, [("/action", "unknown-action", "ADD"), ("/ilmd", "ilmd-not-allowed", None)]),
    ({"action": "OBSERVE"}, [("/ilmd", "ilmd-not-allowed", None)]),
    ({"bizStep": "Shiping"}, [("/bizStep", "unknown-word", "shipping")]),
    ({"bizStep": "urn:epcglobal:cbv:bizstep:shipping"}, [("/bizStep", "standard-word-as-uri", "shipping")]),
    ({"epcList": ["001pe050000001a7c0000042"]}, [("/epcList/0", "not-a-uri", PACK)]),
    ({"epcList": [PACK, PACK]}, [("/epcList/1", "twice-in-list", None)]),
    ({"epcList": PACK}, [("/epcList", "wrong-type", None)]),
    ({"biZstep": "shipping"}, [("/biZstep", "unprefixed-field", "bizStep")]),
    ({"model": "M1"}, [("/model", "unprefixed-field", "ext:model")]),
    ({"a/b~c": 1}, [("/a~1b~0c", "unprefixed-field", "ext:a%2Fb~c")]),
    ({"parentID": PACK}, [("/parentID", "field-not-allowed", None)]),
    (
        {"quantityList": [{"epcClass": "urn:x:1", "quantity": "5", "uom": "kg"}, {"weight": 1}]},
        [
            ("/quantityList/0/quantity", "wrong-type", "5"),
            ("/quantityList/0/uom", "not-a-unit-code", "KGM"),
            ("/quantityList/1/weight", "unknown-field", None),
            ("/quantityList/1/epcClass", "missing-field", None),
        ],
    ),
    ({"readPoint": {}}, [("/readPoint/id", "missing-field", None)]),
    ({"persistentDisposition": {}}, [("/persistentDisposition", "missing-field", None)]),
    ({"persistentDisposition": {"set": []}}, [("/persistentDisposition/set", "empty-list", None)]),
    ({"ilmd": {"model": 1}}, [("/ilmd/model", "unprefixed-field", "ext:model")]),
    ({"errorDeclaration": {}}, [("/errorDeclaration/declarationTime", "missing-field", "2026-05-01T08:00:00+08:00")]),
    ({"certificationInfo": [{}]}, [("/certificationInfo/0", "wrong-type", None)]),
    ({"@context": [STANDARD, STANDARD]}, [("/@context/1", "twice-in-list", None)]),
    ({"@context": [STANDARD, None]}, [("/@context/1", "wrong-type", None)]),
    ({"type": "ObjektEvent"}, [("/type", "unknown-type", "ObjectEvent")]),
    ({"type": None}, [("/type", "wrong-type", None)]),
    ({"sensorElementList": [{"sensorReport": []}]}, [("/sensorElementList/0/sensorReport", "empty-list", None)]),
    (
        {"sensorElementList": [{"sensorReport": [{"hexBinaryValue": "xy"}]}]},
        [
            ("/sensorElementList/0/sensorReport/0/hexBinaryValue", "not-hexadecimal", None),
            ("/sensorElementList/0/sensorReport/0/type", "missing-field", "Temperature"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), FAULTS, ids=lambda value: str(value)[:60])
def test_each_fault_is_told_with_place_rule_and_suggestion(change: dict[str, Any], expected: Any) -> None:
    findings = check_event({**EVENT, **change}, "/epcisBody/eventList/3")
    assert told(findings) == [("/epcisBody/eventList/3" + place, *rest) for place, *rest in expected]
    assert all(finding.reason.zh and finding.reason.en for finding in findings)


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({"type": "ObjectEvent", "action": "ADD", "quantityList": []}, "/epcList"),
        ({"type": "ObjectEvent", "action": "ADD", "sensorElementList": []}, "/epcList"),
        ({"type": "AggregationEvent", "action": "ADD", "childEPCs": []}, "/childEPCs"),
        ({"type": "AssociationEvent", "action": "OBSERVE", "parentID": "urn:x:1"}, "/childEPCs"),
        ({"type": "TransactionEvent", "action": "ADD", "bizTransactionList": [{"bizTransaction": "urn:x:1"}]}, "/epcList"),
        ({"type": "TransformationEvent", "inputEPCList": ["urn:x:1"], "outputEPCList": []}, "/inputEPCList"),
        ({"type": "TransformationEvent", "transformationID": "urn:x:1"}, "/inputEPCList"),
    ],
)  # fmt: skip
def test_an_event_must_be_about_something(event: dict[str, Any], place: str) -> None:
    frame = {"eventTime": EVENT["eventTime"], "eventTimeZoneOffset": "+08:00"}
    assert told(check_event({**frame, **event})) == [(place, "no-items", None)]


@pytest.mark.parametrize("kind", ["AggregationEvent", "AssociationEvent"])
def test_a_break_up_of_everything_needs_no_children(kind: str) -> None:
    event = without(EVENT, "epcList", "ilmd") | {"type": kind, "action": "DELETE", "parentID": PACK}
    assert check_event(event) == []


def test_an_event_of_a_type_of_one_s_own_may_carry_anything() -> None:
    assert check_event({**EVENT, "type": "sy:Audit", "epcList": 1, "free": None}) == []


def test_faults_of_a_document_are_told_in_its_order_and_what_is_missing_last() -> None:
    spoilt = {
        **without(DOCUMENT, "schemaVersion"),
        "creationDate": "yesterday",
        "epcisBody": {"eventList": [EVENT, {**EVENT, "bizStep": "x y"}, 5]},
    }
    assert [(place, rule) for place, rule, _ in told(check_document(spoilt))] == [
        ("/creationDate", "not-a-date-time"),
        ("/epcisBody/eventList/1/bizStep", "unknown-word"),
        ("/epcisBody/eventList/2", "wrong-type"),
        ("/schemaVersion", "missing-field"),
    ]


@pytest.mark.parametrize(
    "value", [None, True, 0, 1.5, "", "EPCISDocument", [], [EVENT], {}, {"type": ["ObjectEvent"]}]
)
def test_what_is_no_document_at_all_is_refused(value: Any) -> None:
    assert check_document(value) != []


def test_a_long_found_value_is_cut() -> None:
    [finding] = check_event({**EVENT, "bizStep": "x" * 10_000})
    assert finding.found is not None
    assert len(finding.found) == 120


def conformance_files(folder: Path, pattern: str) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.glob(pattern)):
        yield path.name, json.loads(path.read_bytes())


def test_every_capture_document_that_must_be_refused_is_with_its_place(conformance: Path) -> None:
    for name, document in conformance_files(conformance / "epcis" / "capture-invalid", "*.json"):
        blocking = [finding for finding in check_document(document) if finding.severity is Severity.BLOCK]
        assert blocking, name
        assert all(finding.place.pointer for finding in blocking), name


def test_every_capture_document_that_must_be_accepted_has_no_fault_that_blocks(conformance: Path) -> None:
    remarks = {}
    for name, document in conformance_files(conformance / "epcis" / "capture-valid", "*.json"):
        findings = check_document(document)
        assert not [each for each in findings if each.severity is Severity.BLOCK], name
        remarks[name] = sorted({finding.rule for finding in findings})
    # GS1's schema refuses these three: warned of, not blocked
    assert {name: rules for name, rules in remarks.items() if rules} == {
        "AggregationEvent_with_persistentDisposition.json": ["field-not-allowed"],
        "SensorData_with_combined_events.json": ["missing-field", "unknown-word"],
        "TransactionEvent_with_userExtensions.json": ["unknown-word"],
    }


def test_every_gs1_example_is_valid(conformance: Path) -> None:
    for name, document in conformance_files(conformance / "epcis" / "examples", "*.jsonld"):
        assert check_document(document) == [], name


def test_the_word_lists_are_those_of_the_schema(conformance: Path) -> None:
    schema = json.loads((conformance / "epcis" / "EPCIS-JSON-Schema.json").read_bytes())["definitions"]
    lists = {
        "bizStep": cbv.BIZ_STEPS,
        "disposition": cbv.DISPOSITIONS,
        "bizTransaction-type": cbv.BIZ_TRANSACTION_TYPES,
        "source-dest-type": cbv.SOURCE_DEST_TYPES,
        "error-reason": cbv.ERROR_REASONS,
        "component": cbv.COMPONENTS,
        "measurementType": cbv.MEASUREMENT_TYPES,
        "sensorAlertType": cbv.SENSOR_ALERTS,
    }
    for name, words in lists.items():
        assert sorted(words) == sorted(schema[name]["anyOf"][1]["enum"]), name
    assert sorted(EVENTS) == sorted(name for name in schema if name.endswith("Event") and name in EVENTS)
