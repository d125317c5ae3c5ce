"""Events of any sender become rows: nothing is refused, everything has its place."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suyuan.events.items import items_of
from suyuan.events.prepared import Prepared, prepare_line
from suyuan.events.reading import events_of
from suyuan.ledger.entry import Entry
from suyuan.terms.finding import Place
from suyuan.views.columns import TABLES
from suyuan.views.extract import extract

RECORDED = datetime(2030, 1, 1, tzinfo=UTC)


def entry(event: dict[str, Any], seq: int = 0, kind: str = "event") -> tuple[int, Entry]:
    return seq, Entry(seq, "d" * 64, "91350900587527783P", "", RECORDED, kind, json.dumps(event).encode())


def test_no_entries_are_empty_tables_of_the_right_shape() -> None:
    assert {name: table.schema for name, table in extract([]).items()} == TABLES


def test_public_examples_name_the_items_that_the_index_knows(conformance: Path) -> None:
    files = sorted((conformance / "epcis").glob("*/*.json*"))
    documents = [json.loads(file.read_text()) for file in files if "schema" not in file.name.lower()]
    events = []
    for document in documents:
        if isinstance(document, dict) and document.get("type") in ("EPCISDocument", "EPCISQueryDocument"):
            events += [event for _, event in events_of(document) if "eventTime" in event]
    assert len(events) > 30
    tables = extract(entry(event, seq) for seq, event in enumerate(events))
    assert {name: table.schema for name, table in tables.items()} == TABLES
    found: dict[int, set[tuple[str, str]]] = {seq: set() for seq in range(len(events))}
    for row in tables["event_item"].to_pylist():
        found[row["seq"]].add((row["role"], row["item"]))
    expected = {seq: {i for i in items_of(event) if i[0] != "run"} for seq, event in enumerate(events)}
    assert found == expected


STANDARD_FIELDS = [
    "epcList", "quantityList", "parentID", "childEPCs", "childQuantityList", "inputEPCList", "inputQuantityList",
    "outputEPCList", "outputQuantityList", "transformationID", "action", "bizStep", "disposition", "readPoint",
    "bizLocation", "bizTransactionList", "sourceList", "destinationList", "sensorElementList", "ilmd",
    "persistentDisposition",
]  # fmt: skip
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 10**6)
    | st.sampled_from(["", "x", "https://x.example/y", "ADD"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "type", "epcClass", "sensorReport", "time", "set"]), inner, max_size=2
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(STANDARD_FIELDS), ANYTHING, max_size=4))
@example({"bizTransactionList": "x"})
@example({"quantityList": "x", "epcList": 5})
@example({"ilmd": [1]})
def test_an_event_of_a_type_of_ones_own_may_hold_anything_in_fields_of_the_standard(
    fields: dict[str, Any],
) -> None:
    event = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "https://example.org/Audit",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        **fields,
    }
    prepared = prepare_line(json.dumps(event).encode(), Place(line=1))
    assert isinstance(prepared, Prepared)
    (row,) = extract([entry(event)])["event"].to_pylist()
    assert row["statement"] == prepared.event_id


def test_what_is_in_the_shape_of_the_standard_is_read_whatever_the_type() -> None:
    event = {
        "type": "https://example.org/Audit",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": ["urn:x:1"],
        "quantityList": "some",
        "bizStep": "inspecting",
    }
    tables = extract([entry(event)])
    assert [row["item"] for row in tables["event_item"].to_pylist()] == ["urn:x:1"]
    assert [row["biz_step"] for row in tables["event"].to_pylist()] == ["inspecting"]


@pytest.mark.parametrize(
    ("time", "offset", "day"),
    [
        ("2026-05-01T23:30:00+08:00", "+08:00", date(2026, 5, 1)),
        ("2026-05-01T18:00:00Z", "+08:00", date(2026, 5, 2)),
        ("2026-05-01T18:00:00.123456789z", "-05:00", date(2026, 5, 1)),
        ("2026-12-31T23:59:60Z", "+00:00", date(2026, 12, 31)),
        ("9999-12-31T23:59:59Z", "+08:00", date(9999, 12, 31)),
        ("0001-01-01T00:00:00+14:00", "+00:00", RECORDED.date()),
    ],
)
def test_the_day_is_that_of_the_events_own_clock(time: str, offset: str, day: date) -> None:
    event = {
        "type": "ObjectEvent",
        "eventTime": time,
        "eventTimeZoneOffset": offset,
        "action": "OBSERVE",
        "epcList": ["urn:x:1"],
    }
    assert extract([entry(event)])["event"].to_pylist()[0]["local_day"] == day


def test_readings_keep_value_unit_time_and_method() -> None:
    event = {
        "@context": [{"my": "https://w3id.org/suyuan/voc#"}],
        "type": "ObjectEvent", "eventTime": "2026-05-01T00:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
        "epcList": ["https://x.example/001PB240000001G510000042"],
        "sensorElementList": [
            {
                "sensorMetadata": {"time": "2026-05-01T00:00:00Z", "my:method": "GB/T 34015-2017"},
                "sensorReport": [{"type": "my:StateOfHealth", "value": 81.5, "uom": "P1", "sDev": 0.5}],
            }
        ],
    }  # fmt: skip
    (row,) = extract([entry(event)])["event_reading"].to_pylist()
    assert (row["type"], row["value"], row["uom"]) == ("sy:StateOfHealth", 81.5, "P1")
    assert json.loads(row["words"]) == {"sDev": 0.5, "sy:method": "GB/T 34015-2017"}


def test_a_single_code_in_a_quantity_list_is_one_thing_all_the_same() -> None:
    pack = "https://x.example/001PB240000001G510000042"
    event = {
        "type": "ObjectEvent", "eventTime": "2026-05-01T00:00:00Z", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
        "quantityList": [{"epcClass": pack, "quantity": 1, "uom": "H87"}],
    }  # fmt: skip
    (row,) = extract([entry(event)])["event_item"].to_pylist()
    assert (row["item"], row["kind"], row["listed"], row["quantity"]) == (pack[-24:], "pack", False, None)
