"""Cases at the edges: things that come back, silent moves, odd ways of telling, loops."""

from tests.scenarios.scene import (
    BUYER,
    DEALER,
    MAKER,
    OEM,
    OUTLET,
    RECYCLER,
    REFINER,
    REUSE,
    SCRAP,
    SHOP,
    SWAP,
    TRADER,
    Scene,
    scene,
)  # fmt: skip
from tests.scenarios.writing import (
    Event,
    amount,
    assay,
    at,
    between,
    event,
    joined,
    lot,
    made,
    obj,
    observed,
    parted,
    received,
    run,
    shipped,
    wrong,
)  # fmt: skip

SOLD = {"step": "retail_selling", "disposition": "retail_sold"}


@scene
def moved_to_another_car_without_a_removal(s: Scene) -> None:
    """Installed in a second car; nobody told of taking it out of the first: it is in the second only."""
    p, first, second = s.pack(), s.vin(1), s.vin(2)
    s.tell(
        OEM,
        joined("2024-03-13T08:00", first, [p], "installing", **at(OEM)),
        joined("2024-06-13T08:00", second, [p], "installing", **at(SHOP)),
    )
    s.expect(
        p,
        inside=[second],
        state="installed",
        holder=("party", SHOP, SHOP),
        went_into={first, second},
        vehicles={first, second},
    )


@scene
def moved_between_cars_in_one_instant(s: Scene) -> None:
    p, first, second = s.pack(), s.vin(1), s.vin(2)
    s.tell(OEM, joined("2024-03-13T08:00", first, [p], "installing", **at(OEM)),
           joined("2024-06-13T08:00", second, [p], "installing", **at(SHOP)), parted("2024-06-13T08:00", first, [p], **at(SHOP)))  # fmt: skip
    s.expect(p, inside=[second], state="installed")


@scene
def taken_out_and_put_back(s: Scene) -> None:
    p, v = s.pack(), s.vin()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-04-01T08:00", v, **SOLD, **at(OEM)),
    )
    s.tell(
        SHOP,
        parted("2025-03-13T08:00", v, [p], **at(SHOP)),
        joined("2025-03-13T12:00", v, [p], "installing", **at(SHOP)),
    )
    s.expect(p, inside=[v], state=frozenset({"in_use", "installed"}), went_into={v})


@scene
def seen_in_a_car(s: Scene) -> None:
    """An AssociationEvent OBSERVE: the workshop sees the pack in a car that nobody told it was put into."""
    p, v = s.pack(), s.vin()
    seen = joined("2025-03-13T08:00", v, [p], "inspecting", **at(SHOP)) | {"action": "OBSERVE"}
    s.tell(SHOP, seen)
    s.expect(p, inside=[v], went_into={v})


@scene
def lost_and_found(s: Scene) -> None:
    """Stolen, then collected by an outlet: it is back."""
    s.tell(
        OUTLET,
        observed("2025-03-09T08:00", s.pack(), disposition="stolen"),
        observed("2025-05-09T08:00", s.pack(), "collecting", "returned", **at(OUTLET)),
    )
    s.expect(s.pack(), state="collected", holder=("party", OUTLET, OUTLET))


@scene
def exported_and_brought_back(s: Scene) -> None:
    s.tell(MAKER, observed("2024-06-01T08:00", s.pack(), "shipping", "sy:exported", **between(MAKER, None)))
    s.tell(TRADER, received("2025-06-01T08:00", s.pack(), None, TRADER))
    s.expect(s.pack(), state="in_stock", holder=("party", TRADER, TRADER))


@scene
def the_car_is_under_way_with_its_pack(s: Scene) -> None:
    p, v = s.pack(), s.vin()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        shipped("2024-03-20T08:00", v, OEM, DEALER),
    )
    s.expect(p, inside=[v], holder=("in_transit", OEM, OEM), to=DEALER)


@scene
def the_car_is_exported_after_its_pack_was_removed(s: Scene) -> None:
    p, v = s.pack(), s.vin()
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)))
    s.tell(SHOP, parted("2025-03-13T08:00", v, [p], **at(SHOP)))
    s.tell(TRADER, observed("2025-06-01T08:00", v, "shipping", "sy:exported", **between(TRADER, None)))
    s.expect(p, state="removed", inside=[], holder=("party", SHOP, SHOP))


