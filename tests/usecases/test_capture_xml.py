"""Captures of XML: what is on record as JSON is on record."""

import json

from tests.usecases.test_capture import ACME, SY, counts, document, event, lines, take, workspace

from suyuan.events import xml_writing
from suyuan.usecases.capture import Captured
from suyuan.usecases.workspace import Workspace

assert workspace  # the fixture
FAULTY = """<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"
 creationDate="2026-05-01T00:00:00Z"><EPCISBody><EventList>
<ObjectEvent><eventTime>yesterday</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>urn:x:1</epc></epcList>
<action>LOOK</action></ObjectEvent>
<ObjectEvent><eventTime>2026-05-01T08:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
<epcList><epc>urn:x:1</epc></epcList><action>OBSERVE</action></ObjectEvent>
</EventList></EPCISBody></e:EPCISDocument>"""


def as_xml(*events: dict[str, object]) -> bytes:
    return b"".join(xml_writing.document(events, "2026-05-01T00:00:00Z"))


def test_an_event_on_record_from_json_is_unchanged_from_xml_and_the_other_way_round(
    workspace: Workspace,
) -> None:
    one = event(
        1, bizStep="storing", **{"@context": [event(1)["@context"], {"sy": SY}], "sy:codesRead": ["A"]}
    )
    two, three = event(2), event(3, readPoint={"id": "urn:x:1"})
    assert counts(take(workspace, lines(one, two))) == ("recorded", 2, 0, 0)
    assert counts(take(workspace, as_xml(one, two, three), "e.xml")) == ("recorded", 1, 2, 0)
    assert counts(take(workspace, document(three), "e.json")) == ("unchanged", 0, 1, 0)


def test_a_faulty_document_is_refused_whole_and_each_event_counts_once(workspace: Workspace) -> None:
    captured = take(workspace, FAULTY.encode(), "e.xml")
    assert (captured.importer, counts(captured)) == ("epcis-xml", ("refused", 0, 0, 1))
    assert [(each.place.line, each.rule) for each in captured.findings] == [
        (3, "not-a-date-time"),
        (5, "unknown-action"),
    ]
    assert workspace.ledger.size == 0


def test_its_good_events_are_recorded_where_the_sender_chooses_so(workspace: Workspace) -> None:
    captured: Captured = take(workspace, FAULTY.encode(), "e.xml", on_error="proceed")
    assert counts(captured) == ("partly", 1, 0, 1)
    (entry,) = workspace.ledger.entries(0)
    assert (entry.party, entry.place, json.loads(entry.body)["action"]) == (
        ACME,
        "line 6",
        "OBSERVE",
    )
    (registered,) = workspace.ledger.documents()
    assert registered.media_type == "application/xml"
