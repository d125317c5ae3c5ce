"""Custody: kept and broken."""

from tests.rules.conftest import Event, party, said, site
from tests.rules.lives import (
    CUSTOMER,
    MAKER,
    OEM,
    OUTLET,
    OUTLET2,
    PACK,
    RECYCLER,
    RECYCLER2,
    REGISTER,
    REUSER,
    STRANGER,
    SWAPPER,
    VIN,
    VIN2,
    YARD,
    Step,
    collected,
    exported,
    fed,
    installed,
    made,
    received,
    remade,
    removed,
    scrapped_to_yard,
    shipped,
    stored,
    told,
    used_in,
)
from tests.rules.narrow import Narrow, judged_by

PRODUCT = "9G1PB24G3A2345678RP"


def life(*steps: Step, day: str = "2026-06-30", register: tuple[Event, ...] = REGISTER) -> Narrow:
    return judged_by(["custody-gap"], *told(*steps), parties=register, on=day)


LAWFUL = (
    *scrapped_to_yard(),
    shipped(YARD, OUTLET, "2024-06-01"),
    collected(YARD, OUTLET, "2024-06-03"),
    shipped(OUTLET, RECYCLER, "2024-07-01"),
    received(OUTLET, RECYCLER, "2024-07-03"),
    fed(RECYCLER, "2024-07-20"),
)


def test_a_pack_that_goes_from_hand_to_hand_as_reported_raises_nothing() -> None:
    assert life(*LAWFUL).rules == []


def test_a_handover_that_the_dealer_in_between_never_reported_is_no_gap() -> None:
    """Sent to a customer who reports nothing, and received from him: he had it."""
    steps = (*scrapped_to_yard(), shipped(YARD, REUSER, "2024-06-01"), received(YARD, REUSER, "2024-06-03"))
    product = remade(REUSER, "2024-07-01", PACK, PRODUCT, "energy-storage")
    back = (
        shipped(REUSER, CUSTOMER, "2024-07-10", PRODUCT),
        received(CUSTOMER, RECYCLER, "2025-07-10", PRODUCT),
    )
    assert life(*steps, product, *back).rules == []


def test_received_from_the_maker_though_a_dismantler_held_it_is_a_gap_of_who_received_it() -> None:
    (found,) = life(*scrapped_to_yard(), received(MAKER, RECYCLER, "2024-07-03")).of("custody-gap")
    assert (found["subject"], found["party"], str(found["day"])) == (PACK, RECYCLER, "2024-07-03")
    assert (found["facts"]["held_by"], found["facts"]["received_from"]) == (YARD, MAKER)
    assert len(found["entries"]) == 2


def test_a_gap_is_told_only_when_reports_of_those_days_are_in() -> None:
    steps = (*scrapped_to_yard(), received(MAKER, RECYCLER, "2024-07-03"))
    assert life(*steps, day="2024-08-31").of("custody-gap") == []
    assert len(life(*steps, day="2024-09-01").of("custody-gap")) == 1


def test_receiving_without_a_giver_is_no_gap() -> None:
    assert life(*scrapped_to_yard(), received(None, YARD, "2024-07-03")).of("custody-gap") == []


def test_who_never_had_it_hands_it_over() -> None:
    (found,) = life(*scrapped_to_yard(), shipped(OUTLET, RECYCLER, "2024-06-01")).of(
        "handed-over-without-holding"
    )
    assert (found["party"], found["facts"]["held_by"]) == (OUTLET, YARD)


def test_a_pack_sold_twice_by_the_same_dismantler_is_found_at_the_second_sale() -> None:
    steps = (
        *scrapped_to_yard(),
        shipped(YARD, RECYCLER, "2024-06-01"),
        shipped(YARD, RECYCLER2, "2024-06-02"),
    )
    (found,) = life(*steps).of("handed-over-without-holding")
    assert (found["party"], str(found["day"]), found["facts"]["held_by"]) == (YARD, "2024-06-02", RECYCLER)


