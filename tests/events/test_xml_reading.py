"""EPCIS in XML, 2.0 and 1.2, gives the event objects that JSON-LD gives."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from suyuan.events import cbv
from suyuan.events.event_hash import event_hash, pre_image
from suyuan.events.names import Names
from suyuan.events.reading import events_of
from suyuan.events.uris import NAMESPACE, STANDARD_CONTEXT_URL
from suyuan.events.xml_reading import Reading, XmlEvent, XmlMaster
from suyuan.terms.finding import Severity

HEAD = "<eventTime>2026-05-01T08:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
SPACES = (
    'xmlns:ex="https://example.com/" xmlns:sy="https://w3id.org/suyuan/voc#" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'xmlns:gs1="https://gs1.org/voc/" xmlns:old="http://ns.example.com/epcis"'
)


def read(text: str) -> tuple[Reading, list[XmlEvent], list[XmlMaster]]:
    reading = Reading(BytesIO(text.encode()))
    parts = list(reading.parts())
    events = [part for part in parts if isinstance(part, XmlEvent)]
    return reading, events, [part for part in parts if isinstance(part, XmlMaster)]


def event(inside: str, kind: str = "ObjectEvent") -> dict[str, Any]:
    (part,) = read(f"<{kind} {SPACES}>{HEAD}{inside}</{kind}>")[1]
    assert part.faults == []
    return part.event


def document(inside: str, version: str = "2", more: str = "", header: str = "") -> str:
    return (
        f'<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:{version}" {SPACES} schemaVersion="{version}.0" '
        f'creationDate="2026-05-01T00:00:00Z" {more}>{header}<EPCISBody><EventList>{inside}</EventList></EPCISBody>'
        "</e:EPCISDocument>"
    )


# twins


def bare_words(value: Any, names: Names) -> Any:
    """A JSON value with standard words bare and times in one spelling: twins are free to spell them differently."""
    if isinstance(value, dict):
        return {key: bare_words(inner, names) for key, inner in value.items() if key != "@context"}
    if isinstance(value, list):
        return [bare_words(inner, names) for inner in value]
    if isinstance(value, str):
        word = cbv.BARE_OF.get(names.expand(value), value)
        return word.replace(".116000-", ".116-").replace(".000", "")
    return value


def test_published_documents_have_the_published_hashes(conformance: Path) -> None:
    files = sorted((conformance / "event-hash").glob("*.xml"))
    assert len(files) >= 8
    for path in files:
        reading, events, _ = read(path.read_text("utf-8"))
        hashes = [event_hash(each.event, ignore=reading.ignored) for each in events]
        if hashes != path.with_suffix(".hashes").read_text().split():
            images = [pre_image(each.event, ignore=reading.ignored) for each in events]
            assert "\n".join(images) == path.with_suffix(".prehashes").read_text().strip(), path.name
        assert hashes == path.with_suffix(".hashes").read_text().split(), path.name
        assert [each.faults for each in events] == [[]] * len(events), path.name


def test_xml_and_json_twins_give_equal_events(conformance: Path) -> None:
    twins = [
        p for p in sorted((conformance / "event-hash").glob("*.xml")) if p.with_suffix(".jsonld").exists()
    ]
    assert len(twins) >= 4
    compared = 0
    for path in twins:
        json_events = [each for _, each in events_of(json.loads(path.with_suffix(".jsonld").read_bytes()))]
        xml_events = [each.event for each in read(path.read_text("utf-8"))[1]]
        if len(json_events) != len(xml_events):
            continue
        for one, other in zip(xml_events, json_events, strict=True):
            assert event_hash(one) == event_hash(other), path.name
            names = Names.of(other["@context"])
            assert bare_words(one, names) == bare_words(other, names), path.name
            compared += 1
    assert compared >= 5


# fields


@pytest.mark.parametrize(
    ("xml", "field", "value"),
    [
        ("<epcList><epc> urn:x:1\n </epc><epc>urn:x:2</epc></epcList>", "epcList", ["urn:x:1", "urn:x:2"]),
        ("<epcList/>", "epcList", []),
        ("<bizStep>urn:epcglobal:cbv:bizstep:void_shipping</bizStep>", "bizStep", "void_shipping"),
        ("<bizStep>https://ref.gs1.org/cbv/BizStep-storing</bizStep>", "bizStep", "storing"),
        ("<bizStep>cbv:BizStep-storing</bizStep>", "bizStep", "storing"),
        ("<bizStep>sy:repurposing</bizStep>", "bizStep", "sy:repurposing"),
        ("<disposition>https://example.com/odd</disposition>", "disposition", "https://example.com/odd"),
        (
            "<quantityList><quantityElement><epcClass>urn:x:c</epcClass><quantity>+12.50</quantity><uom>KGM</uom>"
            "</quantityElement><quantityElement><epcClass>urn:x:d</epcClass></quantityElement></quantityList>",
            "quantityList",
            [{"epcClass": "urn:x:c", "quantity": 12.5, "uom": "KGM"}, {"epcClass": "urn:x:d"}],
        ),
        (
            "<quantityList><quantityElement><epcClass>urn:x:c</epcClass><quantity xsi:nil='true'/><uom>KGM</uom>"
            "</quantityElement></quantityList>",
            "quantityList",
            [{"epcClass": "urn:x:c", "uom": "KGM"}],
        ),
        (
            "<bizTransactionList><bizTransaction type='urn:epcglobal:cbv:btt:po'>urn:x:1</bizTransaction>"
            "<bizTransaction>urn:x:2</bizTransaction></bizTransactionList>",
            "bizTransactionList",
            [{"type": "po", "bizTransaction": "urn:x:1"}, {"bizTransaction": "urn:x:2"}],
        ),
        (
            "<sourceList><source type='https://ref.gs1.org/cbv/SDT-location'>urn:x:1</source></sourceList>",
            "sourceList",
            [{"type": "location", "source": "urn:x:1"}],
        ),
        (
            "<destinationList><destination type='ex:heir'>urn:x:1</destination></destinationList>",
            "destinationList",
            [{"type": "ex:heir", "destination": "urn:x:1"}],
        ),
        (
            "<readPoint><id>urn:x:1</id><extension><ex:gate>4</ex:gate></extension><ex:dock>2</ex:dock></readPoint>",
            "readPoint",
            {"id": "urn:x:1", "ex:gate": "4", "ex:dock": "2"},
        ),
        (
            "<persistentDisposition><unset>urn:epcglobal:cbv:disp:damaged</unset>"
            "<set>urn:epcglobal:cbv:disp:active</set><set>ex:odd</set></persistentDisposition>",
            "persistentDisposition",
            {"unset": ["damaged"], "set": ["active", "ex:odd"]},
        ),
        ("<certificationInfo>urn:x:1</certificationInfo>", "certificationInfo", "urn:x:1"),
        (
            "<certificationInfo>urn:x:1</certificationInfo><certificationInfo>urn:x:2</certificationInfo>",
            "certificationInfo",
            ["urn:x:1", "urn:x:2"],
        ),
        (
            "<errorDeclaration><declarationTime>2026-05-02T00:00:00Z</declarationTime>"
            "<reason>urn:epcglobal:cbv:er:incorrect_data</reason><correctiveEventIDs><correctiveEventID>urn:x:1"
            "</correctiveEventID></correctiveEventIDs><ex:why>x</ex:why></errorDeclaration>",
            "errorDeclaration",
            {
                "declarationTime": "2026-05-02T00:00:00Z",
                "reason": "incorrect_data",
                "correctiveEventIDs": ["urn:x:1"],
                "ex:why": "x",
            },
        ),
        (
            "<sensorElementList><sensorElement><sensorMetadata time='2026-05-02T00:00:00Z' ex:how='x'/>"
            "<sensorReport type='gs1:Temperature' value='26.0' uom='CEL' booleanValue='1' stringValue=' a '"
            " component='cbv:Comp-x' exception='gs1:ALARM_CONDITION'/><sensorReport type='gs1:Odd' sDev='1E-1'/>"
            "<ex:more>1</ex:more></sensorElement></sensorElementList>",
            "sensorElementList",
            [
                {
                    "sensorMetadata": {"time": "2026-05-02T00:00:00Z", "ex:how": "x"},
                    "sensorReport": [
                        {
                            "type": "Temperature",
                            "value": 26,
                            "uom": "CEL",
                            "booleanValue": True,
                            "stringValue": " a ",
                            "component": "x",
                            "exception": "ALARM_CONDITION",
                        },
                        {"type": "gs1:Odd", "sDev": 0.1},
                    ],
                    "ex:more": "1",
                }
            ],
        ),
        ("<ilmd/>", "ilmd", {}),
        (
            "<ilmd><extension><ex:a>1</ex:a></extension><ex:b>0012</ex:b><ex:b>x</ex:b></ilmd>",
            "ilmd",
            {"ex:a": "1", "ex:b": ["0012", "x"]},
        ),
        ("<ex:a>  two words </ex:a>", "ex:a", "two words"),
        ("<ex:a xml:space='preserve'> a </ex:a>", "ex:a", " a "),
        ("<ex:a><![CDATA[<b>&]]> &lt;c&gt; &#x9000;</ex:a>", "ex:a", "<b>& <c> 退"),
        ("<ex:a>one <!-- two -->three<?four five?></ex:a>", "ex:a", "one three"),
        ("<ex:a/>", "ex:a", ""),
        ("<ex:a xsi:nil='true'/>", "ex:a", None),
        ("<ex:a xsi:type='xsd:integer'>0012</ex:a>", "ex:a", 12),
        ("<ex:a xsi:type='xsd:double'>1.50E1</ex:a>", "ex:a", 15),
        ("<ex:a xsi:type='xsd:boolean'>true</ex:a>", "ex:a", True),
        ("<ex:a xsi:type='xsd:dateTime'>2026-05-02T00:00:00Z</ex:a>", "ex:a", "2026-05-02T00:00:00Z"),
        ("<ex:a xsi:type='xsd:integer'>many</ex:a>", "ex:a", "many"),
        ("<ex:a xsi:type='xsd:decimal'>0.12345678901234567890123</ex:a>", "ex:a", "0.12345678901234567890123"),
        ("<ex:a><ex:b><ex:c>1</ex:c></ex:b><d>2</d></ex:a>", "ex:a", {"ex:b": {"ex:c": "1"}, "d": "2"}),
        ("<ex:a unit='KGM' ex:by='x'><b>2</b></ex:a>", "ex:a", {"unit": "KGM", "ex:by": "x", "b": "2"}),
        (
            "<ex:a unit='KGM'>3.5</ex:a>",
            "ex:a",
            {"unit": "KGM", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value": "3.5"},
        ),
        ("<a xmlns='https://other.example/'>1</a>", "https://other.example/a", "1"),
        ("<a xmlns='https://other.example'>1</a>", "ns1:a", "1"),
        ("<new:a xmlns:new='urn:new'>1</new:a>", "new:a", "1"),
        ("<ex:a xmlns:ex='urn:another'>1</ex:a>", "ns1:a", "1"),
        ("<geo:a xmlns:geo='geo:'>1</geo:a>", "geo:a", "1"),
        ("<sy:mass_kg>380.0</sy:mass_kg>", "sy:mass_kg", 380),
        ("<sy:mass_kg xsi:type='xsd:string'>380.0</sy:mass_kg>", "sy:mass_kg", "380.0"),
        ("<sy:swap>true</sy:swap>", "sy:swap", True),
        ("<sy:codesRead>A</sy:codesRead>", "sy:codesRead", ["A"]),
        ("<sy:codesRead>A</sy:codesRead><sy:codesRead>B</sy:codesRead>", "sy:codesRead", ["A", "B"]),
        ("<sy:composition><sy:Ni>12.0</sy:Ni></sy:composition>", "sy:composition", {"sy:Ni": 12}),
        ("<sy:fate>landfill</sy:fate>", "sy:fate", "landfill"),
        (
            "<sy:fate><sy:lot>urn:x:1</sy:lot><sy:fate>landfill</sy:fate></sy:fate>",
            "sy:fate",
            [{"sy:lot": "urn:x:1", "sy:fate": "landfill"}],
        ),
    ],
)  # fmt: skip
def test_an_element_is_read_as_its_field(xml: str, field: str, value: Any) -> None:
    found = event(xml)
    assert found[field] == value
    assert json.dumps(found[field]) == json.dumps(value)  # 1 is not true


def test_the_prefixes_of_a_document_and_of_an_event_are_its_context() -> None:
    bound = {"ex": "https://example.com/", "sy": NAMESPACE, "old": "http://ns.example.com/epcis"}
    _, (one, other), _ = read(
        document(
            f"<ObjectEvent>{HEAD}</ObjectEvent><ObjectEvent xmlns:in='urn:in:'>{HEAD}<in:a/></ObjectEvent>"
        )
    )
    assert one.event["@context"] == [STANDARD_CONTEXT_URL, bound]
    assert other.event["@context"] == [STANDARD_CONTEXT_URL, {**bound, "in": "urn:in:"}]
    (alone,) = read(f"<ObjectEvent>{HEAD}</ObjectEvent>")[1]
    assert alone.event["@context"] == [STANDARD_CONTEXT_URL]


def test_a_prefix_that_one_event_binds_is_not_seen_by_the_next() -> None:
    inside = f"<ObjectEvent>{HEAD}<in:a xmlns:in='urn:in:'/></ObjectEvent><ObjectEvent>{HEAD}</ObjectEvent>"
    _, (one, other), _ = read(document(inside))
    assert "in" in one.event["@context"][1]
    assert "in" not in other.event["@context"][1]


def test_a_prefix_of_the_header_is_not_one_of_the_events() -> None:
    header = "<EPCISHeader xmlns:head='urn:head:'><head:note/></EPCISHeader>"
    _, (one,), _ = read(document(f"<ObjectEvent>{HEAD}</ObjectEvent>", header=header))
    assert "head" not in one.event["@context"][1]


def test_a_namespace_without_an_end_of_its_own_is_hashed_as_published() -> None:
    assert "{http://ns.example.com/epcis}field=1" in pre_image(event("<old:field>1</old:field>"))


# EPCIS 1.2

NEW = f"""<ObjectEvent><eventTime>2026-05-01T08:00:00+08:00</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset><eventID>urn:x:id</eventID>
  <errorDeclaration><declarationTime>2026-05-02T00:00:00Z</declarationTime></errorDeclaration>
  <epcList/><action>ADD</action><bizStep>https://ref.gs1.org/cbv/BizStep-commissioning</bizStep>
  <quantityList><quantityElement><epcClass>urn:x:c</epcClass><quantity>5</quantity></quantityElement></quantityList>
  <sourceList><source type="https://ref.gs1.org/cbv/SDT-location">urn:x:1</source></sourceList>
  <sensorElementList><sensorElement><sensorReport type="{cbv.GS1}Mass" value="4"/></sensorElement></sensorElementList>
  <ilmd><ex:a>1</ex:a></ilmd><ex:b>2</ex:b></ObjectEvent>
