"""Whether an event is what a query asks for, decided from the event alone.

    matches(query.criteria, Facts(event, recorded_at), known)

`known` holds what master data say: for `Below` the places, for `Described` the ids, both as `described_as` writes them.
"""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from suyuan.events import query_units
from suyuan.events.check_events import readable
from suyuan.events.event_hash import event_hash
from suyuan.events.names import Names
from suyuan.events.query_criteria import (
    Amount,
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
    Value,
    When,
    party_or_document,
)
from suyuan.events.query_extensions import extensions, leaves
from suyuan.events.query_parameters import event_type
from suyuan.events.query_patterns import takes_in
from suyuan.events.query_values import as_instant, as_number
from suyuan.identifiers.epc_urn import canonical
from suyuan.identifiers.item_keys import item_key, party_key, place_key

Known = Mapping[Criterion, frozenset[str]]

_OPS: Mapping[Op, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
}
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_LISTS = {
    "bizTransaction": "bizTransactionList",
    "source": "sourceList",
    "destination": "destinationList",
}
_SENSOR_TIMES = ("time", "startTime", "endTime")


@dataclass
class Facts:
    """An event and when it was recorded here."""

    body: Mapping[str, Any]
    recorded_at: datetime

    @cached_property
    def names(self) -> Names:
        """What its prefixes mean."""
        return Names.of(self.body.get("@context"))

    @cached_property
    def event(self) -> Mapping[str, Any]:
        """As far as its fields are in the shapes of the standard."""
        return readable(self.body)

    @cached_property
    def error(self) -> Mapping[str, Any]:
        """Its error declaration; empty where it has none."""
        found = self.event.get("errorDeclaration")
        return found if isinstance(found, Mapping) else {}

    def sensors(self) -> Iterator[Mapping[str, Any]]:
        """What stands around the readings, and the readings themselves."""
        for element in self.event.get("sensorElementList") or ():
            yield element.get("sensorMetadata") or {}
            yield from element.get("sensorReport") or ()


def matches(criteria: Iterable[Criterion], facts: Facts, known: Known) -> bool:
    """Whether all criteria hold."""
    return all(_HOLDS[type(one)](one, facts, known) for one in criteria)


# -- fields of the event --------------------------------------------------------------------------


def _one_of(criterion: OneOf, facts: Facts, known: Known) -> bool:
    return any(value in criterion.values for value in _FIELDS[criterion.field](facts))


def _word(facts: Facts, term: Any) -> Iterator[str]:
    if isinstance(term, str):
        yield facts.names.word(term)


def _words(facts: Facts, terms: Any) -> Iterator[str]:
    for term in terms if isinstance(terms, list) else [terms]:
        yield from _word(facts, term)


def place_of(given: Any) -> str | None:
    """The URI of a read point or business location."""
    uri = given.get("id") if isinstance(given, Mapping) else given
    return uri if isinstance(uri, str) and uri else None


def _place(given: Any) -> Iterator[str]:
    uri = place_of(given)
    if uri:
        yield place_key(uri)


def _text(value: Any, form: Callable[[str], str] = str) -> Iterator[str]:
    if isinstance(value, str):
        yield form(value)


def _persistent(facts: Facts, name: str) -> Iterator[str]:
    return _words(facts, (facts.event.get("persistentDisposition") or {}).get(name))


_FIELDS: Mapping[str, Callable[[Facts], Iterable[str]]] = {
    "type": lambda facts: map(event_type, _word(facts, facts.event.get("type"))),
    "action": lambda facts: _text(facts.event.get("action")),
    "bizStep": lambda facts: _word(facts, facts.event.get("bizStep")),
    "disposition": lambda facts: _word(facts, facts.event.get("disposition")),
    "set": lambda facts: _persistent(facts, "set"),
    "unset": lambda facts: _persistent(facts, "unset"),
    "readPoint": lambda facts: _place(facts.event.get("readPoint")),
    "bizLocation": lambda facts: _place(facts.event.get("bizLocation")),
    "transformationID": lambda facts: _text(facts.event.get("transformationID"), canonical),
    "eventID": lambda facts: [facts.event.get("eventID") or event_hash(facts.body)],
    "errorReason": lambda facts: _word(facts, facts.error.get("reason")),
    "correctiveEventID": lambda facts: facts.error.get("correctiveEventIDs") or (),
}


def _when(criterion: When, facts: Facts, known: Known) -> bool:
    compare = _OPS[criterion.op]
    return any(compare(at, criterion.at) for at in _times(criterion.field, facts))


def _times(field: str, facts: Facts) -> Iterator[datetime]:
    if field == "recordTime":
        yield facts.recorded_at
        return
    if field in _SENSOR_TIMES:
        told = [sensor.get(field) for sensor in facts.sensors()]
    elif field == "errorDeclarationTime":
        told = [facts.error.get("declarationTime")]
    else:
        told = [facts.event.get(field)]
    for text in told:
        at = as_instant(text) if isinstance(text, str) else None
        if at is not None:
            yield at


def _exists(criterion: Exists, facts: Facts, known: Known) -> bool:
    return bool(facts.event.get(criterion.field))


# -- things and amounts ---------------------------------------------------------------------------


def _matches(criterion: Matches, facts: Facts, known: Known) -> bool:
    for field in criterion.fields:
        for uri in _things(facts.event.get(field)):
            if item_key(uri) in criterion.keys or any(
                takes_in(pattern, uri) for pattern in criterion.patterns
            ):
                return True
    return False