def test_the_same_shipping_reported_twice_is_one_shipping() -> None:
    again = shipped(YARD, OUTLET, "2024-06-01T15:00")
    assert (
        life(
            *scrapped_to_yard(),
            shipped(YARD, OUTLET, "2024-06-01"),
            again,
            collected(YARD, OUTLET, "2024-06-03"),
        ).rules
        == []
    )


def test_two_outlets_that_both_keep_it_are_found() -> None:
    steps = (*scrapped_to_yard(), shipped(YARD, OUTLET, "2024-06-01"), collected(YARD, OUTLET, "2024-06-03"))
    (found,) = life(*steps, stored(OUTLET2, "2024-06-09")).of("double-custody")
    assert (found["party"], found["facts"]["held_by"]) == (OUTLET2, OUTLET)


def test_an_outlet_that_stores_what_it_collected_holds_it_alone() -> None:
    steps = (*scrapped_to_yard(), shipped(YARD, OUTLET, "2024-06-01"), collected(YARD, OUTLET, "2024-06-03"))
    assert life(*steps, stored(OUTLET, "2024-06-09")).of("double-custody") == []


def test_feeding_what_another_holds_is_double_custody() -> None:
    assert [
        f["party"] for f in life(*scrapped_to_yard(), fed(RECYCLER, "2024-07-01")).of("double-custody")
    ] == [RECYCLER]


def test_a_taker_that_the_giver_did_not_name_is_found() -> None:
    steps = (
        *scrapped_to_yard(),
        shipped(YARD, RECYCLER, "2024-06-01"),
        received(YARD, RECYCLER2, "2024-06-03"),
    )
    (found,) = life(*steps).of("taker-differs")
    assert (found["party"], found["facts"]["named"], found["facts"]["given_by"]) == (
        RECYCLER2,
        RECYCLER,
        YARD,
    )


def test_a_waste_pack_that_never_arrives_is_its_givers() -> None:
    steps = (*scrapped_to_yard(), shipped(YARD, RECYCLER, "2024-06-01"))
    (found,) = life(*steps).of("shipped-never-received")
    assert (found["party"], found["facts"]["named"]) == (YARD, RECYCLER)
    assert life(*steps, day="2024-08-29").of("shipped-never-received") == []


def test_a_new_pack_under_way_for_long_is_not_judged() -> None:
    assert life(made(MAKER, "2021-03-12"), shipped(MAKER, OEM, "2021-03-15")).rules == []


def test_received_though_the_dismantler_never_reported_handing_it_over() -> None:
    (found,) = life(*scrapped_to_yard(), collected(YARD, OUTLET, "2024-06-03")).of("received-never-shipped")
    assert (found["party"], found["facts"]["taken_by"]) == (YARD, OUTLET)
    assert found["row"].startswith("hands-on/dismantler@2018-08-01")


def test_a_swap_operator_owes_the_report_of_handing_over_since_order_73_only() -> None:
    def retired(when: str) -> Narrow:
        swap = (
            made(MAKER, "2021-03-12"),
            shipped(MAKER, SWAPPER, "2021-03-15"),
            received(MAKER, SWAPPER, "2021-03-18"),
        )
        return life(*swap, received(SWAPPER, RECYCLER, when), day="2027-01-01")

    assert retired("2026-03-31").of("received-never-shipped") == []
    assert len(retired("2026-04-01").of("received-never-shipped")) == 1


def test_a_waste_pack_for_a_customer_goes_to_nobody_entitled() -> None:
    (found,) = life(*scrapped_to_yard(), shipped(YARD, CUSTOMER, "2024-06-01")).of("buyer-not-entitled")
    assert (found["party"], found["facts"]["taker_roles"]) == (YARD, "customer")


def test_echelon_users_may_take_waste_batteries_up_to_the_day_they_were_taken_off_the_list() -> None:
    def to_reuser(when: str) -> list[str]:
        return life(*scrapped_to_yard(), shipped(YARD, REUSER, when), day="2027-06-30").subjects(
            "buyer-not-entitled"
        )

    assert to_reuser("2026-07-29") == []
    assert to_reuser("2026-07-30") == [PACK]


