"""The same things in other firms' words: other domains, prefixes, forms, zones, ways of writing a step."""

import json

from tests.scenarios.scene import (
    BUYER,
    DEALER,
    MAKER,
    OEM,
    OUTLET,
    RECYCLER,
    REUSE,
    SCRAP,
    SHOP,
    Scene,
    scene,
)
from tests.scenarios.writing import (
    STANDARD,
    amount,
    assay,
    at,
    bare,
    between,
    document,
    event,
    full_words,
    gln,
    joined,
    made,
    obj,
    observed,
    party,
    pgln,
    query_document,
    received,
    run,
    shipped,
    vocabulary,
)  # fmt: skip


@scene
def every_firm_its_own_domain(s: Scene) -> None:
    """One pack under six names: the last segment is a valid code, so it is that pack."""
    p, c, v = s.pack(), s.cell(), s.vin()
    made_as = f"https://id.maker.example.cn/battery/{p.lower()}"
    s.tell(
        MAKER,
        joined("2024-03-10T09:00", made_as, [f"urn:maker:cell:{c}"], **at(MAKER)),
        shipped("2024-03-11T08:00", f"https://id.gs1.org/01/06901234567892/21/{p}", MAKER, OEM),
    )
    car, in_car = (
        f"https://vehicles.example/vin/{v.lower()}",
        f"https://gs1.oem.example/stem/01/06901234567892/21/{p}",
    )
    s.tell(
        OEM,
        received("2024-03-12T08:00", f"http://oem.example:8080/a/b/{p}", MAKER, OEM),
        joined("2024-03-13T08:00", car, [in_car], "installing", **at(OEM)),
        observed("2024-04-01T08:00", f"urn:oem:vin:{v}", "retail_selling", "retail_sold", **at(OEM)),
    )
    s.expect(
        p, state="in_use", inside=[v], made_of={c}, went_into={v},
        steps=["assembled", "handed-over", "handed-over", "installed"],
    )  # fmt: skip
    s.expect(c, state="in_use", inside=[p, v])
    s.expect(made_as, state="in_use")


@scene
def epc_urns_with_the_code_as_serial(s: Scene) -> None:
    """`urn:epc:id:sgtin:` and `urn:epc:id:giai:` whose serial is the battery code."""
    p, v = s.pack(), s.vin()
    s.tell(MAKER, made("2024-03-10T08:00", f"urn:epc:id:sgtin:6901234.056789.{p}", MAKER))
    s.tell(
        OEM,
        joined(
            "2024-03-13T08:00",
            f"urn:epc:id:giai:6901234.{v}",
            [f"urn:epc:id:giai:6901234.{p}"],
            "installing",
            **at(OEM),
        ),
    )
    s.expect(p, steps=["made", "installed"], inside=[v])


@scene
def one_giai_in_both_forms(s: Scene) -> None:
    """URN and Digital Link of the same GIAI whose asset reference is the VIN: one car; a code behind a hash is that pack."""
    p, v = s.pack(), s.vin()
    pack_name = f"https://maker.example/batteries#{p}"
    s.tell(
        OEM, joined("2024-03-13T08:00", f"urn:epc:id:giai:6901234.{v}", [pack_name], "installing", **at(OEM))
    )
    s.tell(OEM, shipped("2024-03-20T08:00", f"https://id.gs1.org/8004/6901234{v}", OEM, DEALER))
    s.expect(v, steps=["installed", "handed-over"], holder=("in_transit", OEM, OEM), to=DEALER)
    s.expect(p, inside=[v])


@scene
def the_car_and_its_pack_in_one_list(s: Scene) -> None:
    """The dismantler lists car and pack in one event: the pack is still in the car."""
    p, v = s.pack(), s.vin()
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.tell(
        SCRAP,
        observed(
            "2026-03-01T08:00", [v, p], "accepting", "inactive", **at(SCRAP), **{"sy:batteryPresent": True}
        ),
    )
    s.expect(p, inside=[v], holder=("party", SCRAP, SCRAP))


@scene
def things_without_a_chinese_code(s: Scene) -> None:
    """A pack under urn:uuid, a module as GTIN with serial written in two forms: one thing each."""
    p = f"urn:uuid:40000000-0000-4000-8000-{s.number:012d}"
    urn, link = (
        f"urn:epc:id:sgtin:6901234.056789.S{s.number}",
        f"https://id.gs1.org/01/06901234567892/21/S{s.number}",
    )
    other = f"https://shop.example/01/06901234567892/21/S{s.number}"
    urn = f"urn:epc:id:sgtin:6901234.056789.S{s.number}"
    s.tell(
        MAKER,
        made("2024-03-10T08:00", [p, urn], MAKER),
        joined("2024-03-10T09:00", p, [other], **at(MAKER)),
        shipped("2024-03-11T08:00", p, MAKER, OEM),
    )
    s.expect(p, state="in_transit", made_of={link}, holder=("in_transit", MAKER, MAKER))
    s.expect(urn, inside=[p], steps=["made", "assembled"])


