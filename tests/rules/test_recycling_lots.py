"""Recycling: lots and plants, kept and broken."""

from tests.rules.batches import (
    CRUSHED,
    FIRMS,
    LEACHED,
    MAKER,
    OTHER_RECYCLER,
    OUTLET,
    PACKS,
    RECYCLER,
    fed,
    head,
    line,
    lot,
    lots_fed,
    made,
    of,
    pack,
    received,
    run,
    shipped,
    sold,
    with_,
)
from tests.rules.conftest import Event, Said, party, said, site

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri
from suyuan.rules import recycling_lots, recycling_plants  # noqa: F401  # their rules are judged here

OTHER = party(OTHER_RECYCLER, "recycler", listed_from="2018-01-01")


def bought(material: str, name: str, kg: float, by: str = RECYCLER, giver: str = OTHER_RECYCLER) -> Event:
    return writing.received(
        lots=[Lot(lot_uri(material, name), kg)],
        giver=party_uri(giver),
        taker=party_uri(by),
        **head(by, "2025-03-18"),
    )


# lots


def test_more_sold_of_a_lot_than_was_made_is_found() -> None:
    selling = [sold("lithium-carbonate", "LI-1", 30), sold("lithium-carbonate", "LI-1", 20, on="2025-05-05")]
    (found,) = of("sold-more-than-made", *line(selling=selling))
    assert (found["subject"], found["party"]) == (lot("lithium-carbonate", "LI-1"), RECYCLER)
    assert (found["facts"]["made_kg"], found["facts"]["left_kg"]) == (42.8, 50)
    assert len(found["entries"]) == 3


def test_a_lot_sold_in_parts_up_to_what_was_made_is_lawful() -> None:
    selling = [
        sold("lithium-carbonate", "LI-1", 30),
        sold("lithium-carbonate", "LI-1", 12.8, on="2025-05-05"),
    ]
    assert of("sold-more-than-made", *line(selling=selling)) == []


def test_what_the_buyer_sells_on_is_not_sold_by_its_maker_again() -> None:
    again = sold("lithium-carbonate", "LI-1", 42.8, by=OTHER_RECYCLER, on="2025-06-01")
    assert of("sold-more-than-made", *line(), said(OTHER_RECYCLER, [again])) == []


def test_more_fed_of_black_mass_than_was_made_is_found() -> None:
    (found,) = of("fed-more-than-there-was", *line(leaching=[lots_fed("L1", [("black-mass", "HF-1", 420)])]))
    assert (found["subject"], found["facts"]["there_kg"], found["facts"]["fed_kg"]) == (lot("black-mass", "HF-1"), 360, 420)  # fmt: skip


def test_black_mass_fed_in_two_parts_is_lawful() -> None:
    leaching = [lots_fed("L1", [("black-mass", "HF-1", 200)]), lots_fed("L2", [("black-mass", "HF-1", 160)])]
    assert of("fed-more-than-there-was", *line(leaching=leaching)) == []


def test_black_mass_that_nobody_made_or_brought_is_found() -> None:
    leaching = [lots_fed("L1", [("black-mass", "HF-1", 360), ("black-mass", "HF-X", 50)])]
    (found,) = of("lot-of-unknown-origin", *line(leaching=leaching))
    assert (found["subject"], found["root"], found["facts"]["kg"]) == (
        lot("black-mass", "HF-X"),
        run("L1"),
        50,
    )


def test_black_mass_bought_from_another_is_of_known_origin() -> None:
    leaching = [
        bought("black-mass", "HF-X", 50),
        lots_fed("L1", [("black-mass", "HF-1", 360), ("black-mass", "HF-X", 50)]),
    ]
    assert of("lot-of-unknown-origin", *line(leaching=leaching)) == []


def test_black_mass_of_another_that_was_never_handed_over_is_found() -> None:
    theirs = [
        fed("L1", [], by=OTHER_RECYCLER),
        lots_fed("L9", [("black-mass", "HF-1", 60)], by=OTHER_RECYCLER),
    ]
    (found,) = of("lot-of-unknown-origin", *line(), said(OTHER_RECYCLER, theirs[1:]))
    assert (found["party"], found["subject"]) == (OTHER_RECYCLER, lot("black-mass", "HF-1"))


