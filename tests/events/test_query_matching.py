"""What a query asks of one event, worked by hand."""

import re
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from tests.events.query_worlds import STANDARD

from suyuan.events.query import from_body, from_url
from suyuan.events.query_matching import Facts, matches
from suyuan.events.query_order import behind, place_of
from suyuan.events.query_patterns import parse, takes_in
from suyuan.events.query_units import convert
from suyuan.identifiers.epc_urn import canonical

NS = "https://ns.example.com/epcis/"
PREFIXES = {"ex": NS}
PACK = "9A1PB240000001B3C2345678"
EVENT: dict[str, Any] = {
    "@context": [STANDARD, {"mine": NS}],
    "type": "ObjectEvent",
    "eventID": "urn:x:1",
    "action": "ADD",
    "eventTime": "2026-05-01T08:00:00.123456+08:00",
    "eventTimeZoneOffset": "+08:00",
    "bizStep": "shipping",
    "epcList": [f"https://a.example/obj/{PACK}", "urn:epc:id:sgtin:4012345.011111.9876"],
    "quantityList": [{"epcClass": "urn:epc:idpat:sgtin:4012345.011111.*", "quantity": 200, "uom": "KGM"}],
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0", "mine:gate": "north"},
    "bizTransactionList": [{"type": "mine:weighing", "bizTransaction": "urn:epc:id:gdti:4012345.55555.1234"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-05-01T00:00:00Z", "deviceID": "urn:epc:id:giai:4012345.s1"},
            "sensorReport": [
                {"type": "Temperature", "value": 25, "uom": "CEL", "booleanValue": True, "mine:note": "cold"},
                {"type": "Voltage", "minValue": 3.1, "uom": "VLT", "hexBinaryValue": "0fA0"},
            ],
        }
    ],
    "ilmd": {"mine:lot": {"mine:part": {"mine:grade": ["A", {"@value": "7"}]}}},
    "errorDeclaration": {"declarationTime": "2026-06-01T00:00:00Z", "reason": "incorrect_data"},
    "mine:flag": True,
    "mine:at": "2026-05-02T00:00:00+08:00",
    "mine:none": None,
    "mine:size": "12.50",
}  # fmt: skip
RECORDED = datetime(2026, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("MATCH_epc", f"https://b.example/things/{PACK}", True),
        ("MATCH_epc", "https://shop.example/01/04012345111118/21/9876", True),
        ("MATCH_epc", "urn:epc:idpat:sgtin:4012345.*.*", True),
        ("MATCH_epc", "urn:epc:idpat:sgtin:401234.*.*", False),
        ("MATCH_parentID", f"https://a.example/obj/{PACK}", False),
        ("MATCH_epcClass", "https://id.gs1.org/01/04012345111118", True),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:4012345.*.*", True),
        ("MATCH_epcClass", "urn:epc:idpat:sgtin:4012345.011111.5", False),
        ("EQ_readPoint", "https://id.gs1.org/414/4012345000054", True),
        ("EQ_readPoint", "https://id.gs1.org/414/4012345000054/254/dock", False),
        ("EQ_bizStep", "https://ref.gs1.org/cbv/BizStep-shipping", True),
        ("EQ_bizTransaction_ex:weighing", "https://id.gs1.org/253/40123455555541234", True),
        ("EQ_bizTransaction_po", "https://id.gs1.org/253/40123455555541234", False),
        ("EQ_errorReason", "incorrect_data|did_not_occur", True),
        ("LT_errorDeclarationTime", "2026-06-01T00:00:00Z", False),
        ("GE_errorDeclarationTime", "2026-06-01T00:00:00Z", True),
        ("GE_recordTime", "2026-05-03T00:00:00Z", True),
        ("LT_recordTime", "2026-05-03T00:00:00Z", False),
        ("GE_eventTime", "2026-05-01T00:00:00.123456Z", True),
        ("GE_eventTime", "2026-05-01T00:00:00.123457Z", False),
        ("GT_quantity_KGM", "199.9", True),
        ("EQ_quantity_KGM", "1|200", True),
        ("EQ_quantity_TNE", "0.2", False),
        ("LE_quantity", "199", False),
        ("EQ_type", "Temperature", True),
        ("EQ_value_CEL", "25", True),
        ("EQ_value_KEL", "298.15", True),
        ("EQ_value_FAH", "77", True),
        ("GT_value_KEL", "298.15", False),
        ("EQ_value_VLT", "25", False),
        ("LT_minValue_2Z", "3100.5", True),
        ("EQ_booleanValue", "true", True),
        ("EQ_booleanValue", "false", False),
        ("EQ_hexBinaryValue", "0FA0", True),
        ("EQ_deviceID", "https://id.gs1.org/8004/4012345s1", True),
        ("GE_time", "2026-05-01T00:00:00Z", True),
        ("GE_startTime", "2026-05-01T00:00:00Z", False),
        ("EQ_ex:flag", "true", True),
        ("GE_ex:at", "2026-05-01T16:00:00Z", True),
        ("GT_ex:at", "2026-05-01T16:00:00Z", False),
        ("EQ_ex:size", "12.50", True),
        ("GT_ex:size", "12", True),
        ("EXISTS_ex:size", "", True),
        ("EXISTS_ex:none", "", False),
        ("EXISTS_ex:grade", "", False),
        ("EQ_readPoint_ex:gate", "north", True),
        ("EQ_bizLocation_ex:gate", "north", False),
        ("EQ_SENSORREPORT_ex:note", "cold", True),
        ("EQ_SENSORELEMENT_ex:note", "cold", False),
        ("EQ_INNER_ILMD_ex:grade", "A", True),
        ("GE_INNER_ILMD_ex:grade", "7", True),
        ("EXISTS_INNER_ILMD_ex:lot", "", False),
        ("EXISTS_ILMD_ex:lot", "", True),
        ("EQ_ILMD_ex:grade", "A", False),
        ("EQ_INNER_ex:grade", "A", False),
    ],
)  # fmt: skip
def test_a_parameter_holds_for_the_event_or_not(name: str, value: str, holds: bool) -> None:
    query = from_url([(name, value)], PREFIXES)
    assert matches(query.criteria, Facts(EVENT, RECORDED), {}) is holds


