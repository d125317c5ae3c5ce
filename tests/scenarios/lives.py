"""Lives of packs, from making to the end, step by step of `events.md`."""

from typing import Any

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
    Event,
    amount,
    assay,
    at,
    between,
    event,
    joined,
    lot,
    made,
    observed,
    parted,
    received,
    run,
    shipped,
)  # fmt: skip


def sold(when: str, vin: str, **said: Any) -> Event:
    return observed(
        when, vin, "retail_selling", "retail_sold", **{"sy:saleArea": "370100", **at(OEM), **said}
    )


def installed(when: str, vin: str, packs: list[str], by: str = OEM, **said: Any) -> Event:
    return joined(when, vin, packs, "installing", **{**at(by), **said})


@scene
def a_whole_life(s: Scene) -> None:
    """Every step once: cells, module, pack, car, sale, measuring, scrapping, outlet, recycler, products."""
    p, m, c, v = s.pack(), s.module(), [s.cell(1), s.cell(2)], s.vin()
    run_id = s.batch()
    s.tell(
        MAKER,
        made("2024-03-10T08:00", [*c, m, p], MAKER, ilmd={"sy:model": "NCM-75", "sy:mass_kg": 450}),
        joined("2024-03-10T09:00", m, c, **at(MAKER)),
        joined("2024-03-10T10:00", p, [m], **at(MAKER)),
        shipped("2024-03-11T08:00", p, MAKER, OEM),
    )
    s.tell(
        OEM,
        received("2024-03-12T08:00", p, MAKER, OEM),
        installed("2024-03-13T08:00", v, [p], **{"sy:position": "floor"}),
        observed(
            "2024-03-14T08:00",
            v,
            "sy:certifying",
            "conformant",
            **at(OEM),
            bizTransactionList=[
                {"type": "cert", "bizTransaction": "urn:uuid:11111111-1111-4111-8111-111111111111"}
            ],
        ),
        sold("2024-04-01T08:00", v),
    )
    s.tell(
        SHOP,
        observed("2025-04-01T08:00", p, "inspecting", **at(SHOP), sensorElementList=[
            {"sensorReport": [{"type": "sy:StateOfHealth", "value": 91.5, "uom": "P1"}]}]),
    )  # fmt: skip
    s.tell(
        SCRAP,
        observed(
            "2026-03-01T08:00",
            v,
            "accepting",
            "inactive",
            **at(SCRAP),
            **{"sy:scrapCertificate": "Z1", "sy:batteryPresent": True},
        ),
        parted("2026-03-02T08:00", v, [p], "removing", disposition="inactive", **at(SCRAP)),
        observed(
            "2026-03-03T08:00", v, "decommissioning", "destroyed", action="DELETE", **at(SCRAP, after=False)
        ),
        shipped("2026-03-04T08:00", p, SCRAP, OUTLET),
    )
    s.tell(
        OUTLET,
        observed(
            "2026-03-05T08:00",
            p,
            "collecting",
            "returned",
            **at(OUTLET),
            **between(SCRAP, OUTLET),
            **{"sy:mass_kg": 448},
        ),
        observed("2026-03-06T08:00", p, "storing", **at(OUTLET)),
        shipped("2026-03-07T08:00", p, OUTLET, RECYCLER),
    )
    s.tell(
        RECYCLER,
        received("2026-03-08T08:00", p, OUTLET, RECYCLER),
        run("2026-03-09T08:00", run_id, "sy:crushing", RECYCLER, inputEPCList=[f"https://w3id.org/suyuan/obj/{p}"],
            outputQuantityList=[amount("black-mass", s.lot(1), 200), amount("copper", s.lot(2), 40)],
            **{"sy:assay": [assay("black-mass", s.lot(1), {"Li": 0.03, "Ni": 0.2}, uncertainty=0.002),
                            assay("copper", s.lot(2), {"Cu": 0.95})]}),
        event("Object", "2026-03-20T08:00", action="OBSERVE", bizStep="shipping", disposition="sy:recovered",
              quantityList=[amount("copper", s.lot(2), 40)], **between(RECYCLER, BUYER)),
    )  # fmt: skip
    s.expect(
        p, state="recycled", holder=("consumed", None, RECYCLER), inside=[],
        steps=["made", "assembled", "handed-over", "handed-over", "installed", "measured", "removed", "handed-over", "collected",
               "stored", "handed-over", "handed-over", "fed"],
        made_of={m, *c}, went_into={v, lot("black-mass", s.lot(1)), lot("copper", s.lot(2))},
        metals={"Li": 6.0, "Ni": 40.0, "Cu": 38.0},
    )  # fmt: skip
    s.expect(v, state="destroyed", holder=("gone", None, SCRAP), made_of={p, m, *c},
             steps=["installed", "certified", "sold", "taken-in", "removed", "vehicle-gone"])  # fmt: skip
    s.expect(c[0], state="recycled", inside=[m, p], went_into={m, p, v, lot("black-mass", s.lot(1)), lot("copper", s.lot(2))},
             vehicles={v}, lots={lot("black-mass", s.lot(1)), lot("copper", s.lot(2))})  # fmt: skip
    s.expect(
        lot("copper", s.lot(2)),
        state="in_transit",
        holder=("in_transit", RECYCLER, RECYCLER),
        to=BUYER,
        made_of={p, m, *c},
    )


