"""Submitted events made ready for the ledger."""

import json
from typing import Any

import pytest

from suyuan.events import canonical
from suyuan.events.event_hash import event_hash
from suyuan.events.prepared import Prepared, prepare, prepare_line
from suyuan.terms.finding import Place

PACK = "001PE050000001A7C0000042"
EVENT: dict[str, Any] = {
    "type": "ObjectEvent",
    "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "eventTime": "2026-05-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": [f"https://id.example.cn/obj/{PACK}"],
    "action": "OBSERVE",
    "bizStep": "storing",
}


def line(**fields: Any) -> bytes:
    return json.dumps(EVENT | fields, ensure_ascii=False, indent=1).encode()


def ready(data: bytes) -> Prepared:
    result = prepare_line(data, Place(line=3))
    assert isinstance(result, Prepared), result
    return result


def test_a_line_becomes_its_canonical_bytes_with_what_the_index_needs() -> None:
    prepared = ready(line(eventID="urn:uuid:1"))
    assert prepared == Prepared(
        kind="event",
        body=canonical.dumps(EVENT | {"eventID": "urn:uuid:1"}),
        place="line 3",
        event_id="urn:uuid:1",
        given_id=True,
        declares_error=False,
        items=(("epc", PACK),),
    )


def test_without_an_id_the_hash_is_the_id_and_the_event_stays_as_it_was() -> None:
    prepared = ready(line())
    assert (prepared.event_id, prepared.given_id) == (event_hash(EVENT), False)
    assert json.loads(prepared.body) == EVENT


def test_an_error_declaration_is_told_apart_and_has_the_id_of_what_it_voids() -> None:
    declared = ready(line(errorDeclaration={"declarationTime": "2026-05-02T08:00:00+08:00"}))
    assert declared.declares_error
    assert declared.event_id == ready(line()).event_id


def test_an_event_of_a_document_comes_out_as_a_line_does() -> None:
    assert prepare(EVENT, "/epcisBody/eventList/0") == ready(line())._replace(place="/epcisBody/eventList/0")


def test_a_transformation_without_id_or_run_is_a_run_of_its_own() -> None:
    prepared = ready(
        json.dumps(
            {key: EVENT[key] for key in ("@context", "eventTime", "eventTimeZoneOffset")}
            | {"type": "TransformationEvent", "inputEPCList": ["urn:x:a"], "outputEPCList": ["urn:x:b"]}
        ).encode()
    )
    assert prepared.items[-1] == ("run", f"run:{prepared.event_id}")


@pytest.mark.parametrize(
    ("data", "rule", "pointer"),
    [
        (b"{", "json-cut-off", ""),
        (line()[:-1] + b', "action": "ADD"}', "json-duplicate-key", "/action"),
        (line(bizStep="storing it"), "unknown-word", "/bizStep"),
        (b"[]", "wrong-type", ""),
        (json.dumps({k: v for k, v in EVENT.items() if k != "@context"}).encode(), "missing-field", "/@context"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_pointer(data: bytes, rule: str, pointer: str) -> None:
    findings = prepare_line(data, Place(line=3))
    assert isinstance(findings, list)
    assert [(found.rule, found.place) for found in findings] == [(rule, Place(line=3, pointer=pointer))]


def test_the_place_of_the_event_comes_before_the_place_inside_it() -> None:
    findings = prepare_line(line(action="SEE"), Place(pointer="/epcisBody/eventList/7"))
    assert isinstance(findings, list)
    assert [found.place.show() for found in findings] == ["/epcisBody/eventList/7/action"]
