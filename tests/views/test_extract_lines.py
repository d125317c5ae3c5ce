"""Lines read form by form give the very rows that reading them one by one gives."""

import json
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import world_events

from suyuan.events.canonical import dumps
from suyuan.events.prepared import Prepared, prepare_line
from suyuan.events.reading import events_of
from suyuan.ledger.entry import Body, Envelope, decode, encode, encoder
from suyuan.terms.finding import Place
from suyuan.views import extract_lines as by_forms
from suyuan.views.extract import extract
from suyuan.views.extract_forms import Form, Forms
from suyuan.views.extract_lines import extract_lines

Event = dict[str, Any]
ENVELOPE = Envelope("d" * 64, "91350900587527783P", datetime(2030, 1, 1, 7, 8, 9, 123000, UTC))
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PACK, VEHICLE = "001PB240000001G510000042", "LNBSCB3F0DD130955"


def prepared(events: Iterable[Event]) -> list[Prepared]:
    """Those of the events that a capture would record."""
    made = [prepare_line(json.dumps(event).encode(), Place(line=n)) for n, event in enumerate(events, 1)]
    return [one for one in made if isinstance(one, Prepared)]


def lines(bodies: Sequence[Body]) -> list[tuple[int, bytes]]:
    write = encoder(ENVELOPE)
    return [(seq, write(body.kind, body.body, body.place)) for seq, body in enumerate(bodies, 5)]


def hold_against_each_other(told: Sequence[tuple[int, bytes]]) -> None:
    fast = extract_lines(told)
    slow = extract((seq, decode(seq, line)) for seq, line in told)
    for name, table in slow.items():
        assert fast[name].schema == table.schema
        assert fast[name].to_pylist() == table.to_pylist(), name


def unchecked(events: Iterable[Event]) -> list[tuple[int, bytes]]:
    """Lines of events whose values nobody checked; without those that cannot be read one by one either."""
    told = [(seq, encode(ENVELOPE, "event", dumps(event), f"line {seq}")) for seq, event in enumerate(events)]
    return [(seq, line) for seq, line in told if _is_read(seq, line)]


def _is_read(seq: int, line: bytes) -> bool:
    try:
        extract([(seq, decode(seq, line))])
    except (TypeError, AttributeError, LookupError, ValueError):
        return False
    return True


def form_of(line: bytes) -> Form | None:
    return Forms().of(line.decode().split('"'))


@pytest.mark.parametrize("cells", [0, 3, 40])
def test_a_world_of_the_simulator_read_either_way_is_the_same(cells: int) -> None:
    told = lines(prepared(world_events(seed=11 + cells, packs=40, cells=cells)))
    assert len(told) > 250
    hold_against_each_other(told)
    assert sum(form_of(line) is not None for _, line in told) > 0.95 * len(told)


def test_public_examples_read_either_way_are_the_same(conformance: Path) -> None:
    files = sorted((conformance / "epcis").glob("*/*.json*"))
    documents = [json.loads(file.read_text()) for file in files if "schema" not in file.name.lower()]
    events: list[Event] = []
    for document in documents:
        if isinstance(document, dict) and document.get("type") in ("EPCISDocument", "EPCISQueryDocument"):
            events += [event for _, event in events_of(document) if "eventTime" in event]
    told = lines(prepared(events))
    assert len(told) > 30
    hold_against_each_other([*told, *((seq + len(told), line) for seq, line in told)])