def test_chemicals_need_no_origin() -> None:
    leaching = [lots_fed("L1", [("black-mass", "HF-1", 360), ("sulfuric-acid", "A-1", 500)])]
    assert of("lot-of-unknown-origin", *line(leaching=leaching)) == []


def test_residue_of_which_nobody_tells_the_fate_is_found_after_its_time() -> None:
    told = line(leached=with_(LEACHED, ("leaching-residue", "JZ-1", 351, {"Li": 0.002}, None)))
    (found,) = of("residue-without-fate", *told)
    assert (found["subject"], found["facts"]["run"]) == (lot("leaching-residue", "JZ-1"), run("L1"))
    assert of("residue-without-fate", *told, on="2025-06-01") == []


def test_residue_handed_over_for_disposal_has_its_fate() -> None:
    told = line(leached=with_(LEACHED, ("leaching-residue", "JZ-1", 351, {"Li": 0.002}, None)))
    gone = writing.product_out(
        lots=[Lot(lot_uri("leaching-residue", "JZ-1"), 351)], seller=party_uri(RECYCLER), buyer=party_uri(OUTLET),
        disposed=True, **head(RECYCLER, "2025-04-01"),
    )  # fmt: skip
    assert of("residue-without-fate", *told, said(RECYCLER, [gone])) == []


def test_shares_that_add_up_to_more_than_the_whole_are_found() -> None:
    crushed = with_(CRUSHED, ("black-mass", "HF-1", 360, {"Li": 0.4, "Cu": 0.7}, None))
    (found,) = of("assay-impossible", *line(crushed=crushed))
    assert (found["subject"], found["facts"]["metal"], found["facts"]["percent"]) == (
        lot("black-mass", "HF-1"),
        "Σ",
        110,
    )


def test_lithium_carbonate_richer_than_pure_is_found() -> None:
    (found,) = of(
        "assay-impossible",
        *line(leached=with_(LEACHED, ("lithium-carbonate", "LI-1", 42.8, {"Li": 0.21}, None))),
    )
    assert found["row"] == "pure-compound/lithium-carbonate/Li@2011-01-01"


def test_pure_lithium_carbonate_is_possible() -> None:
    assert of("assay-impossible", *line()) == []


def test_a_pack_weighed_heavier_than_it_was_made_is_found() -> None:
    heavy = writing.collected(
        items=[item_uri(PACKS[0])], mass_kg=470, giver=party_uri(MAKER), taker=party_uri(OUTLET), **head(OUTLET, "2025-02-01")
    )  # fmt: skip
    (found,) = of("heavier-than-made", *line(), said(OUTLET, [heavy]))
    assert (found["subject"], found["party"], found["facts"]["made_kg"]) == (PACKS[0], OUTLET, 400)
    lighter = {**heavy, "sy:mass_kg": 300}
    assert of("heavier-than-made", *line(), said(OUTLET, [lighter])) == []


# plants


def _year(packs: int, kg: float, capacity: str) -> tuple[tuple[Said, ...], tuple[Event, ...]]:
    codes = [pack(n) for n in range(packs)]
    told = line(
        packs=codes,
        making=[made(code, kg=kg) for code in codes],
        crushed=None,
        leaching=[],
        leached=(),
        selling=[],
    )
    firms = (*FIRMS[:-1], site(RECYCLER, "plant-1", "plant", capacity_t_per_year=capacity))
    return told, firms


def test_more_fed_in_a_year_than_the_filed_capacity_is_found() -> None:
    told, firms = _year(12, 1000, "10")
    (found,) = of("over-capacity", *told, parties=firms)
    assert (found["subject"], found["facts"]["fed_t"], found["facts"]["capacity_t"]) == (RECYCLER, 12, 10)


