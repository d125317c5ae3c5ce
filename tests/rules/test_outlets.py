"""Outlets: kept and broken."""

from datetime import date, timedelta

from tests.rules.conftest import Event, party, site
from tests.rules.lives import (
    CUSTOMER,
    MAKER,
    MODULE,
    OEM,
    OUTLET,
    PACK,
    RECYCLER,
    REGISTER,
    STRANGER,
    YARD,
    Step,
    at,
    collected,
    made,
    received,
    scrapped_to_yard,
    shipped,
    told,
)
from tests.rules.narrow import Narrow, judged_by

from suyuan.events import writing
from suyuan.events.uris import item_uri, place_uri

HALF_A_TONNE = 500


def life(*steps: Step, day: str = "2026-06-30", register: tuple[Event, ...] = REGISTER) -> Narrow:
    return judged_by(["storage-too-long"], *told(*steps), parties=register, on=day)


def packs(count: int) -> list[str]:
    return [f"9A1PB240000001B3C{1000 + n:07d}" for n in range(count)]


def hoard(count: int, month: str = "2024-06") -> list[Step]:
    """So many packs of half a tonne, one a day."""
    return [
        collected(None, OUTLET, f"{month}-{n + 1:02d}", code, source_kind="repair", mass_kg=HALF_A_TONNE)
        for n, code in enumerate(packs(count))
    ]


def of_kind(kind: str) -> tuple[Event, ...]:
    return (*REGISTER[:-1], site(OUTLET, "S1", kind, area="610100"))


def test_five_tonnes_are_the_limit_of_a_collecting_outlet() -> None:
    assert life(*hoard(10)).of("outlet-over-limit") == []
    (found,) = life(*hoard(11)).of("outlet-over-limit")
    assert (found["subject"], found["party"], str(found["day"])) == (f"{OUTLET}/S1", OUTLET, "2024-06-11")
    assert (found["facts"]["tonnes"], found["facts"]["most_t"], len(found["entries"])) == (5.5, 5.0, 11)
    assert found["row"] == "outlet-limit/stock.outlet-collecting@2019-11-07"


def test_what_is_handed_on_makes_room() -> None:
    out = shipped(OUTLET, RECYCLER, "2024-06-10T16:00", packs(1)[0])
    assert life(*hoard(11), out).of("outlet-over-limit") == []


def test_a_central_outlet_may_hold_more() -> None:
    assert life(*hoard(12), register=of_kind("outlet-central")).of("outlet-over-limit") == []


def test_since_the_guideline_was_repealed_its_limit_is_an_assumption() -> None:
    (found,) = life(*hoard(11, "2026-05")).of("outlet-over-limit")
    assert found["row"] == "outlet-limit/stock.outlet-collecting@2026-04-01"


def test_a_pack_that_an_outlet_keeps_for_half_a_year() -> None:
    into = (*scrapped_to_yard(), shipped(YARD, OUTLET, "2024-06-01"), collected(YARD, OUTLET, "2024-06-03"))
    (found,) = life(*into).of("storage-too-long")
    assert (found["subject"], found["party"], str(found["day"])) == (PACK, OUTLET, "2024-06-03")
    late = (*into, shipped(OUTLET, RECYCLER, "2024-12-02"), received(OUTLET, RECYCLER, "2024-12-04"))
    assert [f["facts"]["days"] for f in life(*late).of("storage-too-long")] == [182]
    in_time = (*into, shipped(OUTLET, RECYCLER, "2024-11-30"), received(OUTLET, RECYCLER, "2024-12-04"))
    assert life(*in_time).of("storage-too-long") == []


def test_what_may_have_been_handed_on_without_being_reported_yet_is_not_kept_too_long() -> None:
    into = (*scrapped_to_yard(), shipped(YARD, OUTLET, "2024-06-01"), collected(YARD, OUTLET, "2024-06-03"))
    first = date(2024, 6, 3) + timedelta(days=180 + 60)
    assert life(*into, day=f"{first}").of("storage-too-long") == []
    assert len(life(*into, day=f"{first + timedelta(days=1)}").of("storage-too-long")) == 1


def test_new_packs_at_a_makers_are_not_waste() -> None:
    assert life(made(MAKER, "2021-03-12"), received(MAKER, OEM, "2021-03-18")).rules == []


def taken_apart(by: str, when: str) -> Step:
    return by, [
        writing.taken_apart(
            parent=item_uri(PACK), children=[item_uri(MODULE)], at=at(when), place=place_uri(by, "S1")
        )
    ]


def test_an_outlet_takes_nothing_apart_but_a_recycler_may() -> None:
    into = (*scrapped_to_yard(), shipped(YARD, OUTLET, "2024-06-01"), collected(YARD, OUTLET, "2024-06-03"))
    assert [
        (f["subject"], f["party"])
        for f in life(*into, taken_apart(OUTLET, "2024-06-09")).of("outlet-dismantles")
    ] == [(PACK, OUTLET)]
    taken = (
        *scrapped_to_yard(),
        shipped(YARD, RECYCLER, "2024-06-01"),
        received(YARD, RECYCLER, "2024-06-03"),
    )
    assert life(*taken, taken_apart(RECYCLER, "2024-06-09")).of("outlet-dismantles") == []


def test_a_customer_may_not_collect() -> None:
    (found,) = life(*scrapped_to_yard(), collected(YARD, CUSTOMER, "2024-06-03")).of("collected-by-no-outlet")
    assert (found["party"], found["facts"]["party_roles"]) == (CUSTOMER, "customer")
    assert life(*scrapped_to_yard(), collected(YARD, OUTLET, "2024-06-03")).of("collected-by-no-outlet") == []
    assert (
        life(*scrapped_to_yard(), collected(YARD, STRANGER, "2024-06-03")).of("collected-by-no-outlet") == []
    )


def test_a_source_is_a_giver_or_a_kind_of_source() -> None:
    assert life(collected(None, OUTLET, "2024-06-03")).subjects("collected-without-source") == [PACK]
    assert (
        life(collected(None, OUTLET, "2024-06-03", source_kind="owner")).of("collected-without-source") == []
    )
    assert life(collected(YARD, OUTLET, "2024-06-03")).of("collected-without-source") == []


def test_an_outlet_works_for_a_maker_where_master_data_tell_that_of_outlets() -> None:
    told_of_another = (
        *REGISTER[:3],
        party(REGISTER[3]["attributes"]["https://w3id.org/suyuan/voc#uscc"], "outlet", serves=OEM),
        *REGISTER[4:],
    )
    (found,) = life(collected(YARD, OUTLET, "2024-06-03"), register=told_of_another).of(
        "outlet-serves-nobody"
    )
    assert (found["subject"], found["facts"]["count"]) == (OUTLET, 1)
    assert life(collected(YARD, OUTLET, "2024-06-03")).of("outlet-serves-nobody") == []
    its_own = (*told_of_another, site(OUTLET, "S1", "outlet-collecting", serves=f"{MAKER},{OEM}"))
    assert life(collected(YARD, OUTLET, "2024-06-03"), register=its_own).of("outlet-serves-nobody") == []
