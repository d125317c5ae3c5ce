"""Which things an event speaks of, and in what role: what the index of the ledger is made of.

    role     fields
    epc      epcList, quantityList
    parent   parentID
    child    childEPCs, childQuantityList
    input    inputEPCList, inputQuantityList
    output   outputEPCList, outputQuantityList
    run      transformationID; a Transformation without one is a run of its own

A thing is named by its key (`identifiers.recognise`), so that it is the same under any domain.

>>> items_of({"type": "AssociationEvent", "parentID": "https://a.example/obj/LNBSCB3F0DD130955",
...           "childEPCs": ["https://b.example/obj/001PE050000001A7C0000042"]})
(('parent', 'LNBSCB3F0DD130955'), ('child', '001PE050000001A7C0000042'))
"""

from collections.abc import Mapping
from typing import Any

from suyuan.events.check_events import readable
from suyuan.events.event_hash import event_hash
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.recognise import item_key

Item = tuple[str, str]

_LISTS = (
    ("epcList", "epc"),
    ("childEPCs", "child"),
    ("inputEPCList", "input"),
    ("outputEPCList", "output"),
)
_QUANTITY_LISTS = (
    ("quantityList", "epc"),
    ("childQuantityList", "child"),
    ("inputQuantityList", "input"),
    ("outputQuantityList", "output"),
)


def items_of(event: Mapping[str, Any], event_id: str | None = None) -> tuple[Item, ...]:
    """The (role, key) pairs of a valid event, each once, in the order of the table of this module.

    `event_id` spares working it out again where it is known already.
    """
    event = readable(event)
    found: list[Item] = []
    if parent := event.get("parentID"):
        found.append(("parent", item_key(parent)))
    for field, role in _LISTS:
        if field in event:
            found += [(role, item_key(uri)) for uri in event[field]]
    for field, role in _QUANTITY_LISTS:
        if field in event:
            found += [(role, item_key(element["epcClass"])) for element in event[field]]
    if event["type"] == "TransformationEvent":
        found.append(("run", run_key(event, event_id)))
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def run_key(event: Mapping[str, Any], event_id: str | None = None) -> str:
    """The key of the process run that a TransformationEvent belongs to.

    >>> run_key({"transformationID": "urn:epc:id:gdti:4012345.55555.1234"})
    'https://id.gs1.org/253/40123455555541234'
    """
    if run := event.get("transformationID"):
        return canonical(run)
    return f"run:{event_id or id_of(event)}"


def id_of(event: Mapping[str, Any]) -> str:
    """The event's id: the sender's, else its hash.

    >>> id_of({"eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"})
    'urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8'
    """
    given: str | None = event.get("eventID")
    return given or event_hash(event)
