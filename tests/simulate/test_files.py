"""A made-up world as files: the same for the same seed, taken in by the importers, told alike in forms and in events."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.worlds import ndjson, recipe, record, steps, workspace

from suyuan.render import template
from suyuan.simulate import files
from suyuan.simulate.as_events import events
from suyuan.simulate.as_rows import Cells, by_form, rows
from suyuan.simulate.lives import Step
from suyuan.simulate.recipe import Faults
from suyuan.standards import forms
from suyuan.usecases.capture import Captured, capture
from suyuan.usecases.workspace import Workspace

MONTH = "2026-05"


def as_workbook(path: Path, role: str, content: dict[str, list[Cells]]) -> None:
    template.write(forms.form(role), path, rows=content)


LIES = Faults(("custody-gap", "never-handed-on", "pack-missing-at-scrapping", "sold-before-made"), each=2)

NO_LIES = Faults()


def write(
    directory: Path, *, seed: int = 21, packs: int = 400, lies: Faults = NO_LIES, **options: Any
) -> files.Written:
    return files.write(directory, recipe(seed, packs, faults=lies), workbook=as_workbook, **options)


def digests(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.suffix != ".xlsx"  # a workbook's zip carries the moment of writing
    }


def take_in(space: Workspace, file: Path) -> Captured:
    party = file.name.split("-")[0] if file.parent.name == MONTH else None
    with file.open("rb") as stream:
        return capture(space, stream, file.name, party=party)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, files.Written]:
    directory = tmp_path_factory.mktemp("spoilt") / "world"
    return directory, write(directory, packs=1500, month=MONTH, row_faults=60, lies=LIES)


# -- the same again ----------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    options: dict[str, Any] = {"month": MONTH, "row_faults": 5, "lies": LIES, "packs": 300}
    first, second = write(tmp_path / "a", **options), write(tmp_path / "b", **options)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert first.planted == second.planted
    assert (first.events, first.rows) == (second.events, second.rows)
    assert digests(tmp_path / "a") != digests(write_other(tmp_path / "c", options))


def write_other(directory: Path, options: dict[str, Any]) -> Path:
    write(directory, seed=22, **options)
    return directory


def test_the_month_and_the_history_together_hold_every_step_once(tmp_path: Path) -> None:
    whole, split = write(tmp_path / "whole"), write(tmp_path / "split", month=MONTH)
    assert split.packs == whole.packs
    lines = (tmp_path / "whole" / "history.ndjson").read_text().splitlines()
    before = (tmp_path / "split" / "history.ndjson").read_text().splitlines()
    assert set(before) <= set(lines)
    assert split.rows > 0
    told = {
        line
        for path in (tmp_path / "split" / MONTH).glob("*.ndjson")
        for line in path.read_text().splitlines()
    }
    assert told
    assert told <= set(lines) - set(before)


# -- faults ------------------------------------------------------------------------------------------


def test_every_planted_fault_of_a_form_is_found_in_its_cell(
    spoilt: tuple[Path, files.Written], tmp_path: Path
) -> None:
    directory, written = spoilt
    planted = {(each.file, each.sheet, each.cell): each for each in written.planted}
    assert len(planted) == 60
    assert len({each.kind for each in planted.values()}) >= 6
    found: set[tuple[str, str, str]] = set()
    refused_for_nothing: list[str] = []
    with workspace(tmp_path / "w") as space:
        for file in sorted((directory / MONTH).iterdir()):
            role = file.stem.split("-", 1)[1]
            for finding in take_in(space, file).findings:
                # a sheet of CSV has no name of its own
                sheets = (
                    {sheet.zh: sheet.key for sheet in forms.form(role).sheets}
                    if file.suffix == ".xlsx"
                    else {}
                )
                place = finding.place
                at = (file.name, sheets.get(str(place.sheet)) or sheet_of(written, file), str(place.cell))
                found.add(at)
                if finding.severity == "block" and at not in planted:
                    refused_for_nothing.append(f"{file.name} {finding.place.show()} {finding.reason.en}")
    assert [planted[each] for each in sorted(set(planted) - found)] == []
    assert refused_for_nothing == []


def sheet_of(written: files.Written, file: Path) -> str:
    return next((each.sheet for each in written.planted if each.file == file.name), "")


def test_the_planted_cell_holds_what_the_truth_says(spoilt: tuple[Path, files.Written]) -> None:
    directory, written = spoilt
    truth = [json.loads(line) for line in (directory / "truth.ndjson").read_text().splitlines()]
    assert (truth[0]["packs"], truth[0]["seed"], truth[0]["until"]) == (1500, 21, "2026-05-31")
    assert len(truth) == 1 + len(written.planted) + len(written.lies)
    from openpyxl import load_workbook

    for fault in (each for each in truth if each.get("file", "").endswith(".xlsx")):
        book = load_workbook(directory / MONTH / fault["file"])
        role = fault["file"].removesuffix(".xlsx").split("-", 1)[1]
        cell = book[forms.form(role).sheet(fault["sheet"]).zh][fault["cell"]]
        assert str(cell.value or "") == fault["found"], fault


def test_lies_are_told_by_what_they_are_about(spoilt: tuple[Path, files.Written]) -> None:
    directory, written = spoilt
    assert Counter(lie["kind"] for lie in written.lies) == dict.fromkeys(LIES.kinds, 2)
    history = (directory / "history.ndjson").read_text()
    for lie in written.lies:
        assert [subject for subject in lie["subjects"] if subject in history] != []
        assert lie["subjects"][0] not in (directory / "lives.ndjson").read_text()


# -- forms and events tell the same ------------------------------------------------------------------


@pytest.fixture(scope="module")
def told_twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Workspace]]:
    """One world: once every firm sends events, once every firm fills in forms (and sends what no form asks for)."""
    told = list(steps(seed=23, packs=90))
    directory = tmp_path_factory.mktemp("twice")
    with workspace(directory / "events") as by_events, workspace(directory / "forms") as by_forms:
        record(by_events, [event for step in told for event in events(step)])
        for file, party in written_as_forms(directory, told):
            with file.open("rb") as stream:
                captured = capture(by_forms, stream, file.name, party=party)
            assert [
                f"{file.name} {f.place.show()} {f.reason.en}"
                for f in captured.findings
                if f.severity == "block"
            ] == []
        yield by_events, by_forms


def written_as_forms(directory: Path, told: list[Step]) -> Iterator[tuple[Path, str]]:
    by_firm: dict[str, list[Step]] = defaultdict(list)
    for step in told:
        by_firm[step.by.uscc].append(step)
    for n, (party, did) in enumerate(sorted(by_firm.items())):
        for role, content in by_form(did).items():
            cells = {sheet: [row.cells for row in rows] for sheet, rows in content.items()}
            path = directory / f"{party}-{role}.xlsx"
            if n % 2 and len(cells) == 1:
                ((sheet, told_there),) = cells.items()
                path = path.with_suffix(".csv")
                encoding = "gb18030" if n % 4 == 1 else "utf-8-sig"
                template.write_csv(forms.form(role), sheet, path, told_there, encoding=encoding)
            else:
                as_workbook(path, role, cells)
            yield path, party
        if untold := [event for step in did if not rows(step) for event in events(step)]:
            path = directory / f"{party}-other.ndjson"
            path.write_bytes(ndjson(untold))
            yield path, party


def things(space: Workspace) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """All views by item, for packs, reuse products, vehicles and lots."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    numbers = [int(seq) for seq in space.index.item_ids(list(lifecycle_items(space)))]
    for view, told in space.derived.results(numbers).items():
        for row in told:
            found[str(row.get("item") or row.get("child"))][view].append(row)
    return found