<TransformationEvent>{HEAD}<inputEPCList><epc>urn:x:1</epc></inputEPCList><outputEPCList><epc>urn:x:2</epc></outputEPCList>
  <ex:b>2</ex:b></TransformationEvent>
<AssociationEvent>{HEAD}<parentID>urn:x:1</parentID><action>DELETE</action></AssociationEvent>"""
OLD = f"""<ObjectEvent><eventTime>2026-05-01T08:00:00+08:00</eventTime>
  <eventTimeZoneOffset>+08:00</eventTimeZoneOffset><baseExtension><eventID>urn:x:id</eventID>
  <errorDeclaration><declarationTime>2026-05-02T00:00:00Z</declarationTime></errorDeclaration></baseExtension>
  <epcList/><action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep><extension>
  <quantityList><quantityElement><epcClass>urn:x:c</epcClass><quantity>5.0</quantity></quantityElement></quantityList>
  <sourceList><source type="urn:epcglobal:cbv:sdt:location">urn:x:1</source></sourceList>
  <ilmd><ex:a>1</ex:a></ilmd><extension>
  <sensorElementList><sensorElement><sensorReport type="gs1:Mass" value="4.0"/></sensorElement></sensorElementList>
  </extension></extension><ex:b>2</ex:b></ObjectEvent>