@scene
def another_prefix_for_our_words(s: Scene) -> None:
    """`bat:` bound to our namespace."""
    v, p = s.vin(), s.pack()
    told = [
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(p)], outputQuantityList=[amount("black-mass", s.lot(), 100)],
            **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}),
    ]  # fmt: skip
    text = json.dumps(told).replace('"sy:', '"bat:')
    s.tell(RECYCLER, *json.loads(text), prefix="bat")
    s.expect(p, state="recycled", metals={"Ni": 20}, steps=["installed", "fed"])


@scene
def our_words_as_full_uris(s: Scene) -> None:
    """No prefix at all: full URIs as keys and as values, in a document with the standard context only."""
    p = s.pack()
    told = [
        made("2024-03-10T08:00", p, MAKER, ilmd={"sy:mass_kg": 200}),
        observed("2024-03-11T08:00", p, "shipping", "sy:exported", **between(MAKER, None)),
    ]
    lone = s.pack(2)
    told.append(run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(lone)], outputQuantityList=[amount("black-mass", s.lot(), 100)],
                    **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}))  # fmt: skip
    value = document(full_words(told)) | {"@context": [STANDARD]}
    s.submit(MAKER, value)
    s.expect(p, state="exported", steps=["made", "exported"])
    s.expect(lone, state="recycled", metals={"Ni": 20})


@scene
def the_context_under_its_three_addresses(s: Scene) -> None:
    addresses = (
        STANDARD,
        "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        "https://gs1.github.io/EPCIS/epcis-context.jsonld",
    )
    for n, (address, told) in enumerate(zip(addresses, (
        made("2024-03-10T08:00", s.pack(), MAKER), shipped("2024-03-11T08:00", s.pack(), MAKER, OEM), received("2024-03-12T08:00", s.pack(), MAKER, OEM),
    ), strict=True)):  # fmt: skip
        s.tell(OEM if n == 2 else MAKER, told, standard=address)
    s.expect(
        s.pack(), state="in_stock", holder=("party", OEM, OEM), steps=["made", "handed-over", "handed-over"]
    )


@scene
def bare_events_and_other_envelopes(s: Scene) -> None:
    """A bare event, a query document, NDJSON of bare events: the same life."""
    p, v = s.pack(), s.vin()
    s.submit(MAKER, bare(made("2024-03-10T08:00", p, MAKER)))
    s.submit(MAKER, query_document([shipped("2024-03-11T08:00", p, MAKER, OEM)]))
    lines = [
        received("2024-03-12T08:00", p, MAKER, OEM),
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
    ]
    s.submit(OEM, "\n".join(json.dumps(bare(one)) for one in lines) + "\n", "ndjson")
    s.expect(
        p,
        state="installed",
        inside=[v],
        steps=["made", "handed-over", "handed-over", "installed"],
        holder=("party", OEM, OEM),
    )


@scene
def parties_by_gln_tied_in_the_header(s: Scene) -> None:
    """Parties as PGLN; the header's vocabulary ties the GLN to the credit code: the holder is that firm."""
    giver, taker = 200 + s.number, 500 + s.number
    head = [vocabulary("Party", {pgln(giver): {"uscc": MAKER, "name": "Maker", "gln": gln(giver)},
                                 pgln(taker): {"uscc": DEALER, "name": "Dealer", "gln": gln(taker)}})]  # fmt: skip
    p, q = s.pack(1), s.pack(2)
    s.tell(MAKER, made("2024-03-10T08:00", [p, q], MAKER), shipped("2024-03-11T08:00", p, pgln(giver), pgln(taker)),
           received("2024-03-12T08:00", q, pgln(giver), pgln(taker)), header=head)  # fmt: skip
    s.expect(p, state="in_transit", holder=("in_transit", MAKER, MAKER), to=DEALER)
    s.expect(q, state="in_stock", holder=("party", DEALER, DEALER))


