"""EPCIS documents as batches: one that is at hand whole, or elements of a long one and the frame around them.

Used for documents of their own and for documents that stand in a line of an NDJSON file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from suyuan.capture.importer import Batch
from suyuan.capture.masters import ALWAYS, master
from suyuan.capture.wire import Wire, packed
from suyuan.events import canonical, reading
from suyuan.events.check import check_document, check_event
from suyuan.events.names import Names
from suyuan.events.pointer import step
from suyuan.events.prepared import Prepared, prepare, prepare_line
from suyuan.terms.finding import Finding, Place, Severity

_OPENING = re.compile(rb"\{\s*(?=\")")


def refuses(findings: Sequence[Finding]) -> bool:
    """Does one of the findings keep the event out? Warnings let it in."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def prepare_text(text: bytes, place: Place) -> tuple[Prepared | None, list[Finding]]:
    """One bare event, if it can be recorded, and what there is to say about it."""
    result = prepare_line(text, place)
    if isinstance(result, Prepared):
        return result, []
    if refuses(result):
        return None, result
    return prepare(canonical.loads(text), place.show()), result


def prepare_document(data: bytes, line: int | None = None) -> Batch:
    """What a document says, and what is wrong with it; events without a fault of their own are ready to go."""
    try:
        value = canonical.loads(data)
    except canonical.NotJson as wrong:
        return Batch(findings=[wrong.finding(line or wrong.line)], done=len(data))
    except canonical.NotCanonicalisable as wrong:
        return Batch(findings=[wrong.finding(line)], done=len(data))
    findings = check_document(value)
    faulty = [finding.place.pointer or "" for finding in findings if finding.severity is Severity.BLOCK]
    prepared = [] if faulty else list(masters_of(value, line))
    prepared += [
        prepare(event, Place(line=line, pointer=pointer).show())
        for pointer, event in reading.events_of(value)
        if not any(each == pointer or each.startswith(pointer + "/") for each in faulty)
        and not (faulty and refuses(check_event(event, bare=True)))
    ]
    told = [replace(each, place=replace(each.place, line=line)) for each in findings]
    return Batch(prepared, told, len(data), len(data))


def masters_of(value: Mapping[str, Any], line: int | None = None) -> Iterator[Prepared]:
    """The master data of a valid document, valid from the day on which it was made."""
    names = Names.of(value.get("@context"))
    created = value.get("creationDate")
    valid_from = date.fromisoformat(created[:10]) if isinstance(created, str) else ALWAYS
    for pointer, element in reading.master_of(value):
        attributes: dict[str, Any] = {}
        for attribute in element.get("attributes", ()):
            name, said = names.expand(attribute["id"]), attribute.get("attribute")
            # one name may stand several times (a party with two roles): then its value is a list
            attributes[name] = _and(attributes[name], said) if name in attributes else said
        yield master(
            names.expand(str(element["type"])),
            names.prefixed(element["id"]) or element["id"],
            attributes,
            Place(line=line, pointer=pointer).show(),
            valid_from,
            element.get("children", ()),
        )


def _and(before: Any, more: Any) -> list[Any]:
    return [*(before if isinstance(before, list) else [before]), more]


def frame_of(frame: bytes, done: int) -> Batch:
    """What stands around the events of a long document: its verdict and its master data."""
    batch = prepare_document(frame)
    return replace(batch, done=done, total=done)


def answer_elements(context: bytes, base: str, first: int, elements: list[bytes], end: int) -> Wire:
    """`prepare_elements` in a worker process."""
    return packed(*prepare_elements(context, base, first, elements), end)


def prepare_elements(
    context: bytes, base: str, first: int, elements: list[bytes]
) -> tuple[list[Prepared], list[Finding]]:
    """Events `first`, … of the list at `base` of a document with that `@context`, and what is wrong with others."""
    prepared, findings = list[Prepared](), list[Finding]()
    opening = b'{"@context":' + context + b","
    for number, element in enumerate(elements, first):
        pointer = step(base, number)
        if b'"@context"' not in element and _OPENING.match(element):
            # with the document's context in front it is a bare event: the quick door is open to it
            alone = _OPENING.sub(opening, element, count=1)
            result = prepare_line(alone, Place(pointer=pointer))
            if isinstance(result, Prepared):
                prepared.append(result)
                continue
        event, said = _element(element, context, pointer)
        prepared += [event] if event else []
        findings += said
    return prepared, findings


def _element(element: bytes, context: bytes, pointer: str) -> tuple[Prepared | None, list[Finding]]:
    try:
        event = canonical.loads(element)
    except canonical.NotCanonicalisable as wrong:
        return None, [replace(wrong.finding(), place=Place(pointer=pointer + wrong.pointer))]
    findings = check_event(event, pointer)
    if refuses(findings):
        return None, findings
    return prepare(reading.with_context(event, canonical.loads(context)), pointer), findings
