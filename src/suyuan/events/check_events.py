"""The five kinds of event, and events of a type of one's own: their fields, and what they must be about.

    ObjectEvent          epcList, or a quantityList that is not empty, or sensor data with a readPoint
    AggregationEvent     children, unless action is DELETE (all leave the parent)
    AssociationEvent     the same, and always a parent
    TransactionEvent     documents, and items unless action is DELETE
    TransformationEvent  inputs and outputs, or either with a transformationID

Source: epcis-2.0 section 7.4.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from suyuan.events import check_fields as field
from suyuan.events import faults
from suyuan.events.checks import Check, Others, leaf, list_of, record
from suyuan.events.pointer import step
from suyuan.events.strict_json import Json
from suyuan.terms.finding import Finding

Event = dict[str, Any]

COMMON = {
    "@context": field.CONTEXT,
    "eventTime": field.TIME,
    "recordTime": field.TIME,
    "eventTimeZoneOffset": field.OFFSET,
    "eventID": field.URI,
    "certificationInfo": field.CERTIFICATION,
    "errorDeclaration": field.ERROR_DECLARATION,
}
_ALWAYS = ("eventTime", "eventTimeZoneOffset")
_STEP = {
    "bizStep": field.BIZ_STEP,
    "disposition": field.DISPOSITION,
    "readPoint": field.PLACE,
    "bizLocation": field.PLACE,
    "bizTransactionList": list_of(field.BIZ_TRANSACTION),
    "sourceList": list_of(field.SOURCE),
    "destinationList": list_of(field.DESTINATION),
    "sensorElementList": list_of(field.SENSOR_ELEMENT),
}
_ACTION = {"action": field.ACTION}
_MADE = {"persistentDisposition": field.PERSISTENT_DISPOSITION, "ilmd": field.ILMD}
_CHILDREN = {"parentID": field.URI, "childEPCs": field.URIS, "childQuantityList": field.QUANTITIES}


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold across fields. `holds` looks at fields that are right by themselves."""

    holds: Callable[[Event], bool]
    fault: Callable[[Event, str], Finding]


def _of_type(ok_type: str) -> Check:
    # by the time an event's check is chosen its type has been read
    return leaf(lambda value: bool(value == ok_type), faults.not_a_uri)


def _event(
    name: str, fields: dict[str, Check], conditions: tuple[Condition, ...], required: tuple[str, ...]
) -> Check:
    """The check of one kind of event: its fields, then the conditions across them."""
    frame = record(
        {"type": _of_type(name), **COMMON, **_STEP, **fields}, ("type", *_ALWAYS, *required), where=name
    )
    frame_ok = frame.ok
    hold = tuple(condition.holds for condition in conditions)

    def is_ok(event: Json) -> bool:
        if not frame_ok(event):
            return False
        for holds in hold:  # noqa: SIM110  # a generator costs more than the loop
            if not holds(event):
                return False
        return True

    def explain(event: Json, pointer: str) -> Iterator[Finding]:
        yield from frame.explain(event, pointer)
        if isinstance(event, dict):
            for condition in conditions:
                if not condition.holds(event):
                    yield condition.fault(event, pointer)

    return Check(is_ok, explain)


def _object_is_about(event: Event) -> bool:
    if "epcList" in event or event.get("quantityList"):
        return True
    return bool(event.get("sensorElementList")) and "readPoint" in event


def _ilmd_fits(event: Event) -> bool:
    return "ilmd" not in event or event.get("action") == "ADD"


def _has_children(event: Event) -> bool:
    return bool(event.get("childEPCs") or event.get("childQuantityList") or event.get("action") == "DELETE")


def _has_items(event: Event) -> bool:
    return bool("epcList" in event or event.get("quantityList") or event.get("action") == "DELETE")


def _turns_something(event: Event) -> bool:
    taken = event.get("inputEPCList") or event.get("inputQuantityList")
    made = event.get("outputEPCList") or event.get("outputQuantityList")
    return bool(taken and made) or (bool(taken or made) and "transformationID" in event)


def _no_items(key: str, name: str, en: str, zh: str) -> Callable[[Event, str], Finding]:
    return lambda event, pointer: faults.no_items(step(pointer, key), name, en, zh)


_CHILDREN_TOLD = (
    "childEPCs or childQuantityList with at least one member, unless action is DELETE",
    "至少一项的 childEPCs 或 childQuantityList（action 为 DELETE 时除外）",
)