@scene
def parties_and_places_as_gln_links(s: Scene) -> None:
    """GLN Digital Links for party and place, SGLN for a site, tied by master data under the party's own URI."""
    number = 700 + s.number
    code, site = gln(number), gln(number + 1)
    head = [vocabulary("Party", {party(SHOP): {"uscc": SHOP, "gln": code}}),
            vocabulary("Location", {f"https://id.gs1.org/414/{site}": {"uscc": SHOP, "site": "hall", "gln": site, "area": "370200"}})]  # fmt: skip
    p = s.pack()
    link = f"https://id.gs1.org/417/{code}"
    where = f"https://id.gs1.org/414/{site}"
    s.tell(SHOP, made("2024-03-10T08:00", p, MAKER), header=head)
    s.tell(
        SHOP,
        observed(
            "2024-03-12T08:00",
            p,
            "receiving",
            "active",
            readPoint={"id": where},
            bizLocation={"id": where},
            **between(MAKER, link),
        ),
    )
    s.expect(p, state="in_stock", holder=("party", SHOP, SHOP))


@scene
def the_place_alone_tells_who(s: Scene) -> None:
    """No parties in the event; the site's SGLN belongs to the outlet by master data; a maker submits it for the outlet."""
    number = 300 + s.number
    sgln = f"urn:epc:id:sgln:6901234.{number:05d}.0"
    head = [vocabulary("Location", {sgln: {"uscc": OUTLET, "site": "yard", "gln": gln(number)}})]
    p = s.pack()
    s.tell(
        OEM,
        observed(
            "2025-03-03T08:00", p, "collecting", "returned", readPoint={"id": sgln}, bizLocation={"id": sgln}
        ),
        header=head,
    )
    s.expect(p, state="collected", holder=("party", OUTLET, OUTLET))


@scene
def a_place_by_coordinates(s: Scene) -> None:
    """`geo:` says where; the party list says who."""
    p = s.pack()
    where = {"readPoint": {"id": "geo:36.65,117.12"}, "bizLocation": {"id": "geo:36.65,117.12"}}
    s.tell(
        OUTLET, observed("2025-03-03T08:00", p, "collecting", "returned", **where, **between(SCRAP, OUTLET))
    )
    s.expect(p, state="collected", holder=("party", OUTLET, OUTLET), place="geo:36.65,117.12")


@scene
def assembly_written_as_aggregation(s: Scene) -> None:
    """A partner writes assembly and installation as AggregationEvents."""
    p, m, c, v = s.pack(), s.module(), s.cell(), s.vin()
    s.tell(
        MAKER,
        joined("2024-03-10T08:00", m, [c], kind="Aggregation", **at(MAKER)),
        joined("2024-03-10T09:00", p, [m], kind="Aggregation", **at(MAKER)),
    )
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", kind="Aggregation", **at(OEM)))
    s.expect(c, inside=[m, p, v], went_into={m, p, v}, vehicles={v})
    s.expect(v, made_of={p, m, c})
    s.expect(p, state="installed")


@scene
def taken_apart_without_naming_parts(s: Scene) -> None:
    """DELETE with the parent only: everything that was in it is out."""
    p, ms = s.pack(), [s.module(1), s.module(2)]
    apart = event(
        "Association",
        "2026-04-02T08:00",
        action="DELETE",
        parentID=obj(p),
        bizStep="disassembling",
        **at(REUSE),
    )
    apart["childEPCs"] = []
    whole = event(
        "Aggregation",
        "2026-04-02T08:00",
        action="DELETE",
        parentID=obj(s.pack(2)),
        bizStep="disassembling",
        **at(REUSE),
    )
    s.tell(
        MAKER,
        joined("2024-03-10T09:00", p, ms, **at(MAKER)),
        joined("2024-03-10T09:00", s.pack(2), [s.module(3)], **at(MAKER)),
    )
    s.tell(REUSE, received("2026-04-01T08:00", [p, s.pack(2)], OUTLET, REUSE), apart, whole)
    s.expect(p, state="disassembled", made_of=set(ms))
    s.expect(ms[0], state="removed", inside=[], holder=("party", REUSE, REUSE))
    s.expect(s.module(3), state="removed", inside=[], holder=("party", REUSE, REUSE))


@scene
def taken_out_without_saying_of_what(s: Scene) -> None:
    """DELETE without a parent (AggregationEvent): out of whatever it was in."""
    p, v = s.pack(), s.vin()
    out = event(
        "Aggregation",
        "2026-03-02T08:00",
        action="DELETE",
        childEPCs=[obj(p)],
        bizStep="removing",
        **at(SCRAP),
    )
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.tell(SCRAP, out)
    s.expect(p, state="removed", inside=[], holder=("party", SCRAP, SCRAP))


@scene
def removed_told_as_an_object_event(s: Scene) -> None:
    """Collected by the outlet out of a car; nobody told of removing it."""
    p, v = s.pack(), s.vin()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-05-01T08:00", v, "retail_selling", "retail_sold", **at(OEM)),
    )
    s.tell(OUTLET, observed("2026-03-05T08:00", p, "collecting", "returned", **at(OUTLET)))
    s.expect(p, state="collected", holder=("party", OUTLET, OUTLET), inside=[])


