"""Events as partners write them: other domains, prefixes, identifiers and kinds of event for the same life."""

from typing import Any

SY = "https://w3id.org/suyuan/voc#"
STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
MAKER = "91350900587527783P"
OEM = "91410100MA44AAAA56"
OUTLET = "91510100MA6BAAAA5B"
PACK, CELL, VIN = "001PB240000001G510000042", "001CB240000001G510000001", "LTEST0008P0000001"


def event(kind: str, when: str, **fields: Any) -> dict[str, Any]:
    return {
        "@context": [STANDARD, {"x": SY, "own": "https://partner.example/voc#"}],
        "type": kind,
        "eventTime": when,
        "eventTimeZoneOffset": "+08:00",
    } | fields


def party(side: str, uscc: str, kind: str = "possessing_party") -> list[dict[str, str]]:
    return [{"type": kind, side: f"https://parties.example/{uscc}"}]


def test_a_code_is_the_item_whoevers_domain_it_came_under(tell: Any) -> None:
    told = tell(
        event(
            "ObjectEvent", "2026-05-01T09:00:00+08:00", action="ADD", bizStep="commissioning",
            epcList=[f"https://maker.example/packs/{PACK.lower()}"],
        ),
        event(
            "ObjectEvent", "2026-05-02T09:00:00+08:00", action="OBSERVE", bizStep="receiving",
            epcList=[f"urn:example:battery:{PACK}"], destinationList=party("destination", OEM),
        ),
    )  # fmt: skip
    assert told.holders() == {PACK: ("party", OEM, None, OEM, None)}
    assert told.steps(PACK) == ["made", "received"]


def test_own_words_are_known_by_their_namespace_under_any_prefix_and_as_full_uri(tell: Any) -> None:
    exported = [
        event("ObjectEvent", "2026-05-01T09:00:00+08:00", action="OBSERVE", bizStep="shipping", disposition=word,
              epcList=[f"https://maker.example/{PACK}"])
        for word in ("x:exported", f"{SY}exported")
    ]  # fmt: skip
    assert [tell(one).state(PACK) for one in exported] == ["exported", "exported"]


def test_ilmd_is_read_under_any_spelling_of_words_and_numbers(tell: Any) -> None:
    said = {
        "x:mass_kg": "440.5",
        f"{SY}model": "P-55",
        "x:composition": {"x:Ni": 30, f"{SY}Co": {"@value": "8.5"}},
        "own:mass_kg": 1,
    }
    told = tell(
        event(
            "ObjectEvent",
            "2026-05-01T09:00:00Z",
            action="ADD",
            epcList=[f"https://m.example/{PACK}"],
            ilmd=said,
        )
    )
    measures = told.extracted["event_measure"].to_pylist()
    assert sorted((row["word"], row["part"] or "", row["value"]) for row in measures) == [
        ("composition", "Co", 8.5),
        ("composition", "Ni", 30),
        ("mass_kg", "", 440.5),
    ]
    assert told.extracted["event"].to_pylist()[0]["model"] == "P-55"


def test_an_aggregation_event_assembles_as_an_association_event_does(tell: Any) -> None:
    told = tell(
        event("AggregationEvent", "2026-05-01T09:00:00+08:00", action="ADD", bizStep="assembling",
              parentID=f"https://m.example/{PACK}", childEPCs=[f"https://m.example/{CELL}"]),
        event("AggregationEvent", "2026-05-02T09:00:00+08:00", action="ADD",
              parentID=f"https://oem.example/{VIN}", childEPCs=[f"https://m.example/{PACK}"]),
    )  # fmt: skip
    assert told.states() == {CELL: "assembled", PACK: "installed", VIN: "made"}
    assert told.one("assembly", child=PACK)["parent"] == VIN
    assert [(row["item"], row["other"], row["kind"]) for row in told.rows("lineage", item=CELL)] == [
        (CELL, PACK, "assembled")
    ]


def test_one_shipping_without_a_receiving_leaves_it_on_the_way(tell: Any) -> None:
    shipping = event(
        "ObjectEvent", "2026-05-03T09:00:00+08:00", action="OBSERVE", bizStep="shipping",
        epcList=[f"https://m.example/{PACK}"],
        sourceList=party("source", MAKER), destinationList=party("destination", OEM),
    )  # fmt: skip
    told = tell(shipping)
    assert told.holders() == {PACK: ("in_transit", MAKER, OEM, MAKER, None)}
    seen = event(
        "ObjectEvent", "2026-05-05T09:00:00+08:00", action="OBSERVE", bizStep="inspecting",
        epcList=[f"https://m.example/{PACK}"], readPoint={"id": f"https://sites.example/loc/{OEM}/gate"},
    )  # fmt: skip
    assert tell(shipping, seen).holders() == {PACK: ("party", OEM, None, OEM, None)}


