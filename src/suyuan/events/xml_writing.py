"""Event objects as EPCIS 2.0 in XML: a document, the answer to a query, one bare event.

    {"@context": […, {"ex": "https://example.com/"}], "type": "ObjectEvent", "bizStep": "shipping", "ex:graded": 2, …}
        ↓
    <ObjectEvent xmlns:ex="https://example.com/" …><eventTime>…</eventTime> … <bizStep>urn:epcglobal:cbv:bizstep:shipping
    </bizStep><ex:graded xsi:type="xs:integer">2</ex:graded></ObjectEvent>

Elements stand in the order of the schema. `xml_reading` gives back an equal event, of equal hash; where it cannot be equal
bytes says decision note 0020.

Source: epcis-2.0 section 9.5.

>>> event({"type": "ObjectEvent", "eventTime": "2026-05-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
...        "action": "OBSERVE", "bizStep": "storing", "epcList": ["urn:x:1"]}, Words.WEB_URI)
'<ObjectEvent><eventTime>2026-05-01T08:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>\
<epcList><epc>urn:x:1</epc></epcList><action>OBSERVE</action>\
<bizStep>https://ref.gs1.org/cbv/BizStep-storing</bizStep></ObjectEvent>'
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from suyuan.events import cbv
from suyuan.events.check_events import readable
from suyuan.events.xml_fields import (
    EPC_LISTS,
    EPCIS,
    ORDER,
    PLACES,
    QUANTITY_LISTS,
    QUERY,
    REPORT_NUMBERS,
    REPORT_WORDS,
    TEXTS,
    TYPED_LISTS,
    WORDS,
    WRAPPERS,
)
from suyuan.events.xml_tags import NotWritable, Tags, attribute, text

__all__ = ["NotWritable", "Words", "document", "event", "query_document"]

Json = Any
Event = Mapping[str, Any]


class Words(StrEnum):
    """How words of the Core Business Vocabulary are written: the values of the header GS1-CBV-XML-Format.

    Events are kept with bare words, so that there is no form of old that NEVER_TRANSLATES could keep: it and
    NO_PREFERENCE give URNs, which every version of EPCIS knows. Words of sensors have Web URIs only.
    """

    NO_PREFERENCE = "No_Preference"
    WEB_URI = "Always_Web_URI"
    URN = "Always_URN"
    NEVER_TRANSLATES = "Never_Translates"


_OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n'


def document(
    events: Iterable[Event],
    created: str,
    words: Words = Words.NO_PREFERENCE,
    *,
    vocabularies: Sequence[Mapping[str, Any]] = (),
    context: Json = None,
) -> Iterator[bytes]:
    """An EPCISDocument made at `created`, in parts; `vocabularies` are the header's, as JSON has them under `context`.

    Raises NotWritable.
    """
    head = f' xmlns:epcis="{EPCIS}" schemaVersion="2.0" creationDate={attribute(created)}'
    yield f"{_OPENING}<epcis:EPCISDocument{head}>\n".encode()
    if vocabularies:
        listed = _vocabularies(vocabularies, context)
        yield f"<EPCISHeader><extension><EPCISMasterData>{listed}</EPCISMasterData></extension></EPCISHeader>\n".encode()
    yield b"<EPCISBody><EventList>\n"
    for each in events:
        yield f"{event(each, words)}\n".encode()
    yield b"</EventList></EPCISBody></epcis:EPCISDocument>\n"


def query_document(
    events: Iterable[Event],
    created: str,
    words: Words = Words.NO_PREFERENCE,
    *,
    query: str = "SimpleEventQuery",
    subscription: str | None = None,
) -> Iterator[bytes]:
    """An EPCISQueryDocument with the results of a query, in parts. Raises NotWritable."""
    head = f' xmlns:epcisq="{QUERY}" schemaVersion="2.0" creationDate={attribute(created)}'
    yield f"{_OPENING}<epcisq:EPCISQueryDocument{head}>\n<EPCISBody><epcisq:QueryResults>".encode()
    subscribed = f"<subscriptionID>{text(subscription)}</subscriptionID>" if subscription is not None else ""
    yield f"<queryName>{text(query)}</queryName>{subscribed}<resultsBody><EventList>\n".encode()
    for each in events:
        yield f"{event(each, words)}\n".encode()
    yield b"</EventList></resultsBody></epcisq:QueryResults></EPCISBody></epcisq:EPCISQueryDocument>\n"


def event(value: Event, words: Words = Words.NO_PREFERENCE) -> str:
    """One event as an element. Raises NotWritable."""
    return _Writing(value, words is Words.WEB_URI).event()


_EVERY = tuple(dict.fromkeys(name for order in ORDER.values() for name in order if name not in WRAPPERS))
_URN_OF = {
    uri: stem + uri[len(web) :]
    for stem, web in cbv.URN_STEMS.items()
    for uri in cbv.URI_OF.values()
    if uri.startswith(web)
}


class _Writing:
    """One event on its way: its names, and how words are written."""

    def __init__(self, value: Event, web: bool) -> None:
        self._value = value
        self._web = web
        self._tags = Tags(value.get("@context"))

    def event(self) -> str:
        kind = self._value["type"]
        # what this kind of event ought not to have stands behind what it has
        order = tuple(dict.fromkeys((*ORDER.get(kind, ()), *_EVERY)))
        # in an event of a type of one's own a field may be in another shape: then it is written as one's own
        shaped = readable(self._value)
        name = self._tags.name(kind)
        inside = [self._field(key, shaped[key]) for key in order if key in shaped]
        if (
            name.default
        ):  # a type without a prefix: what is EPCIS's own inside it has no namespace all the same
            inside = [_FIELD_OPENS.sub(r'<\1 xmlns="">', each) for each in inside]
        inside += [
            self._tags.own(key, value, name.default)
            for key, value in self._value.items()
            if key not in _NOT_FIELDS and (key not in order or key not in shaped)
        ]
        # what is used inside is known now
        return f"<{name.opening}{self._tags.declarations()}>{''.join(inside)}</{name.closing}>"

    def _field(self, key: str, value: Json) -> str:
        if key in TEXTS:
            return _leaf(key, _instant(value) if key in _TIMES else value)
        if key in WORDS:
            return _leaf(key, self._word(value, WORDS[key]))
        if key in EPC_LISTS:
            return f"<{key}>{''.join(_leaf('epc', each) for each in value)}</{key}>"
        if key in QUANTITY_LISTS:
            return f"<{key}>{''.join(map(self._quantity, value))}</{key}>"
        if key in TYPED_LISTS:
            return self._typed(key, value)
        if key in PLACES:
            return f"<{key}>{_leaf('id', value['id'])}{self._others(value, ('id',))}</{key}>"
        return _OTHERS[key](self, value)

    def _others(self, record: Mapping[str, Json], known: Iterable[str]) -> str:
        return "".join(self._tags.own(key, value) for key, value in record.items() if key not in known)

    def _word(self, word: str, uris: Mapping[str, str]) -> str:
        uri = uris.get(word)
        if uri is None:
            return word
        return uri if self._web else _URN_OF.get(uri, uri)

    def _quantity(self, value: Mapping[str, Json]) -> str:
        amount = ""
        if "quantity" in value:
            amount = _leaf("quantity", _decimal(value["quantity"]))
        elif "uom" in value:
            # the schema has no unit without an amount
            amount = f'<quantity {self._tags.instance()}:nil="true"/>'
        unit = _leaf("uom", value["uom"]) if "uom" in value else ""
        return f"<quantityElement>{_leaf('epcClass', value['epcClass'])}{amount}{unit}</quantityElement>"

    def _typed(self, key: str, value: Sequence[Mapping[str, str]]) -> str:
        name, uris = TYPED_LISTS[key]
        parts = []
        for each in value:
            kind = f" type={attribute(self._word(each['type'], uris))}" if "type" in each else ""
            parts.append(f"<{name}{kind}>{text(each[name])}</{name}>")
        return f"<{key}>{''.join(parts)}</{key}>" if parts else ""

    def _certification(self, value: Json) -> str:
        listed = value if isinstance(value, list) else [value]
        return "".join(_leaf("certificationInfo", each) for each in listed)

    def _declaration(self, value: Mapping[str, Json]) -> str:
        inside = _leaf("declarationTime", _instant(value["declarationTime"]))
        if "reason" in value:
            inside += _leaf("reason", self._word(value["reason"], cbv.ERROR_REASON_URIS))
        if "correctiveEventIDs" in value:
            ids = "".join(_leaf("correctiveEventID", each) for each in value["correctiveEventIDs"])
            inside += f"<correctiveEventIDs>{ids}</correctiveEventIDs>"
        inside += self._others(value, ("declarationTime", "reason", "correctiveEventIDs"))
        return f"<errorDeclaration>{inside}</errorDeclaration>"

    def _persistent(self, value: Mapping[str, Sequence[str]]) -> str:
        inside = "".join(
            _leaf(key, self._word(word, cbv.DISPOSITION_URIS))
            for key in ("unset", "set")
            for word in value.get(key, ())
        )
        return f"<persistentDisposition>{inside}</persistentDisposition>"

    def _ilmd(self, value: Mapping[str, Json]) -> str:
        return f"<ilmd>{self._others(value, ())}</ilmd>"

    def _sensors(self, value: Sequence[Mapping[str, Json]]) -> str:
        parts = "".join(map(self._sensor, value))
        return f"<sensorElementList>{parts}</sensorElementList>" if parts else ""

    def _sensor(self, value: Mapping[str, Json]) -> str:
        inside = (
            self._measured("sensorMetadata", value["sensorMetadata"]) if "sensorMetadata" in value else ""
        )
        inside += "".join(self._measured("sensorReport", each) for each in value["sensorReport"])
        return f"<sensorElement>{inside}{self._others(value, ('sensorMetadata', 'sensorReport'))}</sensorElement>"

    def _measured(self, name: str, value: Mapping[str, Json]) -> str:
        """Metadata or a report: attributes, as far as attributes can say it."""
        attributes, inside = [], []
        for key, member in value.items():
            if name == "sensorReport" and key in REPORT_WORDS:
                member = self._word(member, REPORT_WORDS[key])
            elif name == "sensorReport" and key in REPORT_NUMBERS:
                member = repr(member)
            elif key in _TIMES:
                member = _instant(member)
            if written := self._tags.attribute(key, member):
                attributes.append(written)
            else:
                inside.append(self._tags.own(key, member))
        opening = " ".join((name, *attributes))
        return f"<{opening}>{''.join(inside)}</{name}>" if inside else f"<{opening}/>"


_TIMES = frozenset({"eventTime", "recordTime", "time", "startTime", "endTime"})
_FIELD_OPENS = re.compile(f"<({'|'.join(_EVERY)})>")
_NOT_FIELDS = frozenset({"@context", "type"})
_OTHERS = {
    "certificationInfo": _Writing._certification,
    "errorDeclaration": _Writing._declaration,
    "persistentDisposition": _Writing._persistent,
    "ilmd": _Writing._ilmd,
    "sensorElementList": _Writing._sensors,
}


def _leaf(name: str, value: str) -> str:
    return f"<{name}>{text(value)}</{name}>"


def _instant(value: str) -> str:
    """An instant as the schema has it: RFC 3339 allows `t` and `z`."""
    return value.upper()


def _decimal(value: float) -> str:
    """A number without an exponent, which xsd:decimal has not."""
    return str(value) if isinstance(value, int) else format(Decimal(repr(value)), "f")


def _vocabularies(vocabularies: Sequence[Mapping[str, Any]], context: Json) -> str:
    parts = []
    for vocabulary in vocabularies:
        elements = "".join(
            _vocabulary_element(each, context) for each in vocabulary.get("vocabularyElementList", ())
        )
        parts.append(
            f"<Vocabulary type={attribute(vocabulary['type'])}>"
            f"<VocabularyElementList>{elements}</VocabularyElementList></Vocabulary>"
        )
    return f"<VocabularyList>{''.join(parts)}</VocabularyList>"


def _vocabulary_element(element: Mapping[str, Any], context: Json) -> str:
    tags = Tags(context)
    inside = "".join(
        tags.attribute_element(each["id"], each.get("attribute", ""))
        for each in element.get("attributes", ())
    )
    if children := element.get("children"):
        inside += f"<children>{''.join(_leaf('id', each) for each in children)}</children>"
    return (
        f"<VocabularyElement id={attribute(element['id'])}{tags.declarations()}>{inside}</VocabularyElement>"
    )