BASES = world_events(seed=3, packs=12, cells=2)
KINDS = list({(e["type"], e.get("bizStep"), e.get("action"), tuple(sorted(e))): e for e in BASES}.values())
USUAL = [
    "a",
    "x y",
    "1e5",
    "0012",
    "nan",
    "true",
    "false",
    " 7",
    "1_0",
    "\u0665",
    "sy:x",
    "my:x",
    "https:x",
    "é中",
    "=",
    "{",
    "[]",
    "https://w3id.org/suyuan/obj/001pb240000001g510000042",
    "https://w3id.org/suyuan/obj/none",
    "urn:x:1",
    "urn:x:2",
    "0.5",
    f"https://w3id.org/suyuan/obj/{PACK}",
    f"https://id.example.cn/obj/{PACK}?from=qr",
    f"https://x.example/obj/{VEHICLE}",
    "https://w3id.org/suyuan/class/black-mass/B-7",
    "urn:epc:id:sgtin:4012345.011111.9876",
    "urn:x:class:copper:7",
    "https://id.gs1.org/01/09520123456788/21/S1",
    "https://example.com/gtin/9520123456788/lot/L1",
    "urn:epc:id:gdti:4012345.55555.1234",
    "https://w3id.org/suyuan/loc/91350900587527783p/plant-2",
    "urn:epc:id:sgln:4012345.00005.0",
    "https://id.gs1.org/417/4012345000054",
    "https://w3id.org/suyuan/party/91350900587527783P",
]
TEXTS = st.sampled_from([*USUAL * 3, "", " ", 'a"b', "a\\b", "\ue0007\ue001"])
TIMES = st.sampled_from(
    [
        "2026-05-01T08:00:00+08:00", "2026-05-01T23:59:59Z", "2026-12-31T23:59:60Z", "2026-05-01T00:00:00.1425+08:00",
        "2026-05-01t00:00:00z", "2024-02-29T12:00:00-05:30", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-05-01T24:00:00Z",
        "1969-12-31T23:59:59.9996Z", "1582-10-15T00:00:00+00:00",
    ]
)  # fmt: skip
VALUES = (
    TEXTS
    | st.sampled_from([0, -1, 7.5, 1e-7, 1e21, 436.3, True, False, None])
    | st.recursive(
        TEXTS | st.sampled_from([0, -1, 7.5, 1e-7, 1e21, 436.3, True, False, None]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["sy:Ni", "my:b", "sy:lot", "sy:share"]), inner, max_size=2)
        ),
        max_leaves=4,
    )
)
NAMES = st.sampled_from(
    ["my:position", "my:repairOrder", "my:swap", "my:reporter", "my:model", "my:mass_kg", "my:buyerKind", "my:fate", "my:x", "sy:x",
     "https://w3id.org/suyuan/voc#x", "ex:x", "ex:x1", "https://ns.example.com/x", "rdfs:comment"]
)  # fmt: skip
CONTEXTS = st.sampled_from(
    [
        [STANDARD, {"my": "https://w3id.org/suyuan/voc#", "sy": "https://w3id.org/suyuan/voc#", "ex": "https://ns.example.com/"}],
        [STANDARD, {"my": "https://other.example/", "sy": "https://w3id.org/suyuan/voc#", "ex": "https://w3id.org/suyuan/voc#"}],
        [{"my": "https://w3id.org/suyuan/voc#"}, STANDARD],
        STANDARD,
    ]
)  # fmt: skip


@st.composite
def varied(draw: st.DrawFn) -> list[Event]:
    """A few events of one shape, with other values here and there."""
    base = deepcopy(draw(st.sampled_from(KINDS)))
    if draw(st.booleans()):
        base["@context"] = draw(CONTEXTS)
    if draw(st.booleans()):
        base = json.loads(json.dumps(base).replace('"sy:', '"my:'))
    base |= draw(st.dictionaries(NAMES, VALUES, max_size=draw(st.integers(0, 3))))
    if "ilmd" in base:
        base["ilmd"] |= draw(st.dictionaries(NAMES, VALUES, max_size=draw(st.integers(0, 2))))
    if draw(st.booleans()):
        base["bizStep"] = draw(
            st.sampled_from(
                ["shipping", "https://ref.gs1.org/cbv/BizStep-shipping", "my:removing", "receiving"]
            )
        )
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(EXTRAS)))
        base[name] = draw(EXTRAS[name])
    for name in ("epcList", "childEPCs", "inputEPCList"):
        if name in base and draw(st.booleans()):
            base[name] = draw(st.lists(TEXTS, min_size=1, max_size=4))
    return [_with_other_values(draw, deepcopy(base)) for _ in range(draw(st.integers(1, 4)))]


KINDS_OF_PARTY = st.sampled_from(
    [
        "possessing_party",
        "owning_party",
        "location",
        "https://ref.gs1.org/cbv/SDT-possessing_party",
        "urn:epcglobal:cbv:sdt:location",
        "my:x",
    ]
)
EXTRAS: dict[str, st.SearchStrategy[Any]] = {
    "sourceList": st.lists(st.fixed_dictionaries({"type": KINDS_OF_PARTY, "source": TEXTS}), min_size=1, max_size=3),
    "bizTransactionList": st.lists(
        st.fixed_dictionaries({"bizTransaction": TEXTS}, optional={"type": st.sampled_from(["po", "inv", "my:x"])}), min_size=1, max_size=3
    ),
    "eventID": st.sampled_from(["urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", "https://x.example/e/1"]),
    "recordTime": TIMES,
    "errorDeclaration": st.just({"declarationTime": "2026-05-01T08:00:00+08:00", "reason": "did_not_occur"}),
    "sensorElementList": st.just([{"sensorReport": [{"type": "Mass", "value": 3.5, "uom": "KGM"}]}]),
    "quantityList": st.lists(
        st.fixed_dictionaries(
            {"epcClass": TEXTS}, optional={"quantity": st.sampled_from([1, 2.5, 0.1]), "uom": st.sampled_from(["KGM", "GRM"])}
        ),
        min_size=1,
        max_size=2,
    ),
}  # fmt: skip