<extension><TransformationEvent>{HEAD}<inputEPCList><epc>urn:x:1</epc></inputEPCList>
  <outputEPCList><epc>urn:x:2</epc></outputEPCList><extension/><ex:b>2</ex:b></TransformationEvent></extension>
<extension><extension><AssociationEvent>{HEAD}<parentID>urn:x:1</parentID><action>DELETE</action>
</AssociationEvent></extension></extension>"""


def test_the_two_versions_give_the_same_events() -> None:
    _, new, _ = read(document(NEW))
    _, old, _ = read(document(OLD, version="1"))
    assert [each.event for each in old] == [each.event for each in new]
    assert [each.faults for each in (*old, *new)] == [[]] * 6


def test_elements_that_carry_the_namespace_of_epcis_are_the_same_elements() -> None:
    qualified = document(NEW.replace("<", "<e:").replace("<e:/", "</e:").replace("e:ex:", "ex:"))
    assert [each.event for each in read(qualified)[1]] == [each.event for each in read(document(NEW))[1]]


def test_a_quantity_event_of_old_observes_a_quantity() -> None:
    found = event("<epcClass>urn:x:c</epcClass><quantity>7</quantity>", "QuantityEvent")
    assert (found["type"], found["action"]) == ("ObjectEvent", "OBSERVE")
    assert found["quantityList"] == [{"epcClass": "urn:x:c", "quantity": 7}]
    assert "epcClass" not in found


# documents


def test_what_stands_around_the_events_is_read_as_json_has_it() -> None:
    assert read(document(""))[0].frame == {
        "@context": [
            STANDARD_CONTEXT_URL,
            {"ex": "https://example.com/", "sy": NAMESPACE, "old": "http://ns.example.com/epcis"},
        ],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-05-01T00:00:00Z",
        "epcisBody": {"eventList": []},
    }


@pytest.mark.parametrize("prefix", ["", "q:"])
def test_an_answer_to_a_query_is_read(prefix: str) -> None:
    reading, events, _ = read(
        f'<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2" schemaVersion="2.0"><EPCISBody>'
        f"<{prefix}QueryResults><queryName>Mine</queryName><subscriptionID>s</subscriptionID><resultsBody><EventList>"
        f"<ObjectEvent>{HEAD}</ObjectEvent></EventList></resultsBody></{prefix}QueryResults></EPCISBody>"
        f"</q:EPCISQueryDocument>"
    )
    assert len(events) == 1
    assert reading.frame["epcisBody"]["queryResults"] == {
        "queryName": "Mine",
        "subscriptionID": "s",
        "resultsBody": {"eventList": []},
    }


MASTER = """<VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:Party"><VocabularyElementList>
<VocabularyElement id="urn:x:1"><attribute id="sy:role">recycler</attribute><attribute id="sy:role">outlet</attribute>
<attribute id="https://w3id.org/suyuan/voc#lat">31.20</attribute><attribute id="ex:more"><ex:a>1</ex:a></attribute>
<children><id>urn:x:2</id><id>urn:x:3</id></children></VocabularyElement>
<VocabularyElement id="urn:x:4"><children/></VocabularyElement></VocabularyElementList></Vocabulary>
<Vocabulary type="urn:epcglobal:epcis:vtype:Location"><VocabularyElementList><VocabularyElement id="urn:x:5"/>
</VocabularyElementList></Vocabulary></VocabularyList>"""
MASTERS = [
    (
        "urn:epcglobal:epcis:vtype:Party",
        {
            "id": "urn:x:1",
            "attributes": [
                {"id": "sy:role", "attribute": "recycler"},
                {"id": "sy:role", "attribute": "outlet"},
                {"id": "https://w3id.org/suyuan/voc#lat", "attribute": 31.2},
                {"id": "ex:more", "attribute": {"ex:a": "1"}},
            ],
            "children": ["urn:x:2", "urn:x:3"],
        },
    ),
    ("urn:epcglobal:epcis:vtype:Party", {"id": "urn:x:4"}),
    ("urn:epcglobal:epcis:vtype:Location", {"id": "urn:x:5"}),
]


def test_master_data_are_read_from_the_header_and_from_a_document_of_their_own() -> None:
    header = f"<EPCISHeader><extension><EPCISMasterData>{MASTER}</EPCISMasterData></extension></EPCISHeader>"
    _, _, inside = read(document("", header=header))
    assert [(each.kind, each.element) for each in inside] == MASTERS
    alone = (
        f'<m:EPCISMasterDataDocument xmlns:m="urn:epcglobal:epcis-masterdata:xsd:1" {SPACES} schemaVersion="1.2" '
        f'creationDate="2026-05-01T00:00:00Z"><EPCISBody>{MASTER}</EPCISBody></m:EPCISMasterDataDocument>'
    )
    reading, _, own = read(alone)
    assert [(each.kind, each.element) for each in own] == MASTERS
    assert reading.frame["type"] == "EPCISDocument"


# what is wrong with the form


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (f"<action>ADD</action>{HEAD}", [("xml-order", 1, Severity.BLOCK), ("xml-order", 1, Severity.BLOCK)]),
        (
            f"{HEAD}<quantityList/>\n<action>ADD</action>",
            [("xml-order", 2, Severity.WARN)],
        ),
        (f"{HEAD}<ex:a/>\n\n<action>ADD</action>", [("xml-order", 3, Severity.WARN)]),
        (f"{HEAD}<action>ADD</action>\n<action>ADD</action>", [("xml-twice", 2, Severity.BLOCK)]),
        (f"{HEAD}<epcList/>\n<epcList>x<epc>urn:x:1</epc></epcList>", [
            ("xml-stray-text", 2, Severity.BLOCK), ("xml-twice", 2, Severity.BLOCK),
        ]),
        (f"{HEAD}<epcList/>and so on", [("xml-stray-text", 1, Severity.BLOCK)]),
        (f"{HEAD}<epcList/><extension><ilmd/>\n<quantityList/></extension>", [("xml-order", 2, Severity.WARN)]),
    ],
)  # fmt: skip
def test_faults_of_the_form_are_told_with_their_line(
    inside: str, told: list[tuple[str, int, Severity]]
) -> None:
    (part,) = read(f"<ObjectEvent {SPACES}>{inside}</ObjectEvent>")[1]
    assert sorted((f.rule, f.place.line, f.severity) for f in part.faults) == sorted(told)


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/eventTime", 2),
        ("/parentID", 1),
        ("/quantityList", 4),
        ("/quantityList/1/quantity", 10),
        ("/quantityList/7/quantity", 4),
        ("/ex:a/1/ex:b", 15),
        ("/sensorElementList/0/sensorReport/1/value", 20),
    ],
)
def test_a_place_in_the_event_has_its_line_in_the_document(pointer: str, line: int) -> None:
    text = """<ObjectEvent xmlns:ex="https://example.com/">
