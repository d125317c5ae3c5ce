"""The parameters of SimpleEventQuery: from name and value to what is asked of an event.

    fixed names        eventType, GE_eventTime, EQ_bizStep, MATCH_epc, EQ_deviceID, …      `FIXED`
    by type            EQ_bizTransaction_<type>, EQ_source_<type>, EQ_destination_<type>
    by unit            GE_quantity_<uom>, LT_minValue_<uom>, …
    by master data     HASATTR_<field>, EQ_ATTR_<field>_<attribute>
    by extension       (EQ|GT|GE|LT|LE|EXISTS)_[INNER_][ILMD_|ERROR_DECLARATION_|SENSOR…_|readPoint_|bizLocation_]<prefix>:<name>

Source: epcis-2.0 section 8.2.7.1, query schema of the REST binding.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any, get_args

from suyuan.events import cbv, formats, query_values
from suyuan.events.names import Names
from suyuan.events.query_criteria import (
    Amount,
    Area,
    Below,
    Criterion,
    Described,
    Exists,
    Matches,
    Measured,
    OneOf,
    Op,
    Related,
    Said,
    Sensed,
    When,
    party_or_document,
)
from suyuan.events.query_faults import QueryParameterException
from suyuan.events.query_patterns import is_pattern, parse
from suyuan.events.query_values import Given, wrong
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.item_keys import item_key, place_key

Builder = Callable[[Given], Criterion | None]

EVENT_TYPES = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)
OPS: tuple[Op, ...] = get_args(Op)
EPC_FIELDS: Mapping[str, tuple[str, ...]] = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_inputEPC": ("inputEPCList",),
    "MATCH_outputEPC": ("outputEPCList",),
    "MATCH_anyEPC": ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList"),
    "MATCH_epcClass": ("quantityList", "childQuantityList"),
    "MATCH_inputEPCClass": ("inputQuantityList",),
    "MATCH_outputEPCClass": ("outputQuantityList",),
    "MATCH_anyEPCClass": ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"),
}


def _words(field: str, standard: tuple[str, ...]) -> Builder:
    return lambda given: OneOf(field, query_values.words(given, standard))


def _texts(field: str) -> Builder:
    return lambda given: OneOf(field, frozenset(query_values.texts(given)))


def _uris(field: str, form: Callable[[str], str] = str) -> Builder:
    return lambda given: OneOf(field, frozenset(map(form, query_values.uris(given))))


def _actions(given: Given) -> Criterion:
    found = query_values.texts(given)
    for one in found:
        if one not in ("ADD", "OBSERVE", "DELETE"):
            raise wrong(
                given,
                f"{one!r} must be one of ADD, OBSERVE, DELETE",
                f"{one!r} 应为 ADD、OBSERVE、DELETE 之一",
            )
    return OneOf("action", frozenset(found))


def _event_types(given: Given) -> Criterion:
    return OneOf("type", frozenset(map(event_type, query_values.words(given, EVENT_TYPES))))


def event_type(word: str) -> str:
    """The name of a kind of event: those of the standard bare."""
    return word.removeprefix(cbv.PREFIXES["epcis"])


def _time(field: str, op: Op) -> Builder:
    return lambda given: When(field, op, query_values.instant(given))


def _matches(given: Given) -> Criterion:
    keys, patterns = [], []
    for uri in query_values.uris(given):
        if is_pattern(uri):
            pattern = parse(uri)
            if pattern is None:
                raise wrong(
                    given,
                    f"{uri!r} is no pattern: pieces are left open from the end, urn:epc:idpat:sgtin:4012345.011111.*",
                    f"{uri!r} 不是有效模式：只能从末尾起以 * 代替，例如 urn:epc:idpat:sgtin:4012345.011111.*",
                )
            patterns.append(pattern)
        else:
            keys.append(item_key(uri))
    return Matches(EPC_FIELDS[given.name], frozenset(keys), tuple(patterns))


def _amount(op: Op, uom: str | None) -> Builder:
    return lambda given: Amount(op, _limits(given, op), uom)


def _measured(name: str, op: Op, uom: str | None) -> Builder:
    return lambda given: Measured(name, op, _limits(given, op), uom)


def _limits(given: Given, op: Op) -> tuple[float, ...]:
    return query_values.numbers(given) if op == "EQ" else (query_values.number(given),)


def _sensed(name: str) -> Builder:
    return lambda given: Sensed(name, frozenset(map(canonical, query_values.uris(given))))


def _sensor_type(given: Given) -> Criterion:
    return Sensed("type", query_values.words(given, cbv.MEASUREMENT_TYPES))


def _string_value(given: Given) -> Criterion:
    return Sensed("stringValue", frozenset(query_values.texts(given)))


def _hex_value(given: Given) -> Criterion:
    return Sensed("hexBinaryValue", frozenset(one.upper() for one in query_values.texts(given)))


def _boolean_value(given: Given) -> Criterion:
    return Sensed("booleanValue", frozenset((query_values.truth(given),)))


def _exists(field: str) -> Builder:
    return lambda given: Exists(field) if query_values.exists(given) else None


def _below(field: Any) -> Builder:
    return lambda given: Below(field, frozenset(map(place_key, query_values.uris(given))))


_TIMES = {
    "eventTime": "eventTime",
    "recordTime": "recordTime",
    "errorDeclarationTime": "errorDeclarationTime",
    "errorDeclaration_Time": "errorDeclarationTime",  # as the query schema spells it
    "time": "time",
    "startTime": "startTime",
    "endTime": "endTime",
}

FIXED: dict[str, Builder] = {
    "eventType": _event_types,
    "EQ_action": _actions,
    "EQ_bizStep": _words("bizStep", cbv.BIZ_STEPS),
    "EQ_disposition": _words("disposition", cbv.DISPOSITIONS),
    "EQ_persistentDisposition_set": _words("set", cbv.DISPOSITIONS),
    "EQ_persistentDisposition_unset": _words("unset", cbv.DISPOSITIONS),
    "EQ_readPoint": _uris("readPoint", place_key),
    "EQ_bizLocation": _uris("bizLocation", place_key),
    "WD_readPoint": _below("readPoint"),
    "WD_bizLocation": _below("bizLocation"),
    "EQ_transformationID": lambda given: OneOf(
        "transformationID", frozenset(map(canonical, query_values.texts(given)))
    ),
    "EQ_eventID": _uris("eventID"),
    "EQ_errorReason": _words("errorReason", cbv.ERROR_REASONS),
    "EQ_correctiveEventID": _uris("correctiveEventID"),
    "EXISTS_errorDeclaration": _exists("errorDeclaration"),
    "EXISTS_sensorElementList": _exists("sensorElementList"),
    "EXISTS_sensorElement": _exists("sensorElementList"),
    "EQ_type": _sensor_type,
    "EQ_deviceID": _sensed("deviceID"),
    "EQ_dataProcessingMethod": _sensed("dataProcessingMethod"),
    "EQ_microorganism": _sensed("microorganism"),
    "EQ_chemicalSubstance": _sensed("chemicalSubstance"),
    "EQ_bizRules": _sensed("bizRules"),
    "EQ_uriValue": _sensed("uriValue"),
    "EQ_stringValue": _string_value,
    "EQ_hexBinaryValue": _hex_value,
    "EQ_booleanValue": _boolean_value,
    **{f"{op}_{name}": _time(field, op) for name, field in _TIMES.items() for op in ("GE", "LT")},
    **dict.fromkeys(EPC_FIELDS, _matches),
    **{f"{op}_quantity": _amount(op, None) for op in OPS},
    **{f"{op}_percRank": _measured("percRank", op, None) for op in OPS},
}  # fmt: skip

MEASURES = ("value", "minValue", "maxValue", "meanValue", "sDev", "percValue")
_UNIT = re.compile(rf"({'|'.join(OPS)})_(quantity|{'|'.join(MEASURES)})_([A-Z0-9]{{2,4}})")
_TYPED = re.compile(r"EQ_(bizTransaction|source|destination)_(.+)")
_TYPES = {
    "bizTransaction": cbv.BIZ_TRANSACTION_TYPES,
    "source": cbv.SOURCE_DEST_TYPES,
    "destination": cbv.SOURCE_DEST_TYPES,
}
_AREAS: Mapping[str, Area] = {
    "ILMD": "ilmd",
    "ERROR_DECLARATION": "error",
    "SENSORELEMENT": "sensorElement",
    "SENSORMETADATA": "sensorMetadata",
    "SENSORREPORT": "sensorReport",
    "readPoint": "readPoint",
    "bizLocation": "bizLocation",
}
_EXTENSION = re.compile(rf"({'|'.join(OPS)}|EXISTS)_(INNER_)?(?:({'|'.join(_AREAS)})_)?([^:]+:.+)", re.DOTALL)
_DESCRIBED_FIELDS = (
    "bizStep",
    "disposition",
    "readPoint",
    "bizLocation",
    "epcClass",
    "source",
    "destination",
)
_HAS_ATTRIBUTE = re.compile(rf"HASATTR_({'|'.join(_DESCRIBED_FIELDS)}|[^:]+:.+)")
_ATTRIBUTE = re.compile(rf"EQ_ATTR_({'|'.join(_DESCRIBED_FIELDS)}|[^:_]+:(?://)?[^_]+)_(.+)")


def criterion(given: Given) -> Criterion | None:
    """What a parameter asks; None where it asks nothing (`EXISTS_…=false`). Raises QueryParameterException."""
    builder = FIXED.get(given.name) or _by_pattern(given)
    if builder is None:
        raise _unknown(given)
    return builder(given)


def _by_pattern(given: Given) -> Builder | None:
    name = given.name
    if found := _UNIT.fullmatch(name):
        op: Any = found[1]
        return _amount(op, found[3]) if found[2] == "quantity" else _measured(found[2], op, found[3])
    if found := _TYPED.fullmatch(name):
        return partial(_related, field=found[1], kind=found[2])
    if found := _HAS_ATTRIBUTE.fullmatch(name):
        return partial(_has_attribute, field=found[1])
    if found := _ATTRIBUTE.fullmatch(name):
        return partial(_attribute, field=found[1], attribute=found[2])
    if found := _EXTENSION.fullmatch(name):
        area = _AREAS.get(found[3] or "", "event")
        return partial(_said, word=found[1], inner=bool(found[2]), area=area, name=found[4])
    return None


def _related(given: Given, field: Any, kind: str) -> Criterion:
    if kind not in _TYPES[field]:
        if not formats.is_uri(kind):
            near = get_close_matches(kind, _TYPES[field], 1)
            raise wrong(
                given,
                f"{kind!r} is no type of {field}" + (f"; {near[0]!r} was meant?" if near else ""),
                f"{kind!r} 不是 {field} 的类型" + (f"；是否应为 {near[0]!r}？" if near else ""),
            )
        kind = given.names.word(kind)
    values = query_values.uris(given)
    return Related(field, kind, frozenset(party_or_document(field, kind, uri) for uri in values))


def _said(given: Given, word: str, inner: bool, area: Area, name: str) -> Criterion | None:
    full = full_name(given, name)
    if word == "EXISTS":
        return Said(area, inner, full, None) if query_values.exists(given) else None
    op: Any = word
    return Said(area, inner, full, op, query_values.compared(given, lists=op == "EQ"))


def full_name(given: Given, name: str) -> str:
    """The full URI of an extension field. Raises QueryParameterException for a prefix that nothing binds."""
    found = given.names.prefixed(name)
    if found is not None:
        return found
    prefix, _, local = name.partition(":")
    if local.startswith("//") or prefix.lower() in ("urn", "http", "https"):
        return name
    raise wrong(
        given,
        f"the prefix {prefix!r} is bound to nothing; bind it in the header GS1-Extensions ({prefix}=<namespace>) "
        "or in the @context of the query",
        f"前缀 {prefix!r} 未绑定命名空间；请在请求头 GS1-Extensions（{prefix}=<命名空间>）或查询的 @context 中绑定",
    )


def _has_attribute(given: Given, field: str) -> Criterion:
    names = frozenset(attribute_name(one, given.names) for one in query_values.texts(given))
    return Described(_field(given, field), names, None)


def _attribute(given: Given, field: str, attribute: str) -> Criterion:
    values = query_values.compared(given, lists=True)
    told = frozenset(str(value) for value in values if isinstance(value, str))
    if not told:
        # JSON may give a number: master data write it as text
        told = frozenset(f"{value:g}" for value in values if isinstance(value, float))
    return Described(_field(given, field), frozenset((attribute_name(attribute, given.names),)), told)


def _field(given: Given, field: str) -> str:
    return field if field in _DESCRIBED_FIELDS else full_name(given, field)


def attribute_name(name: str, names: Names) -> str:
    """The name of an attribute of master data as it is compared: full, where a prefix is bound."""
    return names.prefixed(name) or name


def _unknown(given: Given) -> QueryParameterException:
    near = get_close_matches(given.name, [*FIXED, *CONTROLS], 1, 0.8)
    return QueryParameterException(
        given.name,
        "unknown parameter" + (f"; {near[0]} was meant?" if near else "; see the EPCIS 2.0 query parameters"),
        "未知参数" + (f"；是否应为 {near[0]}？" if near else "；请见 EPCIS 2.0 查询参数"),
    )


CONTROLS = (
    "orderBy",
    "orderDirection",
    "eventCountLimit",
    "maxEventCount",
    "perPage",
    "nextPageToken",
)
"""Parameters that say in which order and how many; `query` reads them."""