@scene
def gone_without_a_delete(s: Scene) -> None:
    """The dismantler writes the end of the car as OBSERVE with disposition destroyed."""
    s.tell(SCRAP, observed("2026-03-03T08:00", s.vin(), "decommissioning", "destroyed", **at(SCRAP)))
    s.expect(s.vin(), state="destroyed")


@scene
def one_pack_becomes_two_products(s: Scene) -> None:
    """A pack becomes two reuse products; one is recycled: what came of it came of the pack."""
    p, a, b = s.pack(), s.reuse("P", 1), s.reuse("M", 2)
    s.tell(
        REUSE,
        run(
            "2026-05-10T08:00",
            None,
            "sy:repurposing",
            REUSE,
            inputEPCList=[obj(p)],
            outputEPCList=[obj(a), obj(b)],
        ),
    )
    s.tell(RECYCLER, run("2026-09-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(a)], outputQuantityList=[amount("black-mass", s.lot(), 50)],
                         **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}))  # fmt: skip
    s.expect(
        p,
        state=frozenset({"remade", "recycled"}),
        went_into={a, b, lot("black-mass", s.lot())},
        metals={"Ni": 10},
    )
    s.expect(a, state="recycled", made_of={p}, metals={"Ni": 10})
    s.expect(b, state="made", made_of={p}, metals={})


@scene
def a_module_stands_in_its_new_product(s: Scene) -> None:
    """Re-made without a step name, then AssociationEvent for the new tree: the old module is inside the product, which a buyer uses."""
    m, r = s.module(), s.reuse("P")
    s.tell(REUSE, event("Transformation", "2026-05-10T08:00", inputEPCList=[obj(m)], outputEPCList=[obj(r)], **at(REUSE)),
           joined("2026-05-10T09:00", r, [m], **at(REUSE)), shipped("2026-05-11T08:00", r, REUSE, BUYER))  # fmt: skip
    s.tell(BUYER, received("2026-05-12T08:00", r, REUSE, BUYER))
    s.expect(m, state="remade", inside=[r], went_into={r}, holder=("party", BUYER, BUYER))
    s.expect(r, state="in_stock", holder=("party", BUYER, BUYER), made_of={m})


@scene
def a_run_without_a_step_name(s: Scene) -> None:
    """Pack in, black mass out, no bizStep: recycled all the same."""
    s.tell(RECYCLER, event("Transformation", "2026-05-10T08:00", inputEPCList=[obj(s.pack())], outputQuantityList=[amount("black-mass", s.lot(), 100)], **at(RECYCLER),
                           **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}))  # fmt: skip
    s.expect(s.pack(), state="recycled", metals={"Ni": 20}, holder=("consumed", None, RECYCLER))


@scene
def a_loop_ends(s: Scene) -> None:
    """Bad data: A in B, B in A, C in C: every answer ends."""
    a, b, c = s.module(1), s.module(2), s.module(3)
    s.tell(
        MAKER,
        joined("2024-03-10T09:00", a, [b]),
        joined("2024-03-10T10:00", b, [a]),
        joined("2024-03-10T11:00", c, [c]),
    )
    s.expect(a, kind="module")
    s.expect(c, kind="module")


@scene
def code_in_a_link_with_query(s: Scene) -> None:
    """The QR code's own address: a query behind the code, percent signs in it, lower case."""
    p = s.pack()
    s.tell(MAKER, made("2024-03-10T08:00", f"https://qr.maker.example/b/{p}?src=label", MAKER),
           shipped("2024-03-11T08:00", f"https://qr.maker.example/b/%30{p[1:].lower()}", MAKER, OEM),
           received("2024-03-12T08:00", f"https://id.gs1.org/01/06901234567892/21/{p}?17=300101", MAKER, OEM))  # fmt: skip
    s.expect(p, steps=["made", "handed-over", "handed-over"], holder=("party", OEM, OEM))


