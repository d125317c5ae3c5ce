"""Events written as XML and read again are the same events."""

import os
import re
from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.epcis_documents import a_bare_event
from tests.events.test_event_hash_drawn import CONTEXT, events

from suyuan.events import canonical, xml_writing
from suyuan.events.check import check_event
from suyuan.events.event_hash import event_hash
from suyuan.events.uris import NAMESPACE, STANDARD_CONTEXT_URL
from suyuan.events.xml_reading import Reading, XmlEvent, XmlMaster
from suyuan.events.xml_writing import NotWritable, Words

DRAWN = int(os.environ.get("SUYUAN_XML_ROUND_TRIPS", "1500"))
"""How many drawn events are written and read; more by hand."""

SY = [STANDARD_CONTEXT_URL, {"sy": NAMESPACE}]
BASE = {
    "@context": SY,
    "type": "ObjectEvent",
    "eventTime": "2026-05-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "action": "ADD",
    "epcList": ["urn:x:1"],
}


def again(event: dict[str, Any], words: Words = Words.URN) -> dict[str, Any]:
    data = b"".join(xml_writing.document([event], "2026-05-01T00:00:00Z", words))
    (part,) = Reading(BytesIO(data)).parts()
    assert isinstance(part, XmlEvent)
    assert part.faults == []
    return part.event


def unlisted(value: Any) -> Any:
    """As XML has it: a list of one field of one's own is the field, an empty list is nothing, lists are flat."""
    if isinstance(value, dict):
        inner = {key: unlisted(member) for key, member in value.items()}
        return {key: member for key, member in inner.items() if member != []} or ""
    if isinstance(value, list):
        flat = [inner for member in value for inner in (member if isinstance(member, list) else [member])]
        members = [unlisted(member) for member in flat]
        return members[0] if len(members) == 1 else members
    return value


STANDARD_FIELDS = {
    "epcList", "childEPCs", "inputEPCList", "outputEPCList", "quantityList", "childQuantityList", "inputQuantityList",
    "outputQuantityList", "bizTransactionList", "sourceList", "destinationList", "sensorElementList",
    "persistentDisposition", "errorDeclaration", "certificationInfo",
}  # fmt: skip


