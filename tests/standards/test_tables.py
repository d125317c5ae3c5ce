"""What stands in the tables of law and standards."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from suyuan.standards.documents import UnknownDocument, document, register
from suyuan.standards.shapes import (
    Amount,
    Archetype,
    BatteryType,
    Composition,
    Regime,
    Step,
    Unit,
    Vendor,
    Word,
)
from suyuan.standards.tables import TABLES, UnknownTable, table
from suyuan.terms.citation import Mark

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_loads_and_its_unsure_rows_say_so(name: str) -> None:
    rows = table(name).rows
    assert rows
    assert [row.verified for row in rows] == [row.mark in (Mark.CONFIRMED, Mark.DERIVED) for row in rows]
    assert all(row.citation.clause for row in rows)


def test_a_table_or_document_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(UnknownTable, match="no table 'moon'"):
        table("moon")
    with pytest.raises(UnknownDocument, match="no document 'moon'"):
        document("moon")


def test_order_73_is_in_force_and_what_it_repealed_is_not() -> None:
    repealed = ("measures-2018-43", "provisions-2018-35", "outlets-2019-46", "cascade-2021-114")
    assert [register()[key].in_force(date(2026, 3, 31)) for key in (*repealed, "order-73-2026")] == [
        True
    ] * 4 + [False]
    assert [register()[key].in_force(date(2026, 4, 1)) for key in (*repealed, "order-73-2026")] == [
        False
    ] * 4 + [True]
    assert document("conditions-2019").in_force(TODAY) is None
    assert not document("order-73-2026").mark.verified


def test_deadlines_are_counted_in_working_days_until_the_end_of_march_2026() -> None:
    regimes = table("regime", Regime)
    assert [row.days for row in regimes.on(date(2026, 3, 31)).values()] == ["working"]
    assert [row.days for row in regimes.on(date(2026, 4, 1)).values()] == ["calendar"]


def test_vendor_codes_are_second_hand_and_aliases_name_the_right_one() -> None:
    vendors = table("vendor", Vendor)
    assert {row.mark for row in vendors.rows} == {Mark.SECOND_HAND}
    assert {row.key: row.alias_of for row in vendors.rows if row.alias_of} == {"08I": "081", "OB5": "0B5"}
    makers = {"001": "CATL", "04Q": "EVE", "0F4": "BYD", "03H": "Gotion"}
    assert {key: row.maker for key, row in vendors.newest.items() if key in makers} == makers


def test_chemistry_letters_have_the_words_of_events() -> None:
    words = {row.key: row.word for row in table("battery-type", BatteryType).rows}
    assert words == {
        "A": "NiMH", "B": "LFP", "C": "LMO", "D": "LCO", "E": "NCM", "F": "supercapacitor", "G": "LTO", "Z": "other",
    }  # fmt: skip


def test_a_life_has_22_steps_whose_words_are_standard_or_our_own() -> None:
    steps = table("lifecycle-step", Step)
    assert sorted(row.number for row in steps.on(TODAY).values()) == list(range(1, 23))
    standard = {
        name: {row.key for row in table(name).rows} for name in ("biz-step", "disposition", "party-role")
    }
    for step in steps.rows:
        assert set(step.roles) <= standard["party-role"], step.key
        assert not step.duty or step.duty.partition("#")[0] in register(), step.key
        for written in step.writes:
            assert (
                not written.biz_step
                or written.biz_step in standard["biz-step"]
                or written.biz_step.startswith("sy:")
            )
            assert all(
                word in standard["disposition"] or word.startswith("sy:") for word in written.dispositions
            )
            assert written.event in ("ObjectEvent", "AssociationEvent", "TransformationEvent")
            assert (written.action == "") == (written.event == "TransformationEvent")


def test_cascade_use_is_the_step_of_listed_users_until_july_2026() -> None:
    steps = table("lifecycle-step", Step)
    before, after = steps.at("re-made", date(2026, 7, 29)), steps.at("re-made", date(2026, 7, 30))
    assert before is not None
    assert after is not None
    assert (before.roles, after.roles) == (("echelon-user",), ("re-maker",))
    assert "echelon-user" not in table("party-role").on(date(2026, 7, 30))


def test_the_words_of_the_core_business_vocabulary_are_those_of_the_schema(conformance: Path) -> None:
    definitions = json.loads((conformance / "epcis" / "EPCIS-JSON-Schema.json").read_text("utf-8"))[
        "definitions"
    ]
    names = {
        "biz-step": "bizStep", "disposition": "disposition", "biz-transaction": "bizTransaction-type",
        "source-dest": "source-dest-type", "error-reason": "error-reason", "sensor-alert": "sensorAlertType",
    }  # fmt: skip
    for name, definition in names.items():
        assert [row.key for row in table(name, Word).rows] == definitions[definition]["anyOf"][1]["enum"]


def test_the_weights_of_the_nine_provinces_add_up_and_are_assumptions() -> None:
    weights = table("province-weight", Amount)
    assert sum(Fraction(row.value) for row in weights.rows) == 1
    assert not any(row.verified for row in weights.rows)
    areas = table("area", Word)
    assert {row.key for row in weights.rows} == {
        f"{code}0000" for code in ["14", "15", "37", "41", "51", "61", "62", "63", "64"]
    }
    assert all(areas.latest(row.key) for row in weights.rows)


def test_a_figure_of_one_year_is_in_force_in_that_year() -> None:
    sales = table("nev-sales", Amount)
    row = sales.on(date(2024, 6, 30))
    assert {key: found.value for key, found in row.items()} == {"2024": Decimal("1286.6")}
    assert [found.key for found in sales.rows if found.mark is Mark.CONFIRMED] == ["2017", "2018", "2025"]


def test_lithium_carbonate_from_lfp_is_bounded_by_the_lithium_in_it() -> None:
    lfp = table("composition", Composition).newest["LFP"]
    bound = table("material-range").newest["lithium-carbonate-from-lfp"]
    carbonate_per_lithium = Decimal("5.323")
    assert round(lfp.lithium * carbonate_per_lithium, 2) == getattr(bound, "most", None)
    assert lfp.nickel + lfp.cobalt == 0


def test_packs_without_modules_are_among_the_archetypes() -> None:
    packs = table("pack-archetype", Archetype)
    assert [row.key for row in packs.rows if row.modules == (0, 0)] == ["small-car", "large-sedan-blade"]
    for row in packs.rows:
        for least, most in (row.kwh, row.cells, row.modules or (0, 0), row.mass_kg, row.packs):
            assert least <= most


def test_units_are_told_in_a_base_unit_that_exists() -> None:
    units = table("unit", Unit)
    assert {row.base for row in units.rows} <= set(units.newest)
    assert (int(units.newest["TNE"].factor), units.newest["TNE"].base) == (1000, "KGM")


def test_material_codes_can_stand_in_a_uri() -> None:
    assert all(row.key.replace("-", "").isalpha() and row.key.islower() for row in table("material").rows)