def test_the_filed_capacity_in_two_years_is_lawful() -> None:
    codes = [pack(n) for n in range(12)]
    feeding = [fed("P1", codes[:6], on="2024-12-30"), fed("P2", codes[6:], on="2025-01-02")]
    told, firms = _year(12, 1000, "10")
    split = line(packs=codes, making=[made(code, kg=1000) for code in codes], feeding=feeding, crushed=None, leaching=[], leached=(), selling=[])  # fmt: skip
    assert of("over-capacity", *split, parties=firms) == []
    assert of("over-capacity", *told) == []


def test_a_plant_that_ran_at_a_tenth_of_its_capacity_is_noted() -> None:
    told, firms = _year(3, 1000, "40")
    (found,) = of("idle-plant", *told, on="2026-05-31", parties=firms)
    assert (found["facts"]["year"], found["facts"]["percent"], str(found["day"])) == (2025, 7.5, "2025-12-31")
    busy, firms = _year(3, 1000, "20")
    assert of("idle-plant", *busy, on="2026-05-31", parties=firms) == []


def test_a_recycler_that_hands_most_packs_on_whole_is_found() -> None:
    codes = [pack(n) for n in range(12)]
    told = line(
        packs=codes, feeding=[fed("P1", codes[:2])], crushed=None, leaching=[], leached=(), selling=[]
    )
    onward = said(
        RECYCLER, [shipped(code, OTHER_RECYCLER, by=RECYCLER, on="2025-03-05") for code in codes[2:]]
    )
    (found,) = of("trading-instead-of-processing", *told, onward)
    assert (found["subject"], found["facts"]["taken"], found["facts"]["sent"], len(found["entries"])) == (RECYCLER, 12, 10, 10)  # fmt: skip
    few = said(RECYCLER, [shipped(code, OTHER_RECYCLER, by=RECYCLER, on="2025-03-05") for code in codes[8:]])
    assert of("trading-instead-of-processing", *told, few) == []


def test_a_stock_that_only_grows_is_found_after_half_a_year() -> None:
    codes = [pack(n) for n in range(12)]
    told = line(
        packs=codes, feeding=[fed("P1", codes[:2])], crushed=None, leaching=[], leached=(), selling=[]
    )
    (found,) = of("stock-only-grows", *told)
    assert (found["facts"]["taken"], found["facts"]["left"]) == (12, 10)
    assert of("stock-only-grows", *told, on="2025-08-01") == []


def test_a_pack_that_two_recyclers_take_in_is_found() -> None:
    again = said(OTHER_RECYCLER, [received(PACKS[0], by=OTHER_RECYCLER, on="2025-03-04")])
    (found,) = of("taken-in-by-two-recyclers", *line(), again, parties=(*FIRMS, OTHER))
    assert (found["subject"], found["party"], found["facts"]["first"]) == (PACKS[0], OTHER_RECYCLER, RECYCLER)


def test_a_pack_that_one_recycler_hands_to_another_is_lawful() -> None:
    onward = said(RECYCLER, [shipped(PACKS[0], OTHER_RECYCLER, by=RECYCLER, on="2025-03-03")])
    again = said(OTHER_RECYCLER, [received(PACKS[0], by=OTHER_RECYCLER, giver=RECYCLER, on="2025-03-04")])
    assert of("taken-in-by-two-recyclers", *line(), onward, again, parties=(*FIRMS, OTHER)) == []
    assert of("taken-in-by-two-recyclers", *line(), again, parties=(*FIRMS, OTHER)) == []


def test_a_recycler_that_master_data_do_not_know_is_found() -> None:
    (found,) = of("recycler-unknown", *line(), parties=FIRMS[:3])
    assert (found["subject"], found["facts"]["batteries"]) == (RECYCLER, 2)
    assert of("recycler-unknown", *line()) == []


def test_a_known_firm_that_is_not_listed_as_a_recycler_is_noted() -> None:
    (found,) = of("recycler-not-listed", *line(), parties=(*FIRMS[:3], party(RECYCLER, "outlet")))
    assert found["subject"] == RECYCLER
    assert of("recycler-not-listed", *line()) == []
    gone = party(RECYCLER, "recycler", listed_from="2018-01-01", listed_to="2024-12-31")
    assert len(of("recycler-not-listed", *line(), parties=(*FIRMS[:3], gone))) == 1
