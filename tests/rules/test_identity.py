"""Identity: kept and broken. Dates stand first; who reports stands with the step (tests/rules/things.py)."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.rules import things as life
from tests.rules.conftest import Judged, Said, judged, model, party, said
from tests.rules.things import (
    MAKER,
    OEM,
    OTHER_MAKER,
    OTHER_OEM,
    PARTIES,
    REMAKER,
    SHOP,
    YARD,
    car,
    module,
    pack,
    product,
)

from suyuan.events import writing
from suyuan.events.uris import place_uri
from suyuan.rules.catalogue import RULES


def found(
    rule: str, *told: Said, parties: Sequence[dict[str, object]] = PARTIES, day: str = "2026-06-30"
) -> Judged:
    return judged(*told, parties=parties, rules=[rule], day=day)


def seq(n: int) -> int:
    """Entry number of the n-th event: master data stand before."""
    return len(PARTIES) + n


# -- is it on record as made? -------------------------------------------------------------------


def test_a_pack_of_a_maker_who_reports_but_not_this_one_is_found_with_who_handled_it_first() -> None:
    other, unknown = pack(1), pack(2)
    told = [
        life.made("2021-03-12", other),
        life.received("2021-04-03", other, OEM, MAKER),
        life.received("2021-04-03", unknown, OEM, MAKER),
    ]
    (one,) = found("code-never-made", *told).rows
    assert (one["subject"], one["party"], one["entries"]) == (unknown, OEM, [seq(2)])
    assert one["facts"] == {"step": "received", "coded_by": MAKER}


@pytest.mark.parametrize(
    ("unknown", "why"),
    [
        (pack(2, "2018-07-20"), "older than the platform"),
        (pack(2, vendor="7Z7"), "nobody's vendor code"),
        (pack(2, vendor="9B2"), "a maker who reports nothing"),
    ],
)
def test_a_pack_whose_maker_cannot_be_expected_to_report_is_a_note_and_no_more(
    unknown: str, why: str
) -> None:
    told = [life.made("2021-03-12", pack(1)), life.received("2021-04-03", unknown, OEM, MAKER)]
    result = judged(*told, parties=PARTIES, rules=["code-never-made", "code-not-on-platform"])
    assert [(row["rule"], row["subject"]) for row in result.rows] == [("code-not-on-platform", unknown)], why


def test_a_making_may_still_be_reported_in_the_first_weeks() -> None:
    told = [life.made("2021-03-12", pack(1)), life.received("2021-04-03", pack(2), OEM, MAKER)]
    assert found("code-never-made", *told, day="2021-05-20").rows == ()
    assert found("code-never-made", *told, day="2021-07-20").subjects("code-never-made") == [pack(2)]


def test_a_letter_o_for_a_zero_is_found_with_the_code_that_is_meant() -> None:
    real = pack(1)
    misread = real[:8] + "O" + real[9:]
    told = [life.made("2021-03-12", real), life.collected("2025-04-03", misread)]
    (one,) = found("code-misread", *told).rows
    assert (one["subject"], one["facts"], sorted(one["entries"])) == (
        misread,
        {"likely": real},
        [seq(0), seq(1)],
    )
    assert found("code-misread", life.made("2021-03-12", real), life.collected("2025-04-03", real)).rows == ()


def test_what_is_built_into_a_vehicle_has_a_national_code() -> None:
    told = [
        life.installed("2023-03-12", car(1), "WORKSHOP-0815", by=SHOP),
        life.installed("2023-03-12", car(2), pack(1)),
    ]
    (one,) = found("code-home-made", *told).rows
    assert (one["party"], one["facts"]["code"], one["facts"]["vehicle"]) == (SHOP, "WORKSHOP-0815", car(1))
    assert one["row"].startswith("regime/")


def test_a_partners_own_names_for_its_things_are_no_home_made_codes() -> None:
    event = writing.installed(vehicle=f"urn:uuid:{'1' * 8}-1111-4111-8111-{'1' * 12}", packs=["https://partner.example/things/4711"], at=life.day("2023-03-12"), place=place_uri(OEM, "plant-1"))  # fmt: skip
    assert found("code-home-made", said(OEM, [event])).rows == ()


# -- whose code is it? --------------------------------------------------------------------------


def test_a_maker_uses_the_vendor_codes_that_it_filed() -> None:
    told = [life.made("2021-03-12", pack(1)), life.made("2021-03-12", pack(2, vendor="7Z7"))]
    (one,) = found("vendor-code-unfiled", *told).rows
    assert (one["subject"], one["party"], one["facts"]) == (
        pack(2, vendor="7Z7"),
        MAKER,
        {"vendor": "7Z7", "filed": "9A1"},
    )


def test_a_firm_that_filed_no_vendor_code_is_not_told_that_it_uses_another() -> None:
    parties = (party(MAKER, "battery-maker"),)
    assert found("vendor-code-unfiled", life.made("2021-03-12", pack(1)), parties=parties).rows == ()


def test_a_pack_is_reported_made_by_the_firm_whose_vendor_code_it_bears() -> None:
    told = [life.made("2021-03-12", pack(1)), life.made("2021-03-12", pack(2), by=OTHER_MAKER)]
    (one,) = found("maker-not-owner-of-code", *told).rows
    assert (one["subject"], one["party"], one["facts"]["coded_by"]) == (pack(2), OTHER_MAKER, MAKER)


def test_cells_and_modules_bought_in_keep_their_makers_code() -> None:
    told = life.made("2021-03-12", module(1), by=OTHER_MAKER)
    assert found("maker-not-owner-of-code", told).rows == ()


def test_two_firms_that_filed_one_vendor_code_are_both_named() -> None:
    parties = (
        party(MAKER, "battery-maker", vendor_codes="9A1,9A7"),
        party(OTHER_MAKER, "battery-maker", vendor_codes="9A7"),
    )
    result = found("vendor-code-claimed-twice", parties=parties)
    assert [(row["subject"], row["facts"]["vendor"], row["entries"]) for row in sorted(result.rows, key=lambda r: r["subject"])] == [(MAKER, "9A7", [0, 1]), (OTHER_MAKER, "9A7", [0, 1])]  # fmt: skip
    assert found("vendor-code-claimed-twice").rows == ()


def test_a_workshop_that_reports_packs_made_is_found() -> None:
    stranger = "91610100TEJ00001X3"
    told = [
        life.made("2023-03-12", pack(1, vendor="7Z7"), by=SHOP),
        life.made("2021-03-12", pack(2)),
        life.made("2021-03-12", pack(3), by=stranger),
    ]
    (one,) = found("made-by-no-maker", *told).rows
    assert (one["subject"], one["party"], one["facts"]["roles"]) == (
        pack(1, vendor="7Z7"),
        SHOP,
        "after-sales",
    )


# -- made twice ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "site"), [(OTHER_MAKER, "plant-1"), (MAKER, "plant-2")])
def test_one_code_made_by_two_firms_or_at_two_places_is_cloned(by: str, site: str) -> None:
    told = [
        life.made("2021-03-12", pack(1)),
        life.made("2021-03-12", pack(1), by=by, site=site),
        life.made("2021-03-12", pack(2)),
    ]
    (one,) = found("code-cloned", *told).rows
    assert (one["subject"], one["entries"]) == (pack(1), [seq(0), seq(1)])


def test_one_code_made_on_two_days_is_made_again_and_once_is_not() -> None:
    told = [
        life.made("2021-03-12", pack(1)),
        life.made("2021-06-12", pack(1)),
        life.made("2021-03-12", pack(2)),
    ]
    result = judged(*told, parties=PARTIES, rules=["made-again", "code-cloned"])
    assert [(row["rule"], row["subject"], row["entries"]) for row in result.rows] == [
        ("made-again", pack(1), [seq(0), seq(1)])
    ]


def test_a_making_declared_wrong_does_not_count() -> None:
    wrong = {
        **life.made("2021-06-12", pack(1)).events[0],
        "eventID": "urn:uuid:11111111-1111-4111-8111-111111111111",
    }
    taken_back = writing.declared_wrong(wrong, at=life.day("2021-06-13"))
    told = [life.made("2021-03-12", pack(1)), said(MAKER, [wrong]), said(MAKER, [taken_back])]
    assert found("made-again", *told).rows == ()


# -- vehicles, products -------------------------------------------------------------------------


def test_a_vehicle_that_is_scrapped_was_certified_or_built() -> None:
    told = [
        *life.built("2021-04-01", car(1), pack(1)),
        life.taken_in("2026-01-10", car(1)),
        life.taken_in("2026-01-10", car(2)),
    ]
    (one,) = found("vin-never-made", *told).rows
    assert (one["subject"], one["party"], one["facts"]) == (
        car(2),
        YARD,
        {"step": "taken_in", "coded_by": OEM},
    )


@pytest.mark.parametrize("vehicle", [car(2, "J"), car(2, "K"), car(2, wmi="LXX")])
def test_a_vehicle_older_than_the_platform_or_of_a_maker_elsewhere_may_be_unknown(vehicle: str) -> None:
    assert found("vin-never-made", life.taken_in("2026-01-10", vehicle)).rows == ()


def test_a_certificate_comes_from_the_maker_of_the_vehicle() -> None:
    importer = "91610100TEJ00001X3"
    parties = (*PARTIES, party(importer, "importer"))
    told = [
        life.certified("2021-04-01", car(1)),
        life.certified("2021-04-01", car(2), by=OTHER_OEM),
        life.certified("2021-04-01", car(3), by=importer),
    ]
    (one,) = found("certified-by-another", *told, parties=parties).rows
    assert (one["subject"], one["party"], one["facts"]["coded_by"]) == (car(2), OTHER_OEM, OEM)


def test_a_reuse_product_names_the_batteries_it_was_made_of() -> None:
    told = [
        *life.remade("2025-03-12", pack(1), product(1)), life.shipped("2025-04-01", product(1), REMAKER, SHOP),
        life.assembled("2025-03-12", product(2), pack(2), by=REMAKER), life.shipped("2025-04-01", product(2), REMAKER, SHOP),
        life.shipped("2025-04-01", product(3), REMAKER, SHOP),
    ]  # fmt: skip
    (one,) = found("reuse-without-source", *told).rows
    assert (one["subject"], one["party"]) == (product(3), REMAKER)


# -- what the code says, and what is declared ---------------------------------------------------


def test_the_letter_of_the_code_is_the_chemistry_declared() -> None:
    told = [
        life.made("2021-03-12", pack(1), chemistry="LFP"), life.made("2021-03-12", pack(2), chemistry="NCM622"),
        life.made("2021-03-12", pack(3), chemistry="something new"), life.made("2021-03-12", pack(4)),
        life.made("2021-03-12", pack(5, letter="E"), chemistry="NCM811"), life.made("2021-03-12", pack(6), chemistry="磷酸铁锂"),
    ]  # fmt: skip
    (one,) = found("chemistry-differs", *told).rows
    assert (one["subject"], one["facts"]) == (pack(2), {"chemistry": "NCM622", "letter": "B"})
    assert one["row"].startswith("composition/NCM622")


MODEL = model("P-45", chemistry="LFP", ratedEnergy_kWh=45, mass_kg=330, uscc=MAKER)


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        ("energy-not-of-model", {"rated_energy_kwh": 46}, {"rated_energy_kwh": 60}),
        ("mass-not-of-model", {"mass_kg": 340}, {"mass_kg": 430}),
    ],
)
def test_a_pack_is_as_its_model_was_filed(rule: str, good: Any, bad: Any) -> None:
    told = [
        life.made("2021-03-12", pack(1), model="P-45", **good),
        life.made("2021-03-12", pack(2), model="P-45", **bad),
        life.made("2021-03-12", pack(3), model="P-45"),
    ]
    (one,) = found(rule, *told, parties=(*PARTIES, MODEL)).rows
    assert (one["subject"], sorted(one["entries"])) == (pack(2), [len(PARTIES), seq(2)])


def test_a_pack_is_of_the_chemistry_and_of_the_maker_that_its_model_was_filed_with() -> None:
    told = [
        life.made("2021-03-12", pack(1), model="P-45"),
        life.made("2021-03-12", pack(2, letter="E"), model="P-45"),
        life.made("2021-03-12", pack(3, vendor="9B2"), model="P-45", by=OTHER_MAKER),
    ]
    result = judged(*told, parties=(*PARTIES, MODEL), rules=["chemistry-not-of-model", "model-of-another"])
    assert [(row["rule"], row["subject"]) for row in result.rows] == [
        ("chemistry-not-of-model", pack(2, letter="E")),
        ("model-of-another", pack(3, vendor="9B2")),
    ]


def test_a_pack_unlike_all_others_of_an_unfiled_model_is_found() -> None:
    told = [
        life.made("2021-03-12", pack(n), model="P-45", rated_energy_kwh=45, mass_kg=330 + n)
        for n in range(12)
    ]
    odd = life.made("2021-03-12", pack(99), model="P-45", rated_energy_kwh=60, mass_kg=335)
    assert found("unlike-its-model", *told, odd).subjects("unlike-its-model") == [pack(99)]
    assert found("unlike-its-model", *told[:5], odd).rows == ()
    assert found("unlike-its-model", *told, odd, parties=(*PARTIES, MODEL)).rows == ()


def test_a_pack_weighs_what_a_pack_can() -> None:
    told = [
        life.made("2021-03-12", pack(n), rated_energy_kwh=50, mass_kg=kg)
        for n, kg in ((1, 249), (2, 250), (3, 550), (4, 551))
    ]
    told += [
        life.made("2021-03-12", pack(5), rated_energy_kwh=50),
        life.made("2021-03-12", pack(6), rated_energy_kwh=0, mass_kg=300),
    ]
    result = found("mass-implausible", *told)
    assert result.subjects("mass-implausible") == [pack(1), pack(4)]
    assert result.rows[0]["row"].startswith("material-range/pack")


def test_the_day_in_the_code_is_about_the_day_of_making() -> None:
    told = [
        life.made("2021-03-12", pack(1, "2021-02-10")),
        life.made("2021-03-12", pack(2, "2020-11-01")),
        life.made("2021-03-12", pack(3, "2021-05-01")),
    ]
    result = found("code-day-differs", *told)
    assert {row["subject"]: row["facts"]["apart"] for row in result.rows} == {
        pack(2, "2020-11-01"): 131,
        pack(3, "2021-05-01"): 50,
    }


def test_no_code_is_reported_before_the_day_that_it_names() -> None:
    told = [
        life.collected("2021-03-12", pack(1, "2021-03-14")),
        life.collected("2021-03-12", pack(2, "2021-03-13")),
        life.made("2021-03-12", module(3, "2022-03-13")),
    ]
    result = found("code-from-the-future", *told)  # reported a day after
    assert result.subjects("code-from-the-future") == sorted([pack(1, "2021-03-14"), module(3, "2022-03-13")])


def test_a_serial_number_far_beyond_its_makers_run_is_found() -> None:
    far, elsewhere = pack(1)[:17] + "9000001", pack(1, vendor="9B2")[:17] + "9000001"
    told = [
        life.made("2021-03-12", *(pack(n) for n in range(100, 125)), far),
        life.made("2021-03-12", elsewhere, by=OTHER_MAKER),  # the only one known of its maker
    ]
    (one,) = found("serial-beyond-run", *told).rows
    assert (one["subject"], one["party"], one["facts"]["of_day"]) == (far, MAKER, 26)


def test_the_model_year_in_a_vin_is_about_the_year_of_its_certificate() -> None:
    told = [
        life.certified("2021-04-01", car(1, "M")),
        life.certified("2022-01-05", car(2, "M")),
        life.certified("2021-04-01", car(3, "T")),
    ]
    (one,) = found("vin-year-differs", *told).rows
    assert (one["subject"], one["facts"]) == (car(3, "T"), {"model_year": 2026})


OURS = [
    rule.id for rule in RULES.values() if rule.expression.__module__.rpartition(".")[2].startswith("identity")
]


def test_a_life_that_is_told_as_it_was_breaks_no_rule_of_identity() -> None:
    ours, new = car(1), product(1)
    filed: dict[str, Any] = {"model": "P-45", "chemistry": "LFP", "rated_energy_kwh": 45, "mass_kg": 330}
    told = [
        life.made("2021-03-12", pack(1), **filed), life.received("2021-04-03", pack(1), OEM, MAKER),
        *life.built("2021-04-10", ours, pack(1)), life.sold("2021-05-01", ours),
        life.taken_in("2024-03-01", ours), life.removed("2024-03-05", ours, pack(1)),
        life.collected("2024-04-01", pack(1)), *life.remade("2025-03-12", pack(1), new), life.sold("2025-04-01", new, by=REMAKER),
    ]  # fmt: skip
    assert judged(*told, parties=(*PARTIES, MODEL), rules=OURS).rows == ()