def _with_other_values(draw: st.DrawFn, event: Event) -> Event:
    if draw(st.booleans()):
        event["eventTime"] = draw(TIMES)

    def other(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: inner if name == "type" else other(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [other(inner) for inner in value]
        if isinstance(value, str) and draw(st.integers(0, 3)) == 0:
            return draw(TEXTS)
        if isinstance(value, float) and draw(st.integers(0, 3)) == 0:
            return draw(st.sampled_from([0, 12, 0.00001, 1e-9, 31.25, 1e300, 10**20]))
        return value

    kept = {
        "@context",
        "type",
        "action",
        "bizStep",
        "disposition",
        "eventTime",
        "eventTimeZoneOffset",
        "recordTime",
        "errorDeclaration",
    }
    return {name: value if name in kept else other(value) for name, value in event.items()}


@given(st.lists(varied(), min_size=1, max_size=3))
@settings(max_examples=400)
def test_events_of_any_spelling_read_either_way_are_the_same(told: list[list[Event]]) -> None:
    hold_against_each_other(unchecked(event for group in told for event in group))


def test_the_values_of_a_form_that_was_met_before_are_told_by_each_line() -> None:
    events = [event for event in BASES if event.get("bizStep") == "commissioning"][:6]
    told = lines(prepared(events))
    forms = {id(by_forms._forms.of(line.decode().split('"'))) for _, line in told}
    assert len(forms) <= 2
    rows = extract_lines(told)["event"].to_pylist()
    assert [row["event_id"] for row in rows] == [one.event_id for one in prepared(events)]
    assert len({row["event_id"] for row in rows}) == len(rows)


def test_parties_of_one_kind_in_two_spellings_are_told_and_hashed_as_by_one() -> None:
    (base,) = [event for event in BASES if event.get("bizStep") == "shipping" and "epcList" in event][:1]
    kinds = ("possessing_party", "https://ref.gs1.org/cbv/SDT-possessing_party")
    for names in (("urn:x:1", "urn:x:2"), ("urn:x:2", "urn:x:1")):
        sources = [{"type": kind, "source": name} for kind, name in zip(kinds, names, strict=True)]
        hold_against_each_other(unchecked([{**base, "sourceList": sources}]))


def test_a_thing_listed_under_two_domains_is_one() -> None:
    (base,) = [event for event in BASES if "epcList" in event][:1]
    twice = {**base, "epcList": [f"https://a.example/{PACK}", f"https://b.example/{PACK}", "urn:x:0"]}
    hold_against_each_other(unchecked([twice, base]))
    assert extract_lines(unchecked([twice]))["event_item"].num_rows == 2


def test_an_entry_whose_place_has_a_quotation_mark_is_read_all_the_same() -> None:
    (body,) = prepared(BASES[:1])
    line = encode(ENVELOPE, "event", body.body, 'sheet "A" row 3')
    hold_against_each_other([(0, line), (1, encode(ENVELOPE, "event", body.body, "line 4"))])
    assert extract_lines([(0, line)])["event"].to_pylist()[0]["place"] == 'sheet "A" row 3'


def test_master_data_between_events_keep_their_place() -> None:
    master = b'{"attributes":{"name":"a"},"id":"https://w3id.org/suyuan/party/91350900587527783P","type":"urn:epcglobal:epcis:vtype:Party"}'
    (body,) = prepared(BASES[:1])
    told = [
        (0, encode(ENVELOPE, "event", body.body, "line 1")),
        (1, encode(ENVELOPE, "master", master, "line 2")),
        (2, encode(ENVELOPE, "event", body.body, "line 3")),
    ]
    hold_against_each_other(told)
    assert [row["seq"] for row in extract_lines(told)["master"].to_pylist()] == [1]


def test_so_many_forms_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suyuan.views.extract_forms.FORMS_MAX", 2)
    monkeypatch.setattr(by_forms, "_forms", Forms())
    hold_against_each_other(lines(prepared(KINDS)))
