"""More ways of telling: half-told, doubly told, told by class, told in other fields."""

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
    SWAP,
    TRADER,
    Scene,
    scene,
)  # fmt: skip
from tests.scenarios.writing import (
    OWN,
    Event,
    amount,
    assay,
    at,
    between,
    event,
    gln,
    joined,
    lot,
    made,
    obj,
    observed,
    parted,
    party,
    pgln,
    query_document,
    received,
    run,
    shipped,
    vocabulary,
    wrong,
)  # fmt: skip


@scene
def an_error_declaration_alone(s: Scene) -> None:
    """The declared event never came: it does not count; what else is known does."""
    p = s.pack()
    s.tell(
        MAKER,
        made("2024-03-10T08:00", p, MAKER),
        wrong(shipped("2024-03-11T08:00", p, MAKER, OEM), "2024-03-12T08:00"),
    )
    s.expect(p, state="made", holder=("party", MAKER, MAKER))


@scene
def declared_wrong_by_the_firm_on_whose_behalf_it_was_told(s: Scene) -> None:
    """The maker told it for the dealer (`sy:reporter`); the maker takes it back."""
    p = s.pack()
    told = observed("2024-04-01T08:00", p, "receiving", "active", **{"sy:reporter": party(DEALER)})
    s.tell(OEM, made("2024-03-10T08:00", p, OEM), told)
    s.tell(OEM, wrong(told, "2024-04-02T08:00"))
    s.expect(p, state="made", holder=("party", OEM, OEM))


@scene
def the_declaration_carries_other_fields(s: Scene) -> None:
    """Under the sender's own id, the declaration's event is told in short: the id decides."""
    p = s.pack()
    name = f"urn:uuid:50000000-0000-4000-8000-{s.number:012d}"
    s.tell(
        MAKER,
        made("2024-03-10T08:00", p, MAKER),
        shipped("2024-03-11T08:00", p, MAKER, OEM) | {"eventID": name},
    )
    s.tell(MAKER, wrong(observed("2024-03-11T08:00", p, "shipping"), "2024-03-12T08:00", event_id=name))
    s.expect(p, state="made", holder=("party", MAKER, MAKER))


@scene
def two_modules_under_one_repair_order(s: Scene) -> None:
    """Two modules out, two in, one order, told by workshop and maker in different documents."""
    p, old, new = s.pack(), [s.module(1), s.module(2)], [s.module(3), s.module(4)]
    order = {"sy:repairOrder": "R-90"}
    s.tell(MAKER, joined("2024-03-10T09:00", p, old, **at(MAKER)))
    s.tell(MAKER, joined("2025-03-01T12:00", p, new, "replacing", **at(SHOP), **order))
    s.tell(SHOP, parted("2025-03-01T08:00", p, old, **at(SHOP), **order))
    s.expect(p, made_of={*old, *new})
    s.expect(
        old[0],
        state="removed",
        inside=[],
        holder=("party", SHOP, SHOP),
        replaced_by=frozenset({frozenset({new[0]}), frozenset(new)}),
    )
    s.expect(new[1], inside=[p])


@scene
def a_repair_order_number_used_by_two_workshops(s: Scene) -> None:
    """Both number their orders R-1: the parts of one car did not replace those of the other."""
    a, b, c, d, v, w = s.pack(1), s.pack(2), s.pack(3), s.pack(4), s.vin(1), s.vin(2)
    order = {"sy:repairOrder": "R-1"}
    for shop, vin, old, new in ((SHOP, v, a, b), (DEALER, w, c, d)):
        s.tell(OEM, joined("2024-03-13T08:00", vin, [old], "installing", **at(OEM)))
        s.tell(
            shop,
            parted("2025-03-01T08:00", vin, [old], **at(shop), **order),
            joined("2025-03-01T09:00", vin, [new], "replacing", **at(shop), **order),
        )
    s.expect(a, replaced_by={b})
    s.expect(c, replaced_by={d})


@scene
def replaced_without_an_order_number(s: Scene) -> None:
    """No repair order, the step says replacing: the new one is in, the old one out."""
    v, old, new = s.vin(), s.pack(1), s.pack(2)
    s.tell(OEM, joined("2024-03-13T08:00", v, [old], "installing", **at(OEM)))
    s.tell(
        SHOP,
        parted("2025-03-01T08:00", v, [old], **at(SHOP)),
        joined("2025-03-01T09:00", v, [new], "replacing", **at(SHOP)),
    )
    s.expect(old, state="removed", inside=[])
    s.expect(new, state="installed", inside=[v])


