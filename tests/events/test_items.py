"""Which things an event speaks of."""

from typing import Any

import pytest

from suyuan.events.event_hash import event_hash
from suyuan.events.items import id_of, items_of, run_key

PACK, MODULE = "001PE050000001A7C0000042", "001ME050000001A7C0000042"
BLACK_MASS = "https://w3id.org/suyuan/class/black-mass/B-7"


@pytest.mark.parametrize(
    ("event", "items"),
    [
        ({"type": "ObjectEvent", "epcList": [f"https://a.example/obj/{PACK}"]}, (("epc", PACK),)),
        ({"type": "ObjectEvent", "epcList": []}, ()),
        ({"type": "ObjectEvent", "quantityList": [{"epcClass": BLACK_MASS}]}, (("epc", BLACK_MASS),)),
        (
            {
                "type": "AggregationEvent",
                "parentID": f"urn:x:obj:{PACK}",
                "childEPCs": [f"https://a.example/{MODULE}"],
                "childQuantityList": [{"epcClass": BLACK_MASS, "quantity": 1}],
            },
            (("parent", PACK), ("child", MODULE), ("child", BLACK_MASS)),
        ),
        (
            {
                "type": "TransformationEvent",
                "inputEPCList": [f"https://a.example/obj/{PACK}"],
                "inputQuantityList": [{"epcClass": BLACK_MASS}],
                "outputEPCList": ["urn:epc:id:sgtin:4012345.011111.9876"],
                "outputQuantityList": [{"epcClass": "urn:x:class:copper:1"}],
                "transformationID": "https://w3id.org/suyuan/xform/91350900587527783P/B-7",
            },
            (
                ("input", PACK),
                ("output", "https://id.gs1.org/01/04012345111118/21/9876"),
                ("input", BLACK_MASS),
                ("output", "urn:x:class:copper:1"),
                ("run", "https://w3id.org/suyuan/xform/91350900587527783P/B-7"),
            ),
        ),
    ],
)
def test_each_field_gives_its_role(event: dict[str, Any], items: tuple[tuple[str, str], ...]) -> None:
    assert items_of(event) == items


def test_a_thing_named_under_two_domains_is_one_thing() -> None:
    event = {
        "type": "ObjectEvent",
        "epcList": [f"https://a.example/obj/{PACK}", f"https://b.example/{PACK.lower()}"],
    }
    assert items_of(event) == (("epc", PACK),)


def test_a_thing_may_have_two_roles() -> None:
    event = {
        "type": "TransformationEvent",
        "inputEPCList": [f"urn:x:{PACK}"],
        "outputEPCList": [f"urn:x:{PACK}"],
        "transformationID": "urn:r",
    }
    assert items_of(event) == (("input", PACK), ("output", PACK), ("run", "urn:r"))


def test_a_run_is_the_same_as_urn_and_as_digital_link() -> None:
    urn = {"transformationID": "urn:epc:id:gdti:4012345.55555.1234"}
    link = {"transformationID": "https://shop.example/253/40123455555541234"}
    assert run_key(urn) == run_key(link)


def test_a_transformation_without_a_name_is_a_run_of_its_own() -> None:
    event = {"type": "TransformationEvent", "inputEPCList": ["urn:a"], "outputEPCList": ["urn:b"]}
    assert items_of(event)[-1] == ("run", f"run:{event_hash(event)}")
    assert items_of({**event, "eventID": "urn:e"})[-1] == ("run", "run:urn:e")
    assert items_of(event, "urn:known")[-1] == ("run", "run:urn:known")


def test_the_id_is_the_given_one_or_the_hash() -> None:
    assert id_of({"eventID": "urn:e", "type": "ObjectEvent"}) == "urn:e"
    assert id_of({"type": "ObjectEvent"}) == event_hash({"type": "ObjectEvent"})
