"""Made-up EPCIS documents for the comparison with GS1's schema: valid ones with every field, and spoilt ones.

`valid_event` draws one of the five kinds (or of a type of its own) with any of its fields; `spoil` changes one
thing somewhere: drops, renames, retypes, doubles, exchanges. Most spoilt documents are wrong, some stay right.
"""

import copy
from collections.abc import Callable
from random import Random
from typing import Any

from suyuan.events import cbv

Json = Any

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
URIS = [
    "urn:epc:id:sgtin:4012345.011111.9876",
    "https://id.gs1.org/01/04012345111118/21/9876",
    "https://w3id.org/suyuan/obj/001PE050000001A7C0000042",
    "https://example.com/a%20b?x=1&y=/#frag",
    "ext:thing",
    "http://[2001:db8::7]:80/x",
    "geo:41.6,-86.6",
    "x://user:pw@host:8/",
    "urn:",
]
TIMES = [
    "2026-05-01T08:00:00+08:00",
    "2024-02-29T23:59:59.123456Z",
    "2026-12-31t00:00:00z",
    "0001-01-01T00:00:00-14:00",
]
OFFSETS = ["+08:00", "-05:30", "+14:00", "-00:00"]
CONTEXTS = [
    STANDARD,
    [STANDARD],
    [STANDARD, {"ext": "https://example.com/"}],
    {"ext": "x"},
    [],
    [{"a": 1}, {"a": True}],
]
EXTRA = {
    "ext:note": "a",
    "https://example.com/field": {"deep": [1, None]},
    "ext:list": [1, 2],
    "example:n": 1.5,
}