@scene
def a_pack_just_made(s: Scene) -> None:
    """Made and not yet handed over: with the maker, who answers for it."""
    s.tell(MAKER, made("2024-03-10T08:00", s.pack(), MAKER))
    s.expect(
        s.pack(),
        state="made",
        holder=("party", MAKER, MAKER),
        inside=[],
        made_of=set(),
        went_into=set(),
        place=f"{MAKER}/main",
    )


@scene
def a_pack_without_modules_in_use(s: Scene) -> None:
    """Cells straight into the pack, pack into a car, the car sold: in use with the owner, cells too."""
    p, c, v = s.pack(), [s.cell(n) for n in range(1, 5)], s.vin()
    s.tell(MAKER, made("2024-03-10T08:00", [*c, p], MAKER), joined("2024-03-10T09:00", p, c, **at(MAKER)))
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]), sold("2024-04-01T08:00", v))
    s.expect(p, state="in_use", inside=[v], made_of=set(c), went_into={v}, holder=("owner", None, None))
    s.expect(c[3], state="in_use", inside=[p, v], vehicles={v})
    s.expect(v, state="in_use", made_of={p, *c})


@scene
def several_packs_in_a_bus(s: Scene) -> None:
    """Four packs in one bus; one is taken out: the other three stay."""
    v, packs = s.vin(), [s.pack(n) for n in range(1, 5)]
    s.tell(
        OEM,
        installed("2024-03-13T08:00", v, packs[:2]),
        installed("2024-03-13T09:00", v, packs[2:]),
        sold("2024-04-01T08:00", v),
    )
    s.tell(SHOP, parted("2025-01-01T08:00", v, [packs[1]], disposition="needs_replacement", **at(SHOP)))
    s.expect(packs[0], state="in_use", inside=[v])
    s.expect(packs[1], state="removed", inside=[], holder=("party", SHOP, SHOP))
    s.expect(packs[3], state="in_use", inside=[v])
    s.expect(v, state="in_use", made_of=set(packs))


@scene
def a_handover_half_told_by_the_giver(s: Scene) -> None:
    """Shipping without receiving: under way, the giver answers."""
    s.tell(
        MAKER, made("2024-03-10T08:00", s.pack(), MAKER), shipped("2024-03-11T08:00", s.pack(), MAKER, OEM)
    )
    s.expect(s.pack(), state="in_transit", holder=("in_transit", MAKER, MAKER), to=OEM)


