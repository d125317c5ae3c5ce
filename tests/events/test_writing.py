"""Every step of a battery's life, as it is written."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.events import canonical, vocabulary, writing
from suyuan.events.check import check_event
from suyuan.events.items import items_of
from suyuan.events.names import Names
from suyuan.events.shapes import Event, Lot
from suyuan.events.uris import document_uri, item_uri, lot_uri, party_uri, place_uri, run_uri

MAKER, TAKER = "91350900587527783P", "912201011239989159"
PACK, OLD = item_uri("001PB240000001G510000042"), item_uri("001PB240000001G510000041")
CELLS = [item_uri(f"001CB240000001G51000000{n}") for n in range(3)]
REUSED = item_uri("001PB24G510000042RP")
CAR = item_uri("LNBSCB3F0DD130955")
LOT = Lot(lot_uri("black-mass", "B-7/2"), Decimal("812.50"))
SITE, BILL, RUN = place_uri(MAKER, "plant 1"), document_uri(MAKER, "delivery", "D/17"), run_uri(TAKER, "B-7")
AT = datetime(2026, 5, 1, 8, 0)
GIVER, TAKEN = party_uri(MAKER), party_uri(TAKER)


def steps(**head: Any) -> list[Event]:
    """Each step once, with everything that it can say."""
    assays = [writing.assay(LOT.uri, {"Li": Decimal("0.0295")}, uncertainty=0.002, relative=True)]
    parties: dict[str, Any] = {"giver": GIVER, "taker": TAKEN}
    moment = {key: value for key, value in head.items() if key != "event_id"}
    return [
        writing.made(
            items=[PACK], model="LFP-55-A", chemistry="LFP", rated_energy_kwh=Decimal("54.6"), rated_capacity_ah=161,
            nominal_voltage_v=339.2, mass_kg=438.5, composition={"Li": 4, "Cu": Decimal("2.5")}, recycled_content={"Li": 1},
            ilmd={"grade": "A"}, **head,
        ),
        writing.assembled(parent=PACK, children=CELLS, **head),
        *writing.handed_over(items=[PACK], **parties, document=BILL, receipt=BILL, received_place=SITE, **moment),
        writing.installed(vehicle=CAR, packs=[PACK], position="floor", **head),
        writing.certified(vehicle=CAR, document=BILL, vehicle_model="X", swap_type=True, import_cleared_on=AT.date(), **head),
        writing.sold(
            vehicle=CAR, area="350900", buyer_kind="person", owner_commitment="ab12", seller=GIVER, buyer=TAKEN,
            document=BILL, **head,
        ),
        writing.stocked(items=[PACK], **head),
        *writing.replaced(vehicle=CAR, old=[OLD], new=[PACK], repair_order="R-1", destination=TAKEN, **moment),
        *writing.swapped(vehicle=CAR, old=[OLD], new=[PACK], **moment),
        writing.measured(
            items=[PACK], state_of_health_percent=Decimal("91.5"), remaining_capacity_ah=147, method="GB/T 34015-2017",
            uncertainty=0.5, **head,
        ),
        writing.exported(items=[PACK], document=BILL, exporter=GIVER, **head),
        writing.taken_in_for_scrapping(
            vehicle=CAR, scrap_certificate="S-1", battery_present=False, codes_read=["x"], **parties, **head
        ),
        writing.removed(parent=CAR, children=[PACK], **head),
        writing.vehicle_gone(vehicle=CAR, scrap_certificate="S-1", **head),
        writing.collected(
            lots=[LOT], source_kind="repair", mass_kg=400, condition="sound", photo_sha256="0" * 64, **parties,
            document=BILL, **head,
        ),
        writing.stored(items=[PACK], lots=[LOT], **head),
        writing.taken_apart(parent=PACK, children=CELLS, **head),
        writing.remade(
            old=[PACK], new=[REUSED], run=RUN, state_of_health_percent=80, grade="A", intended_use="storage",
            warranty_months=24, **head,
        ),
        writing.fed_to_batch(run=RUN, items=[PACK], lots=[LOT], mass_kg=400, **head),
        writing.batch_out(run=RUN, lots=[LOT], process="leaching", assays=assays, fates={LOT.uri: "landfill"}, **head),
        writing.product_out(lots=[LOT], seller=GIVER, buyer=TAKEN, document=BILL, assays=assays, **head),
        writing.destroyed(items=[PACK], evidence="E-1", **head),
        writing.lost(items=[PACK], evidence="E-1", **head),
        writing.stolen(items=[PACK], evidence="E-1", **head),
    ]  # fmt: skip


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),
    st.sampled_from([SITE, None, "geo:24.5,118.1"]),
    st.sampled_from([None, "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"]),
    st.sampled_from([{}, {"sy:reporter": GIVER}]),
)
def test_every_step_is_a_valid_event(
    at: datetime, place: str | None, event_id: str | None, more: dict[str, str]
) -> None:
    for event in steps(at=at, place=place, event_id=event_id, more=more):
        assert check_event(event, bare=True) == []
        assert canonical.loads(canonical.dumps(event)) == event


def test_every_own_word_written_is_in_the_vocabulary() -> None:
    names = Names.of(None)

    def own_words(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {key for key in value if key.startswith("sy:")}.union(*map(own_words, value.values()))
        if isinstance(value, list):
            return set().union(*map(own_words, value))
        return {value} if isinstance(value, str) and value.startswith("sy:") else set()

    known = {word.short for word in vocabulary.words()}
    assert own_words(steps(at=AT)) - known == set()
    assert names.word("shipping") == "shipping"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, "2026-05-01T08:00:00+08:00"),
        (datetime(2026, 5, 1, tzinfo=UTC), "2026-05-01T08:00:00+08:00"),
        (datetime(2026, 5, 1, 8, 0, 0, 250_000), "2026-05-01T08:00:00.250+08:00"),
    ],
)
def test_times_are_told_in_shanghai(at: datetime, text: str) -> None:
    event = writing.stocked(items=[PACK], at=at)
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == (text, "+08:00")


def test_another_zone_may_be_asked_for() -> None:
    event = writing.stocked(items=[PACK], at=AT.replace(tzinfo=UTC), zone=UTC)
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == ("2026-05-01T08:00:00+00:00", "+00:00")


def test_what_is_not_known_is_left_out() -> None:
    assert writing.stocked(items=[PACK], at=AT) == {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"sy": "https://w3id.org/suyuan/voc#"},
        ],
        "type": "ObjectEvent",
        "eventTime": "2026-05-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [PACK],
        "action": "OBSERVE",
        "bizStep": "stocking",
        "disposition": "available",
    }


def test_a_handover_has_two_sides_with_one_giver_and_one_taker() -> None:
    shipped, received = writing.handed_over(
        items=[PACK], giver=GIVER, taker=TAKEN, at=AT, received_at=datetime(2026, 5, 3)
    )
    assert (shipped["bizStep"], received["bizStep"]) == ("shipping", "receiving")
    assert received["eventTime"] == "2026-05-03T00:00:00+08:00"
    for side in (shipped, received):
        assert side["sourceList"] == [{"type": "possessing_party", "source": GIVER}]
        assert side["destinationList"] == [{"type": "possessing_party", "destination": TAKEN}]


def test_the_events_of_a_batch_share_their_run() -> None:
    events = [
        writing.fed_to_batch(run=RUN, items=[PACK], at=AT),
        writing.batch_out(run=RUN, lots=[LOT], at=AT),
    ]
    assert [items_of(event)[-1] for event in events] == [("run", RUN)] * 2


def test_amounts_are_numbers_and_metals_own_words() -> None:
    event = writing.batch_out(
        run=RUN, lots=[LOT], assays=[writing.assay(LOT.uri, {"Li": Decimal("0.0295")})], at=AT
    )
    assert event["outputQuantityList"] == [{"epcClass": LOT.uri, "quantity": 812.5, "uom": "KGM"}]
    assert event["sy:assay"] == [{"sy:lot": LOT.uri, "sy:share": {"sy:Li": 0.0295}}]


def test_an_event_declared_wrong_is_the_same_event_with_the_declaration() -> None:
    said = writing.stored(items=[PACK], at=AT, event_id="urn:uuid:1")
    wrong = writing.declared_wrong(said, reason="did_not_occur", corrective_ids=["urn:uuid:2"], at=AT)
    assert wrong == said | {
        "errorDeclaration": {
            "declarationTime": "2026-05-01T08:00:00+08:00",
            "reason": "did_not_occur",
            "correctiveEventIDs": ["urn:uuid:2"],
        }
    }
    assert check_event(wrong, bare=True) == []


@pytest.mark.parametrize(
    "write",
    [
        lambda: writing.declared_wrong(writing.stored(items=[PACK], at=AT), at=AT),
        lambda: writing.measured(items=[PACK], at=AT),
    ],
)
def test_a_step_that_says_nothing_is_refused(write: Callable[[], Event]) -> None:
    with pytest.raises(ValueError, match=r"eventID|measurement"):
        write()
