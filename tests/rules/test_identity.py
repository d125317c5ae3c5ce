"""Identity: kept and broken."""

from datetime import datetime

from tests.rules.conftest import Event, judged, said

from suyuan.events import writing
from suyuan.events.uris import item_uri, party_uri, place_uri

MAKER, OEM = "91610100TEB000010E", "91610100TEC000020M"
PACK = "9A1PB240000001B3C2345678"


def made(code: str) -> Event:
    return writing.made(
        items=[item_uri(code)],
        chemistry="LFP",
        at=datetime(2021, 3, 12, 10),
        place=place_uri(MAKER, "plant-1"),
    )


def received(code: str) -> Event:
    return writing.received(
        items=[item_uri(code)],
        giver=party_uri(MAKER),
        taker=party_uri(OEM),
        at=datetime(2021, 4, 3, 10),
        place=place_uri(OEM, "plant-1"),
    )


def test_a_pack_that_its_maker_reported_is_known() -> None:
    assert judged(said(MAKER, [made(PACK)]), said(OEM, [received(PACK)])).of("code-never-made") == []


def test_a_pack_that_nobody_made_is_found_with_who_handled_it_first() -> None:
    (found,) = judged(said(OEM, [received(PACK)])).of("code-never-made")
    assert (found["subject"], found["party"], found["entries"]) == (PACK, OEM, [0])