@scene
def parties_and_places_of_other_domains(s: Scene) -> None:
    """Parties and sites under a partner's domain whose last segments are credit codes."""
    p, q = s.pack(1), s.pack(2)
    s.tell(TRADER, observed("2024-03-12T08:00", p, "receiving", "active", **between(f"https://dir.example/org/{MAKER.lower()}", f"urn:org:{DEALER}")),
           observed("2024-03-12T08:00", q, "collecting", "returned", bizLocation={"id": f"https://dir.example/loc/{OUTLET}/gate-2"}))  # fmt: skip
    s.expect(p, holder=("party", DEALER, DEALER))
    s.expect(q, holder=("party", OUTLET, OUTLET))


@scene
def lots_by_urn_and_by_link(s: Scene) -> None:
    """`urn:epc:class:lgtin:` and the Digital Link of the same lot are one lot."""
    urn, link = (
        f"urn:epc:class:lgtin:6901234.056789.{s.lot()}",
        f"https://shop.example/01/06901234567892/10/{s.lot()}",
    )
    s.tell(
        RECYCLER,
        run(
            "2026-05-01T08:00",
            s.batch(1),
            "sy:crushing",
            RECYCLER,
            inputEPCList=[obj(s.pack())],
            outputQuantityList=[{"epcClass": urn, "quantity": 100, "uom": "KGM"}],
        ),
    )
    s.tell(REFINER, run("2026-05-02T08:00", s.batch(2), "sy:leaching", REFINER, inputQuantityList=[{"epcClass": link, "quantity": 100, "uom": "KGM"}],
                        outputQuantityList=[amount("nickel-sulfate", s.lot(2), 60)], **{"sy:assay": [assay("nickel-sulfate", s.lot(2), {"Ni": 0.22})]}))  # fmt: skip
    s.expect(
        s.pack(),
        metals={"Ni": 13.2},
        lots={f"https://id.gs1.org/01/06901234567892/10/{s.lot()}", lot("nickel-sulfate", s.lot(2))},
    )


@scene
def an_assay_that_is_no_list(s: Scene) -> None:
    """JSON-LD lets a list of one be written as the one."""
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(s.pack())], outputQuantityList=[amount("black-mass", s.lot(), 100)],
                         **{"sy:assay": assay("black-mass", s.lot(), {"Ni": 0.2})}))  # fmt: skip
    s.expect(s.pack(), metals={"Ni": 20})


@scene
def swapped_without_a_new_pack_told(s: Scene) -> None:
    """The station tells the removing only; the pack is charged there and leaves in another car."""
    p, a, b = s.pack(), s.vin(1), s.vin(2)
    s.tell(OEM, joined("2024-03-13T08:00", a, [p], "installing", **at(OEM)))
    swap: Event = {"sy:swap": True} | at(SWAP, "s1")
    s.tell(
        SWAP,
        parted("2024-05-01T08:00", a, [p], **swap),
        joined("2024-05-01T10:00", b, [p], "installing", **swap),
    )
    s.expect(p, inside=[b], went_into={a, b}, vehicles={a, b})


@scene
def a_corrected_assembly(s: Scene) -> None:
    """The wrong cell was told; declared wrong without corrective id, the right one told in a later document."""
    m, bad, good = s.module(), s.cell(1), s.cell(2)
    first = joined("2024-03-10T09:00", m, [bad], **at(MAKER))
    s.tell(MAKER, first)
    s.tell(MAKER, wrong(first, "2024-03-11T09:00"), joined("2024-03-10T09:00", m, [good], **at(MAKER)))
    s.expect(m, made_of={good})
    s.expect(bad, inside=[], went_into=set(), vehicles=set())
    s.expect(good, inside=[m])


@scene
def a_void_shipping_step(s: Scene) -> None:
    """The CBV's own way of taking a shipping back."""
    p = s.pack()
    s.tell(
        MAKER,
        made("2024-03-10T08:00", p, MAKER),
        shipped("2024-03-11T08:00", p, MAKER, OEM),
        observed("2024-03-11T12:00", p, "void_shipping", **at(MAKER)),
    )
    s.expect(p, holder=("party", MAKER, MAKER), not_state="in_transit")