@scene
def stock_of_a_station(s: Scene) -> None:
    """The station's own pack: received, swapped in and out by two cars, then sent to the outlet."""
    p, a, b = s.pack(), s.vin(1), s.vin(2)
    swap: Event = {"sy:swap": True} | at(SWAP, "s2")
    s.tell(
        SWAP,
        received("2024-03-01T08:00", p, MAKER, SWAP, **at(SWAP, "s2")),
        joined("2024-03-02T08:00", a, [p], "installing", **swap), parted("2024-03-05T08:00", a, [p], **swap),
        joined("2024-03-06T08:00", b, [p], "installing", **swap), parted("2024-03-09T08:00", b, [p], **swap),
        shipped("2025-01-01T08:00", p, SWAP, OUTLET),
    )  # fmt: skip
    s.expect(
        p,
        state="in_transit",
        holder=("in_transit", SWAP, SWAP),
        to=OUTLET,
        inside=[],
        went_into={a, b},
        vehicles={a, b},
    )


@scene
def persistent_disposition_of_a_thing(s: Scene) -> None:
    """Shown as damaged for good while in stock: the holder does not change."""
    p = s.pack()
    s.tell(
        OUTLET,
        observed(
            "2025-03-03T08:00",
            p,
            "collecting",
            "returned",
            **at(OUTLET),
            persistentDisposition={"set": ["damaged"]},
        ),
    )
    s.expect(p, state="collected", holder=("party", OUTLET, OUTLET))


@scene
def a_purchase_order_is_no_handover(s: Scene) -> None:
    """A TransactionEvent ties the pack to an order: it is still with the maker."""
    p = s.pack()
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER), event("Transaction", "2024-03-11T08:00", action="ADD", epcList=[obj(p)],
           bizTransactionList=[{"type": "po", "bizTransaction": f"{OWN}bt/{OEM}/po/1"}]))  # fmt: skip
    s.expect(p, state="made", holder=("party", MAKER, MAKER))


@scene
def cells_by_class_only(s: Scene) -> None:
    """A pack whose cells are known by lot only: the lot is what it is made of, and a recall of the lot reaches the car."""
    p, v = s.pack(), s.vin()
    cells = lot("cell", s.lot())
    s.tell(MAKER, event("Association", "2024-03-10T09:00", action="ADD", parentID=obj(p), bizStep="assembling",
                        childQuantityList=[{"epcClass": cells, "quantity": 106}], **at(MAKER)))  # fmt: skip
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.expect(p, made_of={cells})
    s.expect(cells, went_into={p, v}, vehicles={v})


@scene
def a_query_answer_of_another_repository(s: Scene) -> None:
    """Events with recordTime and foreign ids from a partner's query interface, own events among them again."""
    p = s.pack()
    told = made("2024-03-10T08:00", p, MAKER) | {"recordTime": "2024-03-10T08:01:00Z"}
    s.tell(MAKER, {key: value for key, value in told.items() if key != "recordTime"})
    s.submit(OEM, query_document([told, shipped("2024-03-11T08:00", p, MAKER, OEM)]))
    s.expect(p, steps=["made", "handed-over"], holder=("in_transit", MAKER, MAKER))


@scene
def every_step_under_full_uris_and_another_order_of_keys(s: Scene) -> None:
    """Key order and white space do not matter."""
    p = s.pack()
    told = [made("2024-03-10T08:00", p, MAKER), shipped("2024-03-11T08:00", p, MAKER, OEM)]
    for one in told:
        value = query_document([dict(reversed(one.items()))])
        s.submit(MAKER, json.dumps(value, indent=3, ensure_ascii=True).replace("shipping", "ship\\u0070ing"))
    s.expect(p, state="in_transit", to=OEM)


@scene
def a_gln_known_only_to_the_table_of_sites(s: Scene) -> None:
    """SGLN of the site (urn) while the master data name the site by its GLN Digital Link: the same place, the same firm."""
    number = 800 + s.number
    head = [
        vocabulary("Location", {f"https://id.gs1.org/414/{gln(number)}": {"uscc": OUTLET, "site": "yard"}})
    ]
    p = s.pack()
    sgln = {"id": f"urn:epc:id:sgln:6901234.{number:05d}.0"}
    s.tell(
        OEM,
        observed("2025-03-03T08:00", p, "collecting", "returned", readPoint=sgln, bizLocation=sgln),
        header=head,
    )
    s.expect(p, holder=("party", OUTLET, OUTLET))