def test_json_says_what_is_a_number_and_what_is_text() -> None:
    event = Facts({**EVENT, "mine:count": 5, "mine:code": "5"}, RECORDED)
    asked = [{"EQ_ex:count": 5}, {"EQ_ex:count": ["5"]}, {"EQ_ex:code": ["5"]}, {"EQ_ex:code": ["5.0"]}]
    assert [matches(from_body(one, PREFIXES).criteria, event, {}) for one in asked] == [
        True,
        False,
        True,
        False,
    ]


def test_all_parameters_must_hold_each_by_itself() -> None:
    # no report is both: the parameters are independent
    both = [("EQ_type", "Voltage"), ("GE_value_CEL", "20")]
    assert matches(from_url(both).criteria, Facts(EVENT, RECORDED), {})
    assert not matches(from_url([*both, ("EQ_action", "DELETE")]).criteria, Facts(EVENT, RECORDED), {})


@pytest.mark.parametrize(
    ("pattern", "uri", "taken"),
    [
        ("urn:epc:idpat:sscc:4012345.*", "https://id.gs1.org/00/340123453111111115", True),
        ("urn:epc:idpat:sscc:4012345.*", "https://id.gs1.org/00/390000003111111115", False),
        ("urn:epc:idpat:sgln:4012345.00005.*", "https://id.gs1.org/414/4012345000054/254/dock", True),
        ("urn:epc:idpat:sgln:4012345.00005.*", "https://id.gs1.org/414/4012345000054", True),
        ("urn:epc:idpat:sgln:4012345.*.*", "https://id.gs1.org/414/4012346000051", False),
        ("urn:epc:idpat:grai:4012345.55555.*", "https://id.gs1.org/8003/04012345555554AB", True),
        ("urn:epc:idpat:gdti:4012345.55555.*", "https://id.gs1.org/253/4012345555554", True),
        ("urn:epc:idpat:gdti:4012345.55555.*", "https://id.gs1.org/253/40123456666641", False),
        ("urn:epc:idpat:giai:4012345.*", "urn:epc:id:giai:40123456.7", False),
        ("urn:epc:idpat:giai:4012345.*", "https://id.gs1.org/8004/401234567", True),
        ("urn:epc:idpat:cpi:4012345.AB.*", "https://id.gs1.org/8010/4012345AB/8011/7", True),
        ("urn:epc:idpat:itip:4012345.012345.01.02.*", "https://id.gs1.org/8006/040123451234560102/21/9", True),
        ("urn:epc:idpat:itip:4012345.012345.01.02.*", "https://id.gs1.org/8006/040123451234560202/21/9", False),
        ("urn:epc:idpat:upui:4012345.012345.*", "https://id.gs1.org/01/04012345123456/235/x", True),
        ("urn:epc:idpat:gsrn:4012345.*", "https://id.gs1.org/8018/401234500000000001", True),
        ("urn:epc:idpat:pgln:4012345.*", "https://id.gs1.org/417/4012345000054", True),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "urn:epc:id:sgtin:4012345.011111.a.b", True),
        ("urn:epc:idpat:sgtin:4012345.011111.*", "https://x.example/any", False),
        ("urn:epc:classpat:lgtin:4012345.011111.*", "https://id.gs1.org/01/04012345111118", False),
        ("urn:epc:idpat:sgtin:4012345.011111.a%2Fb", "https://id.gs1.org/01/04012345111118/21/a%2Fb", True),
    ],
)  # fmt: skip
def test_a_pattern_takes_in_what_it_describes(pattern: str, uri: str, taken: bool) -> None:
    told = parse(pattern)
    assert told is not None
    assert takes_in(told, uri) is taken
    if taken:  # what the columns are asked leaves nothing out
        wanted = re.escape(told.like).replace("%", ".*").replace("_", ".")
        assert re.fullmatch(wanted, canonical(uri))


