"""Drawn events: the public reference implementation agrees where it keeps to the standard; form makes no difference.

Not drawn, because the reference is known to be wrong there: fractions of a millisecond, extension texts that
`float()` accepts or that equal a standard word, types after their values, namespaces that do not end in `/`,
extension names that end in `List` or contain `action`, a parent beside an EPC list, sensors beside
transactions or parties, sources beside ilmd.
"""

import logging
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suyuan.events import cbv
from suyuan.events.event_hash import event_hash

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"ex": "https://ns.example.com/epcis/", "other": "http://other.example/voc/"},
]


def reference_hashes(events: list[dict[str, Any]], context: Any = CONTEXT) -> list[str]:
    reader = pytest.importorskip("epcis_event_hash_generator.json_to_py")
    generator = pytest.importorskip("epcis_event_hash_generator.hash_generator")
    logging.getLogger().setLevel(logging.CRITICAL)
    document = {"@context": context, "type": "EPCISDocument", "epcisBody": {"eventList": events}}
    found: list[str] = generator.epcis_hashes_from_events(
        reader.event_list_from_epcis_document_json(document)
    )
    return found


texts = st.text("ghjkmqwG-4é中 ", min_size=1, max_size=8).map(lambda text: f"q{text}q")
codes = st.integers(0, 99).map(lambda n: f"001PB240000001G51{n:07d}")
uris = st.one_of(
    codes.map(lambda code: f"https://w3id.org/suyuan/obj/{code}"),
    st.integers(0, 99).map(lambda n: f"urn:epc:id:sgtin:4012345.011111.{n}"),
    st.integers(0, 99).map(lambda n: f"https://shop.example.de/01/04012345111118/10/L1/21/{n}"),
    st.integers(0, 99).map(lambda n: f"urn:epc:id:giai:4000001.{n}"),
    texts.map(lambda text: f"urn:example:{text.strip()}".replace(" ", "")),
)
numbers = st.one_of(st.integers(-1000, 10**12), st.decimals("0.001", "99999", places=3).map(float))
times = st.datetimes().filter(lambda t: 1000 < t.year < 9000).map(
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000).isoformat(timespec="milliseconds")
)  # fmt: skip
instants = st.builds(lambda time, zone: time + zone, times, st.sampled_from(["Z", "+08:00", "-06:30"]))
scalars = st.one_of(texts, uris, numbers)
keys = st.builds(
    lambda p, k: f"{p}:{k}", st.sampled_from(["ex", "other"]), st.text("bdgk", min_size=1, max_size=3)
)
values = st.recursive(
    scalars, lambda inner: st.dictionaries(keys, inner, min_size=1, max_size=3), max_leaves=6
)
extensions = st.dictionaries(keys, st.one_of(values, st.lists(scalars, min_size=1, max_size=3)), max_size=3)
places = st.builds(lambda uri, more: {"id": uri, **more}, uris, extensions)
epcs = st.lists(uris, min_size=1, max_size=4, unique=True)
quantities = st.lists(
    st.fixed_dictionaries({"epcClass": uris}, optional={"quantity": numbers, "uom": st.just("KGM")}),
    min_size=1, max_size=3,
)  # fmt: skip


def _typed(name: str, words: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, str]]]:
    # the reference keeps the order of the keys, so the type is drawn first
    one = st.tuples(st.sampled_from(words), uris).map(lambda pair: {"type": pair[0], name: pair[1]})
    return st.lists(one, min_size=1, max_size=3)


reports = st.fixed_dictionaries(
    {"type": st.sampled_from(["Temperature", "Mass", "ElectricCharge"])},
    optional={
        "value": numbers, "uom": st.just("CEL"), "deviceID": uris, "time": instants, "sDev": numbers, "minValue": numbers,
        "ex:note": texts, "stringValue": texts,
    },
)  # fmt: skip
sensors = st.lists(
    st.fixed_dictionaries(
        {
            "sensorMetadata": st.fixed_dictionaries(
                {"time": instants, "bizRules": uris}, optional={"ex:how": texts}
            ),
            "sensorReport": st.lists(reports, min_size=1, max_size=3),
        }
    ),
    min_size=1,
    max_size=2,
)
common = {
    "disposition": st.sampled_from(cbv.DISPOSITIONS), "readPoint": places, "bizLocation": places,
    "certificationInfo": uris, "transformationID": uris, "parentID": uris, "childEPCs": epcs, "inputEPCList": epcs,
    "outputEPCList": epcs, "quantityList": quantities, "outputQuantityList": quantities,
}  # fmt: skip
parties = {
    "bizTransactionList": _typed("bizTransaction", cbv.BIZ_TRANSACTION_TYPES),
    "sourceList": _typed("source", cbv.SOURCE_DEST_TYPES),
    "destinationList": _typed("destination", cbv.SOURCE_DEST_TYPES),
}
needed = {
    "type": st.sampled_from(["ObjectEvent", "AssociationEvent", "TransformationEvent"]),
    "eventTime": instants,
    "eventTimeZoneOffset": st.sampled_from(["+08:00", "-06:30"]),
    "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
    "bizStep": st.sampled_from(cbv.BIZ_STEPS),
}
events = st.builds(
    lambda event, more: {**event, **more},
    st.one_of(
        st.fixed_dictionaries(needed, optional=common | parties),
        st.fixed_dictionaries(needed, optional=common | {"sensorElementList": sensors}),
        st.fixed_dictionaries(needed, optional=common | {"ilmd": extensions.filter(bool)}),
    ),
    extensions,
)


@settings(max_examples=60, deadline=None)
@given(events)
def test_the_reference_agrees(event: dict[str, Any]) -> None:
    ours = event_hash({"@context": CONTEXT, **event})
    assert [ours] == reference_hashes([event])


def turned(value: Any) -> Any:
    """The same statement in the opposite order of keys and list elements."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(value.items())}
    return [turned(inner) for inner in reversed(value)] if isinstance(value, list) else value


def renamed(value: Any) -> Any:
    """The same statement with other prefixes."""
    if isinstance(value, dict):
        return {
            key.replace("ex:", "https://ns.example.com/epcis/").replace("other:", "o:"): renamed(inner)
            for key, inner in value.items()
        }
    return [renamed(inner) for inner in value] if isinstance(value, list) else value


@given(events)
def test_order_prefix_and_zone_make_no_difference(event: dict[str, Any]) -> None:
    first = event_hash({"@context": CONTEXT, **event})
    assert event_hash({"@context": CONTEXT, **turned(event)}) == first
    assert (
        event_hash({"@context": [CONTEXT[0], {"o": "http://other.example/voc/"}], **renamed(event)}) == first
    )
    moment = datetime.fromisoformat(event["eventTime"]).astimezone(timezone(timedelta(hours=5)))
    assert event_hash({"@context": CONTEXT, **event, "eventTime": moment.isoformat()}) == first


@given(events, st.data())
def test_leaving_a_field_out_makes_another_event(event: dict[str, Any], data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(event)))
    rest = {key: value for key, value in event.items() if key != field}
    assert event_hash({"@context": CONTEXT, **rest}) != event_hash({"@context": CONTEXT, **event})