@scene
def a_gln_that_nobody_tied(s: Scene) -> None:
    """No master data for this GLN: the holder is the GLN itself, in one form."""
    number = 900 + s.number
    p = s.pack()
    s.tell(TRADER, received("2024-03-12T08:00", p, None, pgln(number)))
    s.expect(
        p,
        state="in_stock",
        holder=("party", f"https://id.gs1.org/417/{gln(number)}", f"https://id.gs1.org/417/{gln(number)}"),
    )


@scene
def the_owner_keeps_the_battery_of_a_scrapped_car(s: Scene) -> None:
    """Removed by the dismantler, `destinationList` names nobody; needs_replacement: with the dismantler."""
    p, v = s.pack(), s.vin()
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.tell(SCRAP, parted("2026-03-13T08:00", v, [p], disposition="inactive", **at(SCRAP)))
    s.expect(p, state="removed", holder=("party", SCRAP, SCRAP), inside=[], place=f"{SCRAP}/main")


@scene
def a_batch_fed_in_grams_and_tonnes(s: Scene) -> None:
    """2 t of one lot, 500 000 g of another, 500 kg of a third: 2/3, 1/6, 1/6."""
    names = [lot("black-mass", s.lot(n)) for n in (1, 2, 3)]
    packs = [s.pack(n) for n in (1, 2, 3)]
    amounts = [(2.0, "TNE"), (500_000.0, "GRM"), (500.0, "KGM")]
    for n, (name, code, (quantity, uom)) in enumerate(zip(names, packs, amounts, strict=True)):
        s.tell(RECYCLER, run(f"2026-05-0{n + 1}T08:00", s.batch(n), "sy:crushing", RECYCLER, inputEPCList=[obj(code)],
                             outputQuantityList=[{"epcClass": name, "quantity": quantity, "uom": uom}]))  # fmt: skip
    s.tell(RECYCLER, run("2026-05-09T08:00", s.batch(9), "sy:leaching", RECYCLER,
        inputQuantityList=[{"epcClass": name, "quantity": q, "uom": u} for name, (q, u) in zip(names, amounts, strict=True)],
        outputQuantityList=[amount("cobalt-sulfate", s.lot(9), 0.6, "TNE")], **{"sy:assay": [assay("cobalt-sulfate", s.lot(9), {"Co": 0.2})]}))  # fmt: skip
    s.expect(packs[0], metals={"Co": 80})
    s.expect(packs[1], metals={"Co": 20})
    s.expect(packs[2], metals={"Co": 20})


@scene
def cells_of_a_pack_recycled_one_by_one(s: Scene) -> None:
    """A pack taken apart to its cells; the cells go into two batches: all of it came of the pack."""
    p, cells = s.pack(), [s.cell(n) for n in (1, 2, 3)]
    s.tell(MAKER, joined("2024-03-10T09:00", p, cells, **at(MAKER)))
    s.tell(RECYCLER, parted("2026-05-01T08:00", p, cells, "disassembling", **at(RECYCLER)))
    for n, fed in enumerate((cells[:2], cells[2:])):
        s.tell(RECYCLER, run(f"2026-05-0{n + 2}T08:00", s.batch(n), "sy:crushing", RECYCLER, inputEPCList=[obj(c) for c in fed],
            outputQuantityList=[amount("black-mass", s.lot(n), 10)], **{"sy:assay": [assay("black-mass", s.lot(n), {"Ni": 0.2})]}))  # fmt: skip
    s.expect(p, state="disassembled", metals={"Ni": 4})
    s.expect(cells[0], state="recycled", metals={"Ni": 1})
    s.expect(cells[2], metals={"Ni": 2})


@scene
def a_car_crushed_with_its_pack(s: Scene) -> None:
    """The pack goes into the batch while it is still told to be in a destroyed car."""
    p, v = s.pack(), s.vin()
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.tell(SCRAP, observed("2026-03-03T08:00", v, "decommissioning", "destroyed", action="DELETE"))
    s.tell(RECYCLER, run("2026-05-02T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(p)],
        outputQuantityList=[amount("black-mass", s.lot(), 10)], **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}))  # fmt: skip
    s.expect(p, state="recycled", metals={"Ni": 2}, holder=("consumed", None, RECYCLER))


@scene
def an_event_twice_with_different_contents_under_one_id(s: Scene) -> None:
    """A careless sender uses one id twice: both are on record and both are seen."""
    p, q = s.pack(1), s.pack(2)
    name = {"eventID": f"urn:uuid:60000000-0000-4000-8000-{s.number:012d}"}
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER) | name, made("2024-03-10T08:00", q, MAKER) | name)
    s.expect(p, state="made")
    s.expect(q, state="made")


