"""Trace: where a thing is, its life, its family, what became of it; now, and as it was known or was."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.usecases.lives import (
    BLACK,
    CELLS,
    COPPER,
    CRUSHED,
    LEACHED,
    MAKER,
    MODULE,
    OEM,
    OTHER,
    PACK,
    RECYCLER,
    SALT,
    VIN,
    YARD,
    at,
    whole_life,
)
from tests.worlds import record, workspace

from suyuan.events import writing
from suyuan.events.shapes import Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri, place_uri
from suyuan.usecases.capture import capture
from suyuan.usecases.trace import Ambiguous, NotOnRecord, trace
from suyuan.usecases.workspace import Workspace


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with workspace(tmp_path_factory.mktemp("life") / "w") as space:
        names = f"uscc,name,role\n{MAKER},示例电池企业,battery-maker\n{OEM},示例整车企业,vehicle-maker\n"
        capture(space, io.BytesIO(names.encode()), "parties.csv")
        for document in whole_life():
            record(space, document)
        yield space


def codes(nodes: list[dict[str, Any]]) -> list[Any]:
    """A tree as nested lists of codes."""
    return [[node["code"], *codes(node["children"])] for node in nodes]


def test_a_recycled_pack_is_traced_from_its_cells_to_the_recovered_metal(life: Workspace) -> None:
    told = trace(life, PACK)
    assert (told["code"], told["kind"], told["state"]["state"]) == (PACK, "pack", "recycled")
    assert (told["holder"]["kind"], told["holder"]["answerable"]) == ("consumed", RECYCLER)
    assert [(row["day"], row["step"]) for row in told["timeline"]] == [
        ("2021-03-12", "made"),
        ("2021-03-12", "assembled"),
        ("2021-04-01", "shipped"),
        ("2021-04-03", "received"),
        ("2021-04-09", "installed"),
        ("2026-02-03", "removed"),
        ("2026-03-01", "received"),
        ("2026-03-05", "fed"),
    ]
    assert codes(told["family"]["made_of"]) == [[MODULE, [CELLS[0]], [CELLS[1]]]]
    assert codes(told["family"]["went_into"]) == [[VIN], [CRUSHED, [BLACK, [LEACHED, [SALT]]], [COPPER]]]


def test_metal_of_a_pack_is_its_share_by_mass_of_what_was_fed(life: Workspace) -> None:
    told = trace(life, PACK)
    assert told["recovered"] == {
        "Cu": pytest.approx(40 * 0.98 * 0.75),
        "Li": pytest.approx(26 * 0.188 * 0.75),
    }
    (copper, lithium) = told["became"]
    assert (lithium["lot"], lithium["run"], lithium["material"]) == (SALT, LEACHED, "lithium-carbonate")
    assert (lithium["share"], lithium["basis"], lithium["allocated_by"]) == (0.75, "allocated", "mass")
    assert lithium["uncertainty_kg"] == pytest.approx(26 * 0.002 * 0.75)
    assert (copper["lot"], copper["mass_kg"]) == (COPPER, pytest.approx(29.4))
    # black mass was fed on: its lithium is in the carbonate, and counted there
    assert [row["lot"] for row in told["materials"]] == [COPPER, SALT]


def test_names_of_parties_come_from_master_data(life: Workspace) -> None:
    (shipped,) = (row for row in trace(life, PACK)["timeline"] if row["step"] == "shipped")
    assert (shipped["giver"], shipped["giver_name"], shipped["taker_name"]) == (
        MAKER,
        "示例电池企业",
        "示例整车企业",
    )


def test_a_vehicle_answers_with_what_it_held(life: Workspace) -> None:
    told = trace(life, VIN)
    assert (told["kind"], told["state"]["state"]) == ("vehicle", "taken_in")
    assert [node["code"] for node in told["family"]["made_of"]] == [PACK]
    assert [row["step"] for row in told["timeline"]] == ["installed", "sold", "taken_in", "removed"]


def test_a_lot_is_traced_by_its_uri_and_by_its_number_alone(life: Workspace) -> None:
    by_uri, by_number = trace(life, SALT), trace(life, "LI-L1")
    assert by_uri == by_number
    assert (by_uri["kind"], by_uri["code"]) == ("lot", SALT)
    assert codes(by_uri["family"]["made_of"]) == [
        [LEACHED, [BLACK, [CRUSHED, [PACK, [MODULE, [CELLS[0]], [CELLS[1]]]], [OTHER]]]]
    ]


def test_a_cell_goes_the_way_of_its_pack(life: Workspace) -> None:
    told = trace(life, CELLS[0])
    assert (told["state"]["state"], told["state"]["own_state"]) == ("recycled", "assembled")
    assert [each["code"] for each in told["inside"]] == [MODULE, PACK]


@pytest.mark.parametrize(
    "typed",
    [
        PACK.lower(),
        f"  {PACK[:12]} {PACK[12:]} ",
        f"https://example.org/anything/{PACK}",
        "９Ａ１" + PACK[3:],
        item_uri(PACK),
    ],
)
def test_a_code_is_found_however_it_is_typed(life: Workspace, typed: str) -> None:
    assert trace(life, typed)["code"] == PACK


def test_an_unknown_code_is_told_with_its_diagnosis(life: Workspace) -> None:
    with pytest.raises(NotOnRecord) as short:
        trace(life, PACK[:-3])
    assert short.value.sentence.en == f"{PACK[:-3]} is not on this ledger; 21 characters; a battery code has 24 (19 for a reuse product): 3 are missing"  # fmt: skip
    assert PACK[:-3] in short.value.sentence.zh
    with pytest.raises(NotOnRecord) as absent:
        trace(life, "9A1PB240000001B3C9999999")
    assert absent.value.sentence.en == "9A1PB240000001B3C9999999 is not on this ledger"


def test_a_number_of_two_lots_is_ambiguous_and_both_are_named(tmp_path: Path) -> None:
    lots = [lot_uri("black-mass", "X-1"), lot_uri("copper", "X-1")]
    with workspace(tmp_path / "w") as space:
        for lot in lots:
            told = writing.product_out(
                lots=[Lot(lot, 5.0)], seller=party_uri(RECYCLER), buyer=party_uri(MAKER), at=at(2026, 4, 1),
                document=None, place=place_uri(RECYCLER, "works-1"),
            )  # fmt: skip
            record(space, [told])
        with pytest.raises(Ambiguous) as two:
            trace(space, "X-1")
        assert (
            two.value.sentence.en == f"X-1 is known under several names; trace one of them: {', '.join(lots)}"
        )
        assert trace(space, lots[0])["code"] == lots[0]


def test_as_recorded_up_to_n_equals_a_workspace_that_has_only_those_entries(tmp_path: Path) -> None:
    documents = [document for document in whole_life() if document]
    documents[1], documents[5] = (
        documents[5],
        documents[1],
    )  # what was fed is recorded before what was delivered
    with workspace(tmp_path / "whole") as whole:
        sizes = [record(whole, document) and whole.ledger.size for document in documents]
        for upto, size in enumerate(sizes, 1):
            with workspace(tmp_path / f"first-{upto}") as part:
                for document in documents[:upto]:
                    record(part, document)
                for code in (PACK, MODULE, VIN, SALT, CRUSHED):
                    assert asked(whole, code, recorded_up_to=size) == asked(part, code), (upto, code)


def test_as_of_a_day_equals_a_workspace_that_has_only_what_happened_by_then(tmp_path: Path) -> None:
    days = [
        date(2021, 3, 12),
        date(2021, 4, 2),
        date(2021, 4, 20),
        date(2026, 2, 2),
        date(2026, 3, 6),
        date(2026, 3, 21),
    ]
    with workspace(tmp_path / "whole") as whole:
        for document in whole_life():
            record(whole, document)
        for day in days:
            with workspace(tmp_path / day.isoformat()) as part:
                for document in whole_life():
                    happened = [event for event in document if event["eventTime"][:10] <= day.isoformat()]
                    if happened:
                        record(part, happened)
                for code in (PACK, CELLS[0], VIN, BLACK):
                    assert asked(whole, code, as_of=day) == asked(part, code), (day, code)


def asked(space: Workspace, code: str, **moment: Any) -> Any:
    """The answer without what names the ledger and its entries; None where there is none."""
    try:
        told = trace(space, code, **moment)
    except NotOnRecord:
        return None
    return without_numbers({key: value for key, value in told.items() if key not in ("ledger", "as_of")})


NUMBERS = frozenset({"seq", "entries", "recorded_at", "event_id"})


def without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_numbers(each) for key, each in value.items() if key not in NUMBERS}
    if isinstance(value, list):
        return [without_numbers(each) for each in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def test_what_was_handed_on_but_not_received_is_on_the_way(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, [*whole_life()[0], whole_life()[1][0]])
        held = trace(space, PACK)["holder"]
        assert (held["kind"], held["holder"], held["to"], held["answerable"]) == (
            "in_transit",
            MAKER,
            OEM,
            MAKER,
        )


def test_a_yard_that_removed_a_pack_holds_it(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        for document in whole_life()[:4]:
            record(space, document)
        told = trace(space, PACK)
        assert (told["holder"]["kind"], told["holder"]["holder"], told["inside"]) == ("party", YARD, [])
        assert told["place"] == f"{YARD}/yard-1"