def test_a_shipping_that_names_no_giver_is_answered_for_by_whoever_held_it(tell: Any) -> None:
    told = tell(
        event("ObjectEvent", "2026-05-01T09:00:00+08:00", action="ADD", bizStep="commissioning",
              epcList=[f"https://m.example/{PACK}"], bizLocation={"id": f"https://m.example/loc/{MAKER}/1"}),
        event("ObjectEvent", "2026-05-03T09:00:00+08:00", action="OBSERVE", bizStep="shipping",
              epcList=[f"https://m.example/{PACK}"], destinationList=party("destination", OEM)),
    )  # fmt: skip
    assert told.holders() == {PACK: ("in_transit", MAKER, OEM, MAKER, None)}


def installed(vehicle: str = VIN) -> dict[str, Any]:
    return event("AssociationEvent", "2026-05-02T09:00:00+08:00", action="ADD", bizStep="installing",
                 parentID=f"https://oem.example/{vehicle}", childEPCs=[f"https://m.example/{PACK}"])  # fmt: skip


def test_a_delete_without_a_parent_takes_it_out_of_whatever_it_is_in(tell: Any) -> None:
    told = tell(
        installed(),
        event("AssociationEvent", "2030-05-02T09:00:00+08:00", action="DELETE", bizStep="removing",
              childEPCs=[f"https://m.example/{PACK}"], readPoint={"id": f"https://x.example/loc/{OUTLET}/1"}),
    )  # fmt: skip
    assert told.inside(VIN) == set()
    assert told.state(PACK) == "removed"
    assert told.holder(PACK) == ("party", OUTLET)
    assert told.steps(VIN) == ["installed", "removed"]


def test_a_delete_without_children_takes_all_out(tell: Any) -> None:
    told = tell(
        installed(),
        event("AggregationEvent", "2030-05-02T09:00:00+08:00", action="DELETE", bizStep="disassembling",
              parentID=f"https://m.example/{VIN}", bizLocation={"id": f"https://x.example/loc/{OUTLET}/1"}),
    )  # fmt: skip
    assert told.inside(VIN) == set()
    assert told.state(PACK) == "removed"
    assert told.holder(PACK) == ("party", OUTLET)


def test_a_removal_of_what_nobody_reported_installed_proves_that_it_was_there(tell: Any) -> None:
    told = tell(
        event("AssociationEvent", "2030-05-02T09:00:00+08:00", action="DELETE", bizStep="removing",
              parentID=f"https://x.example/{VIN}", childEPCs=[f"https://m.example/{PACK}"]),
    )  # fmt: skip
    row = told.one("assembly", child=PACK)
    assert (row["parent"], row["since"], row["end"]) == (VIN, None, 0)


def test_a_pack_put_elsewhere_has_left_where_it_was(tell: Any) -> None:
    other = "LTEST000XP0000002"
    told = tell(installed(), installed(other) | {"eventTime": "2027-01-01T00:00:00+08:00"})
    assert told.inside(VIN) == set()
    assert told.inside(other) == {PACK}
    assert told.one("assembly", child=PACK, parent=VIN)["ended_by"] == "elsewhere"


def test_a_snapshot_shows_what_is_in_it_but_takes_nothing_out(tell: Any) -> None:
    snapshot = event("AssociationEvent", "2027-01-01T00:00:00+08:00", action="OBSERVE", bizStep="inspecting",
                     parentID=f"https://oem.example/{VIN}", childEPCs=[f"https://m.example/{PACK}"])  # fmt: skip
    assert tell(snapshot).inside(VIN) == {PACK}
    other = snapshot | {"childEPCs": ["https://m.example/001PB240000001G510000077"]}
    assert tell(installed(), other).inside(VIN) == {PACK, "001PB240000001G510000077"}


def test_a_pack_collected_without_a_removal_is_with_the_outlet(tell: Any) -> None:
    told = tell(
        installed(),
        event("ObjectEvent", "2030-05-02T09:00:00+08:00", action="OBSERVE", bizStep="collecting", disposition="returned",
              epcList=[f"https://m.example/{PACK}"], bizLocation={"id": f"https://x.example/loc/{OUTLET}/1"}),
    )  # fmt: skip
    assert told.state(PACK) == "collected"
    assert told.holder(PACK) == ("party", OUTLET)
    assert told.inside(VIN) == {PACK}


