"""The CBV 2.0 event hash: a name for what an event says, which anybody can recompute.

    ni:///sha-256;<64 hex digits>?ver=CBV2.0

The digest is of the *pre-image*: `key=value` pairs of the event without separators, in the order below, lists
sorted, values in one form (`hash_values`), extensions as `{namespace}local`. So key order, prefixes, time
zones and EPC URNs or Digital Links make no difference. What names or voids the event is left out (`eventID`,
`recordTime`, `errorDeclaration`, `@context`), as are comments.

Source: cbv-2.0 section 8.9. Where its table and its published examples part, the examples decide, since
others compute like them: `certificationInfo` comes after the time zone, `destinationList` before
`sourceList`, a type before its value.

>>> pre_image({"type": "ObjectEvent", "eventTime": "2026-05-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
...            "epcList": ["urn:x:2", "urn:x:1"], "action": "OBSERVE", "bizStep": "storing"})
'eventType=ObjectEventeventTime=2026-05-01T00:00:00.000ZeventTimeZoneOffset=+08:00\
epcListepc=urn:x:1epc=urn:x:2action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-storing'
"""

from collections.abc import Callable, Iterable, Mapping, Set
from functools import lru_cache
from hashlib import sha256
from typing import Any

from suyuan.events import cbv
from suyuan.events.hash_values import Texts, scalar, utc
from suyuan.events.names import Names

Write = Callable[[Any, Names, Texts], str]
Words = Mapping[str, str]

_NOTHING: frozenset[str] = frozenset()
_COMMENT = "{http://www.w3.org/2000/01/rdf-schema#}comment"