@scene
def a_handover_half_told_by_the_taker(s: Scene) -> None:
    """Receiving without shipping: with the taker."""
    s.tell(MAKER, made("2024-03-10T08:00", s.pack(), MAKER))
    s.tell(OEM, received("2024-03-12T08:00", s.pack(), MAKER, OEM))
    s.expect(s.pack(), state="in_stock", holder=("party", OEM, OEM), place=f"{OEM}/main")


@scene
def a_handover_never_received_but_used(s: Scene) -> None:
    """Shipped, never reported as received, then installed by the taker: inside the car, the vehicle maker has it."""
    s.tell(
        MAKER, made("2024-03-10T08:00", s.pack(), MAKER), shipped("2024-03-11T08:00", s.pack(), MAKER, OEM)
    )
    s.tell(OEM, installed("2024-03-13T08:00", s.vin(), [s.pack()]))
    s.expect(s.pack(), state="installed", holder=("party", OEM, OEM), inside=[s.vin()])


@scene
def ownership_and_possession_differ(s: Scene) -> None:
    """A leased pack is possessed by the swap operator while the bank owns it: the possessor has it."""
    lists = between(MAKER, SWAP)
    lists["destinationList"] += between(None, BUYER, "owning_party")["destinationList"]
    s.tell(MAKER, made("2024-03-10T08:00", s.pack(), MAKER))
    s.tell(SWAP, observed("2024-03-12T08:00", s.pack(), "receiving", "active", **at(SWAP), **lists))
    s.expect(s.pack(), state="in_stock", holder=("party", SWAP, SWAP))


@scene
def swapped_at_a_station(s: Scene) -> None:
    """A car leaves its pack at the station and takes another; then it comes back and takes the first one again."""
    v, a, b = s.vin(), s.pack(1), s.pack(2)
    swap = {"sy:swap": True, **at(SWAP, "station-7")}
    s.tell(OEM, installed("2024-03-13T08:00", v, [a]), sold("2024-04-01T08:00", v))
    s.tell(SWAP, made("2024-03-13T08:00", b, MAKER), received("2024-03-20T08:00", b, MAKER, SWAP))
    s.tell(
        SWAP,
        parted("2024-05-01T08:00", v, [a], **swap), joined("2024-05-01T08:02", v, [b], "installing", **swap),
        parted("2024-05-03T08:00", v, [b], **swap), joined("2024-05-03T08:02", v, [a], "installing", **swap),
    )  # fmt: skip
    s.expect(
        a,
        state=frozenset({"in_use", "installed"}),
        inside=[v],
        went_into={v},
        steps=["installed", "swapped", "swapped"],
    )
    s.expect(b, state="removed", inside=[], holder=("party", SWAP, SWAP), place=f"{SWAP}/station-7")
    s.expect(v, state="in_use")


@scene
def swapped_in_one_instant(s: Scene) -> None:
    """The station gives both halves of a swap the same time, the new one first in the file: the new one is in."""
    v, a, b = s.vin(), s.pack(1), s.pack(2)
    swap = {"sy:swap": True, **at(SWAP, "station-7")}
    s.tell(OEM, installed("2024-03-13T08:00", v, [a]), sold("2024-04-01T08:00", v))
    s.tell(
        SWAP,
        joined("2024-05-01T08:00", v, [b], "installing", **swap),
        parted("2024-05-01T08:00", v, [a], **swap),
    )
    s.expect(a, state="removed", inside=[], holder=("party", SWAP, SWAP))
    s.expect(b, state=frozenset({"in_use", "installed"}), inside=[v])


