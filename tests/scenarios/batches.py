"""Recycling: packs and lots into runs, lots out, and how many kilograms of which metal came of a pack."""

from typing import Any

from tests.scenarios.scene import BUYER, MAKER, OUTLET, RECYCLER, REFINER, Scene, scene
from tests.scenarios.writing import (
    OWN,
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
    received,
    run,
    shipped,
)  # fmt: skip


def weighed(when: str, code: str, kg: float) -> Any:
    """A pack made with its mass."""
    return made(when, code, MAKER, ilmd={"sy:mass_kg": kg})


def sent(
    when: str,
    giver: str,
    taker: str,
    *amounts: Any,
    step: str = "shipping",
    disposition: str = "sy:recovered",
) -> Any:
    return event("Object", when, action="OBSERVE", bizStep=step, disposition=disposition,
                 quantityList=list(amounts), **between(giver, taker))  # fmt: skip


@scene
def two_packs_in_one_batch_by_mass(s: Scene) -> None:
    """400 kg and 600 kg in; 500 kg black mass of 3 % Li and 20 % Ni out: 2/5 and 3/5 of 15 kg Li and 100 kg Ni."""
    a, b = s.pack(1), s.pack(2)
    s.tell(MAKER, weighed("2024-03-10T08:00", a, 400), weighed("2024-03-10T08:10", b, 600))
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(a), obj(b)],
        outputQuantityList=[amount("black-mass", s.lot(), 500)],
        **{"sy:assay": [assay("black-mass", s.lot(), {"Li": 0.03, "Ni": 0.2}, uncertainty=0.002, relative=True)]}))  # fmt: skip
    s.expect(a, state="recycled", metals={"Li": 6, "Ni": 40}, went_into={lot("black-mass", s.lot())})
    s.expect(b, state="recycled", metals={"Li": 9, "Ni": 60}, holder=("consumed", None, RECYCLER))
    s.expect(lot("black-mass", s.lot()), state="made", made_of={a, b}, holder=("party", RECYCLER, RECYCLER))


@scene
def packs_without_mass_share_equally(s: Scene) -> None:
    """No mass known of either: half each."""
    a, b = s.pack(1), s.pack(2)
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:smelting", RECYCLER, inputEPCList=[obj(a), obj(b)],
        outputQuantityList=[amount("nickel-alloy", s.lot(), 100)], **{"sy:assay": [assay("nickel-alloy", s.lot(), {"Ni": 0.5})]}))  # fmt: skip
    s.expect(a, metals={"Ni": 25})
    s.expect(b, metals={"Ni": 25})


@scene
def one_batch_told_in_several_events(s: Scene) -> None:
    """Two feedings and two outputs under one transformationID, the outputs told first."""
    a, b = s.pack(1), s.pack(2)
    s.tell(
        RECYCLER,
        run("2026-05-03T08:00", s.batch(), "sy:crushing", RECYCLER, outputQuantityList=[amount("copper", s.lot(2), 80)],
            **{"sy:assay": [assay("copper", s.lot(2), {"Cu": 0.9})]}),
        run("2026-05-02T08:00", s.batch(), "sy:crushing", RECYCLER, outputQuantityList=[amount("black-mass", s.lot(1), 300)],
            **{"sy:assay": [assay("black-mass", s.lot(1), {"Ni": 0.25})]}),
    )  # fmt: skip
    s.tell(
        RECYCLER,
        run("2026-05-01T10:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(b)]),
        run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(a)]),
    )
    s.tell(MAKER, weighed("2024-03-10T08:00", a, 300), weighed("2024-03-10T08:10", b, 100))
    out = {lot("black-mass", s.lot(1)), lot("copper", s.lot(2))}
    s.expect(a, state="recycled", went_into=out, lots=out, metals={"Ni": 56.25, "Cu": 54})
    s.expect(b, state="recycled", went_into=out, metals={"Ni": 18.75, "Cu": 18})
    s.expect(lot("copper", s.lot(2)), made_of={a, b})