# Texts and values that are nearly right somewhere.
ODD_URIS = [
    "", " ", "a", "x y", "urn:x y", "urn:x\n", "urn:x\n\n", "http://[::1", "http://[::ffff:1.2.3.4]/", "http://[1::2::3]/",
    "://x", "1a:b", "a:%zz", "a:b%41", "ä:b", "a:é", "//host", "/path", "?q", "#f", "a:#f#g", "a:?q?", "a:[", "a:\\",
]  # fmt: skip
ODD_TIMES = [
    "2026-05-01", "2026-05-01T08:00:00", "2026-05-01 08:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-04-31T00:00:00Z", "2026-05-01T24:00:00Z", "2026-05-01T23:59:60Z", "0000-01-01T00:00:00Z",
    "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "0000-02-29T00:00:00Z", "2026-05-01T08:00:00+24:00",
    "2026-05-01T08:00:00.Z", "2026-05-01T08:00:00Z\n", "２026-05-01T08:00:00Z", "2026-05-01T08:00:00+0800",
]  # fmt: skip
ODD_CODES = [
    "+8:00", "+14:30", "08:00", "+08:00\n", "+13:59", "-14:00", "Z", "KGM", "kgm", "K", "KGMM", "KGM\n",
    "2.0", "2", "2.", ".2", "2.0\n", "2.0.0", "٢.٠", "2.0a", "ff", "FF\n", "0x1", "fg",
    "OBSERVE", "ADD", "DELETE", "DELETE\n", "observe", "CREATE",
]  # fmt: skip
ODD_WORDS = [
    "shipping", "Shipping", "active", "in_transit", "po", "owning_party", "location", "did_not_occur", "latitude", "x",
    "urn:epcglobal:cbv:bizstep:shipping", "urn:epcglobal:cbvx", "https://ns.gs1.org/cbv/BizStep-shipping",
    "https://ref.gs1.org/cbv/BizStep-shipping", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/voc",
    "https://gs1.org/voc/Temperature", "http://www.gs1.org/voc/", "https://www.gs1.org/vocabulary/x", "gs1:Temperature",
    "http://gs1.org/voc/x", "https://www.gs1.org/voc/x", "Temperature", "ALARM_CONDITION",
]  # fmt: skip
TYPES = [
    "ObjectEvent", "AggregationEvent", "AssociationEvent", "TransactionEvent", "TransformationEvent",
    "EPCISDocument", "EPCISQueryDocument", "ext:OwnEvent", "objectEvent",
]  # fmt: skip
ODD_TEXTS = [*ODD_URIS, *ODD_TIMES, *ODD_CODES, *ODD_WORDS, *TYPES]
ODD_VALUES: list[Json] = [
    None, True, False, 0, 1, -1.5, 1e300, [], {}, [[]], [{}], [1], [None], ["a"], ["urn:x:1"], ["urn:x:1", "urn:x:1"],
    {"id": "urn:x:1"}, {"id": "x"}, {"id": 1}, {"a": 1}, {"ext:a": 1}, {"set": ["active"]}, {"set": []},
    {"unset": ["active", "active"]}, {"type": "po", "bizTransaction": "urn:x:1"}, {"epcClass": "urn:x:1"},
    {"epcClass": "urn:x:1", "quantity": True}, {"type": "location", "source": "urn:x:1"},
    {"type": "location", "destination": "urn:x:1"}, {"sensorReport": []}, {"sensorReport": [{"type": "Mass"}]},
    {"declarationTime": TIMES[0]}, [{"a": 1}, {"a": 1.0}], [{"a": 1}, {"a": True}], [STANDARD, STANDARD],
    [{"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}],
]  # fmt: skip
ODD_KEYS = [
    "ext:new", "new", "", " ", "x y", "a:b c", "type", "id", "@context", "eventTime", "eventID", "parentID", "epcList",
    "childEPCs", "quantityList", "persistentDisposition", "ilmd", "action", "bizStep", "uom", "urn:x\n", "@type", "@id",
    "epcisBody", "eventList", "vocabularyList", "queryName", "inputEPCList", "transformationID", "certificationInfo",
    "recordTime", "errorDeclaration", "attribute", "attributes", "children", "instanceIdentifier", "sender",
]  # fmt: skip

Draw = Callable[[Random], Json]

OFTEN = 0.25
"""How often a field stands that need not."""


def one_of(values: list[Json]) -> Draw:
    return lambda random: copy.deepcopy(random.choice(values))


def some(draw: Draw, least: int = 0) -> Draw:
    return lambda random: [draw(random) for _ in range(random.randint(least, 3))]


def different(draw: Draw, least: int = 0) -> Draw:
    return lambda random: list(dict.fromkeys(draw(random) for _ in range(random.randint(least, 3))))


def fields(always: dict[str, Draw], maybe: dict[str, Draw], extra: bool = True) -> Draw:
    def draw(random: Random) -> Json:
        chosen = always | {name: each for name, each in maybe.items() if random.random() < OFTEN}
        made = {name: each(random) for name, each in chosen.items()}
        if extra and random.random() < 0.3:
            name = random.choice(list(EXTRA))
            made[name] = copy.deepcopy(EXTRA[name])
        return _shuffled(made, random)

    return draw


def _shuffled(made: dict[str, Json], random: Random) -> dict[str, Json]:
    if random.random() < 0.5:
        return made
    names = list(made)
    random.shuffle(names)
    return {name: made[name] for name in names}


uri, time, text = one_of(URIS), one_of(TIMES), one_of(["", "a", "中"])
number = one_of([0, 1, 161.0, -2.5, 1e300])


def word(words: tuple[str, ...]) -> Draw:
    return one_of([*words, "ext:own", "https://example.com/own"])


quantity = fields({"epcClass": uri}, {"quantity": number, "uom": one_of(["KGM", "H87", "C6"])}, extra=False)
place = fields({"id": uri}, {"anything": text})
disposition = word(cbv.DISPOSITIONS)
persistent = fields({"set": different(disposition, 1)}, {"unset": different(disposition, 1)}, extra=False)
transaction = fields({"bizTransaction": uri}, {"type": word(cbv.BIZ_TRANSACTION_TYPES)}, extra=False)
party_type = word(cbv.SOURCE_DEST_TYPES)
device = {
    "deviceID": uri,
    "deviceMetadata": uri,
    "rawData": uri,
    "dataProcessingMethod": uri,
    "bizRules": uri,
}
report = fields(
    {"type": word(cbv.MEASUREMENT_TYPES)},
    {
        **device,
        "exception": word(cbv.SENSOR_ALERTS),
        "time": time,
        "microorganism": uri,
        "chemicalSubstance": uri,
        "coordinateReferenceSystem": uri,
        "value": number,
        "component": word(cbv.COMPONENTS),
        "stringValue": text,
        "booleanValue": one_of([True, False]),
        "hexBinaryValue": one_of(["0aF"]),
        "uriValue": uri,
        "minValue": number,
        "maxValue": number,
        "meanValue": number,
        "sDev": number,
        "percRank": number,
        "percValue": number,
        "uom": text,
    },
)
sensor = fields(
    {"sensorReport": some(report, 1)},
    {"sensorMetadata": fields({}, {**device, "time": time, "startTime": time, "endTime": time})},
)
declaration = fields(
    {"declarationTime": time}, {"reason": word(cbv.ERROR_REASONS), "correctiveEventIDs": some(uri)}
)
ilmd = fields({}, {"ext:model": text, "https://example.com/x": number})

FRAME: dict[str, Draw] = {"eventTime": time, "eventTimeZoneOffset": one_of(OFFSETS)}
COMMON: dict[str, Draw] = {
    "recordTime": time,
    "eventID": uri,
    "certificationInfo": lambda random: uri(random) if random.random() < 0.5 else some(uri)(random),
    "errorDeclaration": declaration,
}
STEP: dict[str, Draw] = {
    "bizStep": word(cbv.BIZ_STEPS),
    "disposition": disposition,
    "readPoint": place,
    "bizLocation": place,
    "bizTransactionList": some(transaction),
    "sourceList": some(fields({"type": party_type, "source": uri}, {}, extra=False)),
    "destinationList": some(fields({"type": party_type, "destination": uri}, {}, extra=False)),
    "sensorElementList": some(sensor),
}
action = one_of(["ADD", "OBSERVE", "DELETE"])
quantities = some(quantity)
CHILDREN: dict[str, Draw] = {"childEPCs": some(uri), "childQuantityList": quantities}
KINDS: dict[str, tuple[dict[str, Draw], dict[str, Draw]]] = {
    "ObjectEvent": (
        {"action": action},
        {
            "epcList": different(uri),
            "quantityList": quantities,
            "persistentDisposition": persistent,
            "ilmd": ilmd,
        },
    ),
    "AggregationEvent": ({"action": action}, {**CHILDREN, "parentID": uri}),
    "AssociationEvent": ({"action": action, "parentID": uri}, CHILDREN),
    "TransactionEvent": (
        {"action": action, "bizTransactionList": some(transaction, 1)},
        {"epcList": some(uri), "quantityList": quantities, "parentID": uri},
    ),
    "TransformationEvent": (
        {},
        {
            "inputEPCList": different(uri),
            "inputQuantityList": quantities,
            "outputEPCList": different(uri),
            "outputQuantityList": quantities,
            "transformationID": uri,
            "persistentDisposition": persistent,
            "ilmd": ilmd,
        },
    ),
    "ext:OwnEvent": ({}, {"epcList": text, "anything": number, **CHILDREN}),
}


SATISFIES: dict[str, list[dict[str, Draw]]] = {
    "ObjectEvent": [
        {"epcList": different(uri)},
        {"quantityList": some(quantity, 1)},
        {"sensorElementList": some(sensor, 1), "readPoint": place},
    ],
    "AggregationEvent": [{"childEPCs": some(uri, 1)}, {"childQuantityList": some(quantity, 1)}],
    "AssociationEvent": [{"childEPCs": some(uri, 1)}, {"childQuantityList": some(quantity, 1)}],
    "TransactionEvent": [{"epcList": some(uri)}, {"quantityList": some(quantity, 1)}],
    "TransformationEvent": [
        {"inputEPCList": different(uri, 1), "outputEPCList": different(uri, 1)},
        {"inputQuantityList": some(quantity, 1), "outputQuantityList": some(quantity, 1)},
        {"transformationID": uri, "inputEPCList": different(uri, 1)},
        {"transformationID": uri, "outputQuantityList": some(quantity, 1)},
    ],
    "ext:OwnEvent": [{}],
}


def an_event(random: Random) -> dict[str, Json]:
    """An event whose fields are all right by themselves; one in ten may lack what it must be about."""
    kind = random.choice(list(KINDS))
    always, maybe = KINDS[kind]
    careless = random.random() < 0.1
    about = {} if careless else random.choice(SATISFIES[kind])
    event: dict[str, Json] = fields(FRAME | always, COMMON | STEP | maybe)(random)
    event |= {name: draw(random) for name, draw in about.items()}
    if "ilmd" in event and "action" in event and not careless:
        event["action"] = "ADD"
    event["type"] = kind
    return event


def a_bare_event(random: Random) -> dict[str, Json]:
    return {"@context": one_of(CONTEXTS)(random), **an_event(random)}


attribute = fields({"id": uri, "attribute": one_of(["x", 1, {"a": 1}])}, {"anything": text})
attributes, uris = some(attribute), some(uri)
element = fields({"id": uri}, {"attributes": attributes, "children": uris, "anything": text})
vocabulary = fields({"type": uri, "vocabularyElementList": some(element)}, {"anything": text})
master_data = fields({"vocabularyList": some(vocabulary)}, {"anything": text})
header = fields({"epcisMasterData": master_data}, {})


def a_document(random: Random) -> dict[str, Json]:
    body = fields({"eventList": some(an_event)}, {"anything": text})
    top = {
        "@context": one_of(CONTEXTS),
        "schemaVersion": one_of(["2.0", "2"]),
        "creationDate": time,
        "epcisBody": body,
    }
    more = {"id": uri, "instanceIdentifier": text, "sender": text, "receiver": text}
    if random.random() < 0.3:
        top["epcisHeader"] = header
    return {"type": "EPCISDocument", **fields(top, more)(random)}


def a_query_document(random: Random) -> dict[str, Json]:
    results = fields({"eventList": some(an_event)}, {"vocabularyList": some(vocabulary)})
    answer = fields({"queryName": text, "resultsBody": results}, {"subscriptionID": text})
    body = fields({"queryResults": answer}, {})
    more: dict[str, Draw] = {"id": uri, "schemaVersion": one_of(["2.0"]), "creationDate": time}
    return {
        "type": "EPCISQueryDocument",
        **fields({"@context": one_of(CONTEXTS), "epcisBody": body}, more)(random),
    }


def draw_any(random: Random) -> dict[str, Json]:
    """Mostly bare events: the schema takes longest over documents, and their events are the same."""
    make = random.choices((a_bare_event, a_document, a_query_document), (8, 1, 1))[0]
    return make(random)


def spoil(document: Json, random: Random) -> Json:
    """The document with one to three things changed, anywhere."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        document = _spoil_once(document, random)
    return document


def _spoil_once(document: Json, random: Random) -> Json:
    spots = list(_spots(document))
    if not spots or random.random() < 0.01:
        return one_of([*ODD_VALUES, *ODD_TEXTS])(random)
    holder, key = random.choice(spots)
    change = random.choice((_drop, _replace, _replace, _retext, _retext, _exchange, _add, _rename, _double))
    change(holder, key, spots, random)
    return document


def _spots(value: Json) -> list[tuple[Json, Json]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    spots = [(value, key) for key in keys]
    for key in list(keys):
        spots += _spots(value[key])
    return spots


Spots = list[tuple[Json, Json]]


def _drop(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    del holder[key]


def _replace(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    holder[key] = one_of(ODD_VALUES)(random)


def _retext(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    holder[key] = random.choice(ODD_TEXTS if random.random() < 0.3 else _odd_for(holder[key]))


def _odd_for(value: Json) -> list[str]:
    """Odd texts of the sort that stands there."""
    if value in TIMES:
        return ODD_TIMES
    if value in TYPES:
        return TYPES
    if isinstance(value, str) and value in (*cbv.URI_OF, "ext:own", "https://example.com/own"):
        return ODD_WORDS
    return ODD_URIS if isinstance(value, str) and ":" in value else ODD_CODES


def _exchange(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    other, other_key = random.choice(spots)
    holder[key] = copy.deepcopy(other[other_key])


def _add(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    other, other_key = random.choice(spots)
    value = random.choice((copy.deepcopy(other[other_key]), one_of(ODD_VALUES)(random)))
    if isinstance(holder, dict):
        holder[random.choice(ODD_KEYS)] = value
    else:
        holder.append(value)


def _rename(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    if isinstance(holder, dict):
        holder[random.choice((*ODD_KEYS, key.lower(), key + "x", key.capitalize()))] = holder.pop(key)


def _double(holder: Json, key: Json, spots: Spots, random: Random) -> None:
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif isinstance(holder[key], list):
        holder[key] += copy.deepcopy(holder[key])