@scene
def replaced_under_one_repair_order(s: Scene) -> None:
    """Old pack out, spare pack in, one repair order: the new one in place of the old; the old goes to the outlet."""
    v, old, new = s.vin(), s.pack(1), s.pack(2)
    order = {"sy:repairOrder": "R-77"}
    s.tell(OEM, installed("2024-03-13T08:00", v, [old]), sold("2024-04-01T08:00", v))
    s.tell(
        OEM,
        made("2025-01-01T08:00", new, MAKER),
        observed("2025-02-01T08:00", new, "stocking", "available", **at(OEM, "spares")),
    )
    s.tell(
        SHOP,
        parted(
            "2025-03-01T08:00",
            v,
            [old],
            "removing",
            disposition="needs_replacement",
            **at(SHOP),
            **order,
            **between(None, OUTLET),
        ),
        joined("2025-03-01T09:00", v, [new], "replacing", **at(SHOP), **order),
    )
    s.tell(OUTLET, observed("2025-03-03T08:00", old, "collecting", "returned", **at(OUTLET)))
    s.expect(old, state="collected", inside=[], holder=("party", OUTLET, OUTLET), related={("replaced", old, new)},
             steps=["installed", "replaced", "collected"])  # fmt: skip
    s.expect(new, state=frozenset({"in_use", "installed"}), inside=[v], related={("replaced", old, new)},
             steps=["made", "spare-stocked", "replaced"])  # fmt: skip
    s.expect(v, state="in_use", made_of={old, new})


@scene
def the_old_part_is_on_its_way(s: Scene) -> None:
    """The workshop names where the old pack goes, nothing is heard from there: on the way, the workshop answers."""
    v, old = s.vin(), s.pack(1)
    s.tell(OEM, installed("2024-03-13T08:00", v, [old]), sold("2024-04-01T08:00", v))
    s.tell(
        SHOP,
        parted(
            "2025-03-01T08:00", v, [old], **at(SHOP), **between(None, OUTLET), **{"sy:repairOrder": "R-78"}
        ),
    )
    s.expect(old, state="removed", inside=[], holder=("in_transit", SHOP, SHOP), to=OUTLET)


@scene
def a_module_replaced_in_a_pack(s: Scene) -> None:
    """A module of a pack is replaced in the workshop; the pack stays in the car."""
    v, p, old, new, c = s.vin(), s.pack(), s.module(1), s.module(2), s.cell()
    order = {"sy:repairOrder": "R-79"}
    s.tell(
        MAKER,
        joined("2024-03-10T08:00", old, [c]),
        joined("2024-03-10T09:00", p, [old, s.module(3)], **at(MAKER)),
    )
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]), sold("2024-04-01T08:00", v))
    s.tell(
        SHOP,
        parted("2025-03-01T08:00", p, [old], **at(SHOP), **order),
        joined("2025-03-01T08:30", p, [new], "replacing", **at(SHOP), **order),
    )
    s.expect(p, state="in_use", inside=[v], made_of={old, new, s.module(3), c})
    s.expect(old, state="removed", inside=[], holder=("party", SHOP, SHOP), related={("replaced", old, new)})
    s.expect(new, state=frozenset({"in_use", "assembled"}), inside=[p, v])
    s.expect(c, inside=[old], vehicles={v})


@scene
def a_spare_in_stock(s: Scene) -> None:
    s.tell(
        OEM,
        made("2025-01-01T08:00", s.pack(), MAKER),
        observed("2025-02-01T08:00", s.pack(), "stocking", "available", **at(OEM, "spares")),
    )
    s.expect(s.pack(), state="spare", holder=("party", OEM, OEM), place=f"{OEM}/spares")


@scene
def exported_inside_the_car(s: Scene) -> None:
    """The trader ships the car abroad: the pack in it is abroad."""
    v, p = s.vin(), s.pack()
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]))
    s.tell(TRADER, observed("2024-06-01T08:00", v, "shipping", "sy:exported", **between(TRADER, None)))
    s.expect(v, state="exported", holder=("abroad", TRADER, TRADER))
    s.expect(p, state="exported", inside=[v])


@scene
def exported_by_itself(s: Scene) -> None:
    p = s.pack()
    s.tell(
        MAKER,
        made("2024-03-13T08:00", p, MAKER),
        observed("2024-06-01T08:00", p, "shipping", "sy:exported", **between(MAKER, None)),
    )
    s.expect(p, state="exported", holder=("abroad", MAKER, MAKER))


