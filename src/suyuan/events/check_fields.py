"""The fields of EPCIS 2.0 events: what may stand in each of them.

Read from the top: single values, words of the vocabulary, then the records that are made of them.

Source: epcis-2.0 sections 7.3 and 7.4, cbv-2.0; the verdict is that of GS1's JSON schema (draft 7).

>>> [finding.rule for finding in SENSOR_ELEMENT.explain({"sensorReport": []}, "")]
['empty-list']
"""

from collections.abc import Callable, Iterable, Iterator

from suyuan.events import canonical, cbv, faults, formats
from suyuan.events.checks import Check, Others, either, list_of, record, recurring, text, tolerating, typed
from suyuan.events.pointer import step
from suyuan.events.strict_json import Json
from suyuan.terms.finding import Finding
from suyuan.terms.sentence import Sentence

STRING = typed("string")
NUMBER = typed("number")
BOOLEAN = typed("boolean")
OBJECT = typed("object")

URI = text(formats.is_uri, faults.not_a_uri, formats.plain_uri)
RECURRING_URI = recurring(formats.is_uri, faults.not_a_uri)
TIME = text(formats.is_date_time, faults.not_a_date_time, formats.plain_date_time)
OFFSET = recurring(formats.is_offset, faults.not_an_offset)
UNIT = recurring(formats.is_unit, faults.not_a_unit)
VERSION = text(formats.is_version, faults.not_a_version)
HEX = text(formats.is_hex, faults.not_hex)
ACTION = recurring(("OBSERVE", "ADD", "DELETE").__contains__, faults.not_an_action)


def _word(en: str, zh: str, words: Iterable[str], own: Callable[[str], bool] = formats.is_own_word) -> Check:
    """A bare word of the vocabulary, or a URI of one's own."""
    known, field = frozenset(words), Sentence(zh=zh, en=en)
    return recurring(
        lambda value: value in known or own(value),
        lambda value, pointer: faults.not_a_word(value, pointer, field, known),
    )


BIZ_STEP = _word("bizStep", "业务步骤", cbv.BIZ_STEPS)
DISPOSITION = _word("disposition", "状态", cbv.DISPOSITIONS)
BIZ_TRANSACTION_TYPE = _word("bizTransaction type", "单据类型", cbv.BIZ_TRANSACTION_TYPES)
SOURCE_DEST_TYPE = _word("source or destination type", "来源或去向类型", cbv.SOURCE_DEST_TYPES)
ERROR_REASON = _word("reason", "更正原因", cbv.ERROR_REASONS)
COMPONENT = _word("component", "分量", cbv.COMPONENTS)
# sensors report in words that came after the list, and alarms without a measurement: warnings both
MEASUREMENT_TYPE = tolerating(
    _word("measurement type", "测量类型", cbv.MEASUREMENT_TYPES, formats.is_own_measure),
    lambda value, finding: finding.rule == "unknown-word",
)
SENSOR_ALERT = _word("sensor alert", "传感器警报", cbv.SENSOR_ALERTS, formats.is_own_measure)


def _is_list(value: Json) -> bool:
    return isinstance(value, list)


# @context: a URI, an object, or a list of both in which nothing stands twice
_CONTEXT_PART = either(OBJECT, RECURRING_URI, lambda value: isinstance(value, dict))


