"""Marks of events that hold more than their columns tell."""

import json
from typing import Any

import pytest
from tests.events.query_worlds import PACKS, STANDARD, Worlds
from tests.views.test_extract_lines import hold_against_each_other, lines, prepared

from suyuan.events.names import Names
from suyuan.views.extract_beyond import beyond

Event = dict[str, Any]
CONTEXT = [STANDARD, {"ex": "https://ns.example.com/epcis/", "sy": "https://w3id.org/suyuan/voc#"}]
PLAIN = {
    "@context": CONTEXT, "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-05-01T08:00:00+08:00",
    "eventTimeZoneOffset": "+08:00", "epcList": [f"https://w3id.org/suyuan/obj/{PACKS[0]}"], "sy:position": "front",
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "marks"),
    [
        ({}, None),
        ({"ex:grade": 3}, " https://ns.example.com/epcis/grade "),
        ({"sy:box": {"sy:seal": 1}}, " https://w3id.org/suyuan/voc#seal "),
        ({"persistentDisposition": {"set": ["damaged"]}}, " ~set:damaged "),
        ({"epcList": [f"https://id.gs1.org/01/04012345111118/21/{PACKS[0][:17]}"]}, None),
        ({"epcList": [f"urn:epc:id:sgtin:4012345.011111.{PACKS[0]}"]}, " ~gs1 "),
        ({"quantityList": [{"epcClass": f"https://w3id.org/suyuan/obj/{PACKS[0]}"}]}, " ~quantity "),
        ({"sourceList": [{"type": "owning_party", "source": f"urn:x:{n}"} for n in "12"]}, " ~source "),
    ],
)  # fmt: skip
def test_an_event_is_marked_where_columns_do_not_tell_all(more: Event, marks: str | None) -> None:
    assert beyond({**PLAIN, **more}, Names.of(CONTEXT)) == marks


def test_lines_of_a_form_are_marked_as_one_by_one() -> None:
    many = [
        {**PLAIN, "ex:grade": "a", "eventID": f"urn:x:{n}", "quantityList": [{"epcClass": uri, "quantity": n, "uom": "KGM"}],
         "epcList": [item]}
        for n, (uri, item) in enumerate(
            [("https://w3id.org/suyuan/class/copper/7", PLAIN["epcList"][0]),
             (f"https://w3id.org/suyuan/obj/{PACKS[0]}", f"urn:epc:id:sgtin:4012345.011111.{PACKS[1]}"),
             ("https://id.gs1.org/01/04012345111118/10/L", "https://id.gs1.org/01/04012345111118/21/9876")] * 2
        )
    ]  # fmt: skip
    hold_against_each_other(lines(prepared(json.loads(json.dumps(many)))))


def test_all_kinds_of_events_are_marked_as_one_by_one() -> None:
    hold_against_each_other(lines(prepared(Worlds(5).events(120))))