@scene
def stolen(s: Scene) -> None:
    """Stolen from the outlet's store: who held it last answers."""
    s.tell(OUTLET, observed("2025-03-03T08:00", s.pack(), "collecting", "returned", **at(OUTLET)),
           observed("2025-03-09T08:00", s.pack(), "holding", "stolen", **at(OUTLET)))  # fmt: skip
    s.expect(s.pack(), state="stolen", holder=("missing", None, OUTLET))


@scene
def lost(s: Scene) -> None:
    s.tell(OUTLET, observed("2025-03-03T08:00", s.pack(), "collecting", "returned", **at(OUTLET)),
           observed("2025-03-09T08:00", s.pack(), disposition="sy:lost"))  # fmt: skip
    s.expect(s.pack(), state="lost", holder=("missing", None, OUTLET))


@scene
def destroyed_in_a_fire(s: Scene) -> None:
    """Destroyed by a fire; a shipping told for a later day does not bring it back."""
    s.tell(OUTLET, observed("2025-03-03T08:00", s.pack(), "collecting", "returned", **at(OUTLET)),
           observed("2025-03-09T08:00", s.pack(), "destroying", "destroyed", action="DELETE", **at(OUTLET)),
           shipped("2025-03-10T08:00", s.pack(), OUTLET, RECYCLER))  # fmt: skip
    s.expect(s.pack(), state="destroyed", holder=("gone", None, OUTLET))


@scene
def a_car_taken_in_without_its_battery(s: Scene) -> None:
    """The car comes to the dismantler without battery: the pack is not there but missing, its cells with it.

    Of another car the missing pack turns up at an outlet later.
    """
    v, p, c, w, q = s.vin(1), s.pack(1), s.cell(), s.vin(2), s.pack(2)
    s.tell(MAKER, joined("2024-03-10T09:00", p, [c], **at(MAKER)))
    s.tell(
        OEM,
        installed("2024-03-13T08:00", v, [p]),
        sold("2024-04-01T08:00", v),
        installed("2024-03-13T08:00", w, [q]),
    )
    without = {"sy:scrapCertificate": "Z2", "sy:batteryPresent": False}
    s.tell(SCRAP, observed("2026-03-01T08:00", [v, w], "accepting", "inactive", **at(SCRAP), **without))
    s.tell(OUTLET, observed("2026-06-01T08:00", q, "collecting", "returned", **at(OUTLET)))
    s.expect(v, state="taken_in", holder=("party", SCRAP, SCRAP), place=f"{SCRAP}/main")
    s.expect(p, state="missing", holder=("missing", None, None), inside=[], vehicles={v})
    s.expect(c, state="missing", holder=("missing", None, None), inside=[p])
    s.expect(q, state="collected", holder=("party", OUTLET, OUTLET), inside=[])


@scene
def a_car_taken_in_with_its_battery(s: Scene) -> None:
    v, p = s.vin(), s.pack()
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]), sold("2024-04-01T08:00", v))
    s.tell(
        SCRAP,
        observed(
            "2026-03-01T08:00",
            v,
            "accepting",
            "inactive",
            **at(SCRAP),
            **{"sy:scrapCertificate": "Z3", "sy:batteryPresent": True},
        ),
    )
    s.expect(p, inside=[v], holder=("party", SCRAP, SCRAP), place=f"{SCRAP}/main")


@scene
def a_car_destroyed_with_the_pack_still_in(s: Scene) -> None:
    """Nobody told of taking the pack out before the car was destroyed: the pack is not destroyed with it, the dismantler answers."""
    v, p = s.vin(), s.pack()
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]), sold("2024-04-01T08:00", v))
    s.tell(SCRAP, observed("2026-03-01T08:00", v, "accepting", "inactive", **at(SCRAP)),
           observed("2026-03-03T08:00", v, "decommissioning", "destroyed", action="DELETE", **at(SCRAP, after=False)))  # fmt: skip
    s.expect(v, state="destroyed")
    s.expect(p, not_state="destroyed", answers=SCRAP)