def _things(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        uri = one.get("epcClass") if isinstance(one, Mapping) else one
        if isinstance(uri, str):
            yield uri


def _related(criterion: Related, facts: Facts, known: Known) -> bool:
    return any(
        facts.names.word(kind) == criterion.type
        and party_or_document(criterion.field, criterion.type, uri) in criterion.values
        for element in facts.event.get(_LISTS[criterion.field]) or ()
        if isinstance(kind := element.get("type"), str)
        and isinstance(uri := element.get(criterion.field), str)
    )


def _amount(criterion: Amount, facts: Facts, known: Known) -> bool:
    compare = _OPS[criterion.op]
    for field in _QUANTITIES:
        for element in facts.event.get(field) or ():
            quantity = as_number(element.get("quantity"))
            if quantity is None or criterion.uom not in (None, element.get("uom")):
                continue
            if any(compare(quantity, value) for value in criterion.values):
                return True
    return False


# -- sensors --------------------------------------------------------------------------------------


def _measured(criterion: Measured, facts: Facts, known: Known) -> bool:
    compare = _OPS[criterion.op]
    limits = [query_units.exact(value) for value in criterion.values]
    for sensor in facts.sensors():
        value = as_number(sensor.get(criterion.name))
        if value is None:
            continue
        uom = sensor.get("uom")
        if criterion.uom is None:
            found = query_units.exact(value)
        elif not isinstance(uom, str) or (told := query_units.convert(value, uom, criterion.uom)) is None:
            continue
        else:
            found = told
        if any(compare(found, limit) for limit in limits):
            return True
    return False


def _sensed(criterion: Sensed, facts: Facts, known: Known) -> bool:
    name = criterion.name
    for sensor in facts.sensors():
        value = sensor.get(name)
        if isinstance(value, str):
            value = _sensor_text(name, value, facts.names)
        elif not isinstance(value, bool):
            continue
        # true is no 1 here, and a text no truth
        if any(type(value) is type(wanted) and value == wanted for wanted in criterion.values):
            return True
    return False


def _sensor_text(name: str, value: str, names: Names) -> str:
    if name == "type":
        return names.word(value)
    if name == "stringValue":
        return value
    return value.upper() if name == "hexBinaryValue" else canonical(value)


# -- extensions -----------------------------------------------------------------------------------


def _said(criterion: Said, facts: Facts, known: Known) -> bool:
    found = extensions(facts.event, facts.names, criterion.area, criterion.name, inner=criterion.inner)
    if criterion.op is None:
        return any(value is not None for value in found)
    return any(
        _compares(criterion.op, leaf, wanted, facts.names)
        for value in found
        for leaf in leaves(value)
        for wanted in criterion.values
    )


def _compares(op: Op, leaf: Any, wanted: Value, names: Names) -> bool:
    if isinstance(wanted, str):
        if isinstance(leaf, bool):
            return wanted == ("true" if leaf else "false")
        return isinstance(leaf, str) and wanted in (leaf, names.prefixed(leaf))
    found = (
        as_number(leaf) if isinstance(wanted, float) else as_instant(leaf) if isinstance(leaf, str) else None
    )
    return found is not None and _OPS[op](found, wanted)


# -- master data ----------------------------------------------------------------------------------


def _below(criterion: Below, facts: Facts, known: Known) -> bool:
    return any(place in known[criterion] for place in _FIELDS[criterion.field](facts))


def _described(criterion: Described, facts: Facts, known: Known) -> bool:
    told = known[criterion]
    return any(
        not told.isdisjoint(described_as(field, uri, facts.names))
        for field, uri in _values(criterion.field, facts)
    )


def _values(field: str, facts: Facts) -> Iterator[tuple[str, str]]:
    """The values of a field that master data may speak of."""
    event = facts.event
    if field in ("bizStep", "disposition"):
        found: Iterable[Any] = [event.get(field)]
    elif field in ("readPoint", "bizLocation"):
        found = [place_of(event.get(field))]
    elif field == "epcClass":
        found = [uri for name in _QUANTITIES for uri in _things(event.get(name))]
    elif field in _LISTS:
        found = [element.get(field) for element in event.get(_LISTS[field]) or ()]
    else:
        found = [leaf for value in extensions(event, facts.names, "event", field) for leaf in leaves(value)]
    for value in found:
        if isinstance(value, str):
            yield field, value


def described_as(field: str, uri: str, names: Names) -> frozenset[str]:
    """How master data may name the value of a field: `<kind>:<id>` as columns of master data have both.

    >>> sorted(described_as("bizStep", "shipping", Names.of(None)))
    ['other:shipping']
    """
    if field in ("bizStep", "disposition"):
        return frozenset([f"other:{names.word(uri)}"])
    if field in ("readPoint", "bizLocation"):
        return frozenset([f"location:{place_key(uri)}"])
    if field == "epcClass":
        return frozenset([f"other:{canonical(uri)}"])
    found = [f"party:{party_key(uri)}", f"location:{place_key(uri)}"]
    if field not in _LISTS:
        found += [f"other:{names.word(uri)}", f"other:{canonical(names.expand(uri))}"]
    return frozenset(found)


_HOLDS: Mapping[type, Callable[[Any, Facts, Known], bool]] = {
    OneOf: _one_of,
    When: _when,
    Exists: _exists,
    Matches: _matches,
    Related: _related,
    Amount: _amount,
    Measured: _measured,
    Sensed: _sensed,
    Said: _said,
    Below: _below,
    Described: _described,
}
