"""EPCIS 2.0 and 1.2 in XML as the event objects of JSON-LD: whatever takes an event takes one from XML.

    stream ──Parser──▶ Element ──▶ XmlEvent(event, line, faults), XmlEvent … XmlMaster …   then `frame`

An EPCISDocument, an EPCISQueryDocument, an EPCISMasterDataDocument or one bare event. Equal events have equal canonical
bytes and equal hashes, whether they came as XML or as JSON; what XML cannot tell apart is listed in decision note 0020.
Memory does not grow with the document.

Source: epcis-2.0 sections 9.5 and 11.

>>> from io import BytesIO
>>> document = Reading(BytesIO(b'''<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2"
... creationDate="2026-05-01T00:00:00Z"><EPCISBody><EventList><ObjectEvent>
...   <eventTime>2026-05-01T08:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
...   <epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList><action>OBSERVE</action>
...   <bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep></ObjectEvent></EventList></EPCISBody></e:EPCISDocument>'''))
>>> [(part.line, part.event["bizStep"], part.event["epcList"]) for part in document.parts()]
[(2, 'storing', ['urn:epc:id:sgtin:4012345.011111.9876'])]
>>> document.frame["schemaVersion"]
'1.2'
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from suyuan.events.formats import is_date_time
from suyuan.events.strict_json import Json
from suyuan.events.uris import NAMESPACE
from suyuan.events.xml_fields import (
    DOCUMENTS,
    EPC_LISTS,
    EVENTS,
    HEAD,
    ORDER,
    PLACES,
    QUANTITY_LISTS,
    REPORT_NUMBERS,
    REPORT_WORDS,
    SPACES,
    TEXTS,
    TYPED_LISTS,
    WORDS,
    WRAPPERS,
)
from suyuan.events.xml_names import Prefixes
from suyuan.events.xml_parsing import Element, Name, NotXml, Parser
from suyuan.events.xml_values import add, add_attributes, number, own_kind, typed, value_of
from suyuan.terms.finding import Finding, Place, Severity
from suyuan.terms.sentence import Sentence

Event = dict[str, Any]
Read = Callable[[Element, Prefixes], Any]


@dataclass(frozen=True, slots=True)
class XmlEvent:
    """An event, the line it begins on, and what is wrong with the XML of it."""

    event: Event
    line: int
    faults: list[Finding]
    element: Element = field(repr=False)
    names: Prefixes = field(repr=False)

    def places(self) -> "Places":
        """Where its fields stand in the document."""
        return Places(self.element, self.names)


@dataclass(frozen=True, slots=True)
class XmlMaster:
    """An element of master data as JSON has it, the type of the vocabulary that it stands in, the prefixes it stands
    under."""

    kind: str | None
    element: dict[str, Any]
    context: Json
    line: int


class Reading:
    """One pass over a document. `frame`, `ignored` and `line` (of its root) are known at the end of `parts`."""

    def __init__(self, stream: BinaryIO, read: bytes = b"") -> None:
        """`read` are bytes that were taken from the stream before."""
        self._parser = Parser(stream, self._chooses, read)
        self._vocabularies: deque[Element] = deque()

    @property
    def done(self) -> int:
        """How many bytes are read."""
        return self._parser.done

    def parts(self) -> Iterator[XmlEvent | XmlMaster]:
        """Events and master data in the order of the document. Raises NotXml."""
        for element in self._parser.elements():
            if element.name == _MASTER or (
                element.name.local == _MASTER.local and element.name.space in SPACES
            ):
                yield _master(element, self._vocabularies.popleft())
            else:
                yield read_event(element)
        self._refuse_others()

    def _chooses(self, outer: Sequence[Element], name: Name) -> bool:
        """Is it an event or an element of master data? Of the latter the vocabulary is kept."""
        if not outer:
            return name.space in SPACES and name.local in EVENTS
        if name.space in SPACES and name.local in WRAPPERS:
            return False
        around = next(
            each
            for each in reversed(outer)
            if each.name.local not in WRAPPERS or each.name.space not in SPACES or each is outer[0]
        )
        if around.name.space not in SPACES:
            return False
        if (
            around.name.local == "VocabularyElementList"
            and name.local == _MASTER.local
            and name.space in SPACES
        ):
            self._vocabularies.append(outer[-2] if len(outer) > 1 else outer[0])
            return True
        return around.name.local == "EventList"

    def _refuse_others(self) -> None:
        root = self._parser.root
        assert root is not None, "a document without an element is refused by the parser"
        if root.name.space not in SPACES or root.name.local not in (*DOCUMENTS, *EVENTS):
            raise NotXml(
                "xml-not-epcis",
                root.line,
                f"<{root.name.local}> is not an EPCIS document or event of version 1.2 or 2.0",
                f"<{root.name.local}> 不是 EPCIS 1.2 或 2.0 的文档或事件",
                root.name.local,
            )

    @property
    def root(self) -> Element:
        """The outermost element, from its start on."""
        root = self._parser.root
        assert root is not None, "asked for before anything was read"
        return root

    @property
    def is_event(self) -> bool:
        """Is it one bare event?"""
        return self.root.name.local in EVENTS

    @property
    def created(self) -> str | None:
        """When the document was made, if it says so in a form that is understood."""
        said = self.root.attributes.get(Name("", "creationDate", ""))
        return said if said is not None and is_date_time(said) else None

    @property
    def context(self) -> list[Any]:
        """The `@context` of the document."""
        return Prefixes.of({}, self.root.declared).context()

    @property
    def frame(self) -> dict[str, Any]:
        """What stands around the events, as JSON has it: the document with its list of events empty."""
        said = {name.local: value for name, value in self.root.attributes.items() if not name.space}
        kept: dict[str, Any] = {key: said[key] for key in ("schemaVersion", "creationDate") if key in said}
        head: dict[str, Any] = {"@context": self.context, **kept}
        body = _child(self.root, "EPCISBody")
        if self.root.name.local != "EPCISQueryDocument":
            return {**head, "type": "EPCISDocument", **({"epcisBody": {"eventList": []}} if body else {})}
        inner = body or self.root
        results = _child(inner, "QueryResults") or inner
        told = {
            key: each.text.strip()
            for key in ("queryName", "subscriptionID")
            if (each := _child(results, key)) is not None
        }
        return {
            **head,
            "type": "EPCISQueryDocument",
            "epcisBody": {"queryResults": {**told, "resultsBody": {"eventList": []}}},
        }

    @property
    def ignored(self) -> frozenset[str]:
        """Extensions that the document names in `…:ignoreFields` as those of a repository, as the event hash writes them."""
        return frozenset(
            f"{{{field.name.space}}}{field.name.local}"
            for child in self.root.children
            if child.name.local == "ignoreFields"
            for field in child.children
        )


_MASTER = Name("", "VocabularyElement", "")


def _child(element: Element, local: str) -> Element | None:
    return next((each for each in element.children if each.name.local == local), None)


def _unfolded(element: Element) -> Iterator[Element]:
    """The children, those of `extension` and `baseExtension` in their place."""
    for child in element.children:
        if child.name.local in WRAPPERS and child.name.space in SPACES:
            yield from _unfolded(child)
        else:
            yield child


# events


def read_event(element: Element) -> XmlEvent:
    """The event that an element writes, and what is wrong with its form."""
    names = Prefixes.of(element.scope, element.declared)
    kind = names.key(element.name)
    event: Event = {"type": kind}
    faults: list[Finding] = []
    _read_fields(event, element, names, faults)
    if element.attributes:
        own = {name: value for name, value in element.attributes.items() if name not in _OF_DOCUMENTS}
        add_attributes(event, own, names)
    if kind == "QuantityEvent":
        _as_object_event(event)
    elif order := _RANKS.get(kind):
        faults += _disorder(element, order, kind)
    event["@context"] = names.context()
    return XmlEvent(event, element.line, faults, element, names)


_OF_DOCUMENTS = frozenset({Name("", "schemaVersion", ""), Name("", "creationDate", "")})
"""Attributes of a document, which a bare event may have too."""


def _read_fields(event: Event, element: Element, names: Prefixes, faults: list[Finding]) -> None:
    for child in _unfolded(element):
        local = child.name.local
        read = _FIELDS.get(local) if child.name.space in SPACES else None
        if read is None:
            add(event, child, names)
            continue
        stray = child.text.strip() if local not in _PLAIN else ""
        if stray and child.children:
            faults.append(_stray(child, stray))
        if local not in event:
            # a text where a list or an object belongs stays one, for the check to tell
            event[local] = stray if stray and not child.children else read(child, names)
        elif local == "certificationInfo":
            there = event[local]
            event[local] = [*(there if isinstance(there, list) else [there]), read(child, names)]
        else:
            faults.append(_twice(child))
    if stray := element.text.strip():
        faults.append(_stray(element, stray))


def _as_object_event(event: Event) -> None:
    """A QuantityEvent of EPCIS 1.0 says what an ObjectEvent that observes a quantity says."""
    event["type"] = "ObjectEvent"
    event["action"] = "OBSERVE"
    amount = {key: event.pop(key) for key in ("epcClass", "quantity") if key in event}
    if isinstance(amount.get("quantity"), str):
        amount["quantity"] = _numeric(amount["quantity"])
    event["quantityList"] = [amount]


# fields of the standard


def _text(element: Element, names: Prefixes) -> Any:
    # an element of another shape is read as one's own would be, for the check to tell what is wrong with it
    return value_of(element, names) if element.children else element.text.strip()


def _word(element: Element, names: Prefixes) -> Any:
    return value_of(element, names) if element.children else names.word(element.text.strip())


def _listed(name: str, one: Read) -> Read:
    """A list of elements of that name; an element of another name is read so that the check refuses it."""

    def read(element: Element, names: Prefixes) -> list[Any]:
        return [
            one(child, names)
            if names.key(child.name) == name
            else {names.key(child.name): value_of(child, names)}
            for child in _unfolded(element)
        ]

    return read


def _numeric(text: str) -> Any:
    value = number(text)
    return text if value is None else value


def _quantity(element: Element, names: Prefixes) -> dict[str, Any]:
    amount: dict[str, Any] = {}
    for child in _unfolded(element):
        key = names.key(child.name)
        value = _text(child, names)
        if key == "quantity" and isinstance(value, str):
            if not value and child.attributes:
                continue  # xsi:nil: the amount is not known
            value = _numeric(value)
        amount[key] = value
    return amount


def _with_type(name: str) -> Read:
    def read(element: Element, names: Prefixes) -> dict[str, Any]:
        record: dict[str, Any] = {
            names.key(each): value.strip() for each, value in element.attributes.items()
        }
        if "type" in record:
            record["type"] = names.word(record["type"])
        record[name] = _text(element, names)
        return record

    return read


def _place(element: Element, names: Prefixes) -> dict[str, Any]:
    place: dict[str, Any] = {}
    for child in _unfolded(element):
        if child.name.local == "id" and child.name.space in SPACES and "id" not in place:
            place["id"] = _text(child, names)
        else:
            add(place, child, names)
    return place


def _persistent(element: Element, names: Prefixes) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for child in element.children:
        words.setdefault(names.key(child.name), []).append(_word(child, names))
    return words


def _ilmd(element: Element, names: Prefixes) -> dict[str, Any]:
    ilmd: dict[str, Any] = {}
    add_attributes(ilmd, element.attributes, names)
    for child in _unfolded(element):
        add(ilmd, child, names)
    return ilmd


def _declaration(element: Element, names: Prefixes) -> dict[str, Any]:
    declaration: dict[str, Any] = {}
    add_attributes(declaration, element.attributes, names)
    for child in _unfolded(element):
        local = child.name.local if child.name.space in SPACES else ""
        if local in declaration or local not in _DECLARATION:
            add(declaration, child, names)
        else:
            declaration[local] = _DECLARATION[local](child, names)
    return declaration


_DECLARATION: dict[str, Read] = {
    "declarationTime": _text,
    "reason": _word,
    "correctiveEventIDs": _listed("correctiveEventID", _text),
}


def _sensor(element: Element, names: Prefixes) -> dict[str, Any]:
    sensor: dict[str, Any] = {}
    for child in _unfolded(element):
        local = child.name.local if child.name.space in SPACES else ""
        if local == "sensorMetadata" and local not in sensor:
            sensor[local] = _metadata(child, names)
        elif local == "sensorReport":
            sensor.setdefault(local, []).append(_report(child, names))
        else:
            add(sensor, child, names)
    return sensor


def _metadata(element: Element, names: Prefixes) -> dict[str, Any]:
    if element.declared:
        names.declare(element.declared)
    record: dict[str, Any] = {}
    for name, value in element.attributes.items():
        record[names.key(name)] = (
            typed(value, own_kind(name.space, name.local)) if name.space else value.strip()
        )
    for child in element.children:
        add(record, child, names)
    return record


def _report(element: Element, names: Prefixes) -> dict[str, Any]:
    report = _metadata(element, names)
    for key in REPORT_NUMBERS & report.keys():
        report[key] = _numeric(report[key]) if isinstance(report[key], str) else report[key]
    for key in REPORT_WORDS.keys() & report.keys():
        report[key] = names.word(report[key]) if isinstance(report[key], str) else report[key]
    if "booleanValue" in report:
        report["booleanValue"] = typed(str(report["booleanValue"]), "true/false")
    for name, value in element.attributes.items():
        if name == _STRING_VALUE:
            report["stringValue"] = value  # blanks and all
    return report


_STRING_VALUE = Name("", "stringValue", "")

_PLAIN = TEXTS | WORDS.keys() | {"certificationInfo"}
_FIELDS: dict[str, Read] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(WORDS, _word),
    **dict.fromkeys(EPC_LISTS, _listed("epc", _text)),
    **dict.fromkeys(QUANTITY_LISTS, _listed("quantityElement", _quantity)),
    **{key: _listed(name, _with_type(name)) for key, (name, _) in TYPED_LISTS.items()},
    **dict.fromkeys(PLACES, _place),
    "certificationInfo": _text,
    "persistentDisposition": _persistent,
    "sensorElementList": _listed("sensorElement", _sensor),
    "errorDeclaration": _declaration,
    "ilmd": _ilmd,
}


# master data


def _master(element: Element, vocabulary: Element) -> XmlMaster:
    kind = vocabulary.attributes.get(Name("", "type", ""))
    names = Prefixes.of(element.scope, element.declared)
    return XmlMaster(kind, _vocabulary_element(element, names), names.context(), element.line)


def _vocabulary_element(element: Element, names: Prefixes) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in element.attributes.items():
        record[names.key(name)] = value.strip()
    for child in _unfolded(element):
        local = child.name.local if child.name.space in SPACES else ""
        if local == "attribute":
            record.setdefault("attributes", []).append(_attribute(child, names))
        elif local == "children":
            if child.children:
                record["children"] = _listed("id", _text)(child, names)
        else:
            add(record, child, names)
    return record


def _attribute(element: Element, names: Prefixes) -> dict[str, Any]:
    said = next((value for name, value in element.attributes.items() if name == _ID), None)
    record: dict[str, Any] = {} if said is None else {"id": said.strip()}
    inner: dict[str, Any] = {}
    for child in element.children:
        add(inner, child, names)
    uri = names.expand(said.strip()) if said else ""
    kind = own_kind(NAMESPACE, uri[len(NAMESPACE) :]) if uri.startswith(NAMESPACE) else ""
    record["attribute"] = inner or typed(element.text.strip(), kind)
    return record


_ID = Name("", "id", "")


# what is wrong with the form

_RANKS = {kind: {name: rank for rank, name in enumerate(order)} for kind, order in ORDER.items()}
_LAST = 1000
_FOUND_MAX = 80


def _disorder(element: Element, ranks: dict[str, int], kind: str) -> Iterator[Finding]:
    """Elements that stand behind one that the schema has after them."""
    highest, behind = -1, ""
    for child in element.children:
        if child.name.space in SPACES:
            rank = ranks.get(child.name.local)
            if rank is None:
                continue
            if child.name.local in WRAPPERS:
                yield from _disorder(child, ranks, kind)
        else:
            rank = _LAST
        if rank < highest:
            yield _out_of_order(child, behind, kind)
        else:
            highest, behind = rank, child.name.local


def _out_of_order(element: Element, behind: str, kind: str) -> Finding:
    local = element.name.local
    # others are known to write the fields of an event in another order; none of them its head
    return Finding(
        "xml-order",
        Place(line=element.line),
        Sentence(
            zh=f"{local} 应位于 {behind} 之前：{kind} 的元素顺序由 XML 模式规定",
            en=f"{local} belongs before {behind}: the XML schema lays down the order of the elements of {kind}",
        ),
        local,
        severity=Severity.BLOCK if local in HEAD else Severity.WARN,
    )


def _stray(element: Element, text: str) -> Finding:
    local = element.name.local
    return Finding(
        "xml-stray-text",
        Place(line=element.line),
        Sentence(
            zh=f"{local} 中有不属于任何元素的文字",
            en=f"text stands in {local} that belongs to none of its elements",
        ),
        text[:_FOUND_MAX],
    )


def _twice(element: Element) -> Finding:
    local = element.name.local
    return Finding(
        "xml-twice",
        Place(line=element.line),
        Sentence(
            zh=f"{local} 在同一事件中出现两次；请只保留一个",
            en=f"{local} stands twice in one event; keep one of them",
        ),
        local,
    )


# places


class Places:
    """The lines of the fields of one event; each element is looked through once, however many are asked for."""

    def __init__(self, element: Element, names: Prefixes) -> None:
        self._event = element
        self._names = names
        self._inside: dict[Element, tuple[list[Element], dict[str, list[Element]]]] = {}

    def line_of(self, pointer: str) -> int:
        """The line of what stands at a JSON pointer into the event; of what stands around it where it is missing."""
        at, alike = self._event, [self._event]
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            every, by_key = self._look_into(at)
            if key.isdigit():
                among = alike if len(alike) > 1 else every
                found = among[int(key) : int(key) + 1]
            else:
                found = by_key.get(key, [])
            if not found:
                break
            at, alike = found[0], found
        return at.line

    def _look_into(self, element: Element) -> tuple[list[Element], dict[str, list[Element]]]:
        known = self._inside.get(element)
        if known is None:
            every, by_key = list(_unfolded(element)), dict[str, list[Element]]()
            for each in every:
                by_key.setdefault(self._names.key(each.name), []).append(each)
            known = self._inside[element] = every, by_key
        return known