@scene
def returned_to_the_dealer(s: Scene) -> None:
    """A sold car is given back to the dealer: it is with the dealer, its pack too."""
    p, v = s.pack(), s.vin()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-04-01T08:00", v, **SOLD, **at(OEM)),
    )
    s.tell(DEALER, observed("2024-04-08T08:00", v, "receiving", "returned", **at(DEALER)))
    s.expect(p, inside=[v], holder=("party", DEALER, DEALER), not_state="in_use")


@scene
def the_pack_leaves_the_dismantler_without_a_removal(s: Scene) -> None:
    """Car taken in, pack shipped to the outlet; the removing was not told."""
    p, v = s.pack(), s.vin()
    s.tell(
        OEM,
        joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)),
        observed("2024-04-01T08:00", v, **SOLD, **at(OEM)),
    )
    s.tell(
        SCRAP,
        observed("2026-03-01T08:00", v, "accepting", "inactive", **at(SCRAP)),
        shipped("2026-03-04T08:00", p, SCRAP, OUTLET),
    )
    s.expect(p, state="in_transit", holder=("in_transit", SCRAP, SCRAP), to=OUTLET, inside=[])


@scene
def stored_and_condition_told(s: Scene) -> None:
    s.tell(
        OUTLET,
        observed("2026-03-05T08:00", s.pack(), "collecting", "returned", **at(OUTLET)),
        observed("2026-03-06T08:00", s.pack(), "storing", **at(OUTLET, "shed")),
    )
    s.expect(s.pack(), state="stored", holder=("party", OUTLET, OUTLET), place=f"{OUTLET}/shed")


@scene
def relative_and_absolute_uncertainty(s: Scene) -> None:
    """0.2 ± 0.002 absolute of 100 kg is ± 0.2 kg; 0.03 ± 10 % relative of 200 kg is ± 0.6 kg."""
    s.tell(
        RECYCLER,
        run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(s.pack())],
            outputQuantityList=[amount("copper", s.lot(1), 100), amount("black-mass", s.lot(2), 200)],
            **{"sy:assay": [assay("copper", s.lot(1), {"Cu": 0.2}, uncertainty=0.002), assay("black-mass", s.lot(2), {"Li": 0.03}, uncertainty=0.1, relative=True)]}),
    )  # fmt: skip
    s.expect(s.pack(), metals={"Cu": 20, "Li": 6}, spread={"Cu": 0.2, "Li": 0.6})


@scene
def taken_apart_as_a_transformation(s: Scene) -> None:
    """A partner writes the taking apart as a Transformation pack → modules: the pack is no more, the modules are with the recycler."""
    p, ms = s.pack(), [s.module(1), s.module(2)]
    s.tell(MAKER, joined("2024-03-10T09:00", p, ms, **at(MAKER)))
    s.tell(
        REUSE,
        event(
            "Transformation",
            "2026-05-10T08:00",
            bizStep="disassembling",
            inputEPCList=[obj(p)],
            outputEPCList=[obj(m) for m in ms],
            **at(REUSE),
        ),
    )
    s.expect(p, state="disassembled")
    s.expect(ms[0], inside=[], holder=("party", REUSE, REUSE), not_state="recycled")


@scene
def recovered_metal_in_new_cells(s: Scene) -> None:
    """The circle closes: the carbonate of an old pack goes into new cells; the new pack goes back to the old one."""
    old, new, c = s.pack(1), s.pack(2), s.cell()
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(1), "sy:leaching", RECYCLER, inputEPCList=[obj(old)], outputQuantityList=[amount("lithium-carbonate", s.lot(), 20)],
                         **{"sy:assay": [assay("lithium-carbonate", s.lot(), {"Li": 0.188})]}))  # fmt: skip
    s.tell(MAKER, run("2026-06-01T08:00", s.batch(2), "commissioning", MAKER, inputQuantityList=[amount("lithium-carbonate", s.lot(), 20)], outputEPCList=[obj(c)]),
           joined("2026-06-02T08:00", new, [c], **at(MAKER)))  # fmt: skip
    s.expect(new, made_of={c, lot("lithium-carbonate", s.lot()), old})
    s.expect(old, went_into={lot("lithium-carbonate", s.lot()), c, new}, metals={"Li": 3.76})
    s.expect(c, state="assembled", inside=[new])
