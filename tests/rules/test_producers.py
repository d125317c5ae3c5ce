"""Producers and the outlets that they need: kept and broken."""

from tests.rules.conftest import Event, model, party, site
from tests.rules.lives import (
    MAKER,
    OEM,
    OUTLET,
    OUTLET2,
    PACK,
    REGISTER,
    SPARE,
    VIN,
    VIN2,
    Step,
    at,
    certified,
    installed,
    made,
    received,
    removed,
    replaced,
    shipped,
    sold,
    stocked,
    told,
    used_in,
)
from tests.rules.narrow import Narrow, judged_by

from suyuan.events import writing
from suyuan.events.uris import item_uri, party_uri, place_uri
from suyuan.identifiers import vin
from suyuan.rules.law import law
from suyuan.standards.tables import TABLES, table

CUSTOMER = "91610100TEJ0000159"


def life(*steps: Step, day: str = "2026-06-30", register: tuple[Event, ...] = REGISTER) -> Narrow:
    return judged_by(["producer-unknown"], *told(*steps), parties=register, on=day)


def covered(
    *steps: Step, day: str = "2026-12-31", register: tuple[Event, ...] = REGISTER, least: int | None = None
) -> Narrow:
    rows = law({name: table(name) for name in TABLES})
    if least is not None:
        wanted = [
            least if key == "vehicles.outlet-central" else value
            for key, value in zip(rows["key"].to_pylist(), rows["value"].to_pylist(), strict=True)
        ]
        rows = rows.set_column(rows.schema.get_field_index("value"), rows.schema.field("value"), [wanted])
    return judged_by(["outlet-coverage"], *told(*steps), parties=register, on=day, law=rows)


def serving(*makers: str, area: str = "610100", kind: str = "outlet-collecting") -> tuple[Event, ...]:
    return (*REGISTER[:-1], site(OUTLET, "S1", kind, area=area, serves=",".join(makers)))


# who makes what


def test_a_maker_in_master_data_is_known() -> None:
    assert life(made(MAKER, "2024-03-12")).rules == []


def test_a_maker_that_master_data_do_not_know() -> None:
    others = (party("91610100TEB0000289", "battery-maker"), *REGISTER[1:])
    (found,) = life(made(MAKER, "2024-03-12"), made(MAKER, "2024-03-13", SPARE), register=others).of(
        "producer-unknown"
    )
    assert (found["subject"], found["facts"]["count"], str(found["day"])) == (MAKER, 2, "2024-03-12")
    assert life(made(MAKER, "2024-03-12"), register=REGISTER[1:]).of("producer-unknown") == []


def test_a_model_that_its_maker_did_not_file() -> None:
    filed = (*REGISTER, model("LFP-55", uscc=MAKER))
    (found,) = life(made(MAKER, "2024-03-12", model="LFP-66"), register=filed).of("model-not-filed")
    assert (found["subject"], found["root"], found["facts"]["count"]) == (MAKER, "LFP-66", 1)
    assert life(made(MAKER, "2024-03-12", model="LFP-55"), register=filed).of("model-not-filed") == []
    assert life(made(MAKER, "2024-03-12", model="LFP-66")).of("model-not-filed") == []
    assert life(made(MAKER, "2024-03-12"), register=filed).of("model-not-filed") == []


def test_a_vehicle_is_certified_when_it_is_sold() -> None:
    assert life(*used_in()).of("sold-without-certificate") == []
    bare = (made(MAKER, "2021-03-12"), installed(OEM, "2021-04-01"), sold(OEM, "2021-05-01"))
    assert [(f["subject"], f["party"]) for f in life(*bare).of("sold-without-certificate")] == [(VIN, OEM)]
    assert life(*bare, day="2021-06-15").of("sold-without-certificate") == []


def test_a_vehicle_of_which_the_building_is_not_on_record_is_not_asked_for_its_certificate() -> None:
    assert life(sold(OEM, "2021-05-01")).of("sold-without-certificate") == []
    assert life(installed(OEM, "2018-07-31"), sold(OEM, "2018-09-01")).of("sold-without-certificate") == []


SPARE_MADE = (made(MAKER, "2021-03-13", SPARE), shipped(MAKER, OEM, "2021-03-20", SPARE))


def test_a_spare_is_in_stock_before_it_is_used() -> None:
    (found,) = life(*used_in(), *SPARE_MADE, replaced(OEM, "2023-05-01")).of("spare-without-stock")
    assert (found["subject"], found["party"], found["facts"]["vehicle"]) == (SPARE, OEM, VIN)
    for there in (stocked(OEM, "2023-04-01", SPARE), received(MAKER, OEM, "2021-03-25", SPARE)):
        assert (
            life(*used_in(), *SPARE_MADE, there, replaced(OEM, "2023-05-01")).of("spare-without-stock") == []
        )


def test_a_pack_that_is_put_back_is_no_spare() -> None:
    out = removed(OEM, "2023-05-01")
    back = installed(OEM, "2023-05-09", repair_order="W1")
    assert life(*used_in(), out, back).of("spare-without-stock") == []