@scene
def leased_by_a_company(s: Scene) -> None:
    """Leased out (retail_selling, buyer kind company), possessed by the lessee, owned by the lessor."""
    v, p = s.vin(), s.pack()
    lists = between(OEM, BUYER)
    lists["destinationList"] += between(None, TRADER, "owning_party")["destinationList"]
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
           observed("2024-04-01T08:00", v, "retail_selling", "retail_sold", **lists, **{"sy:buyerKind": "company"}))  # fmt: skip
    s.expect(p, state="in_use", inside=[v], holds=frozenset({BUYER, TRADER}))


@scene
def re_made_from_a_pack_still_in_the_car(s: Scene) -> None:
    """No removal told; the old pack is re-made: it is consumed, and the car is not what the product is in."""
    p, v, r = s.pack(), s.vin(), s.reuse("P")
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-04-01T08:00", v, "retail_selling", "retail_sold", **at(OEM)),
    )
    s.tell(
        REUSE,
        run("2026-05-10T08:00", None, "sy:repurposing", REUSE, inputEPCList=[obj(p)], outputEPCList=[obj(r)]),
    )
    s.expect(p, state="remade", holder=("consumed", None, REUSE))
    s.expect(r, state="made", inside=[], holder=("party", REUSE, REUSE), made_of={p})


@scene
def removed_though_nobody_told_of_installing(s: Scene) -> None:
    """The first that is heard of a pack is its removal from a car: it was in that car."""
    p, v = s.pack(), s.vin()
    s.tell(SCRAP, parted("2026-03-13T08:00", v, [p], disposition="inactive", **at(SCRAP)))
    s.expect(p, state="removed", inside=[], holder=("party", SCRAP, SCRAP), went_into={v}, vehicles={v})
    s.expect(v, made_of={p})


@scene
def the_car_is_stolen_with_its_pack(s: Scene) -> None:
    p, v = s.pack(), s.vin()
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.tell(
        DEALER,
        received("2024-03-20T08:00", v, OEM, DEALER),
        observed("2024-03-25T08:00", v, None, "stolen", **at(DEALER)),
    )
    s.expect(v, state="stolen", holder=("missing", None, DEALER))
    s.expect(p, state="stolen", holder=("missing", None, DEALER), inside=[v])


@scene
def the_pack_alone_is_stolen_from_the_car(s: Scene) -> None:
    """The owner reports the pack stolen out of the car: it is not in the car any more, the car is in use."""
    p, v = s.pack(), s.vin()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-05-01T08:00", v, "retail_selling", "retail_sold", **at(OEM)),
        observed("2025-05-01T08:00", p, None, "stolen"),
    )
    s.expect(p, state="stolen", inside=[])
    s.expect(v, state="in_use")


@scene
def installed_by_the_maker_of_buses_from_stock(s: Scene) -> None:
    """Twelve packs of one bus in one event with positions told by one event each: all are in."""
    v, packs = s.vin(), [s.pack(n) for n in range(1, 13)]
    s.tell(
        OEM,
        *(
            joined(f"2024-03-13T08:{n:02d}", v, [p], "installing", **at(OEM), **{"sy:position": f"R{n}"})
            for n, p in enumerate(packs)
        ),
    )
    s.expect(v, made_of=set(packs))
    s.expect(packs[11], inside=[v], state="installed")


@scene
def a_reuse_product_taken_apart_again(s: Scene) -> None:
    """The cabinet is taken apart: its old modules are out and can be recycled; the metal counts for module, cabinet and first pack."""
    p, m, r = s.pack(), s.module(), s.reuse("P")
    s.tell(MAKER, joined("2024-03-10T09:00", p, [m], **at(MAKER)))
    s.tell(
        REUSE,
        parted("2026-04-02T08:00", p, [m], "disassembling", **at(REUSE)),
        run("2026-05-10T08:00", None, "sy:repurposing", REUSE, inputEPCList=[obj(m)], outputEPCList=[obj(r)]),
        joined("2026-05-10T09:00", r, [m], **at(REUSE)),
    )
    s.tell(
        RECYCLER,
        received("2028-05-12T08:00", r, REUSE, RECYCLER),
        parted("2028-05-13T08:00", r, [m], "disassembling", **at(RECYCLER)),
        run("2028-05-14T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(m)], outputQuantityList=[amount("black-mass", s.lot(), 30)],
            **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}),
    )  # fmt: skip
    s.expect(r, state="disassembled", made_of={m}, metals={"Ni": 6})
    s.expect(
        m,
        state=frozenset({"recycled", "remade"}),
        went_into={p, r, lot("black-mass", s.lot())},
        metals={"Ni": 6},
    )
    s.expect(p, state="disassembled", metals={"Ni": 6})