def test_a_taker_whom_nobody_knows_is_a_note_and_no_accusation() -> None:
    found = life(*scrapped_to_yard(), shipped(YARD, STRANGER, "2024-06-01"))
    assert [f["root"] for f in found.of("buyer-unknown")] == [STRANGER]
    assert found.of("buyer-not-entitled") == []


def test_a_new_pack_may_go_to_anybody() -> None:
    assert life(made(MAKER, "2021-03-12"), shipped(MAKER, CUSTOMER, "2021-03-15")).rules == []


def test_a_dismantler_may_not_sell_to_a_battery_maker_itself_but_to_its_outlet() -> None:
    found = life(*scrapped_to_yard(), shipped(YARD, MAKER, "2024-06-01"))
    assert [(f["party"], f["facts"]["taker"]) for f in found.of("sold-off-route")] == [(YARD, MAKER)]
    assert found.of("buyer-not-entitled") == []
    with_outlet = (*REGISTER, site(MAKER, "S1", "outlet-collecting", area="610100"))
    assert (
        life(*scrapped_to_yard(), shipped(YARD, MAKER, "2024-06-01"), register=with_outlet).of(
            "sold-off-route"
        )
        == []
    )


def test_a_swap_operator_is_bound_to_the_route_since_order_73() -> None:
    def to_maker(when: str) -> list[str]:
        swap = (
            made(MAKER, "2021-03-12"),
            shipped(MAKER, SWAPPER, "2021-03-15"),
            received(MAKER, SWAPPER, "2021-03-18"),
        )
        waste = (installed(SWAPPER, "2021-04-01", VIN), removed(SWAPPER, "2026-03-01", VIN))
        return life(*swap, *waste, shipped(SWAPPER, OEM, when)).subjects("sold-off-route")

    assert to_maker("2026-03-31") == []
    assert to_maker("2026-04-02") == [PACK]


def test_before_order_73_a_dismantler_sold_to_firms_on_the_list_of_that_day() -> None:
    register = (*REGISTER[:5], party(RECYCLER, "recycler", listed_from="2020-01-01", listed_to="2023-12-31"))
    (found,) = life(*scrapped_to_yard(), shipped(YARD, RECYCLER, "2024-06-01"), register=register).of(
        "taker-not-listed"
    )
    assert (found["party"], found["facts"]["listed_to"], found["root"]) == (YARD, "2023-12-31", RECYCLER)
    later = life(*scrapped_to_yard("2026-04-10"), shipped(YARD, RECYCLER, "2026-05-01"), register=register)
    assert later.of("taker-not-listed") == []


def test_a_firm_without_days_of_listing_is_not_said_to_be_unlisted() -> None:
    assert life(*LAWFUL).of("taker-not-listed") == []


def test_a_recycler_without_capacity_is_found_where_others_have_one() -> None:
    register = (*REGISTER[:5], party(RECYCLER, "recycler"), REGISTER[6])
    (found,) = life(*LAWFUL, register=register).of("taker-without-approval")
    assert (found["subject"], found["facts"]["count"]) == (RECYCLER, 1)
    nobody_has = (*REGISTER[:5], party(RECYCLER, "recycler"))
    assert life(*LAWFUL, register=nobody_has).of("taker-without-approval") == []


def test_a_recycler_that_sells_on_whole_packs_trades() -> None:
    taken = (
        *scrapped_to_yard(),
        shipped(YARD, RECYCLER, "2024-06-01"),
        received(YARD, RECYCLER, "2024-06-03"),
    )
    on = shipped(RECYCLER, RECYCLER2, "2024-06-20")
    assert [f["party"] for f in life(*taken, on).of("recycler-trades-whole-packs")] == [RECYCLER]
    back = shipped(RECYCLER, YARD, "2024-06-20")
    assert life(*taken, back).of("recycler-trades-whole-packs") == []


FAR = (
    *REGISTER,
    site(YARD, "S1", "yard", area="610100", lat=34.26, lon=108.94),
    site(RECYCLER2, "S1", "plant", area="370100", lat=36.65, lon=117.12),
)


