"""Made-up events of every kind and shape, master data about their places, and queries that hit and miss them.

Values come from small pools, so that most queries find something; each thing is written in the several ways in which it may be.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Event = dict[str, Any]

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
NS, SY = "https://ns.example.com/epcis/", "https://w3id.org/suyuan/voc#"
CONTEXTS: list[Any] = [
    [STANDARD, {"ex": NS, "sy": SY}],
    [STANDARD, {"other": NS, "own": SY}],
    {"ex": NS, "sy": SY, "gs1": "https://gs1.org/voc/"},
]
PREFIXES = {"ex": NS, "e2": "https://second.example/ns#"}

PACKS = ["9A1PB240000001B3C2345678", "9A1PB240000001B3C2345679", "9A1MB240000001B3C0000001"]
USCCS = ["91610100TEB000010E", "91610100TEC000020M", "91610100TEF0000180"]
ITEMS = [
    *(f"https://w3id.org/suyuan/obj/{pack}" for pack in PACKS),
    f"https://maker.example/things/{PACKS[0]}",
    f"https://id.gs1.org/01/04012345111118/21/{PACKS[1]}",
    f"urn:epc:id:sgtin:4012345.011111.{PACKS[2]}",
    "https://w3id.org/suyuan/obj/LTCEV0004KA000841",
    "urn:epc:id:sgtin:4012345.011111.9876",
    "https://id.gs1.org/01/04012345111118/21/9876",
    "https://shop.example/01/04012345111118/21/9877",
    "urn:epc:id:sgtin:4012345.022222.9876",
    "urn:epc:id:sgtin:40123456.01111.55",
    "urn:epc:id:giai:4012345.box7",
    "https://id.gs1.org/8004/4012345box8",
    "urn:uuid:7b2b1f0e-2a0a-4c6f-8a40-2f1c0d0a9b11",
]
CLASSES = [
    "https://w3id.org/suyuan/class/black-mass/B-7",
    "https://w3id.org/suyuan/class/lithium-carbonate/2026-07",
    "urn:epc:class:lgtin:4012345.011111.LOT1",
    "https://id.gs1.org/01/04012345111118/10/LOT1",
    "https://id.gs1.org/01/04012345111118/10/LOT2",
    "urn:epc:idpat:sgtin:4012345.011111.*",
    "https://id.gs1.org/01/04012345222225",
    f"https://w3id.org/suyuan/obj/{PACKS[0]}",
]
PATTERNS = [
    "urn:epc:idpat:sgtin:4012345.011111.*",
    "urn:epc:idpat:sgtin:4012345.*.*",
    "urn:epc:idpat:sgtin:*.*.*",
    "urn:epc:idpat:giai:4012345.*",
    "urn:epc:classpat:lgtin:4012345.011111.*",
    "urn:epc:idpat:sgtin:4012345.022222.9876",
]
PLACES = [
    f"https://w3id.org/suyuan/loc/{USCCS[0]}/plant-1",
    f"https://maker.example/loc/{USCCS[0]}/plant-1",
    f"https://w3id.org/suyuan/loc/{USCCS[1]}/yard",
    f"https://w3id.org/suyuan/loc/{USCCS[1]}/hall",
    "urn:epc:id:sgln:4012345.00005.0",
    "https://id.gs1.org/414/4012345000054",
    "https://id.gs1.org/414/4012345000054/254/dock",
    "geo:41.6,-86.6",
]
PARTIES = [
    *(f"https://w3id.org/suyuan/party/{code}" for code in USCCS),
    f"https://maker.example/firms/{USCCS[0]}",
    "urn:epc:id:pgln:4012345.00005",
    "https://id.gs1.org/417/4012345000054",
]
DOCUMENTS = [
    f"https://w3id.org/suyuan/bt/{USCCS[0]}/delivery/D1",
    "urn:epc:id:gdti:4012345.55555.1234",
    "https://id.gs1.org/253/40123455555541234",
    "urn:epcglobal:cbv:bt:4012345000009:1152",
]
STEPS = ["shipping", "receiving", "commissioning", "https://ns.example.com/epcis/graded", "sy:exported"]
DISPOSITIONS = ["active", "damaged", "recalled", "ex:scorched"]
BTTS = ["po", "desadv", "https://ns.example.com/epcis/weighing"]
SDTS = ["possessing_party", "owning_party", "location", "https://ns.example.com/epcis/carrier"]
MEASURES = ["Temperature", "Voltage", "ex:SOH"]
UOMS = ["CEL", "KEL", "FAH", "VLT", "2Z", "P1"]
DEVICES = [
    "urn:epc:id:giai:4012345.sensor1",
    "https://id.gs1.org/8004/4012345sensor1",
    "https://dev.example/2",
]
RUNS = [f"https://w3id.org/suyuan/xform/{USCCS[2]}/B1", "urn:epc:id:gdti:4012345.55555.77"]
TEXTS = ["A", "b c", "5", "true", "ex:code", NS + "code", "12.50"]
NUMBERS = [0, 5, 12.5, -3, 5.0, 1e21]
START = datetime(2026, 3, 1, tzinfo=UTC)
FIELDS = ["grade", "seal", "box", "at"]


def moment(rng: Random) -> str:
    at = START + timedelta(hours=rng.randrange(60), milliseconds=rng.choice([0, 0, 500]))
    zone = rng.choice(["Z", "+08:00"])
    if zone == "Z":
        return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return (at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+08:00"


class Worlds:
    """Events in which `ex:` and `sy:` are written as the context of each binds them."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.ids: list[str] = []

    def events(self, count: int) -> list[Event]:
        return [self.event(number) for number in range(count)]

    def some(self, pool: list[Any], most: int = 3) -> list[Any]:
        return self.rng.sample(pool, self.rng.randrange(1, most + 1))

    def maybe(self, chance: float = 0.4) -> bool:
        return self.rng.random() < chance

    def event(self, number: int) -> Event:
        rng = self.rng
        kind = rng.choice(
            ["ObjectEvent"] * 4
            + [
                "AggregationEvent",
                "AssociationEvent",
                "TransactionEvent",
                "TransformationEvent",
                NS + "Audit",
            ]
        )
        event: Event = {
            "@context": rng.choice(CONTEXTS),
            "type": kind,
            "eventTime": moment(rng),
            "eventTimeZoneOffset": "+08:00",
            "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        }
        self.ids.append(event["eventID"])
        self.things(event, kind)
        if kind not in ("TransformationEvent",) and not kind.startswith("http"):
            event["action"] = "ADD" if "ilmd" in event else rng.choice(["ADD", "OBSERVE", "DELETE"])
        self.step(event, kind)
        if self.maybe(0.3):
            event["sensorElementList"] = [self.sensor() for _ in range(rng.randrange(1, 3))]
        if self.maybe(0.15):
            event["errorDeclaration"] = self.error()
        if self.maybe(0.5):
            event.update(self.extensions())
        if self.maybe(0.1):
            event["recordTime"] = moment(rng)
        spelt: Event = self.spelt(event, event["@context"])
        return spelt

    def things(self, event: Event, kind: str) -> None:
        rng = self.rng
        if kind == "ObjectEvent":
            event["epcList"] = self.some(ITEMS)
            if self.maybe():
                event["quantityList"] = self.amounts()
            if self.maybe(0.3):
                event["ilmd"] = self.extensions()
        elif kind in ("AggregationEvent", "AssociationEvent"):
            event["parentID"] = rng.choice(ITEMS)
            event["childEPCs"] = self.some(ITEMS)
            if self.maybe():
                event["childQuantityList"] = self.amounts()
        elif kind == "TransactionEvent":
            event["epcList"] = self.some(ITEMS)
            event["bizTransactionList"] = self.documents()
            if self.maybe(0.3):
                event["parentID"] = rng.choice(ITEMS)
        elif kind == "TransformationEvent":
            event["inputEPCList"] = self.some(ITEMS)
            event["outputQuantityList"] = self.amounts()
            if self.maybe():
                event["outputEPCList"] = self.some(ITEMS)
                event["inputQuantityList"] = self.amounts()
            if self.maybe():
                event["transformationID"] = rng.choice(RUNS)
        elif self.maybe():
            event["epcList"] = rng.choice([self.some(ITEMS), "all of them"])

    def amounts(self) -> list[Event]:
        found = []
        for uri in self.some(CLASSES, 2):
            element: Event = {"epcClass": uri}
            if self.maybe(0.8):
                element["quantity"] = self.rng.choice([1, 5, 12.5, 200])
                if self.maybe(0.8):
                    element["uom"] = self.rng.choice(["KGM", "TNE"])
            found.append(element)
        return found

    def documents(self) -> list[Event]:
        found = [{"type": self.rng.choice(BTTS), "bizTransaction": uri} for uri in self.some(DOCUMENTS, 2)]
        if self.maybe(0.2):
            found[0].pop("type")
        return found

    def parties(self, side: str) -> list[Event]:
        found = []
        for _ in range(self.rng.randrange(1, 4)):
            kind = self.rng.choice(SDTS)
            found.append({"type": kind, side: self.rng.choice(PLACES if kind == "location" else PARTIES)})
        return found

    def step(self, event: Event, kind: str) -> None:
        rng = self.rng
        if self.maybe(0.8):
            event["bizStep"] = rng.choice(STEPS)
        if self.maybe(0.6):
            event["disposition"] = rng.choice(DISPOSITIONS)
        if kind == "ObjectEvent" and self.maybe(0.3):
            event["persistentDisposition"] = {
                side: self.some(DISPOSITIONS, 2) for side in self.some(["set", "unset"], 2)
            }
        for field in ("readPoint", "bizLocation"):
            if self.maybe(0.6):
                event[field] = {"id": rng.choice(PLACES)}
                if self.maybe(0.2):
                    event[field].update(self.extensions())
        if "bizTransactionList" not in event and self.maybe(0.3):
            event["bizTransactionList"] = self.documents()
        for field, side in (("sourceList", "source"), ("destinationList", "destination")):
            if self.maybe(0.3):
                event[field] = self.parties(side)

    def sensor(self) -> Event:
        rng = self.rng
        element: Event = {"sensorReport": [self.report() for _ in range(rng.randrange(1, 3))]}
        if self.maybe(0.6):
            told: Event = {"time": moment(rng), "startTime": moment(rng), "endTime": moment(rng)}
            told |= {"deviceID": rng.choice(DEVICES), "bizRules": "https://rules.example/1"}
            element["sensorMetadata"] = {key: told[key] for key in self.some(list(told), 4)}
            if self.maybe(0.3):
                element["sensorMetadata"].update(self.extensions())
        if self.maybe(0.2):
            element.update(self.extensions())
        return element

    def report(self) -> Event:
        rng = self.rng
        told: Event = {
            "value": rng.choice([25, 298.15, 3.7, 3700, 77]), "minValue": rng.choice([1, 20, 2.5]),
            "maxValue": rng.choice([30, 40.5]), "meanValue": rng.choice([25, 26]), "sDev": 0.1, "percRank": rng.choice([50, 95]),
            "percValue": 30.5, "stringValue": rng.choice(TEXTS), "booleanValue": rng.choice([True, False]),
            "hexBinaryValue": rng.choice(["f0F0", "F0f0", "00"]), "uriValue": rng.choice(DEVICES),
            "deviceID": rng.choice(DEVICES), "dataProcessingMethod": "https://method.example/1", "time": moment(rng),
            "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
            "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N",
        }  # fmt: skip
        found: Event = {"type": rng.choice(MEASURES), "uom": rng.choice(UOMS)}
        found |= {key: told[key] for key in self.some(list(told), 5)}
        if self.maybe(0.2):
            found.pop("uom")
        if self.maybe(0.2):
            found.update(self.extensions())
        return found

    def error(self) -> Event:
        rng = self.rng
        told: Event = {"declarationTime": moment(rng)}
        if self.maybe(0.6):
            told["reason"] = rng.choice(["did_not_occur", "incorrect_data", "ex:mistyped"])
        if self.maybe():
            told["correctiveEventIDs"] = [f"urn:uuid:00000000-0000-4000-8000-{rng.randrange(9):012d}"]
        if self.maybe(0.3):
            told.update(self.extensions())
        return told

    def extensions(self) -> Event:
        found = {}
        for field in self.some(FIELDS, 2):
            found[self.rng.choice(["ex:", "ex:", "sy:", NS]) + field] = self.value(2)
        return found

    def value(self, depth: int) -> Any:
        rng = self.rng
        kind = rng.randrange(13)
        if kind < 3:
            return rng.choice(TEXTS)
        if kind < 5:
            return rng.choice(NUMBERS)
        if kind == 5:
            return moment(rng)
        if kind == 6:
            return rng.choice([True, False, None, {"@value": "5", "@type": "xsd:int"}, {"@id": PLACES[0]}])
        if depth == 0:
            return rng.choice(TEXTS)
        if kind == 7:
            return [self.value(depth - 1) for _ in range(rng.randrange(1, 3))]
        return {rng.choice(["ex:", NS]) + field: self.value(depth - 1) for field in self.some(FIELDS, 2)}

    def spelt(self, value: Any, context: Any) -> Any:
        """With the prefixes that the context binds."""
        other = isinstance(context, list) and "other" in context[-1]
        if not other:
            return value
        if isinstance(value, dict):
            return {
                key if key == "@context" else self.name(key): told
                if key == "@context"
                else self.spelt(told, context)
                for key, told in value.items()
            }
        if isinstance(value, list):
            return [self.spelt(one, context) for one in value]
        return self.name(value) if isinstance(value, str) else value

    def name(self, text: str) -> str:
        for mine, theirs in (("ex:", "other:"), ("sy:", "own:")):
            if text.startswith(mine):
                return theirs + text[len(mine) :]
        return text


# -- master data ----------------------------------------------------------------------------------

LOCATION, PARTY = "urn:epcglobal:epcis:vtype:Location", "urn:epcglobal:epcis:vtype:Party"
MASTERS: list[tuple[str, str, dict[str, str], list[str]]] = [
    (LOCATION, PLACES[0], {SY + "name": "Plant"}, [PLACES[3], PLACES[5]]),
    (LOCATION, PLACES[4], {SY + "name": "Gate", "urn:epcglobal:cbv:mda#site": "7"}, [PLACES[6]]),
    (LOCATION, PLACES[6], {"https://ns.example.com/epcis/floor": "2"}, [PLACES[0]]),
    (PARTY, PARTIES[0], {SY + "role": "recycler"}, []),
    (PARTY, PARTIES[4], {SY + "role": "maker", SY + "name": "Five"}, []),
    ("urn:epcglobal:epcis:vtype:EPCClass", CLASSES[0], {SY + "metal": "Ni"}, []),
    ("urn:epcglobal:epcis:vtype:EPCClass", CLASSES[2], {SY + "metal": "Co"}, []),
    ("urn:epcglobal:epcis:vtype:BusinessStep", "https://ref.gs1.org/cbv/BizStep-shipping", {SY + "kind": "move"}, []),
]  # fmt: skip
LATER: list[tuple[str, str, dict[str, str], list[str]]] = [
    (PARTY, PARTIES[0], {SY + "role": "remaker"}, []),
    (LOCATION, PLACES[2], {SY + "name": "Yard"}, [PLACES[7]]),
]


# -- queries --------------------------------------------------------------------------------------


class Queries:
    """Queries as (name → value), for a URL (text) or a body (JSON)."""

    def __init__(self, seed: int, ids: list[str]) -> None:
        self.rng = Random(seed)
        self.ids = ids

    def query(self, *, url: bool) -> dict[str, Any]:
        rng = self.rng
        found: dict[str, Any] = {}
        for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3])):
            name, value = self.parameter()
            found[name] = self.written(value, url)
        if rng.random() < 0.6:
            found["orderBy"] = rng.choice(
                ["eventTime", "recordTime", "eventTime", "ex:grade", NS + "at", "sy:seal"]
            )
            if rng.random() < 0.6:
                found["orderDirection"] = rng.choice(["ASC", "DESC"])
            if rng.random() < 0.3:
                found["eventCountLimit"] = self.written(rng.choice([1, 3, 10, 1000]), url)
        if "eventCountLimit" not in found and rng.random() < 0.15:
            found["maxEventCount"] = self.written(rng.choice([1, 5, 30, 200]), url)
        return found

    def written(self, value: Any, url: bool) -> Any:
        if not url:
            return value
        if isinstance(value, list):
            return "|".join(str(one) for one in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def some(self, pool: list[Any], most: int = 2) -> list[Any]:
        return self.rng.sample(pool, self.rng.randrange(1, min(most, len(pool)) + 1))

    def op(self) -> str:
        return self.rng.choice(["EQ", "GT", "GE", "LT", "LE"])

    def parameter(self) -> tuple[str, Any]:
        rng = self.rng
        family = rng.choice([self.field, self.field, self.time, self.epc, self.epc, self.related, self.amount, self.sensor,
                             self.sensor, self.extension, self.extension, self.extension, self.master])  # fmt: skip
        return family()

    def field(self) -> tuple[str, Any]:
        rng = self.rng
        words = [*STEPS, "https://ref.gs1.org/cbv/BizStep-shipping", "ex:graded"]
        return rng.choice([
            ("eventType", self.some(["ObjectEvent", "AggregationEvent", "TransformationEvent", "ex:Audit", NS + "Audit"])),
            ("EQ_action", self.some(["ADD", "OBSERVE", "DELETE"])),
            ("EQ_bizStep", self.some(words)),
            ("EQ_disposition", self.some([*DISPOSITIONS, "https://ref.gs1.org/cbv/Disp-active"])),
            ("EQ_persistentDisposition_set", self.some(DISPOSITIONS)),
            ("EQ_persistentDisposition_unset", self.some(DISPOSITIONS)),
            ("EQ_readPoint", self.some(PLACES)),
            ("EQ_bizLocation", self.some(PLACES)),
            ("EQ_transformationID", self.some(RUNS)),
            ("EQ_eventID", self.some(self.ids[:40], 10)),
            ("EXISTS_errorDeclaration", rng.choice([True, True, False])),
            ("EXISTS_sensorElementList", True),
            ("EQ_errorReason", self.some(["did_not_occur", "incorrect_data", "ex:mistyped"])),
            ("EQ_correctiveEventID", self.some(self.ids[:9], 4)),
        ])  # fmt: skip

    def time(self) -> tuple[str, Any]:
        name = self.rng.choice(
            ["eventTime", "eventTime", "recordTime", "errorDeclarationTime", "time", "startTime", "endTime"]
        )
        return f"{self.rng.choice(['GE', 'LT'])}_{name}", moment(self.rng)

    def epc(self) -> tuple[str, Any]:
        rng = self.rng
        name = rng.choice(["epc", "parentID", "inputEPC", "outputEPC", "anyEPC"])
        if rng.random() < 0.35:
            name = rng.choice(["epcClass", "inputEPCClass", "outputEPCClass", "anyEPCClass"])
        pool = CLASSES if name.endswith("Class") else ITEMS
        return f"MATCH_{name}", self.some(pool + PATTERNS if rng.random() < 0.4 else pool, 3)

    def related(self) -> tuple[str, Any]:
        rng = self.rng
        if rng.random() < 0.4:
            kind = rng.choice([*BTTS, "ex:weighing"])
            return f"EQ_bizTransaction_{kind}", self.some(DOCUMENTS)
        kind = rng.choice([*SDTS, "ex:carrier"])
        return f"EQ_{rng.choice(['source', 'destination'])}_{kind}", self.some(
            PLACES if kind == "location" else PARTIES
        )

    def amount(self) -> tuple[str, Any]:
        op, uom = self.op(), self.rng.choice(["", "_KGM", "_TNE", "_EA"])
        value = self.some([1, 5, 12.5, 200, 3]) if op == "EQ" else self.rng.choice([1, 5, 12.5, 100])
        return f"{op}_quantity{uom}", value

    def sensor(self) -> tuple[str, Any]:
        rng = self.rng
        if rng.random() < 0.5:
            op, name = (
                self.op(),
                rng.choice(["value", "value", "minValue", "maxValue", "meanValue", "sDev", "percValue"]),
            )
            pool = [25, 298.15, 3.7, 3700, 77, 26, 30, 0.1]
            value: Any = self.some(pool) if op == "EQ" else rng.choice(pool)
            return f"{op}_{name}_{rng.choice(UOMS)}", value
        return rng.choice([
            ("EQ_type", self.some([*MEASURES, NS + "SOH"])),
            ("EQ_deviceID", self.some(DEVICES)),
            ("EQ_dataProcessingMethod", ["https://method.example/1"]),
            ("EQ_bizRules", ["https://rules.example/1"]),
            ("EQ_microorganism", ["https://www.ncbi.nlm.nih.gov/taxonomy/1126011"]),
            ("EQ_chemicalSubstance", ["https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N"]),
            ("EQ_stringValue", self.some(TEXTS)),
            ("EQ_booleanValue", rng.choice([True, False])),
            ("EQ_hexBinaryValue", self.some(["F0F0", "00", "ff"])),
            ("EQ_uriValue", self.some(DEVICES)),
            (f"{self.op()}_percRank", rng.choice([50, 95, 60])),
        ])  # fmt: skip

    def extension(self) -> tuple[str, Any]:
        rng = self.rng
        area = rng.choice(["", "", "ILMD_", "ERROR_DECLARATION_", "SENSORELEMENT_", "SENSORMETADATA_", "SENSORREPORT_",
                           "readPoint_", "bizLocation_"])  # fmt: skip
        name = rng.choice(["ex:", "ex:", "sy:", NS]) + rng.choice(FIELDS)
        inner = rng.choice(["", "INNER_"])
        if rng.random() < 0.3:
            return f"EXISTS_{inner}{area}{name}", rng.choice([True, True, True, False])
        op = self.op()
        if op == "EQ":
            return f"EQ_{inner}{area}{name}", rng.choice(
                [self.some(TEXTS), [moment(rng)], rng.choice(NUMBERS)]
            )
        return f"{op}_{inner}{area}{name}", rng.choice([rng.choice(NUMBERS), moment(rng)])

    def master(self) -> tuple[str, Any]:
        rng = self.rng
        field = rng.choice(
            ["readPoint", "bizLocation", "epcClass", "source", "destination", "bizStep", "ex:box"]
        )
        return rng.choice([
            ("WD_readPoint", self.some(PLACES)),
            ("WD_bizLocation", self.some(PLACES)),
            (f"HASATTR_{field}", self.some([SY + "name", "sy:role", "cbvmda:site", "ex:floor", "sy:metal", "sy:kind"])),
            (f"EQ_ATTR_{field}_sy:name", self.some(["Plant", "Gate", "Five", "Yard"])),
            (f"EQ_ATTR_{field}_sy:role", self.some(["recycler", "remaker", "maker"])),
            (f"EQ_ATTR_{field}_sy:metal", self.some(["Ni", "Co"])),
        ])  # fmt: skip
