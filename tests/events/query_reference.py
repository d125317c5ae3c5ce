"""A slow, plain evaluator of EPCIS SimpleEventQuery over JSON events: the second opinion on every query.

Written from the standard alone (epcis-2.0 section 8.2.7.1), and knows nothing of the product. It reads every event for every
parameter. `answer` gives the numbers of the events in order, or raises `Refused` with the standard's name.

What the standard leaves open is decided as the product's pages say: without `orderBy` as recorded; what lacks the field that is
ordered by comes last; a battery code, a VIN, a party or place with a credit code is the same under any domain.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import unquote

Event = dict[str, Any]


class Refused(Exception):
    """A query that is not answered; says the standard's name."""


@dataclass
class Record:
    seq: int
    event: Event
    recorded_at: datetime


@dataclass
class Master:
    type: str
    id: str
    attributes: dict[str, str]
    children: list[str]


BOUND = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "sy": "https://w3id.org/suyuan/voc#",
}
STEMS = {
    "https://ref.gs1.org/cbv/BizStep-": "", "https://ref.gs1.org/cbv/Disp-": "", "https://ref.gs1.org/cbv/BTT-": "",
    "https://ref.gs1.org/cbv/SDT-": "", "https://ref.gs1.org/cbv/ER-": "", "https://gs1.org/voc/": "",
    "https://w3id.org/suyuan/voc#": "sy:", "https://ref.gs1.org/epcis/": "",
}  # fmt: skip


# -- names and identities -------------------------------------------------------------------------


def prefixes_of(event: Event) -> dict[str, str]:
    bound = dict(BOUND)
    context = event.get("@context")
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            bound.update(part)
    return bound