@scene
def taken_apart_some_reused_some_recycled(s: Scene) -> None:
    """A pack is taken apart into three modules: one into a reuse product, one recycled, one on the shelf."""
    p, ms, c, r = s.pack(), [s.module(n) for n in (1, 2, 3)], s.cell(), s.reuse("P")
    s.tell(MAKER, joined("2024-03-10T08:00", ms[0], [c]), joined("2024-03-10T09:00", p, ms, **at(MAKER)))
    s.tell(
        REUSE,
        received("2026-04-01T08:00", p, OUTLET, REUSE),
        parted("2026-04-02T08:00", p, ms, "disassembling", **at(REUSE)),
        run("2026-05-10T08:00", None, "sy:repurposing", REUSE, disposition="active",
            inputEPCList=[f"https://w3id.org/suyuan/obj/{ms[0]}"], outputEPCList=[f"https://w3id.org/suyuan/obj/{r}"]),
        joined("2026-05-10T09:00", r, [ms[0]], **at(REUSE)),
        shipped("2026-05-11T08:00", ms[1], REUSE, RECYCLER),
    )  # fmt: skip
    s.tell(
        RECYCLER,
        received("2026-05-12T08:00", ms[1], REUSE, RECYCLER),
        run("2026-05-13T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[f"https://w3id.org/suyuan/obj/{ms[1]}"],
            outputQuantityList=[amount("black-mass", s.lot(), 30)], **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}),
    )  # fmt: skip
    s.expect(p, state="disassembled", made_of={*ms, c}, metals={"Ni": 6.0})
    s.expect(ms[0], state="remade", went_into={p, r})
    s.expect(ms[1], state="recycled", went_into={p, lot("black-mass", s.lot())}, metals={"Ni": 6.0})
    s.expect(ms[2], state="removed", inside=[], holder=("party", REUSE, REUSE))
    s.expect(r, state="made", holder=("party", REUSE, REUSE), made_of={ms[0], c})
    s.expect(c, reached={c, ms[0], p, r})


@scene
def a_reuse_product_from_many_packs(s: Scene) -> None:
    """A storage cabinet (19 characters) from modules of two packs, under a transformationID; later it is recycled itself."""
    packs, ms, r = [s.pack(1), s.pack(2)], [s.module(n) for n in (1, 2, 3, 4)], s.reuse("P")
    obj = "https://w3id.org/suyuan/obj/"
    s.tell(
        MAKER,
        joined("2024-03-10T09:00", packs[0], ms[:2], **at(MAKER)),
        joined("2024-03-10T09:00", packs[1], ms[2:], **at(MAKER)),
    )
    s.tell(
        REUSE,
        parted("2026-04-02T08:00", packs[0], ms[:2], "disassembling", **at(REUSE)),
        parted("2026-04-02T08:00", packs[1], ms[2:], "disassembling", **at(REUSE)),
        run("2026-05-10T08:00", s.batch(), "sy:repurposing", REUSE, inputEPCList=[obj + m for m in ms[1:3]]),
        run(
            "2026-05-10T08:30",
            s.batch(),
            "sy:repurposing",
            REUSE,
            outputEPCList=[obj + r],
            ilmd={"sy:gradedStateOfHealth_percent": 81, "sy:mass_kg": 100},
        ),
        joined("2026-05-10T09:00", r, ms[1:3], **at(REUSE)),
        shipped("2026-05-20T08:00", r, REUSE, BUYER),
    )
    s.tell(
        BUYER, received("2026-05-21T08:00", r, REUSE, BUYER), shipped("2026-10-01T08:00", r, BUYER, RECYCLER)
    )
    s.tell(
        RECYCLER,
        received("2026-10-02T08:00", r, BUYER, RECYCLER),
        run("2026-10-03T08:00", s.batch(2), "sy:smelting", RECYCLER, inputEPCList=[obj + r],
            outputQuantityList=[amount("nickel-sulfate", s.lot(), 50)], **{"sy:assay": [assay("nickel-sulfate", s.lot(), {"Ni": 0.22})]}),
    )  # fmt: skip
    s.expect(
        r,
        state="recycled",
        holder=("consumed", None, RECYCLER),
        went_into={lot("nickel-sulfate", s.lot())},
        metals={"Ni": 11.0},
    )
    s.expect(ms[0], state="removed", went_into={packs[0]})
    s.expect(
        ms[1],
        state=frozenset({"recycled", "remade"}),
        went_into={packs[0], r, lot("nickel-sulfate", s.lot())},
    )
    s.expect(packs[1], state="disassembled")


