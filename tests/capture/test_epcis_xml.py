"""Documents in XML: the same entries as from JSON, and faults with the line of the document."""

import contextlib
import json
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from suyuan.capture.epcis_document import EpcisDocument
from suyuan.capture.epcis_xml import BATCH, EPCIS_XML, FINDINGS_MAX
from suyuan.capture.importer import HEAD, Batch, Context, NotRecognised, choose
from suyuan.events import xml_writing
from suyuan.events.prepared import Prepared
from suyuan.events.uris import NAMESPACE, STANDARD_CONTEXT_URL
from suyuan.events.xml_parsing import NotXml
from suyuan.terms.finding import Finding, Severity

CONTEXT = Context("91350900587527783P", "document.xml")
SY = [STANDARD_CONTEXT_URL, {"sy": NAMESPACE}]
CREATED = "2026-05-01T00:00:00Z"


def event(n: int, **more: object) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "ADD",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "commissioning",
        "epcList": [f"https://w3id.org/suyuan/obj/001PE050000001A7C{n:07d}"],
        "ilmd": {"sy:model": "EX-P55", "sy:mass_kg": 380},
        **more,
    }


def as_xml(*events: dict[str, Any], **more: Any) -> bytes:
    return b"".join(xml_writing.document([{"@context": SY, **each} for each in events], CREATED, **more))


def batches(data: bytes) -> list[Batch]:
    return list(EPCIS_XML.read(BytesIO(data), CONTEXT))


def read(data: bytes) -> tuple[list[Prepared], list[Finding]]:
    every = batches(data)
    return [each for b in every for each in b.prepared], [f for b in every for f in b.findings]


def told(data: bytes) -> list[tuple[str, str]]:
    return [(finding.place.show(), finding.rule) for finding in read(data)[1]]


def test_a_document_gives_the_entries_that_its_json_twin_gives() -> None:
    vocabulary = {
        "type": "urn:epcglobal:epcis:vtype:Party",
        "vocabularyElementList": [
            {
                "id": "https://w3id.org/suyuan/party/91350900587527783P",
                "attributes": [
                    {"id": "sy:role", "attribute": "recycler"},
                    {"id": "sy:role", "attribute": "outlet"},
                    {"id": "sy:lat", "attribute": 31.2},
                ],
                "children": ["https://w3id.org/suyuan/loc/91350900587527783P/plant-1"],
            }
        ],
    }
    events = [event(1), event(2, eventID="urn:x:1"), event(3, **{"sy:codesRead": ["A"]})]
    twin = {
        "@context": SY,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": CREATED,
        "epcisHeader": {"epcisMasterData": {"vocabularyList": [vocabulary]}},
        "epcisBody": {"eventList": events},
    }
    prepared, findings = read(as_xml(*events, vocabularies=[vocabulary], context=SY))
    (batch,) = EpcisDocument().read(BytesIO(json.dumps(twin).encode()), CONTEXT)
    assert (findings, batch.findings) == ([], [])
    assert [each._replace(place="") for each in prepared] == [
        each._replace(place="") for each in batch.prepared
    ]
    assert [each.place for each in prepared] == ["line 3", "line 5", "line 6", "line 7"]


FAULTY = b"""<?xml version="1.0"?>
<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="yesterday">
<EPCISBody>
<EventList>
<ObjectEvent>
  <eventTime>2026-05-01</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <epcList><epc>urn:x:1</epc>
    <epc>no uri</epc></epcList>
  <action>LOOK</action>
  <bizStep>urn:epcglobal:cbv:bizstep:shiping</bizStep>
  <extension>
    <quantityList><quantityElement><epcClass>urn:x:1</epcClass>
       <quantity>many</quantity></quantityElement></quantityList>
  </extension>
</ObjectEvent>
<ObjectEvent>
  <eventTime>2026-05-01T08:00:00Z</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
  <epcList/>
  <action>OBSERVE</action>
</ObjectEvent>
<extension>
  <AggregationEvent>
    <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
    <childEPCs/>
    <action>ADD</action>
    <made>up</made>
  </AggregationEvent>
</extension>
</EventList>
</EPCISBody>
</e:EPCISDocument>
"""


def test_faults_are_told_with_the_line_that_they_stand_on() -> None:
    assert told(FAULTY) == [
        ("line 6 /EventList/0/eventTime", "not-a-date-time"),
        ("line 9 /EventList/0/epcList/1", "not-a-uri"),
        ("line 10 /EventList/0/action", "unknown-action"),
        ("line 11 /EventList/0/bizStep", "standard-word-as-uri"),
        ("line 14 /EventList/0/quantityList/0/quantity", "wrong-type"),
        ("line 28 /EventList/2/made", "unprefixed-field"),
        ("line 24 /EventList/2/eventTime", "missing-field"),
        ("line 26 /EventList/2/childEPCs", "no-items"),
        ("line 2 /creationDate", "not-a-date-time"),
    ]
    prepared, _ = read(FAULTY)
    assert [each.place for each in prepared] == ["line 17"]