def as_xml_says(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what XML cannot say (decision note 0020)."""
    said = {}
    for key, value in event.items():
        if key in ("@context", "type"):
            continue
        if key in ("bizTransactionList", "sourceList", "destinationList", "sensorElementList") and not value:
            continue
        if key in ("ilmd", "readPoint", "bizLocation", "errorDeclaration"):
            said[key] = {name: each for name, inner in value.items() if (each := _own(name, inner)) != []}
        elif key not in STANDARD_FIELDS or key == "certificationInfo":
            if (each := unlisted(value)) != []:
                said[key] = each
        else:
            said[key] = value
    return said


def _own(name: str, value: Any) -> Any:
    return value if name == "correctiveEventIDs" else unlisted(value)


def compared(event: dict[str, Any]) -> bytes:
    return canonical.dumps(as_xml_says(event))


def upper_times(event: dict[str, Any]) -> dict[str, Any]:
    times: dict[str, Any] = {key: event[key].upper() for key in ("eventTime", "recordTime") if key in event}
    declared = event.get("errorDeclaration")
    if declared:
        times["errorDeclaration"] = {**declared, "declarationTime": declared["declarationTime"].upper()}
    return {**event, **times}


@settings(max_examples=150, deadline=None)
@given(events, st.sampled_from(Words))
def test_an_event_with_extensions_of_any_depth_comes_back(event: dict[str, Any], words: Words) -> None:
    event = {"@context": CONTEXT, **event}
    there = again(event, words)
    assert event_hash(there) == event_hash(event)
    assert there["@context"] == CONTEXT
    if "sensorElementList" not in event:  # attributes have no types
        assert compared(there) == compared(event)


def test_drawn_events_of_every_kind_come_back_with_their_hash_and_their_fields() -> None:
    random, count = Random(4), 0
    for number in range(DRAWN):
        event = a_bare_event(random)
        if check_event(event, bare=True) or event.get("epcList") == "":
            continue  # the text '' in a field of a type of one's own cannot be told from a list without members
        there = again(event, Words.URN if number % 2 else Words.WEB_URI)
        assert event_hash(there) == event_hash(event), event
        assert check_event(there, bare=True) == [], event
        if "sensorElementList" not in event:
            assert compared(there) == compared(upper_times(event)), event
        count += 1
    assert count > DRAWN * 0.8


@pytest.mark.parametrize(
    "more",
    [
        {"bizStep": "storing", "disposition": "active", "eventID": "urn:x:id"},
        {"ilmd": {"sy:model": "EX-P55", "sy:ratedEnergy_kWh": 55.2, "sy:mass_kg": 380, "sy:composition": {"sy:Ni": 12}}},
        {"sy:codesRead": ["A"], "sy:swap": True, "sy:period": "2026-05"},
        {"sy:assay": [{"sy:lot": "urn:x:1", "sy:share": {"sy:Ni": 0.3}, "sy:uncertainty": 0.01, "sy:relative": True}]},
        {"sy:fate": [{"sy:lot": "urn:x:1", "sy:fate": "landfill"}]},
        {"sy:mass_kg": "0380", "sy:swap": "true", "sy:model": "12"},
        {"sy:note": None, "https://example.com/a": {"b": [1, None, {"c": True}], "https://other.example/d": "x"}},
        {"geo:x": "unbound", "urn:a:b": 1e300, "https://example.com#c": -0.5},
        {"sy:text": " blanks \n and <tags> & \"quotes\" ' \t 退役\r\n", "sy:more": "]]>"},
        {"sy:mass": {"unit": "KGM", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value": "3.5", "sy:by": "x"}},
        {"quantityList": [{"epcClass": "urn:x:c", "uom": "KGM"}, {"epcClass": "urn:x:c", "quantity": 1e300}]},
        {"certificationInfo": ["urn:x:1", "urn:x:2"], "recordTime": "2026-05-02T00:00:00Z"},
    ],
)  # fmt: skip
def test_what_we_write_comes_back_to_the_byte(more: dict[str, Any]) -> None:
    event = {**BASE, **more}
    assert canonical.dumps(again(event)) == canonical.dumps(event)
    alone = xml_writing.event(event)
    (part,) = Reading(BytesIO(alone.encode())).parts()
    assert isinstance(part, XmlEvent)
    assert canonical.dumps(part.event) == canonical.dumps(event)


@pytest.mark.parametrize(
    "kind", ["ext:Audit", "https://example.com/Audit", "unbound:Audit", "https://example.com/voc#Audit"]
)
def test_an_event_of_a_type_of_ones_own_comes_back(kind: str) -> None:
    event = {
        **BASE,
        "@context": [STANDARD_CONTEXT_URL, {"ext": "https://example.com/ext/"}],
        "type": kind,
        "anything": 1,
        "certificationInfo": ["urn:x:1", "urn:x:2"],
        "readPoint": {"id": "urn:x:1", "ext:a": {"b": 1}},
    }
    assert again(event) == event


@pytest.mark.parametrize(
    "more",
    [
        {"sy:text": "a\x00b"},
        {"sy:text": "\ufffe"},
        {"sy:a/b": "x"},
        {"sy:1": "x"},
        {"https://example.com/": "x"},
        {"ilmd": {"sy:a b": "x"}},
    ],
)
def test_what_has_no_form_in_xml_is_said_and_not_left_out(more: dict[str, Any]) -> None:
    with pytest.raises(NotWritable, match="JSON"):
        xml_writing.event({**BASE, **more})


@pytest.mark.parametrize(
    ("words", "step", "kind"),
    [
        (Words.WEB_URI, "https://ref.gs1.org/cbv/BizStep-storing", "https://ref.gs1.org/cbv/SDT-location"),
        (Words.URN, "urn:epcglobal:cbv:bizstep:storing", "urn:epcglobal:cbv:sdt:location"),
        (Words.NO_PREFERENCE, "urn:epcglobal:cbv:bizstep:storing", "urn:epcglobal:cbv:sdt:location"),
        (Words.NEVER_TRANSLATES, "urn:epcglobal:cbv:bizstep:storing", "urn:epcglobal:cbv:sdt:location"),
    ],
)
def test_words_are_written_as_asked_for(words: Words, step: str, kind: str) -> None:
    event = {**BASE, "bizStep": "storing", "sourceList": [{"type": "location", "source": "urn:x:1"}]}
    text = xml_writing.event(event, words)
    assert f"<bizStep>{step}</bizStep>" in text
    assert f'<source type="{kind}">' in text


def test_a_unit_without_an_amount_stands_behind_an_amount_that_is_nil() -> None:
    text = xml_writing.event({**BASE, "quantityList": [{"epcClass": "urn:x:c", "uom": "KGM"}]})
    assert '<epcClass>urn:x:c</epcClass><quantity xsi:nil="true"/><uom>KGM</uom>' in text


def test_fields_stand_in_the_order_of_the_schema() -> None:
    event = {
        **BASE, "sy:own": "x", "ilmd": {}, "persistentDisposition": {"set": ["active"], "unset": ["damaged"]},
        "eventID": "urn:x:1", "bizStep": "storing", "certificationInfo": "urn:x:2", "quantityList": [],
        "readPoint": {"id": "urn:x:3"}, "sourceList": [{"type": "location", "source": "urn:x:1"}],
        "errorDeclaration": {"reason": "incorrect_data", "declarationTime": "2026-05-02T00:00:00Z"},
        "sensorElementList": [{"sensorReport": [{"type": "Mass"}], "sensorMetadata": {"bizRules": "urn:x:1"}}],
    }  # fmt: skip
    assert re.findall(r"<([\w:]+)", xml_writing.event(event)) == [
        "ObjectEvent", "eventTime", "eventTimeZoneOffset", "eventID", "errorDeclaration", "declarationTime", "reason",
        "certificationInfo", "epcList", "epc", "action", "bizStep", "readPoint", "id", "quantityList", "sourceList",
        "source", "sensorElementList", "sensorElement", "sensorMetadata", "sensorReport", "persistentDisposition",
        "unset", "set", "ilmd", "sy:own",
    ]  # fmt: skip


def test_the_answer_to_a_query_comes_back() -> None:
    parts = xml_writing.query_document([BASE], "2026-05-01T00:00:00Z", query="Mine & yours", subscription="s")
    reading = Reading(BytesIO(b"".join(parts)))
    assert [part.event for part in reading.parts() if isinstance(part, XmlEvent)] == [BASE]
    assert reading.frame["epcisBody"]["queryResults"]["queryName"] == "Mine & yours"


def test_master_data_come_back() -> None:
    element = {
        "id": "urn:x:1",
        "attributes": [{"id": "sy:role", "attribute": "recycler"}, {"id": "sy:lat", "attribute": 31.2}],
        "children": ["urn:x:2"],
    }
    vocabulary = {"type": "urn:epcglobal:epcis:vtype:Party", "vocabularyElementList": [element]}
    data = b"".join(xml_writing.document([], "2026-05-01T00:00:00Z", vocabularies=[vocabulary], context=SY))
    (part,) = Reading(BytesIO(data)).parts()
    assert isinstance(part, XmlMaster)
    assert (part.kind, part.element, part.context) == (vocabulary["type"], element, SY)
