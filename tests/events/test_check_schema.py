"""The verdict on any value is that of GS1's JSON schema with format checking: 10,000 made-up documents a run."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from tests.events import epcis_documents as made

from suyuan.events import formats
from suyuan.events.check import check_document

ROUNDS, DOCUMENTS = 10, 1000


@pytest.fixture(scope="session")
def schema(conformance: Path) -> Any:
    """GS1's own validator: the oracle."""
    rules = json.loads((conformance / "epcis" / "EPCIS-JSON-Schema.json").read_bytes())
    assert {"uri", "date-time"} <= set(Draft7Validator.FORMAT_CHECKER.checkers), (
        "formats would not be checked"
    )
    return Draft7Validator(rules, format_checker=Draft7Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_verdicts_agree_with_the_schema_on_made_up_documents(schema: Any, seed: int) -> None:
    random = Random(seed)
    accepted = 0
    for _ in range(DOCUMENTS):
        document = made.draw_any(random)
        if random.random() < 0.8:
            document = made.spoil(document, random)
        verdict = schema.is_valid(document)
        findings = check_document(document)
        accepted += verdict
        assert verdict == (findings == []), json.dumps(document)
    # neither answer may be so rare that agreeing on it says nothing
    assert DOCUMENTS / 5 < accepted < DOCUMENTS * 4 / 5


def test_verdicts_agree_with_the_schema_on_the_conformance_files(schema: Any, conformance: Path) -> None:
    paths = sorted((conformance / "epcis").glob("*/*.json*"))
    for path in [path for path in paths if path.parent.name != "rest"]:
        document = json.loads(path.read_bytes())
        assert schema.is_valid(document) == (check_document(document) == []), path.name


@pytest.mark.parametrize("value", [*made.ODD_VALUES, *made.ODD_TEXTS], ids=repr)
def test_verdicts_agree_with_the_schema_on_seldom_fields(schema: Any, value: Any) -> None:
    attribute = {"id": "urn:x:1", "attribute": value}
    parts: list[Any] = [{"a": 1}, {"a": True}, {"b": 1.0}, value]
    master = {
        "vocabularyList": [
            {"type": "urn:x:t", "vocabularyElementList": [{"id": "urn:x:1", "attributes": [attribute]}]}
        ]
    }
    frame = {
        "@context": made.STANDARD,
        "schemaVersion": "2.0",
        "creationDate": made.TIMES[0],
        "epcisBody": {"eventList": []},
    }
    documents = [
        {**frame, "type": "EPCISDocument", "epcisHeader": {"epcisMasterData": master}},
        {**frame, "type": "EPCISDocument", "epcisHeader": value},
        {**frame, "type": "EPCISDocument", "epcisBody": value},
        {**frame, "type": "EPCISDocument", "@context": value},
        {**frame, "type": "EPCISDocument", "@context": parts},
        {**frame, "type": "EPCISDocument", "sender": value},
        {**frame, "type": "EPCISQueryDocument", "sender": value},
        {**frame, "type": "EPCISQueryDocument", "epcisBody": {"queryResults": value}},
        {**frame, "type": value},
        {**frame, "type": "EPCISDocument", "epcisBody": {"eventList": [value]}},
    ]  # fmt: skip
    for document in documents:
        assert schema.is_valid(document) == (check_document(document) == []), json.dumps(document)


SCRAPS = st.sampled_from([*made.ODD_KEYS, *made.ODD_TEXTS])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | SCRAPS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCRAPS, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_verdicts_agree_with_the_schema_on_any_value(schema: Any, value: Any) -> None:
    assert schema.is_valid(value) == (check_document(value) == [])


@settings(max_examples=500)
@given(
    SCRAPS | st.text("aA1.:/?#[]@!$&'()*+,;=-_~%F \né", max_size=12) | st.from_regex(r"[a-z]+:(//)?[^\s]*")
)
def test_a_uri_is_what_the_schema_s_format_takes_for_one(text: str) -> None:
    assert formats.is_uri(text) == Draft7Validator.FORMAT_CHECKER.conforms(text, "uri")


@settings(max_examples=500)
@given(
    SCRAPS
    | st.datetimes().map(lambda moment: moment.isoformat() + "Z")
    | st.from_regex(
        r"[0-9]{4}-[0-1][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]+)?(Z|z|\+08:00)\n?"
    )
)
def test_a_date_time_is_what_the_schema_s_format_takes_for_one(text: str) -> None:
    assert formats.is_date_time(text) == Draft7Validator.FORMAT_CHECKER.conforms(text, "date-time")