@scene
def codes_and_an_uncoded_lot_in_one_batch(s: Scene) -> None:
    """A pack of 400 kg and 1.2 t of waste modules without codes: a quarter is the pack's."""
    a = s.pack()
    s.tell(MAKER, weighed("2024-03-10T08:00", a, 400))
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:leaching", RECYCLER, inputEPCList=[obj(a)],
        inputQuantityList=[amount("waste-module", s.lot(9), 1.2, "TNE")],
        outputQuantityList=[amount("nickel-sulfate", s.lot(), 0.8, "TNE"), amount("cobalt-sulfate", s.lot(2), 40_000, "GRM")],
        **{"sy:assay": [assay("nickel-sulfate", s.lot(), {"Ni": 0.22}), assay("cobalt-sulfate", s.lot(2), {"Co": 0.2})]}))  # fmt: skip
    s.expect(a, metals={"Ni": 44, "Co": 2})
    s.expect(lot("nickel-sulfate", s.lot()), made_of={a, lot("waste-module", s.lot(9))})
    s.expect(
        lot("waste-module", s.lot(9)),
        went_into={lot("nickel-sulfate", s.lot()), lot("cobalt-sulfate", s.lot(2))},
    )
    s.expect(lot("waste-module", s.lot(9)), state="consumed", holder=("consumed", None, RECYCLER))


@scene
def black_mass_sold_and_refined_by_another(s: Scene) -> None:
    """Pack → black mass (sold) → salts at another recycler; 3/4 of the black mass was fed.

    What was fed on is counted in the salts, what was left as black mass stays black mass.
    """
    a, b = s.pack(1), s.pack(2)
    black = amount("black-mass", s.lot(1), 400)
    s.tell(MAKER, weighed("2024-03-10T08:00", a, 250), weighed("2024-03-10T08:10", b, 750))
    s.tell(
        RECYCLER,
        run("2026-05-01T08:00", s.batch(1), "sy:crushing", RECYCLER, inputEPCList=[obj(a), obj(b)], outputQuantityList=[black],
            **{"sy:assay": [assay("black-mass", s.lot(1), {"Ni": 0.2, "Li": 0.03})]}),
        sent("2026-05-05T08:00", RECYCLER, REFINER, black),
    )  # fmt: skip
    s.tell(
        REFINER,
        sent("2026-05-06T08:00", RECYCLER, REFINER, black, step="receiving", disposition="active") | at(REFINER),
        run("2026-05-10T08:00", s.batch(2), "sy:leaching", REFINER, inputQuantityList=[amount("black-mass", s.lot(1), 300)],
            outputQuantityList=[amount("nickel-sulfate", s.lot(2), 250), amount("lithium-carbonate", s.lot(3), 45)],
            **{"sy:assay": [assay("nickel-sulfate", s.lot(2), {"Ni": 0.224}), assay("lithium-carbonate", s.lot(3), {"Li": 0.188})]}),
        sent("2026-05-20T08:00", REFINER, BUYER, amount("lithium-carbonate", s.lot(3), 45)),
    )  # fmt: skip
    salts = {lot("nickel-sulfate", s.lot(2)), lot("lithium-carbonate", s.lot(3))}
    s.expect(a, went_into={lot("black-mass", s.lot(1)), *salts}, lots={lot("black-mass", s.lot(1)), *salts},
             metals={"Ni": (250 * 0.224 + 100 * 0.2) / 4, "Li": (45 * 0.188 + 100 * 0.03) / 4})  # fmt: skip
    s.expect(b, metals={"Ni": (250 * 0.224 + 100 * 0.2) * 0.75, "Li": (45 * 0.188 + 100 * 0.03) * 0.75})
    s.expect(
        lot("lithium-carbonate", s.lot(3)),
        made_of={lot("black-mass", s.lot(1)), a, b},
        holder=("in_transit", REFINER, REFINER),
        to=BUYER,
    )
    s.expect(
        lot("black-mass", s.lot(1)),
        holder=("party", REFINER, REFINER),
        state="in_stock",
        went_into=salts,
    )