@scene
def a_cell_reused_as_it_is(s: Scene) -> None:
    """The 26-character code of a reused module is a thing of its own."""
    m = s.module()
    again = m + "RM"
    obj = "https://w3id.org/suyuan/obj/"
    s.tell(
        REUSE,
        run(
            "2026-05-10T08:00",
            None,
            "sy:repurposing",
            REUSE,
            inputEPCList=[obj + m],
            outputEPCList=[obj + again],
        ),
    )
    s.expect(m, state="remade", went_into={again})
    s.expect(again, state="made", made_of={m}, holder=("party", REUSE, REUSE))


@scene
def collected_without_a_code(s: Scene) -> None:
    """An old pack whose plate is gone gets a temporary id and a photo digest."""
    name = f"https://wangdian.example.cn/tmp/{s.number}-X7"
    s.tell(OUTLET, observed("2025-03-03T08:00", name, "collecting", "returned", **at(OUTLET), **{
        "sy:sourceKind": "repair", "sy:mass_kg": 310, "sy:conditionClass": "B", "sy:photoSha256": "0" * 64}))  # fmt: skip
    s.expect(name, state="collected", holder=("party", OUTLET, OUTLET))
    s.expect(f"{s.number}-X7", state="collected")


@scene
def sold_to_a_company(s: Scene) -> None:
    """The buyer, a company, is named as owner and possessor: it answers."""
    lists = between(OEM, BUYER)
    for key in ("sourceList", "destinationList"):
        lists[key] += between(OEM, BUYER, "owning_party")[key]
    s.tell(
        OEM, installed("2024-03-13T08:00", s.vin(), [s.pack()]), sold("2024-04-01T08:00", s.vin(), **lists)
    )
    s.expect(s.vin(), state="in_use", holder=("owner", BUYER, BUYER))
    s.expect(s.pack(), state="in_use", holder=("owner", BUYER, BUYER))


@scene
def through_a_dealer(s: Scene) -> None:
    """Car to the dealer (shipped, received), dealer sells: pack follows the car at every point."""
    v, p = s.vin(), s.pack()
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]), shipped("2024-03-20T08:00", v, OEM, DEALER))
    s.tell(DEALER, received("2024-03-22T08:00", v, OEM, DEALER))
    s.expect(v, state="in_stock", holder=("party", DEALER, DEALER))
    s.expect(p, state="installed", holder=("party", DEALER, DEALER), inside=[v], place=f"{DEALER}/main")


@scene
def stock_taking_after_the_car_was_sold(s: Scene) -> None:
    """Measured by somebody else while in the car: the measuring changes neither state nor holder."""
    v, p = s.vin(), s.pack()
    s.tell(OEM, installed("2024-03-13T08:00", v, [p]), sold("2024-04-01T08:00", v))
    s.tell(SHOP, observed("2025-04-01T08:00", p, "inspecting", **at(SHOP), sensorElementList=[
        {"sensorReport": [{"type": "sy:StateOfHealth", "value": 80, "uom": "P1"}]}]))  # fmt: skip
    s.expect(p, state="in_use", inside=[v], holder=("owner", None, None))
