"""Step 22: what was declared wrong does not count; the ledger keeps both."""

from tests.scenarios.scene import BUYER, MAKER, OEM, OUTLET, RECYCLER, Scene, scene
from tests.scenarios.writing import (
    Event,
    amount,
    assay,
    at,
    joined,
    made,
    obj,
    observed,
    parted,
    party,
    received,
    run,
    shipped,
    wrong,
)  # fmt: skip


@scene
def a_shipping_that_did_not_occur(s: Scene) -> None:
    """Back with the maker, as if it had never left. No ids given by the sender: the hash is the id."""
    p = s.pack()
    left = shipped("2024-03-11T08:00", p, MAKER, OEM)
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER), left)
    s.tell(MAKER, wrong(left, "2024-03-20T08:00"))
    s.expect(p, state="made", holder=("party", MAKER, MAKER), to=None)


@scene
def a_declaration_that_comes_before_the_event(s: Scene) -> None:
    """The file with the declaration is taken in first."""
    p = s.pack()
    left = shipped("2024-03-11T08:00", p, MAKER, OEM) | {
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{s.number:012d}"
    }
    s.tell(MAKER, wrong(left, "2024-03-20T08:00"))
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER), left)
    s.expect(p, state="made", holder=("party", MAKER, MAKER), to=None)


@scene
def installed_in_the_wrong_car(s: Scene) -> None:
    """The installation is declared wrong and a corrected event under a new id names the right car."""
    p, bad, good = s.pack(), s.vin(1), s.vin(2)
    first = joined("2024-03-13T08:00", bad, [p], "installing", **at(OEM)) | {
        "eventID": f"urn:uuid:10000000-0000-4000-8000-{s.number:012d}"
    }
    again = joined("2024-03-13T08:00", good, [p], "installing", **at(OEM)) | {
        "eventID": f"urn:uuid:20000000-0000-4000-8000-{s.number:012d}"
    }
    s.tell(OEM, first)
    s.tell(OEM, again)
    s.tell(OEM, wrong(first, "2024-03-20T08:00", corrective=[again["eventID"]], reason="incorrect_data"))
    s.expect(p, state="installed", inside=[good], went_into={good}, vehicles={good})
    s.expect(bad, made_of=set())
    s.expect(good, made_of={p})


@scene
def a_batch_that_did_not_take_place(s: Scene) -> None:
    """The run is declared wrong: the pack is still at the recycler's, nothing came of it."""
    p = s.pack()
    fed = run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(p)],
              outputQuantityList=[amount("black-mass", s.lot(), 200)], **{"sy:assay": [assay("black-mass", s.lot(), {"Li": 0.03})]})  # fmt: skip
    s.tell(RECYCLER, received("2026-04-03T08:00", p, OUTLET, RECYCLER), fed)
    s.tell(RECYCLER, wrong(fed, "2026-05-02T08:00"))
    s.expect(
        p, state="in_stock", holder=("party", RECYCLER, RECYCLER), went_into=set(), lots=set(), metals={}
    )


@scene
def a_batch_with_the_wrong_amount(s: Scene) -> None:
    """Declared wrong and told again with 250 kg instead of 200: only the second counts."""
    p = s.pack()

    def fed(kg: float, name: str) -> Event:
        return run("2026-05-01T08:00", s.batch(), "sy:crushing", RECYCLER, inputEPCList=[obj(p)],
                   outputQuantityList=[amount("black-mass", s.lot(), kg)], eventID=f"urn:uuid:{name}0000000-0000-4000-8000-{s.number:012d}",
                   **{"sy:assay": [assay("black-mass", s.lot(), {"Li": 0.04})]})  # fmt: skip

    s.tell(
        RECYCLER,
        fed(250, "2"),
        wrong(
            fed(200, "1"), "2026-05-02T08:00", corrective=[fed(250, "2")["eventID"]], reason="incorrect_data"
        ),
    )
    s.tell(RECYCLER, fed(200, "1"))
    s.expect(p, state="recycled", metals={"Li": 10})


@scene
def a_removal_that_did_not_occur(s: Scene) -> None:
    """The removing is void: the pack is still in the car."""
    p, v = s.pack(), s.vin()
    out = parted("2025-03-13T08:00", v, [p], **at(OEM))
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)), out)
    s.tell(OEM, wrong(out, "2025-03-20T08:00"))
    s.expect(p, state="installed", inside=[v], holder=("party", OEM, OEM))


@scene
def a_sale_that_did_not_occur(s: Scene) -> None:
    p, v = s.pack(), s.vin()
    sale = observed("2024-05-01T08:00", v, "retail_selling", "retail_sold", **at(OEM))
    s.tell(OEM, joined("2024-03-13T08:00", v, [p], "installing", **at(OEM)), sale)
    s.tell(OEM, wrong(sale, "2024-05-20T08:00"), wrong(sale, "2024-05-20T08:00"))
    s.expect(p, state="installed", holder=("party", OEM, OEM))


@scene
def a_stranger_cannot_unsay(s: Scene) -> None:
    """Step 22 belongs to the one who said it: another firm's declaration does not take the event away."""
    p = s.pack()
    left = shipped("2024-03-11T08:00", p, MAKER, OEM) | {
        "eventID": f"urn:uuid:30000000-0000-4000-8000-{s.number:012d}"
    }
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER), left)
    s.tell(BUYER, wrong(left, "2024-03-20T08:00"))
    s.expect(p, state="in_transit", holder=("in_transit", MAKER, MAKER), to=OEM)


@scene
def the_destruction_was_a_mistake(s: Scene) -> None:
    """Destroyed by mistake, then shipped on: the shipping counts."""
    p = s.pack()
    gone = observed("2025-03-09T08:00", p, "destroying", "destroyed", action="DELETE", **at(OUTLET))
    s.tell(
        OUTLET,
        observed("2025-03-03T08:00", p, "collecting", "returned", **at(OUTLET)),
        gone,
        shipped("2025-03-12T08:00", p, OUTLET, RECYCLER),
    )
    s.tell(OUTLET, wrong(gone, "2025-03-11T08:00"))
    s.expect(p, state="in_transit", holder=("in_transit", OUTLET, OUTLET), to=RECYCLER)


@scene
def the_taker_sent_it_first(s: Scene) -> None:
    """The taker sent the giver's shipping along before the giver did; the giver, who said it, declares it wrong."""
    p = s.pack()
    left = shipped("2024-03-11T08:00", p, MAKER, OEM)
    s.tell(OEM, left)
    s.tell(MAKER, made("2024-03-10T08:00", p, MAKER), left)
    s.tell(MAKER, wrong(left, "2024-03-20T08:00"))
    s.expect(p, state="made", holder=("party", MAKER, MAKER))


@scene
def the_dealer_takes_back_what_the_maker_told_for_it(s: Scene) -> None:
    """Told on the dealer's behalf (`sy:reporter`), declared wrong by the dealer itself; the giver cannot unsay a receiving."""
    p, q = s.pack(1), s.pack(2)
    told = observed("2024-04-01T08:00", p, "receiving", "active", **{"sy:reporter": party(BUYER)})
    got = received("2024-04-01T09:00", q, MAKER, OEM)
    s.tell(OEM, made("2024-03-10T08:00", [p, q], OEM), told, got)
    s.tell(BUYER, wrong(told, "2024-04-02T08:00"))
    s.tell(MAKER, wrong(got, "2024-04-02T08:00"))
    s.expect(p, state="made", holder=("party", OEM, OEM))
    s.expect(q, state="in_stock")
