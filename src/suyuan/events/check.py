"""Whether a JSON value is an EPCIS 2.0 document or event, and if not, what is wrong and where.

    EPCISDocument · EPCISQueryDocument · one bare event with its own @context

The verdict on any value equals that of GS1's JSON schema with format checking; the places, reasons and
suggestions are ours. Nothing is found in what is valid.

Source: epcis-2.0 sections 7 and 10; GS1 EPCIS JSON schema 2.0 (draft 7).

>>> for finding in check_event({"type": "ObjectEvent", "eventTime": "2026-05-01", "eventTimeZoneOffset": "+08:00",
...                             "action": "ADD", "epcList": [], "bizStep": "comissioning"}):
...     print(finding.place.pointer, finding.rule, finding.suggestion)
/eventTime not-a-date-time 2026-05-01T00:00:00+08:00
/bizStep unknown-word commissioning
"""

from collections.abc import Iterator, Mapping
from typing import Any

from suyuan.events import check_fields as field
from suyuan.events import faults
from suyuan.events.check_events import EVENT, EVENTS, explain_event
from suyuan.events.checks import Check, Others, leaf, list_of, record
from suyuan.events.pointer import step
from suyuan.events.strict_json import Json
from suyuan.terms.finding import Finding

DOCUMENT_TYPES = ("EPCISDocument", "EPCISQueryDocument")

_EVENT_LIST = list_of(EVENT)

_ATTRIBUTE_VALUES = (dict, str, int, float)
_ATTRIBUTE = record(
    {
        "id": field.URI,
        "attribute": leaf(
            lambda value: isinstance(value, _ATTRIBUTE_VALUES) and not isinstance(value, bool),
            lambda value, pointer: faults.wrong_type(value, pointer, "string"),
        ),
    },
    ("id",),
    others=Others.ANY,
    where="attribute",
)
_ELEMENT = record(
    {"id": field.URI, "attributes": list_of(_ATTRIBUTE), "children": field.URIS},
    ("id",),
    others=Others.ANY,
    where="vocabularyElement",
)
_VOCABULARY = record(
    {"type": field.URI, "vocabularyElementList": list_of(_ELEMENT)},
    ("type",),
    others=Others.ANY,
    where="vocabulary",
)
_VOCABULARIES = list_of(_VOCABULARY)
_HEADER = record(
    {"epcisMasterData": record({"vocabularyList": _VOCABULARIES}, others=Others.ANY)}, where="epcisHeader"
)
"""Master data in the header of a document."""

_TOP = {
    "@context": field.CONTEXT,
    "id": field.URI,
    "type": field.STRING,
    "schemaVersion": field.VERSION,
    "creationDate": field.TIME,
}
FRAME = {
    **_TOP,
    "instanceIdentifier": field.STRING,
    "sender": field.STRING,
    "receiver": field.STRING,
    "epcisHeader": _HEADER,
}
"""What stands in an EPCISDocument beside its events."""

DOCUMENT = record(
    {**FRAME, "epcisBody": record({"eventList": _EVENT_LIST}, ("eventList",), others=Others.ANY)},
    ("@context", "type", "schemaVersion", "creationDate", "epcisBody"),
    where="EPCISDocument",
)
_RESULTS_BODY = record(
    {"eventList": _EVENT_LIST, "vocabularyList": _VOCABULARIES}, ("eventList",), where="resultsBody"
)
_QUERY_RESULTS = record(
    {"queryName": field.STRING, "subscriptionID": field.STRING, "resultsBody": _RESULTS_BODY},
    ("queryName", "resultsBody"),
    where="queryResults",
)
QUERY_DOCUMENT = record(
    {**_TOP, "epcisBody": record({"queryResults": _QUERY_RESULTS}, ("queryResults",), where="epcisBody")},
    ("@context", "type", "epcisBody"),
    where="EPCISQueryDocument",
)
_DOCUMENTS: dict[str, Check] = {"EPCISDocument": DOCUMENT, "EPCISQueryDocument": QUERY_DOCUMENT}


def check_document(value: Json) -> list[Finding]:
    """What is wrong with an EPCISDocument, an EPCISQueryDocument or a bare event; [] if it is valid."""
    if not isinstance(value, dict):
        return [faults.wrong_type(value, "", "object")]
    kind = value.get("type")
    document = _DOCUMENTS.get(kind) if isinstance(kind, str) else None
    if document is None:
        return check_event(value, bare=True)
    return [] if document.ok(value) else list(document.explain(value, ""))


def check_event(event: Mapping[str, Any], pointer: str = "", *, bare: bool = False) -> list[Finding]:
    """What is wrong with one event that stands at `pointer`; [] if it is valid.

    A `bare` event stands alone and needs its own `@context`; one in a document has the document's.
    """
    if EVENT.ok(event) and (not bare or "@context" in event):
        return []
    return list(_explain(event, pointer, bare))


def _explain(event: Json, pointer: str, bare: bool) -> Iterator[Finding]:
    yield from explain_event(event, pointer, (*EVENTS, *DOCUMENT_TYPES) if bare else tuple(EVENTS))
    if bare and isinstance(event, dict) and "@context" not in event:
        yield faults.missing(step(pointer, "@context"), "@context", "bare event")