def test_a_refused_hand_in_names_who_refused_and_who_says_so() -> None:
    event = writing.refused(
        items=[item_uri(PACK)],
        giver=party_uri(CUSTOMER),
        taker=party_uri(OUTLET),
        at=at("2026-05-01"),
        place=place_uri(OUTLET, "S1"),
    )
    (found,) = life(*used_in(), (CUSTOMER, [event])).of("hand-in-refused")
    assert (found["subject"], found["party"], found["facts"]["reported_by"]) == (PACK, OUTLET, CUSTOMER)


# who has outlets where


def test_a_vehicle_maker_has_an_outlet_where_it_sells() -> None:
    assert (
        covered(*used_in(), sold(OEM, "2026-05-01", VIN2), register=serving(OEM)).of("outlet-coverage") == []
    )


def test_a_vehicle_maker_sells_in_a_prefecture_without_an_outlet_for_it() -> None:
    sales = (sold(OEM, "2024-05-01", VIN, "370200"), sold(OEM, "2026-05-01", VIN2, "370200"))
    (found,) = covered(*sales, register=serving(OEM)).of("outlet-coverage")
    assert (found["subject"], found["facts"]["areas"], found["facts"]["vehicles"]) == (OEM, "3702", 2)
    assert found["row"] == "outlet-duty/vehicle-maker@2026-04-01"
    assert (str(found["day"]), len(found["entries"])) == ("2024-05-01", 1)


def test_an_outlet_that_serves_others_does_not_count() -> None:
    sales = (sold(OEM, "2024-05-01"), sold(OEM, "2026-05-01", VIN2))
    assert covered(*sales, register=serving(MAKER)).subjects("outlet-coverage") == [OEM]


def test_coverage_is_not_judged_where_nobody_told_whom_outlets_serve() -> None:
    assert covered(sold(OEM, "2024-05-01"), sold(OEM, "2026-05-01", VIN2)).of("outlet-coverage") == []


def test_where_it_sells_no_more_it_needs_no_outlet_and_where_it_began_it_has_time() -> None:
    assert covered(sold(OEM, "2024-05-01", VIN, "370200"), register=serving(OEM)).of("outlet-coverage") == []
    began = sold(OEM, "2026-05-01", VIN, "370200")
    assert covered(began, day="2026-10-27", register=serving(OEM)).of("outlet-coverage") == []
    assert covered(began, day="2026-10-28", register=serving(OEM)).subjects("outlet-coverage") == [OEM]


def test_a_battery_maker_has_an_outlet_in_each_province_since_order_73() -> None:
    car = (
        made(MAKER, "2026-04-02"),
        installed(OEM, "2026-04-10"),
        certified(OEM, "2026-04-10"),
        sold(OEM, "2026-05-01", VIN, "370200"),
    )
    (found,) = covered(*car, register=serving(MAKER, OEM)).of("battery-maker-coverage")
    assert (found["subject"], found["facts"]["areas"]) == (MAKER, "37")
    elsewhere_in_the_province = serving(MAKER, OEM, area="370100")
    assert covered(*car, register=elsewhere_in_the_province).of("battery-maker-coverage") == []
    earlier = (*used_in(), sold(OEM, "2026-03-31", VIN2))
    assert covered(*earlier, register=serving(OEM)).of("battery-maker-coverage") == []


def vehicles(count: int) -> list[str]:
    found = []
    for n in range(count):
        bare = f"LTBCEV000MA0000{20 + n}"
        found.append(bare[:8] + vin.check_digit(bare) + bare[9:])
    return found


def test_from_so_many_vehicles_on_a_maker_needs_a_central_outlet() -> None:
    sales = [sold(OEM, f"2024-05-{n + 1:02d}", car) for n, car in enumerate(vehicles(4))]
    (found,) = covered(*sales, register=serving(OEM), least=4).of("central-storage-missing")
    assert (found["party"], found["facts"]["area"], found["facts"]["vehicles"], str(found["day"])) == (
        OEM,
        "6101",
        4,
        "2024-05-04",
    )
    assert covered(*sales, register=serving(OEM), least=5).of("central-storage-missing") == []
    central = (*serving(OEM), site(OUTLET2, "S1", "outlet-central", area="610100", serves=OEM))
    assert covered(*sales, register=central, least=4).of("central-storage-missing") == []
    assert covered(*sales, register=serving(OEM)).of("central-storage-missing") == []


def test_vehicles_that_are_gone_do_not_count() -> None:
    from tests.rules.lives import YARD, gone

    cars = vehicles(4)
    sales = [sold(OEM, f"2024-05-{n + 1:02d}", car) for n, car in enumerate(cars)]
    assert (
        covered(*sales, gone(YARD, "2024-05-03", cars[0]), register=serving(OEM), least=4).of(
            "central-storage-missing"
        )
        == []
    )