def full(name: str, bound: dict[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    if colon and prefix in bound and not local.startswith("//"):
        return bound[prefix] + local
    return name


def word(name: str, bound: dict[str, str]) -> str:
    """A word of a vocabulary, whichever way it is written."""
    uri = full(name, bound)
    for stem, short in STEMS.items():
        if uri.startswith(stem):
            return short + uri[len(stem) :]
    return uri


def check_digit(digits: str) -> str:
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def canonical(uri: str) -> str:
    """A GS1 key as Digital Link, from URN or from a link of any domain."""
    if uri.startswith("urn:epc:"):
        _, _, kind, scheme, rest = uri.split(":", 4)
        parts = rest.split(".")
        company = parts[0]
        stem = "https://id.gs1.org"
        if scheme in ("sgtin", "lgtin"):
            item, serial = parts[1], ".".join(parts[2:])
            digits = item[0] + company + item[1:]
            gtin = f"{stem}/01/{digits}{check_digit(digits)}"
            if kind == "idpat":
                return gtin if serial == "*" and item != "*" else uri
            return f"{gtin}/{'21' if scheme == 'sgtin' else '10'}/{serial}"
        if kind != "id":
            return uri
        if scheme == "sgln":
            digits = company + parts[1]
            gln = f"{stem}/414/{digits}{check_digit(digits)}"
            return gln if parts[2] == "0" else f"{gln}/254/{parts[2]}"
        if scheme == "pgln":
            return f"{stem}/417/{company}{parts[1]}{check_digit(company + parts[1])}"
        if scheme == "giai":
            return f"{stem}/8004/{company}{parts[1]}"
        if scheme == "gdti":
            digits = company + parts[1]
            return f"{stem}/253/{digits}{check_digit(digits)}{parts[2]}"
        return uri
    found = re.search(r"(/(?:01/[0-9]{14}(?:/(?:10|21)/[^/?#]+)?|414/[0-9]{13}(?:/254/[^/?#]+)?|417/[0-9]{13}"
                      r"|8004/[^/?#]+|253/[^/?#]+))$", uri)  # fmt: skip
    return f"https://id.gs1.org{found[1]}" if found and uri.startswith("http") else uri


def thing(uri: str) -> str:
    """What a URI names: a code or VIN in its last segment, else the URI in canonical form."""
    last = re.split(r"[/:]", uri)[-1]
    if "urn:epc:" in uri:
        last = last.split(".")[-1]
    if "/class/" not in uri and re.fullmatch(r"[0-9A-Z]{3}[PMC][0-9A-Z]{20}|L[0-9A-Z]{16}", last):
        return last
    return canonical(uri)


def place(uri: str) -> str:
    found = re.search(r"/loc/([0-9A-Z]{18})/([^/?#]+)$", uri)
    return f"{found[1]}/{unquote(found[2])}" if found else canonical(uri)


def party(uri: str) -> str:
    found = re.search(r"[/:]([0-9A-Z]{18})$", uri)
    return found[1] if found else canonical(uri)


def pattern_matches(pattern: str, uri: str) -> bool:
    """A URN with stars at its end: piece by piece of a URN, by the digits of a link."""
    if pattern == uri:
        return True
    _, _, _, scheme, rest = pattern.split(":", 4)
    parts = rest.split(".")
    if uri.startswith("urn:epc:"):
        _, _, _kind, other, told = uri.split(":", 4)
        pieces = told.split(".", len(parts) - 1)
        return (
            other == scheme
            and len(pieces) == len(parts)
            and all(p in ("*", q) for p, q in zip(parts, pieces, strict=True))
        )
    link = canonical(uri)
    if scheme in ("sgtin", "lgtin"):
        qualifier = "21" if scheme == "sgtin" else "10"
        found = re.fullmatch(rf"https://id\.gs1\.org/01/([0-9]{{14}})(?:/{qualifier}/(.+))?", link)
        if not found or (scheme == "lgtin" and found[2] is None):
            return False
        gtin, serial = found[1], found[2]
        company, item, wanted = parts[0], parts[1], parts[2]
        if company != "*" and gtin[1 : 1 + len(company)] != company:
            return False
        if item != "*" and gtin[0] + gtin[1 + len(company) : 13] != item:
            return False
        return wanted == "*" or wanted == serial
    if scheme == "giai":
        found = re.fullmatch(r"https://id\.gs1\.org/8004/(.+)", link)
        if not found or not found[1].startswith(parts[0]):
            return False
        return parts[1] == "*" or found[1] == "".join(parts)
    raise AssertionError(scheme)


# -- values ---------------------------------------------------------------------------------------


def when(text: Any) -> datetime | None:
    if not isinstance(text, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:", text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Fraction(repr(value))
    if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", value):
        return Fraction(Decimal(value))
    return None


def holds(op: str, left: Any, right: Any) -> bool:
    return bool({
        "EQ": left == right, "GT": left > right, "GE": left >= right, "LT": left < right, "LE": left <= right
    }[op])  # fmt: skip


def listed(value: Any, url: bool) -> list[Any]:
    """The values of a list: cut at `|` in a URL."""
    found: list[Any] = value.split("|") if url else value if isinstance(value, list) else [value]
    return found


def plain(value: Any) -> list[Any]:
    """The plain values in a value."""
    if isinstance(value, list):
        return [leaf for one in value for leaf in plain(one)]
    if isinstance(value, dict):
        return [value[key] for key in ("@value", "@id") if key in value]
    return [] if value is None else [value]


def extension_holds(
    op: str, value: Any, wanted: Any, url: bool, query: dict[str, str], bound: dict[str, str]
) -> bool:
    for leaf in plain(value):
        for one in listed(wanted, url) if op == "EQ" else [wanted]:
            at, amount = when(one), number(one) if url or not isinstance(one, str) else None
            if at is not None and when(leaf) is not None and holds(op, when(leaf), at):
                return True
            if amount is not None and number(leaf) is not None and holds(op, number(leaf), amount):
                return True
            if op == "EQ" and isinstance(one, str):
                texts = {one, full(one, query)}
                if isinstance(leaf, str) and ({leaf, full(leaf, bound)} & texts):
                    return True
                if isinstance(leaf, bool) and str(leaf).lower() in texts:
                    return True
    return False


# -- where extensions stand -----------------------------------------------------------------------

STANDARD = {"@context", "type", "eventID", "eventTime", "eventTimeZoneOffset", "recordTime", "errorDeclaration", "certificationInfo", "epcList", "quantityList", "parentID", "childEPCs", "childQuantityList", "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "action", "bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList", "destinationList", "sensorElementList", "ilmd"}  # fmt: skip


def areas(event: Event, area: str) -> list[Event]:
    elements = event.get("sensorElementList", [])
    return {
        "": [{key: value for key, value in event.items() if key not in STANDARD}],
        "ILMD_": [event.get("ilmd", {})],
        "ERROR_DECLARATION_": [event.get("errorDeclaration", {})],
        "SENSORELEMENT_": [
            {key: value for key, value in element.items() if key not in ("sensorMetadata", "sensorReport")}
            for element in elements
        ],
        "SENSORMETADATA_": [element.get("sensorMetadata", {}) for element in elements],
        "SENSORREPORT_": [report for element in elements for report in element["sensorReport"]],
        "readPoint_": [event.get("readPoint", {})],
        "bizLocation_": [event.get("bizLocation", {})],
    }[area]


def inside(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, list):
        return [pair for one in value for pair in inside(one)]
    if isinstance(value, dict):
        return [
            pair
            for key, inner in value.items()
            if not key.startswith("@")
            for pair in [(key, inner), *inside(inner)]
        ]
    return []


def extension_values(event: Event, area: str, inner: bool, name: str, bound: dict[str, str]) -> list[Any]:
    found = []
    for holder in areas(event, area):
        for key, value in holder.items():
            if inner:
                found += [told for own, told in inside(value) if full(own, bound) == name]
            elif full(key, bound) == name:
                found.append(value)
    return found


# -- the parameters -------------------------------------------------------------------------------

EPCS = {
    "MATCH_epc": ["epcList", "childEPCs"],
    "MATCH_parentID": ["parentID"],
    "MATCH_inputEPC": ["inputEPCList"],
    "MATCH_outputEPC": ["outputEPCList"],
    "MATCH_anyEPC": ["epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList"],
    "MATCH_epcClass": ["quantityList", "childQuantityList"],
    "MATCH_inputEPCClass": ["inputQuantityList"],
    "MATCH_outputEPCClass": ["outputQuantityList"],
    "MATCH_anyEPCClass": ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"],
}
QUANTITIES = EPCS["MATCH_anyEPCClass"]
SENSOR_TEXTS = ["type", "deviceID", "dataProcessingMethod", "microorganism", "chemicalSubstance", "bizRules", "stringValue", "hexBinaryValue", "uriValue"]  # fmt: skip
UNITS = {
    "CEL": ("T", Fraction(1), Fraction("273.15")), "KEL": ("T", Fraction(1), Fraction(0)),
    "FAH": ("T", Fraction(5, 9), Fraction("459.67") * Fraction(5, 9)),
    "VLT": ("U", Fraction(1), Fraction(0)), "2Z": ("U", Fraction(1, 1000), Fraction(0)),
    "KWH": ("E", Fraction(3_600_000), Fraction(0)), "WHR": ("E", Fraction(3600), Fraction(0)),
}  # fmt: skip


def in_unit(amount: Fraction, uom: str | None, to: str) -> Fraction | None:
    if uom == to:
        return amount
    if uom not in UNITS or to not in UNITS or UNITS[uom][0] != UNITS[to][0]:
        return None
    return (amount * UNITS[uom][1] + UNITS[uom][2] - UNITS[to][2]) / UNITS[to][1]


class Reference:
    """Evaluates queries over records and master data."""

    def __init__(self, records: list[Record], masters: list[Master], prefixes: dict[str, str]) -> None:
        self.records, self.masters = records, masters
        self.prefixes = {**BOUND, **prefixes}

    def answer(self, query: dict[str, Any], *, url: bool) -> list[int]:
        asked = dict(query)
        order, way = asked.pop("orderBy", None), asked.pop("orderDirection", "DESC")
        limit, most = asked.pop("eventCountLimit", None), asked.pop("maxEventCount", None)
        if limit is not None and (most is not None or order is None):
            raise Refused("QueryParameterException")
        found = [
            record
            for record in self.records
            if all(self.meets(record, name, value, url) for name, value in asked.items())
        ]
        if most is not None and len(found) > int(most):
            raise Refused("QueryTooLargeException")
        found = self.ordered(found, order, way)
        return [record.seq for record in found[: None if limit is None else int(limit)]]

    def ordered(self, found: list[Record], order: str | None, way: str) -> list[Record]:
        if order is None:
            return sorted(found, key=lambda record: record.seq)
        keys = {record.seq: self.order_key(record, order) for record in found}
        there = [record for record in found if keys[record.seq] is not None]
        lacking = [record for record in found if keys[record.seq] is None]
        there.sort(key=lambda record: (keys[record.seq], record.seq), reverse=way == "DESC")
        lacking.sort(key=lambda record: record.seq, reverse=way == "DESC")
        return there + lacking

    def order_key(self, record: Record, order: str) -> Any:
        if order == "eventTime":
            return when(record.event["eventTime"])
        if order == "recordTime":
            return record.recorded_at
        bound = prefixes_of(record.event)
        leaves = [
            leaf
            for value in extension_values(record.event, "", False, full(order, self.prefixes), bound)
            for leaf in plain(value)
        ]
        if not leaves:
            return None
        leaf = leaves[0]
        if isinstance(leaf, bool):
            return (2, str(leaf).lower())
        if isinstance(leaf, int | float):
            return (0, leaf)
        at = when(leaf)
        return (1, at) if at else (2, leaf)

    def meets(self, record: Record, name: str, value: Any, url: bool) -> bool:
        event, bound = record.event, prefixes_of(record.event)
        error = event.get("errorDeclaration", {})
        wanted = listed(value, url)
        words = [word(one, self.prefixes) for one in wanted if isinstance(one, str)]

        if name == "eventType":
            return word(event["type"], bound) in words
        if name == "EQ_action":
            return event.get("action") in wanted
        if name in ("EQ_bizStep", "EQ_disposition"):
            told = event.get(name[3:])
            return told is not None and word(told, bound) in words
        if name.startswith("EQ_persistentDisposition_"):
            told = event.get("persistentDisposition", {}).get(name.rpartition("_")[2], [])
            return any(word(one, bound) in words for one in told)
        if name == "EQ_errorReason":
            return "reason" in error and word(error["reason"], bound) in words
        if name == "EQ_correctiveEventID":
            return any(one in wanted for one in error.get("correctiveEventIDs", []))
        if name == "EQ_eventID":
            return event.get("eventID") in wanted
        if name == "EQ_transformationID":
            told = event.get("transformationID")
            return told is not None and canonical(told) in [canonical(one) for one in wanted]
        if name in ("EQ_readPoint", "EQ_bizLocation"):
            return name[3:] in event and place(event[name[3:]]["id"]) in [place(one) for one in wanted]
        if name in ("WD_readPoint", "WD_bizLocation"):
            return name[3:] in event and place(event[name[3:]]["id"]) in self.below(
                [place(one) for one in wanted]
            )
        if name in ("EXISTS_errorDeclaration", "EXISTS_sensorElementList"):
            return value in ("false", False) or bool(event.get(name[7:]))
        if found := re.fullmatch(
            r"(GE|LT)_(eventTime|recordTime|errorDeclarationTime|time|startTime|endTime)", name
        ):
            return any(holds(found[1], at, when(value)) for at in self.times(record, found[2]))
        if name in EPCS:
            return any(self.names(uri, one) for uri in self.things(event, EPCS[name]) for one in wanted)
        if found := re.fullmatch(r"EQ_(bizTransaction|source|destination)_(.+)", name):
            return self.related(event, found[1], word(found[2], self.prefixes), wanted, bound)
        if found := re.fullmatch(r"(EQ|GT|GE|LT|LE)_quantity(?:_(.+))?", name):
            return any(
                holds(found[1], number(element["quantity"]), number(one))
                for field in QUANTITIES
                for element in event.get(field, [])
                if "quantity" in element and found[2] in (None, element.get("uom"))
                for one in wanted
            )
        if found := re.fullmatch(
            r"(EQ|GT|GE|LT|LE)_(value|minValue|maxValue|meanValue|sDev|percValue|percRank)(?:_(.+))?", name
        ):
            return self.measured(event, found[1], found[2], found[3], wanted)
        if name == "EQ_booleanValue":
            truth = value in (True, "true")
            return any(sensor.get("booleanValue") is truth for sensor in self.sensors(event))
        if name.startswith("EQ_") and name[3:] in SENSOR_TEXTS:
            return self.sensed(event, name[3:], wanted, bound)
        if found := re.fullmatch(r"HASATTR_(.+)", name):
            return self.described(event, found[1], [(one, None) for one in wanted], bound)
        if found := re.fullmatch(r"EQ_ATTR_([^_]+)_(.+)", name):
            return self.described(event, found[1], [(found[2], one) for one in wanted], bound)
        found = re.fullmatch(
            r"(EQ|GT|GE|LT|LE|EXISTS)_(INNER_)?"
            r"(ILMD_|ERROR_DECLARATION_|SENSORELEMENT_|SENSORMETADATA_|SENSORREPORT_|readPoint_|bizLocation_)?(\w+:.+)",
            name,
        )
        if not found:
            raise Refused("QueryParameterException")
        values = extension_values(event, found[3] or "", bool(found[2]), full(found[4], self.prefixes), bound)
        if found[1] == "EXISTS":
            return value in ("false", False) or any(one is not None for one in values)
        return any(extension_holds(found[1], one, value, url, self.prefixes, bound) for one in values)

    def times(self, record: Record, field: str) -> list[datetime]:
        event = record.event
        if field == "recordTime":
            return [record.recorded_at]
        if field == "eventTime":
            told = [event["eventTime"]]
        elif field == "errorDeclarationTime":
            told = [event.get("errorDeclaration", {}).get("declarationTime")]
        else:
            told = [sensor.get(field) for sensor in self.sensors(event)]
        return [at for at in map(when, told) if at is not None]

    def sensors(self, event: Event) -> list[Event]:
        elements = event.get("sensorElementList", [])
        return [
            sensor
            for element in elements
            for sensor in [element.get("sensorMetadata", {}), *element["sensorReport"]]
        ]

    def things(self, event: Event, fields: list[str]) -> list[str]:
        found = []
        for field in fields:
            told = event.get(field, [])
            found += told if isinstance(told, list) else [told]
        return [one["epcClass"] if isinstance(one, dict) else one for one in found]

    def names(self, uri: str, asked: str) -> bool:
        if asked.startswith(("urn:epc:idpat:", "urn:epc:classpat:")):
            return pattern_matches(asked, uri)
        return thing(uri) == thing(asked)

    def related(self, event: Event, field: str, kind: str, wanted: list[str], bound: dict[str, str]) -> bool:
        known = canonical if field == "bizTransaction" else place if kind == "location" else party
        elements = event.get(f"{field}List", [])
        return any(
            "type" in element
            and word(element["type"], bound) == kind
            and known(element[field]) in [known(one) for one in wanted]
            for element in elements
        )

    def measured(self, event: Event, op: str, field: str, uom: str | None, wanted: list[Any]) -> bool:
        for sensor in self.sensors(event):
            if field not in sensor:
                continue
            amount: Fraction | None = number(sensor[field])
            if uom is not None and amount is not None:
                amount = in_unit(amount, sensor.get("uom"), uom)
            if amount is not None and any(holds(op, amount, number(one)) for one in wanted):
                return True
        return False

    def sensed(self, event: Event, field: str, wanted: list[str], bound: dict[str, str]) -> bool:
        for sensor in self.sensors(event):
            told = sensor.get(field)
            if not isinstance(told, str):
                continue
            if field == "type":
                met = word(told, bound) in [word(one, self.prefixes) for one in wanted]
            elif field == "stringValue":
                met = told in wanted
            elif field == "hexBinaryValue":
                met = told.upper() in [one.upper() for one in wanted]
            else:
                met = canonical(told) in [canonical(one) for one in wanted]
            if met:
                return True
        return False

    # master data

    def below(self, places: list[str]) -> set[str]:
        found: set[str] = set()
        todo = list(places)
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                told = [
                    master.children for master in self.masters if place(master.id) == one and master.children
                ]
                todo += [place(child) for child in (told[-1] if told else [])]
        return found

    def described(
        self, event: Event, field: str, asked: list[tuple[str, str | None]], bound: dict[str, str]
    ) -> bool:
        if field in ("readPoint", "bizLocation"):
            uris = [event[field]["id"]] if field in event else []
        elif field in ("bizStep", "disposition"):
            uris = [event[field]] if field in event else []
        elif field == "epcClass":
            uris = self.things(event, QUANTITIES)
        elif field in ("source", "destination"):
            uris = [element[field] for element in event.get(f"{field}List", [])]
        else:
            values = extension_values(event, "", False, full(field, self.prefixes), bound)
            uris = [leaf for value in values for leaf in plain(value) if isinstance(leaf, str)]
        return any(self.has(uri, field, name, value, bound) for uri in uris for name, value in asked)

    def has(self, uri: str, field: str, name: str, value: str | None, bound: dict[str, str]) -> bool:
        told = None
        for master in self.masters:
            kind = master.type.rpartition(":")[2]
            known = party if kind == "Party" else place if kind == "Location" else canonical
            allowed = {
                "readPoint": ["Location"], "bizLocation": ["Location"], "source": ["Location", "Party"],
                "destination": ["Location", "Party"], "epcClass": ["EPCClass"], "bizStep": ["BusinessStep"],
            }.get(field)  # fmt: skip
            if allowed is not None and kind not in allowed:
                continue
            same = (
                word(master.id, self.prefixes) == word(uri, bound)
                if field in ("bizStep", "disposition")
                else known(master.id) == known(full(uri, bound))
            )
            for attribute, said in master.attributes.items() if same else ():
                if self.attribute(attribute) == self.attribute(full(name, self.prefixes)):
                    told = said  # what was said last counts
        return told is not None and value in (None, told)

    def attribute(self, name: str) -> str:
        """Attributes of the vocabulary by their own name."""
        own = name.startswith(("https://w3id.org/suyuan/voc#", "urn:epcglobal:cbv:mda"))
        return re.split(r"[#:/]", name)[-1] if own else name


__all__ = ["Master", "Record", "Reference", "Refused"]
