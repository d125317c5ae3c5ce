"""Mass balance: kept and broken, told in batches of one recycler."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.rules.conftest import Event, Judged, judged, party, said

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri, place_uri, run_uri

MAKER, RECYCLER = "91610100TEB000010E", "91610100TEH00001XX"
RULES = ("metal-overclaimed", "feed-unrecorded", "residue-missing", "recovery-below-minimum")
SALTS = {"Li": ("lithium-carbonate", 0.1879), "Ni": ("nickel-sulfate", 0.2233), "Co": ("cobalt-sulfate", 0.2097), "Mn": ("manganese-sulfate", 0.3250)}  # fmt: skip
# kilograms of metal in what the batches below feed each month: 20 packs of 60 kWh of NCM622
FED = {"Li": 133.2, "Ni": 676.8, "Co": 226.8, "Mn": 211.2}
RECOVERED = {"Li": 0.92, "Ni": 0.985, "Co": 0.985, "Mn": 0.985}


def pack(month: int, n: int) -> str:
    return f"9A1PE240000001B3C{month:02d}{n:05d}"


def month_of_work(
    month: int,
    *,
    claims: Mapping[str, float] | None = None,
    recovered: Mapping[str, float] | None = None,
    residue: bool = True,
    crushed_residue: bool = True,
    salts: float = 1.0,
) -> list[Event]:
    """20 packs crushed to 4000 kg of black mass, that leached; `claims`: factors on the salts that are told."""
    at, works = datetime(2025, 1, 3, 9) + timedelta(days=30 * month), place_uri(RECYCLER, "plant-1")
    packs = [item_uri(pack(month, n)) for n in range(20)]
    black = lot_uri("black-mass", f"HF-{month}")
    crushing, leaching = run_uri(RECYCLER, f"C-{month}"), run_uri(RECYCLER, f"L-{month}")
    inside = {metal: kg * 0.985 for metal, kg in FED.items()}
    made, left = [], {}
    for metal, (material, share) in SALTS.items():
        true = inside[metal] * {**RECOVERED, **(recovered or {})}[metal]
        left[metal] = inside[metal] - true
        claimed = true * (claims or {}).get(metal, 1.0) * salts
        made.append((lot_uri(material, f"{metal}-{month}"), claimed / share, {metal: share}))
    rest = [(lot_uri("other", f"CZ-{month}"), 3000.0)] if crushed_residue else []
    waste = [(lot_uri("leaching-residue", f"JZ-{month}"), 2500.0, {m: kg / 2500 for m, kg in left.items()})] if residue else []  # fmt: skip
    assay: dict[str, Any] = {"uncertainty": 0.005, "relative": True}
    return [
        writing.made(items=packs, chemistry="NCM622", rated_energy_kwh=60, mass_kg=450, at=datetime(2019, 1, 1), place=place_uri(MAKER, "plant-1")),
        writing.fed_to_batch(run=crushing, items=packs, at=at, place=works),
        writing.batch_out(
            run=crushing, at=at + timedelta(days=1), place=works,
            lots=[Lot(black, 4000), Lot(lot_uri("copper", f"CU-{month}"), 800), Lot(lot_uri("aluminium", f"AL-{month}"), 1100)]
            + [Lot(uri, kg) for uri, kg in rest],
            assays=[writing.assay(black, {m: kg / 4000 for m, kg in inside.items()}, **assay)],
            fates={uri: "landfilled" for uri, _kg in rest} or None,
        ),
        writing.fed_to_batch(run=leaching, lots=[Lot(black, 4000)], process="leaching", at=at + timedelta(days=5), place=works),
        writing.batch_out(
            run=leaching, process="leaching", at=at + timedelta(days=9), place=works,
            lots=[Lot(uri, kg) for uri, kg, _shares in [*made, *waste]],
            assays=[writing.assay(uri, shares, **assay) for uri, _kg, shares in [*made, *waste]],
            fates={uri: "landfilled" for uri, _kg, _shares in waste} or None,
        ),
    ]  # fmt: skip


def year_of_work(**told: Any) -> Judged:
    events = [event for month in range(12) for event in month_of_work(month, **told)]
    return judged(said(RECYCLER, events), parties=[party(RECYCLER, "recycler")], rules=RULES)


def test_batches_that_add_up_are_not_spoken_of() -> None:
    assert year_of_work().rows == ()


def test_three_percent_too_much_nickel_all_year_are_named_as_nickel_in_products() -> None:
    (found,) = year_of_work(claims={"Ni": 1.03}).rows
    assert (found["rule"], found["subject"], found["party"]) == ("metal-overclaimed", RECYCLER, RECYCLER)
    told = found["facts"]
    assert (told["metal"], told["stream"], told["stage"]) == ("Ni", "products", "smelting")
    claimed = 12 * FED["Ni"] * 0.985 * 0.985 * 1.03
    assert told["claimed_kg"] == pytest.approx(claimed, abs=0.02)
    # of batteries whose mix is told, the chemistry too says a little of what can come out
    assert told["off_kg"] == pytest.approx(claimed * 3 / 103, rel=1e-3)
    assert told["significance"] < 1e-6
    assert len(found["entries"]) == 24  # what was fed and what came out of twelve leaching batches
    assert found["row"] == "threshold/balance-alarm@2011-01-01"


def test_two_metals_claimed_too_high_are_two_findings_of_one_case() -> None:
    found = year_of_work(claims={"Ni": 1.03, "Li": 1.08}).rows
    assert sorted((row["rule"], row["facts"]["metal"]) for row in found) == [
        ("metal-overclaimed", "Li"), ("metal-overclaimed", "Ni"),
    ]  # fmt: skip
    assert len({row["root"] for row in found}) == 1


def test_half_a_percent_lies_within_what_assays_leave_open() -> None:
    assert year_of_work(claims={"Ni": 1.005}).rows == ()


def test_all_metals_ten_percent_up_in_step_mean_that_something_was_fed_without_a_record() -> None:
    (found,) = year_of_work(salts=1.1).rows
    assert found["rule"] == "feed-unrecorded"
    assert found["facts"]["percent"] == pytest.approx(9.7, abs=0.6)


def test_a_leaching_residue_that_nobody_told_of_is_missed_by_its_lithium() -> None:
    (found,) = year_of_work(residue=False).rows
    assert (found["rule"], found["facts"]["metal"], found["facts"]["stage"]) == ("residue-missing", "Li", "smelting")  # fmt: skip
    assert found["facts"]["percent"] == pytest.approx(8, abs=0.1)


def test_a_third_of_the_mass_that_crushing_does_not_account_for_is_missed() -> None:
    (found,) = year_of_work(crushed_residue=False).rows
    assert (found["rule"], found["facts"]["metal"], found["facts"]["stage"]) == ("residue-missing", "mass", "crushing")  # fmt: skip


def test_lithium_lost_in_the_residue_all_year_is_a_recovery_too_low_and_nothing_else() -> None:
    (found,) = year_of_work(recovered={"Li": 0.85}).rows
    assert (found["rule"], found["subject"], found["row"]) == ("recovery-below-minimum", RECYCLER, "recovery-minimum/lithium.smelting@2025-01-01")  # fmt: skip
    assert (found["facts"]["percent"], found["facts"]["least_percent"]) == (85, 90)
    assert len(found["entries"]) == 24


def test_a_recovery_a_little_below_is_within_what_assays_leave_open() -> None:
    assert year_of_work(recovered={"Li": 0.895}).rows == ()


def test_one_month_of_gross_claims_is_told_by_that_month() -> None:
    events = [
        event
        for month in range(12)
        for event in month_of_work(month, claims={"Co": 1.25} if month == 5 else None)
    ]
    (found,) = judged(said(RECYCLER, events), parties=[party(RECYCLER, "recycler")], rules=RULES).rows
    assert (found["facts"]["metal"], found["facts"]["period"], found["facts"]["months"]) == (
        "Co",
        "2025-06",
        1,
    )
    assert len(found["entries"]) == 2


def test_a_batch_still_at_work_is_nobody_s_missing_residue() -> None:
    events = [*month_of_work(0), *month_of_work(1)[:-1]]
    assert judged(said(RECYCLER, events), parties=[party(RECYCLER, "recycler")], rules=RULES).rows == ()


def test_black_mass_kept_in_stock_or_sold_is_not_missing() -> None:
    events = [*month_of_work(0), *month_of_work(1)[:3]]
    assert judged(said(RECYCLER, events), parties=[party(RECYCLER, "recycler")], rules=RULES).rows == ()


def test_packs_whose_weight_nobody_knows_close_no_mass_balance() -> None:
    events = month_of_work(0, crushed_residue=False)
    del events[0]["ilmd"]["sy:mass_kg"]
    assert judged(said(RECYCLER, events), parties=[party(RECYCLER, "recycler")], rules=RULES).rows == ()


def test_a_firm_is_judged_by_its_own_batches() -> None:
    other = "91610100TEH00002YY"
    events = [event for month in range(12) for event in month_of_work(month, claims={"Ni": 1.04})]
    own = [
        writing.product_out(lots=[Lot(lot_uri("nickel-sulfate", "Ni-0"), 10)], seller=party_uri(RECYCLER), buyer=party_uri(other), at=datetime(2025, 3, 1))
    ]  # fmt: skip
    found = judged(said(RECYCLER, [*events, *own]), parties=[party(RECYCLER, "recycler"), party(other, "recycler")], rules=RULES)  # fmt: skip
    assert {row["party"] for row in found.rows} == {RECYCLER}
