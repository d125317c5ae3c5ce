"""EPCIS 2.0 and 1.2 in XML: an EPCISDocument, a bare event, an EPCISQueryDocument, a document of master data.

    stream ──event by event──▶ the same JSON-LD event ──▶ the same verdict ──▶ the same entry
                                                              └──▶ findings, with the line of the XML

The verdict is that on the JSON-LD event, and on the order of the elements, which XML has beside. By default a document
with a fault is refused whole, as in JSON. Memory does not grow with the document.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from suyuan.capture.documents import masters_of, refuses
from suyuan.capture.importer import Batch, Context, OnError
from suyuan.capture.masters import ALWAYS
from suyuan.events.canonical import NotCanonicalisable
from suyuan.events.check import check_document
from suyuan.events.check_events import EVENT, explain_event
from suyuan.events.pointer import step
from suyuan.events.prepared import Prepared, prepare
from suyuan.events.xml_parsing import NotXml
from suyuan.events.xml_reading import Reading, XmlEvent, XmlMaster
from suyuan.terms.finding import Finding, Place

BATCH = 256
"""Events and elements of master data told at one time."""

FINDINGS_MAX = 1000
"""Findings told of one event."""

EVENT_LIST = "/EventList"
MASTER_LIST = "/VocabularyElementList"
"""What stands before the number of an event in the place of a fault; its lines are those of the document."""


class EpcisXml:
    """The importer of XML documents."""

    name = "epcis-xml"
    on_error: OnError = "refuse"

    def read(self, stream: BinaryIO, context: Context) -> Iterator[Batch]:
        """The document in batches.

        What is not XML (or not read here) is told by a finding where nothing was handed out before; in the middle of a
        long document it raises NotXml, so that no half of it is recorded.
        """
        reading = Reading(stream)
        taken = _Taken()
        told = False
        try:
            for part in reading.parts():
                if isinstance(part, XmlEvent):
                    taken.take_event(part)
                else:
                    taken.take_master(part, reading.created)
                if taken.count >= BATCH:
                    told = True
                    yield taken.batch(reading.done)
            taken.findings += _verdict_on_frame(reading)
        except NotXml as wrong:
            if told:
                raise
            yield Batch(findings=[wrong.finding()], done=reading.done)
            return
        yield taken.batch(reading.done)


EPCIS_XML = EpcisXml()
BEFORE = f"{ALWAYS.isoformat()}T00:00:00Z"
"""When a document was made that does not say so; the verdict on what stands around its events says that."""


class _Taken:
    """What came together since the last batch, and how much before."""

    def __init__(self) -> None:
        self._prepared: list[Prepared] = []
        self.findings: list[Finding] = []
        self.count = 0
        self._events = self._masters = 0

    def batch(self, done: int) -> Batch:
        """All of it, and begin anew."""
        batch = Batch(self._prepared, self.findings, done)
        self._prepared, self.findings, self.count = [], [], 0
        return batch

    def take_event(self, part: XmlEvent) -> None:
        """An event and what is wrong with it."""
        pointer = step(EVENT_LIST, self._events)
        self._events += 1
        self.count += 1
        findings = event_findings(part, pointer)
        if not refuses(findings):
            try:
                self._prepared.append(prepare(part.event, Place(line=part.line).show()))
            except NotCanonicalisable as wrong:
                findings.append(
                    replace(wrong.finding(part.line), place=Place(line=part.line, pointer=pointer))
                )
        self.findings += findings

    def take_master(self, part: XmlMaster, created: str | None) -> None:
        """An element of master data of a document made at that time, and what is wrong with it."""
        pointer = step(MASTER_LIST, self._masters)
        self._masters += 1
        self.count += 1
        document = {
            "@context": part.context,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": created or BEFORE,
            "epcisHeader": {"epcisMasterData": {"vocabularyList": [
                {"type": part.kind, "vocabularyElementList": [part.element]}
            ]}},
            "epcisBody": {"eventList": []},
        }  # fmt: skip
        findings = check_document(document)
        place = Place(line=part.line, pointer=pointer)
        self.findings += [replace(each, place=place) for each in findings]
        if not refuses(findings):
            shown = Place(line=part.line).show()
            self._prepared += [each._replace(place=shown) for each in masters_of(document)]


def event_findings(part: XmlEvent, pointer: str = "") -> list[Finding]:
    """What is wrong with an event, each with its line in the document; of very many the first, and one that refuses it."""
    told = [replace(each, place=Place(line=each.place.line, pointer=pointer)) for each in part.faults]
    if EVENT.ok(part.event):
        return told
    places = part.places()
    explained = explain_event(part.event, "")
    first = list(islice(explained, FINDINGS_MAX))
    if len(first) == FINDINGS_MAX and not refuses(first):
        first += list(islice((each for each in explained if refuses([each])), 1))
    for each in first:
        inside = each.place.pointer or ""
        told.append(replace(each, place=Place(line=places.line_of(inside), pointer=pointer + inside)))
    return told


def _verdict_on_frame(reading: Reading) -> list[Finding]:
    if reading.is_event:
        return []
    line = reading.root.line
    return [replace(each, place=replace(each.place, line=line)) for each in check_document(reading.frame)]
