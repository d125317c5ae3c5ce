"""Parameters of a query: what is read from a URL and a body, what is refused, under which name and with what advice."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.events.query_worlds import PREFIXES, Queries

from suyuan.events.query import (
    Order,
    QueryException,
    QueryParameterException,
    QueryTooComplexException,
    QueryValidationException,
    from_body,
    from_url,
)
from suyuan.events.query_criteria import Amount, Matches, OneOf, Said, When
from suyuan.events.query_parameters import FIXED

NS = "https://ns.example.com/epcis/"


def only(query: Any) -> Any:
    (criterion,) = query.criteria
    return criterion


@pytest.mark.parametrize(
    ("name", "value", "criterion"),
    [
        ("EQ_bizStep", "shipping|https://ref.gs1.org/cbv/BizStep-receiving", OneOf("bizStep", frozenset({"shipping", "receiving"}))),
        ("EQ_disposition", "ex:scorched", OneOf("disposition", frozenset({NS + "scorched"}))),
        ("eventType", "ObjectEvent|ex:Audit", OneOf("type", frozenset({"ObjectEvent", NS + "Audit"}))),
        ("GE_eventTime", "2026-05-01T08:00:00+08:00", When("eventTime", "GE", datetime(2026, 5, 1, tzinfo=UTC))),
        ("LT_errorDeclaration_Time", "2026-05-01T00:00:00Z", When("errorDeclarationTime", "LT", datetime(2026, 5, 1, tzinfo=UTC))),
        ("MATCH_parentID", "urn:epc:id:sgtin:4012345.011111.9876",
         Matches(("parentID",), frozenset({"https://id.gs1.org/01/04012345111118/21/9876"}), ())),
        ("LT_quantity_KGM", "-1.5e2", Amount("LT", (-150.0,), "KGM")),
        ("EQ_quantity", "1|2", Amount("EQ", (1.0, 2.0), None)),
        ("GT_INNER_ILMD_ex:grade", "3", Said("ilmd", True, NS + "grade", "GT", (3.0,))),
        ("EQ_SENSORREPORT_https://x.example/a", "A", Said("sensorReport", False, "https://x.example/a", "EQ", ("A",))),
        ("EXISTS_bizLocation_sy:gate", "", Said("bizLocation", False, "https://w3id.org/suyuan/voc#gate", None)),
    ],
)  # fmt: skip
def test_a_parameter_of_a_url_is_read(name: str, value: str, criterion: object) -> None:
    assert only(from_url([(name, value)], PREFIXES)) == criterion


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ([("EQ_bizstep", "shipping")], "EQ_bizstep: unknown parameter; EQ_bizStep was meant?"),
        ([("EQ_bizStep", "shiping")], "'shipping' was meant?"),
        ([("EQ_bizStep", "")], "empty value"),
        ([("EQ_bizStep", "shipping||receiving")], "empty value"),
        ([("EQ_action", "ADD"), ("EQ_action", "DELETE")], "given twice; join the values by |"),
        ([("EQ_action", "SHIPPED")], "ADD, OBSERVE, DELETE"),
        ([("eventType", "QuantityEvent")], "no standard word"),
        ([("GE_eventTime", "2026-05-01 08:00")], "write it like 2026-05-01T08:00:00+08:00"),
        ([("GE_eventTime", "2026-05-01T08:00:00 08:00")], "as %2B"),
        ([("GT_eventTime", "2026-05-01T08:00:00Z")], "unknown parameter"),
        ([("MATCH_epc", "9A1PB240000001B3C2345678")], "is no URI"),
        ([("MATCH_epc", "urn:epc:idpat:sgtin:4012345.*.7")], "left open from the end"),
        ([("MATCH_epc", "urn:epc:idpat:nothing:1.*")], "is no pattern"),
        ([("GE_quantity", "a few")], "is no number"),
        ([("GE_quantity", "NaN")], "is no number"),
        ([("GE_quantity", "1e999")], "is no number"),
        ([("GE_quantity", "1|2")], "is no number"),
        ([("GE_quantity_kilogram", "1")], "unknown parameter"),
        ([("EQ_source_owning_partie", "urn:x:1")], "'owning_party' was meant?"),
        ([("EQ_booleanValue", "yes")], "neither true nor false"),
        ([("EXISTS_errorDeclaration", "maybe")], "write true"),
        ([("EQ_zz:grade", "1")], "the prefix 'zz' is bound to nothing; bind it in the header GS1-Extensions"),
        ([("GT_ex:grade", "high")], "neither a number nor a date-time"),
        ([("EQ_grade", "1")], "unknown parameter"),
        ([("orderBy", "bizStep")], "neither eventTime, recordTime nor an extension"),
        ([("orderBy", "eventTime"), ("orderDirection", "DOWN")], "ASC, DESC"),
        ([("eventCountLimit", "5")], "needs orderBy"),
        ([("eventCountLimit", "5"), ("maxEventCount", "5"), ("orderBy", "eventTime")], "excludes maxEventCount"),
        ([("maxEventCount", "0")], "whole number from 1 on"),
        ([("perPage", "-1")], "whole number from 1 on"),
        ([("perPage", "ten")], "whole number from 1 on"),
        ([("EQ_ex:grade", "\ud800")], "half a character"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_parameter_is_told_with_what_to_do(
    parameters: list[tuple[str, str]], says: str
) -> None:
    with pytest.raises(QueryParameterException) as refused:
        from_url(parameters, PREFIXES)
    assert says in refused.value.show("en")
    assert refused.value.type == "epcisException:QueryParameterException"
    assert refused.value.parameter in dict(parameters)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.show("zh"))


@pytest.mark.parametrize(
    "body",
    [
        {"EQ_action": "ADD"},
        {"EQ_action": []},
        {"EQ_action": [1]},
        {"GE_quantity": "1"},
        {"GE_quantity": True},
        {"GE_quantity": None},
        {"GT_ex:grade": ["1"]},
        {"EQ_ex:grade": {"a": 1}},
        {"GE_eventTime": 7},
        {"perPage": 7},
        {"orderBy": ["eventTime"]},
        {"EXISTS_ex:grade": "x"},
        {"EQ_booleanValue": "true"},
        {"unknown": 1},
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(QueryParameterException):
        from_body(body, PREFIXES)


@pytest.mark.parametrize("body", [None, [], "EQ_action=ADD", 3])
def test_a_body_that_is_no_object_is_no_query(body: object) -> None:
    with pytest.raises(QueryValidationException) as refused:
        from_body(body)
    assert refused.value.type == "epcisException:QueryValidationException"


def test_the_context_of_a_body_binds_prefixes() -> None:
    body = {
        "@context": [{"mine": NS}],
        "EQ_mine:grade": ["A"],
        "orderBy": "mine:grade",
        "orderDirection": "ASC",
    }
    query = from_body(body)
    assert (only(query).name, query.order) == (NS + "grade", Order(NS + "grade", ascending=True))


def test_too_many_values_are_too_complex() -> None:
    with pytest.raises(QueryTooComplexException):
        from_url([("EQ_eventID", "|".join(f"urn:x:{n}" for n in range(10_001)))])
    with pytest.raises(QueryTooComplexException):
        from_url([(f"EXISTS_ex:a{n}", "") for n in range(201)], PREFIXES)


def test_existence_that_is_not_asked_for_asks_for_nothing() -> None:
    assert from_url([("EXISTS_errorDeclaration", "false"), ("EXISTS_ex:grade", "0")], PREFIXES).criteria == ()


def test_a_query_is_the_same_whichever_way_it_came() -> None:
    for seed in range(300):
        told = Queries(seed, ["urn:x:1"] * 3).query(url=False)
        # a text of a URL may be a number; JSON says which it is
        if not any(name.partition("_")[2].count(":") and name.startswith("EQ_") for name in told):
            url = Queries(seed, ["urn:x:1"] * 3).query(url=True)
            assert from_body(told, PREFIXES).digest == from_url(url.items(), PREFIXES).digest, told


def test_every_parameter_of_the_rest_binding_is_known(conformance: Path) -> None:
    api = json.loads((conformance / "epcis" / "rest" / "openapi.json").read_text())
    listed = {
        one["$ref"].rpartition("/")[2]
        for one in api["paths"]["/events"]["get"]["parameters"]
        if "$ref" in one
    }
    ours = {
        *FIXED,
        "orderBy",
        "orderDirection",
        "eventCountLimit",
        "maxEventCount",
        "PerPage",
        "NextPageToken",
    }
    assert {name for name in listed if not name.startswith("GS1-")} <= ours


def test_every_parameter_of_the_query_schema_is_read(conformance: Path) -> None:
    schema = json.loads((conformance / "epcis" / "rest" / "query-schema.json").read_text())
    query = schema["definitions"]["EPCIS-Query"]
    named = {name: told for name, told in query["properties"].items() if name != "@context"}
    patterned = {
        pattern.strip("^$").replace("[a-z][a-zA-Z0-9]*\\\\:\\\\w+", "ex:name").replace("[A-Z0-9]{2,4}", "KGM")
        .replace("[a-z][a-zA-Z0-9_]+", "location" if "source" in pattern or "destination" in pattern else "po")
        .replace("\\\\w+_\\\\w+", "bizLocation_name"): told
        for pattern, told in query["patternProperties"].items()
    }  # fmt: skip
    for name, told in (named | patterned).items():
        for value in _examples(told, schema["definitions"]):
            body = {"orderBy": "eventTime"} if name in ("eventCountLimit", "orderDirection") else {}
            from_body({**body, name: "eventTime" if name == "orderBy" else value}, PREFIXES)


def _examples(told: dict[str, Any], definitions: dict[str, Any]) -> Iterator[Any]:
    while "$ref" in told:
        told = definitions[told["$ref"].rpartition("/")[2].replace("%40", "@")]
    for one in told.get("oneOf", told.get("anyOf", ())):
        yield from _examples(one, definitions)
    if "enum" in told:
        yield from told["enum"]
    elif told.get("type") == "array":
        yield list(_examples(told["items"], definitions))
    elif told.get("type") == "string":
        yield "2026-05-01T08:00:00Z" if told.get("format") == "date-time" else "https://x.example/a"
    elif "type" in told:
        yield {"number": 1.5, "integer": 1, "boolean": True}[told["type"]]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from([*FIXED, "orderBy", "perPage", "EQ_ex:a", "GT_ILMD_ex:b", "HASATTR_readPoint"]), st.text()),
            st.one_of(st.text(), st.sampled_from(["urn:epc:idpat:sgtin:*.*.*", "2026-05-01T08:00:00Z", "1", "a|b", "urn:epc:idpat:sgln:4012345.*.*"])),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_any_text_is_read_or_refused_in_the_standard_s_words(parameters: list[tuple[str, str]]) -> None:
    with suppress(QueryException):  # any other exception is a fault of ours
        assert len(from_url(parameters, PREFIXES).digest) == 16
