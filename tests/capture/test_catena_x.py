"""Catena-X import files become commissioning and association events; nothing is lost silently."""

import json
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

from suyuan.capture.catena_x import CATENA_X
from suyuan.capture.importer import Context
from suyuan.terms.finding import Finding, Severity

OBJ = "https://w3id.org/suyuan/obj/"
CONTEXT = Context("91350900587527783P", "x.json")
VIN = "LGWEESK58SH210918"
PACK, MODULE, CELL = "001PE050000001A7C0000042", "001ME050000001A7C0000043", "001CE050000001A7C0000044"


def read(document: object) -> tuple[list[dict[str, Any]], list[Finding]]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    batches = list(CATENA_X.read(BytesIO(data), CONTEXT))
    events = [json.loads(each.body) for batch in batches for each in batch.prepared]
    return events, [finding for batch in batches for finding in batch.findings]


def uuid(n: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{n:012d}"


def asset(n: int, *aspects: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "assetMetaInfo": {"catenaXId": uuid(n)},
        "submodels": [
            {"aspectType": f"urn:samm:io.catenax.x:3.0.0#{name}", "payload": {"catenaXId": uuid(n)} | payload}
            for name, payload in aspects
        ],
    }


def serial(**identifiers: str) -> tuple[str, dict[str, Any]]:
    return "SerialPart", {
        "localIdentifiers": [{"key": key, "value": value} for key, value in identifiers.items()],
        "manufacturingInformation": {"date": "2026-05-01T08:00:00.000Z", "country": "CHN"},
        "partTypeInformation": {"manufacturerPartId": "P-1", "nameAtManufacturer": "Pack"},
    }


def bom(*children: int, unit: str = "unit:piece", value: float = 1) -> tuple[str, dict[str, Any]]:
    return "SingleLevelBomAsBuilt", {
        "childItems": [
            {
                "catenaXId": uuid(child),
                "quantity": {"value": value, "unit": unit},
                "createdOn": "2026-05-02T00:00:00Z",
            }
            for child in children
        ]
    }


def test_the_reference_file_gives_an_event_for_each_part_and_relation(conformance: Path) -> None:
    events, findings = read((conformance / "catena-x" / "trace-x-import-CML1.json").read_bytes())
    document = json.loads((conformance / "catena-x" / "trace-x-import-CML1.json").read_bytes())
    built = ("#SerialPart", "#Batch", "#JustInSequencePart")
    parts = [
        each
        for each in document["assets"]
        if any(submodel["aspectType"].endswith(built) for submodel in each["submodels"])
    ]
    commissioned = [event for event in events if event["bizStep"] == "commissioning"]
    of_parts = [event for event in commissioned if "sy:catenaXId" in event.get("ilmd", {})]
    assert [event["ilmd"]["sy:catenaXId"] for event in of_parts] == [
        each["assetMetaInfo"]["catenaXId"] for each in parts
    ]
    assert of_parts[0]["ilmd"] == {
        "sy:model": "3500076-05",
        "sy:partName": "a/dev Vehicle Hybrid",
        "sy:country": "DEU",
        "sy:manufacturerId": "BPNL00000003CML1",
        "sy:partInstanceId": "OMAOYGBDTSRCMYSCX",
        "sy:van": "OMAOYGBDTSRCMYSCX",
        "sy:catenaXId": "urn:uuid:6b2296cc-26c0-4f38-8a22-092338c36e22",
    }
    assert of_parts[0]["eventTime"] == "2018-09-28T04:15:57+00:00"
    pairs = {
        (event["parentID"], child)
        for event in events
        if event["type"] == "AssociationEvent"
        for child in event.get("childEPCs", []) + [q["epcClass"] for q in event.get("childQuantityList", [])]
    }
    assert (
        "urn:uuid:6b2296cc-26c0-4f38-8a22-092338c36e22",
        "urn:uuid:7eeeac86-7b69-444d-81e6-655d0f1513bd",
    ) in pairs
    assert {child for parent, child in pairs if parent == OBJ + "X12MCPM27KLPCLX2M2382320"} == {
        f"{OBJ}X12MCPM27KLPCLX2M238232{n}" for n in range(1, 7)
    }
    assert Counter(finding.severity for finding in findings if finding.severity is Severity.BLOCK) == {}
    planned = [f.found.rpartition("#")[2] for f in findings if f.rule == "catena-not-recorded" and f.found]
    assert Counter(planned) == {
        "PartAsPlanned": 8,
        "PartSiteInformationAsPlanned": 8,
        "SingleLevelBomAsPlanned": 5,
    }


def test_a_part_is_called_by_its_code_or_vin_even_where_it_is_named_as_a_child() -> None:
    events, findings = read(
        {
            "assets": [
                asset(1, serial(partInstanceId="X", van=VIN), bom(2)),
                asset(2, serial(partInstanceId=PACK)),
            ]
        }
    )
    assert findings == []
    assert [event.get("epcList") or (event["parentID"], event["childEPCs"]) for event in events] == [
        [OBJ + VIN],
        [OBJ + PACK],
        (OBJ + VIN, [OBJ + PACK]),
    ]


def test_an_amount_is_a_lot_with_its_unit() -> None:
    events, findings = read({"assets": [asset(1, bom(2, 3, unit="unit:kilogram", value=2.5))]})
    assert findings == []
    assert events[0]["childQuantityList"] == [
        {"epcClass": uuid(2), "quantity": 2.5, "uom": "KGM"},
        {"epcClass": uuid(3), "quantity": 2.5, "uom": "KGM"},
    ]
    assert "childEPCs" not in events[0]


def test_a_relation_told_by_both_sides_is_one_event() -> None:
    usage = {"parentItems": [{"catenaXId": uuid(1), "createdOn": "2026-05-03T00:00:00Z"}]}
    maybe = {
        "parentItems": [
            {"catenaXId": uuid(9), "createdOn": "2026-05-03T00:00:00Z", "isOnlyPotentialParent": True}
        ]
    }
    events, findings = read(
        [asset(1, bom(2)), asset(2, ("SingleLevelUsageAsBuilt", usage), ("SingleLevelUsageAsBuilt", maybe))]
    )
    assert [(event["parentID"], event["childEPCs"]) for event in events] == [(uuid(1), [uuid(2)])]
    assert [(f.rule, f.place.pointer) for f in findings] == [
        ("catena-potential-parent", "/1/submodels/1/payload/parentItems/0")
    ]


def test_older_models_are_read_by_the_names_of_their_aspects() -> None:
    older = {
        "aspectType": "urn:bamm:io.catenax.assembly_part_relationship:1.1.1#AssemblyPartRelationship",
        "payload": {
            "catenaXId": uuid(1),
            "childParts": [
                {
                    "childCatenaXId": uuid(2),
                    "assembledOn": "2026-05-03T00:00:00Z",
                    "quantity": {"quantityNumber": 3, "measurementUnit": {"lexicalValue": "unit:piece"}},
                }
            ],
        },
    }
    events, findings = read([{"assetMetaInfo": {"catenaXId": uuid(1)}, "submodels": [older]}])
    assert findings == []
    assert events[0]["childQuantityList"] == [{"epcClass": uuid(2), "quantity": 3}]


def test_a_traction_battery_code_is_a_tree_of_pack_modules_and_cells() -> None:
    events, findings = read(
        {
            "productType": "pack",
            "tractionBatteryCode": PACK,
            "subcomponents": [
                {
                    "productType": "module",
                    "tractionBatteryCode": MODULE,
                    "subcomponents": [{"productType": "cell", "tractionBatteryCode": CELL}],
                }
            ],
        }
    )
    assert findings == []
    assert {event["epcList"][0] for event in events if event["type"] == "ObjectEvent"} == {
        OBJ + PACK,
        OBJ + MODULE,
        OBJ + CELL,
    }
    assert {(e["parentID"], *e["childEPCs"]) for e in events if e["type"] == "AssociationEvent"} == {
        (OBJ + PACK, OBJ + MODULE),
        (OBJ + MODULE, OBJ + CELL),
    }
    assert events[0]["eventTime"] == "2020-07-12T00:00:00+08:00"


def test_the_sample_payload_is_read_and_its_oddities_are_remarked(conformance: Path) -> None:
    path = conformance / "catena-x" / "traction_battery_code-2.0.0" / "TractionBatteryCode.json"
    events, findings = read(path.read_bytes())
    assert [event["epcList"] for event in events] == [[OBJ + "X12MCPM27KLPCLX2M2382320"]]
    assert sorted({f.rule for f in findings}) == ["code-in-itself", "code-other-kind"]


def test_faulty_assets_are_told_with_their_place_and_the_others_go_on() -> None:
    broken = PACK.replace("0000001", "000000")
    undated = asset(3, ("SerialPart", {"localIdentifiers": []}))
    nameless = {
        "assetMetaInfo": {},
        "submodels": [{"aspectType": "x#SerialPart", "payload": dict(serial()[1])}],
    }
    coded = asset(4, ("TractionBatteryCode", {"tractionBatteryCode": broken, "productType": "pack"}))
    events, findings = read({"assets": [undated, 7, nameless, coded, asset(5, serial())]})
    assert [event["epcList"] for event in events] == [[uuid(5)]]
    assert [(f.place.pointer, f.severity) for f in findings] == [
        ("/assets/0", Severity.BLOCK),
        ("/assets/1", Severity.BLOCK),
        ("/assets/2", Severity.BLOCK),
        ("/assets/3/submodels/0/payload/tractionBatteryCode", Severity.BLOCK),
    ]