def _same(one: Json, other: Json) -> bool:
    """Equality of JSON: true is not 1, but 1.0 is."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return len(one) == len(other) and all(
            key in other and _same(member, other[key]) for key, member in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _repeated(parts: list[Json]) -> Iterator[int]:
    """The places of parts that stood before."""
    seen, odd = set[bytes](), list[Json]()
    for index, part in enumerate(parts):
        try:
            spelling = canonical.dumps(part)
        except canonical.NotCanonicalisable:
            if any(_same(part, other) for other in odd):
                yield index
            odd.append(part)
            continue
        if spelling in seen:
            yield index
        seen.add(spelling)


def _context_parts_ok(value: Json) -> bool:
    if not isinstance(value, list):
        return False
    if value == _last_context[0]:
        return True
    ok = _CONTEXT_PART.ok
    if not all(ok(part) for part in value) or any(_repeated(value)):
        return False
    if sum(isinstance(part, dict) for part in value) <= 1:  # of two, == might take true for 1
        _last_context[0] = list(value)
    return True


# the events of a file share their context
_last_context: list[list[Json] | None] = [None]


def _explain_context_parts(value: Json, pointer: str) -> Iterator[Finding]:
    yield from list_of(_CONTEXT_PART).explain(value, pointer)
    for index in _repeated(value):
        yield faults.twice(value[index], step(pointer, index))


CONTEXT = either(Check(_context_parts_ok, _explain_context_parts), _CONTEXT_PART, _is_list)

CERTIFICATION = either(list_of(URI), URI, _is_list)

ERROR_DECLARATION = record(
    {"declarationTime": TIME, "reason": ERROR_REASON, "correctiveEventIDs": list_of(URI)},
    required=("declarationTime",),
    where="errorDeclaration",
)

QUANTITY = record(
    {"epcClass": URI, "quantity": NUMBER, "uom": UNIT},
    required=("epcClass",),
    others=Others.NONE,
    where="quantityElement",
)
QUANTITIES = list_of(QUANTITY)
URIS = list_of(URI)
URIS_ONCE = list_of(URI, unique=True)

PLACE = record({"id": RECURRING_URI}, required=("id",), others=Others.ANY)

BIZ_TRANSACTION = record(
    {"type": BIZ_TRANSACTION_TYPE, "bizTransaction": URI},
    required=("bizTransaction",),
    others=Others.NONE,
    where="bizTransaction",
)
SOURCE = record(
    {"type": SOURCE_DEST_TYPE, "source": RECURRING_URI},
    ("type", "source"),
    others=Others.NONE,
    where="source",
)
DESTINATION = record(
    {"type": SOURCE_DEST_TYPE, "destination": RECURRING_URI},
    ("type", "destination"),
    others=Others.NONE,
    where="destination",
)

_DISPOSITIONS = list_of(DISPOSITION, least=1, unique=True)
_PERSISTENT = record(
    {"set": _DISPOSITIONS, "unset": _DISPOSITIONS}, others=Others.NONE, where="persistentDisposition"
)


def _persistent_ok(value: Json) -> bool:
    return _PERSISTENT.ok(value) and bool(value)


def _explain_persistent(value: Json, pointer: str) -> Iterator[Finding]:
    yield from _PERSISTENT.explain(value, pointer)
    if value == {}:
        yield faults.needs_one(pointer, ("set", "unset"))


PERSISTENT_DISPOSITION = Check(_persistent_ok, _explain_persistent)

ILMD = record({}, where="ilmd")

SENSOR_METADATA = record(
    {
        "time": TIME,
        "startTime": TIME,
        "endTime": TIME,
        "deviceID": RECURRING_URI,
        "deviceMetadata": RECURRING_URI,
        "rawData": URI,
        "dataProcessingMethod": RECURRING_URI,
        "bizRules": RECURRING_URI,
    },
    where="sensorMetadata",
)
_SENSOR_REPORT = record(
    {
        "type": MEASUREMENT_TYPE,
        "exception": SENSOR_ALERT,
        "deviceID": RECURRING_URI,
        "deviceMetadata": RECURRING_URI,
        "rawData": URI,
        "dataProcessingMethod": RECURRING_URI,
        "bizRules": RECURRING_URI,
        "time": TIME,
        "microorganism": RECURRING_URI,
        "chemicalSubstance": RECURRING_URI,
        "coordinateReferenceSystem": RECURRING_URI,
        "value": NUMBER,
        "component": COMPONENT,
        "stringValue": STRING,
        "booleanValue": BOOLEAN,
        "hexBinaryValue": HEX,
        "uriValue": URI,
        "minValue": NUMBER,
        "maxValue": NUMBER,
        "meanValue": NUMBER,
        "sDev": NUMBER,
        "percRank": NUMBER,
        "percValue": NUMBER,
        "uom": STRING,
    },
    required=("type",),
    where="sensorReport",
)
SENSOR_REPORT = tolerating(
    _SENSOR_REPORT,
    lambda value, finding: finding.rule == "missing-field" and "exception" in value,
)
SENSOR_ELEMENT = record(
    {"sensorMetadata": SENSOR_METADATA, "sensorReport": list_of(SENSOR_REPORT, least=1)},
    required=("sensorReport",),
    where="sensorElement",
)
