"""A submitted event made ready for the ledger: canonical bytes, id, and the things it speaks of.

    line ──parse, canonical bytes──▶ check ──▶ id (given or hash) ──▶ items ──▶ Prepared
                    └─────────────────┴──▶ findings, with the place

`prepare_line` is the hot path of capture.

>>> line = b'{"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "ObjectEvent",\\
... "eventTime": "2026-05-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",\\
... "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",\\
... "epcList": ["https://id.example.cn/obj/001PE050000001A7C0000042"]}'
>>> prepared = prepare_line(line, Place(line=7))
>>> prepared.place, prepared.given_id, prepared.items
('line 7', True, (('epc', '001PE050000001A7C0000042'),))
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from suyuan.events.canonical import NotCanonicalisable, canonicalise, dumps
from suyuan.events.check import check_document, check_event
from suyuan.events.event_hash import event_hash
from suyuan.events.items import Item, items_of
from suyuan.terms.finding import Finding, Place


class Prepared(NamedTuple):
    """An entry's body and what the index needs to know of it.

    `kind` is event or master; `body` canonical JSON, of an event with its `@context`; `place` where it stood in
    its document; `event_id` the sender's (`given_id`) or the event hash, '' for master data.
    """

    kind: str
    body: bytes
    place: str
    event_id: str
    given_id: bool
    declares_error: bool
    items: tuple[Item, ...]


def prepare(event: Mapping[str, Any], place: str) -> Prepared:
    """Make an event that has been checked ready. Raises NotCanonicalisable."""
    return _prepared(event, dumps(dict(event)), place)


def prepare_line(line: bytes, place: Place, shown: str | None = None) -> Prepared | list[Finding]:
    """Read, check and make ready one bare event; what is wrong with it comes back as findings at `place`.

    `shown` is what `place` shows as, where the caller has it at hand: on millions of lines it counts.
    """
    try:
        value, body = canonicalise(line)
    except NotCanonicalisable as wrong:
        return _at(place, [wrong.finding()])
    if not isinstance(value, dict):
        return _at(place, check_document(value))
    if findings := check_event(value, bare=True):
        return _at(place, findings)
    return _prepared(value, body, place.show() if shown is None else shown)


def _prepared(event: Mapping[str, Any], body: bytes, place: str) -> Prepared:
    given: str | None = event.get("eventID")
    event_id = given or event_hash(event)
    return Prepared(
        "event", body, place, event_id, bool(given), "errorDeclaration" in event, items_of(event, event_id)
    )


def _at(place: Place, findings: list[Finding]) -> list[Finding]:
    """The findings with the place of their event in the document, to which theirs is added."""
    return [
        replace(finding, place=replace(place, pointer=(place.pointer or "") + (finding.place.pointer or "")))
        for finding in findings
    ]