def event_hash(event: Mapping[str, Any], names: Names | None = None, *, ignore: Set[str] = _NOTHING) -> str:
    """The event's hash id. `names` default to those of its own `@context`; see `pre_image`."""
    digest = sha256(pre_image(event, names, ignore=ignore).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_image(event: Mapping[str, Any], names: Names | None = None, *, ignore: Set[str] = _NOTHING) -> str:
    """The text that is hashed. `ignore` are extensions that do not count, as `Names.key` writes them."""
    if names is None:
        names = Names.of(event.get("@context"))
    texts = _texts(names)
    parts = [f"eventType={event.get('type', '')}"]
    for key, write in _ORDER:
        if key in event:
            try:
                parts.append(write(event[key], names, texts))
            except (TypeError, AttributeError, LookupError, ValueError):
                # not in the shape of the standard: written as an extension would be, so that it counts
                parts.extend(sorted(_nested(key, event[key], names, texts)))
    if others := event.keys() - _KNOWN:
        parts.extend(_extensions(event, others, names, texts, ignore))
    return "".join(parts)


@lru_cache(maxsize=8)  # contexts in use at one time; each remembers some MB of texts
def _texts(names: Names) -> Texts:
    return Texts(names)


# extensions, of any depth


def _extensions(
    parent: Mapping[str, Any], keys: Iterable[str], names: Names, texts: Texts, ignore: Set[str] = _NOTHING
) -> list[str]:
    """The extension fields of `parent`, each list element for itself, sorted."""
    return sorted(
        text
        for key in keys
        if not ignore or names.key(key) not in ignore
        for text in _nested(key, parent[key], names, texts)
    )


def _nested(key: str, value: Any, names: Names, texts: Texts) -> Iterable[str]:
    if isinstance(value, list):
        return [text for element in value for text in _nested(key, element, names, texts)]
    name = names.key(key)
    if value is None or name == _COMMENT:
        return ()
    if isinstance(value, dict):
        return (name + "".join(_extensions(value, value, names, texts)),)
    text = scalar(value, texts)
    return (f"{name}={text}" if text else name,)


# fields of the standard: each function makes the writer of one field


def _instant(key: str) -> Write:
    return lambda value, names, texts: f"{key}={utc(value)}"


def _value(key: str) -> Write:
    opening = f"{key}="

    def write(value: Any, names: Names, texts: Texts) -> str:
        text = texts[value] if value.__class__ is str else scalar(value, texts)
        return opening + text if text else ""

    return write


def _word(key: str, words: Words) -> Write:
    opening = f"{key}="

    def write(value: Any, names: Names, texts: Texts) -> str:
        return opening + (words.get(value) or texts[value])

    return write


def _values(key: str) -> Write:
    """A text or several, the key before each."""
    opening = f"{key}="

    def write(value: Any, names: Names, texts: Texts) -> str:
        if isinstance(value, str):
            return opening + texts[value]
        return "".join(sorted([opening + texts[text] for text in value]))

    return write


def _epcs(key: str) -> Write:
    def write(value: Any, names: Names, texts: Texts) -> str:
        if not isinstance(value, list):
            raise TypeError(key)
        return key + "".join(sorted(["epc=" + texts[epc] for epc in value])) if value else ""

    return write


def _list_of(key: str, one: Write) -> Write:
    """A list: its name once, then its elements, sorted."""

    def write(value: Any, names: Names, texts: Texts) -> str:
        if not isinstance(value, list):
            raise TypeError(key)
        return key + "".join(sorted([one(element, names, texts) for element in value])) if value else ""

    return write


def _quantities(key: str) -> Write:
    fields = _fields(("epcClass", _value), ("quantity", _value), ("uom", _value))
    return _list_of(key, lambda value, names, texts: "quantityElement" + fields(value, names, texts))


def _typed(key: str, name: str, words: Words) -> Write:
    """A list of `{type, name}`; the type comes first."""

    def one(element: Any, names: Names, texts: Texts) -> str:
        kind = element.get("type")
        text = f"{name}={texts[element[name]]}"
        return f"type={words.get(kind) or texts[kind]}{text}" if kind else text

    return _list_of(key, one)


def _place(key: str) -> Write:
    fields = _fields(("id", _value))
    return lambda value, names, texts: key + fields(value, names, texts)


def _persistent(key: str) -> Write:
    def words(kind: str, value: Any, texts: Texts) -> str:
        listed = [value] if isinstance(value, str) else value
        return "".join(sorted([f"{kind}={cbv.DISPOSITION_URIS.get(word) or texts[word]}" for word in listed]))

    def write(value: Any, names: Names, texts: Texts) -> str:
        text = "".join([words(kind, value[kind], texts) for kind in ("set", "unset") if kind in value])
        return key + text if text else ""

    return write


def _ilmd(key: str) -> Write:
    def write(value: Any, names: Names, texts: Texts) -> str:
        return key + "".join(_extensions(value, value, names, texts)) if value else ""

    return write


def _fields(*order: tuple[str, Callable[[str], Write]]) -> Write:
    """The writer of an object: its own fields in this order, then its extensions."""
    writers = tuple((name, make(name)) for name, make in order)
    known = frozenset(name for name, _ in order)

    def write(value: Any, names: Names, texts: Texts) -> str:
        parts = [write(value[name], names, texts) for name, write in writers if name in value]
        if others := value.keys() - known:
            parts.extend(_extensions(value, others, names, texts))
        return "".join(parts)

    return write


def _measurement(key: str) -> Write:
    return _word(key, cbv.MEASUREMENT_TYPE_URIS)


def _alert(key: str) -> Write:
    return _word(key, cbv.SENSOR_ALERT_URIS)


def _component(key: str) -> Write:
    return _word(key, cbv.COMPONENT_URIS)


_METADATA = _fields(
    ("time", _instant),
    ("startTime", _instant),
    ("endTime", _instant),
    ("deviceID", _value),
    ("deviceMetadata", _value),
    ("rawData", _value),
    ("dataProcessingMethod", _value),
    ("bizRules", _value),
)

_REPORT = _fields(
    ("type", _measurement),
    ("exception", _alert),
    ("deviceID", _value),
    ("deviceMetadata", _value),
    ("rawData", _value),
    ("dataProcessingMethod", _value),
    ("time", _instant),
    ("microorganism", _value),
    ("chemicalSubstance", _value),
    ("value", _value),
    ("component", _component),
    ("stringValue", _value),
    ("booleanValue", _value),
    ("hexBinaryValue", _value),
    ("uriValue", _value),
    ("minValue", _value),
    ("maxValue", _value),
    ("meanValue", _value),
    ("sDev", _value),
    ("percRank", _value),
    ("percValue", _value),
    ("uom", _value),
    ("coordinateReferenceSystem", _value),
)


def _reports(key: str) -> Write:
    return lambda value, names, texts: "".join(
        sorted([key + _REPORT(report, names, texts) for report in value])
    )


def _metadata(key: str) -> Write:
    return lambda value, names, texts: key + _METADATA(value, names, texts)


def _sensors(key: str) -> Write:
    fields = _fields(("sensorMetadata", _metadata), ("sensorReport", _reports))
    return _list_of(key, lambda value, names, texts: "sensorElement" + fields(value, names, texts))


_ORDER: tuple[tuple[str, Write], ...] = (
    ("eventTime", _instant("eventTime")),
    ("eventTimeZoneOffset", _value("eventTimeZoneOffset")),
    ("certificationInfo", _values("certificationInfo")),
    ("epcList", _epcs("epcList")),
    ("parentID", _value("parentID")),
    ("inputEPCList", _epcs("inputEPCList")),
    ("childEPCs", _epcs("childEPCs")),
    ("quantityList", _quantities("quantityList")),
    ("childQuantityList", _quantities("childQuantityList")),
    ("inputQuantityList", _quantities("inputQuantityList")),
    ("outputEPCList", _epcs("outputEPCList")),
    ("outputQuantityList", _quantities("outputQuantityList")),
    ("action", _value("action")),
    ("transformationID", _value("transformationID")),
    ("bizStep", _word("bizStep", cbv.BIZ_STEP_URIS)),
    ("disposition", _word("disposition", cbv.DISPOSITION_URIS)),
    ("persistentDisposition", _persistent("persistentDisposition")),
    ("readPoint", _place("readPoint")),
    ("bizLocation", _place("bizLocation")),
    ("bizTransactionList", _typed("bizTransactionList", "bizTransaction", cbv.BIZ_TRANSACTION_TYPE_URIS)),
    ("destinationList", _typed("destinationList", "destination", cbv.SOURCE_DEST_TYPE_URIS)),
    ("sourceList", _typed("sourceList", "source", cbv.SOURCE_DEST_TYPE_URIS)),
    ("sensorElementList", _sensors("sensorElementList")),
    ("ilmd", _ilmd("ilmd")),
)

_LEFT_OUT = frozenset({"@context", "type", "eventID", "recordTime", "errorDeclaration"})
_KNOWN = _LEFT_OUT | {key for key, _ in _ORDER}