def lifecycle_items(space: Workspace) -> list[str]:
    return [str(values[2]) for view, values in space.derived.dump() if view == "lifecycle"]


def test_forms_and_events_give_the_same_state_of_everything(told_twice: tuple[Workspace, Workspace]) -> None:
    states = [
        {item: (views["lifecycle"][0]["kind"], views["lifecycle"][0]["state"]) for item, views in things(space).items() if views["lifecycle"]}
        for space in told_twice
    ]  # fmt: skip
    assert states[0] == states[1]
    assert len({state for _kind, state in states[0].values()}) >= 7


def test_forms_and_events_give_the_same_holder_of_everything(told_twice: tuple[Workspace, Workspace]) -> None:
    holders = [
        {
            item: tuple(views["holder_now"][0][key] for key in ("kind", "holder", "to", "answerable"))
            for item, views in things(space).items()
            if views["holder_now"]
        }
        for space in told_twice
    ]
    assert holders[0] == holders[1]


def test_forms_and_events_give_the_same_family(told_twice: tuple[Workspace, Workspace]) -> None:
    edges = [
        {
            (row["kind"], row["item"], row["other"], row["until"] is None)
            for views in things(space).values()
            for row in views["lineage"]
        }
        for space in told_twice
    ]
    assert edges[0] == edges[1]
    assert {kind for kind, *_ in edges[0]} == {
        "assembled",
        "recycled_in",
        "reuse",
        "replaced",
        "swapped",
    }