<eventTime>x</eventTime>
<extension>
<quantityList>
<quantityElement>
<epcClass>urn:x:1</epcClass>
</quantityElement>
<quantityElement>
<epcClass>urn:x:2</epcClass>
<quantity>many</quantity>
</quantityElement>
</quantityList></extension>
<ex:a/>
<ex:a>
<ex:b/>
</ex:a>
<sensorElementList>
<sensorElement>
<sensorReport/>
<sensorReport/>
</sensorElement></sensorElementList>
</ObjectEvent>"""
    (part,) = read(text)[1]
    assert part.places().line_of(pointer) == line


@pytest.mark.parametrize(
    ("xml", "field", "value"),
    [
        ("<epcList>urn:x:1</epcList>", "epcList", "urn:x:1"),
        ("<epcList><epcs>urn:x:1</epcs></epcList>", "epcList", [{"epcs": "urn:x:1"}]),
        ("<action><b/></action>", "action", {"b": ""}),
        ("<readPoint>urn:x:1</readPoint>", "readPoint", "urn:x:1"),
        ("<quantityList><quantityElement><quantity>many</quantity></quantityElement></quantityList>",
         "quantityList", [{"quantity": "many"}]),
        ("<made>x</made>", "made", "x"),
    ],
)  # fmt: skip
def test_what_has_another_shape_is_left_for_the_check_to_refuse(xml: str, field: str, value: Any) -> None:
    assert event(xml)[field] == value
