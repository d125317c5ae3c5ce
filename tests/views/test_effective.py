"""What counts: corrections, repetitions, and the moment asked for."""

from copy import deepcopy
from datetime import date, datetime
from typing import Any

from suyuan.events import writing as w
from suyuan.events.uris import item_uri, party_uri, place_uri

MAKER = "91350900587527783P"
OEM = "91410100MA44AAAA56"
OTHER = "91510100MA6BAAAA5B"
PACK = "001PB240000001G510000042"


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


def made(**more: Any) -> dict[str, Any]:
    return w.made(items=[item_uri(PACK)], at=at("2026-05-01"), place=place_uri(MAKER, "1"), **more)


def received(
    day: str = "2026-05-07", event_id: str | None = "urn:uuid:1", taker: str = OEM
) -> dict[str, Any]:
    return w.received(
        items=[item_uri(PACK)], giver=party_uri(MAKER), taker=party_uri(taker), at=at(day), event_id=event_id
    )


def test_an_event_declared_wrong_is_void(tell: Any) -> None:
    wrong = w.declared_wrong(received(), at=at("2026-06-01"))
    told = tell(made(), received(), wrong)
    assert told.state(PACK) == "made"
    row = told.one("voided", item=PACK)
    assert (row["seq"], row["declared_seq"], row["reason"], row["counts"]) == (1, 2, "incorrect_data", True)
    assert told.holder(PACK) == ("party", MAKER)


def test_a_declaration_recorded_before_its_event_voids_it_too(tell: Any) -> None:
    told = tell(w.declared_wrong(received(), at=at("2026-06-01")), made(), received())
    assert told.state(PACK) == "made"


def test_the_corrective_event_stands_for_itself(tell: Any) -> None:
    wrong = w.declared_wrong(received(), corrective_ids=["urn:uuid:2"], at=at("2026-06-01"))
    told = tell(made(), received(), wrong, received(event_id="urn:uuid:2", taker=OTHER))
    assert told.holder(PACK) == ("party", OTHER)


def test_an_event_without_an_id_is_declared_wrong_under_its_hash(tell: Any) -> None:
    plain = received(event_id=None)
    wrong = deepcopy(plain) | {"errorDeclaration": {"declarationTime": "2026-06-01T00:00:00+08:00"}}
    assert tell(made(), plain, wrong).state(PACK) == "made"


def test_as_recorded_before_the_declaration_the_event_stands(tell: Any) -> None:
    told = tell(made(), received(), w.declared_wrong(received(), at=at("2026-06-01")))
    assert told.later(recorded_up_to=2).state(PACK) == "in_stock"
    assert told.later(recorded_up_to=3).state(PACK) == "made"


def test_another_party_cannot_void_what_one_party_said(tell: Any) -> None:
    foreign = w.declared_wrong(received(), at=at("2026-06-01")) | {"recorded by": OTHER}
    told = tell(made(), received(), foreign)
    assert told.holder(PACK) == ("party", OEM)
    assert told.one("voided", item=PACK)["counts"] is False


def test_as_of_a_day_is_the_day_on_the_events_own_clock(tell: Any) -> None:
    # at half past midnight in Shanghai it is still the day before in UTC
    late = received() | {"eventTime": "2026-05-06T16:30:00Z", "eventTimeZoneOffset": "+08:00"}
    told = tell(made(), late)
    assert told.later(day=date(2026, 5, 6)).state(PACK) == "made"
    assert told.later(day=date(2026, 5, 7)).state(PACK) == "in_stock"


def test_as_of_a_day_knows_what_was_recorded_late_about_it(tell: Any) -> None:
    told = tell(received("2026-05-07"), made())
    assert told.later(day=date(2026, 5, 3)).state(PACK) == "made"
    assert told.later(recorded_up_to=1, day=date(2026, 5, 3)).views["lifecycle"] == []


def test_the_same_statement_under_one_id_counts_once(tell: Any) -> None:
    again = received() | {"eventTime": "2026-05-07T01:00:00Z"}
    told = tell(made(), received(), again)
    assert told.steps(PACK) == ["made", "received"]


def test_another_statement_under_a_used_id_stands_beside_it(tell: Any) -> None:
    told = tell(made(), received(), received("2026-05-09", taker=OTHER))
    assert told.steps(PACK) == ["made", "received", "received"]
    assert told.holder(PACK) == ("party", OTHER)


def test_at_one_instant_a_life_goes_forward_whatever_the_order_of_recording(tell: Any) -> None:
    both = w.handed_over(
        items=[item_uri(PACK)], giver=party_uri(MAKER), taker=party_uri(OEM), at=at("2026-05-01")
    )
    forward, backward = tell(made(), *both), tell(*reversed(both), made())
    assert forward.holders() == backward.holders() == {PACK: ("party", OEM, None, OEM, None)}
    assert forward.states() == backward.states() == {PACK: "in_stock"}