EVENTS: dict[str, Check] = {
    "ObjectEvent": _event(
        "ObjectEvent",
        {"epcList": field.URIS_ONCE, "quantityList": field.QUANTITIES, **_ACTION, **_MADE},
        (
            Condition(
                _object_is_about,
                _no_items(
                    "epcList",
                    "ObjectEvent",
                    "epcList, a quantityList with at least one member, or sensorElementList with readPoint",
                    " epcList、至少一项的 quantityList，或 sensorElementList 与 readPoint",
                ),
            ),
            Condition(
                _ilmd_fits,
                lambda event, pointer: faults.ilmd_not_allowed(
                    step(pointer, "ilmd"), str(event.get("action"))
                ),
            ),
        ),
        ("action",),
    ),
    "AggregationEvent": _event(
        "AggregationEvent",
        {**_CHILDREN, **_ACTION},
        (Condition(_has_children, _no_items("childEPCs", "AggregationEvent", *_CHILDREN_TOLD)),),
        ("action",),
    ),
    "AssociationEvent": _event(
        "AssociationEvent",
        {**_CHILDREN, **_ACTION},
        (Condition(_has_children, _no_items("childEPCs", "AssociationEvent", *_CHILDREN_TOLD)),),
        ("action", "parentID"),
    ),
    "TransactionEvent": _event(
        "TransactionEvent",
        {
            "bizTransactionList": list_of(field.BIZ_TRANSACTION, least=1),
            "parentID": field.URI,
            "epcList": field.URIS,
            "quantityList": field.QUANTITIES,
            **_ACTION,
        },
        (
            Condition(
                _has_items,
                _no_items(
                    "epcList",
                    "TransactionEvent",
                    "epcList or a quantityList with at least one member, unless action is DELETE",
                    " epcList 或至少一项的 quantityList（action 为 DELETE 时除外）",
                ),
            ),
        ),
        ("bizTransactionList", "action"),
    ),
    "TransformationEvent": _event(
        "TransformationEvent",
        {
            "inputEPCList": field.URIS_ONCE,
            "inputQuantityList": field.QUANTITIES,
            "outputEPCList": field.URIS_ONCE,
            "outputQuantityList": field.QUANTITIES,
            "transformationID": field.URI,
            **_MADE,
        },
        (
            Condition(
                _turns_something,
                _no_items(
                    "inputEPCList",
                    "TransformationEvent",
                    "at least one input and one output, or one of either with a transformationID",
                    "至少一项输入和一项输出，或其中之一并带有 transformationID",
                ),
            ),
        ),
        (),
    ),
}

OWN_EVENT = record(COMMON, ("type", *_ALWAYS), others=Others.ANY, where="event")
"""An event of a type of one's own, whose `type` is a URI; its further fields are its own affair."""


_SHAPES: dict[str, Check] = {
    **_STEP,
    **_CHILDREN,
    **_ACTION,
    **_MADE,
    "epcList": field.URIS,
    "quantityList": field.QUANTITIES,
    "inputEPCList": field.URIS,
    "inputQuantityList": field.QUANTITIES,
    "outputEPCList": field.URIS,
    "outputQuantityList": field.QUANTITIES,
    "transformationID": field.URI,
}


def readable(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """A valid event as far as its fields are in the shapes of the standard, for whoever reads them.

    In an event of a type of one's own `epcList` may hold anything: such a field is on record, and not read.

    >>> readable({"type": "https://example.org/Audit", "epcList": "all of them", "bizStep": "inspecting"})
    {'type': 'https://example.org/Audit', 'bizStep': 'inspecting'}
    """
    if event.get("type") in EVENTS:
        return event
    return {key: value for key, value in event.items() if key not in _SHAPES or _SHAPES[key].ok(value)}


def check_of(event: Event) -> Check | None:
    """The check for this event by its type; None if it has no type that an event can have."""
    kind = event.get("type")
    if not isinstance(kind, str):
        return None
    return EVENTS.get(kind) or (OWN_EVENT if field.URI.ok(kind) else None)


def _event_ok(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    check = check_of(value)
    return check is not None and check.ok(value)


def explain_event(value: Json, pointer: str, types: tuple[str, ...] = tuple(EVENTS)) -> Iterator[Finding]:
    """What is wrong with an event; `types` are those that may stand at this place."""
    if not isinstance(value, dict):
        yield faults.wrong_type(value, pointer, "object")
        return
    check = check_of(value)
    if check is None and "type" in value:
        yield _wrong_event_type(value["type"], step(pointer, "type"), types)
    yield from (check or OWN_EVENT).explain(value, pointer)


def _wrong_event_type(kind: Json, pointer: str, types: tuple[str, ...]) -> Finding:
    if isinstance(kind, str):
        return faults.unknown_type(kind, pointer, types)
    return faults.wrong_type(kind, pointer, "string")


EVENT = Check(_event_ok, explain_event)