@scene
def days_of_other_zones(s: Scene) -> None:
    """The event's own offset decides the day: told in UTC with +08:00; in Frankfurt; in New York."""
    p = s.pack()
    told = observed("2026-03-31T16:30:00Z".replace("Z", "+00:00"), p, "inspecting")
    told["eventTimeZoneOffset"] = "+08:00"
    told["eventTime"] = "2026-03-31T16:30:00Z"
    frankfurt = observed("2026-04-02T00:30:00+02:00", p, "inspecting")
    york = observed("2026-04-03T01:00:00Z".replace("Z", "+00:00"), p, "inspecting")
    york["eventTime"], york["eventTimeZoneOffset"] = "2026-04-03T01:00:00.000Z", "-05:00"
    s.tell(SHOP, frankfurt, york, told)
    s.expect(p, days=["2026-04-01", "2026-04-02", "2026-04-02"])


@scene
def fractions_of_a_second(s: Scene) -> None:
    """In a station's log two events lie 0.1 s apart and are told in the wrong order."""
    p = s.pack()
    s.tell(
        SHOP,
        received("2026-03-31T16:30:00.9+08:00", p, MAKER, OEM),
        received("2026-03-31T16:30:00.85+08:00", p, MAKER, SHOP),
    )
    s.expect(p, holder=("party", OEM, OEM))


@scene
def shipped_and_received_at_the_same_instant(s: Scene) -> None:
    """Both halves of a handover carry the same minute, the receiving told first: it is received."""
    p = s.pack()
    s.tell(OEM, received("2024-03-12T08:00", p, MAKER, OEM))
    s.tell(MAKER, made("2024-03-12T08:00", p, MAKER), shipped("2024-03-12T08:00", p, MAKER, OEM))
    s.expect(p, state="in_stock", holder=("party", OEM, OEM), steps=["made", "handed-over", "handed-over"])


@scene
def the_same_event_in_another_document(s: Scene) -> None:
    """The taker sends the giver's event along with its own: it happened once."""
    p = s.pack()
    left = shipped("2024-03-11T08:00", p, MAKER, OEM)
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER), left)
    s.tell(OEM, received("2024-03-12T08:00", p, MAKER, OEM), left)
    s.expect(p, steps=["made", "handed-over", "handed-over"], holder=("party", OEM, OEM))


@scene
def reported_on_behalf_of_a_dealer(s: Scene) -> None:
    """The maker submits for the dealer (`sy:reporter`); no parties, no place: the dealer took it in."""
    p = s.pack()
    s.tell(OEM, observed("2024-04-01T08:00", p, "receiving", "active", **{"sy:reporter": party(DEALER)}))
    s.expect(p, state="in_stock", holder=("party", DEALER, DEALER))


@scene
def a_pallet_between_two_firms(s: Scene) -> None:
    """Packs on a pallet (SSCC, Aggregation): the pallet is shipped and received, and unpacked; the packs went along."""
    packs = [s.pack(1), s.pack(2)]
    digits = f"0690123400000{s.number:04d}"
    sscc = digits + str(-sum(int(c) * (3, 1)[i % 2] for i, c in enumerate(digits)) % 10)
    pallet = f"https://id.gs1.org/00/{sscc}"
    s.tell(OUTLET, observed("2026-03-05T08:00", packs, "collecting", "returned", **at(OUTLET)),
           event("Aggregation", "2026-03-06T08:00", action="ADD", parentID=pallet, childEPCs=[obj(p) for p in packs], bizStep="packing", **at(OUTLET)),
           shipped("2026-03-07T08:00", pallet, OUTLET, RECYCLER))  # fmt: skip
    s.tell(RECYCLER, received("2026-03-09T08:00", pallet, OUTLET, RECYCLER),
           event("Aggregation", "2026-03-10T08:00", action="DELETE", parentID=pallet, childEPCs=[obj(packs[0])], bizStep="unpacking", **at(RECYCLER)))  # fmt: skip
    s.expect(packs[0], holder=("party", RECYCLER, RECYCLER), inside=[])
    s.expect(packs[1], holder=("party", RECYCLER, RECYCLER), inside=[pallet])


@scene
def sold_second_hand(s: Scene) -> None:
    """A used car changes owner: two sales, the second decides."""
    v, p = s.vin(), s.pack()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-05-01T08:00", v, "retail_selling", "retail_sold", **at(OEM)),
    )
    s.tell(
        DEALER,
        observed(
            "2026-05-01T08:00",
            v,
            "retail_selling",
            "retail_sold",
            **at(DEALER),
            **between(None, BUYER, "owning_party"),
        ),
    )
    s.expect(p, state="in_use", holder=("owner", BUYER, BUYER))