def test_of_very_many_faults_the_first_are_told_and_one_that_refuses_the_event() -> None:
    report = '<sensorReport type="Odd"/>\n' * FINDINGS_MAX
    element = f"<sensorElementList><sensorElement>{report}<sensorReport value='x'/></sensorElement></sensorElementList>"
    head = "<eventTime>2026-05-01T08:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList/>"
    prepared, findings = read(f"<ObjectEvent>{head}<action>OBSERVE</action>{element}</ObjectEvent>".encode())
    assert prepared == []
    assert [each.rule for each in findings[:-1]] == ["unknown-word"] * FINDINGS_MAX
    assert (findings[-1].rule, findings[-1].place.line) == ("wrong-type", FINDINGS_MAX + 1)
    _, findings = read(f"<ObjectEvent><epcList>{'<epc>no</epc>' * 5000}</epcList></ObjectEvent>".encode())
    assert len(findings) == FINDINGS_MAX


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"<EPCISDocument>\n<EPCISBody>", "xml-cut-off", 2),
        (b"<!DOCTYPE a>\n<EPCISDocument/>", "xml-doctype", 1),
        (b"<EPCISDocument>\n\xff</EPCISDocument>", "xml-encoding", 2),
        (b"<EPCISDocument>\n&nbsp;</EPCISDocument>", "xml-syntax", 2),
        (b"<ObjectEvent>\n" + b"<a>" * 100_000, "xml-too-deep", 2),
    ],
)
def test_what_cannot_be_read_is_told_in_one_finding(data: bytes, rule: str, line: int) -> None:
    assert choose("a.xml", data[:HEAD]) is EPCIS_XML
    prepared, findings = read(data)
    assert prepared == []
    assert [(each.rule, each.place.line, each.severity) for each in findings] == [
        (rule, line, Severity.BLOCK)
    ]


def test_a_long_document_that_ends_in_the_middle_is_no_document() -> None:
    data = as_xml(*[event(n) for n in range(BATCH * 3)])
    cut = data[: len(data) // 2]
    taken: list[Batch] = []

    def take(parts: Iterator[Batch]) -> None:
        taken.extend(parts)

    with pytest.raises(NotXml, match="cut off"):
        take(EPCIS_XML.read(BytesIO(cut), CONTEXT))
    assert [each.findings for each in taken] == [[]] * len(taken)


def test_a_long_document_comes_in_batches_that_say_how_far_it_is_read() -> None:
    data = as_xml(*[event(n) for n in range(BATCH * 3 + 1)])
    every = batches(data)
    assert [len(each.prepared) for each in every] == [BATCH, BATCH, BATCH, 1]
    assert [each.done for each in every] == sorted(each.done for each in every)
    assert every[-1].done == len(data)


def test_a_bare_event_and_an_answer_to_a_query_are_documents_too() -> None:
    one = {"@context": SY, **event(1)}
    alone, findings = read(xml_writing.event(one).encode())
    assert (len(alone), findings) == (1, [])
    answer, findings = read(b"".join(xml_writing.query_document([one], CREATED)))
    assert (answer[0].body, findings) == (alone[0].body, [])


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"<html><body>EPCISDocument ObjectEvent</body></html>", "HTML"),
        (b"<!DOCTYPE html>\n<html/>", "HTML"),
        (b'<?xml version="1.0"?><!-- <EPCISDocument> --><Invoice/>', "without EPCIS"),
        ("<Invoice/>".encode("utf-16"), "without EPCIS"),
    ],
)
def test_other_xml_is_called_by_its_name(head: bytes, told: str) -> None:
    with pytest.raises(NotRecognised, match=told):
        choose("a.xml", head)


@pytest.mark.parametrize(
    "head",
    [
        b"<EPCISDocument/>",
        b"\xef\xbb\xbf \n<epcis:EPCISDocument xmlns:epcis='urn:epcglobal:epcis:xsd:1'>",
        b"<?xml version='1.0'?>\n<!-- <html> -->\n<?p i?><q:EPCISQueryDocument>",
        b"<TransformationEvent>",
        b"<!-- a comment that ends beyond what was looked at",
        "<?xml version='1.0' encoding='UTF-16'?><ObjectEvent/>".encode("utf-16"),
    ],
)
def test_epcis_in_xml_is_recognised_by_its_outermost_element(head: bytes) -> None:
    assert choose("export.txt", head) is EPCIS_XML


@pytest.mark.parametrize(
    "head",
    [
        b"<!--" * (HEAD // 4),
        b"<?" * (HEAD // 2),
        b"<!---->" * (HEAD // 8) + b"<a/>",
        b" " * (HEAD - 4) + b"<a/>",
    ],
)
def test_recognising_takes_no_time_over_what_was_made_to_take_it(head: bytes) -> None:
    start = time.process_time()
    with contextlib.suppress(NotRecognised):
        choose("a.xml", head)
    assert time.process_time() - start < 0.5