@pytest.mark.parametrize(
    ("value", "uom", "to", "found"),
    [
        (77, "FAH", "CEL", Fraction(25)),
        (-40, "FAH", "CEL", Fraction(-40)),
        (0.1, "KWH", "WHR", Fraction(100)),
        (2, "AMH", "COU", Fraction(7200)),
        (1.5, "BAR", "KPA", Fraction(150)),
        (36, "KMH", "MTS", Fraction(10)),
        (1, "LBR", "GRM", Fraction("453.59237")),
        (50, "P1", "C62", Fraction(1, 2)),
        (1, "EA", "C62", None),
        (1, "EA", "EA", Fraction(1)),
    ],
)
def test_units_convert_exactly(value: float, uom: str, to: str, found: Fraction | None) -> None:
    assert convert(value, uom, to) == found


def test_numbers_times_and_texts_stand_in_that_order_and_what_is_missing_last() -> None:
    values: list[Any] = [None, "b", 3, "2026-05-01T00:00:00Z", True, "B", -1.5, "2026-05-01T00:00:00+08:00"]
    for way in ("ASC", "DESC"):
        query = from_url([("orderBy", "ex:key"), ("orderDirection", way)], PREFIXES)
        placed = [
            place_of(Facts({**EVENT, "mine:key": value}, RECORDED), n, query.order)
            for n, value in enumerate(values)
        ]
        placed.sort(key=lambda place: place.key(query.order))
        found = [values[place.n] for place in placed]
        rising = [-1.5, 3, values[7], values[3], "B", "b", True]
        assert found == ([*rising, None] if way == "ASC" else [*rising[::-1], None])
        assert all(behind(later, earlier, query.order) for earlier, later in pairwise(placed))