def test_forms_and_events_give_the_same_kilograms_of_metal(told_twice: tuple[Workspace, Workspace]) -> None:
    metals = [
        {
            (item, row["metal"], row["lot"]): pytest.approx(row["kg"], rel=0.005)
            for item, views in things(space).items()
            for row in views["recovered"]
        }
        for space in told_twice
    ]
    assert metals[0].keys() == metals[1].keys()
    assert len(metals[0]) > 100
    assert {key: value.expected for key, value in metals[0].items()} == metals[1]


# -- outcomes and size -------------------------------------------------------------------------------

# what the last step told makes of a pack: its state, and how it is held
OUTCOMES = {
    "made": ({"made", "shipped", "in_transit"}, {"party", "in_transit"}),
    "pack-in": ({"received", "in_stock", "made"}, {"party"}),
    "swap-out": ({"removed", "in_transit"}, {"in_transit"}),
    "vehicle": ({"installed", "in_use"}, {"party", "owner"}),
    "sale": ({"in_use"}, {"inside", "owner"}),
    "spare": ({"spare"}, {"party"}),
    "replacement": ({"removed", "in_transit"}, {"in_transit", "party"}),
    "swap": ({"removed", "in_use"}, {"party", "inside", "owner"}),
    "outlet-in": ({"collected"}, {"party"}),
    "outlet-out": ({"collected", "in_transit"}, {"in_transit"}),
    "scrapped": ({"taken_in", "in_use", "installed"}, {"inside", "party"}),
    "removal": ({"removed"}, {"party"}),
    "yard-out": ({"removed", "in_transit"}, {"in_transit"}),
    "lost": ({"destroyed", "stolen", "lost"}, {"gone", "missing"}),
    "echelon-in": ({"collected", "in_stock", "received"}, {"party"}),
    "recycler-in": ({"collected", "in_stock", "received"}, {"party"}),
    "fed": ({"recycled"}, {"consumed"}),
}


def test_the_outcome_told_beside_the_files_is_what_the_ledger_says(tmp_path: Path) -> None:
    write(tmp_path / "world", packs=300)
    outcomes = [json.loads(line) for line in (tmp_path / "world" / "lives.ndjson").read_text().splitlines()]
    assert 290 < len(outcomes) <= 300  # what was made in the last days is not yet reported
    with workspace(tmp_path / "w") as space:
        take_in(space, tmp_path / "world" / "parties.csv")
        assert take_in(space, tmp_path / "world" / "history.ndjson").refused == 0
        found = things(space)
    wrong = []
    for told in outcomes:
        views = found[told["pack"]]
        state, held = views["lifecycle"][0]["state"], views["holder_now"][0]
        if told["last"] == "echelon-product":
            # it is part of what was made of it, wherever that is
            assert [row["other"] for row in views["lineage"] if row["kind"] == "reuse"] != []
            assert (views["lifecycle"][0]["own_state"], held["through"] is not None) == ("remade", True), told
            continue
        states, kinds = OUTCOMES[told["last"]]
        if state not in states or held["kind"] not in kinds:
            wrong.append((told["last"], state, held["kind"]))
        if held["kind"] == "party":
            assert held["holder"] == told["by"], told
        if held["kind"] == "in_transit":
            assert (held["holder"], held["to"]) == (told["by"], told["to"]), told
    assert sorted(set(wrong)) == []


def test_a_world_of_a_thousand_packs_streams_in_bounded_memory(tmp_path: Path) -> None:
    small, large = peak(tmp_path / "small", 100), peak(tmp_path / "large", 3000)
    assert large < small + 16_000  # KiB; what is written is 30 times as long


def peak(directory: Path, packs: int) -> int:
    """The most memory (KiB) that a process took to write a world."""
    code = (
        "from pathlib import Path;from benchmarks.figures import peak_rss_mb;from tests.worlds import recipe;from suyuan.simulate import files;"
        f"files.write(Path({str(directory)!r}), recipe(9,{packs}));"
        "print(int(1000*peak_rss_mb()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout)
