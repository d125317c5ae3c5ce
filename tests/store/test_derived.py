"""Served results: brought up document by document, they equal what is made from the whole ledger at once."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pytest
from tests.worlds import record, workspace, world_events

from suyuan.events import writing
from suyuan.events.shapes import Event, Lot
from suyuan.events.uris import item_uri, lot_uri, party_uri, place_uri, run_uri
from suyuan.store.derived import Derived
from suyuan.usecases.workspace import Workspace
from suyuan.views.moment import AsOf

MAKER, RECYCLER, OUTLET = "91610100TEB000010E", "91610100TEH000011N", "91610100TED000057L"
PACK_A, PACK_B, PACK_C = (f"9A1PB240000001B3C2345{n}8" for n in (70, 71, 72))
Dump = list[tuple[str, tuple[Any, ...]]]


def test_a_shuffled_world_served_document_by_document_equals_one_served_at_once(tmp_path: Path) -> None:
    draw = random.Random(5)
    told = world_events(seed=5, packs=40)
    draw.shuffle(told)
    with workspace(tmp_path / "steps") as space:
        for document in cut(told, draw, 8):
            record(space, document)
            space.derived.catch_up()
            assert differing(space) == []
        for code in ("pack", "vehicle", "lot", "reuse_pack"):
            busiest = space.derived.busiest(code, "recycled") or space.derived.busiest(code, "in_use")
            if busiest:
                assert asked_for_one(space, busiest) == served_for_one(space, busiest)


def test_documents_in_the_order_of_lives_equal_too_and_a_restart_in_between_changes_nothing(
    tmp_path: Path,
) -> None:
    told = world_events(seed=6, packs=25)
    for document in cut(told, random.Random(6), 4):
        with workspace(tmp_path / "steps") as space:
            record(space, document)
            space.derived.catch_up()
    with workspace(tmp_path / "steps") as space:
        assert differing(space) == []


def test_what_leaching_gives_reaches_the_packs_that_were_crushed_long_before(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, [*born(PACK_A, 400), *born(PACK_B, 200)])
        record(space, crushed("B1", PACK_A, PACK_B))
        space.derived.catch_up()
        assert lots_of(space, PACK_A) == {"HF-B1": 120.0}
        record(space, leached("L1", "HF-B1", 180, gives="mixed-hydroxide"))
        space.derived.catch_up()
        assert lots_of(space, PACK_A) == {"OUT-L1": 20.0}
        record(space, leached("L2", "OUT-L1", 30, material="mixed-hydroxide"))
        space.derived.catch_up()
        assert lots_of(space, PACK_A) == {"OUT-L2": 20.0}
        assert differing(space) == []


def test_the_mass_of_one_pack_reported_late_changes_the_shares_of_the_others(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, [*born(PACK_A, 400), *born(PACK_B, None)])
        record(space, crushed("B1", PACK_A, PACK_B))
        space.derived.catch_up()
        assert lots_of(space, PACK_A) == {"HF-B1": 90.0}  # by count, as one of them has no mass
        record(space, born(PACK_B, 200))
        space.derived.catch_up()
        assert lots_of(space, PACK_A) == {"HF-B1": 120.0}
        assert differing(space) == []


def test_outputs_in_an_earlier_document_than_the_inputs_of_their_run(tmp_path: Path) -> None:
    inputs, outputs = crushed("B1", PACK_A, PACK_B)[:2], crushed("B1", PACK_A, PACK_B)[2:]
    with workspace(tmp_path / "w") as space:
        for document in (outputs, inputs[:1], [*born(PACK_A, 300), *born(PACK_B, 300)], inputs[1:]):
            record(space, document)
            space.derived.catch_up()
            assert differing(space) == []
        assert lots_of(space, PACK_A) == {"HF-B1": 90.0}


def test_an_error_declaration_takes_back_what_an_earlier_document_said(tmp_path: Path) -> None:
    feeding = crushed("B1", PACK_A, PACK_B)
    wrong = {**feeding[1], "eventID": "urn:uuid:6f4fdd4a-7c0f-4d9f-8f0e-2d5b7a1c0001"}
    with workspace(tmp_path / "w") as space:
        record(space, [*born(PACK_A, 300), *born(PACK_B, 300), feeding[0], wrong, *feeding[2:]])
        space.derived.catch_up()
        assert (state(space, PACK_B), lots_of(space, PACK_A)) == ("recycled", {"HF-B1": 90.0})
        record(space, [writing.declared_wrong(wrong, reason="did_not_occur", at=at(2026, 5, 9))])
        space.derived.catch_up()
        assert (state(space, PACK_B), lots_of(space, PACK_A)) == ("made", {"HF-B1": 180.0})
        assert differing(space) == []


def test_a_replacement_told_in_two_documents_pairs_the_old_pack_with_the_new(tmp_path: Path) -> None:
    out, come = writing.replaced(
        vehicle=item_uri("LTCEV0004KA000841"), old=[item_uri(PACK_A)], new=[item_uri(PACK_B)], repair_order="W1",
        destination=party_uri(OUTLET), at=at(2026, 3, 1), place=place_uri(MAKER, "plant-1"),
    )  # fmt: skip
    with workspace(tmp_path / "w") as space:
        for document in ([out], born(PACK_A, 300), [come], born(PACK_B, 300)):
            record(space, document)
            space.derived.catch_up()
            assert differing(space) == []
        assert replaced_by(space, PACK_A) == [PACK_B]


def test_a_part_that_turns_up_elsewhere_changes_what_a_later_one_came_in_place_of(tmp_path: Path) -> None:
    place = place_uri(MAKER, "plant-1")

    def fit(vehicle: str, pack: str, day: int, step: str = "installing") -> Event:
        told = writing.installed(
            vehicle=item_uri(vehicle), packs=[item_uri(pack)], at=at(2026, 3, day), place=place
        )
        return {**told, "bizStep": step}

    vin, second, third = "LTCEV0004KA000841", "LTCEV0006KA000842", "LTCEV0008KA000843"
    with workspace(tmp_path / "w") as space:
        record(space, [fit(vin, PACK_A, 1), fit(vin, PACK_B, 2), fit(second, PACK_A, 5)])
        record(space, [fit(vin, PACK_C, 20, "replacing")])
        space.derived.catch_up()
        assert replaced_by(space, PACK_A) == [PACK_C]
        record(space, [fit(third, PACK_B, 15)])  # so it was this one that left last
        space.derived.catch_up()
        assert (replaced_by(space, PACK_A), replaced_by(space, PACK_B)) == ([], [PACK_C])
        assert asked_for_one(space, PACK_A) == served_for_one(space, PACK_A)
        assert differing(space) == []


def test_names_from_master_data_that_come_later_are_told_of_what_is_on_record(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, handed_over(PACK_A))
        space.derived.catch_up()
        assert rows(space, PACK_A)["holder_now"][0]["holder"] == "https://id.gs1.org/417/4012345000009"
        table = f"uscc,name,role,gln\n{OUTLET},示例网点,outlet,4012345000009\n"
        (tmp_path / "parties.csv").write_text(table, encoding="utf-8")
        with (tmp_path / "parties.csv").open("rb") as file:
            from suyuan.usecases.capture import capture

            assert capture(space, file, "parties.csv").recorded == 1
        space.derived.catch_up()
        assert rows(space, PACK_A)["holder_now"][0]["holder"] == OUTLET
        assert space.derived.names([OUTLET]) == {OUTLET: "示例网点"}
        assert differing(space) == []


def test_results_and_position_change_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
        space.derived.catch_up()
        before, position = dump(space.derived), space.derived.position
        record(space, crushed("B1", PACK_A, PACK_B))

        def fails(*_: object, **__: object) -> None:
            raise RuntimeError("the process dies here")

        monkeypatch.setattr(Derived, "_add", fails)
        with pytest.raises(RuntimeError, match="dies here"):
            space.derived.catch_up()
        assert (dump(space.derived), space.derived.position) == (before, position)
        monkeypatch.undo()
        space.derived.catch_up()
        assert space.derived.position == space.ledger.size
        assert differing(space) == []


def test_lost_derived_files_are_made_anew(tmp_path: Path) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, world_events(seed=7, packs=12))
        before = dump(space.derived)
    for name in ("serving.sqlite", "columns.duckdb", "plan.json"):
        (tmp_path / "w" / name).unlink()
    shutil.rmtree(tmp_path / "w" / "index")
    with workspace(tmp_path / "w") as space:
        assert dump(space.derived) == before


ASK = """
import sys
from suyuan.cli import run
from suyuan.store import columns
columns.BUSY_SECONDS = float(sys.argv[1])
sys.exit(run(sys.argv[2:]))
"""


def asked_while_columns_are_open(
    directory: Path, held_s: float, patience_s: float
) -> subprocess.CompletedProcess[str]:
    """A trace by another process, while this one has the columns open (within one, DuckDB would share the file)."""
    columns = duckdb.connect(str(directory / "columns.duckdb"))
    letting_go = Timer(held_s, columns.close)
    letting_go.start()
    try:
        return subprocess.run(
            [sys.executable, "-c", ASK, str(patience_s), "-w", str(directory), "trace", PACK_B, "--json"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        letting_go.cancel()
        letting_go.join()
        columns.close()


def test_whoever_finds_the_columns_open_elsewhere_waits_and_is_told_if_that_takes_too_long(
    tmp_path: Path,
) -> None:
    with workspace(tmp_path / "w") as space:
        record(space, born(PACK_A, 400))
        assert space.derived.position == space.ledger.size
        record(space, born(PACK_B, 300))
    refused = asked_while_columns_are_open(tmp_path / "w", held_s=60, patience_s=0)
    assert (refused.returncode, refused.stderr) == (
        1,
        "error: columns.duckdb is in use by another process; wait until it is done, then try again\n",
    )
    answered = asked_while_columns_are_open(tmp_path / "w", held_s=3, patience_s=60)
    assert (answered.returncode, answered.stderr) == (0, "")
    assert json.loads(answered.stdout)["state"]["state"] == "made"


# -- telling and asking ------------------------------------------------------------------------------


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10)


def born(code: str, mass_kg: float | None) -> list[Event]:
    made = writing.made(
        items=[item_uri(code)], chemistry="LFP", mass_kg=mass_kg, at=at(2021, 3, 12), place=place_uri(MAKER, "plant-1")
    )  # fmt: skip
    return [made]


def handed_over(code: str) -> list[Event]:
    received = writing.received(
        items=[item_uri(code)], giver=party_uri(MAKER), taker="urn:epc:id:pgln:4012345.00000", document=None,
        at=at(2026, 3, 1), place="https://id.gs1.org/414/4012345000009",
    )  # fmt: skip
    return [received]


def crushed(batch: str, *packs: str) -> list[Event]:
    """One event a pack that is fed, then 180 kg of black mass."""
    run, place = run_uri(RECYCLER, batch), place_uri(RECYCLER, "plant-1")
    fed = [
        writing.fed_to_batch(
            run=run, items=[item_uri(code)], process="crushing", at=at(2026, 5, 1), place=place
        )
        for code in packs
    ]
    lot = Lot(lot_uri("black-mass", f"HF-{batch}"), 180.0)
    assay = writing.assay(lot.uri, {"Li": 0.03}, uncertainty=0.001)
    out = writing.batch_out(
        run=run, lots=[lot], process="crushing", assays=[assay], at=at(2026, 5, 3), place=place
    )
    return [*fed, out]


def leached(
    batch: str, lot: str, mass_kg: float, material: str = "black-mass", gives: str = "nickel-sulfate"
) -> list[Event]:
    run, place = run_uri(RECYCLER, batch), place_uri(RECYCLER, "plant-1")
    salt = Lot(lot_uri(gives, f"OUT-{batch}"), 30.0)
    return [
        writing.fed_to_batch(
            run=run, lots=[Lot(lot_uri(material, lot), mass_kg)], process="leaching", at=at(2026, 5, 12), place=place
        ),
        writing.batch_out(run=run, lots=[salt], process="leaching", at=at(2026, 5, 15), place=place),
    ]  # fmt: skip


def rows(space: Workspace, code: str) -> dict[str, list[dict[str, Any]]]:
    return space.derived.results([int(space.index.item_ids([code])[0])])


def asked_for_one(space: Workspace, code: str) -> dict[str, list[Any]]:
    """What the entries about one item and its neighbourhood say by themselves, at the end of time."""
    return told_alike(space.derived.results_as_of([code], AsOf(None, date(2100, 1, 1))))


def served_for_one(space: Workspace, code: str) -> dict[str, list[Any]]:
    return told_alike(rows(space, code))


def told_alike(views: dict[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    return {
        name: sorted(sorted((key, str(rounded(value))) for key, value in row.items()) for row in found)
        for name, found in views.items()
        if found
    }


def replaced_by(space: Workspace, code: str) -> list[str]:
    return [row["other"] for row in rows(space, code)["lineage"] if row["kind"] == "replaced"]


def state(space: Workspace, code: str) -> str:
    (row,) = rows(space, code)["lifecycle"]
    return str(row["state"])


def lots_of(space: Workspace, code: str) -> dict[str, float]:
    return {row["lot"].rsplit("/", 1)[1]: round(row["kg"], 6) for row in rows(space, code)["became"]}


def cut(told: Sequence[Event], draw: random.Random, count: int) -> Iterator[list[Event]]:
    """The same events in `count` documents of differing lengths."""
    ends = sorted(draw.sample(range(1, len(told)), count - 1))
    for start, end in zip([0, *ends], [*ends, len(told)], strict=True):
        yield list(told[start:end])


def dump(derived: Derived) -> Dump:
    return [(view, tuple(rounded(value) for value in row)) for view, row in derived.dump()]


def rounded(value: Any) -> Any:
    """Sums of kilograms in another order differ in the last bits."""
    return float(f"{value:.9g}") if isinstance(value, float) else value


def differing(space: Workspace) -> list[str]:
    """Rows that served results and results made anew do not share, the first ten."""
    served = dump(space.derived)
    shutil.rmtree(space.directory / "anew", ignore_errors=True)
    (space.directory / "anew").mkdir()
    anew = Derived(space.directory / "anew", space.ledger, space.index)
    try:
        anew.catch_up()
        whole = dump(anew)
    finally:
        anew.close()
    if served == whole:
        return []
    only = set(map(json.dumps, served)) ^ set(map(json.dumps, whole))
    return sorted(only)[:10] or ["the order differs"]
