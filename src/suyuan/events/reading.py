"""What a document is about: its events and the elements of its master data, each with its place.

    EPCISDocument       /epcisBody/eventList/0                            /epcisHeader/epcisMasterData/vocabularyList/…
    EPCISQueryDocument  /epcisBody/queryResults/resultsBody/eventList/0   …/resultsBody/vocabularyList/…
    one bare event      (the document itself)                             –

An event leaves its document with the document's `@context`, so that it means the same alone. Only what has
the shape of an event or element is handed out; whether it is right is `check`'s affair.

>>> document = {"@context": "urn:a", "type": "EPCISDocument", "epcisBody": {"eventList": [{"type": "ObjectEvent"}]}}
>>> list(events_of(document))
[('/epcisBody/eventList/0', {'type': 'ObjectEvent', '@context': 'urn:a'})]
"""

from collections.abc import Iterator, Mapping
from typing import Any

from suyuan.events.pointer import step
from suyuan.events.strict_json import Json

EVENT_LISTS = (("epcisBody", "eventList"), ("epcisBody", "queryResults", "resultsBody", "eventList"))
VOCABULARY_LISTS = (
    ("epcisHeader", "epcisMasterData", "vocabularyList"),
    ("epcisBody", "queryResults", "resultsBody", "vocabularyList"),
)
DOCUMENT_TYPES = ("EPCISDocument", "EPCISQueryDocument")


def is_document(value: Json) -> bool:
    """Whether a value is (meant as) a document rather than one bare event."""
    return isinstance(value, dict) and (value.get("type") in DOCUMENT_TYPES or "epcisBody" in value)


def events_of(value: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """(pointer, event) in the order of the document; each event with the context that it stood in."""
    if not is_document(value):
        if isinstance(value, dict):
            yield "", value
        return
    for pointer, events in _lists(value, EVENT_LISTS):
        for index, event in enumerate(events):
            if isinstance(event, dict):
                yield step(pointer, index), with_context(event, value.get("@context"))


def master_of(value: Json) -> Iterator[tuple[str, dict[str, Any]]]:
    """(pointer, element) of every vocabulary; the element as it stands, with the vocabulary's `type` added."""
    if not isinstance(value, dict):
        return
    for pointer, vocabularies in _lists(value, VOCABULARY_LISTS):
        for index, vocabulary in enumerate(vocabularies):
            if isinstance(vocabulary, dict):
                yield from _elements(vocabulary, step(pointer, index))


def with_context(event: Mapping[str, Any], context: Json) -> dict[str, Any]:
    """The event as it stands alone: the document's context, then its own where it adds to that."""
    own = event.get("@context")
    if context is None or own == context:
        return dict(event)
    return {**event, "@context": context if own is None else _joined(context, own)}


def _joined(context: Json, own: Json) -> list[Json]:
    parts: list[Json] = []
    for each in (context, own):
        parts += [part for part in (each if isinstance(each, list) else [each]) if part not in parts]
    return parts


def _elements(vocabulary: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    elements = vocabulary.get("vocabularyElementList")
    for index, element in enumerate(elements if isinstance(elements, list) else ()):
        if isinstance(element, dict):
            place = step(step(pointer, "vocabularyElementList"), index)
            yield place, {**element, "type": vocabulary.get("type")}


def _lists(value: Json, paths: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, list[Json]]]:
    for path in paths:
        found, pointer = value, ""
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
            pointer = step(pointer, key)
        if isinstance(found, list):
            yield pointer, found