def test_eight_hundred_kilometres_in_two_hours_are_impossible() -> None:
    sent = (*scrapped_to_yard(), shipped(YARD, RECYCLER2, "2024-06-01T08:00"))
    (found,) = life(*sent, received(YARD, RECYCLER2, "2024-06-01T10:00"), register=FAR).of(
        "impossible-travel"
    )
    assert (found["facts"]["km"], found["facts"]["hours"], found["party"]) == (787, 2.0, RECYCLER2)
    assert (
        life(*sent, received(YARD, RECYCLER2, "2024-06-01T18:00"), register=FAR).of("impossible-travel") == []
    )


def test_days_without_an_hour_are_not_judged_by_their_midnight() -> None:
    sent = (*scrapped_to_yard(), shipped(YARD, RECYCLER2, "2024-06-01T00:00"))
    assert life(*sent, received(YARD, RECYCLER2, "2024-06-01T00:00"), register=FAR).rules == []


def test_in_two_prefectures_at_one_moment() -> None:
    sent = (*scrapped_to_yard(), shipped(YARD, RECYCLER2, "2024-06-01T08:00"))
    (found,) = life(*sent, received(YARD, RECYCLER2, "2024-06-01T08:00")).of("two-places-at-once")
    assert (found["facts"]["before_area"], found["facts"]["area"]) == ("6101", "3701")
    near = (*scrapped_to_yard(), shipped(YARD, RECYCLER, "2024-06-01T08:00"))
    assert life(*near, received(YARD, RECYCLER, "2024-06-01T08:00")).of("two-places-at-once") == []


def test_a_waste_pack_does_not_come_back_into_a_vehicle() -> None:
    steps = (*scrapped_to_yard(), shipped(YARD, OUTLET, "2024-06-01"), collected(YARD, OUTLET, "2024-06-03"))
    (found,) = life(*steps, installed(OEM, "2024-08-01", VIN2)).of("waste-back-in-vehicle")
    assert (found["party"], found["facts"]["held_by"], found["facts"]["vehicle"]) == (OEM, OUTLET, VIN2)


def test_a_pack_that_is_put_back_after_a_repair_is_no_waste() -> None:
    repaired = (removed(OEM, "2023-05-01"), installed(OEM, "2023-05-03"))
    assert life(*used_in(), *repaired).rules == []


def test_waste_batteries_do_not_leave_the_country_but_new_ones_may() -> None:
    assert life(*scrapped_to_yard(), exported(YARD, "2024-06-01")).subjects("waste-exported") == [PACK]
    assert life(made(MAKER, "2021-03-12"), exported(MAKER, "2021-04-01")).rules == []


def test_a_product_for_electric_bicycles_is_banned_since_order_73() -> None:
    def made_for(use: str, when: str) -> list[str]:
        taken = (
            *scrapped_to_yard(),
            shipped(YARD, REUSER, "2024-06-01"),
            received(YARD, REUSER, "2024-06-03"),
        )
        return life(*taken, remade(REUSER, when, PACK, PRODUCT, use), day="2027-01-01").subjects("banned-use")

    assert made_for("energy-storage", "2026-05-01") == []
    assert made_for("electric-bicycle", "2026-03-31") == []
    assert made_for("electric-bicycle", "2026-04-01") == [PRODUCT]
    assert made_for("外卖电动自行车", "2026-05-01") == [PRODUCT]


def test_a_voided_receipt_is_no_gap() -> None:
    from datetime import datetime

    from suyuan.events import writing

    (wrong,) = received(MAKER, RECYCLER, "2024-07-03")[1]
    wrong = {**wrong, "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001"}
    taken_back = writing.declared_wrong(wrong, at=datetime(2024, 7, 9, 9))
    steps = [*told(*scrapped_to_yard()), said(RECYCLER, [wrong]), said(RECYCLER, [taken_back])]
    assert judged_by(["custody-gap"], *steps, parties=REGISTER).of("custody-gap") == []