@scene
def a_lot_from_elsewhere_fed_in_part(s: Scene) -> None:
    """2 t of waste bought, 500 kg of it fed: the rest is in stock; of another lot, bought and shipped on the way, all is fed."""
    bought, other = amount("waste-battery", s.lot(1), 2, "TNE"), amount("waste-battery", s.lot(2), 800)
    s.tell(
        RECYCLER,
        sent("2026-05-01T08:00", OUTLET, RECYCLER, bought, step="receiving", disposition="active") | at(RECYCLER),
        sent("2026-05-01T09:00", OUTLET, RECYCLER, other, disposition="in_transit"),
        run("2026-05-02T08:00", s.batch(), "sy:crushing", RECYCLER,
            inputQuantityList=[amount("waste-battery", s.lot(1), 500), amount("waste-battery", s.lot(2), 800)],
            outputQuantityList=[amount("black-mass", s.lot(3), 600)]),
    )  # fmt: skip
    s.expect(
        bought["epcClass"],
        state="in_stock",
        holder=("party", RECYCLER, RECYCLER),
        went_into={lot("black-mass", s.lot(3))},
    )
    s.expect(other["epcClass"], state="consumed", holder=("consumed", None, RECYCLER))


@scene
def two_batches_into_one_lot(s: Scene) -> None:
    """Two crushing runs fill the same lot of black mass (200 + 600 kg): the refined nickel goes 1 : 3 to their packs."""
    a, b = s.pack(1), s.pack(2)
    s.tell(
        RECYCLER,
        run("2026-05-01T08:00", s.batch(1), "sy:crushing", RECYCLER, inputEPCList=[obj(a)], outputQuantityList=[amount("black-mass", s.lot(1), 200)]),
        run("2026-05-01T18:00", s.batch(2), "sy:crushing", RECYCLER, inputEPCList=[obj(b)], outputQuantityList=[amount("black-mass", s.lot(1), 600)]),
        run("2026-05-02T18:00", s.batch(3), "sy:leaching", RECYCLER, inputQuantityList=[amount("black-mass", s.lot(1), 800)],
            outputQuantityList=[amount("nickel-sulfate", s.lot(2), 400)], **{"sy:assay": [assay("nickel-sulfate", s.lot(2), {"Ni": 0.2})]}),
    )  # fmt: skip
    s.expect(a, metals={"Ni": 20})
    s.expect(b, metals={"Ni": 60})
    s.expect(lot("black-mass", s.lot(1)), state="consumed", holder=("consumed", None, RECYCLER))


@scene
def a_lot_without_assay_has_no_metal(s: Scene) -> None:
    """Nothing is presumed of what was not analysed."""
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(s.pack())],
        outputQuantityList=[amount("black-mass", s.lot(), 200), amount("aluminium", s.lot(2), 50)],
        **{"sy:assay": [assay("aluminium", s.lot(2), {"Al": 0.98})]}))  # fmt: skip
    s.expect(s.pack(), state="recycled", metals={"Al": 49})


@scene
def residue_is_not_recovered(s: Scene) -> None:
    """Slag goes to a landfill: its metal is not recovered."""
    s.tell(
        RECYCLER,
        run("2026-05-01T08:00", s.batch(), "sy:smelting", RECYCLER, inputEPCList=[obj(s.pack())],
            outputQuantityList=[amount("nickel-alloy", s.lot(), 100), amount("slag", s.lot(2), 200)],
            **{"sy:assay": [assay("nickel-alloy", s.lot(), {"Ni": 0.4}), assay("slag", s.lot(2), {"Ni": 0.01, "Li": 0.02})],
               "sy:fate": [{"sy:lot": lot("slag", s.lot(2)), "sy:fate": "landfill"}]}),
        sent("2026-05-09T08:00", RECYCLER, OUTLET, amount("slag", s.lot(2), 200), disposition="disposed"),
    )  # fmt: skip
    s.expect(s.pack(), metals={"Ni": 40})
    s.expect(lot("slag", s.lot(2)), state="disposed")


@scene
def the_assay_comes_later(s: Scene) -> None:
    """The laboratory's result comes in an event of its own for the lot, weeks after the run."""
    s.tell(
        RECYCLER,
        run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(s.pack())], outputQuantityList=[amount("black-mass", s.lot(), 200)]),
        event("Object", "2026-05-20T08:00", action="OBSERVE", bizStep="inspecting", quantityList=[amount("black-mass", s.lot(), 200)], **at(RECYCLER),
              **{"sy:assay": [assay("black-mass", s.lot(), {"Co": 0.08})]}),
    )  # fmt: skip
    s.expect(s.pack(), metals={"Co": 16})