def test_what_is_on_a_pallet_goes_where_the_pallet_goes(tell: Any) -> None:
    pallet = "urn:epc:id:sscc:4012345.1234567891"
    told = tell(
        event("AggregationEvent", "2026-05-01T09:00:00+08:00", action="ADD", bizStep="packing", parentID=pallet,
              childEPCs=[f"https://m.example/{PACK}"], readPoint={"id": f"https://m.example/loc/{MAKER}/1"}),
        event("ObjectEvent", "2026-05-02T09:00:00+08:00", action="OBSERVE", bizStep="shipping", epcList=[pallet],
              sourceList=party("source", MAKER), destinationList=party("destination", OEM)),
        event("ObjectEvent", "2026-05-03T09:00:00+08:00", action="OBSERVE", bizStep="receiving", epcList=[pallet],
              sourceList=party("source", MAKER), destinationList=party("destination", OEM)),
    )  # fmt: skip
    assert told.holder(PACK) == ("party", OEM)
    unpacked = event("AggregationEvent", "2026-05-04T09:00:00+08:00", action="DELETE", bizStep="unpacking", parentID=pallet,
                     childEPCs=[], readPoint={"id": f"https://m.example/loc/{OEM}/1"})  # fmt: skip
    assert tell(*_events(told), unpacked).holder(PACK) == ("party", OEM)


def _events(told: Any) -> list[dict[str, Any]]:
    import json

    return [json.loads(entry.body) for entry in told.entries]


def test_gln_parties_and_places_are_their_credit_code_where_master_data_tie_them(tell: Any) -> None:
    shipping = event(
        "ObjectEvent", "2026-05-03T09:00:00+08:00", action="OBSERVE", bizStep="receiving",
        epcList=["https://id.gs1.org/01/04012345111118/21/987"],
        destinationList=[{"type": "possessing_party", "destination": "urn:epc:id:pgln:4012345.00225"}],
    )  # fmt: skip
    item = "https://id.gs1.org/01/04012345111118/21/987"
    assert tell(shipping).holder(item) == ("party", "https://id.gs1.org/417/4012345002256")
    vtype = "urn:epcglobal:epcis:vtype:Party"
    by_table = {
        "type": vtype,
        "id": f"https://w3id.org/suyuan/party/{OEM}",
        "attributes": {"gln": "4012345002256"},
    }
    by_header = {
        "type": vtype,
        "id": "urn:epc:id:pgln:4012345.00225",
        "attributes": {f"{SY}uscc": OEM, f"{SY}role": "vehicle-maker"},
    }
    assert tell(shipping, masters=[by_table]).holder(item) == ("party", OEM)
    told = tell(shipping, masters=[by_header])
    assert told.holder(item) == ("party", OEM)
    assert told.one("holder_now", item=item)["holder_role"] == "vehicle-maker"
    place = shipping | {"destinationList": None, "bizLocation": {"id": "urn:epc:id:sgln:4012345.00225.dock1"}}
    place.pop("destinationList")
    assert tell(place, masters=[by_table]).holder(item) == ("party", OEM)


def test_a_transformation_without_a_known_step_is_told_by_what_comes_out(tell: Any) -> None:
    product = "00APB24KA10000001RP"
    again = event("TransformationEvent", "2033-01-01T00:00:00+08:00", bizStep="commissioning",
                  inputEPCList=[f"https://m.example/{PACK}"], outputEPCList=[f"https://e.example/{product}"])  # fmt: skip
    told = tell(again)
    assert told.states() == {PACK: "remade", product: "made"}
    assert [(row["item"], row["other"]) for row in told.rows("lineage", kind="reuse")] == [(PACK, product)]
    material = event("TransformationEvent", "2033-01-01T00:00:00+08:00", inputEPCList=[f"https://m.example/{PACK}"],
                     outputQuantityList=[{"epcClass": "https://r.example/class/black-mass/1", "quantity": 2, "uom": "KGM"}])  # fmt: skip
    told = tell(material)
    assert told.state(PACK) == "recycled"
    assert [row["kind"] for row in told.rows("lineage", item=PACK)] == ["recycled_in"]


def test_outputs_told_in_another_event_of_the_batch_make_it_a_reuse(tell: Any) -> None:
    run, product = "https://e.example/xform/7", "00APB24KA10000001RP"
    told = tell(
        event("TransformationEvent", "2033-01-01T00:00:00+08:00", inputEPCList=[f"https://m.example/{PACK}"],
              transformationID=run),
        event("TransformationEvent", "2033-01-02T00:00:00+08:00", outputEPCList=[f"https://e.example/{product}"],
              transformationID=run),
    )  # fmt: skip
    assert told.state(PACK) == "remade"
    assert [(row["item"], row["other"]) for row in told.rows("lineage", kind="reuse")] == [(PACK, product)]


def test_lots_of_cells_are_in_several_packs_at_once(tell: Any) -> None:
    lot = "https://m.example/class/cell/L9"
    packs = [PACK, "001PB240000001G510000043"]
    told = tell(
        *(
            event("AggregationEvent", "2026-05-01T09:00:00+08:00", action="ADD", bizStep="assembling",
                  parentID=f"https://m.example/{pack}",
                  childQuantityList=[{"epcClass": lot, "quantity": 106}])
            for pack in packs
        )
    )  # fmt: skip
    assert {row["parent"]: row["quantity"] for row in told.rows("assembly", child=lot)} == dict.fromkeys(
        packs, 106
    )