@scene
def cells_listed_beside_their_pack_count_once(s: Scene) -> None:
    """The recycler lists the pack and the cells in it as inputs: the other pack of the batch still gets its half."""
    a, b, cells = s.pack(1), s.pack(2), [s.cell(n) for n in range(1, 5)]
    s.tell(
        MAKER,
        joined("2024-03-10T09:00", a, cells, **at(MAKER)),
        weighed("2024-03-10T09:30", a, 100),
        weighed("2024-03-10T09:40", b, 100),
    )
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(x) for x in [a, *cells, b]],
        outputQuantityList=[amount("black-mass", s.lot(), 100)], **{"sy:assay": [assay("black-mass", s.lot(), {"Ni": 0.2})]}))  # fmt: skip
    s.expect(a, metals={"Ni": 10})
    s.expect(b, metals={"Ni": 10})
    s.expect(cells[0], state="recycled")


@scene
def repaired_cathode_material(s: Scene) -> None:
    """Direct repair: a transformation like any other."""
    s.tell(RECYCLER, run("2026-05-01T08:00", None, "sy:directRepair", RECYCLER, inputEPCList=[obj(s.cell(1)), obj(s.cell(2))],
        outputQuantityList=[amount("cathode-material", s.lot(), 2.5)], **{"sy:assay": [assay("cathode-material", s.lot(), {"Li": 0.07})]}))  # fmt: skip
    s.expect(s.cell(1), state="recycled", metals={"Li": 0.0875}, went_into={lot("cathode-material", s.lot())})


@scene
def lots_under_another_domain(s: Scene) -> None:
    """Another firm's domain for lots, and a GTIN with lot: classes are lots, and the assay points at them."""
    black = f"https://epcis.recycler.example/class/black-mass/{s.lot(1)}"
    gtin = f"https://id.gs1.org/01/06901234567892/10/{s.lot(2)}"
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(s.pack())],
        outputQuantityList=[{"epcClass": black, "quantity": 100, "uom": "KGM"}, {"epcClass": gtin, "quantity": 10, "uom": "KGM"}],
        **{"sy:assay": [{"sy:lot": black, "sy:share": {"sy:Ni": 0.2}}, {"sy:lot": gtin, "sy:share": {"sy:Cu": 0.9}}]}))  # fmt: skip
    s.expect(s.pack(), state="recycled", metals={"Ni": 20, "Cu": 9})
    s.expect(black, made_of={s.pack()})
    s.expect(gtin, made_of={s.pack()})


@scene
def collected_mass_where_the_maker_told_none(s: Scene) -> None:
    """The outlet weighed both packs (300, 100 kg): that decides the shares."""
    a, b = s.pack(1), s.pack(2)
    s.tell(OUTLET, *(observed("2026-04-01T08:00", code, "collecting", "returned", **at(OUTLET), **{"sy:mass_kg": kg}) for code, kg in ((a, 300), (b, 100))),
           shipped("2026-04-02T08:00", [a, b], OUTLET, RECYCLER))  # fmt: skip
    s.tell(RECYCLER, received("2026-04-03T08:00", [a, b], OUTLET, RECYCLER),
           run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(a), obj(b)],
               outputQuantityList=[amount("black-mass", s.lot(), 200)], **{"sy:assay": [assay("black-mass", s.lot(), {"Mn": 0.1})]}))  # fmt: skip
    s.expect(a, metals={"Mn": 15})
    s.expect(b, metals={"Mn": 5})


@scene
def packs_counted_in_the_quantity_list(s: Scene) -> None:
    """Inputs named by a class with a count (no single codes): outputs lead back to the class."""
    packs = {"epcClass": f"{OWN}class/waste-pack/{s.lot(9)}", "quantity": 12}
    s.tell(RECYCLER, run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputQuantityList=[packs],
        outputQuantityList=[amount("black-mass", s.lot(), 2.4, "TNE")], **{"sy:assay": [assay("black-mass", s.lot(), {"Li": 0.01})]}))  # fmt: skip
    s.expect(lot("black-mass", s.lot()), made_of={packs["epcClass"]})
